"""Sheet of 08_layer_forward: shapes, counts, one window over all channels, the whole layer, other layouts."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.hints_2d import PLANES, SIZES
from conv_course.checker.sheets.layer_sizes import ALL, PADDED, PLAIN, STRIDED, drawn_axis
from conv_course.checker.sheets.mistakes_2d import forward
from conv_lib import layouts, vectorized

sheet = Sheet("08_layer_forward")

# --- q1: the shape of y

q1 = sheet.function(
    "q1",
    "shape_of_y",
    title="the shape of y",
    section="08-definition",
    parts={"without padding": 1, "stride and padding": 1},
)


def _shape(size, *, order=lambda N, F, H, W: (N, F, H, W)):
    """A shape rule from the rule of one axis: size(length, kernel, stride, padding, axis, everything)."""

    def shape_of_y(x_shape, w_shape, *, stride=(1, 1), padding=(0, 0)):
        H, W = (size(x_shape[2:], w_shape[2:], stride, padding, axis) for axis in (0, 1))
        return order(x_shape[0], w_shape[0], H, W)

    return shape_of_y


def _size(x, k, s, p, a):
    return (x[a] + 2 * p[a] - k[a]) // s[a] + 1


@q1.reference
def shape_of_y(x_shape, w_shape, *, stride=(1, 1), padding=(0, 0)):
    return _shape(_size)(x_shape, w_shape, stride=stride, padding=padding)


@q1.cases
def _(rng):
    for x, w in [((2, 3, 6, 8), (4, 3, 2, 3)), ((5, 2, 9, 7), (3, 2, 3, 1)), ((1, 4, 5, 12), (6, 4, 5, 2))]:
        yield case(x, w, part="without padding")
    (H, kH, *_), (W, kW, *_) = drawn_axis(rng), drawn_axis(rng)
    yield case((3, 2, H, W), (5, 2, kH, kW), part="without padding")
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


for _name, _hint, _rule in SIZES:
    q1.wrong(_name, _hint, _shape(_rule))
for _name, _hint, _function in [
    (
        "Stride and padding of the axes swapped",
        "In a pair (height, width), which number goes with the rows?",
        _shape(lambda x, k, s, p, a: (x[a] + 2 * p[1 - a] - k[a]) // s[1 - a] + 1),
    ),
    (
        "The height's stride for both axes",
        "Each axis has a stride of its own.",
        _shape(lambda x, k, s, p, a: (x[a] + 2 * p[a] - k[a]) // s[0] + 1),
    ),
    (
        "The height's padding for both axes",
        "Each axis has a padding of its own.",
        _shape(lambda x, k, s, p, a: (x[a] + 2 * p[0] - k[a]) // s[a] + 1),
    ),
    (
        "H' and W' swapped",
        "Rows come before columns in y as in x.",
        _shape(_size, order=lambda N, F, H, W: (N, F, W, H)),
    ),
    (
        "F before N",
        "Which axis of y counts the images?",
        _shape(_size, order=lambda N, F, H, W: (F, N, H, W)),
    ),
    (
        "No axis for the images",
        "How many results does a batch of N images give?",
        _shape(_size, order=lambda N, F, H, W: (F, H, W)),
    ),
]:
    q1.wrong(_name, _hint, _function)


@q1.wrong("D channels in y", "The sum uses up one letter of x: what makes the channels of y?")
def _(x_shape, w_shape, *, stride=(1, 1), padding=(0, 0)):
    N, _, H, W = shape_of_y(x_shape, w_shape, stride=stride, padding=padding)
    return N, x_shape[1], H, W


# --- q2: counts

q2 = sheet.values(
    "q2",
    "counts",
    {"parameters": 276, "products for one output": 45, "multiplications": 70_200},
    title="parameters and work",
    section="08-counts",
    parts={"parameters": 1, "products for one output": 1, "multiplications": 1},
)


@q2.right
def _():
    w = np.ones((6, 3, 3, 5))
    return [w.size + 6, w[0].size, float(4 * 6 * 13 * 5 * w[0].size)]


def _counts(**changed):
    names = {"parameters": 276, "products": 45, "multiplications": 70_200} | changed
    return lambda: list(names.values())


for _name, _hint, _function in [
    ("Parameters without the biases", "w is not the only thing that is learned.", _counts(parameters=270)),
    ("One bias for all", "How many numbers has b?", _counts(parameters=271)),
    (
        "A bias per channel",
        "A filter adds its bias once, after the channels are summed.",
        _counts(parameters=288),
    ),
    (
        "Parameters of one channel only",
        "A filter has a slice for every channel of x.",
        _counts(parameters=96),
    ),
    ("Parameters of one filter", "There are F filters.", _counts(parameters=46)),
    (
        "Parameters times the images",
        "Do two images need two sets of weights?",
        _counts(parameters=4 * 276),
    ),
    (
        "Weights at every place anew",
        "Do i and j stand in w?",
        _counts(parameters=65 * 270 + 6),
    ),
    ("One channel's products", "How many slices does one output pixel sum over?", _counts(products=15)),
    (
        "Products of all filters",
        "An output pixel is made by a single filter.",
        _counts(products=270),
    ),
    ("Work for one image", "How many images are in the batch?", _counts(multiplications=70_200 // 4)),
    ("Work of one filter", "How many filters visit each place?", _counts(multiplications=70_200 // 6)),
    ("Work of one channel", "How many slices has each filter?", _counts(multiplications=70_200 // 3)),
    (
        "A window at every pixel of x",
        "How many windows are there: as many as x has pixels, or as y has?",
        _counts(multiplications=4 * 6 * 11 * 17 * 45),
    ),
    (
        "The padding is left out of H' and W'",
        "Zeros around the image make room for more windows.",
        _counts(multiplications=4 * 6 * 9 * 5 * 45),
    ),
    (
        "The strides are swapped",
        "Which number of a pair belongs to the height?",
        _counts(multiplications=4 * 6 * 5 * 15 * 45),
    ),
    (
        "The paddings are swapped",
        "Which number of a pair stands above and below, and which at the sides?",
        _counts(multiplications=4 * 6 * 11 * 6 * 45),
    ),
    (
        "A part of a window counts",
        "What happens to the columns behind the last whole window?",
        _counts(multiplications=4 * 6 * 13 * 6 * 45),
    ),
]:
    q2.wrong(_name, _hint, _function)

# --- q3: one output pixel

q3 = sheet.function(
    "q3",
    "one_output",
    title="one window over all channels",
    section="08-pixel",
    parts={"stride 1": 1, "stride": 1},
    answered_by="conv2d",
)


@q3.reference
def one_output(xpad, w, b, i, j, *, stride=(1, 1)):
    top, left = i * stride[0], j * stride[1]
    return np.sum(xpad[:, top : top + w.shape[1], left : left + w.shape[2]] * w) + b


@q3.cases
def _(rng):
    for D, H, W, kH, kW, i, j in [(1, 4, 5, 2, 3, 0, 0), (2, 5, 6, 2, 3, 1, 2), (3, 6, 7, 3, 2, 2, 1)]:
        yield case(numbers(rng, D, H, W), numbers(rng, D, kH, kW), float(numbers(rng)), i, j, part="stride 1")
    for D, kH, kW, i, j, S in [(2, 2, 3, 1, 2, (3, 2)), (3, 3, 2, 2, 1, (2, 4)), (2, 1, 3, 3, 1, (2, 3))]:
        yield case(
            numbers(rng, D, 9, 8), numbers(rng, D, kH, kW), float(numbers(rng)), i, j, stride=S, part="stride"
        )
    yield case(
        rng.integers(1, 9, (2, 9, 8)),
        numbers(rng, 2, 2, 3),
        0.5,
        1,
        2,
        stride=(2, 1),
        part="stride",
        layout="F",
    )
    yield case(
        numbers(rng, 3, 9, 8),
        numbers(rng, 3, 2, 3),
        -1.5,
        2,
        1,
        stride=(1, 3),
        part="stride",
        layout="view",
    )


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


def _one(
    change=lambda xpad, w: (xpad, w),
    *,
    start=lambda s: s,
    at=lambda i, j: (i, j),
    end=lambda p, b, w: np.sum(p) + b,
):
    def one_output(xpad, w, b, i, j, *, stride=(1, 1)):
        S = start(stride)
        xpad, taps = change(xpad, w)
        i, j = at(i, j)
        top, left = i * S[0], j * S[1]
        seen = np.zeros((len(xpad), *w.shape[1:]))
        cut = xpad[:, top : top + w.shape[1], left : left + w.shape[2]]
        seen[:, : cut.shape[1], : cut.shape[2]] = cut
        return end(seen * taps, b, w)

    return one_output


for _name, _hint, _function, _section in [
    (
        "The window starts at i and j",
        "With stride 2, at which row does the second window start?",
        _one(start=lambda s: (1, 1)),
        "08-definition",
    ),
    (
        "The strides are swapped",
        "The pair says height first: which of the two moves the window down?",
        _one(start=lambda s: s[::-1]),
        "08-breaks",
    ),
    (
        "The height's stride for both",
        "Each axis has a stride of its own.",
        _one(start=lambda s: (s[0], s[0])),
        "08-breaks",
    ),
    ("i and j swapped", "Which of the two is a row?", _one(at=lambda i, j: (j, i)), "08-definition"),
    (
        "Only the first channel",
        "A pixel of y sums over one more letter than an image of a single channel needs.",
        _one(end=lambda p, b, w: np.sum(p[0]) + b),
        "08-pixel",
    ),
    (
        "Only the last channel",
        "What happens to a channel's sum when the next channel comes?",
        _one(end=lambda p, b, w: np.sum(p[-1]) + b),
        "08-pixel",
    ),
    (
        "The channels are averaged",
        "The channels' results are added up; nothing divides them.",
        _one(end=lambda p, b, w: np.sum(p) / len(w) + b),
        "08-pixel",
    ),
    (
        "The window is averaged",
        "Nothing divides the sum.",
        _one(end=lambda p, b, w: np.mean(p) + b),
        "08-pixel",
    ),
    (
        "The bias once per channel",
        "How often does one output pixel get its bias?",
        _one(end=lambda p, b, w: np.sum(p) + b * len(w)),
        "08-breaks",
    ),
    (
        "The bias inside the sum",
        "How often does one output pixel get its bias?",
        _one(end=lambda p, b, w: np.sum(p + b)),
        "08-breaks",
    ),
    (
        "The bias is missing",
        "One more number belongs to each filter.",
        _one(end=lambda p, b, w: np.sum(p)),
        "08-pixel",
    ),
    (
        "The channels stay apart",
        "One output is one number, however deep the image is.",
        _one(end=lambda p, b, w: np.sum(p, axis=(1, 2)) + b),
        "08-pixel",
    ),
    (
        "The kernel is flipped",
        "The window's upper left pixel meets which weight of its slice?",
        _one(lambda x, w: (x, w[:, ::-1, ::-1])),
        "07-flip",
    ),
    (
        "The kernel is flipped on one axis",
        "The window's upper left pixel meets which weight of its slice?",
        _one(lambda x, w: (x, w[:, ::-1])),
        "07-flip",
    ),
    (
        "The channels are in reverse order",
        "Slice 0 of the filter belongs to which channel?",
        _one(lambda x, w: (x, w[::-1])),
        "07-flip",
    ),
]:
    q3.wrong(_name, _hint, _function, section=_section)

# --- q4: the layer

q4 = sheet.function(
    "q4",
    "layer",
    title="the layer's forward pass",
    section="08-loops",
    parts={"images, channels, filters": 2, "stride": 1, "padding": 2},
    answered_by="conv2d",
)


@q4.reference
def layer(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    return vectorized.conv2d(x, w, b, stride=stride, padding=padding)


@q4.cases
def _(rng):
    for rows, part in ((PLAIN, "images, channels, filters"), (STRIDED, "stride"), (PADDED, "padding")):
        for N, D, F, H, W, kH, kW, S, P, how in rows:
            x = rng.integers(-9, 9, (N, D, H, W)) if how == "view" else numbers(rng, N, D, H, W)
            given = {"stride": S} if S != (1, 1) else {}
            given |= {"padding": P} if any(P) else {}
            yield case(x, numbers(rng, F, D, kH, kW), numbers(rng, F), **given, part=part, layout=how)


def _padded(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))


@q4.right
def _(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    N, F, H, W = shape_of_y(x.shape, w.shape, stride=stride, padding=padding)
    xpad, y = _padded(x, padding), np.zeros((N, F, H, W))
    for n in range(N):
        for f in range(F):
            for i in range(H):
                for j in range(W):
                    y[n, f, i, j] = one_output(xpad[n], w[f], b[f], i, j, stride=stride)
    return y


@q4.right
def _(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    seen = np.lib.stride_tricks.sliding_window_view(_padded(x, padding), w.shape[2:], axis=(2, 3))
    y = np.tensordot(seen[:, :, :: stride[0], :: stride[1]], w, axes=([1, 4, 5], [1, 2, 3]))
    return np.moveaxis(y, 3, 1) + b.reshape(1, -1, 1, 1)


@q4.right
def _(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    from scipy.signal import correlate

    xpad = _padded(x, padding).astype(float)
    y = [[correlate(image, filter_, "valid", method="direct")[0] for filter_ in w] for image in xpad]
    return np.array(y)[:, :, :: stride[0], :: stride[1]] + b[:, None, None]


_SECTIONS = {"definition": "08-definition", "flip": "07-flip", "axes": "08-breaks"}
for _name, _hint, _mistake, _subject in PLANES:
    q4.wrong(_name, _hint, forward(**_mistake), section=_SECTIONS[_subject])
for _name, _hint, _mistake, _section in [
    (
        "The kernel is flipped on one axis",
        "Which weight does the upper left pixel of a window meet?",
        {"flip": "rows"},
        "07-flip",
    ),
    (
        "The channels are flipped too",
        "Slice 0 of a filter belongs to which channel?",
        {"flip": "channels too"},
        "07-flip",
    ),
    (
        "The kernel is transposed",
        "Of the last two letters of w, u and v, which one is a row?",
        {"transposed": True},
        "08-definition",
    ),
    ("The bias is missing", "One more number belongs to each filter.", {"bias": "missing"}, "08-pixel"),
    ("The bias inside the sum", "How often does one output get its bias?", {"bias": "inside"}, "08-breaks"),
    (
        "The bias once per channel",
        "How often does one output get its bias when D is 3?",
        {"bias": "once per channel"},
        "08-breaks",
    ),
    ("b[0] for all filters", "Which letter does b have?", {"bias": "first for all"}, "08-definition"),
    (
        "Only the first channel",
        "Which letter of x has to be summed away besides u and v?",
        {"channels": "first"},
        "08-pixel",
    ),
    (
        "Only the last channel",
        "What happens to a channel's sum when the next channel comes?",
        {"channels": "last"},
        "08-pixel",
    ),
    (
        "The channels are averaged",
        "The channels' results are added up; nothing divides them.",
        {"channels": "mean"},
        "08-pixel",
    ),
    (
        "Only the last filter",
        "Does every filter write into a channel of y of its own?",
        {"filters": "last"},
        "08-definition",
    ),
    (
        "F and D swapped",
        "Which axis of w counts the filters, and which the channels?",
        {"filters": "D of them"},
        "08-definition",
    ),
    (
        "Only the first image",
        "The letter n stands on both sides of the definition: which image makes y[1]?",
        {"images": "first"},
        "08-definition",
    ),
]:
    q4.wrong(_name, _hint, forward(**_mistake), section=_section)


# --- q5: the stretch: another layout

q5 = sheet.function(
    "q5",
    "layer_channels_last",
    title="the layer with the channels last",
    section="08-layout",
    points=3,
)


def _last(
    x_in=lambda x: x.transpose(0, 3, 1, 2),
    w_in=lambda w: w.transpose(3, 2, 0, 1),
    y_out=lambda y: y.transpose(0, 2, 3, 1),
    swap=False,
):
    def layer_channels_last(x, w, b, *, stride=(1, 1), padding=(0, 0)):
        if swap:
            stride, padding = stride[::-1], padding[::-1]
        return y_out(vectorized.conv2d(x_in(x), w_in(w), b, stride=stride, padding=padding))

    return layer_channels_last


@q5.reference
def layer_channels_last(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    return _last()(x, w, b, stride=stride, padding=padding)


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


def _reshaped(order):
    return lambda a: a.reshape([a.shape[k] for k in order])


for _name, _hint, _function in [
    (
        "x reshaped instead of transposed",
        "Reshape cuts the row of numbers anew: do the two channels of one pixel stay together?",
        _last(x_in=_reshaped((0, 3, 1, 2))),
    ),
    (
        "w reshaped instead of transposed",
        "Reshape never moves a number: which weight was next to w[0, 0, 0, 0], and which should be now?",
        _last(w_in=_reshaped((3, 2, 0, 1))),
    ),
    (
        "y reshaped instead of transposed",
        "The channels of one output pixel should lie side by side: who brings them together?",
        _last(y_out=_reshaped((0, 2, 3, 1))),
    ),
    (
        "All three reshaped",
        "Reshape cuts the row of numbers anew; it never moves a number.",
        _last(_reshaped((0, 3, 1, 2)), _reshaped((3, 2, 0, 1)), _reshaped((0, 2, 3, 1))),
    ),
    ("y keeps its channels in front", "In which order does the caller read y?", _last(y_out=lambda y: y)),
    (
        "The rows and columns of y swapped",
        "Follow the axes of y one by one: where do its rows end up?",
        _last(y_out=lambda y: y.transpose(0, 3, 2, 1)),
    ),
    (
        "The rows and columns of the kernel swapped",
        "Follow the axes of w one by one: where does kH end up?",
        _last(w_in=lambda w: w.transpose(3, 2, 1, 0)),
    ),
    (
        "The rows and columns of x swapped",
        "Follow the axes of x one by one: where does H end up?",
        _last(x_in=lambda x: x.transpose(0, 3, 2, 1)),
    ),
    (
        "Height and width change places",
        "The pairs name height and width whatever the layout is.",
        _last(swap=True),
    ),
    (
        "The kernel is flipped",
        "Moving axes does not turn the kernel round.",
        _last(w_in=lambda w: w.transpose(3, 2, 0, 1)[:, :, ::-1, ::-1]),
    ),
    (
        "The channels are in reverse order",
        "The last axis goes to the second place: does its order change?",
        _last(x_in=lambda x: x.transpose(0, 3, 1, 2)[:, ::-1]),
    ),
]:
    q5.wrong(_name, _hint, _function)


@q5.wrong("The bias is missing", "One more number belongs to each filter.", section="08-pixel")
def _(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    return _last()(x, w, 0 * b, stride=stride, padding=padding)
