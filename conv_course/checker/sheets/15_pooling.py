"""Sheet of 15_pooling: maximum and average, forward and backward, with ties; the receptive field."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.mistakes_pooling import backward, forward, look
from conv_lib import vectorized
from conv_lib.sizes import output_size, receptive_field

sheet = Sheet("15_pooling")


def _swap(name):
    """Height and width of one of the three settings exchanged."""
    return lambda kernel, stride, padding: tuple(
        value[::-1] if name == which else value
        for which, value in (("kernel", kernel), ("stride", stride), ("padding", padding))
    )


def _shared(name, axis):
    """One axis's number used for both."""
    return lambda kernel, stride, padding: tuple(
        (value[axis], value[axis]) if name == which else value
        for which, value in (("kernel", kernel), ("stride", stride), ("padding", padding))
    )


def _touching(kernel, stride, padding):
    return kernel, kernel, padding


def _one(kernel, stride, padding):
    return kernel, (1, 1), padding


# Shapes (H, W), kernel, stride, padding: the simple ones first; leftovers in some, overlaps in some.
TOUCHING = [((5, 10), (2, 3), (2, 3), (0, 0))]
STRIDED = [
    ((5, 6), (3, 2), (2, 1), (0, 0)),
    ((4, 8), (2, 3), (1, 3), (0, 0)),  # two columns left over, no row
    ((7, 6), (2, 2), (3, 2), (0, 0)),  # two rows left over, no column
    ((3, 6), (3, 2), (1, 2), (0, 0)),
    ((5, 3), (2, 3), (2, 1), (0, 0)),
]
PADDED = [
    ((5, 4), (3, 2), (2, 1), (1, 0)),
    ((6, 7), (4, 3), (3, 2), (2, 1)),
    ((6, 8), (3, 4), (1, 3), (0, 2)),
    ((1, 6), (2, 3), (1, 2), (1, 0)),
    ((5, 1), (3, 2), (2, 1), (0, 1)),
]


def _x(rng, H, W, N=1, D=2):
    """Numbers of which about two thirds are negative, so that padding zeros can win; no two are equal."""
    return (rng.permutation(N * D * H * W).reshape(N, D, H, W) - 2 * N * D * H * W // 3 + 0.5) / 4


def _sizes(size, kernel, stride, padding):
    return tuple(output_size(*axis) for axis in zip(size, kernel, stride, padding, strict=True))


def _forward_cases(rng, first, *, integers=False):
    for size, kernel, stride, _ in TOUCHING:
        yield case(_x(rng, *size), kernel, stride=stride, part=first)
    for size, kernel, stride, _ in STRIDED:
        yield case(_x(rng, *size, N=2, D=3), kernel, stride=stride, part=first)
    for size, kernel, stride, padding in PADDED:
        yield case(_x(rng, *size, N=2), kernel, stride=stride, padding=padding, part="padding")
    x = rng.integers(-9, 9, (2, 2, 5, 6)) if integers else _x(rng, 5, 6, N=2)
    yield case(x, (2, 3), stride=(2, 1), padding=(1, 1), part="padding", layout="view")
    yield case(_x(rng, 6, 4, N=3, D=1), (3, 2), stride=(1, 2), part=first, layout="F")


WHERE = [
    (
        "The windows start at their own number",
        "By how many pixels does the window move from one output to the next?",
        {"start": "index"},
    ),
    ("The stride is left out", "How far apart do two neighbouring windows start?", {"change": _one}),
    (
        "The windows always touch",
        "The stride need not be the size of the window: which of the two moves it?",
        {"change": _touching},
    ),
    (
        "Height and width of the stride swapped",
        "Which number of the stride belongs to the rows?",
        {"change": _swap("stride")},
    ),
    (
        "The stride of the height for both axes",
        "Rows and columns can move by different steps.",
        {"change": _shared("stride", 0)},
    ),
    (
        "Height and width of the window swapped",
        "The image's rows come before its columns; and the window's?",
        {"change": _swap("kernel")},
    ),
    (
        "The window is taken to be square",
        "How wide is the window, and where did you use that number?",
        {"change": _shared("kernel", 0)},
    ),
]
PADS = [
    (
        "Height and width of the padding swapped",
        "Which of the two numbers goes above and below?",
        {"change": _swap("padding")},
    ),
    (
        "The padding is forgotten",
        "Where does the first window start when padding is not 0?",
        {"sides": "none"},
    ),
    (
        "Padding on one side only",
        "The padding counts for each side: how much longer does that make the rows?",
        {"sides": "once"},
    ),
    (
        "All the padding in front",
        "What stands behind the last row, and what before the first?",
        {"sides": "first"},
    ),
    (
        "The padding is taken for the total",
        "Is the padding the number for one side, or for both together?",
        {"sides": "total"},
    ),
]
HANGS = (
    "The last window hangs over the edge",
    "Pixels can be left over: is there a window that does not fit whole?",
    {"ceil": True},
)

# --- q1: max pooling

q1 = sheet.function(
    "q1",
    "max_pool",
    title="keep the largest",
    section="15-definition",
    parts={"stride": 1, "padding": 1},
    answered_by="max_pool2d",
)


@q1.reference
def max_pool(x, kernel, *, stride, padding=(0, 0)):
    return vectorized.max_pool2d(x, kernel, stride=stride, padding=padding)


@q1.cases
def _(rng):
    yield from _forward_cases(rng, "stride")


@q1.right
def _(x, kernel, *, stride, padding=(0, 0)):
    # the padding of a window repeats pixels that the window holds already
    xpad = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(xpad, kernel, axis=(2, 3))
    return windows[:, :, :: stride[0], :: stride[1]].max(axis=(-2, -1))


@q1.right
def _(x, kernel, *, stride, padding=(0, 0)):
    (N, D, H, W), (kH, kW), (sH, sW), (pH, pW) = x.shape, kernel, stride, padding
    y = np.empty((N, D, (H + 2 * pH - kH) // sH + 1, (W + 2 * pW - kW) // sW + 1))
    for n, d, i, j in np.ndindex(y.shape):
        top, left = i * sH - pH, j * sW - pW
        y[n, d, i, j] = x[n, d, max(top, 0) : top + kH, max(left, 0) : left + kW].max()
    return y


q1.wrong(
    "Zeros in the padding win",
    "In a window of negative numbers, which entry is the largest: one of them, or one of the padding?",
    forward(fill=0.0),
)
q1.wrong(
    "The padding holds -1",
    "Is there a picture whose pixels are all smaller than your padding?",
    forward(fill=-1.0),
)
q1.wrong("The smallest is kept", "Which pixel of a window is kept?", forward(take="min"))
q1.wrong(
    "The sign is ignored",
    "Which of -5 and 2 is larger, and which is only further from zero?",
    forward(take="largest size"),
)
q1.wrong(
    "The mean instead of the maximum",
    "Which of the two poolings is asked for?",
    forward(take="mean"),
    section="15-picture",
)
q1.wrong(
    "The first pixel is kept",
    "A step through the picture thins it out; what about the other pixels of the window?",
    forward(take="first"),
    section="15-picture",
)
q1.wrong(
    "The channels are mixed",
    "How many channels has y, and does pooling mix them?",
    forward(channels="mixed"),
)
q1.wrong(
    "The first channel for all",
    "Each channel is pooled by itself: which one do you look at?",
    forward(channels="first"),
)
for _name, _hint, _mistake in [*WHERE, *PADS]:
    q1.wrong(_name, _hint, forward(**_mistake))
q1.wrong(HANGS[0], HANGS[1], forward(**HANGS[2]), section="15-breaks")

# --- q2: the winner pays

q2 = sheet.function(
    "q2",
    "max_pool_backward",
    title="only the winner pays",
    section="15-backward",
    parts={"windows that touch": 1, "overlaps and padding": 2, "ties": 1},
    answered_by="max_pool2d_backward",
)


@q2.reference
def max_pool_backward(dout, x, kernel, *, stride, padding=(0, 0)):
    return vectorized.max_pool2d_backward(dout, x, kernel, stride=stride, padding=padding)


def _backward_case(rng, x, kernel, stride, padding, part, **rest):
    dout = numbers(rng, *x.shape[:2], *_sizes(x.shape[2:], kernel, stride, padding))
    settings = {"padding": padding} if any(padding) else {}
    return case(dout, x, kernel, stride=stride, part=part, **settings, **rest)


@q2.cases
def _(rng):
    for size, kernel, stride, padding in TOUCHING:
        yield _backward_case(rng, _x(rng, *size), kernel, stride, padding, "windows that touch")
    part = "overlaps and padding"
    for size, kernel, stride, padding in [*STRIDED, *PADDED]:
        x = _x(rng, *size, N=2)
        if stride[0] < kernel[0] or stride[1] < kernel[1]:
            x[0, 0, min(size[0] - 1, 1), min(size[1] - 1, 1)] = 50.0  # wins several windows
        yield _backward_case(rng, x, kernel, stride, padding, part)
    yield _backward_case(rng, _x(rng, 5, 6, N=2), (2, 3), (2, 1), (1, 1), part, layout="view")
    yield _backward_case(rng, _x(rng, 5, 6, N=3, D=1), (2, 3), (2, 1), (0, 1), part)
    for size, kernel, stride, padding in [
        ((4, 6), (2, 3), (2, 3), (0, 0)),
        ((5, 6), (2, 4), (2, 1), (1, 2)),
    ]:
        x = rng.integers(0, 2, (1, 2, *size)) * 1.0
        x[0, 0, :2, :3] = 1.0
        x[0, 0, :2, 3:] = [[0, 1, 0], [1, 0, 0]]  # the first in row order is not the first in column order
        x[0, 1, :2], x[0, 1, 2] = 0.0, 1.0  # a tie above a row that a higher window would see
        yield _backward_case(rng, x, kernel, stride, padding, "ties")
    yield _backward_case(rng, np.full((1, 2, 4, 5), -2.0), (2, 3), (1, 2), (1, 0), "ties", layout="F")


@q2.right
def _(dout, x, kernel, *, stride, padding=(0, 0)):
    (kH, kW), (sH, sW), (pH, pW) = kernel, stride, padding
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)), constant_values=-np.inf)
    dxpad = np.zeros(xpad.shape)
    for n, d, i, j in np.ndindex(dout.shape):
        window = xpad[n, d, i * sH : i * sH + kH, j * sW : j * sW + kW]
        u, v = np.unravel_index(window.argmax(), kernel)
        dxpad[n, d, i * sH + u, j * sW + v] += dout[n, d, i, j]
    return dxpad[:, :, pH : pH + x.shape[2], pW : pW + x.shape[3]]


@q2.right
def _(dout, x, kernel, *, stride, padding=(0, 0)):
    windows, (rows, columns, _, shape, _) = look(x, kernel, stride, padding, fill=-1e9)
    place = windows.reshape(*dout.shape, -1).argmax(axis=-1)
    n, d, i, j = np.indices(dout.shape)
    dxpad = np.zeros((*x.shape[:2], *shape))
    np.add.at(dxpad, (n, d, rows[i, place // kernel[1]], columns[j, place % kernel[1]]), dout)
    H, W = x.shape[2:]
    return dxpad[:, :, padding[0] : padding[0] + H, padding[1] : padding[1] + W]


for _name, _hint, _mistake, _section in [
    (
        "Assigned instead of added up",
        "One pixel can win two windows that overlap: what does it get?",
        {"assign": True},
        "15-breaks",
    ),
    (
        "Whole windows are overwritten",
        "Where two windows overlap, what becomes of what the first one wrote?",
        {"assign": "window"},
        "15-breaks",
    ),
    (
        "Every tied pixel is paid in full",
        "Add up dx and add up dout: which is larger when two pixels are equal?",
        {"tie": "all"},
        "15-ties",
    ),
    (
        "Tied pixels share",
        "That is a fair choice, but not the one of this course and of PyTorch: who gets all?",
        {"tie": "shared"},
        "15-ties",
    ),
    (
        "The last of equal pixels wins",
        "When a later pixel is equal to the largest so far, does it win?",
        {"tie": "last"},
        "15-ties",
    ),
    (
        "The first in column order wins",
        "Of equal pixels, in which order are they visited: along a row, or down a column?",
        {"tie": "columns"},
        "15-ties",
    ),
    (
        "Nobody wins a tie",
        "Add up dx and add up dout: where did the rest go?",
        {"tie": "none"},
        "15-ties",
    ),
    (
        "The place is counted with the height",
        "Counting along rows, after how many pixels does the next row of the window begin?",
        {"tie": "unravelled"},
        "15-backward",
    ),
    (
        "All pixels of the window are paid",
        "If a pixel that did not win moves a little, does the output move?",
        {"share": "all"},
        "15-backward",
    ),
    (
        "The average's share",
        "If a pixel that did not win moves a little, does the maximum move?",
        {"share": "mean"},
        "15-backward",
    ),
    (
        "The gradient goes to positive pixels",
        "That is the rule of another layer; here one pixel of each window counts, whatever its sign.",
        {"share": "positive"},
        "15-backward",
    ),
    (
        "A winner below zero gets nothing",
        "A negative pixel can be the largest of its window: does y move with it?",
        {"share": "positive winner"},
        "15-backward",
    ),
    (
        "The smallest pixel is paid",
        "Which pixel is it that the output equals?",
        {"share": "smallest"},
        "15-backward",
    ),
    (
        "The sign is ignored",
        "Which pixel of the window does the output equal, -5 or 2?",
        {"share": "largest size"},
        "15-backward",
    ),
    (
        "dout times the pixel",
        "The output equals the winner: how far does it move when the winner moves by 1?",
        {"weigh": "value"},
        "15-backward",
    ),
    (
        "dout is left out",
        "Marking the winners is half of it: how much does each get?",
        {"weigh": "ones"},
        "15-backward",
    ),
    (
        "The first channel's winners for all",
        "Each channel has winners of its own.",
        {"channel": "first"},
        "15-definition",
    ),
    (
        "Zeros in the padding win",
        "Can an entry of the padding win, and what becomes of the gradient then?",
        {"fill": 0.0},
        "15-definition",
    ),
    (
        "The padding is not cropped",
        "How many rows has x, and how many has your dx?",
        {"crop": "none"},
        "15-definition",
    ),
    (
        "All cropped at the end",
        "Which rows of the padded dx stand for pixels of x?",
        {"crop": "end"},
        "15-definition",
    ),
    (
        "All cropped at the start",
        "Padding was put on both sides: from where is it taken off?",
        {"crop": "start"},
        "15-definition",
    ),
    (
        "Cropped to nothing without padding",
        "What does your crop leave when the padding is 0?",
        {"crop": "minus"},
        "15-definition",
    ),
    (*WHERE[0], "15-backward"),
]:
    q2.wrong(_name, _hint, backward(**_mistake), section=_section)

# --- q3: average pooling

q3 = sheet.function(
    "q3",
    "avg_pool",
    title="keep the mean",
    section="15-definition",
    parts={"stride": 1, "padding": 1},
    answered_by="avg_pool2d",
)


@q3.reference
def avg_pool(x, kernel, *, stride, padding=(0, 0)):
    return vectorized.avg_pool2d(x, kernel, stride=stride, padding=padding)


@q3.cases
def _(rng):
    yield from _forward_cases(rng, "stride", integers=True)


@q3.right
def _(x, kernel, *, stride, padding=(0, 0)):
    D = x.shape[1]
    weights = np.full((D, 1, *kernel), 1 / np.prod(kernel))
    return vectorized.conv2d(x, weights, stride=stride, padding=padding, groups=D)


@q3.right
def _(x, kernel, *, stride, padding=(0, 0)):
    xpad = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    windows = np.lib.stride_tricks.sliding_window_view(xpad, kernel, axis=(2, 3))
    return np.einsum("ndijuv->ndij", windows[:, :, :: stride[0], :: stride[1]]) / (kernel[0] * kernel[1])


for _name, _hint, _mistake, _section in [
    (
        "The padding does not count",
        "By how many does a window at the border divide, in this course and in PyTorch?",
        {"take": "real mean"},
        "15-breaks",
    ),
    ("The sum, not the mean", "What is the average of four equal pixels?", {"take": "sum"}, "15-picture"),
    (
        "The maximum instead of the mean",
        "Which of the two poolings is asked for?",
        {"take": "max"},
        "15-picture",
    ),
    (
        "The median instead of the mean",
        "One very large pixel moves the mean: does it move your result?",
        {"take": "median"},
        "15-picture",
    ),
    (
        "The mean is rounded down",
        "The mean of 1 and 2 is no whole number.",
        {"take": "floor"},
        "15-picture",
    ),
    (
        "Divided by the squared height",
        "How many pixels has a window that is wider than high?",
        {"take": "by height"},
        "15-definition",
    ),
    (
        "Divided by the squared width",
        "How many pixels has a window that is higher than wide?",
        {"take": "by width"},
        "15-definition",
    ),
    (
        "Divided by height plus width",
        "How many pixels has a window of 2 rows and 3 columns?",
        {"take": "by both"},
        "15-definition",
    ),
    (
        "Divided by the stride",
        "How many numbers are added up in a window, however far it moves?",
        {"take": "by stride"},
        "15-definition",
    ),
    (
        "Divided by the number of outputs",
        "The mean is over one window: how many pixels are in it?",
        {"take": "by outputs"},
        "15-definition",
    ),
    (
        "The edge is repeated instead of zeros",
        "What does the padding of average pooling hold?",
        {"take": "mean", "edge": True},
        "15-definition",
    ),
    (
        "The channels are mixed",
        "How many channels has y, and does pooling mix them?",
        {"take": "mean", "channels": "mixed"},
        "15-definition",
    ),
    (
        "The first channel for all",
        "Each channel is pooled by itself: which one do you look at?",
        {"take": "mean", "channels": "first"},
        "15-definition",
    ),
    *((n, h, {"take": "mean", **m}, "15-definition") for n, h, m in [*WHERE, *PADS]),
    (HANGS[0], HANGS[1], {"take": "mean", **HANGS[2]}, "15-breaks"),
]:
    q3.wrong(_name, _hint, forward(**_mistake), section=_section)

# --- q4: average pooling, backward

q4 = sheet.function(
    "q4",
    "avg_pool_backward",
    title="everybody pays a share",
    section="15-backward",
    parts={"stride": 1, "padding": 1},
    answered_by="avg_pool2d_backward",
)


@q4.reference
def avg_pool_backward(dout, x, kernel, *, stride, padding=(0, 0)):
    return vectorized.avg_pool2d_backward(dout, x, kernel, stride=stride, padding=padding)


@q4.cases
def _(rng):
    for size, kernel, stride, padding in [*TOUCHING, *STRIDED]:
        yield _backward_case(rng, _x(rng, *size), kernel, stride, padding, "stride")
    yield _backward_case(rng, _x(rng, 5, 6, N=3, D=1), (2, 3), (2, 1), (0, 0), "stride")
    for size, kernel, stride, padding in PADDED:
        yield _backward_case(rng, _x(rng, *size, N=2), kernel, stride, padding, "padding")
    dout = rng.integers(-9, 9, (2, 2, 3, 6))
    x = rng.integers(-9, 9, (2, 2, 5, 6))
    yield case(dout, x, (2, 3), stride=(2, 1), padding=(1, 1), part="padding", layout="view")


@q4.right
def _(dout, x, kernel, *, stride, padding=(0, 0)):
    D = x.shape[1]
    weights = np.full((D, 1, *kernel), 1 / np.prod(kernel))
    return vectorized.conv2d_backward(dout, x, weights, stride=stride, padding=padding, groups=D)[0]


@q4.right
def _(dout, x, kernel, *, stride, padding=(0, 0)):
    (kH, kW), (sH, sW), (pH, pW), (H, W) = kernel, stride, padding, x.shape[2:]
    dx = np.zeros((*x.shape[:2], H, W))
    for i, j in np.ndindex(dout.shape[2:]):
        top, left = i * sH - pH, j * sW - pW
        dx[:, :, max(top, 0) : top + kH, max(left, 0) : left + kW] += dout[:, :, i, j, None, None] / (kH * kW)
    return dx


for _name, _hint, _mistake, _section in [
    (
        "dout is not divided",
        "How far does a mean of six move when one of the six moves by 1?",
        {"share": "all"},
        "15-backward",
    ),
    (
        "Assigned instead of added up",
        "A pixel where two windows overlap moves both means: what does it get?",
        {"share": "mean", "assign": True},
        "15-breaks",
    ),
    (
        "Divided by the real pixels",
        "By how many did the forward pass divide at the border?",
        {"share": "real mean"},
        "15-breaks",
    ),
    (
        "Divided by the squared height",
        "How many pixels has a window that is wider than high?",
        {"share": "by height"},
        "15-backward",
    ),
    (
        "Divided by the squared width",
        "How many pixels has a window that is higher than wide?",
        {"share": "by width"},
        "15-backward",
    ),
    (
        "Divided by the stride",
        "Each pixel's share depends on how many are in a window, not on how far windows move.",
        {"share": "by stride"},
        "15-backward",
    ),
    (
        "Divided by the number of outputs",
        "How many pixels share one dout?",
        {"share": "by outputs"},
        "15-backward",
    ),
    (
        "All to the first pixel",
        "Which pixels of the window move its mean?",
        {"share": "corner"},
        "15-backward",
    ),
    (
        "All to the middle pixel",
        "Which pixels of the window move its mean?",
        {"share": "centre"},
        "15-backward",
    ),
    (
        "All to the largest pixel",
        "That is the other pooling: which pixels move a mean?",
        {"share": "winner"},
        "15-backward",
    ),
    (
        "dout times the pixel",
        "How far does the mean move when a pixel moves by 1, whatever its value?",
        {"share": "mean", "weigh": "value"},
        "15-backward",
    ),
    (
        "dout is left out",
        "Every window has a gradient of its own: where does it come in?",
        {"share": "mean", "weigh": "ones"},
        "15-backward",
    ),
    (
        "Averaged over the images",
        "Does one image's output depend on how many others there are?",
        {"share": "mean", "weigh": "mean of images"},
        "15-backward",
    ),
    (
        "The padding is not cropped",
        "How many rows has x, and how many has your dx?",
        {"share": "mean", "crop": "none"},
        "15-definition",
    ),
    (
        "All cropped at the end",
        "Which rows of the padded dx stand for pixels of x?",
        {"share": "mean", "crop": "end"},
        "15-definition",
    ),
    (
        "All cropped at the start",
        "Padding was put on both sides: from where is it taken off?",
        {"share": "mean", "crop": "start"},
        "15-definition",
    ),
    (
        "Cropped to nothing without padding",
        "What does your crop leave when the padding is 0?",
        {"share": "mean", "crop": "minus"},
        "15-definition",
    ),
    (WHERE[0][0], WHERE[0][1], {"share": "mean", **WHERE[0][2]}, "15-backward"),
]:
    q4.wrong(_name, _hint, backward(**_mistake), section=_section)

# --- q5: the stretch: the receptive field

q5 = sheet.function(
    "q5",
    "field_of",
    title="what one output pixel sees",
    section="15-receptive",
    outputs=("size", "jump", "start"),
    parts={"size": 2, "jump": 1, "start": 1},
    answered_by="receptive_field",
)


@q5.reference
def field_of(layers):
    return tuple(receptive_field(layers))


@q5.cases
def _(rng):
    yield case([(3, 1, 0, 1), (3, 1, 0, 1)])
    yield case([(3, 2, 1, 1), (3, 2, 1, 1)])
    yield case([(5, 1, 0, 1), (2, 2, 0, 1), (5, 1, 2, 1), (2, 2, 0, 1)])
    yield case([(3, 1, 1, 2), (2, 3, 0, 1), (4, 2, 1, 3)])
    yield case([])
    for _ in range(4):
        layers = [
            (
                int(rng.integers(2, 6)),
                int(rng.integers(1, 4)),
                int(rng.integers(1, 3)),
                int(rng.integers(1, 4)),
            )
            for _ in range(int(rng.integers(2, 5)))
        ]
        yield case([*layers, (3, 2, 1, 2)])


@q5.right
def _(layers):
    # from the last layer down: output 0, and output 1 for the jump
    ends = []
    for output in (0, 1):
        low = high = output
        for k, S, P, Dl in layers[::-1]:
            low, high = low * S - P, high * S - P + Dl * (k - 1)
        ends.append((low, high))
    return ends[0][1] - ends[0][0] + 1, ends[1][0] - ends[0][0], ends[0][0]


def _follow(
    grow=lambda size, jump, k, S, P, Dl: size + Dl * (k - 1) * jump,
    move=lambda start, jump, k, S, P, Dl: start - P * jump,
    leap=lambda jump, k, S, P, Dl: jump * S,
    *,
    first=(1, 1, 0),
    early=False,
    reverse=False,
):
    def field_of(layers):
        size, jump, start = first
        for layer in layers[::-1] if reverse else layers:
            later = leap(jump, *layer)
            now = later if early else jump
            size, start, jump = grow(size, now, *layer), move(start, now, *layer), later
        return size, jump, start

    return field_of


for _name, _hint, _function in [
    (
        "The jump is left out of the size",
        "After a stride of 2, how many input pixels apart do two neighbouring taps of the next layer look?",
        _follow(lambda size, jump, k, S, P, Dl: size + Dl * (k - 1)),
    ),
    (
        "The whole kernel is added",
        "One layer of 3 taps at the input: how many pixels does it see?",
        _follow(lambda size, jump, k, S, P, Dl: size + (Dl * (k - 1) + 1) * jump),
    ),
    (
        "The dilation is left out",
        "How far does a kernel of 3 taps reach when they stand 2 apart?",
        _follow(lambda size, jump, k, S, P, Dl: size + (k - 1) * jump),
    ),
    (
        "The dilation is counted as holes",
        "Dilation 1 means no gap at all: how far apart are the taps then?",
        _follow(lambda size, jump, k, S, P, Dl: size + (Dl + 1) * (k - 1) * jump),
    ),
    (
        "The dilation times the whole kernel",
        "Between k taps, how many gaps are there?",
        _follow(lambda size, jump, k, S, P, Dl: size + (Dl * k - 1) * jump),
    ),
    (
        "The sizes are multiplied",
        "Two layers of 3 taps at stride 1 see less than 9 pixels: how many?",
        _follow(lambda size, jump, k, S, P, Dl: size * (Dl * (k - 1) + 1)),
    ),
    (
        "The padding makes the field larger",
        "Zeros around the input shift the field: do they widen it?",
        _follow(lambda size, jump, k, S, P, Dl: size + Dl * (k - 1) * jump + 2 * P * jump),
    ),
    (
        "The padding makes the field smaller",
        "How many pixels a tap is away from another does not depend on the padding.",
        _follow(lambda size, jump, k, S, P, Dl: size + Dl * (k - 1) * jump - 2 * P * jump),
    ),
    (
        "The stride comes too early",
        "A layer's taps look at its input: is its own stride in the jump there already?",
        _follow(early=True),
    ),
    (
        "From the output to the input",
        "The rules start at the input: which layer comes first in the list?",
        _follow(reverse=True),
    ),
    (
        "The size starts at 0",
        "With no layer at all, how many pixels does a pixel see?",
        _follow(first=(0, 1, 0)),
    ),
    (
        "The strides are added",
        "Two layers of stride 3: how many input pixels apart do two neighbouring outputs look?",
        _follow(leap=lambda jump, k, S, P, Dl: jump + S),
    ),
    (
        "The stride of the last layer",
        "What becomes of the strides of the earlier layers?",
        _follow(leap=lambda jump, k, S, P, Dl: S),
    ),
    (
        "The strides are added up from one",
        "Stride 1 changes nothing; what do strides 2 and 2 do together?",
        _follow(leap=lambda jump, k, S, P, Dl: jump + S - 1),
    ),
    (
        "The jump is left out of the start",
        "A padding of 1 further up: how many input pixels is that?",
        _follow(move=lambda start, jump, k, S, P, Dl: start - P),
    ),
    (
        "The start moves forward",
        "Padding stands in front of the first pixel: is that at a positive or a negative place?",
        _follow(move=lambda start, jump, k, S, P, Dl: start + P * jump),
    ),
    (
        "The start leaves the padding out",
        "A padding of 1: which pixel is the first that output 0 looks at?",
        _follow(move=lambda start, jump, k, S, P, Dl: start),
    ),
    (
        "The start counts both sides",
        "Padding behind the last pixel does not move the first window: how many zeros stand in front?",
        _follow(move=lambda start, jump, k, S, P, Dl: start - 2 * P * jump),
    ),
    (
        "The start is that of the middle",
        "Start is where the field begins, not where its middle is.",
        _follow(move=lambda start, jump, k, S, P, Dl: start + (Dl * (k - 1) // 2 - P) * jump),
    ),
]:
    q5.wrong(_name, _hint, _function)
