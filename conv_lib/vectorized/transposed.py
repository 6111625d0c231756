"""The transposed convolution layer as matrix products: the passes of `conv2d` in other roles."""

import numpy as np

from conv_lib.validation import check_conv_transpose2d, check_conv_transpose2d_backward, crop2d, pad2d
from conv_lib.vectorized.conv import apply_filters, input_gradient, weight_gradient

__all__ = ["conv_transpose2d", "conv_transpose2d_backward"]


def conv_transpose2d(x, w, b=None, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1):
    """Stamp the kernel onto the output: `conv2d`'s dx with x as its dout. See `naive.conv_transpose2d`.

    >>> conv_transpose2d(np.array([[[[1.0, 10]]]]), np.array([[[[1.0, 2, 3]]]]))[0, 0]
    array([[ 1., 12., 23., 30.]])
    """
    x, w, b, geometry, padded = check_conv_transpose2d(
        x, w, b, stride, padding, output_padding, dilation, groups
    )
    padded_shape = len(x), len(b), *padded
    y = crop2d(input_gradient(x, w, padded_shape, geometry, groups), geometry.pads)
    y += b[:, None, None]
    return y


def conv_transpose2d_backward(dout, x, w, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1):
    """Send dout back: dx is `conv2d` of dout, dw is `conv2d`'s dw with x and dout changing places.

    Returns dx, dw, db. See `naive.conv_transpose2d_backward`.

    >>> x, w = np.array([[[[1.0, 10]]]]), np.array([[[[1.0, 2, 3]]]])
    >>> dx, dw, db = conv_transpose2d_backward(np.array([[[[1.0, 1, 1, 100]]]]), x, w)
    >>> dx
    array([[[[  6., 303.]]]])
    """
    dout, x, w, geometry, _ = check_conv_transpose2d_backward(
        dout, x, w, stride, padding, output_padding, dilation, groups
    )
    doutpad = pad2d(dout, geometry.pads)
    dx = apply_filters(doutpad, w, np.zeros(len(w), w.dtype), geometry, groups)
    dw = weight_gradient(x, doutpad, w.shape, geometry, groups)
    return dx, dw, dout.sum(axis=(0, 2, 3))
