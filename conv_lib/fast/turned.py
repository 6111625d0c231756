"""dx as a convolution of dout, for stride 1: the filters turned by 180 degrees, F and C changing places.

Every forward algorithm can do it. `col2im` moves C kH kW values an output pixel, this way F kH kW; and the
filters have to be turned.
"""

import numpy as np

from conv_lib.fast.problem import Problem


def problem(p):
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


def filters(w):
    """(F, C, kH, kW) -> (C, F, kH, kW), every filter turned by 180 degrees."""
    return np.ascontiguousarray(w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3))
