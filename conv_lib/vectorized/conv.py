"""The convolution layer in 1-D and 2-D, forward and backward, as matrix products over strided views.

Each function takes what its namesake in `naive` takes and gives the same result.
"""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from conv_lib.validation import (
    check_conv1d,
    check_conv1d_backward,
    check_conv2d,
    check_conv2d_backward,
    crop1d,
    crop2d,
    pad1d,
    pad2d,
)
from conv_lib.vectorized.windows import gather, scatter

__all__ = [
    "apply_filters",
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "input_gradient",
    "weight_gradient",
]


def conv1d(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
    """Slide one filter along a signal: the windows as rows of a view, times w. See `naive.conv1d`.

    >>> conv1d(np.array([1.0, 2, 3, 4, 5]), np.array([1.0, 0, -1]))
    array([-2., -2., -2.])
    """
    x, w, b, (stride, pads, dilation, _) = check_conv1d(x, w, b, stride, padding, dilation)
    return _windows1d(pad1d(x, pads), len(w), stride, dilation) @ w + b


def conv1d_backward(dout, x, w, *, stride=1, padding=0, dilation=1):
    """Send dout back through `conv1d`; returns dx, dw, db. See `naive.conv1d_backward`.

    >>> x, w = np.array([1.0, 2, 4, 3, 7]), np.array([2.0, -1, 3])
    >>> dx, dw, db = conv1d_backward(np.array([1.0, 10, 100]), x, w)
    >>> dx
    array([  2.,  19., 193., -70., 300.])
    """
    dout, x, w, (stride, pads, dilation, out) = check_conv1d_backward(dout, x, w, stride, padding, dilation)
    xpad = pad1d(x, pads)
    dw = dout @ _windows1d(xpad, len(w), stride, dilation)
    dxpad = np.zeros_like(xpad)
    for k in range(len(w)):
        dxpad[k * dilation : k * dilation + (out - 1) * stride + 1 : stride] += w[k] * dout
    return crop1d(dxpad, pads), dw, dout.sum()


def _windows1d(xpad, taps, stride, dilation):
    """View the windows of a padded signal: (W', kW)."""
    return sliding_window_view(xpad, dilation * (taps - 1) + 1)[::stride, ::dilation]


def conv2d(x, w, b=None, *, stride=1, padding=0, dilation=1, groups=1):
    """Slide F filters over N images: filters as rows, windows as columns, one product. See `naive.conv2d`.

    >>> x = np.array([[[[1.0, 2, 4, 3], [7, 5, 6, 9], [8, 0, 11, 10]]]])
    >>> conv2d(x, np.array([[[[1.0, 0], [0, -1]]]]))[0, 0]
    array([[-4., -4., -5.],
           [ 7., -6., -4.]])
    """
    x, w, b, geometry = check_conv2d(x, w, b, stride, padding, dilation, groups)
    return apply_filters(pad2d(x, geometry.pads), w, b, geometry, groups)


def conv2d_backward(dout, x, w, *, stride=1, padding=0, dilation=1, groups=1):
    """Send dout back through `conv2d`; returns dx, dw, db. See `naive.conv2d_backward`.

    >>> x = np.array([[[[1.0, 2, 4, 3], [7, 5, 6, 9], [8, 0, 11, 10]]]])
    >>> w = np.array([[[[2.0, -1], [0, 3]]]])
    >>> dx, dw, db = conv2d_backward(np.array([[[[1.0, 10, 100], [0, 0, 1]]]]), x, w)
    >>> dw[0, 0]
    array([[427., 351.],
           [668., 975.]])
    """
    dout, x, w, geometry = check_conv2d_backward(dout, x, w, stride, padding, dilation, groups)
    xpad = pad2d(x, geometry.pads)
    dw = weight_gradient(dout, xpad, w.shape, geometry, groups)
    dxpad = input_gradient(dout, w, xpad.shape, geometry, groups)
    return crop2d(dxpad, geometry.pads), dw, dout.sum(axis=(0, 2, 3))


def apply_filters(xpad, w, b, geometry, groups):
    """y: for each group the filters as rows times the windows as columns, and the bias of the filter."""
    N, (F, D, kH, kW) = len(xpad), w.shape
    columns = gather(xpad, (kH, kW), geometry).reshape(groups, D * kH * kW, N * math.prod(geometry.out))
    product = w.reshape(groups, F // groups, D * kH * kW) @ columns
    y = np.empty((N, F, *geometry.out), w.dtype)
    np.add(product.reshape(F, N, *geometry.out).transpose(1, 0, 2, 3), b[:, None, None], out=y)
    return y


def _by_group(dout, groups):
    """Filters first, each group a matrix with a column for each output pixel: (groups, F/groups, N*H'*W')."""
    N, F, H_out, W_out = dout.shape
    return dout.transpose(1, 0, 2, 3).reshape(groups, F // groups, N * H_out * W_out)


def weight_gradient(dout, xpad, w_shape, geometry, groups):
    """dw: dout times the transposed columns, summed by the product over n, i and j."""
    columns = gather(xpad, w_shape[2:], geometry)
    rows = w_shape[1] * w_shape[2] * w_shape[3]
    columns = columns.reshape(groups, rows, columns.shape[1])
    return (_by_group(dout, groups) @ columns.transpose(0, 2, 1)).reshape(w_shape)


def input_gradient(dout, w, padded_shape, geometry, groups):
    """dx before its padding is cropped: the transposed filters times dout, scattered back to the pixels."""
    F, D, kH, kW = w.shape
    filters = w.reshape(groups, F // groups, D * kH * kW)
    columns = filters.transpose(0, 2, 1) @ _by_group(dout, groups)
    return scatter(columns, padded_shape, (kH, kW), geometry)
