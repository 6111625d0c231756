"""conv1d: a kernel slides along a signal of seven samples."""

import numpy as np

from conv_course.widgets._controls import Choice, Range, grid
from conv_lib import naive, sizes

TITLE = "Slide a kernel along a signal"
X = np.array([6.0, 9, 7, 4, -3, 5, 8])
W = np.array([4.0, 1, -2, 3, -1])  # a kernel with k taps has the first k of these
# what the reader may change
INPUTS = {"x": X, "w": W}

CONTROLS = [
    Range("stride", "Stride", 1, 3, 1),
    Range("padding", "Padding", 0, 4, 0),
    Range("kernel", "Kernel width", 1, 5, 3),
    Range("dilation", "Dilation", 1, 3, 1),
    Choice(
        "mode", "Operation", (("correlation", "correlation"), ("convolution", "convolution")), "correlation"
    ),
    Range("position", "Output to look at", 0, 14, 0),
]

TEXT = {
    "size": "_y_ has shape ({out},): _W_′ = ⌊({size} + 2·{padding} − {span})/{stride}⌋ + 1 = {out}",
    "span": ", where the kernel spans {dilation}·({kernel} − 1) + 1 = {span}",
    "error": "No output: the kernel is wider than the padded input. It spans {dilation}·({kernel} − 1) + 1 "
    "= {span} samples, and the padded input has {size} + 2·{padding} = {padded}.",
}


def outputs(mode, **layer):
    """Return `y` for one setting, or None if the kernel does not fit."""
    taps = W[: layer.pop("kernel")]
    try:
        return (naive.convolve1d if mode == "convolution" else naive.conv1d)(X, taps, **layer)
    except ValueError:
        return None


def left_over(kernel, stride, padding, dilation):
    fits = sizes.effective_size(kernel, dilation) <= X.size + 2 * padding
    return sizes.leftover(X.size, kernel, stride, padding, dilation) if fits else 0


def data():
    names = ("stride", "padding", "kernel", "dilation")
    return {
        "x": X,
        "w": W,
        "span": grid(CONTROLS, ("kernel", "dilation"), sizes.effective_size),
        "left": grid(CONTROLS, names, left_over),
        "y": grid(CONTROLS, ("mode", *names), outputs),
    }


def shown(position, **state):
    y = outputs(**state)
    layer = {name: value for name, value in state.items() if name != "mode"}
    span = sizes.effective_size(state["kernel"], state["dilation"])
    values = {**layer, "span": span, "size": X.size, "padded": X.size + 2 * state["padding"]}
    if y is None:
        line, y = TEXT["error"].format(**values), []
    else:
        line = (TEXT["size"] + (TEXT["span"] if state["dilation"] > 1 else "")).format(**values, out=len(y))
    tables = [
        ("x", "x, the signal", X),
        ("w", "w, the kernel", W[: state["kernel"]]),
        ("y", "y, the output", y),
    ]
    return tables, line
