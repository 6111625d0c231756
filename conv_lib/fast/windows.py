"""Padded input in scratch, and the windows on it: the copies that feed the matrix products.

Copies are quick when they run along memory. With a stride above 1 the pixels that one tap meets stand
`stride` apart. Where a pixel is copied often, the padded input is first dealt out into stride x stride
phases, inside which every tap meets neighbours, as with stride 1.
"""

import math
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import as_strided

# bytes of columns that are held at one time. A core's own cache holds less; but every block costs a call for
# each tap or phase, and those calls take turns at the interpreter: the cache that the cores share does better
BLOCK = 2560 << 10
# with more copies than this of a pixel, dealing it out first pays
DEALT = 4
# the first-level cache of most processors: bytes of a line, lines that a set holds, and sets
LINE, WAYS, SETS = 64, 8, 64


def strided(array, shape, strides, offset=0):
    """A view with these strides (in bytes), `offset` bytes in; quick to make where memory is in one piece."""
    if 0 in shape:  # no channels for this thread
        return np.empty(shape, array.dtype)
    if array.flags.c_contiguous:
        return np.ndarray(shape, array.dtype, array, offset, strides)
    if offset:
        raise ValueError("an offset needs memory in one piece")
    return as_strided(array, shape, strides)


def dealt_by(p):
    """The stride by which the input is dealt out; (1, 1) where its pixels stay where they are."""
    return p.stride if p.taps > DEALT * p.stride[0] * p.stride[1] else (1, 1)


def needs_copy(p):
    """False if the taps can be read from the input as it is."""
    return p.padded or dealt_by(p) != (1, 1)


def prepare(x, p, out=None):
    """The padded images x (n, C, H, W), dealt out by sH, sW = `dealt_by` p.

    out[n, c, a, e, i, j] = xpad[n, c, i * sH + a, j * sW + e].
    `out` is scratch of `prepared_shape`; where no copy is needed it may be None, and x itself is returned.
    """
    if not needs_copy(p):
        return x[:, :, None, None]
    (sH, sW), (top, _), (left, _) = dealt_by(p), *p.pads
    if p.padded:
        out.fill(0)
    for a in range(sH):
        # the first i whose row lies in the image, and the one past the last
        i0, i1 = inside(top - a, top + p.H - a, sH, out.shape[4])
        for e in range(sW):
            j0, j1 = inside(left - e, left + p.W - e, sW, out.shape[5])
            if i0 < i1 and j0 < j1:
                row, column = i0 * sH + a - top, j0 * sW + e - left
                rows = slice(row, row + (i1 - i0 - 1) * sH + 1, sH)
                columns = slice(column, column + (j1 - j0 - 1) * sW + 1, sW)
                np.copyto(out[:, :, a, e, i0:i1, j0:j1], x[:, :, rows, columns])
    return out


def prepared_shape(n, C, p):
    """(n, C, sH, sW, rows, columns): all that the windows meet of the padded images, and no more."""
    (sH, sW), (high, wide) = dealt_by(p), p.span
    rows, columns = (p.Ho - 1) * p.stride[0] + high, (p.Wo - 1) * p.stride[1] + wide
    return n, C, sH, sW, -(-rows // sH), -(-columns // sW)


def inside(low, high, stride, count):
    """i with low <= i * stride < high and 0 <= i < count, as (first, past the last)."""
    return max(-(-low // stride), 0), min(-(-high // stride), count)


def columns(dealt, p, first, out):
    """im2col: out[n, c, u, v, i, j] = the pixel that tap (u, v) meets at output row first + i, column j.

    `dealt` comes from `prepare`; out (n, C, kH, kW, rows, Wo). One copy per image value and tap.
    """
    (sH, sW), (dH, dW), s = p.stride, p.dilation, dealt.strides
    if dealt_by(p) == (1, 1):
        steps = (s[0], s[1], dH * s[4], dW * s[5], sH * s[4], sW * s[5])
        np.copyto(out, strided(dealt[:, :, :, :, first * sH :], out.shape, steps))
        return
    for us, a, i, di in phases(p.kH, sH, dH):
        for vs, e, j, dj in phases(p.kW, sW, dW):
            taps = out[:, :, us, vs]
            steps = (s[0], s[1], di * s[4], dj * s[5], s[4], s[5])
            np.copyto(
                taps, strided(dealt, taps.shape, steps, (first + i) * s[4] + j * s[5] + a * s[2] + e * s[3])
            )


@cache
def phases(kernel, stride, dilation):
    """The taps of one axis by the phase that they meet: ((taps, phase, first, step), ...).

    `taps` is a slice, and the i-th of them meets place first + i * step of the phase.
    """
    shared = math.gcd(stride, dilation)
    period, step = stride // shared, dilation // shared
    return tuple(
        (slice(u, kernel, period), u * dilation % stride, u * dilation // stride, step)
        for u in range(min(period, kernel))
    )


def channels_last(x, p, first, out, take):
    """Padded rows from `first` on as out (n, rows, columns, C), zeros wherever the image does not reach."""
    (top, _), (left, _) = p.pads
    start, stop = max(first, top), min(first + out.shape[1], top + p.H)
    width = min(p.W, out.shape[2] - left)
    if start > first or stop < first + out.shape[1] or left or width < out.shape[2]:
        out.fill(0)
    if start < stop and width > 0:
        block = apart(x[:, :, start - top : stop - top, :width], 1, take).transpose(0, 2, 3, 1)
        np.copyto(out[:, start - first : stop - first, left : left + width], block)
    return out


def apart(x, axis, take):
    """x, or a copy of it in scratch that can be read across `axis` without losing each line of the cache.

    Lines of memory a multiple of 4096 bytes apart share one set of the first-level cache, which holds eight.
    Read across more of them than it has places for, as across the planes of images of 32 x 32 or 64 x 64,
    every value costs a line. In the copy the entries of the axis are an odd number of lines apart.
    """
    count, stride = x.shape[axis], abs(x.strides[axis])
    if count * math.gcd(stride, SETS * LINE) <= WAYS * SETS * LINE:
        return x
    outer, size = x.shape[: axis + 1], math.prod(x.shape[axis + 1 :])
    copy = take((*outer, pitch(size, x.itemsize)), x.dtype)[..., :size].reshape(x.shape)
    np.copyto(copy, x)
    return copy


def pitch(size, itemsize):
    """At least `size` values that fill an odd number of cache lines."""
    return (-(-size * itemsize // LINE) | 1) * LINE // itemsize
