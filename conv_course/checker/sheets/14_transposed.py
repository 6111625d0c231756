"""Sheet of 14_transposed: stamping, sizes and output padding, overlaps, the layer and its backward pass."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_lib import vectorized
from conv_lib.sizes import transposed_output_size

sheet = Sheet(
    "14_transposed",
    given="""
import numpy as np
from conv_lib.vectorized import conv2d, conv2d_backward
""",
)

# --- q1: stamping, in one dimension

q1 = sheet.function(
    "q1",
    "stamp",
    title="stamp the kernel",
    section="14-stamp",
    points=2,
    answered_by="conv1d_backward conv_transpose2d",
)


q1.solution('''
def stamp(x, w, *, stride=1):
    """The sum of all stamps, along one axis."""
    y = np.zeros((len(x) - 1) * stride + len(w))
    for i in range(len(x)):
        y[i * stride : i * stride + len(w)] += x[i] * w
    return y
''')


@q1.cases
def _(rng):
    for size, k, S in [(3, 3, 2), (4, 3, 1), (2, 2, 3), (5, 4, 2), (3, 5, 2), (1, 3, 2), (1, 1, 2)]:
        yield case(numbers(rng, size), numbers(rng, k), stride=S)
    yield case(rng.integers(1, 9, 4), numbers(rng, 3), stride=2, layout="view")


@q1.right
def _(x, w, *, stride=1):
    count = (len(x) - 1) * stride + len(w)
    return [
        sum(x[i] * w[p - i * stride] for i in range(len(x)) if 0 <= p - i * stride < len(w))
        for p in range(count)
    ]


q1.slips("""
The stamps are not added up
    += => =
    What stands where two stamps meet?

The stamps stand one pixel apart
    i * stride =>> i
    How far apart do the stamps stand?

The stride is left out
    * stride =>>
    How long does y become when the stamps stand further apart?

The stamp is mirrored
    x[i] * w => x[i] * w[::-1]
    A single input of 1: what does y look like?

The stamps stand a kernel apart
    * stride =>> * len(w)
    What decides how far apart the stamps stand?

A gap too many between the stamps
    * stride =>> * (stride + 1)
    With stride 1, where does the second stamp begin?

No room for the strides
    (len(x) - 1) * stride => (len(x) - 1)
    How far from the first stamp does the last one begin?

y ends with stride - 1 zeros too many
    (len(x) - 1) * stride + len(w) => len(x) * stride + len(w) - 1
    Where does the last stamp end, and how many entries has your y behind it?

Room behind the last stamp
    (len(x) - 1) * stride + len(w) => len(x) * stride + len(w)
    Where does the last stamp end?

Cut after len(x) * stride entries
    return y => return y[: len(x) * stride]
    How far does the last stamp reach?

y has room for len(x) * stride entries
    (len(x) - 1) * stride + len(w) => len(x) * stride
    How far does the last stamp reach?

The stamps are averaged
    - y = np.zeros((len(x) - 1) * stride + len(w))
    + y, count = np.zeros((2, (len(x) - 1) * stride + len(w)))
    - for i in range(len(x)):
    + for i in range(len(x)):
    +     count[i * stride : i * stride + len(w)] += 1
    return y => return y / np.maximum(count, 1)
    Where two stamps meet, are they added or averaged?

The stamps are not weighted
    x[i] * w => w
    By what does an input pixel multiply the kernel?
""")
q1.slips(
    """
Windows are collected
    - return np.convolve(wide, w)
    + return [np.dot(wide[p : p + len(w)], w) for p in range(len(wide) - len(w) + 1)]
    Here each input writes to several outputs: how many does a single input of 1 reach?
""",
    source="""
def stamp(x, w, *, stride=1):
    wide = np.zeros((len(x) - 1) * stride + 1)
    wide[::stride] = x
    return np.convolve(wide, w)
""",
)

# --- q2: down, up again, and what is missing

q2 = sheet.function(
    "q2",
    "down_and_up",
    title="sizes down and up again",
    section="14-output-padding",
    outputs=("down", "up", "extra"),
    parts={"down": 1, "up": 1, "extra": 1},
    answered_by="transposed_output_size",
)


q2.solution('''
def down_and_up(H, k, *, stride=1, padding=0):
    """(down, up, extra)."""
    down = (H + 2 * padding - k) // stride + 1
    up = (down - 1) * stride - 2 * padding + k
    return down, up, H - up
''')


@q2.cases
def _(rng):
    for H, k, S, P in [(7, 3, 2, 1), (8, 3, 2, 1), (9, 2, 3, 0), (12, 5, 4, 2), (15, 4, 5, 1), (11, 3, 1, 1)]:
        yield case(H, k, stride=S, padding=P)
    for k, S, P in [(3, 4, 1), (4, 3, 2), (5, 5, 1), (2, 3, 1)]:
        yield case(int(rng.integers(9, 40)), k, stride=S, padding=P)


@q2.right
def _(H, k, *, stride=1, padding=0):
    starts = list(range(0, H + 2 * padding - k + 1, stride))
    up = starts[-1] + k - 2 * padding
    return [len(starts), up, H - up]


q2.slips("""
up ends a whole stride behind the last start
    (down - 1) * stride - 2 * padding + k => down * stride - 2 * padding + max(k - stride, 0)
    Where does the last stamp begin, and how many places does it cover if k is smaller than S?

The number of windows is rounded up
    (H + 2 * padding - k) // stride => -(-(H + 2 * padding - k) // stride)
    Does a window that does not fit whole count?

The number of windows is rounded to the nearest
    (H + 2 * padding - k) // stride => round((H + 2 * padding - k) / stride)
    Does a window that almost fits count?

One window too few
    // stride + 1 => // stride
    When the kernel fits exactly, how many places are there?

The windows are counted with the padding once
    H + 2 * padding => H + padding
    Zeros are put on both sides: how long is the padded signal?

The windows are counted without the padding
    H + 2 * padding => H
    In what signal does the kernel slide?

The windows are counted as H // stride
    (H + 2 * padding - k) // stride + 1 => H // stride
    The kernel takes room as well: how far can its first tap move?

On the way up the padding is added
    stride - 2 * padding => stride + 2 * padding
    Does a transposed layer with more padding make a larger picture or a smaller one?

On the way up the padding is cut off once
    stride - 2 * padding => stride - padding
    From how many sides is the padding cut off?

On the way up nothing is cropped
    stride - 2 * padding => stride
    What becomes of the padding on the way up?

On the way up there is a stamp too many
    (down - 1) => down
    Between n stamps, how many steps are there?

On the way up the stride is left out
    (down - 1) * stride => (down - 1)
    How far apart do the stamps stand?

On the way up the size is down * stride
    (down - 1) * stride - 2 * padding + k => down * stride
    The kernel reaches beyond the last step: how far?

On the way up the largest size that fits
    padding + k => padding + k + stride - 1
    Several sizes lead down to the same: which one does no output padding give?

On the way up the last stamp is one entry short
    padding + k => padding + k - 1
    How long is a single stamp?

On the way up the rule of the way down
    (down - 1) * stride - 2 * padding + k => (down + 2 * padding - k) // stride + 1
    Does a larger stride make what comes up larger or smaller?

Extra: always 0
    H - up => 0
    Which rows of the large picture did no window reach?

Extra: with the other sign
    H - up => up - H
    Which of the two is larger, the picture or what comes up again?

Extra: always the stride less one
    H - up => stride - 1
    When the windows fit exactly, how many pixels are left over?

Extra: the padding is left out
    H - up => (H - k) % stride
    In the padded picture, how many pixels are behind the last window?

Extra: padding counted once
    H - up => (H + padding - k) % stride
    Zeros stand on both sides: how long is the padded signal?

Extra: what is missing to the next window
    H - up => -(H + 2 * padding - k) % stride
    Is it what is left over, or what is missing to the next window?

Extra: the remainder of H
    H - up => H % stride
    The kernel takes room before the steps begin: how much is left for them?

Extra: the quotient
    H - up => (H + 2 * padding - k) // stride
    What did rounding down throw away?

Extra: the padding itself
    H - up => padding
    Padding is cut off at both ends; what else is missing at one end?
""")

# --- q3: how many stamps meet

q3 = sheet.function("q3", "overlaps", title="how many stamps meet", section="14-checkerboard", points=2)


q3.solution('''
def overlaps(size, kernel, *, stride):
    """How many stamps reach each output pixel."""
    (H, W), (kH, kW), (sH, sW) = size, kernel, stride
    count = np.zeros(((H - 1) * sH + kH, (W - 1) * sW + kW), int)
    for i in range(H):
        for j in range(W):
            count[i * sH : i * sH + kH, j * sW : j * sW + kW] += 1
    return count
''')


@q3.cases
def _(rng):
    for size, kernel, stride in [
        ((2, 3), (3, 3), (2, 2)),
        ((3, 4), (2, 3), (1, 2)),
        ((4, 3), (5, 4), (3, 2)),
        ((3, 2), (2, 3), (3, 1)),
        ((1, 3), (1, 2), (2, 3)),
        ((3, 1), (2, 1), (1, 2)),
    ]:
        yield case(size, kernel, stride=stride)
    for _ in range(3):
        H, W, kH, kW = (int(v) for v in rng.integers(2, 6, 4))
        yield case((H, W + 2), (kH, kW), stride=(int(rng.integers(1, 3)), 3))


@q3.right
def _(size, kernel, *, stride):
    return vectorized.conv_transpose2d(np.ones((1, 1, *size)), np.ones((1, 1, *kernel)), stride=stride)[0, 0]


q3.slips("""
The mean of the middle in every pixel
    return count => return np.full(count.shape, kH * kW / (sH * sW))
    How many stamps reach the first pixel? And do two neighbours always get equally many?

The stride is left out
    = size, kernel, stride => = size, kernel, (1, 1)
    How far apart do the stamps stand?

The stamps stand one pixel apart
    i * sH =>> i
    j * sW =>> j
    Where does the second stamp of a row begin?

Height and width of the stride swapped
    = size, kernel, stride => = size, kernel, stride[::-1]
    Which number of the stride belongs to the rows?

Height and width of the kernel swapped
    = size, kernel, stride => = size, kernel[::-1], stride
    Which number of the kernel belongs to the rows?

Height and width of the picture swapped
    = size, kernel, stride => = size[::-1], kernel, stride
    Which number of the size belongs to the rows?

A stamp too many on each axis
    = size, kernel, stride => = (size[0] + 1, size[1] + 1), kernel, stride
    How many stamps stand in a row of the picture?

The stride of the height for both axes
    = size, kernel, stride => = size, kernel, (stride[0], stride[0])
    By how many columns does a stamp move to the next one of its row?

The stride of the width for both axes
    = size, kernel, stride => = size, kernel, (stride[1], stride[1])
    By how many rows does a stamp move to the next one below it?

The height of the kernel for both axes
    = size, kernel, stride => = size, (kernel[0], kernel[0]), stride
    How wide is a stamp, and how high?

The width of the kernel for both axes
    = size, kernel, stride => = size, (kernel[1], kernel[1]), stride
    How wide is a stamp, and how high?

The height of the picture for both axes
    = size, kernel, stride => = (size[0], size[0]), kernel, stride
    How many stamps stand in a row of the picture?

The width of the picture for both axes
    = size, kernel, stride => = (size[1], size[1]), kernel, stride
    How many rows of stamps are there?

Rows and columns of the places swapped
    i * sH : i * sH + kH, j * sW : j * sW + kW => j * sH : j * sH + kH, i * sW : i * sW + kW
    At which row and at which column does the stamp of pixel (0, 1) begin?

Yes or no instead of how many
    += => =
    Which number belongs to a pixel that two stamps reach?
""")
q3.slips(
    """
Rows and columns are added
    rows[:, None] * columns => rows[:, None] + columns
    A pixel is met by some rows of stamps and some columns: how many stamps is that?

The larger of the two
    rows[:, None] * columns => np.maximum(rows[:, None], columns)
    A pixel is met by some rows of stamps and some columns: how many stamps is that?

Only rows are counted
    rows[:, None] * columns => rows[:, None] + 0 * columns
    Can stamps overlap to the side as well?

Only columns are counted
    rows[:, None] * columns => 0 * rows[:, None] + columns
    Can stamps overlap above and below as well?

Only overlaps are counted
    rows[:, None] * columns => (rows[:, None] * columns - 1).clip(0)
    Which number belongs to a pixel that one stamp reaches?
""",
    source="""
def overlaps(size, kernel, *, stride):
    lines = []
    for n, k, s in zip(size, kernel, stride):
        line = np.zeros((n - 1) * s + k)
        for i in range(n):
            line[i * s : i * s + k] += 1
        lines.append(line)
    rows, columns = lines
    return rows[:, None] * columns
""",
)

# --- q4: the layer

q4 = sheet.function(
    "q4",
    "transposed",
    title="the transposed layer",
    section="14-definition",
    parts={"stamps": 2, "padding": 1, "output padding": 1},
    answered_by="conv_transpose2d libraries",
)


q4.solution('''
def transposed(x, w, b, *, stride=(1, 1), padding=(0, 0), output_padding=(0, 0)):
    """y of the transposed layer: (N, F, H', W')."""
    (N, _, H, W), (_, F, kH, kW) = x.shape, w.shape
    (sH, sW), (pH, pW), (oH, oW) = stride, padding, output_padding
    y = np.zeros((N, F, (H - 1) * sH + kH + oH, (W - 1) * sW + kW + oW))
    for i in range(H):
        for j in range(W):
            stamps = np.tensordot(x[:, :, i, j], w, 1)
            y[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW] += stamps
    return y[:, :, pH : y.shape[2] - pH, pW : y.shape[3] - pW] + b[:, None, None]
''')


# D, F, image, kernel, stride, padding, output padding
STAMPS = [
    (1, 1, (2, 2), (1, 2), (1, 2), (0, 0), (0, 0)),
    (1, 2, (1, 2), (2, 2), (2, 1), (0, 0), (0, 0)),
    (2, 3, (2, 3), (3, 2), (1, 1), (0, 0), (0, 0)),
    (3, 2, (3, 2), (2, 3), (2, 3), (0, 0), (0, 0)),
    # each axis of x, w and y alone has length 1 somewhere
    (2, 1, (2, 3), (3, 2), (2, 1), (0, 0), (0, 0)),
    (2, 3, (1, 3), (1, 2), (2, 3), (0, 0), (0, 0)),
    (2, 3, (3, 1), (2, 1), (3, 2), (0, 0), (0, 0)),
]
CROPS = [
    (1, 1, (2, 3), (2, 2), (1, 1), (1, 0), (0, 0)),
    (2, 3, (3, 4), (3, 2), (2, 1), (1, 0), (0, 0)),
    (3, 1, (2, 3), (4, 5), (1, 2), (1, 2), (0, 0)),
]
EXTRA = [
    (1, 1, (1, 2), (2, 1), (2, 2), (0, 0), (1, 0)),
    (2, 3, (2, 3), (2, 3), (2, 3), (0, 0), (1, 2)),
    (1, 2, (3, 2), (3, 4), (2, 3), (1, 2), (1, 0)),
    (2, 1, (2, 3), (3, 2), (3, 2), (1, 1), (2, 1)),
]


def _layer(rng, D, F, image, kernel, N=1):
    return numbers(rng, N, D, *image), numbers(rng, D, F, *kernel), numbers(rng, F)


@q4.cases
def _(rng):
    for rows, part in ((STAMPS, "stamps"), (CROPS, "padding"), (EXTRA, "output padding")):
        for D, F, image, kernel, S, P, extra in rows:
            x, w, b = _layer(rng, D, F, image, kernel, N=2)
            given = {"stride": S, "padding": P, "output_padding": extra}
            yield case(x, w, b, part=part, **{k: v for k, v in given.items() if k == "stride" or any(v)})
    x, w, b = _layer(rng, 2, 3, (3, 2), (2, 3))
    yield case(rng.integers(-9, 9, x.shape), w, b, stride=(1, 2), part="stamps", layout="view")


@q4.right
def _(x, w, b, *, stride=(1, 1), padding=(0, 0), output_padding=(0, 0)):
    H, W = (
        (n - 1) * s - 2 * p + k + o
        for n, s, p, k, o in zip(x.shape[2:], stride, padding, w.shape[2:], output_padding, strict=True)
    )
    image = np.zeros((len(x), w.shape[1], H, W))
    dx = vectorized.conv2d_backward(np.asarray(x, float), image, w, stride=stride, padding=padding)[0]
    return dx + np.reshape(b, (-1, 1, 1))


q4.slips("""
The stamps are not added up  [14-stamp]
    += stamps => = stamps
    What stands where two stamps meet?

The stamps stand one pixel apart  [14-stamp]
    i * sH =>> i
    j * sW =>> j
    How far apart do the stamps stand?

The stamp is mirrored  [14-stamp]
    i, j], w, 1) => i, j], w[:, :, ::-1, ::-1], 1)
    A single input of 1: what does y look like?

w is read as F x D  [14-breaks]
    (_, F, kH, kW) => (F, _, kH, kW)
    np.tensordot(x[:, :, i, j], w, 1) => np.einsum("nd,fduv->nfuv", x[:, :, i, j], w)
    Which axis of w comes first here: that of the input or that of the output?

The number of filters is read from the first axis  [14-breaks]
    (_, F, kH, kW) => (F, _, kH, kW)
    Which axis of w comes first here: that of the input or that of the output?

The kernel is transposed
    - (N, _, H, W), (_, F, kH, kW) = x.shape, w.shape
    + w = w.swapaxes(2, 3)
    + (N, _, H, W), (_, F, kH, kW) = x.shape, w.shape
    Which axis of w counts the rows of a stamp?

Only the first input channel stamps
    x[:, :, i, j], w, 1) => x[:, :1, i, j], w[:1], 1)
    How many channels stamp onto one output channel?

The channels are averaged
    w, 1) => w, 1) / x.shape[1]
    Are the stamps of the channels added or averaged?

The padding is added  [14-breaks]
    y[:, :, pH : y.shape[2] - pH, pW : y.shape[3] - pW] => np.pad(y, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
    Does a larger padding make this layer's output larger or smaller?

Nothing is cropped
    y[:, :, pH : y.shape[2] - pH, pW : y.shape[3] - pW] => y
    What does the padding do to the output of this layer?

Cropped at the start only
    pH : y.shape[2] - pH, pW : y.shape[3] - pW => pH:, pW:
    From how many sides is the padding cut off?

Cropped at the end only
    pH : y.shape[2] - pH, pW : y.shape[3] - pW => : y.shape[2] - pH, : y.shape[3] - pW
    From how many sides does the crop take?

All cropped from the start
    pH : y.shape[2] - pH, pW : y.shape[3] - pW => 2 * pH :, 2 * pW :
    How many rows does the crop take at the top, and how many at the bottom?

All cropped from the end
    pH : y.shape[2] - pH, pW : y.shape[3] - pW => : y.shape[2] - 2 * pH, : y.shape[3] - 2 * pW
    How many rows does the crop take at the top, and how many at the bottom?

Cropped to nothing without padding  [09-breaks]
    pH : y.shape[2] - pH, pW : y.shape[3] - pW => pH:-pH, pW:-pW
    When the padding is 0, what does a slice from padding to -padding leave?

The output padding at the start  [14-breaks]
    i * sH =>> oH + i * sH
    j * sW =>> oW + j * sW
    At which end were pixels left over?

The output padding is left out  [14-output-padding]
    kH + oH => kH
    kW + oW => kW
    How many rows should y have?

The output padding on both sides  [14-output-padding]
    kH + oH => kH + 2 * oH
    kW + oW => kW + 2 * oW
    i * sH =>> oH + i * sH
    j * sW =>> oW + j * sW
    Were pixels left over at both ends?

The rows of output_padding are zeros  [14-output-padding]
    kH + oH => kH
    kW + oW => kW
    - return y[:, :, pH : y.shape[2] - pH, pW : y.shape[3] - pW] + b[:, None, None]
    + y = y[:, :, pH : y.shape[2] - pH, pW : y.shape[3] - pW] + b[:, None, None]
    + return np.pad(y, ((0, 0), (0, 0), (0, oH), (0, oW)))
    What stands in the rows that the crop would have taken, and does the bias reach them?

The rows of output_padding hold the bias alone  [14-output-padding]
    kH + oH => kH
    kW + oW => kW
    - return y[:, :, pH : y.shape[2] - pH, pW : y.shape[3] - pW] + b[:, None, None]
    + y = np.pad(y[:, :, pH : y.shape[2] - pH, pW : y.shape[3] - pW], ((0, 0), (0, 0), (0, oH), (0, oW)))
    + return y + b[:, None, None]
    The crop takes rows of stamps away: which of them would the output padding have kept?

The bias is missing
    + b[:, None, None] =>
    What is y when x is zero everywhere?

The bias once per stamp
    += stamps => += stamps + b[:, None, None]
    pW] + b[:, None, None] => pW]
    How often is the bias added to one output pixel?

The bias once per stamp and channel
    += stamps => += stamps + x.shape[1] * b[:, None, None]
    pW] + b[:, None, None] => pW]
    How often is the bias added to one output pixel?

The first bias for all
    b[:, None, None] => b[0]
    How many output channels have a bias?

Height and width of the stride swapped
    = stride, padding, output_padding => = stride[::-1], padding, output_padding
    Which number of the stride belongs to the rows?

Height and width of the padding swapped
    = stride, padding, output_padding => = stride, padding[::-1], output_padding
    Which number is cut off above and below?

Height and width of the output padding swapped  [14-output-padding]
    = stride, padding, output_padding => = stride, padding, output_padding[::-1]
    Which number adds rows, and which columns?

The stride of the height for both axes
    = stride, padding, output_padding => = (stride[0], stride[0]), padding, output_padding
    By how many columns does a stamp move to the next one of its row?

The stride of the width for both axes
    = stride, padding, output_padding => = (stride[1], stride[1]), padding, output_padding
    By how many rows does a stamp move to the next one below it?

The padding of the height for both axes
    = stride, padding, output_padding => = stride, (padding[0], padding[0]), output_padding
    How many columns are cut off at the left, and how many rows above?

The padding of the width for both axes
    = stride, padding, output_padding => = stride, (padding[1], padding[1]), output_padding
    How many rows are cut off above, and how many columns at the left?

The output padding of the height for both axes  [14-output-padding]
    = stride, padding, output_padding => = stride, padding, (output_padding[0], output_padding[0])
    How many columns are added, and how many rows?

The output padding of the width for both axes  [14-output-padding]
    = stride, padding, output_padding => = stride, padding, (output_padding[1], output_padding[1])
    How many rows are added, and how many columns?
""")

# --- q5: the stretch: its backward pass

q5 = sheet.function(
    "q5",
    "transposed_backward",
    title="its own backward pass",
    section="14-backward",
    outputs=("dx", "dw", "db"),
    parts={"dx": 2, "dw": 2, "db": 1},
    answered_by="conv_transpose2d_backward",
)


q5.solution('''
def transposed_backward(dout, x, w, *, stride=(1, 1), padding=(0, 0), output_padding=(0, 0)):
    """(dx, dw, db) of `transposed`."""
    dx = conv2d(dout, w, stride=stride, padding=padding)
    dw = conv2d_backward(x, dout, w, stride=stride, padding=padding)[1]
    return dx, dw, dout.sum(axis=(0, 2, 3))
''')


@q5.cases
def _(rng):
    for D, F, image, kernel, S, P, extra in [*STAMPS, *CROPS, *EXTRA]:
        x, w, _ = _layer(rng, D, F, image, kernel, N=2)
        sizes = [
            transposed_output_size(n, k, s, p, o)
            for n, k, s, p, o in zip(image, kernel, S, P, extra, strict=True)
        ]
        yield case(numbers(rng, 2, F, *sizes), x, w, stride=S, padding=P, output_padding=extra)
    x, w, _b = _layer(rng, 2, 3, (3, 2), (2, 3))
    yield case(rng.integers(-9, 9, (1, 3, 4, 5)), x, w, stride=(1, 2), layout="view")


q5.slips("""
The crop is forgotten
    , padding=padding =>>
    The forward pass cut rows off: what gradient have they, and where do they stand?

dx: the crop is forgotten
    conv2d(dout, w, stride=stride, padding=padding) => conv2d(dout, w, stride=stride)
    The forward pass cut rows off: what gradient have they, and where do they stand?

dw: x and dout keep their roles
    conv2d_backward(x, dout, => conv2d_backward(dout, x,
    In dw the roles of x and dout are exchanged: which of the two is cut into windows?
""")
q5.slips(
    """
dx: the kernel is flipped
    window, w, => window, w[:, :, ::-1, ::-1],
    The stamp was laid down as it is: which entry of dout meets the first weight?

dx: the stride is left out
    window, w, => wide[:, :, i : i + kH, j : j + kW], w,
    Where did the stamp of pixel 1 begin?

dx: only the first output channel
    window, w, => window[:, :1], w[:, :1],
    Onto how many output channels does one pixel stamp?

dw: the stride is left out
    i, j], window => i, j], wide[:, :, i : i + kH, j : j + kW]
    Where did the stamp of pixel 1 begin, and which entries of dout lie under it?

dw is flipped along both axes
    return dx, dw, => return dx, dw[:, :, ::-1, ::-1],
    The first weight was stamped at the upper left corner: which number of dw belongs to it?

dw: input and output channels swapped
    return dx, dw, => return dx, dw.swapaxes(0, 1),
    Which axis of w comes first here?

dw is averaged over the images
    return dx, dw, => return dx, dw / len(x),
    Every image moves the loss by its own share: do the shares add up?

dw of the last image only
    x[:, :, i, j], window => x[-1:, :, i, j], window[-1:]
    How many images used these weights?

dw of the last stamp only
    dw += => dw =
    How many stamps used these weights?

The rows cropped in front are not put back
    (pH, pH), (pW, pW) => (0, 2 * pH), (0, 2 * pW)
    The forward pass cut rows off: what gradient have they, and where do they stand?

db is averaged
    dout.sum => dout.mean
    How much does all of y move when b moves?

db is the sum of x
    dout.sum => x.sum
    To which array was the bias added, and which one holds its gradient?

db sums the images only
    axis=(0, 2, 3) => axis=0
    To how many pixels is one bias added?

db for each image
    axis=(0, 2, 3) => axis=(2, 3)
    Has each image a bias of its own, or do all of them share one?

One db for all
    axis=(0, 2, 3) =>
    How many biases has the layer?

db counts the overlaps
    dx, dw = np.zeros(x.shape), np.zeros(w.shape) => dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), 0
    - dw += np.tensordot(x[:, :, i, j], window, (0, 0))
    + dw += np.tensordot(x[:, :, i, j], window, (0, 0))
    + db = db + window.sum(axis=(0, 2, 3))
    dout.sum(axis=(0, 2, 3)) => db
    How often was the bias added to a pixel that two stamps reach?
""",
    source="""
def transposed_backward(dout, x, w, *, stride=(1, 1), padding=(0, 0), output_padding=(0, 0)):
    (sH, sW), (pH, pW), (kH, kW) = stride, padding, w.shape[2:]
    wide = np.pad(dout, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for i, j in np.ndindex(x.shape[2:]):
        window = wide[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW]
        dx[:, :, i, j] = np.tensordot(window, w, ([1, 2, 3], [1, 2, 3]))
        dw += np.tensordot(x[:, :, i, j], window, (0, 0))
    return dx, dw, dout.sum(axis=(0, 2, 3))
""",
)


# --- q6: a crop from one side

q6 = sheet.values(
    "q6",
    "one_sided_crop",
    {"y[0]": 12.0, "caught": np.array([0.0, 0, 0, 1, 1])},
    title="a crop from one side",
    section="14-definition",
    parts={"y[0]": 1, "caught": 2},
)


q6.solution('''
def one_sided_crop():
    """A number, and five times 0 or 1."""
    first = 1 * 10 + 2 * 1
    caught = [0, 0, 0, 1, 1]
    # given
    return {"y[0]": first, "caught": caught}
''')


@q6.right
def _():
    def full(x, w, S):
        y = np.zeros((len(x) - 1) * S + len(w))
        for i, value in enumerate(x):
            y[i * S : i * S + len(w)] += value * np.array(w)
        return y

    def both(x, w, S, P):
        y = full(x, w, S)
        return y[P : len(y) - P], y[2 * P :]

    first = both([1, 2, 4], [1, 3, 10], 2, 1)[1][0]
    pairs = [both([1, 2], [1, 3], 2, 0), both([1], [5, 5, 5], 1, 1), both([2, 2], [1, 3, 1], 1, 1)]
    right, wrong = both([1, 2], [1, 3], 2, 1)
    return first, [0.0, *(float(list(a) != list(b)) for a, b in pairs), float(right.sum() != wrong.sum())]


q6.ask("""
y[0]
    Write down y before the crop: which entry does the slice keep first, and which stamps reach it?
caught
    For each test: which entries does either crop keep, and does what is compared tell them apart?
""")

q6.slips("""
y[0] of the right layer
    first = 1 * 10 + 2 * 1 => first = 1 * 3
    How many of the stamped entries are cut off in front?

Nothing is cut off
    first = 1 * 10 + 2 * 1 => first = 1 * 1
    How many of the stamped entries are cut off in front?

The stamps are not added
    first = 1 * 10 + 2 * 1 => first = 2 * 1
    Two stamps lie on this place, the end of one and the beginning of the next: what do they add up to?

The shape is thought to show it
    caught = [0, 0, 0, 1, 1] => caught = [1, 0, 0, 1, 1]
    How many entries are cut off in all, by each of the two?

P = 0 is thought to show it
    caught = [0, 0, 0, 1, 1] => caught = [0, 1, 0, 1, 1]
    What does either crop do with a padding of 0?

One stamp of equal numbers is thought to show it
    caught = [0, 0, 0, 1, 1] => caught = [0, 0, 1, 1, 1]
    Three equal numbers, two of which are cut off: can you tell which two?

A symmetric kernel is thought to hide it
    caught = [0, 0, 0, 1, 1] => caught = [0, 0, 0, 0, 1]
    Lay the two stamps on paper and cut: are both results the same?

The sum is thought to hide it
    caught = [0, 0, 0, 1, 1] => caught = [0, 0, 0, 1, 0]
    The sum leaves out what was cut off: is that the same in both?

The tests that pass are marked
    caught = [0, 0, 0, 1, 1] => caught = [1, 1, 1, 0, 0]
    A test that sees the slip fails: which number does it get?
""")
