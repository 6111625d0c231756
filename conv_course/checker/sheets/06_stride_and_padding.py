"""Sheet of 06_stride_and_padding: back-propagate through stride, leftovers, uneven and oversized padding."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.layer_sizes import drawn_axis
from conv_course.checker.sheets.mistakes_1d import backward, pad
from conv_lib import naive
from conv_lib.sizes import leftover, output_size, padding_pair

sheet = Sheet("06_stride_and_padding")

# --- q1: dout with holes

q1 = sheet.function("q1", "dilate", title="dout with zeros between", section="06-steps", points=1)


@q1.reference
def dilate(dout, stride):
    wide = np.zeros((len(dout) - 1) * stride + 1)
    wide[::stride] = dout
    return wide


@q1.cases
def _(rng):
    for n, S in [(3, 2), (4, 1), (2, 5), (1, 3), (5, 3)]:
        yield case(numbers(rng, n), S)
    yield case(numbers(rng, 4), 2, layout="view")


@q1.right
def _(dout, stride):
    return np.kron(dout, np.eye(1, stride)[0])[: (len(dout) - 1) * stride + 1]


@q1.right
def _(dout, stride):
    return [v for d in dout[:-1] for v in [d] + [0.0] * (stride - 1)] + [dout[-1]]


q1.wrong(
    "As many zeros as the stride",
    "With stride 1 nothing stands between two entries: how many zeros is that, and how many with stride 2?",
    lambda dout, stride: dilate(dout, stride + 1),
)
q1.wrong(
    "Zeros behind the last entry",
    "Zeros stand between the entries; what stands behind the last one is another matter.",
    lambda dout, stride: np.concatenate([dilate(dout, stride), np.zeros(stride - 1)]),
)
q1.wrong(
    "Zeros before the first entry",
    "The first window starts at the first sample: what stands before its dout?",
    lambda dout, stride: np.concatenate([np.zeros(stride - 1), dilate(dout, stride)]),
)
q1.wrong(
    "The entries are repeated",
    "Positions where no window started have no gradient of their own.",
    lambda dout, stride: np.repeat(dout, stride)[: (len(dout) - 1) * stride + 1],
)
q1.wrong(
    "The entries are thinned out",
    "The forward pass skipped starts; here the skipped places have to come back.",
    lambda dout, stride: dout[::stride].copy(),
)
q1.wrong(
    "dout as it is",
    "With stride 2, how far apart did neighbouring windows start?",
    lambda dout, stride: dout.copy(),
)

# --- q2: the padding that dx asks for

q2 = sheet.function(
    "q2",
    "pads_for_dx",
    title="the zeros that dx asks for",
    section="06-rule",
    parts={"even padding": 1, "uneven and oversized": 1},
)


def _pads(W, kW, stride, padding):
    return padding_pair(padding, W, kW, stride)


@q2.reference
def pads_for_dx(W, kW, *, stride=1, padding=0):
    left, right = _pads(W, kW, stride, padding)
    return kW - 1 - left, kW - 1 - right + leftover(W, kW, stride, padding)


@q2.cases
def _(rng):
    for W, kW, S, P in [(5, 3, 1, 0), (7, 3, 2, 0), (8, 3, 2, 0), (7, 4, 3, 1), (8, 3, 2, 1), (9, 5, 4, 2)]:
        yield case(W, kW, stride=S, padding=P, part="even padding")
    W, kW, S, (P, _) = drawn_axis(rng)
    yield case(W, kW, stride=S, padding=P + 1, part="even padding")
    for W, kW, S, P in [
        (7, 3, 2, (2, 0)),
        (8, 4, 3, (0, 3)),
        (5, 2, 2, 3),
        (4, 3, 3, 4),
        (6, 2, 3, (4, 1)),
        (6, 3, 5, (0, 5)),
    ]:
        yield case(W, kW, stride=S, padding=P, part="uneven and oversized")
    W, kW, S, P = drawn_axis(rng)
    yield case(W, kW, stride=S, padding=P, part="uneven and oversized")


@q2.right
def _(W, kW, *, stride=1, padding=0):
    left, _ = padding if isinstance(padding, tuple) else (padding, padding)
    outputs = output_size(W, kW, stride, padding)
    front = kW - 1 - left
    return np.array([front, W - 1 + kW - front - ((outputs - 1) * stride + 1)])


def _q2(change):
    def pads_for_dx(W, kW, *, stride=1, padding=0):
        left, right = _pads(W, kW, stride, padding)
        return change(kW, left, right, leftover(W, kW, stride, padding))

    return pads_for_dx


for _name, _hint, _change, _section in [
    (
        "The leftover samples are forgotten",
        "Some samples lie behind the last window: how does dx get entries for them?",
        lambda k, l, r, a: (k - 1 - l, k - 1 - r),
        "06-leftover",
    ),
    (
        "The leftover samples are put on the left",
        "At which end of the signal are the samples that no window reads?",
        lambda k, l, r, a: (k - 1 - l + a, k - 1 - r),
        "06-leftover",
    ),
    (
        "The leftover samples are taken off",
        "Leftover samples make dx longer than the windows reach, not shorter.",
        lambda k, l, r, a: (k - 1 - l, k - 1 - r - a),
        "06-leftover",
    ),
    (
        "The forward padding is forgotten",
        "Entries of dx that stand for padding are not wanted: how does the padding of dout leave them out?",
        lambda k, l, r, a: (k - 1, k - 1 + a),
        "06-rule",
    ),
    (
        "The forward padding itself",
        "With no padding forward, dout still has to grow: by how much?",
        lambda k, l, r, a: (l, r + a),
        "06-rule",
    ),
    (
        "One zero too many on each side",
        "The first window touches dout in one entry: how many zeros stand before it?",
        lambda k, l, r, a: (k - l, k - r + a),
        "06-rule",
    ),
    (
        "Never below zero",
        "When the forward padding is wider than the kernel reaches, some of dout belongs to no sample.",
        lambda k, l, r, a: (max(k - 1 - l, 0), max(k - 1 - r + a, 0)),
        "06-oversized",
    ),
    (
        "Left padding taken for both sides",
        "The two ends can be padded differently: which end does each number belong to?",
        lambda k, l, r, a: (k - 1 - l, k - 1 - l + a),
        "06-uneven",
    ),
    (
        "Left and right swapped",
        "dx keeps the order of x: which end does each number belong to?",
        lambda k, l, r, a: (k - 1 - r, k - 1 - l + a),
        "06-uneven",
    ),
]:
    q2.wrong(_name, _hint, _q2(_change), section=_section)

# --- q3: dx

q3 = sheet.function(
    "q3",
    "dx_of",
    title="dx through stride and padding",
    section="06-rule",
    parts={"stride": 1, "padding": 1, "leftover, uneven, oversized": 2},
    answered_by="conv1d_backward",
)


@q3.reference
def dx_of(dout, w, W, *, stride=1, padding=0):
    return naive.conv1d_backward(dout, np.zeros(W), w, stride=stride, padding=padding)[0]


def _one(rng, W, kW, S, P, part, **rest):
    return case(
        numbers(rng, output_size(W, kW, S, P)), numbers(rng, kW), W, stride=S, padding=P, part=part, **rest
    )


@q3.cases
def _(rng):
    for W, kW, S in [(5, 3, 1), (7, 3, 2), (8, 2, 3)]:
        yield _one(rng, W, kW, S, 0, "stride")
    for W, kW, S, P in [(5, 3, 1, 1), (7, 3, 2, 1), (6, 4, 1, 2), (1, 2, 1, 2)]:
        yield _one(rng, W, kW, S, P, "padding")
    for W, kW, S, P in [
        (8, 3, 2, 0),
        (8, 3, 3, 1),
        (7, 3, 2, (2, 0)),
        (6, 4, 3, (0, 2)),
        (4, 2, 2, 3),
        (3, 2, 1, (4, 0)),
        (5, 2, 3, (3, 5)),
    ]:
        yield _one(rng, W, kW, S, P, "leftover, uneven, oversized")
    yield case(rng.integers(1, 9, 3), numbers(rng, 3), 7, stride=2, part="stride", layout="view")


def _by_rule(dout, w, W, stride, left, right, *, holes=True, flip=True):
    """dx as one pass over dout, which is padded or, where negative, cropped."""
    wide = dilate(dout, stride) if holes else np.asarray(dout, float)
    wide = wide[max(-left, 0) : len(wide) - max(-right, 0)]
    padded = pad(wide, max(left, 0), max(right, 0))
    taps = w[::-1] if flip else w
    count = max(len(padded) - len(w) + 1, 0)
    return np.array([np.dot(padded[i : i + len(w)], taps) for i in range(count)])


@q3.right
def _(dout, w, W, *, stride=1, padding=0):
    return _by_rule(dout, w, W, stride, *pads_for_dx(W, len(w), stride=stride, padding=padding))


@q3.right
def _(dout, w, W, *, stride=1, padding=0):
    left, right = padding if isinstance(padding, tuple) else (padding, padding)
    full = np.convolve(dilate(dout, stride), w)
    dxpad = np.zeros(W + left + right)
    dxpad[: len(full)] = full
    return dxpad[left : left + W]


@q3.right
def _(dout, w, W, *, stride=1, padding=0):
    left, _ = padding if isinstance(padding, tuple) else (padding, padding)
    dx = [0.0] * W
    for i, d in enumerate(dout):
        for k, tap in enumerate(w):
            if 0 <= i * stride + k - left < W:
                dx[i * stride + k - left] += tap * d
    return np.array(dx)


def _q3(**mistake):
    wrong = backward(**mistake)
    return lambda dout, w, W, *, stride=1, padding=0: wrong(
        dout, np.zeros(W), w, stride=stride, padding=padding
    )[0]


def _rule(change, **how):
    def dx_of(dout, w, W, *, stride=1, padding=0):
        left, right = padding_pair(padding, W, len(w), stride)
        pads = change(len(w), left, right, leftover(W, len(w), stride, padding))
        return _by_rule(dout, w, W, stride, *pads, **how)

    return dx_of


for _name, _hint, _function, _section in [
    (
        "The stride is left out of dx",
        "Window 1 started at sample S: where does its share of the gradient go?",
        _q3(dx_start="index"),
        "06-steps",
    ),
    (
        "dout has no zeros between its entries",
        "With stride 2, neighbouring windows start two samples apart: does your dout know?",
        _rule(lambda k, l, r, a: (k - 1 - l, k - 1 - r + a), holes=False),
        "06-steps",
    ),
    (
        "Assigned instead of added up",
        "When windows overlap, a sample gets several shares: what happens to the earlier ones?",
        _q3(assign=True),
        "06-steps",
    ),
    (
        "The kernel is in the wrong order",
        "The first sample of a window met w0: through which weight does dout come back to it?",
        _q3(dx_flip=True),
        "04-dx",
    ),
    (
        "The leftover samples are dropped",
        "dx has to be as long as x: which gradient has a sample that no window reads?",
        _rule(lambda k, l, r, a: (k - 1 - l, k - 1 - r)),
        "06-leftover",
    ),
    (
        "The leftover samples are at the wrong end",
        "At which end of the signal are the samples that no window reads?",
        _rule(lambda k, l, r, a: (k - 1 - l + a, k - 1 - r)),
        "06-leftover",
    ),
    (
        "The padding is not cropped from dx",
        "The zeros of the padding are no part of x: how long is dx?",
        _q3(crop="none"),
        "06-rule",
    ),
    (
        "All cropped from the left",
        "Zeros stood at both ends: how many entries go from each?",
        _q3(crop="left"),
        "06-uneven",
    ),
    (
        "All cropped from the right",
        "Zeros stood at both ends: how many entries go from each?",
        _q3(crop="right"),
        "06-uneven",
    ),
    (
        "Left padding cropped from both sides",
        "The two ends can be padded differently.",
        _q3(crop="first"),
        "06-uneven",
    ),
    (
        "A slice that ends at minus zero",
        "With no padding on the right, what does a slice that stops at -right hold?",
        _q3(crop="slice"),
        "06-breaks",
    ),
    (
        "Padding beyond the kernel is not cropped",
        "When the forward padding reaches further than the kernel, whole windows saw only zeros.",
        _rule(lambda k, l, r, a: (max(k - 1 - l, 0), max(k - 1 - r + a, 0))),
        "06-oversized",
    ),
    (
        "The forward padding is put on dout",
        "dout needs other zeros than x did: how long does the pass have to be?",
        _rule(lambda k, l, r, a: (l, r + a)),
        "06-rule",
    ),
]:
    q3.wrong(_name, _hint, _function, section=_section)

# --- q4: dw and db

q4 = sheet.function(
    "q4",
    "dw_and_db_of",
    title="dw and db through stride and padding",
    section="06-dw",
    outputs=("dw", "db"),
    parts={"dw": 2, "db": 1},
    answered_by="conv1d_backward",
)


@q4.reference
def dw_and_db_of(dout, x, kW, *, stride=1, padding=0):
    return naive.conv1d_backward(dout, x, np.zeros(kW), stride=stride, padding=padding)[1:]


@q4.cases
def _(rng):
    for W, kW, S, P in [
        (5, 3, 1, 0),
        (7, 3, 2, 0),
        (8, 3, 2, 0),
        (6, 4, 1, 2),
        (8, 3, 3, 1),
        (7, 3, 2, (2, 0)),
        (6, 2, 3, (0, 4)),
        (4, 2, 2, 3),
        (5, 1, 2, 1),
    ]:
        yield case(numbers(rng, output_size(W, kW, S, P)), numbers(rng, W), kW, stride=S, padding=P)
    yield case(numbers(rng, 3), rng.integers(-9, 9, 8), 3, stride=2, layout="view")


@q4.right
def _(dout, x, kW, *, stride=1, padding=0):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, padding), kW)[::stride]
    return windows.T @ dout, np.sum(dout)


@q4.right
def _(dout, x, kW, *, stride=1, padding=0):
    xpad = np.pad(x, padding)
    used = xpad[: len(xpad) - (len(xpad) - kW) % stride]
    return np.correlate(used, dilate(dout, stride), "valid"), np.einsum("i->", dout)


def _q4(**mistake):
    wrong = backward(**mistake)
    return lambda dout, x, kW, *, stride=1, padding=0: wrong(
        dout, x, np.zeros(kW), stride=stride, padding=padding
    )[1:]


def _padded_as(change, mode="constant"):
    def dw_and_db_of(dout, x, kW, *, stride=1, padding=0):
        left, right = padding_pair(padding, len(x), kW, stride)
        xpad = pad(x, *change(left, right), mode)
        return naive.conv1d_backward(dout, xpad.astype(float), np.zeros(kW), stride=stride)[1:]

    return dw_and_db_of


for _name, _hint, _function, _section in [
    (
        "The stride is left out of dw",
        "Which sample did w0 meet in window 1?",
        _q4(dw_start="index"),
        "06-dw",
    ),
    (
        "dw from the unpadded x",
        "The first window may have met zeros: does your x begin with them?",
        _q4(dw_from="x"),
        "06-dw",
    ),
    (
        "dw is back to front",
        "w0 met the leftmost sample of each window: where does its gradient belong?",
        _q4(dw_flip=True),
        "04-dw",
    ),
    (
        "dw is averaged over the windows",
        "The windows' shares add up; nothing divides them.",
        _q4(dw_scale="mean"),
        "04-dw",
    ),
    (
        "Left and right padding swapped",
        "Which of the two numbers stands first, and at which end are its zeros?",
        _padded_as(lambda left, right: (right, left)),
        "06-uneven",
    ),
    (
        "The edge is repeated instead of zeros",
        "dw has to see what the forward pass saw: what stood in the padding?",
        _padded_as(lambda left, right: (left, right), "edge"),
        "06-dw",
    ),
    (
        "All zeros on the left",
        "dw has to see what the forward pass saw: where were the zeros?",
        _padded_as(lambda left, right: (left + right, 0)),
        "06-dw",
    ),
    ("db is one number per position", "How many biases does the layer have?", _q4(db="each"), "04-db"),
    ("db is averaged", "How much does all of y move when b moves?", _q4(db="mean"), "04-db"),
    ("db counts the outputs", "The outputs do not all weigh the same.", _q4(db="count"), "04-db"),
    ("db once per tap", "The bias is added once per window, not once per weight.", _q4(db="taps"), "04-db"),
]:
    q4.wrong(_name, _hint, _function, section=_section)


@q4.wrong(
    "The leftover samples make dw longer",
    "A pass over everything also tries places that hold no whole pattern: how many taps are there?",
    section="06-leftover",
)
def _(dout, x, kW, *, stride=1, padding=0):
    return np.correlate(np.pad(x, padding), dilate(dout, stride), "valid"), np.sum(dout)


# --- q5: the stretch: everything, with dilation

q5 = sheet.function(
    "q5",
    "backward_pass",
    title="the whole backward pass, with dilation",
    section="06-proof",
    outputs=("dx", "dw", "db"),
    points=3,
    answered_by="conv1d_backward",
)


@q5.reference
def backward_pass(dout, x, w, *, stride=1, padding=0, dilation=1):
    return naive.conv1d_backward(dout, x, w, stride=stride, padding=padding, dilation=dilation)


@q5.cases
def _(rng):
    for W, kW, S, P, Dl in [
        (7, 3, 1, 0, 1),
        (9, 3, 2, 1, 2),
        (8, 2, 3, (2, 0), 3),
        (10, 3, 2, (0, 5), 2),
        (5, 2, 2, 4, 2),
        (8, 3, 3, 1, 1),
        (10, 3, 2, 0, 3),
        (1, 2, 1, 2, 2),
        (5, 1, 2, 1, 2),
    ]:
        dout = numbers(rng, output_size(W, kW, S, P, Dl))
        yield case(dout, numbers(rng, W), numbers(rng, kW), stride=S, padding=P, dilation=Dl)
    dout = numbers(rng, output_size(8, 3, 2, 1, 2))
    yield case(
        dout, rng.integers(-9, 9, 8), numbers(rng, 3), stride=2, padding=1, dilation=2, layout="reversed"
    )


@q5.right
def _(dout, x, w, *, stride=1, padding=0, dilation=1):
    xpad = np.pad(np.asarray(x, float), padding)
    left = padding[0] if isinstance(padding, tuple) else padding
    at = stride * np.arange(len(dout))[:, None] + dilation * np.arange(len(w))
    dxpad = np.zeros(len(xpad))
    np.add.at(dxpad, at, dout[:, None] * w)
    return dxpad[left : left + len(x)], dout @ xpad[at], dout.sum()


@q5.wrong(
    "The dilation is left out of dx",
    "How far from the window's start is the sample that w1 met?",
    section="06-proof",
)
def _(dout, x, w, *, stride=1, padding=0, dilation=1):
    _, dw, db = backward_pass(dout, x, w, stride=stride, padding=padding, dilation=dilation)
    left, right = padding_pair(padding, len(x), len(w), stride, dilation)
    dxpad = np.zeros(len(x) + left + right)
    for i in range(len(dout)):
        dxpad[i * stride : i * stride + len(w)] += w * dout[i]
    return dxpad[left : left + len(x)], dw, db


@q5.wrong(
    "The dilation is left out of dw",
    "Which sample did w1 meet in window 0?",
    section="06-dw",
)
def _(dout, x, w, *, stride=1, padding=0, dilation=1):
    dx, _, db = backward_pass(dout, x, w, stride=stride, padding=padding, dilation=dilation)
    xpad = pad(x, *padding_pair(padding, len(x), len(w), stride, dilation))
    dw = np.zeros(len(w))
    for i in range(len(dout)):
        dw += xpad[i * stride : i * stride + len(w)] * dout[i]
    return dx, dw, db


for _name, _hint, _mistake, _section in [
    (
        "The stride is left out of dx",
        "Window 1 started at sample S: where does its share of the gradient go?",
        {"dx_start": "index"},
        "06-steps",
    ),
    ("The stride is left out of dw", "Which sample did w0 meet in window 1?", {"dw_start": "index"}, "06-dw"),
    ("Assigned instead of added up", "What happens where windows overlap?", {"assign": True}, "06-steps"),
    ("The kernel is in the wrong order", "The first sample of a window met w0.", {"dx_flip": True}, "04-dx"),
    ("dw is back to front", "w0 met the leftmost sample of each window.", {"dw_flip": True}, "04-dw"),
    ("dw from the unpadded x", "The first window may have met zeros.", {"dw_from": "x"}, "06-dw"),
    ("The padding is not cropped from dx", "How long is dx?", {"crop": "none"}, "06-rule"),
    ("All cropped from the left", "How many entries go from each end?", {"crop": "left"}, "06-uneven"),
    ("The leftover samples are dropped", "dx has to be as long as x.", {"tail": "dropped"}, "06-leftover"),
    ("db is one number per position", "How many biases does the layer have?", {"db": "each"}, "04-db"),
    ("db is averaged", "How much does all of y move when b moves?", {"db": "mean"}, "04-db"),
]:
    q5.wrong(_name, _hint, backward(**_mistake), section=_section)
