"""im2col: where each window goes in the column matrix, and what col2im makes of the matrix."""

import numpy as np

from conv_course.widgets._controls import Choice, Range, grid
from conv_lib import sizes
from conv_lib.vectorized import col2im, im2col

TITLE = "Turn windows into columns and back"
X = np.arange(1.0, 31).reshape(1, 2, 3, 5)  # every pixel has a different number
KERNEL = (2, 3)
# what the reader may change
INPUTS = {"x": X}

CONTROLS = [
    Choice("way", "Way", (("im2col", "im2col, to columns"), ("col2im", "col2im, back")), "im2col"),
    Range("position", "Window", 0, 19, 0),
    Range("entry", "Row of the matrix", 0, 11, 0),
    Range("stride", "Stride", 1, 2, 1),
    Range("padding", "Padding", 0, 1, 0),
]
LAYER = ("stride", "padding")

TEXT = {
    "im2col": "C has shape (12, {count}): _D_·_kH_·_kW_ = 2·2·3 = 12 rows, "
    "_H_′·_W_′ = {rows}·{columns} = {count} columns; _H_′ = ⌊(3 + 2·{padding} − 2)/{stride}⌋ + 1 = {rows}, "
    "_W_′ = ⌊(5 + 2·{padding} − 3)/{stride}⌋ + 1 = {columns}",
    "col2im": "back to shape (1, 2, 3, 5): each of 12·{count} = {entries} entries is added to the pixel that "
    "it came from; _H_′ = ⌊(3 + 2·{padding} − 2)/{stride}⌋ + 1 = {rows}, "
    "_W_′ = ⌊(5 + 2·{padding} − 3)/{stride}⌋ + 1 = {columns}",
}


def geometry(stride, padding):
    return [
        sizes.output_size(size, kernel, stride, padding)
        for size, kernel in zip(X.shape[2:], KERNEL, strict=True)
    ]


def columns(stride, padding):
    return im2col(X, KERNEL, stride=stride, padding=padding)


def sources(stride, padding):
    """Return, for each entry of the matrix, the number of the pixel that it copies, or -1 for padding."""
    numbered = np.arange(1.0, X.size + 1).reshape(X.shape)
    return im2col(numbered, KERNEL, stride=stride, padding=padding).astype(int) - 1


def back(stride, padding):
    return col2im(columns(stride, padding), X.shape, KERNEL, stride=stride, padding=padding)[0]


def data():
    return {
        "x": X[0],
        "geometry": grid(CONTROLS, LAYER, geometry),
        "columns": grid(CONTROLS, LAYER, columns),
        "sources": grid(CONTROLS, LAYER, sources),
        "back": grid(CONTROLS, LAYER, back),
    }


def shown(way, position, entry, **layer):
    matrix = columns(**layer)
    rows, across = geometry(**layer)
    line = TEXT[way].format(**layer, rows=rows, columns=across, count=matrix.shape[1], entries=matrix.size)
    tables = [
        ("x", "x, rows d,h", X[0]),
        ("columns", "the column matrix", matrix),
        ("back", "col2im of the matrix, rows d,h", back(**layer)),
    ]
    return tables, line
