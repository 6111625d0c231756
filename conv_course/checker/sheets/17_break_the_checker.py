"""Sheet of 17_break_the_checker: the learner writes tests, and wrong layers try to survive them."""

import numpy as np

from conv_course.checker import wrong_layers
from conv_course.checker.questions import Code, Sheet
from conv_course.checker.slips import compiled, slips
from conv_lib import naive, vectorized

sheet = Sheet(
    "17_break_the_checker",
    given="""
import numpy as np
from conv_course.checker.wrong_layers import FORWARD, SUSPECTS
from conv_lib import naive, vectorized
""",
)


REFUSE_ONE = "Name one wrong layer that your test refuses."


def codes(edits, source):
    """Name -> `Code` of each wrong version of a function."""
    return {slip.name: Code(slip.source) for slip in slips(edits, source, hints=False)}


# --- q1: a test of the output size

SIZE = """
def output_size(H, k, *, stride=1, padding=0):
    return (H + 2 * padding - k) // stride + 1
"""

q1 = sheet.tests(
    "q1",
    "trust_size",
    title="a test of the output size",
    section="17-survivor",
    parts={"stride": 1, "padding": 1},
    right={
        "by the formula": Code(SIZE),
        "by counting": Code("""
            def output_size(H, k, *, stride=1, padding=0):
                return len(range(0, H + 2 * padding - k + 1, stride))
        """),
    },
    wrong=codes(
        """
stride: rounded up
    (H + 2 * padding - k) // stride => -(-(H + 2 * padding - k) // stride)

stride: rounded to the nearest
    (H + 2 * padding - k) // stride => round((H + 2 * padding - k) / stride)

stride: ignored
    // stride =>

stride: divides too early
    (H + 2 * padding - k) // stride => H // stride + 2 * padding - k

stride: one window too few
    - return (H + 2 * padding - k) // stride + 1
    + room = H + 2 * padding - k
    + return max(room // stride, 1) if stride > 1 else room + 1

padding: counted once
    2 * padding => padding

padding: left out
    + 2 * padding =>

padding: counted four times
    2 * padding => 4 * padding

padding: added after the division
    (H + 2 * padding - k) // stride => (H - k) // stride + 2 * padding

padding: stops at even kernels
    - return (H + 2 * padding - k) // stride + 1
    + assert k % 2, "the padding of an even kernel is not the same on both sides"
    + return (H + 2 * padding - k) // stride + 1
""",
        SIZE,
    ),
)

q1.solution('''
def trust_size(output_size):
    """True if output_size seems right."""
    return (
        output_size(7, 3, stride=1, padding=0) == 5
        and output_size(8, 3, stride=2, padding=0) == 3
        and output_size(6, 3, stride=3, padding=2) == 3
        and output_size(9, 2, stride=4, padding=1) == 3
        and output_size(10, 4, stride=5, padding=1) == 2
    )
''')

q1.wrong("It trusts all that it was given", REFUSE_ONE, lambda output_size: True)

q1.slips("""
Mistakes that do not show at stride 1 pass
    8, 3, stride=2, padding=0) == 3 => 8, 3, stride=1, padding=1) == 8
    6, 3, stride=3, padding=2) == 3 => 6, 2, stride=1, padding=2) == 9
    - and output_size(9, 2, stride=4, padding=1) == 3
    - and output_size(10, 4, stride=5, padding=1) == 2
    At stride 1, which ways of rounding give different answers?

Mistakes that do not show where nothing is left over pass
    7, 3, stride=1, padding=0) == 5 => 7, 3, stride=2, padding=0) == 3
    8, 3, stride=2, padding=0) == 3 => 7, 3, stride=2, padding=1) == 4
    6, 3, stride=3, padding=2) == 3 => 6, 3, stride=3, padding=0) == 2
    - and output_size(9, 2, stride=4, padding=1) == 3
    - and output_size(10, 4, stride=5, padding=1) == 2
    When the stride divides the room exactly, does it matter how the fraction is rounded?

Mistakes that do not show without padding pass
    6, 3, stride=3, padding=2) == 3 => 7, 3, stride=1, padding=0) == 5
    9, 2, stride=4, padding=1) == 3 => 9, 2, stride=4, padding=0) == 2
    padding=1) == 2 => padding=0) == 2
    Which mistakes stay hidden while there is no padding at all?

One that stops at even kernels passes
    9, 2, stride=4, padding=1) == 3 => 9, 3, stride=4, padding=1) == 3
    10, 4, stride=5, padding=1) == 2 => 11, 5, stride=5, padding=1) == 2
    An odd kernel has a pixel in its middle: which layers refuse one that has none?
""")

# --- q2: a test of the forward pass

AXES = ("start", "axes", "width", "height", "H' for both", "rounded", "padding", "edge", "order")
UPSIDE_DOWN = "the rows of the output in reverse order"
forward = codes(wrong_layers.FORWARD_EDITS, wrong_layers.FORWARD_SOURCE)
# its sum and its mean are right
forward |= codes(f"{UPSIDE_DOWN}\n    return y => return y[:, :, ::-1]", wrong_layers.FORWARD_SOURCE)

q2 = sheet.tests(
    "q2",
    "trust_forward",
    title="a test of the forward pass",
    section="17-adjoint",
    parts={"geometry": 2, "sums": 2},
    right={
        "with views": Code("""
            def layer(x, w, b=None, *, stride=1, padding=0):
                from conv_lib.vectorized import conv2d
                return conv2d(x, w, b, stride=stride, padding=padding)
        """),
        "tap by tap": Code(wrong_layers.FORWARD_SOURCE),
    },
    wrong={
        f"{'geometry' if any(word in name for word in AXES) else 'sums'}: {name}": code
        for name, code in forward.items()
    },
)

q2.solution('''
def trust_forward(conv2d):
    """True if conv2d seems right."""
    rng = np.random.default_rng(0)
    for x_shape, w_shape, stride, padding in [
        ((2, 3, 7, 6), (4, 3, 2, 3), (2, 1), (1, 2)),
        ((2, 2, 5, 8), (3, 2, 3, 2), (3, 2), ((2, 1), (0, 2))),
    ]:
        x, w, b = rng.standard_normal(x_shape), rng.standard_normal(w_shape), rng.standard_normal(w_shape[0])
        wanted = vectorized.conv2d(x, w, b, stride=stride, padding=padding)
        got = conv2d(x, w, b, stride=stride, padding=padding)
        if got.shape != wanted.shape or not np.allclose(got, wanted):
            return False
    return True
''')

CASES = """\
    - ((2, 3, 7, 6), (4, 3, 2, 3), (2, 1), (1, 2)),
    - ((2, 2, 5, 8), (3, 2, 3, 2), (3, 2), ((2, 1), (0, 2))),
"""

q2.wrong("It trusts all that it was given", REFUSE_ONE, lambda conv2d: True)

q2.slips(f"""
Wrong ones whose y has the right shape pass
    or not np.allclose(got, wanted) =>
    Does a layer of the right shape have the right numbers?

One with the rows of y in reverse order passes
    np.allclose(got, wanted) => np.allclose(got.mean(), wanted.mean())
    Which of the things that you compare change when the rows of y change places?

Mistakes that do not show on squares at stride 1 pass
{CASES}    + ((2, 3, 5, 5), (4, 3, 3, 3), 1, 1),
    If height and width changed places in your test case, could you tell?

Mistakes that do not show on squares pass
{CASES}    + ((2, 3, 5, 5), (4, 3, 3, 3), 2, 1),
    If height and width changed places in your test case, could you tell? And is anything left over?

Mistakes with images, channels and filters pass
    (2, 3, 7, 6), (4, 3, 2, 3) => (1, 1, 7, 6), (1, 1, 2, 3)
    (2, 2, 5, 8), (3, 2, 3, 2) => (1, 1, 5, 8), (1, 1, 3, 2)
    How many images, channels and filters has your test case, and which sums have only one term there?

Mistakes with the bias pass
    rng.standard_normal(w_shape[0]) => np.zeros(w_shape[0])
    Which mistakes with the bias show when it is zero, or when there is none?

Mistakes with the padding pass
    (2, 1), (1, 2)) => (2, 1), 0)
    (3, 2), ((2, 1), (0, 2)) => (1, 2), 0
    Which mistakes stay hidden while there is no padding at all?
""")

# --- q3: a test of the backward pass

# its sum is right
REVERSED = "dx: its rows in reverse order\n    return dx => return dx[:, :, ::-1]"

q3 = sheet.tests(
    "q3",
    "trust_backward",
    title="a test of the backward pass",
    section="17-adjoint",
    parts={"dx": 2, "dw": 1, "db": 1},
    right={
        "with views": Code("""
            def layer(dout, x, w, *, stride=1, padding=0):
                from conv_lib.vectorized import conv2d_backward
                return conv2d_backward(dout, x, w, stride=stride, padding=padding)
        """),
        "tap by tap": Code(wrong_layers.BACKWARD_SOURCE),
    },
    wrong=codes(
        f"{wrong_layers.BACKWARD_EDITS}\n{REVERSED}",
        wrong_layers.BACKWARD_SOURCE,
    ),
)

q3.solution('''
def trust_backward(conv2d_backward):
    """True if conv2d_backward seems right."""
    rng = np.random.default_rng(0)
    for x_shape, w_shape, stride, padding in [
        ((2, 3, 7, 6), (4, 3, 2, 3), (2, 1), (1, 2)),
        ((2, 2, 5, 8), (3, 2, 3, 2), (3, 2), ((2, 1), (0, 2))),
        ((2, 2, 6, 9), (3, 2, 3, 2), (1, 2), (0, 1)),
    ]:
        x, w = rng.standard_normal(x_shape), rng.standard_normal(w_shape)
        dout = rng.standard_normal(vectorized.conv2d(x, w, stride=stride, padding=padding).shape)
        wanted = vectorized.conv2d_backward(dout, x, w, stride=stride, padding=padding)
        got = conv2d_backward(dout, x, w, stride=stride, padding=padding)
        for one, right in zip(got, wanted):
            if one.shape != right.shape or not np.allclose(one, right):
                return False
    return True
''')


@q3.right
def _(conv2d_backward):
    rng = np.random.default_rng(3)
    for x_shape, w_shape, stride, padding in [
        ((2, 3, 7, 6), (4, 3, 2, 3), (2, 1), (1, 2)),
        ((2, 2, 6, 9), (3, 2, 3, 2), (1, 2), (0, 1)),
        ((2, 2, 8, 5), (3, 2, 3, 2), (3, 2), ((2, 1), (0, 2))),
    ]:
        x, w = rng.standard_normal(x_shape), rng.standard_normal(w_shape)
        x2, w2, b2 = rng.standard_normal(x_shape), rng.standard_normal(w_shape), rng.standard_normal(len(w))
        how = {"stride": stride, "padding": padding}
        y = vectorized.conv2d(x2, w, **how)
        dout = rng.standard_normal(y.shape)
        dx, dw, db = conv2d_backward(dout, x, w, **how)
        if dx.shape != x.shape or dw.shape != w.shape or db.shape != b2.shape:
            return False
        both = [
            (np.vdot(y, dout), np.vdot(x2, dx)),
            (np.vdot(vectorized.conv2d(x, w2, **how), dout), np.vdot(w2, dw)),
            (np.vdot(np.broadcast_to(b2[:, None, None], y.shape), dout), np.vdot(b2, db)),
        ]
        if not all(np.isclose(left, right) for left, right in both):
            return False
    return True


CASES_3 = CASES + "    - ((2, 2, 6, 9), (3, 2, 3, 2), (1, 2), (0, 1)),\n"

q3.wrong("It trusts all that it was given", REFUSE_ONE, lambda conv2d_backward: True)

q3.slips(f"""
Wrong ones whose gradients have the right shapes pass
    or not np.allclose(one, right) =>
    Does a gradient of the right shape have the right numbers?

One whose db ignores dout passes, and wrong strides too
{CASES_3}    + ((2, 3, 5, 5), (4, 3, 3, 3), 1, 1),
    rng.standard_normal(vectorized => np.ones(vectorized
    Which mistakes cancel when every output has the same gradient, and which are none at stride 1?

One whose db ignores dout passes
    rng.standard_normal(vectorized => np.ones(vectorized
    Which mistakes cancel when every output has the same gradient?

Mistakes that do not show on squares at stride 1 pass
{CASES_3}    + ((2, 3, 5, 5), (4, 3, 3, 3), 1, 1),
    Which mistakes cannot show when the window never jumps and both axes are alike?

Mistakes that do not show on squares pass
{CASES_3}    + ((2, 3, 5, 5), (4, 3, 3, 3), 2, 1),
    If height and width changed places in your test case, could you tell?

Mistakes in dw and db pass
    zip(got, wanted) => zip(got[:1], wanted[:1])
    A backward pass gives three gradients: which do you look at?

Mistakes in db pass
    zip(got, wanted) => zip(got[:2], wanted[:2])
    A backward pass gives three gradients: which do you look at?

Mistakes with images and filters pass
    (2, 3, 7, 6), (4, 3, 2, 3) => (1, 1, 7, 6), (1, 1, 2, 3)
    (2, 2, 5, 8), (3, 2, 3, 2) => (1, 1, 5, 8), (1, 1, 3, 2)
    - ((2, 2, 6, 9), (3, 2, 3, 2), (1, 2), (0, 1)),
    How many images and filters has your test case, and which sums have only one term there?

Mistakes with the padding pass
    (2, 1), (1, 2)) => (2, 1), 0)
    (3, 2), ((2, 1), (0, 2)) => (3, 2), 0
    (1, 2), (0, 1) => (1, 2), 0
    Which mistakes stay hidden while there is no padding at all?
""")

# --- q4: count the survivors

COUNTING = '''
def count_survivors():
    """{"square, stride 1": ..., "square, stride 2": ..., "unequal": ...}"""
    rng = np.random.default_rng(0)
    counts = {}
    for name, x_shape, w_shape, stride, padding in [
        ("square, stride 1", (2, 3, 5, 5), (4, 3, 3, 3), 1, 1),
        ("square, stride 2", (2, 3, 5, 5), (4, 3, 3, 3), 2, 1),
        ("unequal", (2, 3, 7, 6), (4, 3, 2, 3), (2, 1), (1, 2)),
    ]:
        x, w, b = rng.standard_normal(x_shape), rng.standard_normal(w_shape), rng.standard_normal(w_shape[0])
        wanted = vectorized.conv2d(x, w, b, stride=stride, padding=padding)
        counts[name] = 0
        for layer in FORWARD.values():
            try:
                got = layer(x, w, b, stride=stride, padding=padding)
            except (ValueError, IndexError):
                continue
            counts[name] += got.shape == wanted.shape and np.allclose(got, wanted)
    return counts
'''

q4 = sheet.values(
    "q4",
    "count_survivors",
    compiled(COUNTING, "count_survivors", sheet.names)(),
    title="count the survivors",
    section="17-matrix",
    points=3,
    together=True,
)

q4.solution(COUNTING)

q4.ask("""
square, stride 1 | square, stride 2 | unequal
    Does a layer stop, has its y another shape, or other numbers: what do you count in each case?
""")

q4.slips("""
Mistakes with the bias are not seen
    rng.standard_normal(w_shape[0]) => np.zeros(w_shape[0])
    Some of the wrong layers mistake the bias: can that show where it is zero, or where there is none?

All pixels are alike
    rng.standard_normal(x_shape) => np.ones(x_shape)
    When all pixels are alike, does it show which one a weight met?

All weights are alike
    rng.standard_normal(w_shape), => np.ones(w_shape),
    When all weights are alike, does it show which one met a pixel?

Only sums or means are compared
    np.allclose(got, wanted) => np.allclose(got.sum(), wanted.sum())
    Which wrong outputs have the right sum?

The killed are counted
    got.shape == wanted.shape and => not (got.shape == wanted.shape and
    np.allclose(got, wanted) => np.allclose(got, wanted))
    - continue
    + counts[name] += 1
    + continue
    or
    got.shape == wanted.shape and => not (got.shape == wanted.shape and
    np.allclose(got, wanted) => np.allclose(got, wanted))
    Is a survivor a wrong layer that gave the right answer, or one that gave a wrong one?

A layer that stops survives, or the last kernel is square
    - continue
    + counts[name] += 1
    + continue
    A layer that stops has been found out: does yours survive? And are the kernel's two lengths unequal?

Another shape counts as a survivor
    got.shape == wanted.shape and np.allclose => got.shape != wanted.shape or np.allclose
    A layer whose y has another shape has been found out: has it survived?

Another shape counts as a survivor, and so does a stop
    got.shape == wanted.shape and np.allclose => got.shape != wanted.shape or np.allclose
    - continue
    + counts[name] += 1
    + continue
    Is a layer that stops, or whose y has another shape, found out?

Only the shapes are compared
    and np.allclose(got, wanted) =>
    Does a layer of the right shape have the right numbers?

Only shapes are compared, and stops count as survivors
    and np.allclose(got, wanted) =>
    - continue
    + counts[name] += 1
    + continue
    Does a layer of the right shape have the right numbers, and has one that stops survived?

Only sums or means compared, stops count as survivors
    np.allclose(got, wanted) => np.allclose(got.sum(), wanted.sum())
    - continue
    + counts[name] += 1
    + continue
    Which wrong outputs have the right sum, and has a layer that stops survived?
""")

# --- q5: from symptoms to a cause

q5 = sheet.values(
    "q5",
    "diagnose",
    wrong_layers.SUSPECT_NAMES,
    title="five suspects",
    section="17-search",
    parts=dict.fromkeys(wrong_layers.SUSPECT_NAMES, 1),
)

q5.solution('''
def diagnose():
    """{"A": ..., "B": ..., "C": ..., "D": ..., "E": ...}, names as in FORWARD."""
    return {
        "A": "width counted by the kernel's height",
        "B": "kernel flipped on one axis",
        "C": "padding taken for the total",
        "D": "only the last filter",
        "E": "stride and padding of the axes swapped",
    }
''')


@q5.right
def _():
    rng = np.random.default_rng(3)
    x, w, b = rng.standard_normal((2, 3, 7, 6)), rng.standard_normal((4, 3, 2, 3)), rng.standard_normal(4)
    how = {"stride": (2, 1), "padding": (1, 2)}

    def result(layer):
        try:
            return layer(x, w, b, **how).round(9).tolist()
        except (ValueError, IndexError) as error:
            return str(error)

    said = {name: result(layer) for name, layer in wrong_layers.FORWARD.items()}
    return {
        letter: next(name for name, words in said.items() if words == result(layer))
        for letter, layer in wrong_layers.SUSPECTS.items()
    }


q5.ask("""
A | B | C | D | E
    On which inputs does it differ from the right layer, and which name explains all of these and no others?
""")

q5.slips("""
Taken for "H' for both"
    width counted by the kernel's height => H' for both
    Keep the kernel square and let only the image be wide: is the layer still wrong?

Taken for "kernel flipped"
    kernel flipped on one axis => kernel flipped
    Lay a kernel of one row over the image, then one of one column: are both wrong?

Taken for "kernel transposed"
    kernel flipped on one axis => kernel transposed
    Give it a kernel of one column: what shape would y have with the axes of w exchanged?

Taken for "no padding"
    padding taken for the total => no padding
    How much wider is y with padding 2 than with padding 0?

Taken for "all padding at the start"
    padding taken for the total => all padding at the start
    Has y the right shape?

Taken for "only the first image"
    only the last filter => only the first image
    Which of its outputs are equal: those of two images, or those of two filters?

Taken for "b[0] for all filters"
    only the last filter => b[0] for all filters
    Set the bias to zero: is the layer right then?

Taken for "height's stride and padding for both"
    stride and padding of the axes swapped => height's stride and padding for both
    At stride (2, 1), which side of y is too short, and is the other one too long?
""")

# --- q6: the smallest cases

MOST_X, MOST_W = 4, 2
BUDGET = f"""\
def conv2d(x, w, b=None, *, stride=1, padding=0):
    if x.size > {MOST_X} or w.size > {MOST_W}:
        raise ValueError(f"x has {{x.size}} numbers, w {{w.size}}; allowed are {MOST_X} and {MOST_W}")
"""


def within_budget(code):
    """The same layer, which refuses larger arrays."""
    return Code(BUDGET + code.source.split("\n", 1)[1])


SMALL = {
    "order": ("kernel flipped", "channels flipped too", "only the first channel", "only the last filter"),
    "stride": (
        "window start not times stride",
        "stride and padding of the axes swapped",
        "height's stride and padding for both",
        "size rounded up",
    ),
    "padding": ("all padding at the start", "padding taken for the total", "edge pixels repeated as padding"),
}

q6 = sheet.tests(
    "q6",
    "trust_tiny",
    title="the smallest cases",
    section="17-search",
    parts={"order": 1, "stride": 1, "padding": 1},
    right={"tap by tap": within_budget(Code(wrong_layers.FORWARD_SOURCE))},
    wrong={
        f"{part}: {name}": within_budget(forward[name]) for part, names in SMALL.items() for name in names
    },
)

q6.solution('''
def trust_tiny(conv2d):
    """True if conv2d seems right; no x of more than 4 numbers, no w of more than 2."""
    x, w = np.array([1.0, 10, 100, 1000]), np.array([2.0, 3])
    for x_shape, w_shape, stride, padding in [
        ((1, 1, 1, 4), (1, 1, 1, 2), (1, 2), 0),
        ((1, 1, 4, 1), (1, 1, 2, 1), (3, 1), 0),
        ((2, 2, 1, 1), (1, 2, 1, 1), 1, 0),
        ((1, 1, 2, 2), (2, 1, 1, 1), 1, (0, 1)),
    ]:
        wanted = vectorized.conv2d(x.reshape(x_shape), w.reshape(w_shape), stride=stride, padding=padding)
        got = conv2d(x.reshape(x_shape), w.reshape(w_shape), stride=stride, padding=padding)
        if got.shape != wanted.shape or not np.allclose(got, wanted):
            return False
    return True
''')

q6.wrong("It trusts all that it was given", REFUSE_ONE, lambda conv2d: True)

q6.slips("""
x has more numbers than are allowed
    np.array([1.0, 10, 100, 1000]) => np.array([1.0, 10, 100, 1000, 5, 7, 2, 9])
    (1, 1, 1, 4) => (1, 1, 1, 8)
    (1, 1, 4, 1) => (1, 1, 8, 1)
    (2, 2, 1, 1) => (4, 2, 1, 1)
    (1, 1, 2, 2) => (1, 1, 4, 2)
    With more than four numbers in x every layer stops, the right one too: with how many can you do?

Wrong ones whose numbers changed places pass
    np.array([1.0, 10, 100, 1000]), np.array([2.0, 3]) => np.ones(4), np.ones(2)
    If two numbers changed places in your case, could you tell?

One whose size is rounded up passes
    (3, 1), 0) => 1, 0)
    In which cases does rounding up give another size than rounding down, and is one of yours such a case?

Mistakes with the padding pass
    (2, 1, 1, 1), 1, (0, 1)) => (2, 1, 1, 1), 1, 0)
    Which mistakes stay hidden while there is no padding at all?

Mistakes with channels and filters pass
    ((2, 2, 1, 1), (1, 2, 1, 1), 1, 0) => ((1, 1, 1, 4), (1, 1, 1, 2), 1, 0)
    (1, 1, 2, 2), (2, 1, 1, 1) => (1, 1, 2, 2), (1, 1, 1, 2)
    With four numbers you may have two images of two channels: what would that show?
""")

# --- q7: three bugs of the casebook

POOL = """
def max_pool2d_backward(dout, x, kernel, *, stride, padding=0):
    import numpy as np

    (kH, kW), (sH, sW) = kernel, stride
    edges = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    xpad = np.pad(x, edges, constant_values=-np.inf)
    dxpad = np.zeros(xpad.shape)
    for n, d, i, j in np.ndindex(dout.shape):
        window = xpad[n, d, i * sH : i * sH + kH, j * sW : j * sW + kW]
        u, v = divmod(window.argmax(), window.shape[1])
        dxpad[n, d, i * sH + u, j * sW + v] += dout[n, d, i, j]
    return dxpad[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
"""

q7 = sheet.tests(
    "q7",
    "trust_pooling",
    title="three bugs of the casebook",
    section="17-adjoint",
    parts={"overlap": 1, "ties": 1, "leftover": 1},
    right={
        "winner by winner": Code(POOL),
        "the layer of chapter 15": Code("""
            def layer(dout, x, kernel, *, stride, padding=0):
                from conv_lib.naive import max_pool2d_backward
                return max_pool2d_backward(dout, x, kernel, stride=stride, padding=padding)
        """),
    },
    wrong=codes(
        """
overlap: assigned, not added
    += dout => = dout

overlap: the larger of two payments
    - dxpad[n, d, i * sH + u, j * sW + v] += dout[n, d, i, j]
    + at = n, d, i * sH + u, j * sW + v
    + dxpad[at] = max(dxpad[at], dout[n, d, i, j], key=abs)

ties: every one paid in full
    - u, v = divmod(window.argmax(), window.shape[1])
    - dxpad[n, d, i * sH + u, j * sW + v] += dout[n, d, i, j]
    + for u, v in np.argwhere(window == window.max()):
    +     dxpad[n, d, i * sH + u, j * sW + v] += dout[n, d, i, j]

ties: the last one wins
    window.argmax() => window.size - 1 - window[::-1, ::-1].argmax()

ties: the first in column order wins
    u, v = divmod(window.argmax(), window.shape[1]) => v, u = divmod(window.T.argmax(), window.shape[0])

leftover: not in dx
    - return dxpad[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    + rows, columns = (dout.shape[2] - 1) * sH + kH - padding, (dout.shape[3] - 1) * sW + kW - padding
    + return dxpad[:, :, padding:rows, padding:columns]

leftover: the width's computed from the height
    - return dxpad[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    + width = (dout.shape[3] - 1) * sW + kW + (xpad.shape[2] - kH) % sH - padding
    + return dxpad[:, :, padding : padding + x.shape[2], padding:width]
""",
        POOL,
    ),
)

q7.solution('''
def trust_pooling(max_pool2d_backward):
    """True if max_pool2d_backward seems right."""
    x = np.array(
        [
            [[1.0, 2, 3, 4], [0, 3, 1, 2], [2, 9, 5, 0], [4, 1, 0, 3], [3, 6, 2, 1], [5, 0, 8, 2]],
            [[0, 5, 3, 6], [5, 4, 7, 1], [1, 2, 0, 3], [2, 6, 1, 4], [8, 3, 5, 0], [4, 7, 2, 9]],
        ]
    )[None]
    dout = np.array([[[2.0], [7]], [[-4], [11]]])[None]
    wanted = np.zeros(x.shape)
    wanted[0, 0, 2, 1] = 2 + 7
    wanted[0, 1, 0, 1], wanted[0, 1, 4, 0] = -4, 11
    got = max_pool2d_backward(dout, x, (3, 2), stride=(2, 3))
    return got.shape == wanted.shape and np.allclose(got, wanted)
''')

q7.wrong("It trusts all that it was given", REFUSE_ONE, lambda max_pool2d_backward: True)

q7.slips("""
Mistakes with a pixel that wins twice pass
    [2, 9, 5, 0] => [2, 1, 5, 0]
    wanted[0, 0, 2, 1] = 2 + 7 => wanted[0, 0, 1, 1], wanted[0, 0, 4, 1] = 2, 7
    What would have to happen in your case for a pixel to be paid twice?

Mistakes with equal pixels pass
    [5, 4, 7, 1] => [3, 4, 7, 1]
    Which mistakes show only when a window has two largest pixels?

Mistakes with pixels left over pass
    (dout, x, (3, 2), stride=(2, 3)) => (dout, x[:, :, :5, :2], (3, 2), stride=(2, 3))
    np.zeros(x.shape) => np.zeros((1, 2, 5, 2))
    Which pixels does no window of your case reach?

Those that pay another of the equal pixels pass
    np.allclose(got, wanted) => np.isclose(got.sum(), wanted.sum())
    When another of two equal pixels gets the gradient, does anything that you compare change?
""")


@q7.right
def _(max_pool2d_backward):
    rng = np.random.default_rng(0)
    for shape, kernel, stride in [((2, 3, 8, 7), (3, 2), (2, 3)), ((1, 2, 7, 9), (2, 3), (3, 1))]:
        x = rng.integers(0, 4, shape).astype(float)
        dout = rng.standard_normal(naive.max_pool2d(x, kernel, stride=stride).shape)
        got = max_pool2d_backward(dout, x, kernel, stride=stride)
        wanted = naive.max_pool2d_backward(dout, x, kernel, stride=stride)
        if got.shape != wanted.shape or not np.allclose(got, wanted):
            return False
    return True
