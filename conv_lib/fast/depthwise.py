"""One filter a channel: too few products for a matrix product, so shifted multiply-adds.

With the padded rows laid end to end, a tap is a shift along one long line: y[p] += w[u, v] * x[p + u Wp + v].
The few outputs whose window runs over a row's end are computed in vain and left out of the copy to y.
NumPy has no multiply-add of its own, but `einsum` keeps one inside: its inner loop adds w times a run of x
to a run of y that stays in the first-level cache. It needs the run to be the innermost axis, which holds
for a column of taps (shifts of whole rows); the kW columns are added up afterwards.
"""

import numpy as np

from conv_lib.fast import pool, windows
from conv_lib.fast.scratch import frame

# bytes of one block of padded planes
BLOCK = 480 << 10


def fits(p):
    """As many filters as channels, one channel each; steps across that are whole pixels of the line."""
    return p.C == 1 and p.groups == p.F and p.unit_stride


def forward(x, w, b, y, p, threads, flipped=False):
    """Write y (N, F, Ho, Wo). With `flipped` every filter is turned by 180 degrees."""
    taps = w.reshape(p.F, p.kH, p.kW)
    taps = np.ascontiguousarray(taps[:, ::-1, ::-1] if flipped else taps)
    work = planes(p, x.itemsize)

    def task(number):
        n, c0, c1 = work[number]
        with frame() as take:
            line, width = padded_line(x[n, c0:c1], p, take)
            length = p.Ho * width
            parts = take((p.kW, c1 - c0, length), x.dtype)
            s = line.strides
            for v in range(p.kW):
                shape, steps = (c1 - c0, p.kH, length), (s[0], p.dilation[0] * width * s[1], s[1])
                rows = windows.strided(line, shape, steps, v * p.dilation[1] * s[1])
                np.einsum("cup,cu->cp", rows, taps[c0:c1, :, v], out=parts[v])
            total = parts[0]
            for part in parts[1:]:
                total += part
            if b is not None:
                total += b[c0:c1, None]
            np.copyto(y[n, c0:c1], total.reshape(c1 - c0, p.Ho, width)[:, :, : p.Wo])

    pool.share(task, len(work), threads)


def planes(p, itemsize):
    """Blocks (image, first channel, past the last) of a few planes each."""
    (top, bottom), (left, right) = p.pads
    plane = (p.H + top + bottom) * (p.W + left + right) * itemsize
    step = max(BLOCK // max(plane, 1), 1)
    return [(n, c, min(c + step, p.F)) for n in range(p.N) for c in range(0, p.F, step)]


def padded_line(x, p, take):
    """Padded planes of x (C, H, W) as lines (C, Hp * Wp and a few zeros more) in scratch, and Wp."""
    (top, bottom), (left, right) = p.pads
    height, width = p.H + top + bottom, p.W + left + right
    line = take((len(x), height * width + p.span[1] - 1), x.dtype)
    if p.padded:
        line.fill(0)
    else:
        line[:, height * width :] = 0
    planes = line[:, : height * width].reshape(len(x), height, width)
    np.copyto(planes[:, top : top + p.H, left : left + p.W], x)
    return line, width


def backward_weights(dout, x, p, threads):
    """dw (F, 1, kH, kW): every tap is one inner product of dout with a shift of x, plane by plane."""
    work = planes(p, x.itemsize)
    step = work[0][2] - work[0][1] if work else 1
    blocks = range(0, p.F, step)
    dw = np.zeros((p.F, 1, p.kH, p.kW), x.dtype)

    def task(number):
        c0 = blocks[number]
        c1 = min(c0 + step, p.F)
        sums = dw[c0:c1, 0]
        for n in range(p.N):
            with frame() as take:
                line, width = padded_line(x[n, c0:c1], p, take)
                spread = take((c1 - c0, p.Ho, width), x.dtype)
                spread[:, :, p.Wo :] = 0
                spread[:, :, : p.Wo] = dout[n, c0:c1]
                length = p.Ho * width
                flat = spread.reshape(c1 - c0, length)
                s = line.strides
                steps = (s[0], p.dilation[0] * width * s[1], p.dilation[1] * s[1], s[1])
                shifts = windows.strided(line, (c1 - c0, p.kH, p.kW, length), steps)
                # (1, length) @ (length, 1): matmul hands each to the BLAS's dot, which reads shifts in place
                sums += np.matmul(shifts[:, :, :, None], flat[:, None, None, :, None])[..., 0, 0]

    pool.share(task, len(blocks), threads)
    return dw
