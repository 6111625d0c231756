"""Sheet of 04_derive_the_gradients: dx, dw and db at stride 1, line by line and as convolutions."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_lib import naive

sheet = Sheet("04_derive_the_gradients")
SIZES = [(5, 3), (4, 1), (7, 2), (6, 4), (5, 5), (9, 3), (1, 1)]

# --- q1: five lines for five samples

q1 = sheet.function(
    "q1",
    "dx_by_hand",
    title="dx, line by line",
    section="04-dx",
    points=2,
    answered_by="conv1d_backward",
)


q1.solution('''
def dx_by_hand(dout, w):
    """dx0 to dx4 as five sums of products of w[0], w[1], w[2] with dout[0], dout[1], dout[2]."""
    dx0 = w[0] * dout[0]
    dx1 = w[1] * dout[0] + w[0] * dout[1]
    dx2 = w[2] * dout[0] + w[1] * dout[1] + w[0] * dout[2]
    dx3 = w[2] * dout[1] + w[1] * dout[2]
    dx4 = w[2] * dout[2]
    return np.array([dx0, dx1, dx2, dx3, dx4])
''')


@q1.cases
def _(rng):
    yield case(np.array([1.0, 10, 100]), np.array([2.0, 3, 4]))
    for _ in range(3):
        yield case(numbers(rng, 3), numbers(rng, 3))
    yield case(rng.integers(1, 9, 3), numbers(rng, 3), layout="view")


@q1.right
def _(dout, w):
    return np.convolve(dout, w)


q1.slips("""
Only one path for each sample
    + w[0] * dout[1] =>
    + w[1] * dout[1] + w[0] * dout[2] =>
    + w[1] * dout[2] =>
    Which windows read x1? Each of them sends something back.

Only dx1, dx2 and dx3 are there  [04-sizes]
    [dx0, dx1, dx2, dx3, dx4] => [dx1, dx2, dx3]
    How many samples has x, and does each of them have a gradient?

A term of dx3 is missing
    + w[1] * dout[2] =>
    Windows 1 and 2 both read x3: what does each of them send back to it?
""")

q1.slips(
    """
The kernel is in the wrong order
    w[k] => w[2 - k]
    In this course y0 holds w0 times x0: through which weight does dy0 come back to x0?

Only the last path counts
    dx[i + k] += => dx[i + k] =
    x2 is read by three windows: how many terms has its gradient?

dout is in reverse order
    dout[i] => dout[2 - i]
    Window 0 stands at the left end: which samples does dy0 come back to?

Every sample gets the whole sum
    dx[i + k] += => dx +=
    Not every window reads every sample: which windows read x0?
""",
    source="""
def dx_by_hand(dout, w):
    dx = np.zeros(5)
    for i in range(3):
        for k in range(3):
            dx[i + k] += w[k] * dout[i]
    return dx
""",
)

# --- q2: dw and db

q2 = sheet.function(
    "q2",
    "dw_and_db",
    title="dw and db",
    section="04-dw",
    outputs=("dw", "db"),
    parts={"dw": 2, "db": 1},
    answered_by="conv1d conv1d_backward",
)


q2.solution('''
def dw_and_db(dout, x):
    """dw, shape (W - W' + 1,), and db, a number."""
    dw = np.zeros(len(x) - len(dout) + 1)
    for k in range(len(dw)):
        dw[k] = np.sum(dout * x[k : k + len(dout)])
    return dw, np.sum(dout)
''')


@q2.cases
def _(rng):
    for W, kW in SIZES:
        yield case(numbers(rng, W - kW + 1), numbers(rng, W))
    yield case(numbers(rng, 4), rng.integers(-9, 9, 6), layout="reversed")


@q2.right
def _(dout, x):
    return np.correlate(x, dout, "valid"), np.sum(dout)


@q2.right
def _(dout, x):
    kW = len(x) - len(dout) + 1
    return [sum(dout[i] * x[i + k] for i in range(len(dout))) for k in range(kW)], sum(dout)


@q2.right
def _(dout, x):
    from scipy.signal import correlate

    return correlate(x, dout, mode="valid"), np.einsum("i->", dout)


q2.slips("""
dw is in reverse order
    return dw, => return dw[::-1],
    w0 meets the leftmost sample of each window: which samples are in dw0?

dw is averaged over the windows
    np.sum(dout * x => np.mean(dout * x
    The windows' contributions to a shared weight add up; nothing divides them.

dw is what dout in reverse order would give
    dout * x => dout[::-1] * x
    dy0 belongs to the leftmost window: which sample does it meet in dw0?

dw is what x in reverse order would give
    dout * x => dout * x[::-1]
    Read dw0 off the graph: which sample stands beside dy0?

dw as long as x  [04-sizes]
    np.zeros(len(x) - len(dout) + 1) => np.zeros(len(x))
    - dw[k] = np.sum(dout * x[k : k + len(dout)])
    + seen = x[k : k + len(dout)]
    + dw[k] = np.sum(dout[: len(seen)] * seen)
    dw has a number for each weight: how many weights are there?

Only the first window counts
    np.sum(dout * x[k : k + len(dout)]) => dout[0] * x[k]
    What do the other windows add to dw?

db is one number per position  [04-db]
    dw, np.sum(dout) => dw, dout
    That is the fully connected rule; how many biases does this layer have?

db is averaged  [04-db]
    dw, np.sum(dout) => dw, np.mean(dout)
    How much does y change in all when b grows by a little?

db counts the outputs  [04-db]
    dw, np.sum(dout) => dw, len(dout)
    The outputs do not all weigh the same: what says how much each one counts?

db from the first output only  [04-db]
    dw, np.sum(dout) => dw, dout[0]
    Which outputs does b reach?

db once per tap  [04-db]
    dw, np.sum(dout) => dw, np.sum(dout) * len(dw)
    The bias is added once per window, not once per weight.

db is zero  [04-db]
    dw, np.sum(dout) => dw, 0.0
    Does y move when b moves?
""")

# --- q3: dx as a convolution

q3 = sheet.function(
    "q3",
    "dx_as_convolution",
    title="dx as one sweep over dout",
    section="04-dx",
    points=3,
    answered_by="conv1d_backward",
)


q3.solution('''
def dx_as_convolution(dout, w):
    """dx, shape (W' + kW - 1,)."""
    zeros = len(w) - 1
    padded = np.pad(dout, (zeros, zeros))
    flipped = w[::-1]
    dx = [np.sum(flipped * padded[m : m + len(w)]) for m in range(len(padded) - len(w) + 1)]
    return np.array(dx)
''')


@q3.cases
def _(rng):
    for W, kW in SIZES:
        yield case(numbers(rng, W - kW + 1), numbers(rng, kW))
    yield case(rng.integers(-9, 9, 4), numbers(rng, 3), layout="view")


@q3.right
def _(dout, w):
    return np.convolve(dout, w, "full")


@q3.right
def _(dout, w):
    return naive.conv1d(dout.astype(float), w[::-1], padding=len(w) - 1)


@q3.right
def _(dout, w):
    from scipy.signal import convolve

    return convolve(dout, w)


@q3.right
def _(dout, w):
    padded = np.concatenate([np.zeros(len(w) - 1), dout, np.zeros(len(w) - 1)])
    return np.lib.stride_tricks.sliding_window_view(padded, len(w)) @ w[::-1]


q3.slips("""
The weights meet dout in the order of w
    flipped = w[::-1] => flipped = w
    In the line for dx2, which weight stands beside dy0, and which stands there in yours?
    NumPy's convolve turns one of its two arrays round by itself.

No padding  [04-sizes]
    zeros = len(w) - 1 => zeros = 0
    dx is longer than dout: what has to be done to dout before the sweep?

Only kW - 1 zeros in all, not on each side  [04-sizes]
    (zeros, zeros) => (zeros // 2, zeros - zeros // 2)
    The formula for the size counts the padding per side: how many zeros stand on each?

One zero too many on each side  [04-sizes]
    zeros = len(w) - 1 => zeros = len(w)
    The first window has to touch dout in one entry: how many zeros stand before it?

On each side one zero less than dout has entries  [04-sizes]
    zeros = len(w) - 1 => zeros = len(dout) - 1
    The kernel has to touch dout in one entry at first: whose length says how far it stands out?

All zeros are on the left  [04-sizes]
    (zeros, zeros) => (2 * zeros, 0)
    The samples at the right end lie beyond the last window's start: what does the sweep meet there?

All zeros are on the right  [04-sizes]
    (zeros, zeros) => (0, 2 * zeros)
    x0 is read by window 0 alone: with how many zeros does its line begin?

dx is in reverse order
    np.pad(dout, => np.pad(dout[::-1],
    flipped = w[::-1] => flipped = w
    The first place of the sweep makes dx0: which entry of dout and which weight have to meet there?

With whole numbers in dout, all of dx is whole
    np.array(dx) => np.array(dx, dout.dtype)
    When dout holds whole numbers, what becomes of the digits after the point?
""")

# --- q4: the sizes force the padding

q4 = sheet.values(
    "q4",
    "sizes_by_hand",
    {"entries of dx": 10, "entries of dw": 5, "entries of db": 1, "zeros on each side": 4, "zeros in all": 8},
    title="the sizes force the padding",
    section="04-sizes",
    points=2,
)

q4.solution('''
def sizes_by_hand():
    """A dictionary of five numbers.

    Its keys: "entries of dx", "entries of dw", "entries of db", "zeros on each side", "zeros in all".
    """
    return {
        "entries of dx": 10,
        "entries of dw": 5,
        "entries of db": 1,
        "zeros on each side": 4,
        "zeros in all": 8,
    }
''')


q4.worked("""
W, kW = 10, 5
W_out = W - kW + 1
entries of dx = W
entries of dw = kW
entries of db = 1
zeros = kW - 1
zeros on each side = zeros
zeros in all = 2 * zeros
""")


q4.ask("""
entries of dx
    Of which array does dx have one entry for each number?
entries of dw
    Of which array does dw have one entry for each number?
entries of db
    How many numbers does the layer add as a bias?
zeros on each side
    How far does the kernel hang over dout where it makes the first entry of dx?
zeros in all
    How many sides does dout have?
""")

q4.slips("""
dx as long as dout
    "entries of dx": 10 => "entries of dx": 6
    Which array does dx belong to?

Zeros in all taken for zeros on each side
    "zeros on each side": 4 => "zeros on each side": 8
    Put your number of zeros on both sides, and count what the sweep gives.

Zeros on one side only
    "zeros in all": 8 => "zeros in all": 4
    Both ends of dout are padded.

db as long as dout  [04-db]
    "entries of db": 1 => "entries of db": 6
    How many biases are there, however many outputs?

dw as long as dout
    "entries of dw": 5 => "entries of dw": 6
    Which array does dw belong to?

The padding that keeps the length
    "zeros on each side": 4 => "zeros on each side": 2
    "zeros in all": 8 => "zeros in all": 4
    That padding keeps the size of dout, and dx is longer.
""")

# --- q5: the stretch: true convolution

q5 = sheet.function(
    "q5",
    "convolve_backward",
    title="the same for true convolution",
    section="04-convention",
    outputs=("dx", "dw", "db"),
    points=3,
    answered_by="conv1d_backward",
)


q5.solution('''
def convolve_backward(dout, x, w):
    """dx, dw and db of a layer that flips its kernel."""
    dx, dw = np.zeros(len(x)), np.zeros(len(w))
    last = len(w) - 1
    for i in range(len(dout)):
        for k in range(len(w)):
            dx[i + k] += w[last - k] * dout[i]
            dw[last - k] += x[i + k] * dout[i]
    return dx, dw, np.sum(dout)
''')


@q5.cases
def _(rng):
    for W, kW in SIZES:
        yield case(numbers(rng, W - kW + 1), numbers(rng, W), numbers(rng, kW))
    yield case(numbers(rng, 4), rng.integers(-9, 9, 6), numbers(rng, 3), layout="view")


@q5.right
def _(dout, x, w):
    return np.correlate(np.pad(dout, len(w) - 1), w, "valid"), np.convolve(x[::-1], dout, "valid"), dout.sum()


q5.slips("""
dx as in a correlation layer
    w[last - k] => w[k]
    Here y0 begins with the last weight: which weight takes dy0 back to x0?

dw as in a correlation layer
    dw[last - k] => dw[k]
    Here the last weight meets the leftmost sample: where does its gradient belong?

All as in a correlation layer
    last - k =>> k
    The forward pass flips the kernel here: follow one weight back along its arrows.

dx is in reverse order
    return dx, => return dx[::-1],
    y0 reads the leftmost samples: to which end of dx does its gradient go?

db is one number per position  [04-db]
    np.sum(dout) => dout
    Flipping the kernel does not touch the bias: how many are there?

db is averaged  [04-db]
    np.sum => np.mean
    Flipping the kernel does not touch the bias: what did its gradient do with dout?
""")

# --- q6: find the slip, and say what it does

q6 = sheet.values(
    "q6",
    "slip",
    {
        "line": 7,
        "wrong dw": np.array([16.0, 16]),
        "right dw": np.array([16.0, 38]),
        "taps at least": 2,
    },
    title="find the slip",
    section="04-dw",
    points=2,
)

q6.solution('''
def slip():
    """A dictionary: "line", "wrong dw" and "right dw" (two numbers each), "taps at least"."""
    return {"line": 7, "wrong dw": [16, 16], "right dw": [16, 38], "taps at least": 2}
''')


q6.worked("""
x = np.array([1, 3, 2, 5, 4])
w = np.array([2, -1])
dy = np.array([2, -1, 6, 1])
right dw[0] = dy[0] * x[0] + dy[1] * x[1] + dy[2] * x[2] + dy[3] * x[3]
right dw[1] = dy[0] * x[1] + dy[1] * x[2] + dy[2] * x[3] + dy[3] * x[4]
wrong dw[0] = dy[0] * x[0] + dy[1] * x[1] + dy[2] * x[2] + dy[3] * x[3]
wrong dw[1] = dy[0] * x[0] + dy[1] * x[1] + dy[2] * x[2] + dy[3] * x[3]
""")


q6.ask("""
line
    Which shapes stand on the two sides of each += in the loop, and which should?
wrong dw
    Follow the loop: which sample does the line read in each round, and to which taps does it go?
right dw
    Which sample does each tap meet in each window, and which g belongs to that window?
taps at least
    With one tap, then two: which samples does the line read, and which should it read?
""")

q6.slips("""
The line of dx is taken for the slip  [04-dx]
    "line": 7 => "line": 6
    Line 6 lays a copy of the kernel down: what does line 7 do with the samples of the window?

The line of db is taken for the slip  [04-db]
    "line": 7 => "line": 8
    The bias stands alone in each output: what does that make of its gradient?

The wrong layer is taken to be right
    "wrong dw": [16, 16] => "wrong dw": [16, 38]
    Follow the listing with a pencil: which sample does line 7 hand to the second tap?

The right gradient is taken from the wrong layer
    "right dw": [16, 38] => "right dw": [16, 16]
    Which samples stand next to the second tap in the four outputs?

Only the last window counts
    "wrong dw": [16, 16] => "wrong dw": [5, 5]
    Line 7 adds to what is there already: what did the windows before have to say?

The sum is added to the first tap only
    "wrong dw": [16, 16] => "wrong dw": [16, 0]
    Which entries of dw does line 7 change in each round, and by how much?

The second tap's number stands for both taps
    "wrong dw": [16, 16] => "wrong dw": [38, 38]
    For which of the two taps does line 7 read the right sample?

One tap is thought to show it
    "taps at least": 2 => "taps at least": 1
    With a single tap, which values does k take, and what does the slip then change?

Three taps are thought to be needed
    "taps at least": 2 => "taps at least": 3
    The example of this question has how many taps, and does the slip show in it?
""")
