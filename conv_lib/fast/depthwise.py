"""One filter a channel: too few products for a matrix product, so shifted multiply-adds.

A tap is a shift: y[i, j] += w[u, v] * xpad[i + u, j + v]. With one copy of the padded rows for each column v
of the kernel, as wide as the output, a whole plane of y is one line in memory and so is what each tap adds
to it: copy v from row u on. NumPy has no multiply-add of its own, but `einsum` keeps one inside: its inner
loop adds w times a run of x to a run of y.
"""

import numpy as np

from conv_lib.fast import pool, windows
from conv_lib.fast.scratch import frame

# bytes of the copies in one block; more than a core's cache holds, for a call costs as much as a few planes
BLOCK = 4 << 20


def fits(p):
    """As many filters as channels, one channel each, stride 1: a run of outputs meets a run of pixels."""
    return p.C == 1 and p.groups == p.F and p.unit_stride


def forward(x, w, b, y, p, threads, flipped=False):
    """Write y (N, F, Ho, Wo). With `flipped` every filter is turned by 180 degrees."""
    taps = w.reshape(p.F, p.kH, p.kW)
    taps = np.ascontiguousarray(taps[:, ::-1, ::-1] if flipped else taps)
    work = [(n, c0, c1) for n in range(p.N) for c0, c1 in blocks(p, x.itemsize, threads)]

    def task(number):
        n, c0, c1 = work[number]
        with frame() as take:
            shifts = shifted(x[n, c0:c1], p, take)
            out = y[n, c0:c1].reshape(c1 - c0, p.pixels)
            np.einsum("cuvp,cuv->cp", shifts, taps[c0:c1], out=out)
            if b is not None:
                out += b[c0:c1, None]

    pool.share(task, len(work), threads)


def blocks(p, itemsize, threads):
    """Cut the planes into blocks (first, past the last), as many for each thread."""
    copies = p.F * p.kW * (p.Ho + p.span[0] - 1) * p.Wo * itemsize
    return pool.cut(p.F, -(-copies // BLOCK), threads)


def shifted(x, p, take):
    """What every tap meets, as lines (C, kH, kW, Ho * Wo) on scratch, from the planes x (C, H, W)."""
    (top, _), (left, _), (dH, dW) = *p.pads, p.dilation
    rows = p.Ho + p.span[0] - 1
    copies = take((len(x), p.kW, rows, p.Wo), x.dtype)
    i0, i1 = windows.inside(top, top + p.H, 1, rows)
    image = x[:, i0 - top : i1 - top]
    for v in range(p.kW):
        copy, before = copies[:, v, i0:i1], left - v * dW
        j0, j1 = windows.inside(before, before + p.W, 1, p.Wo)
        if i0 >= i1 or j0 >= j1:
            copy.fill(0)
            continue
        if p.Wo == p.W:  # all rows in one piece: what comes from the row before or after is overwritten
            _shift(image.reshape(len(x), -1), copy.reshape(len(x), -1), before)
        else:
            np.copyto(copy[:, :, j0:j1], image[:, :, j0 - before : j1 - before])
        if j0 > 0:
            copy[:, :, :j0] = 0
        if j1 < p.Wo:
            copy[:, :, j1:] = 0
    copies[:, :, :i0] = 0
    copies[:, :, i1:] = 0
    s = copies.strides
    return windows.strided(copies, (len(x), p.kH, p.kW, p.pixels), (s[0], dH * s[2], s[1], s[3]))


def _shift(lines, out, by):
    """out[:, k + by] = lines[:, k], where both exist."""
    length = lines.shape[1] - abs(by)
    first, to = max(-by, 0), max(by, 0)
    np.copyto(out[:, to : to + length], lines[:, first : first + length])


def backward_weights(dout, x, p, threads):
    """dw (F, 1, kH, kW): every tap is one inner product of dout with a shift of x, plane by plane."""
    work = blocks(p, x.itemsize, threads)
    dw = np.zeros((p.F, 1, p.kH, p.kW), x.dtype)

    def task(number):
        c0, c1 = work[number]
        for n in range(p.N):
            with frame() as take:
                shifts = shifted(x[n, c0:c1], p, take)
                flat = dout[n, c0:c1].reshape(c1 - c0, p.pixels)
                # (1, pixels) @ (pixels, 1): matmul hands each to the BLAS's dot, which reads shifts in place
                dw[c0:c1, 0] += np.matmul(shifts[:, :, :, None], flat[:, None, None, :, None])[..., 0, 0]

    pool.share(task, len(work), threads)
    return dw
