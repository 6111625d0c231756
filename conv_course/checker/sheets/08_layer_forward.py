"""Sheet of 08_layer_forward: shapes, counts, one window over all channels, the whole layer, other layouts."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.layer_sizes import ALL, PADDED, PLAIN, STRIDED, drawn_axis
from conv_lib import layouts, vectorized

GIVEN = """
import numpy as np
from conv_lib import vectorized
from conv_lib.sizes import output_size
"""
sheet = Sheet("08_layer_forward", given=GIVEN)


# --- q1: the shape of y


q1 = sheet.function(
    "q1",
    "shape_of_y",
    title="the shape of y",
    section="08-definition",
    parts={"stride 1, no padding": 1, "stride and padding": 1},
)


q1.solution('''
def shape_of_y(x_shape, w_shape, *, stride=(1, 1), padding=(0, 0)):
    """The shape of y."""
    N, D, H, W = x_shape
    F, D, kH, kW = w_shape
    (sH, sW), (pH, pW) = stride, padding
    H_out = (H + 2 * pH - kH) // sH + 1
    W_out = (W + 2 * pW - kW) // sW + 1
    return N, F, H_out, W_out
''')


@q1.cases
def _(rng):
    for x, w in [((2, 3, 6, 8), (4, 3, 2, 3)), ((5, 2, 9, 7), (3, 2, 3, 1)), ((1, 4, 5, 12), (6, 4, 5, 2))]:
        yield case(x, w, part="stride 1, no padding")
    (H, kH, *_), (W, kW, *_) = drawn_axis(rng), drawn_axis(rng)
    yield case((3, 2, 6, 5), (1, 2, 3, 2), part="stride 1, no padding")
    yield case((3, 2, H, W), (5, 2, kH, kW), part="stride 1, no padding")
    for x, w, S, P in [
        ((2, 3, 7, 9), (4, 3, 3, 2), (2, 3), (0, 0)),
        ((2, 3, 8, 5), (4, 3, 3, 2), (3, 1), (0, 0)),
        ((3, 2, 6, 8), (5, 2, 2, 3), (2, 3), (0, 0)),
        ((3, 2, 8, 6), (5, 2, 3, 4), (1, 2), (1, 3)),
        ((4, 1, 11, 16), (2, 1, 4, 2), (3, 4), (2, 1)),
        ((2, 5, 4, 9), (3, 5, 2, 3), (3, 2), (3, 4)),
        ((6, 2, 13, 10), (7, 2, 2, 5), (4, 3), (0, 2)),
    ]:
        yield case(x, w, stride=S, padding=P, part="stride and padding")
    (H, kH, sH, P), (W, kW, sW, _) = drawn_axis(rng), drawn_axis(rng)
    yield case((4, 3, H, W), (2, 3, kH, kW), stride=(sH, sW), padding=P, part="stride and padding")


@q1.right
def _(x_shape, w_shape, *, stride=(1, 1), padding=(0, 0)):
    spots = [
        range(-p, x + p - k + 1, s)
        for x, k, s, p in zip(x_shape[2:], w_shape[2:], stride, padding, strict=True)
    ]
    return np.array([x_shape[0], w_shape[0], len(spots[0]), len(spots[1])])


q1.slips("""
Rounded up
    (H + 2 * pH - kH) // sH => -(-(H + 2 * pH - kH) // sH)
    (W + 2 * pW - kW) // sW => -(-(W + 2 * pW - kW) // sW)
    A window that hangs over the edge makes no output: which way do you round?

Rounded to the nearest
    (H + 2 * pH - kH) // sH => round((H + 2 * pH - kH) / sH)
    (W + 2 * pW - kW) // sW => round((W + 2 * pW - kW) / sW)
    What is done with a step that is almost complete?

Not rounded at all
    // =>> /
    There is no half window: what is missing around the division?

Without the padding
    + 2 * pH =>
    + 2 * pW =>
    How many rows has the image once the zeros are around it?

The padding counted once
    2 * pH => pH
    2 * pW => pW
    At how many ends of an axis do zeros stand?

One window too few
    // sH + 1 => // sH
    // sW + 1 => // sW
    A window that takes two steps along an axis: at how many places does it stand?

The stride is left out
    // sH =>
    // sW =>
    With stride 2 every second place is skipped.

The kernel's height for both axes
    - kW) => - kH)
    How wide is the kernel, and how high?

Stride and padding of the axes swapped
    (sH, sW), (pH, pW) => (sW, sH), (pW, pH)
    In a pair (height, width), which number goes with the rows?

The height's stride for both axes
    // sW => // sH
    Each axis has a stride of its own.

The height's padding for both axes
    2 * pW => 2 * pH
    Each axis has a padding of its own.

H' and W' swapped
    H_out, W_out => W_out, H_out
    Rows come before columns in y as in x.

F before N
    return N, F => return F, N
    Which axis of y counts the images?

No axis for the images
    return N, F => return F
    How many results does a batch of N images give?

D channels in y
    return N, F => return N, D
    The sum uses up one letter of x: what makes the channels of y?
""")


# --- q2: counts


q2 = sheet.values(
    "q2",
    "counts",
    {"parameters": 276, "products for one output": 45, "multiplications": 70_200},
    title="parameters and work",
    section="08-counts",
    parts={"parameters": 1, "products for one output": 1, "multiplications": 1},
)


q2.solution('''
def counts():
    """Three whole numbers."""
    parameters = 6 * (3 * 3 * 5 + 1)
    products = 3 * 3 * 5
    multiplications = 4 * 6 * 13 * 5 * products
    # given
    return {
        "parameters": parameters,
        "products for one output": products,
        "multiplications": multiplications,
    }
''')


@q2.right
def _():
    w = np.ones((6, 3, 3, 5))
    return [w.size + 6, w[0].size, float(4 * 6 * 13 * 5 * w[0].size)]


q2.worked("""
N, F, D, kH, kW, H, W = 4, 6, 3, 3, 5, 11, 17
pH, pW, sH, sW = 2, 1, 1, 3
H_out = (H + 2 * pH - kH) // sH + 1
W_out = (W + 2 * pW - kW) // sW + 1
products = D * kH * kW
parameters = F * (D * kH * kW + 1)
products for one output = products
multiplications = N * F * H_out * W_out * products
""")


q2.ask("""
parameters
    Which numbers does one filter have, in all channels, and how many filters are there?
products for one output
    How many channels, rows and columns has one window?
multiplications
    How many entries has y for the whole batch, and how many products does each of them take?
""")

q2.slips("""
Parameters without the biases
    (3 * 3 * 5 + 1) => 3 * 3 * 5
    w is not the only thing that is learned.

One bias for all
    6 * (3 * 3 * 5 + 1) => 6 * 3 * 3 * 5 + 1
    How many numbers has b?

A bias per channel
    + 1) => + 3)
    A filter adds its bias once, after the channels are summed.

Parameters of one channel only
    6 * (3 * 3 * 5 + 1) => 6 * (3 * 5 + 1)
    A filter has a slice for every channel of x.

Parameters of one filter
    6 * (3 * 3 * 5 + 1) => 3 * 3 * 5 + 1
    There are F filters.

Parameters times the images
    6 * (3 * 3 * 5 + 1) => 4 * 6 * (3 * 3 * 5 + 1)
    Do two images need two sets of weights?

Weights at every place anew
    6 * (3 * 3 * 5 + 1) => 13 * 5 * 6 * 3 * 3 * 5 + 6
    Do i and j stand in w?

One channel's products
    - products = 3 * 3 * 5
    - multiplications = 4 * 6 * 13 * 5 * products
    + products = 3 * 5
    + multiplications = 4 * 6 * 13 * 5 * 3 * products
    How many slices does one output pixel sum over?

Products of all filters
    - products = 3 * 3 * 5
    - multiplications = 4 * 6 * 13 * 5 * products
    + products = 6 * 3 * 3 * 5
    + multiplications = 4 * 13 * 5 * products
    An output pixel is made by a single filter.

Work for one image
    4 * 6 * 13 => 6 * 13
    How many images are in the batch?

Work of one filter
    4 * 6 * 13 => 4 * 13
    How many filters visit each place?

Work of one channel
    13 * 5 * products => 13 * 5 * 3 * 5
    How many slices has each filter?

A window at every pixel of x
    13 * 5 * products => 11 * 17 * products
    How many windows are there: as many as x has pixels, or as y has?

The padding is left out of H' and W'
    13 * 5 * products => 9 * 5 * products
    Zeros around the image make room for more windows.

The strides are swapped
    13 * 5 * products => 5 * 15 * products
    Which number of a pair belongs to the height?

The paddings are swapped
    13 * 5 * products => 11 * 6 * products
    Which number of a pair stands above and below, and which at the sides?

A part of a window counts
    13 * 5 * products => 13 * 6 * products
    What happens to the columns behind the last whole window?
""")


# --- q3: one output pixel


q3 = sheet.function(
    "q3",
    "one_output",
    title="one window over all channels",
    section="08-pixel",
    parts={"stride 1": 1, "stride": 1},
    answered_by="conv2d",
)


q3.solution('''
def one_output(xpad, w, b, i, j, *, stride=(1, 1)):
    """The output pixel (i, j) of one filter on one image."""
    D, kH, kW = w.shape
    top, left = i * stride[0], j * stride[1]
    window = xpad[:, top : top + kH, left : left + kW]
    return np.sum(window * w) + b
''')


@q3.cases
def _(rng):
    for D, H, W, kH, kW, i, j in [(1, 4, 5, 2, 3, 0, 0), (2, 5, 6, 2, 3, 1, 2), (3, 6, 7, 3, 2, 2, 1)]:
        yield case(numbers(rng, D, H, W), numbers(rng, D, kH, kW), float(numbers(rng)), i, j, part="stride 1")
    # so large that a window at a wrong place lies inside as well
    x, w = numbers(rng, 1, 5, 6), numbers(rng, 1, 2, 1)
    yield case(x, w, float(numbers(rng)), 1, 1, stride=(2, 3), part="stride")
    for D, kH, kW, i, j, S in [(2, 2, 3, 1, 2, (3, 2)), (3, 3, 2, 2, 1, (2, 4)), (2, 1, 3, 3, 1, (2, 3))]:
        x, w = numbers(rng, D, 11, 12), numbers(rng, D, kH, kW)
        yield case(x, w, float(numbers(rng)), i, j, stride=S, part="stride")
    x, w = rng.integers(1, 9, (2, 11, 12)), numbers(rng, 2, 2, 3)
    yield case(x, w, 0.5, 1, 2, stride=(2, 1), part="stride", layout="F")
    x, w = numbers(rng, 3, 11, 12), numbers(rng, 3, 2, 3)
    yield case(x, w, -1.5, 2, 1, stride=(1, 3), part="stride", layout="view")


@q3.right
def _(xpad, w, b, i, j, *, stride=(1, 1)):
    total = b
    for d in range(len(w)):
        for u in range(w.shape[1]):
            for v in range(w.shape[2]):
                total = total + w[d, u, v] * xpad[d, i * stride[0] + u, j * stride[1] + v]
    return total


@q3.right
def _(xpad, w, b, i, j, *, stride=(1, 1)):
    seen = np.lib.stride_tricks.sliding_window_view(xpad, w.shape[1:], axis=(1, 2))
    return np.einsum("duv,duv", seen[:, i * stride[0], j * stride[1]], w) + b


q3.slips("""
The largest product, not their sum
    np.sum(window * w) => np.max(window * w)
    An output pixel is a sum: which of the products does yours keep?

The window starts at i and j  [08-definition]
    i * stride[0], j * stride[1] => i, j
    With stride 2, at which row does the second window start?

The strides are swapped  [08-breaks]
    i * stride[0], j * stride[1] => i * stride[1], j * stride[0]
    The pair says height first: which of the two moves the window down?

The height's stride for both  [08-breaks]
    j * stride[1] => j * stride[0]
    Each axis has a stride of its own.

i and j swapped  [08-definition]
    i * stride[0], j * stride[1] => j * stride[0], i * stride[1]
    Which of the two is a row?

Only the first channel
    window * w => window[0] * w[0]
    What does the sum of one output run over, besides the kernel's rows and columns?

Only the last channel
    window * w => window[-1] * w[-1]
    One output sums over all channels of the image: what becomes of the first one's share?

The channels are averaged
    np.sum(window * w) => np.sum(window * w) / D
    The channels' results are added up; nothing divides them.

The window is averaged
    np.sum => np.mean
    Nothing divides the sum.

The bias once per channel  [08-breaks]
    + b => + D * b
    How often does one output pixel get its bias?

The bias once per product  [08-breaks]
    np.sum(window * w) + b => np.sum(window * w + b)
    How often does one output pixel get its bias?

The bias is missing
    np.sum(window * w) + b => np.sum(window * w)
    One more number belongs to each filter.

The channels stay apart
    np.sum(window * w) => np.sum(window * w, axis=(1, 2))
    One output is one number, however deep the image is.

The kernel is flipped  [07-flip]
    window * w => window * w[:, ::-1, ::-1]
    The window's upper left pixel meets which weight of its slice?

The rows of the kernel are reversed  [07-flip]
    window * w => window * w[:, ::-1]
    The window's upper left pixel meets which weight of its slice?

The channels are in reverse order  [07-flip]
    window * w => window * w[::-1]
    Slice 0 of the filter belongs to which channel?
""")


# --- q4: the layer


q4 = sheet.function(
    "q4",
    "layer",
    title="the layer's forward pass",
    section="08-loops",
    parts={"images, channels, filters": 2, "stride": 1, "padding": 2},
    answered_by="conv2d libraries",
)


q4.solution('''
def layer(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    """y, of shape (N, F, H', W')."""
    (sH, sW), (pH, pW) = stride, padding
    N, D, H, W = x.shape
    F, D, kH, kW = w.shape
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
    H_out, W_out = output_size(H, kH, sH, pH), output_size(W, kW, sW, pW)
    y = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for i in range(H_out):
            for j in range(W_out):
                window = xpad[n, :, i * sH : i * sH + kH, j * sW : j * sW + kW]
                for f in range(F):
                    y[n, f, i, j] = (window * w[f]).sum() + b[f]
    return y
''')


@q4.cases
def _(rng):
    for rows, part in ((PLAIN, "images, channels, filters"), (STRIDED, "stride"), (PADDED, "padding")):
        for N, D, F, H, W, kH, kW, S, P, how in rows:
            x = rng.integers(-9, 9, (N, D, H, W)) if how == "view" else numbers(rng, N, D, H, W)
            given = {"stride": S} if S != (1, 1) else {}
            given |= {"padding": P} if any(P) else {}
            yield case(x, numbers(rng, F, D, kH, kW), numbers(rng, F), **given, part=part, layout=how)


q4.slips("""
The window starts at i and j  [08-definition]
    i * sH =>> i
    j * sW =>> j
    With stride 2, at which row does the second window start?

The size is rounded up  [08-definition]
    - H_out, W_out = output_size(H, kH, sH, pH), output_size(W, kW, sW, pW)
    + H_out, W_out = -(-(H + 2 * pH - kH) // sH) + 1, -(-(W + 2 * pW - kW) // sW) + 1
    or
    - H_out, W_out = output_size(H, kH, sH, pH), output_size(W, kW, sW, pW)
    + H_out, W_out = -(-(H + 2 * pH - kH) // sH) + 1, -(-(W + 2 * pW - kW) // sW) + 1
    window * w[f] => window * w[f, :, : window.shape[1], : window.shape[2]]
    Can a window hang over the edge?

H' for both axes  [08-definition]
    output_size(W, kW, sW, pW) => output_size(H, kH, sH, pH)
    How many windows stand beside each other, and how many below each other?

W' follows from the kernel's height  [08-breaks]
    output_size(W, kW, sW, pW) => output_size(W, kH, sW, pW)
    Which of the kernel's two lengths belongs to the width of y?

The kernel is flipped  [07-flip]
    window * w[f] => window * w[f, :, ::-1, ::-1]
    Which weight does the upper left pixel of a window meet?

Stride and padding of the axes swapped  [08-breaks]
    (sH, sW), (pH, pW) => (sW, sH), (pW, pH)
    In a pair (height, width), which number goes with the rows?

The height's stride and padding for both  [08-breaks]
    - (sH, sW), (pH, pW) = stride, padding
    + sH, sW, pH, pW = stride[0], stride[0], padding[0], padding[0]
    Each axis has a stride and a padding of its own.

All zeros above and left  [08-definition]
    (pH, pH), (pW, pW) => (2 * pH, 0), (2 * pW, 0)
    At how many ends of an axis do zeros stand?

All zeros below and right  [08-definition]
    (pH, pH), (pW, pW) => (0, 2 * pH), (0, 2 * pW)
    At how many ends of an axis do zeros stand?

The zeros below and right are missing  [08-definition]
    (pH, pH), (pW, pW) => (pH, 0), (pW, 0)
    or
    (pH, pH), (pW, pW) => (pH, 0), (pW, 0)
    output_size(H, kH, sH, pH) => output_size(H, kH, sH, (pH, 0))
    output_size(W, kW, sW, pW) => output_size(W, kW, sW, (pW, 0))
    The size rule counts the padding twice: where are the other zeros?

The padding is shared by both ends  [08-definition]
    - xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
    + xpad = np.pad(x, ((0, 0), (0, 0), (pH // 2, pH - pH // 2), (pW // 2, pW - pW // 2)))
    or
    - xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
    - H_out, W_out = output_size(H, kH, sH, pH), output_size(W, kW, sW, pW)
    + xpad = np.pad(x, ((0, 0), (0, 0), (pH // 2, pH - pH // 2), (pW // 2, pW - pW // 2)))
    + H_out, W_out = output_size(H + pH, kH, sH), output_size(W + pW, kW, sW)
    Is the padding the number of zeros at each end, or of both together?

The padding is left out  [08-definition]
    np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW))) => x
    or
    (pH, pW) = stride, padding => (pH, pW) = stride, (0, 0)
    What does a window read where it reaches over the edge of the image?

The edge is repeated instead of zeros  [02-padding]
    (pW, pW)) => (pW, pW)), mode="edge"
    What number stands in the padding?

The image is mirrored at its edge  [02-padding]
    (pW, pW)) => (pW, pW)), mode="reflect"
    What number stands in the padding?

The rows of the kernel are reversed  [07-flip]
    window * w[f] => window * w[f, :, ::-1]
    Which weight does the upper left pixel of a window meet?

Kernel and channels are flipped  [07-flip]
    window * w[f] => window * w[f, ::-1, ::-1, ::-1]
    Slice 0 of a filter belongs to which channel?

The kernel is transposed  [08-definition]
    window * w[f] => window * w[f].transpose(0, 2, 1)
    Which of the last two axes of w runs down?

The bias is missing  [08-pixel]
    + b[f] =>
    One more number belongs to each filter.

The bias once per product  [08-breaks]
    (window * w[f]).sum() + b[f] => (window * w[f] + b[f]).sum()
    How often does one output get its bias?

The bias once per channel  [08-breaks]
    + b[f] => + D * b[f]
    How often does one output get its bias when D is 3?

b[0] for all filters  [08-definition]
    + b[f] => + b[0]
    Which letter does b have?

Only the first channel  [08-pixel]
    window * w[f] => window[0] * w[f, 0]
    What does the sum of one output run over, besides the kernel's rows and columns?

Only the last channel  [08-pixel]
    window * w[f] => window[-1] * w[f, -1]
    One output sums over all channels of the image: what becomes of the first one's share?

The channels are averaged  [08-pixel]
    (window * w[f]).sum() => (window * w[f]).sum() / D
    The channels' results are added up; nothing divides them.

Every channel of y is the last filter's  [08-definition]
    y[n, f, i, j] => y[n, :, i, j]
    Does every filter make a channel of y of its own?

F and D swapped  [08-definition]
    F, D, kH, kW => D, F, kH, kW
    Which axis of w counts the filters, and which the channels?

The first image for all  [08-definition]
    xpad[n => xpad[0
    The letter n stands on both sides of the definition: which image makes y[1]?
""")


def _padded(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))


@q4.right
def _(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    seen = np.lib.stride_tricks.sliding_window_view(_padded(x, padding), w.shape[2:], axis=(2, 3))
    y = np.tensordot(seen[:, :, :: stride[0], :: stride[1]], w, axes=([1, 4, 5], [1, 2, 3]))
    return np.moveaxis(y, 3, 1) + b.reshape(1, -1, 1, 1)


# --- q5: the stretch: another layout


q5 = sheet.function(
    "q5",
    "layer_channels_last",
    title="the layer with the channels last",
    section="08-layout",
    points=3,
)


q5.solution('''
def layer_channels_last(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    """y, of shape (N, H', W', F), from x (N, H, W, D) and w (kH, kW, D, F)."""
    x_moved, w_moved = x.transpose(0, 3, 1, 2), w.transpose(3, 2, 0, 1)
    y = vectorized.conv2d(x_moved, w_moved, b, stride=stride, padding=padding)
    return y.transpose(0, 2, 3, 1)
''')


@q5.cases
def _(rng):
    for N, D, F, H, W, kH, kW, S, P, how in ALL:
        yield case(
            numbers(rng, N, H, W, D),
            numbers(rng, kH, kW, D, F),
            numbers(rng, F),
            stride=S,
            padding=P,
            layout=how,
        )


@q5.right
def _(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    y = vectorized.conv2d(
        layouts.from_channels_last(x), np.einsum("uvdf->fduv", w), b, stride=stride, padding=padding
    )
    return layouts.to_channels_last(y)


@q5.right
def _(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    xpad = np.pad(x, ((0, 0), (padding[0],) * 2, (padding[1],) * 2, (0, 0)))
    seen = np.lib.stride_tricks.sliding_window_view(xpad, w.shape[:2], axis=(1, 2))
    return np.einsum("nijduv,uvdf->nijf", seen[:, :: stride[0], :: stride[1]], w) + b


q5.slips("""
x reshaped instead of transposed
    x.transpose(0, 3, 1, 2) => x.reshape(len(x), x.shape[3], x.shape[1], x.shape[2])
    Reshape cuts the row of numbers anew: do the channels of one pixel stay together?

w reshaped instead of transposed
    w.transpose(3, 2, 0, 1) => w.reshape(w.shape[3], w.shape[2], w.shape[0], w.shape[1])
    Reshape never moves a number: which weight was next to w[0, 0, 0, 0], and which should be now?

y reshaped instead of transposed
    y.transpose(0, 2, 3, 1) => y.reshape(len(y), y.shape[2], y.shape[3], y.shape[1])
    The channels of one output pixel should lie side by side: who brings them together?

x and w reshaped instead of transposed
    x.transpose(0, 3, 1, 2) => x.reshape(len(x), x.shape[3], x.shape[1], x.shape[2])
    w.transpose(3, 2, 0, 1) => w.reshape(w.shape[3], w.shape[2], w.shape[0], w.shape[1])
    Reshape never moves a number: do the channels of one pixel, and of one weight, stay together?

x, w and y reshaped instead of transposed
    x.transpose(0, 3, 1, 2) => x.reshape(len(x), x.shape[3], x.shape[1], x.shape[2])
    w.transpose(3, 2, 0, 1) => w.reshape(w.shape[3], w.shape[2], w.shape[0], w.shape[1])
    y.transpose(0, 2, 3, 1) => y.reshape(len(y), y.shape[2], y.shape[3], y.shape[1])
    Reshape cuts the row of numbers anew; it never moves a number.

y keeps its channels in front
    return y.transpose(0, 2, 3, 1) => return y
    In which order does the caller read y?

The rows and columns of y swapped
    y.transpose(0, 2, 3, 1) => y.transpose(0, 3, 2, 1)
    Follow the axes of y one by one: where do its rows end up?

The rows and columns of the kernel swapped
    w.transpose(3, 2, 0, 1) => w.transpose(3, 2, 1, 0)
    Follow the axes of w one by one: where does kH end up?

The rows and columns of x swapped
    x.transpose(0, 3, 1, 2) => x.transpose(0, 3, 2, 1)
    Follow the axes of x one by one: where does H end up?

Stride and padding go to the other axes
    stride=stride, padding=padding => stride=stride[::-1], padding=padding[::-1]
    The pairs name the height first: to which axis of x does each of their numbers go?

The kernel is flipped  [07-flip]
    w.transpose(3, 2, 0, 1) => w.transpose(3, 2, 0, 1)[:, :, ::-1, ::-1]
    The layer does not flip, in any layout: which weight does the upper left pixel of a window meet?

The channels are in reverse order  [07-flip]
    x.transpose(0, 3, 1, 2) => x.transpose(0, 3, 1, 2)[:, ::-1]
    To which channel of x does w[0, 0, 0, 0] belong?

The bias is missing  [08-pixel]
    w_moved, b, stride => w_moved, stride
    One more number belongs to each filter.
""")


# --- q6: find the slip, and the test that sees it


q6 = sheet.values(
    "q6",
    "seen_by",
    {"too large by": 9.0, "caught": np.array([0, 0, 1, 0, 0])},
    title="a layer with a slip, and five tests",
    section="08-breaks",
    points=2,
)


q6.solution('''
def seen_by():
    """A number, and five times 0 or 1."""
    excess = (4 - 1) * 3
    caught = [0, 0, 1, 0, 0]
    # given
    return {"too large by": excess, "caught": caught}
''')


@q6.right
def _():
    tests = [(1, [7.0, -1, 2]), (4, [0.0, 0]), (2, [5.0]), (3, [2.0, -2])]
    added = [[(D - 1) * one for one in b] for D, b in tests]
    entries = [any(added[0]), any(added[1]), any(added[2])]
    return [sum([3.0] * 4) - 3.0, [float(one) for one in (*entries, sum(added[3]) != 0, False)]]


q6.ask("""
too large by
    How often is b[f] added to one output, and how often should it be?
caught
    For each test: how often is b[f] added there, is it other than 0, and does what is compared show that?
""")

q6.slips("""
All the biases that were added
    excess = (4 - 1) * 3 => excess = 4 * 3
    The right layer adds the bias as well: how often?

Once too often
    excess = (4 - 1) * 3 => excess = 3
    How many times does the loop over d pass the line?

As if the bias were left out
    excess = (4 - 1) * 3 => excess = -3
    Is the bias added too often here, or never?

The test with one channel is said to fail
    caught = [0, 0, 1, 0, 0] => caught = [1, 0, 1, 0, 0]
    How many times does the loop over d run in the first test?

The test with biases of zero is said to fail
    caught = [0, 0, 1, 0, 0] => caught = [0, 1, 1, 0, 0]
    What is added too much when the bias is zero?

The test of the mean is said to fail
    caught = [0, 0, 1, 0, 0] => caught = [0, 0, 1, 1, 0]
    One filter is too large and the other too small: what is left of that in the mean?

The test of the shape is said to fail
    caught = [0, 0, 1, 0, 0] => caught = [0, 0, 1, 0, 1]
    Does the slip change how many numbers come out?

No test is said to fail
    caught = [0, 0, 1, 0, 0] => caught = [0, 0, 0, 0, 0]
    Two channels and a bias of 5: by how much is the output too large?

1 and 0 are exchanged
    caught = [0, 0, 1, 0, 0] => caught = [1, 1, 0, 1, 1]
    A test that catches the slip is one that fails.
""")
