"""backward1d: every gradient of the 1-D layer, as a sum of terms and as a convolution."""

import numpy as np

from conv_course.widgets._controls import Choice, Range, grid
from conv_lib import naive, sizes

TITLE = "Send the gradient back through a 1-D layer"
# Each setting takes the first few of these.
X = np.array([7.0, -2, 8, 5, 9, -3, 4, 6])
W = np.array([4.0, -3, 2, 5, -2, 6])
DOUT = np.array([5.0, 7, -6, 3, -2, 4, 8, -5, 9, -4, 2, -7, 6, 3, -8, -1])
# what the reader may change
INPUTS = {"x": X, "w": W, "dout": DOUT}

CONTROLS = [
    Choice(
        "gradient",
        "Gradient",
        (("dx", "dx, of the signal"), ("dw", "dw, of the kernel"), ("db", "db, of the bias")),
        "dx",
    ),
    Range("position", "Entry to look at", 0, 7, 0),
    Range("stride", "Stride", 1, 3, 1),
    Range("padding", "Padding", 0, 4, 0),
    Range("kernel", "Kernel width", 1, 6, 3),
    Range("size", "Samples of x", 5, 8, 5),
]
LAYER = ("stride", "padding", "kernel", "size")

TEXT = {
    "between": ("", " with a zero between its entries", " with 2 zeros between its entries"),
    "dx": "_dx_ has shape ({size},): the flipped kernel slides over dout{between}, padded: _W_ = "
    "(({out}\u00a0−\u00a01)·{stride}\u00a0+\u00a01) + {before} + {after} − {kernel} + 1 = {size}",
    "dw": "_dw_ has shape ({kernel},): dout{between} slides over the padded x without its leftover: "
    "_kW_ = ({size}\u00a0+\u00a02·{padding}\u00a0−\u00a0{left}) − "
    "(({out}\u00a0−\u00a01)·{stride}\u00a0+\u00a01) + 1 = {kernel}",
    "dx plain": "_dx_ has shape ({size},): the flipped kernel slides over dout, with {before} zeros on each "
    "side: _W_ = {out} + 2·{before} − {kernel} + 1 = {size}",
    "dw plain": "_dw_ has shape ({kernel},): dout slides over x: _kW_ = {size} − {out} + 1 = {kernel}",
    "db": "_db_ is one number: one bias for all {out} outputs",
    "error": "No gradients: the kernel is wider than the padded input. It spans {kernel} samples, and the "
    "padded input has {size} + 2·{padding} = {padded}.",
}


def gradients(stride, padding, kernel, size):
    """Return `[dx, dw, db]` of one setting, or None if the kernel does not fit."""
    x, w = X[:size], W[:kernel]
    try:
        out = sizes.output_size(size, kernel, stride, padding)
    except ValueError:
        return None
    return list(naive.conv1d_backward(DOUT[:out], x, w, stride=stride, padding=padding))


def geometry(stride, padding, kernel, size):
    """Return `[W', leftover]` of one setting, or None if the kernel does not fit."""
    try:
        layer = (size, kernel, stride, padding)
        return [sizes.output_size(*layer), sizes.leftover(*layer)]
    except ValueError:
        return None


def data():
    return {
        "x": X,
        "w": W,
        "dout": DOUT,
        "gradients": grid(CONTROLS, LAYER, gradients),
        "geometry": grid(CONTROLS, LAYER, geometry),
    }


def shown(gradient, position, **layer):
    size, kernel, padding = layer["size"], layer["kernel"], layer["padding"]
    found = geometry(**layer)
    if found is None:
        line = TEXT["error"].format(**layer, padded=size + 2 * padding)
        dout, dx, dw, db = [], [], [], []
    else:
        out, left = found
        before, after = (
            f"(−{-n})" if n < 0 else n for n in (kernel - 1 - padding, kernel - 1 - padding + left)
        )
        between = TEXT["between"][layer["stride"] - 1]
        values = {**layer, "out": out, "left": left, "before": before, "after": after, "between": between}
        plain = layer["stride"] == 1 and padding == 0 and gradient != "db"
        line = TEXT[f"{gradient} plain" if plain else gradient].format(**values)
        dout, (dx, dw, db) = DOUT[:out], gradients(**layer)
    tables = [
        ("x", "x, the signal", X[:size]),
        ("w", "w, the kernel", W[:kernel]),
        ("dout", "dout, from the next layer", dout),
        ("dx", "dx", dx),
        ("dw", "dw", dw),
        ("db", "db", db),
    ]
    return tables, line
