"""Faults in whole numbers that count or list places: a run that begins elsewhere, one axis of a table."""

import numpy as np

from ..described import number_text

BOTH = "Work out the first and the last by hand, in a case where something is left over. Do both exist?"
NONE = "In which cases is there none at all, and what does yours give then?"
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


def one_axis(question, label, items):
    """Compare tables that are made of one list of whole numbers for each axis, axis by axis."""
    pairs = [(_factors(item.got), _factors(item.want)) for item in items if item.fails]
    for number, (mine, asked) in enumerate(pairs):
        if mine is None or asked is None:  # of length 1, or not such a table
            continue
        for axis, (a, b) in enumerate(zip(mine, asked, strict=True)):
            if a != b and len(a) == len(b):
                a, b = (", ".join(map(str, v)) for v in (a, b))
                where = "another case" if number else "the first case that fails"
                return f"In {where} your {label} goes like {a} along axis {axis}, asked for {b}.", AXIS
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
