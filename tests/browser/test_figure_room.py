"""Where the parts of a figure stand, how large they are, and that nothing moves with the state."""

import ast
import re
from pathlib import Path

import pytest
from test_figure_labels import MEASURE_EACH, states

from conv_course.widgets import names

SIZES = {"desk": (720, 900), "phone": (390, 844)}  # widths leave a figure the room that it has in the book
SMALLEST = 12  # pixels of a letter
NEAR = 24  # pixels between a drawing's stage and its controls, at most
WIDEST_BAND = 60  # pixels without anything between two visible things
MOST = 14  # states of one figure
# where the drawing or the text is largest on a phone, of all states
LARGEST = {
    "backward1d": [{"gradient": "dx", "stride": 3, "padding": 0, "kernel": 1, "size": 5}],
    "conv2d": [{"filter": "copy", "kernel": 4, "stride": 1, "padding": 2, "dilation": 1}],
    "graph1d": [{"graph": "correlation", "node": "b", "step": step} for step in (5, 9)],
    "pooling": [{"kind": "average", "kernel": 2, "stride": 1, "padding": 1}],
    "steps": [{"step": 19, "precision": "float64"}],
}

PLACES = """(el) => {
  const box = (part) => el.querySelector(part).getBoundingClientRect();
  const svg = el.querySelector(".conv-stage svg");
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const letters = [...svg.querySelectorAll("text")].map((one) => parseFloat(getComputedStyle(one).fontSize));
  const inputs = [...el.querySelectorAll(".conv-controls input")].map((one) => one.getBoundingClientRect());
  const terms = box(".conv-terms"), stage = box(".conv-stage"), first = box(".conv-control").top;
  const between = (one) => one.top >= stage.bottom - 1 && (!terms.height || one.bottom <= terms.top + 1);
  return [{
    high: el.offsetHeight,
    smallest: scale * Math.min(...letters),
    below: inputs.every(between),
    near: first - stage.bottom,
    controls: first - el.getBoundingClientRect().top,
    sight: terms.height ? terms.bottom - first : 0,
  }];
}"""
BAND = Path(__file__).with_name("measure_band.js").read_text(encoding="utf-8").split("\n", 1)[1]
MEASURE = (
    MEASURE_EACH.split("const measure = ")[0]
    + f"const measure = {PLACES}, found = [];"
    + (MEASURE_EACH.split("found = [];", 1)[1])
)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", names())
def test_room(open_figure, name, size):
    width, high = SIZES[size]
    shown = open_figure(name, _width=width)
    tried = states(name, 40)
    tried = tried[:: -(-len(tried) // MOST)] + [{**tried[0], **largest} for largest in LARGEST.get(name, [])]
    found = [one for (one,) in shown.element.evaluate(MEASURE, tried)]
    heights = sorted({one["high"] for one in found})
    assert heights[-1] - heights[0] <= 1, "the figure's height changes with the state"
    assert min(one["smallest"] for one in found) >= SMALLEST - 0.01
    if name != "lens":  # its weights stand beside the pictures
        assert all(one["below"] for one in found), "not in the order drawing, controls, formula"
        assert max(one["near"] for one in found) <= NEAR
        tops = [one["controls"] for one in found]
        assert max(tops) - min(tops) <= 1, "the controls move with the state"
    assert max(one["sight"] for one in found) <= high, "a slider moves where its formula is out of sight"


def openings():
    """Return each figure of the book in the state in which it opens, with the stem of its page."""
    for page in sorted(Path(__file__).parents[2].glob("book/*.md")):
        for call in re.findall(r"^figure\((.*)\)$", page.read_text(encoding="utf-8"), re.MULTILINE):
            call = ast.parse(f"figure({call})", mode="eval").body
            state = {one.arg: ast.literal_eval(one.value) for one in call.keywords}
            yield pytest.param(ast.literal_eval(call.args[0]), state, id=f"{page.stem}-{call.args[0].value}")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "state"), openings())
def test_no_figure_opens_with_a_hole_in_it(open_figure, name, state, size):
    """The largest empty band between two visible things, of the drawing, the controls and the texts."""
    shown = open_figure(name, _width=SIZES[size][0], **state)
    band, above, below = shown.element.evaluate(BAND)
    assert band <= WIDEST_BAND, f"{band:.0f} pixels of nothing between {above} and {below}"


@pytest.mark.parametrize("name", ["backward1d", "conv1d", "conv2d", "pooling"])
def test_controls_stand_on_a_grid(open_figure, name):
    """Labels, tracks and values start in the same places in every row, and all tracks are equally long."""
    for width, columns in ((720, 2), (390, 2)):
        shown = open_figure(name, _width=width)
        for part in ("label", "input", "output"):
            edges = shown.element.evaluate(
                """(el, part) => [...el.querySelectorAll(`.conv-control ${part}`)].map((one) => {
                  const box = one.getBoundingClientRect();
                  return part === "output" ? Math.round(box.right) : Math.round(box.left); })""",
                part,
            )
            assert len(set(edges)) <= columns, (width, part, edges)
        lengths = shown.element.locator(".conv-control input").evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect().width)"
        )
        assert max(lengths) - min(lengths) <= 1.5, (width, lengths)


def test_hints_speak_of_what_the_reader_has(open_figure):
    assert "Point at" in open_figure("conv1d").element.locator(".conv-hint").inner_text()
    finger = {"has_touch": True, "is_mobile": True}
    hint = open_figure("conv1d", _width=390, _context=finger).element.locator(".conv-hint").inner_text()
    assert "Tap" in hint
    assert "arrow" not in hint


def test_a_figure_that_was_narrow_has_the_room_of_a_broad_one(open_figure):
    """As on a page that is laid out before it is shown, or a phone that is turned."""
    high = open_figure("conv1d", _width=720).element.evaluate("el => el.offsetHeight")
    turned = open_figure("conv1d", _width=140)
    turned.page.set_viewport_size({"width": 720, "height": 900})
    turned.page.wait_for_function(
        "high => Math.abs(document.querySelector('.conv-figure').offsetHeight - high) <= 1", arg=high
    )
    assert turned.element.locator(".conv-long").count() == 0
