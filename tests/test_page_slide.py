"""The sliders on the pages: every one runs with the right answer, and says what is wrong with another."""

import json

import pytest

from conv_course.checker.questions import load_sheet, sheet_stems
from conv_course.page.slide import UNWRITTEN, slide
from tools.sphinx_questions import placed

ALL = [(stem, name) for stem in sheet_stems() for name, one in placed(stem).items() if one.slide]
NAME = ("02_slide_a_kernel", "q3")


def slid(stem, name, source, values=None):
    """What the page is told, with the right answers to the questions before."""
    questions, one = load_sheet(stem).questions, placed(stem)[name]
    names = list(questions)
    before = [code for kind, code in one.cells if kind == "code"]
    before += [questions[other].source for other in names[: names.index(name)]]
    _, cell, controls = one.slide
    values = values or {control: options[-1] for control, options in controls.items()}
    asked = {"exercise": stem, "question": name, "source": source, "before": before, "known": {}}
    return json.loads(slide(json.dumps(asked | {"cell": cell, "values": values})))


@pytest.mark.parametrize(("stem", "name"), ALL, ids=lambda one: one[:3])
def test_a_right_answer_is_what_is_asked_for(stem, name):
    said = slid(stem, name, load_sheet(stem).questions[name].source)
    assert said["error"] == ""
    assert said["yours"] == said["asked"] != []


def test_there_are_sliders_in_nearly_every_exercise():
    assert {stem for stem, _ in ALL} >= set(sheet_stems())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("stride", "stride + 1"), ""),
        (("return y", "return None"), ""),
        (("def slide_padded", "def other"), "NameError"),
        (("return y", "return y[99]"), "IndexError"),
        (("return y", "return ("), "SyntaxError"),
    ],
)
def test_a_wrong_answer_differs_or_says_why(change, told):
    source = load_sheet(NAME[0]).questions[NAME[1]].source
    assert change[0] in source
    said = slid(*NAME, source.replace(*change), {"stride": 2, "padding": 1})
    assert told in said["error"]
    assert said["yours"] != said["asked"]
    assert dict(said["asked"])["y"] == [1, 2, -2, -1]


def test_a_stub_is_asked_for():
    assert slid(*NAME, placed(NAME[0])[NAME[1]].stub)["error"] == UNWRITTEN
