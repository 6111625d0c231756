"""Which arguments a pair [height width] follows: those of its own direction, and all of them."""

from dataclasses import dataclass

import numpy as np

from .sizes import pair_text

MIXED = "Which of your operations mix the two numbers: a / between two rows, a sum, an entry taken for both?"
UNUSED = "Where does {} come into your formula, with both of its numbers?"
PLACES = ("height", "width")


@dataclass(frozen=True)
class Crossed:
    """Two calls that differ in one thing: the place `at` of all arguments, or the argument `name`."""

    calls: tuple
    at: int | None = None
    name: str = ""


def calls(names, cases):
    """Yield pairs of calls: two cases, and the first with one thing from the second."""
    for first, second in zip(cases[::3], cases[1::3], strict=False):
        for at in (0, 1):
            mixed = tuple(
                (b[0], a[1]) if at == 0 else (a[0], b[1]) for a, b in zip(first, second, strict=True)
            )
            if mixed != first:
                yield Crossed((first, mixed), at=at)
        for k, name in enumerate(names):
            mixed = (*first[:k], second[k], *first[k + 1 :])
            if mixed != first:
                yield Crossed((first, mixed), name=name)


def find(crossed, answers):
    """Return a sentence on a place that follows the other direction or on an unused argument, and a question.

    Both are None if there is nothing of that.
    """
    pairs = list(zip(crossed, answers[::2], answers[1::2], strict=False))
    rows = [(one, *map(np.ravel, both)) for one, *both in pairs if all(map(_is_pair, both))]
    for one, before, after in rows:
        own = None if one.at is None else 1 - one.at
        if own is not None and abs(before[own] - after[own]) > 1e-6:
            told = [f"{_of(c)} gives {pair_text(v)}" for c, v in zip(one.calls, (before, after), strict=True)]
            text = f"Your out({own + 1}) is the {PLACES[own]}, and it changes with the {PLACES[one.at]}: "
            return f"{text}{' and '.join(told)}.", MIXED
    for name in dict.fromkeys(one.name for one in crossed if one.name):
        same = [np.allclose(before, after) for one, before, after in rows if one.name == name]
        if len(same) > 2 and all(same):
            return f"Your out stays the same when only {name} changes.", UNUSED.format(name)
    return None, None


def _is_pair(value):
    return isinstance(value, np.ndarray) and value.size == 2 and np.isfinite(value).all()


def _of(call):
    """Return the arguments of a call as they stand in brackets."""
    return f"({', '.join(pair_text(value) for value in call)})"
