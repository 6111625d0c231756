"""Index rules: the place of one factor, or of the entry, as an integer affine function of the other places.

A rule is fitted to all products of all entries, so it holds for all of them or there is none. If it differs
from the right rule, the nearest one is chosen: first with another start, then with another step.
"""

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

EVERY, LONELY = "every", "lonely"


@dataclass
class Axis:
    """The rule for one axis: a step per column and a start; or every place; or indices that wrap around."""

    steps: np.ndarray
    start: int = 0
    every: bool = False
    wraps: bool = False
    length: int = 1
    kept: tuple = ()  # (lowest, highest, column): without the step of this column, it is kept in between

    def same(self, other):
        return (
            self.every == other.every
            and self.wraps == other.wraps
            and self.kept == other.kept
            and self.length == other.length
            and (self.every or (self.start == other.start and (self.steps == other.steps).all()))
        )

    def _kept_text(self, names):
        """Return min(max(2*i - 1, 0), 3) + u."""
        lowest, highest, column = self.kept
        inside = self.steps.copy()
        inside[column] = 0
        text = Axis(inside, self.start).text(names)
        text = text if lowest is None else f"max({text}, {lowest})"
        text = text if highest is None else f"min({text}, {highest})"
        tap = Axis(self.steps - inside, 0).text(names)
        return f"{text} + {tap}"

    def text(self, names):
        if self.every:
            return "every " + self.name if hasattr(self, "name") else ":"
        if self.kept:
            return self._kept_text(names)
        parts = []
        for step, name in zip(self.steps.tolist(), names, strict=True):
            if step:
                times = "" if abs(step) == 1 else f"{abs(step)}*"
                parts.append(("- " if step < 0 else "+ ") + times + name)
        if self.start or not parts:
            parts.append(("- " if self.start < 0 else "+ ") + str(abs(self.start)))
        first = next((k for k, part in enumerate(parts) if part[0] == "+"), 0)  # 4 - m, not -m + 4
        text = " ".join([parts[first], *parts[:first], *parts[first + 1 :]])
        text = text[2:] if text.startswith("+ ") else "-" + text[2:]
        if self.length > 1:
            return f"{text} .. {_later(self, names)}"
        return text


def kept_inside(X, y, like, size, column, taps):
    """Return the `Axis` of a right rule whose windows are moved until they lie inside, or None.

    `column` is that of the place in the window, which has `taps` places.
    """
    step = int(like.steps[column])
    begins = X @ like.steps + like.start - step * X[:, column]
    highest = size - 1 - step * (taps - 1)
    if step < 1 or highest < 0 or (begins.min() >= 0 and begins.max() <= highest):
        return None
    if not (np.clip(begins, 0, highest) + step * X[:, column] == y).all():
        return None
    kept = (0 if begins.min() < 0 else None, highest if begins.max() > highest else None, column)
    return Axis(like.steps, like.start, kept=kept)


def _later(axis, names):
    return Axis(axis.steps, axis.start + axis.length - 1).text(names)


def unravel(places, shape):
    """Return one column of indices per axis."""
    if not shape:
        return np.zeros((len(places), 0), int)
    return np.stack(np.unravel_index(places, shape), 1)


def right_axis(X, y):
    """Return the integer steps and start that give y from as few columns of X as possible, or None."""
    for few in range(4):
        for columns in combinations(range(X.shape[1]), few):
            found = _fit(X, y, columns)
            if found is not None:
                return found
    return None


def axis_like(X, y, like, size):
    """Return the `Axis` of y from X that is nearest to `like`, or None if y does not follow such a rule."""
    for few in range(3):
        for columns in combinations(range(X.shape[1]), few):
            change = _fit(X, y - X @ like.steps - like.start, columns)
            if change is not None:
                return Axis(like.steps + change.steps, like.start + change.start)
    found = right_axis(X, y)
    return found if found is not None else _wrapped(X, y, like, size)


def _fit(X, y, columns):
    if not columns:
        return Axis(np.zeros(X.shape[1], int), int(y[0])) if (y == y[0]).all() else None
    matrix = np.column_stack([X[:, columns], np.ones(len(X))])
    few = np.unique(np.linspace(0, len(X) - 1, 60).astype(int))
    if np.linalg.matrix_rank(matrix[few]) <= len(columns):
        if np.linalg.matrix_rank(matrix) <= len(columns):
            return None
        few = slice(None)
    c = np.linalg.lstsq(matrix[few], y[few], rcond=None)[0]
    whole = np.round(c).astype(int)
    if np.abs(c - whole).max() > 1e-6 or not (matrix @ whole == y).all():
        return None
    steps = np.zeros(X.shape[1], int)
    steps[list(columns)] = whole[:-1]
    return Axis(steps, int(whole[-1]))


def _wrapped(X, y, like, size):
    """Return the same steps with another start, where negative indices count from the end, or None."""
    for shift in sorted(range(1 - size, size), key=abs):
        plain = X @ like.steps + like.start + shift
        if (plain < 0).any() and plain.min() >= -size and plain.max() < size and (plain % size == y).all():
            return Axis(like.steps, like.start + shift, wraps=True)
    return None


def every_place(X, Y, a, size):
    """Return whether axis `a` of Y takes every place for each combination of the other indices."""
    whole = np.unique(np.hstack([X, Y]), axis=0)
    rest = np.unique(np.hstack([X, np.delete(Y, a, axis=1)]), axis=0)
    return size > 1 and len(whole) == len(rest) * size


def solve(X, Y, sizes, like=None):
    """Return one `Axis` for each column of Y, or None if one of them follows no rule.

    If an axis takes several places for the same X, it must take all of them (`every_place`).
    """
    found = []
    for a, size in enumerate(sizes):
        y = Y[:, a]
        axis = axis_like(X, y, like[a], size) if like is not None and not like[a].every else right_axis(X, y)
        if axis is None and every_place(X, Y, a, size):
            axis = Axis(np.zeros(X.shape[1], int), every=True)
        if axis is None:
            return None
        found.append(axis)
    return found


def windows(X, Y, sizes):
    """Return one `Axis` with a length for each column of Y: each row of X has a run of places; or None.

    Runs that the edge cuts off do not determine the length. They only have to be consistent with it.
    """
    keys, group = np.unique(X, axis=0, return_inverse=True)
    group = group.ravel()
    count = np.bincount(group)
    low = np.full((len(keys), Y.shape[1]), np.iinfo(int).max)
    high = np.full((len(keys), Y.shape[1]), -1)
    np.minimum.at(low, group, Y)
    np.maximum.at(high, group, Y)
    if (np.prod(high - low + 1, axis=1) != count).any():
        return None
    found = []
    for a, size in enumerate(sizes):
        length = int((high - low + 1)[:, a].max())
        whole = (high - low + 1)[:, a] == length
        axis = right_axis(keys[whole], low[whole, a])
        if axis is not None:
            axis.length = length
        if axis is None or not _runs(axis, keys, low[:, a], high[:, a], size):
            axis = _cut_runs(keys, low[:, a], high[:, a], size, length)
        if axis is None:
            return None
        found.append(axis)
    return found


def _runs(axis, keys, low, high, size):
    """Return whether the runs of an axis, cut off at the edges, are those from low to high."""
    start = keys @ axis.steps + axis.start
    return (np.maximum(start, 0) == low).all() and (np.minimum(start + axis.length, size) - 1 == high).all()


def _cut_runs(keys, low, high, size, length):
    """Return an axis with a small step and start that fits runs mostly cut off by an edge, or None."""
    for more, start, column, step in product(range(3), range(0, -5, -1), range(keys.shape[1]), range(1, 5)):
        steps = np.zeros(keys.shape[1], int)
        steps[column] = step
        axis = Axis(steps, start, length=length + more)
        if _runs(axis, keys, low, high, size):
            return axis
    return None
