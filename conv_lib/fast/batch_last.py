"""Many small images: with the images innermost, every copy is one long run.

A row of a small image is a few values, and a copy of a few values costs as much as one of fifty. Laid out
as (channels, rows, columns, images), a tap's row of pixels of a whole group of images is one run of Wo
times as many values; im2col and col2im become few long copies and additions, and a group needs one product.
"""

import threading

import numpy as np

from conv_lib.fast import pool, windows
from conv_lib.fast.col2im import Lines, put
from conv_lib.fast.scratch import frame

# bytes of columns of one group of images
BLOCK = 3 << 20
# up to so many bytes of columns an image is small
SMALL = 128 << 10
# output pixels that are turned to images first at a time: a line of each stays in the first-level cache
TURNED = 256


def fits(p):
    return p.groups == 1


def pays(p):
    """Eight images or more, and rows so short that copying them one by one is slow."""
    return p.groups == 1 and p.N >= 8 and p.Wo <= 32 and p.K * p.pixels * p.dtype.itemsize <= SMALL


def groups(p, threads):
    """(first, past the last) image of each group."""
    return pool.cut(p.N, -(-p.N * p.K * p.pixels * p.dtype.itemsize // BLOCK), threads)


def padded_shape(p, images):
    (top, bottom), (left, right) = p.pads
    return p.C, p.H + top + bottom, p.W + left + right, images


def columns(x, p, take):
    """im2col of a group x (n, C, H, W) as (K, Ho * Wo * n)."""
    (top, _), (left, _) = p.pads
    xpad = take(padded_shape(p, len(x)), x.dtype)
    if p.padded:
        xpad.fill(0)
    x = windows.apart(x, 0, take)
    np.copyto(xpad[:, top : top + p.H, left : left + p.W], x.transpose(1, 2, 3, 0))
    (sH, sW), (dH, dW), s = p.stride, p.dilation, xpad.strides
    shape = (p.C, p.kH, p.kW, p.Ho, p.Wo, len(x))
    cols = take(shape, x.dtype)
    np.copyto(cols, windows.strided(xpad, shape, (s[0], dH * s[1], dW * s[2], sH * s[1], sW * s[2], s[3])))
    return cols.reshape(p.K, -1)


def images_last(dout, take):
    """A group dout (n, F, Ho, Wo) as (F, Ho * Wo * n)."""
    out = take((*dout.shape[1:], len(dout)), dout.dtype)
    np.copyto(out, dout.transpose(1, 2, 3, 0))
    return out.reshape(len(out), -1)


def forward(x, w, b, y, p, threads):
    """Write y (N, F, Ho, Wo), a group of images at a time."""
    matrix = w.reshape(p.F, p.K)
    work = groups(p, threads)
    step = max(TURNED // p.Wo, 1)

    def task(number):
        n0, n1 = work[number]
        with frame() as take:
            cols = columns(x[n0:n1], p, take)
            out = np.matmul(matrix, cols, out=take((p.F, cols.shape[1]), x.dtype))
            if b is not None:
                out += b[:, None]
            out = out.reshape(p.F, p.Ho, p.Wo, n1 - n0).transpose(3, 0, 1, 2)
            for i in range(0, p.Ho, step):
                np.copyto(y[n0:n1, :, i : i + step], out[:, :, i : i + step])

    pool.share(task, len(work), threads)


def backward_input(dout, w, dx, p, threads):
    """Write dx (N, C, H, W) by col2im."""
    matrix = w.reshape(p.F, p.K).T
    work = groups(p, threads)

    def task(number):
        n0, n1 = work[number]
        with frame() as take:
            lines = Lines(p, p.Ho, lane=n1 - n0)
            sums = lines.add(matrix, dout[n0:n1].transpose(1, 2, 3, 0)[None], take)
            put(sums[0].transpose(5, 0, 1, 2, 3, 4), p, 0, dx[n0:n1], add=False)

    pool.share(task, len(work), threads)


def backward_weights(dout, x, p, threads):
    """dw (F, C, kH, kW): one product a group, summed over the groups."""
    work = groups(p, threads)
    dw = np.zeros((p.F, p.K), x.dtype)
    turn = threading.Lock()

    def task(number):
        n0, n1 = work[number]
        with frame() as take:
            cols = columns(x[n0:n1], p, take)
            product = np.matmul(images_last(dout[n0:n1], take), cols.T, out=take((p.F, p.K), x.dtype))
            with turn:
                np.add(dw, product, out=dw)

    pool.share(task, len(work), threads)
    return dw.reshape(p.F, p.C, p.kH, p.kW)
