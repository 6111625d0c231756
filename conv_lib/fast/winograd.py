"""Winograd's F(4x4, 3x3): 16 outputs of a 3x3 filter with 36 products, where the definition takes 144.

    y tile = A^T [ sum_c (G w G^T) * (B^T x tile B) ] A

A tile is 6x6 pixels that give 4x4 outputs. The two-sided products are written one-sided, as (B kron B)
times the 36 values of every tile, so that a transform is a matrix product too. Between the transforms there
are 36 matrix products, one for each transformed value, which sum over the channels for all tiles.
"""

from functools import partial

import numpy as np

from conv_lib.fast import flipped, pool, toom_cook, tuning, windows
from conv_lib.fast.algorithm import Algorithm
from conv_lib.fast.scratch import frame
from conv_lib.fast.winograd_tiles import as_tiles, blocks, gather, whole

# the transformed value at the point (1, 1) goes into every output with weight one: there the bias is added
BIAS_AT = 1 * 6 + 1


def fits(p):
    """Whether the layer has a 3x3 kernel, stride 1 and one group."""
    return p.kH == p.kW == 3 and p.unit_stride and p.groups == 1


def cost(p):
    """The cost of the forward pass, in operations of the direct method's product.

    The 36 products take 72 C F operations per tile; the rest is the cost of the transforms.
    """
    tile = 72 * p.C * p.F + tuning.TILE_INPUT_COST * p.C + tuning.TILE_OUTPUT_COST * p.F
    return whole(p).count * tile + tuning.FILTER_COST * p.C * p.F


def pays(p):
    """float32 only: callers in float64 keep full precision."""
    return (
        p.dtype == np.float32
        and min(p.C, p.F) >= tuning.WINOGRAD_CHANNELS
        and cost(p) < tuning.WINOGRAD_SHARE * p.work
        and p.work > tuning.WINOGRAD_WORK
    )


def transform_input(x, p, tiles, V):
    """Write V (36, T C) = (B kron B) times the 36 pixels of each tile; the rows of V may be strided."""
    _, _, B2 = toom_cook.squares(4, 3, x.dtype)
    with frame() as take:
        np.matmul(B2, gather(x, p, tiles, 6, take), out=V)


def transform_all_input(x, p, threads, take):
    """Return V (36, T, C) for all tiles; the threads share the channels."""
    tiles = whole(p)
    V = take((36, tiles.count, p.C), x.dtype)

    def task(block, take):
        part = slice(*block)
        own = take((36, tiles.count, part.stop - part.start), x.dtype)
        transform_input(x[:, part], p, tiles, own.reshape(36, -1))
        np.copyto(V[:, :, part], own)

    pool.share(task, pool.cut(p.C, threads), threads)
    return V


def transform_output(M, b, p, tiles, y, take):
    """y = (A kron A)^T times the 36 values M (36, T, F) of each tile, plus the bias; y (N, F, Ho, Wo).

    True if a value is not finite: an infinity or a NaN spreads over the whole tile.
    """
    F, (dH, dW) = M.shape[2], tiles.phases
    images, _, _, down, across = tiles.shape
    if b is not None:
        M[BIAS_AT] += b
    A2, _, _ = toom_cook.squares(4, 3, M.dtype)
    values = np.matmul(A2, M.reshape(36, -1), out=take((16, M[0].size), M.dtype))
    # pixels an odd number of cache lines apart: see windows.spread
    rows = take((images, 4 * dH * down, 4 * dW * across, windows.pitch(F, M.itemsize)), M.dtype)
    np.copyto(as_tiles(rows, 4, tiles, F), values.reshape(4, 4, *tiles.shape, F))
    first, stop = tiles.rows
    stop = min(stop, p.Ho)
    block = rows[:, : stop - first, : p.Wo, :F].transpose(0, 3, 1, 2)
    np.copyto(y[tiles.n0 : tiles.n1, :, first:stop], block)
    return not np.isfinite(values.sum())


def transform_weights(w, adjoint, take, threads=1):
    """The products' right-hand sides (36, C, F): (G kron G) times the 9 taps, reversed for the adjoint."""
    _, G2, _ = toom_cook.squares(4, 3, w.dtype)
    U = take((36, *w.shape[:2]), w.dtype)

    def task(block, _):
        part = slice(*block)
        taps = w[part].reshape(-1, 9).T
        np.matmul(G2[:, ::-1] if adjoint else G2, taps, out=U[:, part].reshape(36, -1))

    pool.share(task, pool.cut(len(w), threads), threads)
    return U if adjoint else U.transpose(0, 2, 1)


def forward(x, w, b, y, p, threads, adjoint=False):
    """Write y (N, F, Ho, Wo). With `adjoint`, w is (C, F, 3, 3) and is flipped: the gradient of the input.

    True if a value in y is not finite; y must then be computed another way.
    """
    per_filter = 36 * p.C * x.itemsize
    tiles = whole(p).count
    few = per_filter * tiles <= tuning.FEW_TILES_BYTES
    # with tiles split between threads, each only has to fetch the weights from the other's cache
    by_filters = few and (threads == 1 or tiles < p.F // 3)
    count = -(-p.F * per_filter // tuning.FILTERS_BYTES)
    # (weights, bias, outputs) of each part of the filters
    parts = [
        (w[:, f0:f1] if adjoint else w[f0:f1], None if b is None else b[f0:f1], y[:, f0:f1])
        for f0, f1 in pool.cut(p.F, count, threads if by_filters else 1)
    ]
    if by_filters:
        return _by_filters(x, parts, p, threads, adjoint)
    return any([_by_tiles(x, *part, p, threads, adjoint) for part in parts])


def _by_tiles(x, w, b, y, p, threads, adjoint):
    """For many tiles: the weights are transformed once, and the threads share blocks of tiles."""
    F = y.shape[1]
    spoilt = []
    w = np.ascontiguousarray(w)
    with frame() as outer:
        U = transform_weights(w, adjoint, outer, threads)

        def task(tiles, take):
            V = take((36, tiles.count, p.C), x.dtype)
            transform_input(x, p, tiles, V.reshape(36, -1))
            M = np.matmul(V, U, out=take((36, tiles.count, F), x.dtype))
            spoilt.append(transform_output(M, b, p, tiles, y, take))

        pool.share(task, blocks(p, 36 * max(p.C, F) * x.itemsize, threads), threads)
    return any(spoilt)


def _by_filters(x, parts, p, threads, adjoint):
    """For few tiles: they are transformed once, and each thread transforms only its share of the filters."""
    tiles, spoilt = whole(p), []
    with frame() as outer:
        V = transform_all_input(x, p, threads, outer)

        def task(part, take):
            w, b, y = part
            U = transform_weights(np.ascontiguousarray(w), adjoint, take)
            M = np.matmul(V, U, out=take((36, tiles.count, y.shape[1]), x.dtype))
            spoilt.append(transform_output(M, b, p, tiles, y, take))

        pool.share(task, parts, threads)
    return any(spoilt)


def input_gradient(dout, w, dx, p, threads):
    """Write dx (N, C, H, W): it is itself the output of a 3x3 layer."""
    return flipped.run(partial(forward, adjoint=True), dout, w, dx, p, threads)


WINOGRAD = Algorithm(
    "winograd",
    needs="a 3x3 kernel and stride 1",
    fits=fits,
    pays=pays,
    exact=False,
    forward=forward,
    input_gradient=input_gradient,
)
