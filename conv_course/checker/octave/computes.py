"""What a learner's function in Octave computes: the sum of one wrong entry, and the rule by which it differs.

The analysis is that of Python's answers (`conv_course.checker.computes.linear`); the calls that it makes are
made in Octave, many at a time (`again.Replayed`).
"""

from functools import lru_cache

import numpy as np

from .. import matlab_questions
from ..cases import Case
from ..computes import linear
from ..computes.ask import NoAnswer
from . import counting, when
from .again import Replayed
from .arrays import DIMENSIONS, AsPython, about
from .found import Found

# small layers with nothing simple about them: N, D, H, W, F, kH, kW, stride, padding
SMALL = 2, 2, 5, 4, 3, 2, 3, (2, 1), (1, 0)
ALIKE = 2, 3, 3, 5, 2, 3, 2, (1, 2), (1, 1)  # as many filters as images: fewer functions stop


def explain(question, cases, right, ask):
    """Return a `Found` on what a function computes, or in which cases it is right, or None.

    Parameters
    ----------
    question : matlab_questions.Question
    cases : list of tuple
        The arguments of the cases that were judged.
    right : list of bool
        Whether the function is right in each.
    ask : callable
        ask(list of arguments) -> list of answers, as `matlab.parse` returns them.
    """
    python = AsPython(question)
    function = Replayed(ask, python.model, DIMENSIONS[question.name])
    small = list(question.of_layer(_layer(*SMALL)))[-1]
    tried = [case for one in [_layer(*ALIKE), *when.layers(_layer)] for case in question.of_layer(one)]
    _sums(python, function, small)  # writes down the calls that it needs
    answers = function.fetch(tried)
    good = [_is_right(python, case, answer) for case, answer in zip(tried, answers, strict=True)]
    parted = when.find([_named(question, case) for case in (*cases, *tried)], [*right, *good])
    failing = [k for k, fine in enumerate(good) if not fine]
    failing.sort(key=lambda k: _badness(question, tried[k], answers[k]))
    told = None
    for case in (small, *(tried[k] for k in failing[:1])):
        said = function.settled(lambda case=case: _sums(python, function, case))
        lines = counting.in_matlab(said.lines) if said else ()
        if lines:
            where = f"With {about(question.arguments, case)}:"
            more = parted.lines if parted else ()
            little = said.vague or lines[0].startswith("For two arrays")
            hint = parted.hint if parted and little else counting.hint(said.hint)
            told = Found((*more, where, *lines), hint, "computes")
            if not said.vague:
                break
    return told or parted


def _layer(*sizes):
    return matlab_questions.layer(np.random.default_rng(5), *sizes)


def _named(question, case):
    return dict(zip(question.arguments, case, strict=True))


def _is_right(python, case, answer):
    return isinstance(answer, np.ndarray) and _same(answer, python.question.answer(*case))


def _same(answer, want):
    want = matlab_questions.in_matlab(want)
    return answer.shape == want.shape and np.allclose(answer, want, rtol=0, atol=1e-6)


def _sums(python, function, case):
    one = Case(case)
    right = _right_side(python, _Key(case))
    if right is None:
        return None
    try:
        return linear._on_case(python, function, one, 0, "", right)
    except NoAnswer:  # real results and stand-ins of different sizes
        return None


def _badness(question, case, answer):
    """Return a sort key: cases in which a function stops or has another size tell less than small ones."""
    if not isinstance(answer, np.ndarray):
        return 2, 0
    want = matlab_questions.in_matlab(question.answer(*case))
    return int(answer.shape != want.shape), sum(np.size(value) for value in case)


class _Key:
    """A case that can be looked up by what it holds."""

    def __init__(self, case):
        self.case = case
        self.key = tuple((np.shape(v), np.asarray(v, float).tobytes()) for v in case)

    def __hash__(self):
        return hash(self.key)

    def __eq__(self, other):
        return self.key == other.key


@lru_cache(maxsize=64)
def _right_side(python, key):
    return linear.right_side_of(python, Case(key.case), "")
