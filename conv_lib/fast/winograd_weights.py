"""dw of a 3x3 layer by the transpose of Winograd's forward pass: 36 products where the definition takes 144.

Forward: U = G w G^T, M = U V summed over channels, y = A^T M A. Backward: dM = A dy A^T, dU = dM V^T summed
over the tiles, dw = G^T dU G. V, the transformed input tiles, is the same in both.
"""

import numpy as np

from conv_lib.fast import pool, toom_cook, tuning, winograd
from conv_lib.fast.algorithm import Algorithm
from conv_lib.fast.scratch import frame
from conv_lib.fast.winograd_tiles import blocks, gather


def fits(p):
    """Whether memory suffices for the sums of all transformed weights."""
    return winograd.fits(p) and 36 * p.F * p.C * p.dtype.itemsize <= tuning.GRADIENT_SUMS_BYTES


def transform_dout(dout, p, tiles, dM):
    """dM (36, T F) = (A kron A) times the 16 gradients of each output tile; zeros outside the image."""
    plain = p._replace(H=p.Ho, W=p.Wo, pads=((0, 0), (0, 0)))
    A2, _, _ = toom_cook.squares(4, 3, dout.dtype)
    with frame() as take:
        np.matmul(A2.T, gather(dout, plain, tiles, 4, take), out=dM)


def weight_gradient(dout, x, dw, p, threads):
    """Write dw (F, C, 3, 3); True if a value in it is not finite.

    The tiles come in chunks; the threads share the 36 values, whose products are summed over the chunks.
    """
    per_tile = 36 * (p.C + p.F) * x.itemsize
    with frame() as outer:
        dU = outer((36, p.F, p.C), x.dtype)
        dU.fill(0)
        parts = blocks(p, per_tile, threads)
        step = max(tuning.GRADIENT_TILES_BYTES // (per_tile * max(tiles.count for tiles in parts)), 1)
        for first in range(0, len(parts), step):
            with frame() as take:
                _add_chunk(dout, x, dU, parts[first : first + step], p, threads, take)

        _, G2, _ = toom_cook.squares(4, 3, x.dtype)

        def finish(block, take):
            part = slice(*block)
            np.matmul(dU[:, part].reshape(36, -1).T, G2, out=dw[part].reshape(-1, 9))  # G^T dU G

        pool.share(finish, pool.cut(p.F, threads), threads)
    return not np.isfinite(dw.sum())


def _add_chunk(dout, x, dU, chunk, p, threads, take):
    """Add the products of a chunk of tiles to dU (36, F, C)."""
    starts = np.cumsum([0] + [tiles.count for tiles in chunk]).tolist()
    total = starts[-1]
    V, dM = take((36, total, p.C), x.dtype), take((36, total, p.F), x.dtype)

    def transform(k, take):
        first, last = starts[k : k + 2]
        winograd.transform_input(x, p, chunk[k], V.reshape(36, -1)[:, first * p.C : last * p.C])
        transform_dout(dout, p, chunk[k], dM.reshape(36, -1)[:, first * p.F : last * p.F])

    def add(k, take):
        dU[k] += np.matmul(dM[k].T, V[k], out=take((p.F, p.C), x.dtype))

    pool.share(transform, range(len(chunk)), threads)
    pool.share(add, range(36), threads)


WINOGRAD = Algorithm(
    "winograd",
    needs=winograd.WINOGRAD.needs,
    fits=fits,
    pays=winograd.pays,
    exact=False,
    weight_gradient=weight_gradient,
)
