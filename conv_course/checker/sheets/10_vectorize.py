"""Sheet of 10_vectorize: rows and columns of im2col, im2col, the product, col2im, backward by products."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from conv_course.checker.questions import Sheet, case, numbers
from conv_course.checker.sheets.layer_sizes import ALL
from conv_lib import vectorized
from conv_lib.sizes import output_size

GIVEN = """
import numpy as np
from conv_lib.sizes import output_size
from conv_lib.vectorized import col2im, im2col
"""
sheet = Sheet("10_vectorize", given=GIVEN)


# --- q1: where an entry stands


q1 = sheet.function(
    "q1",
    "place",
    title="the row and the column of an entry",
    section="10-im2col",
    outputs=("row", "column"),
    parts={"row": 1, "column": 1},
)


q1.solution('''
def place(n, d, i, j, u, v, *, images, channels, kernel, out):
    """row, column."""
    row = (d * kernel[0] + u) * kernel[1] + v
    column = (n * out[0] + i) * out[1] + j
    return row, column
''')


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


q1.slips("""
All letters in reverse in the column
    (n * out[0] + i) * out[1] + j => (j * out[0] + i) * images + n
    Python's order has the last letter fastest.

The channel d counts fastest in the row
    (d * kernel[0] + u) * kernel[1] + v => (u * kernel[1] + v) * channels + d
    Which of d, u, v is the last digit, the one that counts fastest?

In the row u counts faster than v
    (d * kernel[0] + u) * kernel[1] + v => (d * kernel[1] + v) * kernel[0] + u
    Flattening w reads a row of the kernel before it goes down.

kH and kW changed places
    (d * kernel[0] + u) * kernel[1] + v => (d * kernel[1] + u) * kernel[0] + v
    How many entries does one step of u skip?

All letters in reverse in the row
    (d * kernel[0] + u) * kernel[1] + v => (v * kernel[0] + u) * channels + d
    Python's order has the last letter fastest.

The channel is left out of the row
    (d * kernel[0] + u) => u
    Where do the entries of channel 1 begin?

Rows counted from one
    + v => + v + 1
    The first row has number 0.

The image n counts fastest in the column
    (n * out[0] + i) * out[1] + j => (i * out[1] + j) * images + n
    Which columns stand beside each other: those of one image, or those of one place?

In the column i counts faster than j
    (n * out[0] + i) * out[1] + j => (n * out[1] + j) * out[0] + i
    Which of i and j counts faster in Python's order?

H' and W' changed places
    (n * out[0] + i) * out[1] + j => (n * out[1] + i) * out[0] + j
    How many columns does one step of i skip?

The image is left out of the column
    (n * out[0] + i) => i
    Where do the columns of image 1 begin?

Columns counted from one
    + j => + j + 1
    The first column has number 0.

Row and column changed places
    return row, column => return column, row
    Do the rows of the matrix run over the filter or over the outputs?
""")


# --- q2: im2col


LINES = [  # one row of columns, and one column
    (2, 1, 3, 3, 4, 1, 1, (1, 2), (0, 0), "C"),
    (1, 2, 3, 2, 3, 2, 3, (1, 1), (0, 0), "C"),
]


def _padded(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))


def _view(x, kernel, stride, padding):
    return sliding_window_view(_padded(x, padding), kernel, axis=(2, 3))[:, :, :: stride[0], :: stride[1]]


q2 = sheet.function(
    "q2",
    "windows_as_columns",
    title="im2col",
    section="10-im2col",
    parts={"stride 1": 1, "stride and padding": 2},
    answered_by="im2col",
)


q2.solution('''
def windows_as_columns(x, kernel, *, stride=(1, 1), padding=(0, 0)):
    """The windows of x as the columns of a matrix."""
    (kH, kW), (sH, sW), (pH, pW) = kernel, stride, padding
    N, D, H, W = x.shape
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
    windows = np.lib.stride_tricks.sliding_window_view(xpad, kernel, axis=(2, 3))  # n d i j u v
    windows = windows[:, :, ::sH, ::sW]
    return windows.transpose(1, 4, 5, 0, 2, 3).reshape(D * kH * kW, -1)  # (d u v), (n i j)
''')


@q2.cases
def _(rng):
    for N, D, _F, H, W, kH, kW, S, P, how in ALL + LINES:
        part = "stride 1" if S == (1, 1) and P == (0, 0) else "stride and padding"
        yield case(numbers(rng, N, D, H, W), (kH, kW), stride=S, padding=P, part=part, layout=how)


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


q2.slips("""
The channel d counts fastest in the rows  [10-order]
    (1, 4, 5, 0, 2, 3) => (4, 5, 1, 0, 2, 3)
    w flattens as d, u, v: do your rows?

In the rows u counts faster than v  [10-order]
    (1, 4, 5, 0, 2, 3) => (1, 5, 4, 0, 2, 3)
    w flattens as d, u, v, with v fastest: do your rows?

The image n counts fastest in the columns  [10-order]
    (1, 4, 5, 0, 2, 3) => (1, 4, 5, 2, 3, 0)
    Which columns stand beside each other: those of one image, or those of one place?

In the columns i counts faster than j
    (1, 4, 5, 0, 2, 3) => (1, 4, 5, 0, 3, 2)
    The second column is the second window on its way: which one is that?

Reshaped without moving axes  [10-order]
    .transpose(1, 4, 5, 0, 2, 3) =>
    Reshape never moves a number: which axes do the rows need to have in front?

Cut into columns with d still in front of i and j  [10-order]
    - return windows.transpose(1, 4, 5, 0, 2, 3).reshape(D * kH * kW, -1)  # (d u v), (n i j)
    + return windows.reshape(-1, D * kH * kW).T
    The axes stand as n, d, i, j, u, v: what lies between d and u when a row of D * kH * kW is cut?

Cut from the order d, i, j, u, v, n  [10-order]
    (1, 4, 5, 0, 2, 3) => (1, 2, 3, 4, 5, 0)
    Which axes belong to the rows, and which to the columns?

Cut from the order d, n, i, j, u, v  [10-order]
    (1, 4, 5, 0, 2, 3) => (1, 0, 2, 3, 4, 5)
    Which axes belong to the rows, and which to the columns?

The windows are flipped  [07-flip]
    ::sH, ::sW] => ::sH, ::sW, ::-1, ::-1]
    Which pixel of a window comes first in its column?

The windows start at i and j  [10-strides]
    ::sH, ::sW] => : (windows.shape[2] - 1) // sH + 1, : (windows.shape[3] - 1) // sW + 1]
    With stride 2, at which row does the second window start?

All windows of stride 1  [10-strides]
    - windows = windows[:, :, ::sH, ::sW]
    How many windows are there when every second place is skipped?

The strides are swapped  [10-strides]
    (sH, sW) => (sW, sH)
    The pair says height first: which of the two moves the window down?

The padding is left out  [08-definition]
    np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW))) => x
    Which zeros did the windows at the border see?

The paddings are swapped  [08-definition]
    (pH, pW) => (pW, pH)
    The pair says height first: where do its zeros stand?

The edge is repeated instead of zeros  [08-definition]
    (pW, pW)) => (pW, pW)), mode="edge"
    What number stands in the padding?

Only the windows of the first image
    windows[:, :, ::sH => windows[:1, :, ::sH
    How many columns does a batch of N images have?

Windows as rows  [10-picture]
    reshape(D * kH * kW, -1) => reshape(D * kH * kW, -1).T
    Each window becomes one column: what does your matrix have them as?

The leftover pixels as one more window  [02-stride]
    (pH, pH), (pW, pW) => (pH, pH + -(H + 2 * pH - kH) % sH), (pW, pW + -(W + 2 * pW - kW) % sW)
    Can a window hang over the edge?
""")


# --- q3: the layer as one product


q3 = sheet.function(
    "q3",
    "layer_by_product",
    title="the forward pass as one product",
    section="10-im2col",
    parts={"one image or filter": 1, "a batch": 2},
    answered_by="conv2d libraries",
)


q3.solution('''
def layer_by_product(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    """y, of shape (N, F, H', W')."""
    F, D, kH, kW = w.shape
    H_out = output_size(x.shape[2], kH, stride[0], padding[0])
    W_out = output_size(x.shape[3], kW, stride[1], padding[1])
    columns = im2col(x, (kH, kW), stride=stride, padding=padding)  # (d u v), (n i j)
    product = w.reshape(F, -1) @ columns + b[:, None]  # f, (n i j)
    return product.reshape(F, len(x), H_out, W_out).transpose(1, 0, 2, 3)  # n f i j
''')


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


q3.slips("""
Cut directly into N, F, H', W'  [10-order]
    (F, len(x), H_out, W_out).transpose(1, 0, 2, 3) => (len(x), F, H_out, W_out)
    The product's rows are filters: which axis does the first cut have to give?

The filters are the first axis of y  [10-order]
    .transpose(1, 0, 2, 3) =>
    Which axis of y comes first?

The columns read as if n counted fastest  [10-order]
    (F, len(x), H_out, W_out).transpose(1, 0, 2, 3) => (F, H_out, W_out, len(x)).transpose(3, 0, 1, 2)
    The columns run over n, i, j, with j fastest: in which order does your y take them?

The filters are the last axis of y  [10-strides]
    transpose(1, 0, 2, 3) => transpose(1, 2, 3, 0)
    Which axis of y comes second?

H' and W' swapped
    len(x), H_out, W_out => len(x), W_out, H_out
    Which of the two counts slower in a column's number?

w packed with the channel last  [10-order]
    w.reshape => w.transpose(0, 2, 3, 1).reshape
    The rows of im2col are packed as d, u, v: is w packed the same way?

w packed with its first letter fastest  [10-order]
    w.reshape(F, -1) => w.reshape(F, -1, order="F")
    Flattening in Fortran's order has the first letter fastest: what do the rows of im2col have?

The kernel is transposed  [10-order]
    w.reshape => w.swapaxes(2, 3).reshape
    The rows of im2col are packed as d, u, v: is w packed the same way?

w is cut as if its filters came last  [10-order]
    w.reshape(F, -1) => w.reshape(-1, F).T
    In w one filter lies after the other: which numbers does your matrix hold for filter 0?

The kernel is flipped  [07-flip]
    w.reshape => w[:, :, ::-1, ::-1].reshape
    Which weight does the upper left pixel of a window meet?

Kernel and channels are flipped  [07-flip]
    w.reshape(F, -1) => w.reshape(F, -1)[:, ::-1]
    Which channel and which weight of a filter does the first row of im2col meet?

The bias is missing  [08-pixel]
    + b[:, None] =>
    One more number belongs to each filter.

b[0] for all filters  [08-definition]
    b[:, None] => b[0]
    Which rows of the product does b[1] belong to?

The sum of b for all filters  [08-definition]
    b[:, None] => b.sum()
    Each filter has a bias of its own.

Stride and padding of the axes swapped  [08-breaks]
    stride=stride, padding=padding => stride=stride[::-1], padding=padding[::-1]
    or
    - F, D, kH, kW = w.shape
    + F, D, kH, kW = w.shape
    + stride, padding = stride[::-1], padding[::-1]
    In a pair (height, width), which number goes with the rows?

The padding is left out  [08-definition]
    stride=stride, padding=padding => stride=stride
    or
    - F, D, kH, kW = w.shape
    + F, D, kH, kW = w.shape
    + padding = (0, 0)
    What does a window read where it reaches over the edge of the image?

Only the first channel
    im2col(x, => im2col(x[:, :1],
    w.reshape => w[:, :1].reshape
    Which letters are summed in the product?
""")


# another way: one product for each tap of the kernel
q3.slips(
    """
The windows start at i and j  [10-strides]
    u : u + H_out * sH : sH, v : v + W_out * sW : sW => u : u + H_out, v : v + W_out
    With stride 2, at which row does the second window start?
""",
    source="""
def layer_by_product(x, w, b, *, stride=(1, 1), padding=(0, 0)):
    (sH, sW), (pH, pW), (F, D, kH, kW) = stride, padding, w.shape
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
    H_out = output_size(x.shape[2], kH, sH, pH)
    W_out = output_size(x.shape[3], kW, sW, pW)
    y = b[:, None, None]
    for u in range(kH):
        for v in range(kW):
            seen = xpad[:, :, u : u + H_out * sH : sH, v : v + W_out * sW : sW]
            y = y + np.einsum("ndij,fd->nfij", seen, w[:, :, u, v])
    return y
""",
)


# --- q4: col2im


q4 = sheet.function(
    "q4",
    "columns_to_image",
    title="col2im",
    section="10-backward",
    parts={"stride 1": 1, "stride and padding": 2},
    answered_by="col2im",
)


q4.solution('''
def columns_to_image(columns, x_shape, kernel, *, stride=(1, 1), padding=(0, 0)):
    """Images of shape x_shape."""
    (N, D, H, W), (kH, kW), (sH, sW), (pH, pW) = x_shape, kernel, stride, padding
    H_out, W_out = output_size(H, kH, sH, pH), output_size(W, kW, sW, pW)
    entries = columns.reshape(D, kH, kW, N, H_out, W_out)
    xpad = np.zeros((N, D, H + 2 * pH, W + 2 * pW))
    for u in range(kH):
        for v in range(kW):
            down = slice(u, u + (H_out - 1) * sH + 1, sH)
            across = slice(v, v + (W_out - 1) * sW + 1, sW)
            xpad[:, :, down, across] += entries[:, u, v].transpose(1, 0, 2, 3)
    return xpad[:, :, pH : pH + H, pW : pW + W]
''')


@q4.cases
def _(rng):
    for N, D, _F, H, W, kH, kW, S, P, how in ALL:
        H_out, W_out = output_size(H, kH, S[0], P[0]), output_size(W, kW, S[1], P[1])
        columns = numbers(rng, D * kH * kW, N * H_out * W_out)
        part = "stride 1" if S == (1, 1) and P == (0, 0) else "stride and padding"
        yield case(columns, (N, D, H, W), (kH, kW), stride=S, padding=P, part=part, layout=how)


@q4.right
def _(columns, x_shape, kernel, *, stride=(1, 1), padding=(0, 0)):
    N, D, H, W = x_shape
    numbered = np.arange(1, N * D * H * W + 1).reshape(x_shape)
    home = vectorized.im2col(numbered, kernel, stride=stride, padding=padding).round().astype(int)
    return np.bincount(home.ravel(), columns.ravel(), minlength=numbered.size + 1)[1:].reshape(x_shape)


q4.slips("""
The shares are averaged
    - xpad = np.zeros((N, D, H + 2 * pH, W + 2 * pW))
    + xpad = np.zeros((N, D, H + 2 * pH, W + 2 * pW))
    + times = np.zeros(xpad.shape)
    return xpad => return (xpad / np.maximum(times, 1))
    - xpad[:, :, down, across] += entries[:, u, v].transpose(1, 0, 2, 3)
    + xpad[:, :, down, across] += entries[:, u, v].transpose(1, 0, 2, 3)
    + times[:, :, down, across] += 1
    col2im is the transpose of im2col, not its inverse: what happens to a pixel's shares?

The columns read as if n counted fastest  [10-order]
    (D, kH, kW, N, H_out, W_out) => (D, kH, kW, H_out, W_out, N).transpose(0, 1, 2, 5, 3, 4)
    The columns run over n, i, j: which of them counts fastest?

The columns read as if i counted faster than j  [10-im2col]
    (D, kH, kW, N, H_out, W_out) => (D, kH, kW, N, W_out, H_out).transpose(0, 1, 2, 3, 5, 4)
    The columns run over n, i, j: which of them counts fastest?

The rows read as if d counted fastest  [10-order]
    (D, kH, kW, N, H_out, W_out) => (kH, kW, D, N, H_out, W_out).transpose(2, 0, 1, 3, 4, 5)
    The rows run over d, u, v: which of them counts fastest?

The rows read as if u counted faster than v  [10-order]
    (D, kH, kW, N, H_out, W_out) => (D, kW, kH, N, H_out, W_out).transpose(0, 2, 1, 3, 4, 5)
    The rows run over d, u, v: which of them counts fastest?

Cut directly into N, D, kH, kW, H', W'  [10-order]
    (D, kH, kW, N, H_out, W_out) => (N, D, kH, kW, H_out, W_out).transpose(1, 2, 3, 0, 4, 5)
    The rows of the matrix are d, u, v: which axis does the first cut have to give?

The windows are flipped  [07-flip]
    entries[:, u, v] => entries[:, kH - 1 - u, kW - 1 - v]
    The first entry of a channel's column came from which pixel of its window?

The stride is left out
    slice(u, u + (H_out - 1) * sH + 1, sH) => slice(u, u + H_out)
    slice(v, v + (W_out - 1) * sW + 1, sW) => slice(v, v + W_out)
    With stride 2 the second window started two pixels further: where do its entries go?

The strides are swapped  [10-strides]
    (sH, sW) => (sW, sH)
    or
    slice(u, u + (H_out - 1) * sH + 1, sH) => slice(u, u + (H_out - 1) * sW + 1, sW)
    slice(v, v + (W_out - 1) * sW + 1, sW) => slice(v, v + (W_out - 1) * sH + 1, sH)
    The pair says height first: which index of the output goes down?

The leftover pixels are dropped  [09-leftover]
    H + 2 * pH, W + 2 * pW => (H_out - 1) * sH + kH, (W_out - 1) * sW + kW
    The image has to be as large as x was: what do pixels get that no window reads?

The height's leftover for both axes  [09-leftover]
    W + 2 * pW => (W_out - 1) * sW + kW + (H + 2 * pH - kH) % sH
    Rows can be left over where no column is: what does the number of each follow from?

The padding is not cropped  [09-loops]
    return xpad[:, :, pH : pH + H, pW : pW + W] => return xpad
    The zeros of the padding are no part of x: how large is the result?

A slice that ends at minus zero  [09-breaks]
    pH : pH + H, pW : pW + W => pH:-pH, pW:-pW
    With padding 0, what does a slice that stops at minus the padding hold?

The image begins in the padding, not at its first pixel  [09-loops]
    pH : pH + H, pW : pW + W => :H, :W
    Zeros stood at both ends of an axis: how many go from each?

The image begins a padding too late, and ends in it  [09-loops]
    pH : pH + H, pW : pW + W => 2 * pH :, 2 * pW :
    Zeros stood at both ends of an axis: how many go from each?

The first image for all  [10-im2col]
    entries[:, u, v] => entries[:, u, v, :1]
    Which columns belong to image 1?

Only the entry with the last u and v is left
    += => =
    A pixel stands in several columns: is each entry added to the earlier ones?
""")


# another way: column by column
q4.slips(
    """
Only the entry of the last column is left
    += columns => = columns
    A pixel stands in several columns: is each entry added to the earlier ones?
""",
    source="""
def columns_to_image(columns, x_shape, kernel, *, stride=(1, 1), padding=(0, 0)):
    (N, D, H, W), (kH, kW), (sH, sW), (pH, pW) = x_shape, kernel, stride, padding
    xpad = np.zeros((N, D, H + 2 * pH, W + 2 * pW))
    column = 0
    for n in range(N):
        for top in range(0, H + 2 * pH - kH + 1, sH):
            for left in range(0, W + 2 * pW - kW + 1, sW):
                xpad[n, :, top : top + kH, left : left + kW] += columns[:, column].reshape(D, kH, kW)
                column += 1
    return xpad[:, :, pH : pH + H, pW : pW + W]
""",
)


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


q5.solution('''
def backward_by_products(dout, x, w, *, stride=(1, 1), padding=(0, 0)):
    """dx, dw, db."""
    F, D, kH, kW = w.shape
    how = {"stride": stride, "padding": padding}
    columns = im2col(x, (kH, kW), **how)  # (d u v), (n i j)
    packed = dout.transpose(1, 0, 2, 3).reshape(F, -1)  # f, (n i j)
    dw = (packed @ columns.T).reshape(w.shape)  # f d u v
    dx = col2im(w.reshape(F, -1).T @ packed, x.shape, (kH, kW), **how)  # n d p q
    return dx, dw, packed.sum(axis=1)
''')


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


q5.slips("""
dout packed without moving its axes  [10-order]
    .transpose(1, 0, 2, 3) =>
    Reshape never moves a number: which axis of dout has to stand in front first?

dout packed so that n counts fastest  [10-order]
    transpose(1, 0, 2, 3) => transpose(1, 2, 3, 0)
    The columns of im2col run over n, i, j: do those of your dout?

dout packed so that i counts faster than j  [10-order]
    transpose(1, 0, 2, 3) => transpose(1, 0, 3, 2)
    The columns of im2col run over n, i, j: do those of your dout?

dw packed as u, v, d and cut as d, u, v  [10-order]
    columns.T => columns.reshape(D, kH * kW, -1).swapaxes(0, 1).reshape(D * kH * kW, -1).T
    dw is cut as d, u, v: is it packed like that, too?

dw stays a matrix
    (packed @ columns.T).reshape(w.shape) => packed @ columns.T
    dw has the shape of w.

dw averaged over the images  [09-sums]
    reshape(w.shape) => reshape(w.shape) / len(x)
    The letter n is not in dw: is it summed, or is the sum divided by N, too?

w packed with the channel last  [10-order]
    w.reshape(F, -1) => w.transpose(0, 2, 3, 1).reshape(F, -1)
    col2im reads the rows as d, u, v: is w packed the same way?

w is cut as if its filters came last  [10-order]
    w.reshape(F, -1).T => w.reshape(-1, F)
    In w one filter lies after the other: which numbers does your matrix hold for filter 0?

dx is that of the flipped kernel  [09-convolutions]
    w.reshape(F, -1) => w[:, :, ::-1, ::-1].reshape(F, -1)
    The first pixel of a window met the first weight: through which weight does dout come back to it?

db sums over the filters
    sum(axis=1) => sum(axis=0)
    db has a number for each filter: over which letters of dout does it sum?

db is one number
    sum(axis=1) => sum()
    How many biases has the layer?

db keeps an axis of length 1
    sum(axis=1) => sum(axis=1, keepdims=True)
    b has one axis: how many has your db?

db is averaged  [09-sums]
    sum(axis=1) => mean(axis=1)
    The letters n, i and j are not in db: are they summed, or is the sum divided, too?
""")


# another way: a product for each place of the output
q5.slips(
    """
Where windows overlap, only the last one's share is left
    dxpad[:, :, down, across] += => dxpad[:, :, down, across] =
    When windows overlap, a pixel gets several shares: is each added to the earlier ones?

The stride is left out of dx  [09-loops]
    dxpad[:, :, down, across] => dxpad[:, :, i : i + kH, j : j + kW]
    With stride 2 the second window started two pixels further: where does its share go?

The padding is not cropped  [09-loops]
    dxpad[:, :, pH : pH + H, pW : pW + W] => dxpad
    The zeros of the padding are no part of x: how large is dx?

dw as if no zeros stood in front of x  [09-derivation]
    xpad[:, :, down, across] => x[:, :, down, across]
    or
    - dw += np.tensordot(dout[:, :, i, j].T, xpad[:, :, down, across], axes=1)
    + seen = x[:, :, down, across]
    + dw[:, :, : seen.shape[2], : seen.shape[3]] += np.tensordot(dout[:, :, i, j].T, seen, axes=1)
    The first window may have met zeros: does your x begin with them?

The stride is left out of dw
    xpad[:, :, down, across] => xpad[:, :, i : i + kH, j : j + kW]
    Which pixel did w[0, 0, 0, 0] meet in the second window?
""",
    source="""
def backward_by_products(dout, x, w, *, stride=(1, 1), padding=(0, 0)):
    (sH, sW), (pH, pW), (H, W), (kH, kW) = stride, padding, x.shape[2:], w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
    dxpad, dw = np.zeros(xpad.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            down, across = slice(i * sH, i * sH + kH), slice(j * sW, j * sW + kW)
            dxpad[:, :, down, across] += np.tensordot(dout[:, :, i, j], w, axes=1)
            dw += np.tensordot(dout[:, :, i, j].T, xpad[:, :, down, across], axes=1)
    return dxpad[:, :, pH : pH + H, pW : pW + W], dw, dout.sum(axis=(0, 2, 3))
""",
)


# --- q6: what a wrong reshape gives


q6 = sheet.values(
    "q6",
    "cut_and_moved",
    {"right": np.array([50.0, 51]), "wrong": np.array([40.0, 41]), "at home": 4, "for one filter": 6},
    title="what a wrong reshape gives",
    section="10-order",
    points=4,
)


q6.solution('''
def cut_and_moved():
    """Twice two entries of y, and two counts."""
    right = [50, 51]
    wrong = [40, 41]
    at_home = 2 * 2
    one_filter = 3 * 2
    # given
    return {"right": right, "wrong": wrong, "at home": at_home, "for one filter": one_filter}
''')


@q6.right
def _():
    product = np.array([[10.0, 11, 20, 21, 30, 31], [40, 41, 50, 51, 60, 61]])
    moved, cut = product.reshape(2, 3, 1, 2).transpose(1, 0, 2, 3), product.reshape(3, 2, 1, 2)
    alone = product[:1].reshape(1, 3, 1, 2).transpose(1, 0, 2, 3) == product[:1].reshape(3, 1, 1, 2)
    return [moved[1, 1, 0], cut[1, 1, 0], np.sum(moved == cut), np.sum(alone)]


q6.ask("""
right
    Which filter, which image and which output is each number of the product, by its row and its column?
wrong
    reshape cuts the numbers as they lie: which of them come to the second image and the second filter?
at home
    Write both y side by side, image by image: which numbers stand at the same place?
for one filter
    With a single row, in which order do the numbers lie, and in which does y want them?
""")

q6.slips("""
What the wrong reshape gives, taken for right
    right = [50, 51] => right = [40, 41]
    Row 1 of the product is filter 1: where in it do the outputs of image 1 stand?

Filter 0 of image 1, given for right
    right = [50, 51] => right = [20, 21]
    A row of the product belongs to one filter, of all images: which row is filter 1?

Images counted from one
    right = [50, 51] => right = [60, 61]
    Images are counted from zero.

The right one, taken for wrong
    wrong = [40, 41] => wrong = [50, 51]
    The wrong way cuts the twelve numbers in the order in which they stand: which four become image 1?

Filter 0 of image 1, given for wrong
    wrong = [40, 41] => wrong = [30, 31]
    Image 1 holds the second four numbers: which two of them are its filter 1?

The blocks are counted, not their numbers
    at_home = 2 * 2 => at_home = 2
    or
    one_filter = 3 * 2 => one_filter = 3
    or
    at_home = 2 * 2 => at_home = 2
    one_filter = 3 * 2 => one_filter = 3
    How many numbers does each block hold?

No number is thought to stay in its place
    at_home = 2 * 2 => at_home = 0
    Where do the first numbers of the product go, by either way?

A single filter is scrambled too
    one_filter = 3 * 2 => one_filter = 2
    With one filter, is there anything for the transpose to exchange?
""")
