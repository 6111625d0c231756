"""transposed: every input pixel stamps the kernel onto the output, with overlaps and checkerboards."""

import numpy as np

from conv_course.widgets._controls import Choice, Range, grid
from conv_lib import sizes
from conv_lib.naive import conv_transpose2d

TITLE = "Stamp the kernel: the transposed layer"
X = np.array([[1.0, 2, 0], [3, -1, 2]])
WEIGHTS = np.array([[1.0, 2, -1, 1], [0, 1, 3, -1], [2, -1, 1, 2], [1, 0, -2, 1]])
# what the reader may change
INPUTS = {"x": X, "w": WEIGHTS}
SHOW = (("y", "y, the output"), ("count", "how many stamps overlap"))

CONTROLS = [
    Range("kernel", "Kernel size", 2, 4, 3),
    Range("stride", "Stride", 1, 3, 2),
    Range("padding", "Padding", 0, 2, 0),
    Range("output_padding", "Output padding", 0, 2, 0),
    Choice("show", "Show", SHOW, "y"),
    Range("position", "Input pixel", 0, X.size - 1, 0),
]
LAYER = ("kernel", "stride", "padding", "output_padding")

TEXT = {
    "size": "_y_ has shape ({rows}, {columns}): "
    "_H_′ = (2 − 1)·{stride} − 2·{padding} + {kernel} + {output_padding} = {rows}, "
    "_W_′ = (3 − 1)·{stride} − 2·{padding} + {kernel} + {output_padding} = {columns}",
    "error": "No output: output padding {output_padding} must be below the stride {stride}, since it says "
    "which of {stride} input sizes is meant.",
    "cropped": "No output: the padding crops 2·{padding} rows, and the full output has only "
    "(2 − 1)·{stride} + {kernel} + {output_padding} = {full}.",
}


def stamp(x, w, stride, padding, output_padding):
    """Return one channel's transposed convolution, or None if the layer rejects the arguments."""
    layer = {"stride": stride, "padding": padding, "output_padding": output_padding}
    try:
        return conv_transpose2d(x[None, None], w[None, None], **layer)[0, 0]
    except ValueError:
        return None


def output(kernel, **layer):
    return stamp(X, WEIGHTS[:kernel, :kernel], **layer)


def count(kernel, **layer):
    """Return how many input pixels reach each output pixel: the same layer on ones."""
    return stamp(np.ones_like(X), np.ones((kernel, kernel)), **layer)


def geometry(kernel, stride, padding, output_padding):
    try:
        layers = [(size, kernel, stride, padding, output_padding) for size in X.shape]
        return [sizes.transposed_output_size(*layer) for layer in layers]
    except ValueError:
        return None


def data():
    return {
        "x": X,
        "w": WEIGHTS,
        "geometry": grid(CONTROLS, LAYER, geometry),
        "y": grid(CONTROLS, LAYER, output),
        "count": grid(CONTROLS, LAYER, count),
    }


def shown(show, position, **layer):
    y, overlaps = output(**layer), count(**layer)
    w = WEIGHTS[: layer["kernel"], : layer["kernel"]]
    if y is None:
        why = "error" if layer["output_padding"] >= layer["stride"] else "cropped"
        full = layer["stride"] + layer["kernel"] + layer["output_padding"]
        line, y, overlaps = TEXT[why].format(**layer, full=full), [], []
    else:
        line = TEXT["size"].format(**layer, rows=y.shape[0], columns=y.shape[1])
    tables = [
        ("x", "x, the input", X),
        ("w", "w, the kernel", w),
        ("y", "y, the output", y),
        ("count", "stamps that overlap", overlaps),
    ]
    return tables, line
