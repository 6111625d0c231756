"""Where a window needs no copying at all: the input itself is the matrix."""

import numpy as np

from conv_lib.fast import pool
from conv_lib.fast.scratch import frame

# bytes of outputs in one piece
BLOCK = 1600 << 10


def forward(x, w, b, y, p, threads):
    """1x1, stride 1, no padding: y[n] (F, pixels) = w (F, C) @ x[n] (C, pixels).

    The threads share pieces of the images' pixels. Where the outputs are the larger part, the bias goes into
    the product: x is copied with a row of ones below it, which is less than another pass over y.
    """
    matrix = w[:, :, 0, 0]  # a view, of the turned weights of a backward pass as well
    folded = b is not None and p.F > p.C
    if folded:
        matrix = np.concatenate((matrix, b[:, None]), axis=1)
    pixels = x.reshape(p.N, p.C, p.pixels)
    out = y.reshape(p.N, p.F, p.pixels)
    count = max(p.F * p.pixels * x.itemsize // BLOCK, 1) if p.F >= p.C else 1
    pieces = pool.cut(p.pixels, count, threads if p.N % threads else 1)

    def task(number):
        n, k = divmod(number, len(pieces))
        part = slice(*pieces[k])
        if folded:
            with frame() as take:
                columns = take((p.C + 1, part.stop - part.start), x.dtype)
                columns[:-1] = pixels[n, :, part]
                columns[-1] = 1
                np.matmul(matrix, columns, out=out[n, :, part])
            return
        result = np.matmul(matrix, pixels[n, :, part], out=out[n, :, part])
        if b is not None:
            result += b[:, None]

    pool.share(task, p.N * len(pieces), threads)


def one_window(x, w, b, y, p):
    """The kernel covers the whole input: a fully connected layer, y (N, F) = x (N, K) @ w.T."""
    out = y.reshape(p.N, p.F)
    np.matmul(x.reshape(p.N, p.K), w.reshape(p.F, p.K).T, out=out)
    if b is not None:
        out += b


def backward_weights(dout, x, p, threads):
    """dw (F, C, 1, 1) = the sum over n of dout[n] @ x[n]^T; the threads share the filters."""
    gradient = dout.reshape(p.N, p.F, p.pixels)
    pixels = x.reshape(p.N, p.C, p.pixels)
    dw = np.empty((p.F, p.C), x.dtype)
    filters = pool.cut(p.F, threads)

    def task(number):
        part = slice(*filters[number])
        np.matmul(gradient[0, part], pixels[0].T, out=dw[part])
        with frame() as take:
            product = take(dw[part].shape, x.dtype)
            for n in range(1, p.N):
                dw[part] += np.matmul(gradient[n, part], pixels[n].T, out=product)

    pool.share(task, len(filters), threads)
    return dw.reshape(p.F, p.C, 1, 1)
