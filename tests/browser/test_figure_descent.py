"""The descent figure shows chapter 1's own loop at each learning rate, step by step."""

import re

import numpy as np
import pytest
from figure_page import vector
from numpy.testing import assert_allclose

from conv_course.widgets import descent
from conv_lib.naive import conv1d


def loop(rate, steps):
    """The loop as the page has it, with sums of its own: (loss, taps) after so many steps."""
    w, dw, wanted = np.zeros(3), np.zeros(3), conv1d(descent.X, descent.SECRET)
    for step in range(steps + 1):
        e = conv1d(descent.X, w) - wanted
        if step == steps:
            return np.sum(e**2) / 2, w
        for k in range(3):
            dw[k] = np.sum(e * descent.X[k : k + len(e)])
        w = w - rate / 100 * dw


@pytest.mark.parametrize("width", [900, 390])
def test_the_figure_shows_the_loop(open_figure, width):
    shown = open_figure("descent", _width=width)
    for rate, step in ((2, 20), (1, 0), (8, 3), (12, 17), (13, 9), (20, 2), (20, 20)):
        view = shown.set(rate=rate, step=step)
        loss, w = loop(rate, step)
        losses = vector(view["tables"]["loss"])
        assert len(losses) == step + 1
        assert_allclose(losses[-1], loss, rtol=1e-3, atol=1e-4)
        assert_allclose(vector(view["tables"]["w"]), w, rtol=1e-3, atol=1e-4)
        said = view["line"].replace("−", "-")
        assert said == re.sub("_", "", descent.shown(rate, step)[1])
        assert f"Learning rate {rate / 100:g}, after {step} steps" in said


def test_a_rate_falls_swings_or_explodes():
    runs = {rate: descent.run(rate)[0] for rate in range(1, descent.RATES + 1)}
    assert all(np.diff(runs[rate]).max() <= 0 for rate in range(1, 13))
    assert runs[8][5] < 0.01 < runs[2][5]
    assert runs[12][20] > 20
    assert all(runs[rate][20] > runs[rate][0] for rate in range(13, 21))
    assert runs[13][1] < runs[13][0]  # it begins well
    swings = np.sign(np.diff([taps[0] for taps in descent.run(12)[1]]))
    assert (swings[1:] == -swings[:-1]).all()


def test_curves_stay_in_their_panels(open_figure):
    shown = open_figure("descent", rate=20)
    tall = float(shown.element.locator(".conv-stage svg").first.get_attribute("height"))
    for path in shown.element.locator("path.conv-curve").all():
        heights = [float(y) for y in re.findall(r"[ML]\S+ (\S+?)(?=[ML]|$)", path.get_attribute("d"))]
        assert heights
        assert 20 <= min(heights) <= max(heights) <= tall - 36
    marks = shown.element.locator("circle.conv-mark")
    assert marks.count() == 0
    shown.set(step=0)
    assert marks.count() == 4


def test_drag_and_keys_move_both(open_figure):
    shown = open_figure("descent")
    box = shown.element.locator('[data-pick="step:7"]').first.bounding_box()
    shown.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 30)
    assert shown.state() == {"rate": 2, "step": 7}
    for key in ("ArrowRight", "ArrowUp", "ArrowUp", "ArrowDown"):
        shown.page.keyboard.press(key)
    assert shown.state() == {"rate": 3, "step": 8}
    assert shown.control("rate").get_attribute("aria-valuetext") == "0.03"
