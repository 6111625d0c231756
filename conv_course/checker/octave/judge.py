"""Judge the answers to a question in MATLAB: points, the first case that is not right, and why."""

import re
from dataclasses import dataclass, replace

import numpy as np

from conv_course.checker.described import number_text
from conv_course.checker.matlab_questions import INDEX_HINTS, SECTIONS, in_matlab
from conv_course.checker.octave import explain, stops
from conv_course.checker.octave.arrays import DIMENSIONS, about, full
from conv_course.checker.octave.words import size_text

# Octave's and MATLAB's messages about an index, and the hints; the first match counts
BELOW, BEYOND = INDEX_HINTS
INDEX_ERRORS = (
    (
        re.compile(r"[Ss]ubscripts must be|positive integers|value (0|-\d+) out of bound"),
        f'index out of range: {BELOW} (chapter 12, section "{SECTIONS["12-index"]}")',
    ),
    (re.compile(r"out of bound|xceeds"), f"index out of range: {BEYOND}"),
)


@dataclass(frozen=True)
class Grade:
    """The grade of one question. `state` is done, partly, not yet or not started. `used`: forbidden calls.

    `hint` is that of the slip or of the error. If there is none, `read` are sentences on what was read off
    the results, the last of them a question. `way` says what explains the answer: "slip", "fault",
    "computes" or "none".
    """

    points: float
    possible: int
    state: str
    message: str = ""
    hint: str = ""
    used: tuple = ()
    read: tuple = ()
    way: str = "none"


def judge(question, cases, answers, stopped, slips, ask=None):
    """Return the grade for the answers, by the rules of check_exercise.m. `slips()` calls `run_slips`.

    `ask(list of arguments)` returns the answers to further calls. It is used if nothing else explains what is
    wrong.
    """
    expected = [in_matlab(question.answer(*case)) for case in cases]
    if any(isinstance(answer, tuple) and answer[0] == "unfilled" for answer in answers):
        return Grade(0, question.points, "not started", f"{question.function} is not filled in yet")
    used = dict.fromkeys(
        answer[1] for answer in answers if isinstance(answer, tuple) and answer[0] == "calls"
    )
    if used:
        why = f"no points: your function calls {' and '.join(used)}, which answers this question"
        return Grade(0, question.points, "not yet", why, used=tuple(used))
    faults = [
        fault(answer, right, question, stopped) for answer, right in zip(answers, expected, strict=True)
    ]
    failed = [k for k, text in enumerate(faults) if text]
    passed = len(cases) - len(failed)
    if not failed:
        return Grade(question.points, question.points, "done")
    points = np.floor(2 * question.points * passed / len(cases)) / 2
    first = about(question.arguments, cases[failed[0]])
    message = f"{passed} of {len(cases)} cases are right. The first that is not, with {first}: "
    message += faults[failed[0]]
    grade = Grade(float(points), question.points, "partly" if points else "not yet", message)
    if hint := _hint(question, answers, faults, slips()):
        return replace(grade, hint=hint, way="slip")
    try:
        found = explain(question, cases, answers, expected, failed, ask)
    except Exception:  # points and the failing case do not depend on it
        found = None
    if not isinstance(answers[failed[0]], tuple):
        return replace(grade, read=(*found.lines, found.hint), way=found.way) if found else grade
    given = dict(zip(question.arguments, cases[failed[0]], strict=True))
    return _stopped(grade, answers[failed[0]], found, given)


def _stopped(grade, answer, found, given):
    """Return the grade of a function that stops for these arguments: what its message and `found` say."""
    index = next((k for k, (pattern, _) in enumerate(INDEX_ERRORS) if pattern.search(answer[1])), None)
    said = stops.explain(answer[1], given) if answer[0] == "error" else None
    read = (*(said or ())[:1], *found.lines, found.hint) if found else said or ()
    few = stops.too_few_outputs(answer[1], found.lines if found else ()) if said else None
    read = (*read[:-1], few) if few else read
    hint = INDEX_ERRORS[index][1] if index == 0 or (index == 1 and not read) else ""
    return replace(grade, read=read, hint=hint, way="computes" if read else "slip" if hint else "none")


def fault(answer, right, question, stopped="no answer"):
    """Return '' if the answer is right, otherwise what is wrong with it.

    Sizes and places are told with all dimensions that the result has, also those of length 1 at the end.
    """
    name, dimensions = question.result, DIMENSIONS[question.name]
    if answer is None:
        return stopped
    if isinstance(answer, tuple):
        word, detail = answer
        return {
            "error": f"your function stopped: {detail}{stops.note(detail)}",
            "class": f"{name} is of class {detail} but must be real numbers",
            "large": f"{name} has far too many elements: {detail.replace(' ', ' x ')}",
        }[word]
    if answer.shape != right.shape:
        sizes = [size_text(full(array, dimensions).shape) for array in (answer, right)]
        return f"{name} is {sizes[0]} but must be {sizes[1]}"
    tolerance = (1e-4 if answer.dtype == np.float32 else 1e-8) * max(1.0, np.max(np.abs(right), initial=0))
    wrong = ~(np.abs(answer.astype(float) - right) <= tolerance)
    if not wrong.any():
        return ""
    place = np.unravel_index(int(np.argmax(wrong.ravel(order="F"))), right.shape, order="F")
    index = ",".join(str(int(k) + 1) for k in place + (0,) * (dimensions - len(place)))
    return f"{name}({index}) is {number_text(answer[place])} but must be {number_text(right[place])}"


def _hint(question, answers, faults, slips):
    """Return the hint of the slip that gives the same answers in every case, or ""."""
    for slip, wrong in zip(question.slips, slips, strict=True):
        if _explains(question, wrong, answers, faults):
            where = SECTIONS[slip.section or question.section]
            return f'{slip.name}. {slip.hint} (chapter 12, section "{where}")'
    return ""


def _explains(question, wrong, answers, faults):
    """Return whether a slip gives the same answers, right ones included, and stops in the same cases.

    At least one of them must be a wrong value. If there are errors only, all must have the same message, but
    for the name of the array: functions stop in the same cases for many reasons.
    """
    evidence, same = 0, []
    for slip, answer, text in zip(wrong, answers, faults, strict=True):
        stops = [isinstance(value, tuple) and value[0] == "error" for value in (slip, answer)]
        if all(stops):
            same.append(_unnamed(slip[1]) == _unnamed(answer[1]))
        elif any(stops) or answer is None or isinstance(answer, tuple) or fault(answer, slip, question):
            return False
        else:
            evidence += bool(text)
    return evidence > 0 or (bool(same) and all(same))


def _unnamed(message):
    """Return a message without the name of the array whose index it is about."""
    return re.sub(r"^(index |\w+)(?=\()", "", message)
