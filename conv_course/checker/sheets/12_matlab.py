"""Sheet of 12_matlab: the two layouts, the linear index, and windows that are counted from one."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers

sheet = Sheet("12_matlab")
SHAPES = [(2, 3, 4, 5), (3, 2, 5, 4), (1, 4, 2, 3), (4, 1, 3, 2), (2, 3, 1, 4), (3, 2, 4, 1)]

# --- q1: from Python's order to MATLAB's

q1 = sheet.function(
    "q1",
    "to_matlab",
    title="Python's order to MATLAB's",
    section="12-layouts",
    points=2,
    answered_by="to_matlab convert",
)


q1.solution('''
def to_matlab(x):
    """x (N, D, H, W) -> (H, W, D, N)."""
    return x.transpose(2, 3, 1, 0)
''')


@q1.cases
def _(rng):
    for shape in SHAPES:
        yield case(numbers(rng, *shape))
    yield case(numbers(rng, 2, 3, 6, 4), layout="view")
    yield case(numbers(rng, 3, 2, 4, 7), layout="F")


@q1.right
def _(x):
    return np.moveaxis(x, (2, 3, 1, 0), (0, 1, 2, 3))


@q1.right
def _(x):
    return np.einsum("ndhw->hwdn", x)


q1.slips("""
Reshaped, not reordered
    - return x.transpose(2, 3, 1, 0)
    + N, D, H, W = x.shape
    + return x.reshape(H, W, D, N)
    The shape is right. But which pixel stands at [0, 1, 0, 0] now, and which should?

All axes reversed
    transpose(2, 3, 1, 0) => transpose()
    Reversing the order of the axes puts W first. Which image axis does MATLAB name first?

Batch before channels
    1, 0) => 0, 1)
    The image axes come first, that is right. Which of D and N is last in MATLAB?

Channels last
    (2, 3, 1, 0) => (0, 2, 3, 1)
    That is TensorFlow's order, N x H x W x D. Where does MATLAB put the images of the batch?

The axes come out as W x H x N x D
    (2, 3, 1, 0) => (3, 2, 0, 1)
    Does a list of axes say which old axis comes to each place, or to which place each old axis goes?
""")

# --- q2: the position in MATLAB's memory

q2 = sheet.function("q2", "linear_index", title="the cell of a pixel", section="12-picture", points=2)


q2.solution('''
def linear_index(h, w, d, n, size):
    """The number of the cell, the first one being 1."""
    H, W, D, N = size
    return h + (w - 1) * H + (d - 1) * H * W + (n - 1) * H * W * D
''')


@q2.cases
def _(rng):
    yield case(1, 1, 1, 1, (3, 5, 2, 2))
    yield case(3, 4, 2, 1, (3, 5, 2, 1))
    for size in [(3, 5, 2, 4), (6, 4, 3, 2), (2, 7, 4, 3), (5, 3, 1, 6)]:
        subscripts = [int(rng.integers(1, count + 1)) for count in size]
        yield case(*subscripts, size)
        yield case(*size, size)


@q2.right
def _(h, w, d, n, size):
    return int(np.ravel_multi_index((h - 1, w - 1, d - 1, n - 1), size, order="F")) + 1


q2.slips("""
The last index runs fastest, as in Python
    - return h + (w - 1) * H + (d - 1) * H * W + (n - 1) * H * W * D
    + return n + (d - 1) * N + (w - 1) * N * D + (h - 1) * N * D * W
    In MATLAB's memory, which index changes from one cell to the next?

Within a channel, w runs fastest
    h + (w - 1) * H => w + (h - 1) * W
    Images and channels are right: within a channel, which of h and w changes from one cell to the next?

Counted from 0
    h + (w => h - 1 + (w
    The very first pixel, (1, 1, 1, 1), lies in cell 1. Where does yours lie?

The 1 is not taken off w, d and n
    (w - 1) => w
    (d - 1) => d
    (n - 1) => n
    The first column skips no column: how many whole columns lie before column w?

A step to the next column passes W cells, not H
    (w - 1) * H => (w - 1) * W
    A step to the next column passes one whole column. How many pixels has a column?
""")

# --- q3: a list of numbers that MATLAB wrote

q3 = sheet.function(
    "q3",
    "read_raw",
    title="numbers that MATLAB wrote",
    section="12-layouts",
    points=2,
    answered_by="from_matlab convert",
)


q3.solution('''
def read_raw(raw, H, W, D, N):
    """raw (H*W*D*N,), column-major -> (N, D, H, W)."""
    return raw.reshape((H, W, D, N), order="F").transpose(3, 2, 0, 1)
''')


@q3.cases
def _(rng):
    for N, D, H, W in SHAPES:
        yield case(numbers(rng, N * D * H * W), H, W, D, N)
    yield case(numbers(rng, 2 * 3 * 4 * 6), 4, 6, 3, 2, layout="view")


@q3.right
def _(raw, H, W, D, N):
    return raw.reshape(N, D, W, H).transpose(0, 1, 3, 2)


@q3.right
def _(raw, H, W, D, N):
    return np.array([[[[raw[h + H * (w + W * (d + D * n))] for w in range(W)] for h in range(H)]
                      for d in range(D)] for n in range(N)])  # fmt: skip


q3.slips("""
The numbers stand as if Python had written the list
    (H, W, D, N), order="F").transpose(3, 2, 0, 1) => N, D, H, W)
    MATLAB wrote one column after the other. Which of your steps lets rows and columns change places?

Read as H x W x D x N, with the last index fastest
    , order="F" =>
    MATLAB wrote the list of an H x W x D x N array: which of its four indices counts fastest there?

H and W swapped
    3, 2, 0, 1 => 3, 2, 1, 0
    Nearly: every image is transposed. Which image axis does N x D x H x W name last?

Left in MATLAB's order
    .transpose(3, 2, 0, 1) =>
    The numbers are in place for H x W x D x N: in which order are the axes asked for?
""")

# --- q4: the rows of a window

q4 = sheet.function(
    "q4",
    "window_rows",
    title="a window counted from 1",
    section="12-index",
    points=2,
)


q4.solution('''
def window_rows(i, kernel, stride):
    """(first row, last row), both counted from 1."""
    first = (i - 1) * stride + 1
    return first, first + kernel - 1
''')


@q4.cases
def _(rng):
    yield case(1, 3, 2)
    yield case(2, 3, 1)
    yield case(3, 3, 2)
    for kernel, stride in [(1, 1), (1, 3), (5, 2), (2, 3), (4, 4)]:
        yield case(int(rng.integers(2, 999)), kernel, stride)


@q4.right
def _(i, kernel, stride):
    rows = np.arange(1, kernel + 1) + (i - 1) * stride
    return rows[0], rows[-1]


q4.slips("""
One stride too late
    (i - 1) * stride => i * stride
    Window 1 begins at row 1. Where does yours begin?

Begins at i * stride
    (i - 1) * stride + 1 => i * stride
    Window 1 begins at row 1, whatever the stride is: where does yours begin with stride 2?

Rows counted from 0, as in Python
    stride + 1 => stride
    These rows are counted from 0: which number has the first row of the image here?

Python's slice: from i * stride to i * stride + kernel
    (i - 1) * stride + 1 => i * stride
    kernel - 1 => kernel
    Both are counted from 1 here, and the last row belongs to the window. Which rows does window 1 have?

Stride left out
    (i - 1) * stride + 1 => i
    Your windows lie one row apart. How far does the window travel from one output to the next?

One row too many
    kernel - 1 => kernel
    Count the rows from the first to the last, both included: are there as many as the kernel has?
""")

# --- q5: which windows see a row

q5 = sheet.function("q5", "windows_that_see", title="which windows see a row", section="12-index", points=2)


q5.solution('''
def windows_that_see(row, H, kernel, stride):
    """A one-dimensional array of output rows, counted from 1."""
    count = (H - kernel) // stride + 1
    windows = range(1, count + 1)
    return np.array([i for i in windows if (i - 1) * stride + 1 <= row <= (i - 1) * stride + kernel])
''')


@q5.cases
def _(rng):
    yield case(3, 8, 3, 2)
    yield case(1, 6, 3, 1)
    yield case(8, 8, 3, 2)  # left over
    yield case(2, 9, 1, 3)  # jumped over
    yield case(7, 7, 3, 2)  # seen by the last window alone
    yield case(10, 10, 2, 3)  # left over, where one more window would have begun
    for H, kernel, stride in [(9, 4, 1), (10, 5, 2), (11, 3, 3), (12, 7, 2)]:
        for row in (int(rng.integers(1, H + 1)), int(rng.integers(kernel, H - 1))):
            yield case(row, H, kernel, stride)


@q5.right
def _(row, H, kernel, stride):
    first = max(1, -(-(row - kernel) // stride) + 1)
    last = min((H - kernel) // stride + 1, (row - 1) // stride + 1)
    return np.arange(first, last + 1)


q5.slips("""
The rows where the windows begin
    [i for i => [(i - 1) * stride + 1 for i
    The windows themselves are counted: which number has the one that begins there?

True or False in place of the numbers
    - return np.array([i for i in windows if (i - 1) * stride + 1 <= row <= (i - 1) * stride + kernel])
    + return np.array([(i - 1) * stride + 1 <= row <= (i - 1) * stride + kernel for i in windows])
    You know of each window whether it sees the row: what are the numbers of those that do?

Windows that do not exist
    (1, count + 1) => (1, row + 1)
    The last window must end inside the image: how many windows are there in all?

Windows counted from 0
    [i for i => [i - 1 for i
    The window at the top is window 1: which number has it in yours?

Rows counted from 0
    stride + 1 <= row <= (i - 1) * stride + kernel => stride <= row < (i - 1) * stride + kernel
    Row 1 is the first row of the image. Which windows does your function give for it?

Stride left out
    if (i - 1) * stride + 1 <= row <= (i - 1) * stride + kernel => if i <= row <= i - 1 + kernel
    At which row does window i begin, if each window begins a stride below the one before?

The last window left out
    (1, count + 1) => (1, count)
    How many windows are there, and does the last one see the row?

Only (H - kernel + 1) // stride windows  [02-size]
    kernel) // stride + 1 => kernel + 1) // stride
    Seven rows, a kernel of 3 rows, stride 2: how many windows fit?
""")


# --- q6: find the slip

q6 = sheet.values(
    "q6",
    "python_slice",
    {"y(1)": 817.0, "stops at": 3, "runs through with": 8},
    title="a slice carried over from Python",
    section="12-index",
    parts={"y(1)": 1, "stops at": 1, "runs through with": 1},
)


q6.solution('''
def python_slice():
    """Three numbers."""
    first = 7 * 1 + 1 * 10 + 8 * 100
    stops = 3
    rows = 3 * 2 + 3 - 1
    # given
    return {"y(1)": first, "stops at": stops, "runs through with": rows}
''')


@q6.right
def _():
    def rows(i):
        return range(2 * i, 2 * i + 3)

    x, w = [4, 7, 1, 8, 3, 6, 2], [1, 10, 100]
    first = sum(x[row - 1] * tap for row, tap in zip(rows(1), w, strict=True))
    stops = next(i for i in range(1, 4) if max(rows(i)) > 7)
    through = next(H for H in range(7, 20) if max(rows((H - 3) // 2 + 1)) <= H)
    return first, stops, through


q6.ask("""
y(1)
    Which rows of x does the slice take in the first round, counted from 1?
stops at
    Which row is the last that the slice takes in each round, and how many rows does x have?
runs through with
    Which row is the last that the last round takes?
""")

q6.slips("""
y[0] of the loop in Python
    7 * 1 + 1 * 10 + 8 * 100 => 4 * 1 + 7 * 10 + 1 * 100
    With i = 1, which row of x does 2*i begin with, counted from 1?

The rows of the slice are counted from 0
    7 * 1 + 1 * 10 + 8 * 100 => 1 * 1 + 8 * 10 + 3 * 100
    MATLAB counts from 1: which number of x is x(2)?

w is flipped
    7 * 1 + 1 * 10 + 8 * 100 => 7 * 100 + 1 * 10 + 8 * 1
    Which entry of w does the first row of the window meet?

w is flipped, and the slice is that of y[0] in Python
    7 * 1 + 1 * 10 + 8 * 100 => 4 * 100 + 7 * 10 + 1 * 1
    With i = 1, which row of x does 2*i begin with, counted from 1, and which entry of w does it meet?

The end is left out, as in Python
    7 * 1 + 1 * 10 + 8 * 100 => 7 * 1 + 1 * 10
    In MATLAB a range holds its last number: how many rows does 2*i : 2*i + 2 take?

It never stops
    stops = 3 => stops = 0
    Which rows does the window of i = 3 ask for?

It stops one window too early
    stops = 3 => stops = 2
    Does x have the rows that the window of i = 2 asks for?

As many rows as the loop in Python reads
    rows = 3 * 2 + 3 - 1 => rows = 7
    In the last round, i = 3, with which row does the slice end?

One row too many
    rows = 3 * 2 + 3 - 1 => rows = 3 * 2 + 3
    The slice is 2 * i : 2 * i + 2. Where does it end for i = 3?
""")
