"""training: the loss and the first filters of chapter 16's network, step by step through two epochs."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from conv_course.widgets._controls import Range

TITLE = "What does training do to the filters?"
STORED = Path(__file__).with_name("training.json")  # made by tools.figure_data
HELD_OUT = 360


@cache
def stored():
    """{"loss": of each step, and before it "read": held-out digits, "w": filters in hundredths}."""
    facts = json.loads(STORED.read_text(encoding="utf-8"))
    # the file has the first filters, and then what each step adds to them: short numbers
    return facts | {"w": np.cumsum(facts["w"], axis=0).tolist()}


LAST = len(stored()["loss"]) - 1
FILTERS = len(stored()["w"][0])

CONTROLS = [
    Range("step", "Steps taken", 0, LAST, 0),
    Range("filter", "Filter", 0, FILTERS - 1, 0),
]

TEXT = {
    "line": "After {step} steps: the next batch's loss is {loss}, {read} of {all} held-out digits are read.",
    "filter": "Filter {filter}:",
    "loss": "loss of a batch",
    "steps": "steps",
    "filters": "filters of the first layer",
    "note": "The dashed lines A, B and C are guesses. Click a filter for its nine numbers.",
}


def data():
    w = np.array(stored()["w"])
    # the first filters, and what each step adds to them: short numbers
    return {
        "loss": stored()["loss"],
        "read": stored()["read"],
        "start": w[0],
        "moves": np.diff(w, axis=0).reshape(LAST, -1),
        "all": HELD_OUT,
    }


def shown(step, filter):
    facts = stored()
    values = {"step": step, "loss": facts["loss"][step], "read": facts["read"][step], "all": HELD_OUT}
    tables = [
        ("loss", "loss of each batch so far", facts["loss"][: step + 1]),
        ("w", "w, the chosen filter", np.array(facts["w"][step][filter]).reshape(3, 3) / 100),
    ]
    return tables, TEXT["line"].format(**values)
