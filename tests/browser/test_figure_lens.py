"""The lens figure shows conv_lib's output of a photograph, where the lens has been."""

import numpy as np
import pytest
from figure_page import matrix, spelled_sum, vector
from numpy.testing import assert_allclose, assert_array_equal

from conv_course.figures.images import photograph
from conv_course.widgets import figure, lens
from conv_lib import naive

# The pixels of a canvas, (rows, columns, 4), and where the figure has them.
PIXELS = """(canvas) => {
  const { width, height } = canvas, data = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  return Array.from({ length: height }, (_, i) =>
    Array.from({ length: width }, (_, j) => [...data.slice(4 * (i * width + j), 4 * (i * width + j) + 4)]));
}"""
CALM = {"reduced_motion": "reduce"}


def pixels(shown, name):
    return np.array(shown.element.locator(f"canvas.conv-lens-{name}").evaluate(PIXELS))


def weights_of(state):
    return np.array([[state[f"w{3 * u + v}"] for v in range(3)] for u in range(3)], dtype=float)


def random_states(count, seed=7):
    draw = np.random.default_rng(seed)
    for _ in range(count):
        chosen = {f"w{n}": int(draw.integers(-9, 10)) for n in range(9)}
        place = {"row": int(draw.integers(lens.HEIGHT - 2)), "column": int(draw.integers(lens.WIDTH - 2))}
        yield {**chosen, **place}


def test_the_picture_is_the_books_photograph(open_figure):
    assert_array_equal(lens.picture(), np.rint(255 * photograph(lens.HEIGHT)))
    shown = pixels(open_figure("lens"), "x")
    assert_array_equal(shown[..., 0], lens.picture())
    assert (shown[..., 3] == 255).all()


def test_the_number_under_the_lens_is_conv_libs(open_figure):
    shown = open_figure("lens")
    for state, view in zip(random_states(40), shown.set_each(random_states(40)), strict=True):
        rows, columns = (slice(state[name], state[name] + 3) for name in ("row", "column"))
        window = lens.picture()[rows, columns].astype(float)
        assert_array_equal(matrix(view["tables"]["x"]), window)
        assert_array_equal(matrix(view["tables"]["w"]), weights_of(state))
        (y,) = naive.conv2d(window[None, None], weights_of(state)[None, None]).ravel()
        assert_allclose(vector(view["tables"]["y"]), [y])
        assert spelled_sum(view["line"]) == (y, y)


def test_the_whole_output_is_conv_libs(open_figure):
    """Greys are y over the sum of the weights; else a pixel's colour has the sign of y, and 0 has none."""
    shown = open_figure("lens", _context=CALM)
    shown.control("sweep").click()
    for name in ("blur", "sharpen", "relief"):
        shown.control(name).click()
        weights = lens.KERNELS[name][1]
        wanted = np.clip(np.floor(lens.output(weights) / sum(weights) + 0.5), 0, 255)
        got = pixels(shown, "y")
        assert (got[..., 3] == 255).all()
        assert_array_equal(got[..., 0], wanted)
        assert_array_equal(got[..., 1], got[..., 2])
    for name in ("upright", "level", "outline"):
        shown.control(name).click()
        y, got = lens.output(lens.KERNELS[name][1]), pixels(shown, "y")
        warm = got[..., 0] - got[..., 2]
        strong = abs(y) > 0.05 * abs(y).max()
        assert_array_equal(np.sign(warm[strong]), np.sign(y[strong]))
        assert (got[y == 0] == 255).all()  # the page's background


def test_y_appears_where_the_lens_has_been(open_figure):
    shown = open_figure("lens", row=40, column=20)
    before = pixels(shown, "y")[..., 3]
    assert before[35].all()
    assert not before[60:].any()
    shown.set(row=80)
    shown.set(column=60)
    after = pixels(shown, "y")[..., 3]
    assert after[60:80, 20].all()
    assert after[80, 20:61].all()
    assert not after[100:].any()
    assert not after[60:70, 50:].any()


@pytest.mark.parametrize("way", ["pointer", "finger", "keys"])
def test_the_lens_follows(open_figure, way):
    shown = open_figure("lens", _context={"has_touch": True})
    pad, start = shown.element.locator(".conv-lens-pad"), shown.state()
    box = pad.bounding_box()
    side = box["width"] / lens.WIDTH
    x, y = box["x"] + 31.5 * side, box["y"] + 91.5 * side
    if way == "pointer":
        shown.page.mouse.move(x, y)
    elif way == "finger":
        shown.page.touchscreen.tap(x, y)
    else:
        pad.focus()
        for key in ["ArrowUp", *["ArrowDown"] * 2, "ArrowRight", *["Shift+ArrowLeft"] * 2]:
            pad.press(key)
    state = shown.state()
    wanted = (start["row"] + 2, start["column"] - 14) if way == "keys" else (90, 30)
    assert (state["row"], state["column"]) == wanted
    if way != "pointer":  # a hover is no choice to be kept
        assert f"row={wanted[0]}" in shown.page.evaluate("location.hash")


def test_a_weight_is_typed_and_a_button_sets_all(open_figure):
    shown = open_figure("lens")
    shown.control("w4").focus()
    for key, value in [("7", 7), ("-", -7), ("3", -3), ("0", 0), ("-", 0), ("5", -5)]:
        shown.page.keyboard.press(key)
        assert shown.state()["w4"] == value
    pressed = "el => [...el.querySelectorAll('[aria-pressed=true]')].map(one => one.name)"
    assert shown.element.evaluate(pressed) == []
    for name, (_, weights) in lens.KERNELS.items():
        shown.control(name).click()
        assert_array_equal(weights_of(shown.state()).ravel(), weights)
        assert shown.element.evaluate(pressed) == [name]
    assert figure("lens").state["w3"] == lens.START[3]


def test_the_sweep_paints_all_of_it_and_can_be_taken_over(open_figure):
    shown = open_figure("lens")
    shown.control("sweep").click()
    shown.page.wait_for_function(
        "el => JSON.parse(el.dataset.state).row === 117", arg=shown.element.element_handle()
    )
    assert (pixels(shown, "y")[..., 3] == 255).all()
