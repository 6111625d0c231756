"""Which numbers in the text stay in one line."""

import pytest

from tools.sphinx_arrays import together


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("for x = (2, −1, 5) and w", "for x_=_(2,_−1,_5) and w"),
        ("in [[1, 7], [7, 2]] one", "in [[1,_7],_[7,_2]] one"),
        ("(1, 2) and (2, 1)", "(1,_2) and (2,_1)"),
        ("weights (1, 100, 0, …, 0, 10)", "weights (1,_100,_0,_…,_0,_10)"),
        ("[[1, 0.5],\n[0.5, 0.25]]", "[[1,_0.5],_[0.5,_0.25]]"),
        ("with (chapter 7, 2016) and a[1, 2", "with (chapter 7, 2016) and a[1, 2"),
        ("(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)", "(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)"),  # too long for a phone
    ],
)
def test_a_short_array_of_numbers_stays_together(text, kept):
    assert together(text) == kept.replace("_", "\u00a0")
