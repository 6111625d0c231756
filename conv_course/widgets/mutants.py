"""mutants: which test of chapter 17 kills which wrong layer, and the edit that made the layer wrong."""

import difflib
import json
from functools import cache
from pathlib import Path

from conv_course.checker import wrong_layers
from conv_course.widgets._controls import Range

TITLE = "Which test kills which wrong layer?"
STORED = Path(__file__).with_name("mutants.json")  # made by tools.figure_data


@cache
def stored():
    """{"tests": names, "survives": {"forward: ...": [1 where a test believes the wrong layer]}}."""
    return json.loads(STORED.read_text(encoding="utf-8"))


NAMES = list(stored()["survives"])
TESTS = stored()["tests"]

CONTROLS = [
    Range(
        "mutant",
        "Wrong layer",
        0,
        len(NAMES) - 1,
        NAMES.index("forward: height's stride and padding for both"),
    ),
    Range("tests", "Tests run", 0, len(TESTS), 0),
]

TEXT = {
    "line": "{name}: {verdict}. Survivors of the last test: {survivors} of {all}.",
    "idle": "{name}: no test was run yet.",
    "killed": "killed by tests {tests}",
    "killed_by_one": "killed by test {tests}",
    "alive": "survives so far",
    "unnamed": "the test of this chapter",
    "names": NAMES,
    "forward": "forward",
    "backward": "backward",
    "note": "A grey cross is a wrong layer caught, an ochre circle a survivor. "
    "The number at a test counts its survivors.",
}


def edit(name):
    """The lines that the slip takes out, "- ...", and puts in, "+ ..."."""
    way, _, slip = name.partition(": ")
    right = {"forward": wrong_layers.FORWARD_SOURCE, "backward": wrong_layers.BACKWARD_SOURCE}[way]
    wrong = {"forward": wrong_layers.FORWARD_SOURCES, "backward": wrong_layers.BACKWARD_SOURCES}[way][slip]
    lines = difflib.ndiff(right.splitlines(), wrong.splitlines())
    return [f"{line[0]} {line[1:].strip()}" for line in lines if line[0] in "-+"]


def data():
    survives = list(stored()["survives"].values())
    return {"tests": TESTS, "survives": survives, "edits": [edit(name) for name in NAMES]}


def shown(mutant, tests):
    rows = stored()["survives"]
    name, results = NAMES[mutant], rows[NAMES[mutant]][:tests]
    killers = [str(test) for test, survived in enumerate(results, 1) if not survived]
    said = TEXT["killed_by_one" if len(killers) == 1 else "killed" if killers else "alive"]
    verdict = said.format(tests=", ".join(killers))
    counts = [sum(row[test] for row in rows.values()) for test in range(tests)]
    line = TEXT["idle"].format(name=name)
    if tests:
        line = TEXT["line"].format(name=name, verdict=verdict, survivors=counts[-1], all=len(rows))
    tables = [
        ("survives", "whether this layer survives each test run", results),
        ("survivors", "survivors of each test run", counts),
    ]
    return tables, line
