"""The speeds figure draws the stored measurements, and nothing else."""

import json

import pytest
from figure_page import vector
from numpy.testing import assert_allclose

from benchmarks import table
from conv_course.widgets import speeds

BARS = """el => [...el.querySelectorAll(".conv-stage .conv-cell .conv-box")]
  .map(one => Number(one.getAttribute("width")))"""


def measured():
    """{layer: {N: {way: milliseconds}}} of the results with two threads, in three digits."""
    rows = table.configuration(table.load("layers"), 2, "as it comes")["layers"]
    found = {}
    for row in rows:
        times = {way: table.seconds(row, way, "forward") for way in speeds.WAYS}
        if str(row["N"]) in ("1", "8") and None not in times.values():
            short = {way: float(f"{1000 * time:.3g}") for way, time in times.items()}
            found.setdefault(row["layer"], {})[str(row["N"])] = short
    return {layer: batches for layer, batches in found.items() if len(batches) == 2}


def test_what_is_stored_was_measured():
    assert json.loads(speeds.STORED.read_text(encoding="utf-8")) == measured()
    assert len(measured()) > 10


@pytest.mark.parametrize("images", ["1", "8"])
def test_bars_are_as_long_as_the_times(open_figure, images):
    shown = open_figure("speeds")
    for name, batches in measured().items():
        times = list(batches[images].values())
        view = shown.set(layer=name, images=images)
        assert view["line"].startswith(name)
        assert_allclose(vector(view["tables"]["ms"]), times)
        bars = shown.element.evaluate(BARS)
        assert_allclose([bar / max(bars) for bar in bars], [time / max(times) for time in times], atol=0.02)
