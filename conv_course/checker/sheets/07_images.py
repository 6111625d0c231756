"""Sheet of 07_images: sizes, a filter on an image, both axes flip, two thin filters, same padding."""

import numpy as np

from conv_course.checker.by_hand import whole_numbers
from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.layer_sizes import PADDED, PLAIN, STRIDED, drawn_axis

sheet = Sheet("07_images", given="import numpy as np\nfrom conv_lib.vectorized import conv2d")

# --- q1: sizes

q1 = sheet.function(
    "q1",
    "filtered_size",
    title="the size on both axes",
    section="07-definition",
    parts={"stride 1, no padding": 1, "stride and padding": 1},
)


q1.solution('''
def filtered_size(H, W, kH, kW, *, stride=(1, 1), padding=(0, 0)):
    """H', W'."""
    H_out = (H + 2 * padding[0] - kH) // stride[0] + 1
    W_out = (W + 2 * padding[1] - kW) // stride[1] + 1
    return H_out, W_out
''')


@q1.cases
def _(rng):
    for sizes in [(4, 5, 2, 3), (9, 7, 3, 2), (5, 12, 5, 1)]:
        yield case(*sizes, part="stride 1, no padding")
    (H, kH, *_), (W, kW, *_) = drawn_axis(rng), drawn_axis(rng)
    yield case(H, W, kH, kW, part="stride 1, no padding")
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


q1.slips("""
Rounded up
    = ( =>> = -(-(
    ] + 1 =>> ]) + 1
    A window that hangs over the edge makes no output: which way do you round?

Rounded to the nearest
    = ( =>> = round((
    // =>> /
    ] + 1 =>> ]) + 1
    What is done with a step that is almost complete?

Not rounded at all
    // =>> /
    There is no half window: what is missing around the division?

Without the padding
    + 2 * padding[0] =>
    + 2 * padding[1] =>
    How many rows has the image once the zeros are around it?

The padding counted once
    2 * padding =>> padding
    At how many ends of an axis do zeros stand?

One window too few
    ] + 1 =>> ]
    A window that takes two steps along an axis: at how many places does it stand?

The stride is left out
    // stride[0] =>
    // stride[1] =>
    With stride 2 every second place is skipped.

The kernel's height for both axes
    - kW => - kH
    How wide is the kernel, and how high?

The strides are swapped
    - kH) // stride[0] => - kH) // stride[1]
    - kW) // stride[1] => - kW) // stride[0]
    In a pair (height, width), which number goes with the rows?

The paddings are swapped
    (H + 2 * padding[0] => (H + 2 * padding[1]
    (W + 2 * padding[1] => (W + 2 * padding[0]
    In a pair (height, width), which number goes with the rows?

The height's stride and padding for both
    padding[1] => padding[0]
    stride[1] => stride[0]
    Height and width never mix.

Width before height
    return H_out, W_out => return W_out, H_out
    Arrays say rows first.

As large as the image
    return H_out, W_out => return H, W
    How many places are there for the window?
""")

# --- q2: a filter on an image

q2 = sheet.function(
    "q2",
    "filter_image",
    title="a filter on an image",
    section="07-definition",
    parts={"one window after another": 1, "stride": 1, "padding": 1},
    answered_by="conv2d libraries",
)


q2.solution('''
def filter_image(x, w, *, stride=(1, 1), padding=(0, 0)):
    """The image x seen through the filter w."""
    (sH, sW), (pH, pW), (kH, kW) = stride, padding, w.shape
    xpad = np.pad(x, ((pH, pH), (pW, pW)))
    y = np.zeros(((xpad.shape[0] - kH) // sH + 1, (xpad.shape[1] - kW) // sW + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(xpad[i * sH : i * sH + kH, j * sW : j * sW + kW] * w)
    return y
''')


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
    xpad = np.pad(np.asarray(x, float), ((padding[0],) * 2, (padding[1],) * 2))
    lines = np.array([[np.correlate(row, taps, "valid") for row in xpad] for taps in w])
    rows = len(xpad) - len(w) + 1
    return sum(line[u : u + rows] for u, line in enumerate(lines))[:: stride[0], :: stride[1]]


q2.slips("""
The window starts at i and j
    i * sH =>> i
    j * sW =>> j
    With stride 2, at which row does the second window start?

The kernel is flipped  [07-flip]
    * w) => * w[::-1, ::-1])
    Which weight does the upper left pixel of a window meet?

Stride and padding of the axes swapped
    (sH, sW), (pH, pW) => (sW, sH), (pW, pH)
    In a pair (height, width), which number goes with the rows?

The height's stride and padding for both
    = stride, padding, => = (stride[0],) * 2, (padding[0],) * 2,
    Each axis has a stride and a padding of its own.

All zeros above and left
    ((pH, pH), (pW, pW)) => ((2 * pH, 0), (2 * pW, 0))
    At how many ends of an axis do zeros stand?

All zeros below and right
    ((pH, pH), (pW, pW)) => ((0, 2 * pH), (0, 2 * pW))
    At how many ends of an axis do zeros stand?

The zeros below and right are missing
    ((pH, pH), (pW, pW)) => ((pH, 0), (pW, 0))
    The size rule counts the padding twice: where are the other zeros?

The padding is shared by both ends
    ((pH, pH), (pW, pW)) => ((pH // 2, pH - pH // 2), (pW // 2, pW - pW // 2))
    Is the padding the number of zeros at each end, or of both together?

The padding is left out
    np.pad(x, ((pH, pH), (pW, pW))) => x
    What does a window read where it reaches over the edge of the image?

The edge is repeated instead of zeros  [07-breaks]
    (pW, pW))) => (pW, pW)), mode="edge")
    What number stands in the padding?

The image is mirrored at its edge  [07-breaks]
    (pW, pW))) => (pW, pW)), mode="reflect")
    What number stands in the padding?

The rows of the kernel are reversed  [07-flip]
    * w) => * w[::-1])
    Which weight does the upper left pixel of a window meet?

The columns of the kernel are reversed  [07-flip]
    * w) => * w[:, ::-1])
    Which weight does the upper left pixel of a window meet?

The kernel is transposed  [07-window]
    * w) => * w.T)
    Does the kernel's first index go down or across?

The window is averaged  [07-window]
    np.sum => np.mean
    Nothing divides the sum of the products.

The largest product instead of the sum  [07-window]
    np.sum => np.max
    What is done with the products of a window?
""")

q2.slips(
    """
The size is rounded up
    (xpad.shape[0] - kH) // sH => -(-(xpad.shape[0] - kH) // sH)
    (xpad.shape[1] - kW) // sW => -(-(xpad.shape[1] - kW) // sW)
    Can a window hang over the edge?

H' for both axes
    (xpad.shape[1] - kW) // sW => (xpad.shape[0] - kH) // sH
    How many windows stand beside each other, and how many below each other?

The width of y follows from the kernel's height
    xpad.shape[1] - kW => xpad.shape[1] - kH
    Which of the kernel's two lengths belongs to the width of y?

y is as large as the image
    np.zeros(((xpad.shape[0] - kH) // sH + 1, (xpad.shape[1] - kW) // sW + 1)) => np.zeros(x.shape)
    How many places are there for the window?
""",
    source="""
def filter_image(x, w, *, stride=(1, 1), padding=(0, 0)):
    (sH, sW), (pH, pW), (kH, kW) = stride, padding, w.shape
    xpad = np.pad(x, ((pH, pH), (pW, pW)))
    y = np.zeros(((xpad.shape[0] - kH) // sH + 1, (xpad.shape[1] - kW) // sW + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            window = xpad[i * sH :, j * sW :][:kH, :kW]
            y[i, j] = np.sum(window * w[: window.shape[0], : window.shape[1]])
    return y
""",
)

# --- q3: true convolution, with channels

q3 = sheet.function(
    "q3",
    "flipped",
    title="the kernel of a true convolution",
    section="07-flip",
    parts={"one kernel": 1, "filters with channels": 1},
)


q3.solution('''
def flipped(w):
    """An array of the shape of w."""
    return w[..., ::-1, ::-1]
''')


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


q3.slips("""
The kernel comes out as it went in
    w[..., ::-1, ::-1] => w
    Correlation leaves the kernel as it is; what does true convolution do?

Only the rows are reversed
    ::-1, ::-1 => ::-1, :
    The window slides in two directions: how many axes are reversed?

Only the columns are reversed
    ::-1, ::-1 => ::-1
    The window slides in two directions: how many axes are reversed?

All axes are reversed, not only the image's two
    w[..., ::-1, ::-1] => np.flip(w)
    Which axes of the filters are those of the image, and do all others stay as they are?

The first two axes are reversed, not the last two
    ..., ::-1, ::-1 => ::-1, ::-1
    Which axes of the filters are those of the image?

The channels reversed too
    w[..., ::-1, ::-1] => w[::-1, ::-1] if w.ndim == 2 else w[:, ::-1, ::-1, ::-1]
    Which axes of the filters are those of the image, and do all others stay as they are?

The filters reversed too
    w[..., ::-1, ::-1] => w[::-1, ::-1] if w.ndim == 2 else w[::-1, :, ::-1, ::-1]
    Does the first filter stay the first?

Transposed
    w[..., ::-1, ::-1] => w.swapaxes(-2, -1)
    Reversing an axis keeps the shape: what does transposing do?

Turned by 90 degrees
    w[..., ::-1, ::-1] => np.rot90(w, axes=(-2, -1))
    By what angle do two reversals turn the kernel?

Reversed and transposed
    w[..., ::-1, ::-1] => w[..., ::-1, ::-1].swapaxes(-2, -1)
    Reversing an axis keeps the shape of the kernel.
""")

# --- q4: thin filters

q4 = sheet.function(
    "q4",
    "two_thin_filters",
    title="a separable kernel as two thin filters",
    section="07-separable",
    outputs=("column", "row", "y"),
    parts={"column": 1, "row": 1, "y": 1},
)


q4.solution('''
def two_thin_filters(x, w):
    """column, row, y."""
    column, row = w[:, 0], w[0] / w[0, 0]
    across = conv2d(x[None, None], row[None, None, None, :])
    y = conv2d(across, column[None, None, :, None])[0, 0]
    return column, row, y
''')


@q4.cases
def _(rng):
    yield case(whole_numbers(numbers(rng, 3, 5)), np.outer([1.0, 3.0], [2.0, -1.0, 4.0]))
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
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape)
    return column, row, windows @ row @ column


q4.slips("""
The row's sum is 1, not its first number
    w[0] / w[0, 0] => w[0] / w[0].sum()
    The row begins with 1: by which of its numbers is it divided?

The row's norm is 1, not its first number
    w[0] / w[0, 0] => w[0] / np.linalg.norm(w[0])
    The row begins with 1: by which of its numbers is it divided?

The row is row 0 of w, not scaled
    w[0] / w[0, 0] => w[0]
    Column times row has to give w again: what is then their product in the first corner?

The scale is in the row
    w[:, 0], w[0] / w[0, 0] => w[:, 0] / w[0, 0], w[0]
    The row begins with 1: where is the scale of w then?

The scale of w is lost
    w[:, 0], => w[:, 0] / w[0, 0],
    Column times row has to give w again, and not a multiple of it.

Column and row are sums over w
    w[:, 0], w[0] / w[0, 0] => w.sum(axis=1), w.sum(axis=0)
    Sums over w are multiples of its column and of its row: which multiples are asked for?

Column and row changed places
    column, row = w[:, 0], w[0] / w[0, 0] => row, column = w[:, 0] / w[0, 0], w[0]
    row[None, None, None, :] => column[None, None, None, :]
    column[None, None, :, None] => row[None, None, :, None]
    Which of the two is as long as the kernel is high?

The results of the two filters are added
    - y = conv2d(across, column[None, None, :, None])[0, 0]
    + down = conv2d(x[None, None], column[None, None, :, None])
    + y = across[0, 0, : down.shape[2]] + down[0, 0, :, : across.shape[3]]
    On what does the second filter work: on the image, or on the result of the first?

In y the row runs down, and the column across
    row[None, None, None, :] => row[None, None, :, None]
    column[None, None, :, None] => column[None, None, None, :]
    Which of the two filters is as high as the kernel, and which one as wide?

y is the result of the row alone
    conv2d(across, column[None, None, :, None])[0, 0] => across[0, 0]
    In y, every weight of w counts: which of the two filters has not done its share?

y is the result of the column alone
    conv2d(across, => conv2d(x[None, None],
    In y, every weight of w counts: which of the two filters has not done its share?

In y the column is reversed
    column[None, None, :, None] => column[None, None, ::-1, None]
    Filters of this course do not flip: which number of the column does the top pixel of a window meet?

In y column and row are reversed
    row[None, None, None, :] => row[None, None, None, ::-1]
    column[None, None, :, None] => column[None, None, ::-1, None]
    Filters of this course do not flip: which weight does the upper left pixel of a window meet?

In y the row is reversed
    row[None, None, None, :] => row[None, None, None, ::-1]
    Filters of this course do not flip: which number of the row does the left pixel of a window meet?
""")

# by singular values: what the row is divided by goes to the column
q4.slips(
    """
The column is right but for its scale
    * size[0] * right[0, 0] => * size[0]
    or
    * size[0] * right[0, 0] => * np.sqrt(size[0])
    or
    * size[0] * right[0, 0] =>
    The row has to begin with 1: with which number of w does the column begin then?
""",
    source="""
def two_thin_filters(x, w):
    left, size, right = np.linalg.svd(w)
    row = right[0] / right[0, 0]
    column = left[:, 0] * size[0] * right[0, 0]
    y = conv2d(conv2d(x[None, None], row[None, None, None, :]), column[None, None, :, None])[0, 0]
    return column, row, y
""",
)

# --- q5: the stretch: same padding

q5 = sheet.function(
    "q5",
    "same_pads",
    title="padding that keeps the size",
    section="02-same",
    parts={"stride 1, odd kernel": 1, "even kernel": 1, "stride": 2},
    answered_by="same_padding padding_pair",
)


q5.solution('''
def same_pads(H, W, kH, kW, *, stride=(1, 1)):
    """((top, bottom), (left, right))."""
    pads = []
    for size, k, S in [(H, kH, stride[0]), (W, kW, stride[1])]:
        outputs = -(-size // S)
        total = max((outputs - 1) * S + k - size, 0)
        pads.append((total // 2, total - total // 2))
    return tuple(pads)
''')


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
        ((5, 8, 1, 1), (3, 2)),  # on both axes the stride is larger than the kernel: one left over, or none
        ((9, 11, 2, 2), (3, 4)),
    ]:
        yield case(*sizes, stride=S, part="stride")
    (H, kH, sH, _), (W, kW, sW, _) = drawn_axis(rng), drawn_axis(rng)
    yield case(H, W, kH, kW, stride=(sH, sW), part="stride")


@q5.right
def _(H, W, kH, kW, *, stride=(1, 1)):
    pads = np.zeros((2, 2), int)
    for axis, (x, k, s) in enumerate(zip((H, W), (kH, kW), stride, strict=True)):
        while (x + pads[axis].sum() - k) // s + 1 < -(-x // s):
            pads[axis, int(pads[axis, 0] == pads[axis, 1])] += 1
    return pads


q5.slips("""
As many zeros as kernel less stride, for every size
    max((outputs - 1) * S + k - size, 0) => max(k - S, 0)
    Where does the last window begin if the stride does not divide the size of the image?

As many zeros as at stride 1
    total = max((outputs - 1) * S + k - size, 0) => total = k - 1
    With stride 2 the output is half as long: does the last window still reach as far?

The odd zero stands before
    (total // 2, total - total // 2) => (total - total // 2, total // 2)
    When the zeros cannot be shared evenly, at which end does the question want the odd one?

The odd zero is lost
    total - total // 2 => total // 2
    An even kernel needs an odd number of zeros at stride 1: can both ends have the same?

Half the kernel at both ends
    (total // 2, total - total // 2) => (k // 2, k // 2)
    How many zeros does a kernel of length 1 need, and one of length 2?

The output as long as the input at any stride
    outputs = -(-size // S) => outputs = size
    With stride 2 the output has one entry for two pixels, rounded up.

The output's length rounded down
    -(-size // S) => size // S
    The pixels left over at the end want a window too: which way is the length rounded?

All zeros after
    (total // 2, total - total // 2) => (0, total)
    The zeros are shared between the two ends.

All zeros before
    (total // 2, total - total // 2) => (total, 0)
    The zeros are shared between the two ends.

The total at each end
    (total // 2, total - total // 2) => (total, total)
    Is your number that of one end, or of both together?

Full padding: kernel less 1 at each end
    (total // 2, total - total // 2) => (k - 1, k - 1)
    With k - 1 zeros at each end the output grows: by how much?

A negative number of zeros
    max((outputs - 1) * S + k - size, 0) => (outputs - 1) * S + k - size
    When the stride is larger than the kernel, can the count of zeros fall below 0, and what then?

Height and width changed places  [07-breaks]
    tuple(pads) => tuple(pads[::-1])
    The pads of the rows come first.

The strides are swapped  [07-definition]
    [(H, kH, stride[0]), (W, kW, stride[1])] => [(H, kH, stride[1]), (W, kW, stride[0])]
    In a pair (height, width), which number goes with the rows?

The height's pads for both axes
    return tuple(pads) => return pads[0], pads[0]
    Height and width never mix.
""")

q5.slips(
    """
Kernel less the rest, also where nothing is left over
    max(k - S, 0) if size % S == 0 else max(k - size % S, 0) => max(k - size % S, 0)
    If the stride divides the size, how many pixels does the last step cover: none, or a whole stride?

A negative number of zeros
    max(k - S, 0) => k - S
    or
    max(k - size % S, 0) => k - size % S
    When the stride is larger than the kernel, can the count of zeros fall below 0, and what then?
""",
    source="""
def same_pads(H, W, kH, kW, *, stride=(1, 1)):
    pads = []
    for size, k, S in zip((H, W), (kH, kW), stride):
        total = max(k - S, 0) if size % S == 0 else max(k - size % S, 0)
        pads.append((total // 2, total - total // 2))
    return tuple(pads)
""",
)


# --- q6: read a filter back from what it did to one pixel


q6 = sheet.values(
    "q6",
    "read_back",
    {
        "row": 1,
        "column": 3,
        "w of a correlation": np.array([[4.0, 6, 7], [2, 5, 1]]),
        "w of a convolution": np.array([[1.0, 5, 2], [7, 6, 4]]),
    },
    title="a filter, read back from one pixel",
    section="07-flip",
    parts={"row": 1, "column": 1, "w of a correlation": 1, "w of a convolution": 1},
)


q6.solution('''
def read_back():
    """A row, a column, and two kernels of 2 x 3."""
    row = 1
    column = 3
    correlation = [[4, 6, 7], [2, 5, 1]]
    convolution = [[1, 5, 2], [7, 6, 4]]
    # given
    return {
        "row": row,
        "column": column,
        "w of a correlation": correlation,
        "w of a convolution": convolution,
    }
''')


@q6.right
def _():
    y = np.array([[0.0, 1, 5, 2], [0, 7, 6, 4], [0, 0, 0, 0]])
    bottom, right = np.argwhere(y).max(axis=0)
    seen = y[:2, 1:]
    return [bottom, right, seen[::-1, ::-1], seen]


q6.ask("""
row
    With which row of the kernel does the first row of y that is not zero meet the pixel?
column
    With which column of the kernel does the first column of y that is not zero meet the pixel?
w of a correlation
    When the window moves one to the right, does the pixel meet the weight on the left next, or on the right?
w of a convolution
    What does a convolution do with the kernel before it slides it?
""")

q6.slips("""
The row of the first window that saw the pixel
    row = 1 => row = 0
    In the first window that saw the pixel, the last row of weights met it: which row of x is that?

The last row of x
    row = 1 => row = 3
    Which windows would have seen a pixel of the last row?

Rows counted from one
    row = 1 => row = 2
    Which number has the first row?

Columns counted from one
    column = 3 => column = 4
    Which number has the first column?

The column of the first window that saw the pixel
    column = 3 => column = 1
    In the first window that saw the pixel, the last column of weights met it: which column of x is that?

The last column of x
    column = 3 => column = 5
    Which windows would have seen a pixel of the last column?

The correlation's kernel as it came out
    correlation = [[4, 6, 7], [2, 5, 1]] => correlation = [[1, 5, 2], [7, 6, 4]]
    As the window moves right, which way does the pixel move inside it?

Only the rows are reversed
    correlation = [[4, 6, 7], [2, 5, 1]] => correlation = [[7, 6, 4], [1, 5, 2]]
    The window moves down and to the right: what happens to the pixel's place in each direction?

Only the columns are reversed
    correlation = [[4, 6, 7], [2, 5, 1]] => correlation = [[2, 5, 1], [4, 6, 7]]
    The window moves down and to the right: what happens to the pixel's place in each direction?

The convolution's kernel reversed
    convolution = [[1, 5, 2], [7, 6, 4]] => convolution = [[4, 6, 7], [2, 5, 1]]
    A convolution flips the kernel and the window reverses it again: in which order do the weights come out?
""")
