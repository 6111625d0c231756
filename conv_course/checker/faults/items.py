"""The learner's and the right results of all cases, as arrays, and a test of what holds for all of them."""

from dataclasses import dataclass, replace

import numpy as np

from ..compare import MISSING, Difference, as_array, close_to
from ..computes.quantities import sizes_of

NO_VALUE = ("error", "timeout", "memory", "skipped", "unfilled")
ENOUGH = 3  # numbers in all failing cases together; with fewer it may be a coincidence


@dataclass(frozen=True)
class Fault:
    """A fault that holds in every failing case."""

    text: tuple
    hint: str
    output: str = ""


@dataclass(frozen=True)
class Item:
    """One output of one case: the learner's and the right result, the arguments and sizes by name."""

    got: np.ndarray
    want: np.ndarray
    fails: bool
    given: dict
    sizes: dict


def items_of(question, table, failing, cases, wanted, output):
    """Return the `Item` of every case, or None if the result of one case is not numeric."""
    items = []
    for i, one in enumerate(cases):
        got, why = table[i, output]
        bare = got is MISSING or type(got) is str or (why is not None and why.kind in NO_VALUE)
        got = None if bare else as_array(got)
        want = wanted[i][output]
        want = None if type(want) in (str, bool) or want is None else as_array(want)
        if any(v is None or isinstance(v, Difference) or v.dtype.kind not in "iuf" for v in (got, want)):
            return None
        given = dict(zip(question.parameters, one.args, strict=False)) | one.kwargs
        items.append(Item(got, want, (i, output) in failing, given, sizes_of(question, given)))
    return items


def changes(items, output):
    """Return the items of an argument that is modified in place, less its values; none if shapes differ."""
    if any(item.got.shape != np.shape(item.given[output]) for item in items):
        return []
    return [
        replace(item, got=item.got - item.given[output], want=item.want - item.given[output])
        for item in items
    ]


def holds(items, turn):
    """Return whether `turn(item)` equals the learner's result in all cases, failing and passing."""
    if sum(max(item.want.size, item.got.size) for item in items if item.fails) < ENOUGH:
        return False
    with np.errstate(all="ignore"):
        for item in items:
            made = turn(item)
            if made is None or made.shape != item.got.shape or not close_to(made, item.got, 1e-7):
                return False
    return True


def whole(items):
    return all(item.want.dtype.kind in "iu" for item in items)
