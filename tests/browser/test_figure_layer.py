"""The layer figure shows conv_lib's outputs, the slices that make one of them, and every shape."""

import numpy as np
from figure_page import combinations, spelled_sum
from numpy.testing import assert_allclose

from conv_course.widgets import layer
from conv_lib.vectorized import conv2d, conv2d_backward

SIZES = [control for control in layer.CONTROLS if control.name != "position"]


def numbers(rows):
    return np.array([float(cell) for row in rows for cell in row])


def test_every_combination_shows_conv_lib_numbers(open_figure):
    shown = open_figure("layer")
    states = []
    for sizes in combinations(*SIZES):
        outputs = sizes["images"] * sizes["filters"] * 8
        states += [{**sizes, "position": at} for at in sorted({0, outputs // 2 + 1, outputs - 1})]
    for state, view in zip(states, shown.set_each(states), strict=True):
        N, D, F = state["images"], state["channels"], state["filters"]
        x, w, b = layer.X[:N, :D], layer.WEIGHTS[:F, :D], layer.B[:F]
        y = conv2d(x, w, b)
        for name, array in (("x", x), ("w", w), ("b", b), ("y", y)):
            assert_allclose(numbers(view["tables"][name]), array.ravel(), err_msg=f"{name} {state}")
        value = y.ravel()[state["position"]]
        assert_allclose(spelled_sum(view["terms"]), value)
        n, f, i, j = np.unravel_index(state["position"], y.shape)
        assert f"y[{n}, {f}, {i}, {j}]" in view["terms"]
        for shape in (*(a.shape for a in conv2d_backward(y, x, w)), y.shape):
            assert f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})" in view["line"]
        assert view["line"].endswith(f"= {w.size + b.size}")


def test_lit_cells_are_the_slices_that_the_output_reads(open_figure):
    """Lit are six pixels per channel of one image, all weights of one filter, one bias and one output."""
    shown = open_figure("layer", images=2, channels=3, filters=2)
    shown.set(position=8 * 3 + 5)
    lit = {role: shown.element.locator(f".conv-stage .conv-cell.{role}.on") for role in ("x", "w", "y")}
    assert {role: cells.count() for role, cells in lit.items()} == {"x": 18, "w": 19, "y": 1}
    window = layer.X[1, :, 1:4, 1:3].ravel()
    assert_allclose([float(text) for text in lit["x"].all_text_contents()], window)


def test_touching_an_output_chooses_it(open_figure):
    shown = open_figure("layer", images=2, filters=2)
    shown.element.locator('.conv-stage .conv-cell.y[data-pick="position:30"]').click()
    assert shown.read()["state"]["position"] == 30
