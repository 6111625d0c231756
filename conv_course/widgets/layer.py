"""layer: which slices of x and w make one output of the full layer, and what its gradient gives back."""

import numpy as np

from conv_course.widgets._controls import Choice, Range
from conv_lib.naive import conv2d, conv2d_backward

TITLE = "Follow one output of the full layer"
# No two axes of an array are equally long, and N, D, F differ: a swapped axis would be seen.
N, D, F = 2, 3, 5  # the most that the controls set
H, W, KERNEL = 4, 7, (2, 4)
OUT = (H - KERNEL[0] + 1, W - KERNEL[1] + 1)


def small_numbers(shape, start, low, high):
    """Return integers in no visible order, the same on every machine."""
    k = np.arange(start, start + int(np.prod(shape)))
    return ((k * k * 31 + k * 17) % 127 % (high - low + 1) + low).astype(float).reshape(shape)


# chosen so that no number in the drawing needs more than two signs
X = small_numbers((N, D, H, W), 1, 0, 2)
WEIGHTS = small_numbers((F, D, *KERNEL), 96, -1, 1)
B = np.array([1.0, -2, 3, 0, 2])
DOUT = small_numbers((N, F, *OUT), 2, -1, 2)
# what the reader may change
INPUTS = {"x": X, "w": WEIGHTS, "b": B, "dout": DOUT}

CONTROLS = [
    Choice("way", "Way", (("forward", "forward"), ("backward", "backward")), "forward"),
    Range("images", "N, images", 1, N, N),
    Range("channels", "D, channels", 1, D, D),
    Range("filters", "F, filters", 1, F, F),
    Range("position", "Output to look at", 0, N * F * OUT[0] * OUT[1] - 1, 0),
]

TEXT = {
    "forward": "_x_ ({images}, {channels}, 4, 7), _w_ ({filters}, {channels}, 2, 4), "
    "_b_ ({filters},), _y_ ({images}, {filters}, 3, 4): "
    "_H_′ = ⌊(4 + 2·0 − 2)/1⌋ + 1 = 3, _W_′ = ⌊(7 + 2·0 − 4)/1⌋ + 1 = 4; "
    "parameters _F_·_D_·_kH_·_kW_ + _F_ = {filters}·{channels}·2·4 "
    "+ {filters} = {parameters}",
    "backward": "_dout_ as _y_ ({images}, {filters}, 3, 4), _dx_ as _x_ ({images}, {channels}, 4, 7), "
    "_dw_ as _w_ ({filters}, {channels}, 2, 4), _db_ as _b_ ({filters},)",
}


def data():
    return {
        "x": X,
        "w": WEIGHTS,
        "b": B,
        "dout": DOUT,
        "y": [conv2d(X[:, : d + 1], WEIGHTS[:, : d + 1], B) for d in range(D)],
        "slices": [conv2d(X[:, d : d + 1], WEIGHTS[:, d : d + 1]) for d in range(D)],
        "parameters": [[B[:f].size + WEIGHTS[:f, :d].size for d in (1, 2, 3)] for f in range(1, F + 1)],
    }


def arrived(images, channels, filters, position):
    """Return dx, dw, db of the outputs up to a position, in the order n, f, i, j."""
    dout = DOUT[:images, :filters].copy()
    dout.ravel()[position + 1 :] = 0
    return conv2d_backward(dout, X[:images, :channels], WEIGHTS[:filters, :channels])


def shown(way, images, channels, filters, position):
    x, w, b = X[:images, :channels], WEIGHTS[:filters, :channels], B[:filters]
    line = TEXT[way].format(images=images, channels=channels, filters=filters, parameters=w.size + b.size)
    if way == "forward":
        tables = [
            ("x", "x, rows n,d,h", x),
            ("w", "w, rows f,d,u", w),
            ("b", "b, one per filter", b),
            ("y", "y, rows n,f,h", conv2d(x, w, b)),
        ]
    else:
        dx, dw, db = arrived(images, channels, filters, position)
        tables = [
            ("dout", "dout, rows n,f,h", DOUT[:images, :filters]),
            ("dx", "dx so far, rows n,d,h", dx),
            ("dw", "dw so far, rows f,d,u", dw),
            ("db", "db so far", db),
        ]
    return tables, line
