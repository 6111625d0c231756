"""The transposed convolution layer: the passes of `conv2d` in other roles, each with its own rules."""

from conv_lib import validation
from conv_lib.fast.dispatch import bias_gradient, plan
from conv_lib.fast.problem import from_geometry
from conv_lib.fast.settings import current

__all__ = ["conv_transpose2d", "conv_transpose2d_backward"]


def _problem(x, w, geometry, padded, groups):
    """The convolution that leads from y back to x: its dx is our forward pass."""
    (top, bottom), (left, right) = geometry.pads
    y_shape = len(x), w.shape[1] * groups, padded[0] - top - bottom, padded[1] - left - right
    return from_geometry(y_shape, w.shape, geometry, groups, x.dtype)


def conv_transpose2d(x, w, b=None, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1):
    """Stamp the kernel onto the output: `conv2d`'s dx with x as its dout. See `naive.conv_transpose2d`.

    >>> import numpy as np
    >>> conv_transpose2d(np.array([[[[1.0, 10]]]]), np.array([[[[1.0, 2, 3]]]]))[0, 0]
    array([[ 1., 12., 23., 30.]])
    """
    x, w, bias, geometry, padded = validation.check_conv_transpose2d(
        x, w, b, stride, padding, output_padding, dilation, groups
    )
    y = plan("input_gradient", _problem(x, w, geometry, padded, groups), current.get())(x, w)
    if b is not None:
        y += bias[:, None, None]
    return y


def conv_transpose2d_backward(dout, x, w, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1):
    """Send dout back: dx is `conv2d` of dout, dw is `conv2d`'s dw with x and dout changing places.

    Returns dx, dw, db. See `naive.conv_transpose2d_backward`.
    """
    dout, x, w, geometry, padded = validation.check_conv_transpose2d_backward(
        dout, x, w, stride, padding, output_padding, dilation, groups
    )
    p, settings = _problem(x, w, geometry, padded, groups), current.get()
    dx = plan("forward", p, settings)(dout, w, None)
    return dx, plan("weight_gradient", p, settings)(x, dout), bias_gradient(dout)
