"""Large kernels through the frequency domain: one product per frequency instead of one per tap.

Correlation is a product with the conjugate. Rows and columns are transformed at the padded size, so that
nothing wraps round; the sum over channels is a matrix product at every frequency.
"""

from functools import cache
from itertools import product

import numpy as np

from conv_lib.fast import pool, tuning
from conv_lib.fast.algorithm import Algorithm


def fits(p):
    """Whether the layer has stride 1 and no dilation: the FFT gives every shift, and all are needed."""
    return p.unit_stride and p.dilation == (1, 1) and p.groups == 1


@cache
def fast_size(n):
    """The smallest size >= n with no prime factor above 5: an FFT of such a size is fast."""
    some = range(n.bit_length() + 1)
    return min(size for i, j, k in product(some, some, some) if (size := 2**i * 3**j * 5**k) >= n)


def operations(p):
    """Estimate the cost in operations of a matrix product; an operation of an FFT takes longer than one."""
    (top, bottom), (left, right) = p.pads
    size = fast_size(p.H + top + bottom) * fast_size(p.W + left + right)
    transforms = (p.N * p.C + p.F * p.C + p.N * p.F) * size * 2.5 * np.log2(max(size, 2))
    return tuning.FFT_SLOWNESS * transforms + 40 * p.N * p.F * p.C * size / 2


def pays(p):
    """Whether there are many taps, and the cost is under a given share of the direct method's."""
    return p.taps >= tuning.FFT_TAPS and operations(p) < tuning.FFT_SHARE * p.work


def forward(x, w, b, y, p, threads):
    """Write y (N, F, Ho, Wo), a few filters and one image at a time; True if a value in y is not finite."""
    (top, bottom), (left, right) = p.pads
    shape = fast_size(p.H + top + bottom), fast_size(p.W + left + right)
    bins = shape[0] * (shape[1] // 2 + 1)
    step = min(max(tuning.FFT_FILTERS_BYTES // (p.C * bins * 2 * x.itemsize), 1), -(-p.F // threads))

    def task(first, take):
        part = slice(first, first + step)
        filters = np.fft.rfft2(w[part], shape).reshape(-1, p.C, bins)
        np.conjugate(filters, out=filters)
        padded = take((p.C, *shape), x.dtype)
        padded.fill(0)
        for n in range(p.N):
            padded[:, top : top + p.H, left : left + p.W] = x[n]
            image = np.fft.rfft2(padded).reshape(p.C, bins)
            product = np.einsum("fck,ck->fk", filters, image).reshape(-1, shape[0], shape[1] // 2 + 1)
            block = np.fft.irfft2(product, shape)[:, : p.Ho, : p.Wo]
            y[n, part] = block if b is None else block + b[part, None, None]

    pool.share(task, range(0, p.F, step), threads)
    return not np.isfinite(y.sum())


FFT = Algorithm("fft", needs="stride 1 and dilation 1", fits=fits, pays=pays, exact=False, forward=forward)
