"""The layouts figure shows where each element lies in memory."""

import numpy as np
import pytest
from figure_page import combinations, vector
from numpy.testing import assert_allclose

from conv_course.widgets import layouts
from conv_lib.layouts import convert, from_matlab, to_matlab

AXES = [control for control in layouts.CONTROLS if control.name != "layout"]


def linear(layout, n, d, h, w):
    """Return the linear index, computed by NumPy's own index arithmetic."""
    place = dict(zip("NDHW", (n, d, h, w), strict=True))
    shape = convert(layouts.X, "NDHW", layout).shape
    matlab = layout == "HWDN"
    index = np.ravel_multi_index([place[axis] for axis in layout], shape, order="F" if matlab else "C")
    return int(index) + matlab


@pytest.mark.parametrize("layout", ["NDHW", "NHWD", "HWDN"])
def test_every_element_in_every_order(open_figure, layout):
    shown = open_figure("layouts", layout=layout)
    states = list(combinations(*AXES))
    memory = convert(layouts.X, "NDHW", layout).ravel(order="F" if layout == "HWDN" else "C")
    for state, view in zip(states, shown.set_each(states), strict=True):
        assert_allclose(np.array(view["tables"]["x"], dtype=float).ravel(), layouts.X.ravel())
        assert_allclose(vector(view["tables"]["memory"]), memory)
        assert view["line"].endswith(f"= {linear(layout, **state)}")
        value = int(layouts.X[tuple(state.values())])
        assert f"= {value}, linear index in" in view["terms"]
        for other, name in (("NDHW", "N × D × H × W"), ("NHWD", "N × H × W × D"), ("HWDN", "H × W × D × N")):
            start = int(other == "HWDN")
            assert f"{name}: {linear(other, **state)} (counted from {start})" in view["terms"]
        # the formula in the line evaluates to the number after it
        formula = view["line"].rsplit("=", 2)[1]
        assert eval(formula.replace("·", "*")) == linear(layout, **state)


def test_going_to_matlab_and_back_keeps_the_element(open_figure):
    shown = open_figure("layouts", n=1, d=2, h=1, w=3)
    there = shown.set(layout="HWDN")
    back = shown.set(layout="NDHW")
    assert there["tables"]["x"] == back["tables"]["x"]
    assert back["line"].endswith("= 47")
    assert_allclose(from_matlab(to_matlab(layouts.X)), layouts.X)


def test_touching_a_place_in_memory_finds_its_element(open_figure):
    shown = open_figure("layouts", layout="HWDN")
    shown.element.locator(".conv-stage .conv-cell.x").nth(layouts.X.size + 5).click()
    state = shown.state()
    assert linear("HWDN", **{name: state[name] for name in "ndhw"}) == 6
