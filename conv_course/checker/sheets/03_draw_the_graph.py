"""Sheet of 03_draw_the_graph: the arrows, the shared weights, and the chain rule back along them."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.layer_sizes import drawn_length
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


q1.solution('''
def products(W, kW, *, stride=1, padding=0):
    """An array of shape (number of products, 3) with rows i, k, m."""
    found = []
    windows = (W + 2 * padding - kW) // stride + 1
    for i in range(windows):
        for k in range(kW):
            m = i * stride + k - padding
            if 0 <= m < W:
                found.append((i, k, m))
    return np.array(found)
''')


@q1.cases
def _(rng):
    for W, kW, S in [(5, 3, 1), (7, 3, 2), (8, 3, 2), (10, 2, 3), (6, 4, 3), (3, 1, 4)]:
        yield case(W, kW, stride=S, part="no padding")
    for W, kW, S, P in [(4, 3, 1, 1), (5, 2, 2, 1), (6, 2, 2, 1), (4, 3, 3, 4), (7, 4, 2, 2), (2, 5, 1, 2)]:
        yield case(W, kW, stride=S, padding=P, part="padding")
    yield case(drawn_length(rng, 5, 3, 0, 2, 30, 600), 5, stride=3, part="no padding")
    yield case(drawn_length(rng, 4, 3, 6, 2, 30, 600), 4, stride=3, padding=3, part="padding")


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


q1.slips("""
The window starts at i, not at i times S  [03-stride]
    i * stride => i
    With stride 2, which sample does the first tap of window 1 stand on?

Sample numbers count the padding  [03-stride]
    + k - padding => + k
    Sample 0 is x0, the first real one: which number has the zero before it?

Products with padding are in the list  [03-stride]
    - if 0 <= m < W:
    -     found.append((i, k, m))
    + found.append((i, k, m))
    A product with a zero of the padding sends nothing to any x: does it belong in a list of samples?

The kernel is flipped  [01-two]
    (i, k, m) => (i, kW - 1 - k, m)
    With the window at the left end, which tap stands on x0?

Sorted by tap
    - for i in range(windows):
    -     for k in range(kW):
    + for k in range(kW):
    +     for i in range(windows):
    Window by window: finish one output before you begin the next.

Tap and sample swapped
    (i, k, m) => (i, m, k)
    Each row is window, tap, sample, in this order.

The last window is missing  [02-size]
    // stride + 1 => // stride
    Where does the last window end?

The 1 is added before the division  [02-size]
    kW) // stride + 1 => kW + 1) // stride
    The first window needs no step: is it counted before or after the steps are?
""")

# --- q2: the shared weights, counted

q2 = sheet.values(
    "q2",
    "counts",
    {"fc weights": 15, "fc biases": 3, "conv weights": 3, "conv biases": 1, "conv products": 9},
    title="how many weights",
    section="03-shared",
    points=2,
)


q2.solution('''
def counts():
    """A dictionary of five numbers.

    Its keys: "fc weights", "fc biases", "conv weights", "conv biases", "conv products".
    """
    return {"fc weights": 15, "fc biases": 3, "conv weights": 3, "conv biases": 1, "conv products": 9}
''')


q2.worked("""
W, kW = 5, 3
W_out = W - kW + 1
fc weights = W * W_out
fc biases = W_out
conv weights = kW
conv biases = 1
conv products = W_out * kW
""")


q2.ask("""
fc weights
    With how many samples is one output of a fully connected layer connected, by a weight of its own each?
fc biases
    How many outputs does a fully connected layer have, and what is added to each?
conv weights
    Do two windows of a convolution have weights of their own, or the same ones?
conv biases
    Do two outputs of a convolution add numbers of their own, or the same one?
conv products
    How many products make one output, and how many outputs are there?
""")

q2.slips("""
A weight counted for each product
    "conv weights": 3 => "conv weights": 9
    Nine products, but how many different numbers are there in w?

A bias for each output of the convolution
    "conv biases": 1 => "conv biases": 3
    How many different numbers b does the whole graph of the convolution hold?

One bias in the fully connected layer
    "fc biases": 3 => "fc biases": 1
    In the fully connected layer nothing is shared, its biases included.

Fully connected: one weight per sample
    "fc weights": 15 => "fc weights": 5
    There every output has an arrow from every sample: how many arrows are that?

One product per weight
    "conv products": 9 => "conv products": 3
    Each window makes its own products from the same weights.
""")

# --- q3: the convolution as a fully connected layer

q3 = sheet.function("q3", "as_matrix", title="the fully connected twin", section="03-shared", points=2)


q3.solution('''
def as_matrix(w, W, *, stride=1, padding=0):
    """The matrix C, shape (W', W)."""
    windows = (W + 2 * padding - len(w)) // stride + 1
    matrix = np.zeros((windows, W))
    for i in range(windows):
        for k, weight in enumerate(w):
            m = i * stride + k - padding
            if 0 <= m < W:
                matrix[i, m] = weight
    return matrix
''')


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


q3.slips("""
Rows and columns swapped
    return matrix => return matrix.T
    A matrix times x gives y: how many rows does it need?

The kernel is flipped  [01-two]
    enumerate(w) => enumerate(w[::-1])
    In row 0, which weight stands in the first column?

The stride is left out  [03-stride]
    i * stride => i
    By how many columns does the kernel move from one row to the next?

The columns are not moved by the padding  [03-stride]
    + k - padding => + k
    Which of the weights in row 0 fall on zeros in front of x0?

Rows that wrap around
    m = i * stride + k - padding => m = (i * stride + k - padding) % W
    matrix[i, m] = => matrix[i, m] +=
    Weights that fall off one end meet zeros, not the other end.

The zeros of the padding are columns
    np.zeros((windows, W)) => np.zeros((windows, W + 2 * padding))
    + k - padding => + k
    m < W => m < W + 2 * padding
    The matrix multiplies x itself: how many columns does it need?
""")

# --- q4: back along the arrows

q4 = sheet.function(
    "q4",
    "back_to_x",
    title="the chain rule to x",
    section="03-collect",
    parts={"stride 1": 1, "stride and padding": 2},
    answered_by="conv1d_backward conv1d_graph",
)


q4.solution('''
def back_to_x(dout, w, W, *, stride=1, padding=0):
    """dx, shape (W,)."""
    dx = np.zeros(W)
    for i in range(len(dout)):
        for k in range(len(w)):
            m = i * stride + k - padding
            if 0 <= m < W:
                dx[m] += w[k] * dout[i]
    return dx
''')


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
    return q3.answer(w, W, stride=stride, padding=padding).T @ dout


@q4.right
def _(dout, w, W, *, stride=1, padding=0):
    dx = np.zeros(W)
    for i, k, m in q1.answer(W, len(w), stride=stride, padding=padding):
        dx[m] += w[k] * dout[i]
    return dx


q4.slips("""
Only the last window that reads a sample counts
    dx[m] += => dx[m] =
    Several windows read the same sample: is each share added to the earlier ones?

The stride is left out  [03-stride]
    i * stride => i
    Output 1 was computed from samples S, S + 1 and so on: where does its gradient go?

The kernel is in the wrong order  [03-walk]
    w[k] => w[len(w) - 1 - k]
    Without padding x0 met w0 in window 0: by which weight does dout[0] come back to it?

The weights are left out  [03-chain]
    w[k] * dout[i] => dout[i]
    An arrow through a product multiplies by the other factor.

dx is the mean over the arrows, not their sum
    dx = np.zeros(W) => dx, arrows = np.zeros(W), np.zeros(W)
    - dx[m] += w[k] * dout[i]
    + dx[m] += w[k] * dout[i]
    + arrows[m] += 1
    return dx => return dx / np.maximum(arrows, 1)
    A gradient adds up over the arrows; nothing divides it by their number.
""")

q4.slips(
    """
dx has entries for the zeros of the padding  [03-stride]
    dxpad[padding : padding + W] => dxpad
    The zeros of the padding are no part of x: how long is dx?

dx is moved to the left by the padding  [03-stride]
    dxpad[padding : padding + W] => dxpad[2 * padding :]
    With one zero at each end, which tap of window 0 stands on x0?

dx is moved to the right by the padding  [03-stride]
    dxpad[padding : padding + W] => dxpad[:W]
    With one zero at each end, which tap of window 0 stands on x0?

A slice that ends at minus zero  [09-breaks]
    [padding : padding + W] => [padding:-padding]
    With padding 0, what does a slice that stops at -padding hold?

The leftover samples are dropped  [03-stride]
    np.zeros(W + 2 * padding) => np.zeros((len(dout) - 1) * stride + len(w))
    A sample that no window reads still has a gradient: which one?
""",
    source="""
def back_to_x(dout, w, W, *, stride=1, padding=0):
    dxpad = np.zeros(W + 2 * padding)
    for i in range(len(dout)):
        dxpad[i * stride : i * stride + len(w)] += w * dout[i]
    return dxpad[padding : padding + W]
""",
)

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


q5.solution('''
def back_to_w_and_b(dout, x, kW, *, stride=1, padding=0):
    """dw, shape (kW,), and db, a number."""
    dw, db = np.zeros(kW), 0.0
    for i in range(len(dout)):
        db += dout[i]
        for k in range(kW):
            m = i * stride + k - padding
            if 0 <= m < len(x):
                dw[k] += x[m] * dout[i]
    return dw, db
''')


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


q5.slips("""
The stride is left out  [03-stride]
    i * stride => i
    Which sample did w0 meet in window 1?

dw as if no zeros stood in front of x  [03-stride]
    + k - padding => + k
    With one zero at each end, which tap of window 0 stands on x0?

dw is in reverse order
    dw[k] += => dw[kW - 1 - k] +=
    w0 met the leftmost sample of every window: where does its gradient belong?

dw is averaged over the windows
    x[m] * dout[i] => x[m] * dout[i] / len(dout)
    A shared weight's gradient adds up over its arrows; nothing divides it.

db is one number per position
    return dw, db => return dw, dout
    There is one bias: how many numbers is its gradient?

db is averaged
    return dw, db => return dw, db / len(dout)
    Each arrow from b carries the dy of its output back to b: is the sum of all of them divided by anything?

db counts the outputs  [03-walk]
    db += dout[i] => db += 1
    The arrows from b carry dout, which is not always 1.

db from the first output only
    return dw, db => return dw, dout[0]
    Which outputs does b lead to?

db once per tap  [03-walk]
    - db += dout[i]
    - for k in range(kW):
    + for k in range(kW):
    +     db += dout[i]
    How many arrows lead from b into one output?
""")

q5.slips(
    """
Only the last window counts
    dw += => dw =
    What do the windows before the last one add to dw?
""",
    source="""
def back_to_w_and_b(dout, x, kW, *, stride=1, padding=0):
    xpad = np.pad(x, padding)
    dw = np.zeros(kW)
    for i in range(len(dout)):
        dw += xpad[i * stride : i * stride + kW] * dout[i]
    return dw, np.sum(dout)
""",
)

# --- q6: from dx back to dout

q6 = sheet.values(
    "q6",
    "which_dout",
    {
        "first": np.array([0.0, 1, 0]),
        "second": np.array([2.0, 0, 1]),
        "third": np.array([-1.0, 1, 0]),
        "impossible": "B",
    },
    title="which dout made this dx",
    section="03-collect",
    points=2,
)

q6.solution('''
def which_dout():
    """A dictionary: for the possible lists in the order of their letters, dout; and one letter.

    Its keys: "first", "second" and "third", lists of three numbers each, and "impossible".
    """
    return {"first": [0, 1, 0], "second": [2, 0, 1], "third": [-1, 1, 0], "impossible": "B"}
''')


q6.ask("""
first | second | third
    Which entry of dout alone makes the first number of the list, and what does its copy of w leave over?
impossible
    Take the numbers of dout one after the other, from the left: which list does not end as it has to?
""")

q6.slips("""
The first three entries of dx
    "first": [0, 1, 0] => "first": [0, 2, -1]
    "second": [2, 0, 1] => "second": [4, -2, 8]
    "third": [-1, 1, 0] => "third": [-2, 3, -4]
    Through which tap did x0 hear of the first output?

Every entry is divided by the first tap alone
    "first": [0, 1, 0] => "first": [0, 1, -0.5]
    "second": [2, 0, 1] => "second": [2, -1, 4]
    "third": [-1, 1, 0] => "third": [-1, 1.5, -2]
    or
    "second": [2, 0, 1] => "second": [2, -1, 4]
    "third": [-1, 1, 0] => "third": [-1, 1.5, -2]
    or
    "third": [-1, 1, 0] => "third": [-1, 1.5, 0]
    Two outputs speak to x1: what had the first of them said already?

dout is in reverse order
    "second": [2, 0, 1] => "second": [1, 0, 2]
    "third": [-1, 1, 0] => "third": [0, 1, -1]
    Which of the outputs reads the leftmost sample?

The sign of the first output is lost
    "third": [-1, 1, 0] => "third": [1, 1, 0]
    The first entry of D is negative and the first tap is not: what does that say of the first output?

Minus one times a negative output is taken as negative
    "third": [-1, 1, 0] => "third": [-1, 2, 0]
    or
    "third": [-1, 1, 0] => "third": [-1, 2, 0.5]
    What does the second tap make of the first output of D, and what is left of the second entry then?

The last output is left out
    "second": [2, 0, 1] => "second": [2, 0, 0]
    Only one output reads the last sample: what does the last entry of C say of it?

A is taken to be impossible
    "impossible": "B" => "impossible": "A"
    A has two zeros at its ends: which single output leaves both end samples alone?

C is taken to be impossible
    "impossible": "B" => "impossible": "C"
    Find the three outputs from the first three entries, and let the last two entries be the test.

D is taken to be impossible
    "impossible": "B" => "impossible": "D"
    Find the three outputs from the first three entries, and let the last two entries be the test.
""")
