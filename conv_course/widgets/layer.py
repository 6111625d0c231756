"""layer: which slices of x and w make one output value of the full layer, and every shape."""

import numpy as np

from conv_course.widgets._controls import Range
from conv_lib.naive import conv2d

TITLE = "See what makes one output of the full layer"
MOST = 3  # maximum number of images, channels and filters
H, W, KERNEL = 4, 5, (3, 2)
OUT = (H - KERNEL[0] + 1, W - KERNEL[1] + 1)


def small_numbers(shape, start, low, high):
    """Return integers in no visible order, the same on every machine."""
    k = np.arange(start, start + int(np.prod(shape)))
    return ((k * k * 31 + k * 17) % 127 % (high - low + 1) + low).astype(float).reshape(shape)


X = small_numbers((MOST, MOST, H, W), 25, 0, 3)
WEIGHTS = small_numbers((MOST, MOST, *KERNEL), 21, -1, 1)
B = np.array([1.0, -2, 3])
# what the reader may change
INPUTS = {"x": X, "w": WEIGHTS, "b": B}

CONTROLS = [
    Range("images", "N, images", 1, MOST, 3),
    Range("channels", "D, channels", 1, MOST, 2),
    Range("filters", "F, filters", 1, MOST, 1),
    Range("position", "Output to look at", 0, MOST * MOST * OUT[0] * OUT[1] - 1, 0),
]

TEXT = {
    "size": "_x_ and _dx_ ({images}, {channels}, 4, 5), _w_ and _dw_ ({filters}, {channels}, 3, 2), "
    "_b_ and _db_ ({filters},), _y_ and _dout_ ({images}, {filters}, 2, 4): "
    "_H_′ = ⌊(4 + 2·0 − 3)/1⌋ + 1 = 2, _W_′ = ⌊(5 + 2·0 − 2)/1⌋ + 1 = 4; "
    "parameters _F_·_D_·_kH_·_kW_ + _F_ = {filters}·{channels}·3·2 "
    "+ {filters} = {parameters}",
}


def data():
    every = range(MOST)
    return {
        "x": X,
        "w": WEIGHTS,
        "b": B,
        "y": [conv2d(X[:, : d + 1], WEIGHTS[:, : d + 1], B) for d in every],
        "slices": [conv2d(X[:, d : d + 1], WEIGHTS[:, d : d + 1]) for d in every],
        "parameters": [[B[:f].size + WEIGHTS[:f, :d].size for d in (1, 2, 3)] for f in (1, 2, 3)],
    }


def shown(images, channels, filters, position):
    x, w, b = X[:images, :channels], WEIGHTS[:filters, :channels], B[:filters]
    line = TEXT["size"].format(images=images, channels=channels, filters=filters, parameters=w.size + b.size)
    tables = [
        ("x", "x, rows n,d,h", x),
        ("w", "w, rows f,d,u", w),
        ("b", "b, one per filter", b),
        ("y", "y, rows n,f,h", conv2d(x, w, b)),
    ]
    return tables, line
