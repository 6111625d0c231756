"""Sheet of 17_break_the_checker: the learner writes tests, and wrong layers try to survive them."""

import numpy as np

from conv_course.checker.questions import Code, Sheet
from conv_course.checker.sheets.mistakes_2d import BACKWARD, FORWARD
from conv_lib import sizes, vectorized

sheet = Sheet("17_break_the_checker")

# --- q1: a test of the output size

_SIZE = """
def output_size(H, k, *, stride=1, padding=0):
    import math

    room = H + {total} - k
    return {value}
"""


def _size(value="room // stride + 1", total="2 * padding"):
    return Code(_SIZE.format(total=total, value=value))


q1 = sheet.tests(
    "q1",
    "trust_size",
    title="a test of the size",
    section="17-survivor",
    parts={"stride": 1, "padding": 1},
    right={
        "by the formula": _size(),
        "by counting": Code(
            "def output_size(H, k, *, stride=1, padding=0):\n"
            "    return len(range(0, H + 2 * padding - k + 1, stride))"
        ),
    },
    wrong={
        "stride: rounded up": _size("math.ceil(room / stride) + 1"),
        "stride: rounded to the nearest": _size("round(room / stride) + 1"),
        "stride: ignored": _size("room + 1"),
        "stride: divides too early": _size("H // stride + 2 * padding - k + 1"),
        "stride: one window too few": _size("max(room // stride, 1) if stride > 1 else room + 1"),
        "padding: counted once": _size(total="padding"),
        "padding: left out": _size(total="0"),
        "padding: counted four times": _size(total="4 * padding"),
        "padding: added after the division": _size("(H - k) // stride + 2 * padding + 1"),
    },
)


def _size_test(cases):
    def trust(output_size):
        return all(
            output_size(H, k, stride=S, padding=P) == sizes.output_size(H, k, S, P) for H, k, S, P in cases
        )

    return trust


q1.right(_size_test([(7, 3, 1, 0), (8, 3, 2, 0), (9, 2, 4, 1), (6, 3, 3, 2), (10, 4, 5, 1)]))
for _name, _hint, _test in [
    ("It trusts everything", "Name one wrong layer that your test refuses.", lambda size: True),
    (
        "Only stride 1",
        "At stride 1, which ways of rounding give different answers?",
        _size_test([(7, 3, 1, 0), (8, 3, 1, 1), (6, 2, 1, 2)]),
    ),
    (
        "Nothing is left over",
        "When the stride divides the room exactly, does it matter how the fraction is rounded?",
        _size_test([(7, 3, 2, 0), (7, 3, 2, 1), (6, 3, 3, 0)]),
    ),
    (
        "No padding",
        "Which mistakes stay hidden while there is no padding at all?",
        _size_test([(7, 3, 1, 0), (8, 3, 2, 0), (9, 2, 4, 0), (10, 4, 5, 0)]),
    ),
]:
    q1.wrong(_name, _hint, _test)

# --- q2: a test of the forward pass


def _from(table, name, signature, call):
    """One of the wrong layers as text that can travel to another process."""
    module = "conv_course.checker.sheets.mistakes_2d"
    return Code(
        f"def layer({signature}):\n    from {module} import {table}\n    return {table}[{name!r}]({call})"
    )


_FORWARD = "x, w, b=None, *, stride=1, padding=0", "x, w, b, stride=stride, padding=padding"
_BACKWARD = "dout, x, w, *, stride=1, padding=0", "dout, x, w, stride=stride, padding=padding"
_AXES = ("stride", "axes", "width", "height", "H' for both", "rounded", "padding", "edge")

q2 = sheet.tests(
    "q2",
    "trust_forward",
    title="a test of the forward pass",
    section="17-adjoint",
    parts={"geometry": 2, "sums": 2},
    right={
        "with views": Code(
            "def layer(x, w, b=None, *, stride=1, padding=0):\n"
            "    from conv_lib.vectorized import conv2d\n"
            "    return conv2d(x, w, b, stride=stride, padding=padding)"
        ),
        "tap by tap": _from("RIGHT", "forward", *_FORWARD),
    },
    wrong={
        f"{'geometry' if any(word in name for word in _AXES) else 'sums'}: {name}": _from(
            "FORWARD", name, *_FORWARD
        )
        for name in FORWARD
    },
)

UNEQUAL = [  # x, w, stride, padding
    ((2, 3, 7, 6), (4, 3, 2, 3), (2, 1), (1, 2)),
    ((2, 2, 6, 9), (3, 2, 3, 2), (1, 2), (0, 1)),
    ((2, 2, 8, 5), (3, 2, 3, 2), (3, 2), ((2, 1), (0, 2))),
]
SQUARE_1 = [((2, 3, 5, 5), (4, 3, 3, 3), 1, 1)]
SQUARE_2 = [((2, 3, 5, 5), (4, 3, 3, 3), 2, 1)]
ALONE = [((1, 1, 7, 6), (1, 1, 2, 3), (2, 1), (1, 2)), ((1, 1, 8, 5), (1, 1, 3, 2), (3, 2), ((2, 1), (0, 2)))]
UNPADDED = [((2, 3, 7, 6), (4, 3, 2, 3), (2, 1), 0), ((2, 2, 6, 9), (3, 2, 3, 2), (1, 2), 0)]


def _tensors(x, w):
    rng = np.random.default_rng(17)
    return rng.standard_normal(x), rng.standard_normal(w), rng.standard_normal(w[0])


def _close(a, b):
    """As np.allclose, in a tenth of its time: a check compares some thousand pairs."""
    return np.shape(a) == np.shape(b) and bool((np.abs(a - b) <= 1e-9 * (1 + np.abs(b))).all())


def _forward_test(cases, *, bias=True, compare=_close):
    tried = []
    for x_shape, w_shape, stride, padding in cases:
        x, w, b = _tensors(x_shape, w_shape)
        b = b if bias else np.zeros_like(b)
        how = {"stride": stride, "padding": padding}
        tried.append((x, w, b, how, vectorized.conv2d(x, w, b, **how)))

    def trust(conv2d):
        return all(compare(conv2d(x, w, b, **how), y) for x, w, b, how, y in tried)

    return trust


def _same_shape(a, b):
    return np.shape(a) == np.shape(b)


q2.right(_forward_test(UNEQUAL))
for _name, _hint, _test in [
    ("It trusts everything", "Name one wrong layer that your test refuses.", lambda conv2d: True),
    (
        "Only shapes are compared",
        "Does a layer of the right shape have the right numbers?",
        _forward_test(UNEQUAL, compare=_same_shape),
    ),
    (
        "Square images at stride 1",
        "If height and width changed places in your test case, could you tell?",
        _forward_test(SQUARE_1),
    ),
    (
        "Square images",
        "If height and width changed places in your test case, could you tell? And is anything left over?",
        _forward_test(SQUARE_2),
    ),
    (
        "One image, one channel, one filter",
        "Which sums have only one term in your test case?",
        _forward_test(ALONE),
    ),
    (
        "The bias is zero",
        "Which mistakes with the bias show when the bias is zero?",
        _forward_test(UNEQUAL, bias=False),
    ),
    (
        "No padding",
        "Which mistakes stay hidden while there is no padding at all?",
        _forward_test(UNPADDED),
    ),
]:
    q2.wrong(_name, _hint, _test, section="17-matrix")

# --- q3: a test of the backward pass

q3 = sheet.tests(
    "q3",
    "trust_backward",
    title="a test of the backward pass",
    section="17-adjoint",
    parts={"dx": 2, "dw": 1, "db": 1},
    right={
        "with views": Code(
            "def layer(dout, x, w, *, stride=1, padding=0):\n"
            "    from conv_lib.vectorized import conv2d_backward\n"
            "    return conv2d_backward(dout, x, w, stride=stride, padding=padding)"
        ),
        "tap by tap": _from("RIGHT", "backward", *_BACKWARD),
    },
    wrong={name: _from("BACKWARD", name, *_BACKWARD) for name in BACKWARD},
)


def _backward_test(cases, *, members=(0, 1, 2), ones=False, compare=_close):
    tried = []
    for x_shape, w_shape, stride, padding in cases:
        x, w, b = _tensors(x_shape, w_shape)
        how = {"stride": stride, "padding": padding}
        y = vectorized.conv2d(x, w, b, **how)
        dout = np.ones_like(y) if ones else np.cos(np.arange(y.size)).reshape(y.shape)
        tried.append((dout, x, w, how, vectorized.conv2d_backward(dout, x, w, **how)))

    def trust(conv2d_backward):
        for dout, x, w, how, wanted in tried:
            got = conv2d_backward(dout, x, w, **how)
            if not all(compare(got[k], wanted[k]) for k in members):
                return False
        return True

    return trust


q3.right(_backward_test(UNEQUAL))


@q3.right
def _(conv2d_backward):
    for x_shape, w_shape, stride, padding in UNEQUAL:
        x, w, b = _tensors(x_shape, w_shape)
        x2, w2, b2 = (t[::-1].copy() for t in (x, w, b))
        how = {"stride": stride, "padding": padding}
        y = vectorized.conv2d(x2, w, **how)
        dout = np.random.default_rng(3).standard_normal(y.shape)
        dx, dw, db = conv2d_backward(dout, x, w, **how)
        if dx.shape != x.shape or dw.shape != w.shape or db.shape != b.shape:
            return False
        both = [
            (np.vdot(y, dout), np.vdot(x2, dx)),
            (np.vdot(vectorized.conv2d(x, w2, **how), dout), np.vdot(w2, dw)),
            (np.vdot(np.broadcast_to(b2[:, None, None], y.shape), dout), np.vdot(b2, db)),
        ]
        if not all(np.isclose(left, right) for left, right in both):
            return False
    return True


for _name, _hint, _test in [
    ("It trusts everything", "Name one wrong layer that your test refuses.", lambda backward: True),
    (
        "Only shapes are compared",
        "Does a gradient of the right shape have the right numbers?",
        _backward_test(UNEQUAL, compare=_same_shape),
    ),
    (
        "dout is made of ones",
        "Which mistakes cancel when every output has the same gradient?",
        _backward_test(SQUARE_1, ones=True),
    ),
    (
        "Square images at stride 1",
        "Which mistakes cannot show when the window never jumps and both axes are alike?",
        _backward_test(SQUARE_1),
    ),
    (
        "Square images",
        "If height and width changed places in your test case, could you tell?",
        _backward_test(SQUARE_2),
    ),
    (
        "Only dx is compared",
        "A backward pass gives three gradients: which do you look at?",
        _backward_test(UNEQUAL, members=(0,)),
    ),
    (
        "db is not compared",
        "A backward pass gives three gradients: which do you look at?",
        _backward_test(UNEQUAL, members=(0, 1)),
    ),
    (
        "One image, one channel, one filter",
        "Which sums have only one term in your test case?",
        _backward_test(ALONE),
    ),
    (
        "No padding",
        "Which mistakes stay hidden while there is no padding at all?",
        _backward_test(UNPADDED),
    ),
]:
    q3.wrong(_name, _hint, _test, section="17-matrix")

# --- q4: count the survivors


def survivors(cases):
    """How many wrong forward passes a comparison on these cases lets through."""
    trust = _forward_test(cases)
    count = 0
    for layer in FORWARD.values():
        try:
            count += trust(layer)
        except (ValueError, IndexError):  # it could not hide
            continue
    return count


q4 = sheet.values(
    "q4",
    "count_survivors",
    {
        "square, stride 1": survivors(SQUARE_1),
        "square, stride 2": survivors(SQUARE_2),
        "unequal": survivors([((2, 3, 7, 6), (4, 3, 2, 3), (2, 1), (1, 2))]),
    },
    title="count the survivors",
    section="17-matrix",
    points=3,
)


@q4.wrong(
    "The killed are counted",
    "Is a survivor a wrong layer that gave the right answer, or one that gave a wrong one?",
)
def _():
    return {
        "square, stride 1": len(FORWARD) - survivors(SQUARE_1),
        "square, stride 2": len(FORWARD) - survivors(SQUARE_2),
        "unequal": len(FORWARD) - survivors([((2, 3, 7, 6), (4, 3, 2, 3), (2, 1), (1, 2))]),
    }
