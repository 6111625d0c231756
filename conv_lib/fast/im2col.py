"""The tiled matrix product: y = w (F, K) @ columns (K, pixels), a block of columns at a time.

The columns of a whole layer are kH kW times as large as its input. A block of a few output rows stays in
the cache between the copy that makes it and the product that reads it, and the product writes straight
into y. The threads share out the blocks, or groups of small images.
"""

import numpy as np

from conv_lib.fast import pool, tuning, windows
from conv_lib.fast.algorithm import Algorithm


def forward(x, w, b, y, p, threads):
    """Write y (N, F, Ho, Wo); x may have any strides, in y each output plane must be contiguous."""
    matrix, extra = _with_bias(w.reshape(p.F, p.K), b)

    def multiply(block, x, part, take):
        n0, n1, i0, i1 = block
        cols = take((n1 - n0, p.K + extra, (i1 - i0) * p.Wo), x.dtype)
        taps = cols[:, : p.K].reshape(n1 - n0, p.C, p.kH, p.kW, i1 - i0, p.Wo)
        windows.columns(x, part, taps, take)
        cols[:, p.K :] = 1
        out = y[n0:n1].reshape(n1 - n0, p.F, p.pixels)[:, :, i0 * p.Wo : i1 * p.Wo]
        np.matmul(matrix, cols, out=out)
        if b is not None and not extra:
            out += b[:, None]

    share_rows(x, p, (p.K + extra) * p.Wo * x.itemsize, multiply, threads)


def share_rows(x, p, per_row, multiply, threads, divide=False):
    """Call multiply(block, rows of x, their problem, take) for all blocks of images and output rows.

    A block is (first image, past the last, first output row, past the last); for `per_row` and `divide` see
    `blocks_of`.
    """

    def task(block, take):
        n0, n1, i0, i1 = block
        part, rows = (p, slice(None)) if i1 - i0 == p.Ho else p.rows(i0, i1)
        multiply(block, x[n0:n1, :, rows], part, take)

    pool.share(task, blocks_of(p.N, p.Ho, per_row, threads, divide), threads)


def blocks_of(images, rows, per_row, threads, divide=True):
    """Cut a batch into blocks of at most about COLUMNS_BYTES: several whole images, or some rows of one.

    A row has `per_row` bytes of columns. With `divide`, threads without an image share a small one too; a
    product of few columns would read its weights once more for each of them.
    """
    small = rows * per_row * 2 <= tuning.COLUMNS_BYTES
    if small and (threads <= images or not divide):
        return [(*group, 0, rows) for group in groups_of_images(images, rows * per_row, threads)]
    parts = row_blocks(rows, per_row, threads if images % threads else 1)
    return [(n, n + 1, *part) for n in range(images) for part in parts]


def row_blocks(rows, per_row, threads=1):
    """Cut output rows into blocks of at most COLUMNS_BYTES; their number is a multiple of `threads`."""
    return pool.cut(rows, -(-rows // max(tuning.COLUMNS_BYTES // per_row, 1)), threads)


def groups_of_images(images, per_image, threads):
    """Cut a batch into groups of at most about COLUMNS_BYTES."""
    return pool.cut(images, -(-images * per_image // tuning.COLUMNS_BYTES), threads)


def _with_bias(matrix, b):
    """With few products per output, append b to the matrix, for a row of ones: no extra pass over y."""
    if b is None or matrix.shape[1] > tuning.BIAS_PRODUCTS:
        return matrix, 0
    return np.concatenate((matrix, b[:, None]), axis=1), 1


IM2COL = Algorithm("im2col", forward=forward)
