"""Sheet of 15_pooling: maximum and average, forward and backward, with ties; the receptive field."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_lib import vectorized
from conv_lib.sizes import output_size

sheet = Sheet("15_pooling")

# Shapes (H, W), kernel, stride, padding: the simple ones first; leftovers in some, overlaps in some.
TOUCHING = [
    ((2, 6), (2, 3), (2, 3), (0, 0)),
    ((5, 10), (2, 3), (2, 3), (0, 0)),
    ((9, 4), (3, 2), (3, 2), (0, 0)),
]
STRIDED = [
    ((2, 4), (1, 2), (2, 1), (0, 0)),
    ((5, 6), (3, 2), (2, 1), (0, 0)),
    ((4, 8), (2, 3), (1, 3), (0, 0)),  # two columns left over, no row
    ((7, 6), (2, 2), (3, 2), (0, 0)),  # two rows left over, no column
    ((3, 6), (3, 2), (1, 2), (0, 0)),
    ((5, 3), (2, 3), (2, 1), (0, 0)),
]
PADDED = [
    ((2, 3), (2, 1), (1, 1), (1, 0)),
    ((5, 4), (3, 2), (2, 1), (1, 0)),
    ((6, 7), (4, 3), (3, 2), (2, 1)),
    ((6, 8), (3, 4), (1, 3), (0, 2)),
    ((1, 6), (2, 3), (1, 2), (1, 0)),
    ((5, 1), (3, 2), (2, 1), (0, 1)),
]
# Pixels below any number that may seem low enough for padding; the second ones just fit single precision.
FAR_BELOW = (-1e6, -1e37)


def _x(rng, H, W, N=1, D=2):
    """Numbers, two thirds of them negative, so that padding zeros can win; no two are equal, none is 0."""
    size = N * D * H * W
    x = rng.permutation(size).reshape(N, D, H, W) - 2.0 * size // 3
    return x + (x >= 0) if size <= 48 else (x + 0.5) / 4


def _far_below(rng):
    for unit in FAR_BELOW:
        yield (
            unit * (1 + rng.permutation(12).reshape(1, 1, 3, 4)),
            {
                "kernel": (2, 3),
                "stride": (2, 2),
                "padding": (1, 1),
            },
        )


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


# Slips of all four passes: one number in place of another in kernel, stride and padding.
SETTINGS = """
The windows always touch
    = kernel, stride, padding => = kernel, kernel, padding
    The stride need not be the size of the window: which of the two moves it?

Height and width of the stride swapped
    = kernel, stride, padding => = kernel, stride[::-1], padding
    Which number of the stride belongs to the rows?

The stride of the height for both axes
    = kernel, stride, padding => = kernel, (stride[0], stride[0]), padding
    By how many columns does a window move to the next one of its row?

The stride of the width for both axes
    = kernel, stride, padding => = kernel, (stride[1], stride[1]), padding
    By how many rows does a window move to the next one below it?

Height and width of the window swapped
    = kernel, stride, padding => = kernel[::-1], stride, padding
    Which number of the window's size belongs to the rows?

The height of the window for both axes
    = kernel, stride, padding => = (kernel[0], kernel[0]), stride, padding
    How wide is a window, and how high?

The width of the window for both axes
    = kernel, stride, padding => = (kernel[1], kernel[1]), stride, padding
    How wide is a window, and how high?

Height and width of the padding swapped
    = kernel, stride, padding => = kernel, stride, padding[::-1]
    Which of the two numbers goes above and below?

At the left stands as much padding as above
    = kernel, stride, padding => = kernel, stride, (padding[0], padding[0])
    How many columns of padding stand at the left, and how many rows above?

Above stands as much padding as at the left
    = kernel, stride, padding => = kernel, stride, (padding[1], padding[1])
    How many rows of padding stand above, and how many columns at the left?
"""
# Slips of both forward passes.
WINDOWS = """
The stride is left out
    = kernel, stride, padding => = kernel, (1, 1), padding
    How far apart do two neighbouring windows start?

The padding is forgotten
    = kernel, stride, padding => = kernel, stride, (0, 0)
    Where does the first window start when padding is not 0?

The windows start one pixel apart
    i * sH =>> i
    j * sW =>> j
    By how many pixels does the window move from one output to the next?

Padding in front only
    (pH, pH), (pW, pW) => (pH, 0), (pW, 0)
    The padding counts for each side: how much longer does that make the rows?

All the padding in front
    (pH, pH), (pW, pW) => (2 * pH, 0), (2 * pW, 0)
    What stands behind the last row, and what before the first?

The padding is taken for the total
    (pH, pH), (pW, pW) => (pH // 2, pH - pH // 2), (pW // 2, pW - pW // 2)
    Is the padding the number for one side, or for both together?

The last window hangs over the edge  [15-breaks]
    (H - kH) // sH + 1, (W - kW) // sW + 1 => -(-(H - kH) // sH) + 1, -(-(W - kW) // sW) + 1
    Pixels can be left over: is there a window that does not fit whole?

The first channel for all
    xpad[:, :, i => xpad[:, :1, i
    Each channel is pooled by itself: which one do you look at?
"""

# --- q1: max pooling

q1 = sheet.function(
    "q1",
    "max_pool",
    title="max pooling keeps the largest",
    section="15-definition",
    parts={"stride": 1, "padding": 1},
    answered_by="max_pool2d",
)


q1.solution('''
def max_pool(x, kernel, *, stride, padding=(0, 0)):
    """The largest pixel of each window: (N, D, H, W) -> (N, D, H', W')."""
    (kH, kW), (sH, sW), (pH, pW) = kernel, stride, padding
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)), constant_values=-np.inf)
    N, D, H, W = xpad.shape
    y = np.zeros((N, D, (H - kH) // sH + 1, (W - kW) // sW + 1))
    for i, j in np.ndindex(y.shape[2:]):
        window = xpad[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW]
        y[:, :, i, j] = window.max(axis=(2, 3))
    return y
''')


@q1.cases
def _(rng):
    yield from _forward_cases(rng, "stride")
    for x, how in _far_below(rng):
        yield case(x, how["kernel"], stride=how["stride"], padding=how["padding"], part="padding")


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


q1.slips(SETTINGS)
q1.slips(WINDOWS)
q1.slips("""
The padding wins over negative pixels
    , constant_values=-np.inf =>
    In a window of negative numbers, which entry is the largest: one of them, or one of the padding?

The smallest is kept, the padding included
    , constant_values=-np.inf =>
    .max( => .min(
    Which pixel of a window is kept?

The smallest is kept, padding of -inf included
    .max( => .min(
    Which pixel of a window is kept?

The smallest pixel is kept
    -np.inf => np.inf
    .max( => .min(
    Which pixel of a window is kept?

The sign is ignored, in the padding too
    window.max( => abs(window).max(
    Which of -5 and 2 is larger, and which is only further from zero?

The sign is ignored
    window.max( => abs(window).max(
    , constant_values=-np.inf =>
    Which of -5 and 2 is larger, and which is only further from zero?

The mean instead of the maximum  [15-picture]
    , constant_values=-np.inf =>
    .max( => .mean(
    Which of the two poolings is asked for?

The first pixel is kept  [15-picture]
    , constant_values=-np.inf =>
    window.max(axis=(2, 3)) => window[..., 0, 0]
    A window has several pixels: which one of them is asked for?

The channels are mixed
    np.zeros((N, D, => np.zeros((N, 1,
    window.max(axis=(2, 3)) => window.max(axis=(1, 2, 3))[:, None]
    How many channels has y, and does pooling mix them?

The largest of all channels
    window.max(axis=(2, 3)) => window.max(axis=(1, 2, 3))[:, None]
    Each channel is pooled by itself: over which axes do you look for the largest?
""")
for _low in ("-1", "-10", "-100", "-999", "-1000", "-1e6", "-1e9"):
    q1.slips(f"""
The padding holds {_low}
    -np.inf => {_low}
    Is there a picture whose pixels are all smaller than your padding?
""")

# --- q2: the winner gets it

q2 = sheet.function(
    "q2",
    "max_pool_backward",
    title="only the winner gets it",
    section="15-backward",
    parts={"windows that touch": 1, "overlaps and padding": 2, "ties": 1},
    answered_by="max_pool2d_backward",
)


q2.solution('''
def max_pool_backward(dout, x, kernel, *, stride, padding=(0, 0)):
    """dx of max pooling: (N, D, H', W') -> (N, D, H, W)."""
    (kH, kW), (sH, sW), (pH, pW), (H, W) = kernel, stride, padding, x.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)), constant_values=-np.inf)
    dxpad = np.zeros(xpad.shape)
    for n, d, i, j in np.ndindex(dout.shape):
        window = xpad[n, d, i * sH : i * sH + kH, j * sW : j * sW + kW]
        u, v = divmod(window.argmax(), kW)
        dxpad[n, d, i * sH + u, j * sW + v] += dout[n, d, i, j]
    return dxpad[:, :, pH : pH + H, pW : pW + W]
''')


def _backward_case(rng, x, kernel, stride, padding, part, **rest):
    dout = numbers(rng, *x.shape[:2], *_sizes(x.shape[2:], kernel, stride, padding))
    settings = {"padding": padding} if any(padding) else {}
    return case(dout, x, kernel, stride=stride, part=part, **settings, **rest)


@q2.cases
def _(rng):
    for size, kernel, stride, padding in TOUCHING:
        x = _x(rng, *size)
        x = x - x.max() - 1 if size == TOUCHING[-1][0] else x  # all below 0, the winners too
        yield _backward_case(rng, x, kernel, stride, padding, "windows that touch")
    part = "overlaps and padding"
    for size, kernel, stride, padding in [*STRIDED, *PADDED]:
        x = _x(rng, *size, N=2)
        if stride[0] < kernel[0] or stride[1] < kernel[1]:
            x[0, 0, min(size[0] - 1, 1), min(size[1] - 1, 1)] = 50.0  # wins several windows
        yield _backward_case(rng, x, kernel, stride, padding, part)
    yield _backward_case(rng, _x(rng, 5, 6, N=2), (2, 3), (2, 1), (1, 1), part, layout="view")
    yield _backward_case(rng, _x(rng, 5, 6, N=3, D=1), (2, 3), (2, 1), (0, 1), part)
    for x, how in _far_below(rng):
        yield _backward_case(rng, x, **how, part=part)
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
    (_, kW), (sH, sW), (pH, pW), (H, W) = kernel, stride, padding, x.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)), constant_values=np.finfo(float).min)
    windows = np.lib.stride_tricks.sliding_window_view(xpad, kernel, axis=(2, 3))[:, :, ::sH, ::sW]
    place = windows.reshape(*dout.shape, -1).argmax(axis=-1)
    n, d, i, j = np.indices(dout.shape)
    dxpad = np.zeros(xpad.shape)
    np.add.at(dxpad, (n, d, i * sH + place // kW, j * sW + place % kW), dout)
    return dxpad[:, :, pH : pH + H, pW : pW + W]


# Slips of both backward passes.
PLACES = """
The padding is not cropped  [15-definition]
    [:, :, pH : pH + H, pW : pW + W] =>
    How many rows has x, and how many has your dx?

dx begins where the padding does  [15-definition]
    [:, :, pH : pH + H, pW : pW + W] => [:, :, :H, :W]
    With padding 1, which row of the first window is the first row of x?

All cropped at the start  [15-definition]
    [:, :, pH : pH + H, pW : pW + W] => [:, :, 2 * pH :, 2 * pW :]
    Padding was put on both sides: from where is it taken off?

Cropped to nothing without padding  [09-breaks]
    [:, :, pH : pH + H, pW : pW + W] => [:, :, pH:-pH, pW:-pW]
    When the padding is 0, what does a slice from padding to -padding leave?

The windows start one pixel apart
    i * sH =>> i
    j * sW =>> j
    By how many pixels does the window move from one output to the next?
"""

q2.slips(SETTINGS)
q2.slips(PLACES)
q2.slips("""
Overwritten instead of added up  [15-breaks]
    += => =
    One pixel can win two windows that overlap: is each share added to the earlier ones?

The place is counted with the height
    divmod(window.argmax(), kW) => divmod(window.argmax(), kH)
    Counting along rows, after how many pixels does the next row of the window begin?

The winner's place in the window is taken for its place in x
    i * sH + u, j * sW + v => i + u, j + v
    or
    i * sH + u, j * sW + v => u, v
    argmax counts from the corner of the window: where in x is that corner?

dout times the pixel
    += dout[n, d, i, j] => += dout[n, d, i, j] * window[u, v]
    The output equals the winner: how far does it move when the winner moves by 1?

dout is left out
    += dout[n, d, i, j] => += 1
    Marking the winners is half of it: how much does each get?

A winner below zero gets nothing
    += dout[n, d, i, j] => += dout[n, d, i, j] * (window[u, v] > 0)
    A negative pixel can be the largest of its window: does y move with it?

The first channel's winners for all  [15-definition]
    xpad[n, d, => xpad[n, 0,
    Each channel has winners of its own: which pixels win in the second one?

The padding wins over negative pixels  [15-definition]
    , constant_values=-np.inf =>
    Can an entry of the padding win, and what becomes of the gradient then?

The padding holds -1  [15-definition]
    -np.inf => -1
    Is there a picture whose pixels are all smaller than your padding?

The padding is not low enough  [15-definition]
    -np.inf => -1000
    Is there a picture whose pixels are all smaller than your padding?

The padding is not low enough  [15-definition]
    -np.inf => -1e9
    Is there a picture whose pixels are all smaller than your padding?

The smallest is paid, the padding included
    , constant_values=-np.inf =>
    argmax => argmin
    Which pixel is it that the output equals?

The smallest is paid, padding of -inf included
    argmax => argmin
    Which pixel is it that the output equals?

The sign is ignored
    , constant_values=-np.inf =>
    window.argmax() => abs(window).argmax()
    Which pixel of the window does the output equal, -5 or 2?
""")
# with room for a place outside the window, which then raises no error
q2.slips(
    """
The place is counted with the height
    kW, best % kW => kH, best % kH
    or
    best // kW => best // kH
    or
    best % kW => best % kH
    Counting along rows, after how many pixels does the next row of the window begin?
""",
    source="""
def max_pool_backward(dout, x, kernel, *, stride, padding=(0, 0)):
    (kH, kW), (sH, sW), (pH, pW), (H, W) = kernel, stride, padding, x.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)), constant_values=-np.inf)
    dxpad = np.zeros((*x.shape[:2], H + 2 * pH + kH * kW, W + 2 * pW + kH * kW))
    for n, d, i, j in np.ndindex(dout.shape):
        best = xpad[n, d, i * sH : i * sH + kH, j * sW : j * sW + kW].argmax()
        u, v = best // kW, best % kW
        dxpad[n, d, i * sH + u, j * sW + v] += dout[n, d, i, j]
    return dxpad[:, :, pH : pH + H, pW : pW + W]
""",
)
q2.slips(
    """
Whole windows are overwritten  [15-breaks]
    += => =
    Where two windows overlap, what becomes of what the first one wrote?

Every tied pixel is paid in full  [15-ties]
    share.flat[window.argmax()] => share[window == window.max()]
    When two pixels are equal, is the sum of dx still the sum of dout?

Tied pixels share  [15-ties]
    share.flat[window.argmax()] = 1 => share[window == window.max()] = 1 / np.sum(window == window.max())
    That is a fair choice, but not the one of this course and of PyTorch: who gets all?

The last of equal pixels wins  [15-ties]
    share.flat[window.argmax()] => share[::-1, ::-1].flat[window[::-1, ::-1].argmax()]
    When a later pixel is equal to the largest so far, does it win?

The first in column order wins  [15-ties]
    share.flat[window.argmax()] => share.T.flat[window.T.argmax()]
    Of equal pixels, in which order are they visited: along a row, or down a column?

Nobody wins a tie  [15-ties]
    share.flat[window.argmax()] = 1 => share[window == window.max()] = np.sum(window == window.max()) == 1
    Add up dx and add up dout: where did the rest go?

All pixels of the window are paid
    share.flat[window.argmax()] => share[:]
    If a pixel that did not win moves a little, does the output move?

Each pixel of a window gets an equal share
    share.flat[window.argmax()] = 1 => share[:] = 1 / (kH * kW)
    If a pixel that did not win moves a little, does the maximum move?

The gradient goes to positive pixels
    share.flat[window.argmax()] => share[window > 0]
    That is the rule of another layer: which pixel of a window counts here, whatever its sign?
""",
    source="""
def max_pool_backward(dout, x, kernel, *, stride, padding=(0, 0)):
    (kH, kW), (sH, sW), (pH, pW), (H, W) = kernel, stride, padding, x.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)), constant_values=-np.inf)
    dxpad = np.zeros(xpad.shape)
    for n, d, i, j in np.ndindex(dout.shape):
        place = n, d, slice(i * sH, i * sH + kH), slice(j * sW, j * sW + kW)
        window, share = xpad[place], np.zeros(kernel)
        share.flat[window.argmax()] = 1
        dxpad[place] += dout[n, d, i, j] * share
    return dxpad[:, :, pH : pH + H, pW : pW + W]
""",
)

# --- q3: average pooling

q3 = sheet.function(
    "q3",
    "avg_pool",
    title="average pooling keeps the mean",
    section="15-definition",
    parts={"stride": 1, "padding": 1},
    answered_by="avg_pool2d",
)


q3.solution('''
def avg_pool(x, kernel, *, stride, padding=(0, 0)):
    """The mean of each window, zeros of the padding included."""
    (kH, kW), (sH, sW), (pH, pW) = kernel, stride, padding
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
    N, D, H, W = xpad.shape
    y = np.zeros((N, D, (H - kH) // sH + 1, (W - kW) // sW + 1))
    for i, j in np.ndindex(y.shape[2:]):
        window = xpad[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW]
        y[:, :, i, j] = window.sum(axis=(2, 3)) / (kH * kW)
    return y
''')


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
    return windows[:, :, :: stride[0], :: stride[1]].mean(axis=(4, 5))


q3.slips(SETTINGS)
q3.slips(WINDOWS)
q3.slips("""
The padding does not count  [15-breaks]
    - window = xpad[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW]
    - y[:, :, i, j] = window.sum(axis=(2, 3)) / (kH * kW)
    + top, left = i * sH - pH, j * sW - pW
    + window = x[:, :, max(top, 0) : top + kH, max(left, 0) : left + kW]
    + y[:, :, i, j] = window.mean(axis=(2, 3))
    By how many does a window at the border divide, in this course and in PyTorch?

The sum, not the mean  [15-picture]
    / (kH * kW) =>
    What is the average of four equal pixels?

The maximum instead of the mean  [15-picture]
    np.pad(x, => np.pad(x * 1.0,
    (pW, pW))) => (pW, pW)), constant_values=-np.inf)
    sum(axis=(2, 3)) / (kH * kW) => max(axis=(2, 3))
    Which of the two poolings is asked for?

The maximum, the padding included  [15-picture]
    sum(axis=(2, 3)) / (kH * kW) => max(axis=(2, 3))
    Which of the two poolings is asked for?

The median instead of the mean  [15-picture]
    window.sum(axis=(2, 3)) / (kH * kW) => np.median(window, axis=(2, 3))
    One very large pixel moves the mean: does it move your result?

The mean is rounded down  [15-picture]
    / (kH => // (kH
    The mean of 1 and 2 is no whole number: what becomes of the half?

Divided by the squared height
    / (kH * kW) => / kH**2
    How many pixels has a window that is wider than high?

Divided by the squared width
    / (kH * kW) => / kW**2
    How many pixels has a window that is higher than wide?

Divided by height plus width
    kH * kW => kH + kW
    How many pixels has a window of 2 rows and 3 columns?

Divided by the stride
    kH * kW => sH * sW
    How many numbers are added up in a window, however far it moves?

Divided by the number of outputs
    / (kH * kW) => / y[0, 0].size
    The mean is over one window: how many pixels are in it?

The edge is repeated instead of zeros
    (pW, pW))) => (pW, pW)), mode="edge")
    What does the padding of average pooling hold?

The channels are mixed
    np.zeros((N, D, => np.zeros((N, 1,
    window.sum(axis=(2, 3)) / (kH * kW) => window.mean(axis=(1, 2, 3))[:, None]
    How many channels has y, and does pooling mix them?

The mean of all channels
    window.sum(axis=(2, 3)) / (kH * kW) => window.mean(axis=(1, 2, 3))[:, None]
    Each channel is pooled by itself: over which axes do you take the mean?
""")

# --- q4: average pooling, backward

q4 = sheet.function(
    "q4",
    "avg_pool_backward",
    title="every pixel gets a share",
    section="15-average",
    parts={"stride": 1, "padding": 1},
    answered_by="avg_pool2d_backward",
)


q4.solution('''
def avg_pool_backward(dout, x, kernel, *, stride, padding=(0, 0)):
    """dx of average pooling, with the shape of x."""
    (kH, kW), (sH, sW), (pH, pW), (H, W) = kernel, stride, padding, x.shape[2:]
    dxpad = np.zeros((*x.shape[:2], H + 2 * pH, W + 2 * pW))
    for i, j in np.ndindex(dout.shape[2:]):
        share = dout[:, :, i, j, None, None] / (kH * kW)
        dxpad[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW] += share
    return dxpad[:, :, pH : pH + H, pW : pW + W]
''')


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


q4.slips(SETTINGS)
q4.slips(PLACES)
q4.slips("""
dout is not divided
    / (kH * kW) =>
    How far does a mean of six move when one of the six moves by 1?

The shares are rounded down
    / (kH * kW) => // (kH * kW)
    A sixth of 1 is no whole number: what becomes of it?

dx has the type of dout
    W + 2 * pW)) => W + 2 * pW), dout.dtype)
    When dout holds whole numbers, can an array of its type hold fractions?

Overwritten instead of added up  [15-breaks]
    += => =
    A pixel where two windows overlap moves both means: is each share added to the earlier ones?

Divided by the real pixels  [15-breaks]
    - share = dout[:, :, i, j, None, None] / (kH * kW)
    + inside_rows = min(i * sH + kH, pH + H) - max(i * sH, pH)
    + inside_columns = min(j * sW + kW, pW + W) - max(j * sW, pW)
    + share = dout[:, :, i, j, None, None] / (inside_rows * inside_columns)
    By how many did the forward pass divide at the border?

Divided by the squared height
    / (kH * kW) => / kH**2
    How many pixels has a window that is wider than high?

Divided by the squared width
    / (kH * kW) => / kW**2
    How many pixels has a window that is higher than wide?

Divided by the stride
    kH * kW => sH * sW
    Does a pixel's share depend on how many are in a window, or on how far windows move?

Divided by the number of outputs
    / (kH * kW) => / dout[0, 0].size
    How many pixels share one dout?

All to the first pixel
    / (kH * kW) =>
    i * sH : i * sH + kH, j * sW : j * sW + kW => i * sH : i * sH + 1, j * sW : j * sW + 1
    Which pixels of the window move its mean?

All to the middle pixel
    - share = dout[:, :, i, j, None, None] / (kH * kW)
    - dxpad[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW] += share
    + dxpad[:, :, i * sH + kH // 2, j * sW + kW // 2] += dout[:, :, i, j]
    Which pixels of the window move its mean?

All to the largest pixel
    - share = dout[:, :, i, j, None, None] / (kH * kW)
    - dxpad[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW] += share
    + xpad = np.pad(x * 1.0, ((0, 0), (0, 0), (pH, pH), (pW, pW)), constant_values=-np.inf)
    + for n, d in np.ndindex(dout.shape[:2]):
    +     window = xpad[n, d, i * sH : i * sH + kH, j * sW : j * sW + kW]
    +     u, v = divmod(window.argmax(), kW)
    +     dxpad[n, d, i * sH + u, j * sW + v] += dout[n, d, i, j]
    That is the other pooling: which pixels move a mean?

dout times the pixel
    - dxpad[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW] += share
    + xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
    + window = xpad[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW]
    + dxpad[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW] += share * window
    How far does the mean move when a pixel moves by 1, whatever its value?

dout is left out
    dout[:, :, i, j, None, None] / (kH * kW) => 1 / (kH * kW)
    Every window has a gradient of its own: where does it come in?

Averaged over the images
    / (kH * kW) => / (kH * kW * len(x))
    Does one image's output depend on how many others there are?
""")

# --- q5: the stretch: the receptive field

q5 = sheet.function(
    "q5",
    "field_of",
    title="the receptive field of one output pixel",
    section="15-receptive",
    outputs=("size", "jump", "start"),
    parts={"size": 2, "jump": 1, "start": 1},
    answered_by="receptive_field",
)


q5.solution('''
def field_of(layers):
    """(size, jump, start) of a stack of layers."""
    size, jump, start = 1, 1, 0
    for k, S, P, Dl in layers:
        size += Dl * (k - 1) * jump
        start -= P * jump
        jump *= S
    return size, jump, start
''')


@q5.cases
def _(rng):
    yield case([(3, 1, 0, 1), (3, 1, 0, 1)])
    yield case([(3, 2, 1, 1), (3, 2, 1, 1)])
    yield case([(3, 1, 0, 2)], note="it spans five pixels and depends on three of them")
    yield case([(5, 1, 0, 1), (2, 2, 0, 1), (5, 1, 2, 1), (2, 2, 0, 1)])
    yield case([(3, 1, 1, 2), (2, 3, 0, 1), (4, 2, 1, 3)])
    # a layer behind two strides, whose sum and product differ, whatever is drawn below
    yield case([(2, 2, 0, 1), (2, 3, 0, 1), (3, 1, 1, 1)])
    yield case([])
    for _ in range(4):
        layers = rng.integers([2, 1, 1, 1], [6, 4, 3, 4], (rng.integers(2, 5), 4)).tolist()
        yield case([*(tuple(layer) for layer in layers), (3, 2, 1, 2)])


q5.slips("""
The middle of undilated taps, rounded down in each layer
    start -= P * jump => start += ((k - 1) // 2 - P) * jump
    Output 0 sees `size` pixels: at which one does its field begin, and which one is in the middle?

The middle of undilated taps, not the start
    start -= P * jump => start += ((k - 1) / 2 - P) * jump
    Output 0 sees `size` pixels: at which one does its field begin, and which one is in the middle?

The jump is left out of the size
    (k - 1) * jump => (k - 1)
    After a stride of 2, how many input pixels apart do two neighbouring taps of the next layer look?

The whole kernel is added
    Dl * (k - 1) * jump => (Dl * (k - 1) + 1) * jump
    One layer of 3 taps at the input: how many pixels does it see?

The dilation is left out
    Dl * (k - 1) => (k - 1)
    How far does a kernel of 3 taps reach when they stand 2 apart?

The dilation is taken for the number of skipped pixels
    Dl * (k - 1) => (Dl + 1) * (k - 1)
    Dilation 1 means no gap at all: how far apart are the taps then?

The dilation times the whole kernel
    Dl * (k - 1) => (Dl * k - 1)
    Between k taps, how many gaps are there?

The jump is the sum of the strides
    return size, jump, start => return size, sum(S for _, S, *_ in layers), start
    Two layers of stride 3: one output step is how many steps of the first layer, and how many pixels?

As many gaps as taps
    (k - 1) => k
    Between k taps, how many gaps are there?

The sizes are multiplied
    size += Dl * (k - 1) * jump => size *= Dl * (k - 1) + 1
    Two layers of 3 taps at stride 1 see less than 9 pixels: how many?

The padding makes the field larger
    Dl * (k - 1) => (Dl * (k - 1) + 2 * P)
    Zeros around the input shift the field: do they widen it?

The padding makes the field smaller
    Dl * (k - 1) => (Dl * (k - 1) - 2 * P)
    Does the padding change how many pixels one tap is away from another?

A layer's own stride moves its taps apart
    - size += Dl * (k - 1) * jump
    - start -= P * jump
    - jump *= S
    + jump *= S
    + size += Dl * (k - 1) * jump
    + start -= P * jump
    A layer's taps look at its input: is its own stride in the jump there already?

The size takes the jump behind the layer
    - size += Dl * (k - 1) * jump
    - start -= P * jump
    - jump *= S
    + start -= P * jump
    + jump *= S
    + size += Dl * (k - 1) * jump
    A layer's taps look at its input: is its own stride in the jump there already?

The start takes the jump behind the layer
    - start -= P * jump
    - jump *= S
    + jump *= S
    + start -= P * jump
    A layer's zeros lie around its input: is its own stride in the jump there already?

The list is gone through in the wrong direction
    in layers => in layers[::-1]
    The numbers are those of the list read backwards: with which layer does your rule have to begin?

Only the last layer counts in the size
    size += => size =
    A layer adds to what the layers before it span: where do you keep that?

The size starts at 0
    = 1, 1, 0 => = 0, 1, 0
    With no layer at all, how many pixels does a pixel see?

The strides are added to a jump of 1
    jump *= S => jump += S
    Two layers of stride 3: how many input pixels apart do two neighbouring outputs look?

The jump is the stride of one layer alone
    jump *= S => jump = S
    What becomes of the strides of the earlier layers?

The strides, each less 1, are added to a jump of 1
    jump *= S => jump += S - 1
    Stride 1 changes nothing; what do strides 2 and 2 do together?

The jump is left out of the start
    P * jump => P
    A padding of 1 further up: how many input pixels is that?

The start has the other sign
    start -= => start +=
    Padding stands in front of the first pixel: is that at a positive or a negative place?

The start leaves the padding out
    - start -= P * jump
    A padding of 1: which pixel is the first that output 0 looks at?

Only the last layer's padding counts in the start
    start -= => start = -
    The paddings of all layers move the start: where do the earlier ones go?

The start counts both sides
    P * jump => 2 * P * jump
    Padding behind the last pixel does not move the first window: how many zeros stand in front?

The middle of the field, as a whole number, not its start
    return size, jump, start => return size, jump, start + (size - 1) // 2
    or
    return size, jump, start => return size, jump, int(start + (size - 1) / 2)
    or
    return size, jump, start => return size, jump, start + size // 2
    Output 0 sees `size` pixels: at which one does its field begin, and which one is in the middle?

The middle of the taps, rounded down in each layer
    start -= P * jump => start += (Dl * (k - 1) // 2 - P) * jump
    Output 0 sees `size` pixels: at which one does its field begin, and which one is in the middle?
""")
q5.slips(
    """
The pixels in the gaps are not counted
    max(first) - min(first) + 1 => len(first)
    The size counts every pixel from the first to the last: how many lie between the taps?
""",
    source="""
def field_of(layers):
    fields = []
    for output in (0, 1):
        places = {output}
        for k, S, P, Dl in layers[::-1]:
            places = {place * S - P + Dl * tap for place in places for tap in range(k)}
        fields.append(places)
    first, second = fields
    return max(first) - min(first) + 1, min(second) - min(first), min(first)
""",
)


# --- q6: match dx to the layer that made it

q6 = sheet.values(
    "q6",
    "which_layer",
    {"A": "mean", "B": "max", "C": "min", "D": "assigned"},
    title="four gradients, four layers",
    section="15-backward",
    parts={"A": 1, "B": 1, "C": 1, "D": 1},
)


q6.solution('''
def which_layer():
    """The four words, each once: a dict with the keys "A", "B", "C", "D"."""
    return {"A": "mean", "B": "max", "C": "min", "D": "assigned"}
''')


@q6.right
def _():
    x, dout = np.array([2.0, 9, 4, 5, 7, 1]), [6.0, -3, 18, 9]
    made = {name: np.zeros(6) for name in ("mean", "max", "min", "assigned")}
    for i, value in enumerate(dout):
        window = x[i : i + 3]
        made["mean"][i : i + 3] += value / 3
        made["max"][i + window.argmax()] += value
        made["min"][i + window.argmin()] += value
        made["assigned"][i + window.argmax()] = value
    shown = {
        "A": [2, 1, 7, 8, 9, 3],
        "B": [0, 3, 0, 0, 27, 0],
        "C": [6, 0, 15, 0, 0, 9],
        "D": [0, -3, 0, 0, 9, 0],
    }
    return {letter: next(n for n, v in made.items() if v.tolist() == dx) for letter, dx in shown.items()}


q6.ask("""
A | B | C | D
    Which entries of dx does each kind of pooling leave at 0, and which get something from two windows?
""")

q6.slips("""
B and D exchanged
    "B": "max", "C": "min", "D": "assigned" => "B": "assigned", "C": "min", "D": "max"
    A pixel wins two windows: is it paid by both, or by the last one?

A and C exchanged
    "A": "mean", "B": "max", "C": "min" => "A": "min", "B": "max", "C": "mean"
    Which layers pay every pixel of a window, and which only one?

B and C exchanged
    "B": "max", "C": "min" => "B": "min", "C": "max"
    Which is the largest of the first three pixels?
""")
