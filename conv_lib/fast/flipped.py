"""dx as a convolution of dout, for stride 1: the filters are flipped, and F and C change places.

Every forward algorithm can compute it. `col2im` moves C kH kW values per output pixel, this method F kH kW,
but it has to flip the filters first.
"""

import numpy as np

from conv_lib.fast import im2col, mec, tuning
from conv_lib.fast.algorithm import Algorithm


def problem(p):
    """The forward problem that computes dx from dout, and the crop of dout that precedes it.

    The padding is Ke - 1 - P at the front, and at the end as much as gives dx the input's size. Where P is
    larger than Ke - 1 the padding is negative: that many entries of dout meet only zeros and are cropped.
    """
    pads, crop = [], []
    for size, out, span, (before, _) in zip((p.H, p.W), (p.Ho, p.Wo), p.span, p.pads, strict=True):
        front = span - 1 - before
        back = size + before - out
        pads.append((max(front, 0), max(back, 0)))
        crop.append(slice(max(-front, 0), out - max(-back, 0)))
    H, W = (part.stop - part.start for part in crop)
    reverse = p._replace(
        C=p.F // p.groups, H=H, W=W, F=p.C * p.groups, stride=(1, 1), pads=tuple(pads), Ho=p.H, Wo=p.W
    )
    return reverse, tuple(crop)


def run(forward, dout, w, dx, p, threads):
    """Write dx by a forward pass, for which somebody flips the filters; return its result."""
    reverse, (rows, columns) = problem(p)
    if reverse.H > 0 and reverse.W > 0:
        return forward(dout[:, :, rows, columns], w, None, dx, reverse, threads)
    return dx.fill(0)


def input_gradient(dout, w, dx, p, threads):
    """Write dx (N, C, H, W); True, with nothing written, if an infinite weight could meet zero padding."""
    if not np.isfinite(w).all():
        return True
    filters = np.ascontiguousarray(w[:, :, ::-1, ::-1].swapaxes(0, 1))
    way = mec if mec.pays(problem(p)[0]) else im2col
    return run(way.forward, dout, filters, dx, p, threads)


def pays(p):
    """Whether there are many more channels than filters, and enough pixels."""
    return p.F * tuning.FLIPPED_RATIO <= p.C and p.pixels >= tuning.FLIPPED_PIXELS


FLIPPED = Algorithm(
    "flipped",
    needs="stride 1",
    fits=lambda p: p.unit_stride and p.groups == 1,
    pays=pays,
    input_gradient=input_gradient,
)
