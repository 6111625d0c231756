"""dw of a 3x3 layer by the transpose of Winograd's forward pass: 36 products where the definition takes 144.

Forward, U = G w G^T, M = U V summed over channels, y = A^T M A. Read from the end: dM = A dy A^T,
dU = dM V^T summed over the tiles, dw = G^T dU G. V, the transformed input tiles, is the same in both.
"""

import numpy as np

from conv_lib.fast import pool, toom_cook, windows, winograd
from conv_lib.fast.scratch import frame

# bytes of transformed tiles, of x and dout together, that are held at one time
TILES = 6 << 20
# bytes of transformed tiles in one block of them
BLOCK = 1500 << 10
# bytes of dU that are held at one time
WEIGHTS = 10 << 20


def fits(p):
    """Sums for all transformed weights have to be held, unless all tiles are."""
    return winograd.fits(p) and (36 * p.F * p.C * p.dtype.itemsize <= WEIGHTS or _one_chunk(p))


def _one_chunk(p):
    return 36 * winograd.tiles_of(p) * (p.C + p.F) * p.dtype.itemsize <= TILES


def transform_dout(dout, p, tiles, dM, take):
    """dM (36, T F) = (A kron A) times the 16 gradients of each output tile; zeros outside the image."""
    F, (dH, dW) = dout.shape[1], tiles.phases
    images, _, _, down, across = tiles.shape
    last = take((images, 4 * dH * down, 4 * dW * across, F), dout.dtype)
    plain = p._replace(H=p.Ho, W=p.Wo, pads=((0, 0), (0, 0)))
    windows.channels_last(dout[tiles.n0 : tiles.n1], plain, tiles.rows[0], last, take)
    s = last.strides
    steps = (dH * s[1], dW * s[2], s[0], s[1], s[2], 4 * dH * s[1], 4 * dW * s[2], s[3])
    pixels = take((4, 4, *tiles.shape, F), dout.dtype)
    np.copyto(pixels, windows.strided(last, pixels.shape, steps))
    A2, _, _ = toom_cook.squares(4, 3, dout.dtype)
    np.matmul(A2.T, pixels.reshape(16, -1), out=dM)


def backward(dout, x, p, threads):
    """dw (F, C, 3, 3)."""
    if _one_chunk(p):
        return _by_filters(dout, x, p, threads)
    return _by_values(dout, x, p, threads)


def _finish(dU, dw):
    """dw (F, C, 3, 3) = G^T dU G for dU (36, F, C)."""
    _, G2, _ = toom_cook.squares(4, 3, dU.dtype)
    np.matmul(dU.reshape(36, -1).T, G2, out=dw.reshape(-1, 9))


def _by_filters(dout, x, p, threads):
    """All tiles of x at once; the threads share the filters, each with its own dM and dU."""
    dw = np.empty((p.F, p.C, 3, 3), x.dtype)
    whole = winograd.Tiles(0, p.N, 0, *winograd.grid(p), p.dilation)
    step = max(min(WEIGHTS // (2 * 36 * p.C * x.itemsize), -(-p.F // threads)), 1)
    filters = pool.cut(p.F, -(-p.F // step), threads)
    channels = pool.cut(p.C, threads)
    with frame() as take:
        V = take((36, whole.count, p.C), x.dtype)

        def spread(k):
            part = slice(*channels[k])
            with frame() as more:
                own = more((36, whole.count, part.stop - part.start), x.dtype)
                winograd.transform_input(x[:, part], p, whole, own.reshape(36, -1), more)
                np.copyto(V[:, :, part], own)

        tiles = pool.Preparation(spread, len(channels))

        def task(k):
            tiles.begin()
            part = slice(*filters[k])
            with frame() as more:
                dM = more((36, whole.count, part.stop - part.start), x.dtype)
                with frame() as inner:
                    transform_dout(dout[:, part], p, whole, dM.reshape(36, -1), inner)
                dU = more((36, part.stop - part.start, p.C), x.dtype)
                tiles.finish()
                np.matmul(dM.transpose(0, 2, 1), V, out=dU)
                _finish(dU, dw[part])

        pool.share(task, len(filters), threads)
    return dw


def _by_values(dout, x, p, threads):
    """Chunks of tiles; the threads share the 36 values, each of which sums its products over the chunks."""
    dw = np.empty((p.F, p.C, 3, 3), x.dtype)
    size = max(TILES // (36 * (p.C + p.F) * x.itemsize), 1)
    small = winograd.blocks(p, max(min(BLOCK // (36 * max(p.C, p.F) * x.itemsize), size // 2), 1), threads)
    with frame() as take:
        dU = take((36, p.F, p.C), x.dtype)
        dU.fill(0)
        for chunk in _chunks(small, size):
            starts = np.cumsum([0] + [tiles.count for tiles in chunk])
            total = int(starts[-1])
            with frame() as more:
                V = more((36, total * p.C), x.dtype)
                dM = more((36, total * p.F), x.dtype)

                def spread(k, chunk=chunk, starts=starts, V=V, dM=dM):
                    first, last = int(starts[k]), int(starts[k + 1])
                    with frame() as inner:
                        winograd.transform_input(x, p, chunk[k], V[:, first * p.C : last * p.C], inner)
                    with frame() as inner:
                        transform_dout(dout, p, chunk[k], dM[:, first * p.F : last * p.F], inner)

                def add(k, V=V, dM=dM, total=total):
                    left, right = dM[k].reshape(total, p.F).T, V[k].reshape(total, p.C)
                    with frame() as inner:
                        dU[k] += np.matmul(left, right, out=inner((p.F, p.C), x.dtype))

                pool.share(spread, len(chunk), threads)
                pool.share(add, 36, threads)
        parts = pool.cut(p.F, threads)
        pool.share(lambda k: _finish_part(dU, dw, *parts[k]), len(parts), threads)
    return dw


def _finish_part(dU, dw, f0, f1):
    _, G2, _ = toom_cook.squares(4, 3, dU.dtype)
    C = dU.shape[2]
    values = dU.reshape(36, -1)[:, f0 * C : f1 * C]
    np.matmul(values.T, G2, out=dw[f0:f1].reshape(-1, 9))


def _chunks(blocks, size):
    """Group blocks so that a group has about `size` tiles."""
    chunk, count = [], 0
    for tiles in blocks:
        if chunk and count + tiles.count > size:
            yield chunk
            chunk, count = [], 0
        chunk.append(tiles)
        count += tiles.count
    if chunk:
        yield chunk
