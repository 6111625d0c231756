"""Max and average pooling, window by window."""

import numpy as np

from conv_lib.validation import check_pool2d, check_pool2d_backward, crop2d, pad2d

__all__ = ["avg_pool2d", "avg_pool2d_backward", "max_pool2d", "max_pool2d_backward"]


def _maximum(image, i, j, kernel, geometry):
    """Return the largest pixel of window (i, j) and where it is: of equals the first in row order.

    The padding of -inf never wins, so only real pixels are looked at. NaN is larger than any number.
    """
    (sH, sW), ((top, _), (left, _)), _, _ = geometry
    (H, W), (kH, kW) = image.shape, kernel
    largest, place = None, None
    for row in range(max(i * sH - top, 0), min(i * sH - top + kH, H)):
        for column in range(max(j * sW - left, 0), min(j * sW - left + kW, W)):
            pixel = image[row, column]
            if place is None or pixel > largest or (np.isnan(pixel) and not np.isnan(largest)):
                largest, place = pixel, (row, column)
    return largest, place


def max_pool2d(x, kernel_size, *, stride=None, padding=0):
    """Keep the largest pixel of each window, channel by channel.

    Parameters
    ----------
    x : ndarray, shape (N, D, H, W)
        The images, in pixels.
    kernel_size : int or (height, width)
    stride : int, (height, width) or None
        None for the kernel size: windows that touch and do not overlap.
    padding : int or (height, width)
        Border that never wins (-inf), at most half the window.

    Returns
    -------
    ndarray, shape (N, D, H', W')
        H' = floor((H + 2P - kH) / S) + 1. NaN in a window makes its output NaN.

    Raises
    ------
    TypeError
        If x is not an array of real numbers, or a setting is not whole.
    ValueError
        If the window is larger than the padded image, or padding is more than half the window.

    References
    ----------
    Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 9.3.

    Examples
    --------
    >>> x = np.array([[[[1.0, 5, 2, 0], [3, 4, 8, 7]]]])
    >>> max_pool2d(x, 2)
    array([[[[5., 8.]]]])
    >>> max_pool2d(x, 2, stride=1)
    array([[[[5., 8., 8.]]]])
    """
    x, kernel, geometry = check_pool2d(x, kernel_size, stride, padding)
    N, D, _, _ = x.shape
    H_out, W_out = geometry.out
    y = np.zeros((N, D, H_out, W_out), x.dtype)
    for n in range(N):
        for d in range(D):
            for i in range(H_out):
                for j in range(W_out):
                    y[n, d, i, j], _ = _maximum(x[n, d], i, j, kernel, geometry)
    return y


def max_pool2d_backward(dout, x, kernel_size, *, stride=None, padding=0):
    """Send each dout to the pixel that won its window; a pixel that won several gets their sum.

    Parameters
    ----------
    dout : ndarray, shape (N, D, H', W')
        Gradient of the loss with respect to y.
    x, kernel_size, stride, padding
        As given to `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, D, H, W)
        dx. Of equal pixels the first in row order gets all, as in PyTorch.

    Raises
    ------
    TypeError, ValueError
        As `max_pool2d`; also if dout does not have the shape of y.

    Examples
    --------
    >>> x = np.array([[[[1.0, 5, 2, 0], [3, 5, 8, 7]]]])
    >>> max_pool2d_backward(np.array([[[[1.0, 10, 100]]]]), x, 2, stride=1)[0, 0]
    array([[  0.,   1.,   0.,   0.],
           [  0.,   0., 110.,   0.]])
    """
    dout, x, kernel, geometry = check_pool2d_backward(dout, x, kernel_size, stride, padding)
    N, D, H_out, W_out = dout.shape
    dx = np.zeros_like(x)
    for n in range(N):
        for d in range(D):
            for i in range(H_out):
                for j in range(W_out):
                    _, (row, column) = _maximum(x[n, d], i, j, kernel, geometry)
                    dx[n, d, row, column] += dout[n, d, i, j]
    return dx


def avg_pool2d(x, kernel_size, *, stride=None, padding=0):
    """Average each window, channel by channel; zeros of the padding count as pixels, as in PyTorch.

    Parameters, shapes and errors are those of `max_pool2d`; the padding holds zeros.

    Examples
    --------
    >>> x = np.array([[[[1.0, 5, 2, 0], [3, 3, 8, 6]]]])
    >>> avg_pool2d(x, 2)
    array([[[[3., 4.]]]])
    >>> avg_pool2d(x, 2, padding=(0, 1))  # (0 + 1 + 0 + 3) / 4 at the border
    array([[[[1. , 4.5, 1.5]]]])
    """
    x, (kH, kW), geometry = check_pool2d(x, kernel_size, stride, padding)
    (sH, sW), pads, _, (H_out, W_out) = geometry
    N, D, _, _ = x.shape
    xpad = pad2d(x, pads)
    y = np.zeros((N, D, H_out, W_out), x.dtype)
    for n in range(N):
        for d in range(D):
            for i in range(H_out):
                for j in range(W_out):
                    total = x.dtype.type(0)
                    for u in range(kH):
                        for v in range(kW):
                            total += xpad[n, d, i * sH + u, j * sW + v]
                    y[n, d, i, j] = total / (kH * kW)
    return y


def avg_pool2d_backward(dout, x, kernel_size, *, stride=None, padding=0):
    """Share each dout equally among the pixels of its window, those of the padding too.

    Parameters
    ----------
    dout : ndarray, shape (N, D, H', W')
    x, kernel_size, stride, padding
        As given to `avg_pool2d`; of x only the shape and dtype matter.

    Returns
    -------
    ndarray, shape (N, D, H, W)

    Examples
    --------
    >>> avg_pool2d_backward(np.array([[[[4.0, 8]]]]), np.zeros((1, 1, 2, 3)), 2, stride=1)[0, 0]
    array([[1., 3., 2.],
           [1., 3., 2.]])
    """
    dout, x, (kH, kW), geometry = check_pool2d_backward(dout, x, kernel_size, stride, padding)
    (sH, sW), pads, _, (H_out, W_out) = geometry
    N, D, _, _ = x.shape
    dxpad = np.zeros_like(pad2d(x, pads))
    for n in range(N):
        for d in range(D):
            for i in range(H_out):
                for j in range(W_out):
                    for u in range(kH):
                        for v in range(kW):
                            dxpad[n, d, i * sH + u, j * sW + v] += dout[n, d, i, j] / (kH * kW)
    return crop2d(dxpad, pads)
