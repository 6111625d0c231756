"""The formulas that the chapters derive, each against conv1d_backward and conv2d_backward."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from numpy.testing import assert_allclose, assert_array_equal

from conv_lib import naive, sizes, vectorized
from tests.shapes import cases_1d, cases_2d

CLOSE = {"rtol": 1e-11, "atol": 1e-11}


def dilate(values, step):
    spread = np.zeros(step * (len(values) - 1) + 1)
    spread[::step] = values
    return spread


def pad_or_crop(values, before, after):
    """Pad, or crop if the padding is negative."""
    padded = np.pad(values, (max(before, 0), max(after, 0)))
    return padded[max(-before, 0) : len(padded) - max(-after, 0)]


@settings(max_examples=200, deadline=None)
@given(cases_1d())
def test_dx_is_a_stride_1_pass_over_dilated_dout(case):
    stride, dilation = case.settings["stride"], case.settings["dilation"]
    left, right = sizes.padding_pair(case.settings["padding"], len(case.x), len(case.w))
    span = sizes.effective_size(len(case.w), dilation)
    a = sizes.leftover(len(case.x), len(case.w), stride, (left, right), dilation)
    dout = np.random.default_rng(0).standard_normal(
        sizes.output_size(len(case.x), len(case.w), stride, (left, right), dilation)
    )
    dx, dw, db = naive.conv1d_backward(dout, case.x, case.w, **case.settings)

    spread = pad_or_crop(dilate(dout, stride), span - 1 - left, span - 1 - right + a)
    assert_allclose(naive.conv1d(spread, dilate(case.w, dilation)[::-1]), dx, **CLOSE)

    # dw: the padded x, its last a samples dropped, swept by dout dilated by S; every Dl-th entry is kept
    xpad = np.pad(case.x, (left, right))
    swept = naive.conv1d(xpad[: len(xpad) - a], dilate(dout, stride))
    assert_allclose(swept[::dilation], dw, **CLOSE)
    assert_allclose(db, dout.sum(), **CLOSE)


@settings(max_examples=60, deadline=None)
@given(cases_2d())
def test_in_2d_both_axes_flip_and_channels_swap_with_filters(case):
    """At stride and dilation 1, dx is a full pass of dout with both axes of w flipped and F and D swapped."""
    options = {"padding": case.settings["padding"], "groups": 1}
    w = np.random.default_rng(1).standard_normal((len(case.w), case.x.shape[1], *case.w.shape[2:]))
    dout = np.random.default_rng(2).standard_normal(vectorized_output_shape(case.x, w, options))
    dx, dw, db = vectorized.conv2d_backward(dout, case.x, w, **options)
    (top, bottom), (left, right) = options["padding"]
    kH, kW = w.shape[2:]
    padded = dout
    for axis, (before, after, taps) in enumerate([(top, bottom, kH), (left, right, kW)], start=2):
        padded = np.apply_along_axis(pad_or_crop, axis, padded, taps - 1 - before, taps - 1 - after)
    flipped = w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
    assert_allclose(vectorized.conv2d(padded, flipped), dx, **CLOSE)
    xpad = np.pad(case.x, ((0, 0), (0, 0), *options["padding"]))
    swept = vectorized.conv2d(xpad.transpose(1, 0, 2, 3), dout.transpose(1, 0, 2, 3))  # images as channels
    assert_allclose(swept.transpose(1, 0, 2, 3), dw, **CLOSE)
    assert_allclose(dout.sum(axis=(0, 2, 3)), db, **CLOSE)


def vectorized_output_shape(x, w, options):
    return vectorized.conv2d(x, w, **options).shape


X, W, DOUT = np.array([1.0, -2, 3, 5, -7]), np.array([2.0, -3, 11]), np.array([1.0, 10, -100])


def test_with_true_convolution_one_star_holds_throughout():
    """Y = X*W, dX = pad(dout) * flip(W), dW = flip(X) * dout, all true convolutions."""
    y = naive.convolve1d(X, W)
    assert_array_equal(y, np.convolve(X, W, "valid"))
    dx, dw_flipped, _ = naive.conv1d_backward(DOUT, X, W[::-1])  # correlation with the reversed kernel
    assert_array_equal(np.convolve(np.pad(DOUT, 2), W[::-1], "valid"), dx)
    assert_array_equal(np.convolve(X[::-1], DOUT, "valid"), dw_flipped[::-1])


def test_dx_has_five_entries_so_two_zeros_go_on_each_side():
    dx, _, _ = naive.conv1d_backward(DOUT, X, W)
    assert len(dx) == 5 == sizes.output_size(len(DOUT), len(W), padding=2)
    assert sizes.output_size(len(DOUT), len(W), padding=1) == 3  # the size with one zero on each side
    assert_array_equal(naive.conv1d(DOUT, W[::-1], padding=2), dx)


def test_the_layer_has_one_bias_however_many_outputs():
    _, _, db = naive.conv1d_backward(DOUT, X, W)
    assert np.ndim(db) == 0
    assert db == 1 + 10 - 100


def test_padding_keeps_the_size_only_at_stride_1_if_2P_is_Dl_times_k_minus_1():
    for taps, stride, dilation, padding in product(range(1, 6), (1, 2, 3), (1, 2, 3), range(8)):
        keeps = [sizes.output_size(size, taps, stride, padding, dilation) == size for size in range(20, 24)]
        assert all(keeps) == (stride == 1 and 2 * padding == dilation * (taps - 1))


def test_same_padding_of_an_even_kernel_is_uneven():
    assert sizes.same_padding(9, 4) == (1, 2)
    assert sizes.same_padding(9, 4, dilation=2) == (3, 3)  # the effective size 7 is odd
