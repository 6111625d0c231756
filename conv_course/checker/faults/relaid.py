"""Recognise numbers that were laid out in another order of axes and then reshaped to the right shape."""

from itertools import permutations

from ..computes.letters import letters
from ..computes.recut import orders
from ..computes.splits import splits
from .items import holds

HINT = "reshape keeps the order of the numbers: in which order do the axes stand before it?"


def relaid(question, label, items):
    """Recognise the axes in another order, or those that are packed into rows and columns."""
    if any(item.want.size != item.got.size for item in items):
        return None
    dims = {item.want.ndim for item in items}
    if len(dims) != 1 or not 1 < (n := dims.pop()) < 6:
        return None
    names = letters(question, label, {}, n)
    for turned in (False, True):
        for order in permutations(range(n)):
            if turned and order == tuple(range(n))[::-1]:
                continue
            if holds(items, lambda item, o=order, t=turned: _laid(item.want, item.got, o, t)):
                return _text(label, names, order, ", the first index fastest" * turned), HINT
    return _packed(question, label, items)


def _laid(want, got, order, turned):
    made = want.transpose(order)
    return made.reshape(got.shape[::-1]).T if turned else made.reshape(got.shape)


def _packed(question, label, items):
    """Recognise the same of windows as columns, whose six axes are packed into two."""
    parts = [splits(question, item.given).get(label) for item in items]
    if any(part is None or len(part[0]) != 6 for part in parts):
        return None
    shapes = {id(item): shape for item, (_, shape) in zip(items, parts, strict=True)}
    names = parts[0][0]
    for order in orders(len(names)):
        if holds(items, lambda i, o=order: _laid(i.want.reshape(shapes[id(i)]), i.got, o, False)):
            return _text(label, names, order, ""), HINT
    return None


def _text(label, names, order, filled):
    there, here = ", ".join(names[a] for a in order), ", ".join(names)
    return (
        f"The right numbers of {label}, laid out in the order [{there}] "
        f"and then cut into the shape of [{here}]{filled}."
    )
