"""The backward1d figure shows conv_lib's gradients and spells each of them out."""

import pytest
from figure_page import combinations, spelled_sum, vector
from numpy.testing import assert_allclose

from conv_course.widgets import backward1d
from conv_lib import sizes
from conv_lib.vectorized import conv1d_backward

CONTROLS = [control for control in backward1d.CONTROLS if control.name not in ("gradient", "position")]


def expected(stride, padding, kernel, size):
    """Return (dout, dx, dw, db), or None if the kernel does not fit."""
    try:
        out = sizes.output_size(size, kernel, stride, padding)
    except ValueError:
        return None
    x, w, dout = backward1d.X[:size], backward1d.W[:kernel], backward1d.DOUT[:out]
    return dout, *conv1d_backward(dout, x, w, stride=stride, padding=padding)


@pytest.mark.parametrize("gradient", ["dx", "dw", "db"])
def test_every_combination_shows_conv_lib_gradients(open_figure, gradient):
    shown = open_figure("backward1d")
    layers = list(combinations(*CONTROLS))
    states, wanted = [], []
    for layer in layers:
        found = expected(**layer)
        entries = {"dx": layer["size"], "dw": layer["kernel"], "db": 1}[gradient] if found else 1
        for position in sorted({0, entries // 2, entries - 1}):
            states.append({"gradient": gradient, **layer, "position": position})
            wanted.append(found)
    assert None in wanted
    for state, found, view in zip(states, wanted, shown.set_each(states), strict=True):
        if found is None:
            assert "the kernel is wider than the padded input" in view["line"]
            assert view["tables"]["dx"] == [[]]
            continue
        for name, array in zip(("dout", "dx", "dw", "db"), found, strict=True):
            assert_allclose(vector(view["tables"][name]), array, err_msg=f"{name} {state}")
        value = found[3] if gradient == "db" else found[{"dx": 1, "dw": 2}[gradient]][state["position"]]
        if "no output read it" in view["terms"]:
            assert value == 0
        else:
            assert_allclose(spelled_sum(view["terms"]), value, err_msg=str(state))
        size = {"dx": f"= {state['size']}", "dw": f"= {state['kernel']}", "db": "one number"}[gradient]
        assert view["line"].endswith(size) or size in view["line"]


def test_size_formula_and_leftover_are_said(open_figure):
    shown = open_figure("backward1d", size=6, stride=2, padding=1)
    line = shown.read()["line"].replace("\u00a0", " ")
    assert line.endswith("W = ((3 − 1)·2 + 1) + 1 + 2 − 3 + 1 = 6")
    assert "(6 + 2·1 − 3) mod 2 = 1" in shown.read()["note"]
    cropped = shown.set(padding=4)
    assert "negative padding crops" in cropped["note"]
    assert "+ (−2) + (−1) −" in cropped["line"]
    assert shown.element.locator(".conv-mark-crop").count() > 0


def test_dragging_the_picture_chooses_another_entry(open_figure):
    shown = open_figure("backward1d")
    cells = shown.element.locator(".conv-stage .conv-cell.dx")
    first, last = cells.first.bounding_box(), cells.last.bounding_box()
    mouse = shown.page.mouse
    mouse.move(first["x"] + 10, first["y"] + 10)
    mouse.down()
    mouse.move(last["x"] + 10, last["y"] + 10, steps=8)
    mouse.up()
    assert shown.state()["position"] == 4
