"""dw as a matrix product: dout (F, pixels) @ columns^T (pixels, K), block by block.

With few weights each thread sums its blocks of output rows into an array of its own. With many weights that
array would not fit a cache. The threads then share out the channels: the columns of a channel are made for
all pixels, and there are no separate sums to add up.
"""

import threading

import numpy as np

from conv_lib.fast import pool, tuning, windows
from conv_lib.fast.algorithm import Algorithm
from conv_lib.fast.im2col import share_columns
from conv_lib.fast.scratch import frame


def weight_gradient(dout, x, dw, p, threads):
    """Write dw (F, C, kH, kW)."""
    by = _by_pixels if dw.nbytes <= tuning.OWN_SUMS_BYTES else _by_channels
    by(dout, x, dw.reshape(p.F, p.K), p, threads)


def _by_pixels(dout, x, dw, p, threads):
    sums = {}

    def multiply(prepared, first, n0, n1, i0, i1, take):
        images = n1 - n0
        cols = take((p.K, images, (i1 - i0) * p.Wo), x.dtype)
        taps = cols.reshape(p.C, p.kH, p.kW, images, i1 - i0, p.Wo).transpose(3, 0, 1, 2, 4, 5)
        windows.columns(prepared, p, i0 - first, taps)
        block = dout[n0:n1].reshape(images, p.F, p.pixels)[:, :, i0 * p.Wo : i1 * p.Wo]
        if images > 1:
            together = take((p.F, images, block.shape[2]), x.dtype)
            np.copyto(together, block.transpose(1, 0, 2))
            block = together.reshape(1, p.F, -1)
        product = np.matmul(block[0], cols.reshape(p.K, -1).T, out=take((p.F, p.K), x.dtype))
        mine = threading.get_ident()
        if mine in sums:
            sums[mine] += product
        else:
            sums[mine] = product.copy()

    share_columns(x, p, p.K * p.Wo * x.itemsize, multiply, threads)
    np.add.reduce(list(sums.values()), out=dw)


def _by_channels(dout, x, dw, p, threads):
    images = min(max(tuning.SUMMED_PIXELS // p.pixels, 1), p.N)
    starts = range(0, p.N, images)
    if images > 1:
        blocks = [
            np.ascontiguousarray(dout[n : n + images].reshape(-1, p.F, p.pixels).transpose(1, 0, 2))
            for n in starts
        ]
    else:
        blocks = dout.reshape(p.N, p.F, 1, p.pixels)
    step = max(tuning.COLUMNS_BYTES // (p.taps * p.pixels * images * x.itemsize), 1)
    step = min(step, -(-p.C // threads))

    def task(c0, take):
        part = slice(c0, min(c0 + step, p.C))
        own = dw[:, part.start * p.taps : part.stop * p.taps]
        for start, block in zip(starts, blocks, strict=True):
            group = block.shape[1]
            with frame() as more:
                cols = more((own.shape[1], group * p.pixels), x.dtype)
                taps = cols.reshape(-1, p.kH, p.kW, group, p.Ho, p.Wo).transpose(3, 0, 1, 2, 4, 5)
                windows.columns(windows.prepare(x[start : start + group, part], p, more), p, 0, taps)
                left = block.reshape(p.F, -1)
                if start == 0:
                    np.matmul(left, cols.T, out=own)
                else:
                    own += np.matmul(left, cols.T, out=more(own.shape, x.dtype))

    pool.share(task, range(0, p.C, step), threads)


IM2COL = Algorithm("im2col", weight_gradient=weight_gradient)
