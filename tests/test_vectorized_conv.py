"""The matrix products against the loops, and im2col and col2im by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose, assert_array_equal

from conv_lib import naive, vectorized
from conv_lib.vectorized import col2im, im2col
from tests.shapes import CASES_2D, cases_1d, cases_2d, random_case


def assert_same(results, references):
    for result, reference in zip(results, references, strict=True):
        assert result.shape == reference.shape
        assert result.dtype == reference.dtype
        assert_allclose(result, reference, rtol=1e-12, atol=1e-12)


@settings(max_examples=80, deadline=None)
@given(cases_1d())
def test_1d_agrees_with_the_loops(case):
    y = naive.conv1d(case.x, case.w, 0.5, **case.settings)
    assert_same([vectorized.conv1d(case.x, case.w, 0.5, **case.settings)], [y])
    dout = np.random.default_rng(1).standard_normal(y.shape)
    assert_same(
        vectorized.conv1d_backward(dout, case.x, case.w, **case.settings),
        naive.conv1d_backward(dout, case.x, case.w, **case.settings),
    )


@settings(max_examples=60, deadline=None)
@given(cases_2d())
def test_2d_agrees_with_the_loops(case):
    y = naive.conv2d(case.x, case.w, case.b, **case.settings)
    assert_same([vectorized.conv2d(case.x, case.w, case.b, **case.settings)], [y])
    dout = np.random.default_rng(1).standard_normal(y.shape)
    assert_same(
        vectorized.conv2d_backward(dout, case.x, case.w, **case.settings),
        naive.conv2d_backward(dout, case.x, case.w, **case.settings),
    )


@pytest.mark.parametrize(("x_shape", "w_shape", "options"), CASES_2D)
def test_listed_shapes_agree_with_the_loops(x_shape, w_shape, options):
    x, w, b = random_case(x_shape, w_shape, options)
    y = naive.conv2d(x, w, b, **options)
    assert_same([vectorized.conv2d(x, w, b, **options)], [y])
    dout = np.random.default_rng(1).standard_normal(y.shape)
    assert_same(
        vectorized.conv2d_backward(dout, x, w, **options), naive.conv2d_backward(dout, x, w, **options)
    )


def test_im2col_index_order():
    x = np.arange(2.0 * 3 * 5 * 7).reshape(2, 3, 5, 7)
    columns = im2col(x, (2, 3), stride=(2, 1), padding=((1, 0), (0, 2)), dilation=(1, 2))
    xpad = np.pad(x, ((0, 0), (0, 0), (1, 0), (0, 2)))
    H_out, W_out = (6 - 2) // 2 + 1, (9 - 5) // 1 + 1
    assert columns.shape == (3 * 2 * 3, 2 * H_out * W_out)
    for d, u, v, n, i, j in [(0, 0, 0, 0, 0, 0), (2, 1, 0, 1, 2, 3), (1, 0, 2, 0, 1, 4), (2, 1, 2, 1, 2, 4)]:
        entry = columns[(d * 2 + u) * 3 + v, (n * H_out + i) * W_out + j]
        assert entry == xpad[n, d, i * 2 + u, j + v * 2]


def test_im2col_makes_the_layer_one_product():
    x, w, _ = random_case((2, 3, 5, 7), (4, 3, 3, 2), {})
    product = w.reshape(4, -1) @ im2col(x, (3, 2))
    assert_allclose(product.reshape(4, 2, 3, 6).transpose(1, 0, 2, 3), naive.conv2d(x, w), rtol=1e-12)


def test_col2im_is_the_transpose_of_im2col():
    rng = np.random.default_rng(0)
    options = {"stride": (2, 3), "padding": ((1, 0), (0, 2)), "dilation": (1, 2)}
    x = rng.standard_normal((2, 3, 5, 7))
    columns = im2col(x, (2, 3), **options)
    other = rng.standard_normal(columns.shape)
    back = col2im(other, x.shape, (2, 3), **options)
    assert_allclose(np.vdot(columns, other), np.vdot(x, back), rtol=1e-12)


def test_col2im_of_im2col_counts_the_windows_of_each_pixel():
    x = np.ones((1, 1, 3, 4))
    counts = col2im(im2col(x, 2), x.shape, 2)
    assert_array_equal(counts[0, 0], [[1, 2, 2, 1], [2, 4, 4, 2], [1, 2, 2, 1]])


def test_col2im_names_both_shapes():
    with pytest.raises(ValueError, match=r"columns have shape \(4, 5\) but these images give \(4, 6\)"):
        col2im(np.ones((4, 5)), (1, 1, 3, 4), 2)
