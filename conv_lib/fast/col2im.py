"""dx: the product first, w^T (K, F) @ dout (F, pixels), then its rows are added where the taps were.

Laid out as one line, the padded pixels make every tap a shift: the products of tap t belong `offset(t)`
further on. The lines of all taps lie one after the other in memory, each as long as the padded plane, with
zeros between them; so reading line t from `offset(t)` values earlier is a matter of strides, and all taps
are added by one call of `sum`, in place of one addition for each tap.
"""

import threading

import numpy as np

from conv_lib.fast import pool, tuning, windows
from conv_lib.fast.algorithm import Algorithm
from conv_lib.fast.im2col import groups_of_images


def input_gradient(dout, w, dx, p, threads):
    """Write dx (N, C, H, W) in blocks: of channels for small images, of output rows for large ones."""
    matrix = w.reshape(p.F, p.K)
    per_channel = p.taps * Lines(p, p.Ho).length * dx.itemsize
    count = -(-p.C * per_channel // tuning.COLUMNS_BYTES)
    each = threads if p.N % threads else 1
    by_rows = per_channel * 4 > tuning.COLUMNS_BYTES
    if by_rows:
        dx.fill(0)
        blocks = [(n, n + 1, 0, p.C, *rows) for n in range(p.N) for rows in pool.cut(p.Ho, count, each)]
    else:
        groups = groups_of_images(p.N, p.C * per_channel, threads)
        blocks = [(*group, *part, 0, p.Ho) for group in groups for part in pool.cut(p.C, count, each)]
    lock = threading.Lock()

    def task(block, take):
        n0, n1, c0, c1, i0, i1 = block
        left = matrix[:, c0 * p.taps : c1 * p.taps].T
        sums = Lines(p, i1 - i0).add(left, dout[n0:n1, :, i0:i1, :, None], take)[..., 0]
        if by_rows:
            with lock:  # neighbouring blocks of output rows add to some of the same input rows
                put(sums, p, i0 * p.stride[0], dx[n0:n1, c0:c1], add=True)
        else:
            put(sums, p, 0, dx[n0:n1, c0:c1], add=False)

    pool.share(task, blocks, threads)


class Lines:
    """The lines for `rows` output rows; each pixel holds the values of `lane` images side by side.

    With a stride the padded pixels are split by phase, as in `windows.prepare`. All phases have one size,
    `high` by `wide`, and each receives the products of the taps that read it.
    """

    def __init__(self, p, rows, lane=1):
        self.p, self.rows, self.lane = p, rows, lane
        down, right = (p.span[0] - 1) // p.stride[0], (p.span[1] - 1) // p.stride[1]
        self.high, self.wide = rows + down, p.Wo + right
        self.length = self.high * self.wide * lane
        self.margin = (down * self.wide + right) * lane

    def add(self, left, dout, take):
        """The sums (n, C, sH, sW, high, wide, lane) of left (C taps, F) @ dout (n, F, rows, Wo, lane)."""
        p, length, margin, (n, F) = self.p, self.length, self.margin, dout.shape[:2]
        size = n * len(left) * length
        memory = take((size + margin,), p.dtype)
        lines = memory[:size].reshape(n, len(left), length)
        rows = memory[margin:].reshape(n, len(left), self.high, self.wide, self.lane)[:, :, : self.rows]
        # one product; dout is copied so that its rows have the same spacing as the rows of a line
        pixels = take((n, F, self.rows, self.wide, self.lane), p.dtype)
        pixels[:, :, :, p.Wo :] = 0
        pixels[:, :, :, : p.Wo] = dout
        np.matmul(left, pixels.reshape(n, F, -1)[:, :, : length - margin], out=lines[:, :, margin:])
        lines[:, :, :margin] = 0
        memory[size:] = 0
        rows[:, :, :, p.Wo :] = 0  # an infinite weight times zero is NaN
        C = len(left) // p.taps
        (sH, sW), one = p.stride, p.dtype.itemsize
        sums = take((n * C, sH, sW, length), p.dtype)
        if p.kH < sH or p.kW < sW or p.dilation != (1, 1):
            sums.fill(0)  # a phase may have no tap
        for us, a, i, di in windows.phases(p.kH, sH, p.dilation[0]):
            for vs, e, j, dj in windows.phases(p.kW, sW, p.dilation[1]):
                count = len(range(p.kH)[us]), len(range(p.kW)[vs])
                steps = (
                    p.taps * length,
                    us.step * p.kW * length - di * self.wide * self.lane,
                    vs.step * length - dj * self.lane,
                    1,
                )
                first = (us.start * p.kW + vs.start) * length - (i * self.wide + j) * self.lane + margin
                view = windows.strided(
                    memory, (n * C, *count, length), tuple(one * step for step in steps), one * first
                )
                np.add.reduce(view, axis=(1, 2), out=sums[:, a, e])
        return sums.reshape(n, C, sH, sW, self.high, self.wide, self.lane)


def put(sums, p, first, dx, add):
    """Write the padded rows from row `first` on into dx (n, C, H, W), or add them to it."""
    covered = all(
        count * step >= before + size
        for count, step, (before, _), size in zip(sums.shape[4:], p.stride, p.pads, (p.H, p.W), strict=True)
    )
    if not add and not covered:
        dx.fill(0)  # pixels are left over at the end of a row or a column
    for phase, pixels in windows.shared_pixels(p, p.stride, sums.shape[4:], first):
        target = dx[pixels]
        if add:
            target += sums[phase]
        else:
            np.copyto(target, sums[phase])


COL2IM = Algorithm("col2im", input_gradient=input_gradient)
