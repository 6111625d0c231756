"""The course's own answers as source: each question's solution cell, with the names from its notebook."""

import ast
import json
from functools import lru_cache

from conv_course.checker.questions import SHEETS

SOLUTIONS = SHEETS.parents[2] / "solutions"
_SHOWS = ("check(", "check.", "check =", "sliders(", "def measure(")


@lru_cache(maxsize=32)
def _cells(stem):
    notebook = json.loads((SOLUTIONS / f"{stem}.ipynb").read_text(encoding="utf-8"))
    return [
        ("".join(c["source"]), c["metadata"].get("nbgrader", {}).get("grade_id", ""))
        for c in notebook["cells"]
        if c["cell_type"] == "code"
    ]


def answer_tree(question):
    """Return the syntax tree of the cell that answers a question."""
    (text,) = [s for s, grade in _cells(question.stem) if grade == f"answer-{question.name}"]
    return ast.parse(text)


@lru_cache(maxsize=32)
def _given(stem):
    """Return the names that the notebook's cells define, except the answers."""
    space = {}
    for text, grade in _cells(stem):
        if grade.startswith(("answer-", "check-")):
            continue
        kept = ast.parse(text)
        kept.body = [n for n in kept.body if not ast.unparse(n).startswith(_SHOWS)]
        exec(compile(kept, f"<{stem}>", "exec"), space)
    return space


def function_of(question, tree, **more):
    """Return the function that a tree of the answer cell defines, run with the notebook's names."""
    space = dict(_given(question.stem)) | more
    exec(compile(ast.fix_missing_locations(tree), f"<{question.stem} {question.name}>", "exec"), space)
    return space[question.function]
