"""Where the parts of a figure stand, how large they are, and that nothing moves with the state."""

import pytest
from test_figure_labels import MEASURE_EACH, states

from conv_course.widgets import names

SIZES = {"desk": (720, 900), "phone": (390, 844)}  # widths leave a figure the room that it has in the book
SMALLEST = 12  # pixels of a letter
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
  return [{
    high: el.offsetHeight,
    smallest: scale * Math.min(...letters),
    below: inputs.every((one) => one.top >= box(".conv-stage").bottom - 1),
    sight: Math.max(...inputs.map((one) => one.bottom)) - box(".conv-terms").top,
  }];
}"""
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
        assert all(one["below"] for one in found)
    assert max(one["sight"] for one in found) <= high, "a slider moves where its formula is out of sight"
