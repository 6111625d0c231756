"""Large kernels through the frequency domain: a product a frequency instead of one a tap.

Correlation is a product with the conjugate. Rows and columns are transformed at the padded size, so that
nothing wraps round; the sum over channels is a matrix product at every frequency.
"""

import numpy as np

from conv_lib.fast import pool
from conv_lib.fast.scratch import frame

# bytes of transformed filters held by one task
BLOCK = 8 << 20


def fits(p):
    """Stride 1 and undilated: frequencies give every shift, and all of them are wanted."""
    return p.unit_stride and p.dilation == (1, 1) and p.groups == 1


def quick_size(n):
    """The smallest size >= n with no prime factor above 5: what an FFT likes."""
    while True:
        rest = n
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return n
        n += 1


def operations(p):
    """A rough count in the units of a matrix product's operations; FFTs run some eight times slower."""
    (top, bottom), (left, right) = p.pads
    size = quick_size(p.H + top + bottom) * quick_size(p.W + left + right)
    transforms = (p.N * p.C + p.F * p.C + p.N * p.F) * size * 2.5 * np.log2(max(size, 2))
    return 8 * transforms + 40 * p.N * p.F * p.C * size / 2


def forward(x, w, b, y, p, threads):
    """Write y (N, F, Ho, Wo), a few filters and an image at a time; False if something in y is not finite."""
    (top, bottom), (left, right) = p.pads
    shape = quick_size(p.H + top + bottom), quick_size(p.W + left + right)
    bins = shape[0] * (shape[1] // 2 + 1)
    complex_size = 2 * x.itemsize
    step = min(max(BLOCK // (max(p.C, 1) * bins * complex_size), 1), -(-p.F // threads))
    work = range(0, p.F, step)

    def task(number):
        part = slice(work[number], min(work[number] + step, p.F))
        filters = np.fft.rfft2(w[part], shape).reshape(-1, p.C, bins)
        np.conjugate(filters, out=filters)
        for n in range(p.N):
            with frame() as take:
                padded = take((p.C, *shape), x.dtype)
                padded.fill(0)
                padded[:, top : top + p.H, left : left + p.W] = x[n]
                image = np.fft.rfft2(padded).reshape(p.C, bins)
            product = np.einsum("fck,ck->fk", filters, image).reshape(-1, shape[0], shape[1] // 2 + 1)
            block = np.fft.irfft2(product, shape)[:, : p.Ho, : p.Wo]
            y[n, part] = block if b is None else block + b[part, None, None]

    pool.share(task, len(work), threads)
    return bool(np.isfinite(y.sum()))
