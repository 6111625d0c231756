"""Sheet of 09_layer_backward: one pixel of each gradient, db, dw, dx, and all of it with uneven padding."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.layer_sizes import ALL, PADDED, PLAIN, STRIDED
from conv_lib import vectorized
from conv_lib.sizes import output_size, padding_2d

sheet = Sheet("09_layer_backward")


# --- q1: on paper


X = np.array([[2.0, 0, 1, 3], [1, 4, 0, 2], [3, 1, 5, 0]])
KERNEL = np.array([[1.0, 2], [4, 3]])
DOUT = np.array([[1.0, 2, 0], [3, -1, 5]])


q1 = sheet.values(
    "q1",
    "on_paper",
    {"dx[0, 0]": 1.0, "dx[1, 1]": 16.0, "dw[0, 1]": 24.0, "db": 10.0},
    title="one pixel of each gradient",
    section="09-picture",
    parts={"dx[0, 0]": 1, "dx[1, 1]": 1, "dw[0, 1]": 1, "db": 1},
)


q1.solution('''
def on_paper():
    """Four numbers."""
    corner = 1 * 1
    inner = 1 * 3 + 2 * 4 + 3 * 2 + -1 * 1
    weight = 1 * 0 + 2 * 1 + 0 * 3 + 3 * 4 + -1 * 0 + 5 * 2
    bias = 1 + 2 + 0 + 3 - 1 + 5
    # given
    return {"dx[0, 0]": corner, "dx[1, 1]": inner, "dw[0, 1]": weight, "db": bias}
''')


@q1.right
def _():
    dx, dw, db = vectorized.conv2d_backward(DOUT[None, None], X[None, None], KERNEL[None, None])
    return [dx[0, 0, 0, 0], dx[0, 0, 1, 1], dw[0, 0, 0, 1], db[0]]


q1.worked(
    """
x = np.array([[2, 0, 1, 3], [1, 4, 0, 2], [3, 1, 5, 0]])
w = np.array([[1, 2], [4, 3]])
dout = np.array([[1, 2, 0], [3, -1, 5]])
dx[0, 0] = dout[0, 0] * w[0, 0]
dx[1, 1] = dout[0, 0] * w[1, 1] + dout[0, 1] * w[1, 0] + dout[1, 0] * w[0, 1] + dout[1, 1] * w[0, 0]
dw[0, 1] = @w
db = @b
also dw[0, 0] = np.sum(dout * x[:2, :3])
also dw[1, 0] = np.sum(dout * x[1:, :3])
also dw[1, 1] = np.sum(dout * x[1:, 1:])
also dx[0, 1] = dout[0, 0] * w[0, 1] + dout[0, 1] * w[0, 0]
also dx[1, 0] = dout[0, 0] * w[1, 0] + dout[1, 0] * w[0, 0]
""".replace(
        "@w", " + ".join(f"dout[{i}, {j}] * x[{i}, {j + 1}]" for i in range(2) for j in range(3))
    ).replace("@b", " + ".join(f"dout[{i}, {j}]" for i in range(2) for j in range(3)))
)


q1.ask("""
dx[0, 0]
    Which windows cover this corner, and which weight does it meet in each?
dx[1, 1]
    Which windows cover this pixel, and which weight and which dout belong to each of them?
dw[0, 1]
    Which pixel does this weight meet in each window, and which dout belongs to that window?
db
    To which outputs is b added, and what is the dout of each?
""")

q1.slips("""
In dx[1, 1] dout and w meet in the same order
    1 * 3 + 2 * 4 + 3 * 2 + -1 * 1 => 1 * 1 + 2 * 2 + 3 * 4 + -1 * 3
    When the window moves right, where does the pixel move inside it?

In dx[1, 1] only the rows of w are reversed
    1 * 3 + 2 * 4 + 3 * 2 + -1 * 1 => 1 * 4 + 2 * 3 + 3 * 1 + -1 * 2
    The window moves in two directions: what happens to the pixel's place in each?

In dx[1, 1] only the columns of w are reversed
    1 * 3 + 2 * 4 + 3 * 2 + -1 * 1 => 1 * 2 + 2 * 1 + 3 * 3 + -1 * 4
    The window moves in two directions: what happens to the pixel's place in each?

dx[1, 1] from one window only
    1 * 3 + 2 * 4 + 3 * 2 + -1 * 1 => -1 * 1
    How many windows cover the pixel?

dx[0, 0] meets the last weight, not the first
    corner = 1 * 1 => corner = 1 * 3
    Which weight lay on the corner pixel in the only window that saw it?

dx[0, 0] meets all the weights
    corner = 1 * 1 => corner = 1 * 3 + 2 * 4 + 3 * 2 + -1 * 1
    How many windows see the corner pixel?

What is dw[0, 0], given for dw[0, 1]
    1 * 0 + 2 * 1 + 0 * 3 + 3 * 4 + -1 * 0 + 5 * 2 => 1 * 2 + 2 * 0 + 0 * 1 + 3 * 1 + -1 * 4 + 5 * 0
    In the first window, which pixel did w[0, 1] meet?

What is dw[1, 0], given for dw[0, 1]
    1 * 0 + 2 * 1 + 0 * 3 + 3 * 4 + -1 * 0 + 5 * 2 => 1 * 1 + 2 * 4 + 0 * 0 + 3 * 3 + -1 * 1 + 5 * 5
    In w[0, 1], which of the numbers is the column?

In dw[0, 1] dout runs from the last to the first
    1 * 0 + 2 * 1 + 0 * 3 + 3 * 4 + -1 * 0 + 5 * 2 => 5 * 0 + -1 * 1 + 3 * 3 + 0 * 4 + 2 * 0 + 1 * 2
    In the first window, which pixel did w[0, 1] meet?

dw[0, 1] from one window only
    1 * 0 + 2 * 1 + 0 * 3 + 3 * 4 + -1 * 0 + 5 * 2 => 1 * 0
    How many windows did the weight help to make?

db is averaged
    1 + 2 + 0 + 3 - 1 + 5 => (1 + 2 + 0 + 3 - 1 + 5) / 6
    How much does all of y move when b moves?

db counts the outputs
    1 + 2 + 0 + 3 - 1 + 5 => 6
    The outputs do not all weigh the same.
""")


# --- q2: db


q2 = sheet.function(
    "q2",
    "db_of",
    title="db",
    section="09-sums",
    points=1,
    answered_by="conv2d_backward",
)


q2.solution('''
def db_of(dout):
    """db, of shape (F,)."""
    return dout.sum(axis=(0, 2, 3))
''')


@q2.cases
def _(rng):
    for shape in [(1, 2, 2, 3), (2, 3, 4, 2), (3, 4, 1, 5), (4, 2, 3, 1), (3, 1, 2, 4)]:
        yield case(numbers(rng, *shape))
    yield case(numbers(rng, 2, 4, 3, 2), layout="view")


@q2.right
def _(dout):
    return np.einsum("nfij->f", dout)


@q2.right
def _(dout):
    return [float(dout[:, f].sum()) for f in range(dout.shape[1])]


@q2.right
def _(dout):
    return np.moveaxis(dout, 1, 0).reshape(dout.shape[1], -1) @ np.ones(dout[:, 0].size)


q2.slips("""
db is averaged
    sum => mean
    How much does the sum of a filter's outputs move when its bias moves?

Averaged over the images
    dout.sum(axis=(0, 2, 3)) => dout.sum(axis=(2, 3)).mean(axis=0)
    The letter n is not in db: is it summed, or is the sum divided by N, too?

Summed over the images only
    axis=(0, 2, 3) => axis=0
    Which letters has db, and which does dout have?

One number for each image and filter
    axis=(0, 2, 3) => axis=(2, 3)
    Do two images have two biases?

Summed over the filters instead of the images
    axis=(0, 2, 3) => axis=(1, 2, 3)
    Which of the first two axes of dout counts the filters?

Every entry is the sum over all filters  [09-derivation]
    dout.sum(axis=(0, 2, 3)) => np.full(dout.shape[1], dout.sum())
    Each filter has a bias of its own.

db is a single number  [09-derivation]
    axis=(0, 2, 3) =>
    How many biases has the layer?

The last image only
    dout.sum(axis=(0, 2, 3)) => dout[-1].sum(axis=(1, 2))
    The bias helped to make the outputs of every image.

The first image only
    dout.sum(axis=(0, 2, 3)) => dout[0].sum(axis=(1, 2))
    The bias helped to make the outputs of every image.

The outputs are counted  [09-derivation]
    dout.sum => np.ones_like(dout).sum
    The outputs do not all weigh the same.
""")


# --- q3: dw


def _arrays(rng, N, D, F, H, W, kH, kW, S, P):
    """dout, x and w of a layer."""
    rows, columns = padding_2d(P, (H, W), (kH, kW), S, (1, 1))
    dout = numbers(rng, N, F, output_size(H, kH, S[0], rows), output_size(W, kW, S[1], columns))
    return dout, numbers(rng, N, D, H, W), numbers(rng, F, D, kH, kW)


q3 = sheet.function(
    "q3",
    "dw_of",
    title="dw",
    section="09-derivation",
    parts={"stride 1": 1, "stride and padding": 2},
    answered_by="conv2d_backward",
)


q3.solution('''
def dw_of(dout, x, kernel, *, stride=(1, 1), padding=(0, 0)):
    """dw, of shape (F, D, kH, kW)."""
    (sH, sW), (pH, pW), (kH, kW) = stride, padding, kernel
    N, F, H_out, W_out = dout.shape
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
    dw = np.zeros((F, x.shape[1], kH, kW))
    for n in range(N):
        for i in range(H_out):
            for j in range(W_out):
                window = xpad[n, :, i * sH : i * sH + kH, j * sW : j * sW + kW]
                for f in range(F):
                    dw[f] += window * dout[n, f, i, j]
    return dw
''')


@q3.cases
def _(rng):
    for N, D, F, H, W, kH, kW, S, P, how in ALL:
        dout, x, _ = _arrays(rng, N, D, F, H, W, kH, kW, S, P)
        if how == "view":
            x = rng.integers(-9, 9, x.shape)
        part = "stride 1" if S == (1, 1) and P == (0, 0) else "stride and padding"
        yield case(dout, x, (kH, kW), stride=S, padding=P, part=part, layout=how)


@q3.right
def _(dout, x, kernel, *, stride=(1, 1), padding=(0, 0)):
    seen = np.lib.stride_tricks.sliding_window_view(_padded(x, padding), kernel, axis=(2, 3))
    return np.einsum("nfij,ndijuv->fduv", dout, seen[:, :, :: stride[0], :: stride[1]])


q3.slips("""
The stride is left out of dw
    i * sH =>> i
    j * sW =>> j
    Which pixel did w[0, 0, 0, 0] meet in the second window?

The strides are swapped in dw
    (sH, sW) => (sW, sH)
    The pair says height first: which index of dout goes down?

dw as if no zeros stood in front of x
    np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW))) => x
    or
    np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW))) => x
    dw[f] += => dw[f, :, : window.shape[1], : window.shape[2]] +=
    The first window may have met zeros: does your x begin with them?

The edge is repeated instead of zeros
    (pW, pW)) => (pW, pW)), mode="edge"
    dw has to see what the forward pass saw: what stood in the padding?

The rows and columns of dw are reversed
    return dw => return dw[:, :, ::-1, ::-1]
    The weight w[0, 0, 0, 0] met the first pixel of each window: where does its gradient belong?

The rows of dw are reversed
    return dw => return dw[:, :, ::-1]
    In which row of dw does the gradient of the first row of w belong?

The last image only  [09-sums]
    - dw = np.zeros((F, x.shape[1], kH, kW))
    - for n in range(N):
    + for n in range(N):
    +     dw = np.zeros((F, x.shape[1], kH, kW))
    Each weight helped to make the outputs of all images.

The first image only  [09-sums]
    - for n in range(N):
    + for n in range(1):
    Each weight helped to make the outputs of all images.

Averaged over the images  [09-sums]
    return dw => return dw / N
    The letter n is not in dw: is it summed, or is the sum divided by N, too?

Every channel of dw is that of the first channel
    window * => window[0] *
    Which channel of x did the weights w[0, 1] meet?

Averaged over the windows of all images  [09-sums]
    return dw => return dw / (N * H_out * W_out)
    The windows' shares add up; nothing divides them.

The channels of dw are summed away  [09-sums]
    return dw => return dw.sum(axis=1)
    Which letters has dw?

F and D swapped  [09-sums]
    return dw => return dw.swapaxes(0, 1)
    Which axis of w comes first: filters or channels?

The kernel's axes swapped  [09-loops]
    return dw => return dw.swapaxes(2, 3)
    dw has the shape of w: which length comes first?

Each filter's dw is the sum over all filters
    dw[f] += => dw +=
    Only the outputs of its own filter contain a weight.
""")


def _padded(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))


# images and channels change places: dout, with holes, is the kernel
q3.slips(
    """
The leftover pixels make dw larger  [09-leftover]
    [:, :, : (H_out - 1) * sH + kernel[0], : (W_out - 1) * sW + kernel[1]] =>
    With pixels left over dout fits at more places of x: how many weights has the kernel?
""",
    source="""
from conv_lib import vectorized

def dw_of(dout, x, kernel, *, stride=(1, 1), padding=(0, 0)):
    (sH, sW), (pH, pW), (N, F, H_out, W_out) = stride, padding, dout.shape
    holes = np.zeros((N, F, (H_out - 1) * sH + 1, (W_out - 1) * sW + 1))
    holes[:, :, ::sH, ::sW] = dout
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
    seen = xpad[:, :, : (H_out - 1) * sH + kernel[0], : (W_out - 1) * sW + kernel[1]]
    return vectorized.conv2d(seen.swapaxes(0, 1), holes.swapaxes(0, 1)).swapaxes(0, 1)
""",
)


# --- q4: dx


q4 = sheet.function(
    "q4",
    "dx_of",
    title="dx",
    section="09-loops",
    parts={"stride 1": 1, "stride and leftover pixels": 1, "padding": 2},
    answered_by="conv2d_backward conv_transpose2d",
)


q4.solution('''
def dx_of(dout, w, x_shape, *, stride=(1, 1), padding=(0, 0)):
    """dx, of shape (N, D, H, W)."""
    (sH, sW), (pH, pW) = stride, padding
    N, D, H, W = x_shape
    F, D, kH, kW = w.shape
    H_out, W_out = dout.shape[2:]
    dxpad = np.zeros((N, D, H + 2 * pH, W + 2 * pW))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    dxpad[n, :, i * sH : i * sH + kH, j * sW : j * sW + kW] += w[f] * dout[n, f, i, j]
    return dxpad[:, :, pH : pH + H, pW : pW + W]
''')


@q4.cases
def _(rng):
    for rows, part in ((PLAIN, "stride 1"), (STRIDED, "stride and leftover pixels"), (PADDED, "padding")):
        for N, D, F, H, W, kH, kW, S, P, how in rows:
            dout, x, w = _arrays(rng, N, D, F, H, W, kH, kW, S, P)
            if how == "view":
                dout = rng.integers(1, 9, dout.shape)
            yield case(dout, w, x.shape, stride=S, padding=P, part=part, layout=how)


@q4.right
def _(dout, w, x_shape, *, stride=(1, 1), padding=(0, 0)):
    columns = np.einsum("fduv,nfij->duvnij", w, dout).reshape(w[0].size, -1)
    return vectorized.col2im(columns, x_shape, w.shape[2:], stride=stride, padding=padding)


@q4.right
def _(dout, w, x_shape, *, stride=(1, 1), padding=(0, 0)):
    # as a convolution: zeros between and around dout, filters and channels change places
    (sH, sW), (kH, kW), (pH, pW) = stride, w.shape[2:], padding
    (N, F, Ho, Wo), (H, W) = dout.shape, x_shape[2:]
    wide = np.zeros((N, F, H + 2 * pH + kH - 1, W + 2 * pW + kW - 1))
    wide[:, :, kH - 1 : kH - 1 + Ho * sH : sH, kW - 1 : kW - 1 + Wo * sW : sW][:, :, :Ho, :Wo] = dout
    full = vectorized.conv2d(wide, w[:, :, ::-1, ::-1].swapaxes(0, 1))
    return full[:, :, pH : pH + H, pW : pW + W]


q4.slips("""
The stride is left out of dx
    i * sH =>> i
    j * sW =>> j
    With stride 2 the second window started two pixels further: where does its share go?

The strides are swapped in dx
    (sH, sW) => (sW, sH)
    The pair says height first: which index of dout goes down?

Where windows overlap, only the last one's share is left
    - for f in range(F):
    -     for i in range(H_out):
    -         for j in range(W_out):
    -             dxpad[n, :, i * sH : i * sH + kH, j * sW : j * sW + kW] += w[f] * dout[n, f, i, j]
    + for i in range(H_out):
    +     for j in range(W_out):
    +         share = np.tensordot(dout[n, :, i, j], w, axes=1)
    +         dxpad[n, :, i * sH : i * sH + kH, j * sW : j * sW + kW] = share
    When windows overlap, a pixel gets several shares: is each added to the earlier ones?

Each pixel keeps only the last filter's last share
    += => =
    Every window over a pixel and every filter sends it a share: is each added to the earlier ones?

dx is that of the flipped kernel  [09-convolutions]
    w[f] => w[f, :, ::-1, ::-1]
    The first pixel of a window met the first weight: through which weight does dout come back to it?

dx is that of a kernel with its rows reversed  [09-convolutions]
    w[f] => w[f, :, ::-1]
    Which row of w did the top row of a window meet, and which row sends dout back to it?

dx is that of w with kernel and channels flipped  [09-convolutions]
    w[f] => w[f, ::-1, ::-1, ::-1]
    The weights w[0, 0] met channel 0: to which channel do they send dout back?

dx is that of the transposed kernel
    w[f] => w[f].transpose(0, 2, 1)
    Which of the last two axes of w runs down?

dx from the last filter only  [09-sums]
    - for f in range(F):
    + for f in range(F):
    +     dxpad[n] = 0
    Who saw the pixel: one filter or all?

The first image's gradient for all  [09-sums]
    dout[n, f => dout[0, f
    From which image of dout does dx of image 1 come?

The leftover pixels are dropped  [09-leftover]
    (N, D, H + 2 * pH, W + 2 * pW) => (N, D, (H_out - 1) * sH + kH, (W_out - 1) * sW + kW)
    dx has to be as large as x: which gradient has a pixel that no window reads?

The height's leftover for both axes  [09-leftover]
    W + 2 * pW => (W_out - 1) * sW + kW + (H + 2 * pH - kH) % sH
    Rows can be left over where no column is: what does the number of each follow from?

The padding is not cropped
    dxpad[:, :, pH : pH + H, pW : pW + W] => dxpad
    The zeros of the padding are no part of x: how large is dx?

A slice that ends at minus zero  [09-breaks]
    pH : pH + H, pW : pW + W => pH:-pH, pW:-pW
    With padding 0, what does a slice that stops at minus the padding hold?

dx begins in the padding, not at the first pixel of x
    pH : pH + H, pW : pW + W => :H, :W
    Zeros stood at both ends of an axis: how many go from each?

dx begins inside x and ends in the padding
    pH : pH + H, pW : pW + W => 2 * pH :, 2 * pW :
    Zeros stood at both ends of an axis: how many go from each?

Averaged over the filters  [09-sums]
    w[f] * => w[f] / F *
    The letter f is not in dx: is it summed, or is the sum divided by F, too?

Every channel of dx is the sum over all channels  [09-sums]
    w[f] * => w[f].sum(axis=0) *
    The letter d stands in dx and in w: is it summed?
""")


# --- q5: the stretch: everything, with four paddings


q5 = sheet.function(
    "q5",
    "layer_backward",
    title="the whole backward pass, with four paddings",
    section="09-loops",
    outputs=("dx", "dw", "db"),
    points=3,
    answered_by="conv2d_backward",
)


q5.solution('''
def layer_backward(dout, x, w, *, stride=(1, 1), padding=((0, 0), (0, 0))):
    """dx, dw, db."""
    (sH, sW), ((top, bottom), (left, right)) = stride, padding
    N, D, H, W = x.shape
    F, D, kH, kW = w.shape
    H_out, W_out = dout.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    dw, db = np.zeros(w.shape), np.zeros(F)
    dxpad = np.zeros((N, D, H + top + bottom, W + left + right))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    down = slice(i * sH, i * sH + kH)
                    across = slice(j * sW, j * sW + kW)
                    dxpad[n, :, down, across] += w[f] * dout[n, f, i, j]
                    dw[f] += xpad[n, :, down, across] * dout[n, f, i, j]
                    db[f] += dout[n, f, i, j]
    return dxpad[:, :, top : top + H, left : left + W], dw, db
''')


@q5.cases
def _(rng):
    for N, D, F, H, W, kH, kW, S, P, how in [
        (1, 1, 1, 3, 4, 2, 3, (1, 1), ((0, 0), (0, 0)), "C"),
        (1, 2, 2, 2, 3, 1, 2, (1, 1), ((0, 0), (0, 0)), "C"),
        (2, 1, 1, 2, 3, 1, 2, (1, 1), ((0, 0), (0, 0)), "C"),
        (1, 1, 1, 4, 4, 2, 1, (2, 1), ((0, 0), (0, 0)), "C"),
        (1, 1, 1, 3, 6, 1, 3, (1, 2), ((0, 0), (0, 0)), "C"),
        (1, 1, 1, 2, 4, 2, 1, (1, 1), ((1, 0), (0, 0)), "C"),
        (1, 1, 1, 4, 2, 1, 2, (1, 1), ((0, 0), (0, 1)), "C"),
        (1, 2, 3, 3, 5, 2, 3, (1, 1), ((0, 0), (0, 0)), "C"),
        (2, 2, 3, 4, 4, 3, 2, (1, 1), ((0, 0), (0, 0)), "C"),  # small: what is computed is read off it
        (2, 2, 3, 4, 3, 2, 3, (2, 1), ((1, 0), (0, 2)), "C"),  # a row left over, no column
        (2, 2, 1, 4, 8, 2, 3, (1, 3), ((0, 1), (2, 0)), "view"),  # a column left over, no row
        (2, 2, 3, 3, 2, 2, 3, (2, 3), ((3, 1), (0, 4)), "C"),
        (3, 1, 2, 5, 6, 3, 2, (1, 2), ((1, 1), (2, 0)), "F"),
        (2, 3, 1, 6, 5, 3, 1, (2, 1), ((0, 1), (1, 0)), "C"),
        (2, 3, 2, 1, 4, 3, 2, (1, 2), ((2, 0), (0, 0)), "C"),
        (2, 2, 3, 4, 1, 1, 3, (2, 1), ((0, 1), (0, 2)), "C"),
        (1, 1, 1, 5, 8, 2, 1, (2, 3), ((0, 0), (1, 0)), "C"),  # a row is left over, and two columns
        (2, 1, 3, 5, 3, 2, 3, (2, 1), ((1, 1), (2, 2)), "C"),  # the axes differ, not their ends
        (1, 3, 2, 3, 5, 1, 2, (1, 1), ((2, 1), (2, 1)), "C"),  # the other way round
    ]:
        yield case(*_arrays(rng, N, D, F, H, W, kH, kW, S, P), stride=S, padding=P, layout=how)
    S, P = (1, 2), ((1, 0), (0, 1))
    dout, x, w = _arrays(rng, 2, 3, 2, 4, 5, 2, 3, S, P)
    yield case(dout, rng.integers(-9, 9, x.shape), w, stride=S, padding=P)


q5.slips("""
The stride is left out of dx  [09-loops]
    dxpad[n, :, down, across] => dxpad[n, :, i : i + kH, j : j + kW]
    With stride 2 the second window started two pixels further: where does its share go?

Each pixel keeps only the last filter's last share  [09-loops]
    dxpad[n, :, down, across] += => dxpad[n, :, down, across] =
    Every window over a pixel and every filter sends it a share: is each added to the earlier ones?

dx is that of the flipped kernel  [09-convolutions]
    w[f] * => w[f, :, ::-1, ::-1] *
    The first pixel of a window met the first weight: through which weight does dout come back to it?

dx from the last filter only  [09-sums]
    - for f in range(F):
    + for f in range(F):
    +     dxpad[n] = 0
    Who saw the pixel: one filter or all?

The leftover pixels are dropped  [09-leftover]
    (N, D, H + top + bottom, W + left + right) => (N, D, (H_out - 1) * sH + kH, (W_out - 1) * sW + kW)
    dx has to be as large as x: which gradient has a pixel that no window reads?

The height's leftover for both axes  [09-leftover]
    W + left + right => (W_out - 1) * sW + kW + (H + top + bottom - kH) % sH
    Rows can be left over where no column is: what does the number of each follow from?

The padding is not cropped  [09-loops]
    dxpad[:, :, top : top + H, left : left + W] => dxpad
    The zeros of the padding are no part of x: how large is dx?

dx begins in the padding, not at the first pixel of x  [09-loops]
    top : top + H, left : left + W => :H, :W
    Zeros stood at both ends of an axis: how many go from each?

The stride is left out of dw  [09-derivation]
    xpad[n, :, down, across] => xpad[n, :, i : i + kH, j : j + kW]
    Which pixel did w[0, 0, 0, 0] meet in the second window?

dw as if no zeros stood in front of x  [09-derivation]
    xpad[n, :, down, across] => x[n, :, down, across]
    or
    - dw[f] += xpad[n, :, down, across] * dout[n, f, i, j]
    + window = x[n, :, down, across]
    + dw[f, :, : window.shape[1], : window.shape[2]] += window * dout[n, f, i, j]
    The first window may have met zeros: does your x begin with them?

The rows and columns of dw are reversed  [09-derivation]
    + W], dw => + W], dw[:, :, ::-1, ::-1]
    The weight w[0, 0, 0, 0] met the first pixel of each window: where does its gradient belong?

dw from the last image only  [09-sums]
    - for n in range(N):
    + for n in range(N):
    +     dw[:] = 0
    Each weight helped to make the outputs of all images.

dw is averaged over the images  [09-sums]
    + W], dw => + W], dw / N
    The letter n is not in dw: is it summed, or is the sum divided by N, too?

dx is cut in front by the other end's padding
    top : top + H, left : left + W => bottom : bottom + H, right : right + W
    Above and below may differ: which of the two stands before the image?

db over the images only  [09-sums]
    + W], dw, db => + W], dw, dout.sum(axis=0)
    Which letters has db?

db is averaged  [09-sums]
    + W], dw, db => + W], dw, dout.mean(axis=(0, 2, 3))
    The letters n, i and j are not in db: are they summed, or is the sum divided, too?

Every entry of db is the sum over all filters  [09-derivation]
    db[f] += => db +=
    Each filter has a bias of its own.

Top and bottom, left and right swapped
    (sH, sW), ((top, bottom), (left, right)) => (sH, sW), ((bottom, top), (right, left))
    In ((top, bottom), (left, right)), which number comes first?
""")


# --- q6: which dx belongs to this dout


q6 = sheet.values(
    "q6",
    "which_dx",
    {"right": "C", "kernel as it stands": "A", "only the rows reversed": "D", "assigned": "B"},
    title="four dx for one dout",
    section="09-picture",
    points=4,
)


q6.solution('''
def which_dx():
    """Four letters."""
    right = "C"
    as_it_stands = "A"
    only_rows = "D"
    assigned = "B"
    # given
    return {
        "right": right,
        "kernel as it stands": as_it_stands,
        "only the rows reversed": only_rows,
        "assigned": assigned,
    }
''')


@q6.right
def _():
    arrays = {
        "A": [[3, 0, 4, 0, 0], [0, 2, -2, 0, -4], [0, 0, 0, -2, -1]],
        "B": [[1, 2, 0, 0, 0], [4, 0, -1, -2, 0], [0, 0, -4, 0, -3]],
        "C": [[1, 2, 0, 0, 0], [4, 0, 2, -2, 0], [0, 0, -4, 0, -3]],
        "D": [[0, 2, 1, 0, 0], [3, 0, 4, -2, -1], [0, 0, -3, 0, -4]],
    }
    dout, w = np.array([[1, 0, 0], [0, 0, -1]]), np.array([[1, 2, 0], [4, 0, 3]])

    def letter(kernel, add):
        dx = np.zeros((3, 5))
        for i, j in np.argwhere(dout):
            dx[i : i + 2, j : j + 3] = kernel * dout[i, j] + add * dx[i : i + 2, j : j + 3]
        return [name for name, array in arrays.items() if np.array_equal(dx, array)]

    # a pass with a kernel lays down copies of it with both axes reversed
    kernels = [(w, 1), (w[::-1, ::-1], 1), (w[:, ::-1], 1), (w, 0)]
    return [letter(*one)[0] for one in kernels]


q6.ask("""
right
    Where does each number of dout lay its copy of w, and what stands where two copies lie?
kernel as it stands
    Swept as it stands, with which corner of w does the upper left pixel of dx meet the 1 of dout?
only the rows reversed
    With only its rows turned, with which corner of w does the upper left pixel of dx meet the 1 of dout?
assigned
    At which pixel do the two copies lie on each other, and what is left there of the first?
""")

q6.slips("""
Copies with both axes reversed taken for right
    right = "C" => right = "A"
    Which weight did the upper left pixel of the first window meet?

The overwritten one taken for right
    right = "C" => right = "B"
    One pixel lies under both copies: what are its two shares?

Copies with the columns reversed taken for right
    right = "C" => right = "D"
    Which weight did the upper left pixel of the first window meet?

Copies reversed on one axis, not on both
    as_it_stands = "A" => as_it_stands = "D"
    With the kernel swept as it stands, how do the copies differ from w: on one axis, or on both?

The right one taken for the kernel as it stands
    as_it_stands = "A" => as_it_stands = "C"
    In which order does a sweep over one single entry bring the weights out?

Copies reversed on both axes, not on one
    only_rows = "D" => only_rows = "A"
    With the kernel upside down before the sweep, how do the copies differ from w: on one axis, or on both?

The overwritten one taken for only the rows
    only_rows = "D" => only_rows = "B"
    A wrong order of the weights shows in every copy, not in one pixel.

The right one taken for assigned
    assigned = "B" => assigned = "C"
    Where two copies overlap, which one is left when the second is written over the first?
""")
