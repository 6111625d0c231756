"""Sheet of 13_dilation_and_groups: dilation forward and backward, groups, depthwise, and what they cost."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_lib.sizes import output_size

sheet = Sheet(
    "13_dilation_and_groups",
    given="""
import numpy as np
from conv_lib.vectorized import conv2d, conv2d_backward
""",
)

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


q1.solution('''
def sizes(W, k, *, stride=1, padding=0, dilation=1):
    """(span, W_out): what the dilated kernel spans, and the number of outputs."""
    span = dilation * (k - 1) + 1
    return span, (W + 2 * padding - span) // stride + 1
''')


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
    yield case(8, 3, stride=2, dilation=2)  # a step and a half: Python rounds it up


@q1.right
def _(W, k, *, stride=1, padding=0, dilation=1):
    taps = range(0, k * dilation, dilation)
    starts = range(0, W + 2 * padding - taps[-1], stride)
    return [taps[-1] + 1, len(starts)]


q1.slips("""
The dilation is taken for the number of skipped samples
    dilation * (k - 1) => (dilation + 1) * (k - 1)
    Dilation 1 means taps side by side: how many samples lie between them then?

The dilation times the whole kernel
    dilation * (k - 1) + 1 => dilation * k
    Between k taps, how many gaps are there?

The last tap is not counted
    (k - 1) + 1 => (k - 1)
    How many samples does a kernel of one tap span?

The dilation is added once
    dilation * (k - 1) + 1 => k + dilation - 1
    Every gap grows with the dilation: how many gaps are there?

The dilation is added to the taps
    dilation * (k - 1) + 1 => k + dilation
    Dilation 1 changes nothing: how many samples do three taps span then?

As many steps as taps: dilation * k + 1
    (k - 1) + 1 => k + 1
    Between k taps, how many steps are there?

The size uses the number of taps
    padding - span => padding - k
    Which size has to fit into the padded signal: the number of taps, or what they span?

The padding counts once
    2 * padding => padding
    Zeros are put on both sides: how much longer is the signal?

The padding is left out
    W + 2 * padding => W
    In what signal does the kernel have to fit?

One window too few
    // stride + 1 => // stride
    When the kernel fits exactly, how many places are there?

Rounded up
    (W + 2 * padding - span) // stride => -(-(W + 2 * padding - span) // stride)
    Does a window that does not fit whole count?

Rounded to the nearest
    (W + 2 * padding - span) // stride => round((W + 2 * padding - span) / stride)
    Does a window that almost fits count?

Not rounded at all
    // stride => / stride
    A number of windows is whole: does one that fits only in part count?

The stride is left out
    // stride =>
    Windows start a stride apart: how many of the places does that leave?
""")

# --- q2: forward

q2 = sheet.function(
    "q2",
    "dilated",
    title="the dilated layer",
    section="13-dilation",
    parts={"dilation": 1, "with stride and padding": 2},
    answered_by="conv1d conv2d libraries",
)


q2.solution('''
def dilated(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
    """y of a 1-D layer whose taps stand `dilation` apart."""
    xpad = np.pad(x, padding)
    span = dilation * (len(w) - 1) + 1
    y = np.full((len(xpad) - span) // stride + 1, float(b))
    for i in range(len(y)):
        for k in range(len(w)):
            y[i] += w[k] * xpad[i * stride + k * dilation]
    return y
''')


# Each layer has outputs without its padding too, so that a padding forgotten is a wrong size and no crash.
LAYERS = [
    (9, 3, 2, 1, 2),
    (10, 2, 1, 2, 3),
    (13, 3, 3, 0, 2),
    (10, 4, 2, 3, 3),
    (11, 3, 2, 2, 1),
    (1, 1, 1, 2, 2),
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


q2.slips("""
The dilation is taken for the number of skipped samples
    dilation * (len(w) - 1) => (dilation + 1) * (len(w) - 1)
    k * dilation => k * (dilation + 1)
    With dilation 1 the taps stand side by side: how far apart with dilation 2?

The taps of a window stand side by side
    k * dilation => k
    How many samples lie between the one that w[0] meets and the one that w[1] meets?

The taps stand a stride apart
    k * dilation => k * stride
    The stride moves the window: what moves a tap within it?

The windows stand a dilation apart
    i * stride => i * dilation
    The dilation spreads the taps: what moves the window?

Stride and dilation swapped
    i * stride + k * dilation => i * dilation + k * stride
    Which of the two moves the window, and which spreads the taps?

The dilation stretches the stride too
    i * stride => i * stride * dilation
    Where does window 1 start with stride 1 and dilation 2?

The windows start one sample apart
    i * stride => i
    How far apart do two windows start?

As many windows as without dilation
    span = dilation * (len(w) - 1) + 1 => span = len(w)
    How many samples does a dilated kernel span, and how often does it fit?

The span counts a gap too many
    dilation * (len(w) - 1) + 1 => dilation * len(w)
    Is there a gap behind the last tap?

The dilation is left out
    span = dilation * (len(w) - 1) + 1 => span = len(w)
    k * dilation => k
    How many samples lie between the one that w[0] meets and the one that w[1] meets?

The windows are read from the unpadded x
    xpad[i => x[i
    The window slides over the padded signal: which sample does it meet first?

The padding is stretched as well
    np.pad(x, padding) => np.pad(x, padding * dilation)
    Does the dilation change how many zeros are put on?

The zeros are put in front only
    np.pad(x, padding) => np.pad(x, (padding, 0))
    The padding counts for each side: how many zeros stand behind x?

The padding is forgotten
    np.pad(x, padding) => x
    Where does the first window start when padding is not 0?

The padding is taken for the total
    np.pad(x, padding) => np.pad(x, (padding // 2, padding - padding // 2))
    Is the padding the number for one side, or for both?

The kernel is flipped  [01-two]
    w[k] => w[-1 - k]
    Which sample does w[0] meet, the leftmost of the window or the rightmost?

The bias is missing  [02-definition]
    float(b) => 0.0
    What is y when x is zero everywhere?

The bias is added once for each weight  [02-definition]
    float(b) => 0.0
    += w[k] => += b + w[k]
    How many times does the bias count in one output?
""")
q2.slips(
    """
More windows than fit
    (len(xpad) - span) => (len(xpad) - len(w))
    How many samples does a dilated kernel span, and how often does it fit?

A last window that does not fit
    (len(xpad) - span) // stride => -(-(len(xpad) - span) // stride)
    What lies behind the end of the padded signal?

The last tap is cut off
    (len(w) - 1) + 1 => (len(w) - 1)
    How many samples does a kernel of one tap span?

The window ends after as many samples as it has taps
    i * stride + span => i * stride + len(w)
    The taps stand apart: where does the last one stand?
""",
    source="""
def dilated(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
    xpad = np.pad(x, padding)
    span = dilation * (len(w) - 1) + 1
    y = np.zeros((len(xpad) - span) // stride + 1)
    for i in range(len(y)):
        y[i] = np.dot(xpad[i * stride : i * stride + span : dilation], w) + b
    return y
""",
)

# --- q3: backward

q3 = sheet.function(
    "q3",
    "dilated_backward",
    title="backward through dilation",
    section="13-dilation-backward",
    outputs=("dx", "dw"),
    parts={"dx": 2, "dw": 1},
    answered_by="conv1d_backward conv2d_backward",
)


q3.solution('''
def dilated_backward(dout, x, w, *, stride=1, padding=0, dilation=1):
    """(dx, dw) of `dilated`, with the shapes of x and w."""
    xpad = np.pad(x, padding)
    dxpad, dw = np.zeros(len(xpad)), np.zeros(len(w))
    for i in range(len(dout)):
        for k in range(len(w)):
            dxpad[i * stride + k * dilation] += w[k] * dout[i]
            dw[k] += xpad[i * stride + k * dilation] * dout[i]
    return dxpad[padding : padding + len(x)], dw
''')


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


q3.slips("""
The dilation is left out of dx
    dxpad[i * stride + k * dilation] => dxpad[i * stride + k]
    In output 0, which sample did w[1] meet: how far from the first?

The dilation is left out of dw
    xpad[i * stride + k * dilation] => xpad[i * stride + k]
    Which sample did w[1] meet in window 0?

In dx the dilation is taken for the skipped samples
    dxpad[i * stride + k * dilation] => dxpad[i * stride + k * (dilation + 1)]
    Dilation 1 means taps side by side: to which sample of window 0 does the share of w[1] go?

In dw the dilation is taken for the skipped samples
    xpad[i * stride + k * dilation] => xpad[i * stride + k * (dilation + 1)]
    Dilation 1 means taps side by side: which sample did w[1] meet?

The stride is left out of dx
    dxpad[i * stride + k * dilation] => dxpad[i + k * dilation]
    Where did window 1 start, and where does its gradient go?

The stride is left out of dw
    xpad[i * stride + k * dilation] => xpad[i + k * dilation]
    Which sample did w[0] meet in window 1?

Stride and dilation swapped in dx
    dxpad[i * stride + k * dilation] => dxpad[i * dilation + k * stride]
    Which of the two moves the window, and which spreads the taps?

Stride and dilation swapped in dw
    xpad[i * stride + k * dilation] => xpad[i * dilation + k * stride]
    Which of the two moves the window, and which spreads the taps?

In dx the dilation stretches the stride
    dxpad[i * stride + k * dilation] => dxpad[i * stride * dilation + k * dilation]
    Where does window 1 start with stride 1 and dilation 2?

The kernel is flipped in dx
    w[k] * => w[-1 - k] *
    The first sample of a window met w[0]: by which weight is its share of dout multiplied?

dw comes in reverse order
    len(x)], dw => len(x)], dw[::-1]
    w[0] met the leftmost sample of each window: which number of dw belongs to it?

Overwritten instead of added up
    += w[k] => = w[k]
    A sample can be met by several taps: is each share added to the earlier ones?

dw holds the share of the last window only
    dw[k] += => dw[k] =
    Every window adds to the gradient of the same weights: what becomes of the earlier ones?

The padding is not cropped from dx
    [padding : padding + len(x)] =>
    How long is dx?

Cropped to nothing without padding  [09-breaks]
    [padding : padding + len(x)] => [padding:-padding]
    When the padding is 0, what does a slice from padding to -padding leave?

dx is kept in the type of x
    np.zeros(len(xpad)), np => np.zeros_like(xpad), np
    When x holds whole numbers, where do the fractions go?

dx begins where the padding does
    [padding : padding + len(x)] => [: len(x)]
    With padding 1, which entry of the first window stands for the first of x?

For dw no zeros stand in front of x
    np.pad(x, padding) => np.pad(x, (0, 2 * padding))
    The first window may have met zeros: does the signal that dw is made of begin with them?

dw is averaged over the windows
    len(x)], dw => len(x)], dw / len(dout)
    Every window moves the loss by its own share: are the shares added or averaged?
""")

# --- q4: groups

q4 = sheet.function(
    "q4",
    "grouped",
    title="layers side by side",
    section="13-groups",
    parts={"groups": 2, "depthwise": 1},
    answered_by="conv2d(groups)",
)


q4.solution('''
def grouped(x, w, b, *, groups, stride=(1, 1), padding=(0, 0)):
    """y of a layer in groups: (N, F, H', W')."""
    filters, channels = len(w) // groups, w.shape[1]
    parts = []
    for g in range(groups):
        fs = slice(g * filters, (g + 1) * filters)
        ds = slice(g * channels, (g + 1) * channels)
        parts.append(conv2d(x[:, ds], w[fs], b[fs], stride=stride, padding=padding))
    return np.concatenate(parts, axis=1)
''')


# D, F, groups, image, kernel, stride, padding
GROUPED = [
    (2, 4, 2, (1, 3), (1, 2), (1, 1), (0, 0)),
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
    (N, D, H, W), (pH, pW), (sH, sW) = x.shape, padding, stride
    xpad = np.zeros((N, D, H + 2 * pH, W + 2 * pW))
    xpad[:, :, pH : pH + H, pW : pW + W] = x
    windows = np.lib.stride_tricks.sliding_window_view(xpad, w.shape[2:], axis=(2, 3))[:, :, ::sH, ::sW]
    H, W = windows.shape[2:4]
    windows = windows.reshape(N, groups, D // groups, H, W, *w.shape[2:])
    split = w.reshape(groups, -1, *w.shape[1:])
    return np.einsum("ngdijuv,gfduv->ngfij", windows, split).reshape(N, len(w), H, W) + b[:, None, None]


q4.slips("""
Filters of one group's channels meet all channels
    x[:, ds] => x
    How many channels does one filter of a grouped layer see?

A group takes every `groups`-th filter, not neighbours  [13-breaks]
    slice(g * filters, (g + 1) * filters) => slice(g, None, groups)
    The filters of a group stand together: which ones belong to group 0?

The groups are joined along axis 2
    axis=1 => axis=2
    Which axis of y counts the filters?

The groups are added up
    np.concatenate(parts, axis=1) => sum(parts)
    Each group makes channels of its own: how many has y?

The bias is missing  [08-pixel]
    , b[fs] =>
    What is y when x is zero everywhere?

The biases of the first group again
    b[fs] => b[:filters]
    Filters are counted through all groups: which bias does the first filter of group 1 have?

The padding is forgotten
    , padding=padding) => )
    What surrounds the image before the first window is cut?

The stride is forgotten
    stride=stride, =>
    How far apart do two windows start?
""")
q4.slips(
    """
The filters take the groups in turn  [13-breaks]
    f // (len(w) // groups) => f % groups
    The filters of a group stand together: which filters share the first channels?

A group takes every `groups`-th channel, not neighbours
    g * channels : (g + 1) * channels => g::groups
    The channels of a group stand together: which ones belong to group 0?

Every filter sees the first group
    f // (len(w) // groups) => 0
    Which channels does the last filter see?

Every filter sees all channels
    full[f, g * channels : (g + 1) * channels] = w[f] => full[f] = np.tile(w[f], (groups, 1, 1))
    How many channels does one filter of a grouped layer see?

A group holds as many filters as it has channels
    f // (len(w) // groups) => f // channels % groups
    How many filters has a group, and is that how many channels it has?

The groups in reverse order
    f // (len(w) // groups) => groups - 1 - f // (len(w) // groups)
    Which group does filter 0 belong to?

The group's number taken for its first channel
    g * channels : (g + 1) * channels => g : g + channels
    How many channels come before group 1, when each group has two?

The next group's channels
    f // (len(w) // groups) => (f // (len(w) // groups) + 1) % groups
    Which channels does filter 0 see?

The first bias for all
    full, b, => full, b[[0] * len(w)],
    How many biases has the layer?

One bias for each group
    full, b, => full, np.repeat(b[:groups], len(w) // groups),
    Does the number of biases depend on the groups?

The kernel is flipped  [07-flip]
    = w[f] => = w[f, :, ::-1, ::-1]
    Which pixel of the window does the first weight meet?

Height and width of the stride swapped  [08-breaks]
    stride=stride => stride=stride[::-1]
    Which number of the stride belongs to the rows?

Height and width of the padding swapped  [08-breaks]
    padding=padding => padding=padding[::-1]
    Which number goes above and below?
""",
    source="""


def grouped(x, w, b, *, groups, stride=(1, 1), padding=(0, 0)):
    channels = w.shape[1]
    full = np.zeros((len(w), x.shape[1], *w.shape[2:]))  # an ordinary layer, most of its weights 0
    for f in range(len(w)):
        g = f // (len(w) // groups)
        full[f, g * channels : (g + 1) * channels] = w[f]
    return conv2d(x, full, b, stride=stride, padding=padding)
""",
)

# --- q5: what it costs

q5 = sheet.function(
    "q5",
    "costs",
    title="what it costs: parameters and multiplications",
    section="13-depthwise",
    outputs=("parameters", "multiplications", "separable"),
    parts={"parameters": 1, "multiplications": 1, "separable": 1},
)


q5.solution('''
def costs(D, F, kernel, out, *, groups=1):
    """(parameters, multiplications, multiplications of the separable layer)."""
    taps, pixels = kernel[0] * kernel[1], out[0] * out[1]
    products = D // groups * taps
    return F * (products + 1), F * products * pixels, (D * taps + F * D) * pixels
''')


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


q5.slips("""
The height of the kernel is counted twice
    kernel[0] * kernel[1] => kernel[0] ** 2
    How many weights has a slice of 3 rows and 2 columns?

The width of the kernel is counted twice
    kernel[0] * kernel[1] => kernel[1] ** 2
    How many weights has a slice of 3 rows and 2 columns?

The height of the output is counted twice
    out[0] * out[1] => out[0] ** 2
    How many pixels has an output of 6 rows and 21 columns?

The width of the output is counted twice
    out[0] * out[1] => out[1] ** 2
    How many pixels has an output of 6 rows and 21 columns?

Parameters: the groups are left out
    F * (products + 1) => F * (D * taps + 1)
    How many channels does one filter see?

Parameters: no biases  [08-counts]
    F * (products + 1) => F * products
    What is added to each output, besides the products?

Parameters: one bias for all  [08-counts]
    F * (products + 1) => F * products + 1
    How many filters have a bias?

Parameters: a bias for each channel  [08-counts]
    F * (products + 1) => F * products + D
    Does a bias belong to an input channel or to a filter?

Parameters: the filters are divided too
    F * (products + 1) => F // groups * (products + 1)
    There are F filters in all, whatever the groups: which number shrinks?

Parameters: the height of the kernel twice
    F * (products + 1) => F * (D // groups * kernel[0] ** 2 + 1)
    How many weights has a slice of 3 rows and 2 columns?

Parameters: a copy for each pixel
    F * (products + 1) => F * (products + 1) * pixels
    Do the weights change from place to place?

Parameters: a bias for each slice  [08-counts]
    F * (products + 1) => F * (products + D // groups)
    How often is the bias added in one output?

Multiplications: the groups are left out
    F * products * pixels => F * D * taps * pixels
    How many channels are multiplied for one output?

Multiplications: one output pixel
    F * products * pixels => F * products
    How many output pixels does one filter have?

Multiplications: one filter
    F * products * pixels => products * pixels
    How many filters compute an output at each pixel?

Multiplications: the bias counts  [08-counts]
    F * products * pixels => F * (products + 1) * pixels
    Is the bias multiplied with anything?

Multiplications: the filters are divided too
    F * products * pixels => F // groups * products * pixels
    Each of the F filters computes an output: which number shrinks?

Multiplications: the height of the kernel twice
    F * products * pixels => F * (D // groups) * kernel[0] ** 2 * pixels
    How many products has a slice of 3 rows and 2 columns?

Separable: the depthwise layer alone
    (D * taps + F * D) * pixels => D * taps * pixels
    What mixes the channels after the depthwise layer, and what does that cost?

Separable: the 1 x 1 layer alone
    (D * taps + F * D) * pixels => F * D * pixels
    Something comes before the 1 x 1 layer: what does that cost?

Separable: F filters in the first layer
    (D * taps + F * D) * pixels => (F * taps + F * D) * pixels
    The first layer has one filter per channel: how many is that?

Separable: the filters of the first layer see all channels
    (D * taps + F * D) * pixels => (D * D * taps + F * D) * pixels
    The first layer has as many groups as channels: how many channels does one of its filters see?

Separable: the two are multiplied
    (D * taps + F * D) * pixels => D * taps * F * D * pixels
    One layer runs after the other: what becomes of their costs?

Separable: the ordinary layer
    (D * taps + F * D) * pixels => F * D * taps * pixels
    How many channels does a filter of the first layer see?

Separable: a filter of the 1 x 1 layer sees one channel
    (D * taps + F * D) * pixels => (D * taps + F) * pixels
    The 1 x 1 layer mixes: how many channels does each of its filters see?

Separable: the 1 x 1 layer at one pixel
    (D * taps + F * D) * pixels => D * taps * pixels + F * D
    At how many pixels does the 1 x 1 layer run?

Separable: the depthwise layer at one pixel
    (D * taps + F * D) * pixels => D * taps + F * D * pixels
    At how many pixels does the depthwise layer run?

Separable: one output pixel
    (D * taps + F * D) * pixels => D * taps + F * D
    How many output pixels are there?
""")

# --- q6: the stretch: backward through groups

q6 = sheet.function(
    "q6",
    "grouped_backward",
    title="backward through groups",
    section="13-groups-backward",
    outputs=("dx", "dw"),
    parts={"dx": 2, "dw": 2},
    answered_by="conv2d_backward(groups)",
)


q6.solution('''
def grouped_backward(dout, x, w, *, groups, stride=(1, 1), padding=(0, 0)):
    """(dx, dw) of `grouped`, with the shapes of x and w."""
    filters, channels = len(w) // groups, w.shape[1]
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for g in range(groups):
        fs = slice(g * filters, (g + 1) * filters)
        ds = slice(g * channels, (g + 1) * channels)
        dx[:, ds], dw[fs], _ = conv2d_backward(dout[:, fs], x[:, ds], w[fs], stride=stride, padding=padding)
    return dx, dw
''')


@q6.cases
def _(rng):
    both = (2, 2, 2, (5, 4), (2, 1), (3, 2), (1, 0))  # two rows left over, one of them padding, and a column
    for D, F, G, image, kernel, stride, padding in [*GROUPED, DEPTHWISE[1], both]:
        x, w = _arrays(rng, D, F, G, image, kernel, N=2)
        out = [output_size(*axis) for axis in zip(image, kernel, stride, padding, strict=True)]
        dout = numbers(rng, 2, F, *out)
        yield case(dout, x, w, groups=G, stride=stride, padding=padding)
    x, w = _arrays(rng, 4, 6, 2, (4, 5), (2, 3))
    dout = rng.integers(-9, 9, (1, 6, 3, 3))
    yield case(dout, x, w, groups=2, layout="view")


q6.slips("""
The padding is forgotten
    , padding=padding) => )
    In what picture did the forward pass cut its windows?

dw: the last group's numbers stand in the first filters
    dw[fs], _ => dw[:filters], _
    Which group's numbers stand in dw[0], and what stands in the last filter?

dx: the last group's numbers stand in the first channels
    dx[:, ds], dw => dx[:, :channels], dw
    Which group's numbers stand in channel 0 of dx, and what stands in the last channel?

Filters of one group's channels meet all channels
    conv2d_backward(dout[:, fs], x[:, ds], w[fs], => conv2d_backward(dout[:, fs], x, w[fs],
    How many channels does one filter of a grouped layer see?
""")
q6.slips(
    """
dx: the filters take the groups in turn  [13-breaks]
    - full[f, group[f]] = w[f]
    + g = f % groups
    + full[f, g * channels : (g + 1) * channels] = w[f]
    The filters of a group stand together: which filters share the first channels?

dx: a group takes every `groups`-th channel, not neighbours
    full[f, group[f]] => full[f, f // (len(w) // groups) :: groups]
    The channels of a group stand together: which ones belong to group 0?

dx: every group goes to the first channels
    full[f, group[f]] => full[f, :channels]
    To which channels of dx does the gradient of the last filter belong?

dx: every filter sees all channels
    full[f, group[f]] = w[f] => full[f] = np.tile(w[f], (groups, 1, 1))
    How many channels does one filter of a grouped layer see?

dx: a group holds as many filters as it has channels
    - full[f, group[f]] = w[f]
    + g = f // channels % groups
    + full[f, g * channels : (g + 1) * channels] = w[f]
    How many filters has a group, and is that how many channels it has?

dx: only the last filter of a group
    = w[f] => = w[f] * (f % (len(w) // groups) == len(w) // groups - 1)
    Every filter of a group looked at these channels: what becomes of the earlier shares?

dx: the kernel is flipped  [09-convolutions]
    = w[f] => = w[f, :, ::-1, ::-1]
    The first pixel of a window met the first weight: by which one is its share of dout multiplied?

dx: the groups are added up
    return dx, => return sum(np.split(dx, groups, axis=1)),
    Each group saw channels of its own: how many channels has dx?

dx: the groups are joined along axis 0
    return dx, => return np.concatenate(np.split(dx, groups, axis=1)),
    Along which axis of dx do the groups stand side by side?

dx: the padding is not cropped
    - channels = w.shape[1]
    + channels, (pH, pW) = w.shape[1], padding
    + x = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
    , padding=padding) => )
    How many rows has x?

dw: the filters take the groups in turn  [13-breaks]
    wide[f, group[f]] => wide[f, f % groups * channels : (f % groups + 1) * channels]
    The filters of a group stand together: which channels did filter 1 meet?

dw: a group takes every `groups`-th channel, not neighbours
    wide[f, group[f]] => wide[f, f // (len(w) // groups) :: groups]
    The channels of a group stand together: which ones did filter 0 meet?

dw: only the first group's channels
    wide[f, group[f]] => wide[f, :channels]
    Which channels did the last filter meet?

dw: added up over the groups
    wide[f, group[f]] => wide[f].reshape(groups, *w.shape[1:]).sum(axis=0)
    A filter met the channels of one group only: which ones did the last filter meet?

dw: weights for the channels of all groups
    wide[f, group[f]] => wide[f]
    The layer has fewer weights than an ordinary one: which of your numbers belong to them?

dw: averaged over the images  [09-sums]
    for f in range(len(w))]) => for f in range(len(w))]) / len(x)
    Every image moves the loss by its own share: do the shares add up?
""",
    source="""


def grouped_backward(dout, x, w, *, groups, stride=(1, 1), padding=(0, 0)):
    channels = w.shape[1]
    starts = [f // (len(w) // groups) * channels for f in range(len(w))]
    group = [slice(start, start + channels) for start in starts]
    full = np.zeros((len(w), x.shape[1], *w.shape[2:]))  # an ordinary layer, most of its weights 0
    for f in range(len(w)):
        full[f, group[f]] = w[f]
    dx, wide, _ = conv2d_backward(dout, x, full, stride=stride, padding=padding)
    return dx, np.array([wide[f, group[f]] for f in range(len(w))])
""",
)


# --- q7: find the slip

q7 = sheet.values(
    "q7",
    "wrong_group",
    {"right filters": np.array([1.0, 0, 0, 0, 0, 1]), "hides at F": 3, "gradient check": 1},
    title="filters in the wrong group",
    section="13-groups",
    parts={"right filters": 1, "hides at F": 1, "gradient check": 1},
)


q7.solution('''
def wrong_group():
    """Six times 0 or 1, and two numbers."""
    right_filters = [1, 0, 0, 0, 0, 1]
    hides_at = 3
    passes = 1
    # given
    return {"right filters": right_filters, "hides at F": hides_at, "gradient check": passes}
''')


@q7.right
def _():
    def agree(F):
        return [float(f % 3 == f // (F // 3)) for f in range(F)]

    return agree(6), max(F for F in range(3, 30, 3) if all(agree(F))), 1


q7.ask("""
right filters
    What are f % 3 and f // (F // 3) for each of the six filters?
hides at F
    For which F are f % 3 and f // (F // 3) the same for every filter?
gradient check
    Is the backward pass compared with the right layer, or with the layer's own forward pass?
""")

q7.slips("""
Every third filter
    [1, 0, 0, 0, 0, 1] => [1, 0, 0, 1, 0, 0]
    Which group does filter 3 belong to, and which one does the slip send it to?

The numbers for two groups
    [1, 0, 0, 0, 0, 1] => [1, 0, 1, 1, 0, 1]
    With six filters in three groups, how many filters stand in each group?

The wrong ones are marked
    [1, 0, 0, 0, 0, 1] => [0, 1, 1, 1, 1, 0]
    A filter that sees the channels of its own group gets a 1: is filter 0 such a one?

None is right
    [1, 0, 0, 0, 0, 1] => [0, 0, 0, 0, 0, 0]
    Which group does the slip give to filter 0?

Only the first is right
    [1, 0, 0, 0, 0, 1] => [1, 0, 0, 0, 0, 0]
    Which group does the last filter belong to, and which one does the slip send it to?

It never hides
    hides_at = 3 => hides_at = 0
    What does the slip do when every group has one filter?

The number of filters per group
    hides_at = 3 => hides_at = 1
    F counts the filters of the whole layer: how many are there if each of the three groups has one?

The gradient check is thought to fail
    passes = 1 => passes = 0
    A gradient check compares the backward pass with the layer's own forward pass: do they disagree?
""")
