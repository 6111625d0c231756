"""Sheet of 05_check_gradients: central differences, the relative error, the adjoint test, tests that kill."""

import numpy as np

from conv_course.checker.questions import Code, Sheet, case, numbers
from conv_lib import gradcheck, naive
from conv_lib.sizes import output_size

sheet = Sheet("05_check_gradients")

# --- q1: one number

q1 = sheet.function(
    "q1",
    "central_difference",
    title="nudge one number",
    section="05-difference",
    points=2,
    answered_by="numerical_gradient",
)


@q1.reference
def central_difference(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


@q1.cases
def _(rng):
    yield case(Code("def f(x): return x**3"), 2.0, 0.1)
    yield case(Code("def f(x): return np.exp(x)"), float(numbers(rng)), 0.01)
    yield case(Code("def f(x): return np.sin(3 * x) + x"), float(numbers(rng)), 0.05)
    yield case(Code("def f(x): return a * x**4 - x", a=float(numbers(rng))), float(numbers(rng)), 0.02)
    yield case(Code("def f(x): return 1 / (1 + x * x)"), float(numbers(rng)), 0.2)


@q1.right
def _(f, x, h):
    above, below = f(x + h), f(x - h)
    return np.float64(above / (2 * h) - below / (2 * h))


for _name, _hint, _function, _section in [
    (
        "A one-sided difference",
        "Nudge to both sides: what does the error do then when h gets ten times smaller?",
        lambda f, x, h: (f(x + h) - f(x)) / h,
        "05-difference",
    ),
    (
        "A one-sided difference to the left",
        "Nudge to both sides: what does the error do then when h gets ten times smaller?",
        lambda f, x, h: (f(x) - f(x - h)) / h,
        "05-difference",
    ),
    (
        "Divided by h",
        "How far apart are the two places where f is evaluated?",
        lambda f, x, h: (f(x + h) - f(x - h)) / h,
        "05-difference",
    ),
    (
        "The sign is turned",
        "A function that rises has a positive rate: which value comes first?",
        lambda f, x, h: (f(x - h) - f(x + h)) / (2 * h),
        "05-difference",
    ),
    (
        "Not divided at all",
        "A rate is a change for each unit of the nudge.",
        lambda f, x, h: f(x + h) - f(x - h),
        "05-difference",
    ),
    (
        "A step of its own",
        "The step is an argument: which h did you use?",
        lambda f, x, h: (f(x + 1e-5) - f(x - 1e-5)) / 2e-5,
        "05-step",
    ),
    (
        "Half the step",
        "Where does the formula evaluate f: at x + h, or nearer?",
        lambda f, x, h: (f(x + h / 2) - f(x - h / 2)) / h,
        "05-difference",
    ),
]:
    q1.wrong(_name, _hint, _function, section=_section)

# --- q2: a layer

q2 = sheet.function(
    "q2",
    "numerical_gradient",
    title="nudge every element",
    section="05-layer",
    points=3,
    answered_by="numerical_gradient",
)


@q2.reference
def numerical_gradient(f, x, dout, h):
    return _nudged(f, x, dout, h)


def _nudged(f, x, dout, h, *, back=True, weights=True, sides=2, width=2.0, together=False):
    work = np.array(x, float)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        where = ... if together else index
        centre = work.copy()
        work[where] += h
        above = f(work.copy())
        work[...] = centre
        if sides == 2:
            work[where] -= h
        below = f(work.copy())
        if back:
            work[...] = centre
        gradient[index] = np.sum((above - below) * (dout if weights else 1.0)) / (width * h)
    return gradient


_LAYER = """
def f(x):
    y = np.zeros((len(x) - len(w)) // stride + 1)
    for i in range(len(y)):
        y[i] = np.sum(w * x[i * stride : i * stride + len(w)] ** power)
    return y
"""
_SQUARES = """
def f(x):
    return np.cumsum(x, axis=1)[:, 1:] ** 2 * a
"""


@q2.cases
def _(rng):
    for W, kW, S, power in [(5, 3, 1, 1), (6, 2, 2, 3), (8, 3, 3, 3)]:
        f = Code(_LAYER, w=numbers(rng, kW), stride=S, power=power)
        yield case(f, numbers(rng, W), numbers(rng, (W - kW) // S + 1), 0.01)
    yield case(Code(_SQUARES, a=float(numbers(rng))), numbers(rng, 2, 3), numbers(rng, 2, 2), 0.02)
    f = Code(_LAYER, w=numbers(rng, 2), stride=1, power=3)
    yield case(f, rng.integers(1, 5, 4), numbers(rng, 3), 0.01, note="whole numbers in x")
    yield case(Code(_SQUARES, a=0.5), numbers(rng, 3, 2), numbers(rng, 3, 1), 0.02, layout="F")


@q2.right
def _(f, x, dout, h):
    gradient = np.empty(x.size)
    for j in range(x.size):
        nudge = np.zeros(x.size)
        nudge[j] = h
        nudge = nudge.reshape(x.shape)
        gradient[j] = np.vdot(dout, f(x + nudge) - f(x - nudge)) / (2 * h)
    return gradient.reshape(x.shape)


def _with(**mistake):
    return lambda f, x, dout, h: _nudged(f, x, dout, h, **mistake)


def _kept_whole(f, x, dout, h):
    work, gradient = x.copy(), np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        centre = work[index]
        work[index] = centre + h
        above = f(work)
        work[index] = centre - h
        gradient[index] = np.sum((above - f(work)) * dout) / (2 * h)
        work[index] = centre
    return gradient


for _name, _hint, _function, _section in [
    (
        "dout is left out",
        "Which number's gradient is it: the sum of y, or the loss that weighs each y?",
        _with(weights=False),
        "05-layer",
    ),
    (
        "All elements are nudged together",
        "Each entry asks what one element does alone: what do the others do meanwhile?",
        _with(together=True),
        "05-layer",
    ),
    (
        "The nudge is not taken back",
        "Before the next element's turn, where does this one have to be?",
        _with(back=False),
        "05-layer",
    ),
    ("A one-sided difference", "Nudge to both sides.", _with(sides=1, width=1.0), "05-difference"),
    (
        "Divided by h",
        "How far apart are the two places where f is evaluated?",
        _with(width=1.0),
        "05-difference",
    ),
    (
        "The nudge is lost in whole numbers",
        "When x holds whole numbers, what does a copy of it make of x + h?",
        _kept_whole,
        "05-breaks",
    ),
    (
        "The mean over the outputs",
        "The loss adds up the outputs; nothing divides by their number.",
        lambda f, x, dout, h: _nudged(f, x, dout, h) / dout.size,
        "05-layer",
    ),
    (
        "The sign is turned",
        "Which of the two values comes first?",
        lambda f, x, dout, h: -_nudged(f, x, dout, h),
        "05-difference",
    ),
    (
        "The result is flat",
        "The gradient has a number for each element of x: which shape is that?",
        lambda f, x, dout, h: _nudged(f, x, dout, h).ravel(),
        "05-layer",
    ),
]:
    q2.wrong(_name, _hint, _function, section=_section)

# --- q3: how close is close

q3 = sheet.function(
    "q3",
    "relative_error",
    title="compare every element",
    section="05-relative",
    points=2,
    answered_by="relative_error",
)


@q3.reference
def relative_error(a, b, floor=1e-3):
    return gradcheck.relative_error(a, b, floor=floor)


@q3.cases
def _(rng):
    a = numbers(rng, 4)
    yield case(a, a + np.array([0, 0.01, 0, 0]))
    yield case(np.array([1000.0, 1.0]), np.array([1000.0, 1.5]))
    yield case(np.array([5.0, 0.0, -2.0]), np.array([5.0, 1e-12, -2.0]))
    yield case(numbers(rng, 2, 3), numbers(rng, 2, 3))
    yield case(np.array([3.0, -4.0]), np.array([-3.0, -4.0]))
    yield case(np.array([0.001, 8.0, 0.5]), np.array([0.002, 8.0, 0.5]), 0.1)
    yield case(np.array([-2.0, 4.0]), np.array([-1.0, 4.0]))
    yield case(np.array([0.0, -8.0, 1.0]), np.array([2.0, -8.0, 1.0]), 0.5)  # the largest is negative
    # the largest of both counts for an entry where the other array has none
    yield case(np.array([0.0, 4.0]), np.array([2.0, 5.0]), 0.5)
    yield case(np.array([2.0, -5.0]), np.array([0.0, -4.0]), 0.5)
    b = numbers(rng, 3, 2)
    yield case(b, b * 1.001, layout="F")


@q3.right
def _(a, b, floor=1e-3):
    size = np.maximum(abs(a), abs(b))
    return (abs(a - b) / np.maximum(size, floor * size.max())).max()


@q3.right
def _(a, b, floor=1e-3):
    largest = max(abs(v) for v in [*a.ravel(), *b.ravel()])
    pairs = zip(a.ravel().tolist(), b.ravel().tolist(), strict=True)
    return max(abs(p - q) / max(abs(p), abs(q), floor * largest) for p, q in pairs)


def _sizes(a, b):
    return np.maximum(np.abs(a), np.abs(b))


for _name, _hint, _function, _section in [
    (
        "The mean instead of the worst",
        "One wrong element among a thousand right ones: what does a mean make of it?",
        lambda a, b, floor=1e-3: np.mean(
            np.abs(a - b) / np.maximum(_sizes(a, b), floor * _sizes(a, b).max())
        ),
        "05-relative",
    ),
    (
        "Not relative at all",
        "A difference of 0.001 is small beside a million: where does the size come in?",
        lambda a, b, floor=1e-3: np.max(np.abs(a - b)),
        "05-relative",
    ),
    (
        "All elements divided by the largest",
        "A small element that is wrong by half hides behind a large one: whose size counts for it?",
        lambda a, b, floor=1e-3: np.max(np.abs(a - b)) / _sizes(a, b).max(),
        "05-relative",
    ),
    (
        "The floor is left out",
        "Two numbers that are zero but for rounding: what is their relative difference?",
        lambda a, b, floor=1e-3: np.max(np.abs(a - b) / _sizes(a, b)),
        "05-relative",
    ),
    (
        "The sign of the difference counts",
        "An element that is too small is as wrong as one that is too large.",
        lambda a, b, floor=1e-3: np.max((a - b) / np.maximum(_sizes(a, b), floor * _sizes(a, b).max())),
        "05-relative",
    ),
    (
        "Divided by the sum of both",
        "The formula divides by the larger of the two.",
        lambda a, b, floor=1e-3: np.max(
            np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), floor * _sizes(a, b).max())
        ),
        "05-relative",
    ),
    (
        "Divided by the first only",
        "If the first of the two is wrongly huge, what becomes of the quotient?",
        lambda a, b, floor=1e-3: np.max(np.abs(a - b) / np.maximum(np.abs(a), floor * _sizes(a, b).max())),
        "05-relative",
    ),
    (
        "The largest entry, not the largest in size",
        "Which is larger in size, -8 or 2?",
        lambda a, b, floor=1e-3: np.max(
            np.abs(a - b) / np.maximum(_sizes(a, b), floor * max(a.max(), b.max()))
        ),
        "05-relative",
    ),
    (
        "The largest entry of the first only",
        "When the largest entry stands in the second array, how large is G?",
        lambda a, b, floor=1e-3: np.max(np.abs(a - b) / np.maximum(_sizes(a, b), floor * np.abs(a).max())),
        "05-relative",
    ),
    (
        "The floor is not scaled",
        "The floor is a part of the largest entry: a part of what is yours?",
        lambda a, b, floor=1e-3: np.max(np.abs(a - b) / np.maximum(_sizes(a, b), floor)),
        "05-relative",
    ),
    (
        "Sums are compared",
        "Errors of both signs cancel in a sum: what does that hide?",
        lambda a, b, floor=1e-3: abs(np.sum(a) - np.sum(b)) / max(abs(np.sum(a)), abs(np.sum(b))),
        "05-misses",
    ),
]:
    q3.wrong(_name, _hint, _function, section=_section)

# --- q4: the adjoint test

q4 = sheet.function(
    "q4",
    "is_adjoint",
    title="the adjoint test",
    section="05-adjoint",
    points=2,
    answered_by="adjoint_gap",
)


@q4.reference
def is_adjoint(forward, adjoint, x, y):
    return bool(gradcheck.adjoint_gap(forward, adjoint, x, y) < 1e-9)


_MATRIX = "def f(v): return C @ v"


@q4.cases
def _(rng):
    def pair(C, back):
        return Code(_MATRIX, C=C), Code(_MATRIX, C=back), numbers(rng, C.shape[1]), numbers(rng, C.shape[0])

    C = numbers(rng, 3, 5)
    yield case(*pair(C, C.T), note="a matrix and its transpose")
    yield case(*pair(1e6 * C, 1e6 * C.T), note="the same, a million times as large")
    yield case(*pair(1e-9 * C, 1e-9 * C.T[:, ::-1]), note="tiny, and not the transpose")
    yield case(*pair(C, 2 * C.T), note="twice the transpose")
    yield case(*pair(C, -C.T), note="minus the transpose")
    yield case(*pair(C, C.T[::-1]), note="the transpose upside down")
    bent = C.T.copy()
    bent[2, 1] += 0.01
    yield case(*pair(C, bent), note="one entry off by 0.01")
    x = numbers(rng, 5)
    forward, nearly = Code(_MATRIX, C=C), Code(_MATRIX, C=C.T * (1 + 1e-6))
    # y = Cx, so that the products are as large as the lengths allow, and the gap a millionth of them
    yield case(forward, nearly, x, C @ x, note="off by a millionth")
    balanced = C.T.copy()
    balanced[:, 0] += 1.0
    balanced[:, 1] -= 1.0
    forward, adjoint, x, y = pair(C, balanced)
    y[0] = y[1] + 0.5
    yield case(forward, adjoint, x, y, note="errors that cancel for ones")
    w = numbers(rng, 3)
    W, S, P = 8, 2, 1
    eye = np.eye(W)
    C = np.stack([naive.conv1d(e, w, stride=S, padding=P) for e in eye], axis=1)
    yield case(*pair(C, C.T), note="a strided layer and its dx")
    C1 = np.stack([naive.conv1d(e, w[::-1], stride=S, padding=P) for e in eye], axis=1)
    yield case(*pair(C, C1.T), note="a strided layer and a dx with the kernel turned round")
    yield case(*pair(numbers(rng, 4, 4), np.eye(4)), note="a matrix and the identity")


@q4.right
def _(forward, adjoint, x, y):
    left, right = np.dot(forward(x), y), np.dot(x, adjoint(y))
    size = np.linalg.norm(forward(x)) * np.linalg.norm(y)
    return abs(left - right) <= 1e-10 * size


@q4.right
def _(forward, adjoint, x, y):
    return np.isclose(np.vdot(forward(x), y), np.vdot(x, adjoint(y)), rtol=1e-7, atol=0)


for _name, _hint, _function, _section in [
    (
        "The sums are compared",
        "Ones are poor test numbers: with which weights do the two products add up?",
        lambda forward, adjoint, x, y: bool(
            np.isclose(np.ones(len(y)) @ forward(np.ones(len(x))), np.ones(len(x)) @ adjoint(np.ones(len(y))))
        ),
        "05-adjoint",
    ),
    (
        "A tolerance that does not know the size",
        "A gap of a millionth is nothing beside a million and everything beside a millionth.",
        lambda forward, adjoint, x, y: bool(abs(forward(x) @ y - x @ adjoint(y)) < 1e-6),
        "05-adjoint",
    ),
    (
        "A tolerance that is far too wide",
        "One entry that is off by 0.01 is a wrong layer: does your tolerance notice?",
        lambda forward, adjoint, x, y: bool(np.isclose(forward(x) @ y, x @ adjoint(y), rtol=0.5)),
        "05-adjoint",
    ),
    (
        "The comparison's own tolerance",
        "How near has the comparison to be, and how near does yours ask for unless you say so?",
        lambda forward, adjoint, x, y: bool(np.isclose(forward(x) @ y, x @ adjoint(y))),
        "05-adjoint",
    ),
    (
        "The sign is ignored",
        "Minus the adjoint is not the adjoint.",
        lambda forward, adjoint, x, y: bool(
            np.isclose(abs(forward(x) @ y), abs(x @ adjoint(y)), rtol=1e-9, atol=0)
        ),
        "05-adjoint",
    ),
    (
        "It believes everything",
        "Name one pair that your test refuses.",
        lambda forward, adjoint, x, y: True,
        "05-misses",
    ),
    (
        "It refuses everything",
        "Is there a pair that your test believes?",
        lambda forward, adjoint, x, y: False,
        "05-adjoint",
    ),
]:
    q4.wrong(_name, _hint, _function, section=_section)

# --- q5: tests that tell right layers from wrong ones

_BACKWARD = """
def layer(dout, x, w, *, stride=1, padding=0):
    xpad = np.concatenate([np.zeros(padding), x, np.zeros(padding)])
    seen = np.concatenate([x, np.zeros(2 * padding)]) if fault == "unpadded" else xpad
    dxpad, dw = np.zeros(len(xpad)), np.zeros(len(w))
    for i in range(len(dout)):
        for k in range(len(w)):
            m = (i if fault == "dx start" else i * stride) + k
            tap = w[len(w) - 1 - k] if fault == "flip" else w[k]
            dxpad[m] = tap * dout[i] + (0.0 if fault == "assign" else dxpad[m])
            m = (i if fault == "dw start" else i * stride) + k
            dw[len(w) - 1 - k if fault == "dw flip" else k] += seen[m] * dout[i]
    dx = dxpad[padding : padding + len(x)]
    if fault == "one side":
        dx = dxpad[2 * padding :]
    if fault == "uncropped":
        dx = dxpad
    if fault == "leftover":
        dx[-((len(xpad) - len(w)) % stride) or len(dx) :] = 1.0
    if fault == "mean":
        dw = dw / len(dout)
    db = {"db mean": np.mean(dout), "db ones": float(len(dout))}.get(fault, np.sum(dout))
    return dx, dw, db
"""
_MATRICES = """
def layer(dout, x, w, *, stride=1, padding=0):
    at = stride * np.arange(len(dout))[:, None] + np.arange(len(w))
    dxpad = np.zeros(len(x) + 2 * padding)
    np.add.at(dxpad, at, np.multiply.outer(dout, w))
    xpad = np.zeros(len(dxpad))
    xpad[padding : padding + len(x)] = x
    return dxpad[padding : padding + len(x)], dout @ xpad[at], dout.sum()
"""

q5 = sheet.tests(
    "q5",
    "believes",
    title="a test that kills wrong layers",
    section="05-fail",
    parts={"stride": 1, "padding": 1, "any": 1},
    right={"in loops": Code(_BACKWARD, fault=""), "with arrays": Code(_MATRICES)},
    wrong={
        "any: the kernel of dx is turned round": Code(_BACKWARD, fault="flip"),
        "any: dx is assigned, not added up": Code(_BACKWARD, fault="assign"),
        "any: dw is back to front": Code(_BACKWARD, fault="dw flip"),
        "any: dw is averaged": Code(_BACKWARD, fault="mean"),
        "any: db is averaged": Code(_BACKWARD, fault="db mean"),
        "any: db counts the outputs": Code(_BACKWARD, fault="db ones"),
        "stride: left out of dx": Code(_BACKWARD, fault="dx start"),
        "stride: left out of dw": Code(_BACKWARD, fault="dw start"),
        "stride: the leftover samples get a gradient": Code(_BACKWARD, fault="leftover"),
        "padding: dw from the unpadded x": Code(_BACKWARD, fault="unpadded"),
        "padding: dx with the padding on it": Code(_BACKWARD, fault="uncropped"),
        "padding: dx cropped from one side": Code(_BACKWARD, fault="one side"),
    },
    answered_by="conv1d_backward",
)


def _tries(sizes, *, ones=False, members=(0, 1, 2), reduce=None):
    """A test that compares with the definition on the sizes given."""
    rng = np.random.default_rng(5)
    tries = []
    for W, kW, S, P in sizes:
        x, w, dout = rng.normal(size=W), rng.normal(size=kW), rng.normal(size=output_size(W, kW, S, P))
        dout = np.ones(len(dout)) if ones else dout
        tries.append((dout, x, w, S, P, naive.conv1d_backward(dout, x, w, stride=S, padding=P)))

    def believes(layer):
        for dout, x, w, S, P, want in tries:
            got = layer(dout, x, w, stride=S, padding=P)
            for j in members:
                a, b = (reduce(got[j]), reduce(want[j])) if reduce else (got[j], want[j])
                if np.shape(a) != np.shape(b) or np.max(np.abs(np.subtract(a, b)), initial=0.0) > 1e-8:
                    return False
        return True

    return believes


_ALL = [(5, 2, 2, 1), (7, 3, 3, 0), (4, 3, 1, 2)]
q5.right(_tries(_ALL))


@q5.right
def _(layer):
    x, w = np.array([1.0, 4, -2, 3, 5, 0.5, 2, -1]), np.array([2.0, -1, 0.5])
    for stride, padding in [(1, 0), (2, 1), (3, 2), (2, 0)]:
        n = output_size(8, 3, stride, padding)
        dout = np.sin(np.arange(1.0, n + 1))

        def loss(x, w, b, n=n, dout=dout, stride=stride, padding=padding):
            return dout @ naive.conv1d(x, w, b, stride=stride, padding=padding)

        dx, dw, db = layer(dout, x, w, stride=stride, padding=padding)
        h = 1e-5
        for j in range(8):
            e = h * np.eye(8)[j]
            assert abs(dx[j] - (loss(x + e, w, 0.0) - loss(x - e, w, 0.0)) / (2 * h)) < 1e-6
        for k in range(3):
            e = h * np.eye(3)[k]
            assert abs(dw[k] - (loss(x, w + e, 0.0) - loss(x, w - e, 0.0)) / (2 * h)) < 1e-6
        assert abs(db - (loss(x, w, h) - loss(x, w, -h)) / (2 * h)) < 1e-6
    return True


for _name, _hint, _function, _section in [
    (
        "It believes everything",
        "Name one wrong layer that your test refuses.",
        lambda layer: True,
        "05-misses",
    ),
    (
        "Only stride 1, and no padding",
        "Which mistakes cannot show when the window never jumps and nothing is padded?",
        _tries([(5, 3, 1, 0), (4, 2, 1, 0)]),
        "05-misses",
    ),
    (
        "Only stride 1",
        "Which mistakes cannot show when the window never jumps?",
        _tries([(4, 3, 1, 1), (5, 2, 1, 2)]),
        "05-misses",
    ),
    (
        "No padding",
        "Which mistakes cannot show without padding?",
        _tries([(6, 3, 2, 0), (7, 3, 3, 0)]),
        "05-misses",
    ),
    (
        "Never a sample left over",
        "With which sizes does the last window not end at the end?",
        _tries([(5, 3, 2, 0), (5, 3, 2, 1), (4, 3, 1, 2)]),
        "05-misses",
    ),
    (
        "A dout of ones",
        "Which mistakes look right as long as every dout is 1?",
        _tries(_ALL, ones=True),
        "05-misses",
    ),
    ("Only dx is looked at", "The layer gives three gradients.", _tries(_ALL, members=(0,)), "05-misses"),
    ("Only dw is looked at", "The layer gives three gradients.", _tries(_ALL, members=(1,)), "05-misses"),
    ("db is not looked at", "The layer gives three gradients.", _tries(_ALL, members=(0, 1)), "05-misses"),
    ("dw is not looked at", "The layer gives three gradients.", _tries(_ALL, members=(0, 2)), "05-misses"),
    (
        "Only sums are compared",
        "Which mistakes leave the sum as it is?",
        _tries(_ALL, reduce=np.sum),
        "05-misses",
    ),
    (
        "Only shapes are compared",
        "A wrong gradient can have the right shape.",
        _tries(_ALL, reduce=np.shape),
        "05-misses",
    ),
    (
        "Exact equality",
        "Two right layers can differ in the last digit: how is that to be forgiven?",
        lambda layer: all(
            np.array_equal(a, b)
            for a, b in zip(
                layer(np.full(3, 0.1), np.full(5, 0.7), np.array([0.1, 0.2, 0.3])),
                (
                    np.array([0.01, 0.03, 0.06, 0.05, 0.03]),
                    np.full(3, 0.21),
                    0.3,
                ),
                strict=True,
            )
        ),
        "05-relative",
    ),
]:
    q5.wrong(_name, _hint, _function, section=_section)
