"""dw as a matrix product: dout (F, pixels) @ columns^T (pixels, K), block by block.

With few weights every thread sums the blocks of output rows that it takes into an array of its own. With
many weights that array would not fit a cache: the threads share out the channels instead, whose columns
are made for all pixels, and nothing is summed twice.
"""

import threading
from functools import partial

import numpy as np

from conv_lib.fast import pool, windows
from conv_lib.fast.im2col import groups_of_images, prepared, row_blocks, share_rows
from conv_lib.fast.scratch import frame
from conv_lib.fast.windows import BLOCK

# up to this many bytes of weights each thread keeps sums of its own
FEW = 768 << 10
# pixels that one product sums over, where a single image has fewer
PIXELS = 512


def backward(dout, x, p, threads):
    """dw (F, C, kH, kW)."""
    if p.F * p.K * x.itemsize <= FEW:
        return _by_pixels(dout, x, p, threads)
    return _by_channels(dout, x, p, threads)


def _by_pixels(dout, x, p, threads):
    per_row = p.K * p.Wo * x.itemsize
    sums = {}

    def multiply(dealt, first, n0, n1, i0, i1, take):
        images = n1 - n0
        cols = take((p.K, images, (i1 - i0) * p.Wo), x.dtype)
        taps = cols.reshape(p.C, p.kH, p.kW, images, i1 - i0, p.Wo).transpose(3, 0, 1, 2, 4, 5)
        windows.columns(dealt, p, i0 - first, taps)
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

    if p.N % threads != 0 and per_row * p.Ho * 2 > BLOCK:
        for n in range(p.N):
            blocks = row_blocks(p.Ho, per_row, threads)
            share_rows(x[n : n + 1], p, blocks, threads, partial(multiply, n0=n, n1=n + 1))
    else:
        groups = groups_of_images(p, per_row * p.Ho, threads)
        blocks = row_blocks(p.Ho, per_row) if groups[0][1] - groups[0][0] == 1 else [(0, p.Ho)]

        def task(number):
            n0, n1 = groups[number]
            with frame() as take:
                dealt = prepared(x[n0:n1], p, take)
                for i0, i1 in blocks:
                    with frame() as more:
                        multiply(dealt, 0, n0, n1, i0, i1, more)

        pool.share(task, len(groups), threads)
    first, *others = sums.values()
    for other in others:
        first += other
    return first.reshape(p.F, p.C, p.kH, p.kW)


def _by_channels(dout, x, p, threads):
    dw = np.empty((p.F, p.K), x.dtype)
    images = min(max(PIXELS // p.pixels, 1), p.N)
    starts = range(0, p.N, images)
    if images > 1:
        blocks = [
            np.ascontiguousarray(dout[n : n + images].reshape(-1, p.F, p.pixels).transpose(1, 0, 2))
            for n in starts
        ]
    else:
        blocks = dout.reshape(p.N, p.F, 1, p.pixels)
    step = min(max(BLOCK // (p.taps * p.pixels * images * x.itemsize), 1), -(-p.C // threads))
    edges = [*range(0, p.C, step), p.C]

    def task(number):
        c0, c1 = edges[number], edges[number + 1]
        own = dw[:, c0 * p.taps : c1 * p.taps]
        for start, block in zip(starts, blocks, strict=True):
            group = block.shape[1]
            with frame() as take:
                cols = take(((c1 - c0) * p.taps, group * p.pixels), x.dtype)
                taps = cols.reshape(c1 - c0, p.kH, p.kW, group, p.Ho, p.Wo).transpose(3, 0, 1, 2, 4, 5)
                dealt = prepared(x[start : start + group, c0:c1], p, take)
                windows.columns(dealt, p, 0, taps)
                left = block.reshape(p.F, -1)
                if start == 0:
                    np.matmul(left, cols.T, out=own)
                else:
                    own += np.matmul(left, cols.T, out=take(own.shape, x.dtype))

    pool.share(task, len(edges) - 1, threads)
    return dw.reshape(p.F, p.C, p.kH, p.kW)
