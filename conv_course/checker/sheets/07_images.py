"""Sheet of 07_images: sizes, a filter on an image, both axes flip, two thin filters, same padding."""

import math

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.hints_2d import PLANES, SIZES
from conv_course.checker.sheets.layer_sizes import PADDED, PLAIN, STRIDED, drawn_axis
from conv_course.checker.sheets.mistakes_2d import forward
from conv_lib import vectorized
from conv_lib.sizes import same_padding

sheet = Sheet("07_images")

# --- q1: sizes

q1 = sheet.function(
    "q1",
    "filtered_size",
    title="the size on both axes",
    section="07-definition",
    parts={"without padding": 1, "stride and padding": 1},
)


def _size(rule, order=slice(None)):
    def filtered_size(H, W, kH, kW, *, stride=(1, 1), padding=(0, 0)):
        return tuple(rule((H, W), (kH, kW), stride, padding, axis) for axis in (0, 1))[order]

    return filtered_size


@q1.reference
def filtered_size(H, W, kH, kW, *, stride=(1, 1), padding=(0, 0)):
    return (H + 2 * padding[0] - kH) // stride[0] + 1, (W + 2 * padding[1] - kW) // stride[1] + 1


@q1.cases
def _(rng):
    for sizes in [(4, 5, 2, 3), (9, 7, 3, 2), (5, 12, 5, 1)]:
        yield case(*sizes, part="without padding")
    (H, kH, *_), (W, kW, *_) = drawn_axis(rng), drawn_axis(rng)
    yield case(H, W, kH, kW, part="without padding")
    for sizes, S, P in [
        ((7, 9, 3, 2), (2, 3), (0, 0)),
        ((8, 5, 3, 2), (3, 1), (0, 0)),
        ((6, 8, 2, 3), (2, 3), (0, 0)),
        ((8, 6, 3, 4), (1, 2), (1, 3)),
        ((11, 16, 4, 2), (3, 4), (2, 1)),
        ((4, 9, 2, 3), (3, 2), (3, 4)),
        ((13, 10, 2, 5), (4, 3), (0, 2)),
    ]:
        yield case(*sizes, stride=S, padding=P, part="stride and padding")
    (H, kH, sH, (pH, pW)), (W, kW, sW, _) = drawn_axis(rng), drawn_axis(rng)
    yield case(H, W, kH, kW, stride=(sH, sW), padding=(pH, pW), part="stride and padding")


@q1.right
def _(H, W, kH, kW, *, stride=(1, 1), padding=(0, 0)):
    return [
        len(range(-p, x + p - k + 1, s)) for x, k, s, p in zip((H, W), (kH, kW), stride, padding, strict=True)
    ]


for _name, _hint, _rule in SIZES:
    q1.wrong(_name, _hint, _size(_rule))
for _name, _hint, _function in [
    (
        "The strides are swapped",
        "In a pair (height, width), which number goes with the rows?",
        _size(lambda x, k, s, p, a: (x[a] + 2 * p[a] - k[a]) // s[1 - a] + 1),
    ),
    (
        "The paddings are swapped",
        "In a pair (height, width), which number goes with the rows?",
        _size(lambda x, k, s, p, a: (x[a] + 2 * p[1 - a] - k[a]) // s[a] + 1),
    ),
    (
        "The height's stride and padding for both",
        "Height and width never mix.",
        _size(lambda x, k, s, p, a: (x[a] + 2 * p[0] - k[a]) // s[0] + 1),
    ),
    (
        "Width before height",
        "Arrays say rows first.",
        _size(lambda x, k, s, p, a: (x[a] + 2 * p[a] - k[a]) // s[a] + 1, slice(None, None, -1)),
    ),
    (
        "As large as the image",
        "How many places are there for the window?",
        _size(lambda x, k, s, p, a: x[a]),
    ),
]:
    q1.wrong(_name, _hint, _function)

# --- q2: a filter on an image

q2 = sheet.function(
    "q2",
    "filter_image",
    title="a filter on an image",
    section="07-definition",
    parts={"one window after another": 1, "stride": 1, "padding": 1},
    answered_by="conv2d",
)


def _apply(x, w, stride=(1, 1), padding=(0, 0)):
    return vectorized.conv2d(x[None, None], w[None, None], stride=stride, padding=padding)[0, 0]


@q2.reference
def filter_image(x, w, *, stride=(1, 1), padding=(0, 0)):
    return _apply(x, w, stride, padding)


@q2.cases
def _(rng):
    for rows, part in ((PLAIN, "one window after another"), (STRIDED, "stride"), (PADDED, "padding")):
        for *_, H, W, kH, kW, S, P, how in rows:
            x = rng.integers(1, 99, (H, W)) if how == "view" else numbers(rng, H, W)
            given = {"stride": S} if S != (1, 1) else {}
            given |= {"padding": P} if any(P) else {}
            yield case(x, numbers(rng, kH, kW), **given, part=part, layout=how)


@q2.right
def _(x, w, *, stride=(1, 1), padding=(0, 0)):
    xpad = np.pad(x, ((padding[0],) * 2, (padding[1],) * 2))
    (kH, kW), (H, W) = w.shape, filtered_size(*x.shape, *w.shape, stride=stride, padding=padding)
    y = np.zeros((H, W))
    for i in range(H):
        for j in range(W):
            y[i, j] = np.sum(xpad[i * stride[0] :, j * stride[1] :][:kH, :kW] * w)
    return y


@q2.right
def _(x, w, *, stride=(1, 1), padding=(0, 0)):
    from scipy.signal import correlate2d

    xpad = np.pad(np.asarray(x, float), ((padding[0],) * 2, (padding[1],) * 2))
    return correlate2d(xpad, w, "valid")[:: stride[0], :: stride[1]]


def _wrong(**mistake):
    layer = forward(**mistake)
    return lambda x, w, *, stride=(1, 1), padding=(0, 0): layer(
        x[None, None], w[None, None], stride=stride, padding=padding
    )[0, 0]


_SECTIONS = {"definition": "07-definition", "flip": "07-flip", "axes": "07-breaks"}
for _name, _hint, _mistake, _subject in PLANES:
    q2.wrong(_name, _hint, _wrong(**_mistake), section=_SECTIONS[_subject])
for _name, _hint, _mistake, _section in [
    (
        "As many outputs as pixels",
        "How many places are there for the window?",
        {"count": "input"},
        "07-definition",
    ),
    (
        "The rows of the kernel are reversed",
        "Which weight does the upper left pixel of a window meet?",
        {"flip": "rows"},
        "07-flip",
    ),
    (
        "The columns of the kernel are reversed",
        "Which weight does the upper left pixel of a window meet?",
        {"flip": "columns"},
        "07-flip",
    ),
    (
        "The kernel is transposed",
        "Does the kernel's first index go down or across?",
        {"transposed": True},
        "07-window",
    ),
]:
    q2.wrong(_name, _hint, _wrong(**_mistake), section=_section)


@q2.wrong("The window is averaged", "Nothing divides the sum of the products.", section="07-window")
def _(x, w, *, stride=(1, 1), padding=(0, 0)):
    return _apply(x, w, stride, padding) / w.size


@q2.wrong(
    "The largest product instead of the sum",
    "What is done with the products of a window?",
    section="07-window",
)
def _(x, w, *, stride=(1, 1), padding=(0, 0)):
    seen = _windows(x, w.shape, stride, padding)
    return np.max(seen * w, axis=(2, 3))


def _windows(x, kernel, stride=(1, 1), padding=(0, 0)):
    xpad = np.pad(x, ((padding[0],) * 2, (padding[1],) * 2))
    return np.lib.stride_tricks.sliding_window_view(xpad, kernel)[:: stride[0], :: stride[1]]


# --- q3: true convolution, with channels

q3 = sheet.function(
    "q3",
    "flipped",
    title="the kernel of a true convolution",
    section="07-flip",
    parts={"one kernel": 1, "filters with channels": 1},
)


@q3.reference
def flipped(w):
    return w[..., ::-1, ::-1].copy()


@q3.cases
def _(rng):
    for shape in [(2, 3), (3, 2), (1, 4)]:
        yield case(numbers(rng, *shape), part="one kernel")
    for shape, how in [
        ((2, 3, 2, 3), "C"),
        ((1, 2, 3, 4), "C"),
        ((3, 1, 2, 3), "C"),
        ((2, 4, 3, 1), "view"),
        ((3, 3, 2, 2), "F"),
    ]:
        yield case(numbers(rng, *shape), part="filters with channels", layout=how)


@q3.right
def _(w):
    return np.flip(w, axis=(-2, -1))


@q3.right
def _(w):
    return np.rot90(w, 2, axes=(-2, -1))


for _name, _hint, _function in [
    (
        "Not flipped",
        "Correlation leaves the kernel as it is; what does true convolution do?",
        lambda w: w.copy(),
    ),
    (
        "Only the rows",
        "The window slides in two directions: how many axes are reversed?",
        lambda w: w[..., ::-1, :].copy(),
    ),
    (
        "Only the columns",
        "The window slides in two directions: how many axes are reversed?",
        lambda w: w[..., ::-1].copy(),
    ),
    ("All axes reversed", "Slice 0 still has to meet channel 0.", lambda w: np.flip(w).copy()),
    (
        "The first axes reversed",
        "Which axes of the filters are those of the image?",
        lambda w: w[::-1, ::-1].copy() if w.ndim == 4 else flipped(w),
    ),
    (
        "The channels reversed too",
        "Slice 0 still has to meet channel 0.",
        lambda w: flipped(w)[:, ::-1].copy() if w.ndim == 4 else flipped(w),
    ),
    (
        "The filters reversed too",
        "Does the first filter stay the first?",
        lambda w: flipped(w)[::-1].copy() if w.ndim == 4 else flipped(w),
    ),
    (
        "Transposed",
        "Reversing an axis keeps the shape: what does transposing do?",
        lambda w: w.swapaxes(-2, -1).copy(),
    ),
    (
        "Turned by 90 degrees",
        "By what angle do two reversals turn the kernel?",
        lambda w: np.rot90(w, 1, axes=(-2, -1)).copy(),
    ),
    (
        "Turned and transposed",
        "Reversing an axis keeps the shape of the kernel.",
        lambda w: flipped(w).swapaxes(-2, -1).copy(),
    ),
]:
    q3.wrong(_name, _hint, _function)

# --- q4: thin filters

q4 = sheet.function(
    "q4",
    "two_thin_filters",
    title="a separable kernel as two thin filters",
    section="07-separable",
    outputs=("column", "row", "y"),
    parts={"column": 1, "row": 1, "y": 1},
)


@q4.reference
def two_thin_filters(x, w):
    row = w[0] / w[0, 0]
    return w[:, 0].copy(), row, _apply(x, w)


@q4.cases
def _(rng):
    for H, W, kH, kW, how in [
        (4, 6, 2, 3, "C"),
        (6, 4, 4, 2, "C"),
        (5, 8, 3, 4, "view"),
        (7, 6, 2, 4, "F"),
        (3, 5, 3, 2, "C"),
        (5, 2, 3, 2, "C"),
    ]:
        yield case(numbers(rng, H, W), np.outer(numbers(rng, kH), numbers(rng, kW)), layout=how)
    yield case(rng.integers(1, 99, (6, 5)), np.outer([1.0, 2, 1], [-1.0, 1]))


@q4.right
def _(x, w):
    column, row = w[:, 0], w[0] / w[0, 0]
    return column, row, _apply(_apply(x, row[None, :]), column[:, None])


@q4.right
def _(x, w):
    left, size, right = np.linalg.svd(w)
    row = right[0] / right[0, 0]
    column = left[:, 0] * size[0] * right[0, 0]
    return column, row, _windows(_windows(x, (len(column), 1))[..., 0] @ column, (1, len(row)))[:, :, 0] @ row


def _thin(change):
    def two_thin_filters(x, w):
        return change(x, w, w[:, 0].copy(), w[0] / w[0, 0])

    return two_thin_filters


for _name, _hint, _function in [
    (
        "The row keeps its scale",
        "Column times row has to give w again: what is then their product in the first corner?",
        _thin(lambda x, w, c, r: (c, w[0].copy(), _apply(x, np.outer(c, w[0])))),
    ),
    (
        "The scale is in the row",
        "The row begins with 1: where is the scale of w then?",
        _thin(lambda x, w, c, r: (c / c[0], w[0].copy(), _apply(x, w))),
    ),
    (
        "The scale is lost",
        "Column times row has to give w again, and not a multiple of it.",
        _thin(lambda x, w, c, r: (c / c[0], r, _apply(x, w) / c[0])),
    ),
    (
        "Sums instead of factors",
        "Adding up the rows of w gives a multiple of its row: of which one does the question ask?",
        _thin(
            lambda x, w, c, r: (
                w.sum(axis=1),
                w.sum(axis=0),
                _apply(x, np.outer(w.sum(axis=1), w.sum(axis=0))),
            )
        ),
    ),
    (
        "Column and row changed places",
        "Which of the two is as long as the kernel is high?",
        _thin(lambda x, w, c, r: (w[0].copy(), c / c[0], _apply(x, w))),
    ),
    (
        "The results are added",
        "The second filter works on the result of the first: what did you give it?",
        _thin(
            lambda x, w, c, r: (
                c,
                r,
                _apply(x, r[None, :])[: x.shape[0] - len(c) + 1]
                + _apply(x, c[:, None])[:, : x.shape[1] - len(r) + 1],
            )
        ),
    ),
    (
        "Only the row filter",
        "Which filter works on the result of the first one?",
        _thin(lambda x, w, c, r: (c, r, _apply(x, r[None, :]))),
    ),
    (
        "Only the column filter",
        "Which filter works on the result of the first one?",
        _thin(lambda x, w, c, r: (c, r, _apply(x, c[:, None]))),
    ),
    (
        "The column is reversed",
        "Filters of this course do not flip: does a true convolution hide in your pass?",
        _thin(lambda x, w, c, r: (c, r, _apply(x, w[::-1]))),
    ),
    (
        "Both are reversed",
        "Filters of this course do not flip: does a true convolution hide in your passes?",
        _thin(lambda x, w, c, r: (c, r, _apply(x, w[::-1, ::-1]))),
    ),
    (
        "The row is reversed",
        "Filters of this course do not flip: does a true convolution hide in your pass along the rows?",
        _thin(lambda x, w, c, r: (c, r, _apply(x, w[:, ::-1]))),
    ),
]:
    q4.wrong(_name, _hint, _function)

# --- q5: the stretch: same padding

q5 = sheet.function(
    "q5",
    "same_pads",
    title="padding that keeps the size",
    section="07-definition",
    parts={"stride 1, odd kernel": 1, "even kernel": 1, "stride": 2},
    answered_by="same_padding padding_pair",
)


@q5.reference
def same_pads(H, W, kH, kW, *, stride=(1, 1)):
    return same_padding(H, kH, stride[0]), same_padding(W, kW, stride[1])


@q5.cases
def _(rng):
    for sizes in [(6, 7, 3, 5), (9, 4, 1, 3)]:
        yield case(*sizes, part="stride 1, odd kernel")
    (H, *_), (W, *_) = drawn_axis(rng), drawn_axis(rng)
    yield case(H, W, 5, 7, part="stride 1, odd kernel")
    for sizes in [(6, 7, 4, 3), (8, 5, 3, 2), (9, 6, 2, 4)]:
        yield case(*sizes, part="even kernel")
    yield case(W, H, 4, 6, part="even kernel")
    for sizes, S in [
        ((7, 8, 3, 4), (2, 3)),
        ((8, 10, 5, 2), (3, 2)),
        ((9, 6, 1, 3), (2, 4)),
        ((6, 11, 2, 4), (3, 5)),
        ((10, 7, 4, 6), (4, 2)),
    ]:
        yield case(*sizes, stride=S, part="stride")
    (H, kH, sH, _), (W, kW, sW, _) = drawn_axis(rng), drawn_axis(rng)
    yield case(H, W, kH, kW, stride=(sH, sW), part="stride")


def _same(rule):
    def same_pads(H, W, kH, kW, *, stride=(1, 1)):
        return tuple(rule(x, k, s) for x, k, s in zip((H, W), (kH, kW), stride, strict=True))

    return same_pads


def _total(x, k, s):
    return max((math.ceil(x / s) - 1) * s + k - x, 0)


@q5.right
def _(H, W, kH, kW, *, stride=(1, 1)):
    pads = np.zeros((2, 2), int)
    for axis, (x, k, s) in enumerate(zip((H, W), (kH, kW), stride, strict=True)):
        while (x + pads[axis].sum() - k) // s + 1 < -(-x // s):
            pads[axis, int(pads[axis, 0] == pads[axis, 1])] += 1
    return pads


for _name, _hint, _rule in [
    (
        "As at stride 1",
        "With stride 2 the output is half as long: does the last window still reach as far?",
        lambda x, k, s: ((k - 1) // 2, k - 1 - (k - 1) // 2),
    ),
    (
        "The odd zero before",
        "When the zeros cannot be shared evenly, at which end does the question want the odd one?",
        lambda x, k, s: (_total(x, k, s) - _total(x, k, s) // 2, _total(x, k, s) // 2),
    ),
    (
        "The odd zero lost",
        "An even kernel needs an odd number of zeros at stride 1: can both ends have the same?",
        lambda x, k, s: (_total(x, k, s) // 2,) * 2,
    ),
    (
        "Half the kernel at both ends",
        "How many zeros does a kernel of length 1 need, and one of length 2?",
        lambda x, k, s: (k // 2, k // 2),
    ),
    (
        "The output as long as the input at any stride",
        "With stride S the output has one entry for S pixels, rounded up.",
        lambda x, k, s: (((x - 1) * s + k - x) // 2, ((x - 1) * s + k - x) - ((x - 1) * s + k - x) // 2),
    ),
    (
        "The output's length rounded down",
        "The pixels left over at the end want a window too: which way is the length rounded?",
        lambda x, k, s: (
            max((x // s - 1) * s + k - x, 0) // 2,
            max((x // s - 1) * s + k - x, 0) - max((x // s - 1) * s + k - x, 0) // 2,
        ),
    ),
    (
        "All zeros after",
        "The zeros are shared between the two ends.",
        lambda x, k, s: (0, _total(x, k, s)),
    ),
    (
        "All zeros before",
        "The zeros are shared between the two ends.",
        lambda x, k, s: (_total(x, k, s), 0),
    ),
    (
        "The total at each end",
        "Is your number that of one end, or of both together?",
        lambda x, k, s: (_total(x, k, s),) * 2,
    ),
    (
        "The full padding",
        "With k - 1 zeros at each end the output grows: by how much?",
        lambda x, k, s: (k - 1, k - 1),
    ),
    (
        "Less than no zeros",
        "When the stride is larger than the kernel, can the count of zeros fall below 0, and what then?",
        lambda x, k, s: (
            ((math.ceil(x / s) - 1) * s + k - x) // 2,
            ((math.ceil(x / s) - 1) * s + k - x) - ((math.ceil(x / s) - 1) * s + k - x) // 2,
        ),
    ),
]:
    q5.wrong(_name, _hint, _same(_rule))


@q5.wrong("Height and width changed places", "The pads of the rows come first.", section="07-breaks")
def _(H, W, kH, kW, *, stride=(1, 1)):
    return same_pads(H, W, kH, kW, stride=stride)[::-1]


@q5.wrong(
    "The strides are swapped",
    "In a pair (height, width), which number goes with the rows?",
    section="07-breaks",
)
def _(H, W, kH, kW, *, stride=(1, 1)):
    return same_pads(H, W, kH, kW, stride=stride[::-1])


@q5.wrong("The height's pads for both axes", "Height and width never mix.")
def _(H, W, kH, kW, *, stride=(1, 1)):
    return (same_pads(H, W, kH, kW, stride=stride)[0],) * 2
