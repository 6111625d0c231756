"""The tiled matrix product: y = w (F, K) @ columns (K, pixels), a block of columns at a time.

The columns of a whole layer are kH kW times as large as its input. A block of a few output rows stays in
the cache between the copy that makes it and the product that reads it, and the product writes straight
into y. The threads share out the blocks, or groups of small images.
"""

import numpy as np

from conv_lib.fast import pool, tuning, windows
from conv_lib.fast.algorithm import Algorithm
from conv_lib.fast.scratch import frame


def forward(x, w, b, y, p, threads):
    """Write y (N, F, Ho, Wo); x may have any strides, in y each output plane must be contiguous."""
    matrix, extra = _with_bias(w.reshape(p.F, p.K), b)

    def multiply(prepared, first, n0, n1, i0, i1, take):
        cols = take((n1 - n0, p.K + extra, (i1 - i0) * p.Wo), x.dtype)
        taps = cols[:, : p.K].reshape(n1 - n0, p.C, p.kH, p.kW, i1 - i0, p.Wo)
        windows.columns(prepared, p, i0 - first, taps)
        cols[:, p.K :] = 1
        out = y[n0:n1].reshape(n1 - n0, p.F, p.pixels)[:, :, i0 * p.Wo : i1 * p.Wo]
        if n1 - n0 == 1:
            np.matmul(matrix, cols[0], out=out[0])
        else:
            np.matmul(matrix, cols, out=out)
        if b is not None and not extra:
            out += b[:, None]

    share_columns(x, p, (p.K + extra) * p.Wo * x.itemsize, multiply, threads)


def share_columns(x, p, per_row, multiply, threads):
    """Call multiply(prepared, first, n0, n1, i0, i1, take) for all blocks of images and output rows.

    `per_row` is the size in bytes of the columns of one output row; `prepared` begins with the pixels that
    output row `first` reads. Threads that share an image each prepare the rows of their own blocks.
    """
    if p.N % threads and per_row * p.Ho * 2 > tuning.COLUMNS_BYTES:
        blocks = [(n, n + 1, *part) for n in range(p.N) for part in row_blocks(p.Ho, per_row, threads)]
    else:
        blocks = [(*group, 0, p.Ho) for group in groups_of_images(p, per_row * p.Ho, threads)]

    def task(block, take):
        n0, n1, first, last = block
        part, rows = (p, slice(None)) if last - first == p.Ho else p.rows(first, last)
        prepared = windows.prepare(x[n0:n1, :, rows], part, take)
        inner = row_blocks(last - first, per_row) if n1 - n0 == 1 else [(0, last - first)]
        for i0, i1 in inner:
            with frame() as more:
                multiply(prepared, first, n0, n1, first + i0, first + i1, more)

    pool.share(task, blocks, threads)


def row_blocks(rows, per_row, threads=1):
    """Cut output rows into blocks of at most COLUMNS_BYTES; their number is a multiple of `threads`."""
    return pool.cut(rows, -(-rows // max(tuning.COLUMNS_BYTES // per_row, 1)), threads)


def groups_of_images(p, per_image, threads):
    """Cut the batch into groups of about COLUMNS_BYTES, each with at least one image."""
    return pool.cut(p.N, -(-p.N * per_image // tuning.COLUMNS_BYTES), threads)


def _with_bias(matrix, b):
    """With few products per output, append b to the matrix, for a row of ones: no extra pass over y."""
    if b is None or matrix.shape[1] > tuning.BIAS_PRODUCTS:
        return matrix, 0
    return np.concatenate((matrix, b[:, None]), axis=1), 1


IM2COL = Algorithm("im2col", forward=forward)
