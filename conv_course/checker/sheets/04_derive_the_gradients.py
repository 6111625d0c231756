"""Sheet of 04_derive_the_gradients: dx, dw and db at stride 1, line by line and as convolutions."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.mistakes_1d import backward
from conv_lib import naive

sheet = Sheet("04_derive_the_gradients")
SIZES = [(5, 3), (4, 1), (7, 2), (6, 4), (5, 5), (9, 3), (1, 1)]


def _dx(dout, w):
    return naive.conv1d_backward(dout, np.zeros(len(dout) + len(w) - 1), w)[0]


# --- q1: five lines for five samples

q1 = sheet.function(
    "q1",
    "dx_by_hand",
    title="dx, line by line",
    section="04-dx",
    points=2,
    answered_by="conv1d_backward",
)


@q1.reference
def dx_by_hand(dout, w):
    return _dx(dout, w)


@q1.cases
def _(rng):
    yield case(np.array([1.0, 10, 100]), np.array([2.0, 3, 4]))
    for _ in range(3):
        yield case(numbers(rng, 3), numbers(rng, 3))
    yield case(rng.integers(1, 9, 3), numbers(rng, 3), layout="view")


@q1.right
def _(dout, w):
    return [
        w[0] * dout[0],
        w[1] * dout[0] + w[0] * dout[1],
        w[2] * dout[0] + w[1] * dout[1] + w[0] * dout[2],
        w[2] * dout[1] + w[1] * dout[2],
        w[2] * dout[2],
    ]


@q1.right
def _(dout, w):
    return np.convolve(dout, w)


@q1.wrong(
    "The kernel is in the wrong order",
    "In this course y0 holds w0 times x0: through which weight does dy0 come back to x0?",
    section="04-convention",
)
def _(dout, w):
    return _dx(dout, w[::-1])


@q1.wrong("Only the last path counts", "x2 is read by three windows: how many terms has its gradient?")
def _(dout, w):
    return backward(assign=True)(dout, np.zeros(5), w)[0]


@q1.wrong("Only one path for each sample", "Which windows read x1? Each of them sends something back.")
def _(dout, w):
    return np.array([w[0] * dout[0], w[1] * dout[0], w[2] * dout[0], w[2] * dout[1], w[2] * dout[2]])


@q1.wrong(
    "Only the middle: as many as dout",
    "How many samples has x, and does each of them have a gradient?",
    section="04-sizes",
)
def _(dout, w):
    return _dx(dout, w)[1:4]


@q1.wrong("dout is back to front", "Window 0 stands at the left end: which samples does dy0 come back to?")
def _(dout, w):
    return _dx(dout[::-1], w)


@q1.wrong("Every sample gets the whole sum", "Not every window reads every sample: which windows read x0?")
def _(dout, w):
    return np.full(5, np.sum(w) * np.sum(dout))


@q1.wrong("The last terms are missing", "Windows 1 and 2 both read x3: what does the second of them add?")
def _(dout, w):
    dx = _dx(dout, w)
    dx[3] = w[2] * dout[1]
    return dx


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


@q2.reference
def dw_and_db(dout, x):
    return naive.conv1d_backward(dout, x, np.zeros(len(x) - len(dout) + 1))[1:]


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


def _q2(**mistake):
    wrong = backward(**mistake)
    return lambda dout, x: wrong(dout, x, np.zeros(len(x) - len(dout) + 1))[1:]


q2.wrong(
    "dw is back to front",
    "w0 meets the leftmost sample of each window: which samples are in dw0?",
    _q2(dw_flip=True),
)
q2.wrong(
    "dw is averaged over the windows",
    "The windows' contributions to a shared weight add up; nothing divides them.",
    _q2(dw_scale="mean"),
)


@q2.wrong("dout is flipped", "dy0 belongs to the leftmost window: which sample does it meet in dw0?")
def _(dout, x):
    return np.correlate(x, dout[::-1], "valid"), dout.sum()


@q2.wrong("x is flipped", "Read dw0 off the graph: which sample stands beside dy0?")
def _(dout, x):
    return np.correlate(x[::-1], dout, "valid"), dout.sum()


@q2.wrong(
    "dw as long as x", "dw has a number for each weight: how many weights are there?", section="04-sizes"
)
def _(dout, x):
    kW = len(x) - len(dout) + 1
    return np.correlate(
        np.concatenate([x, np.zeros(len(dout) - 1 + (kW == len(x)))]), dout, "valid"
    ), dout.sum()


@q2.wrong("Only the first window counts", "What do the other windows add to dw?")
def _(dout, x):
    return x[: len(x) - len(dout) + 1] * dout[0], dout.sum()


q2.wrong(
    "db is one number per position",
    "That is the fully connected rule; how many biases does this layer have?",
    _q2(db="each"),
    section="04-db",
)
q2.wrong(
    "db is averaged",
    "How much does y change in all when b grows by a little?",
    _q2(db="mean"),
    section="04-db",
)
q2.wrong(
    "db counts the outputs",
    "The outputs do not all weigh the same: what says how much each one counts?",
    _q2(db="count"),
    section="04-db",
)
q2.wrong("db from the first output only", "Which outputs does b reach?", _q2(db="first"), section="04-db")
q2.wrong(
    "db once per tap",
    "The bias is added once per window, not once per weight.",
    _q2(db="taps"),
    section="04-db",
)
q2.wrong("db is zero", "Does y move when b moves?", _q2(db="zero"), section="04-db")

# --- q3: dx as a convolution

q3 = sheet.function(
    "q3",
    "dx_as_convolution",
    title="dx as one pass over dout",
    section="04-dx",
    points=3,
    answered_by="conv1d_backward",
)


@q3.reference
def dx_as_convolution(dout, w):
    return _dx(dout, w)


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


def _sweep(dout, w, left, right, flip=True):
    if left + right + len(dout) < len(w):
        return np.zeros(0)
    return naive.conv1d(dout.astype(float), w[::-1].copy() if flip else w, padding=(left, right))


for _name, _hint, _function, _section in [
    (
        "The kernel is not flipped",
        "In which order do the weights stand in the line for dx2, and in which do dy0, dy1, dy2?",
        lambda dout, w: _sweep(dout, w, len(w) - 1, len(w) - 1, flip=False),
        "04-dx",
    ),
    (
        "No padding",
        "dx is longer than dout: what has to be done to dout before the pass?",
        lambda dout, w: _sweep(dout, w, 0, 0),
        "04-sizes",
    ),
    (
        "Padding for both sides in all",
        "The formula for the size counts the padding per side: how many zeros stand on each?",
        lambda dout, w: _sweep(dout, w, (len(w) - 1) // 2, len(w) - 1 - (len(w) - 1) // 2),
        "04-sizes",
    ),
    (
        "Padding as wide as the kernel",
        "The first window has to touch dout in one entry: how many zeros stand before it?",
        lambda dout, w: _sweep(dout, w, len(w), len(w)),
        "04-sizes",
    ),
    (
        "Zeros on the left only",
        "The samples at the right end lie beyond the last window's start: what does the pass meet there?",
        lambda dout, w: _sweep(dout, w, 2 * (len(w) - 1), 0),
        "04-sizes",
    ),
    (
        "Zeros on the right only",
        "x0 is read by window 0 alone: with how many zeros does its line begin?",
        lambda dout, w: _sweep(dout, w, 0, 2 * (len(w) - 1)),
        "04-sizes",
    ),
    (
        "dout is flipped, not the kernel",
        "The result comes out back to front: which of the two has to be turned round?",
        lambda dout, w: _sweep(dout[::-1].copy(), w, len(w) - 1, len(w) - 1, flip=False),
        "04-dx",
    ),
    (
        "The result has the type of dout",
        "When dout holds whole numbers, what becomes of the digits after the point?",
        lambda dout, w: _dx(dout, w).astype(dout.dtype),
        "04-dx",
    ),
]:
    q3.wrong(_name, _hint, _function, section=_section)

# --- q4: the sizes force the padding

q4 = sheet.values(
    "q4",
    "sizes_by_hand",
    {"entries of dx": 8, "entries of dw": 3, "entries of db": 1, "zeros on each side": 2, "zeros in all": 4},
    title="the sizes force the padding",
    section="04-sizes",
    points=2,
)
q4.wrong(
    "dx as long as dout",
    "Which array does dx belong to?",
    lambda: (6, 3, 1, 2, 4),
)
q4.wrong(
    "Zeros in all taken for zeros on each side",
    "Put your number of zeros on both sides, and count what the pass gives.",
    lambda: (8, 3, 1, 4, 4),
)
q4.wrong("Zeros on one side only", "Both ends of dout are padded.", lambda: (8, 3, 1, 2, 2))
q4.wrong(
    "db as long as dout",
    "How many biases are there, however many outputs?",
    lambda: (8, 3, 6, 2, 4),
    section="04-db",
)
q4.wrong("dw as long as dout", "Which array does dw belong to?", lambda: (8, 6, 1, 2, 4))
q4.wrong(
    "The padding of an output as long as its input",
    "That padding keeps the size of dout, and dx is longer.",
    lambda: (8, 3, 1, 1, 2),
)

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


@q5.reference
def convolve_backward(dout, x, w):
    dx, dw, db = naive.conv1d_backward(dout, x, w[::-1])
    return dx, dw[::-1], db


@q5.cases
def _(rng):
    for W, kW in SIZES:
        yield case(numbers(rng, W - kW + 1), numbers(rng, W), numbers(rng, kW))
    yield case(numbers(rng, 4), rng.integers(-9, 9, 6), numbers(rng, 3), layout="view")


@q5.right
def _(dout, x, w):
    return np.correlate(np.pad(dout, len(w) - 1), w, "valid"), np.convolve(x[::-1], dout, "valid"), dout.sum()


@q5.right
def _(dout, x, w):
    dx, dw = np.zeros(len(x)), np.zeros(len(w))
    for i in range(len(dout)):
        for k in range(len(w)):
            dx[i + k] += w[len(w) - 1 - k] * dout[i]
            dw[len(w) - 1 - k] += x[i + k] * dout[i]
    return dx, dw, np.sum(dout)


for _name, _hint, _change, _section in [
    (
        "dx as in a correlation layer",
        "Here y0 begins with the last weight: which weight takes dy0 back to x0?",
        lambda dx, dw, db, alt: (alt[0], dw, db),
        "04-convention",
    ),
    (
        "dw as in a correlation layer",
        "Here the last weight meets the leftmost sample: where does its gradient belong?",
        lambda dx, dw, db, alt: (dx, alt[1], db),
        "04-convention",
    ),
    (
        "All as in a correlation layer",
        "The forward pass flips the kernel here: follow one weight back along its arrows.",
        lambda dx, dw, db, alt: (alt[0], alt[1], db),
        "04-convention",
    ),
    (
        "dx is back to front",
        "Turn round the kernel, not the result.",
        lambda dx, dw, db, alt: (dx[::-1], dw, db),
        "04-convention",
    ),
    (
        "db is one number per position",
        "Flipping the kernel does not touch the bias: how many are there?",
        lambda dx, dw, db, alt: (dx, dw, alt[2]),
        "04-db",
    ),
    (
        "db is averaged",
        "Flipping the kernel does not touch the bias: what did its gradient do with dout?",
        lambda dx, dw, db, alt: (dx, dw, float(np.mean(alt[2]))),
        "04-db",
    ),
]:

    def _wrong(dout, x, w, *, change=_change):
        plain = naive.conv1d_backward(dout, x, w)
        return change(*convolve_backward(dout, x, w), (*plain[:2], dout.copy()))

    q5.wrong(_name, _hint, _wrong, section=_section)
