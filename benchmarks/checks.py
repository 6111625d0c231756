"""Measure how long a check takes, with and without an explanation of what a wrong answer computes.

    python -m benchmarks.checks [--chapter 08] [--rounds N] [--answers FILE]

Every right answer and every misconception of the sheets is checked as in a notebook, by `check("q1", f)`. The
results of the course's own answers are computed once and cached. `--answers` adds the answers in a file of
JSON lines with "sheet", "q" and "code". Times are CPU time of the fastest round. The first round, in which
the right answers and the misconceptions are run, is printed separately.
"""

import argparse
import ast
import contextlib
import json
import statistics
import time
from functools import cache
from pathlib import Path

from conv_course.checker import Check
from conv_course.checker.questions import load_sheet, sheet_stems

ROOT = Path(__file__).parents[1]


def answers_of_the_sheets(chapter):
    """Yield (check, name of the question, function) of every right answer and misconception."""
    for stem in sheet_stems():
        if stem.startswith(chapter):
            check = Check(load_sheet(stem))
            for question in check.sheet:
                own = [question.model, *question.rights, *(wrong.function for wrong in question.wrongs)]
                for function in own:
                    yield check, question.name, function


@cache
def first_cell(stem):
    """Return the names that an exercise's first cell defines, as far as it can be run here."""
    cells = json.loads((ROOT / "exercises" / f"{stem}.ipynb").read_text(encoding="utf-8"))["cells"]
    text = next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    space = {"__name__": "__main__"}
    for node in ast.parse(text).body:
        with contextlib.suppress(ImportError):  # the sliders import packages that no answer needs
            exec(compile(ast.get_source_segment(text, node), stem, "exec"), space)
    return space


def answers_of_a_file(path, chapter):
    """Yield the same for the answers in a file."""
    checks = {}
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        check = checks.setdefault(row["sheet"], Check(load_sheet(row["sheet"])))
        if row["sheet"].startswith(chapter) and row["q"] in check.sheet.questions:
            space = dict(first_cell(row["sheet"]))
            exec(compile(row["code"], "<answer>", "exec"), space)
            yield check, row["q"], space[check.sheet.questions[row["q"]].function]


def milliseconds(check, name, function):
    """Return (CPU time of one check, whether an explanation was looked for)."""
    check.ladders.clear()
    started = time.process_time()
    card = check(name, function)
    spent = 1000 * (time.process_time() - started)
    return spent, getattr(card, "verdict", None) is not None and card.verdict.explained != "slip" and bool(
        card.verdict.failure
    )


def table(title, rows, names):
    """Print one line: count, median, 90th percentile, maximum, and the slowest checks."""
    if not rows:
        return
    ordered = sorted(rows, key=lambda row: row[0])
    times = [row[0] for row in ordered]
    nine = times[int(0.9 * (len(times) - 1))]
    print(
        f"{title}: {len(times)}, median {statistics.median(times):.0f} ms, nine in ten under {nine:.0f} ms, "
        f"most {times[-1]:.0f} ms ({', '.join(names[row[1]] for row in ordered[-3:])})"
    )


def main(arguments=None):
    parser = argparse.ArgumentParser(allow_abbrev=False, description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--chapter", default="", help="only sheets whose stem begins with this")
    parser.add_argument("--answers", type=Path, help="also check the answers in this file")
    chosen = parser.parse_args(arguments)
    asked = list(answers_of_the_sheets(chosen.chapter))
    asked += answers_of_a_file(chosen.answers, chosen.chapter) if chosen.answers else []
    names = [f"{check.sheet.stem[:2]} {name}" for check, name, _ in asked]
    rounds = [[milliseconds(*one) for one in asked] for _ in range(chosen.rounds)]
    for title, chosen_rounds in (("first round", rounds[:1]), ("fastest round", rounds)):
        best = [(min(r[i][0] for r in chosen_rounds), i, rounds[0][i][1]) for i in range(len(asked))]
        table(f"{title}, named or right", [row for row in best if not row[2]], names)
        table(f"{title}, what it computes", [row for row in best if row[2]], names)


if __name__ == "__main__":
    main()
