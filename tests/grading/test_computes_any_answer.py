"""What holds for every answer: something is said of a wrong one, nothing of a right one, in time."""

import time

import numpy as np
import pytest

from conv_course.checker import computes
from conv_course.checker.judge import run_and_judge
from conv_course.checker.watch import watching
from conv_lib import naive
from tests.grading.explained import answers_to, explained, question_of
from tests.grading.sheet_cases import questions, right_answers

pytestmark = pytest.mark.usefixtures("without_names_of_edits")


@pytest.mark.parametrize(("question", "right"), right_answers)
def test_nothing_is_said_of_a_right_answer(question, right):
    if question.kind == "tests" or question.stem.startswith(("16", "17")):
        pytest.skip("slow, and asked of no sums")
    assert explained(question, right) is None


@pytest.mark.parametrize("question", questions)
def test_an_explanation_is_made_of_any_answer(question):
    others = [w.function for w in question.wrongs[:2]]
    for function in (*others, lambda *a, **k: 7, lambda *a, **k: np.zeros((2, 3)), lambda *a, **k: 1 / 0):
        if question.kind != "tests":
            found = explained(question, function)
            assert found is None or (found.text and found.hint)


def test_a_named_mistake_is_a_slip_and_a_right_answer_is_none():
    question = question_of("02 q2")
    for function, says in ((question.wrongs[0].function, "slip"), (question.model, "none")):
        verdict = run_and_judge(question, function)
        answers = answers_to(question, function)
        computes.add_explanation(verdict, question, function, answers)
        assert verdict.explained == says


def test_of_nested_calls_only_the_learners_own_is_named():
    with watching(["conv1d", "padding_pair", "same_padding"]) as watch:
        for _ in range(2):
            naive.conv1d(np.ones(5), np.ones(3), padding="same")
            assert watch.take() == ("naive.conv1d",)


@pytest.mark.parametrize("pause", [0.02, 5.0])
def test_a_slow_function_takes_no_longer_than_the_limit(pause):
    question, calls = question_of("02 q2"), []

    def slide(x, w, b=0.0):
        calls.append(1)
        if len(calls) > len(question.trials_for(0)):
            end = time.process_time() + pause
            while time.process_time() < end:
                pass
        return question.model(x, w, b) + x[0]

    answers = answers_to(question, slide)
    started = time.process_time()
    computes.explain(question, slide, answers)
    assert time.process_time() - started < computes.SECONDS + 0.25


def test_what_is_printed_while_it_is_asked_is_dropped(capsys):
    question = question_of("02 q2")

    def slide(x, w, b=0.0):
        print("hello")
        return question.model(x, w[::-1], b)

    assert explained(question, slide) is not None
    assert capsys.readouterr().out == ""
