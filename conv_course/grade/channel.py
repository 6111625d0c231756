"""Read the output of a learner's process. All of it is untrusted: the learner's code may have forged it."""

from dataclasses import dataclass, field

from conv_course.checker.answers import ITEMS, NUMBERS, Answer, Room
from conv_course.checker.defaults import are_defaults
from conv_course.checker.guards import PRINTED
from conv_course.checker.wire import loads, loads_answers
from conv_course.grade.child import MOST_ERRORS
from conv_course.grade.explain import LONGEST
from conv_course.grade.explain import MOST_LINES as MOST_LINES_SAID

STATUSES = ("value", "unfilled", "missing", "error", "timeout", "memory", "skipped")
BESIDES = 1000  # items of an answer besides its value: the printed text, the error and so on
MOST_LINES = 2000


@dataclass
class Report:
    """A process's output: the answers per question, the errors of cells, and the cell or question it was at.

    `explained` maps a question to the message of `explain`: [kind, lines, hint, output, case].
    """

    answers: dict = field(default_factory=dict)
    explained: dict = field(default_factory=dict)
    given: set = field(default_factory=set)
    errors: list = field(default_factory=list)
    cell: int | None = None
    question: str | None = None
    complete: bool = False
    forged: bool = False


def read(lines, counts, numbers=None):
    """Return a `Report`. `counts` maps a question to its number of answers, `numbers` to their size limit."""
    report, numbers = Report(), numbers or {}
    lines = lines.split(b"\n", MOST_LINES)
    report.forged = len(lines) > MOST_LINES
    for line in lines[:-1]:
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
            answers = answers_of(data, counts[name], numbers.get(name, NUMBERS))
            report.forged = report.forged or answers is None
            report.answers[name] = answers or [Answer("missing")] * counts[name]
        elif what.startswith("explained/") and what[10:] in counts:
            said = _explanation(data)
            if said is not None:
                report.explained[what[10:]] = said
        else:
            report.forged = True
    return report


def _explanation(data):
    """Return [kind, lines, hint, output, case], or None if the data is not a valid explanation."""
    try:
        said = loads(data, Room(0, BESIDES))
    except ValueError:
        return None
    if type(said) is not list or len(said) != 5:
        return None
    kind, lines, hint, output, case = said
    good = (
        kind in ("slip", "fault", "computes")
        and type(lines) is list
        and 0 < len(lines) <= MOST_LINES_SAID
        and all(_is_text(text, LONGEST) for text in (*lines, hint, output))
        and (case is None or _is_count(case))
    )
    return said if good else None


def answers_of(data, count, numbers):
    """Return the answers, or None if the child cannot have written this data."""
    if data in (b'"missing"', b'"given"'):
        return [Answer("missing")] * count
    try:
        answers = loads_answers(data, Room(numbers, ITEMS + BESIDES * count))
    except ValueError:
        return None
    return answers if len(answers) == count and all(map(_is_answer, answers)) else None


def _is_answer(answer):
    """Return whether `run` can have written these fields. They are plain data in any case."""
    return (
        _is_text(answer.status, 20)
        and answer.status in STATUSES
        and _is_text(answer.error, 60)
        and _is_text(answer.message, 200)
        and _is_text(answer.printed, PRINTED + len(" ..."))
        and _is_count(answer.line)
        and type(answer.mutated) is tuple
        and len(answer.mutated) <= 20
        and all(_is_text(name, 200) for name in answer.mutated)
        and type(answer.used) is tuple
        and len(answer.used) <= 20
        and all(_is_text(name, 200) for name in answer.used)
        and are_defaults(answer.defaults)
        and type(answer.after) is tuple
    )


def _is_text(value, longest):
    return type(value) is str and len(value) <= longest


def _is_count(value):
    return type(value) is int and 0 <= value < 10**6


def _errors(data):
    """Return the valid rows [cell, error, message, line] of the data."""
    try:
        rows = loads(data, Room(0, BESIDES * MOST_ERRORS))
    except ValueError:
        return []
    good = [
        row
        for row in (rows if type(rows) is list else [])
        if type(row) is list
        and len(row) == 4
        and _is_count(row[0])
        and _is_text(row[1], 60)
        and _is_text(row[2], 200)
        and _is_count(row[3])
    ]
    return good[:MOST_ERRORS]
