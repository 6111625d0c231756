"""The speeds figure draws the stored measurements, and nothing else."""

import json

import pytest
from figure_page import matrix
from numpy.testing import assert_allclose

from benchmarks import table
from conv_course.widgets import speeds

BARS = """el => [...el.querySelectorAll(".conv-stage .conv-cell .conv-box")]
  .map(one => Number(one.getAttribute("width")))"""


def measured():
    """{layer: {N: {way: [median, lowest, highest] of the speeds over the processes}}} of the results."""
    results = table.load("layers")
    found = {}
    for way in speeds.TEXT["ways"]:
        for (layer, N), row in table.over_processes(results, way, "forward").items():
            if N in (1, 8):
                three = (row.median, min(row.ratios), max(row.ratios))
                found.setdefault(layer, {}).setdefault(str(N), {})[way] = [round(one, 2) for one in three]
    return found


def test_what_is_stored_was_measured():
    assert json.loads(speeds.STORED.read_text(encoding="utf-8")) == measured()
    assert len(measured()) > 10


@pytest.mark.parametrize("images", ["1", "8"])
def test_bars_are_as_long_as_the_speeds(open_figure, images):
    shown = open_figure("speeds")
    for name, batches in measured().items():
        speed = [one[0] for one in batches[images].values()]
        view = shown.set(layer=name, images=images)
        assert view["line"].startswith(name)
        assert_allclose(matrix(view["tables"]["speeds"]), list(batches[images].values()))
        bars = shown.element.evaluate(BARS)
        assert_allclose([bar / max(bars) for bar in bars], [one / max(speed) for one in speed], atol=0.02)
