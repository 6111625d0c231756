"""Columns unfolded along rows only: the matrix of each output row is a view, made without another copy.

im2col writes every pixel kH kW times. Here image row r becomes C kW lines: line (c, v) holds the pixels of
that row which column v of the kernel reads, as wide as the output; so a pixel is written kW times. The lines
of kH successive rows are the columns of one output row, their products in the order (u, c, v). The next
output row reads the same memory, sH rows further on: the views overlap. Each output row is one product.

"Memory-efficient convolution" of Cho and Brand, 2017.
"""

import numpy as np

from conv_lib.fast import tuning, windows
from conv_lib.fast.algorithm import Algorithm
from conv_lib.fast.im2col import share_rows


def fits(p):
    """Whether there is one group, and the rows that a window reads are adjacent."""
    return p.groups == 1 and p.dilation[0] == 1


def pays(p):
    """Whether rows are long enough, and weights few enough, to reread the weights for every output row."""
    weights = p.F * p.C * p.kW * p.dtype.itemsize
    return fits(p) and p.kH > 1 and p.Wo >= tuning.LONG_ROW and weights <= tuning.KERNEL_ROW_BYTES


def forward(x, w, b, y, p, threads):
    """Write y (N, F, Ho, Wo); x may have any strides, in y each output plane must be contiguous."""
    sH, sW = p.stride
    matrix, lines = _matrix(w, b, p)

    def multiply(block, x, part, take):
        n0, n1, i0, i1 = block
        # the windows at stride 1; the stride is applied below, in the views
        every = part._replace(stride=(1, 1), Ho=(i1 - i0 - 1) * sH + 1, Wo=(p.Wo - 1) * sW + 1)
        image = windows.prepare(x, every, take)[:, :, 0, 0]
        unfolded = take((n1 - n0, image.shape[2], lines, p.Wo), x.dtype)
        s = image.strides
        shape = (n1 - n0, image.shape[2], p.C, p.kW, p.Wo)
        taps = windows.strided(image, shape, (s[0], s[2], s[1], p.dilation[1] * s[3], sW * s[3]))
        np.copyto(unfolded[:, :, : p.C * p.kW].reshape(shape), taps)
        unfolded[:, :, p.C * p.kW :] = 1
        s = unfolded.strides
        shape = (n1 - n0, i1 - i0, p.kH * lines, p.Wo)
        columns = windows.strided(unfolded, shape, (s[0], sH * s[1], s[2], s[3]))
        out = y[n0:n1, :, i0:i1]
        np.matmul(matrix, columns, out=out.transpose(0, 2, 1, 3))
        if b is not None and lines == p.C * p.kW:
            out += b[:, None, None]

    share_rows(x, p, lines * p.Wo * sH * x.itemsize, multiply, threads, divide=True)


def _matrix(w, b, p):
    """The weights as (F, kH lines), and the number of lines.

    With few products per output, a line of ones is added: its weight is b in the first kernel row and 0 in
    the others. This saves a pass over y for the bias.
    """
    extra = int(b is not None and p.K <= tuning.BIAS_PRODUCTS)
    matrix = np.zeros((p.F, p.kH, p.C * p.kW + extra), w.dtype)
    matrix[:, :, : p.C * p.kW].reshape(p.F, p.kH, p.C, p.kW)[...] = w.transpose(0, 2, 1, 3)
    if extra:
        matrix[:, 0, -1] = b
    return matrix.reshape(p.F, -1), matrix.shape[2]


MEC = Algorithm("mec", needs="rows that are not dilated", fits=fits, pays=pays, forward=forward)
