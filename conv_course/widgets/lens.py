"""lens: a photograph under a 3 x 3 kernel with nine numbers to change, and the output where it has been."""

import base64
from functools import cache
from pathlib import Path

import numpy as np

from conv_course.widgets._controls import Button, Range
from conv_lib import vectorized

TITLE = "A photograph under nine numbers"
# Grace Hopper, a photograph by the US Navy, public domain: figures.images.photograph() in 256 greys
PICTURE = Path(__file__).with_name("photograph.pgm")
MOST = 9  # a weight runs from -9 to 9

# button: (its words, the nine weights row by row)
KERNELS = {
    "upright": ("Vertical edges", (-1, 0, 1, -2, 0, 2, -1, 0, 1)),
    "outline": ("Outlines", (-1, -1, -1, -1, 8, -1, -1, -1, -1)),
    "level": ("Horizontal edges", (-1, -2, -1, 0, 0, 0, 1, 2, 1)),
    "blur": ("Blur", (1, 1, 1, 1, 1, 1, 1, 1, 1)),
    "sharpen": ("Sharpen", (0, -1, 0, -1, 5, -1, 0, -1, 0)),
    "relief": ("Relief", (-2, -1, 0, -1, 1, 1, 0, 1, 2)),
}
START = KERNELS["upright"][1]


@cache
def picture():
    """The photograph, (H, W) whole numbers from 0 (black) to 255 (white)."""
    header, size, _, greys = PICTURE.read_bytes().split(b"\n", 3)
    assert header == b"P5"
    width, height = map(int, size.split())
    return np.frombuffer(greys, dtype=np.uint8).reshape(height, width)


HEIGHT, WIDTH = picture().shape

CONTROLS = [
    *(Range(f"w{n}", f"w[{n // 3}, {n % 3}]", -MOST, MOST, START[n]) for n in range(9)),
    Range("column", "Lens: column", 0, WIDTH - 3, 83),
    Range("row", "Lens: row", 0, HEIGHT - 3, 86),
    *(Button(name, words) for name, (words, _) in KERNELS.items()),
    Button("sweep", "Paint all of y"),
]

TEXT = {
    "line": "y[{row},{column}] = {sum} = {value}",
    "sum": "Move over the photograph, or change one of the nine numbers. Here: ",
    "grey": "y is shown in greys, divided by the sum of the nine numbers ({total}).",
    "minus": "blue: y is negative",
    "plus": "red: y is positive",
    "zero": "no colour: y is 0",
    "x": "x: a photograph",
    "y": "y: the layer's output",
    "w": "w: nine numbers to change",
    "lens": "nine pixels, enlarged",
    "pad": "The photograph: arrow keys move the lens",
    "own": "Your own photograph …",
    "reading": "The photograph is read …",
    "taken": "Your photograph, {height} × {width} pixels in grey. It stays on this device. "
    "Reset brings back the book's.",
    "unreadable": "This browser cannot read {name} as a picture. JPEG and PNG work; "
    "a HEIC photograph has to be saved as JPEG first.",
    "heavy": "{name} has {size} MB, more than this page takes. Choose a smaller copy, of 60 MB at most.",
    "large": "{name} has {size} million pixels, more than this page takes. Choose a smaller copy.",
}


def output(weights):
    """conv_lib's output for the whole photograph, (H - 2, W - 2)."""
    x = picture().astype(float)[np.newaxis, np.newaxis]
    return vectorized.conv2d(x, np.reshape(weights, (1, 1, 3, 3)).astype(float))[0, 0]


def data():
    return {
        "size": [HEIGHT, WIDTH],
        "greys": base64.b64encode(picture().tobytes()).decode(),
        "kernels": {name: weights for name, (_, weights) in KERNELS.items()},
    }


def shown(column, row, **weights):
    w = np.array(list(weights.values())).reshape(3, 3)
    window = picture()[row : row + 3, column : column + 3].astype(int)
    value = output(w)[row, column]
    terms = " + ".join(
        f"{a}·({b})" if b < 0 else f"{a}·{b}" for a, b in zip(window.flat, w.flat, strict=True)
    )
    line = TEXT["line"].format(row=row, column=column, sum=terms, value=int(value))
    tables = [
        ("x", "x under the lens", window),
        ("w", "w, the nine numbers", w),
        ("y", "y at this place", [value]),
    ]
    return tables, line
