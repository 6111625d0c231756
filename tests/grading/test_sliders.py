"""The sliders run the learner's function and stay friendly whatever it does."""

from pathlib import Path

import nbformat
import numpy as np
import pytest

from conv_course.checker.questions import sheet_stems
from conv_course.widgets import sliders as module
from conv_course.widgets.sliders import rows, run_show, sliders

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"


def test_moving_a_slider_runs_the_function_again():
    seen = []

    def show(stride, padding):
        seen.append((stride, padding))
        return rows(y=np.arange(4)[::stride])

    box = sliders(show, stride=range(1, 4), padding=range(0, 3))
    stride, padding, place = box.children
    before = place.value
    stride.value = 2
    padding.value = 1
    assert seen == [(1, 0), (2, 0), (2, 1)]
    assert "(4)" in before
    assert "(2)" in place.value


@pytest.mark.parametrize(
    ("show", "says"),
    [
        (lambda: (_ for _ in ()).throw(NotImplementedError), "Write the function above first"),
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda: rows(y=None), "None (your function returned nothing)"),
        (lambda: rows(y="<b>"), "&lt;b&gt;"),
        (lambda: rows(y=np.zeros((2, 3, 4))), "2 x 3 x 4"),
        (lambda: rows(y=0.1 + 0.2), ">0.3<"),
    ],
    ids=map(str, range(6)),
)
def test_what_is_shown(show, says):
    assert says in run_show(show, {})


def test_an_endless_loop_is_stopped(monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.2)

    def show():
        while True:
            pass

    assert "it took too long" in run_show(show, {})


@pytest.mark.parametrize("stem", sheet_stems())
def test_an_exercise_s_sliders_move_the_learner_s_function(stem, monkeypatch):
    """The solution's cells run here, then each slider goes through all of its values."""
    boxes, made = [], module.sliders
    monkeypatch.setattr(module, "sliders", lambda *args, **ranges: boxes.append(made(*args, **ranges)))
    space = {}
    for cell in nbformat.read(SOLUTIONS / f"{stem}.ipynb", as_version=4).cells:
        if cell.cell_type == "code" and not cell.source.startswith("check"):
            exec(cell.source, space)
    moved = set()
    for box in boxes:
        *controls, place = box.children
        for control in controls:
            first = place.value
            for value in control.options:
                control.value = value
                assert "Your function stopped with" not in place.value
                assert "Write the function above" not in place.value
                if place.value != first:
                    moved.add(control.description)
            control.value = control.options[0]
    assert {"stride", "padding"} <= moved
