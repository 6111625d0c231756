"""The steps figure shows what two difference formulas give at each step, and how wrong they are."""

import numpy as np
import pytest
from figure_page import combinations
from numpy.testing import assert_allclose

from conv_course.widgets import steps
from conv_lib.gradcheck import numerical_gradient

TRUE = 12.0
MARKS = """el => [...el.querySelectorAll(".conv-mark")].map(one => {
  const { y, height } = one.getBBox();
  return [one.classList.contains("central") ? "central" : "one", y + height / 2];
})"""


def one_sided(x, h):
    return (steps.cube(x + h) - steps.cube(x)) / h


@pytest.mark.parametrize("precision", steps.PRECISIONS)
def test_slopes_are_conv_libs_and_the_textbooks(precision):
    kind = np.dtype(precision).type
    for step in range(steps.LAST + 1):
        h, central, one = steps.slopes(step, precision)
        if precision == "float64":  # conv_lib's own estimate of the same derivative
            assert_allclose(central, numerical_gradient(steps.cube, np.array([2.0]), h=h)[0], rtol=1e-12)
        assert one == float(one_sided(kind(2), kind(h)))
    assert_allclose(steps.slopes(0, precision)[1:], [12 + 1, 12 + 6 + 1])  # h = 1: 3x² + h², 3x² + 3xh + h²


def test_the_figure_shows_them(open_figure):
    shown = open_figure("steps")
    states = list(combinations(*steps.CONTROLS))
    for state, view in zip(states, shown.set_each(states), strict=True):
        seen = [steps.slopes(step, state["precision"]) for step in range(state["step"] + 1)]
        errors = np.array([[abs(central - TRUE) / TRUE, abs(one - TRUE) / TRUE] for _, central, one in seen])
        for column, key in enumerate(["central_error", "one_error"]):
            (texts,) = view["tables"][key]
            assert_allclose([float(text) for text in texts], errors[:, column], rtol=6e-3)
        for text in steps.facts(**state).values():
            assert text in view["line"]


def test_the_drawing_goes_as_far_as_the_reader_and_no_further(open_figure):
    shown = open_figure("steps", step=0)
    assert len(shown.element.evaluate(MARKS)) == 2
    shown.set(step=12)
    marks = shown.element.evaluate(MARKS)
    assert len(marks) == 2 * 13
    for name, column in (("central", 1), ("one", 2)):
        heights = np.array([height for which, height in marks if which == name])
        errors = [abs(steps.slopes(step, "float64")[column] - TRUE) / TRUE for step in range(13)]
        line = np.polyfit(np.log10(errors), heights, 1)  # logarithmic: a straight line, downwards
        assert_allclose(np.polyval(line, np.log10(errors)), heights, atol=0.2)
        assert line[0] < 0


def test_the_axes_have_names_and_the_slider_says_h(open_figure):
    shown = open_figure("steps")
    words = shown.element.locator(".conv-stage svg text").all_text_contents()
    assert {steps.TEXT["up"], steps.TEXT["across"]} <= set(words)
    for step in (2, 7, steps.LAST):
        shown.set(step=step)
        h = steps.facts(step, "float64")["h"]
        assert shown.control("step").get_attribute("aria-valuetext") == h
        assert shown.element.locator("[name=step] + output").inner_text() == h


def test_the_step_is_dragged_and_moved_by_keys(open_figure):
    shown = open_figure("steps")
    stage = shown.element.locator(".conv-stage svg")
    box = shown.element.locator('[data-pick="step:4"]').bounding_box()
    to = shown.element.locator('[data-pick="step:18"]').bounding_box()
    shown.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    shown.page.mouse.down()
    shown.page.mouse.move(to["x"] + to["width"] / 2, to["y"] + 30, steps=5)
    shown.page.mouse.up()
    assert shown.state()["step"] == 18
    assert stage.is_visible()
    shown.element.locator(".conv-stage").focus()
    shown.page.keyboard.press("ArrowLeft")
    assert shown.state()["step"] == 17
