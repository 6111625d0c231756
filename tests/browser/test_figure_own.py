"""The lens takes a photograph of the reader's own, which never leaves the device."""

import numpy as np
import pytest
from figure_page import vector
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from test_figure_lens import pixels

from conv_course.widgets import lens
from conv_lib import naive

CALM = {"reduced_motion": "reduce"}
BRIGHTNESS = [0.299, 0.587, 0.114]
DROP = """(el, [name, bytes]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
  for (const type of ["dragover", "drop"]) {
    const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
    el.dispatchEvent(event);
    if (!event.defaultPrevented) throw new Error(`${type}: the browser would leave the page for the file`);
  }
}"""


def colours(rows, columns):
    """A picture of plain blocks, (rows, columns, 3)."""
    n = np.arange(rows * columns * 3)
    return ((n * n * 31 + n * 17) % 251).reshape(rows, columns, 3).astype(np.uint8)


def saved(path, values, by=1, **how):
    Image.fromarray(values.repeat(by, axis=0).repeat(by, axis=1)).save(path, **how)
    return path


def said(shown):
    return shown.element.locator(".conv-own")


def choose(shown, path, by_keys=False):
    """Choose a file, and wait until it is taken or refused. Return what is said of it."""
    if by_keys:
        with shown.page.expect_file_chooser() as chooser:
            shown.control("own").focus()  # by its answer the browser knows that choosers are waited for
            shown.page.keyboard.press("Enter")
        chooser.value.set_files(path)
    else:
        shown.element.locator("input[type=file]").set_input_files(path)
    wait = "one => one.textContent && !/ is read /.test(one.textContent)"
    shown.page.wait_for_function(wait, arg=said(shown).element_handle())
    return said(shown).inner_text()


@pytest.mark.parametrize("way", ["chosen", "dropped"])
def test_the_filter_runs_on_a_photograph_of_ones_own_without_a_request(open_figure, tmp_path, way):
    shown = open_figure("lens", _context=CALM)
    asked = []
    shown.page.on("request", lambda request: asked.append(request.url))
    blocks = colours(40, 60)
    path = saved(tmp_path / "mine.png", blocks, by=8)
    if way == "chosen":
        choose(shown, path, by_keys=True)
    else:
        shown.element.evaluate(DROP, [path.name, list(path.read_bytes())])
        shown.page.wait_for_selector(".conv-own:has-text('Your photograph')")
    assert "80 × 120 pixels in grey. It stays on this device." in said(shown).inner_text()
    x = pixels(shown, "x")[..., 0].astype(float)
    assert_allclose(x, (blocks @ BRIGHTNESS).repeat(2, axis=0).repeat(2, axis=1), atol=1)
    shown.control("blur").click()
    y = naive.conv2d(x[None, None], np.ones((1, 1, 3, 3)))[0, 0]
    assert_array_equal(pixels(shown, "y")[..., 0], np.floor(y / 9 + 0.5))
    state = shown.set(row=77, column=117)["state"]
    assert vector(shown.read()["tables"]["y"]) == y[state["row"], state["column"]]
    assert (state["row"], state["column"]) == (77, 117)
    assert [url for url in asked if not url.startswith(("blob:", "data:"))] == []


def test_reset_brings_back_the_books_photograph(open_figure, tmp_path):
    shown = open_figure("lens", _context=CALM)
    before = shown.read()
    choose(shown, saved(tmp_path / "mine.png", colours(12, 8), by=5))
    assert pixels(shown, "x").shape[:2] == (120, 80)
    shown.control("reset").click()
    assert_array_equal(pixels(shown, "x")[..., 0], lens.picture())
    assert shown.read() == before
    assert not said(shown).is_visible()


def test_a_photograph_lies_as_its_camera_says_and_a_strip_loses_its_ends(open_figure, tmp_path):
    shown = open_figure("lens", _context=CALM)
    turned = Image.Exif()
    turned[0x0112] = 6  # a quarter turn clockwise
    half = np.zeros((60, 120, 3), np.uint8)
    half[:30] = 255
    choose(shown, saved(tmp_path / "turned.jpg", half, by=3, quality=95, exif=turned))
    x = pixels(shown, "x")[..., 0]
    assert x.shape == (120, 60)
    assert x[:, 32:].min() > 245
    assert x[:, :28].max() < 10
    choose(shown, saved(tmp_path / "strip.png", colours(4, 40), by=10))
    assert pixels(shown, "x").shape[:2] == (40, 120)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("notes.jpg", "cannot read notes.jpg as a picture"),
        ("IMG_1.HEIC", "a HEIC photograph has to be saved as JPEG first"),
        ("huge.png", "has 130 million pixels"),
        ("heavy.jpg", "has 61 MB"),
        ("empty.png", "cannot read empty.png"),
    ],
)
def test_what_is_no_photograph_gets_one_clear_line(open_figure, tmp_path, name, told):
    shown = open_figure("lens", _context=CALM)
    before = pixels(shown, "x")
    path = tmp_path / name
    if name == "huge.png":
        Image.new("1", (13_000, 10_000)).save(path)
    else:
        path.write_bytes(
            {"IMG_1.HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "empty.png": b""}.get(name, b"just words")
        )
    if name == "heavy.jpg":
        with path.open("ab") as file:
            file.truncate(61_000_000)
    assert told in choose(shown, path)
    assert_array_equal(pixels(shown, "x"), before)
    assert "Your photograph" in choose(shown, saved(tmp_path / "mine.png", colours(9, 9), by=9))


def test_without_a_script_there_is_no_button_that_does_nothing(open_figure):
    still = open_figure("lens", _context={"java_script_enabled": False})
    assert still.page.locator("button").count() == 0
    assert still.page.locator("table[data-values=y]").is_visible()
