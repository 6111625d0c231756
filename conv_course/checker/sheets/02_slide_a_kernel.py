"""Sheet of 02_slide_a_kernel: the output size, the sliding window, stride, padding, leftovers, dilation."""

import math

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.layer_sizes import drawn_axis
from conv_course.checker.sheets.mistakes_1d import forward, size_of
from conv_lib import naive, sizes

sheet = Sheet("02_slide_a_kernel")

# --- q1: the size of the output

q1 = sheet.function(
    "q1",
    "output_size",
    title="how many windows fit",
    section="02-size",
    parts={"no padding": 1, "zeros on both sides": 1, "named and uneven padding": 1},
    answered_by="output_size",
)


@q1.reference
def output_size(W, kW, *, stride=1, padding=0):
    return sizes.output_size(W, kW, stride, padding)


@q1.cases
def _(rng):
    for W, kW, S in [(5, 3, 1), (7, 3, 2), (8, 3, 2), (9, 2, 3), (10, 4, 3), (6, 6, 2), (11, 3, 3)]:
        yield case(W, kW, stride=S, part="no padding")
    W, kW, S, _ = drawn_axis(rng)
    yield case(W, kW, stride=S, part="no padding")
    for W, kW, S, P in [(5, 3, 1, 1), (7, 3, 2, 1), (8, 3, 2, 1), (8, 4, 3, 2), (5, 3, 2, 4), (2, 5, 1, 2)]:
        yield case(W, kW, stride=S, padding=P, part="zeros on both sides")
    W, kW, S, (P, _) = drawn_axis(rng)
    yield case(W, kW, stride=S, padding=P + 1, part="zeros on both sides")
    for W, kW, S, P in [
        (7, 3, 2, (0, 1)),
        (8, 4, 3, (2, 1)),
        (8, 2, 1, (3, 0)),
        (9, 4, 2, "valid"),
        (9, 4, 2, "same"),
        (8, 3, 3, "same"),
        (6, 2, 1, "same"),
        (7, 2, 3, "same"),
    ]:
        yield case(W, kW, stride=S, padding=P, part="named and uneven padding")
    for named in (False, True):
        W, kW, S, P = drawn_axis(rng)
        P = "same" if named else P
        yield case(W, kW, stride=S, padding=P, part="named and uneven padding")


@q1.right
def _(W, kW, *, stride=1, padding=0):
    if padding == "same":
        return -(-W // stride)
    left, right = (
        (0, 0) if padding == "valid" else padding if isinstance(padding, tuple) else (padding, padding)
    )
    return len(range(0, W + left + right - kW + 1, stride))


@q1.right
def _(W, kW, *, stride=1, padding=0):
    if padding == "same":
        return np.ceil(W / stride)
    total = 0 if padding == "valid" else np.sum(np.broadcast_to(padding, 2))
    return math.floor((W + total - kW) / stride) + 1


def _total(W, kW, stride, padding, same=None):
    if padding == "same" and same is not None:
        return same
    return sum(sizes.padding_pair(padding, W, kW, stride))


def _size(**how):
    """An output size with one mistake in it."""

    def output_size(W, kW, *, stride=1, padding=0):
        total = _total(W, kW, stride, padding)
        if how.get("padding") == "once" and not isinstance(padding, (str, tuple)):
            total = padding
        if how.get("padding") == "none":
            total = 0
        if how.get("padding") == "four" and not isinstance(padding, (str, tuple)):
            total = 4 * padding
        if how.get("uneven") == "first" and isinstance(padding, tuple):
            total = 2 * padding[0]
        if how.get("uneven") == "product" and isinstance(padding, tuple):
            total = padding[0] * padding[1]
        if how.get("same") == "valid" and padding == "same":
            total = 0
        if how.get("same") == "input" and padding == "same":
            return W
        if how.get("same") == "floor" and padding == "same":
            return W // stride
        value = size_of(
            kW, W + total, 1 if how.get("stride") == "none" else stride, how.get("rounding", "floor")
        )
        if how.get("rounding") == "none":
            value = (W + total - kW) / stride + 1
        return value + how.get("more", 0)

    return output_size


q1.wrong(
    "The size is rounded up",
    "When the last window would hang over the end, does it count as a window?",
    _size(rounding="ceil"),
    section="02-stride",
)
q1.wrong(
    "The size is rounded to the nearest",
    "With half a stride left at the end, how many more whole windows fit?",
    _size(rounding="round"),
    section="02-stride",
)
q1.wrong(
    "The division is not rounded",
    "A window either fits or it does not: what has to happen to the fraction?",
    _size(rounding="none"),
    section="02-stride",
)
q1.wrong(
    "The padding is left out",
    "How long is the signal by the time the window slides along it?",
    _size(padding="none"),
    section="02-padding",
)
q1.wrong(
    "The padding is counted once",
    "Padding is given per side: how many sides does a signal have?",
    _size(padding="once"),
    section="02-padding",
)
q1.wrong(
    "The padding is counted four times",
    "Padding is given per side: how many zeros are put on in all?",
    _size(padding="four"),
    section="02-padding",
)
q1.wrong(
    "The + 1 is missing",
    "The kernel as wide as the signal fits in one place: what does your formula say there?",
    _size(more=-1),
)
q1.wrong(
    "One window too many",
    "The kernel as wide as the signal fits in one place: what does your formula say there?",
    _size(more=1),
)
q1.wrong(
    "The stride is left out",
    "If the window jumps two samples at a time, does it still stop as often?",
    _size(stride="none"),
    section="02-stride",
)
q1.wrong(
    "Left padding taken for both sides",
    "A pair is (left, right): where is the second number used?",
    _size(uneven="first"),
    section="02-padding",
)
q1.wrong(
    "Left and right padding multiplied",
    "How long is the signal once the zeros stand at both ends?",
    _size(uneven="product"),
    section="02-padding",
)
q1.wrong(
    '"same" treated as "valid"',
    'What does the name "same" promise about the output when the stride is 1?',
    _size(same="valid"),
    section="02-same",
)
q1.wrong(
    '"same" taken to be the input size at every stride',
    'With "same", a window starts at every S-th sample: how many such samples are there?',
    _size(same="input"),
    section="02-same",
)
q1.wrong(
    '"same" rounded down',
    'With "same" no sample may be left over: which way does W / S have to be rounded?',
    _size(same="floor"),
    section="02-same",
)

# --- q2: stride 1, no padding

q2 = sheet.function(
    "q2",
    "slide",
    title="slide the window",
    section="02-definition",
    points=2,
    answered_by="conv1d conv2d",
)


@q2.reference
def slide(x, w, b=0.0):
    return naive.conv1d(x, w, b)


@q2.cases
def _(rng):
    yield case(numbers(rng, 5), numbers(rng, 3), 0.5)
    yield case(numbers(rng, 4), numbers(rng, 1), 0.0)
    yield case(numbers(rng, 6), numbers(rng, 6), -1.25)
    yield case(numbers(rng, 9), numbers(rng, 2), 2.5)
    yield case(rng.integers(-9, 9, 7), numbers(rng, 4), 0.75, note="whole numbers in x")
    yield case(numbers(rng, 8), numbers(rng, 3), 0.25, layout="view")
    yield case(numbers(rng, 8), numbers(rng, 4), 0.25, layout="reversed")


@q2.right
def _(x, w, b=0.0):
    return np.correlate(x, w, "valid") + b


@q2.right
def _(x, w, b=0.0):
    return np.lib.stride_tricks.sliding_window_view(x, len(w)) @ w + b


@q2.right
def _(x, w, b=0.0):
    return np.einsum("ik,k->i", np.array([x[i : i + len(w)] for i in range(len(x) - len(w) + 1)]), w) + b


@q2.right
def _(x, w, b=0.0):
    return [b + sum(w[k] * x[i + k] for k in range(len(w))) for i in range(len(x) - len(w) + 1)]


@q2.right
def _(x, w, b=0.0):
    from scipy.signal import correlate

    return correlate(x, w, "valid") + b


def _q2(**mistake):
    conv1d = forward(**mistake)
    return lambda x, w, b=0.0: conv1d(x, w, b)


q2.wrong(
    "The kernel is flipped",
    "With the window at the left end, which weight meets x[0]?",
    _q2(flip=True),
    section="01-two",
)
q2.wrong(
    "The last window is missing",
    "Where does the last window end, and where does your loop?",
    _q2(keep=slice(None, -1)),
    section="02-size",
)
q2.wrong(
    "The first window is missing",
    "Where does the first window start, and where does your loop?",
    _q2(keep=slice(1, None)),
    section="02-size",
)
q2.wrong("The bias is missing", "What is y when all of w is zero?", _q2(bias="missing"))
q2.wrong(
    "The bias is inside the sum",
    "What is y when all of w is zero, and how often do you add b on the way there?",
    _q2(bias="inside"),
)
q2.wrong("The bias is added to y[0] only", "Which of the outputs share the one bias?", _q2(bias="first"))


@q2.wrong(
    "The output is as long as the input",
    "How many places are there where the whole kernel lies on the signal?",
)
def _(x, w, b=0.0):
    return forward()(np.concatenate([x, np.zeros(len(w) - 1)]), w, b)


@q2.wrong(
    "Only the last product is kept",
    "Each output is a sum over the window: what happens to the earlier terms?",
)
def _(x, w, b=0.0):
    return np.array([w[-1] * x[i + len(w) - 1] + b for i in range(len(x) - len(w) + 1)])


@q2.wrong("The products are not added up", "Each window gives one number, not one for each weight.")
def _(x, w, b=0.0):
    return np.array([w * x[i : i + len(w)] + b for i in range(len(x) - len(w) + 1)])


@q2.wrong("The window is averaged", "A window gives the sum of its products; who asked for a mean?")
def _(x, w, b=0.0):
    return naive.conv1d(x, w) / len(w) + b


@q2.wrong(
    "The output is kept in the type of x",
    "When x holds whole numbers, what does an array made like x do to 0.75?",
)
def _(x, w, b=0.0):
    return naive.conv1d(x, w, b).astype(x.dtype)


# --- q3: stride and padding

q3 = sheet.function(
    "q3",
    "slide_padded",
    title="stride and padding",
    section="02-stride",
    parts={"stride": 1, "padding": 1, "both": 1},
    answered_by="conv1d conv2d",
)


@q3.reference
def slide_padded(x, w, b=0.0, *, stride=1, padding=0):
    return naive.conv1d(x, w, b, stride=stride, padding=padding)


@q3.cases
def _(rng):
    for W, kW, S in [(7, 3, 2), (8, 3, 2), (10, 2, 3), (4, 4, 3)]:
        yield case(numbers(rng, W), numbers(rng, kW), 0.5, stride=S, part="stride")
    for W, kW, P in [(5, 3, 1), (6, 4, (2, 1)), (4, 2, 3), (3, 4, (0, 2)), (6, 3, (2, 0))]:
        yield case(numbers(rng, W), numbers(rng, kW), -0.5, padding=P, part="padding")
    for W, kW, S, P in [(8, 3, 2, 1), (7, 4, 3, (1, 3)), (5, 2, 3, 4)]:
        yield case(numbers(rng, W), numbers(rng, kW), 1.5, stride=S, padding=P, part="both")
    yield case(rng.integers(-9, 9, 9), numbers(rng, 3), 0.25, stride=2, padding=2, part="both", layout="view")


@q3.right
def _(x, w, b=0.0, *, stride=1, padding=0):
    xpad = np.pad(x, padding)
    return np.correlate(xpad, w, "valid")[::stride] + b


@q3.right
def _(x, w, b=0.0, *, stride=1, padding=0):
    left, right = padding if isinstance(padding, tuple) else (padding, padding)
    y = []
    for start in range(-left, len(x) + right - len(w) + 1, stride):
        y.append(b + sum(w[k] * x[start + k] for k in range(len(w)) if 0 <= start + k < len(x)))
    return np.array(y)


@q3.right
def _(x, w, b=0.0, *, stride=1, padding=0):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, padding), len(w))[::stride]
    return np.tensordot(windows, w, axes=(1, 0)) + b


def _q3(**mistake):
    conv1d = forward(**mistake)
    return lambda x, w, b=0.0, *, stride=1, padding=0: conv1d(x, w, b, stride=stride, padding=padding)


_q3_hints = [
    (
        "The window starts at i, not at i times S",
        "Output 0 reads from sample 0; with stride 2, where does output 1 begin to read?",
        {"start": "index"},
        "02-stride",
    ),
    (
        "The window starts at i + S - 1",
        "Output 0 always reads from the very first sample of the padded signal.",
        {"start": "plus"},
        "02-stride",
    ),
    (
        "The size is rounded up",
        "Does your last window still lie inside the padded signal?",
        {"rounding": "ceil"},
        "02-stride",
    ),
    (
        "The kernel is flipped",
        "With the window at the left end, which weight meets the first sample?",
        {"flip": True},
        "01-two",
    ),
    ("The padding is left out", "What does the window meet before x[0]?", {"sides": "none"}, "02-padding"),
    (
        "All zeros are on the left",
        "Padding is per side: what follows the last sample?",
        {"sides": "left"},
        "02-padding",
    ),
    (
        "All zeros are on the right",
        "Padding is per side: what comes before x[0]?",
        {"sides": "right"},
        "02-padding",
    ),
    (
        "Padding on the left only",
        "What does the window meet after the last sample?",
        {"sides": "left only"},
        "02-padding",
    ),
    (
        "Padding on the right only",
        "What does the window meet before x[0]?",
        {"sides": "right only"},
        "02-padding",
    ),
    (
        "The padding is taken for the total of both sides",
        "With padding=1, how many zeros stand at each end?",
        {"sides": "total"},
        "02-padding",
    ),
    (
        "Left padding taken for both sides",
        "A pair is (left, right): where is the second number used?",
        {"sides": "first for both"},
        "02-padding",
    ),
    (
        "Left and right padding swapped",
        "Which of the two numbers comes first?",
        {"sides": "swapped"},
        "02-padding",
    ),
    (
        "The edge is repeated instead of zeros",
        "What value does the padding have in this course?",
        {"mode": "edge"},
        "02-padding",
    ),
    (
        "The signal is mirrored instead of zeros",
        "What value does the padding have?",
        {"mode": "reflect"},
        "02-padding",
    ),
    ("The bias is missing", "What is y when all of w is zero?", {"bias": "missing"}, "02-definition"),
    (
        "The bias is inside the sum",
        "What is y when all of w is zero, and how often do you add b on the way there?",
        {"bias": "inside"},
        "02-definition",
    ),
]
for _name, _hint, _mistake, _section in _q3_hints:
    q3.wrong(_name, _hint, _q3(**_mistake), section=_section)


@q3.wrong(
    "The stride is left out", "With stride 2, how many samples lie between two starts?", section="02-stride"
)
def _(x, w, b=0.0, *, stride=1, padding=0):
    return naive.conv1d(x, w, b, padding=padding)


@q3.wrong(
    "The bias is lost with the padding",
    "Outputs that see only zeros still have a bias.",
    section="02-definition",
)
def _(x, w, b=0.0, *, stride=1, padding=0):
    left, _ = sizes.padding_pair(padding, len(x), len(w), stride)
    y = naive.conv1d(x, w, b, stride=stride, padding=padding)
    at = np.arange(len(y)) * stride - left
    return np.where((at < 0) | (at + len(w) > len(x)), y - b, y)


# --- q4: the samples left over

q4 = sheet.function(
    "q4",
    "leftover",
    title="the samples left over",
    section="02-stride",
    points=2,
    answered_by="leftover",
)


@q4.reference
def leftover(W, kW, *, stride=1, padding=0):
    return sizes.leftover(W, kW, stride, padding)


@q4.cases
def _(rng):
    for W, kW, S, P in [
        (8, 3, 2, 0),
        (7, 3, 2, 0),
        (9, 2, 4, 0),
        (10, 4, 5, 1),
        (8, 3, 3, 2),
        (5, 2, 3, 4),
        (12, 5, 4, 3),
    ]:
        yield case(W, kW, stride=S, padding=P)
    W, kW, S, (P, _) = drawn_axis(rng)
    yield case(W, kW, stride=S, padding=P)


@q4.right
def _(W, kW, *, stride=1, padding=0):
    return (W + 2 * padding - kW) % stride


@q4.right
def _(W, kW, *, stride=1, padding=0):
    last = (sizes.output_size(W, kW, stride, padding) - 1) * stride + kW
    return W + 2 * padding - last


q4.wrong(
    "The padding is left out",
    "The window slides over the padded signal: how long is that?",
    lambda W, kW, *, stride=1, padding=0: (W - kW) % stride,
    section="02-padding",
)
q4.wrong(
    "The padding is counted once",
    "Padding is given per side: how many zeros are there in all?",
    lambda W, kW, *, stride=1, padding=0: (W + padding - kW) % stride,
    section="02-padding",
)
q4.wrong(
    "The kernel is left out",
    "How far can the window's first sample travel before its last one is at the end?",
    lambda W, kW, *, stride=1, padding=0: (W + 2 * padding) % stride,
)
q4.wrong(
    "The quotient instead of the remainder",
    "How often the stride fits is not the question: what remains after that?",
    lambda W, kW, *, stride=1, padding=0: (W + 2 * padding - kW) // stride,
)
q4.wrong(
    "One sample too many",
    "W = kW with stride 2 leaves nothing over: what does your function say?",
    lambda W, kW, *, stride=1, padding=0: (W + 2 * padding - kW + 1) % stride,
)
q4.wrong(
    "The samples missing to the next window",
    "You count how many samples the next window lacks; count those that are there and never read.",
    lambda W, kW, *, stride=1, padding=0: -(W + 2 * padding - kW) % stride,
)
q4.wrong(
    "Only the zeros are taken off",
    "The samples left over are those after the last window, padding or not.",
    lambda W, kW, *, stride=1, padding=0: max((W + 2 * padding - kW) % stride - padding, 0),
)

# --- q5: the stretch: dilation and "same"

q5 = sheet.function(
    "q5",
    "slide_dilated",
    title="a kernel with gaps",
    section="02-dilation",
    parts={"dilation": 1, 'padding "same"': 1},
    answered_by="conv1d conv2d same_padding padding_pair",
)


@q5.reference
def slide_dilated(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
    return naive.conv1d(x, w, b, stride=stride, padding=padding, dilation=dilation)


@q5.cases
def _(rng):
    for W, kW, S, P, Dl in [
        (7, 3, 1, 0, 2),
        (9, 3, 2, 1, 2),
        (11, 2, 3, (1, 3), 4),
        (8, 3, 2, 3, 3),
        (7, 3, 2, 0, 3),
        (8, 2, 3, 0, 2),
    ]:
        yield case(numbers(rng, W), numbers(rng, kW), 0.5, stride=S, padding=P, dilation=Dl, part="dilation")
    for W, kW, S, Dl in [
        (6, 3, 1, 1),
        (6, 4, 1, 1),
        (8, 3, 3, 1),
        (9, 2, 1, 3),
        (7, 3, 2, 2),
        (8, 1, 3, 1),
        (9, 2, 3, 2),
    ]:
        yield case(
            numbers(rng, W),
            numbers(rng, kW),
            0.5,
            stride=S,
            padding="same",
            dilation=Dl,
            part='padding "same"',
        )


@q5.right
def _(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
    wide = np.zeros(dilation * (len(w) - 1) + 1)
    wide[::dilation] = w
    if padding == "same":
        total = max((-(-len(x) // stride) - 1) * stride + len(wide) - len(x), 0)
        padding = (total // 2, total - total // 2)
    return np.correlate(np.pad(x, padding), wide, "valid")[::stride] + b


def _q5(**mistake):
    conv1d = forward(**mistake)
    return lambda x, w, b=0.0, *, stride=1, padding=0, dilation=1: conv1d(
        x, w, b, stride=stride, padding=padding, dilation=dilation
    )


q5.wrong(
    "The dilation is left out",
    "How far apart are the samples that two neighbouring weights meet?",
    lambda x, w, b=0.0, *, stride=1, padding=0, dilation=1: naive.conv1d(
        x,
        w,
        b,
        stride=stride,
        padding=padding if padding != "same" else sizes.same_padding(len(x), len(w), stride),
    ),
)
q5.wrong(
    "Dilation counted as the gap",
    "Dilation 1 is the ordinary kernel: how many samples does it skip?",
    lambda x, w, b=0.0, *, stride=1, padding=0, dilation=1: naive.conv1d(
        np.concatenate([x, np.zeros(len(w))]), w, b, stride=stride, padding=padding, dilation=dilation + 1
    ),
)
q5.wrong(
    "The kernel is flipped",
    "Which weight meets the first sample of the window?",
    _q5(flip=True),
    section="01-two",
)
q5.wrong(
    "The window starts at i, not at i times S",
    "Stride moves the window, dilation spreads the taps: which of them moves the start?",
    _q5(start="index"),
    section="02-stride",
)


def _same(pads):
    """Padding "same" worked out in a wrong way."""

    def slide_dilated(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
        if padding == "same":
            span = dilation * (len(w) - 1) + 1
            padding = pads(len(x), len(w), span, stride)
        return naive.conv1d(x, w, b, stride=stride, padding=padding, dilation=dilation)

    return slide_dilated


q5.wrong(
    'The odd zero of "same" is on the left',
    "An even kernel needs one zero more on one side: at which end does this course put it?",
    _same(lambda W, kW, span, S: (lambda l, r: (r, l))(*_pads(W, span, S))),
    section="02-same",
)
q5.wrong(
    '"same" forgets the stride',
    "With a stride, fewer windows have to fit: how many zeros do they need?",
    _same(lambda W, kW, span, S: _pads(W, span, 1)),
    section="02-same",
)
q5.wrong(
    '"same" forgets the dilation',
    "How many samples does the kernel span once its taps stand apart?",
    _same(lambda W, kW, span, S: _enough(_pads(W, kW, S), W, span)),
    section="02-same",
)
q5.wrong(
    '"same" as k // 2 on both sides',
    "Put half a kernel of zeros on both sides of an even kernel and count the outputs.",
    _same(lambda W, kW, span, S: (span // 2, span // 2)),
    section="02-same",
)
q5.wrong(
    'All zeros of "same" at the end',
    "The zeros of this padding stand at both ends, as evenly as they can.",
    _same(lambda W, kW, span, S: (0, sum(_pads(W, span, S)))),
    section="02-same",
)
q5.wrong(
    'Negative padding in "same"',
    "When the stride is wider than the kernel the formula goes below zero: what should be padded then?",
    lambda x, w, b=0.0, *, stride=1, padding=0, dilation=1: _cropping(x, w, b, stride, padding, dilation),
    section="02-same",
)


def _pads(W, span, S):
    total = max((-(-W // S) - 1) * S + span - W, 0)
    return total // 2, total - total // 2


def _enough(pads, W, span):
    # the narrower padding may leave no room for the spread kernel; zeros are then put at the end
    return pads[0], max(pads[1], span - W - pads[0])


def _cropping(x, w, b, stride, padding, dilation):
    if padding != "same":
        return naive.conv1d(x, w, b, stride=stride, padding=padding, dilation=dilation)
    total = (-(-len(x) // stride) - 1) * stride + dilation * (len(w) - 1) + 1 - len(x)
    left, right = total // 2, total - total // 2
    cut = x[max(-left, 0) : len(x) + min(right, 0)]
    return naive.conv1d(cut, w, b, stride=stride, padding=(max(left, 0), max(right, 0)), dilation=dilation)
