"""Sheet of 11_go_fast: F(2, 3) by hand and in two dimensions, its work, tiles, and a layer made of tiles.

Speed is never judged. Rounding tells which products made an answer; what a function held, it says itself.
"""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers

sheet = Sheet(
    "11_go_fast",
    given="""
import numpy as np

from conv_lib import sizes

BT = np.array([[1.0, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
G = np.array([[1.0, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
AT = np.array([[1.0, 1, 1, 0], [0, 1, -1, -1]])


def columns_of(xpad, kernel, stride, H_out, W_out):
    D, (kH, kW) = len(xpad), kernel
    taps = [
        xpad[d, u : u + (H_out - 1) * stride + 1 : stride, v : v + (W_out - 1) * stride + 1 : stride].ravel()
        for d in range(D)
        for u in range(kH)
        for v in range(kW)
    ]
    return np.array(taps)


def prepare(x, w, stride, padding):
    H_out, W_out = (sizes.output_size(x.shape[a], w.shape[a], stride, padding) for a in (2, 3))
    around = (padding, padding)
    return np.pad(x, ((0, 0), (0, 0), around, around)), w.reshape(len(w), -1), H_out, W_out
""",
)
BT, G, AT = (sheet.names[name] for name in ("BT", "G", "AT"))
# what adds the products of the definition up; here the outputs have to come out of fewer
DEFINITION = "conv1d conv2d numpy:convolve numpy:correlate libraries"

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


q1.solution('''
def four_products(x, w):
    """u (4,), v (4,) and y (2,), where y is made of the four products u * v."""
    u = np.array([x[0] - x[2], x[1] + x[2], x[2] - x[1], x[1] - x[3]])
    v = np.array([w[0], (w[0] + w[1] + w[2]) / 2, (w[0] - w[1] + w[2]) / 2, w[2]])
    p = u * v
    return u, v, np.array([p[0] + p[1] + p[2], p[1] - p[2] - p[3]])
''')


@q1.cases
def _(rng):
    yield case(np.array([1, 2, 3, 4]), np.array([2, 1, 3]))
    yield case(np.array([1.0, 2, 3, 4]), np.array([1.0, 2, 2]))  # both halves are fractions
    for _k in range(4):
        yield case(numbers(rng, 4), numbers(rng, 3))
    yield case(numbers(rng, 4), numbers(rng, 3), layout="view")
    # six products keep the small samples, four lose them, in whatever order they are added
    x, w = np.array([1.0, 2.0**60, 2, 3]), np.array([0.0, 0, 2])
    yield case(
        x, w, note="four products lose the small samples beside 2**60 and give 0, six would give 4 and 6"
    )


@q1.right
def _(x, w):
    U = np.array([[1.0, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
    V = np.array([[1.0, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
    u, v = U @ x, V @ w
    return u, v, np.array([[1.0, 1, 1, 0], [0, 1, -1, -1]]) @ (u * v)


q1.slips("""
The halves are rounded down
    / 2 =>> // 2
    or
    (w[0] + w[1] + w[2]) / 2 => (w[0] + w[1] + w[2]) // 2
    or
    (w[0] - w[1] + w[2]) / 2 => (w[0] - w[1] + w[2]) // 2
    What becomes of half an odd number when it is rounded down?

The third product is left out of y0
    p[0] + p[1] + p[2] => p[0] + p[1]
    What do p1 and p2 lack of y0? Write out their terms.

The second product is left out of y0
    p[0] + p[1] + p[2] => p[0] + p[2]
    What do p1 and p3 lack of y0? Write out their terms.

The third product is taken off in y0
    p[0] + p[1] + p[2] => p[0] + p[1] - p[2]
    Take w = (0, 1, 0). Which sample does y0 hold then, and what do p2 and p3 bring?

The fourth product is left out of y1
    p[1] - p[2] - p[3] => p[1] - p[2]
    Which of your products holds x3?

The third product is left out of y1
    p[1] - p[2] - p[3] => p[1] - p[3]
    Take w = (0, 1, 0). Which sample does y1 hold then, and what do p2 and p4 bring?

The signs of p2 and p3 are exchanged in y1
    p[1] - p[2] - p[3] => p[2] - p[1] - p[3]
    Take w = (0, 1, 0). Which sample does y1 hold then, and which sign has p2?

w2 has a minus in v2
    (w[0] + w[1] + w[2]) => (w[0] + w[1] - w[2])
    In p2, with which sign does x2 stand, and which sign does w2 need for x2 w2 to come out with a plus?

The fourth product is added in y1
    - p[3]] => + p[3]]
    y1 holds x3 w2 once, with a plus: with which sign does x3 stand in u4?

The third product is added in y1
    p[1] - p[2] => p[1] + p[2]
    Take w = (0, 1, 0). Which sample does y1 hold then, and what do p2 and p3 bring?

The halves are missing
    / 2 =>>
    The halves belong to v2 and v3: how many times does x2 w0 come up in u2 v2 + u3 v3?

The halves are with the samples
    / 2 =>>
    x[1] + x[2], => (x[1] + x[2]) / 2,
    x[2] - x[1], => (x[2] - x[1]) / 2,
    Every u is a plain sum or difference of two samples: to which side do the halves belong?

The halves are on both sides
    x[1] + x[2], => (x[1] + x[2]) / 2,
    x[2] - x[1], => (x[2] - x[1]) / 2,
    In u2 v2 + u3 v3, how many times does x2 w0 come up, and how many times should it?

u3, v3 or p3 has the other sign
    x[2] - x[1] => x[1] - x[2]
    With which signs do x2 in u3, w0 in v3 and p3 in y0 stand?

u4, v4 or p4 has the other sign
    x[1] - x[3] => x[3] - x[1]
    With which signs do x3 in u4, w2 in v4 and p4 in y1 stand?

w1 has a plus in v3
    w[0] - w[1] + w[2] => w[0] + w[1] + w[2]
    In p3, with which sign does x1 stand, and which sign does w1 need for x1 w1 to come out with a plus?

y is made of six products
    - return u, v, np.array([p[0] + p[1] + p[2], p[1] - p[2] - p[3]])
    + return u, v, np.array([np.sum(x[:3] * w), np.sum(x[1:] * w)])
    How many products did each of your outputs take, and how many may there be for both?

The kernel is flipped  [01-two]
    - v = np.array([w[0], (w[0] + w[1] + w[2]) / 2, (w[0] - w[1] + w[2]) / 2, w[2]])
    + v = np.array([w[2], (w[0] + w[1] + w[2]) / 2, (w[0] - w[1] + w[2]) / 2, w[0]])
    Which tap is v1, and which one meets x0 in y0?
""")

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


q2.solution('''
def winograd_tile(x, w):
    """M (4, 4), the sixteen products, and Y (2, 2), the outputs."""
    M = (BT @ x @ BT.T) * (G @ w @ G.T)
    return M, AT @ M @ AT.T
''')


@q2.cases
def _(rng):
    yield case(np.arange(16).reshape(4, 4), np.array([[1, 0, 0], [0, 0, 0], [0, 0, 2]]))
    for _k in range(4):
        yield case(numbers(rng, 4, 4), numbers(rng, 3, 3))
    yield case(numbers(rng, 4, 4), numbers(rng, 3, 3), layout="F")
    yield case(numbers(rng, 4, 4), numbers(rng, 3, 3), layout="view")
    # as in q1: every entry of M that counts is 2**60, with a sign, and swallows the small pixels
    x, w = np.arange(16.0).reshape(4, 4), np.zeros((3, 3))
    x[1, 1], w[2, 2] = 2.0**60, 2
    yield case(x, w, note="sixteen products lose the small pixels beside 2**60, thirty-six would keep them")


@q2.right
def _(x, w):
    M = np.kron(BT, BT) @ np.ravel(x) * (np.kron(G, G) @ np.ravel(w))
    return M.reshape(4, 4), (np.kron(AT, AT) @ M).reshape(2, 2)


q2.slips("""
Y is made of thirty-six products
    - return M, AT @ M @ AT.T
    + return M, np.array([[np.sum(x[i : i + 3, j : j + 3] * w) for j in range(2)] for i in range(2)])
    The definition takes nine products for each output: how many may there be for all four?

Matrix product in place of entry by entry
    BT.T) * (G => BT.T) @ (G
    How many products of numbers does a product of two 4 x 4 matrices take, and how many may there be?

The tile is transformed along one axis only
    BT @ x @ BT.T => BT @ x
    B^T from the left mixes the rows of the tile. What mixes its columns?

On the right of x stands BT, not its transpose
    x @ BT.T => x @ BT
    Column 0 of x @ A is a sum of the columns of x: does row 0 or column 0 of A hold their factors?

B stands where its transpose belongs
    BT @ x @ BT.T => BT.T @ x @ BT
    Along the columns of the tile, which two rows does the first sum of question 11.1 take?

The kernel is transposed
    G @ w => G @ w.T
    A kernel with one 1 at row 0, column 2: which pixel of the tile should the first output be?

The result is transposed
    AT @ M @ AT.T => (AT @ M @ AT.T).T
    Which index of Y counts rows of outputs?

The tile is transposed
    BT @ x @ => BT @ x.T @
    Row 0 of the tile meets row 0 of the kernel. Does it in yours?
""")

# --- q3: how much work that is

q3 = sheet.function(
    "q3",
    "count_products",
    title="count the products of a layer",
    section="11-winograd",
    outputs=("direct", "winograd"),
    parts={"direct": 1, "winograd": 1},
)


q3.solution('''
def count_products(F, D, H, W, m):
    """(direct, winograd): products by the definition, and by tiles of m x m outputs."""
    tiles = -(-H // m) * -(-W // m)
    return 9 * F * D * H * W, tiles * (m + 2) ** 2 * F * D
''')


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


q3.slips("""
The points of a tile are counted along one axis
    (m + 2) ** 2 => (m + 2)
    A tile has m + 2 points along each of its axes: how many has it in all?

The 2 is added to m squared, not to m
    (m + 2) ** 2 => (m**2 + 2)
    How long is a tile of the input along one axis, if it gives m outputs?

A tile has m + 1 points along each axis
    (m + 2) ** 2 => (m + 1) ** 2
    Two outputs beside each other, and three taps: how many samples do they read?

Always sixteen products in a tile
    (m + 2) ** 2 => 16
    How many products does a tile of 4 x 4 outputs take?

Tiles over the edge are left out
    -(-H // m) * -(-W // m) => (H // m) * (W // m)
    If y had nine rows and a tile four of them, how many tiles would cover all nine?

The number of tiles is H * W / m**2, rounded up
    -(-H // m) * -(-W // m) => -(-H * W // m**2)
    Tiles at the edge are computed whole: can what is left of two of them be put together into one?

The number of tiles is H * W / m**2, rounded down
    -(-H // m) * -(-W // m) => H * W // m**2
    If y had nine rows and a tile four of them, how many tiles would cover all nine?

The number of tiles is not rounded
    -(-H // m) * -(-W // m) => H / m * (W / m)
    Nine rows of outputs in tiles of four: how many tiles is that, if the last one is computed whole?

Only the outputs of a tile are counted  [11-picture]
    (m + 2) => m
    Two outputs of a three-tap filter took four products, not two. How many points has a tile of m?

The filters are left out
    ** 2 * F * D => ** 2 * D
    The products of one tile: is one set enough for all F filters?

The channels are left out
    ** 2 * F * D => ** 2 * F
    Each filter has a slice for every channel: how many products does that make in one tile?

Tiles of the height along both axes
    -(-W // m) => -(-H // m)
    How many tiles stand below each other, and how many side by side?

The height is counted twice by the definition
    9 * F * D * H * W => 9 * F * D * H * H
    How many outputs has one filter?

The taps are counted along one axis
    9 * F => 3 * F
    How many products does one output take in one channel?
""")

# --- q4: cut rows into tiles

q4 = sheet.function(
    "q4",
    "tile_rows",
    title="blocks of rows that fit the cache",
    section="11-tiles",
    parts={"one thread": 1, "several threads": 1},
)


q4.solution('''
def tile_rows(rows, per_row, cache, threads):
    """The n + 1 edges of n blocks, from 0 to rows."""
    count = -(-rows // max(cache // per_row, 1))
    count = min(-(-count // threads) * threads, rows)
    return np.array([rows * k // count for k in range(count + 1)])
''')


@q4.cases
def _(rng):
    for rows, per_row, cache, threads in [
        (12, 100, 400, 1),
        (12, 100, 370, 1),
        (11, 100, 450, 1),
        (12, 100, 500, 1),  # the nearest number of blocks is too small
        (10, 100, 250, 1),  # all bytes would fill four blocks, whole rows need five
        (5, 100, 10000, 1),
        (7, 1000, 300, 1),
        (12, 100, 500, 2),
        (10, 100, 250, 2),
        (16, 100, 400, 2),  # the blocks hold all rows exactly
        (56, 129024, 655360, 2),
        (7, 1000, 300, 2),
        (5, 100, 10000, 2),
        (3, 100, 10000, 4),
        (13, 64, 200, 3),
    ]:
        part = "one thread" if threads == 1 else "several threads"
        yield case(rows, per_row, cache, threads, part=part)
    for threads, part in ((1, "one thread"), (2, "several threads")):
        rows, per_row, cache = (int(n) for n in rng.integers([20, 50, 200], [60, 90, 700]))
        yield case(rows, per_row, cache, threads, part=part)


@q4.right
def _(rows, per_row, cache, threads):
    fit = cache // per_row or 1
    count = (rows + fit - 1) // fit
    while count % threads:
        count += 1
    count = min(count, rows)
    return [k * rows // count for k in range(count)] + [rows]


q4.slips("""
Rounded up though it is a multiple of the threads already
    -(-count // threads) * threads => count + threads - count % threads
    If the number is a multiple of the threads already, how much has to be put on?

The number of blocks leaves the threads out  [11-threads]
    - count = min(-(-count // threads) * threads, rows)
    Three blocks for two threads: what does one thread do while the other computes the third?

As many blocks for each thread as for one alone  [11-threads]
    -(-count // threads) * threads => count * threads
    The blocks are shared out: if three would do for all, how many are there for two threads together?

Rounded down to a multiple of the threads  [11-threads]
    -(-count // threads) => count // threads
    With fewer blocks than the cache asks for, does a block still fit?

Rounded down to a multiple of the threads, one each at least  [11-threads]
    -(-count // threads) => max(count // threads, 1)
    With fewer blocks than the cache asks for, does a block still fit?

At least as many blocks as threads, but no multiple  [11-threads]
    -(-count // threads) * threads => max(count, threads)
    Three blocks for two threads: what does one thread do while the other computes the third?

More blocks than rows  [11-threads]
    min(-(-count // threads) * threads, rows) => -(-count // threads) * threads
    Three rows for four threads: how many blocks have something to do?

The cache is shared out to the threads  [11-threads]
    cache // per_row => cache // threads // per_row
    The rule asks whether a block fits into the cache given: where do the threads come into that?

The number of blocks is rounded down
    -(-rows // max(cache // per_row, 1)) => rows // max(cache // per_row, 1)
    Twelve rows, five to a block: do two blocks hold them all?

The number of blocks is rounded down, to at least one
    -(-rows // max(cache // per_row, 1)) => max(rows // max(cache // per_row, 1), 1)
    Twelve rows, five to a block: do two blocks hold them all?

The rows that fit the cache are rounded up
    cache // per_row => -(-cache // per_row)
    How many bytes does your largest block hold, and how many are there in the cache?

The number of blocks is rounded to the nearest
    -(-rows // max(cache // per_row, 1)) => max(round(rows / max(cache // per_row, 1)), 1)
    Twelve rows, five to a block: do two blocks hold them all?

A block too many where full blocks hold all rows
    -(-rows // max(cache // per_row, 1)) => rows // max(cache // per_row, 1) + 1
    Twelve rows, four to a block: how many blocks does it take?

Full blocks first, the rest last
    - return np.array([rows * k // count for k in range(count + 1)])
    + return np.array([*range(0, rows, max(cache // per_row, 1)), rows])
    Eleven rows, five to a block: how many rows has your last block, and how many have the others?

Blocks of one size, the last one smaller
    - return np.array([rows * k // count for k in range(count + 1)])
    + return np.array([*range(0, rows, -(-rows // count)), rows])
    Seven rows in four blocks: at which row does the formula of the edges begin the second one?

The rows left over by the division are in no block
    rows * k // count => rows // count * k
    Twelve rows in five blocks: where does your last block end?

The longer blocks come first
    rows * k // count => -(-rows * k // count)
    Eleven rows in three blocks: at which row does the formula of the edges begin the second one?

The longer blocks come first, as np.array_split cuts
    rows * k // count => rows // count * k + min(k, rows % count)
    Eleven rows in three blocks: at which row does the formula of the edges begin the second one?

The blocks are counted in bytes, not in whole rows
    -(-rows // max(cache // per_row, 1)) => -(-rows * per_row // cache)
    How many whole rows fit into the cache, and does each of your blocks have room there?

The edges are rounded to the nearest
    rows * k // count => round(rows * k / count)
    The edge of block k is given by a formula: which way does it round?

Two edges for each block
    - return np.array([rows * k // count for k in range(count + 1)])
    + return np.array([(rows * k // count, rows * (k + 1) // count) for k in range(count)])
    Where a block ends the next one begins: how often does such an edge stand in the answer?

The last edge is missing
    range(count + 1) => range(count)
    With n blocks, how many edges are there?

The sizes of the blocks, not their edges
    - return np.array([rows * k // count for k in range(count + 1)])
    + return np.diff([rows * k // count for k in range(count + 1)])
    Which row does the second block begin with?
""")

# --- q5: a layer made of tiles

q5 = sheet.function(
    "q5",
    "tiled_layer",
    title="a layer that holds one block of columns",
    section="11-tiles",
    outputs=("y", "held"),
    parts={"y": 2, "held": 1},
    answered_by="conv2d libraries",
)


q5.solution('''
def tiled_layer(x, w, b, *, stride=1, padding=0, rows=2):
    """y (N, F, H', W'), and the largest number of column entries held at one time."""
    xpad, filters, H_out, W_out = prepare(x, w, stride, padding)
    # yours
    y, held = np.zeros((len(x), len(w), H_out, W_out)), 0
    for n in range(len(x)):
        for first in range(0, H_out, rows):
            last = min(first + rows, H_out)
            columns = columns_of(xpad[n, :, first * stride :], w.shape[2:], stride, last - first, W_out)
            held = max(held, columns.size)
            block = filters @ columns + b[:, None]
            y[n, :, first:last] = block.reshape(len(w), last - first, W_out)
    return y, held
''')


@q5.cases
def _(rng):
    for (D, H, W), (F, kH, kW), S, P, rows in [
        ((1, 3, 4), (1, 2, 2), 1, 0, 1),
        ((1, 5, 4), (2, 2, 3), 1, 0, 2),
        ((2, 7, 6), (3, 3, 2), 1, 0, 2),
        ((2, 8, 7), (3, 3, 2), 2, 1, 2),
        ((2, 8, 6), (3, 3, 2), 2, 1, 2),  # a row left over, no column
        ((2, 7, 7), (3, 3, 2), 2, 1, 2),  # a column left over, no row
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


q5.slips("""
The entries of one column are counted
    columns.size => columns.shape[0]
    How many columns does a block hold beside each other?

held counts all columns of an image
    range(0, H_out, rows) => range(0, H_out, H_out)
    min(first + rows, H_out) => H_out
    How many columns are in memory when your first product starts?

Pixels are counted, not entries
    columns.size => columns.shape[1]
    Each column has D kH kW entries. How many numbers does a block hold?

Bytes are counted, not entries
    columns.size => columns.nbytes
    How many bytes does one number take, and how many numbers are there?

held counts `rows` rows even where y has fewer
    max(held, columns.size) => max(held, filters.shape[1] * rows * W_out)
    An image with four rows of outputs in blocks of ten rows: how many rows does the block hold?

The blocks are made as even as possible
    - for first in range(0, H_out, rows):
    -     last = min(first + rows, H_out)
    + count = -(-H_out // rows)
    + for k in range(count):
    +     first, last = H_out * k // count, H_out * (k + 1) // count
    Four rows of outputs in blocks of three: how many rows has the first block, and how many the second?

The entries of all blocks are added up
    max(held, columns.size) => held + columns.size
    When the second block is made, does the first still have to be there?

Only the last block is counted
    max(held, columns.size) => columns.size
    The last block may be smaller than the others: which one needs the most room?

The bias is forgotten
    filters @ columns + b[:, None] => filters @ columns
    Put w = 0. What should be left in y?

The bias is added again with every block
    - y[n, :, first:last] = block.reshape(len(w), last - first, W_out)
    + y[n, :, first:last] = block.reshape(len(w), last - first, W_out)
    + y[n, :, :first] += b[:, None, None]
    Each output is written by one block. How many times does b reach a row of the first one?

The last block, if smaller, is left out
    range(0, H_out, rows) => range(0, H_out - rows + 1, rows)
    Seven rows of outputs in blocks of two: how many blocks are there, and which one has the seventh?

The last block is taken to be full
    min(first + rows, H_out) => first + rows
    Seven rows of outputs in blocks of two: how many rows are left for the fourth block?

The stride is left out of where a block begins
    first * stride : => first :
    With stride 2, at which row of the padded input does the window of output row 3 begin?

Every block begins at the first row
    first * stride : => :
    With stride 1, at which row of the padded input does the window of output row 2 begin?
""")

# --- q6: which product is wrong

q6 = sheet.values(
    "q6",
    "which_product",
    {"A": 3, "B": 2, "C": 4, "D": 1, "unseen": "A"},
    title="which of the four products is wrong",
    section="11-picture",
    points=5,
)


q6.solution('''
def which_product():
    """The number of a product, 1 to 4, for each program, and a letter."""
    A = 3
    B = 2
    C = 4
    D = 1
    unseen = "A"
    # given
    return {"A": A, "B": B, "C": C, "D": D, "unseen": unseen}
''')


@q6.right
def _():
    errors = {"A": (-4, 4), "B": (15, 15), "C": (0, -24), "D": (12, 0)}
    signs = {(True, True): 2, (True, False): 3}
    found = [
        1 if not second else 4 if not first else signs[True, first == second]
        for first, second in errors.values()
    ]
    return [*found, "a"]


q6.ask("""
A | B | C | D
    By how much is each of the two outputs off, and which product goes into these, with which sign?
unseen
    With samples that are all 1, which of the sums and differences does the mistake leave as they are?
""")

q6.slips("""
The product that enters both with the same sign
    A = 3 => A = 2
    One output is too small and the other too large: which product has opposite signs in them?

Only the first output is explained
    A = 3 => A = 1
    Both outputs are wrong: is the product in both?

The product that enters with opposite signs
    B = 2 => B = 3
    Both outputs are too large by the same: which product has the same sign in them?

A product of the first output only
    B = 2 => B = 1
    Both outputs are wrong: is the product in both?

A product of both outputs
    C = 4 => C = 3
    The first output is right: which product has no part in it?

A product that goes into y0, although y0 is right
    C = 4 => C = 1
    The first output is right: which product has no part in it?

A product that goes into y1, although y1 is right
    D = 1 => D = 4
    The second output is right: which product has no part in it?

A product that both outputs hold
    D = 1 => D = 2
    The second output is right: which product has no part in it?

A missing half shows with ones
    unseen = "A" => unseen = "B"
    With samples of one, is the second sum of samples zero?

A plus shows with ones
    unseen = "A" => unseen = "C"
    With samples of one, what is the sum in place of the difference?

A plus shows with ones, too
    unseen = "A" => unseen = "D"
    With samples of one, what is the sum in place of the difference?
""")
