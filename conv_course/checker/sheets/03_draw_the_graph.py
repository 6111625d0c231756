"""Sheet of 03_draw_the_graph: the arrows, the shared weights, and the chain rule back along them."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.layer_sizes import drawn_axis
from conv_course.checker.sheets.mistakes_1d import backward
from conv_lib import naive
from conv_lib.sizes import output_size

sheet = Sheet("03_draw_the_graph")

# --- q1: the products of the graph

q1 = sheet.function(
    "q1",
    "products",
    title="every product of the graph",
    section="03-window",
    parts={"no padding": 1, "padding": 1},
    answered_by="conv1d_graph",
)


def _products(W, kW, stride, padding, *, start=None, shift=True, keep="real", flip=False, order="ik", more=0):
    rows = []
    for i in range(max(output_size(W, kW, stride, padding) + more, 0)):
        for k in range(kW):
            m = (i * stride if start is None else start(i, stride)) + k - (padding if shift else 0)
            if keep == "all" or 0 <= m < W:
                rows.append((i, kW - 1 - k if flip else k, m))
    if order == "ki":
        rows.sort(key=lambda row: (row[1], row[0]))
    if order == "imk":
        rows = [(i, m, k) for i, k, m in rows]
    return np.array(rows).reshape(-1, 3)


@q1.reference
def products(W, kW, *, stride=1, padding=0):
    return _products(W, kW, stride, padding)


@q1.cases
def _(rng):
    for W, kW, S in [(5, 3, 1), (7, 3, 2), (8, 3, 2), (10, 2, 3), (6, 4, 3), (3, 1, 4)]:
        yield case(W, kW, stride=S, part="no padding")
    for W, kW, S, P in [(4, 3, 1, 1), (5, 2, 2, 1), (4, 3, 3, 4), (7, 4, 2, 2), (2, 5, 1, 2)]:
        yield case(W, kW, stride=S, padding=P, part="padding")
    for part in ("no padding", "padding"):
        W, kW, S, (P, _) = drawn_axis(rng, 30, 300)
        yield case(W, kW, stride=S, **({"padding": P + 1} if part == "padding" else {}), part=part)


@q1.right
def _(W, kW, *, stride=1, padding=0):
    count = (W + 2 * padding - kW) // stride + 1
    i, k = (a.ravel() for a in np.meshgrid(np.arange(count), np.arange(kW), indexing="ij"))
    m = i * stride + k - padding
    inside = (m >= 0) & (m < W)
    return np.stack([i, k, m], axis=1)[inside]


@q1.right
def _(W, kW, *, stride=1, padding=0):
    count = (W + 2 * padding - kW) // stride + 1
    return [
        (i, k, i * stride + k - padding)
        for i in range(count)
        for k in range(kW)
        if 0 <= i * stride + k - padding < W
    ]


def _q1(**mistake):
    return lambda W, kW, *, stride=1, padding=0: _products(W, kW, stride, padding, **mistake)


q1.wrong(
    "The window starts at i, not at i times S",
    "With stride 2, which sample does the first tap of window 1 stand on?",
    _q1(start=lambda i, S: i),
    section="03-stride",
)
q1.wrong(
    "Sample numbers count the padding",
    "Sample 0 is x0, the first real one: which number has the zero before it?",
    _q1(shift=False),
    section="03-stride",
)
q1.wrong(
    "Products with padding are in the list",
    "A product with a zero of the padding sends nothing to any x: does it belong in a list of samples?",
    _q1(keep="all"),
    section="03-stride",
)
q1.wrong(
    "The kernel is flipped",
    "With the window at the left end, which tap stands on x0?",
    _q1(flip=True),
    section="01-two",
)
q1.wrong("Sorted by tap", "Window by window: finish one output before you begin the next.", _q1(order="ki"))
q1.wrong("Tap and sample swapped", "Each row is window, tap, sample, in this order.", _q1(order="imk"))
q1.wrong("The last window is missing", "Where does the last window end?", _q1(more=-1), section="02-size")

# --- q2: the shared weights, counted

q2 = sheet.values(
    "q2",
    "counts",
    {"fc weights": 15, "fc biases": 3, "conv weights": 3, "conv biases": 1, "conv products": 9},
    title="how many weights",
    section="03-shared",
    points=2,
)
q2.wrong(
    "A weight counted for each product",
    "Nine products, but how many different numbers are there in w?",
    lambda: (15, 3, 9, 1, 9),
)
q2.wrong(
    "A bias for each output of the convolution",
    "How many different numbers b does the whole graph of the convolution hold?",
    lambda: (15, 3, 3, 3, 9),
)
q2.wrong(
    "One bias in the fully connected layer",
    "In the fully connected layer nothing is shared, its biases included.",
    lambda: (15, 1, 3, 1, 9),
)
q2.wrong(
    "Fully connected: one weight a sample",
    "There every output has an arrow from every sample: how many arrows are that?",
    lambda: (5, 3, 3, 1, 9),
)
q2.wrong(
    "Products: one a weight",
    "Each window makes its own products from the same weights.",
    lambda: (15, 3, 3, 1, 3),
)

# --- q3: the convolution as a fully connected layer

q3 = sheet.function("q3", "as_matrix", title="the fully connected twin", section="03-shared", points=2)


def _matrix(w, W, stride, padding, *, start=None, shift=True, flip=False, share=True, turn=False):
    count = output_size(W, len(w), stride, padding)
    C = np.zeros((count, W))
    for i in range(count):
        for k in range(len(w)):
            m = (i * stride if start is None else start(i, stride)) + k - (padding if shift else 0)
            if 0 <= m < W:
                C[i, m] = w[len(w) - 1 - k if flip else k]
    return C.T if turn else C


@q3.reference
def as_matrix(w, W, *, stride=1, padding=0):
    return _matrix(w, W, stride, padding)


@q3.cases
def _(rng):
    for W, kW, S, P in [
        (5, 3, 1, 0),
        (7, 3, 2, 0),
        (8, 3, 2, 0),
        (6, 4, 1, 2),
        (7, 3, 3, 2),
        (4, 3, 2, 4),
        (3, 3, 1, 0),
        (1, 2, 1, 2),
    ]:
        yield case(numbers(rng, kW), W, stride=S, padding=P)
    yield case(numbers(rng, 3), 6, stride=1, padding=1, layout="reversed")


@q3.right
def _(w, W, *, stride=1, padding=0):
    return np.stack([naive.conv1d(e, w, stride=stride, padding=padding) for e in np.eye(W)], axis=1)


@q3.right
def _(w, W, *, stride=1, padding=0):
    count = (W + 2 * padding - len(w)) // stride + 1
    wide = np.zeros((count, W + 2 * padding))
    for i in range(count):
        wide[i, i * stride : i * stride + len(w)] = w
    return wide[:, padding : padding + W]


def _q3(**mistake):
    return lambda w, W, *, stride=1, padding=0: _matrix(w, W, stride, padding, **mistake)


q3.wrong("Rows and columns swapped", "A matrix times x gives y: how many rows does it need?", _q3(turn=True))
q3.wrong(
    "The kernel is flipped",
    "In row 0, which weight stands in the first column?",
    _q3(flip=True),
    section="01-two",
)
q3.wrong(
    "The stride is left out",
    "By how many columns does the kernel move from one row to the next?",
    _q3(start=lambda i, S: i),
    section="03-stride",
)
q3.wrong(
    "The padding is left out",
    "Which of the weights in row 0 fall on zeros in front of x0?",
    _q3(shift=False),
    section="03-stride",
)


@q3.wrong("Rows that wrap around", "Weights that fall off one end meet zeros, not the other end.")
def _(w, W, *, stride=1, padding=0):
    count = output_size(W, len(w), stride, padding)
    C = np.zeros((count, W))
    for i in range(count):
        for k in range(len(w)):
            C[i, (i * stride + k - padding) % W] += w[k]
    return C


@q3.wrong(
    "The zeros of the padding are columns", "The matrix multiplies x itself: how many columns does it need?"
)
def _(w, W, *, stride=1, padding=0):
    return _matrix(w, W + 2 * padding, stride, 0)


# --- q4: back along the arrows

q4 = sheet.function(
    "q4",
    "back_to_x",
    title="the chain rule to x",
    section="03-collect",
    parts={"stride 1": 1, "stride and padding": 2},
    answered_by="conv1d_backward conv1d_graph",
)


@q4.reference
def back_to_x(dout, w, W, *, stride=1, padding=0):
    return naive.conv1d_backward(dout, np.zeros(W), w, stride=stride, padding=padding)[0]


@q4.cases
def _(rng):
    for W, kW in [(5, 3), (4, 1), (6, 4), (7, 2)]:
        yield case(numbers(rng, W - kW + 1), numbers(rng, kW), W, part="stride 1")
    for W, kW, S, P in [
        (7, 3, 2, 0),
        (8, 3, 2, 0),
        (6, 3, 1, 1),
        (9, 2, 4, 1),
        (4, 3, 2, 4),
        (8, 3, 2, 1),
        (1, 2, 1, 2),
    ]:
        dout = numbers(rng, output_size(W, kW, S, P))
        yield case(dout, numbers(rng, kW), W, stride=S, padding=P, part="stride and padding")
    yield case(rng.integers(1, 9, 3), numbers(rng, 3), 5, part="stride 1", layout="view")


@q4.right
def _(dout, w, W, *, stride=1, padding=0):
    return _matrix(w, W, stride, padding).T @ dout


@q4.right
def _(dout, w, W, *, stride=1, padding=0):
    dx = np.zeros(W)
    for i, k, m in _products(W, len(w), stride, padding):
        dx[m] += w[k] * dout[i]
    return dx


def _q4(**mistake):
    wrong = backward(**mistake)
    return lambda dout, w, W, *, stride=1, padding=0: wrong(
        dout, np.zeros(W), w, stride=stride, padding=padding
    )[0]


q4.wrong(
    "Assigned instead of added up",
    "Several arrows lead back to the same sample: what happens to the earlier ones?",
    _q4(assign=True),
)
q4.wrong(
    "The stride is left out",
    "Output 1 was computed from samples S, S + 1 and so on: where does its gradient go?",
    _q4(dx_start="index"),
    section="03-stride",
)
q4.wrong(
    "The kernel is flipped",
    "x0 met w0 in window 0: by which weight does dy0 come back to it?",
    _q4(dx_flip=True),
    section="03-walk",
)
q4.wrong(
    "The gradient of the padding is kept",
    "The zeros of the padding have no gradient to report: how long is x?",
    _q4(crop="none"),
    section="03-stride",
)
q4.wrong(
    "Cropped on the left only",
    "There are zeros at both ends: how many entries go from each?",
    _q4(crop="left"),
    section="03-stride",
)
q4.wrong(
    "Cropped on the right only",
    "There are zeros at both ends: how many entries go from each?",
    _q4(crop="right"),
    section="03-stride",
)
q4.wrong(
    "A slice that ends at minus zero",
    "With padding 0, what does a slice that stops at -padding hold?",
    _q4(crop="slice"),
    section="03-breaks",
)
q4.wrong(
    "The leftover samples are dropped",
    "A sample that no window reads still has a gradient: which one?",
    _q4(tail="dropped"),
    section="03-stride",
)


@q4.wrong(
    "The weights are left out",
    "An arrow through a product multiplies by the other factor.",
    section="03-chain",
)
def _(dout, w, W, *, stride=1, padding=0):
    return back_to_x(dout, np.ones(len(w)), W, stride=stride, padding=padding)


@q4.wrong(
    "The products' mean",
    "A gradient adds up over the paths; nothing divides it by their number.",
    section="03-collect",
)
def _(dout, w, W, *, stride=1, padding=0):
    paths = back_to_x(np.ones(len(dout)), np.ones(len(w)), W, stride=stride, padding=padding)
    return back_to_x(dout, w, W, stride=stride, padding=padding) / np.maximum(paths, 1)


# --- q5: back to the shared weights

q5 = sheet.function(
    "q5",
    "back_to_w_and_b",
    title="the chain rule to the shared weights",
    section="03-collect",
    outputs=("dw", "db"),
    parts={"dw": 2, "db": 1},
    answered_by="conv1d_backward conv1d_graph",
)


@q5.reference
def back_to_w_and_b(dout, x, kW, *, stride=1, padding=0):
    return naive.conv1d_backward(dout, x, np.zeros(kW), stride=stride, padding=padding)[1:]


@q5.cases
def _(rng):
    for W, kW, S, P in [
        (5, 3, 1, 0),
        (7, 3, 2, 0),
        (8, 3, 2, 0),
        (6, 4, 1, 2),
        (9, 2, 3, 1),
        (4, 3, 2, 4),
        (5, 1, 2, 0),
    ]:
        yield case(numbers(rng, output_size(W, kW, S, P)), numbers(rng, W), kW, stride=S, padding=P)
    yield case(numbers(rng, 4), rng.integers(-9, 9, 6), 3, layout="view")


@q5.right
def _(dout, x, kW, *, stride=1, padding=0):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, padding), kW)[::stride]
    return np.einsum("i,ik->k", dout, windows), dout.sum()


@q5.right
def _(dout, x, kW, *, stride=1, padding=0):
    xpad = np.pad(x, padding)
    dw = [np.dot(dout, xpad[k : k + (len(dout) - 1) * stride + 1 : stride]) for k in range(kW)]
    return np.array(dw), np.tensordot(dout, np.ones(len(dout)), 1)


def _q5(**mistake):
    wrong = backward(**mistake)
    return lambda dout, x, kW, *, stride=1, padding=0: wrong(
        dout, x, np.zeros(kW), stride=stride, padding=padding
    )[1:]


for _name, _hint, _mistake, _section in [
    (
        "The stride is left out",
        "Which sample did w0 meet in window 1?",
        {"dw_start": "index"},
        "03-stride",
    ),
    (
        "The padding is left out",
        "The first taps of the first window may have met zeros: which sample is the first real one?",
        {"dw_from": "x"},
        "03-stride",
    ),
    (
        "dw is back to front",
        "w0 met the leftmost sample of every window: where does its gradient belong?",
        {"dw_flip": True},
        "03-collect",
    ),
    (
        "dw is averaged over the windows",
        "A shared weight's gradient adds up over its arrows; nothing divides it.",
        {"dw_scale": "mean"},
        "03-collect",
    ),
    (
        "db is one number per position",
        "There is one bias: how many numbers is its gradient?",
        {"db": "each"},
        "03-collect",
    ),
    (
        "db is averaged",
        "Each arrow from b passes on all of its dy: what do they make together?",
        {"db": "mean"},
        "03-collect",
    ),
    (
        "db counts the outputs",
        "The arrows from b carry dy, which is not always 1.",
        {"db": "count"},
        "03-walk",
    ),
    ("db from the first output only", "Which outputs does b lead to?", {"db": "first"}, "03-collect"),
    ("db once per tap", "How many arrows lead from b into one output?", {"db": "taps"}, "03-walk"),
]:
    q5.wrong(_name, _hint, _q5(**_mistake), section=_section)


@q5.wrong("Only the last window counts", "What does each further window do to what is in dw already?")
def _(dout, x, kW, *, stride=1, padding=0):
    xpad = np.pad(x, padding)
    last = (len(dout) - 1) * stride
    return xpad[last : last + kW] * dout[-1], dout.sum()
