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
