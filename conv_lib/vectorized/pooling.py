"""Max and average pooling, one strided view for each pixel of the window."""

import numpy as np

from conv_lib.sizes import flag
from conv_lib.validation import check_pool2d, check_pool2d_backward, crop2d, pad2d
from conv_lib.vectorized.windows import tap

__all__ = ["avg_pool2d", "avg_pool2d_backward", "max_pool2d", "max_pool2d_backward"]


def max_pool2d(x, kernel_size, *, stride=None, padding=0, ceil_mode=False):
    """Keep the largest pixel of each window. See `naive.max_pool2d`.

    >>> max_pool2d(np.array([[[[1.0, 5, 2, 0], [3, 4, 8, 7]]]]), 2)
    array([[[[5., 8.]]]])
    """
    x, kernel, geometry = check_pool2d(x, kernel_size, stride, padding, ceil_mode)
    return _largest(pad2d(x, geometry.pads, -np.inf), kernel, geometry)


def _largest(xpad, kernel, geometry):
    y = np.full((*xpad.shape[:2], *geometry.out), -np.inf, xpad.dtype)
    for u, v in np.ndindex(kernel):
        np.maximum(y, tap(xpad, u, v, geometry), out=y)  # NaN wins, whichever side it is on
    return y


def max_pool2d_backward(dout, x, kernel_size, *, stride=None, padding=0, ceil_mode=False):
    """Send each dout to the first pixel, in row order, that equals its window's maximum.

    Returns dx. See `naive.max_pool2d_backward`.

    >>> x = np.array([[[[1.0, 5, 2, 0], [3, 5, 8, 7]]]])
    >>> max_pool2d_backward(np.array([[[[1.0, 10, 100]]]]), x, 2, stride=1)[0, 0]
    array([[  0.,   1.,   0.,   0.],
           [  0.,   0., 110.,   0.]])
    """
    dout, x, kernel, geometry = check_pool2d_backward(dout, x, kernel_size, stride, padding, ceil_mode)
    xpad = pad2d(x, geometry.pads, -np.inf)
    real = pad2d(np.ones((1, 1, *x.shape[2:]), bool), geometry.pads, False)
    y = _largest(xpad, kernel, geometry)
    dxpad = np.zeros_like(xpad)
    waiting = np.ones(dout.shape, bool)  # windows whose largest pixel has not been found yet
    for u, v in np.ndindex(kernel):
        pixel = tap(xpad, u, v, geometry)
        # a window of -inf alone must not give its gradient to the padding, which is -inf too
        won = waiting & tap(real, u, v, geometry) & ((pixel == y) | (np.isnan(pixel) & np.isnan(y)))
        tap(dxpad, u, v, geometry)[...] += np.where(won, dout, 0)
        waiting &= ~won
    return crop2d(dxpad, geometry.pads)


def _divisors(x, kernel, geometry, count_include_pad):
    """The divisor of each window's sum, (H', W'): its number of pixels, with or without the padding."""
    counts = []
    for a in (0, 1):
        size, (pad, _), step = x.shape[2 + a], geometry.pads[a], geometry.stride[a]
        border = pad if flag(count_include_pad, "count_include_pad") else 0
        starts = [i * step - pad for i in range(geometry.out[a])]
        counts.append([min(start + kernel[a], size + border) - max(start, -border) for start in starts])
    return np.outer(*counts).astype(x.dtype)


def avg_pool2d(x, kernel_size, *, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """Average each window, padding zeros included if they count. See `naive.avg_pool2d`.

    >>> avg_pool2d(np.array([[[[1.0, 5, 2, 0], [3, 3, 8, 6]]]]), 2)
    array([[[[3., 4.]]]])
    """
    x, kernel, geometry = check_pool2d(x, kernel_size, stride, padding, ceil_mode)
    xpad = pad2d(x, geometry.pads)
    y = np.zeros((*x.shape[:2], *geometry.out), x.dtype)
    for u, v in np.ndindex(kernel):
        y += tap(xpad, u, v, geometry)
    y /= _divisors(x, kernel, geometry, count_include_pad)
    return y


def avg_pool2d_backward(
    dout, x, kernel_size, *, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    """Share each dout equally among its window; returns dx. See `naive.avg_pool2d_backward`.

    >>> avg_pool2d_backward(np.array([[[[4.0, 8]]]]), np.zeros((1, 1, 2, 3)), 2, stride=1)[0, 0]
    array([[1., 3., 2.],
           [1., 3., 2.]])
    """
    dout, x, kernel, geometry = check_pool2d_backward(dout, x, kernel_size, stride, padding, ceil_mode)
    share = dout / _divisors(x, kernel, geometry, count_include_pad)
    dxpad = np.zeros_like(pad2d(x, geometry.pads))
    for u, v in np.ndindex(kernel):
        tap(dxpad, u, v, geometry)[...] += share
    return crop2d(dxpad, geometry.pads)
