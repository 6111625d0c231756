"""The loops and the products against scipy.signal, which is independent of both."""

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose
from scipy import signal

from conv_lib import naive, sizes, vectorized
from tests.shapes import cases_1d, cases_2d

BOTH = pytest.mark.parametrize("kernels", [naive, vectorized])
CLOSE = {"rtol": 1e-10, "atol": 1e-10}


def dilate(w, dilation):
    """Put dilation - 1 zeros between the entries, axis by axis."""
    shape = [d * (k - 1) + 1 for k, d in zip(w.shape, dilation, strict=True)]
    spread = np.zeros(shape)
    spread[tuple(slice(None, None, d) for d in dilation)] = w
    return spread


@BOTH
@settings(max_examples=60, deadline=None)
@given(case=cases_1d())
def test_1d(kernels, case):
    stride, dilation = case.settings["stride"], case.settings["dilation"]
    xpad = np.pad(case.x, sizes.padding_pair(case.settings["padding"], len(case.x), len(case.w)))
    expected = signal.correlate(xpad, dilate(case.w, [dilation]), mode="valid", method="direct")[::stride]
    assert_allclose(kernels.conv1d(case.x, case.w, 0.5, **case.settings), expected + 0.5, **CLOSE)


@settings(max_examples=40, deadline=None)
@given(case=cases_1d())
def test_true_convolution_1d(case):
    stride, dilation = case.settings["stride"], case.settings["dilation"]
    xpad = np.pad(case.x, sizes.padding_pair(case.settings["padding"], len(case.x), len(case.w)))
    expected = signal.convolve(xpad, dilate(case.w, [dilation]), mode="valid", method="direct")[::stride]
    assert_allclose(naive.convolve1d(case.x, case.w, **case.settings), expected, **CLOSE)


def scipy_conv2d(x, w, b, stride, padding, dilation, groups, operation):
    """conv2d built from scipy's single-channel pass, filter by filter and channel by channel."""
    xpad = np.pad(x, ((0, 0), (0, 0), *padding))
    y = []
    for image in xpad:
        for f in range(len(w)):
            first = f // (len(w) // groups) * w.shape[1]
            total = b[f]
            for d in range(w.shape[1]):
                slice_ = dilate(w[f, d], dilation)
                total = total + operation(image[first + d], slice_, mode="valid")[:: stride[0], :: stride[1]]
            y.append(total)
    return np.reshape(y, (len(x), len(w), *y[0].shape))


@BOTH
@settings(max_examples=40, deadline=None)
@given(case=cases_2d())
def test_2d(kernels, case):
    expected = scipy_conv2d(case.x, case.w, case.b, **case.settings, operation=signal.correlate2d)
    assert_allclose(kernels.conv2d(case.x, case.w, case.b, **case.settings), expected, **CLOSE)


@settings(max_examples=30, deadline=None)
@given(case=cases_2d())
def test_true_convolution_2d(case):
    expected = scipy_conv2d(case.x, case.w, case.b, **case.settings, operation=signal.convolve2d)
    assert_allclose(naive.convolve2d(case.x, case.w, case.b, **case.settings), expected, **CLOSE)
