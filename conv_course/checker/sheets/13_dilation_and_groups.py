"""Sheet of 13_dilation_and_groups: dilation forward and backward, groups, depthwise, and what they cost."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_lib import vectorized
from conv_lib.sizes import effective_size, output_size

sheet = Sheet("13_dilation_and_groups")

# --- q1: effective size and output size

q1 = sheet.function(
    "q1",
    "sizes",
    title="how far the taps reach",
    section="13-dilation",
    outputs=("span", "W_out"),
    parts={"span": 1, "W_out": 1},
    answered_by="effective_size output_size(dilation)",
)


@q1.reference
def sizes(W, k, *, stride=1, padding=0, dilation=1):
    return effective_size(k, dilation), output_size(W, k, stride, padding, dilation)


@q1.cases
def _(rng):
    for W, k, S, P, Dl in [
        (8, 3, 1, 0, 1),
        (8, 3, 1, 0, 2),
        (20, 3, 2, 1, 3),
        (25, 4, 3, 2, 5),
        (30, 5, 1, 4, 2),
        (24, 1, 2, 0, 4),
        (18, 2, 4, 3, 6),
        (27, 4, 2, 1, 3),
    ]:
        yield case(W + int(rng.integers(0, 5)), k, stride=S, padding=P, dilation=Dl)


@q1.right
def _(W, k, *, stride=1, padding=0, dilation=1):
    taps = range(0, k * dilation, dilation)
    starts = range(0, W + 2 * padding - taps[-1], stride)
    return [taps[-1] + 1, len(starts)]


def _q1(span=lambda k, Dl: Dl * (k - 1) + 1, count=None):
    def sizes(W, k, *, stride=1, padding=0, dilation=1):
        right = effective_size(k, dilation)
        Ke = span(k, dilation)
        room = W + 2 * padding - Ke
        return Ke, count(W, k, right, stride, padding) if count else room // stride + 1

    return sizes


for _name, _hint, _wrong in [
    (
        "The dilation is counted as holes",
        "Dilation 1 means taps side by side: how many zeros stand between them then?",
        _q1(lambda k, Dl: (Dl + 1) * (k - 1) + 1),
    ),
    (
        "The dilation times the whole kernel",
        "Between k taps, how many gaps are there?",
        _q1(lambda k, Dl: Dl * k),
    ),
    (
        "The last tap is not counted",
        "How far does a kernel of one tap reach?",
        _q1(lambda k, Dl: Dl * (k - 1)),
    ),
    (
        "The dilation is added once",
        "Every gap grows with the dilation: how many gaps are there?",
        _q1(lambda k, Dl: k + Dl - 1),
    ),
    ("The dilation is added to the taps", "Dilation 1 changes nothing.", _q1(lambda k, Dl: k + Dl)),
    ("A gap behind the last tap", "Is there a gap behind the last tap?", _q1(lambda k, Dl: Dl * k + 1)),
    (
        "The size uses the number of taps",
        "Which size has to fit into the padded signal: the number of taps, or what they span?",
        _q1(count=lambda W, k, Ke, S, P: (W + 2 * P - k) // S + 1),
    ),
    (
        "The padding counts once",
        "Zeros are put on both sides: how much longer is the signal?",
        _q1(count=lambda W, k, Ke, S, P: (W + P - Ke) // S + 1),
    ),
    (
        "The padding is left out",
        "In what signal does the kernel have to fit?",
        _q1(count=lambda W, k, Ke, S, P: (W - Ke) // S + 1),
    ),
    (
        "One window too few",
        "When the kernel fits exactly, how many places are there?",
        _q1(count=lambda W, k, Ke, S, P: (W + 2 * P - Ke) // S),
    ),
    (
        "Rounded up",
        "Does a window that does not fit whole count?",
        _q1(count=lambda W, k, Ke, S, P: -(-(W + 2 * P - Ke) // S) + 1),
    ),
    (
        "Not rounded at all",
        "A number of windows is whole.",
        _q1(count=lambda W, k, Ke, S, P: (W + 2 * P - Ke) / S + 1),
    ),
    (
        "The stride is left out",
        "Windows start S apart: how many of the places does that leave?",
        _q1(count=lambda W, k, Ke, S, P: W + 2 * P - Ke + 1),
    ),
]:
    q1.wrong(_name, _hint, _wrong)

# --- q2: forward

q2 = sheet.function(
    "q2",
    "dilated",
    title="the dilated layer",
    section="13-dilation",
    parts={"dilation": 1, "with stride and padding": 2},
    answered_by="conv1d conv2d",
)


@q2.reference
def dilated(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
    return vectorized.conv1d(x, w, b, stride=stride, padding=padding, dilation=dilation)


LAYERS = [
    (9, 3, 2, 1, 2),
    (10, 2, 1, 2, 3),
    (13, 3, 3, 0, 2),
    (8, 4, 2, 3, 3),
    (11, 3, 2, 2, 1),
    (1, 2, 1, 2, 2),
    (7, 1, 3, 1, 2),
]


@q2.cases
def _(rng):
    for W, k, Dl in [(8, 3, 2), (9, 2, 4), (5, 3, 2)]:
        yield case(numbers(rng, W), numbers(rng, k), 0.5, dilation=Dl, part="dilation")
    for W, k, S, P, Dl in LAYERS:
        part = "with stride and padding"
        yield case(numbers(rng, W), numbers(rng, k), -1.5, stride=S, padding=P, dilation=Dl, part=part)
    x, w = rng.integers(1, 9, 9), numbers(rng, 3)
    yield case(x, w, 0.5, stride=2, padding=1, dilation=2, part="with stride and padding", layout="view")


@q2.right
def _(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
    spread = np.zeros(dilation * (len(w) - 1) + 1)
    spread[::dilation] = w
    return np.correlate(np.pad(x, padding), spread, "valid")[::stride] + b


@q2.right
def _(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
    Ke = dilation * (len(w) - 1) + 1
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, padding), Ke)[::stride, ::dilation]
    return windows @ w + b


def _where(W, k, S, P, Dl, *, tap="right", start="right", size="right", pads="both"):
    """Which padded sample tap k of window i reads (W', k), the padded length, and the zeros in front."""
    before, after = {
        "both": (P, P),
        "once": (P, 0),
        "none": (0, 0),
        "dilated": (P * Dl, P * Dl),
        "total": (P // 2, P - P // 2),
    }[pads]
    span = {"right": Dl * (k - 1) + 1, "taps": k, "whole": Dl * k, "holes": (Dl + 1) * (k - 1) + 1}[size]
    count = max((W + before + after - span) // S + 1, 0)
    i, u = np.arange(count)[:, None], np.arange(k)
    i = i * {"right": S, "index": 1, "dilated": S * Dl, "dilation": Dl}[start]
    u = u * {"right": Dl, "holes": Dl + 1, "none": 1, "stride": S}[tap]
    return i + u, W + before + after, before


def _forward(*, flip=False, bias="once", **mistake):
    def dilated(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
        at, length, before = _where(len(x), len(w), stride, padding, dilation, **mistake)
        xpad = np.zeros(max(length, int(at.max(initial=0)) + 1))
        xpad[before : before + len(x)] = x
        b = {"once": b, "missing": 0.0, "each tap": len(w) * b}[bias]
        return xpad[at] @ (w[::-1] if flip else w) + b

    return dilated


TAPS = [
    (
        "The dilation is counted as holes",
        "With dilation 1 the taps stand side by side: how far apart with dilation 2?",
        {"tap": "holes", "size": "holes"},
    ),
    (
        "The dilation is left out",
        "How many samples lie between the one that w0 meets and the one that w1 meets?",
        {"tap": "none"},
    ),
    (
        "The taps stand a stride apart",
        "The stride moves the window: what moves a tap within it?",
        {"tap": "stride"},
    ),
    (
        "The windows stand a dilation apart",
        "The dilation spreads the taps: what moves the window?",
        {"start": "dilation"},
    ),
    (
        "Stride and dilation swapped",
        "Which of the two moves the window, and which spreads the taps?",
        {"start": "dilation", "tap": "stride"},
    ),
    (
        "The dilation stretches the stride too",
        "Where does window 1 start with stride 1 and dilation 2?",
        {"start": "dilated"},
    ),
    ("The stride is left out", "How far apart do two windows start?", {"start": "index"}),
]

for _name, _hint, _mistake in [
    *TAPS,
    (
        "As many windows as without dilation",
        "How many samples does a dilated kernel span, and how often does it fit?",
        {"size": "taps"},
    ),
    ("The span counts a gap too many", "Is there a gap behind the last tap?", {"size": "whole"}),
    (
        "The padding is stretched as well",
        "Does the dilation change how many zeros are put on?",
        {"pads": "dilated"},
    ),
    ("Padding on one side only", "The padding counts for each side.", {"pads": "once"}),
    (
        "The padding is forgotten",
        "Where does the first window start when padding is not 0?",
        {"pads": "none"},
    ),
    (
        "The padding is taken for the total",
        "Is the padding the number for one side, or for both?",
        {"pads": "total"},
    ),
    (
        "The kernel is flipped",
        "Which sample does w0 meet, the leftmost of the window or the rightmost?",
        {"flip": True},
    ),
    ("The bias is missing", "What is y when x is zero everywhere?", {"bias": "missing"}),
    ("The bias inside the sum", "How many times does the bias count in one output?", {"bias": "each tap"}),
]:
    q2.wrong(_name, _hint, _forward(**_mistake))

# --- q3: backward

q3 = sheet.function(
    "q3",
    "dilated_backward",
    title="backward through dilation",
    section="13-dilation",
    outputs=("dx", "dw"),
    parts={"dx": 2, "dw": 1},
    answered_by="conv1d_backward conv2d_backward",
)


@q3.reference
def dilated_backward(dout, x, w, *, stride=1, padding=0, dilation=1):
    return vectorized.conv1d_backward(dout, x, w, stride=stride, padding=padding, dilation=dilation)[:2]


@q3.cases
def _(rng):
    for W, k, S, P, Dl in [(8, 3, 1, 0, 2), *LAYERS]:
        dout = numbers(rng, output_size(W, k, S, P, Dl))
        yield case(dout, numbers(rng, W), numbers(rng, k), stride=S, padding=P, dilation=Dl)
    x, w, dout = rng.integers(1, 9, 9), numbers(rng, 3), rng.integers(-9, 9, 4)
    yield case(dout, x, w, stride=2, padding=1, dilation=2, layout="reversed")


@q3.right
def _(dout, x, w, *, stride=1, padding=0, dilation=1):
    dx, dw = np.zeros(len(x)), np.zeros(len(w))
    for i, d in enumerate(dout):
        for k in range(len(w)):
            j = i * stride + k * dilation - padding
            if 0 <= j < len(x):
                dx[j] += w[k] * d
                dw[k] += x[j] * d
    return dx, dw


@q3.right
def _(dout, x, w, *, stride=1, padding=0, dilation=1):
    spread = np.zeros(dilation * (len(w) - 1) + 1)
    spread[::dilation] = w
    holes = np.zeros((len(dout) - 1) * stride + 1)
    holes[::stride] = dout
    full = np.convolve(holes, spread)
    dxpad = np.pad(full, (0, len(x) + 2 * padding - len(full)))
    xpad = np.pad(x, padding)
    dw = [np.dot(xpad[k * dilation : k * dilation + len(holes)], holes) for k in range(len(w))]
    return dxpad[padding : padding + len(x)], np.array(dw)


def _backward(
    *,
    dx=None,
    dw=None,
    flip_dx=False,
    flip_dw=False,
    assign=False,
    crop="right",
    source="padded",
    scale="sum",
):
    """`dx` and `dw`: what goes wrong in the places of each."""

    def dilated_backward(dout, x, w, *, stride=1, padding=0, dilation=1):
        W, k = len(x), len(w)
        at, at_dw = (
            _where(W, k, stride, padding, dilation, **(mistake or {}))[0][: len(dout)] for mistake in (dx, dw)
        )
        length = max(W + 2 * padding, int(at.max()) + 1, int(at_dw.max()) + 1)
        xpad, dxpad = np.zeros(length), np.zeros(length)
        first = 0 if source == "x" else padding
        xpad[first : first + W] = x
        shares = dout[:, None] * (w[::-1] if flip_dx else w)
        if assign:
            for i in range(len(dout)):
                dxpad[at[i]] = shares[i]
        else:
            np.add.at(dxpad, at, shares)
        weights = dout @ xpad[at_dw] / (len(dout) if scale == "mean" else 1)
        got = {"right": dxpad[padding : padding + W], "none": dxpad[: W + 2 * padding], "left": dxpad[:W]}[
            crop
        ]
        return got, weights[::-1] if flip_dw else weights

    return dilated_backward


for _name, _hint, _mistake in [
    (
        "The dilation is left out of dx",
        "In output 0, which sample did w1 meet: how far from the first?",
        {"dx": {"tap": "none"}},
    ),
    ("The dilation is left out of dw", "Which sample did w1 meet in window 0?", {"dw": {"tap": "none"}}),
    (
        "The dilation counted as holes in dx",
        "Dilation 1 means taps side by side: to which sample does the share of w1 go?",
        {"dx": {"tap": "holes"}},
    ),
    (
        "The dilation counted as holes in dw",
        "Dilation 1 means taps side by side: which sample did w1 meet?",
        {"dw": {"tap": "holes"}},
    ),
    (
        "The stride is left out of dx",
        "Where did window 1 start, and where does its gradient go?",
        {"dx": {"start": "index"}},
    ),
    ("The stride is left out of dw", "Which sample did w0 meet in window 1?", {"dw": {"start": "index"}}),
    (
        "Stride and dilation swapped in dx",
        "Which of the two belongs to i, and which to k?",
        {"dx": {"start": "dilation", "tap": "stride"}},
    ),
    (
        "Stride and dilation swapped in dw",
        "Which of the two belongs to the output's number, and which to the weight's?",
        {"dw": {"start": "dilation", "tap": "stride"}},
    ),
    (
        "The dilation stretches the stride in dx",
        "Where does window 1 start with stride 1 and dilation 2?",
        {"dx": {"start": "dilated"}},
    ),
    (
        "The dilation stretches the stride in dw",
        "With stride 1 and dilation 2, which sample did w0 meet in window 1?",
        {"dw": {"start": "dilated"}},
    ),
    ("The kernel is in the wrong order", "The first sample of a window met w0.", {"flip_dx": True}),
    ("dw is back to front", "w0 met the leftmost sample of each window.", {"flip_dw": True}),
    (
        "Assigned instead of added up",
        "A sample can be met by several taps: what does it get?",
        {"assign": True},
    ),
    ("The padding is not cropped from dx", "How long is dx?", {"crop": "none"}),
    ("All cropped from the right", "Which entries of the padded dx stand for padding?", {"crop": "left"}),
    (
        "dw from the unpadded x",
        "The first window may have met zeros: does your x begin with them?",
        {"source": "x"},
    ),
    (
        "dw is averaged over the windows",
        "The windows' shares add up; nothing divides them.",
        {"scale": "mean"},
    ),
]:
    q3.wrong(_name, _hint, _backward(**_mistake))

# --- q4: groups

q4 = sheet.function(
    "q4",
    "grouped",
    title="layers side by side",
    section="13-groups",
    parts={"groups": 2, "depthwise": 1},
    answered_by="conv2d(groups)",
)


@q4.reference
def grouped(x, w, b, *, groups, stride=(1, 1), padding=(0, 0)):
    return vectorized.conv2d(x, w, b, stride=stride, padding=padding, groups=groups)


# D, F, groups, image, kernel, stride, padding
GROUPED = [
    (4, 6, 2, (4, 6), (2, 3), (1, 1), (0, 0)),
    (6, 3, 3, (8, 4), (3, 2), (3, 1), (0, 0)),  # two rows left over, no column
    (6, 9, 3, (4, 8), (2, 3), (1, 3), (1, 0)),  # two columns left over, no row
    (2, 3, 1, (5, 6), (3, 2), (2, 1), (1, 2)),
    # each axis of x, w and y alone has length 1 somewhere
    (2, 1, 1, (4, 6), (2, 3), (1, 2), (0, 0)),
    (1, 3, 1, (5, 4), (3, 2), (1, 1), (1, 0)),
    (4, 2, 2, (1, 5), (3, 1), (1, 2), (1, 0)),
    (4, 2, 2, (5, 1), (1, 3), (2, 1), (0, 1)),
]
DEPTHWISE = [
    (3, 3, 3, (4, 6), (2, 3), (1, 1), (0, 0)),
    (3, 6, 3, (5, 6), (3, 2), (2, 1), (0, 1)),
]


def _arrays(rng, D, F, G, image, kernel, N=1):
    return numbers(rng, N, D, *image), numbers(rng, F, D // G, *kernel)


@q4.cases
def _(rng):
    for rows, part in ((GROUPED, "groups"), (DEPTHWISE, "depthwise")):
        for D, F, G, image, kernel, stride, padding in rows:
            x, w = _arrays(rng, D, F, G, image, kernel, N=2)
            yield case(x, w, numbers(rng, F), groups=G, stride=stride, padding=padding, part=part)
    x, w = _arrays(rng, 4, 6, 2, (4, 5), (2, 3))
    yield case(rng.integers(-9, 9, x.shape), w, numbers(rng, 6), groups=2, part="groups", layout="view")
    x, w = _arrays(rng, 4, 4, 2, (4, 5), (2, 3))
    yield case(x, w, numbers(rng, 4), groups=2, padding=(1, 0), part="groups", layout="F")


@q4.right
def _(x, w, b, *, groups, stride=(1, 1), padding=(0, 0)):
    F, Dg = len(w), w.shape[1]
    Fg = F // groups
    parts = [
        vectorized.conv2d(
            x[:, g * Dg : (g + 1) * Dg],
            w[g * Fg : (g + 1) * Fg],
            b[g * Fg : (g + 1) * Fg],
            stride=stride,
            padding=padding,
        )
        for g in range(groups)
    ]
    return np.concatenate(parts, axis=1)


@q4.right
def _(x, w, b, *, groups, stride=(1, 1), padding=(0, 0)):
    windows = _windows(x, w.shape[2:], stride, padding)
    N, D, H, W = windows.shape[:4]
    windows = windows.reshape(N, groups, D // groups, H, W, *w.shape[2:])
    split = w.reshape(groups, -1, *w.shape[1:])
    return np.einsum("ngdijuv,gfduv->ngfij", windows, split).reshape(N, len(w), H, W) + b[:, None, None]


def _windows(x, kernel, stride, padding):
    (pH, pW), (H, W) = padding, x.shape[2:]
    xpad = np.zeros((*x.shape[:2], H + 2 * pH, W + 2 * pW))
    xpad[:, :, pH : pH + H, pW : pW + W] = x
    windows = np.lib.stride_tricks.sliding_window_view(xpad, kernel, axis=(2, 3))
    return windows[:, :, :: stride[0], :: stride[1]]


def _seen(F, D, G, rule):
    """Which channels each filter sees: (F, D/G)."""
    Dg, f = D // G, np.arange(F)
    d = np.arange(Dg)
    g = {
        "interleaved filters": f % G,
        "first group": 0 * f,
        "by channels": f // Dg % G,
        "reversed": G - 1 - f // (F // G),
        "next": (f // (F // G) + 1) % G,
    }.get(rule, f // (F // G))[:, None]
    if rule == "interleaved channels":
        return g + G * d
    if rule == "group as channel":
        return np.minimum(g + d, D - 1)
    if rule == "channels reversed":
        return g * Dg + Dg - 1 - d
    return g * Dg + d


def _spread(w, D, G, rule):
    """The w of the ungrouped layer that does the same: (F, D, kH, kW)."""
    if rule == "all channels":
        return np.tile(w, (1, G, 1, 1))
    full = np.zeros((len(w), D, *w.shape[2:]))
    full[np.arange(len(w))[:, None], _seen(len(w), D, G, rule)] = w
    return full


def _grouped(*, rule="right", bias="own", flip=False, swap=()):
    def grouped(x, w, b, *, groups, stride=(1, 1), padding=(0, 0)):
        stride = stride[::-1] if "stride" in swap else stride
        padding = padding[::-1] if "padding" in swap else padding
        full = _spread(w[:, :, ::-1, ::-1] if flip else w, x.shape[1], groups, rule)
        y = np.tensordot(_windows(x, w.shape[2:], stride, padding), full, ([1, 4, 5], [1, 2, 3]))
        F = len(b)
        b = {
            "own": b,
            "missing": 0 * b,
            "first": b[[0] * F],
            "of the group": b[np.arange(F) // (F // groups)],
            "within the group": b[np.arange(F) % (F // groups)],
        }[bias]
        return y.transpose(0, 3, 1, 2) + b[:, None, None]

    return grouped


RULES = [
    (
        "The groups are interleaved",
        "The filters of a group stand together: which filters share the first channels?",
        "interleaved filters",
        "13-breaks",
    ),
    (
        "The channels of a group are interleaved",
        "The channels of a group stand together: which ones belong to group 0?",
        "interleaved channels",
        "13-groups",
    ),
    (
        "Every filter sees the first group",
        "Which channels does the last filter see?",
        "first group",
        "13-groups",
    ),
    (
        "Every filter sees all channels",
        "How many channels does one filter of a grouped layer see?",
        "all channels",
        "13-groups",
    ),
    (
        "The filters are cut by the channels' number",
        "How many filters has a group, and is that how many channels it has?",
        "by channels",
        "13-groups",
    ),
    ("The groups in reverse order", "Which group does filter 0 belong to?", "reversed", "13-groups"),
    (
        "The group's number taken for its first channel",
        "How many channels come before group 1, when each group has two?",
        "group as channel",
        "13-groups",
    ),
    (
        "The next group's channels",
        "Which channels does filter 0 see?",
        "next",
        "13-groups",
    ),
]
for _name, _hint, _rule, _section in RULES:
    q4.wrong(_name, _hint, _grouped(rule=_rule), section=_section)
for _name, _hint, _mistake in [
    ("The bias is missing", "What is y when x is zero everywhere?", {"bias": "missing"}),
    ("The first bias for all", "How many biases has the layer?", {"bias": "first"}),
    ("One bias a group", "Does the number of biases depend on the groups?", {"bias": "of the group"}),
    (
        "The biases of the first group again",
        "Filters are counted through all groups: which bias does the first filter of group 1 have?",
        {"bias": "within the group"},
    ),
    ("The kernel is flipped", "Which pixel of the window does the first weight meet?", {"flip": True}),
    (
        "Height and width of the stride swapped",
        "Which number of the stride belongs to the rows?",
        {"swap": ("stride",)},
    ),
    (
        "Height and width of the padding swapped",
        "Which number goes above and below?",
        {"swap": ("padding",)},
    ),
]:
    q4.wrong(_name, _hint, _grouped(**_mistake))

# --- q5: what it costs

q5 = sheet.function(
    "q5",
    "costs",
    title="parameters and multiplications",
    section="13-depthwise",
    outputs=("parameters", "multiplications", "separable"),
    parts={"parameters": 1, "multiplications": 1, "separable": 1},
)


@q5.reference
def costs(D, F, kernel, out, *, groups=1):
    (kH, kW), (H, W) = kernel, out
    per_output = D // groups * kH * kW
    return F * (per_output + 1), F * per_output * H * W, (D * kH * kW + F * D) * H * W


@q5.cases
def _(rng):
    for D, F, G, kernel in [
        (4, 6, 1, (3, 2)),
        (4, 6, 2, (3, 2)),
        (12, 18, 3, (3, 5)),
        (8, 8, 8, (2, 3)),
        (5, 10, 5, (5, 3)),
    ]:
        yield case(D, F, kernel, (int(rng.integers(6, 20)), int(rng.integers(21, 40))), groups=G)


@q5.right
def _(D, F, kernel, out, *, groups=1):
    w = np.empty((F, D // groups, *kernel))
    pixels = int(np.prod(out))
    return w.size + F, w.size * pixels, pixels * D * (w[0, 0].size + F)


def _costs(
    parameters=lambda D, F, G, k, p, kH, kW: F * (D // G * k + 1),
    products=lambda D, F, G, k, p, kH, kW: F * (D // G) * k * p,
    separable=lambda D, F, G, k, p, kH, kW: (D * k + F * D) * p,
):
    def costs(D, F, kernel, out, *, groups=1):
        known = D, F, groups, kernel[0] * kernel[1], out[0] * out[1], *kernel
        return parameters(*known), products(*known), separable(*known)

    return costs


for _name, _hint, _kind, _change in [
    (
        "Parameters: the groups are left out",
        "How many channels does one filter see?",
        "parameters",
        lambda D, F, G, k, p, kH, kW: F * (D * k + 1),
    ),
    (
        "Parameters: no biases",
        "What is added to each output, besides the products?",
        "parameters",
        lambda D, F, G, k, p, kH, kW: F * (D // G) * k,
    ),
    (
        "Parameters: one bias for all",
        "How many filters have a bias?",
        "parameters",
        lambda D, F, G, k, p, kH, kW: F * (D // G) * k + 1,
    ),
    (
        "Parameters: a bias a channel",
        "Does a bias belong to an input channel or to a filter?",
        "parameters",
        lambda D, F, G, k, p, kH, kW: F * (D // G) * k + D,
    ),
    (
        "Parameters: the filters are divided too",
        "There are F filters in all, whatever the groups: which number shrinks?",
        "parameters",
        lambda D, F, G, k, p, kH, kW: F // G * (D // G * k + 1),
    ),
    (
        "Parameters: a square kernel",
        "How many weights has a slice of 3 rows and 2 columns?",
        "parameters",
        lambda D, F, G, k, p, kH, kW: F * (D // G * kH * kH + 1),
    ),
    (
        "Parameters: a copy for each pixel",
        "Do the weights change from place to place?",
        "parameters",
        lambda D, F, G, k, p, kH, kW: F * (D // G * k + 1) * p,
    ),
    (
        "Parameters: a bias for each slice",
        "How often is the bias added in one output?",
        "parameters",
        lambda D, F, G, k, p, kH, kW: F * (D // G) * (k + 1),
    ),
    (
        "Multiplications: the groups are left out",
        "How many channels are multiplied for one output?",
        "products",
        lambda D, F, G, k, p, kH, kW: F * D * k * p,
    ),
    (
        "Multiplications: one output pixel",
        "How many output pixels does one filter have?",
        "products",
        lambda D, F, G, k, p, kH, kW: F * (D // G) * k,
    ),
    (
        "Multiplications: one filter",
        "How many filters compute an output at each pixel?",
        "products",
        lambda D, F, G, k, p, kH, kW: D // G * k * p,
    ),
    (
        "Multiplications: the bias counts",
        "Is the bias multiplied with anything?",
        "products",
        lambda D, F, G, k, p, kH, kW: F * (D // G * k + 1) * p,
    ),
    (
        "Multiplications: the filters are divided too",
        "Each of the F filters computes an output: which number shrinks?",
        "products",
        lambda D, F, G, k, p, kH, kW: F // G * (D // G) * k * p,
    ),
    (
        "Multiplications: a square kernel",
        "How many products has a slice of 3 rows and 2 columns?",
        "products",
        lambda D, F, G, k, p, kH, kW: F * (D // G) * kH * kH * p,
    ),
    (
        "Separable: the depthwise layer alone",
        "What mixes the channels after the depthwise layer, and what does that cost?",
        "separable",
        lambda D, F, G, k, p, kH, kW: D * k * p,
    ),
    (
        "Separable: the 1 x 1 layer alone",
        "Something comes before the 1 x 1 layer: what does that cost?",
        "separable",
        lambda D, F, G, k, p, kH, kW: F * D * p,
    ),
    (
        "Separable: F filters in the first layer",
        "The first layer has one filter a channel: how many is that?",
        "separable",
        lambda D, F, G, k, p, kH, kW: (F * k + F * D) * p,
    ),
    (
        "Separable: the two are multiplied",
        "One layer runs after the other: what becomes of their costs?",
        "separable",
        lambda D, F, G, k, p, kH, kW: D * k * F * D * p,
    ),
    (
        "Separable: the ordinary layer",
        "How many channels does a filter of the first layer see?",
        "separable",
        lambda D, F, G, k, p, kH, kW: F * D * k * p,
    ),
    (
        "Separable: the second layer by channel",
        "The 1 x 1 layer mixes: how many channels does each of its filters see?",
        "separable",
        lambda D, F, G, k, p, kH, kW: (D * k + F) * p,
    ),
    (
        "Separable: one output pixel",
        "How many output pixels are there?",
        "separable",
        lambda D, F, G, k, p, kH, kW: D * k + F * D,
    ),
]:
    q5.wrong(_name, _hint, _costs(**{_kind: _change}))

# --- q6: the stretch: backward through groups

q6 = sheet.function(
    "q6",
    "grouped_backward",
    title="backward through groups",
    section="13-groups",
    outputs=("dx", "dw"),
    parts={"dx": 2, "dw": 2},
    answered_by="conv2d_backward(groups)",
)


@q6.reference
def grouped_backward(dout, x, w, *, groups, stride=(1, 1), padding=(0, 0)):
    return vectorized.conv2d_backward(dout, x, w, stride=stride, padding=padding, groups=groups)[:2]


@q6.cases
def _(rng):
    for D, F, G, image, kernel, stride, padding in [*GROUPED, DEPTHWISE[1]]:
        x, w = _arrays(rng, D, F, G, image, kernel, N=2)
        out = [output_size(*axis) for axis in zip(image, kernel, stride, padding, strict=True)]
        dout = numbers(rng, 2, F, *out)
        yield case(dout, x, w, groups=G, stride=stride, padding=padding)
    x, w = _arrays(rng, 4, 6, 2, (4, 5), (2, 3))
    dout = rng.integers(-9, 9, (1, 6, 3, 3))
    yield case(dout, x, w, groups=2, layout="view")


@q6.right
def _(dout, x, w, *, groups, stride=(1, 1), padding=(0, 0)):
    Fg, Dg = len(w) // groups, w.shape[1]
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for g in range(groups):
        fs, ds = slice(g * Fg, (g + 1) * Fg), slice(g * Dg, (g + 1) * Dg)
        got = vectorized.conv2d_backward(dout[:, fs], x[:, ds], w[fs], stride=stride, padding=padding)
        dx[:, ds], dw[fs] = got[:2]
    return dx, dw


@q6.right
def _(dout, x, w, *, groups, stride=(1, 1), padding=(0, 0)):
    return _through(dout, x, w, groups, stride, padding)


def _through(dout, x, w, G, stride, padding, dx="right", dw="right", *, flip=False, crop=True, scale=1.0):
    """Backward by the ungrouped layer, with a rule for dx and one for dw."""
    (N, D, H, W), (F, Dg, kH, kW), (pH, pW), (sH, sW) = x.shape, w.shape, padding, stride
    H_out, W_out = dout.shape[2:]
    full = _spread(w[:, :, ::-1, ::-1] if flip else w, D, G, dx)
    windows = _windows(x, (kH, kW), stride, padding)
    wide = np.tensordot(dout, windows, ([0, 2, 3], [0, 2, 3]))  # F, D, kH, kW
    if dw == "summed":
        small = wide.reshape(F, G, Dg, kH, kW).sum(axis=1)
    elif dw == "full":
        small = wide
    else:
        small = wide[np.arange(F)[:, None], _seen(F, D, G, dw)]
    dxpad = np.zeros((N, D, H + 2 * pH, W + 2 * pW))
    columns = np.tensordot(dout, full, ([1], [0]))  # N, H', W', D, kH, kW
    for u, v in np.ndindex(kH, kW):
        place = np.s_[:, :, u : u + sH * H_out : sH, v : v + sW * W_out : sW]
        dxpad[place] += columns[..., u, v].transpose(0, 3, 1, 2)
    return dxpad[:, :, pH : pH + H, pW : pW + W] if crop else dxpad, small * (scale or 1 / N)


def _q6(**mistake):
    return lambda dout, x, w, *, groups, stride=(1, 1), padding=(0, 0): _through(
        dout, x, w, groups, stride, padding, **mistake
    )


for _name, _hint, _rule, _section in RULES[:5]:
    q6.wrong(f"dx: {_name[0].lower()}{_name[1:]}", _hint, _q6(dx=_rule), section=_section)
for _name, _hint, _mistake, _section in [
    (
        "dw: the groups are interleaved",
        "The filters of a group stand together: which channels did filter 1 meet?",
        {"dw": "interleaved filters"},
        "13-breaks",
    ),
    (
        "dw: the channels of a group are interleaved",
        "The channels of a group stand together: which ones did filter 0 meet?",
        {"dw": "interleaved channels"},
        "13-groups",
    ),
    (
        "dw: only the first group's channels",
        "Which channels did the last filter meet?",
        {"dw": "first group"},
        "13-groups",
    ),
    (
        "dw: added up over the groups",
        "A filter met the channels of one group only.",
        {"dw": "summed"},
        "13-groups",
    ),
    (
        "dw: weights that do not exist",
        "The layer has fewer weights than an ordinary one: which of your numbers belong to them?",
        {"dw": "full"},
        "13-groups",
    ),
    (
        "dw: averaged over the images",
        "Every image moves the loss by its own share: do the shares add up?",
        {"scale": 0},
        "09-sums",
    ),
    (
        "dx: the kernel is flipped",
        "The first pixel of a window met the first weight.",
        {"flip": True},
        "13-groups",
    ),
    ("dx: the padding is not cropped", "How many rows has x?", {"crop": False}, "13-groups"),
]:
    q6.wrong(_name, _hint, _q6(**_mistake), section=_section)
