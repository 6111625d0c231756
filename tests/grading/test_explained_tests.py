"""What a card says of a learner's test that refuses a right layer or accepts wrong ones."""

import numpy as np
import pytest

from conv_lib import vectorized
from tests.grading.explained import explained, question_of

SHAPES = [((2, 3, 7, 6), (4, 3, 2, 3), (2, 1), (1, 2)), ((3, 2, 6, 9), (3, 2, 2, 3), (3, 2), (0, 1))]


def a_test(equal):
    """Return a test of the backward pass that compares by `equal`."""

    def trust_backward(conv2d_backward):
        rng = np.random.default_rng(0)
        for x_shape, w_shape, stride, padding in SHAPES:
            x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
            y = vectorized.conv2d(x, w, np.zeros(len(w)), stride=stride, padding=padding)
            dout = rng.normal(size=y.shape)
            layer = {"stride": stride, "padding": padding}
            want = vectorized.conv2d_backward(dout, x, w, **layer)
            got = conv2d_backward(dout, x, w, **layer)
            if not all(equal(a, b) for a, b in zip(got, want, strict=True)):
                return False
        return True

    return trust_backward


@pytest.mark.parametrize(
    ("equal", "told"),
    [
        (np.array_equal, True),
        (lambda a, b: np.allclose(a, b, rtol=0, atol=1e-16), True),
        (lambda a, b: a.flags.c_contiguous and np.allclose(a, b) and b.flags.c_contiguous, False),
    ],
    ids=["bit by bit", "a tolerance too small", "the memory"],
)
def test_a_test_that_refuses_for_the_last_digits_is_told_so(equal, told):
    found = explained(question_of("17 q3"), a_test(equal))
    assert "refuses 1 of 2 right ones" in found.text[0]
    assert any("replaced by those of another right one" in line for line in found.text) is told
