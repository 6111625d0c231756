"""dw as a matrix product: dout (F, pixels) @ columns^T (pixels, K), block by block.

With few weights the threads share the output rows, and each adds its products to the same sums. With many
weights the sums would not fit a cache. The threads then share the channels: the columns of a channel are made
for all pixels, and every thread has weights of its own.
"""

import threading

import numpy as np

from conv_lib.fast import pool, tuning, windows
from conv_lib.fast.algorithm import Algorithm
from conv_lib.fast.im2col import share_rows
from conv_lib.fast.scratch import frame


def weight_gradient(dout, x, dw, p, threads):
    """Write dw (F, C, kH, kW)."""
    by = _by_pixels if dw.nbytes <= tuning.SHARED_SUMS_BYTES else _by_channels
    by(dout, x, dw.reshape(p.F, p.K), p, threads)


def _by_pixels(dout, x, dw, p, threads):
    dw.fill(0)
    lock = threading.Lock()

    def multiply(block, x, part, take):
        n0, n1, i0, i1 = block
        images = n1 - n0
        cols = take((p.K, images, (i1 - i0) * p.Wo), x.dtype)
        taps = cols.reshape(p.C, p.kH, p.kW, images, i1 - i0, p.Wo).transpose(3, 0, 1, 2, 4, 5)
        windows.columns(x, part, taps, take)
        gradient = _together(dout[n0:n1, :, i0:i1])
        product = np.matmul(gradient, cols.reshape(p.K, -1).T, out=take((p.F, p.K), x.dtype))
        with lock:
            np.add(dw, product, out=dw)

    share_rows(x, p, p.K * p.Wo * x.itemsize, multiply, threads)


def _by_channels(dout, x, dw, p, threads):
    images = min(max(tuning.SUMMED_PIXELS // p.pixels, 1), p.N)
    groups = [slice(n, n + images) for n in range(0, p.N, images)]
    gradients = [_together(dout[group]) for group in groups]
    step = max(tuning.COLUMNS_BYTES // (p.taps * p.pixels * images * x.itemsize), 1)
    step = min(step, -(-p.C // threads))

    def task(c0, take):
        part = slice(c0, min(c0 + step, p.C))
        own = dw[:, part.start * p.taps : part.stop * p.taps]
        for group, gradient in zip(groups, gradients, strict=True):
            with frame() as more:
                cols = more((own.shape[1], gradient.shape[1]), x.dtype)
                taps = cols.reshape(-1, p.kH, p.kW, len(x[group]), p.Ho, p.Wo).transpose(3, 0, 1, 2, 4, 5)
                windows.columns(x[group, part], p, taps, more)
                if group.start == 0:
                    np.matmul(gradient, cols.T, out=own)
                else:
                    own += np.matmul(gradient, cols.T, out=more(own.shape, x.dtype))

    pool.share(task, range(0, p.C, step), threads)


def _together(dout):
    """Some images of dout as (F, all their pixels): a view of one image, a copy of more."""
    return dout.swapaxes(0, 1).reshape(dout.shape[1], -1)


IM2COL = Algorithm("im2col", weight_gradient=weight_gradient)
