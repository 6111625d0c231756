"""dx, by one of two ways round.

`col2im`: the product first, w^T (K, F) @ dout (F, pixels), then its rows are added to the pixels that the
taps met. `reversed_problem`: with stride 1, dx is itself a convolution, dout with the filters turned by 180
degrees and F and C changing places, so that every forward algorithm can do it. The first moves C kH kW
values an output pixel, the second F kH kW; and the second has to turn the filters.
"""

import threading

import numpy as np

from conv_lib.fast import pool, windows
from conv_lib.fast.problem import Problem
from conv_lib.fast.scratch import frame
from conv_lib.fast.windows import BLOCK


def reversed_problem(p):
    """The forward problem that computes dx from dout, and the crop of dout that goes first.

    Padding is Ke - 1 - P at the front and so much at the end that dx has the input's size; where P is
    larger than Ke - 1 that is negative, and so many entries of dout meet only zeros and are cut off.
    """
    pads, crop, sizes = [], [], []
    for axis, (size, out) in enumerate(((p.H, p.Ho), (p.W, p.Wo))):
        before = p.span[axis] - 1 - p.pads[axis][0]
        after = size + p.span[axis] - 1 - out - before
        pads.append((max(before, 0), max(after, 0)))
        crop.append(slice(max(-before, 0), out - max(-after, 0)))
        sizes.append(crop[-1].stop - crop[-1].start)
    return (
        Problem(
            p.N, p.F // p.groups, *sizes, p.C * p.groups, p.kH, p.kW, (1, 1), tuple(pads), p.dilation,
            p.groups, p.H, p.W, p.dtype,
        ),
        tuple(crop),
    )  # fmt: skip


def turned(w):
    """(F, C, kH, kW) -> (C, F, kH, kW), every filter turned by 180 degrees."""
    return np.ascontiguousarray(w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3))


def col2im(dout, w, dx, p, threads):
    """Write dx (N, C, H, W), by blocks of channels where images are small, of output rows where large."""
    matrix = w.reshape(p.F, p.K)
    per_row = p.K * p.Wo * dx.itemsize
    by_rows = p.taps * p.pixels * dx.itemsize * 4 > BLOCK
    if by_rows:
        dx.fill(0)
        rows = pool.cut(p.Ho, -(-p.Ho * per_row // BLOCK), threads if p.N % threads else 1)
        work = [(n, n + 1, 0, p.C, *part) for n in range(p.N) for part in rows]
    else:
        plane = p.taps * p.pixels * dx.itemsize
        step = max(BLOCK // plane, 1)
        if p.N % threads:
            step = min(step, -(-p.C // threads))
        images = max(step // p.C, 1)
        work = [
            (n, min(n + images, p.N), c, min(c + step, p.C), 0, p.Ho)
            for n in range(0, p.N, images)
            for c in range(0, p.C, step)
        ]
    turn = threading.Lock()

    def task(number):
        n0, n1, c0, c1, i0, i1 = work[number]
        with frame() as take:
            pixels = dout[n0:n1].reshape(n1 - n0, p.F, p.pixels)[:, :, i0 * p.Wo : i1 * p.Wo]
            cols = take((n1 - n0, (c1 - c0) * p.taps, pixels.shape[2]), dx.dtype)
            left = matrix[:, c0 * p.taps : c1 * p.taps].T
            if n1 - n0 == 1:
                np.matmul(left, pixels[0], out=cols[0])
            else:
                np.matmul(left, pixels, out=cols)
            taps = cols.reshape(n1 - n0, c1 - c0, p.kH, p.kW, i1 - i0, p.Wo)
            sums = fold(taps, p, take)
            if by_rows:
                with turn:  # blocks of rows overlap in the rows that both of them meet
                    _add_phases(sums, p, i0 * p.stride[0], dx[n0:n1, c0:c1], add=True)
            else:
                _add_phases(sums, p, 0, dx[n0:n1, c0:c1], add=False)

    pool.share(task, len(work), threads)


def fold(taps, p, take):
    """Add taps (n, C, kH, kW, rows, Wo) to the padded pixels they met, dealt out by stride.

    The result is (n, C, sH, sW, i, j): [:, :, a, e, i, j] holds row i * sH + a, column j * sW + e.
    """
    (sH, sW), (dH, dW), rows = p.stride, p.dilation, taps.shape[4]
    sums = take(
        (*taps.shape[:2], sH, sW, rows + (p.span[0] - 1) // sH, p.Wo + (p.span[1] - 1) // sW), taps.dtype
    )
    sums.fill(0)
    for u in range(p.kH):
        i, a = divmod(u * dH, sH)
        for v in range(p.kW):
            j, e = divmod(v * dW, sW)
            target = sums[:, :, a, e, i : i + rows, j : j + p.Wo]
            np.add(target, taps[:, :, u, v], out=target)
    return sums


def _add_phases(sums, p, first, dx, add):
    """Put the padded rows, of which the first is number `first`, into dx (n, C, H, W), or add them to it."""
    (sH, sW), (top, _), (left, _) = p.stride, *p.pads
    if not add and not _covers(sums, p):
        dx.fill(0)
    for a in range(sH):
        i0, i1 = windows.inside(top - first - a, top + p.H - first - a, sH, sums.shape[4])
        for e in range(sW):
            j0, j1 = windows.inside(left - e, left + p.W - e, sW, sums.shape[5])
            if i0 >= i1 or j0 >= j1:
                continue
            row, column = first + i0 * sH + a - top, j0 * sW + e - left
            target = dx[
                :, :, row : row + (i1 - i0 - 1) * sH + 1 : sH, column : column + (j1 - j0 - 1) * sW + 1 : sW
            ]
            block = sums[:, :, a, e, i0:i1, j0:j1]
            if add:
                np.add(target, block, out=target)
            else:
                np.copyto(target, block)


def _covers(sums, p):
    """True if the sums reach every pixel: none is left over at the end of a row or a column."""
    return (
        sums.shape[4] * p.stride[0] >= p.pads[0][0] + p.H
        and sums.shape[5] * p.stride[1] >= p.pads[1][0] + p.W
    )
