"""Faults in a list of rows of integers, such as (i, k, m): another order, too many or too few rows."""

from dataclasses import replace
from itertools import permutations

import numpy as np

from ..computes.sentences import listed
from ..described import number_text
from .items import holds

ORDINALS = ["first", "second", "third", "fourth", "fifth"]


def rows(question, label, items):
    """Recognise columns or rows in another order, and missing or superfluous rows."""
    items = [
        replace(item, got=item.got.reshape(0, *item.want.shape[1:])) if not item.got.size else item
        for item in items
    ]
    lists = all(v.ndim == 2 and v.dtype.kind in "iu" for item in items for v in (item.want,))
    lists = lists and any(item.want.shape != (2, 2) for item in items)  # pairs of pairs are no list of rows
    widths = {v.shape[-1] if v.ndim == 2 else 0 for item in items for v in (item.want, item.got)}
    if not lists or len(widths) != 1 or not 1 < (width := widths.pop()) < 6:
        return None
    for order in list(permutations(range(width)))[1:]:
        if holds(items, lambda item, o=order: item.want[:, list(o)]):
            said = listed([ORDINALS[k] for k in order])
            return (
                f"The columns stand in another order: yours are the {said} of what is asked for.",
                "In which order are the numbers of a row asked for?",
            )
    return _another_order(items) or _more_or_fewer(items) or _at_times_in_order(items)


def _another_order(items):
    if not all(_sorted(item.got) == _sorted(item.want) for item in items):
        return None
    return (
        "All rows are right, but they come in another order.",
        "Which number has to change slowest from row to row, and which one does in yours?",
    )


def _at_times_in_order(items):
    """Recognise the right rows in another order in some of the failing cases, which are counted."""
    wrong = [item for item in items if item.fails]
    right = sum(_sorted(item.got) == _sorted(item.want) for item in wrong)
    if not right:
        return None
    return (
        f"In {right} of {len(wrong)} wrong cases all rows are right, but they come in another order; "
        "in the others the rows are wrong too.",
        "Begin with a case whose rows are right: which number has to change slowest from row to row?",
    )


def _more_or_fewer(items):
    """Recognise superfluous or missing rows in every failing case."""
    few, many = [], []
    for item in items:
        if item.fails:
            mine, asked = ({tuple(row) for row in v.tolist()} for v in (item.got, item.want))
            many.append(sorted(mine - asked))
            few.append(sorted(asked - mine))
    for found, other, words in (
        (many, few, "Your rows are those that are asked for and more, such as"),
        (few, many, "Rows are missing, such as"),
    ):
        if all(found) and not any(other):
            row = ", ".join(map(number_text, found[0][0]))
            kept = all(_in_order(item) for item in items if item.fails)
            others = "the others are right." if kept else "the others are there, in another order."
            shared = _shared(found[0], items) if found is few else None
            if shared:
                return (
                    f"All rows in which the {ORDINALS[shared[0]]} number is {number_text(shared[1])} are "
                    f"missing, such as ({row}); {others}",
                    "What becomes of that number on its way: is it taken for an empty place, or left out?",
                )
            return (
                f"{words} ({row}); {others}",
                "Which of its numbers lies at a bound or beyond, and does the bound itself belong?",
            )
    return None


def _in_order(item):
    """Return whether the rows that both lists have come in the same order."""
    mine, asked = ([tuple(row) for row in v.tolist()] for v in (item.got, item.want))
    return [row for row in mine if row in asked] == [row for row in asked if row in mine]


def _shared(missing, items):
    """Return (column, number) that all missing rows of the first wrong case have, and no other row."""
    item = next(item for item in items if item.fails)
    for column, value in enumerate(missing[0]):
        with_it = {tuple(row) for row in item.want.tolist() if row[column] == value}
        if len(with_it) > 1 and with_it == set(missing):
            return column, value
    return None


def _sorted(array):
    return sorted(map(tuple, np.asarray(array).tolist()))
