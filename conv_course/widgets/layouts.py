"""layouts: one tensor in three memory layouts, and the linear index of one element in each."""

import numpy as np

from conv_course.widgets._controls import Choice, Range
from conv_lib.layouts import to_channels_last, to_matlab

TITLE = "Find one element in memory"
SHAPE = (2, 3, 2, 4)  # N, D, H, W
X = np.arange(float(np.prod(SHAPE))).reshape(SHAPE)

CONTROLS = [
    Choice(
        "layout",
        "Order",
        (
            ("NDHW", "N x D x H x W, Python"),
            ("HWDN", "H x W x D x N, MATLAB"),
            ("NHWD", "N x H x W x D, channels last"),
        ),
        "NDHW",
    ),
    Range("n", "n, image", 0, SHAPE[0] - 1, 0),
    Range("d", "d, channel", 0, SHAPE[1] - 1, 1),
    Range("h", "h, row", 0, SHAPE[2] - 1, 0),
    Range("w", "w, column", 0, SHAPE[3] - 1, 2),
]

TEXT = {
    "NDHW": "shape (2, 3, 2, 4), last index fastest: ((_n_·_D_ + _d_)·_H_ + _h_)·_W_ + _w_ = "
    "(({n}·3 + {d})·2 + {h})·4 + {w} = {index}",
    "NHWD": "shape (2, 2, 4, 3), last index fastest: ((_n_·_H_ + _h_)·_W_ + _w_)·_D_ + _d_ = "
    "(({n}·2 + {h})·4 + {w})·3 + {d} = {index}",
    "HWDN": "size 2 × 4 × 3 × 2, first index fastest, counted from 1: "
    "1 + _h_ + _H_·(_w_ + _W_·(_d_ + _D_·_n_)) = 1 + {h} + 2·({w} + 4·({d} + 3·{n})) = {index}",
}


def memory(layout):
    """Return the tensor as a vector, in the order of memory."""
    if layout == "HWDN":
        return to_matlab(X).ravel(order="F")
    return (to_channels_last(X) if layout == "NHWD" else X).ravel()


def index(layout, n, d, h, w):
    """Return the linear index of an element, counted from 0 in Python's layouts and from 1 in MATLAB's."""
    return int(np.flatnonzero(memory(layout) == X[n, d, h, w])[0]) + (layout == "HWDN")


def data():
    layouts = [layout for layout, _ in CONTROLS[0].options]
    return {"x": X, "memory": {layout: memory(layout) for layout in layouts}}


def shown(layout, **element):
    line = TEXT[layout].format(**element, index=index(layout, **element))
    return [("x", "x, rows n,d,h", X), ("memory", "memory, in this order", memory(layout))], line
