"""Recognise what a function keeps from an earlier call with the same shapes: a buffer, a cache, a default."""

from itertools import combinations

import numpy as np

from ..diagnose import NO_VALUE
from .ask import Asked, NoAnswer, as_numbers, close
from .letters import output_name
from .linear import Said
from .sentences import listed

HINT = (
    "What does your function keep when it returns: a default argument, a cache, an array that is made once?"
)
ONE = (
    "Your function is right in the first call with these shapes, and wrong in a later one with other numbers."
)
EMPTIED = "Every case that fails is right if {0} is empty before the call: it depends on the calls before."
BEGINS = "What should {0} hold when a call begins?"
KEY = "Which arguments does what you keep in {0} depend on?"


def explain(question, function, table, failing, cases):
    """Return a `Said` if the last case is wrong and the first one with its shapes is right, else None."""
    last = len(cases) - 1
    first = _first_like(cases)
    if first is None or any(i == first for i, _ in failing) or not any(i == last for i, _ in failing):
        return None
    output = next(name for i, name in failing if i == last)
    mine = as_numbers(table[last, output][0]) if failing[last, output].kind not in NO_VALUE else None
    if mine is None:
        return None
    asked, label = Asked(question, function, cases[last]), output_name(question, output)
    try:
        same = close(asked().get(output), asked().get(output))
    except NoAnswer:
        return None
    if not same:
        return Said((ONE, f"The same arguments give another {label} in a second call."), HINT, last, output)
    old = _of_earlier(question, cases, mine, output)
    if old is None:
        return None
    return Said((ONE, f"Your {label} is that of an earlier {old}."), HINT, last, output)


def emptied(question, function, failing, cases, wanted):
    """Return a `Said` if every case that fails is right once what is kept outside is empty, else None."""
    code, space = getattr(function, "__code__", None), getattr(function, "__globals__", {})
    names = [n for n in getattr(code, "co_names", ()) if type(space.get(n)) in (dict, list, set)]
    if not names:
        return None
    before = {n: space[n].copy() for n in names}
    try:
        for one in cases:  # fills what is kept, as the check does
            _results(question, function, one)
        kept = [n for n in names if space[n]]
        again = [_right(question, function, cases[i], name, wanted[i]) for i, name in failing]
        if not kept or any(again):
            return None
        for i, name in failing:
            for n in kept:
                space[n].clear()
            if not _right(question, function, cases[i], name, wanted[i]):
                return None
    finally:
        for n, value in before.items():
            space[n].clear()
            (space[n].extend if type(value) is list else space[n].update)(value)
    number, output = next(iter(failing))
    hint = KEY if all(type(before[n]) is dict for n in kept) else BEGINS
    return Said((EMPTIED.format(listed(kept)),), hint.format(listed(kept)), number, output)


def _results(question, function, one):
    try:
        return Asked(question, function, one)()
    except NoAnswer:
        return {}


def _right(question, function, one, output, wanted):
    return close(_results(question, function, one).get(output), as_numbers(wanted[output]))


def _first_like(cases):
    """Return the index of the first case with the last one's arguments except for the arrays' numbers."""
    form = _form(cases[-1])
    return next((i for i, one in enumerate(cases[:-1]) if _form(one) == form), None)


def _form(one):
    given = [*enumerate(one.args), *sorted(one.kwargs.items())]
    return [(n, np.shape(v) if isinstance(v, np.ndarray) else repr(v)) for n, v in given]


def _of_earlier(question, cases, mine, output):
    """Return the arguments of which an earlier call's numbers give the last result, as text, or None."""
    new = Asked(question, question.model, cases[-1])
    for one in cases[:-1]:
        old = Asked(question, question.model, one).arrays
        names = [
            n
            for n, v in new.arrays.items()
            if n in old and old[n].shape == v.shape and not np.array_equal(old[n], v)
        ]
        for some in (s for size in range(1, len(names) + 1) for s in combinations(names, size)):
            try:
                made = new({n: old[n] for n in some}).get(output)
            except NoAnswer:
                continue
            if close(made, mine):
                return "call" if len(some) == len(new.arrays) else listed(some)
    return None
