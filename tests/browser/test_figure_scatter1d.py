"""The scatter1d figure lays down conv_lib's gradient, copy by copy."""

import numpy as np
from figure_page import Shown, combinations, spelled_sum, vector
from numpy.testing import assert_allclose

from conv_course.widgets import figure, scatter1d
from conv_lib.naive import conv1d_backward

LAYER = [control for control in scatter1d.CONTROLS if control.name in scatter1d.LAYER]


def test_the_copies_so_far_add_up_to_conv_libs_gradient(open_figure):
    shown = open_figure("scatter1d")
    states, wanted = [], []
    for layer in combinations(*LAYER):
        out = scatter1d.outputs(**layer)
        for copies in {0, 1, out}:
            dout = np.where(np.arange(out) < copies, scatter1d.DOUT[:out], 0)
            rest = {"stride": layer["stride"], "padding": layer["padding"]}
            wanted.append(
                conv1d_backward(dout, np.ones(layer["size"]), scatter1d.W[: layer["kernel"]], **rest)[0]
            )
            states.append({**layer, "copies": copies})
    spelled = 0
    for state, dx, view in zip(states, wanted, shown.set_each(states), strict=True):
        assert_allclose(vector(view["tables"]["dx"]), dx, err_msg=str(state))
        if state["copies"] and "·w[" in view["terms"]:
            total, result = spelled_sum(view["terms"].rsplit(".", 1)[1])
            assert total == result
            spelled += 1
    assert spelled > len(states) / 2


def test_play_and_step_back_lay_copies_down_and_take_them_up(open_figure):
    shown = open_figure("scatter1d", _context={"reduced_motion": "no-preference"})
    shown.set(copies=0)
    shown.control("play").click()
    shown.control("play").click()
    assert shown.state()["copies"] == 1
    # the products travel from the kernel to their places, and are gone when they are there
    shown.element.locator(".conv-stage").press("ArrowDown")
    copy = [f"{tap * scatter1d.DOUT[1]:g}".replace("-", "−") for tap in scatter1d.W[:3]]
    assert shown.element.locator(".conv-travel text").all_text_contents() == copy
    shown.page.wait_for_function("!document.querySelector('.conv-travel')", polling=50)
    shown.control("before").click()
    assert shown.state()["copies"] == 1
    assert shown.element.locator(".conv-stage .conv-frame").count() == 1


def test_nothing_travels_for_who_wants_calm(open_figure):
    first = open_figure("scatter1d", "conv2d", _context={"reduced_motion": "reduce"})
    for shown in (first, Shown(first.page, 1)):
        shown.element.locator(".conv-stage").press("ArrowDown")
        shown.element.locator(".conv-stage").press("ArrowDown")
        assert shown.state() != figure(shown.element.get_attribute("data-figure")).state
        assert first.page.locator(".conv-travel").count() == 0
        assert first.page.evaluate("document.getAnimations().length") == 0


def test_the_window_glides(open_figure):
    shown = open_figure("conv1d", _context={"reduced_motion": "no-preference"})
    stage = shown.element.locator(".conv-stage")
    moving = """el => { const right = new KeyboardEvent('keydown', { key: 'ArrowRight' });
      el.querySelector('.conv-stage').dispatchEvent(right);
      return document.getAnimations().map(one => [one.effect.getTiming().duration,
        one.effect.target.getAttribute('class'), one.effect.getKeyframes()[0].transform]); }"""
    found = shown.element.evaluate(moving)
    cell = stage.locator(".conv-cell.x .conv-box").first.get_attribute("width")
    step = -(float(cell) + 2)
    frames = [transform for _, name, transform in found if "conv-frame" in name]
    assert frames == [f"translate({step:g}px, 0px)"]
    assert {duration for duration, *_ in found} <= {240, 300}
    # a slider of the layer changes the drawing at once
    assert shown.set(stride=2)["state"]["stride"] == 2


def test_speed_of_play_and_a_step_back(open_figure):
    shown = open_figure("conv1d")
    shown.page.evaluate(
        """() => { window.waits = [];
             window.setInterval = (_, wait) => { window.waits.push(wait); return 1; }; }"""
    )
    shown.control("play").click()
    for speed in ("2", "0.5"):
        shown.control("speed").select_option(speed)
    assert shown.page.evaluate("window.waits") == [900, 450, 1800]
    shown.set(position=3)
    shown.control("before").click()
    assert shown.state()["position"] == 2
    assert shown.control("play").inner_text() == "▶ Play"
