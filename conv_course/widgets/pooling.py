"""pooling: the maximum or the mean of each window, and the pixels that get the gradient."""

import numpy as np

from conv_course.widgets._controls import Choice, Range, grid
from conv_lib import sizes
from conv_lib.naive import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward

TITLE = "Pool, and send the gradient back"
X = np.array(
    [
        [1.0, 5, 5, 2, 0, 3],
        [4, 5, 5, 1, 3, 3],
        [2, 0, 1, 7, 3, 1],
        [2, 2, 6, 4, 4, -1],
        [-2, -1, 6, 0, 4, -3],
    ]
)
DOUT = np.array([[1.0, 2, 3, -1, 4, 2, 1], [2, -1, 1, 3, 2, 1, -2], [3, 1, 2, 1, -2, 4, 1]])
DOUT = np.vstack([DOUT, DOUT[::-1, ::-1]])  # each setting uses the top left corner
# what the reader may change
INPUTS = {"x": X, "dout": DOUT}

CONTROLS = [
    Choice("kind", "Pooling", (("max", "maximum"), ("average", "average")), "max"),
    Range("kernel", "Window", 2, 3, 2),
    Range("stride", "Stride", 1, 3, 2),
    Range("padding", "Padding", 0, 1, 0),
    Range("position", "Output to look at", 0, 41, 0),
]
LAYER = ("kernel", "stride", "padding")

TEXT = {
    "size": "_y_ has shape ({rows}, {columns}): "
    "_H_′ = ⌊(5 + 2·{padding} − {kernel})/{stride}⌋ + 1 = {rows}, "
    "_W_′ = ⌊(6 + 2·{padding} − {kernel})/{stride}⌋ + 1 = {columns}; _dx_ has the shape of _x_, (5, 6)",
}


def geometry(kernel, stride, padding):
    """Return `[H', W', rows left over, columns left over]`."""
    layers = [(size, kernel, stride, padding) for size in X.shape]
    return [sizes.output_size(*layer) for layer in layers] + [sizes.leftover(*layer) for layer in layers]


def forward(kind, kernel, stride, padding):
    pool = max_pool2d if kind == "max" else avg_pool2d
    return pool(X[None, None], kernel, stride=stride, padding=padding)[0, 0]


def backward(kind, kernel, stride, padding):
    rows, columns, *_ = geometry(kernel, stride, padding)
    dout = DOUT[:rows, :columns][None, None]
    pool = max_pool2d_backward if kind == "max" else avg_pool2d_backward
    return pool(dout, X[None, None], kernel, stride=stride, padding=padding)[0, 0]


def winners(kernel, stride, padding):
    """Return, for each output, the number of the pixel that gets the maximum's gradient: row * 6 + column."""
    rows, columns, *_ = geometry(kernel, stride, padding)
    found = np.zeros((rows, columns), int)
    for at in np.ndindex(rows, columns):
        one = np.zeros((1, 1, rows, columns))
        one[0, 0][at] = 1
        layer = {"stride": stride, "padding": padding}
        found[at] = max_pool2d_backward(one, X[None, None], kernel, **layer).argmax()
    return found


def data():
    return {
        "x": X,
        "dout": DOUT,
        "geometry": grid(CONTROLS, LAYER, geometry),
        "y": grid(CONTROLS, ("kind", *LAYER), forward),
        "dx": grid(CONTROLS, ("kind", *LAYER), backward),
        "winners": grid(CONTROLS, LAYER, winners),
    }


def shown(position, **state):
    y, dx = forward(**state), backward(**state)
    line = TEXT["size"].format(**state, rows=y.shape[0], columns=y.shape[1])
    dout = DOUT[: y.shape[0], : y.shape[1]]
    return [("x", "x", X), ("y", "y", y), ("dout", "dout, from the next layer", dout), ("dx", "dx", dx)], line
