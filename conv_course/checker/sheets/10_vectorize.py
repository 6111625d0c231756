"""Sheet of 10_vectorize: rows and columns of im2col, im2col, the product, col2im, backward by products."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.layer_sizes import ALL
from conv_course.checker.sheets.mistakes_2d import backward, forward
from conv_lib import vectorized
from conv_lib.sizes import output_size

sheet = Sheet("10_vectorize")

# --- q1: where an entry stands

q1 = sheet.function(
    "q1",
    "place",
    title="the row and the column of an entry",
    section="10-im2col",
    outputs=("row", "column"),
    parts={"row": 1, "column": 1},
)


def _place(row=None, column=None):
    def place(n, d, i, j, u, v, *, images, channels, kernel, out):
        (kH, kW), (H, W) = kernel, out
        right = (d * kH + u) * kW + v, (n * H + i) * W + j
        return (
            row(d, u, v, channels, kH, kW) if row else right[0],
            column(n, i, j, images, H, W) if column else right[1],
        )

    return place


@q1.reference
def place(n, d, i, j, u, v, *, images, channels, kernel, out):
    return _place()(n, d, i, j, u, v, images=images, channels=channels, kernel=kernel, out=out)


@q1.cases
def _(rng):
    for N, D, kernel, out in [(2, 3, (2, 3), (4, 5)), (4, 2, (3, 2), (3, 6)), (3, 5, (4, 1), (5, 2))]:
        for _ in range(2):
            at = [int(rng.integers(1, size)) if size > 1 else 0 for size in (N, D, *out, *kernel)]
            yield case(*at, images=N, channels=D, kernel=kernel, out=out)
    yield case(1, 1, 2, 1, 1, 2, images=3, channels=4, kernel=(2, 5), out=(3, 7))


@q1.right
def _(n, d, i, j, u, v, *, images, channels, kernel, out):
    row = np.ravel_multi_index((d, u, v), (channels, *kernel))
    return row, np.ravel_multi_index((n, i, j), (images, *out))


@q1.right
def _(n, d, i, j, u, v, *, images, channels, kernel, out):
    return [
        np.arange(channels * kernel[0] * kernel[1]).reshape(channels, *kernel)[d, u, v],
        np.arange(images * out[0] * out[1]).reshape(images, *out)[n, i, j],
    ]


for _name, _hint, _function in [
    (
        "The channel last in the row",
        "Which of d, u, v is the last digit, the one that counts fastest?",
        _place(row=lambda d, u, v, D, kH, kW: (u * kW + v) * D + d),
    ),
    (
        "Down before across in the row",
        "Flattening w reads a row of the kernel before it goes down.",
        _place(row=lambda d, u, v, D, kH, kW: (d * kW + v) * kH + u),
    ),
    (
        "kH and kW changed places",
        "How many entries does one step of u skip?",
        _place(row=lambda d, u, v, D, kH, kW: (d * kW + u) * kH + v),
    ),
    (
        "All letters in reverse in the row",
        "Python's order has the last letter fastest.",
        _place(row=lambda d, u, v, D, kH, kW: (v * kH + u) * D + d),
    ),
    (
        "The channel is left out of the row",
        "Where do the entries of channel 1 begin?",
        _place(row=lambda d, u, v, D, kH, kW: u * kW + v),
    ),
    (
        "Rows counted from one",
        "The first row has number 0.",
        _place(row=lambda d, u, v, D, kH, kW: (d * kH + u) * kW + v + 1),
    ),
    (
        "N last in the column",
        "Which columns stand beside each other: those of one image, or those of one place?",
        _place(column=lambda n, i, j, N, H, W: (i * W + j) * N + n),
    ),
    (
        "Down before across in the column",
        "Which of i and j counts faster in Python's order?",
        _place(column=lambda n, i, j, N, H, W: (n * W + j) * H + i),
    ),
    (
        "H' and W' changed places",
        "How many columns does one step of i skip?",
        _place(column=lambda n, i, j, N, H, W: (n * W + i) * H + j),
    ),
    (
        "The image is left out of the column",
        "Where do the columns of image 1 begin?",
        _place(column=lambda n, i, j, N, H, W: i * W + j),
    ),
    (
        "Columns counted from one",
        "The first column has number 0.",
        _place(column=lambda n, i, j, N, H, W: (n * H + i) * W + j + 1),
    ),
]:
    q1.wrong(_name, _hint, _function)


@q1.wrong(
    "Row and column changed places", "Do the rows of the matrix run over the filter or over the outputs?"
)
def _(n, d, i, j, u, v, *, images, channels, kernel, out):
    return place(n, d, i, j, u, v, images=images, channels=channels, kernel=kernel, out=out)[::-1]


# --- q2: im2col

q2 = sheet.function(
    "q2",
    "windows_as_columns",
    title="im2col",
    section="10-im2col",
    parts={"stride 1": 1, "stride and padding": 2},
    answered_by="im2col",
)


@q2.reference
def windows_as_columns(x, kernel, *, stride=(1, 1), padding=(0, 0)):
    return vectorized.im2col(x, kernel, stride=stride, padding=padding)


LINES = [  # one row of columns, and one column
    (2, 1, 3, 3, 4, 1, 1, (1, 2), (0, 0), "C"),
    (1, 2, 3, 2, 3, 2, 3, (1, 1), (0, 0), "C"),
]


@q2.cases
def _(rng):
    for N, D, _F, H, W, kH, kW, S, P, how in ALL + LINES:
        part = "stride 1" if S == (1, 1) and P == (0, 0) else "stride and padding"
        yield case(numbers(rng, N, D, H, W), (kH, kW), stride=S, padding=P, part=part, layout=how)


def _padded(x, padding, mode="constant"):
    return np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2), mode=mode)


def _view(x, kernel, stride, padding):
    return sliding_window_view(_padded(x, padding), kernel, axis=(2, 3))[:, :, :: stride[0], :: stride[1]]


@q2.right
def _(x, kernel, *, stride=(1, 1), padding=(0, 0)):
    seen = _view(x, kernel, stride, padding)
    return np.einsum("ndijuv->duvnij", seen).reshape(x.shape[1] * kernel[0] * kernel[1], -1)


@q2.right
def _(x, kernel, *, stride=(1, 1), padding=(0, 0)):
    xpad, (kH, kW), (sH, sW) = _padded(x, padding), kernel, stride
    columns = []
    for image in xpad:
        for top in range(0, xpad.shape[2] - kH + 1, sH):
            for left in range(0, xpad.shape[3] - kW + 1, sW):
                columns.append(image[:, top : top + kH, left : left + kW].ravel())
    return np.array(columns).T


def _columns(
    order="duvnij", *, change=None, stride_as=None, padding_as=None, mode="constant", start="stride"
):
    """im2col with the axes of the view in another order, or another mistake."""

    def windows_as_columns(x, kernel, *, stride=(1, 1), padding=(0, 0)):
        S = stride_as(stride) if stride_as else stride
        P = padding_as(padding) if padding_as else padding
        seen = sliding_window_view(_padded(x, P, mode), kernel, axis=(2, 3))
        if start == "one":
            H, W = (seen.shape[2] - 1) // S[0] + 1, (seen.shape[3] - 1) // S[1] + 1
            seen = seen[:, :, :H, :W]
        else:
            seen = seen[:, :, :: S[0], :: S[1]]
        if change:
            seen = change(seen)
        rows = x.shape[1] * kernel[0] * kernel[1]
        return np.einsum(f"ndijuv->{order}", seen).reshape(rows, -1)

    return windows_as_columns


for _name, _hint, _function, _section in [
    (
        "The kernel before the channel in the rows",
        "w flattens as d, u, v: do your rows?",
        _columns("uvdnij"),
        "10-order",
    ),
    (
        "The kernel is transposed in the rows",
        "w flattens as d, u, v: which of your last two counts faster?",
        _columns("dvunij"),
        "10-order",
    ),
    (
        "N last in the columns",
        "Which columns stand beside each other: those of one image, or those of one place?",
        _columns("duvijn"),
        "10-order",
    ),
    (
        "Down before across in the columns",
        "The second column is the second window on its way: which one is that?",
        _columns("duvnji"),
        "10-im2col",
    ),
    (
        "Reshaped without moving axes",
        "Reshape never moves a number: which axes do the rows need to have in front?",
        _columns("ndijuv"),
        "10-order",
    ),
    (
        "Only the images moved behind",
        "Which axes belong to the rows, and which to the columns?",
        _columns("dijuvn"),
        "10-order",
    ),
    (
        "Outputs before the kernel",
        "Which axes belong to the rows, and which to the columns?",
        _columns("dnijuv"),
        "10-order",
    ),
    (
        "The windows are flipped",
        "Which pixel of a window comes first in its column?",
        _columns(change=lambda s: s[..., ::-1, ::-1]),
        "07-flip",
    ),
    (
        "The windows start at i and j",
        "With stride 2, at which row does the second window start?",
        _columns(start="one"),
        "10-strides",
    ),
    (
        "The stride is forgotten",
        "How many windows are there when every second place is skipped?",
        _columns(stride_as=lambda s: (1, 1)),
        "10-strides",
    ),
    (
        "The strides are swapped",
        "The pair says height first: which index does it thin out?",
        _columns(stride_as=lambda s: s[::-1]),
        "10-strides",
    ),
    (
        "The padding is forgotten",
        "Which zeros did the windows at the border see?",
        _columns(padding_as=lambda p: (0, 0)),
        "08-definition",
    ),
    (
        "The paddings are swapped",
        "The pair says height first: where do its zeros stand?",
        _columns(padding_as=lambda p: p[::-1]),
        "08-definition",
    ),
    (
        "The edge is repeated instead of zeros",
        "What number stands in the padding?",
        _columns(mode="edge"),
        "08-definition",
    ),
    (
        "Only the first image",
        "How many columns does a batch of N images have?",
        _columns(change=lambda s: s[:1]),
        "10-im2col",
    ),
]:
    q2.wrong(_name, _hint, _function, section=_section)


@q2.wrong(
    "Windows as rows",
    "Each window becomes one column: what does your matrix have them as?",
    section="10-picture",
)
def _(x, kernel, *, stride=(1, 1), padding=(0, 0)):
    return windows_as_columns(x, kernel, stride=stride, padding=padding).T


@q2.wrong(
    "The leftover pixels as one more window", "Can a window hang over the edge?", section="08-definition"
)
def _(x, kernel, *, stride=(1, 1), padding=(0, 0)):
    xpad = _padded(x, padding)
    more = [-(size - k) % s for size, k, s in zip(xpad.shape[2:], kernel, stride, strict=True)]
    xpad = np.pad(xpad, ((0, 0), (0, 0), (0, more[0]), (0, more[1])))
    return vectorized.im2col(xpad, kernel, stride=stride)


# --- q3: the layer as one product

q3 = sheet.function(
    "q3",
    "layer_by_product",
    title="the forward pass as one product",
    section="10-im2col",
    parts={"one image or filter": 1, "a batch": 2},
    answered_by="conv2d",
)


@q3.reference
def layer_by_product(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    return vectorized.conv2d(x, w, b, stride=stride, padding=padding)


@q3.cases
def _(rng):
    for N, D, F, H, W, kH, kW, S, P, how in ALL:
        part = "one image or filter" if N == 1 or F == 1 else "a batch"
        x = rng.integers(-9, 9, (N, D, H, W)) if how == "view" else numbers(rng, N, D, H, W)
        w = numbers(rng, F, D, kH, kW)
        yield case(x, w, numbers(rng, F), stride=S, padding=P, part=part, layout=how)


@q3.right
def _(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    y = np.tensordot(_view(x, w.shape[2:], stride, padding), w, axes=([1, 4, 5], [1, 2, 3]))
    return y.transpose(0, 3, 1, 2) + b[:, None, None]


@q3.right
def _(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    seen = _view(x, w.shape[2:], stride, padding)
    return np.einsum("ndijuv,fduv->nfij", seen, w, optimize=True) + b.reshape(1, -1, 1, 1)


@q3.right
def _(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    y = b[None, :, None, None]
    H, W = _view(x, w.shape[2:], stride, padding).shape[2:4]
    xpad = _padded(x, padding)
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            part = xpad[:, :, u :: stride[0], v :: stride[1]][:, :, :H, :W]
            y = y + np.einsum("ndij,fd->nfij", part, w[:, :, u, v])
    return y


def _out(x, w, stride, padding):
    return tuple(
        output_size(size, k, s, p)
        for size, k, s, p in zip(x.shape[2:], w.shape[2:], stride, padding, strict=True)
    )


def _product(cut, *, w_rows=lambda w: w.reshape(len(w), -1), bias=lambda product, b: product + b[:, None]):
    """One product; `cut` gets it, F rows and N H' W' columns, and N, F, H', W'."""

    def layer_by_product(x, w, b, *, stride=(1, 1), padding=(0, 0)):
        columns = vectorized.im2col(x, w.shape[2:], stride=stride, padding=padding)
        return cut(bias(w_rows(w) @ columns, b), len(x), len(w), *_out(x, w, stride, padding))

    return layer_by_product


def _moved(product, N, F, H, W):
    return product.reshape(F, N, H, W).transpose(1, 0, 2, 3)


for _name, _hint, _function, _section in [
    (
        "Cut directly into N, F, H', W'",
        "The product's rows are filters: which axis does the first cut have to give?",
        _product(lambda p, N, F, H, W: p.reshape(N, F, H, W)),
        "10-order",
    ),
    (
        "The filters stay in front",
        "Which axis of y comes first?",
        _product(lambda p, N, F, H, W: p.reshape(F, N, H, W)),
        "10-order",
    ),
    (
        "The images cut off last",
        "The columns run over n, i, j, with j fastest: does your cut?",
        _product(lambda p, N, F, H, W: p.reshape(F, H, W, N).transpose(3, 0, 1, 2)),
        "10-order",
    ),
    (
        "The filters left last",
        "Which axis of y comes second?",
        _product(lambda p, N, F, H, W: p.reshape(F, N, H, W).transpose(1, 2, 3, 0)),
        "10-strides",
    ),
    (
        "H' and W' swapped",
        "Which of the two counts slower in a column's number?",
        _product(lambda p, N, F, H, W: p.reshape(F, N, W, H).transpose(1, 0, 2, 3)),
        "10-im2col",
    ),
    (
        "w packed with the channel last",
        "The rows of im2col are packed as d, u, v: is w packed the same way?",
        _product(_moved, w_rows=lambda w: w.transpose(0, 2, 3, 1).reshape(len(w), -1)),
        "10-order",
    ),
    (
        "w packed column by column",
        "Flattening in Fortran's order has the first letter fastest: what do the rows of im2col have?",
        _product(_moved, w_rows=lambda w: w.reshape(len(w), -1, order="F")),
        "10-order",
    ),
    (
        "The kernel is transposed",
        "The rows of im2col are packed as d, u, v: is w packed the same way?",
        _product(_moved, w_rows=lambda w: w.swapaxes(2, 3).reshape(len(w), -1)),
        "10-order",
    ),
    (
        "The filters are mixed up in w",
        "A row of the matrix w holds one filter, whole.",
        _product(_moved, w_rows=lambda w: w.reshape(-1, len(w)).T),
        "10-order",
    ),
    (
        "The kernel is flipped",
        "Which weight does the upper left pixel of a window meet?",
        _product(_moved, w_rows=lambda w: w[:, :, ::-1, ::-1].reshape(len(w), -1)),
        "07-flip",
    ),
    (
        "The whole filter is flipped",
        "Reversing a packed row reverses three letters: did you mean all of them?",
        _product(_moved, w_rows=lambda w: w.reshape(len(w), -1)[:, ::-1]),
        "07-flip",
    ),
    (
        "The bias is missing",
        "One more number belongs to each filter.",
        _product(_moved, bias=lambda p, b: p),
        "08-pixel",
    ),
    (
        "b[0] for all filters",
        "Which rows of the product does b[1] belong to?",
        _product(_moved, bias=lambda p, b: p + b[0]),
        "08-definition",
    ),
    (
        "The sum of b for all filters",
        "Each filter has a bias of its own.",
        _product(_moved, bias=lambda p, b: p + b.sum()),
        "08-definition",
    ),
    (
        "The windows start at i and j",
        "With stride 2, at which row does the second window start?",
        forward(start="one"),
        "10-strides",
    ),
    (
        "Stride and padding of the axes swapped",
        "In a pair (height, width), which number goes with the rows?",
        forward(axes="swapped"),
        "08-breaks",
    ),
    (
        "No padding",
        "What surrounds the image before the first window is cut?",
        forward(sides="none"),
        "08-definition",
    ),
    (
        "Only the first channel",
        "Which letters are summed in the product?",
        forward(channels="first"),
        "10-im2col",
    ),
]:
    q3.wrong(_name, _hint, _function, section=_section)

# --- q4: col2im

q4 = sheet.function(
    "q4",
    "columns_to_image",
    title="col2im",
    section="10-backward",
    parts={"stride 1": 1, "stride and padding": 2},
    answered_by="col2im",
)


@q4.reference
def columns_to_image(columns, x_shape, kernel, *, stride=(1, 1), padding=(0, 0)):
    return vectorized.col2im(columns, x_shape, kernel, stride=stride, padding=padding)


@q4.cases
def _(rng):
    for N, D, _F, H, W, kH, kW, S, P, how in ALL:
        H_out, W_out = output_size(H, kH, S[0], P[0]), output_size(W, kW, S[1], P[1])
        columns = numbers(rng, D * kH * kW, N * H_out * W_out)
        part = "stride 1" if S == (1, 1) and P == (0, 0) else "stride and padding"
        yield case(columns, (N, D, H, W), (kH, kW), stride=S, padding=P, part=part, layout=how)


@q4.right
def _(columns, x_shape, kernel, *, stride=(1, 1), padding=(0, 0)):
    (N, D, H, W), (kH, kW), (sH, sW), (pH, pW) = x_shape, kernel, stride, padding
    xpad = np.zeros((N, D, H + 2 * pH, W + 2 * pW))
    column = 0
    for n in range(N):
        for top in range(0, H + 2 * pH - kH + 1, sH):
            for left in range(0, W + 2 * pW - kW + 1, sW):
                xpad[n, :, top : top + kH, left : left + kW] += columns[:, column].reshape(D, kH, kW)
                column += 1
    return xpad[:, :, pH : pH + H, pW : pW + W]


@q4.right
def _(columns, x_shape, kernel, *, stride=(1, 1), padding=(0, 0)):
    N, D, H, W = x_shape
    numbered = np.arange(1, N * D * H * W + 1).reshape(x_shape)
    home = vectorized.im2col(numbered, kernel, stride=stride, padding=padding).round().astype(int)
    return np.bincount(home.ravel(), columns.ravel(), minlength=numbered.size + 1)[1:].reshape(x_shape)


def _back(read="duvnij", *, after=None, **mistake):
    """col2im that reads the columns' axes in this order, or with a mistake of `backward` in dx."""
    wrong = backward(**mistake)

    def columns_to_image(columns, x_shape, kernel, *, stride=(1, 1), padding=(0, 0)):
        (N, D), (kH, kW) = x_shape[:2], kernel
        out = [
            output_size(size, k, s, p)
            for size, k, s, p in zip(x_shape[2:], kernel, stride, padding, strict=True)
        ]
        sizes = dict(zip("nduvij", (N, D, kH, kW, *out), strict=True))
        entries = columns.reshape([sizes[letter] for letter in read])
        entries = np.einsum(f"{read}->nduvij", entries)
        # a filter for each tap of each channel: dx then is col2im of dout
        taps = np.eye(D * kH * kW).reshape(D * kH * kW, D, kH, kW)
        dout = entries.reshape(N, D * kH * kW, *out)
        dx = wrong(dout, np.zeros(x_shape), taps, stride=stride, padding=padding)[0]
        return after(dx, kernel, stride, padding) if after else dx

    return columns_to_image


def _per_pixel(dx, kernel, stride, padding):
    ones = vectorized.im2col(np.ones(dx.shape), kernel, stride=stride, padding=padding)
    times = vectorized.col2im(ones, dx.shape, kernel, stride=stride, padding=padding)
    return dx / np.maximum(times, 1)


for _name, _hint, _function, _section in [
    (
        "The shares are averaged",
        "col2im is the transpose of im2col, not its inverse: what happens to a pixel's shares?",
        _back(after=_per_pixel),
        "10-backward",
    ),
    (
        "The columns read with N last",
        "The columns run over n, i, j: which of them counts fastest?",
        _back("duvijn"),
        "10-order",
    ),
    (
        "The columns read down before across",
        "The columns run over n, i, j: which of them counts fastest?",
        _back("duvnji"),
        "10-im2col",
    ),
    (
        "The rows read with the channel last",
        "The rows run over d, u, v: which of them counts fastest?",
        _back("uvdnij"),
        "10-order",
    ),
    (
        "The kernel is transposed in the rows",
        "The rows run over d, u, v: which of them counts fastest?",
        _back("dvunij"),
        "10-order",
    ),
    (
        "Cut directly into images first",
        "The rows of the matrix are d, u, v: which axis does the first cut have to give?",
        _back("nduvij"),
        "10-order",
    ),
    (
        "The windows are flipped",
        "The first entry of a channel's column came from which pixel of its window?",
        _back(dx_flip="both"),
        "10-backward",
    ),
    (
        "The stride is left out",
        "The second window started S pixels further: where do its entries go?",
        _back(dx_start="one"),
        "10-backward",
    ),
    (
        "The strides are swapped",
        "The pair says height first: which index of the output goes down?",
        _back(dx_axes="swapped"),
        "10-strides",
    ),
    (
        "The leftover pixels are dropped",
        "The image has to be as large as x was: what do pixels get that no window reads?",
        _back(tail="dropped"),
        "09-leftover",
    ),
    (
        "The height's leftover for both axes",
        "Rows can be left over where no column is: what does the number of each follow from?",
        _back(tail="the height's"),
        "09-leftover",
    ),
    (
        "The padding is not cropped",
        "The zeros of the padding are no part of x.",
        _back(crop="none"),
        "09-loops",
    ),
    (
        "A slice that ends at minus zero",
        "With no padding on an axis, what does a slice that stops at -P hold?",
        _back(crop="x[p:-p]"),
        "09-breaks",
    ),
    (
        "All cropped below and right",
        "Zeros stood at both ends of an axis: how many go from each?",
        _back(crop="end"),
        "09-loops",
    ),
    (
        "All cropped above and left",
        "Zeros stood at both ends of an axis: how many go from each?",
        _back(crop="start"),
        "09-loops",
    ),
    (
        "The first image for all",
        "Which columns belong to image 1?",
        _back(dx_images="first"),
        "10-im2col",
    ),
]:
    q4.wrong(_name, _hint, _function, section=_section)


@q4.wrong(
    "Assigned instead of added up",
    "A pixel stands in several columns: what happens to its earlier entries?",
    section="10-backward",
)
def _(columns, x_shape, kernel, *, stride=(1, 1), padding=(0, 0)):
    (N, D, H, W), (kH, kW), (sH, sW), (pH, pW) = x_shape, kernel, stride, padding
    xpad = np.zeros((N, D, H + 2 * pH, W + 2 * pW))
    column = 0
    for n in range(N):
        for top in range(0, H + 2 * pH - kH + 1, sH):
            for left in range(0, W + 2 * pW - kW + 1, sW):
                xpad[n, :, top : top + kH, left : left + kW] = columns[:, column].reshape(D, kH, kW)
                column += 1
    return xpad[:, :, pH : pH + H, pW : pW + W]


@q4.wrong(
    "Assigned instead of added up, tap by tap",
    "Different taps of the kernel meet at the same pixel: what happens to the earlier entries?",
    section="10-backward",
)
def _(columns, x_shape, kernel, *, stride=(1, 1), padding=(0, 0)):
    (N, D, H, W), (kH, kW), (sH, sW), (pH, pW) = x_shape, kernel, stride, padding
    xpad = np.zeros((N, D, H + 2 * pH, W + 2 * pW))
    H_out, W_out = output_size(H, kH, sH, pH), output_size(W, kW, sW, pW)
    entries = columns.reshape(D, kH, kW, N, H_out, W_out).transpose(1, 2, 3, 0, 4, 5)
    for u in range(kH):
        for v in range(kW):
            rows, across = slice(u, u + (H_out - 1) * sH + 1, sH), slice(v, v + (W_out - 1) * sW + 1, sW)
            xpad[:, :, rows, across] = entries[u, v]
    return xpad[:, :, pH : pH + H, pW : pW + W]


# --- q5: the stretch: backward by products

q5 = sheet.function(
    "q5",
    "backward_by_products",
    title="the backward pass as products",
    section="10-backward",
    outputs=("dx", "dw", "db"),
    points=3,
    answered_by="conv2d_backward",
)


@q5.reference
def backward_by_products(dout, x, w, *, stride=(1, 1), padding=(0, 0)):
    return vectorized.conv2d_backward(dout, x, w, stride=stride, padding=padding)


@q5.cases
def _(rng):
    for N, D, F, H, W, kH, kW, S, P, how in ALL:
        dout = numbers(rng, N, F, output_size(H, kH, S[0], P[0]), output_size(W, kW, S[1], P[1]))
        x, w = numbers(rng, N, D, H, W), numbers(rng, F, D, kH, kW)
        yield case(dout, x, w, stride=S, padding=P, layout=how)


@q5.right
def _(dout, x, w, *, stride=(1, 1), padding=(0, 0)):
    seen = _view(x, w.shape[2:], stride, padding)
    sent = np.einsum("fduv,nfij->duvnij", w, dout).reshape(w[0].size, -1)
    dx = vectorized.col2im(sent, x.shape, w.shape[2:], stride=stride, padding=padding)
    return dx, np.tensordot(dout, seen, axes=([0, 2, 3], [0, 2, 3])), np.einsum("nfij->f", dout)


def _products(
    pack=lambda dout: dout.transpose(1, 0, 2, 3).reshape(dout.shape[1], -1),
    *,
    columns_of=lambda columns, x, kernel: columns,
    dw_cut=lambda dw, w: dw.reshape(w.shape),
    w_rows=lambda w: w.reshape(len(w), -1),
    db=lambda packed: packed.sum(axis=1),
):
    def backward_by_products(dout, x, w, *, stride=(1, 1), padding=(0, 0)):
        how = {"stride": stride, "padding": padding}
        packed = pack(dout)
        columns = columns_of(vectorized.im2col(x, w.shape[2:], **how), x, w.shape[2:])
        dx = vectorized.col2im(w_rows(w).T @ packed, x.shape, w.shape[2:], **how)
        return dx, dw_cut(packed @ columns.T, w), db(packed)

    return backward_by_products


def _channel_last(columns, x, kernel):
    return columns.reshape(x.shape[1], kernel[0] * kernel[1], -1).swapaxes(0, 1).reshape(len(columns), -1)


for _name, _hint, _function, _section in [
    (
        "dout packed without moving its axes",
        "Reshape never moves a number: which axis of dout has to stand in front first?",
        _products(lambda dout: dout.reshape(dout.shape[1], -1)),
        "10-order",
    ),
    (
        "dout packed with N last",
        "The columns of im2col run over n, i, j: do those of your dout?",
        _products(lambda dout: dout.transpose(1, 2, 3, 0).reshape(dout.shape[1], -1)),
        "10-order",
    ),
    (
        "dout packed down before across",
        "The columns of im2col run over n, i, j: do those of your dout?",
        _products(lambda dout: dout.transpose(1, 0, 3, 2).reshape(dout.shape[1], -1)),
        "10-order",
    ),
    (
        "dw from rows with the channel last",
        "dw is cut as d, u, v: are the rows of your columns packed like that?",
        _products(columns_of=_channel_last),
        "10-order",
    ),
    (
        "dw stays a matrix",
        "dw has the shape of w.",
        _products(dw_cut=lambda dw, w: dw),
        "10-backward",
    ),
    (
        "dw averaged over the images",
        "The sum over n, i and j is the product's own; what would divide it?",
        backward(dw_average=True),
        "09-sums",
    ),
    (
        "w packed with the channel last",
        "col2im reads the rows as d, u, v: is w packed the same way?",
        _products(w_rows=lambda w: w.transpose(0, 2, 3, 1).reshape(len(w), -1)),
        "10-order",
    ),
    (
        "The filters are mixed up in w",
        "A row of the matrix w holds one filter, whole.",
        _products(w_rows=lambda w: w.reshape(-1, len(w)).T),
        "10-order",
    ),
    (
        "The kernel is flipped once more",
        "col2im already brings each share to its pixel: what is left to reverse?",
        backward(dx_flip="both"),
        "10-backward",
    ),
    (
        "Assigned instead of added up",
        "A pixel stands in several columns: what happens to its earlier entries?",
        backward(dx_sum=False),
        "10-backward",
    ),
    (
        "The stride is left out of dx",
        "The second window started S pixels further: where does its share go?",
        backward(dx_start="one"),
        "10-backward",
    ),
    (
        "The padding is not cropped",
        "The zeros of the padding are no part of x.",
        backward(crop="none"),
        "10-backward",
    ),
    (
        "dw from the unpadded x",
        "The first window may have met zeros: does your x begin with them?",
        backward(dw_input="unpadded"),
        "10-backward",
    ),
    (
        "The stride is left out of dw",
        "Which pixel did the first weight of a slice meet in the second window?",
        backward(dw_start="one"),
        "10-backward",
    ),
    (
        "db sums over the filters",
        "The rows of the packed dout are filters: along which axis is the sum?",
        _products(db=lambda packed: packed.sum(axis=0)),
        "10-backward",
    ),
    (
        "db is one number",
        "How many biases has the layer?",
        _products(db=lambda packed: packed.sum()),
        "10-backward",
    ),
    (
        "db keeps an axis of length 1",
        "b has one axis: how many has your db?",
        _products(db=lambda packed: packed.sum(axis=1, keepdims=True)),
        "10-backward",
    ),
    (
        "db is averaged",
        "A letter that db does not have is summed.",
        _products(db=lambda packed: packed.mean(axis=1)),
        "09-sums",
    ),
]:
    q5.wrong(_name, _hint, _function, section=_section)
