"""Layers whose windows need no copying: the input itself is the matrix."""

import numpy as np

from conv_lib.fast import pool, tuning
from conv_lib.fast.algorithm import Algorithm


def fits(p):
    """Whether each window is one pixel, and each pixel has a window (some have none with output padding)."""
    return p.groups == p.taps == 1 and p.unit_stride and not p.padded and (p.Ho, p.Wo) == (p.H, p.W)


def is_one_window(p):
    """Whether the kernel covers the whole input."""
    return p.groups == p.Ho == p.Wo == 1 and (p.kH, p.kW) == (p.H, p.W) and not p.padded


def forward(x, w, b, y, p, threads):
    """1x1, stride 1, no padding: y[n] (F, pixels) = w (F, C) @ x[n] (C, pixels).

    The threads share pieces of the images' pixels. If y is larger than x, the bias goes into the product: x
    is copied with a row of ones below it, which takes less time than another pass over y.
    """
    matrix = w[:, :, 0, 0]  # a view, even of the transposed weights of a backward pass
    folded = b is not None and p.F > p.C
    if folded:
        matrix = np.concatenate((matrix, b[:, None]), axis=1)
    pixels = x.reshape(p.N, p.C, p.pixels)
    out = y.reshape(p.N, p.F, p.pixels)
    count = max(p.F * p.pixels * x.itemsize // tuning.COLUMNS_BYTES, 1) if p.F >= p.C else 1
    pieces = pool.cut(p.pixels, count, threads if p.N % threads else 1)

    def task(block, take):
        n, first, last = block
        columns = pixels[n, :, first:last]
        if folded:
            with_ones = take((p.C + 1, last - first), x.dtype)
            with_ones[:-1] = columns
            with_ones[-1] = 1
            columns = with_ones
        result = np.matmul(matrix, columns, out=out[n, :, first:last])
        if b is not None and not folded:
            result += b[:, None]

    pool.share(task, [(n, *piece) for n in range(p.N) for piece in pieces], threads)


def input_gradient(dout, w, dx, p, threads):
    """Write dx (N, C, H, W): dx[n] = w^T @ dout[n]."""
    return forward(dout, w.transpose(1, 0, 2, 3), None, dx, p._replace(C=p.F, F=p.C), threads)


def one_window(x, w, b, y, p, threads):
    """The kernel covers the whole input: a fully connected layer, y (N, F) = x (N, K) @ w.T."""
    out = y.reshape(p.N, p.F)
    np.matmul(x.reshape(p.N, p.K), w.reshape(p.F, p.K).T, out=out)
    if b is not None:
        out += b


def weight_gradient(dout, x, dw, p, threads):
    """Write dw (F, C, 1, 1) = the sum over n of dout[n] @ x[n]^T; the threads share the filters."""
    gradient = dout.reshape(p.N, p.F, p.pixels)
    pixels = x.reshape(p.N, p.C, p.pixels)
    matrix = dw.reshape(p.F, p.C)

    def task(block, take):
        part = slice(*block)
        np.matmul(gradient[0, part], pixels[0].T, out=matrix[part])
        product = take(matrix[part].shape, x.dtype)
        for n in range(1, p.N):
            matrix[part] += np.matmul(gradient[n, part], pixels[n].T, out=product)

    pool.share(task, pool.cut(p.F, threads), threads)


ONE_WINDOW = Algorithm(
    "one_window",
    needs="a kernel as large as the input and no padding",
    fits=is_one_window,
    forward=one_window,
)
POINTWISE = Algorithm(
    "pointwise",
    needs="a 1x1 kernel, stride 1 and no padding",
    fits=fits,
    forward=forward,
    input_gradient=input_gradient,
    weight_gradient=weight_gradient,
)
