"""What a function keeps from an earlier call costs its points, and is told, in every question with arrays."""

import numpy as np
import pytest

from conv_course.checker.computes.earlier import ONE
from conv_course.checker.judge import run_and_judge
from conv_course.checker.show import Card
from tests.grading.explained import explained, question_of
from tests.grading.sheet_cases import questions

CALLED_AGAIN = [
    each
    for each in questions
    if each.values[0].kind == "function"
    and not each.values[0].modifies  # such a function returns nothing that could be kept
    and any(isinstance(v, np.ndarray) for v in each.values[0].cases_for(0)[0].args)
]


def _form(value):
    return np.shape(value) if isinstance(value, np.ndarray) else "function" if callable(value) else value


def test_most_questions_have_arrays():
    assert len(CALLED_AGAIN) > 40


@pytest.mark.parametrize("question", CALLED_AGAIN)
def test_a_result_kept_by_its_shapes_gets_no_full_marks(question):
    kept = {}

    def cached(*args, **kwargs):
        key = repr([_form(v) for v in (*args, *kwargs.values())])
        if key not in kept:
            kept[key] = question.model(*args, **kwargs)
        return kept[key]

    assert run_and_judge(question, cached).points < question.points


def test_a_sum_that_begins_where_the_last_call_ended_is_told():
    question, kept = question_of("15 q4"), {}

    def avgpool_backward(dout, x, kernel, **how):
        dx = kept.setdefault((x.shape, dout.shape), np.zeros(x.shape))
        dx += question.model(dout, x, kernel, **how)
        return dx.copy()

    text = explained(question, avgpool_backward).text
    assert text == (ONE, "The same arguments give another dx in a second call.")


@pytest.mark.parametrize(
    ("name", "at", "said"),
    [("06 q4", 1, "dw is that of an earlier x."), ("13 q2", 1, "y is that of an earlier w.")],
)
def test_an_argument_of_an_earlier_call_is_named(name, at, said):
    question, kept = question_of(name), {}

    def stale(*args, **how):
        old = kept.setdefault((args[at].shape, repr(how)), args[at])
        return question.model(*args[:at], old, *args[at + 1 :], **how)

    assert explained(question, stale).text == (ONE, f"Your {said}")


def test_a_whole_bias_does_not_make_the_outputs_whole():
    question = question_of("02 q2")

    def slide(x, w, b=0.0):
        y = np.full(len(x) - len(w) + 1, b)
        for i in range(len(y)):
            y[i] += np.dot(w, x[i : i + len(w)]) if y.dtype.kind == "f" else int(np.dot(w, x[i : i + len(w)]))
        return y

    verdict = run_and_judge(question, slide)
    assert verdict.points < verdict.of
    assert [d.name for d in verdict.diagnoses] == ["Precision lost: whole numbers"]
    assert "[b is an int]" in str(Card(question, verdict, question.cases_for(0), ["0 of 14 points"]))


def test_what_is_wrong_for_other_reasons_in_the_last_case_is_not_said_to_be_kept():
    question = question_of("15 q4")
    numbers = question.cases_for(0)[-1].args[0]

    def avgpool_backward(dout, x, kernel, **how):
        dx = question.model(dout, x, kernel, **how)
        return dx + 1 if np.array_equal(dout, numbers) else dx

    verdict = run_and_judge(question, avgpool_backward)
    assert verdict.failure.case == len(question.cases_for(0)) - 1
    found = explained(question, avgpool_backward)
    assert found is None or ONE not in found.text
