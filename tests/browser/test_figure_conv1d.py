"""The conv1d figure shows conv_lib's numbers over the range of its controls."""

import re

from figure_page import combinations, spelled_sum, vector
from numpy.testing import assert_allclose
from playwright.sync_api import expect

from conv_course.widgets import conv1d
from conv_lib import naive, sizes

CONTROLS = {control.name: control for control in conv1d.CONTROLS}


def expected(kernel, mode, **layer):
    """Return y, or None if there is no output. The convolution flips the kernel by hand."""
    w = conv1d.W[:kernel]
    try:
        return naive.conv1d(conv1d.X, w[::-1] if mode == "convolution" else w, **layer)
    except ValueError:
        return None


def test_every_combination_shows_conv_lib_numbers(open_figure):
    shown = open_figure("conv1d")
    states = list(combinations(*(CONTROLS[n] for n in ("stride", "padding", "kernel", "dilation", "mode"))))
    outputs = [expected(**state) for state in states]
    assert any(y is None for y in outputs)
    views = shown.set_each({**state, "position": 0} for state in states)
    for state, y, view in zip(states, outputs, views, strict=True):
        assert_allclose(vector(view["tables"]["x"]), conv1d.X)
        assert_allclose(vector(view["tables"]["w"]), conv1d.W[: state["kernel"]])
        if y is None:
            assert view["tables"]["y"] == [[]]
            assert "the kernel is wider than the padded input" in view["line"]
            continue
        assert_allclose(vector(view["tables"]["y"]), y, err_msg=str(state))
        span = sizes.effective_size(state["kernel"], state["dilation"])
        formula = f"W′ = ⌊(7 + 2·{state['padding']} − {span})/{state['stride']}⌋ + 1 = {len(y)}"
        assert formula in view["line"]
        assert f"({len(y)},)" in view["line"]
        left = sizes.leftover(7, state["kernel"], state["stride"], state["padding"], state["dilation"])
        assert (f"= {left}." in view["note"]) if left else view["note"] == ""


def test_the_sum_of_every_output_is_spelled_out(open_figure):
    shown = open_figure("conv1d")
    chosen = []
    for state in combinations(*(CONTROLS[n] for n in ("stride", "padding", "kernel", "dilation", "mode"))):
        y = expected(**state)
        if y is not None:
            chosen += [({**state, "position": at}, y[at]) for at in {0, len(y) // 2, len(y) - 1}]
    for view, (_, value) in zip(shown.set_each(state for state, _ in chosen), chosen, strict=True):
        assert_allclose(spelled_sum(view["terms"]), value)
        assert view["terms"].count("w[") >= view["state"]["kernel"]


def test_position_stops_at_the_last_output(open_figure):
    shown = open_figure("conv1d")
    assert shown.set(padding=4, position=12)["state"]["position"] == 12
    assert shown.set(padding=0, stride=2)["state"]["position"] == 2


def test_dragging_the_picture_moves_the_window(open_figure):
    shown = open_figure("conv1d", padding=1)
    cells = shown.element.locator(".conv-stage .conv-cell.y")
    first, last = cells.first.bounding_box(), cells.last.bounding_box()
    mouse = shown.page.mouse
    mouse.move(first["x"] + 10, first["y"] + 10)
    mouse.down()
    mouse.move(last["x"] + 10, last["y"] + 10, steps=12)
    assert shown.state()["position"] == 6
    mouse.up()
    # a click on a sample of x also works: the window's middle moves there
    shown.element.locator(".conv-stage .conv-cell.x").nth(2).click()
    assert shown.state()["position"] == 2


def test_play_walks_through_the_outputs_and_stops_when_asked(open_figure):
    shown = open_figure("conv1d")
    play = shown.control("play")
    play.click()
    assert shown.state()["position"] == 1
    expect(shown.element).to_have_attribute("data-state", re.compile('"position":2'))
    play.click()
    assert play.inner_text() == "▶ Play"


def test_an_opening_with_only_the_window_to_move(open_figure):
    shown = open_figure("conv1d", only="position")
    assert shown.control("position").is_visible()
    assert not shown.control("stride").is_visible()
    assert not shown.element.locator(".conv-line").is_visible()
    view = shown.set(position=3)
    assert view["tables"]["y"] == open_figure("conv1d", position=3).read()["tables"]["y"]
    assert shown.element.locator(".conv-terms").inner_text().startswith("y[3] = w[0]·x[3] + ")
    outputs = shown.element.locator(".conv-stage .conv-cell.y text")
    for position in (0, 3, 4):  # the outputs that the window has not come to give nothing away
        shown.set(position=position)
        seen = outputs.evaluate_all("all => all.map((one) => getComputedStyle(one).visibility === 'visible')")
        assert seen == [True] * (position + 1) + [False] * (4 - position)
