"""The tiled matrix product: y = w (F, K) @ columns (K, pixels), a block of columns at a time.

The columns of a whole layer are kH kW times as large as its input. A block of a few output rows stays in
the cache between the copy that makes it and the product that reads it, and the product writes straight
into y. Blocks, or groups of small images, are what the threads share.
"""

from functools import partial

import numpy as np

from conv_lib.fast import pool, windows
from conv_lib.fast.scratch import frame
from conv_lib.fast.windows import BLOCK

# up to this many bytes the columns of all images are made once and the threads share out the filters
FEW = 2 << 20
# up to so many products in an output, one more for the bias costs less than a pass over y
THIN = 256


def forward(x, w, b, y, p, threads):
    """Write y (N, F, Ho, Wo); x may have any strides, y must hold each output plane in one piece."""
    everything = p.N * p.K * p.pixels * x.itemsize
    if threads > 1 and everything <= FEW and 4 * p.pixels < p.K:
        _by_filters(x, w, b, y, p, threads)
        return
    matrix, extra = _with_bias(w.reshape(p.F, p.K), b)
    per_row = (p.K + extra) * p.Wo * x.itemsize
    shared = p.N % threads != 0 and per_row * p.Ho * 2 > BLOCK

    def multiply(dealt, first, n0, n1, i0, i1, take):
        cols = take((n1 - n0, p.K + extra, (i1 - i0) * p.Wo), x.dtype)
        taps = cols[:, : p.K].reshape(n1 - n0, p.C, p.kH, p.kW, i1 - i0, p.Wo)
        windows.columns(dealt, p, i0 - first, taps)
        out = y[n0:n1].reshape(n1 - n0, p.F, p.pixels)[:, :, i0 * p.Wo : i1 * p.Wo]
        if extra:
            cols[:, p.K] = 1
        if n1 - n0 == 1:
            np.matmul(matrix, cols[0], out=out[0])
        else:
            np.matmul(matrix, cols, out=out)
        if b is not None and not extra:
            out += b[:, None]

    if shared:
        for n in range(p.N):
            blocks = row_blocks(p.Ho, per_row, threads)
            share_rows(x[n : n + 1], p, blocks, threads, partial(multiply, n0=n, n1=n + 1))
        return
    groups = groups_of_images(p, per_row * p.Ho, threads)
    blocks = row_blocks(p.Ho, per_row) if groups and groups[0][1] - groups[0][0] == 1 else [(0, p.Ho)]

    def task(number):
        n0, n1 = groups[number]
        with frame() as take:
            dealt = prepared(x[n0:n1], p, take)
            for i0, i1 in blocks:
                with frame() as more:
                    multiply(dealt, 0, n0, n1, i0, i1, more)

    pool.share(task, len(groups), threads)


def prepared(x, p, take):
    """The padded and dealt images in scratch; x itself where no copy is needed."""
    copy = take(windows.prepared_shape(*x.shape[:2], p), x.dtype) if windows.needs_copy(p) else None
    return windows.prepare(x, p, copy)


def share_rows(x, p, blocks, threads, work):
    """One image for all threads, by output rows: each block prepares the rows that it reads by itself."""

    def task(number):
        i0, i1 = blocks[number]
        part, rows = p.rows(i0, i1)
        with frame() as take:
            work(prepared(x[:, :, rows], part, take), first=i0, i0=i0, i1=i1, take=take)

    pool.share(task, len(blocks), threads)


def row_blocks(rows, per_row, threads=1):
    """Cut output rows into blocks of at most BLOCK bytes of columns, a multiple of `threads` in number."""
    return pool.cut(rows, -(-rows // max(BLOCK // per_row, 1)), threads)


def groups_of_images(p, per_image, threads):
    """Cut the batch into groups of about BLOCK bytes of columns, each of one image at least."""
    return pool.cut(p.N, -(-p.N * per_image // BLOCK), threads)


def _with_bias(matrix, b):
    """A thin product takes the bias as one more column, which meets a row of ones: no pass over y for it."""
    if b is None or matrix.shape[1] > THIN:
        return matrix, 0
    return np.concatenate((matrix, b[:, None]), axis=1), 1


def _by_filters(x, w, b, y, p, threads):
    """Few pixels and many filters: share out the filters, so that each thread reads only its weights."""
    N, P = p.N, p.pixels
    matrix = w.reshape(p.F, p.K)
    with frame() as take:
        cols = take((p.K, N * P), x.dtype)
        taps = cols.reshape(p.C, p.kH, p.kW, N, p.Ho, p.Wo).transpose(3, 0, 1, 2, 4, 5)
        channels, filters = pool.cut(p.C, threads), pool.cut(p.F, threads)

        def fill(number):
            part = slice(*channels[number])
            with frame() as more:
                dealt = prepared(x[:, part], p, more)
                windows.columns(dealt, p, 0, taps[:, part])

        columns = pool.Preparation(fill, len(channels))

        def multiply(number):
            columns.finish()
            part = slice(*filters[number])
            out = y[:, part].reshape(N, -1, P)
            if N == 1:
                np.matmul(matrix[part], cols, out=out[0])
            else:
                with frame() as more:
                    together = np.matmul(matrix[part], cols, out=more((out.shape[1], N * P), x.dtype))
                    np.copyto(out, together.reshape(-1, N, P).transpose(1, 0, 2))
            if b is not None:
                out += b[part, None]

        pool.share(multiply, len(filters), threads)
