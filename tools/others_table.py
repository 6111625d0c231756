"""Count how the checker judges other people's answers: wrong ones caught and explained, right ones accepted.

    python -m tools.others_table [--cards]

The answers are those in tests/grading/others/answers.jsonl. People who had not read the sheets wrote them,
as a beginner would or after a bug in a public tracker; those with the source "author", whose writer knew the
right answers, are checked but not counted in the table. Each is checked as in a notebook, but an explanation
gets more time, so that the count does not depend on the load of the machine. The table is written to
book/data/others_table.json, which the page for teachers shows.
`--cards` prints the cards of unexplained wrong answers.
The exit status is 1 if a wrong answer that is not exempt gets full marks, or a right one does not.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
ANSWERS = ROOT / "tests" / "grading" / "others" / "answers.jsonl"
TABLE = ROOT / "book" / "data" / "others_table.json"
WAYS = ("slip", "fault", "computes", "none", "full")
# {topic: questions}
KINDS = {
    "sizes and places": """
        02.q1 02.q4 03.q1 06.q2 07.q1 07.q5 08.q1 10.q1 11.q3 11.q4 12.q2 12.q4 12.q5 13.q1 13.q5 14.q2
        14.q3 15.q5
    """,
    "forward passes": """
        02.q2 02.q3 02.q5 03.q3 07.q2 07.q3 07.q4 08.q3 08.q4 08.q5 10.q2 10.q3 11.q1 11.q2 11.q5 12.q1
        12.q3 13.q2 13.q4 14.q1 14.q4 15.q1 15.q3 16.q2
    """,
    "backward passes": """
        03.q4 03.q5 04.q1 04.q2 04.q3 04.q5 06.q1 06.q3 06.q4 06.q5 09.q2 09.q3 09.q4 09.q5 10.q4 10.q5
        13.q3 13.q6 14.q5 15.q2 15.q4 16.q1 16.q3 16.q4 16.q5
    """,
    "gradient checks and tests": """
        05.q1 05.q2 05.q3 05.q4 05.q5 17.q1 17.q2 17.q3
    """,
    "numbers on paper": """
        03.q2 04.q4 08.q2 09.q1 17.q4
    """,
    "Octave": "",
}
KIND = {question: kind for kind, names in KINDS.items() for question in names.split()}


@contextmanager
def patience(seconds=10):
    """Allow an explanation this many seconds within the block."""
    from conv_course.checker import computes

    usual = computes.explain
    computes.explain = partial(usual, seconds=seconds)
    try:
        yield
    finally:
        computes.explain = usual


def answers():
    """Return the answers, one dict each."""
    return [json.loads(line) for line in ANSWERS.read_text(encoding="utf-8").splitlines()]


def is_counted(answer):
    """Return whether the table counts an answer: its writer had not read the sheets."""
    return answer["source"] != "author"


def kind_of(answer):
    """Return the row of the table to which an answer belongs."""
    return "Octave" if "file" in answer else KIND[f"{answer['sheet'][:2]}.{answer['q']}"]


def fate(answer):
    """Return (points, of, way, card). The way is one of `WAYS`, "full" for all points."""
    if "file" in answer:
        return _fate_in_octave(answer)
    from conv_course import sheet

    check = sheet(answer["sheet"])
    question = check.sheet.questions[answer["q"]]
    names = dict(_given(answer["sheet"]))
    exec(compile(answer["code"], f"<{answer['id']}>", "exec"), names)
    card = check(answer["q"], names[question.function])
    verdict = card.verdict
    way = "full" if verdict.points == verdict.of else verdict.explained
    return verdict.points, verdict.of, way, str(card)


@cache
def _given(stem):
    """Return the names that the first code cell of an exercise defines."""
    notebook = json.loads((ROOT / "exercises" / f"{stem}.ipynb").read_text(encoding="utf-8"))
    first = next("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    names = {"__name__": "__main__"}
    exec(compile(first, f"<first cell of {stem}>", "exec"), names)
    return names


def _fate_in_octave(answer):
    from conv_course.checker.matlab import grade_matlab

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / answer["file"]).write_text(answer["code"], encoding="ascii")
        grade = grade_matlab(folder, only=(answer["q"],))[answer["q"]]
    full = grade.points == grade.possible
    points = f"{grade.points:g} of {grade.possible}"
    return (
        grade.points,
        grade.possible,
        "full" if full else grade.way,
        "\n".join(filter(None, (f"{answer['id']}: {points} {grade.message}", grade.hint, *grade.read))),
    )


def rows_of(fates):
    """Return the table's rows: for each topic the wrong answers by explanation, and the right ones."""
    rows = []
    for kind in KINDS:
        mine = [(answer, way) for answer, (_, _, way, _) in fates if kind_of(answer) == kind]
        mine = [(answer, way) for answer, way in mine if is_counted(answer)]
        wrong = Counter(way for answer, way in mine if not answer["right"] and not answer.get("exempt"))
        rights = [way for answer, way in mine if answer["right"] and not answer.get("exempt")]
        row = {"kind": kind, "wrong": wrong.total(), **{way: wrong[way] for way in WAYS}}
        rows.append(row | {"right": len(rights), "accepted": rights.count("full")})
    return rows


def text_of(rows):
    """Return the table as JSON text."""
    return "[\n" + ",\n".join("  " + json.dumps(row) for row in rows) + "\n]\n"


def main(arguments=None):
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="others_table", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--cards", action="store_true", help="print the cards of unexplained answers")
    options = parser.parse_args(arguments)
    with patience():
        fates = [(answer, fate(answer)) for answer in answers()]
    for answer, (_, _, way, card) in fates:
        if options.cards and way == "none":
            print(f"{answer['id']}: {answer['title']}\n{card}\n")
    rows = rows_of(fates)
    TABLE.write_text(text_of(rows), encoding="utf-8", newline="\n")
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))
    bad = [a["id"] for a, (_, _, way, _) in fates if not a.get("exempt") and (way == "full") != a["right"]]
    print(
        f"{len(fates)} answers; full marks for a wrong one, or points lost for a right one: {bad or 'none'}"
    )
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
