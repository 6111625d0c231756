"""Sheet of 09_layer_backward: one pixel of each gradient, db, dw, dx, and all of it with uneven padding."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.layer_sizes import ALL, PADDED, PLAIN, STRIDED
from conv_course.checker.sheets.mistakes_2d import backward
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


@q1.right
def _():
    dx, dw, db = vectorized.conv2d_backward(DOUT[None, None], X[None, None], KERNEL[None, None])
    return [dx[0, 0, 0, 0], dx[0, 0, 1, 1], dw[0, 0, 0, 1], db[0]]


def _paper(**changed):
    right = {"corner": 1.0, "inner": 16.0, "weight": 24.0, "bias": 10.0}
    return lambda: list((right | changed).values())


for _name, _hint, _function, _section in [
    (
        "The kernel is not reversed in dx",
        "When the window moves right, where does the pixel move inside it?",
        _paper(inner=float(np.sum(DOUT[:, :2] * KERNEL))),
        "09-picture",
    ),
    (
        "Only the rows are reversed",
        "The window moves in two directions: what happens to the pixel's place in each?",
        _paper(inner=float(np.sum(DOUT[:, :2] * KERNEL[::-1]))),
        "09-picture",
    ),
    (
        "Only the columns are reversed",
        "The window moves in two directions: what happens to the pixel's place in each?",
        _paper(inner=float(np.sum(DOUT[:, :2] * KERNEL[:, ::-1]))),
        "09-picture",
    ),
    (
        "One window only",
        "How many windows cover the pixel?",
        _paper(inner=float(DOUT[1, 1] * KERNEL[0, 0])),
        "09-picture",
    ),
    (
        "The last weight at the first corner",
        "Which weight lay on the corner pixel in the only window that saw it?",
        _paper(corner=float(DOUT[0, 0] * KERNEL[1, 1])),
        "09-picture",
    ),
    (
        "All weights at the corner",
        "How many windows see the corner pixel?",
        _paper(corner=float(np.sum(DOUT[:2, :2] * KERNEL[::-1, ::-1]))),
        "09-picture",
    ),
    (
        "dout lies over the wrong place of x",
        "In the first window, which pixel did w[0, 1] meet?",
        _paper(weight=float(np.sum(DOUT * X[:2, :3]))),
        "09-picture",
    ),
    (
        "Rows and columns of dw swapped",
        "In w[0, 1], which of the numbers is the column?",
        _paper(weight=float(np.sum(DOUT * X[1:, :3]))),
        "09-picture",
    ),
    (
        "dw is back to front",
        "In the first window, which pixel did w[0, 1] meet?",
        _paper(weight=float(np.sum(DOUT[::-1, ::-1] * X[:2, 1:]))),
        "09-picture",
    ),
    (
        "dw from one window",
        "How many windows did the weight help to make?",
        _paper(weight=float(DOUT[0, 0] * X[0, 1])),
        "09-picture",
    ),
    ("db is averaged", "How much does all of y move when b moves?", _paper(bias=10 / 6), "09-picture"),
    ("db counts the outputs", "The outputs do not all weigh the same.", _paper(bias=6.0), "09-picture"),
]:
    q1.wrong(_name, _hint, _function, section=_section)

# --- q2: db

q2 = sheet.function(
    "q2",
    "db_of",
    title="db",
    section="09-sums",
    points=1,
    answered_by="conv2d_backward",
)


@q2.reference
def db_of(dout):
    return dout.sum(axis=(0, 2, 3))


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


for _name, _hint, _function, _section in [
    (
        "db is averaged",
        "How much does the sum of a filter's outputs move when its bias moves?",
        lambda dout: dout.mean(axis=(0, 2, 3)),
        "09-sums",
    ),
    (
        "Averaged over the images",
        "A letter that the result does not have is summed; is it divided too?",
        lambda dout: dout.sum(axis=(2, 3)).mean(axis=0),
        "09-sums",
    ),
    (
        "Summed over the images only",
        "Which letters has db, and which does dout have?",
        lambda dout: dout.sum(axis=0),
        "09-sums",
    ),
    (
        "One number per image",
        "Do two images have two biases?",
        lambda dout: dout.sum(axis=(2, 3)),
        "09-sums",
    ),
    (
        "The images keep their sums, the filters lose theirs",
        "Which of the first two axes of dout counts the filters?",
        lambda dout: dout.sum(axis=(1, 2, 3)),
        "09-sums",
    ),
    (
        "All filters together",
        "Each filter has a bias of its own.",
        lambda dout: np.full(dout.shape[1], dout.sum()),
        "09-derivation",
    ),
    ("A single number", "How many biases has the layer?", lambda dout: dout.sum(), "09-derivation"),
    (
        "The last image only",
        "What happens to the sum when the next image comes?",
        lambda dout: dout[-1].sum(axis=(1, 2)),
        "09-sums",
    ),
    (
        "The first image only",
        "The bias helped to make the outputs of every image.",
        lambda dout: dout[0].sum(axis=(1, 2)),
        "09-sums",
    ),
    (
        "The outputs are counted",
        "The outputs do not all weigh the same.",
        lambda dout: np.full(dout.shape[1], float(dout[:, 0].size)),
        "09-derivation",
    ),
]:
    q2.wrong(_name, _hint, _function, section=_section)


# --- shapes of the cases below


def _out(H, W, kH, kW, S, P):
    top_bottom, left_right = padding_2d(P, (H, W), (kH, kW), S, (1, 1))
    return output_size(H, kH, S[0], top_bottom), output_size(W, kW, S[1], left_right)


def _arrays(rng, N, D, F, H, W, kH, kW, S, P):
    dout = numbers(rng, N, F, *_out(H, W, kH, kW, S, P))
    return dout, numbers(rng, N, D, H, W), numbers(rng, F, D, kH, kW)


# --- q3: dw

q3 = sheet.function(
    "q3",
    "dw_of",
    title="dw",
    section="09-derivation",
    parts={"stride 1": 1, "stride and padding": 2},
    answered_by="conv2d_backward",
)


@q3.reference
def dw_of(dout, x, kernel, *, stride=(1, 1), padding=(0, 0)):
    w = np.zeros((dout.shape[1], x.shape[1], *kernel))
    return vectorized.conv2d_backward(dout, x, w, stride=stride, padding=padding)[1]


@q3.cases
def _(rng):
    for N, D, F, H, W, kH, kW, S, P, how in ALL:
        dout, x, _ = _arrays(rng, N, D, F, H, W, kH, kW, S, P)
        if how == "view":
            x = rng.integers(-9, 9, x.shape)
        part = "stride 1" if S == (1, 1) and P == (0, 0) else "stride and padding"
        yield case(dout, x, (kH, kW), stride=S, padding=P, part=part, layout=how)


def _padded(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))


@q3.right
def _(dout, x, kernel, *, stride=(1, 1), padding=(0, 0)):
    seen = np.lib.stride_tricks.sliding_window_view(_padded(x, padding), kernel, axis=(2, 3))
    return np.einsum("nfij,ndijuv->fduv", dout, seen[:, :, :: stride[0], :: stride[1]])


@q3.right
def _(dout, x, kernel, *, stride=(1, 1), padding=(0, 0)):
    xpad = _padded(x, padding)
    (N, F, H, W), D = dout.shape, x.shape[1]
    dw = np.zeros((F, D, *kernel))
    for n in range(N):
        for f in range(F):
            for i in range(H):
                for j in range(W):
                    top, left = i * stride[0], j * stride[1]
                    dw[f] += xpad[n, :, top : top + kernel[0], left : left + kernel[1]] * dout[n, f, i, j]
    return dw


@q3.right
def _(dout, x, kernel, *, stride=(1, 1), padding=(0, 0)):
    # images and channels change places: dout, with holes, is the kernel
    (sH, sW), (N, F, H, W) = stride, dout.shape
    holes = np.zeros((N, F, (H - 1) * sH + 1, (W - 1) * sW + 1))
    holes[:, :, ::sH, ::sW] = dout
    xpad = _padded(x, padding)[:, :, : holes.shape[2] + kernel[0] - 1, : holes.shape[3] + kernel[1] - 1]
    return vectorized.conv2d(xpad.swapaxes(0, 1), holes.swapaxes(0, 1)).swapaxes(0, 1)


def _dw(after=None, **mistake):
    wrong = backward(**mistake)

    def dw_of(dout, x, kernel, *, stride=(1, 1), padding=(0, 0)):
        w = np.zeros((dout.shape[1], x.shape[1], *kernel))
        dw = wrong(dout, x, w, stride=stride, padding=padding)[1]
        return after(dw) if after else dw

    return dw_of


DW = [
    (
        "The stride is left out of dw",
        "Which pixel did the first weight of a slice meet in the second window?",
        {"dw_start": "one"},
        "09-derivation",
    ),
    (
        "The strides are swapped in dw",
        "The pair says height first: which index of dout goes down?",
        {"dw_axes": "swapped"},
        "09-derivation",
    ),
    (
        "dw from the unpadded x",
        "The first window may have met zeros: does your x begin with them?",
        {"dw_input": "unpadded"},
        "09-derivation",
    ),
    (
        "The edge is repeated instead of zeros",
        "dw has to see what the forward pass saw: what stood in the padding?",
        {"dw_mode": "edge"},
        "09-derivation",
    ),
    (
        "dw is back to front",
        "The first weight of a slice met the first pixel of each window: where does its gradient belong?",
        {"dw_flip": "both"},
        "09-derivation",
    ),
    (
        "dw is upside down",
        "Is one axis of dw reversed and the other not?",
        {"dw_flip": "rows"},
        "09-derivation",
    ),
    (
        "The last image only",
        "What happens to dw when the next image comes?",
        {"dw_images": "last"},
        "09-sums",
    ),
    (
        "The first image only",
        "Each weight helped to make the outputs of all images.",
        {"dw_images": "first"},
        "09-sums",
    ),
    (
        "Averaged over the images",
        "A letter that dw does not have is summed; is it divided too?",
        {"dw_average": True},
        "09-sums",
    ),
    (
        "The first channel for all",
        "A slice of a filter met the channel that it belongs to.",
        {"dw_channels": "first"},
        "09-derivation",
    ),
]
for _name, _hint, _mistake, _section in DW:
    q3.wrong(_name, _hint, _dw(**_mistake), section=_section)
q3.wrong(
    "Averaged over the windows",
    "The windows' shares add up; nothing divides them.",
    _dw(dw_average="windows"),
    section="09-sums",
)
q3.wrong(
    "The channels of dw are summed away",
    "Which letters has dw?",
    _dw(after=lambda dw: dw.sum(axis=1)),
    section="09-sums",
)
q3.wrong(
    "F and D swapped",
    "Which axis of w comes first: filters or channels?",
    _dw(after=lambda dw: dw.swapaxes(0, 1)),
    section="09-sums",
)
q3.wrong(
    "The kernel's axes swapped",
    "dw has the shape of w: which length comes first?",
    _dw(after=lambda dw: dw.swapaxes(2, 3)),
    section="09-loops",
)


@q3.wrong("All filters together", "Only the outputs of its own filter contain a weight.")
def _(dout, x, kernel, *, stride=(1, 1), padding=(0, 0)):
    dw = dw_of(dout, x, kernel, stride=stride, padding=padding)
    return np.broadcast_to(dw.sum(axis=0), dw.shape).copy()


@q3.wrong(
    "The leftover pixels make dw larger",
    "A pass over everything also tries places that hold no whole pattern: how many weights are there?",
    section="09-leftover",
)
def _(dout, x, kernel, *, stride=(1, 1), padding=(0, 0)):
    (sH, sW), (N, F, H, W) = stride, dout.shape
    holes = np.zeros((N, F, (H - 1) * sH + 1, (W - 1) * sW + 1))
    holes[:, :, ::sH, ::sW] = dout
    return vectorized.conv2d(_padded(x, padding).swapaxes(0, 1), holes.swapaxes(0, 1)).swapaxes(0, 1)


# --- q4: dx

q4 = sheet.function(
    "q4",
    "dx_of",
    title="dx",
    section="09-loops",
    parts={"stride 1": 1, "stride and leftover pixels": 1, "padding": 2},
    answered_by="conv2d_backward",
)


@q4.reference
def dx_of(dout, w, x_shape, *, stride=(1, 1), padding=(0, 0)):
    return vectorized.conv2d_backward(dout, np.zeros(x_shape), w, stride=stride, padding=padding)[0]


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
    (N, D, H, W), (pH, pW), (kH, kW) = x_shape, padding, w.shape[2:]
    dxpad = np.zeros((N, D, H + 2 * pH, W + 2 * pW))
    for n, f, i, j in np.ndindex(dout.shape):
        top, left = i * stride[0], j * stride[1]
        dxpad[n, :, top : top + kH, left : left + kW] += w[f] * dout[n, f, i, j]
    return dxpad[:, :, pH : pH + H, pW : pW + W]


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


def _dx(**mistake):
    wrong = backward(**mistake)
    return lambda dout, w, x_shape, *, stride=(1, 1), padding=(0, 0): wrong(
        dout, np.zeros(x_shape), w, stride=stride, padding=padding
    )[0]


DX = [
    (
        "The stride is left out of dx",
        "The second window started S pixels further: where does its share go?",
        {"dx_start": "one"},
        "09-loops",
    ),
    (
        "The strides are swapped in dx",
        "The pair says height first: which index of dout goes down?",
        {"dx_axes": "swapped"},
        "09-loops",
    ),
    (
        "Assigned instead of added up, windows",
        "When windows overlap, a pixel gets several shares: what happens to the earlier ones?",
        {"dx_sum": False},
        "09-loops",
    ),
    (
        "Assigned instead of added up, filters too",
        "Every window over a pixel and every filter sends it a share: what happens to the earlier ones?",
        {"dx_sum": "never"},
        "09-loops",
    ),
    (
        "The kernel is flipped once more",
        "The first pixel of a window met the first weight: through which weight does dout come back to it?",
        {"dx_flip": "both"},
        "09-convolutions",
    ),
    (
        "The kernel is flipped on one axis",
        "Do rows and columns follow the same rule?",
        {"dx_flip": "rows"},
        "09-convolutions",
    ),
    (
        "The channels are flipped too",
        "Slice 0 of a filter met channel 0: to which channel does it send back?",
        {"dx_flip": "channels too"},
        "09-convolutions",
    ),
    (
        "The kernel is transposed",
        "Of the last two letters of w, u and v, which one is a row?",
        {"dx_transposed": True},
        "09-loops",
    ),
    (
        "Only the last filter",
        "Who saw the pixel: one filter or all?",
        {"dx_filters": "last"},
        "09-sums",
    ),
    (
        "The first image's gradient for all",
        "The letter n stands in dx and in dout.",
        {"dx_images": "first"},
        "09-sums",
    ),
    (
        "The leftover pixels are dropped",
        "dx has to be as large as x: which gradient has a pixel that no window reads?",
        {"tail": "dropped"},
        "09-leftover",
    ),
    (
        "The height's leftover for both axes",
        "Rows can be left over where no column is: what does the number of each follow from?",
        {"tail": "the height's"},
        "09-leftover",
    ),
    (
        "The padding is not cropped",
        "The zeros of the padding are no part of x: how large is dx?",
        {"crop": "none"},
        "09-loops",
    ),
    (
        "A slice that ends at minus zero",
        "With no padding on an axis, what does a slice that stops at -P hold?",
        {"crop": "x[p:-p]"},
        "09-breaks",
    ),
    (
        "All cropped below and right",
        "Zeros stood at both ends of an axis: how many go from each?",
        {"crop": "end"},
        "09-loops",
    ),
    (
        "All cropped above and left",
        "Zeros stood at both ends of an axis: how many go from each?",
        {"crop": "start"},
        "09-loops",
    ),
]
for _name, _hint, _mistake, _section in DX:
    q4.wrong(_name, _hint, _dx(**_mistake), section=_section)


@q4.wrong("Averaged over the filters", "A letter that dx does not have is summed.", section="09-sums")
def _(dout, w, x_shape, *, stride=(1, 1), padding=(0, 0)):
    return dx_of(dout, w, x_shape, stride=stride, padding=padding) / len(w)


@q4.wrong(
    "The channels share one gradient",
    "The letter d stands in dx and in w: is it summed?",
    section="09-sums",
)
def _(dout, w, x_shape, *, stride=(1, 1), padding=(0, 0)):
    dx = dx_of(dout, w, x_shape, stride=stride, padding=padding)
    return np.broadcast_to(dx.sum(axis=1, keepdims=True), dx.shape).copy()


# --- q5: the stretch: everything, with four paddings

q5 = sheet.function(
    "q5",
    "layer_backward",
    title="the whole backward pass, with four paddings",
    section="09-proof",
    outputs=("dx", "dw", "db"),
    points=3,
    answered_by="conv2d_backward",
)


@q5.reference
def layer_backward(dout, x, w, *, stride=(1, 1), padding=((0, 0), (0, 0))):
    return vectorized.conv2d_backward(dout, x, w, stride=stride, padding=padding)


@q5.cases
def _(rng):
    for N, D, F, H, W, kH, kW, S, P, how in [
        (1, 2, 3, 3, 5, 2, 3, (1, 1), ((0, 0), (0, 0)), "C"),
        (2, 3, 2, 5, 4, 3, 2, (2, 1), ((1, 0), (0, 2)), "C"),  # a row left over, no column
        (2, 2, 3, 4, 8, 2, 3, (1, 3), ((0, 1), (2, 0)), "view"),  # a column left over, no row
        (2, 2, 3, 3, 2, 2, 3, (2, 3), ((3, 1), (0, 4)), "C"),
        (3, 1, 2, 5, 6, 3, 2, (1, 2), ((1, 1), (2, 0)), "F"),
        (2, 3, 1, 6, 5, 3, 1, (2, 1), ((0, 1), (1, 0)), "C"),
        (2, 3, 2, 1, 4, 3, 2, (1, 2), ((2, 0), (0, 0)), "C"),
        (2, 2, 3, 4, 1, 1, 3, (2, 1), ((0, 1), (0, 2)), "C"),
    ]:
        yield case(*_arrays(rng, N, D, F, H, W, kH, kW, S, P), stride=S, padding=P, layout=how)


@q5.right
def _(dout, x, w, *, stride=(1, 1), padding=((0, 0), (0, 0))):
    (top, _), (left, _) = padding
    kH, kW = w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), *padding))
    dxpad, dw, db = np.zeros(xpad.shape), np.zeros(w.shape), np.zeros(len(w))
    for n, f, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride[0], i * stride[0] + kH)
        columns = slice(j * stride[1], j * stride[1] + kW)
        dxpad[n, :, rows, columns] += w[f] * dout[n, f, i, j]
        dw[f] += xpad[n, :, rows, columns] * dout[n, f, i, j]
        db[f] += dout[n, f, i, j]
    return dxpad[:, :, top : top + x.shape[2], left : left + x.shape[3]], dw, db


for _name, _hint, _mistake, _section in [
    row
    for row in DX + DW
    if row[0]
    in {
        "The stride is left out of dx",
        "Assigned instead of added up, filters too",
        "The kernel is flipped once more",
        "Only the last filter",
        "The leftover pixels are dropped",
        "The height's leftover for both axes",
        "The padding is not cropped",
        "All cropped below and right",
        "The stride is left out of dw",
        "dw from the unpadded x",
        "dw is back to front",
        "The last image only",
        "Averaged over the images",
    }
]:
    q5.wrong(_name, _hint, backward(**_mistake), section=_section)
q5.wrong(
    "The larger padding cropped first",
    "Above and below may differ: which of the two stands before the image?",
    backward(crop="second"),
    section="09-proof",
)
q5.wrong(
    "db over the images only",
    "Which letters has db?",
    backward(db="over the batch only"),
    section="09-sums",
)
q5.wrong(
    "db is averaged", "A letter that db does not have is summed.", backward(db="mean"), section="09-sums"
)
q5.wrong(
    "One sum for all of db",
    "Each filter has a bias of its own.",
    backward(db="all filters together"),
    section="09-derivation",
)


@q5.wrong(
    "Top and bottom, left and right swapped",
    "In ((top, bottom), (left, right)), which number comes first?",
    section="09-proof",
)
def _(dout, x, w, *, stride=(1, 1), padding=((0, 0), (0, 0))):
    return layer_backward(dout, x, w, stride=stride, padding=tuple(p[::-1] for p in padding))
