"""Recognise `a[index] += shares` where an index array names a place twice: only one of its shares is kept.

The learner's function is run once more on arrays that add up all shares. It is said only if that makes every
case right. No source text is needed.
"""

import contextlib
import sys
from types import FunctionType

import numpy as np

from .ask import Asked, NoAnswer, as_numbers, close
from .linear import Said
from .sentences import listed

TEXT = "In line {0} of your cell a place that the index names twice gets only one of its shares."
SEVERAL = "In lines {0} of your cell a place that the index names twice gets only one of its shares."
HINT = "If a holds zeros, what does a[[0, 0]] += 1 leave in a[0]?"
MAKERS = ("zeros", "empty", "ones", "full", "zeros_like", "empty_like", "ones_like", "full_like")


class Shares(np.ndarray):
    """What was taken of an array by an index array, and what was added to it since, in `more`."""

    home, more = None, None

    def __iadd__(self, other):
        self.more = np.asarray(other)
        return self

    def __isub__(self, other):
        self.more = -np.asarray(other)
        return self

    def __add__(self, other):
        made = np.ndarray.__add__(self, other)
        if self.home is not None and isinstance(made, Shares):
            made.home, made.more = self.home, np.asarray(other)
        return made


class AllAdded(np.ndarray):
    """An array that adds up all shares of a place. The lines that do so are noted in `lines`."""

    lines = None

    def __array_finalize__(self, parent):
        self.lines = getattr(parent, "lines", None)

    def __getitem__(self, key):
        part = super().__getitem__(key)
        if _names_places(key) and isinstance(part, np.ndarray):
            part = np.array(part).view(Shares)
            part.home = self
        return part

    def __setitem__(self, key, value):
        if isinstance(value, Shares) and value.home is self and value.more is not None:
            np.add.at(self.view(np.ndarray), key, value.more)
            self.lines.append(sys._getframe(1).f_lineno)
        else:
            super().__setitem__(key, np.asarray(value) if isinstance(value, Shares) else value)


class NumPy:
    """NumPy, but for arrays that are made by its functions for that."""

    def __init__(self, lines):
        self._lines = lines

    def __getattr__(self, name):
        found = getattr(np, name)
        if name not in MAKERS:
            return found

        def make(*args, **kwargs):
            made = found(*args, **kwargs).view(AllAdded)
            made.lines = self._lines
            return made

        return make


def explain(question, function, failing, cases, wanted):
    """Return a `Said` if all that fails is right once the shares of a place are added up, or None."""
    if question.modifies or not isinstance(function, FunctionType):
        return None
    lines = []
    names = {n for n, value in function.__globals__.items() if value is np}
    space = {**function.__globals__, **dict.fromkeys(names, NumPy(lines))}
    made = FunctionType(function.__code__, space, None, function.__defaults__, function.__closure__)
    made.__kwdefaults__ = function.__kwdefaults__
    for i, name in failing:
        if not _right(question, made, cases[i], name, wanted[i]) or not lines:
            return None
    text = TEXT if len(set(lines)) == 1 else SEVERAL
    return Said((text.format(listed(map(str, sorted(set(lines))))),), HINT, min(i for i, _ in failing))


def _right(question, function, one, output, wanted):
    with contextlib.suppress(NoAnswer):
        return close(Asked(question, function, one)().get(output), as_numbers(wanted[output]))
    return False


def _names_places(key):
    several = key if isinstance(key, tuple) else (key,)
    return any(np.ndim(one) for one in several if one is not None and not isinstance(one, slice))
