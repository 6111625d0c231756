"""The definition, on cases that can be checked by hand."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from conv_lib.naive import conv1d, conv1d_backward, conv2d, conv2d_backward, convolve1d, convolve2d

X = np.array([1.0, 2, 3, 4, 5])
W = np.array([2.0, 0, -1])


def test_conv1d_by_hand():
    assert_array_equal(conv1d(X, W), [1 * 2 + 2 * 0 + 3 * -1, 2 * 2 + 3 * 0 + 4 * -1, 3 * 2 + 4 * 0 + 5 * -1])


def test_conv1d_adds_the_bias_once_per_output():
    assert_array_equal(conv1d(X, W, 10.0) - conv1d(X, W), [10, 10, 10])


def test_conv1d_stride_leaves_a_pixel_over():
    x = np.array([1.0, 2, 3, 4, 5, 6])  # windows start at 0 and 2; the 6 is never read
    assert_array_equal(conv1d(x, W, stride=2), [1 * 2 + 3 * -1, 3 * 2 + 5 * -1])


def test_conv1d_uneven_padding():
    # xpad = 0 1 2 3 4 5 0 0
    expected = [0 * 2 - 2, 1 * 2 - 3, 2 * 2 - 4, 3 * 2 - 5, 4 * 2 - 0, 5 * 2 - 0]
    assert_array_equal(conv1d(X, W, padding=(1, 2)), expected)


def test_conv1d_dilation_spreads_the_taps():
    assert_array_equal(conv1d(X, W, dilation=2), [1 * 2 + 3 * 0 + 5 * -1])


def test_conv1d_same_with_stride_pads_as_tensorflow():
    # ceil(5 / 2) = 3 outputs; total padding (3-1)*2 + 3 - 5 = 2: one zero on each side
    assert_array_equal(conv1d(X, W, padding="same", stride=2), [0 * 2 - 2, 2 * 2 - 4, 4 * 2 - 0])
    # 6 samples: total padding (3-1)*2 + 3 - 6 = 1, and it goes after
    x = np.array([1.0, 2, 3, 4, 5, 6])
    assert_array_equal(conv1d(x, W, padding="same", stride=2), [1 * 2 - 3, 3 * 2 - 5, 5 * 2 - 0])


def test_convolve1d_flips():
    assert_array_equal(convolve1d(X, W), [3 * 2 + 1 * -1, 4 * 2 + 2 * -1, 5 * 2 + 3 * -1])
    assert_array_equal(convolve1d(X, W), np.convolve(X, W, mode="valid"))


def test_conv1d_backward_by_hand():
    dx, dw, db = conv1d_backward(np.array([1.0, 10, 100]), X, W)
    # y0 = 2 x0 + 0 x1 - x2, y1 = 2 x1 + 0 x2 - x3, y2 = 2 x2 + 0 x3 - x4
    assert_array_equal(dx, [2 * 1, 2 * 10, 2 * 100 - 1 * 1, -1 * 10, -1 * 100])
    assert_array_equal(dw, [1 + 2 * 10 + 3 * 100, 2 + 3 * 10 + 4 * 100, 3 + 4 * 10 + 5 * 100])
    assert db == 1 + 10 + 100


def test_conv1d_backward_gives_leftover_and_padding_no_gradient():
    x = np.array([1.0, 2, 3, 4, 5, 6])
    dx, _, _ = conv1d_backward(np.array([1.0, 10]), x, W, stride=2)
    assert_array_equal(dx, [2, 0, -1 + 2 * 10, 0, -10, 0])
    dx, _, _ = conv1d_backward(np.array([1.0, 10, 100]), X, W, stride=2, padding=1)
    # windows over xpad = 0 1 2 3 4 5 0 start at 0, 2 and 4, that is at x[-1], x[1] and x[3]
    assert_array_equal(dx, [0, -1 + 2 * 10, 0, -10 + 2 * 100, 0])


def test_conv2d_by_hand():
    x = np.array([[[[1.0, 2, 3], [4, 5, 6]], [[10, 20, 30], [40, 50, 60]]]])  # one image, two channels, 2 x 3
    w = np.array([[[[1.0, -1]], [[2, 0]]]])  # one filter, two channels, 1 x 2
    top = [1 - 2 + 2 * 10, 2 - 3 + 2 * 20]
    bottom = [4 - 5 + 2 * 40, 5 - 6 + 2 * 50]
    assert_array_equal(conv2d(x, w), [[[top, bottom]]])
    assert_array_equal(conv2d(x, w, np.array([0.5])), [[[np.add(top, 0.5), np.add(bottom, 0.5)]]])


def test_conv2d_stride_padding_dilation_take_height_first():
    x = np.arange(1.0, 16).reshape(1, 1, 3, 5)
    w = np.array([[[[1.0, 100]]]])
    # rows: zeros, 1..5, 6..10, 11..15, zeros; windows start at rows 0, 2 and 4
    y = conv2d(x, w, stride=(2, 1), padding=((1, 1), (0, 0)), dilation=(1, 3))
    assert_array_equal(y[0, 0], [[0, 0], [6 + 100 * 9, 7 + 100 * 10], [0, 0]])


def test_conv2d_groups_see_their_own_channels():
    x = np.arange(1.0, 5).reshape(1, 4, 1, 1)
    w = np.array([1.0, 10, 2, 20, 3, 30]).reshape(3, 2, 1, 1)
    w = np.concatenate([w, 4 * w[:1]])  # four filters, two a group
    y = conv2d(x, w, groups=2)
    assert_array_equal(y[0, :, 0, 0], [1 + 10 * 2, 2 * 1 + 20 * 2, 3 * 3 + 30 * 4, 4 * 3 + 40 * 4])


def test_conv2d_backward_by_hand():
    x = np.array([[[[1.0, 2, 3], [4, 5, 6]]]])
    w = np.array([[[[7.0, -1]]]])
    dout = np.array([[[[1.0, 10], [100, 1000]]]])
    dx, dw, db = conv2d_backward(dout, x, w)
    assert_array_equal(dx[0, 0], [[7, -1 + 7 * 10, -10], [700, -100 + 7 * 1000, -1000]])
    assert_array_equal(dw[0, 0, 0], [1 + 2 * 10 + 4 * 100 + 5 * 1000, 2 + 3 * 10 + 5 * 100 + 6 * 1000])
    assert_array_equal(db, [1111])


def test_convolve2d_flips_both_axes_and_never_the_channels():
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((2, 3, 5, 6)), rng.standard_normal((4, 3, 2, 3))
    assert_allclose(convolve2d(x, w), conv2d(x, w[:, :, ::-1, ::-1]), rtol=1e-14)
    assert not np.allclose(convolve2d(x, w), conv2d(x, w[:, ::-1, ::-1, ::-1]))
