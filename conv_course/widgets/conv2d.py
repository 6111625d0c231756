"""conv2d: a filter slides over a small picture."""

import numpy as np

from conv_course.widgets._controls import Choice, Range, grid
from conv_lib import sizes
from conv_lib.naive import conv2d

TITLE = "Slide a filter over a picture"
X = np.array(
    [
        [1.0, 1, 1, 8, 8, 8, 8],
        [1, 1, 1, 8, 8, 8, 8],
        [1, 2, 1, 8, 9, 8, 8],
        [1, 1, 1, 1, 1, 1, 1],
        [3, 3, 1, 1, 6, 1, 1],
        [3, 3, 1, 1, 1, 1, 1],
    ]
)
MOST_PADDING = 2
ADDED = np.zeros((5, 5))  # to the weights of every filter, from its first row and column
# what the reader may change
INPUTS = {"x": X, "w": ADDED}

CONTROLS = [
    Choice(
        "filter",
        "Filter",
        (
            ("across", "vertical edges"),
            ("down", "horizontal edges"),
            ("blur", "blur"),
            ("sharpen", "sharpen"),
            ("outline", "outline"),
            ("copy", "copy"),
        ),
        "across",
    ),
    Range("kernel", "Kernel size", 2, 5, 3),
    Range("stride", "Stride", 1, 3, 1),
    Range("padding", "Padding", 0, MOST_PADDING, 0),
    Range("dilation", "Dilation", 1, 2, 1),
    Range("position", "Output to look at", 0, 89, 0),
]
LAYER = ("kernel", "stride", "padding", "dilation")

TEXT = {
    "size": "_y_ has shape ({rows}, {columns}): _H_′ = ⌊(6 + 2·{padding} − {span})/{stride}⌋ + 1 = {rows}, "
    "_W_′ = ⌊(7 + 2·{padding} − {span})/{stride}⌋ + 1 = {columns}",
    "span": ", where the kernel spans {dilation}·({kernel} − 1) + 1 = {span}",
    "error": "No output: the kernel is wider than the padded input. It spans {dilation}·({kernel} − 1) + 1 = "
    "{span} pixels, and the padded input is 6 + 2·{padding} = {high} high.",
}


def weights(filter, kernel):
    """Return a filter's integer weights, shape (kernel, kernel), and the divisor of the sum."""
    ones = np.ones((kernel, kernel))
    centre = np.zeros((kernel, kernel))
    centre[kernel // 2, kernel // 2] = 1
    slope = np.sign(np.arange(kernel) - (kernel - 1) / 2) * ones
    whole, divisor = {
        "across": (slope, 1),
        "down": (slope.T, 1),
        "blur": (ones, kernel**2),
        # -1 around the centre; sharpen's weights add up to 1, outline's to 0
        "sharpen": ((kernel**2 + 1) * centre - ones, 1),
        "outline": (kernel**2 * centre - ones, 1),
        "copy": (centre, 1),
    }[filter]
    return whole + ADDED[:kernel, :kernel], divisor


def output(filter, kernel, stride, padding, dilation):
    """Return `y`, or None if the kernel does not fit."""
    w, divisor = weights(filter, kernel)
    try:
        layer = {"stride": stride, "padding": padding, "dilation": dilation}
        return conv2d(X[None, None], (w / divisor)[None, None], **layer)[0, 0]
    except ValueError:
        return None


def geometry(kernel, stride, padding, dilation):
    """Return `[H', W', rows left over, columns left over]`, or None if the kernel does not fit."""
    try:
        layers = [(size, kernel, stride, padding, dilation) for size in X.shape]
        return [sizes.output_size(*layer) for layer in layers] + [sizes.leftover(*layer) for layer in layers]
    except ValueError:
        return None


def data():
    # Every output is an entry of the stride-1 output with the most padding: row iS + (most - P).
    full = grid(
        CONTROLS, ("filter", "kernel", "dilation"), lambda **s: output(**s, stride=1, padding=MOST_PADDING)
    )
    return {
        "x": X,
        "w": ADDED,
        "most": MOST_PADDING,
        "weights": grid(CONTROLS, ("filter", "kernel"), weights),
        "geometry": grid(CONTROLS, LAYER, geometry),
        "full": full,
    }


def shown(filter, position, **layer):
    y = output(filter, **layer)
    span = sizes.effective_size(layer["kernel"], layer["dilation"])
    w, divisor = weights(filter, layer["kernel"])
    if y is None:
        line, y = TEXT["error"].format(**layer, span=span, high=6 + 2 * layer["padding"]), []
    else:
        text = TEXT["size"] + (TEXT["span"] if layer["dilation"] > 1 else "")
        line = text.format(**layer, span=span, rows=y.shape[0], columns=y.shape[1])
    return [("x", "x, the picture", X), ("w", "w, the filter", w / divisor), ("y", "y, the output", y)], line
