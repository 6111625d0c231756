"""The ladder of hints: when the next one comes, its contents, and that it is true and shows no code."""

import json

import numpy as np
import pytest

from conv_course.checker import Check
from conv_course.checker.as_json import as_json
from conv_course.checker.hints import NAMES
from conv_course.checker.questions import load_sheet

from .sheet_cases import questions

FLIPPED = "    return np.correlate(x, w[::-1], 'valid') + b"


def slide(body):
    space = {"np": np}
    exec(compile(f"def slide(x, w, b=0.0):\n{body}", "<cell>", "exec"), space)
    return space["slide"]


@pytest.fixture
def check():
    return Check(load_sheet("02_slide_a_kernel"))


def numbers_of(check, name="q2", most=6):
    found = [check.hint(name)]
    while not found[-1].last and len(found) < most:
        found.append(check.hint(name))
    return [card.rung.number for card in found]


# --- what brings the next one


def test_the_same_mistake_climbs_a_rung_each_time_and_another_begins_anew(check):
    flipped, no_bias = slide(FLIPPED), slide("    return np.correlate(x, w, 'valid')")
    rungs = [check("q2", f).rung for f in [flipped] * 5 + [no_bias, no_bias, flipped]]
    assert [r.number if r else 1 for r in rungs] == [1, 2, 3, 4, 4, 1, 2, 1]
    assert check("q2", slide("    return np.correlate(x, w, 'valid') + b")).rung is None
    assert check("q2", flipped).rung is None


def test_a_hint_may_be_asked_for_at_any_time(check):
    assert numbers_of(check) == [1, 2, 3, 4]
    assert check.hint("q2").last
    check("q2", slide(FLIPPED))
    assert numbers_of(check) == [2, 3, 4]
    assert str(check.hint("q99")).startswith("There is no question 'q99'")
    check("q2", slide("    return np.correlate(x, w, 'valid') + b"))
    assert "q2 is done" in str(check.hint("q2"))


def test_hints_count_without_a_gap_where_a_rung_has_nothing_to_say():
    check = Check(load_sheet("05_check_gradients"))
    assert numbers_of(check, "q3") == [1, 2, 4]
    check = Check(load_sheet("05_check_gradients"))
    assert [f"hint {place}," in str(check.hint("q3")) for place in (1, 2, 3)] == [True] * 3


def test_progress_says_which_hints_were_used_and_no_point_is_lost(check):
    check("q2", slide(FLIPPED))
    check.hint("q2")
    assert f"(hints: {NAMES[1]})" in str(check.progress())
    card = check("q2", slide("    return np.correlate(x, w, 'valid') + b"))
    assert card.verdict.points == card.verdict.of == 2
    assert f"done, 2 of 2 (hints: {NAMES[1]})" in str(check.progress())
    assert "hints" not in str(Check(load_sheet("02_slide_a_kernel")).progress())


def test_a_grader_sees_no_hints(check, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert check("q2", slide(FLIPPED)).rung is None
    assert check("q2", slide(FLIPPED)).rung is None


# --- what they say


def test_the_picture_shows_both_windows_without_any_colour(check):
    check("q2", slide(FLIPPED))
    check.hint("q2")
    card = check.hint("q2")
    yours, asked = card.rung.picture.grids
    assert yours.factors[0][:3] == ("w[2]", "w[1]", "w[0]")
    assert asked.factors[0][:3] == ("w[0]", "w[1]", "w[2]")
    html = card.html()
    assert html.count("<table") == 2
    assert html.count("2px solid currentColor") == 6
    assert "background:#" not in html
    for factor in ("w[0]", "w[1]", "w[2]"):
        assert html.count(factor) >= 2
        assert str(card).count(factor) >= 2


def test_a_worked_case_has_other_numbers_and_its_sums_are_right(check):
    card = check("q2", slide(FLIPPED))
    worked = [check.hint("q2") for _ in range(3)][-1]
    sums = [text.split(" = ") for label, text, _ in worked.rung.lines if not label]
    assert sums
    assert str(card.verdict.failure.expected) not in str(worked)
    for _, _letters, numbers, total in sums:
        assert eval(numbers) == float(total)
    assert worked.rung.lines[0][1] not in str(card)
    assert "x = " in worked.rung.lines[0][1]


def test_where_to_look_names_the_line_the_places_and_the_cases(check):
    check("q2", slide("    y = np.correlate(x, w, 'valid') + b\n    y[-1] = 0\n    return y"))
    assert "y[2]: the others are right" in str(check.hint("q2"))
    check("q2", slide("    return x[99]"))
    assert "line 2 of your cell" in str(check.hint("q2"))


@pytest.mark.parametrize("question", questions)
def test_every_question_has_hints_before_anything_is_written(question):
    check = Check(load_sheet(question.stem))
    found = numbers_of(check, question.name)
    assert found[:2] == [1, 2]
    assert question.kind != "function" or found[-1] == 4


@pytest.mark.parametrize("question", questions)
def test_no_hint_shows_a_line_of_the_answer(question):
    check = Check(load_sheet(question.stem))
    lines = {" ".join(line.split()) for line in question.source.split("\n")}
    code = {line for line in lines if len(line) > 12 and not line.startswith(("def ", '"', "#"))}
    texts = [str(check.hint(question.name)) for _ in range(4)]
    for line in code:
        assert not any(line in " ".join(text.split()) for text in texts)


def test_a_pool_shows_which_numbers_each_entry_takes_the_largest_of():
    check = Check(load_sheet("15_pooling"))
    question = check.sheet.questions["q1"]
    source = question.source.replace("stride", "kernel").replace("*, kernel", "*, stride")
    check("q1", question.compiled(source))
    lines = [text for hint in (check.hint("q1"), check.hint("q1")) for _, text, _ in hint.rung.lines]
    assert any(text.startswith("your ") and "the largest of x[" in text for text in lines)
    assert any(text.startswith("asked for ") and "the largest of x[" in text for text in lines)


# --- as plain data


def test_cards_hints_and_messages_are_plain_data(check):
    wrong = as_json(check("q2", slide(FLIPPED)))
    assert {"kind": "card", "points": 0.0, "of": 2.0, "explained": "slip"}.items() <= wrong.items()
    assert (wrong["hint"], wrong["more"]) == (1, True)
    again = as_json(check("q2", slide(FLIPPED)))
    assert again["hint"] == 2
    hint = as_json(check.hint("q2"))
    assert (hint["kind"], hint["hint"], hint["last"]) == ("hint", 3, False)
    assert as_json(check("q77"))["kind"] == "message"
    for told in (wrong, again, hint):
        assert json.loads(json.dumps(told)) == told
        assert told["html"].startswith('<div role="status"')
