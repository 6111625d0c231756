"""Columns that are unfolded along rows only: what one output row meets is a matrix that is there already.

im2col writes every pixel kH kW times. Here image row r becomes C kW lines: line (c, v) holds the pixels that
column v of the kernel meets in it, as wide as the output; so a pixel is written kW times. The lines of kH
rows, one after the other, are the columns of one output row, their products in the order (u, c, v). The next
output row meets the same memory, sH rows further on: only the views overlap. Each output row is one product.

"Memory-efficient convolution" of Cho and Brand, 2017.
"""

import numpy as np

from conv_lib.fast import pool, windows
from conv_lib.fast.im2col import THIN, prepared
from conv_lib.fast.scratch import frame
from conv_lib.fast.windows import BLOCK

# narrower, and the product of one output row does not repay that the weights are read anew for it
WIDE = 48
# bytes of weights in a row of the kernel: they are read anew for each output row, and what is saved for it
# grows with the rows of the kernel
WEIGHTS = 256 << 10


def fits(p):
    """Undivided channels; the rows that a window meets lie next to each other."""
    return p.groups == 1 and p.dilation[0] == 1


def pays(p):
    return fits(p) and p.kH > 1 and p.Wo >= WIDE and p.F * p.C * p.kW * p.dtype.itemsize <= WEIGHTS


def forward(x, w, b, y, p, threads):
    """Write y (N, F, Ho, Wo); x may have any strides, y must hold each output plane in one piece."""
    sH, sW = p.stride
    matrix, lines = _matrix(w, b, p)
    work = pool.cut_batch(p.N, p.Ho, max(BLOCK // (lines * p.Wo * sH * x.itemsize), 1), threads)

    def task(number):
        n0, n1, i0, i1 = work[number]
        part, rows = p.rows(i0, i1)
        # every window in turn, the stride left out
        every = part._replace(stride=(1, 1), Ho=(i1 - i0 - 1) * sH + 1, Wo=(p.Wo - 1) * sW + 1)
        with frame() as take:
            image = prepared(x[n0:n1, :, rows], every, take)[:, :, 0, 0]
            unfolded = take((n1 - n0, image.shape[2], lines, p.Wo), x.dtype)
            s = image.strides
            shape = (n1 - n0, image.shape[2], p.C, p.kW, p.Wo)
            taps = windows.strided(image, shape, (s[0], s[2], s[1], p.dilation[1] * s[3], sW * s[3]))
            np.copyto(unfolded[:, :, : p.C * p.kW].reshape(shape), taps)
            unfolded[:, :, p.C * p.kW :] = 1
            s = unfolded.strides
            columns = windows.strided(
                unfolded, (n1 - n0, i1 - i0, p.kH * lines, p.Wo), (s[0], sH * s[1], s[2], s[3])
            )
            out = y[n0:n1, :, i0:i1]
            np.matmul(matrix, columns, out=out.transpose(0, 2, 1, 3))
            if b is not None and lines == p.C * p.kW:
                out += b[:, None, None]

    pool.share(task, len(work), threads)


def _matrix(w, b, p):
    """The weights as (F, kH lines), and the number of lines.

    A thin product takes the bias as one line more, of ones, which the first row of the kernel weighs by b and
    the others by nothing: no pass over y for it.
    """
    extra = int(b is not None and p.K <= THIN)
    matrix = np.zeros((p.F, p.kH, p.C * p.kW + extra), w.dtype)
    matrix[:, :, : p.C * p.kW].reshape(p.F, p.kH, p.C, p.kW)[...] = w.transpose(0, 2, 1, 3)
    if extra:
        matrix[:, 0, -1] = b
    return matrix.reshape(p.F, -1), matrix.shape[2]
