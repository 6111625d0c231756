"""Sheet of 12_matlab: the two layouts, the linear index, and windows that are counted from one."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_lib import layouts

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


@q1.reference
def to_matlab(x):
    return layouts.to_matlab(x)


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


@q1.wrong(
    "Reshaped, not reordered",
    "The shape is right. But which pixel stands at [0, 1, 0, 0] now, and which should?",
)
def _(x):
    N, D, H, W = x.shape
    return x.reshape(H, W, D, N)


@q1.wrong(
    "All axes reversed",
    "Reversing the order of the axes puts W first. Which image axis does MATLAB name first?",
)
def _(x):
    return x.transpose()


@q1.wrong(
    "Batch before channels", "The image axes come first, that is right. Which of D and N is last in MATLAB?"
)
def _(x):
    return x.transpose(2, 3, 0, 1)


@q1.wrong(
    "Channels last",
    "That is TensorFlow's order, N x H x W x D. Where does MATLAB put the images of the batch?",
)
def _(x):
    return layouts.to_channels_last(x)


@q1.wrong(
    "Permutation read backwards",
    "transpose lists where each new axis comes from, not where each old one goes.",
)
def _(x):
    return x.transpose(3, 2, 0, 1)


# --- q2: the position in MATLAB's memory

q2 = sheet.function("q2", "linear_index", title="the cell of a pixel", section="12-picture", points=2)


@q2.reference
def linear_index(h, w, d, n, size):
    H, W, D, _ = size
    return h + (w - 1) * H + (d - 1) * H * W + (n - 1) * H * W * D


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


@q2.wrong(
    "Row-major",
    "You walk along the rows. In MATLAB's memory, which index must change to come to the next cell?",
)
def _(h, w, d, n, size):
    return int(np.ravel_multi_index((h - 1, w - 1, d - 1, n - 1), size)) + 1


@q2.wrong(
    "Rows along, then Python's order",
    "Images and channels are right; within a channel MATLAB goes down the columns.",
)
def _(h, w, d, n, size):
    H, W, D, _ = size
    return w + (h - 1) * W + (d - 1) * H * W + (n - 1) * H * W * D


@q2.wrong("Counted from 0", "The very first pixel, (1, 1, 1, 1), lies in cell 1. Where does yours lie?")
def _(h, w, d, n, size):
    return int(np.ravel_multi_index((h - 1, w - 1, d - 1, n - 1), size, order="F"))


@q2.wrong(
    "Subscripts not reduced by one",
    "The first column skips no column: how many whole columns lie before column w?",
)
def _(h, w, d, n, size):
    H, W, D, _ = size
    return h + w * H + d * H * W + n * H * W * D


@q2.wrong(
    "Steps of the wrong sizes",
    "A step to the next column passes one whole column. How many pixels has a column?",
)
def _(h, w, d, n, size):
    H, W, D, _ = size
    return h + (w - 1) * W + (d - 1) * H * W + (n - 1) * H * W * D


# --- q3: a list of numbers that MATLAB wrote

q3 = sheet.function(
    "q3",
    "read_raw",
    title="numbers that MATLAB wrote",
    section="12-layouts",
    points=2,
    answered_by="from_matlab convert",
)


@q3.reference
def read_raw(raw, H, W, D, N):
    return layouts.from_matlab(raw.reshape((H, W, D, N), order="F"))


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


@q3.wrong(
    "Read as if Python had written it", "MATLAB wrote down the columns. Which axis runs fastest in the list?"
)
def _(raw, H, W, D, N):
    return raw.reshape(N, D, H, W)


@q3.wrong(
    "Reshaped row by row, then reordered",
    "The axes are put in order, but the list was cut up as row-major first.",
)
def _(raw, H, W, D, N):
    return raw.reshape(H, W, D, N).transpose(3, 2, 0, 1)


@q3.wrong(
    "H and W swapped", "Nearly: every image is transposed. Which image axis does N x D x H x W name last?"
)
def _(raw, H, W, D, N):
    return raw.reshape(N, D, W, H)


@q3.wrong(
    "Left in MATLAB's order",
    "The numbers are in place for H x W x D x N. Now bring the axes into Python's order.",
)
def _(raw, H, W, D, N):
    return raw.reshape((H, W, D, N), order="F")


# --- q4: the rows of a window

q4 = sheet.function(
    "q4",
    "window_rows",
    title="a window counted from 1",
    section="12-index",
    points=2,
)


@q4.reference
def window_rows(i, kernel, stride):
    return (i - 1) * stride + 1, (i - 1) * stride + kernel


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


@q4.wrong("One stride too late", "Window 1 begins at row 1. Where does yours begin?")
def _(i, kernel, stride):
    return i * stride + 1, i * stride + kernel


@q4.wrong(
    "Begins at i * stride", "Window 1 begins at row 1, whatever the stride is. Try yours with stride 2."
)
def _(i, kernel, stride):
    return i * stride, i * stride + kernel - 1


@q4.wrong("Python's rows", "These rows are counted from 0. The first row of the image is row 1 here.")
def _(i, kernel, stride):
    return (i - 1) * stride, (i - 1) * stride + kernel - 1


@q4.wrong(
    "Stride left out",
    "Your windows lie one row apart. How far does the window travel from one output to the next?",
)
def _(i, kernel, stride):
    return i, i + kernel - 1


@q4.wrong(
    "One row too many",
    "Count the rows from the first to the last, both included: are there as many as the kernel has?",
)
def _(i, kernel, stride):
    return (i - 1) * stride + 1, (i - 1) * stride + 1 + kernel


# --- q5: which windows see a row

q5 = sheet.function("q5", "windows_that_see", title="which windows see a row", section="12-index", points=2)


@q5.reference
def windows_that_see(row, H, kernel, stride):
    count = (H - kernel) // stride + 1
    return np.array([i for i in range(1, count + 1) if (i - 1) * stride < row <= (i - 1) * stride + kernel])


@q5.cases
def _(rng):
    yield case(3, 8, 3, 2)
    yield case(1, 6, 3, 1)
    yield case(8, 8, 3, 2)  # left over
    yield case(2, 9, 1, 3)  # jumped over
    yield case(10, 10, 2, 3)  # left over, where one more window would have begun
    for H, kernel, stride in [(9, 4, 1), (10, 5, 2), (11, 3, 3), (12, 7, 2)]:
        for row in (int(rng.integers(1, H + 1)), int(rng.integers(kernel, H - 1))):
            yield case(row, H, kernel, stride)


@q5.right
def _(row, H, kernel, stride):
    first = max(1, -(-(row - kernel) // stride) + 1)
    last = min((H - kernel) // stride + 1, (row - 1) // stride + 1)
    return np.arange(first, last + 1)


@q5.wrong(
    "Windows that do not exist",
    "The last window must end inside the image: how many windows are there in all?",
)
def _(row, H, kernel, stride):
    return np.array([i for i in range(1, row + 1) if (i - 1) * stride < row <= (i - 1) * stride + kernel])


@q5.wrong("Windows counted from 0", "The window at the top is window 1.")
def _(row, H, kernel, stride):
    return windows_that_see(row, H, kernel, stride) - 1


@q5.wrong(
    "Rows counted from 0",
    "Row 1 is the first row of the image. Which windows does your function give for it?",
)
def _(row, H, kernel, stride):
    count = (H - kernel) // stride + 1
    return np.array([i for i in range(1, count + 1) if (i - 1) * stride <= row < (i - 1) * stride + kernel])


@q5.wrong("Stride left out", "Window i begins (i - 1) times the stride below the top, not i - 1.")
def _(row, H, kernel, stride):
    count = (H - kernel) // stride + 1
    return np.array([i for i in range(1, count + 1) if i - 1 < row <= i - 1 + kernel])


@q5.wrong("The last window left out", "Is the last window among those that you ask?")
def _(row, H, kernel, stride):
    found = windows_that_see(row, H, kernel, stride)
    return found[found < (H - kernel) // stride + 1]
