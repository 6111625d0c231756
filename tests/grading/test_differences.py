"""A wrong whole number is explained by its difference from the one asked for, as a short formula."""

import numpy as np
import pytest

from tests.grading.explained import explained, question_of

pytestmark = pytest.mark.usefixtures("without_names_of_edits")


def a_field(turn):
    question = question_of("15 q5")

    def field_of(layers):
        size, jump, start = question.model(layers)
        return size, jump, turn(size, jump, start)

    return question, field_of


@pytest.mark.parametrize(
    ("turn", "told"),
    [
        (lambda size, jump, start: start + size - 1, "minus what is asked for is size - 1."),
        (lambda size, jump, start: start + size // 2, "minus what is asked for is size/2 rounded down."),
        (
            lambda size, jump, start: start - (size - 1) // 2,
            "what is asked for minus your start is (size - 1)/2 rounded down.",
        ),
        (
            lambda size, jump, start: start - (-size // 2),
            "your start minus what is asked for is size/2 rounded up.",
        ),
        (
            lambda size, jump, start: int(start + (size - 1) / 2),
            "your start is what is asked for plus (size - 1)/2, cut off after the point.",
        ),
        (lambda size, jump, start: start + (jump - 1) / 2, "minus what is asked for is (jump - 1)/2."),
        (lambda size, jump, start: start + size - jump, "minus what is asked for is size - jump."),
    ],
)
def test_a_place_is_as_far_off_as_half_of_another_number(turn, told):
    found = explained(*a_field(turn))
    assert found.text[0].startswith("In all ")
    assert found.text[0].endswith(told)
    assert "in it" in found.text[1]
    assert "right in your answer" in found.text[1]


def test_a_difference_holds_in_all_calls_or_is_not_said():
    """The middle of each layer, rounded down, is not the middle of all of them rounded down."""
    question = question_of("15 q5")

    def field_of(layers):
        size, jump, start = question.model(layers)
        step = 1
        for k, S, _, Dl in layers:
            start += Dl * (k - 1) // 2 * step
            step *= S
        return size, jump, start

    found = explained(question, field_of)
    assert found is None or not any("(size - 1)/2" in line for line in found.text)


def test_a_size_that_takes_half_of_another_number_off():
    question = question_of("13 q1")

    def sizes(W, k, **how):
        span, out = question.model(W, k, **how)
        return span, out - span // 2

    found = explained(question, sizes)
    assert found.text[0].endswith(", what is asked for minus your W_out is span/2 rounded down.")

    def down_and_up(H, k, **how):
        down, up, extra = question_of("14 q2").model(H, k, **how)
        return down, up + (extra + 1) // 2, extra

    found = explained(question_of("14 q2"), down_and_up)
    assert found.text[0].endswith("your up minus what is asked for is extra/2 rounded up.")


def test_a_number_alone_differs_by_half_of_an_argument():
    question = question_of("02 q1")

    def output_size(W, kW, **how):
        return question.model(W, kW, **how) - (0 if isinstance(how.get("padding"), str) else kW // 2)

    found = explained(question, output_size)
    assert found.text[0].endswith("what is asked for minus your result is kW/2 rounded down.")


def test_a_formula_of_one_layer_says_that_it_is_of_one():
    question = question_of("15 q5")

    def field_of(layers):
        """Right for one layer but for the sign of the padding."""
        size, jump, _ = question.model(layers)
        return size, jump, int(np.sum([P * k for k, _, P, _ in layers]))

    found = explained(question, field_of)
    assert found is None or all(
        "calls tried of one layer alone" in line for line in found.text if "calls tried" in line
    )
