"""The questions of exercises/12_matlab: their cases, right answers and slips.

Everything is in MATLAB's layout: x is H x W x D x N, w is kH x kW x D x F. A question's solution is the text
of its .m file. The learner writes the part between `%%% BEGIN SOLUTION` and `%%% END SOLUTION`. Its slips are
edits of that text in the notation of `slips`, and Octave runs them (`matlab.run_slips`). `answer` computes
the right result in Python, independently of the solution.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from conv_course.checker import slips
from conv_lib import sizes, vectorized
from conv_lib.layouts import from_matlab, to_matlab

__all__ = ["INDEX_HINTS", "QUESTIONS", "SECTIONS", "Question", "cell", "in_matlab", "layer"]

# The sections of chapter 12 that hints point to: label and title.
SECTIONS = {
    "12-primer": "Five minutes of MATLAB",
    "12-layouts": "The same tensor in another order",
    "12-flip": "conv2 and convn flip, filter2 does not",
    "12-index": "Where a window begins when counting starts at 1",
    "12-forward": "The forward pass in MATLAB",
    "12-backward": "The backward pass in MATLAB",
    "12-columns": "Without loops",
    "12-traps": "Where it breaks",
}
# Hints for index errors: an index below 1, or beyond the end.
INDEX_HINTS = (
    "Indices begin at 1, and one of yours is 0, negative or not whole. Print it: what makes it so?",
    "An index lies beyond the end of an array: which array is it, how large is it, and what makes the index?",
)


@dataclass(frozen=True)
class Question:
    """One .m file to fill in: `source` is its solution, `wrong` the text of its slips.

    `section` is the section for slips that do not name one. `of_layer` yields the arguments of the cases that
    belong to one layer.
    """

    name: str
    points: int
    section: str
    of_layer: Callable
    answer: Callable
    source: str = field(repr=False)
    wrong: str = field(repr=False)
    more_cases: tuple = ()

    def cases(self, rng):
        """Yield the arguments of each case: those of eight layers, and `more_cases`."""
        for one in layers(rng):
            yield from self.of_layer(one)
        yield from self.more_cases

    @cached_property
    def signature(self):
        """Return (result, function, arguments) from the first line."""
        result, call = self.source.split("\n", 1)[0].removeprefix("function ").split(" = ")
        function, arguments = call.rstrip(")").split("(")
        return result, function, tuple(arguments.split(", "))

    @property
    def result(self):
        return self.signature[0]

    @property
    def function(self):
        return self.signature[1]

    @property
    def arguments(self):
        return self.signature[2]

    @cached_property
    def slips(self):
        """Return the slips. Each has the whole text of the wrong .m file as its source."""
        return slips.slips(self.wrong, self.source)


def in_matlab(value):
    """Convert a value to MATLAB's form: numbers and pairs as rows, no trailing axes of length 1."""
    array = np.asarray(value, dtype=float)
    if array.ndim < 2:
        return array.reshape(1, -1)
    while array.ndim > 2 and array.shape[-1] == 1:
        array = array[..., 0]
    return array


def cell(values):
    """Return a MATLAB cell row of any values."""
    values = list(values)
    row = np.empty((1, len(values)), dtype=object)
    for k, value in enumerate(values):
        row[0, k] = value
    return row


# N, D, H, W, F, kH, kW, stride, padding: H != W, kH != kW, F != D; leftover pixels; padding beyond k - 1;
# several images of one channel, which squeeze takes for channels.
FIRST = (
    (1, 1, 4, 5, 2, 2, 3, (1, 1), (0, 0)),
    (2, 3, 6, 5, 4, 3, 2, (2, 1), (1, 2)),
    (2, 1, 7, 8, 3, 2, 3, (2, 3), (0, 1)),
    (3, 3, 5, 7, 2, 1, 1, (2, 3), (0, 0)),
    (2, 2, 4, 6, 1, 2, 3, (1, 2), (3, 2)),
)


def layers(rng):
    """Yield five fixed and three random configurations, as dictionaries of arrays and pairs."""
    drawn = []
    while len(drawn) < 3:
        N, D, F = (int(value) for value in rng.integers([2, 2, 1], [4, 4, 5]))
        H, W = (int(value) for value in rng.integers(4, 9, 2))
        kH, kW = (int(value) for value in rng.integers(1, 4, 2))
        stride = tuple(int(value) for value in rng.integers(1, 4, 2))
        padding = tuple(int(value) for value in rng.integers(0, [kH + 2, kW + 2]))
        if H != W and kH != kW and F != D and stride[0] != stride[1]:
            drawn.append((N, D, H, W, F, kH, kW, stride, padding))
    for sizes_of_layer in FIRST + tuple(drawn):
        yield layer(rng, *sizes_of_layer)


def layer(rng, N, D, H, W, F, kH, kW, stride, padding):
    """Return one configuration as a dictionary of arrays and pairs."""
    Ho = sizes.output_size(H, kH, stride=stride[0], padding=padding[0])
    Wo = sizes.output_size(W, kW, stride=stride[1], padding=padding[1])

    def numbers(*shape):
        return rng.integers(-9, 10, shape) / 2

    return {
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


def _sizes(layer):
    yield layer["x"].shape[:2], layer["w"].shape[:2], layer["stride"], layer["padding"]


A_THIRD_LEFT = ((7, 9), (3, 2), (3, 3), (0, 0))  # of a stride


def _output_size(size, kernel, stride, padding):
    size, kernel, stride, padding = (np.array(pair) for pair in (size, kernel, stride, padding))
    return (size + 2 * padding - kernel) // stride + 1


Q1 = Question(
    "q1",
    1,
    "12-index",
    _sizes,
    _output_size,
    """function out = q1_output_size(in, kernel, stride, padding)
%Q1_OUTPUT_SIZE  How many windows fit, down and across? (1 point)
%   OUT = Q1_OUTPUT_SIZE(IN, KERNEL, STRIDE, PADDING): every argument is a pair
%   [height width], and so is OUT. PADDING zeros lie on each side.
%
%   Write the formula: a call of conv_output_size or convn_vanilla earns no points.
%
%   q1_output_size([7 9], [3 2], [2 1], [1 0]) is [4 8].

  %%% BEGIN SOLUTION
  out = floor((in + 2 * padding - kernel) ./ stride) + 1;
  %%% END SOLUTION
end
""",
    """
The result is rounded up
    floor => ceil
    A window that fits only in part is not counted: which of floor, round and ceil leaves it out?

The result is rounded to the nearest
    floor => round
    A window that more than half fits is not counted either: which of floor, round and ceil leaves it out?

The result is not rounded
    floor((in + 2 * padding - kernel) ./ stride) => (in + 2 * padding - kernel) ./ stride
    The result is a number of windows, so it must be whole, also when pixels are left over.

The padding is counted on one side
    2 * padding => padding
    The padding lies on both sides. How many rows does it add in all?

The padding is left out
    in + 2 * padding => in
    The window also visits the zeros around the image.

Divided as matrices, not entry by entry  [12-primer]
    ./ stride => / stride
    Between two arrays, "/" solves a system of equations: which operator divides entry by entry?

Only the padding is divided by the stride
    floor((in + 2 * padding - kernel) ./ stride) => floor(in - kernel + 2 * padding ./ stride)
    In a + b ./ s only b is divided: what belongs above the stride in the formula?

Steps are counted, not windows
    stride) + 1; => stride);
    You counted the steps between windows. The window at the start counts too.

The 1 is divided by the stride, too
    kernel) ./ stride) + 1; => kernel + 1) ./ stride);
    The 1 is the first window, which always fits: is it to be divided by the stride like the pixels?

The height serves for both
    stride) + 1; => stride) + 1; out = out([1 1]);
    Element 1 of each pair is the height, element 2 the width; both results used the height.

The width comes first
    stride) + 1; => stride) + 1; out = out([2 1]);
    The two numbers are swapped: the height comes first.
""",
    more_cases=(A_THIRD_LEFT,),
)


def _windows(layer):
    xpad = _pad(layer["x"][..., 0], layer["padding"])
    for i, j in ((1, 1), layer["out"], (max(1, layer["out"][0] - 1), 1)):
        yield xpad, i, j, layer["w"].shape[:2], layer["stride"]


def _window(xpad, i, j, kernel, stride):
    top, left = (i - 1) * stride[0], (j - 1) * stride[1]
    return xpad[top : top + kernel[0], left : left + kernel[1]]


Q2 = Question(
    "q2",
    1,
    "12-index",
    _windows,
    _window,
    """function window = q2_window(xpad, i, j, kernel, stride)
%Q2_WINDOW  The part of the image that output pixel (i, j) looks at. (1 point)
%   WINDOW = Q2_WINDOW(XPAD, I, J, KERNEL, STRIDE) cuts the window out of XPAD,
%   H x W x D and already padded. KERNEL and STRIDE are pairs [height width];
%   I and J count from 1, so that the window of (1, 1) begins at XPAD(1, 1).
%   The window is kH x kW x D.
%
%   q2_window(magic(4), 2, 1, [2 1], [2 3]) is [9; 4].

  %%% BEGIN SOLUTION
  rows = (i - 1) * stride(1) + (1:kernel(1));
  cols = (j - 1) * stride(2) + (1:kernel(2));
  window = xpad(rows, cols, :);
  %%% END SOLUTION
end
""",
    """
The window begins one stride too late
    (i - 1) * stride(1) => i * stride(1)
    (j - 1) * stride(2) => j * stride(2)
    Window 1 begins at row 1. Where does your window begin when i is 1?

The window begins at i*stride
    (i - 1) * stride(1) => i * stride(1) - 1
    (j - 1) * stride(2) => j * stride(2) - 1
    Rows begin at i*stride only where one counts from 0. Where must the window of i = 1 begin?

The stride is left out
    (i - 1) * stride(1) => (i - 1)
    (j - 1) * stride(2) => (j - 1)
    Your window moves one pixel for each output pixel. It should travel the stride.

The strides are swapped
    (i - 1) * stride(1) => (i - 1) * stride(2)
    (j - 1) * stride(2) => (j - 1) * stride(1)
    stride(1) is for rows, stride(2) for columns.

Rows and columns are swapped
    (i - 1) * stride(1) => (j - 1) * stride(1)
    (j - 1) * stride(2) => (i - 1) * stride(2)
    i is the row of the output and j its column: the window you took belongs to (j, i).

The window is one row and one column too large
    (1:kernel(1)) => (1:kernel(1) + 1)
    (1:kernel(2)) => (1:kernel(2) + 1)
    From row r to row r + 2 there are three rows: where does a window of two rows end?

The window is one row and one column too small
    (1:kernel(1)) => (1:kernel(1) - 1)
    (1:kernel(2)) => (1:kernel(2) - 1)
    In MATLAB a range holds both of its ends: how many rows are there from r to r + 1?

The pixels of a window lie a stride apart
    (i - 1) * stride(1) + (1:kernel(1)) => i - 1 + (1:stride(1):kernel(1) * stride(1))
    (j - 1) * stride(2) + (1:kernel(2)) => j - 1 + (1:stride(2):kernel(2) * stride(2))
    or
    (1:kernel(1)) => (1:stride(1):kernel(1) * stride(1))
    (1:kernel(2)) => (1:stride(2):kernel(2) * stride(2))
    The stride is the way from one window to the next: how far apart are two pixels of one window?

Only the first channel is taken  [12-forward]
    xpad(rows, cols, :) => xpad(rows, cols, 1)
    The window is as deep as the image: take all channels, not only the first.
""",
)


def _filters(layer):
    yield _pad(layer["x"][..., 0], layer["padding"]), layer["w"][..., 0], layer["stride"]


def _forward(x, w, stride, padding=(0, 0)):
    y = vectorized.conv2d(from_matlab(x), from_matlab(w), stride=stride, padding=padding)
    return to_matlab(y)


def _one_filter(x, w, stride):
    return _forward(x, w, stride)[:, :, 0, 0]


Q3 = Question(
    "q3",
    2,
    "12-index",
    _filters,
    _one_filter,
    """function y = q3_one_filter(x, w, stride)
%Q3_ONE_FILTER  Slide one filter over one image, channels summed. (2 points)
%   Y = Q3_ONE_FILTER(X, W, STRIDE): X is H x W x D and not padded, W is
%   kH x kW x D, STRIDE is [height width], Y is H' x W'. W is not flipped.
%
%   Write it yourself: a call of convn_vanilla earns no points.
%
%   q3_one_filter(magic(4), [1 0; 0 -1], [2 2]) is [5 -5; -5 5]: check the
%   first of these by hand before you begin.

  %%% BEGIN SOLUTION
  kH = size(w, 1);
  kW = size(w, 2);
  out = floor(([size(x, 1) size(x, 2)] - [kH kW]) ./ stride) + 1;
  y = zeros(out);
  for i = 1:out(1)
    rows = (i - 1) * stride(1) + (1:kH);
    for j = 1:out(2)
      cols = (j - 1) * stride(2) + (1:kW);
      window = x(rows, cols, :);
      y(i, j) = sum(window(:) .* w(:));
    end
  end
  %%% END SOLUTION
end
""",
    """
The filter is flipped  [12-flip]
    sum(window(:) .* w(:)) => sum(sum(sum(window .* flip(flip(w, 1), 2))))
    Your filter is rotated by 180 degrees, as conv2 and convn do it. The layer does not flip.

The channels are flipped too  [12-flip]
    .* w(:) => .* flipud(w(:))
    Your filter is flipped on all three axes, as convn does it. The layer flips none of them.

The channels are in reverse order, rows and columns are not  [12-flip]
    .* w(:) => .* reshape(flip(w, 3), [], 1)
    Which channel of the filter meets channel 1 of x? (convn turns all three axes round, the channels too.)

The channels are not summed  [12-forward]
    - window = x(rows, cols, :);
    - y(i, j) = sum(window(:) .* w(:));
    + y(i, j) = sum(sum(x(rows, cols, :) .* w));
    Each sum adds up along one dimension: how many dimensions has a window with channels?

Only the first channel is summed  [12-forward]
    x(rows, cols, :) => x(rows, cols, 1)
    .* w(:) => .* reshape(w(:, :, 1), [], 1)
    Every channel of the window meets its own slice of the filter, and all of them are summed.

The stride is left out of the start
    (i - 1) * stride(1) => (i - 1)
    (j - 1) * stride(2) => (j - 1)
    The size is right, but the windows lie one pixel apart. Where does the stride enter?

The stride is ignored
    [kH kW]) ./ stride => ([kH kW]))
    (i - 1) * stride(1) => (i - 1)
    (j - 1) * stride(2) => (j - 1)
    You took every window. With a stride of 2 only every second one counts.

The strides are swapped
    kH = size(w, 1); => kH = size(w, 1); stride = stride([2 1]);
    or
    (i - 1) * stride(1) => (i - 1) * stride(2)
    (j - 1) * stride(2) => (j - 1) * stride(1)
    stride(1) is for rows, stride(2) for columns.

Zeros lie between the numbers of y
    y = zeros(out); => y = [];
    y(i, j) => y(rows(1), cols(1))
    or
    y = zeros(out); => y = zeros([size(x, 1) size(x, 2)] - [kH kW] + 1);
    y(i, j) => y(rows(1), cols(1))
    or
    y = zeros(out); => y = zeros(size(x, 1), size(x, 2));
    y(i, j) => y(rows(1), cols(1))
    The second window begins at row 1 + stride(1) of the image: in which row of y does its number stand?

The numbers come row by row, y fills down the columns  [12-layouts]
    y(i, j) => y((i - 1) * out(2) + j)
    A single index, and reshape, run down the columns first: where in y does the second number go?

Where the stride is 1, y begins at place 2
    y = zeros(out); => y = [];
    y(i, j) => y(floor(rows(1) / stride(1)) + 1, floor(cols(1) / stride(2)) + 1)
    The first window begins at row 1: in which row of y does its sum stand if S is 1, and in which if S is 2?

The filter is read row by row, the window by columns  [12-layouts]
    .* w(:) => .* reshape(permute(w, [2 1 3]), [], 1)
    Both become lists of numbers: which weight comes second in the one, and which pixel in the other?

The windows reach up and left of the pixel
    - window = x(rows, cols, :);
    + up = mod(2 * rows(1) - rows - 1, size(x, 1)) + 1;
    + window = x(up, mod(2 * cols(1) - cols - 1, size(x, 2)) + 1, :);
    Which pixel meets w(2, 1) in y(1, 1): the one below the first, or the one above it?

The last window is left out  [12-traps]
    1:out(1) => 1:out(1) - 1
    1:out(2) => 1:out(2) - 1
    The last row and the last column of y are still zero: which windows belong to them?
""",
)


def _forwards(layer):
    yield tuple(layer[name] for name in ("x", "w", "b", "stride", "padding"))


def _layer_forward(x, w, b, stride, padding):
    return _forward(x, w, stride, padding) + b[:, 0][None, None, :, None]


Q4 = Question(
    "q4",
    3,
    "12-forward",
    _forwards,
    _layer_forward,
    """function y = q4_layer_forward(x, w, b, stride, padding)
%Q4_LAYER_FORWARD  Every image with every filter, plus the bias. (3 points)
%   Y = Q4_LAYER_FORWARD(X, W, B, STRIDE, PADDING): X is H x W x D x N, W is
%   kH x kW x D x F, B is F x 1, STRIDE and PADDING are [height width].
%   Y is H' x W' x F x N.
%
%   You may call CONVN_VANILLA(IMAGE, FILTER, STRIDE): it does what question 3
%   asks for. (It lies in the course's folder matlab/.)

  %%% BEGIN SOLUTION
  [H, W, D, N] = size(x);
  F = size(w, 4);
  out = floor(([H W] + 2 * padding - [size(w, 1) size(w, 2)]) ./ stride) + 1;
  xpad = zeros([[H W] + 2 * padding, D, N]);
  xpad(padding(1) + (1:H), padding(2) + (1:W), :, :) = x;
  y = zeros([out F N]);
  for n = 1:N
    for f = 1:F
      y(:, :, f, n) = convn_vanilla(xpad(:, :, :, n), w(:, :, :, f), stride) + b(f);
    end
  end
  %%% END SOLUTION
end
""",
    """
The filters are flipped  [12-flip]
    w(:, :, :, f) => flip(flip(w(:, :, :, f), 1), 2)
    Your filters are rotated by 180 degrees, as conv2 and convn do it. The layer does not flip.

The channels are in reverse order, rows and columns are not  [12-flip]
    w(:, :, :, f), stride) => flip(w(:, :, :, f), 3), stride)
    Which channel of the filter meets channel 1 of x? (convn turns all three axes round, the channels too.)

The bias is left out
    stride) + b(f) => stride)
    The sums are right, but b is not in them. It is added once to every output pixel.

One bias serves all filters
    b(f) => b(1)
    Every filter has its own bias: output channel f needs b(f).

The bias is added once per channel
    + b(f) => + D * b(f)
    You add the bias once for every input channel. It belongs outside the sum over channels.

Only the first channel is summed
    xpad(:, :, :, n), w(:, :, :, f) => xpad(:, :, 1, n), w(:, :, 1, f)
    Every channel of the window meets its own slice of the filter, and all of them are summed.

Only the last filter is kept
    for f = 1:F => for f = F
    All output channels but the last are zero: where do the sums of the other filters go?

Only the last image is kept
    for n = 1:N => for n = N
    All images but the last are zero: where do the sums of the other images go?

F and N are swapped  [12-layouts]
    zeros([out F N]) => zeros([out N F])
    y(:, :, f, n) => y(:, :, n, f)
    The third dimension of y counts filters, the fourth images; yours are the other way round.

The padding is left out  [12-traps]
    [H W] + 2 * padding - => [H W] -
    - xpad = zeros([[H W] + 2 * padding, D, N]);
    - xpad(padding(1) + (1:H), padding(2) + (1:W), :, :) = x;
    + xpad = x;
    Your windows lie on the image itself, without the zeros around it.

x begins at row P, a row of the border  [12-traps]
    padding(1) + (1:H), padding(2) + (1:W) => padding(1) + (0:H - 1), padding(2) + (0:W - 1)
    With P rows of zeros above x, which row is the first that belongs to x, counted from 1?

No zeros lie above x and to the left of it  [12-traps]
    xpad(padding(1) + (1:H), padding(2) + (1:W), :, :) = x; => xpad(1:H, 1:W, :, :) = x;
    With P rows of zeros above x, which row is the first that belongs to x, counted from 1?

The edge pixels are repeated where zeros belong
    - xpad(padding(1) + (1:H), padding(2) + (1:W), :, :) = x;
    + r = min(max((1:H + 2 * padding(1)) - padding(1), 1), H);
    + xpad = x(r, min(max((1:W + 2 * padding(2)) - padding(2), 1), W), :, :);
    Which numbers stand around the image in your xpad, and which ones does padding mean?

The bias lies along the images, not the filters  [12-layouts]
    stride) + b(f) => stride)
    %%% END SOLUTION => y = bsxfun(@plus, y, reshape(b, 1, 1, 1, []));
    Filters are the third dimension of y, images the fourth: along which one does your b lie?

Images and filters are mixed up by reshape  [12-columns]
    %%% END SOLUTION => y = reshape(permute(y, [1 2 4 3]), [out F N]);
    Your numbers come as pixels, images, filters: in which order does reshape fill in filters and images?

The padding lies on one side  [12-traps]
    2 * padding =>> padding
    The zeros lie only above and to the left. They belong on all four sides.

The stride is ignored  [12-index]
    ./ stride => ./ 1
    w(:, :, :, f), stride) => w(:, :, :, f), [1 1])
    You took every window. With a stride of 2 only every second one counts.

The strides are swapped  [12-index]
    [H, W, D, N] = size(x); => [H, W, D, N] = size(x); stride = stride([2 1]);
    stride(1) is for rows, stride(2) for columns.
""",
)


def _douts(layer):
    yield (layer["dout"],)


def _bias_gradient(dout):
    return dout.sum(axis=(0, 1, 3))[:, None]


Q5 = Question(
    "q5",
    1,
    "12-backward",
    _douts,
    _bias_gradient,
    """function db = q5_bias_gradient(dout)
%Q5_BIAS_GRADIENT  One number for each filter. (1 point)
%   DB = Q5_BIAS_GRADIENT(DOUT): DOUT is H' x W' x F x N, DB is F x 1, the size
%   of the bias. Try it with N = 1 and with F = 1 too.

  %%% BEGIN SOLUTION
  F = size(dout, 3);
  db = zeros(F, 1);
  for f = 1:F
    douts = dout(:, :, f, :);
    db(f) = sum(douts(:));
  end
  %%% END SOLUTION
end
""",
    """
One for each position
    - db = zeros(F, 1);
    - for f = 1:F
    -   douts = dout(:, :, f, :);
    -   db(f) = sum(douts(:));
    - end
    + db = sum(dout, 4);
    You have a gradient for every output pixel, but all pixels of a filter share one bias.

A row  [12-traps]
    zeros(F, 1) => zeros(1, F)
    The numbers are right, but db is a row. b is F x 1, and db must have its size.

Left as 1 x 1 x F  [12-traps]
    zeros(F, 1) => zeros(1, 1, F)
    The numbers are right, but sum keeps the dimensions it sums over: db must be F x 1.

Averaged
    sum(douts => mean(douts
    db is a sum over pixels and images, not their mean.

Averaged over images
    sum(douts(:)) => sum(douts(:)) / size(dout, 4)
    db is a sum over the images too, not their mean.

One image
    dout(:, :, f, :) => dout(:, :, f, end)
    or
    dout(:, :, f, :) => dout(:, :, f, 1)
    Only one image went into db. All images of the batch share the bias.

One number
    - db = zeros(F, 1);
    - for f = 1:F
    -   douts = dout(:, :, f, :);
    -   db(f) = sum(douts(:));
    - end
    + db = sum(dout(:));
    You summed the filters as well. Each filter has a bias of its own.

Summed over the first three dimensions longer than 1  [12-traps]
    - db = zeros(F, 1);
    - for f = 1:F
    -   douts = dout(:, :, f, :);
    -   db(f) = sum(douts(:));
    - end
    + db = squeeze(sum(sum(sum(dout))));
    or
    - db = zeros(F, 1);
    - for f = 1:F
    -   douts = dout(:, :, f, :);
    -   db(f) = sum(douts(:));
    - end
    + db = sum(sum(sum(dout)));
    A sum without a number adds up the first dimension that is longer than 1: which ones are these here?

With one filter, a number for each image  [12-traps]
    - db = zeros(F, 1);
    - for f = 1:F
    -   douts = dout(:, :, f, :);
    -   db(f) = sum(douts(:));
    - end
    + db = sum(squeeze(sum(sum(dout, 1), 2)), 2);
    With F = 1, which dimensions of 1 x 1 x F x N are left when those of length 1 are gone, and what is then
    summed?

One for each image  [12-layouts]
    - db = zeros(F, 1);
    - for f = 1:F
    -   douts = dout(:, :, f, :);
    -   db(f) = sum(douts(:));
    - end
    + db = squeeze(sum(sum(sum(dout, 1), 2), 3));
    The third dimension of dout counts filters, the fourth images: you kept the images.
""",
)


def _backwards_to_w(layer):
    yield layer["dout"], layer["x"], layer["w"].shape[:2], layer["stride"], layer["padding"]


def _backward(dout, x, w, stride, padding):
    arrays = (from_matlab(tensor) for tensor in (dout, x, w))
    dx, dw, _ = vectorized.conv2d_backward(*arrays, stride=stride, padding=padding)
    return to_matlab(dx), to_matlab(dw)


def _weight_gradient(dout, x, kernel, stride, padding):
    return _backward(dout, x, np.zeros((*kernel, x.shape[2], dout.shape[2])), stride, padding)[1]


Q6 = Question(
    "q6",
    3,
    "12-backward",
    _backwards_to_w,
    _weight_gradient,
    """function dw = q6_weight_gradient(dout, x, kernel, stride, padding)
%Q6_WEIGHT_GRADIENT  What every window says about the filters. (3 points)
%   DW = Q6_WEIGHT_GRADIENT(DOUT, X, KERNEL, STRIDE, PADDING): DOUT is
%   H' x W' x F x N, X is H x W x D x N, KERNEL is [kH kW], STRIDE and PADDING
%   are [height width] as in the forward pass. DW is kH x kW x D x F.

  %%% BEGIN SOLUTION
  [H, W, D, N] = size(x);
  [Ho, Wo, F, N] = size(dout);
  xpad = zeros([[H W] + 2 * padding, D, N]);
  xpad(padding(1) + (1:H), padding(2) + (1:W), :, :) = x;
  dw = zeros([kernel D F]);
  for n = 1:N
    for f = 1:F
      for i = 1:Ho
        rows = (i - 1) * stride(1) + (1:kernel(1));
        for j = 1:Wo
          cols = (j - 1) * stride(2) + (1:kernel(2));
          dw(:, :, :, f) = dw(:, :, :, f) + dout(i, j, f, n) * xpad(rows, cols, :, n);
        end
      end
    end
  end
  %%% END SOLUTION
end
""",
    """
dw is flipped  [12-backward]
    xpad(rows, cols, :, n) => flip(flip(xpad(rows, cols, :, n), 1), 2)
    Your dw is rotated by 180 degrees. Forward did not flip, so dw does not either.

dout is turned by 180 degrees  [12-flip]
    dout(i, j, f, n) => dout(Ho + 1 - i, Wo + 1 - j, f, n)
    Which number of dout meets the first window, the first or the last? (conv2 turns its second argument.)

The stride is left out  [12-index]
    (i - 1) * stride(1) => (i - 1)
    (j - 1) * stride(2) => (j - 1)
    The windows of x lie one pixel apart: how far apart did they lie in the forward pass?

The strides are swapped  [12-index]
    (i - 1) * stride(1) => (i - 1) * stride(2)
    (j - 1) * stride(2) => (j - 1) * stride(1)
    stride(1) is for rows, stride(2) for columns.

D and F are swapped  [12-layouts]
    zeros([kernel D F]) => zeros([kernel F D])
    dw(:, :, :, f) =>> dw(:, :, f, :)
    xpad(rows, cols, :, n) => permute(xpad(rows, cols, :, n), [1 2 4 3])
    The third dimension of dw counts channels, the fourth filters; yours are the other way round.

x begins at row P, a row of the border  [12-traps]
    padding(1) + (1:H), padding(2) + (1:W) => padding(1) + (0:H - 1), padding(2) + (0:W - 1)
    With P rows of zeros above x, which row is the first that belongs to x, counted from 1?

No zeros lie above x and to the left of it  [12-traps]
    xpad(padding(1) + (1:H), padding(2) + (1:W), :, :) = x; => xpad(1:H, 1:W, :, :) = x;
    With P rows of zeros above x, which row is the first that belongs to x, counted from 1?

The padding is left out  [12-traps]
    xpad(padding(1) + (1:H), padding(2) + (1:W), :, :) = x; => xpad = x;
    Your windows lie on the image itself. Where did they lie in the forward pass?

Images and filters are mixed up by reshape  [12-columns]
    - [Ho, Wo, F, N] = size(dout);
    + [Ho, Wo, F, N] = size(dout);
    + dout = permute(reshape(dout, [Ho Wo N F]), [1 2 4 3]);
    dout holds pixels, filters, images, in this order: in which order does your reshape take them?

Only the last window is kept
    = dw(:, :, :, f) + dout => = dout
    dw holds only what the last window gave: add to dw, do not assign it.

Averaged over images
    dout(i, j, f, n) * => dout(i, j, f, n) / N *
    dw is a sum over the images, not their mean.

Only the last image is kept
    for n = 1:N => for n = N
    Only the last image went into dw: what do the other images add to it?
""",
)


def _backwards_to_x(layer):
    x_size = tuple(layer["x"].shape[:2])
    yield layer["dout"], layer["w"], x_size, layer["stride"], layer["padding"]


def _input_gradient(dout, w, x_size, stride, padding):
    x = np.zeros((*x_size, w.shape[2], dout.shape[3]))
    return _backward(dout, x, w, stride, padding)[0]


Q7 = Question(
    "q7",
    3,
    "12-backward",
    _backwards_to_x,
    _input_gradient,
    """function dx = q7_input_gradient(dout, w, x_size, stride, padding)
%Q7_INPUT_GRADIENT  Give each gradient back to the window it came from. (3 points)
%   DX = Q7_INPUT_GRADIENT(DOUT, W, X_SIZE, STRIDE, PADDING): DOUT is
%   H' x W' x F x N, W is kH x kW x D x F, X_SIZE is [H W], STRIDE and PADDING
%   are [height width] as in the forward pass. DX is H x W x D x N.

  %%% BEGIN SOLUTION
  [kH, kW, D, F] = size(w);
  [Ho, Wo, F, N] = size(dout);
  dxpad = zeros([x_size + 2 * padding, D, N]);
  for n = 1:N
    for f = 1:F
      for i = 1:Ho
        rows = (i - 1) * stride(1) + (1:kH);
        for j = 1:Wo
          cols = (j - 1) * stride(2) + (1:kW);
          dxpad(rows, cols, :, n) = dxpad(rows, cols, :, n) + dout(i, j, f, n) * w(:, :, :, f);
        end
      end
    end
  end
  dx = dxpad(padding(1) + (1:x_size(1)), padding(2) + (1:x_size(2)), :, :);
  %%% END SOLUTION
end
""",
    """
dx is not cropped
    - dx = dxpad(padding(1) + (1:x_size(1)), padding(2) + (1:x_size(2)), :, :);
    + dx = dxpad;
    Your dx still has the border that padding put on. dx must have the size of x: cut it off.

dx is cropped at the end only
    - dx = dxpad(padding(1) + (1:x_size(1)), padding(2) + (1:x_size(2)), :, :);
    + dx = dxpad(1:x_size(1), 1:x_size(2), :, :);
    Your dx has the right size, but it begins with the rows of the border: which row is the first that
    belongs to x?

The crop begins at row P, a row of the border
    - dx = dxpad(padding(1) + (1:x_size(1)), padding(2) + (1:x_size(2)), :, :);
    + dx = dxpad(padding(1):end - padding(1), padding(2):end - padding(2), :, :);
    or
    - dx = dxpad(padding(1) + (1:x_size(1)), padding(2) + (1:x_size(2)), :, :);
    + dx = dxpad(padding(1) + (0:x_size(1) - 1), padding(2) + (0:x_size(2) - 1), :, :);
    Rows 1 to P of the padded dx are its border: which row is the first that belongs to x?

dx is too small by what lies behind the last window
    zeros([x_size + 2 * padding, D, N]) => zeros([([Ho Wo] - 1) .* stride + [kH kW], D, N])
    - dx = dxpad(padding(1) + (1:x_size(1)), padding(2) + (1:x_size(2)), :, :);
    + dx = dxpad(padding(1) + 1:end - padding(1), padding(2) + 1:end - padding(2), :, :);
    Behind the last window rows and columns of the padded image may be left over: how large is the padded
    dx with them, and where does its crop then end?

The filter is flipped  [12-backward]
    * w(:, :, :, f) => * flip(flip(w(:, :, :, f), 1), 2)
    Each output pixel gives its gradient back through the filter as it is: which weight goes to the first
    pixel of a window?

The stride is left out  [12-index]
    (i - 1) * stride(1) => (i - 1)
    (j - 1) * stride(2) => (j - 1)
    Your gradients go to windows one pixel apart: how far apart were the windows in the forward pass?

The strides are swapped  [12-index]
    (i - 1) * stride(1) => (i - 1) * stride(2)
    (j - 1) * stride(2) => (j - 1) * stride(1)
    stride(1) is for rows, stride(2) for columns.

A pixel of dx keeps only what came last
    = dxpad(rows, cols, :, n) + dout => = dout
    Windows overlap, and filters share the input: what does a pixel get that several of them read?

D and F are swapped  [12-layouts]
    zeros([x_size + 2 * padding, D, N]) => zeros([x_size + 2 * padding, F, N])
    dxpad(rows, cols, :, n) =>> dxpad(rows, cols, f, n)
    * w(:, :, :, f) => * sum(w(:, :, :, f), 3)
    dx has the D channels of x; yours has one for each filter. Sum over filters, keep the channels.

Every image gets the gradients of all images  [12-layouts]
    dxpad(rows, cols, :, n) =>> dxpad(rows, cols, :, :)
    Image n of dout belongs to image n of dx: to which images of dx do you add it?

dout is repeated where zeros belong between its numbers
    for i = 1:Ho => for i = 1:(Ho - 1) * stride(1) + 1
    for j = 1:Wo => for j = 1:(Wo - 1) * stride(2) + 1
    (i - 1) * stride(1) => (i - 1)
    (j - 1) * stride(2) => (j - 1)
    dout(i, j, f, n) => dout(ceil(i / stride(1)), ceil(j / stride(2)), f, n)
    Between two neighbouring windows lie places at which no window begins: how much of dout
    belongs there?

The third entry of x_size is taken
    [x_size + 2 * padding, D, N] => [x_size([1 2]) + 2 * padding, x_size(3), N]
    x_size holds the height and the width: which array knows how many channels there are?

Only the last filter is kept
    for f = 1:F => for f = F
    Only the last filter sent its gradient back. Every filter read the input, so every one must.

Only the last image is kept
    for n = 1:N => for n = N
    All images but the last have no gradient: what becomes of theirs?
""",
)


QUESTIONS = (Q1, Q2, Q3, Q4, Q5, Q6, Q7)
