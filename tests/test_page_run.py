"""The replies of a page's Python: printed text, errors with the learner's own lines, cards, hints."""

import json

import pytest

from conv_course.checker.questions import load_sheet
from conv_course.page import run

STEM = "02_slide_a_kernel"
SHEET = load_sheet(STEM)


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Forget the answers of earlier tests."""
    monkeypatch.setattr("conv_course.checker.notebook._open", {})


def asked(name, source="", call=run.answer, **more):
    request = {"exercise": STEM, "question": name, "source": source, **more}
    return json.loads(call(json.dumps(request)))


@pytest.mark.parametrize("name", list(SHEET.questions))
def test_right_answers_and_mistakes_get_the_notebooks_card(name):
    question = SHEET.questions[name]
    said = asked(name, question.source)
    assert said["card"]["state"] == "done"
    assert (said["card"]["points"], said["printed"], said["error"]) == (question.points, "", "")
    wrong = next(one for one in question.wrongs if one.slip)
    said = asked(name, wrong.slip.source)
    assert said["card"]["state"] in ("not yet", "partly")
    assert wrong.name in said["card"]["text"]


def test_what_is_printed_is_kept_up_to_a_size():
    assert asked("q2", "print('a')\nprint('b')")["printed"] == "a\nb\n"
    long = asked("q2", "for i in range(10**6): print(i)")["printed"]
    assert long.startswith("0\n1\n")
    assert long.endswith("... and more")
    assert len(long) < run.PRINTED + 50


@pytest.mark.parametrize(
    ("source", "ends"),
    [
        ("x = 1\ny = (x\n", "SyntaxError: '(' was never closed"),
        ("\n\n1 / 0", "ZeroDivisionError: division by zero"),
        ("def f():\n    raise SystemExit\nf()", "SystemExit"),
        ("import numpy as np\nnp.zeros(3).reshape(2)", "cannot reshape array of size 3 into shape (2,)"),
    ],
)
def test_an_error_has_the_learners_lines_alone(source, ends):
    said = asked("q2", source)
    assert said["error"].endswith(ends)
    assert said["card"] is None
    assert f"line {len(source.splitlines())}" in said["error"] or "SyntaxError" in said["error"]
    assert "run.py" not in said["error"]
    assert "File" not in said["error"].split("\n")[1]


def test_answers_above_are_known_as_in_a_notebook():
    helper = "def helper(x, w, b=0.0):\n    return np.correlate(x, w, 'valid') + b"
    answer = "def slide(x, w, b=0.0):\n    return helper(x, w, b)"
    assert asked("q2", answer)["card"]["state"] == "not yet"
    assert asked("q2", answer, before=["1 / 0", helper])["card"]["state"] == "done"


def test_points_of_the_other_questions_are_counted():
    said = asked("q2", SHEET.questions["q2"].source, known={"q1": {"state": "done", "points": 3}})
    assert f"5 of {SHEET.points:g} points" in said["card"]["text"]


def test_the_case_that_failed_can_be_called_in_the_cell():
    wrong = SHEET.questions["q2"].wrongs[0].slip.source
    asked("q2", wrong)
    assert "x" in asked("q2", f"{wrong}\nprint(sorted(check.case('q2')))")["printed"]


def test_hints_climb():
    assert asked("q2", call=run.hint)["card"]["hint"] == 1
    asked("q2", SHEET.questions["q2"].wrongs[0].slip.source)
    said = asked("q2", call=run.hint)
    assert (said["card"]["kind"], said["card"]["hint"], said["rungs"]) == ("hint", 2, 1)


def test_questions_on_a_right_answer_are_the_notebooks():
    source = SHEET.questions["q3"].source
    assert asked("q3", source)["offers_own"]
    said = asked("q3", source, call=run.own)
    sheet = sheet_on_notebook("q3")
    assert [one["kind"] for one in said["own"]["asked"]] == [one.kind for one in sheet.asked]
    assert "".join("abcd"[one["right"]] for one in said["own"]["asked"]) == sheet.key
    text = said["own"]["asked"][1]["text"]
    assert text[0] == [False, "Line 6 is changed from"]
    assert text[1] == [True, "for i in range(len(y)):"]
    assert said["card"]["state"] == "done"


def sheet_on_notebook(name):
    """The questions that `check.own` asks on the answer that was checked last."""
    return run.sheet(STEM).own(name).sheet


def test_questions_on_code_are_offered_after_full_marks_alone():
    wrong = SHEET.questions["q3"].wrongs[0].slip.source
    said = asked("q3", wrong, call=run.own)
    assert not said["offers_own"]
    assert "own" not in said
    assert said["card"]["state"] in ("not yet", "partly")
    tests = next(name for name, one in SHEET.questions.items() if one.kind != "function")
    assert not asked(tests, SHEET.questions[tests].source)["offers_own"]
    lines = "slide_padded = lambda x, w, b=0.0, *, stride=1, padding=0: "
    lines += "np.correlate(np.pad(x, padding), w, 'valid')[::stride] + b"
    said = asked("q3", lines, call=run.own)
    assert said["own"]["asked"] == []
    assert "not a plain `def`" in said["own"]["html"]
