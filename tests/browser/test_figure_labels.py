"""Every label and number of every figure is fully visible in every state, as measured in the drawing.

Nothing is cut off, a number stays within its cell, no two labels overlap, and no wire or frame crosses a
label. A text's box is the ink of its letters in the browser's font.
"""

import itertools
import random
from pathlib import Path

import pytest
from figure_page import ends_and_middle

from conv_course.widgets import names
from conv_course.widgets._controls import Button, Choice
from conv_course.widgets._figure import load

# Of the window: the drawing is then as wide as in the book at 1280, at 640 (200 % zoom) and at 390 pixels.
WIDTHS = {"desk": 720, "zoomed": 640, "phone": 390}
FEW, MOST = 8, 40  # combined states of one figure at one width

MEASURE = Path(__file__).with_name("measure_labels.js").read_text(encoding="utf-8").split("\n", 1)[1]
# A state is set as by a link to it: all controls at once.
MEASURE_EACH = f"""async (el, states) => {{
  const measure = {MEASURE}, found = [];
  for (const state of states) {{
    const before = location.hash, asked = `#${{el.id}}?${{new URLSearchParams(state)}}`;
    if (asked !== before) {{
      location.hash = asked;
      await new Promise((done) => addEventListener("hashchange", done, {{ once: true }}));
    }}
    found.push(measure(el));
  }}
  return found;
}}"""


def some(control):
    return control.values if isinstance(control, Choice) else ends_and_middle(control.values)


def states(name, most):
    """Return all combinations of options and of sliders' ends and middles, or a sample with each value."""
    controls = [control for control in load(name).CONTROLS if not isinstance(control, Button)]
    start = {control.name: control.start for control in controls}
    every = [dict(zip(start, chosen, strict=True)) for chosen in itertools.product(*(map(some, controls)))]
    if len(every) <= most:
        return every
    each = [{**start, control.name: value} for control in controls for value in some(control)]
    return [start, *each, *random.Random(name).sample(every, most)]


def measured(shown, tried):
    return shown.element.evaluate(MEASURE_EACH, tried)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", names())
def test_labels_and_numbers_are_whole_in_every_state(open_figure, name, width, pytestconfig):
    """Where there is most room, a quick run tries each value, but few combinations."""
    shown = open_figure(name, _width=WIDTHS[width])
    tried = states(name, FEW if width == "desk" and not pytestconfig.getoption("--all") else MOST)
    faults = {}
    for state, found in zip(tried, measured(shown, tried), strict=True):
        for fault in found:
            faults.setdefault(fault, state)
    assert faults == {}
