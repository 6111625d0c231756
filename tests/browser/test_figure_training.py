"""The training figure shows the losses and filters of conv_lib's own training, step by step."""

import numpy as np
import pytest
from figure_page import matrix, vector
from numpy.testing import assert_allclose

from conv_course.widgets import training
from tools.figure_data import trained

FILLS = """el => [...el.querySelectorAll(".conv-stage .conv-signed")].map(one =>
  (one.classList.contains("conv-minus") ? -1 : 1) * Number(one.getAttribute("fill-opacity")))"""


@pytest.mark.slow  # two epochs
def test_what_is_stored_is_what_conv_lib_trains():
    found, kept = trained(), training.stored()
    assert_allclose(kept["loss"], found["loss"], rtol=0.02)
    assert_allclose(kept["w"], found["w"], atol=1.01)
    assert_allclose(kept["read"], found["read"], atol=2)


def test_the_filters_move_and_the_loss_falls():
    w, loss = np.array(training.stored()["w"]), training.stored()["loss"]
    assert w.shape == (88, 16, 9) == (len(loss), training.FILTERS, 9)
    assert np.mean(loss[-10:]) < np.mean(loss[:10]) / 4
    assert (np.abs(w[-1] - w[0]).max(axis=1) > 3).sum() >= 12


@pytest.mark.parametrize("width", [900, 390])
def test_the_figure_shows_them(open_figure, width):
    shown, kept = open_figure("training", _width=width), training.stored()
    for step, number in ((0, 0), (1, 7), (40, 15), (training.LAST, 3)):
        view = shown.set(step=step, filter=number)
        w = np.array(kept["w"][step]) / 100
        assert_allclose(vector(view["tables"]["loss"]), kept["loss"][: step + 1])
        assert_allclose(matrix(view["tables"]["w"]), w[number].reshape(3, 3))
        assert f" {kept['read'][step]} of 360" in view["line"]
        assert_allclose(shown.element.evaluate(FILLS), np.clip(w, -1, 1).ravel(), atol=0.006)
        numbers = shown.element.locator(".conv-terms b")
        red = numbers.evaluate_all("all => all.map((one) => one.matches('.conv-plus'))")
        assert red == (w[number] >= 0).tolist()


def test_a_filter_is_chosen_by_a_click_and_keys_move_both(open_figure):
    shown = open_figure("training")
    shown.element.locator('[data-pick="filter:6"]').click()
    assert shown.state() == {"step": 0, "filter": 6}
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        shown.page.keyboard.press(key)
    assert shown.state() == {"step": 2, "filter": 7}
    box = shown.element.locator('[data-pick="step:60"]').bounding_box()
    shown.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 30)
    assert shown.state()["step"] == 60
