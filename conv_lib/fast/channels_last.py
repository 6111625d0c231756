"""im2col from channels-last rows: a window's row is one run of kW C values instead of C runs of W'.

That makes the copies longer where images are small and deep. The columns come out transposed, which a
matrix product reads as willingly: y (F, pixels) = w (F, kH kW C) @ columns (pixels, kH kW C)^T. In return
the image and the filters have to be reordered.
"""

import numpy as np

from conv_lib.fast import pool, windows
from conv_lib.fast.im2col import BLOCK, row_blocks
from conv_lib.fast.scratch import frame


def fits(p):
    return p.groups == 1


def forward(x, w, b, y, p, threads):
    """Write y (N, F, Ho, Wo), a block of output rows of one image at a time."""
    (sH, sW), (dH, dW) = p.stride, p.dilation
    matrix = np.ascontiguousarray(w.transpose(0, 2, 3, 1)).reshape(p.F, p.K)
    width = p.W + sum(p.pads[1])
    share = 1 if p.N % threads == 0 else threads
    work = [(n, i, k) for n in range(p.N) for i, k in row_blocks(p.Ho, p.K * p.Wo * x.itemsize, share)]

    def task(number):
        n, i0, i1 = work[number]
        rows, pixels = i1 - i0, (i1 - i0) * p.Wo
        with frame() as take:
            last = take((1, (rows - 1) * sH + p.span[0], width, p.C), x.dtype)
            windows.channels_last(x[n : n + 1], p, i0 * sH, last, take)
            _, s, t, c = last.strides
            cols = take((pixels, p.K), x.dtype)
            shape = (rows, p.Wo, p.kH, p.kW, p.C)
            np.copyto(cols.reshape(shape), windows.strided(last, shape, (sH * s, sW * t, dH * s, dW * t, c)))
            out = np.matmul(matrix, cols.T, out=y[n].reshape(p.F, p.pixels)[:, i0 * p.Wo : i1 * p.Wo])
            if b is not None:
                out += b[:, None]

    pool.share(task, len(work), threads)


__all__ = ["BLOCK", "fits", "forward"]
