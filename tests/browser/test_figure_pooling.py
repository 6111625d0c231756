"""The pooling figure shows conv_lib's outputs and gradients, ties and overlaps included."""

import numpy as np
import pytest
from figure_page import combinations, matrix, spelled_sum
from numpy.testing import assert_allclose

from conv_course.widgets import pooling
from conv_lib import sizes, vectorized

X = pooling.X
LAYER = [control for control in pooling.CONTROLS if control.name in pooling.LAYER]
POOL = {
    "max": (vectorized.max_pool2d, vectorized.max_pool2d_backward),
    "average": (vectorized.avg_pool2d, vectorized.avg_pool2d_backward),
}


@pytest.mark.parametrize("kind", POOL)
def test_every_combination_shows_conv_lib_numbers(open_figure, kind):
    shown = open_figure("pooling", kind=kind)
    forward, backward = POOL[kind]
    states, wanted = [], []
    for layer in combinations(*LAYER):
        setting = {"stride": layer["stride"], "padding": layer["padding"]}
        y = forward(X[None, None], layer["kernel"], **setting)[0, 0]
        dout = pooling.DOUT[: y.shape[0], : y.shape[1]]
        dx = backward(dout[None, None], X[None, None], layer["kernel"], **setting)[0, 0]
        for position in sorted({0, y.size // 2, y.size - 1}):
            states.append({**layer, "position": position})
            wanted.append((y, dout, dx))
    for state, (y, dout, dx), view in zip(states, wanted, shown.set_each(states), strict=True):
        for name, array in (("x", X), ("y", y), ("dout", dout), ("dx", dx)):
            assert_allclose(matrix(view["tables"][name]), array, atol=1e-4, err_msg=f"{name} {state}")
        total, said = spelled_sum(view["terms"])
        assert_allclose(total, said, atol=1e-4)
        r, c = (int(n) for n in view["terms"].rsplit("dx[", 1)[1].split("]")[0].split(", "))
        assert_allclose(said, dx[r, c], atol=1e-4)
        for size, out in zip(X.shape, y.shape, strict=True):
            formula = f"⌊({size} + 2·{state['padding']} − {state['kernel']})/{state['stride']}⌋ + 1 = {out}"
            assert formula in view["line"]
        layers = [(size, state["kernel"], state["stride"], state["padding"]) for size in X.shape]
        assert ("Left over" in view["note"]) == any(sizes.leftover(*layer) for layer in layers)
        assert ("overlap" in view["note"]) == (state["stride"] < state["kernel"])


def test_a_tie_is_said_and_goes_to_the_first(open_figure):
    view = open_figure("pooling").read()
    assert "dout[0, 0] = 1 goes to x[0, 1] alone: 2 pixels tie" in view["terms"]
    dx = matrix(view["tables"]["dx"])
    assert dx[0, 1] == 1
    assert dx[1, 1] == 0


def test_gradients_of_overlapping_windows_add_up(open_figure):
    shown = open_figure("pooling", stride=1)
    view = shown.set(position=5)  # the window at row 1, column 0
    assert np.isclose(*spelled_sum(view["terms"]))
    assert view["terms"].rsplit("=", 2)[1].count("+") >= 1


def test_touching_the_picture_moves_the_window(open_figure):
    shown = open_figure("pooling")
    shown.element.locator('.conv-stage .conv-cell.y[data-pick="position:4"]').click()
    assert shown.state()["position"] == 4
