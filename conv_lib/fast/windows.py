"""Padded input in scratch, and the windows on it: the copies that feed the matrix products.

Copies of contiguous memory are fast. With a stride above 1 the pixels that one tap reads are `stride` apart.
If each pixel is copied often, the padded input is first split into stride x stride phases, inside which every
tap reads neighbouring pixels, as with stride 1.
"""

import math
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import as_strided

from conv_lib.fast import tuning


def strided(array, shape, strides, offset=0):
    """A view with these strides (in bytes) from `offset` bytes on; fast to make if memory is contiguous."""
    if 0 in shape:  # no channels for this thread
        return np.empty(shape, array.dtype)
    if array.flags.c_contiguous:
        return np.ndarray(shape, array.dtype, array, offset, strides)
    if offset:
        raise ValueError("an offset needs contiguous memory")
    return as_strided(array, shape, strides)


def phases_of(p):
    """(down, across): the phases that the input is split into; (1, 1) where it is not split."""
    return p.stride if p.taps > tuning.PHASE_COPIES * p.stride[0] * p.stride[1] else (1, 1)


def prepare(x, p, take):
    """The padded images x (n, C, H, W), split by phase; a view of x if nothing has to be copied.

    out[n, c, a, e, i, j] = xpad[n, c, i * sH + a, j * sW + e], with sH, sW = phases_of(p), for all pixels
    that the windows meet.
    """
    (sH, sW), (high, wide) = phases_of(p), p.span
    if not p.padded and (sH, sW) == (1, 1):
        return x[:, :, None, None]
    rows, columns = (p.Ho - 1) * p.stride[0] + high, (p.Wo - 1) * p.stride[1] + wide
    out = take((*x.shape[:2], sH, sW, -(-rows // sH), -(-columns // sW)), x.dtype)
    if p.padded:
        out.fill(0)
    for phase, pixels in shared_pixels(p, (sH, sW), out.shape[4:]):
        np.copyto(out[phase], x[pixels])
    return out


def shared_pixels(p, steps, sizes, first=0):
    """Yield pairs of indices (split, image) of the same pixels, in the padded phases and in the image.

    The split array is (n, C, *steps, *sizes), and begins with the padded row `first`.
    """
    rows, columns = (
        [
            (a, slice(i0, i1), slice(i0 * step + a - before, (i1 - 1) * step + a - before + 1, step))
            for a in range(step)
            for i0, i1 in [inside(before - a, before + size - a, step, count)]
            if i0 < i1
        ]
        for step, before, size, count in zip(
            steps, (p.pads[0][0] - first, p.pads[1][0]), (p.H, p.W), sizes, strict=True
        )
    )
    for a, split_rows, image_rows in rows:
        for e, split_columns, image_columns in columns:
            yield (..., a, e, split_rows, split_columns), (..., image_rows, image_columns)


def inside(low, high, stride, count):
    """i with low <= i * stride < high and 0 <= i < count, as (first, past the last)."""
    return max(-(-low // stride), 0), min(-(-high // stride), count)


def columns(x, p, out, take):
    """im2col: out[n, c, u, v, i, j] = the pixel of x that tap (u, v) reads for output pixel (i, j)."""
    prepared = prepare(x, p, take)
    (sH, sW), (dH, dW), s = p.stride, p.dilation, prepared.strides
    if phases_of(p) == (1, 1):
        steps = (s[0], s[1], dH * s[4], dW * s[5], sH * s[4], sW * s[5])
        np.copyto(out, strided(prepared, out.shape, steps))
        return
    for us, a, i, di in phases(p.kH, sH, dH):
        for vs, e, j, dj in phases(p.kW, sW, dW):
            taps = out[:, :, us, vs]
            steps = (s[0], s[1], di * s[4], dj * s[5], s[4], s[5])
            offset = i * s[4] + j * s[5] + a * s[2] + e * s[3]
            np.copyto(taps, strided(prepared, taps.shape, steps, offset))


@cache
def phases(kernel, stride, dilation):
    """The taps of one axis by the phase that they read: ((taps, phase, first, step), ...).

    `taps` is a slice, and its i-th tap reads entry first + i * step of the phase.
    """
    shared = math.gcd(stride, dilation)
    period, step = stride // shared, dilation // shared
    return tuple(
        (slice(u, kernel, period), u * dilation % stride, u * dilation // stride, step)
        for u in range(min(period, kernel))
    )


def channels_last(x, p, first, out, take):
    """Write the padded rows from `first` on to out (n, rows, columns, C), with zeros outside the image."""
    out.fill(0)
    planes = out.transpose(0, 3, 1, 2)[:, :, None, None]
    for place, pixels in shared_pixels(p, (1, 1), out.shape[1:3], first):
        np.copyto(planes[place], spread(x[pixels], 1, take))
    return out


def spread(x, axis, take):
    """x, or a copy of it in scratch whose entries along `axis` are spread over the sets of the cache.

    Cache lines that are a multiple of 4096 bytes apart share one set of the first-level cache, which holds
    eight lines. Reading across more planes than that, of 32 x 32 or 64 x 64 pixels, would fetch a line anew
    for every value. In the copy the entries of the axis are an odd number of cache lines apart.
    """
    ways, period = tuning.CACHE_WAYS, tuning.CACHE_SETS * tuning.CACHE_LINE
    if x.shape[axis] * math.gcd(x.strides[axis], period) <= ways * period:
        return x
    outer, size = x.shape[: axis + 1], math.prod(x.shape[axis + 1 :])
    copy = take((*outer, pitch(size, x.itemsize)), x.dtype)[..., :size].reshape(x.shape)
    np.copyto(copy, x)
    return copy


def pitch(size, itemsize):
    """The number of values, at least `size`, that fill an odd number of cache lines."""
    line = tuning.CACHE_LINE
    return (-(-size * itemsize // line) | 1) * line // itemsize
