"""All windows of a batch of images as one matrix (im2col), and the way back (col2im)."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from conv_lib.validation import (
    check_array,
    check_shape,
    check_windows,
    common_dtype,
    crop2d,
    in_dtype,
    pad2d,
)

__all__ = ["col2im", "gather", "im2col", "scatter", "tap"]


def tap(xpad, u, v, geometry):
    """View the pixels that kernel pixel (u, v) reads, one for each output pixel: (..., H', W')."""
    (sH, sW), _, (dlH, dlW), (H_out, W_out) = geometry
    top, left = u * dlH, v * dlW
    return xpad[..., top : top + (H_out - 1) * sH + 1 : sH, left : left + (W_out - 1) * sW + 1 : sW]


def gather(xpad, kernel, geometry):
    """Copy every window of a padded batch into a column: (D * kH * kW, N * H' * W')."""
    (sH, sW), _, (dlH, dlW), (H_out, W_out) = geometry
    (N, D, _, _), (kH, kW) = xpad.shape, kernel
    span = dlH * (kH - 1) + 1, dlW * (kW - 1) + 1
    rows = slice(0, (H_out - 1) * sH + 1, sH)  # an end is needed: more windows may fit (chapter 14)
    columns = slice(0, (W_out - 1) * sW + 1, sW)
    windows = sliding_window_view(xpad, span, axis=(2, 3))[:, :, rows, columns, ::dlH, ::dlW]
    # windows is a view with the axes n d i j u v; the order d u v n i j makes runs of W' pixels to copy
    return windows.transpose(1, 4, 5, 0, 2, 3).reshape(D * kH * kW, N * H_out * W_out)


def scatter(columns, padded_shape, kernel, geometry):
    """Add every entry of the columns to the pixel that `gather` took it from: the transpose of `gather`."""
    (N, D, _, _), (kH, kW), (H_out, W_out) = padded_shape, kernel, geometry.out
    xpad = np.zeros(padded_shape, columns.dtype)
    columns = columns.reshape(D, kH, kW, N, H_out, W_out)
    for u in range(kH):
        for v in range(kW):
            # within one tap no two windows read the same pixel, so += is safe on the strided view
            tap(xpad, u, v, geometry)[...] += columns[:, u, v].transpose(1, 0, 2, 3)
    return xpad


def im2col(x, kernel_size, *, stride=1, padding=0, dilation=1):
    """Write every window of every image as a column of one matrix.

    Row (d * kH + u) * kW + v and column (n * H' + i) * W' + j hold
    xpad[n, d, i*S + u*Dl, j*S + v*Dl]: rows run over the filter (d, u, v), columns over the outputs
    (n, i, j). So `w.reshape(F, -1) @ im2col(x, ...)` is the layer, (F, N * H' * W').

    Parameters
    ----------
    x : ndarray, shape (N, D, H, W)
    kernel_size, stride, dilation : int or (height, width)
    padding : int, (height, width), ((top, bottom), (left, right)), "valid" or "same"

    Returns
    -------
    ndarray, shape (D * kH * kW, N * H' * W')
        A copy: kH * kW / (S * S) times the memory of x. float32 if x is, else float64.

    Raises
    ------
    TypeError, ValueError
        As `conv2d`.

    References
    ----------
    Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing"
    (2006).

    Examples
    --------
    >>> x = np.arange(6.0).reshape(1, 1, 2, 3)
    >>> im2col(x, (1, 2))  # 2 taps down, 4 windows across
    array([[0., 1., 3., 4.],
           [1., 2., 4., 5.]])
    """
    check_array(x, "x", ("N", "D", "H", "W"))
    kernel, geometry = check_windows(x.shape[2:], kernel_size, stride, padding, dilation)
    (x,) = in_dtype(common_dtype(x), x)
    return gather(pad2d(x, geometry.pads), kernel, geometry)


def col2im(columns, shape, kernel_size, *, stride=1, padding=0, dilation=1):
    """Add the columns up where their pixels came from: the transpose of `im2col`, not its inverse.

    A pixel that k windows share gets the sum of its k entries; pixels that no window reaches get zero.

    Parameters
    ----------
    columns : ndarray, shape (D * kH * kW, N * H' * W')
        In the index order of `im2col`.
    shape : (N, D, H, W)
        Of the images.
    kernel_size, stride, padding, dilation
        As given to `im2col`.

    Returns
    -------
    ndarray, shape (N, D, H, W)
        float32 if the columns are, else float64.

    Raises
    ------
    TypeError
        If the columns are not an array of real numbers, or shape or a setting is not whole.
    ValueError
        If the columns do not have the shape that `im2col` gives, or shape has not four entries.

    Examples
    --------
    >>> col2im(np.ones((2, 4)), (1, 1, 2, 3), (1, 2))[0, 0]  # the middle pixels are in two windows
    array([[1., 2., 1.],
           [1., 2., 1.]])
    """
    check_array(columns, "columns", ("D*kH*kW", "N*H'*W'"))
    N, D, H, W = check_shape(shape, ("N", "D", "H", "W"))
    kernel, geometry = check_windows((H, W), kernel_size, stride, padding, dilation)
    expected = D * kernel[0] * kernel[1], N * geometry.out[0] * geometry.out[1]
    if columns.shape != expected:
        raise ValueError(f"columns have shape {columns.shape} but these images give {expected}")
    (columns,) = in_dtype(common_dtype(columns), columns)
    (top, bottom), (left, right) = geometry.pads
    padded_shape = N, D, top + H + bottom, left + W + right
    return crop2d(scatter(columns, padded_shape, kernel, geometry), geometry.pads)
