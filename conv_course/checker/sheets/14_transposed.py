"""Sheet of 14_transposed: stamping, sizes and output padding, overlaps, the layer and its backward pass."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_lib import vectorized
from conv_lib.sizes import leftover, output_size, transposed_output_size

sheet = Sheet("14_transposed")

# --- q1: stamping, in one dimension

q1 = sheet.function(
    "q1",
    "stamp",
    title="stamp the kernel",
    section="14-stamp",
    points=2,
    answered_by="conv1d_backward conv_transpose2d",
)


@q1.reference
def stamp(x, w, *, stride=1):
    y = np.zeros((len(x) - 1) * stride + len(w))
    for i in range(len(x)):
        y[i * stride : i * stride + len(w)] += x[i] * w
    return y


@q1.cases
def _(rng):
    for size, k, S in [(3, 3, 2), (4, 3, 1), (2, 2, 3), (5, 4, 2), (3, 5, 2), (1, 3, 2), (1, 1, 2)]:
        yield case(numbers(rng, size), numbers(rng, k), stride=S)
    yield case(rng.integers(1, 9, 4), numbers(rng, 3), stride=2, layout="view")


@q1.right
def _(x, w, *, stride=1):
    wide = np.zeros((len(x) - 1) * stride + 1)
    wide[::stride] = x
    return np.convolve(wide, w)


@q1.right
def _(x, w, *, stride=1):
    count = (len(x) - 1) * stride + len(w)
    return [
        sum(x[i] * w[p - i * stride] for i in range(len(x)) if 0 <= p - i * stride < len(w))
        for p in range(count)
    ]


def _last(x, w, *, stride=1):
    y = np.zeros((len(x) - 1) * stride + len(w))
    for i in range(len(x)):
        y[i * stride : i * stride + len(w)] = x[i] * w
    return y


def _index(x, w, *, stride=1):
    y = np.zeros((len(x) - 1) * stride + len(w))
    y[: len(x) + len(w) - 1] = stamp(x, w)[: len(y)]
    return y


def _collect(x, w, *, stride=1):
    wide = np.zeros((len(x) - 1) * stride + 1)
    wide[::stride] = x
    return np.correlate(wide, w, "valid") if len(wide) >= len(w) else np.zeros(0)


for _name, _hint, _wrong in [
    ("The stamps are not added up", "What stands where two stamps meet?", _last),
    ("The stamps stand one pixel apart", "How far apart do the stamps stand?", _index),
    (
        "Without stride",
        "How long does y become when the stamps stand further apart?",
        lambda x, w, *, stride=1: stamp(x, w),
    ),
    (
        "The stamp is mirrored",
        "A single input of 1: what does y look like?",
        lambda x, w, *, stride=1: stamp(x, w[::-1], stride=stride),
    ),
    (
        "The stamps stand a kernel apart",
        "What decides how far apart the stamps stand?",
        lambda x, w, *, stride=1: stamp(x, w, stride=len(w)),
    ),
    (
        "A gap too many between the stamps",
        "With stride 1, where does the second stamp begin?",
        lambda x, w, *, stride=1: stamp(x, w, stride=stride + 1),
    ),
    (
        "Room behind the last stamp",
        "Where does the last stamp end?",
        lambda x, w, *, stride=1: np.concatenate([stamp(x, w, stride=stride), np.zeros(stride)]),
    ),
    (
        "Cut after whole strides",
        "How far does the last stamp reach?",
        lambda x, w, *, stride=1: stamp(x, w, stride=stride)[: len(x) * stride],
    ),
    (
        "Windows are collected",
        "Here each input writes to several outputs; it is not read by a window.",
        _collect,
    ),
    (
        "The stamps are averaged",
        "Where two stamps meet, are they added or averaged?",
        lambda x, w, *, stride=1: (
            stamp(x, w, stride=stride) / stamp(np.ones(len(x)), np.ones(len(w)), stride=stride).clip(1)
        ),
    ),
    (
        "The stamps are not weighted",
        "By what does an input pixel multiply the kernel?",
        lambda x, w, *, stride=1: stamp(np.ones(len(x)), w, stride=stride),
    ),
]:
    q1.wrong(_name, _hint, _wrong)

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


@q2.reference
def down_and_up(H, k, *, stride=1, padding=0):
    down = output_size(H, k, stride, padding)
    return down, transposed_output_size(down, k, stride, padding), leftover(H, k, stride, padding)


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


def _q2(
    down=lambda H, k, S, P: (H + 2 * P - k) // S + 1,
    up=lambda n, k, S, P: (n - 1) * S - 2 * P + k,
    extra=lambda H, k, S, P: (H + 2 * P - k) % S,
):
    def down_and_up(H, k, *, stride=1, padding=0):
        right = output_size(H, k, stride, padding)
        return down(H, k, stride, padding), up(right, k, stride, padding), extra(H, k, stride, padding)

    return down_and_up


for _name, _hint, _kind, _change in [
    (
        "Down: rounded up",
        "Does a window that does not fit whole count?",
        "down",
        lambda H, k, S, P: -(-(H + 2 * P - k) // S) + 1,
    ),
    (
        "Down: one too few",
        "When the kernel fits exactly, how many places are there?",
        "down",
        lambda H, k, S, P: (H + 2 * P - k) // S,
    ),
    (
        "Down: padding counted once",
        "Zeros are put on both sides.",
        "down",
        lambda H, k, S, P: (H + P - k) // S + 1,
    ),
    (
        "Down: padding left out",
        "In what signal does the kernel slide?",
        "down",
        lambda H, k, S, P: (H - k) // S + 1,
    ),
    (
        "Down: divided by the stride alone",
        "The kernel takes room as well.",
        "down",
        lambda H, k, S, P: H // S,
    ),
    (
        "Up: the padding is added",
        "Does a transposed layer with more padding make a larger picture or a smaller one?",
        "up",
        lambda n, k, S, P: (n - 1) * S + 2 * P + k,
    ),
    (
        "Up: cropped on one side",
        "From how many sides is the padding cut off?",
        "up",
        lambda n, k, S, P: (n - 1) * S - P + k,
    ),
    (
        "Up: nothing is cropped",
        "What becomes of the padding on the way up?",
        "up",
        lambda n, k, S, P: (n - 1) * S + k,
    ),
    (
        "Up: a stamp too many",
        "Between n stamps, how many steps are there?",
        "up",
        lambda n, k, S, P: n * S - 2 * P + k,
    ),
    (
        "Up: times the stride",
        "The kernel reaches beyond the last step: how far?",
        "up",
        lambda n, k, S, P: n * S,
    ),
    (
        "Up: the largest size that fits",
        "Several sizes lead down to the same: which one does no output padding give?",
        "up",
        lambda n, k, S, P: (n - 1) * S - 2 * P + k + S - 1,
    ),
    (
        "Up: the last stamp's reach is one short",
        "How long is a single stamp?",
        "up",
        lambda n, k, S, P: (n - 1) * S - 2 * P + k - 1,
    ),
    (
        "Up: the forward rule again",
        "On the way up the stride makes the picture larger.",
        "up",
        lambda n, k, S, P: max((n + 2 * P - k) // S + 1, 1),
    ),
    ("Extra: none", "Which rows of the large picture did no window reach?", "extra", lambda H, k, S, P: 0),
    (
        "Extra: always the stride less one",
        "When the windows fit exactly, how many pixels are left over?",
        "extra",
        lambda H, k, S, P: S - 1,
    ),
    (
        "Extra: the padding is left out",
        "In the padded picture, how many pixels are behind the last window?",
        "extra",
        lambda H, k, S, P: (H - k) % S,
    ),
    (
        "Extra: padding counted once",
        "Zeros stand on both sides.",
        "extra",
        lambda H, k, S, P: (H + P - k) % S,
    ),
    (
        "Extra: what is missing to a step",
        "Is it what is left over, or what is missing to the next window?",
        "extra",
        lambda H, k, S, P: -(H + 2 * P - k) % S,
    ),
    (
        "Extra: remainder of the size",
        "The kernel takes room before the steps begin.",
        "extra",
        lambda H, k, S, P: H % S,
    ),
    (
        "Extra: the quotient",
        "What did rounding down throw away?",
        "extra",
        lambda H, k, S, P: (H + 2 * P - k) // S,
    ),
    (
        "Extra: the padding itself",
        "Padding is cut off at both ends; what else is missing at one end?",
        "extra",
        lambda H, k, S, P: P,
    ),
]:
    q2.wrong(_name, _hint, _q2(**{_kind: _change}))

# --- q3: how many stamps meet

q3 = sheet.function("q3", "overlaps", title="how many stamps meet", section="14-checkerboard", points=2)


@q3.reference
def overlaps(size, kernel, *, stride):
    return _counts(size, kernel, stride).astype(int)


def _counts(size, kernel, stride):
    rows, columns = (
        stamp(np.ones(n), np.ones(k), stride=s) for n, k, s in zip(size, kernel, stride, strict=True)
    )
    return np.outer(rows, columns)


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
    (H, W), (kH, kW), (sH, sW) = size, kernel, stride
    count = np.zeros(((H - 1) * sH + kH, (W - 1) * sW + kW))
    for i, j in np.ndindex(H, W):
        count[i * sH : i * sH + kH, j * sW : j * sW + kW] += 1
    return count


@q3.right
def _(size, kernel, *, stride):
    return vectorized.conv_transpose2d(np.ones((1, 1, *size)), np.ones((1, 1, *kernel)), stride=stride)[0, 0]


for _name, _hint, _wrong in [
    (
        "Rows and columns are added",
        "A pixel is met by some rows of stamps and some columns: how many stamps is that?",
        lambda r, c: r[:, None] + c,
    ),
    (
        "The larger of the two",
        "A pixel is met by some rows of stamps and some columns: how many stamps is that?",
        lambda r, c: np.maximum(r[:, None], c),
    ),
    ("Only rows are counted", "Stamps can overlap to the side as well.", lambda r, c: r[:, None] + 0 * c),
    (
        "Only columns are counted",
        "Stamps can overlap above and below as well.",
        lambda r, c: 0 * r[:, None] + c,
    ),
    (
        "Yes or no instead of how many",
        "How often is a pixel written, not whether.",
        lambda r, c: (r[:, None] * c > 0) * 1.0,
    ),
    (
        "Only overlaps are counted",
        "A pixel that one stamp reaches has the count 1.",
        lambda r, c: (r[:, None] * c - 1).clip(0),
    ),
]:
    q3.wrong(
        _name,
        _hint,
        lambda size, kernel, *, stride, _wrong=_wrong: _wrong(
            *(stamp(np.ones(n), np.ones(k), stride=s) for n, k, s in zip(size, kernel, stride, strict=True))
        ),
    )
for _name, _hint, _wrong in [
    ("The stride is left out", "How far apart do the stamps stand?", lambda n, k, s: _counts(n, k, (1, 1))),
    (
        "Height and width of the stride swapped",
        "Which number of the stride belongs to the rows?",
        lambda n, k, s: _counts(n, k, s[::-1]),
    ),
    (
        "Height and width of the kernel swapped",
        "Which number of the kernel belongs to the rows?",
        lambda n, k, s: _counts(n, k[::-1], s),
    ),
    (
        "Height and width of the picture swapped",
        "Which number of the size belongs to the rows?",
        lambda n, k, s: _counts(n[::-1], k, s),
    ),
    (
        "A stamp too many on each axis",
        "How many stamps stand in a row of the picture?",
        lambda n, k, s: _counts((n[0] + 1, n[1] + 1), k, s),
    ),
    (
        "The stride of the height for both axes",
        "Rows and columns can move by different steps.",
        lambda n, k, s: _counts(n, k, (s[0], s[0])),
    ),
]:
    q3.wrong(_name, _hint, lambda size, kernel, *, stride, _wrong=_wrong: _wrong(size, kernel, stride))

# --- q4: the layer

q4 = sheet.function(
    "q4",
    "transposed",
    title="the transposed layer",
    section="14-definition",
    parts={"stamps": 2, "padding": 1, "output padding": 1},
    answered_by="conv_transpose2d",
)


@q4.reference
def transposed(x, w, b, *, stride=(1, 1), padding=(0, 0), output_padding=(0, 0)):
    return vectorized.conv_transpose2d(x, w, b, stride=stride, padding=padding, output_padding=output_padding)


# D, F, image, kernel, stride, padding, output padding
STAMPS = [
    (2, 3, (2, 3), (3, 2), (1, 1), (0, 0), (0, 0)),
    (3, 2, (3, 2), (2, 3), (2, 3), (0, 0), (0, 0)),
    # each axis of x, w and y alone has length 1 somewhere
    (2, 1, (2, 3), (3, 2), (2, 1), (0, 0), (0, 0)),
    (2, 3, (1, 3), (1, 2), (2, 3), (0, 0), (0, 0)),
    (2, 3, (3, 1), (2, 1), (3, 2), (0, 0), (0, 0)),
]
CROPS = [(2, 3, (3, 4), (3, 2), (2, 1), (1, 0), (0, 0)), (3, 1, (2, 3), (4, 5), (1, 2), (1, 2), (0, 0))]
EXTRA = [
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
    (N, _D, H, W), (_, F, kH, kW), (sH, sW), (pH, pW) = x.shape, w.shape, stride, padding
    room = np.zeros((N, F, (H - 1) * sH + kH + output_padding[0], (W - 1) * sW + kW + output_padding[1]))
    for i, j in np.ndindex(H, W):
        room[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW] += np.einsum("nd,dfuv->nfuv", x[:, :, i, j], w)
    return room[:, :, pH : room.shape[2] - pH, pW : room.shape[3] - pW] + b[:, None, None]


@q4.right
def _(x, w, b, *, stride=(1, 1), padding=(0, 0), output_padding=(0, 0)):
    H, W = (
        (n - 1) * s - 2 * p + k + o
        for n, s, p, k, o in zip(x.shape[2:], stride, padding, w.shape[2:], output_padding, strict=True)
    )
    image = np.zeros((len(x), w.shape[1], H, W))
    dx = vectorized.conv2d_backward(np.asarray(x, float), image, w, stride=stride, padding=padding)[0]
    return dx + np.reshape(b, (-1, 1, 1))


def _transposed(
    *,
    assign=False,
    crop="right",
    extra="end",
    bias="once",
    flip=None,
    swap=(),
    change=None,
    channels="all",
    start="stride",
):
    def transposed(x, w, b, *, stride=(1, 1), padding=(0, 0), output_padding=(0, 0)):
        stride = stride[::-1] if "stride" in swap else stride
        padding = padding[::-1] if "padding" in swap else padding
        output_padding = output_padding[::-1] if "output padding" in swap else output_padding
        if flip == "axes":
            w = np.swapaxes(w.reshape(w.shape[1], w.shape[0], *w.shape[2:]), 0, 1)
        if flip == "kernel":
            w = w[:, :, ::-1, ::-1]
        if flip == "transposed":
            w = w.swapaxes(2, 3)
        (N, D, H, W), (_, F, kH, kW), (sH, sW), (pH, pW) = x.shape, w.shape, stride, padding
        oH, oW = output_padding if extra in ("end", "start", "both") else (0, 0)
        full = np.zeros((N, F, (H - 1) * sH + kH, (W - 1) * sW + kW))
        if channels == "first":
            x, w = x[:, :1], w[:1]
        stamps = np.tensordot(x, w, ([1], [0])).transpose(0, 3, 1, 2, 4, 5)  # N, F, H, W, kH, kW
        if channels == "mean":
            stamps = stamps / D
        step = (1, 1) if start == "index" else (sH, sW)
        if assign:
            for i, j in np.ndindex(H, W):
                full[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW] = stamps[:, :, i, j]
        else:
            for u, v in np.ndindex(kH, kW):
                place = np.s_[
                    :, :, u : u + (H - 1) * step[0] + 1 : step[0], v : v + (W - 1) * step[1] + 1 : step[1]
                ]
                full[place] += stamps[..., u, v]
        first = {"start": (1, 0), "both": (1, 1)}.get(extra, (0, 1))
        y = _pad(full, (first[0] * oH, first[1] * oH), (first[0] * oW, first[1] * oW))
        y = _cut(y, pH, pW, crop)
        if bias == "stamps":
            count = _counts((H, W), (kH, kW), (sH, sW))
            count = _cut(_pad(count[None, None], (0, oH), (0, oW)), pH, pW, crop)
            y = y + count * b[:, None, None]
        elif bias != "missing":
            y = y + (b if bias == "once" else b[[0] * F])[:, None, None]
        return _pad(y, (0, output_padding[0]), (0, output_padding[1])) if extra == "zeros" else y

    return transposed


def _pad(a, rows, columns):
    return np.pad(a, ((0, 0), (0, 0), rows, columns))


def _cut(y, pH, pW, crop):
    """The crop by the padding, or a mistake in it."""
    H, W = y.shape[2:]
    if crop == "added":
        return _pad(y, (pH, pH), (pW, pW))
    if crop == "minus":
        return y[:, :, slice(pH, -pH), slice(pW, -pW)]
    a, b = {
        "right": (1, 1),
        "none": (0, 0),
        "first": (1, 0),
        "last": (0, 1),
        "all first": (2, 0),
        "all last": (0, 2),
    }[crop]
    return y[:, :, a * pH : H - b * pH, a * pW : W - b * pW]


for _name, _hint, _mistake, _section in [
    ("The stamps are not added up", "What stands where two stamps meet?", {"assign": True}, "14-stamp"),
    (
        "The stamps stand one pixel apart",
        "How far apart do the stamps stand?",
        {"start": "index"},
        "14-stamp",
    ),
    ("The stamp is mirrored", "A single input of 1: what does y look like?", {"flip": "kernel"}, "14-stamp"),
    (
        "w is read as F x D",
        "Which axis of w comes first here: that of the input or that of the output?",
        {"flip": "axes"},
        "14-breaks",
    ),
    (
        "The kernel is transposed",
        "Height comes before width, also in the stamp.",
        {"flip": "transposed"},
        "14-definition",
    ),
    (
        "Only the first channel",
        "How many channels stamp onto one output channel?",
        {"channels": "first"},
        "14-definition",
    ),
    (
        "The channels are averaged",
        "Are the stamps of the channels added or averaged?",
        {"channels": "mean"},
        "14-definition",
    ),
    (
        "The padding is added",
        "Does a larger padding make this layer's output larger or smaller?",
        {"crop": "added"},
        "14-breaks",
    ),
    (
        "Nothing is cropped",
        "What does the padding do to the output of this layer?",
        {"crop": "none"},
        "14-definition",
    ),
    (
        "Cropped at the start only",
        "From how many sides is the padding cut off?",
        {"crop": "first"},
        "14-definition",
    ),
    ("Cropped at the end only", "From how many sides does the crop take?", {"crop": "last"}, "14-definition"),
    (
        "All cropped from the start",
        "The crop takes the same from both sides.",
        {"crop": "all first"},
        "14-definition",
    ),
    (
        "All cropped from the end",
        "Which rows does the crop take at the top?",
        {"crop": "all last"},
        "14-definition",
    ),
    (
        "Cropped to nothing without padding",
        "What does your crop leave when the padding is 0?",
        {"crop": "minus"},
        "14-definition",
    ),
    (
        "The output padding at the start",
        "At which end were pixels left over?",
        {"extra": "start"},
        "14-breaks",
    ),
    (
        "The output padding is left out",
        "How many rows should y have?",
        {"extra": "none"},
        "14-output-padding",
    ),
    (
        "The output padding on both sides",
        "Were pixels left over at both ends?",
        {"extra": "both"},
        "14-output-padding",
    ),
    (
        "The added rows are zeros",
        "What stands in the rows that the crop would have taken, and does the bias reach them?",
        {"extra": "zeros"},
        "14-output-padding",
    ),
    ("The bias is missing", "What is y when x is zero everywhere?", {"bias": "missing"}, "14-definition"),
    (
        "The bias once a stamp",
        "How often is the bias added to one output pixel?",
        {"bias": "stamps"},
        "14-definition",
    ),
    ("The first bias for all", "How many output channels have a bias?", {"bias": "first"}, "14-definition"),
    (
        "Height and width of the stride swapped",
        "Which number of the stride belongs to the rows?",
        {"swap": ("stride",)},
        "14-definition",
    ),
    (
        "Height and width of the padding swapped",
        "Which number is cut off above and below?",
        {"swap": ("padding",)},
        "14-definition",
    ),
    (
        "Height and width of the output padding swapped",
        "Which number adds rows, and which columns?",
        {"swap": ("output padding",)},
        "14-output-padding",
    ),
]:
    q4.wrong(_name, _hint, _transposed(**_mistake), section=_section)

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


@q5.reference
def transposed_backward(dout, x, w, *, stride=(1, 1), padding=(0, 0), output_padding=(0, 0)):
    return vectorized.conv_transpose2d_backward(
        dout, x, w, stride=stride, padding=padding, output_padding=output_padding
    )


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


@q5.right
def _(dout, x, w, *, stride=(1, 1), padding=(0, 0), output_padding=(0, 0)):
    how = {"stride": stride, "padding": padding}
    dx = vectorized.conv2d(dout, w, **how)
    return dx, vectorized.conv2d_backward(x, dout, w, **how)[1], dout.sum(axis=(0, 2, 3))


@q5.right
def _(dout, x, w, *, stride=(1, 1), padding=(0, 0), output_padding=(0, 0)):
    (sH, sW), (kH, kW), (H, W) = stride, w.shape[2:], x.shape[2:]
    wide = np.pad(dout, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for i, j in np.ndindex(H, W):
        window = wide[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW]
        dx[:, :, i, j] = np.tensordot(window, w, ([1, 2, 3], [1, 2, 3]))
        dw += np.einsum("nd,nfuv->dfuv", x[:, :, i, j], window)
    return dx, dw, np.einsum("nfpq->f", dout)


def _q5(*, dx="right", dw="right", db="right", start_dx="stride", start_dw="stride", padded=True):
    def transposed_backward(dout, x, w, *, stride=(1, 1), padding=(0, 0), output_padding=(0, 0)):
        N, (H, W), (kH, kW) = len(x), x.shape[2:], w.shape[2:]
        room = [(n - 1) * s + k for n, s, k in zip((H, W), stride, (kH, kW), strict=True)]
        pads = [(p, p) for p in padding] if padded else [(0, 2 * p) for p in padding]
        wide = _pad(np.asarray(dout, float), *pads)
        wide = _pad(wide, *((0, max(r - n, 0)) for r, n in zip(room, wide.shape[2:], strict=True)))
        windows = np.lib.stride_tricks.sliding_window_view(wide, (kH, kW), axis=(2, 3))
        near = windows[:, :, :H, :W]
        far = windows[:, :, :: stride[0], :: stride[1]][:, :, :H, :W]
        kernel = {"flipped": w[:, :, ::-1, ::-1], "first": w[:, :1]}.get(dx, w)
        seen = near if start_dx == "index" else far
        if dx == "first":
            seen = seen[:, :1]
        got_dx = np.tensordot(seen, kernel, ([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
        got_dw = np.tensordot(x, near if start_dw == "index" else far, ([0, 2, 3], [0, 2, 3]))
        got_dw = {
            "right": lambda: got_dw,
            "flipped": lambda: got_dw[:, :, ::-1, ::-1],
            "swapped": lambda: got_dw.swapaxes(0, 1),
            "mean": lambda: got_dw / N,
            "last": lambda: np.tensordot(x[-1], far[-1], ([1, 2], [1, 2])),
        }[dw]()
        got_db = {
            "right": lambda: dout.sum(axis=(0, 2, 3)),
            "mean": lambda: dout.mean(axis=(0, 2, 3)),
            "batch": lambda: dout.sum(axis=0),
            "images": lambda: dout.sum(axis=(2, 3)),
            "one": lambda: dout.sum(),
            "stamps": lambda: far.sum(axis=(0, 2, 3, 4, 5)),
        }[db]()
        return got_dx, got_dw, got_db

    return transposed_backward


for _name, _hint, _mistake in [
    (
        "dx: the kernel is flipped",
        "The stamp was laid down as it is: which entry of dout meets the first weight?",
        {"dx": "flipped"},
    ),
    ("dx: the stride is left out", "Where did the stamp of pixel 1 begin?", {"start_dx": "index"}),
    (
        "dx: only the first output channel",
        "Onto how many output channels does one pixel stamp?",
        {"dx": "first"},
    ),
    (
        "dw: the stride is left out",
        "Where did the stamp of pixel 1 begin, and which entries of dout lie under it?",
        {"start_dw": "index"},
    ),
    ("dw is back to front", "The first weight was stamped at the upper left corner.", {"dw": "flipped"}),
    ("dw: input and output channels swapped", "Which axis of w comes first here?", {"dw": "swapped"}),
    (
        "dw is averaged over the images",
        "Every image moves the loss by its own share: do the shares add up?",
        {"dw": "mean"},
    ),
    ("dw of the last image only", "How many images used these weights?", {"dw": "last"}),
    (
        "The crop is not made good",
        "The forward pass cut rows off: what gradient have they, and where do they stand?",
        {"padded": False},
    ),
    ("db is averaged", "How much does all of y move when b moves?", {"db": "mean"}),
    ("db sums the images only", "To how many pixels is one bias added?", {"db": "batch"}),
    ("db for each image", "All images share one bias.", {"db": "images"}),
    ("One db for all", "How many biases has the layer?", {"db": "one"}),
    ("db counts the overlaps", "The bias was added once a pixel, not once a stamp.", {"db": "stamps"}),
]:
    q5.wrong(_name, _hint, _q5(**_mistake))
