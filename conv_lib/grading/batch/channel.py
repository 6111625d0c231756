"""Read what came out of a learner's process. Nothing in it is believed: it may be forged."""

import json
from dataclasses import dataclass, field

from numpy import ndarray

from conv_lib.grading.answers import Answer, Odd, loads

STATUSES = ("value", "unfilled", "missing", "error", "timeout", "memory", "skipped")


@dataclass
class Report:
    """What a process said: an answer list a question, the cells that stopped, and where it was at the end."""

    answers: dict = field(default_factory=dict)
    given: set = field(default_factory=set)
    errors: list = field(default_factory=list)
    cell: int | None = None
    question: str | None = None
    complete: bool = False
    forged: bool = False


def read(lines, counts):
    """A `Report`; `counts` says how many answers each question must have."""
    report = Report()
    for line in lines.split(b"\n")[:-1]:
        what, _, data = line.partition(b" ")
        what = what.decode("ascii", "replace")
        if what == "cell" and data.isdigit() and len(data) < 6:
            report.cell = int(data)
        elif what == "question" and data.decode("ascii", "replace") in counts:
            report.question = data.decode("ascii")
        elif what == "errors":
            report.errors = _errors(data)
        elif what == "end":
            report.complete = True
        elif what.startswith("answers/") and what[8:] in counts:
            name = what[8:]
            if name in report.answers:
                report.forged = True
                continue
            if data == b'"given"':
                report.given.add(name)
            answers = _answers(data, counts[name])
            report.forged = report.forged or answers is None
            report.answers[name] = answers or [Answer("missing")] * counts[name]
        else:
            report.forged = True
    return report


def _answers(data, count):
    """The answers, or None for what the child would not have written."""
    if data in (b'"missing"', b'"given"'):
        return [Answer("missing")] * count
    try:
        answers = loads(data)
    except (ValueError, OverflowError, MemoryError, RecursionError):
        return None
    if type(answers) is not list or len(answers) != count or not all(map(_is_answer, answers)):
        return None
    return answers


def _is_answer(answer):
    return (
        type(answer) is Answer
        and answer.status in STATUSES
        and _is_plain(answer.value)
        and all(
            type(text) is str and len(text) <= 5000 for text in (answer.error, answer.message, answer.printed)
        )
        and type(answer.line) is int
        and type(answer.mutated) is tuple
        and all(type(name) is str and len(name) < 200 for name in answer.mutated)
        and type(answer.used) is tuple
        and len(answer.used) < 20
        and all(type(name) is str and len(name) < 200 for name in answer.used)
        and type(answer.after) is tuple
        and all(map(_is_plain, answer.after))
    )


def _is_plain(value, depth=0):
    """Whether `answers.clean` can have given it."""
    kind = type(value)
    if value is None or value is Ellipsis or kind in (bool, int, float, str, ndarray):
        return True
    if kind is Odd:
        return type(value.kind) is str and type(value.detail) is str
    if depth > 10:
        return False
    if kind in (list, tuple):
        return all(_is_plain(child, depth + 1) for child in value)
    return kind is dict and all(_is_plain(child, depth + 1) for child in value.values())


def _errors(data):
    """[[cell, error, message, line], ...] as far as it is that."""
    try:
        rows = json.loads(data)
    except (ValueError, RecursionError):
        return []
    good = [
        row
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, list) and [type(value) for value in row] == [int, str, str, int]
    ]
    return [[n, error[:60], message[:200], line] for n, error, message, line in good[:50]]
