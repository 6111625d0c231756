"""What is said of one entry, one column, one shape, and of an output that no name speaks of."""

import numpy as np
import pytest

from conv_course.checker import computes
from conv_course.checker.computes.hints import hint_of
from conv_course.checker.judge import run_and_judge
from conv_course.checker.show import Card
from tests.grading.explained import answers_to, edited, explained, question_of

pytestmark = pytest.mark.usefixtures("without_names_of_edits")


@pytest.mark.parametrize("first", [0, 2])
def test_an_entry_that_repeats_another_is_told_so(first):
    question = question_of("06 q3")

    def dx_of(dout, w, W, **how):
        right = question.model(dout, w, W, **how)
        if W == 8 and not right[-1]:
            right[-1] = right[first]
        return right

    def half(dout, w, W, **how):
        right, mine = question.model(dout, w, W, **how), dx_of(dout, w, W, **how)
        return (right + mine) / 2

    told, other = (explained(question, function) for function in (dx_of, half))
    assert f"Your dx[7] is your dx[{first}] again." in told.text
    assert "again" not in " ".join(other.text)


@pytest.mark.parametrize(("name", "label"), [("06 q4", "dw"), ("09 q4", "dx"), ("03 q5", "dw")])
def test_a_hint_on_an_entry_of_a_gradient_asks_for_no_window_of_it(name, label):
    question = question_of(name)
    assert "window" in hint_of("turned", question, "y")
    for kind in ("turned", "start", "flip"):
        assert "entry" not in hint_of(kind, question, label)
    if label == "dw":
        found = explained(question, lambda *given, **how: _reversed(question.model(*given, **how)))
        assert "window" not in found.hint


def _reversed(outs):
    """Return dw reversed and moved by one, so that no general fault is it, and db."""
    return np.roll(outs[0][::-1], 1), outs[1]


def test_what_is_said_of_a_shape_is_said_of_one_case():
    question = question_of("02 q5")

    def slide_dilated(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
        right = question.model(x, w, b, stride=stride, padding=padding, dilation=dilation)
        return right[: max(len(right) - (dilation - 1), 0)]

    found = explained(question, slide_dilated)
    assert "has the shape" in found.text[0]
    assert found.one_case


@pytest.mark.parametrize(
    ("column", "start", "step", "says"),
    [
        (0, 0, 2, "k and m are right, and i is not. Your i takes the values 0, 2, 4, asked for 0, 1, 2."),
        (1, 1, 1, "i and m are right, and k is not. Your k takes the values 1, 2, 3, asked for 0, 1, 2."),
    ],
)
def test_a_wrong_column_of_a_list_of_products_is_told_where_the_others_are_right(column, start, step, says):
    question = question_of("03 q1")

    def products(W, kW, **how):
        rows = np.array(question.model(W, kW, **how))
        rows[:, column] = start + step * rows[:, column]
        return rows

    found = explained(question, products)
    assert " ".join(found.text) == f"In your rows (i, k, m), {says}"
    assert found.hint == f"What does {'ik'[column]} count, and from which number on?"


def test_a_hint_on_a_formula_speaks_of_what_is_shown():
    found = explained(question_of("02 q1"), lambda W, kW, *, stride=1, padding=0: sum(range(W)) and W - kW)
    assert "formula" not in found.hint


def test_a_wrong_output_that_no_name_speaks_of_is_named():
    question = question_of("09 q5")
    spoilt = edited(question, ("dw[f] += ", "dw[f] = "))

    def layer_backward(dout, x, w, **how):
        dx, dw, db = spoilt(dout, x, w, **how)
        return dx, dw, np.exp(np.sin(db))

    text = str(Card(question, *_judged(question, layer_backward)))
    assert "db is also wrong: mend what this card shows, then check again." in text


def _judged(question, function):
    """Return the verdict, with its explanation, and the cases of an answer."""
    verdict = run_and_judge(question, function)
    computes.add_explanation(verdict, question, function, answers_to(question, function))
    return verdict, question.cases_for(0), ""
