"""Max and average pooling, window by window."""

import numpy as np

from conv_lib.sizes import flag
from conv_lib.validation import check_pool2d, check_pool2d_backward

__all__ = ["avg_pool2d", "avg_pool2d_backward", "max_pool2d", "max_pool2d_backward"]


def _pixels(i, j, size, kernel, geometry, border=(0, 0)):
    """Return the rows and columns of window (i, j) that lie in the image, or in a border around it."""
    (sH, sW), ((top, _), (left, _)), _, _ = geometry
    (H, W), (kH, kW) = size, kernel
    row, column = i * sH - top, j * sW - left  # where the window starts
    rows = range(max(row, -border[0]), min(row + kH, H + border[0]))
    return rows, range(max(column, -border[1]), min(column + kW, W + border[1]))


def _maximum(image, i, j, kernel, geometry):
    """Return the largest pixel of window (i, j) and where it is: of equals the first in row order.

    The padding of -inf never wins, so only real pixels are looked at. NaN is larger than any number.
    """
    rows, columns = _pixels(i, j, image.shape, kernel, geometry)
    largest, place = None, None
    for row in rows:
        for column in columns:
            pixel = image[row, column]
            if place is None or pixel > largest or (np.isnan(pixel) and not np.isnan(largest)):
                largest, place = pixel, (row, column)
    return largest, place


def max_pool2d(x, kernel_size, *, stride=None, padding=0, ceil_mode=False):
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
    ceil_mode : bool
        True to round H' up instead: the rows and columns that no window reaches get windows of their own,
        which hang over the end.

    Returns
    -------
    ndarray, shape (N, D, H', W')
        H' = floor((H + 2P - kH) / S) + 1. With ceil_mode H' = ceil((H + 2P - kH) / S) + 1, less 1 if the last
        window would start behind the image, (H' - 1) S >= H + P. NaN in a window makes its output NaN.

    Raises
    ------
    TypeError
        If x is not an array of real numbers, a setting is not whole, or ceil_mode is not True or False.
    ValueError
        If the window is larger than the padded image (with ceil_mode: by S or more), or padding is more than
        half the window.

    References
    ----------
    Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 9.3. The sizes of ceil_mode are those
    of PyTorch, compared with version 2.13.0.

    Examples
    --------
    >>> x = np.array([[[[1.0, 5, 2, 0], [3, 4, 8, 7]]]])
    >>> max_pool2d(x, 2)
    array([[[[5., 8.]]]])
    >>> max_pool2d(x, 2, stride=1)
    array([[[[5., 8., 8.]]]])
    >>> max_pool2d(x, (2, 3)), max_pool2d(x, (2, 3), ceil_mode=True)  # the last column, pooled alone
    (array([[[[8.]]]]), array([[[[8., 7.]]]]))
    """
    x, kernel, geometry = check_pool2d(x, kernel_size, stride, padding, ceil_mode)
    N, D, _, _ = x.shape
    H_out, W_out = geometry.out
    y = np.zeros((N, D, H_out, W_out), x.dtype)
    for n in range(N):
        for d in range(D):
            for i in range(H_out):
                for j in range(W_out):
                    y[n, d, i, j], _ = _maximum(x[n, d], i, j, kernel, geometry)
    return y


def max_pool2d_backward(dout, x, kernel_size, *, stride=None, padding=0, ceil_mode=False):
    """Send each dout to the pixel that won its window; a pixel that won several gets their sum.

    Parameters
    ----------
    dout : ndarray, shape (N, D, H', W')
        Gradient of the loss with respect to y.
    x, kernel_size, stride, padding, ceil_mode
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
    dout, x, kernel, geometry = check_pool2d_backward(dout, x, kernel_size, stride, padding, ceil_mode)
    N, D, H_out, W_out = dout.shape
    dx = np.zeros_like(x)
    for n in range(N):
        for d in range(D):
            for i in range(H_out):
                for j in range(W_out):
                    _, (row, column) = _maximum(x[n, d], i, j, kernel, geometry)
                    dx[n, d, row, column] += dout[n, d, i, j]
    return dx


def _mean_window(i, j, size, kernel, geometry, count_include_pad):
    """Return the rows and columns of window (i, j) that lie in the image, and the divisor of their sum."""
    (top, _), (left, _) = geometry.pads
    border = (top, left) if count_include_pad else (0, 0)
    counted_rows, counted_columns = _pixels(i, j, size, kernel, geometry, border)
    rows, columns = _pixels(i, j, size, kernel, geometry)
    return rows, columns, len(counted_rows) * len(counted_columns)


def avg_pool2d(x, kernel_size, *, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """Average each window, channel by channel; zeros of the padding count as pixels unless told otherwise.

    Parameters
    ----------
    x, kernel_size, stride, ceil_mode
        As in `max_pool2d`.
    padding : int or (height, width)
        Border of zeros, at most half the window.
    count_include_pad : bool
        False to divide by the number of real pixels, as TensorFlow and Keras do.

    Returns
    -------
    ndarray, shape (N, D, H', W')
        H' as in `max_pool2d`. The sum of window (i, j) is divided by rows * columns, with::

            rows = min(i S - P + kH, H + P) - (i S - P)        if count_include_pad
            rows = min(i S - P + kH, H) - max(i S - P, 0)      if not

        and the columns likewise. So kH kW is the divisor of every window with count_include_pad that does not
        hang over the end of the padded image.

    Raises
    ------
    TypeError, ValueError
        As `max_pool2d`; also a TypeError if count_include_pad is not True or False.

    References
    ----------
    The divisor is that of PyTorch, `cpu_avg_pool` in its source, compared with version 2.13.0.

    Examples
    --------
    >>> x = np.array([[[[1.0, 5, 2, 0], [3, 3, 8, 6]]]])
    >>> avg_pool2d(x, 2)
    array([[[[3., 4.]]]])
    >>> avg_pool2d(x, 2, padding=(0, 1))  # (0 + 1 + 0 + 3) / 4 at the border
    array([[[[1. , 4.5, 1.5]]]])
    >>> avg_pool2d(x, 2, padding=(0, 1), count_include_pad=False)  # (1 + 3) / 2
    array([[[[2. , 4.5, 3. ]]]])
    >>> avg_pool2d(x, (2, 3), ceil_mode=True)  # 22 / 6 and (0 + 6) / 2
    array([[[[3.66666667, 3.        ]]]])
    """
    x, kernel, geometry = check_pool2d(x, kernel_size, stride, padding, ceil_mode)
    counted = flag(count_include_pad, "count_include_pad")
    N, D, H, W = x.shape
    H_out, W_out = geometry.out
    y = np.zeros((N, D, H_out, W_out), x.dtype)
    for n in range(N):
        for d in range(D):
            for i in range(H_out):
                for j in range(W_out):
                    rows, columns, divisor = _mean_window(i, j, (H, W), kernel, geometry, counted)
                    total = x.dtype.type(0)
                    for row in rows:
                        for column in columns:
                            total += x[n, d, row, column]
                    y[n, d, i, j] = total / divisor
    return y


def avg_pool2d_backward(
    dout, x, kernel_size, *, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    """Share each dout equally among the pixels of its window, those of the padding too if they count.

    Parameters
    ----------
    dout : ndarray, shape (N, D, H', W')
    x, kernel_size, stride, padding, ceil_mode, count_include_pad
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
    dout, x, kernel, geometry = check_pool2d_backward(dout, x, kernel_size, stride, padding, ceil_mode)
    counted = flag(count_include_pad, "count_include_pad")
    N, D, H, W = x.shape
    H_out, W_out = geometry.out
    dx = np.zeros_like(x)
    for n in range(N):
        for d in range(D):
            for i in range(H_out):
                for j in range(W_out):
                    rows, columns, divisor = _mean_window(i, j, (H, W), kernel, geometry, counted)
                    for row in rows:
                        for column in columns:
                            dx[n, d, row, column] += dout[n, d, i, j] / divisor
    return dx
