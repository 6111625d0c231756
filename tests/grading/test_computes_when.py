"""What the failing cases have in common and the others have not."""

import numpy as np
import pytest

from conv_course.checker.computes.when import when
from conv_course.checker.questions import load_sheet
from tests.grading.explained import explained, question_of

pytestmark = pytest.mark.usefixtures("without_names_of_edits")


def test_what_parts_the_failing_cases_is_told():
    question = load_sheet("11_go_fast").questions["q3"]

    def count_products(F, D, H, W, m):
        direct, winograd = question.model(F, D, H, W, m)
        return direct, winograd if H % m == W % m == 0 else winograd + F

    found = explained(question, count_products)
    assert "cases in which H or W is no multiple of m, and right in all others." in found.text[0]


def test_two_properties_of_one_argument_are_told_together():
    question = question_of("09 q3")
    padded = {i for i, one in enumerate(question.cases_for(0)) if one.kwargs["padding"] != (0, 0)}
    assert when(question, question.cases_for(0), padded) == "the numbers in padding differ"


@pytest.mark.parametrize(
    ("holds", "said"),
    [
        (lambda rows, columns: rows != columns, "the two axes differ in padding"),
        (
            lambda *axes: any(before != after for before, after in axes),
            "the two ends of an axis differ in padding",
        ),
        (lambda *axes: np.any(axes), "padding is not 0"),
    ],
)
def test_which_of_four_paddings_differ_is_told(holds, said):
    question = question_of("09 q5")
    cases = question.cases_for(0)
    assert when(question, cases, {i for i, one in enumerate(cases) if holds(*one.kwargs["padding"])}) == said
