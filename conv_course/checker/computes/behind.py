"""Whether a number that stands at a wrong place was put there by an index below 0, which counts from the end.

On one array this cannot be told: the last row of three is row -1 and row 2. So the array that gives a
gradient its shape gets more rows at its end. A place that moves with the end is counted from there.
"""

import numpy as np

from .ask import NoAnswer

MORE = 3  # rows or columns


def counts_from_the_end(probe, product, here, asked, shape):
    """Return whether `product` stands at the index `here` in place of `asked` because of an index below 0."""
    axes = [a for a in range(len(shape)) if here[a] != asked[a]]
    if len(axes) != 1 or here[axes[0]] <= asked[axes[0]]:
        return False
    (axis,) = axes
    given = probe.asked.given
    for name, value in given.items():
        if np.shape(value) == shape and name not in {n for n, _ in product} and isinstance(value, np.ndarray):
            grown = np.pad(
                value, [(0, MORE * (a == axis)) for a in range(len(shape))], constant_values=value.min()
            )
            try:
                places = _places(probe, product, name, grown)
            except NoAnswer:
                return False
            moved = tuple(p + MORE * (a == axis) for a, p in enumerate(here))
            return places == [moved] and _others_stay(probe, name, grown, shape)
    return False


def _others_stay(probe, name, grown, shape):
    """Return whether some entry stays where it is, so that not all places count from the end."""
    numbers = {n: v for n, v in probe.first.items() if n != name}
    before, after = probe.asked(numbers).get(probe.output), probe.asked.grown(name, grown, numbers)
    kept = after.get(probe.output)[tuple(map(slice, shape))]
    return bool((np.isclose(before, kept) & (before != 0)).any())


def _places(probe, product, name, grown):
    """Return the places of the product in the result if the array `name` is `grown`."""
    single = {n: np.zeros(s) for n, s in probe.shapes.items() if n != name}
    for factor, k in product:
        single[factor].flat[k] = 1
    result = probe.asked.grown(name, grown, single).get(probe.output)
    if result is None or result.shape != grown.shape:
        return []
    return [tuple(place) for place in np.argwhere(result).tolist()]
