"""What a max pooling takes, found by raising one pixel at a time."""

import re

import pytest

from tests.grading.explained import explained, question_of


@pytest.mark.parametrize("start", [0, 1])
def test_no_rule_is_read_off_an_axis_that_has_one_entry(start):
    """Windows side by side, at any stride: where y has one row, nothing says how the next would begin."""

    def beside(x, kernel, *, stride, padding=(0, 0)):
        N, D, H, W = x.shape
        rows, columns = H // kernel[0], W // kernel[1]
        parts = x.reshape(N, D, rows, kernel[0], columns, kernel[1])
        return parts.max(axis=3).max(axis=4)

    text = "\n".join(explained(question_of("15 q1"), beside, seed=start).text)
    assert "takes x[n, d, 0" not in text
    rule = re.search(r"y\[n, d, i, j\] takes x\[n, d, (.+?)\], asked for", text)
    assert rule is None or re.match(r"\d?\*?i\b.*, \d?\*?j\b", rule[1]), text
