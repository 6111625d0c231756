"""Explain a wrong answer to a question of the .m exercise that no slip explains.

All numbers are arrays in Python here, in MATLAB's layout; the sentences count from 1 and name MATLAB's
dimensions. Nothing of this is given to a learner's process but the arguments of further calls.
"""

import numpy as np

from . import changed, computes, faults, sizes
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
    found = items and (
        faults.find(question, items)
        or changed.find(question, items)
        or (sizes.find(items) if question.name == "q1" else None)
    )
    if found or ask is None or not any(isinstance(answer, np.ndarray) for answer in answers):
        return found
    found = computes.explain(question, cases, [k not in failed for k in range(len(cases))], ask)
    if items and question.name == "q1":
        more, hint = (found.lines, found.hint) if found else ((), sizes.HINT)
        return Found((*more, *sizes.calls(items)), hint, "computes")
    return found


def _not_finite(question, answers):
    """Return a `Found` for numbers that are no numbers."""
    name = "NaN" if any(np.isnan(answer).any() for answer in answers) else "Inf"
    count = sum(not np.isfinite(answer).all() for answer in answers)
    cases = "1 case" if count == 1 else f"{count} cases"
    text = f"Your {question.result} holds {name} in {cases}."
    return Found((text,), "Where is something divided by 0, or made with NaN or Inf?")


__all__ = ["Found", "explain"]
