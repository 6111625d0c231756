"""Sheet of 11_go_fast: F(2, 3) by hand and in two dimensions, its work, tiles, and a layer made of tiles.

Speed is never judged: what a function held or multiplied is part of its answer.
"""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_lib import sizes, vectorized

sheet = Sheet("11_go_fast")
# what adds the products of the definition up; here the outputs have to come out of fewer
DEFINITION = (
    "conv1d conv2d numpy:convolve numpy:correlate scipy:convolve scipy:correlate scipy:convolve2d "
    "scipy:correlate2d scipy:convolve1d scipy:correlate1d"
)

# --- q1: F(2, 3) in one dimension

q1 = sheet.function(
    "q1",
    "four_products",
    title="two outputs by four products",
    section="11-picture",
    outputs=("u", "v", "y"),
    parts={"u": 1, "v": 1, "y": 1},
    answered_by=DEFINITION,
)

_U = np.array([[1.0, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
_V = np.array([[1.0, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
_Y = np.array([[1.0, 1, 1, 0], [0, 1, -1, -1]])


def _four(U, V, Y):
    """An answer by three matrices."""

    def four_products(x, w):
        u, v = U @ x, V @ w
        return u, v, Y @ (u * v)

    return four_products


@q1.reference
def four_products(x, w):
    return _four(_U, _V, _Y)(x, w)


@q1.cases
def _(rng):
    yield case(np.array([1, 2, 3, 4]), np.array([2, 1, 3]))
    for _k in range(4):
        yield case(numbers(rng, 4), numbers(rng, 3))
    yield case(numbers(rng, 4), numbers(rng, 3), layout="view")
    # six products keep the small samples, four lose them, in whatever order they are added
    x, w = np.array([1.0, 2.0**60, 2, 3]), np.array([0.0, 0, 2])
    yield case(x, w, note="2**60 beside small samples: rounding tells four products from six")


@q1.right
def _(x, w):
    u = np.array([x[0] - x[2], x[1] + x[2], x[2] - x[1], x[1] - x[3]])
    v = np.array([w[0], (w[0] + w[1] + w[2]) / 2, (w[0] - w[1] + w[2]) / 2, w[2]])
    m = u * v
    return u, v, np.array([m[0] + m[1] + m[2], m[1] - m[2] - m[3]])


def _changed(matrix, row, values):
    out = matrix.copy()
    out[row] = values
    return out


q1.wrong(
    "The last product is added",
    "y1 holds x3 w2 once, with a plus. With which sign does x3 stand in the fourth sum?",
    _four(_U, _V, _changed(_Y, 1, [0, 1, -1, 1])),
    section="11-picture",
)
q1.wrong(
    "The halves are missing",
    "In m2 + m3, how many times does x2 w0 come up, and how many times should it?",
    _four(_U, _changed(_changed(_V, 1, [1, 1, 1]), 2, [1, -1, 1]), _Y),
    section="11-picture",
)
q1.wrong(
    "The third sum has the other sign",
    "Take w = (0, 1, 0). Which sample does y0 hold then, and what do m2 and m3 add up to?",
    _four(_changed(_U, 2, [0, 1, -1, 0]), _V, _Y),
    section="11-picture",
)
q1.wrong(
    "The fourth sum has the other sign",
    "Look at x1 in y1: it comes from m2, m3 and m4. Does x1 w2 cancel?",
    _four(_changed(_U, 3, [0, -1, 0, 1]), _V, _Y),
    section="11-picture",
)
q1.wrong(
    "y is made of six products",
    "How many products did each of your outputs take, and how many may there be for both?",
    lambda x, w: (_U @ x, _V @ w, np.correlate(x * 1.0, w, "valid")),
    section="11-picture",
)
q1.wrong(
    "The kernel is flipped",
    "Which tap meets x0 in y0?",
    lambda x, w: _four(_U, _V, _Y)(x, np.asarray(w)[::-1]),
    section="11-picture",
)

# --- q2: F(2x2, 3x3) on one tile

q2 = sheet.function(
    "q2",
    "winograd_tile",
    title="four outputs by sixteen products",
    section="11-winograd",
    outputs=("M", "Y"),
    parts={"M": 1, "Y": 1},
    answered_by=DEFINITION,
)


def _tile(left=lambda x: _U @ x @ _U.T, right=lambda w: _V @ w @ _V.T, back=lambda M: _Y @ M @ _Y.T):
    def winograd_tile(x, w):
        M = left(x) * right(w)
        return M, back(M)

    return winograd_tile


@q2.reference
def winograd_tile(x, w):
    return _tile()(x, w)


@q2.cases
def _(rng):
    yield case(np.arange(16).reshape(4, 4), np.array([[1, 0, 0], [0, 0, 0], [0, 0, 2]]))
    for _k in range(4):
        yield case(numbers(rng, 4, 4), numbers(rng, 3, 3))
    yield case(numbers(rng, 4, 4), numbers(rng, 3, 3), layout="F")
    yield case(numbers(rng, 4, 4), numbers(rng, 3, 3), layout="view")


@q2.right
def _(x, w):
    M = np.kron(_U, _U) @ np.ravel(x) * (np.kron(_V, _V) @ np.ravel(w))
    return M.reshape(4, 4), (np.kron(_Y, _Y) @ M).reshape(2, 2)


q2.wrong(
    "Matrix product in place of entry by entry",
    "How many products of numbers does a product of two 4 x 4 matrices take? You have sixteen.",
    lambda x, w: (lambda M: (M, _Y @ M @ _Y.T))((_U @ x @ _U.T) @ (_V @ w @ _V.T)),
    section="11-winograd",
)
q2.wrong(
    "The tile is transformed along one axis only",
    "B^T from the left mixes the rows of the tile. What mixes its columns?",
    _tile(left=lambda x: _U @ x),
    section="11-winograd",
)
q2.wrong(
    "The kernel is transposed",
    "A kernel with one 1 at row 0, column 2: which pixel of the tile should the first output be?",
    _tile(right=lambda w: _V @ np.transpose(w) @ _V.T),
    section="11-winograd",
)
q2.wrong(
    "The result is transposed",
    "Which index of Y counts rows of outputs?",
    _tile(back=lambda M: (_Y @ M @ _Y.T).T),
    section="11-winograd",
)
q2.wrong(
    "The tile is transposed",
    "Row 0 of the tile meets row 0 of the kernel. Does it in yours?",
    _tile(left=lambda x: _U @ np.transpose(x) @ _U.T),
    section="11-winograd",
)

# --- q3: how much work that is

q3 = sheet.function(
    "q3",
    "count_products",
    title="count the products of a layer",
    section="11-winograd",
    outputs=("direct", "winograd"),
    parts={"direct": 1, "winograd": 1},
)


def _count(tiles=lambda n, m: -(-n // m), side=lambda m: m + 2, sums=lambda F, D: F * D):
    def count_products(F, D, H, W, m):
        return 9 * F * D * H * W, tiles(H, m) * tiles(W, m) * side(m) ** 2 * sums(F, D)

    return count_products


@q3.reference
def count_products(F, D, H, W, m):
    return _count()(F, D, H, W, m)


@q3.cases
def _(rng):
    for F, D, H, W, m in [
        (1, 1, 4, 4, 2),
        (2, 3, 8, 12, 4),
        (5, 4, 7, 9, 2),
        (3, 2, 9, 6, 4),
        (4, 3, 13, 10, 6),
    ]:
        yield case(F, D, H, W, m)
    F, D, H, W = (int(n) for n in rng.integers([2, 2, 9, 20], [9, 9, 20, 40]))
    yield case(F, D, H, W, 4)


@q3.right
def _(F, D, H, W, m):
    tiles = len(range(0, H, m)) * len(range(0, W, m))
    return F * D * H * W * 3 * 3, tiles * (m + 2) * (m + 2) * D * F


q3.wrong(
    "Tiles over the edge are left out",
    "Nine rows of outputs in tiles of four: how many tiles does it take to have all nine?",
    _count(tiles=lambda n, m: n // m),
    section="11-winograd",
)
q3.wrong(
    "Only the outputs of a tile are counted",
    "Two outputs of a three-tap filter took four products, not two. How many points has a tile of m?",
    _count(side=lambda m: m),
    section="11-picture",
)
q3.wrong(
    "Each channel is multiplied once",
    "The products of one tile: is one set enough for all F filters?",
    _count(sums=lambda F, D: D),
    section="11-winograd",
)
q3.wrong(
    "Tiles are cut as if they could be broken",
    "Can a tile be two and a quarter tiles? The last one of a row is computed whole.",
    _count(tiles=lambda n, m: n / m),
    section="11-winograd",
)

# --- q4: cut rows into tiles

q4 = sheet.function(
    "q4",
    "tile_rows",
    title="blocks of rows that fit the cache",
    section="11-tiles",
    points=2,
)


def _edges(rows, per_row, cache, threads, fit=lambda cache, row: max(cache // row, 1), share=True):
    count = -(-rows // fit(cache, per_row))
    if share:
        count = min(-(-count // threads) * threads, rows)
    return [rows * k // count for k in range(count + 1)]


@q4.reference
def tile_rows(rows, per_row, cache, threads):
    return np.array(_edges(rows, per_row, cache, threads))


@q4.cases
def _(rng):
    yield case(12, 100, 400, 1)
    yield case(12, 100, 500, 2)
    yield case(12, 100, 370, 1)
    yield case(56, 129024, 655360, 2)
    yield case(7, 1000, 300, 2)
    yield case(5, 100, 10000, 2)
    yield case(3, 100, 10000, 4)
    yield case(13, 64, 200, 3)
    rows, per_row = (int(n) for n in rng.integers([20, 50], [60, 90]))
    yield case(rows, per_row, int(rng.integers(200, 700)), 2)


@q4.right
def _(rows, per_row, cache, threads):
    fit = cache // per_row or 1
    count = (rows + fit - 1) // fit
    while count % threads:
        count += 1
    count = min(count, rows)
    return [k * rows // count for k in range(count)] + [rows]


def _cut(**how):
    return lambda rows, per_row, cache, threads: np.array(_edges(rows, per_row, cache, threads, **how))


q4.wrong(
    "The threads are forgotten",
    "Twelve blocks or eleven: what does the second thread do while the first computes the eleventh?",
    _cut(share=False),
    section="11-threads",
)
q4.wrong(
    "One row too many",
    "How many bytes does your largest block hold, and how many are there in the cache?",
    _cut(fit=lambda cache, row: -(-cache // row)),
    section="11-tiles",
)


@q4.wrong(
    "Full blocks first, the rest last",
    "Your last block may have one row and the others five. Who waits for whom?",
    section="11-tiles",
)
def _(rows, per_row, cache, threads):
    return np.array([*range(0, rows, max(cache // per_row, 1)), rows])


@q4.wrong(
    "More blocks than rows",
    "Three rows for four threads: how many blocks have something to do?",
    section="11-threads",
)
def _(rows, per_row, cache, threads):
    count = -(-rows // max(cache // per_row, 1))
    count = -(-count // threads) * threads
    return np.array([rows * k // count for k in range(count + 1)])


# --- q5: a layer made of tiles

q5 = sheet.function(
    "q5",
    "tiled_layer",
    title="a layer that holds one block of columns",
    section="11-tiles",
    outputs=("y", "held"),
    parts={"y": 2, "held": 1},
    answered_by="conv2d",
)


def _layer(x, w, b, stride, padding, rows, held=None, **how):
    H, kH = x.shape[2], w.shape[2]
    H_out = sizes.output_size(H, kH, stride, padding)
    step = min(rows, H_out)
    W_out = sizes.output_size(x.shape[3], w.shape[3], stride, padding)
    y = vectorized.conv2d(x, w, None if how.get("bias") == "forgotten" else b, stride=stride, padding=padding)
    if how.get("bias") == "every block":
        y = y + b[:, None, None] * (np.arange(H_out)[:, None] >= step)
    if how.get("block") == "last dropped":
        y[:, :, H_out // step * step :] = 0
    if how.get("block") == "stride forgotten":
        # the block that begins at output row i begins at input row i
        for i in range(0, H_out, step):
            shifted = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))[:, :, i:]
            part = vectorized.conv2d(shifted, w, b, stride=stride)[:, :, : min(step, H_out - i)]
            y[:, :, i : i + part.shape[2]] = part
    K = w[0].size
    return y, {"whole": K * H_out * W_out, "rows": step * W_out}.get(held, K * step * W_out)


@q5.reference
def tiled_layer(x, w, b, *, stride=1, padding=0, rows=2):
    return _layer(x, w, b, stride, padding, rows)


@q5.cases
def _(rng):
    for (D, H, W), (F, kH, kW), S, P, rows in [
        ((1, 5, 4), (2, 2, 3), 1, 0, 2),
        ((2, 7, 6), (3, 3, 2), 1, 0, 2),
        ((2, 8, 7), (3, 3, 2), 2, 1, 2),
        ((3, 9, 6), (2, 2, 3), 2, 3, 3),
        ((2, 9, 11), (4, 4, 3), 3, 2, 2),
        ((2, 5, 6), (3, 2, 2), 1, 1, 40),
        ((2, 7, 6), (1, 2, 3), 1, 0, 3),
        ((2, 2, 6), (3, 2, 3), 1, 0, 2),
        ((2, 6, 3), (3, 2, 3), 2, 0, 2),
    ]:
        x, w, b = numbers(rng, 2, D, H, W), numbers(rng, F, D, kH, kW), numbers(rng, F)
        yield case(x, w, b, stride=S, padding=P, rows=rows)
    x, w, b = np.arange(48).reshape(1, 2, 6, 4), numbers(rng, 3, 2, 2, 3) / 2, numbers(rng, 3)
    yield case(x, w, b, stride=1, padding=1, rows=4)
    for layout in ("view", "F"):
        x, w, b = numbers(rng, 2, 2, 7, 6), numbers(rng, 3, 2, 3, 2), numbers(rng, 3)
        yield case(x, w, b, stride=2, padding=1, rows=3, layout=layout)


@q5.right
def _(x, w, b, *, stride=1, padding=0, rows=2):
    N, D, H, W = x.shape
    F, _, kH, kW = w.shape
    xpad = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    H_out = (H + 2 * padding - kH) // stride + 1
    W_out = (W + 2 * padding - kW) // stride + 1
    y, held = np.zeros((N, F, H_out, W_out)), 0
    for n in range(N):
        for first in range(0, H_out, rows):
            last = min(first + rows, H_out)
            columns = []
            for d, u, v in np.ndindex(D, kH, kW):
                below = xpad[n, d, u + first * stride :: stride, v::stride]
                columns.append(below[: last - first, :W_out].ravel())
            columns = np.array(columns)
            held = max(held, columns.size)
            y[n, :, first:last] = (w.reshape(F, -1) @ columns + b[:, None]).reshape(F, last - first, W_out)
    return y, held


def _wrong_layer(**how):
    def tiled_layer(x, w, b, *, stride=1, padding=0, rows=2):
        return _layer(x, w, b, stride, padding, rows, **how)

    return tiled_layer


q5.wrong(
    "All columns are made at once",
    "How many columns are in memory when your first product starts?",
    _wrong_layer(held="whole"),
    section="11-tiles",
)
q5.wrong(
    "Pixels are counted, not entries",
    "Each column has D kH kW entries. How many numbers does a block hold?",
    _wrong_layer(held="rows"),
    section="11-tiles",
)
q5.wrong(
    "The bias is forgotten",
    "Put w = 0. What should be left in y?",
    _wrong_layer(bias="forgotten"),
    section="11-tiles",
)
q5.wrong(
    "The bias is added again in later blocks",
    "Each output is written by one block. How many times does b reach a row of the second one?",
    _wrong_layer(bias="every block"),
    section="11-tiles",
)
q5.wrong(
    "The last rows are dropped",
    "Seven rows of outputs in blocks of two: which block computes the seventh?",
    _wrong_layer(block="last dropped"),
    section="11-tiles",
)
q5.wrong(
    "A block begins at the wrong input row",
    "With stride 2, at which row of the padded input does the window of output row 3 begin?",
    _wrong_layer(block="stride forgotten"),
    section="11-tiles",
)
