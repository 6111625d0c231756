"""The questions of exercises/12_matlab: their cases, right answers and executable misconceptions.

Everything is in MATLAB's layout: x is H x W x D x N, w is kH x kW x D x F. A misconception is a function of
the same arguments that computes what a learner who thinks so would return.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from conv_lib import sizes, vectorized
from conv_lib.layouts import from_matlab, to_matlab

__all__ = ["INDEX_HINTS", "QUESTIONS", "SECTIONS", "Misconception", "Question", "cell", "in_matlab"]

# The sections of chapter 12 that hints point to: label and title.
SECTIONS = {
    "12-layouts": "The same tensor in another order",
    "12-flip": "conv2 and convn flip, filter2 does not",
    "12-index": "Where a window begins when counting starts at 1",
    "12-forward": "The forward pass, side by side",
    "12-backward": "The backward pass, side by side",
    "12-traps": "Where it breaks",
}
# What an index error says by itself: below 1 or beyond the end.
INDEX_HINTS = (
    "Indices begin at 1, and one of yours is 0, negative or not whole. Print it: what makes it so?",
    "An index lies beyond the end of an array. Print it beside the size: in which dimension is it too large?",
)


@dataclass(frozen=True)
class Misconception:
    """A wrong function, the hint that it brings up, and the section that explains it.

    Where it would stop with an error, `answer` gives None.
    """

    name: str
    hint: str
    section: str
    answer: Callable


@dataclass(frozen=True)
class Question:
    """One .m file to fill in; `arguments` and `result` are the names in its first line."""

    name: str
    function: str
    arguments: tuple
    result: str
    points: int
    cases: Callable
    answer: Callable
    misconceptions: tuple


def in_matlab(value):
    """Numbers and pairs as rows of double, arrays without trailing dimensions of length 1."""
    array = np.asarray(value, dtype=float)
    if array.ndim < 2:
        return array.reshape(1, -1)
    while array.ndim > 2 and array.shape[-1] == 1:
        array = array[..., 0]
    return array


def cell(values):
    """A MATLAB cell row, whatever the values are."""
    values = list(values)
    row = np.empty((1, len(values)), dtype=object)
    for k, value in enumerate(values):
        row[0, k] = value
    return row


# N, D, H, W, F, kH, kW, stride, padding: H != W, kH != kW, F != D; leftover pixels; padding beyond k - 1.
FIRST = (
    (1, 1, 4, 5, 2, 2, 3, (1, 1), (0, 0)),
    (2, 3, 6, 5, 4, 3, 2, (2, 1), (1, 2)),
    (2, 2, 7, 8, 3, 2, 3, (2, 3), (0, 1)),
    (3, 3, 5, 7, 2, 1, 1, (2, 3), (0, 0)),
    (2, 2, 4, 6, 1, 2, 3, (1, 2), (3, 2)),
)


def layers(rng):
    """The five fixed configurations and three drawn ones, as dictionaries of arrays and pairs."""
    drawn = []
    while len(drawn) < 3:
        N, D, F = (int(value) for value in rng.integers([2, 2, 1], [4, 4, 5]))
        H, W = (int(value) for value in rng.integers(4, 9, 2))
        kH, kW = (int(value) for value in rng.integers(1, 4, 2))
        stride = tuple(int(value) for value in rng.integers(1, 4, 2))
        padding = tuple(int(value) for value in rng.integers(0, [kH + 2, kW + 2]))
        if H != W and kH != kW and F != D and stride[0] != stride[1]:
            drawn.append((N, D, H, W, F, kH, kW, stride, padding))
    for N, D, H, W, F, kH, kW, stride, padding in FIRST + tuple(drawn):
        Ho = sizes.output_size(H, kH, stride=stride[0], padding=padding[0])
        Wo = sizes.output_size(W, kW, stride=stride[1], padding=padding[1])

        def numbers(*shape):
            return rng.integers(-9, 10, shape) / 2

        yield {
            "x": numbers(H, W, D, N),
            "w": numbers(kH, kW, D, F),
            "b": numbers(F, 1),
            "dout": numbers(Ho, Wo, F, N),
            "stride": stride,
            "padding": padding,
            "out": (Ho, Wo),
        }


def _pad(x, padding):
    return np.pad(x, ((padding[0],) * 2, (padding[1],) * 2) + ((0, 0),) * (x.ndim - 2))


def _forward(x, w, stride, padding=(0, 0)):
    y = vectorized.conv2d(from_matlab(x), from_matlab(w), stride=stride, padding=padding)
    return to_matlab(y)


def _flipped(w):
    return w[::-1, ::-1]


# q1: output_size(in, kernel, stride, padding)


def _size_cases(rng):
    for layer in layers(rng):
        yield layer["x"].shape[:2], layer["w"].shape[:2], layer["stride"], layer["padding"]


def _sizes(formula):
    def answer(size, kernel, stride, padding):
        size, kernel, stride, padding = (np.array(pair) for pair in (size, kernel, stride, padding))
        return np.array([formula(size, kernel, stride, padding)], float)

    return answer


Q1 = Question(
    "q1",
    "q1_output_size",
    ("in", "kernel", "stride", "padding"),
    "out",
    1,
    _size_cases,
    _sizes(lambda n, k, s, p: (n + 2 * p - k) // s + 1),
    (
        Misconception(
            "rounded up",
            "A window that only half fits is not counted: which of floor, round and ceil leaves it out?",
            "12-index",
            _sizes(lambda n, k, s, p: np.ceil((n + 2 * p - k) / s) + 1),
        ),
        Misconception(
            "rounded to nearest",
            "A window that only half fits is not counted: which of floor, round and ceil leaves it out?",
            "12-index",
            _sizes(lambda n, k, s, p: np.floor((n + 2 * p - k) / s + 0.5) + 1),
        ),
        Misconception(
            "not rounded",
            "The result is a number of windows, so it must be whole, also when pixels are left over.",
            "12-index",
            _sizes(lambda n, k, s, p: (n + 2 * p - k) / s + 1),
        ),
        Misconception(
            "padding on one side",
            "The padding lies on both sides. How many rows does it add in all?",
            "12-index",
            _sizes(lambda n, k, s, p: (n + p - k) // s + 1),
        ),
        Misconception(
            "padding left out",
            "The window also visits the zeros around the image.",
            "12-index",
            _sizes(lambda n, k, s, p: (n - k) // s + 1),
        ),
        Misconception(
            "steps counted, not windows",
            "You counted the steps between windows. The window at the start counts too.",
            "12-index",
            _sizes(lambda n, k, s, p: (n + 2 * p - k) // s),
        ),
        Misconception(
            "height for both",
            "Element 1 of each pair is the height, element 2 the width; both results used the height.",
            "12-index",
            _sizes(lambda n, k, s, p: ((n + 2 * p - k) // s + 1)[[0, 0]]),
        ),
        Misconception(
            "width first",
            "The two numbers are swapped: the height comes first.",
            "12-index",
            _sizes(lambda n, k, s, p: ((n + 2 * p - k) // s + 1)[::-1]),
        ),
    ),
)


# q2: window(xpad, i, j, kernel, stride)


def _window_cases(rng):
    for layer in layers(rng):
        xpad = _pad(layer["x"][..., 0], layer["padding"])
        for i, j in ((1, 1), layer["out"], (max(1, layer["out"][0] - 1), 1)):
            yield xpad, i, j, layer["w"].shape[:2], layer["stride"]


def _window(first_row, first_col):
    def answer(xpad, i, j, kernel, stride):
        top, left = first_row(i, stride), first_col(j, stride)
        if top < 0 or left < 0 or top + kernel[0] > xpad.shape[0] or left + kernel[1] > xpad.shape[1]:
            return None
        return xpad[top : top + kernel[0], left : left + kernel[1]]

    return answer


_right_window = _window(lambda i, s: (i - 1) * s[0], lambda j, s: (j - 1) * s[1])
Q2 = Question(
    "q2",
    "q2_window",
    ("xpad", "i", "j", "kernel", "stride"),
    "window",
    1,
    _window_cases,
    _right_window,
    (
        Misconception(
            "start off by one stride",
            "Your window begins one stride too late: i counts from 1, and window 1 begins at row 1.",
            "12-index",
            _window(lambda i, s: i * s[0], lambda j, s: j * s[1]),
        ),
        Misconception(
            "start at i*stride",
            "Rows begin at i*stride only where one counts from 0. Where must the window of i = 1 begin?",
            "12-index",
            _window(lambda i, s: i * s[0] - 1, lambda j, s: j * s[1] - 1),
        ),
        Misconception(
            "stride left out",
            "Your window moves one pixel for each output pixel. It should travel the stride.",
            "12-index",
            _window(lambda i, s: i - 1, lambda j, s: j - 1),
        ),
        Misconception(
            "strides swapped",
            "stride(1) is for rows, stride(2) for columns.",
            "12-index",
            _window(lambda i, s: (i - 1) * s[1], lambda j, s: (j - 1) * s[0]),
        ),
        Misconception(
            "rows and columns swapped",
            "i is the row of the output and j its column: the window you took belongs to (j, i).",
            "12-index",
            lambda xpad, i, j, kernel, stride: _right_window(xpad, j, i, kernel, stride),
        ),
        Misconception(
            "only the first channel",
            "The window is as deep as the image: take all channels, not only the first.",
            "12-forward",
            lambda xpad, i, j, kernel, stride: _right_window(xpad, i, j, kernel, stride)[:, :, 0],
        ),
    ),
)


# q3: one_filter(x, w, stride)


def _filter_cases(rng):
    for layer in layers(rng):
        yield _pad(layer["x"][..., 0], layer["padding"]), layer["w"][..., 0], layer["stride"]


def _one_filter(x, w, stride):
    return _forward(x, w, stride)[:, :, 0, 0]


def _without_last(x, w, stride):
    y = _one_filter(x, w, stride).copy()
    y[-1], y[:, -1] = 0, 0
    return y


Q3 = Question(
    "q3",
    "q3_one_filter",
    ("x", "w", "stride"),
    "y",
    2,
    _filter_cases,
    _one_filter,
    (
        Misconception(
            "flipped",
            "Your filter is turned by 180 degrees, as conv2 and convn do it. The layer does not flip.",
            "12-flip",
            lambda x, w, stride: _one_filter(x, _flipped(w), stride),
        ),
        Misconception(
            "channels flipped too",
            "Your filter is turned on all three axes, as convn does it. The layer flips none of them.",
            "12-flip",
            lambda x, w, stride: _one_filter(x, w[::-1, ::-1, ::-1], stride),
        ),
        Misconception(
            "only the first channel",
            "Every channel of the window meets its own slice of the filter, and all of them are summed.",
            "12-forward",
            lambda x, w, stride: _one_filter(x[:, :, :1], w[:, :, :1], stride),
        ),
        Misconception(
            "stride left out of the start",
            "The size is right, but the windows lie one pixel apart. Where does the stride enter?",
            "12-index",
            lambda x, w, stride: _one_filter(x, w, (1, 1))[
                : (x.shape[0] - w.shape[0]) // stride[0] + 1, : (x.shape[1] - w.shape[1]) // stride[1] + 1
            ],
        ),
        Misconception(
            "stride ignored",
            "You took every window. With a stride of 2 only every second one counts.",
            "12-index",
            lambda x, w, stride: _one_filter(x, w, (1, 1)),
        ),
        Misconception(
            "strides swapped",
            "stride(1) is for rows, stride(2) for columns.",
            "12-index",
            lambda x, w, stride: _one_filter(x, w, stride[::-1]),
        ),
        Misconception(
            "last window left out",
            "The last row and column of the output are still zero: does your loop run to the last window?",
            "12-traps",
            _without_last,
        ),
    ),
)


# q4: layer_forward(x, w, b, stride, padding)


def _forward_cases(rng):
    for layer in layers(rng):
        yield tuple(layer[name] for name in ("x", "w", "b", "stride", "padding"))


def _layer_forward(x, w, b, stride, padding):
    return _forward(x, w, stride, padding) + b[:, 0][None, None, :, None]


def _forward_wrong(x=None, w=None, b=None, stride=None, padding=None, y=None):
    """The right forward pass with some arguments, or its result, changed first."""

    def same(value):
        return value

    def answer(x_, w_, b_, stride_, padding_):
        changed = (x or same)(x_), (w or same)(w_), (b or same)(b_), (stride or same)(stride_)
        return (y or same)(_layer_forward(*changed, (padding or same)(padding_)))

    return answer


def _only_last(tensor, axis):
    kept = np.zeros_like(tensor)
    last = (slice(None),) * axis + (slice(-1, None),)
    kept[last] = tensor[last]
    return kept


def _one_sided_padding(x, w, b, stride, padding):
    xpad = np.pad(x, ((padding[0], 0), (padding[1], 0), (0, 0), (0, 0)))
    if xpad.shape[0] < w.shape[0] or xpad.shape[1] < w.shape[1]:
        return None
    return _layer_forward(xpad, w, b, stride, (0, 0))


def _without_padding(x, w, b, stride, padding):
    if x.shape[0] < w.shape[0] or x.shape[1] < w.shape[1]:
        return None
    return _layer_forward(x, w, b, stride, (0, 0))


Q4 = Question(
    "q4",
    "q4_layer_forward",
    ("x", "w", "b", "stride", "padding"),
    "y",
    3,
    _forward_cases,
    _layer_forward,
    (
        Misconception(
            "flipped",
            "Your filters are turned by 180 degrees, as conv2 and convn do it. The layer does not flip.",
            "12-flip",
            _forward_wrong(w=_flipped),
        ),
        Misconception(
            "bias left out",
            "The sums are right, but b is not in them. It is added once to every output pixel.",
            "12-forward",
            _forward_wrong(b=np.zeros_like),
        ),
        Misconception(
            "one bias for all filters",
            "Every filter has its own bias: output channel f needs b(f).",
            "12-forward",
            _forward_wrong(b=lambda b: np.full_like(b, b[0, 0])),
        ),
        Misconception(
            "bias once a channel",
            "You add the bias once for every input channel. It belongs outside the sum over channels.",
            "12-forward",
            lambda x, w, b, stride, padding: _layer_forward(x, w, b * x.shape[2], stride, padding),
        ),
        Misconception(
            "only the first channel",
            "Every channel of the window meets its own slice of the filter, and all of them are summed.",
            "12-forward",
            _forward_wrong(x=lambda x: x[:, :, :1], w=lambda w: w[:, :, :1]),
        ),
        Misconception(
            "only the last filter",
            "All output channels but the last are zero: is y overwritten in the loop over filters?",
            "12-forward",
            _forward_wrong(y=lambda y: _only_last(y, 2)),
        ),
        Misconception(
            "only the last image",
            "All images but the last are zero: is y overwritten in the loop over images?",
            "12-forward",
            _forward_wrong(y=lambda y: _only_last(y, 3)),
        ),
        Misconception(
            "F and N swapped",
            "The third dimension of y counts filters, the fourth images; yours are the other way round.",
            "12-layouts",
            _forward_wrong(y=lambda y: y.transpose(0, 1, 3, 2)),
        ),
        Misconception(
            "padding left out",
            "Your windows lie on the image itself, without the zeros around it.",
            "12-traps",
            _without_padding,
        ),
        Misconception(
            "padding on one side",
            "The zeros lie only above and to the left. They belong on all four sides.",
            "12-traps",
            _one_sided_padding,
        ),
        Misconception(
            "stride ignored",
            "You took every window. With a stride of 2 only every second one counts.",
            "12-index",
            _forward_wrong(stride=lambda stride: (1, 1)),
        ),
        Misconception(
            "strides swapped",
            "stride(1) is for rows, stride(2) for columns.",
            "12-index",
            _forward_wrong(stride=lambda stride: stride[::-1]),
        ),
    ),
)


# q5: bias_gradient(dout)


def _bias_cases(rng):
    for layer in layers(rng):
        yield (layer["dout"],)


def _bias_gradient(dout):
    return dout.sum(axis=(0, 1, 3))[:, None]


Q5 = Question(
    "q5",
    "q5_bias_gradient",
    ("dout",),
    "db",
    1,
    _bias_cases,
    _bias_gradient,
    (
        Misconception(
            "one for each position",
            "You have a gradient for every output pixel, but all pixels of a filter share one bias.",
            "12-backward",
            lambda dout: dout.sum(axis=3),
        ),
        Misconception(
            "a row",
            "The numbers are right, but db is a row. b is F x 1, and db must have its size.",
            "12-traps",
            lambda dout: _bias_gradient(dout).T,
        ),
        Misconception(
            "left as 1 x 1 x F",
            "The numbers are right, but sum keeps the dimensions it sums over: db must be F x 1.",
            "12-traps",
            lambda dout: _bias_gradient(dout)[None, None, :, 0],
        ),
        Misconception(
            "averaged",
            "db is a sum over pixels and images, not their mean.",
            "12-backward",
            lambda dout: dout.mean(axis=(0, 1, 3))[:, None],
        ),
        Misconception(
            "averaged over images",
            "db is a sum over the images too, not their mean.",
            "12-backward",
            lambda dout: _bias_gradient(dout) / dout.shape[3],
        ),
        Misconception(
            "one image",
            "Only one image went into db. All images of the batch share the bias.",
            "12-backward",
            lambda dout: _bias_gradient(dout[..., -1:]),
        ),
        Misconception(
            "first image",
            "Only one image went into db. All images of the batch share the bias.",
            "12-backward",
            lambda dout: _bias_gradient(dout[..., :1]),
        ),
        Misconception(
            "one number",
            "You summed the filters as well. Each filter has a bias of its own.",
            "12-backward",
            lambda dout: np.array([[dout.sum()]]),
        ),
        Misconception(
            "one for each image",
            "The third dimension of dout counts filters, the fourth images: you kept the images.",
            "12-layouts",
            lambda dout: dout.sum(axis=(0, 1, 2))[:, None],
        ),
    ),
)


# q6: weight_gradient(dout, x, kernel, stride, padding)


def _weight_cases(rng):
    for layer in layers(rng):
        yield layer["dout"], layer["x"], layer["w"].shape[:2], layer["stride"], layer["padding"]


def _backward(dout, x, w, stride, padding):
    arrays = (from_matlab(tensor) for tensor in (dout, x, w))
    dx, dw, _ = vectorized.conv2d_backward(*arrays, stride=stride, padding=padding)
    return to_matlab(dx), to_matlab(dw)


def _weight_gradient(dout, x, kernel, stride, padding):
    return _backward(dout, x, np.zeros((*kernel, x.shape[2], dout.shape[2])), stride, padding)[1]


def _weights_without_stride(dout, x, kernel, stride, padding):
    rows, cols = dout.shape[0] + kernel[0] - 1, dout.shape[1] + kernel[1] - 1
    return _weight_gradient(dout, _pad(x, padding)[:rows, :cols], kernel, (1, 1), (0, 0))


def _weights_shifted(dout, x, kernel, stride, padding):
    """The windows of an x whose padding was forgotten: shifted, with the zeros on the far sides."""
    far = np.pad(x, ((0, 2 * padding[0]), (0, 2 * padding[1]), (0, 0), (0, 0)))
    return _weight_gradient(dout, far, kernel, stride, (0, 0))


def _last_window_weights(dout, x, kernel, stride, padding):
    xpad = _pad(x, padding)
    top, left = (dout.shape[0] - 1) * stride[0], (dout.shape[1] - 1) * stride[1]
    window = xpad[top : top + kernel[0], left : left + kernel[1], :, -1]
    return window[..., None] * dout[-1, -1, :, -1]


Q6 = Question(
    "q6",
    "q6_weight_gradient",
    ("dout", "x", "kernel", "stride", "padding"),
    "dw",
    3,
    _weight_cases,
    _weight_gradient,
    (
        Misconception(
            "flipped",
            "Your dw is turned by 180 degrees. Forward did not flip, so dw does not either.",
            "12-flip",
            lambda *a: _flipped(_weight_gradient(*a)),
        ),
        Misconception(
            "stride left out",
            "The windows of x lie one pixel apart. In the forward pass they lay stride pixels apart.",
            "12-index",
            _weights_without_stride,
        ),
        Misconception(
            "D and F swapped",
            "The third dimension of dw counts channels, the fourth filters; yours are the other way round.",
            "12-layouts",
            lambda *a: _weight_gradient(*a).transpose(0, 1, 3, 2),
        ),
        Misconception(
            "x not padded",
            "The windows come from the image itself. The forward pass read the padded one.",
            "12-traps",
            _weights_shifted,
        ),
        Misconception(
            "last window only",
            "dw holds only what the last window gave: add to dw, do not assign it.",
            "12-backward",
            _last_window_weights,
        ),
        Misconception(
            "averaged over images",
            "dw is a sum over the images, not their mean.",
            "12-backward",
            lambda dout, *a: _weight_gradient(dout, *a) / dout.shape[3],
        ),
        Misconception(
            "last image only",
            "Only the last image went into dw: is dw set back to zero, or assigned, in the loop over images?",
            "12-backward",
            lambda dout, x, *a: _weight_gradient(dout[..., -1:], x[..., -1:], *a),
        ),
    ),
)


# q7: input_gradient(dout, w, x_size, stride, padding)


def _input_cases(rng):
    for layer in layers(rng):
        x_size = tuple(layer["x"].shape[:2])
        yield layer["dout"], layer["w"], x_size, layer["stride"], layer["padding"]


def _input_gradient(dout, w, x_size, stride, padding):
    x = np.zeros((*x_size, w.shape[2], dout.shape[3]))
    return _backward(dout, x, w, stride, padding)[0]


def _uncropped(dout, w, x_size, stride, padding):
    padded = (x_size[0] + 2 * padding[0], x_size[1] + 2 * padding[1])
    return _input_gradient(dout, w, padded, stride, (0, 0))


def _cropped_at_end(dout, w, x_size, stride, padding):
    return _uncropped(dout, w, x_size, stride, padding)[: x_size[0], : x_size[1]]


def _input_without_stride(dout, w, x_size, stride, padding):
    rows, cols = dout.shape[0] + w.shape[0] - 1, dout.shape[1] + w.shape[1] - 1
    dxpad = np.zeros((x_size[0] + 2 * padding[0], x_size[1] + 2 * padding[1], w.shape[2], dout.shape[3]))
    dxpad[:rows, :cols] = _input_gradient(dout, w, (rows, cols), (1, 1), (0, 0))
    return dxpad[padding[0] : padding[0] + x_size[0], padding[1] : padding[1] + x_size[1]]


def _assigned(dout, w, x_size, stride, padding):
    dxpad = np.zeros((x_size[0] + 2 * padding[0], x_size[1] + 2 * padding[1], w.shape[2], dout.shape[3]))
    Ho, Wo, F, N = dout.shape
    for n, f, i, j in np.ndindex(N, F, Ho, Wo):
        rows = slice(i * stride[0], i * stride[0] + w.shape[0])
        cols = slice(j * stride[1], j * stride[1] + w.shape[1])
        dxpad[rows, cols, :, n] = dout[i, j, f, n] * w[..., f]
    return dxpad[padding[0] : padding[0] + x_size[0], padding[1] : padding[1] + x_size[1]]


Q7 = Question(
    "q7",
    "q7_input_gradient",
    ("dout", "w", "x_size", "stride", "padding"),
    "dx",
    3,
    _input_cases,
    _input_gradient,
    (
        Misconception(
            "not cropped",
            "Your dx still has the border that padding put on. dx must have the size of x: cut it off.",
            "12-backward",
            _uncropped,
        ),
        Misconception(
            "cropped at the end only",
            "Your dx has the right size, but the border was cut off only at the bottom and on the right.",
            "12-backward",
            _cropped_at_end,
        ),
        Misconception(
            "flipped",
            "Each output pixel gives its gradient back through the filter as it is: do not flip w here.",
            "12-flip",
            lambda dout, w, *a: _input_gradient(dout, _flipped(w), *a),
        ),
        Misconception(
            "stride left out",
            "Your gradients go to windows one pixel apart. In the forward pass they lay stride pixels apart.",
            "12-index",
            _input_without_stride,
        ),
        Misconception(
            "assigned, not added",
            "Windows overlap, and filters share the input: add to dx, do not assign it.",
            "12-backward",
            _assigned,
        ),
        Misconception(
            "D and F swapped",
            "dx has the D channels of x; yours has one for each filter. Sum over filters, keep the channels.",
            "12-layouts",
            lambda dout, w, x_size, stride, padding: np.concatenate(
                [
                    _input_gradient(
                        dout[:, :, [f]], w[..., [f]].sum(axis=2, keepdims=True), x_size, stride, padding
                    )
                    for f in range(dout.shape[2])
                ],
                axis=2,
            ),
        ),
        Misconception(
            "last filter only",
            "Only the last filter sent its gradient back. Every filter read the input, so every one must.",
            "12-backward",
            lambda dout, *a: _input_gradient(_only_last(dout, 2), *a),
        ),
        Misconception(
            "last image only",
            "All images but the last have no gradient: is dx overwritten in the loop over images?",
            "12-backward",
            lambda dout, *a: _input_gradient(_only_last(dout, 3), *a),
        ),
    ),
)

QUESTIONS = (Q1, Q2, Q3, Q4, Q5, Q6, Q7)
