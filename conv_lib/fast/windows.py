"""Padded input in scratch, and the windows on it: the copies that feed the matrix products.

Copies are quick when they run along memory. With a stride above 1 the pixels that one tap meets stand
`stride` apart; so the padded input is first dealt out into stride x stride phases, inside which every tap
meets neighbours, as with stride 1.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided


def strided(array, shape, strides, offset=0):
    """A view with these strides (in bytes), `offset` bytes in; quick to make where memory is in one piece."""
    if array.flags.c_contiguous:
        return np.ndarray(shape, array.dtype, array, offset, strides)
    if offset:
        raise ValueError("an offset needs memory in one piece")
    return as_strided(array, shape, strides)


def padded_rows(x, p, first, last, take):
    """Rows first..last-1 of the padded images x (n, C, H, W), as (n, C, last - first, Wp).

    Without padding this is a view of x, else scratch.
    """
    if not p.padded:
        return x[:, :, first:last]
    (top, _), (left, right) = p.pads
    out = take((*x.shape[:2], last - first, left + p.W + right), x.dtype)
    start, stop = max(first, top), min(last, top + p.H)
    out.fill(0)
    if start < stop:
        np.copyto(
            out[:, :, start - first : stop - first, left : left + p.W], x[:, :, start - top : stop - top]
        )
    return out


def phases(x, p, first, last, take):
    """The same rows dealt out by stride: out[n, c, a, e, i, j] = xpad[n, c, first + i*sH + a, j*sW + e]."""
    (sH, sW), (top, _), (left, _) = p.stride, *p.pads
    n, C = x.shape[:2]
    out = take((n, C, sH, sW, -(-(last - first) // sH), (p.span[1] - 1) // sW + p.Wo), x.dtype)
    if p.padded:
        out.fill(0)
    for a in range(sH):
        # the first i whose row lies in the image, and the one past the last
        i0, i1 = inside(top - first - a, top + p.H - first - a, sH, out.shape[4])
        for e in range(sW):
            j0, j1 = inside(left - e, left + p.W - e, sW, out.shape[5])
            if i0 < i1 and j0 < j1:
                row, column = first + i0 * sH + a - top, j0 * sW + e - left
                block = x[
                    :,
                    :,
                    row : row + (i1 - i0 - 1) * sH + 1 : sH,
                    column : column + (j1 - j0 - 1) * sW + 1 : sW,
                ]
                np.copyto(out[:, :, a, e, i0:i1, j0:j1], block)
    return out


def inside(low, high, stride, count):
    """i with low <= i * stride < high and 0 <= i < count, as (first, past the last)."""
    return max(-(-low // stride), 0), min(-(-high // stride), count)


def columns(x, p, first, last, out, take):
    """im2col: out[n, c, u, v, i, j] = the pixel that tap (u, v) meets at output row first + i, column j.

    x (n, C, H, W) of any strides, `out` (n, C, kH, kW, last - first, Wo). One copy per image value and tap.
    """
    (sH, sW), (dH, dW), rows = p.stride, p.dilation, last - first
    n, C = x.shape[:2]
    top, bottom = first * sH, (last - 1) * sH + p.span[0]
    if p.unit_stride or (dH, dW) != (1, 1) or out.size < 20_000:
        xpad = padded_rows(x, p, top, bottom, take)
        s = xpad.strides
        steps = (s[0], s[1], dH * s[2], dW * s[3], sH * s[2], sW * s[3])
        np.copyto(out, strided(xpad, (n, C, p.kH, p.kW, rows, p.Wo), steps))
        return
    dealt = phases(x, p, top, bottom, take)
    s = dealt.strides
    for a in range(min(sH, p.kH)):
        for e in range(min(sW, p.kW)):
            taps = out[:, :, a::sH, e::sW]
            steps = (s[0], s[1], s[4], s[5], s[4], s[5])
            np.copyto(taps, strided(dealt, taps.shape, steps, a * s[2] + e * s[3]))


def channels_last(x, p, first, out):
    """Padded rows from `first` on as out (n, rows, columns, C), zeros wherever the image does not reach."""
    (top, _), (left, _) = p.pads
    start, stop = max(first, top), min(first + out.shape[1], top + p.H)
    width = min(p.W, out.shape[2] - left)
    if start > first or stop < first + out.shape[1] or left or width < out.shape[2]:
        out.fill(0)
    if start < stop and width > 0:
        block = x[:, :, start - top : stop - top, :width].transpose(0, 2, 3, 1)
        np.copyto(out[:, start - first : stop - first, left : left + width], block)
    return out
