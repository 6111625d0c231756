"""Faults in whole numbers that count or list places: a run that begins elsewhere, one axis of a table."""

import numpy as np

from ..described import describe, number_text
from .items import ENOUGH

BOTH = "Work out the first and the last by hand, in a case where something is left over. Do both exist?"
NONE = "In which cases is there none at all, and what does yours give then?"
JOINED = "A place that two parts reach along one axis and three along the other: how many reach it in all?"
JOINS = (
    (
        np.minimum,
        "Where two numbers meet, one of each axis, yours is the smaller one, asked for their product.",
    ),
    (
        np.maximum,
        "Where two numbers meet, one of each axis, yours is the larger one, asked for their product.",
    ),
    (np.add, "Where two numbers meet, one of each axis, yours is their sum, asked for their product."),
)
AXIS = "Take one place at which the two differ: which parts reach it? Count them by hand."


def runs(question, label, items):
    """Tell in how many cases a run of successive whole numbers begins or ends at another one."""
    if not all(_run(v) for item in items for v in (item.got, item.want)):
        return None
    both = [item for item in items if item.got.size and item.want.size]
    told = []
    for end, word in ((0, "begins"), (-1, "ends")):
        off = np.array([item.got[end] - item.want[end] for item in both])
        for side, words in ((off < 0, "too early"), (off > 0, "too late")):
            if side.any():
                by = {abs(d) for d in off[side].tolist()}
                amount = f"{number_text(by.pop())} " if len(by) == 1 else ""
                told.append(f"{side.sum()} it {word} {amount}{words}")
    empty = sum(item.got.size > 0 and not item.want.size for item in items)
    if empty:
        told.append(f"{empty} it has numbers where none is asked for")
    lacks = sum(item.want.size > 0 and not item.got.size for item in items)
    if lacks:
        told.append(f"{lacks} it has none where numbers are asked for")
    if not told:
        return None
    text = f"Of your {label} in all {len(items)} cases: in " + ", in ".join(told) + "."
    return text, BOTH if len(told) > 1 or not (empty or lacks) else NONE


def _run(v):
    return v.ndim == 1 and (not v.size or v.dtype.kind in "iu") and bool((np.diff(v) == 1).all())


def joined(question, label, items):
    """Recognise counts along the two axes that are right, and joined in another way than by a product."""
    wrong = [item for item in items if item.fails]
    if sum(item.want.size for item in wrong) < ENOUGH:
        return None
    for join, text in JOINS:
        if all(_joins(item, join) for item in items):
            item, at = next(
                (item, np.argwhere(item.got != item.want)[0].tolist()) for item in wrong if item.want.size
            )
            a, b = next(pair for pair in _pairs(item.want) if np.array_equal(join.outer(*pair), item.got))
            given = _given(item)
            place = f"{label}[{at[0]}, {at[1]}]"
            numbers = f"{a[at[0]]} and {b[at[1]]}"
            told = (
                f"With {given}, the numbers along the two axes are {numbers} at {place}: "
                f"yours is {item.got[*at]}, asked for {item.want[*at]}."
            )
            return (text, told), JOINED
    return None


def _joins(item, join):
    """Return whether two lists with the right table as their product, joined this way, give the learner's."""
    return item.got.shape == item.want.shape and any(
        np.array_equal(join.outer(*pair), item.got) for pair in _pairs(item.want)
    )


def _pairs(v):
    """Yield all pairs of lists of whole numbers whose product a table is."""
    if v.ndim != 2 or v.dtype.kind not in "iu" or not v.any() or (v < 0).any():
        return
    rows, columns = (sums // np.gcd.reduce(sums) for sums in (v.sum(1), v.sum(0)))
    times = v.max() // (rows.max() * columns.max()) or 1
    if np.array_equal(times * np.outer(rows, columns), v):
        for k in range(1, times + 1):
            if times % k == 0:
                yield k * rows, times // k * columns


def _given(item):
    return ", ".join(f"{name} = {describe(value)}" for name, value in item.given.items())


def one_axis(question, label, items):
    """Compare tables that are made of one list of whole numbers for each axis, axis by axis."""
    wrong = [item for item in items if item.fails]
    pairs = [(_factors(item.got), _factors(item.want)) for item in wrong]
    for item, (mine, asked) in zip(wrong, pairs, strict=True):
        if mine is None or asked is None:  # of length 1, or not such a table
            continue
        for axis, (a, b) in enumerate(zip(mine, asked, strict=True)):
            if a != b and len(a) == len(b):
                a, b = (", ".join(map(str, v)) for v in (a, b))
                return (
                    f"With {_given(item)} your {label} goes like {a} along axis {axis}, asked for {b}.",
                    AXIS,
                )
    return None


def _factors(v):
    """Return the lists, in lowest terms, whose products a table of whole numbers is, or None."""
    if v.ndim != 2 or v.dtype.kind not in "iu" or min(v.shape) < 2 or (v < 0).any() or not v.any():
        return None
    if v.shape == (2, 2):  # a pair of pairs is no table
        return None
    lists = [sums // np.gcd.reduce(sums) for sums in (v.sum(1), v.sum(0))]
    whole = np.outer(*lists)
    return [one.tolist() for one in lists] if (whole * v.sum() == v * whole.sum()).all() else None
