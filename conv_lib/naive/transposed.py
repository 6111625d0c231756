"""The transposed convolution layer: every input pixel stamps the kernel onto the output."""

import numpy as np

from conv_lib.validation import check_conv_transpose2d, check_conv_transpose2d_backward, crop2d, pad2d

__all__ = ["conv_transpose2d", "conv_transpose2d_backward"]


def conv_transpose2d(x, w, b=None, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1):
    """Stamp the kernel onto the output, once for each input pixel, S apart: the dx of `conv2d` as a layer.

    y[n, f, i*S + u*Dl - top, j*S + v*Dl - left] gets x[n, d, i, j] * w[d, f, u, v], summed over all
    d, i, j, u, v that meet there, and the bias once.

    Parameters
    ----------
    x : ndarray, shape (N, D, H, W)
        The images, in pixels.
    w : ndarray, shape (D, F/groups, kH, kW)
        Input channels first: the w of the `conv2d` that leads from y back to x.
    b : ndarray, shape (F,), or None for zeros
    stride, dilation : int or (height, width)
        Output pixels between neighbouring stamps, and between neighbouring taps, >= 1.
    padding : int, (height, width), ((top, bottom), (left, right)), "valid" or "same"
        Pixels cropped from each side of the output: what the matching `conv2d` pads. >= 0. "valid" is 0.
        "same" makes H' = H S, as in Keras: with Ke = Dl * (kH - 1) + 1 it crops Ke - S rows, an odd one at
        the end. Where Ke < S it adds S - Ke rows at the end instead.
    output_padding : int or (height, width)
        Rows and columns added at the end, which only the bias and the crop's remainder reach: the leftover
        of the matching `conv2d`. Below max(stride, dilation); 0 with "same", which sets it.
    groups : int
        Must divide D; F is groups * w.shape[1].

    Returns
    -------
    ndarray, shape (N, F, H', W')
        H' = (H - 1) S - top - bottom + Dl * (kH - 1) + 1 + output_padding. float32 if all arrays are, else
        float64.

    Raises
    ------
    TypeError
        If x, w or b is not an array of real numbers, or one of the settings is not whole.
    ValueError
        If channels, groups and biases do not match, output_padding is too large or given with "same", or
        padding crops all.

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016), section 4.
    "same" is the dx of the `conv2d` with padding "same" that takes H S rows to H, as in TensorFlow; Keras 3
    computes the same crop for its other backends.

    Examples
    --------
    >>> x = np.array([[[[1.0, 10]]]])
    >>> w = np.array([[[[1.0, 2, 3]]]])
    >>> conv_transpose2d(x, w)[0, 0]
    array([[ 1., 12., 23., 30.]])
    >>> conv_transpose2d(x, w, stride=(1, 2), output_padding=(0, 1))[0, 0]
    array([[ 1.,  2., 13., 20., 30.,  0.]])
    >>> conv_transpose2d(x, w, padding=((0, 0), (2, 1)))[0, 0]  # two columns fewer in front, one behind
    array([[23.]])
    >>> conv_transpose2d(x, w, stride=(1, 2), padding="same")[0, 0]  # 2 * 2 columns: the fifth is cropped
    array([[ 1.,  2., 13., 20.]])
    """
    x, w, b, geometry, padded = check_conv_transpose2d(
        x, w, b, stride, padding, output_padding, dilation, groups
    )
    (sH, sW), pads, (dlH, dlW), (H, W) = geometry
    (N, D, _, _), (_, F, kH, kW) = x.shape, w.shape  # F counts the filters of one group
    ypad = np.zeros((N, groups * F, *padded), x.dtype)
    # n image, d input channel, i j input pixel, f filter of the group, u v kernel pixel
    for n in range(N):
        for d in range(D):
            first = d // (D // groups) * F  # the first filter of the group that d belongs to
            for i in range(H):
                for j in range(W):
                    for f in range(F):
                        for u in range(kH):
                            for v in range(kW):
                                pixel = n, first + f, i * sH + u * dlH, j * sW + v * dlW
                                ypad[pixel] += w[d, f, u, v] * x[n, d, i, j]
    return crop2d(ypad, pads) + b[:, None, None]


def conv_transpose2d_backward(dout, x, w, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1):
    """Send dout back through `conv_transpose2d`: dx is the `conv2d` of dout with the same w.

    Parameters
    ----------
    dout : ndarray, shape (N, F, H', W')
        Gradient of the loss with respect to y.
    x, w, stride, padding, output_padding, dilation, groups
        As given to `conv_transpose2d`.

    Returns
    -------
    dx : ndarray, shape (N, D, H, W)
    dw : ndarray, shape (D, F/groups, kH, kW)
    db : ndarray, shape (F,)

    Raises
    ------
    TypeError, ValueError
        As `conv_transpose2d`; also if dout does not have the shape of y.

    Examples
    --------
    >>> x = np.array([[[[1.0, 10]]]])
    >>> w = np.array([[[[1.0, 2, 3]]]])
    >>> dx, dw, db = conv_transpose2d_backward(np.array([[[[1.0, 1, 1, 100]]]]), x, w)
    >>> dx  # 1 + 2 + 3 and 1 + 2 + 300
    array([[[[  6., 303.]]]])
    >>> dw  # 1 + 10, 1 + 10 and 1 + 1000
    array([[[[  11.,   11., 1001.]]]])
    >>> db
    array([103.])
    """
    dout, x, w, geometry, _ = check_conv_transpose2d_backward(
        dout, x, w, stride, padding, output_padding, dilation, groups
    )
    (sH, sW), pads, (dlH, dlW), (H, W) = geometry
    (N, D, _, _), (_, F, kH, kW) = x.shape, w.shape
    doutpad = pad2d(dout, pads)
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for n in range(N):
        for d in range(D):
            first = d // (D // groups) * F
            for i in range(H):
                for j in range(W):
                    for f in range(F):
                        for u in range(kH):
                            for v in range(kW):
                                pixel = n, first + f, i * sH + u * dlH, j * sW + v * dlW
                                dx[n, d, i, j] += w[d, f, u, v] * doutpad[pixel]
                                dw[d, f, u, v] += x[n, d, i, j] * doutpad[pixel]
    return dx, dw, dout.sum(axis=(0, 2, 3))
