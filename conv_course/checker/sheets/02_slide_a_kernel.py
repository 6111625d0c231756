"""Sheet of 02_slide_a_kernel: the output size, the sliding window, stride, padding, leftovers, dilation."""

import math

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.layer_sizes import drawn_axis, drawn_length
from conv_lib import sizes

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


q1.solution('''
def output_size(W, kW, *, stride=1, padding=0):
    """The number of outputs, a whole number."""
    if padding == "same":
        return -(-W // stride)
    if padding == "valid":
        padding = 0
    left, right = padding if isinstance(padding, tuple) else (padding, padding)
    return (W + left + right - kW) // stride + 1
''')


@q1.cases
def _(rng):
    for W, kW, S in [(5, 3, 1), (7, 3, 2), (8, 3, 2), (9, 2, 3), (10, 4, 3), (6, 6, 2), (11, 3, 3)]:
        yield case(W, kW, stride=S, part="no padding")
    yield case(drawn_length(rng, 5, 4, 0, 3), 5, stride=4, part="no padding")
    for W, kW, S, P in [(5, 3, 1, 1), (7, 3, 2, 1), (8, 3, 2, 1), (8, 4, 3, 2), (5, 3, 2, 4), (2, 5, 1, 2)]:
        yield case(W, kW, stride=S, padding=P, part="zeros on both sides")
    yield case(drawn_length(rng, 4, 5, 6, 4), 4, stride=5, padding=3, part="zeros on both sides")
    for W, kW, S, P in [
        (7, 3, 2, (0, 1)),
        (9, 3, 2, (1, 0)),
        (8, 4, 3, (2, 1)),
        (8, 2, 1, (3, 0)),
        (9, 4, 2, "valid"),
        (9, 4, 2, "same"),
        (8, 3, 3, "same"),
        (6, 2, 1, "same"),
        (7, 2, 3, "same"),
    ]:
        yield case(W, kW, stride=S, padding=P, part="named and uneven padding")
    yield case(drawn_length(rng, 5, 4, 9, 3), 5, stride=4, padding=(2, 7), part="named and uneven padding")
    yield case(drawn_length(rng, 4, 5, 0, 3), 4, stride=5, padding="same", part="named and uneven padding")


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


q1.slips("""
The size is rounded up  [02-stride]
    - return (W + left + right - kW) // stride + 1
    + return -(-(W + left + right - kW) // stride) + 1
    When the last window would hang over the end, does it count as a window?

The size is rounded to the nearest  [02-stride]
    - return (W + left + right - kW) // stride + 1
    + return round((W + left + right - kW) / stride) + 1
    With half a stride left at the end, how many more whole windows fit?

The division is not rounded  [02-stride]
    - kW) // stride => - kW) / stride
    A window either fits or it does not: what has to happen to the fraction?

The padding is left out  [02-padding]
    W + left + right => W
    How long is the signal by the time the window slides along it?

The padding is counted once  [02-padding]
    else (padding, padding) => else (padding, 0)
    Padding is given per side: how many sides does a signal have?

The padding is counted four times  [02-padding]
    else (padding, padding) => else (2 * padding, 2 * padding)
    Padding is given per side: how many zeros are put on in all?

One window too few
    // stride + 1 => // stride
    The kernel as wide as the signal fits in one place: what does your function say there?

One window too many
    // stride + 1 => // stride + 2
    The kernel as wide as the signal fits in one place: what does your function say there?

The stride is left out  [02-stride]
    (W + left + right - kW) // stride => (W + left + right - kW)
    If the window jumps two samples at a time, does it still stop as often?

A pair's zeros are counted twice  [02-padding]
    left, right = padding if => left, right = (2 * padding[0], 2 * padding[1]) if
    A pair holds the zeros of both ends already: how many are there in all?

The left padding counts at both ends  [02-padding]
    W + left + right => W + 2 * left
    A pair is (left, right): does the second number stand wherever the right end counts?

Left and right padding multiplied  [02-padding]
    - return (W + left + right - kW) // stride + 1
    + total = left * right if isinstance(padding, tuple) else left + right
    + return (W + total - kW) // stride + 1
    How long is the signal once the zeros stand at both ends?

"same" treated as "valid"  [02-same]
    return -(-W // stride) => padding = 0
    What does the name "same" promise about the output when the stride is 1?

"same" taken to be the input size at every stride  [02-same]
    return -(-W // stride) => return W
    With "same" there is one output for every S-th sample: how many such samples are there?

"same" rounded down  [02-same]
    return -(-W // stride) => return W // stride
    With "same", sample 0 has an output and so has every S-th from there: which way is W / S rounded then?

"same" as half a kernel of zeros on both sides  [02-same]
    return -(-W // stride) => padding = kW // 2
    How many zeros does it take in all for an even kernel, or with a stride: twice half a kernel?

"same" as (kW - 1) // 2 zeros on both sides  [02-same]
    return -(-W // stride) => padding = (kW - 1) // 2
    How many zeros does it take in all for an even kernel: can both ends have the same number of them?
""")

# --- q2: stride 1, no padding

q2 = sheet.function(
    "q2",
    "slide",
    title="slide the window",
    section="02-definition",
    points=2,
    answered_by="conv1d conv2d libraries",
)


q2.solution('''
def slide(x, w, b=0.0):
    """y, shape (W - kW + 1,)."""
    y = np.zeros(len(x) - len(w) + 1)
    for i in range(len(y)):
        y[i] = b + np.sum(w * x[i : i + len(w)])
    return y
''')


@q2.cases
def _(rng):
    yield case(numbers(rng, 5), numbers(rng, 3), 0.5)
    yield case(numbers(rng, 4), numbers(rng, 1), 0.0)
    yield case(numbers(rng, 6), numbers(rng, 6), -1.25)
    yield case(numbers(rng, 9), numbers(rng, 2), 2.5)
    yield case(rng.integers(-9, 9, 7), numbers(rng, 4), 0.75, note="whole numbers in x")
    yield case(numbers(rng, 8), numbers(rng, 3), 0.25, layout="view")
    yield case(numbers(rng, 8), numbers(rng, 4), 0.25, layout="reversed")
    yield case(numbers(rng, 6), numbers(rng, 2), 2, note="b is an int")


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
    return np.correlate(x, w, "valid") + b


q2.slips("""
The kernel is flipped  [01-two]
    w * x => w[::-1] * x
    With the window at the left end, which weight meets x[0]?

The last window is missing  [02-size]
    len(x) - len(w) + 1 => len(x) - len(w)
    At which sample does the last window end, and at which does that of your last output?

The first window is missing  [02-size]
    return y => return y[1:]
    At which sample does the first window start, and at which does that of your first output?

The bias is missing
    b + np.sum => np.sum
    What is y when all of w is zero?

The bias is added once for each weight
    b + np.sum(w * x[i : i + len(w)]) => np.sum(b + w * x[i : i + len(w)])
    What is y when all of w is zero: b, or a multiple of it?

The bias is added to y[0] only
    b + np.sum => (b if i == 0 else 0) + np.sum
    Which of the outputs share the one bias?

The output is as long as the input
    np.zeros(len(x) - len(w) + 1) => np.zeros(len(x))
    - y[i] = b + np.sum(w * x[i : i + len(w)])
    + window = x[i : i + len(w)]
    + y[i] = b + np.sum(w[: len(window)] * window)
    How many places are there where the whole kernel lies on the signal?

Only the last product is kept
    np.sum(w * x[i : i + len(w)]) => w[-1] * x[i + len(w) - 1]
    Each output is a sum over the window: what happens to the earlier terms?

The products are not added up
    np.zeros(len(x) - len(w) + 1) => np.zeros((len(x) - len(w) + 1, len(w)))
    np.sum(w * x[i : i + len(w)]) => w * x[i : i + len(w)]
    Each window gives one number, not one for each weight.

The window is averaged
    np.sum => np.mean
    A window gives the sum of its products; who asked for a mean?

Whole numbers in x make all of y whole
    np.zeros(len(x) - len(w) + 1) => np.zeros_like(x, shape=len(x) - len(w) + 1)
    When x holds whole numbers and w does not, which type does y need, and which has yours?
""")

# --- q3: stride and padding

q3 = sheet.function(
    "q3",
    "slide_padded",
    title="stride and padding",
    section="02-stride",
    parts={"stride": 1, "padding": 1, "both": 1},
    answered_by="conv1d conv2d libraries",
)


q3.solution('''
def slide_padded(x, w, b=0.0, *, stride=1, padding=0):
    """y, shape (W',), with one entry for each window that fits."""
    left, right = padding if isinstance(padding, tuple) else (padding, padding)
    xpad = np.pad(x, (left, right))
    y = np.zeros((len(xpad) - len(w)) // stride + 1)
    for i in range(len(y)):
        y[i] = b + np.sum(w * xpad[i * stride : i * stride + len(w)])
    return y
''')


@q3.cases
def _(rng):
    for W, kW, S in [(7, 3, 2), (8, 3, 2), (10, 2, 3), (4, 4, 3)]:
        yield case(numbers(rng, W), numbers(rng, kW), 0.5, stride=S, part="stride")
    for W, kW, P in [(5, 3, 1), (6, 4, (2, 1)), (4, 2, 3), (3, 4, (0, 2)), (6, 3, (2, 0))]:
        yield case(numbers(rng, W), numbers(rng, kW), -0.5, padding=P, part="padding")
    for W, kW, S, P in [(8, 3, 2, 1), (7, 4, 3, (1, 3)), (5, 2, 3, 4)]:
        yield case(numbers(rng, W), numbers(rng, kW), 1.5, stride=S, padding=P, part="both")
    yield case(rng.integers(-9, 9, 9), numbers(rng, 3), 0.25, stride=2, padding=2, part="both", layout="view")
    yield case(numbers(rng, 9), numbers(rng, 2), 2, stride=3, padding=1, part="both", note="b is an int")


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


q3.slips("""
The window starts at i, not at i times S
    i * stride =>> i
    Output 0 reads from sample 0; with stride 2, where does output 1 begin to read?

The window starts at i + S - 1
    i * stride =>> i + stride - 1
    Output 0 reads from the very first sample of the padded signal: from which does output 1?

The size is rounded up
    (len(xpad) - len(w)) // stride => -(-(len(xpad) - len(w)) // stride)
    - y[i] = b + np.sum(w * xpad[i * stride : i * stride + len(w)])
    + window = xpad[i * stride : i * stride + len(w)]
    + y[i] = b + np.sum(w[: len(window)] * window)
    Does your last window still lie inside the padded signal?

The kernel is flipped  [01-two]
    w * xpad => w[::-1] * xpad
    With the window at the left end, which weight meets the first sample?

The padding is left out  [02-padding]
    np.pad(x, (left, right)) => x
    What does the window meet before x[0]?

All zeros are on the left  [02-padding]
    np.pad(x, (left, right)) => np.pad(x, (left + right, 0))
    Padding is per side: what follows the last sample?

All zeros are on the right  [02-padding]
    np.pad(x, (left, right)) => np.pad(x, (0, left + right))
    Padding is per side: what comes before x[0]?

Padding on the left only  [02-padding]
    np.pad(x, (left, right)) => np.pad(x, (left, 0))
    What does the window meet after the last sample?

Padding on the right only  [02-padding]
    np.pad(x, (left, right)) => np.pad(x, (0, right))
    What does the window meet before x[0]?

The padding is taken for the total of both sides  [02-padding]
    np.pad(x, (left, right)) => np.pad(x, (left // 2, left - left // 2))
    With padding=1, how many zeros stand at each end?

The left padding counts at both ends  [02-padding]
    np.pad(x, (left, right)) => np.pad(x, left)
    A pair is (left, right): does the second number stand wherever the right end counts?

Left and right padding swapped  [02-padding]
    np.pad(x, (left, right)) => np.pad(x, (right, left))
    Which of the two numbers comes first?

The edge is repeated instead of zeros  [02-padding]
    (left, right)) => (left, right), mode="edge")
    What value does the padding have in this course?

The signal is mirrored instead of zeros  [02-padding]
    (left, right)) => (left, right), mode="reflect")
    What value does the padding have?

The bias is missing  [02-definition]
    b + np.sum => np.sum
    What is y when all of w is zero?

The bias is added once for each weight  [02-definition]
    b + np.sum(w * xpad => np.sum(b + w * xpad
    What is y when all of w is zero: b, or a multiple of it?

The stride is left out
    i * stride =>> i
    // stride =>
    With stride 2, how many samples lie between two starts?

Windows with zeros of the padding get no bias  [02-definition]
    - y[i] = b + np.sum(w * xpad[i * stride : i * stride + len(w)])
    + inside = i * stride >= left and i * stride + len(w) <= left + len(x)
    + y[i] = (b if inside else 0) + np.sum(w * xpad[i * stride : i * stride + len(w)])
    Which of the outputs share the one bias: also those whose window meets padding?
""")

q3.slips(
    """
Too few outputs: divided by the stride twice
    len(xpad) - len(w) + 1, stride => (len(xpad) - len(w)) // stride + 1, stride
    or
    len(xpad) - len(w) + 1, stride => (len(xpad) - len(w) + 1) // stride, stride
    At which sample of the padded signal does the last window begin, and at which does yours?
""",
    source="""
def slide_padded(x, w, b=0.0, *, stride=1, padding=0):
    left, right = padding if isinstance(padding, tuple) else (padding, padding)
    xpad = np.pad(x, (left, right))
    y = []
    for start in range(0, len(xpad) - len(w) + 1, stride):
        y.append(b + np.sum(w * xpad[start : start + len(w)]))
    return np.array(y)
""",
)


# --- q4: the samples left over

q4 = sheet.function(
    "q4",
    "leftover",
    title="the samples left over",
    section="02-stride",
    points=2,
    answered_by="leftover",
)


q4.solution('''
def leftover(W, kW, *, stride=1, padding=0):
    """How many samples at the end of the padded signal no window reaches; padding is a number."""
    return (W + 2 * padding - kW) % stride
''')


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
        (3, 1, 4, 1),  # the end of the last window is the end of the signal
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


q4.slips("""
The padding is left out  [02-padding]
    W + 2 * padding => W
    The window slides over the padded signal: how long is that?

The padding is counted once  [02-padding]
    2 * padding => padding
    Padding is given per side: how many zeros are there in all?

The kernel is left out
    padding - kW => padding
    How far can the window's first sample travel before its last one is at the end?

The quotient instead of the remainder
    % => //
    How often the stride fits is not the question: what remains after that?

One sample too many before the remainder is taken
    kW) => kW + 1)
    W = kW with stride 2 leaves nothing over: what does your function say?

The samples missing to the next window
    return (W => return -(W
    or
    return (W => return stride - (W
    You count how many samples the next window lacks; count those that are there and never read.

The windows taken to stand side by side
    - return (W + 2 * padding - kW) % stride
    + return W + 2 * padding - ((W + 2 * padding - kW) // stride + 1) * kW
    or
    - return (W + 2 * padding - kW) % stride
    + return (W + 2 * padding) % kW
    From one window to the next, how many samples is it: the kernel's length, or the stride?

Counted from where the last window starts
    % stride => % stride + kW
    or
    - return (W + 2 * padding - kW) % stride
    + return W + 2 * padding - (W + 2 * padding - kW) // stride * stride - 1
    From the last window's start to the end of the signal: which of these samples does the window read?

The samples between two windows are counted too
    - return (W + 2 * padding - kW) % stride
    + windows = (W + 2 * padding - kW) // stride + 1
    + return W + 2 * padding - windows * kW + (windows - 1) * max(kW - stride, 0)
    With a stride longer than the kernel, which of the samples that you count lie at the end?

As if a window were as wide as the stride
    - return (W + 2 * padding - kW) % stride
    + return W + 2 * padding - ((W + 2 * padding - kW) // stride + 1) * stride
    Where does the last window begin, and where does it end?

The padding is taken off the samples left over
    - return (W + 2 * padding - kW) % stride
    + return max((W + 2 * padding - kW) % stride - padding, 0)
    Which places lie behind the last window, and can zeros of the padding be among them?
""")

# --- q5: the stretch: dilation and "same"

q5 = sheet.function(
    "q5",
    "slide_dilated",
    title="a kernel with gaps",
    section="02-dilation",
    parts={"dilation": 1, 'padding "same"': 1},
    answered_by="conv1d conv2d same_padding padding_pair libraries",
)


q5.solution('''
def slide_dilated(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
    """y, shape (W',)."""
    span = dilation * (len(w) - 1) + 1
    if padding == "same":
        outputs = -(-len(x) // stride)
        total = max((outputs - 1) * stride + span - len(x), 0)
        padding = (total // 2, total - total // 2)
    left, right = padding if isinstance(padding, tuple) else (padding, padding)
    xpad = np.pad(x, (left, right))
    y = np.zeros((len(xpad) - span) // stride + 1)
    for i in range(len(y)):
        y[i] = b + np.sum(w * xpad[i * stride : i * stride + span : dilation])
    return y
''')


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
        (6, 2, 3, 1),
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


q5.slips("""
The dilation is left out
    dilation * (len(w) - 1) + 1 => len(w)
    span : dilation] => span]
    How far apart are the samples that two neighbouring weights meet?

Dilation counted as the gap
    span = dilation => span = (dilation + 1)
    span : dilation] => span : dilation + 1]
    Dilation 1 is the ordinary kernel: how many samples does it skip?

The kernel is flipped  [01-two]
    w * xpad => w[::-1] * xpad
    Which weight meets the first sample of the window?

The window starts at i, not at i times S  [02-stride]
    i * stride =>> i
    Stride moves the window, dilation spreads the taps: which of them moves the start?

The odd zero of "same" is on the left  [02-same]
    (total // 2, total - total // 2) => (total - total // 2, total // 2)
    An even kernel needs one zero more on one side: at which end does this course put it?

"same" forgets the stride  [02-same]
    - total = max((outputs - 1) * stride + span - len(x), 0)
    + total = span - 1
    With a stride, fewer windows have to fit: how many zeros do they need?

"same" forgets the dilation  [02-same]
    + span - len(x) => + len(w) - len(x)
    How many samples does the kernel span once its taps stand apart?

"same" as half a kernel of zeros on both sides  [02-same]
    (total // 2, total - total // 2) => span // 2
    How many zeros does it take in all for an even kernel, or with a stride: twice half a kernel?

"same" as half of the span without one on both sides  [02-same]
    (total // 2, total - total // 2) => (span - 1) // 2
    How many zeros does it take in all for an even span, or with a stride: the same at both ends?

All zeros of "same" at the end  [02-same]
    (total // 2, total - total // 2) => (0, total)
    The zeros of this padding stand at both ends, as evenly as they can.

"same" cuts samples off when the stride is wide  [02-same]
    max((outputs - 1) * stride + span - len(x), 0) => (outputs - 1) * stride + span - len(x)
    - xpad = np.pad(x, (left, right))
    + cut = x[max(-left, 0) : len(x) + min(right, 0)]
    + xpad = np.pad(cut, (max(left, 0), max(right, 0)))
    With a stride wider than the kernel, it may take no zeros at all: what do you do then?
""")

# --- q6: what a wrong count gives, and where it hides

q6 = sheet.values(
    "q6",
    "short_range",
    {"W = 7": 2, "W = 8": 3, "smallest wrong W": 3, "left over when right": 1},
    title="where a wrong count hides",
    section="02-stride",
    points=2,
)

q6.solution('''
def short_range():
    """A dictionary of four numbers.

    Its keys: "W = 7", "W = 8", "smallest wrong W", "left over when right".
    """
    return {"W = 7": 2, "W = 8": 3, "smallest wrong W": 3, "left over when right": 1}
''')


q6.ask("""
W = 7 | W = 8
    Where does range stop: at W - kW, or before it?
smallest wrong W
    For three samples, then four: how many outputs are there, and how many does the line list?
left over when right
    Where the line is right, where does the last window end, and what lies behind it?
""")

q6.slips("""
The right count in place of what the line gives  [02-size]
    "W = 7": 2 => "W = 7": 3
    A range stops before its second number: which starts does this one hold for seven samples?

One start too many for eight samples
    "W = 8": 3 => "W = 8": 4
    Write the starts for eight samples down: is 5 one of them, and is there a 6?

One start too few for eight samples
    "W = 8": 3 => "W = 8": 2
    The starts go in steps of two: what does one place less at the end take away from 0, 2, 4?

The smallest size is passed over
    "smallest wrong W": 3 => "smallest wrong W": 5
    or
    "smallest wrong W": 3 => "smallest wrong W": 7
    A kernel as long as the signal fits once: how many starts does the line give?

A size too small for the kernel
    "smallest wrong W": 3 => "smallest wrong W": 2
    Three taps on two samples: is there a right count to be missed?

Right when nothing is left over
    "left over when right": 1 => "left over when right": 0
    Compare seven samples with eight: in which of the two does the last window end at the end?
""")
