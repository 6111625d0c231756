"""Recognise numbers that were laid out in another order of axes and then reshaped to the right shape."""

from itertools import permutations, product

import numpy as np

from ..computes.letters import letters
from ..computes.recut import orders
from ..computes.splits import splits
from .items import holds

READ = "The right numbers of {0}, which lie in the order {1}, taken as if they lay in the order {2}."
MOST = 4  # axes, of which all pairs of orders are tried
HINT = "Numbers that are cut anew keep their order: in which order do the axes stand before that?"


def relaid(question, label, items):
    """Recognise the axes in another order, or those that are packed into rows and columns."""
    if any(item.want.size != item.got.size for item in items):
        return None
    dims = {item.want.ndim for item in items}
    if len(dims) != 1 or not 1 < (n := dims.pop()) < 6:
        return None
    names = letters(question, label, {}, n)
    changed = sorted(permutations(range(n)), key=lambda order: sum(a != b for a, b in enumerate(order)))
    for way, text in ((_laid, _text), (_read, _read_text), (_turned, _turned_text)):
        for order in changed:
            if holds(items, lambda item, o=order, w=way: w(item.want, item.got, o)):
                return text(label, names, order), HINT
    return _taken_for(label, names, changed, items) or _packed(question, label, items)


def _taken_for(label, names, changed, items):
    """Recognise numbers in one order of axes that were cut as if they lay in another one.

    Both are orders of the axes that are asked for, as with (F, N, H', W') cut as (F, H', W', N).
    """
    axes = len(names)
    sides = [item for item in items if item.fails]
    if axes > MOST or any(item.got.shape != item.want.shape for item in items):
        return None
    if not all(np.allclose(np.sort(item.got, None), np.sort(item.want, None)) for item in sides):
        return None
    for lie, read in product([tuple(range(axes)), *changed], changed):
        if lie != read and holds(
            items, lambda item, p=lie, q=read: _read(item.want.transpose(p), item.got, q)
        ):
            lying, taken = (f"[{', '.join(names[a] for a in order)}]" for order in (lie, read))
            return READ.format(label, lying, taken), HINT
    return None


def _laid(want, got, order):
    return want.transpose(order).reshape(got.shape)


def _read(want, got, order):
    made = want.reshape([got.shape[a] for a in order])
    return made.transpose(np.argsort(order))


def _turned(want, got, order):
    """Laid down and cut with the first index fastest."""
    return want.transpose(order).reshape(got.shape[::-1]).T


def _packed(question, label, items):
    """Recognise the same of windows as columns, whose six axes are packed into two."""
    parts = [splits(question, item.given).get(label) for item in items]
    if any(part is None or len(part[0]) != 6 for part in parts):
        return None
    shapes = {id(item): shape for item, (_, shape) in zip(items, parts, strict=True)}
    names = parts[0][0]
    for order in orders(len(names)):
        if holds(items, lambda i, o=order: _laid(i.want.reshape(shapes[id(i)]), i.got, o)):
            return _text(label, names, order), HINT
    return None


def _text(label, names, order):
    there, here = _axes(names, order)
    return (
        f"The right numbers of {label}, laid out in the order {there} and then cut into the shape of {here}."
    )


def _turned_text(label, names, order):
    return f"{_text(label, names, order)[:-1]}, the first index fastest."


def _read_text(label, names, order):
    there, here = _axes(names, order)
    return READ.format(label, here, there)


def _axes(names, order):
    return f"[{', '.join(names[a] for a in order)}]", f"[{', '.join(names)}]"
