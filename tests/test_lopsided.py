"""Examples are asymmetric: if two sizes of a layer were equal, swapped axes and counts would go unnoticed.

Each call of a layer in a visible cell is checked. A size of 1 means "one of these", and may repeat. In
chapters 1 to 5 no two sizes are equal. In the others no two axes of an array are equal, nor D and F. A cell
with the tag `square` has equal axes on purpose: kernels of 3 x 3 on a photograph, a known network.
"""

import contextlib
import io
import re
from itertools import combinations

import numpy as np
import pytest

from conv_lib import naive, vectorized
from tools.environment import ROOT

CELL = re.compile(r"(?ms)^```\{code-cell\}[^\n]*\n(---\n.*?^---\n|(?::\w[^\n]*\n)*)(.*?)^```$")
# not 16, whose images are square, nor 17, which is about tests that fail to use non-square images
CHAPTERS = [path.stem for path in sorted((ROOT / "book").glob("[01][0-9]_*.md"))]
PAGES = [stem for stem in CHAPTERS if stem[:2] not in ("00", "16", "17")]
PAGES += ["coming_from", "coming_from_courses"]
STRICT = ("01", "02", "03", "04", "05", "coming")
ARRAYS = (
    ("N", "D", "H", "W"),
    ("F", "D", "kH", "kW"),
    ("F", "D/G", "kH", "kW"),
    ("N", "F", "H'", "W'"),
)
NAMES = ("conv1d", "convolve1d", "conv2d", "convolve2d", "conv_transpose2d")
NAMES += ("conv1d_backward", "conv2d_backward", "conv_transpose2d_backward")
# Five samples, three taps, three outputs: the example that the course is based on; its passes have these
# sizes.
THE_EXAMPLE = {3, 5}


def equal_sizes(shapes):
    """Return the pairs of names with equal sizes over 1. Padding may keep a size on purpose."""
    if len(shapes) == 3 and set(shapes.values()) <= THE_EXAMPLE:
        return []
    pairs = [(a, b) for (a, m), (b, n) in combinations(shapes.items(), 2) if m == n > 1]
    return [pair for pair in pairs if pair not in {("H", "H'"), ("W", "W'")}]


def equal_axes(shapes):
    """Return the pairs of an array's axes with equal sizes over 1. A depthwise layer has F = D."""
    pairs = dict.fromkeys(pair for axes in ARRAYS for pair in combinations(axes, 2))
    if shapes.get("D/G") == 1:
        del pairs["F", "D"]
    return [(a, b) for a, b in pairs if 1 < shapes.get(a, 0) == shapes.get(b, 0)]


def sizes_of(name, arguments, result):
    """Return the sizes of one call of a layer by name."""
    if name.endswith("_backward"):
        dout, x, w = arguments[:3]
    else:
        (x, w), dout = arguments[:2], result
    x, w, dout = np.shape(x), np.shape(w), np.shape(dout)
    if "1d" in name:
        return {"W": x[0], "kW": w[0], "W'": dout[0]}
    D, F = (w[0], w[1]) if "transpose" in name else (x[1], w[0])
    axes = ("N", "D", "F", "H", "W", "kH", "kW", "H'", "W'")
    named = dict(zip(axes, (x[0], D, F, *x[2:], *w[2:], *dout[2:]), strict=True))
    return named if w[1] in (D, F) else named | {"D/G": w[1]}


def looked_at(stem, monkeypatch):
    """Return (cell, equal sizes) for each call in the open cells of a page."""
    found, open_cell = [], [None]
    equal = equal_sizes if stem.startswith(STRICT) else equal_axes

    def watched(function, name):
        def call(*arguments, **how):
            result = function(*arguments, **how)
            if open_cell[0] is not None:
                shapes = sizes_of(name, arguments, result)
                found.append((open_cell[0], equal(shapes), shapes))
                counts = {float(size) for size in shapes.values()}
                strict = equal is equal_sizes and name == "conv1d_backward"
                if strict and np.ptp(arguments[0]) and float(result[2]) in counts:
                    found.append((open_cell[0], [("db", result[2])], shapes))
            return result

        return call

    for module in (naive, vectorized):
        for name in NAMES:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, watched(getattr(module, name), name))
    space = {"__name__": stem}
    text = (ROOT / "book" / f"{stem}.md").read_text(encoding="utf-8")
    with contextlib.chdir(ROOT / "book"), contextlib.redirect_stdout(io.StringIO()):
        for number, (head, cell) in enumerate(CELL.findall(text)):
            open_cell[0] = None if re.search("remove-(cell|input)|square", head) else number
            with contextlib.suppress(Exception) if "raises-exception" in head else contextlib.nullcontext():
                exec(compile(cell, f"{stem}.md", "exec"), space)
    return found


@pytest.mark.parametrize("stem", PAGES)
def test_no_two_sizes_of_an_example_are_equal(stem, monkeypatch):
    calls = looked_at(stem, monkeypatch)
    equal = [f"cell {cell}: {pairs} of {shapes}" for cell, pairs, shapes in calls if pairs]
    assert not equal, "\n".join(dict.fromkeys(equal))


def test_what_counts_as_equal():
    assert equal_sizes({"N": 1, "D": 1, "F": 4, "kH": 4}) == [("F", "kH")]
    assert equal_sizes({"W": 7, "kW": 3, "W'": 7}) == []
    assert equal_sizes({"W": 6, "kW": 3, "W'": 3}) == [("kW", "W'")]
    assert equal_sizes({"W": 5, "kW": 3, "W'": 3}) == []
    sizes = {"N": 2, "D": 4, "F": 6, "H": 9, "W": 8, "kH": 3, "kW": 2, "H'": 3, "W'": 7, "D/G": 2}
    assert equal_axes(sizes) == [("D/G", "kW")]
    assert equal_axes(sizes | {"D": 6}) == [("F", "D"), ("D/G", "kW")]
