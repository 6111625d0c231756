"""The Python side of the interactive figures: arguments, markup, data, and the packages that they import."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conv_course.widgets import _figure, figure, names
from conv_course.widgets._controls import Range, grid

# Text of a page's HTML that one figure may add, before compression.
LARGEST = 80_000


@pytest.mark.parametrize("name", names())
def test_markup_holds_state_data_and_fallback(name):
    markup = figure(name)._repr_html_()
    assert re.search(rf'<div class="conv-figure" data-figure="{name}" data-state="', markup)
    embedded = re.search(r'<script type="application/json">(.*?)</script>', markup, re.DOTALL).group(1)
    assert {"title", "controls", "text"} <= json.loads(embedded).keys()
    assert 'data-values="' in markup
    assert len(markup) < LARGEST


@pytest.mark.parametrize("name", names())
def test_every_control_has_a_name_and_a_label(name):
    controls = _figure.load(name).CONTROLS
    assert len({control.name for control in controls}) == len(controls)
    assert all(control.label.strip() for control in controls)


def test_initial_state_is_shown_and_checked():
    assert figure("conv1d", stride=2, padding=1).state["padding"] == 1
    assert "W′ = ⌊(7 + 2·1 − 3)/2⌋ + 1 = 4" in re.sub(
        "<.*?>", "", figure("conv1d", stride=2, padding=1)._repr_html_()
    )
    with pytest.raises(ValueError, match="no figure named 'conv3d'; there are "):
        figure("conv3d")
    with pytest.raises(ValueError, match="no control named 'strides'; this figure has stride, padding"):
        figure("conv1d", strides=2)
    with pytest.raises(ValueError, match=r"stride=7 is not one of \[1, 2, 3\]"):
        figure("conv1d", stride=7)


def test_outside_a_kernel_only_html_and_text_are_offered():
    assert set(figure("conv1d")._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_live_figure_is_an_anywidget_with_the_same_data():
    pytest.importorskip("anywidget")
    shown = figure("conv1d", stride=3)
    assert shown.live.state["stride"] == 3
    assert shown.live.data == json.loads(_figure.data("conv1d"))
    assert "export default" in shown.live._esm
    assert "import " not in shown.live._esm


def test_grid_has_one_level_per_control():
    controls = [Range("a", "A", 0, 1, 0), Range("b", "B", 5, 7, 5)]
    assert grid(controls, ("a", "b"), lambda a, b: 10 * a + b) == [[5, 6, 7], [15, 16, 17]]


def test_numbers_are_written_short():
    assert [_figure.number(v) for v in (2.0, -0.0, 0.125, 1 / 3, float("-inf"), None)] == [
        "2", "0", "0.125", "0.3333", "-inf", ""
    ]  # fmt: skip


def test_importing_the_figures_needs_only_numpy():
    """Neither the widgets' libraries nor matplotlib are loaded before a live figure is requested."""
    program = (
        "import sys; from conv_course.widgets import figure, names\n"
        "for name in names(): figure(name)._repr_html_()\n"
        "print(*{module.split('.')[0] for module in sys.modules})"
    )
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout.split()
    assert "numpy" in loaded
    assert not {"anywidget", "ipywidgets", "traitlets", "matplotlib", "scipy", "IPython"} & set(loaded)


@pytest.mark.parametrize("static", [False, True])
def test_kernel_offers_the_widget_only_when_live(static, monkeypatch):
    """With a real kernel: in a live notebook the widget's view and HTML, in the book only HTML."""
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.setenv("CONV_LIB_STATIC", "1" if static else "")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    cell = nbformat.v4.new_code_cell('from conv_course.widgets import figure\nfigure("conv1d", stride=2)')
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    kinds = {"text/plain", "text/html"}
    if not static:
        kinds.add("application/vnd.jupyter.widget-view+json")
    assert set(output.data) == kinds
    assert ("widgets" in notebook.metadata) == (not static)


def test_an_opening_with_only_some_controls():
    shown = figure("conv1d", only="position")
    assert 'data-only="position"' in shown._repr_html_()
    assert "data-only" not in figure("conv1d")._repr_html_()
    assert shown.state == figure("conv1d").state
    with pytest.raises(ValueError, match="has no speed"):
        figure("conv1d", only="position speed")
