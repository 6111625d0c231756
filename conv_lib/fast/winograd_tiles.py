"""The tiles of Winograd's convolutions: how they are numbered, cut into blocks, gathered and put back.

Tiles are gathered from images with the channels last, where a pixel's channels are contiguous.
Dilation by d splits the pixels into d x d phases, each with a plain 3x3 filter.
"""

import math
from typing import NamedTuple

import numpy as np

from conv_lib.fast import windows
from conv_lib.fast.im2col import blocks_of


class Tiles(NamedTuple):
    """The 4x4 output tiles of images n0..n1, tile rows i0..i1, of every phase."""

    n0: int
    n1: int
    i0: int
    i1: int
    across: int
    phases: tuple[int, int]

    @property
    def shape(self):
        """(images, phases down, phases across, tiles down, tiles across)."""
        return self.n1 - self.n0, *self.phases, self.i1 - self.i0, self.across

    @property
    def count(self):
        return math.prod(self.shape)

    @property
    def rows(self):
        """(first, past the last) output row; the last may lie outside the image."""
        return 4 * self.phases[0] * self.i0, 4 * self.phases[0] * self.i1


def whole(p):
    """All tiles of a problem as one block."""
    (dH, dW) = p.dilation
    return Tiles(0, p.N, 0, -(-p.Ho // (4 * dH)), -(-p.Wo // (4 * dW)), p.dilation)


def blocks(p, per_tile, threads):
    """Cut the tiles, of `per_tile` bytes each, into blocks: several images, or some tile rows of one."""
    tiles = whole(p)
    per_row = tiles.across * p.dilation[0] * p.dilation[1] * per_tile
    return [Tiles(*part, tiles.across, p.dilation) for part in blocks_of(p.N, tiles.i1, per_row, threads)]


def as_tiles(rows, size, tiles, depth):
    """Rows with channels last, as their tiles: (size, size, *tiles.shape, depth), a view."""
    (dH, dW), s = tiles.phases, rows.strides
    steps = (dH * s[1], dW * s[2], s[0], s[1], s[2], 4 * dH * s[1], 4 * dW * s[2], s[3])
    return windows.strided(rows, (size, size, *tiles.shape, depth), steps)


def gather(x, p, tiles, size, take):
    """The size x size pixels of each tile, as (size size, T C)."""
    C, (dH, dW), margin = x.shape[1], tiles.phases, size - 4
    images, _, _, down, across = tiles.shape
    rows = take((images, dH * (4 * down + margin), dW * (4 * across + margin), C), x.dtype)
    windows.channels_last(x[tiles.n0 : tiles.n1], p, tiles.rows[0], rows, take)
    pixels = take((size, size, *tiles.shape, C), x.dtype)
    np.copyto(pixels, as_tiles(rows, size, tiles, C))
    return pixels.reshape(size * size, -1)
