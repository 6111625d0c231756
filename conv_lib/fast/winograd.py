"""Winograd's F(4x4, 3x3): 16 outputs of a 3x3 filter by 36 products where the definition takes 144.

    y tile = A^T [ sum_c (G w G^T) * (B^T x tile B) ] A

A tile is 6x6 pixels that give 4x4 outputs. The two-sided products are written one-sided, as (B kron B)
times the 36 values of every tile, so that a transform is a matrix product too. In the middle stand 36
products, one for each transformed value, that sum over the channels for all tiles.

Tiles are gathered from images with the channels last, where a pixel's channels are one run of memory.
Dilation by d deals the pixels out into d x d phases, each with a plain 3x3 filter.
"""

from typing import NamedTuple

import numpy as np

from conv_lib.fast import pool, toom_cook, windows
from conv_lib.fast.scratch import frame

# bytes of transformed tiles in one block
BLOCK = 3 << 20
# up to this many bytes all tiles are transformed once and the threads share out the filters
FEW = 4 << 20
# bytes of transformed weights kept at one time
WEIGHTS = 5 << 20
# the transformed value at the point (1, 1) goes into every output with weight one: there the bias is added
BIAS_AT = 1 * 6 + 1


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
        return int(np.prod(self.shape))

    @property
    def rows(self):
        """(first, past the last) output row; the last may lie outside the image."""
        return 4 * self.phases[0] * self.i0, 4 * self.phases[0] * self.i1


def grid(p):
    """(tiles down, tiles across) of each phase of one image."""
    (dH, dW) = p.dilation
    return -(-p.Ho // (4 * dH)), -(-p.Wo // (4 * dW))


def tiles_of(p):
    """How many tiles a problem has in all."""
    return p.N * p.dilation[0] * p.dilation[1] * grid(p)[0] * grid(p)[1]


def fits(p):
    """3x3 and stride 1, undivided channels."""
    return p.kH == p.kW == 3 and p.unit_stride and p.groups == 1


def cost(p):
    """What the forward pass costs, counted in operations of the direct method's product.

    A tile takes 72 C F in the middle, 36 * 36 * 2 a channel and 36 * 16 * 2 a filter in the transforms,
    which run slower as they also gather and scatter. Transforming a filter's slice takes 648, but writes
    four times as much as it reads: it costs as much as some 2000.
    """
    return tiles_of(p) * (72 * p.C * p.F + 3400 * p.C + 1700 * p.F) + 2000 * p.C * p.F


def blocks(p, size, threads):
    """Cut the tiles into blocks of about `size`: several images, one, or some tile rows of one."""
    down, across = grid(p)
    per_row = across * p.dilation[0] * p.dilation[1]
    work = pool.cut_batch(p.N, down, max(size // per_row, 1), threads)
    return [Tiles(*block, across, p.dilation) for block in work]


def transform_input(x, p, tiles, V, take):
    """V (36, T C) = (B kron B) times the 36 pixels of each tile; the rows of V may lie apart."""
    C, (dH, dW) = x.shape[1], tiles.phases
    images, _, _, down, across = tiles.shape
    first, _ = tiles.rows
    last = take((images, dH * (4 * down + 2), dW * (4 * across + 2), C), x.dtype)
    windows.channels_last(x[tiles.n0 : tiles.n1], p, first, last, take)
    s = last.strides
    steps = (dH * s[1], dW * s[2], s[0], s[1], s[2], 4 * dH * s[1], 4 * dW * s[2], s[3])
    pixels = take((6, 6, *tiles.shape, C), x.dtype)
    np.copyto(pixels, windows.strided(last, pixels.shape, steps))
    _, _, B2 = toom_cook.squares(4, 3, x.dtype)
    np.matmul(B2, pixels.reshape(36, -1), out=V)


def transform_output(M, b, p, tiles, y, take):
    """y = (A kron A)^T times the 36 values M (36, T, F) of each tile, plus the bias; y (N, F, Ho, Wo).

    False if a value is not finite: an infinity or a NaN spreads over its tile.
    """
    F, (dH, dW) = M.shape[2], tiles.phases
    images, _, _, down, across = tiles.shape
    if b is not None:
        M[BIAS_AT] += b
    A2, _, _ = toom_cook.squares(4, 3, M.dtype)
    values = np.matmul(A2, M.reshape(36, -1), out=take((16, M[0].size), M.dtype))
    # pixels an odd number of cache lines apart: see windows.apart
    last = take((images, 4 * dH * down, 4 * dW * across, windows.pitch(F, M.itemsize)), M.dtype)
    s = last.strides
    steps = (dH * s[1], dW * s[2], s[0], s[1], s[2], 4 * dH * s[1], 4 * dW * s[2], s[3])
    shape = (4, 4, *tiles.shape, F)
    np.copyto(windows.strided(last, shape, steps), values.reshape(shape))
    first, stop = tiles.rows
    stop = min(stop, p.Ho)
    block = last[:, : stop - first, : p.Wo, :F].transpose(0, 3, 1, 2)
    np.copyto(y[tiles.n0 : tiles.n1, :, first:stop], block)
    return bool(np.isfinite(values.sum()))


def transform_weights(w, out, flipped):
    """out (36, F C) = (G kron G) times the 9 taps; reversing them all turns a filter by 180 degrees."""
    _, G2, _ = toom_cook.squares(4, 3, w.dtype)
    np.matmul(G2[:, ::-1] if flipped else G2, w.reshape(-1, 9).T, out=out)


def forward(x, w, b, y, p, threads, adjoint=False):
    """Write y (N, F, Ho, Wo). With `adjoint`, w is (C, F, 3, 3) and is turned: the gradient of the input.

    False if something in y is not finite; then it is to be computed another way.
    """
    value = x.itemsize
    few = 36 * tiles_of(p) * p.C * value <= FEW
    # a thread with tiles of its own reads the weights alone from the other's cache
    if few and (threads == 1 or tiles_of(p) < p.F // 3):
        return _by_filters(x, w, b, y, p, threads, adjoint)
    finite = True
    step = max(WEIGHTS * 2 // (36 * p.C * value), 32)
    for f in range(0, p.F, step):
        part = slice(f, min(f + step, p.F))
        weights = w[:, part] if adjoint else w[part]
        finite &= _by_tiles(x, weights, None if b is None else b[part], y[:, part], p, threads, adjoint)
    return finite


def _weights(w, adjoint, take):
    """Scratch for the transformed weights, and the same as (36, C, F) for the products."""
    U = take((36, w.shape[0] * w.shape[1]), w.dtype)
    stack = U.reshape(36, *w.shape[:2])
    return U, stack if adjoint else stack.transpose(0, 2, 1)


def _by_tiles(x, w, b, y, p, threads, adjoint):
    """Many tiles: the weights are transformed once, the threads share blocks of tiles."""
    F = y.shape[1]
    work = blocks(p, max(BLOCK // (36 * max(p.C, F) * x.itemsize), 16), threads)
    w = np.ascontiguousarray(w)
    with frame() as take:
        U, products = _weights(w, adjoint, take)
        parts = pool.cut(len(w), threads)

        def transform(k):
            first, last = parts[k]
            size = w.shape[1]
            transform_weights(w[first:last], U[:, first * size : last * size], adjoint)

        weights = pool.Preparation(transform, len(parts))

        def task(number):
            weights.begin()
            tiles = work[number]
            with frame() as more:
                V = more((36, tiles.count, p.C), x.dtype)
                with frame() as inner:
                    transform_input(x, p, tiles, V.reshape(36, -1), inner)
                weights.finish()
                M = np.matmul(V, products, out=more((36, tiles.count, F), x.dtype))
                finite.append(transform_output(M, b, p, tiles, y, more))

        finite = []
        pool.share(task, len(work), threads)
    return all(finite)


def _by_filters(x, w, b, y, p, threads, adjoint):
    """Few tiles: they are transformed once, the threads share the filters and transform only their own."""
    whole = Tiles(0, p.N, 0, grid(p)[0], grid(p)[1], p.dilation)
    step = max(min(WEIGHTS // (36 * p.C * x.itemsize), -(-p.F // threads)), 1)
    filters = pool.cut(p.F, -(-p.F // step), threads)
    channels = pool.cut(p.C, threads)
    with frame() as take:
        V = take((36, whole.count, p.C), x.dtype)

        def spread(k):
            part = slice(*channels[k])
            with frame() as more:
                own = more((36, whole.count, part.stop - part.start), x.dtype)
                transform_input(x[:, part], p, whole, own.reshape(36, -1), more)
                np.copyto(V[:, :, part], own)

        tiles = pool.Preparation(spread, len(channels))

        def task(k):
            tiles.begin()
            part = slice(*filters[k])
            own = np.ascontiguousarray(w[:, part] if adjoint else w[part])
            with frame() as more:
                U, products = _weights(own, adjoint, more)
                transform_weights(own, U, adjoint)
                tiles.finish()
                M = np.matmul(V, products, out=more((36, whole.count, part.stop - part.start), x.dtype))
                bias = None if b is None else b[part]
                finite.append(transform_output(M, bias, p, whole, y[:, part], more))

        finite = []
        pool.share(task, len(filters), threads)
    return all(finite)
