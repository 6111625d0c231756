"""Sheet of 06_stride_and_padding: back-propagate through stride, leftovers, uneven and oversized padding."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.layer_sizes import drawn_length
from conv_lib.sizes import output_size

sheet = Sheet("06_stride_and_padding")

# --- q1: dout with holes

q1 = sheet.function("q1", "dilate", title="dout with zeros between", section="06-steps", points=1)


q1.solution('''
def dilate(dout, stride):
    """An array that begins with dout[0] and ends with dout[-1]."""
    wide = np.zeros((len(dout) - 1) * stride + 1)
    for i, value in enumerate(dout):
        wide[i * stride] = value
    return wide
''')


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


q1.slips("""
As many zeros as the stride
    - 1) * stride + 1 => - 1) * (stride + 1) + 1
    i * stride => i * (stride + 1)
    With stride 1 nothing stands between two entries: how many zeros is that, and how many with stride 2?

Zeros behind the last entry
    (len(dout) - 1) * stride + 1 => len(dout) * stride
    Zeros stand between the entries; what stands behind the last one is another matter.

Zeros before the first entry
    (len(dout) - 1) * stride + 1 => len(dout) * stride
    wide[i * stride] => wide[i * stride + stride - 1]
    The first window starts at the first sample: what stands before its dout?

The entries are repeated
    wide[i * stride] => wide[i * stride : (i + 1) * stride]
    Positions where no window started have no gradient of their own.

The entries are thinned out
    return wide => return dout[::stride]
    The forward pass skipped starts; here the skipped places have to come back.

dout as it is
    return wide => return dout
    With stride 2, how far apart did neighbouring windows start?
""")

# --- q2: the padding that dx asks for

q2 = sheet.function(
    "q2",
    "pads_for_dx",
    title="the zeros that dx asks for",
    section="06-rule",
    parts={"even padding": 1, "uneven and oversized": 1},
)


q2.solution('''
def pads_for_dx(W, kW, *, stride=1, padding=0):
    """Two whole numbers: left, right."""
    left, right = padding if isinstance(padding, tuple) else (padding, padding)
    unread = (W + left + right - kW) % stride
    return kW - 1 - left, kW - 1 - right + unread
''')


@q2.cases
def _(rng):
    for W, kW, S, P in [(5, 3, 1, 0), (7, 3, 2, 0), (8, 3, 2, 0), (7, 4, 3, 1), (8, 3, 2, 1), (9, 5, 4, 2)]:
        yield case(W, kW, stride=S, padding=P, part="even padding")
    yield case(drawn_length(rng, 6, 4, 4, 3), 6, stride=4, padding=2, part="even padding")
    for W, kW, S, P in [
        (3, 2, 2, (1, 0)),
        (7, 3, 2, (2, 0)),
        (8, 4, 3, (0, 3)),
        (5, 2, 2, 3),
        (4, 3, 3, 4),
        (6, 2, 3, (4, 1)),
        (6, 3, 5, (0, 5)),
    ]:
        yield case(W, kW, stride=S, padding=P, part="uneven and oversized")
    yield case(drawn_length(rng, 4, 5, 8, 3), 4, stride=5, padding=(7, 1), part="uneven and oversized")


@q2.right
def _(W, kW, *, stride=1, padding=0):
    left, _ = padding if isinstance(padding, tuple) else (padding, padding)
    outputs = output_size(W, kW, stride, padding)
    front = kW - 1 - left
    return np.array([front, W - 1 + kW - front - ((outputs - 1) * stride + 1)])


q2.slips("""
Half the kernel on the left
    kW - 1 - left, kW - 1 - right + unread => kW // 2 - left, kW // 2 - right + unread
    or
    - return kW - 1 - left, kW - 1 - right + unread
    + return kW // 2 - left, 2 * (kW - 1) - kW // 2 - right + unread
    Only the first weight meets the first sample: how many weights stand before it in the turned kernel?

The leftover samples are forgotten  [06-leftover]
    + unread =>
    Some samples lie behind the last window: how does dx get entries for them?

The leftover is counted as if there were no padding  [06-leftover]
    W + left + right - kW => W - kW
    The windows lie on the padded signal: how many places does that have?

The left padding is counted at both ends for the leftover  [06-uneven]
    W + left + right - kW => W + 2 * left - kW
    How long is the padded signal when its two ends are padded differently?

The leftover samples are put on the left  [06-leftover]
    kW - 1 - left, kW - 1 - right + unread => kW - 1 - left + unread, kW - 1 - right
    At which end of the signal are the samples that no window reads?

The leftover samples are taken off  [06-leftover]
    + unread => - unread
    Leftover samples make dx longer than the windows reach, not shorter.

The forward padding is forgotten
    kW - 1 - left, kW - 1 - right => kW - 1, kW - 1
    Entries of dx that stand for padding are not wanted: how does the padding of dout leave them out?

The forward padding itself
    kW - 1 - left, kW - 1 - right => left, right
    With no padding forward, dout still has to grow: by how much?

One zero too many on each side
    kW - 1 =>> kW
    The first window touches dout in one entry: how many zeros stand before it?

Numbers below zero are made zero  [06-oversized]
    kW - 1 - left, kW - 1 - right + unread => max(kW - 1 - left, 0), max(kW - 1 - right + unread, 0)
    When the forward padding is wider than the kernel reaches, some of dout belongs to no sample.

The left padding counts at both ends  [06-uneven]
    kW - 1 - right => kW - 1 - left
    The two ends can be padded differently: which end does each number belong to?

Left and right swapped  [06-uneven]
    kW - 1 - left, kW - 1 - right => kW - 1 - right, kW - 1 - left
    dx keeps the order of x: which end does each number belong to?
""")

# --- q3: dx

q3 = sheet.function(
    "q3",
    "dx_of",
    title="dx through stride and padding",
    section="06-rule",
    parts={"stride": 1, "padding": 1, "leftover, uneven, oversized": 2},
    answered_by="conv1d_backward",
)


q3.solution('''
def dx_of(dout, w, W, *, stride=1, padding=0):
    """dx, shape (W,)."""
    left, right = padding if isinstance(padding, tuple) else (padding, padding)
    dxpad = np.zeros(W + left + right)
    for i in range(len(dout)):
        dxpad[i * stride : i * stride + len(w)] += w * dout[i]
    return dxpad[left : left + W]
''')


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
        (4, 2, 3, 0),  # one output, two samples left over
        (8, 3, 3, 1),
        (7, 3, 2, (2, 0)),
        (6, 4, 3, (0, 2)),
        (4, 2, 2, 3),
        (3, 2, 1, (4, 0)),
        (5, 2, 3, (3, 5)),
    ]:
        yield _one(rng, W, kW, S, P, "leftover, uneven, oversized")
    yield case(rng.integers(1, 9, 3), numbers(rng, 3), 7, stride=2, part="stride", layout="view")


@q3.right
def _(dout, w, W, *, stride=1, padding=0):
    left, right = padding if isinstance(padding, tuple) else (padding, padding)
    full = np.convolve(q1.answer(dout, stride), w)
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


q3.slips("""
The stride is left out of dx  [06-steps]
    i * stride =>> i
    Window 1 started at sample S: where does its share of the gradient go?

Only the last window that reads a sample counts  [06-steps]
    += => =
    Several windows read the same sample: is each share added to the earlier ones?

The kernel is in the wrong order  [04-dx]
    w * dout[i] => w[::-1] * dout[i]
    The first sample of a window met w0: through which weight does dout come back to it?

dx has entries for the zeros of the padding
    dxpad[left : left + W] => dxpad
    The zeros of the padding are no part of x: how long is dx?

dx is moved to the left by the padding on the right
    [left : left + W] => [left + right :]
    With one zero at each end, which tap of window 0 stands on x0?

dx is moved to the right by the padding on the left
    [left : left + W] => [:W]
    With one zero at each end, which tap of window 0 stands on x0?

The left padding is taken off dx at both ends  [06-uneven]
    [left : left + W] => [left : len(dxpad) - left]
    With padding (2, 0), how many entries of the padded signal are no part of x at each end?

A slice that ends at minus zero  [09-breaks]
    [left : left + W] => [left:-right]
    With no padding on the right, what does a slice that stops at -right hold?
""")

q3.slips(
    """
dout has no zeros between its entries  [06-steps]
    - wide = np.zeros((len(dout) - 1) * stride + 1)
    - wide[::stride] = dout
    + wide = dout
    With stride 2, neighbouring windows start two samples apart: how far apart are their entries of dout?

The leftover samples are dropped  [06-leftover]
    + unread =>
    dx has to be as long as x: which gradient has a sample that no window reads?

The leftover samples are at the wrong end  [06-leftover]
    len(w) - 1 - left, len(w) - 1 - right + unread => len(w) - 1 - left + unread, len(w) - 1 - right
    At which end of the signal are the samples that no window reads?

dx has entries for padding beyond the kernel  [06-oversized]
    - wide = wide[max(-before, 0) : len(wide) - max(-behind, 0)]
    When the forward padding reaches further than the kernel, windows see only zeros: what do they send to x?

The forward padding is put on dout
    len(w) - 1 - left, len(w) - 1 - right => left, right
    dout needs other zeros than x did: how long does the pass have to be?
""",
    source="""
def dx_of(dout, w, W, *, stride=1, padding=0):
    left, right = padding if isinstance(padding, tuple) else (padding, padding)
    unread = (W + left + right - len(w)) % stride
    before, behind = len(w) - 1 - left, len(w) - 1 - right + unread
    wide = np.zeros((len(dout) - 1) * stride + 1)
    wide[::stride] = dout
    wide = wide[max(-before, 0) : len(wide) - max(-behind, 0)]
    padded = np.pad(wide, (max(before, 0), max(behind, 0)))
    return np.array([padded[m : m + len(w)] @ w[::-1] for m in range(len(padded) - len(w) + 1)])
""",
)

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


q4.solution('''
def dw_and_db_of(dout, x, kW, *, stride=1, padding=0):
    """dw, shape (kW,), and db, a number."""
    left, right = padding if isinstance(padding, tuple) else (padding, padding)
    xpad = np.pad(x, (left, right))
    dw = np.zeros(kW)
    for i in range(len(dout)):
        dw += xpad[i * stride : i * stride + kW] * dout[i]
    return dw, np.sum(dout)
''')


@q4.cases
def _(rng):
    for W, kW, S, P in [
        (5, 3, 1, 0),
        (7, 3, 2, 0),
        (8, 3, 2, 0),
        (4, 2, 3, 0),  # one output, two samples left over
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


q4.slips("""
The stride is left out of dw
    i * stride =>> i
    Which sample did w0 meet in window 1?

dw as if no zeros stood in front of x
    np.pad(x, (left, right)) => np.pad(x, (0, left + right))
    With one zero at each end, which tap of window 0 stands on x0?

dw is in reverse order  [04-dw]
    return dw, => return dw[::-1],
    w0 met the leftmost sample of each window: where does its gradient belong?

dw is averaged over the windows  [04-dw]
    return dw, => return dw / len(dout),
    The windows' shares add up; nothing divides them.

Left and right padding swapped  [06-uneven]
    np.pad(x, (left, right)) => np.pad(x, (right, left))
    Which of the two numbers stands first, and at which end are its zeros?

The edge is repeated instead of zeros
    (left, right)) => (left, right), mode="edge")
    dw has to see what the forward pass saw: what stood in the padding?

All zeros are on the left
    np.pad(x, (left, right)) => np.pad(x, (left + right, 0))
    dw has to see what the forward pass saw: where were the zeros?

db is one number per position  [04-db]
    np.sum(dout) => dout
    How many biases does the layer have?

db is averaged  [04-db]
    np.sum(dout) => np.mean(dout)
    How much does all of y move when b moves?

db counts the outputs  [04-db]
    np.sum(dout) => len(dout)
    The outputs do not all weigh the same: what says how much each one counts?

db once per tap  [04-db]
    np.sum(dout) => np.sum(dout) * kW
    The bias is added once per window, not once per weight.
""")

q4.slips(
    """
The leftover samples make dw longer  [06-leftover]
    xpad[: (len(dout) - 1) * stride + kW] => xpad
    How many taps are there, and how many entries has your dw when samples are left over?
""",
    source="""
def dw_and_db_of(dout, x, kW, *, stride=1, padding=0):
    xpad = np.pad(x, padding)
    used = xpad[: (len(dout) - 1) * stride + kW]
    wide = np.zeros((len(dout) - 1) * stride + 1)
    wide[::stride] = dout
    return np.correlate(used, wide, "valid"), np.sum(dout)
""",
)

# --- q5: the stretch: everything, with dilation

q5 = sheet.function(
    "q5",
    "backward_pass",
    title="the whole backward pass, with dilation",
    section="06-dw",
    outputs=("dx", "dw", "db"),
    points=3,
    answered_by="conv1d_backward",
)


q5.solution('''
def backward_pass(dout, x, w, *, stride=1, padding=0, dilation=1):
    """dx, dw and db."""
    left, right = padding if isinstance(padding, tuple) else (padding, padding)
    xpad = np.pad(x, (left, right))
    dxpad, dw = np.zeros(len(xpad)), np.zeros(len(w))
    for i in range(len(dout)):
        for k in range(len(w)):
            m = i * stride + k * dilation
            dxpad[m] += w[k] * dout[i]
            dw[k] += xpad[m] * dout[i]
    return dxpad[left : left + len(x)], dw, np.sum(dout)
''')


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


q5.slips("""
The dilation is left out of dx
    dxpad[m] => dxpad[i * stride + k]
    How far from the window's start is the sample that w1 met?

The dilation is left out of dw  [06-dw]
    xpad[m] => xpad[i * stride + k]
    Which sample did w1 meet in window 0?

The stride is left out of dx  [06-steps]
    dxpad[m] => dxpad[i + k * dilation]
    Window 1 started at sample S: where does its share of the gradient go?

The stride is left out of dw  [06-dw]
    xpad[m] => xpad[i + k * dilation]
    Which sample did w0 meet in window 1?

Only the last window that reads a sample counts  [06-steps]
    dxpad[m] += => dxpad[m] =
    Several windows read the same sample: is each share added to the earlier ones?

The kernel is in the wrong order  [04-dx]
    w[k] => w[len(w) - 1 - k]
    The first sample of a window met w0: through which weight does dout come back to it?

dw is in reverse order  [04-dw]
    dw[k] => dw[len(w) - 1 - k]
    w0 met the leftmost sample of each window: where does its gradient belong?

dw as if no zeros stood in front of x  [06-dw]
    - dw[k] += xpad[m] * dout[i]
    + if m < len(x):
    +     dw[k] += x[m] * dout[i]
    With one zero at each end, which tap of window 0 stands on x0?

dx has entries for the zeros of the padding  [06-rule]
    dxpad[left : left + len(x)] => dxpad
    The zeros of the padding are no part of x: how long is dx?

dx is moved to the left by the padding on the right  [06-rule]
    [left : left + len(x)] => [left + right :]
    With one zero at each end, which tap of window 0 stands on x0?

The leftover samples are dropped  [06-leftover]
    np.zeros(len(xpad)), => np.zeros((len(dout) - 1) * stride + (len(w) - 1) * dilation + 1),
    dx has to be as long as x: which gradient has a sample that no window reads?

db is one number per position  [04-db]
    np.sum(dout) => dout
    How many biases does the layer have?

db is averaged  [04-db]
    np.sum(dout) => np.mean(dout)
    How much does all of y move when b moves?
""")

# --- q6: the smallest case that tells two layers apart

q6 = sheet.values(
    "q6",
    "told_apart",
    {"W": 6, "dx": np.array([0.0, 10, -5, 17, -1, 3]), "at stride 1": 0, "at stride 4": 9},
    title="the smallest case that tells two layers apart",
    section="06-breaks",
    parts={"W": 1, "dx": 1, "at stride 1": 1, "at stride 4": 1},
)


q6.solution('''
def told_apart():
    """A length, the entries of dx, and two counts."""
    W = 3 + 2 + 1
    dx = [0, 5 * 2, 5 * -1, 5 * 3 + 1 * 2, 1 * -1, 1 * 3]
    stride_1 = 0
    stride_4 = 12 - 3
    # given
    return {"W": W, "dx": dx, "at stride 1": stride_1, "at stride 4": stride_4}
''')


@q6.right
def _():
    def in_front(dx, unread):
        return np.roll(dx, unread)

    told = {S: [W for W in range(3, 15) if (W - 3) % S] for S in (1, 2, 4)}
    dx = q3.answer(np.array([5.0, 1]), np.array([2.0, -1, 3]), 6, stride=2)
    return [told[2][1], in_front(dx, 1), len(told[1]), len(told[4])]


q6.ask("""
W
    How far do two windows at stride 2 reach, and what has to stand behind them?
dx
    Lay down the copies of w, each times its dout: at which sample do the colleague's begin?
at stride 1
    At stride 1, how many samples stand behind the last window?
at stride 4
    For each length from 3 to 14: does anything stand behind the last window at stride 4?
""")

q6.slips("""
Nothing is left over at this length
    W = 3 + 2 + 1 => W = 3 + 2
    With two windows and nothing behind them, where do the two layers differ?

One window only
    W = 3 + 2 + 1 => W = 3 + 1
    How many windows fit into a signal of this length at stride 2?

A signal that is longer than needed
    W = 3 + 2 + 1 => W = 3 + 2 + 2 + 1
    Is there a shorter signal with two windows and a sample behind them?

The right dx, not the colleague's
    - dx = [0, 5 * 2, 5 * -1, 5 * 3 + 1 * 2, 1 * -1, 1 * 3]
    + dx = [5 * 2, 5 * -1, 5 * 3 + 1 * 2, 1 * -1, 1 * 3, 0]
    This is dx of the right pass; what does one zero more in front of the pass do to every entry?

The copies lie one sample apart  [06-steps]
    - dx = [0, 5 * 2, 5 * -1, 5 * 3 + 1 * 2, 1 * -1, 1 * 3]
    + dx = [0, 5 * 2, 5 * -1 + 1 * 2, 5 * 3 + 1 * -1, 1 * 3, 0]
    At which sample did the second window start?

The kernel is reversed in the copies  [06-steps]
    - dx = [0, 5 * 2, 5 * -1, 5 * 3 + 1 * 2, 1 * -1, 1 * 3]
    + dx = [0, 5 * 3, 5 * -1, 5 * 2 + 1 * 3, 1 * -1, 1 * 2]
    Through which weight did the first sample of a window help?

Stride 1 leaves samples over, too
    stride_1 = 0 => stride_1 = 12
    At stride 1, how many samples stand behind the last window?

The signals that do not tell them apart
    stride_4 = 12 - 3 => stride_4 = 3
    This counts the signals on which the two agree.

Signals with a single window are left out at stride 4
    stride_4 = 12 - 3 => stride_4 = 12 - 3 - 3
    With one window and a sample behind it, do both ways give the same dx?

Every signal tells them apart at stride 4
    stride_4 = 12 - 3 => stride_4 = 12
    Are there signals of 3 to 14 samples with nothing left over at stride 4?
""")
