"""The conv2d figure shows conv_lib's numbers over the range of its controls."""

import pytest
from figure_page import combinations, matrix, spelled_sum
from numpy.testing import assert_allclose

from conv_course.widgets import conv2d as figure2d
from conv_lib import sizes
from conv_lib.vectorized import conv2d

LAYER = [control for control in figure2d.CONTROLS if control.name in figure2d.LAYER]
FILTERS = figure2d.CONTROLS[0].values


def expected(filter, kernel, **layer):
    w, divisor = figure2d.weights(filter, kernel)
    try:
        return w / divisor, conv2d(figure2d.X[None, None], (w / divisor)[None, None], **layer)[0, 0]
    except ValueError:
        return w / divisor, None


@pytest.mark.parametrize("filter", FILTERS)
def test_every_combination_shows_conv_lib_numbers(open_figure, filter):
    shown = open_figure("conv2d", filter=filter)
    states, wanted = [], []
    for layer in combinations(*LAYER):
        w, y = expected(filter, **layer)
        last = 0 if y is None else y.size - 1
        for position in sorted({0, last // 2, last}):
            states.append({**layer, "position": position})
            wanted.append((w, y))
    assert any(y is None for _, y in wanted)
    for state, (w, y), view in zip(states, wanted, shown.set_each(states), strict=True):
        assert_allclose(matrix(view["tables"]["x"]), figure2d.X)
        assert_allclose(matrix(view["tables"]["w"]), w, atol=1e-4)
        if y is None:
            assert "the kernel is wider than the padded input" in view["line"]
            assert view["tables"]["y"] == [[]]
            continue
        assert_allclose(matrix(view["tables"]["y"]), y, atol=1e-4, err_msg=str(state))
        value = y.ravel()[state["position"]]
        assert_allclose(spelled_sum(view["terms"]), value, atol=1e-4, err_msg=str(state))
        span = sizes.effective_size(state["kernel"], state["dilation"])
        for size, out in zip(figure2d.X.shape, y.shape, strict=True):
            formula = f"⌊({size} + 2·{state['padding']} − {span})/{state['stride']}⌋ + 1 = {out}"
            assert formula in view["line"]
        left = [
            sizes.leftover(n, state["kernel"], state["stride"], state["padding"], state["dilation"])
            for n in figure2d.X.shape
        ]
        assert (f"{left[0]} row" in view["note"] and f"{left[1]} column" in view["note"]) == any(left)


def test_dragging_over_the_picture_moves_the_window(open_figure):
    shown = open_figure("conv2d")
    pixels = shown.element.locator(".conv-stage .conv-pixel")
    boxes = [pixels.nth(n).bounding_box() for n in (8, 33)]  # row 1 column 1, row 4 column 5
    mouse = shown.page.mouse
    mouse.move(boxes[0]["x"] + 9, boxes[0]["y"] + 9)
    mouse.down()
    assert shown.state()["position"] == 0
    mouse.move(boxes[1]["x"] + 9, boxes[1]["y"] + 9, steps=10)
    mouse.up()
    assert shown.state()["position"] == 3 * 5 + 4
    assert shown.page.evaluate("location.hash") == "#fig-conv2d?position=19"


def test_outputs_of_both_signs_have_the_colours_of_signs(open_figure):
    shown = open_figure("conv2d", filter="across", kernel=3)
    view = shown.read()
    fills = shown.element.evaluate(
        """el => [...el.querySelectorAll(".conv-stage .conv-pixel:not([data-edit]) .conv-box")].map((one) => {
          const { fill, fillOpacity } = one.style;
          return [fill, Number(fillOpacity)];
        })"""
    )
    y = matrix(view["tables"]["y"]).ravel()
    assert (y < 0).any()
    assert [fill for fill, _ in fills] == [f"var(--conv-{'minus' if v < 0 else 'plus'})" for v in y]
    assert_allclose([opacity for _, opacity in fills], 0.55 * abs(y) / abs(y).max(), atol=0.006)
