"""scatter1d: each output lays down a copy of the kernel, times its gradient; they add up to dx."""

import numpy as np

from conv_course.widgets._controls import Range, grid
from conv_lib import naive, sizes

TITLE = "Lay down a copy of the kernel for each output"
# Each setting uses the first few of these.
W = np.array([2.0, -1, 3, 4])
DOUT = np.array([5.0, -6, 8, 4, -7, 9, -4, 6, -8])
# what the reader may change
INPUTS = {"w": W, "dout": DOUT}

CONTROLS = [
    Range("copies", "Copies laid down", 0, 9, 1),
    Range("stride", "Stride", 1, 3, 1),
    Range("padding", "Padding", 0, 1, 0),
    Range("kernel", "Kernel width", 1, 4, 3),
    Range("size", "Samples of x", 5, 7, 5),
]
LAYER = ("stride", "padding", "kernel", "size")

TEXT = {
    "size": "_dx_ has shape ({size},), as _x_; copies: "
    "_W_′ = ⌊({size} + 2·{padding} − {kernel})/{stride}⌋ + 1 = {out}",
}


def outputs(stride, padding, kernel, size):
    return sizes.output_size(size, kernel, stride, padding)


def after(copies, stride, padding, kernel, size):
    """Return `dx` of the first `copies` outputs: the others send back nothing."""
    dout = DOUT[: outputs(stride, padding, kernel, size)].copy()
    dout[copies:] = 0
    return naive.conv1d_backward(dout, np.zeros(size), W[:kernel], stride=stride, padding=padding)[0]


def data():
    def each(**layer):
        return [after(copies, **layer) for copies in range(outputs(**layer) + 1)]

    return {
        "w": W,
        "dout": DOUT,
        "out": grid(CONTROLS, LAYER, outputs),
        "dx": grid(CONTROLS, LAYER, each),
    }


def shown(copies, **layer):
    out = outputs(**layer)
    copies = min(copies, out)
    tables = [
        ("w", "w, the kernel", W[: layer["kernel"]]),
        ("dout", "dout, from the next layer", DOUT[:out]),
        ("dx", "dx, of the copies so far", after(copies, **layer)),
    ]
    return tables, TEXT["size"].format(**layer, out=out)
