"""One convolution with all its sizes written out: the rules and the algorithms read only these."""

from typing import NamedTuple

import numpy as np


class Problem(NamedTuple):
    """Sizes of one convolution. C is the depth that one filter sees, D / groups; F counts all filters."""

    N: int
    C: int
    H: int
    W: int
    F: int
    kH: int
    kW: int
    stride: tuple[int, int]
    pads: tuple[tuple[int, int], tuple[int, int]]
    dilation: tuple[int, int]
    groups: int
    Ho: int
    Wo: int
    dtype: np.dtype

    @property
    def taps(self):
        return self.kH * self.kW

    @property
    def K(self):
        """Products in one output: C kH kW."""
        return self.C * self.kH * self.kW

    @property
    def pixels(self):
        return self.Ho * self.Wo

    @property
    def x_shape(self):
        return self.N, self.C * self.groups, self.H, self.W

    @property
    def w_shape(self):
        return self.F, self.C, self.kH, self.kW

    @property
    def y_shape(self):
        return self.N, self.F, self.Ho, self.Wo

    @property
    def unit_stride(self):
        return self.stride == (1, 1)

    @property
    def padded(self):
        return self.pads != ((0, 0), (0, 0))

    @property
    def span(self):
        """(rows, columns) that one window spans."""
        return self.dilation[0] * (self.kH - 1) + 1, self.dilation[1] * (self.kW - 1) + 1

    @property
    def work(self):
        """Operations, a multiply and an add counted as two."""
        return 2 * self.N * self.F * self.pixels * self.K

    def one_group(self):
        """The problem of one group."""
        return self._replace(F=self.F // self.groups, groups=1)

    def rows(self, first, last):
        """The problem of the output rows first..last alone, and the input rows that it reads, as a slice."""
        start = first * self.stride[0] - self.pads[0][0]
        stop = start + (last - first - 1) * self.stride[0] + self.span[0]
        # if the windows see only padding, no row is read, and one of the pads may be negative
        read = slice(min(max(start, 0), self.H), min(max(stop, 0), self.H))
        pads = read.start - start, stop - read.stop
        part = self._replace(H=read.stop - read.start, Ho=last - first, pads=(pads, self.pads[1]))
        return part, read


def from_geometry(x_shape, w_shape, geometry, groups, dtype):
    """Problem of x (N, D, H, W) and w (F, D/groups, kH, kW) with a checked Geometry2d."""
    (N, _, H, W), (F, C, kH, kW) = x_shape, w_shape
    # with one output the stride has no effect: 1 avoids splitting the input into a million phases
    stride = tuple(
        step if count > 1 else 1 for step, count in zip(geometry.stride, geometry.out, strict=True)
    )
    return Problem(
        N, C, H, W, F, kH, kW, stride, geometry.pads, geometry.dilation, groups, *geometry.out, dtype
    )
