"""The convolution layer in 1-D and 2-D, forward and backward, written as it is defined."""

import numpy as np

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

__all__ = ["conv1d", "conv1d_backward", "conv2d", "conv2d_backward", "convolve1d", "convolve2d"]


def conv1d(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
    """Slide one filter along a signal: y[i] = b + sum_k w[k] * xpad[i*stride + k*dilation].

    As in deep-learning libraries this is cross-correlation: `w` is not flipped (`convolve1d` flips it).

    Parameters
    ----------
    x : ndarray, shape (W,)
        The signal, in samples.
    w : ndarray, shape (kW,)
    b : float
    stride : int
        Samples that the window travels between outputs, >= 1.
    padding : int, (left, right), "valid" or "same"
        Zeros added on each side, >= 0.
    dilation : int
        Samples between neighbouring taps, >= 1.

    Returns
    -------
    ndarray, shape (W',)
        W' = floor((W + left + right - Ke) / stride) + 1 with Ke = dilation * (kW - 1) + 1. float32 if x and
        w are, else float64.

    Raises
    ------
    TypeError
        If x or w is not an array of real numbers, or stride, padding or dilation is not whole.
    ValueError
        If the kernel is wider than the padded signal, or stride or dilation < 1, or padding < 0.

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016), relationship 6.

    Examples
    --------
    >>> x, w = np.array([1.0, 2, 4, 3, 7]), np.array([2.0, -1, 3])
    >>> conv1d(x, w)
    array([12.,  9., 26.])
    >>> conv1d(x, w, 10.0, stride=2, padding=1)
    array([15., 19.,  9.])
    """
    x, w, b, (stride, pads, dilation, out) = check_conv1d(x, w, b, stride, padding, dilation)
    xpad = pad1d(x, pads)
    y = np.zeros(out, x.dtype)
    for i in range(len(y)):
        total = b
        for k in range(len(w)):
            total += w[k] * xpad[i * stride + k * dilation]
        y[i] = total
    return y


def conv1d_backward(dout, x, w, *, stride=1, padding=0, dilation=1):
    """Send dout back through `conv1d`: every product w[k] * xpad[...] of the forward pass is met once.

    Parameters
    ----------
    dout : ndarray, shape (W',)
        Gradient of the loss with respect to y.
    x, w, stride, padding, dilation
        As given to `conv1d`.

    Returns
    -------
    dx : ndarray, shape (W,)
    dw : ndarray, shape (kW,)
    db : float
        The sum of dout: one bias serves every output.

    Raises
    ------
    TypeError, ValueError
        As `conv1d`; also if dout does not have the shape of y.

    References
    ----------
    Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 9.5.

    Examples
    --------
    >>> x, w = np.array([1.0, 2, 4, 3, 7]), np.array([2.0, -1, 3])
    >>> dx, dw, db = conv1d_backward(np.array([1.0, 10, 100]), x, w)
    >>> dx
    array([  2.,  19., 193., -70., 300.])
    >>> dw
    array([421., 342., 734.])
    >>> float(db)
    111.0
    """
    dout, x, w, (stride, pads, dilation, _) = check_conv1d_backward(dout, x, w, stride, padding, dilation)
    xpad = pad1d(x, pads)
    dxpad, dw, db = np.zeros_like(xpad), np.zeros_like(w), dout.dtype.type(0)
    for i in range(len(dout)):
        db += dout[i]
        for k in range(len(w)):
            dxpad[i * stride + k * dilation] += w[k] * dout[i]
            dw[k] += xpad[i * stride + k * dilation] * dout[i]
    return crop1d(dxpad, pads), dw, db


def convolve1d(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
    """True convolution: y[i] = b + sum_k w[kW-1-k] * xpad[i*stride + k*dilation], the kernel reversed.

    Parameters, result and errors are those of `conv1d`.

    Examples
    --------
    >>> x, w = np.array([1.0, 2, 4, 3, 7]), np.array([2.0, -1, 3])
    >>> convolve1d(x, w)
    array([ 9.,  8., 23.])
    >>> np.convolve(x, w, mode="valid")
    array([ 9.,  8., 23.])
    """
    x, w, b, (stride, pads, dilation, out) = check_conv1d(x, w, b, stride, padding, dilation)
    xpad = pad1d(x, pads)
    y = np.zeros(out, x.dtype)
    for i in range(len(y)):
        total = b
        for k in range(len(w)):
            total += w[len(w) - 1 - k] * xpad[i * stride + k * dilation]
        y[i] = total
    return y


def conv2d(x, w, b=None, *, stride=1, padding=0, dilation=1, groups=1):
    """Slide F filters over N images: each filter sums D channel correlations and adds its bias once.

    y[n, f, i, j] = b[f] + sum_duv w[f, d, u, v] * xpad[n, d, i*S + u*Dl, j*S + v*Dl], with S the stride and
    Dl the dilation of the axis. As in deep-learning libraries this is cross-correlation: `w` is not flipped
    (`convolve2d` flips it).

    Parameters
    ----------
    x : ndarray, shape (N, D, H, W)
        The images, in pixels.
    w : ndarray, shape (F, D/groups, kH, kW)
    b : ndarray, shape (F,), or None for zeros
    stride, dilation : int or (height, width)
        Pixels between neighbouring windows, and between neighbouring taps, >= 1.
    padding : int, (height, width), ((top, bottom), (left, right)), "valid" or "same"
        Zeros added on the border, >= 0.
    groups : int
        Filters f of group g see the D/groups channels of group g only; must divide D and F.

    Returns
    -------
    ndarray, shape (N, F, H', W')
        H' = floor((H + top + bottom - Ke) / S) + 1 with Ke = Dl * (kH - 1) + 1. float32 if all arrays are,
        else float64.

    Raises
    ------
    TypeError
        If x, w or b is not an array of real numbers, or stride, padding, dilation or groups is not whole.
    ValueError
        If channels, groups, filters and biases do not match, or the kernel is larger than the padded image.

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016), sections 2 and 5.1.

    Examples
    --------
    >>> x = np.array([[[[1.0, 2, 4, 3], [7, 5, 6, 9], [8, 0, 11, 10]]]])
    >>> w = np.array([[[[2.0, -1], [0, 3]]]])
    >>> conv2d(x, w)[0, 0]
    array([[15., 18., 32.],
           [ 9., 37., 33.]])
    >>> conv2d(x, w, np.array([100.0]), stride=(1, 2))[0, 0]
    array([[115., 132.],
           [109., 133.]])
    """
    x, w, b, geometry = check_conv2d(x, w, b, stride, padding, dilation, groups)
    (sH, sW), pads, (dlH, dlW), (H_out, W_out) = geometry
    (N, _, _, _), (F, D, kH, kW) = x.shape, w.shape  # D counts the channels that one filter sees
    xpad = pad2d(x, pads)
    y = np.zeros((N, F, H_out, W_out), x.dtype)
    # n image, f filter, i j output pixel, d channel of the filter, u v kernel pixel
    for n in range(N):
        for f in range(F):
            first = f // (F // groups) * D  # the first channel of the group that f belongs to
            for i in range(H_out):
                for j in range(W_out):
                    total = b[f]
                    for d in range(D):
                        for u in range(kH):
                            for v in range(kW):
                                pixel = xpad[n, first + d, i * sH + u * dlH, j * sW + v * dlW]
                                total += w[f, d, u, v] * pixel
                    y[n, f, i, j] = total
    return y


def conv2d_backward(dout, x, w, *, stride=1, padding=0, dilation=1, groups=1):
    """Send dout back through `conv2d`: every product of the forward pass is met once.

    Parameters
    ----------
    dout : ndarray, shape (N, F, H', W')
        Gradient of the loss with respect to y.
    x, w, stride, padding, dilation, groups
        As given to `conv2d`.

    Returns
    -------
    dx : ndarray, shape (N, D, H, W)
    dw : ndarray, shape (F, D/groups, kH, kW)
    db : ndarray, shape (F,)
        dout summed over images and pixels: one bias per filter.

    Raises
    ------
    TypeError, ValueError
        As `conv2d`; also if dout does not have the shape of y.

    References
    ----------
    Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 9.5.

    Examples
    --------
    >>> x = np.array([[[[1.0, 2, 4, 3], [7, 5, 6, 9], [8, 0, 11, 10]]]])
    >>> w = np.array([[[[2.0, -1], [0, 3]]]])
    >>> dx, dw, db = conv2d_backward(np.array([[[[1.0, 10, 100], [0, 0, 1]]]]), x, w)
    >>> dx[0, 0]
    array([[   2.,   19.,  190., -100.],
           [   0.,    3.,   32.,  299.],
           [   0.,    0.,    0.,    3.]])
    >>> dw[0, 0]
    array([[427., 351.],
           [668., 975.]])
    >>> db
    array([112.])
    """
    dout, x, w, geometry = check_conv2d_backward(dout, x, w, stride, padding, dilation, groups)
    (sH, sW), pads, (dlH, dlW), (H_out, W_out) = geometry
    (N, _, _, _), (F, D, kH, kW) = x.shape, w.shape
    xpad = pad2d(x, pads)
    dxpad, dw, db = np.zeros_like(xpad), np.zeros_like(w), np.zeros(F, w.dtype)
    for n in range(N):
        for f in range(F):
            first = f // (F // groups) * D
            for i in range(H_out):
                for j in range(W_out):
                    db[f] += dout[n, f, i, j]
                    for d in range(D):
                        for u in range(kH):
                            for v in range(kW):
                                pixel = n, first + d, i * sH + u * dlH, j * sW + v * dlW
                                dxpad[pixel] += w[f, d, u, v] * dout[n, f, i, j]
                                dw[f, d, u, v] += xpad[pixel] * dout[n, f, i, j]
    return crop2d(dxpad, pads), dw, db


def convolve2d(x, w, b=None, *, stride=1, padding=0, dilation=1, groups=1):
    """True convolution of images: both kernel axes reversed, the channel axis never.

    Parameters, result and errors are those of `conv2d`.

    Examples
    --------
    >>> x = np.array([[[[1.0, 2, 4, 3], [7, 5, 6, 9], [8, 0, 11, 10]]]])
    >>> w = np.array([[[[2.0, -1], [0, 3]]]])
    >>> convolve2d(x, w)[0, 0]
    array([[ 6., 13., 24.],
           [13., 37., 27.]])
    """
    x, w, b, _ = check_conv2d(x, w, b, stride, padding, dilation, groups)
    flipped = w[:, :, ::-1, ::-1]
    return conv2d(x, flipped, b, stride=stride, padding=padding, dilation=dilation, groups=groups)
