"""Faults of a total that runs on, and of biases that are added in another order."""

import numpy as np

from ..faults.items import holds


def carried(label, items):
    """Recognise a total that is not set to 0 again: along rows, down columns, or from start to end."""
    if any(item.got.shape != item.want.shape for item in items):
        return None
    ways = [
        (lambda want: want.cumsum(1), "those to the left of it in its row"),
        (lambda want: want.cumsum(0), "those above it in its column"),
        (lambda want: want.ravel("F").cumsum().reshape(want.shape, order="F"), "all numbers before it"),
        (_row_by_row, "all those before it in its image, row by row"),
    ]
    for total, which in ways:
        if holds(items, lambda item, t=total: t(item.want)):
            text = f"Each number of your {label} is the sum of what is asked for there and of {which}."
            return text, "At which number does your total have to begin anew?"
    return None


def _row_by_row(want):
    flat = want.swapaxes(0, 1).reshape(-1, *want.shape[2:], order="F").cumsum(0)
    return flat.reshape(want.shape[1], want.shape[0], *want.shape[2:], order="F").swapaxes(0, 1)


def biases_in_turn(label, items):
    """Recognise that b(1), b(2), ... are added in turn, number by number, instead of filter by filter."""
    if "b" not in items[0].given or any(item.got.shape != item.want.shape for item in items):
        return None
    for order, way in (("F", "down the columns"), ("C", "along the rows")):
        if holds(items, lambda item, o=order: _with_biases(item, o)):
            return (
                f"Your {label} adds b(1), b(2), ... in turn, another one at each pixel {way}; asked for is "
                "b(f) at every pixel of filter f.",
                "In which order do the numbers of b come in the array that you add, and how does it fill up?",
            )
    return None


def _with_biases(item, order):
    b, shape = item.given["b"].ravel(), item.want.shape
    turns = np.resize(b, shape[0] * shape[1] * shape[2])
    made = turns.reshape(shape[:3], order="F")
    if order == "C":
        made = turns.reshape(shape[1], shape[0], shape[2], order="F").swapaxes(0, 1)
    return item.want - b[None, None, :, None] + made[..., None]
