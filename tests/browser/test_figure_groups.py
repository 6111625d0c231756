"""The groups figure shows conv_lib's outputs, its wires and its counts."""

import numpy as np
from figure_page import combinations, spelled_sum, vector
from numpy.testing import assert_allclose

from conv_course.widgets import groups as figure_groups
from conv_lib.vectorized import conv2d, conv2d_backward

SETTING = [control for control in figure_groups.CONTROLS if control.name in figure_groups.SETTING]


def test_every_combination_shows_conv_lib_numbers(open_figure):
    shown = open_figure("groups")
    states = []
    for setting in combinations(*SETTING):
        filters = int(setting["filters"])
        states += [{**setting, "position": at} for at in (0, filters // 2, filters - 1)]
    for state, view in zip(states, shown.set_each(states), strict=True):
        groups, filters, k = int(state["groups"]), int(state["filters"]), state["kernel"]
        x, w = figure_groups.X[:, :, :k, :k], figure_groups.WEIGHTS[:filters, : 4 // groups, :k, :k]
        y = conv2d(x, w, groups=groups)
        assert_allclose(vector(view["tables"]["y"]), y.ravel(), err_msg=str(state))
        assert_allclose(vector(view["tables"]["weights"]), w.size)
        assert view["line"].endswith(f"= {w.size}")
        dense = f"against {filters * 4 * k * k} for the dense layer"
        assert (dense in view["note"]) == (groups > 1)  # dense is not compared with itself
        assert_allclose(spelled_sum(view["terms"]), y.ravel()[state["position"]])
        wired = np.array([[cell != "" for cell in row] for row in view["tables"]["parts"]])
        for f in range(filters):
            # there is a wire if the gradient of an output channel reaches an input channel
            dout = np.zeros_like(y)
            dout[0, f] = 1
            dx, _, _ = conv2d_backward(dout, x, np.ones_like(w), groups=groups)
            assert wired[f].tolist() == (dx[0, :, 0, 0] != 0).tolist()


def test_wires_of_the_chosen_channel_are_drawn_and_named(open_figure):
    shown = open_figure("groups", groups=2)
    assert shown.element.locator(".conv-stage line.conv-edge").count() == 8
    assert shown.element.locator(".conv-stage line.conv-edge.own").count() == 2
    assert "2 groups" in shown.read()["note"]
    assert "Depthwise: each channel" in shown.set(groups="4")["note"]
    assert "Dense" in shown.set(groups="1")["note"]


def test_touching_an_output_channel_chooses_it(open_figure):
    shown = open_figure("groups")
    shown.element.locator(".conv-stage .conv-cell.y").nth(2).click()
    assert shown.state()["position"] == 2
