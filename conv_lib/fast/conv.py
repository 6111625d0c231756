"""The convolution layer in 1-D and 2-D: check the arguments, look up the plan, run it."""

from functools import lru_cache

import numpy as np

from conv_lib import validation
from conv_lib.fast.dispatch import backward, plan
from conv_lib.fast.problem import from_geometry
from conv_lib.fast.settings import current

__all__ = ["conv1d", "conv1d_backward", "conv2d", "conv2d_backward"]

ROW = None, None, None  # index of a signal as an image of one row


def conv1d(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
    """Slide one filter along a signal: an image of one row. See `naive.conv1d`.

    >>> conv1d(np.array([1.0, 2, 3, 4, 5]), np.array([1.0, 0, -1]))
    array([-2., -2., -2.])
    """
    x, w, b, geometry = validation.check_conv1d(x, w, b, stride, padding, dilation)
    p = _row(x, w, geometry)
    return plan("forward", p, current.get(), required=True)(x[ROW], w[ROW], None)[0, 0, 0] + b


def conv1d_backward(dout, x, w, *, stride=1, padding=0, dilation=1):
    """Send dout back through `conv1d`; returns dx, dw, db. See `naive.conv1d_backward`."""
    dout, x, w, geometry = validation.check_conv1d_backward(dout, x, w, stride, padding, dilation)
    p = _row(x, w, geometry)
    dx, dw, db = backward(dout[ROW], x[ROW], w[ROW], p, current.get())
    return dx[0, 0, 0], dw[0, 0, 0], db[0]


def _row(x, w, geometry):
    stride, pads, dilation, out = geometry
    plane = validation.Geometry2d((1, stride), ((0, 0), pads), (1, dilation), (1, out))
    return from_geometry((1, 1, 1, len(x)), (1, 1, 1, len(w)), plane, 1, x.dtype)


def conv2d(x, w, b=None, *, stride=1, padding=0, dilation=1, groups=1):
    """Slide F filters over N images by the fastest algorithm for the shape. See `naive.conv2d`.

    >>> x = np.array([[[[1.0, 2, 4, 3], [7, 5, 6, 9], [8, 0, 11, 10]]]])
    >>> conv2d(x, np.array([[[[1.0, 0], [0, -1]]]]))[0, 0]
    array([[-4., -4., -5.],
           [ 7., -6., -4.]])
    """
    p = _known_problem(x, w, b, stride, padding, dilation, groups)
    if p is None:
        x, w, bias, geometry = validation.check_conv2d(x, w, b, stride, padding, dilation, groups)
        b = None if b is None else bias
        p = from_geometry(x.shape, w.shape, geometry, groups, x.dtype)
    return plan("forward", p, current.get(), required=True)(x, w, b)


def conv2d_backward(dout, x, w, *, stride=1, padding=0, dilation=1, groups=1):
    """Send dout back through `conv2d`; returns dx, dw, db. See `naive.conv2d_backward`.

    >>> x, w = np.arange(12.0).reshape(1, 1, 3, 4), np.array([[[[1.0, 0], [0, -1]]]])
    >>> dx, dw, db = conv2d_backward(np.array([[[[1.0, 10, 100], [0, 0, 1]]]]), x, w)
    >>> dw[0, 0]
    array([[216., 328.],
           [664., 776.]])
    """
    p = _known_problem(x, w, None, stride, padding, dilation, groups)
    if p is None or not (type(dout) is np.ndarray and dout.dtype is x.dtype and dout.shape == p.y_shape):
        dout, x, w, geometry = validation.check_conv2d_backward(dout, x, w, stride, padding, dilation, groups)
        p = from_geometry(x.shape, w.shape, geometry, groups, x.dtype)
    return backward(dout, x, w, p, current.get())


_FLOATS = np.dtype(np.float32), np.dtype(np.float64)


def _known_problem(x, w, b, stride, padding, dilation, groups):
    """The problem of plain arguments: arrays of one float dtype, and ints; None if any is not plain."""
    plain = type(x) is type(w) is np.ndarray and x.dtype is w.dtype and x.dtype in _FLOATS
    plain = plain and (b is None or (type(b) is np.ndarray and b.dtype is x.dtype))
    if not (plain and type(stride) is type(padding) is type(dilation) is type(groups) is int):
        return None
    b_shape = None if b is None else b.shape
    return _checked(x.dtype, x.shape, w.shape, b_shape, stride, padding, dilation, groups)


@lru_cache(maxsize=256)
def _checked(dtype, x_shape, w_shape, b_shape, *options):
    """The problem of arrays of these shapes, checked once: the checks take longer than a small layer."""
    shapes = x_shape, w_shape, b_shape
    x, w, b = (None if shape is None else np.broadcast_to(dtype.type(0), shape) for shape in shapes)
    *_, geometry = validation.check_conv2d(x, w, b, *options)
    return from_geometry(x_shape, w_shape, geometry, options[-1], dtype)
