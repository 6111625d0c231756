"""dw as a matrix product: dout (F, pixels) @ columns^T (pixels, K), block by block.

With few weights every thread sums the blocks of output rows that it takes into an array of its own. With
many weights that array would not fit a cache: the threads share out the channels instead, whose columns
are made for all pixels, and nothing is summed twice.
"""

import numpy as np

from conv_lib.fast import pool, windows
from conv_lib.fast.im2col import row_blocks
from conv_lib.fast.scratch import frame

BLOCK = 640 << 10
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
    if per_row * p.Ho * 2 <= BLOCK:
        step = min(max(BLOCK // (per_row * p.Ho), 1), -(-p.N // threads))
        work = [(n, min(n + step, p.N), 0, p.Ho) for n in range(0, p.N, step)]
    else:
        work = [(n, n + 1, i, k) for n in range(p.N) for i, k in row_blocks(p.Ho, per_row, threads, p.N)]
    teams = min(threads, len(work))
    sums = np.zeros((max(teams, 1), p.F, p.K), x.dtype)

    def task(team):
        for n0, n1, i0, i1 in work[team::teams]:
            pixels, images = (i1 - i0) * p.Wo, n1 - n0
            with frame() as take:
                cols = take((p.K, images, pixels), x.dtype)
                taps = cols.reshape(p.C, p.kH, p.kW, images, i1 - i0, p.Wo).transpose(3, 0, 1, 2, 4, 5)
                windows.columns(x[n0:n1], p, i0, i1, taps, take)
                block = dout[n0:n1].reshape(images, p.F, p.pixels)[:, :, i0 * p.Wo : i1 * p.Wo]
                if images > 1:
                    together = take((p.F, images, pixels), x.dtype)
                    np.copyto(together, block.transpose(1, 0, 2))
                    block = together.reshape(1, p.F, -1)
                product = np.matmul(block[0], cols.reshape(p.K, -1).T, out=take((p.F, p.K), x.dtype))
                sums[team] += product

    pool.share(task, teams, threads)
    return (sums[0] if teams <= 1 else sums.sum(axis=0)).reshape(p.F, p.C, p.kH, p.kW)


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
                windows.columns(x[start : start + group, c0:c1], p, 0, p.Ho, taps, take)
                left = block.reshape(p.F, -1)
                if start == 0:
                    np.matmul(left, cols.T, out=own)
                else:
                    own += np.matmul(left, cols.T, out=take(own.shape, x.dtype))

    pool.share(task, len(edges) - 1, threads)
    return dw.reshape(p.F, p.C, p.kH, p.kW)
