"""Explain a wrong answer to a question of the .m exercise that no slip explains.

All numbers are arrays in Python here, in MATLAB's layout; the sentences count from 1 and name MATLAB's
dimensions. Nothing of this is given to a learner's process but the arguments of further calls.
"""

import numpy as np

from ..matlab_questions import in_matlab
from . import changed, computes, crossing, faults, sizes, when
from .arrays import items_of
from .found import Found


def explain(question, cases, answers, expected, failed, ask=None):
    """Return a `Found` about the answers to a question, or None.

    Parameters
    ----------
    question : matlab_questions.Question
    cases, answers, expected : list
        The arguments of each case, the learner's answer as `process.parse` returns it, and the right one.
    failed : list of int
        The cases that are wrong.
    ask : callable, optional
        ask(list of arguments) -> list of answers of the learner's function.
    """
    broken = [answers[k] for k in failed if isinstance(answers[k], np.ndarray)]
    if broken and not all(np.isfinite(answer).all() for answer in broken):
        return _not_finite(question, broken)
    items = items_of(question, cases, answers, expected, failed)
    if question.name == "q1" and items:
        return _of_size(question, items, ask)
    found = items and (faults.find(question, items) or changed.find(question, items))
    if found or ask is None or not any(isinstance(answer, np.ndarray) for answer in answers):
        return found
    return computes.explain(question, cases, [k not in failed for k in range(len(cases))], ask)


def _of_size(question, items, ask):
    """Return a `Found` about a number of windows: a fault, a formula, or the cases that are right."""
    if any(item.got.size > 1 for item in items):
        found = faults.find(question, items) or changed.find(question, items)
        if found:
            return found
    further = computes.tried(question)
    crossed = list(crossing.calls(question.arguments, further))
    calls = [*further, *(call for one in crossed for call in one.calls)]
    answers = ask(calls) if ask else []
    right = [in_matlab(question.answer(*case)) for case in further]
    more = items_of(question, further, answers[: len(further)], right, []) if answers else []
    if found := sizes.find([*items, *(more or ())]):
        return found
    text, hint = crossing.find(crossed, answers[len(further) :])
    lines = (text,) if text else ()
    if not lines and more:
        fine = [item.got.shape == item.want.shape and np.allclose(item.got, item.want) for item in more]
        cases = [item.given for item in [*items, *more]]
        parted = when.find(cases, [*(not item.fails for item in items), *fine], len(items))
        lines, hint = (parted.lines, parted.hint) if parted else ((), None)
    return Found((*lines, *sizes.calls(items)), hint or sizes.HINT, "computes")


def _not_finite(question, answers):
    """Return a `Found` for numbers that are no numbers."""
    name = "NaN" if any(np.isnan(answer).any() for answer in answers) else "Inf"
    count = sum(not np.isfinite(answer).all() for answer in answers)
    cases = "1 case" if count == 1 else f"{count} cases"
    text = f"Your {question.result} holds {name} in {cases}."
    return Found((text,), "Where is something divided by 0, or made with NaN or Inf?")


__all__ = ["Found", "explain"]
