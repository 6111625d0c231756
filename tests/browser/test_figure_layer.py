"""The layer figure shows conv_lib's outputs, the slices that make one of them, and every shape."""

import numpy as np
import pytest
from figure_page import combinations, spelled_sum
from numpy.testing import assert_allclose

from conv_course.widgets import layer
from conv_lib.vectorized import conv2d, conv2d_backward

SIZES = [control for control in layer.CONTROLS if control.name not in ("way", "position")]
OUTPUTS = layer.OUT[0] * layer.OUT[1]


def numbers(rows):
    return np.array([float(cell) for row in rows for cell in row])


def first_middle_and_last_outputs():
    """Return the states of every combination of sizes at three outputs."""
    states = []
    for sizes in combinations(*SIZES):
        outputs = sizes["images"] * sizes["filters"] * OUTPUTS
        states += [{**sizes, "position": at} for at in sorted({0, outputs // 2 + 1, outputs - 1})]
    return states


def test_every_combination_shows_conv_lib_numbers(open_figure):
    shown = open_figure("layer")
    states = first_middle_and_last_outputs()
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


def test_backward_shows_the_gradients_of_the_outputs_so_far(open_figure):
    """At the last output they are those of the whole layer."""
    shown = open_figure("layer", way="backward")
    states = first_middle_and_last_outputs()
    for state, view in zip(states, shown.set_each(states), strict=True):
        N, D, F = state["images"], state["channels"], state["filters"]
        dout = layer.DOUT[:N, :F].copy()
        dout.ravel()[state["position"] + 1 :] = 0
        gradients = conv2d_backward(dout, layer.X[:N, :D], layer.WEIGHTS[:F, :D])
        for name, array in zip(("dx", "dw", "db"), gradients, strict=True):
            assert_allclose(numbers(view["tables"][name]), array.ravel(), err_msg=f"{name} {state}")


def test_no_two_axes_of_an_array_are_equally_long():
    first = {control.name: control.start for control in layer.CONTROLS}
    N, D, F = (first[name] for name in ("images", "channels", "filters"))
    assert len({N, D, F}) == 3
    for shape in ((N, D, layer.H, layer.W), (F, D, *layer.KERNEL), (N, F, *layer.OUT)):
        assert len(set(shape)) == 4, shape


def test_every_drawn_number_has_two_signs_at_most():
    """So that all cells have one size and still fit."""
    arrays = [layer.X, layer.WEIGHTS, layer.B, layer.DOUT, *layer.data()["y"], *layer.data()["slices"]]
    arrays += layer.arrived(2, 3, 5, 2 * 5 * OUTPUTS - 1)
    assert all(array.min() >= -9 and array.max() <= 99 for array in arrays)


CELLS = """el => [...new Set([...el.querySelectorAll(".conv-stage .conv-cell .conv-box")]
  .map(box => box.getAttribute("width")))]"""


@pytest.mark.parametrize("width", [720, 390, 376, 360])
@pytest.mark.parametrize("way", ["forward", "backward"])
def test_cells_have_one_size_and_the_chosen_ones_are_joined(open_figure, width, way):
    shown = open_figure("layer", way=way, position=42, _width=width)
    assert len(shown.element.evaluate(CELLS)) == 1
    stage = shown.element.locator(".conv-stage")
    assert stage.evaluate("el => el.scrollWidth <= el.clientWidth")
    assert shown.element.locator(".conv-flow").count() >= 2 * 3  # from each window, and on from each slice


def test_lit_cells_are_the_slices_that_the_output_reads(open_figure):
    """Lit are eight pixels per channel of one image, all weights of one filter, one bias and one output."""
    shown = open_figure("layer", images=2, channels=3, filters=2)
    shown.set(position=OUTPUTS * 3 + 5)
    lit = {role: shown.element.locator(f".conv-stage .conv-cell.{role}.on") for role in ("x", "w", "y")}
    assert {role: cells.count() for role, cells in lit.items()} == {"x": 24, "w": 25, "y": 1}
    window = layer.X[1, :, 1:3, 1:5].ravel()
    assert_allclose([float(text) for text in lit["x"].all_text_contents()], window)


def test_touching_an_output_chooses_it(open_figure):
    shown = open_figure("layer", images=2, filters=2)
    shown.element.locator('.conv-stage .conv-cell.y[data-pick="position:30"]').click()
    assert shown.state()["position"] == 30
