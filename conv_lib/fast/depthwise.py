"""One filter for each channel: too few products for a matrix product, so shifted multiply-adds.

A tap is a shift: y[i, j] += w[u, v] * xpad[i + u, j + v]. With one copy of the padded rows for each column v
of the kernel, as wide as the output, a whole plane of y is one line in memory and so is what each tap adds
to it: copy v from row u on. NumPy has no multiply-add of its own, but `einsum` keeps one inside: its inner
loop adds w times a run of x to a run of y.
"""

import numpy as np

from conv_lib.fast import flipped, pool, tuning, windows
from conv_lib.fast.algorithm import Algorithm


def fits(p):
    """Whether each channel has one filter, at stride 1: a run of outputs then reads a run of pixels."""
    return p.C == 1 and p.groups == p.F and p.unit_stride


def forward(x, w, b, y, p, threads):
    """Write y (N, F, Ho, Wo)."""
    taps = np.ascontiguousarray(w.reshape(p.F, p.kH, p.kW))

    def task(block, take):
        n, c0, c1 = block
        shifts = shifted(x[n, c0:c1], p, take)
        out = y[n, c0:c1].reshape(c1 - c0, p.pixels)
        np.einsum("cuvp,cuv->cp", shifts, taps[c0:c1], out=out)
        if b is not None:
            out += b[c0:c1, None]

    planes = blocks(p, x.itemsize, threads)
    pool.share(task, [(n, *part) for n in range(p.N) for part in planes], threads)


def blocks(p, itemsize, threads):
    """Cut the channels into blocks (first, past the last), the same number for each thread."""
    copies = p.F * p.kW * (p.Ho + p.span[0] - 1) * p.Wo * itemsize
    return pool.cut(p.F, -(-copies // tuning.COLUMNS_BYTES), threads)


def shifted(x, p, take):
    """The pixels of x (C, H, W) that each tap reads, as lines (C, kH, kW, Ho * Wo) in scratch."""
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
        if p.Wo == p.W:  # all rows at once: pixels that come from a neighbouring row are overwritten below
            _shift(image.reshape(len(x), -1), copy.reshape(len(x), -1), before)
        else:
            np.copyto(copy[:, :, j0:j1], image[:, :, j0 - before : j1 - before])
        copy[:, :, :j0] = 0
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


def input_gradient(dout, w, dx, p, threads):
    """Write dx (N, F, H, W): the same shifts with the filters flipped. See `flipped.input_gradient`."""
    return not np.isfinite(w).all() or flipped.run(forward, dout, w[:, :, ::-1, ::-1], dx, p, threads)


def weight_gradient(dout, x, dw, p, threads):
    """Write dw (F, 1, kH, kW): every tap is one inner product of dout with a shift of x, plane by plane.

    True if something in dw is not finite.
    """
    dw.fill(0)

    def task(block, take):
        c0, c1 = block
        for n in range(p.N):
            shifts = shifted(x[n, c0:c1], p, take)
            flat = dout[n, c0:c1].reshape(c1 - c0, p.pixels)
            # (1, pixels) @ (pixels, 1): matmul hands each to the BLAS's dot, which reads shifts in place
            dw[c0:c1, 0] += np.matmul(shifts[:, :, :, None], flat[:, None, None, :, None])[..., 0, 0]

    pool.share(task, blocks(p, x.itemsize, threads), threads)
    return not np.isfinite(dw.sum())


DEPTHWISE = Algorithm(
    "depthwise",
    needs="stride 1 and one channel and one filter per group",
    fits=fits,
    forward=forward,
    input_gradient=input_gradient,
    weight_gradient=weight_gradient,
)
