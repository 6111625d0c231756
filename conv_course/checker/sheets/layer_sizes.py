"""Sizes of layers on which every mistake with an axis shows: the cases of the sheets on images.

In each list H' != W' and kH != kW, and a layer is found out that takes one axis for the other in a size, a
kernel, a stride or a padding. So is one that rounds a size, or that drops what is left over on one axis only.
Each axis of x, w and y has length 1 in a layer where its other axes are longer: a `squeeze` then breaks.
"""

# N, D, F, H, W, kH, kW, stride, padding, layout
PLAIN = [
    (1, 1, 1, 3, 4, 2, 3, (1, 1), (0, 0), "C"),  # the first of each list can be worked out by hand
    (1, 2, 1, 2, 3, 1, 2, (1, 1), (0, 0), "C"),
    (2, 1, 1, 2, 3, 1, 2, (1, 1), (0, 0), "C"),
    (1, 1, 2, 3, 5, 2, 3, (1, 1), (0, 0), "C"),
    (2, 3, 1, 6, 4, 3, 2, (1, 1), (0, 0), "C"),
    (2, 2, 3, 3, 5, 2, 3, (1, 1), (0, 0), "C"),  # small: what is computed is read off it
]
STRIDED = [
    (1, 1, 1, 4, 4, 2, 1, (2, 1), (0, 0), "C"),
    (1, 1, 1, 3, 6, 1, 3, (1, 2), (0, 0), "C"),
    (2, 1, 3, 8, 5, 3, 2, (3, 1), (0, 0), "C"),  # two rows left over, no column
    (1, 3, 2, 6, 8, 2, 3, (2, 3), (0, 0), "C"),  # two columns left over, no row
    (3, 2, 4, 7, 8, 2, 3, (3, 2), (0, 0), "view"),
    (2, 2, 3, 6, 5, 3, 1, (2, 1), (0, 0), "C"),
]
PADDED = [
    (1, 1, 1, 2, 4, 2, 1, (1, 1), (1, 0), "C"),
    (1, 1, 1, 4, 2, 1, 2, (1, 1), (0, 1), "C"),
    (2, 3, 2, 3, 4, 2, 3, (1, 1), (0, 2), "F"),
    (2, 2, 3, 4, 9, 3, 2, (2, 3), (1, 0), "C"),  # a column left over, and a row that is padding
    (2, 2, 3, 4, 2, 2, 3, (2, 1), (3, 4), "C"),  # more padding than the kernel can use
    (2, 3, 2, 5, 4, 2, 3, (3, 1), (1, 2), "C"),  # two rows left over, one of them padding
    (2, 3, 2, 1, 4, 3, 2, (1, 2), (1, 0), "C"),
    (2, 2, 3, 4, 1, 1, 3, (2, 1), (0, 1), "C"),
]
ALL = [*PLAIN, *STRIDED, *PADDED]


def drawn_length(rng, kW, stride, padding, leftover, least=50, most=5000):
    """A W, drawn among those that leave so many samples over: every wrong size is as wrong with each of them.

    A part that has such a case is granted to the same wrong answers whatever is drawn.
    """
    W = int(rng.integers(least, most))
    return W - (W + padding - kW - leftover) % stride


def drawn_axis(rng, least=50, most=5000):
    """W, kW, stride and two unequal paddings, drawn so widely that a table of seed 0 does not hold them."""
    kW, stride = int(rng.integers(2, 8)), int(rng.integers(2, 7))
    left, right = (int(p) for p in rng.permutation(9)[:2])
    return int(rng.integers(least, most)), kW, stride, (left, right)
