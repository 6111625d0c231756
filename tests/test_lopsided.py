"""Examples are asymmetric: if two sizes of a layer were equal, swapped axes and counts would go unnoticed.

Each call of a layer in a visible cell is checked. A size of 1 means "one of these", and may repeat. In
chapters 1 to 5 no two sizes are equal. In the others no two axes of an array are equal, nor D and F. A cell
with the tag `square` has equal axes on purpose: kernels of 3 x 3 on a photograph, a known network.

The numbers of the running example, too: a wrong index, a forgotten factor or an overwritten sum must not give
the right number.
"""

import ast
import contextlib
import io
import re
from itertools import combinations

import numpy as np
import pytest

from conv_course.widgets import backward1d, graph1d, scatter1d
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


def alike(values):
    return len(set(values)) < len(values)


def accidents(x, w, dout, b=0):
    """Return what a wrong pass over these whole numbers would get right by accident, stride 1, no padding."""
    y = naive.conv1d(x, w, b)
    dx, dw, db = naive.conv1d_backward(dout, x, w)
    gradients = [*dx, *dw, db]
    places = [(i, k) for i in range(len(dout)) for k in range(len(w))]
    met = [pair for i, k in places for pair in ((x[i + k], dout[i]), (w[k], dout[i]), (w[k], x[i + k]))]
    sums = [x[k : k + len(dout)] * dout for k in range(len(w))]
    sums += [x[i : i + len(w)] * w for i in range(len(y))]
    found = {
        "two gradients are equal, or one is zero": alike(np.abs(gradients)) or 0 in gradients,
        "an output is zero, or equal to another or to a gradient": alike([*y, *gradients]) or 0 in y,
        "db is a size": db in {len(x), len(w), len(dout)},
        "a factor is 0 or 1": bool({0, 1} & {*np.abs(x), *np.abs(dout)}),
        "two numbers that are multiplied are equal": any(abs(a) == abs(c) for a, c in met),
        "two products of a sum are equal": any(map(alike, sums)) or alike(np.outer(w, dout).ravel()),
        "dx is right without a flip": (naive.conv1d(dout, w, padding=len(w) - 1) == dx).any(),
        "dw is right with dout reversed": (naive.conv1d(x, dout[::-1]) == dw).any(),
        "an entry of dw is its last product": (dw == x[len(dout) - 1 :] * dout[-1]).any(),
    }
    return [what for what, so in found.items() if so]


@pytest.mark.parametrize("stem", [stem for stem in PAGES if stem[:2] in ("03", "04", "05")])
def test_the_running_example_hides_no_wrong_index(stem):
    text = (ROOT / "book" / f"{stem}.md").read_text(encoding="utf-8")
    lines = re.findall(r"(?m)^(x|w|dout|b) = (?:np\.array\()?(\[.*?\]|[\d.]+)", text)
    first = {name: np.array(ast.literal_eval(value)) for name, value in reversed(lines)}
    assert accidents(first["x"], first["w"], np.array(first["dout"]), first.get("b", 0)) == []


def test_the_figures_hide_no_wrong_index():
    signal = np.array([4.0, 9, 7, 5, 6])  # scatter1d has none
    for x, w, dout, b in (
        (graph1d.X, graph1d.W, graph1d.DOUT, graph1d.B[0]),
        (backward1d.X[:5], backward1d.W[:3], backward1d.DOUT[:3], 0),
        (signal, scatter1d.W[:3], scatter1d.DOUT[:3], 0),
    ):
        assert accidents(x, w, dout, b) == []


def test_what_counts_as_an_accident():
    w = np.array([2.0, -1, 3])
    right = np.array([4.0, 9, 7, 5, 6]), w, np.array([5.0, -6, 8]), 12
    assert accidents(*right) == []
    assert "dw is right with dout reversed" in accidents(right[0], w, np.array([5.0, -6, 5]))
    assert "two numbers that are multiplied are equal" in accidents(right[0], w, np.array([2.0, -1, 6]))
    assert "db is a size" in accidents(right[0], w, np.array([5.0, -6, 4]))
    assert "dx is right without a flip" in accidents(right[0], np.array([2.0, -1, 2]), right[2])
    assert "a factor is 0 or 1" in accidents(right[0], w, np.array([1.0, -6, 8]))
