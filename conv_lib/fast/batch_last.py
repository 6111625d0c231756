"""Many small images: with the images innermost, every copy is one long run.

A row of a small image is a few values, and a copy of a few values costs as much as one of fifty. Laid out
as (channels, rows, columns, images), a tap's row of pixels of a whole block of images is one run of Wo
times as many values; im2col and col2im become few long copies and additions, and a block needs one product.
"""

import threading

import numpy as np

from conv_lib.fast import pool, tuning, windows
from conv_lib.fast.algorithm import Algorithm
from conv_lib.fast.col2im import Lines, put
from conv_lib.fast.im2col import groups_of_images


def pays(p):
    """Whether there are several images, with rows so short that copying them one by one is slow."""
    small = p.K * p.pixels * p.dtype.itemsize <= tuning.SMALL_IMAGE_BYTES
    return small and p.N >= tuning.SMALL_BATCH and p.Wo <= tuning.SHORT_ROW


def blocks(p, threads):
    """(first, past the last) image of each block."""
    return groups_of_images(p.N, p.K * p.pixels * p.dtype.itemsize, threads)


def columns(x, p, take):
    """im2col of a block x (n, C, H, W) as (K, Ho * Wo * n)."""
    (top, bottom), (left, right) = p.pads
    xpad = take((p.C, p.H + top + bottom, p.W + left + right, len(x)), x.dtype)
    if p.padded:
        xpad.fill(0)
    x = windows.spread(x, 0, take)
    np.copyto(xpad[:, top : top + p.H, left : left + p.W], x.transpose(1, 2, 3, 0))
    (sH, sW), (dH, dW), s = p.stride, p.dilation, xpad.strides
    shape = (p.C, p.kH, p.kW, p.Ho, p.Wo, len(x))
    cols = take(shape, x.dtype)
    np.copyto(cols, windows.strided(xpad, shape, (s[0], dH * s[1], dW * s[2], sH * s[1], sW * s[2], s[3])))
    return cols.reshape(p.K, -1)


def forward(x, w, b, y, p, threads):
    """Write y (N, F, Ho, Wo), a block of images at a time."""
    matrix = w.reshape(p.F, p.K)

    def task(block, take):
        n0, n1 = block
        cols = columns(x[n0:n1], p, take)
        out = np.matmul(matrix, cols, out=take((p.F, cols.shape[1]), x.dtype))
        if b is not None:
            out += b[:, None]
        np.copyto(y[n0:n1], out.reshape(p.F, p.Ho, p.Wo, n1 - n0).transpose(3, 0, 1, 2))

    pool.share(task, blocks(p, threads), threads)


def input_gradient(dout, w, dx, p, threads):
    """Write dx (N, C, H, W) by col2im."""
    matrix = w.reshape(p.F, p.K).T

    def task(block, take):
        n0, n1 = block
        lines = Lines(p, p.Ho, lane=n1 - n0)
        sums = lines.add(matrix, dout[n0:n1].transpose(1, 2, 3, 0)[None], take)
        put(sums[0].transpose(5, 0, 1, 2, 3, 4), p, 0, dx[n0:n1], add=False)

    pool.share(task, blocks(p, threads), threads)


def weight_gradient(dout, x, dw, p, threads):
    """Write dw (F, C, kH, kW): one product per block, summed over the blocks."""
    total = dw.reshape(p.F, p.K)
    total.fill(0)
    lock = threading.Lock()

    def task(block, take):
        n0, n1 = block
        cols = columns(x[n0:n1], p, take)
        gradient = take((p.F, p.Ho, p.Wo, n1 - n0), x.dtype)
        np.copyto(gradient, dout[n0:n1].transpose(1, 2, 3, 0))
        product = np.matmul(gradient.reshape(p.F, -1), cols.T, out=take((p.F, p.K), x.dtype))
        with lock:
            np.add(total, product, out=total)

    pool.share(task, blocks(p, threads), threads)


BATCH_LAST = Algorithm(
    "batch_last", pays=pays, forward=forward, input_gradient=input_gradient, weight_gradient=weight_gradient
)
