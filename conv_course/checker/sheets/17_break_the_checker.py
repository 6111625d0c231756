"""Sheet of 17_break_the_checker: the learner writes tests, and wrong layers try to survive them."""

import numpy as np

from conv_course.checker import wrong_layers
from conv_course.checker.questions import Code, Sheet
from conv_course.checker.slips import compiled, slips
from conv_lib import vectorized

sheet = Sheet(
    "17_break_the_checker",
    given="""
import numpy as np
from conv_course.checker.wrong_layers import FORWARD
from conv_lib import vectorized
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

q1.wrong("It trusts everything", REFUSE_ONE, lambda output_size: True)

q1.slips("""
Only stride 1
    8, 3, stride=2, padding=0) == 3 => 8, 3, stride=1, padding=1) == 8
    6, 3, stride=3, padding=2) == 3 => 6, 2, stride=1, padding=2) == 9
    - and output_size(9, 2, stride=4, padding=1) == 3
    - and output_size(10, 4, stride=5, padding=1) == 2
    At stride 1, which ways of rounding give different answers?

Nothing is left over
    7, 3, stride=1, padding=0) == 5 => 7, 3, stride=2, padding=0) == 3
    8, 3, stride=2, padding=0) == 3 => 7, 3, stride=2, padding=1) == 4
    6, 3, stride=3, padding=2) == 3 => 6, 3, stride=3, padding=0) == 2
    - and output_size(9, 2, stride=4, padding=1) == 3
    - and output_size(10, 4, stride=5, padding=1) == 2
    When the stride divides the room exactly, does it matter how the fraction is rounded?

No padding
    6, 3, stride=3, padding=2) == 3 => 7, 3, stride=1, padding=0) == 5
    9, 2, stride=4, padding=1) == 3 => 9, 2, stride=4, padding=0) == 2
    padding=1) == 2 => padding=0) == 2
    Which mistakes stay hidden while there is no padding at all?
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

q2.wrong("It trusts everything", REFUSE_ONE, lambda conv2d: True)

q2.slips(f"""
Only shapes are compared
    or not np.allclose(got, wanted) =>
    Does a layer of the right shape have the right numbers?

Only means are compared
    np.allclose(got, wanted) => np.allclose(got.mean(), wanted.mean())
    Which wrong outputs have the right mean? Compare element by element.

Square images at stride 1
{CASES}    + ((2, 3, 5, 5), (4, 3, 3, 3), 1, 1),
    If height and width changed places in your test case, could you tell?

Square images
{CASES}    + ((2, 3, 5, 5), (4, 3, 3, 3), 2, 1),
    If height and width changed places in your test case, could you tell? And is anything left over?

One image, one channel, one filter
    (2, 3, 7, 6), (4, 3, 2, 3) => (1, 1, 7, 6), (1, 1, 2, 3)
    (2, 2, 5, 8), (3, 2, 3, 2) => (1, 1, 5, 8), (1, 1, 3, 2)
    Which sums have only one term in your test case?

The bias is zero
    rng.standard_normal(w_shape[0]) => np.zeros(w_shape[0])
    Which mistakes with the bias show when the bias is zero?

No padding
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

q3.wrong("It trusts everything", REFUSE_ONE, lambda conv2d_backward: True)

q3.slips(f"""
Only shapes are compared
    or not np.allclose(one, right) =>
    Does a gradient of the right shape have the right numbers?

dout is made of ones
{CASES_3}    + ((2, 3, 5, 5), (4, 3, 3, 3), 1, 1),
    rng.standard_normal(vectorized => np.ones(vectorized
    Which mistakes cancel when every output has the same gradient?

Square images at stride 1
{CASES_3}    + ((2, 3, 5, 5), (4, 3, 3, 3), 1, 1),
    Which mistakes cannot show when the window never jumps and both axes are alike?

Square images
{CASES_3}    + ((2, 3, 5, 5), (4, 3, 3, 3), 2, 1),
    If height and width changed places in your test case, could you tell?

Only dx is compared
    zip(got, wanted) => zip(got[:1], wanted[:1])
    A backward pass gives three gradients: which do you look at?

db is not compared
    zip(got, wanted) => zip(got[:2], wanted[:2])
    A backward pass gives three gradients: which do you look at?

One image, one channel, one filter
    (2, 3, 7, 6), (4, 3, 2, 3) => (1, 1, 7, 6), (1, 1, 2, 3)
    (2, 2, 5, 8), (3, 2, 3, 2) => (1, 1, 5, 8), (1, 1, 3, 2)
    - ((2, 2, 6, 9), (3, 2, 3, 2), (1, 2), (0, 1)),
    Which sums have only one term in your test case?

No padding
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
)

q4.solution(COUNTING)

q4.slips("""
The killed are counted
    got.shape == wanted.shape and => not (got.shape == wanted.shape and
    np.allclose(got, wanted) => np.allclose(got, wanted))
    - continue
    + counts[name] += 1
    + continue
    Is a survivor a wrong layer that gave the right answer, or one that gave a wrong one?

A layer that stops counts as a survivor
    - continue
    + counts[name] += 1
    + continue
    A layer that stops has been found out: has it survived?

Only the shapes are compared
    and np.allclose(got, wanted) =>
    Does a layer of the right shape have the right numbers?
""")
