"""Padding that is put around the result is told, however it came there."""

import numpy as np
import pytest

from conv_course.checker.computes import around
from tests.grading.calls import axes_of, bound, call, pads_of
from tests.grading.explained import explained, question_of

NAMES = ("02 q3", "07 q2", "08 q4", "10 q3", "13 q2", "15 q1", "15 q3")


def around_the_result(question, *, last=True, bias=False):
    """Pad the result; with `last`, take the stride after that; with `bias`, add it after that."""

    def answer(*args, **kwargs):
        given = bound(question, args, kwargs)
        n = len(axes_of(question, given))
        steps = given["stride"] if n > 1 else (given["stride"],)
        one = {"stride": (1, 1) if n > 1 else 1} if last else {}
        none = {"padding": (0, 0) if n > 1 else 0}
        y = call(question, given | one | none)
        ends = [(0, 0)] * (y.ndim - n) + pads_of(given, n)
        every = (..., *(slice(None, None, s if last else 1) for s in steps))
        if not bias:
            return np.pad(y, ends)[every]
        alone = call(question, given | one | none | {"x": 0 * given["x"]})
        return np.pad(y - alone, ends)[every] + call(question, given | {"x": 0 * given["x"]})

    return answer


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("last", [True, False])
def test_zeros_around_the_result_are_told(name, last):
    question = question_of(name)
    found = explained(question, around_the_result(question, last=last))
    assert "without padding, with zeros around it" in found.text[0]
    assert ("the stride is taken last" in found.text[0]) is last
    assert found.hint == around.HINT


@pytest.mark.parametrize("name", ["02 q3", "08 q4", "10 q3"])
def test_a_bias_that_is_added_behind_the_padding_is_told_with_it(name):
    question = question_of(name)
    found = explained(question, around_the_result(question, bias=True))
    assert "with the bias alone around it" in found.text[0]


def test_a_loop_that_leaves_out_windows_over_an_end_has_the_same_card():
    question = question_of("02 q3")

    def slide_padded(x, w, b=0.0, *, stride=1, padding=0):
        left, right = padding if isinstance(padding, tuple) else (padding, padding)
        y = np.zeros((len(x) + left + right - len(w)) // stride + 1)
        for i in range(len(y)):
            start = i * stride - left
            if 0 <= start <= len(x) - len(w):
                y[i] = b + w @ x[start : start + len(w)]
        return y

    assert explained(question, slide_padded).text[0] == around.STRIDED.format("zeros")


def test_another_fault_beside_it_is_not_told_so():
    question = question_of("08 q4")
    wrong = around_the_result(question)
    for other in (lambda y: y + (y == 0), lambda y: y[..., ::-1], lambda y: 2 * y):
        found = explained(question, lambda *a, other=other, **k: other(wrong(*a, **k)))
        assert found is None or "with zeros around it" not in " ".join(found.text)
