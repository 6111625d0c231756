"""The checks themselves: right answers pass, wrong ones are caught, and errors are measured correctly."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from conv_lib import naive
from conv_lib.gradcheck import adjoint_gap, check_gradients, numerical_gradient, relative_error
from tests.shapes import CASES_2D, random_case

RNG = np.random.default_rng(0)
X, W, B = random_case((2, 3, 5, 6), (4, 3, 3, 2), {})


def test_numerical_gradient_by_hand():
    x = np.array([1.0, -2, 3])
    assert_allclose(numerical_gradient(lambda x: x**2, x), 2 * x, rtol=1e-9)
    assert_allclose(numerical_gradient(lambda x: x**2, x, np.array([1.0, 10, 100])), [2, -40, 600], rtol=1e-9)
    assert_allclose(numerical_gradient(lambda x: (x**3).sum(), x, h=0.1), 3 * x**2 + 0.1**2, rtol=1e-9)


def test_numerical_gradient_nudges_one_element_at_a_time():
    # linear in each factor, so any h is exact, but only if the other factor keeps its value
    x = np.array([2.0, 3, 5])
    assert_allclose(numerical_gradient(np.prod, x, h=1), [3 * 5, 2 * 5, 2 * 3], rtol=1e-12)


def test_numerical_gradient_leaves_x_alone():
    x = np.array([1.0, 2])
    x.flags.writeable = False
    numerical_gradient(lambda x: x * x, x)
    assert_array_equal(x, [1, 2])

    def spoil(x):
        result = x * x
        x[:] = 0
        return result

    assert_allclose(numerical_gradient(spoil, x), [2, 4], rtol=1e-9)


def test_numerical_gradient_promotes_integers_and_keeps_float32():
    seen = []
    numerical_gradient(lambda x: seen.append(x.dtype) or x, np.array([1, 2]))
    assert set(seen) == {np.dtype(np.float64)}
    seen.clear()
    numerical_gradient(lambda x: seen.append(x.dtype) or x, np.array([1, 2], np.float32))
    assert set(seen) == {np.dtype(np.float32)}


def test_numerical_gradient_errors():
    with pytest.raises(ValueError, match=r"dout has shape \(2,\) but f\(x\) has shape \(3,\)"):
        numerical_gradient(lambda x: x, np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match="h must be positive, got 0"):
        numerical_gradient(lambda x: x, np.ones(3), h=0)
    with pytest.raises(TypeError, match="x must be a NumPy array, got list"):
        numerical_gradient(lambda x: x, [1.0])


def test_relative_error_looks_at_every_element():
    a = np.ones(1000)
    b = a.copy()
    b[7] = 1.5
    assert relative_error(a, b) == 0.5 / 1.5
    assert relative_error(a, a) == 0
    assert relative_error(np.zeros(3), np.zeros(3)) == 0
    assert relative_error(np.zeros((0, 3)), np.zeros((0, 3))) == 0


def test_relative_error_does_not_broadcast():
    with pytest.raises(ValueError, match=r"shapes differ: \(3,\) and \(1,\)"):
        relative_error(np.ones(3), np.ones(1))


def test_relative_error_of_nan_passes_no_test():
    assert not relative_error(np.array([1.0, np.nan]), np.array([1.0, 2])) < 1


def test_relative_error_forgives_rounding_only_beside_large_entries():
    assert relative_error(np.array([1.0, 1e-12]), np.array([1.0, 0])) < 1e-8
    assert relative_error(np.array([1.0, 1e-2]), np.array([1.0, 0])) == 1


@pytest.mark.parametrize(("x_shape", "w_shape", "settings"), CASES_2D)
def test_the_naive_backward_pass(x_shape, w_shape, settings):
    x, w, b = random_case(x_shape, w_shape, settings)
    x = x[:1]
    errors = check_gradients(
        lambda x, w, b: naive.conv2d(x, w, b, **settings),
        lambda dout, x, w, b: naive.conv2d_backward(dout, x, w, **settings),
        *(x, w, b),
        h=0.5,  # linear in each of x, w and b: a wide step adds no error
    )
    assert max(errors) < 1e-9


@pytest.mark.parametrize(
    ("mistake", "caught"),
    [
        (lambda dx, dw, db: (dx[..., ::-1], dw, db), 0),
        (lambda dx, dw, db: (dx, dw[:, :, ::-1, ::-1], db), 1),
        (lambda dx, dw, db: (dx, dw, db / 2), 2),
        (lambda dx, dw, db: (dx + 1e-4 * np.eye(6)[0], dw, db), 0),
    ],
)
def test_a_wrong_backward_pass_is_caught(mistake, caught):
    errors = check_gradients(
        naive.conv2d, lambda dout, x, w, b: mistake(*naive.conv2d_backward(dout, x, w)), X[:1], W, B, h=0.5
    )
    for k, error in enumerate(errors):
        assert (error > 1e-6) == (k == caught)


def test_dout_of_ones_would_miss_a_shifted_gradient():
    """So check_gradients draws dout at random: a reversed dw has the same sum over a symmetric dout."""
    x, w = RNG.standard_normal(6), np.array([1.0, 2, 1])
    backward = lambda dout, x: [naive.conv1d_backward(dout[::-1], x, w)[0]]  # noqa: E731 (dout reversed)
    forward = lambda x: naive.conv1d(x, w)  # noqa: E731
    assert check_gradients(forward, backward, x, dout=np.ones(4))[0] < 1e-9
    assert check_gradients(forward, backward, x)[0] > 0.1


def test_check_gradients_counts_and_measures():
    with pytest.raises(ValueError, match="backward gives 3 gradients for 2 inputs"):
        check_gradients(
            naive.conv1d, lambda dout, x, w: naive.conv1d_backward(dout, x, w), X[0, 0, 0], W[0, 0, :, 0]
        )
    with pytest.raises(ValueError, match=r"shapes differ: \(1,\) and \(6,\)"):
        check_gradients(
            lambda x: naive.conv1d(x, np.ones(2)), lambda dout, x: [np.array([dout.sum()])], X[0, 0, 0]
        )


@pytest.mark.parametrize(("x_shape", "w_shape", "settings"), CASES_2D)
def test_dx_is_the_adjoint(x_shape, w_shape, settings):
    x, w, _ = random_case(x_shape, w_shape, settings)
    y = RNG.standard_normal(naive.conv2d(x, w, **settings).shape)
    forward = lambda x: naive.conv2d(x, w, **settings)  # noqa: E731
    assert adjoint_gap(forward, lambda y: naive.conv2d_backward(y, x, w, **settings)[0], x, y) < 1e-13
    wrong = lambda y: naive.conv2d_backward(y, x, w[..., ::-1, ::-1], **settings)[0]  # noqa: E731
    if w_shape[2:] != (1, 1):
        assert adjoint_gap(forward, wrong, x, y) > 1e-6


@pytest.mark.parametrize(("x_shape", "w_shape", "settings"), CASES_2D)
def test_dw_is_the_adjoint_in_w(x_shape, w_shape, settings):
    x, w, _ = random_case(x_shape, w_shape, settings)
    y = RNG.standard_normal(naive.conv2d(x, w, **settings).shape)
    gap = adjoint_gap(
        lambda w: naive.conv2d(x, w, **settings),
        lambda y: naive.conv2d_backward(y, x, w, **settings)[1],
        *(w, y),
    )
    assert gap < 1e-13


def test_adjoint_gap_errors_and_zero():
    with pytest.raises(ValueError, match=r"forward gives shape \(3,\) but y has \(2,\)"):
        adjoint_gap(lambda x: x, lambda y: y, np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match=r"adjoint gives shape \(2,\) but x has \(3,\)"):
        adjoint_gap(lambda x: x[:2], lambda y: y, np.ones(3), np.ones(2))
    assert adjoint_gap(lambda x: 0 * x, lambda y: 0 * y, np.ones(3), np.ones(3)) == 0
