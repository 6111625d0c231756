"""Sheet of 05_check_gradients: central differences, the relative error, the adjoint test, tests that kill."""

import numpy as np

from conv_course.checker.questions import Code, Sheet, case, numbers
from conv_lib import naive
from conv_lib.sizes import output_size

GIVEN = """
import numpy as np
from conv_lib import naive
from conv_lib.sizes import output_size
"""
sheet = Sheet("05_check_gradients", given=GIVEN)

# --- q1: one number

q1 = sheet.function(
    "q1",
    "central_difference",
    title="nudge one number",
    section="05-difference",
    points=2,
    answered_by="numerical_gradient",
)

q1.solution('''
def central_difference(f, x, h):
    """The slope of f at x, estimated from both sides."""
    rise = f(x + h) - f(x - h)
    return rise / (2 * h)
''')


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


q1.slips("""
Half a step to each side, divided as if it were a whole one
    f(x + h) - f(x - h) => f(x + h / 2) - f(x - h / 2)
    How far apart are the two places where f is evaluated?

A one-sided difference
    f(x - h) => f(x)
    (2 * h) => h
    Nudge to both sides: what does the error do then when h gets ten times smaller?

A one-sided difference to the left
    f(x + h) => f(x)
    (2 * h) => h
    Nudge to both sides: what does the error do then when h gets ten times smaller?

Nudged to one side, divided for two
    f(x - h) => f(x)
    How far apart are the two places where f is evaluated?

The rate comes out doubled
    (2 * h) => h
    How far is it from x - h to x + h, and what is the rise from the one to the other divided by?

Multiplied by h, not divided by it
    (2 * h) => 2 * h
    Python works from left to right: does a / 2 * h divide by h, or multiply by it?

The sign is reversed
    f(x + h) - f(x - h) => f(x - h) - f(x + h)
    A function that rises has a positive rate: which value comes first?

Not divided at all
    rise / (2 * h) => rise
    A rate is a change for each unit of the nudge.

The step is not the h that is given  [05-step]
    - rise = f(x + h) - f(x - h)
    + h = 1e-5
    + rise = f(x + h) - f(x - h)
    The step is an argument: which step does your answer take?

The second difference
    rise / (2 * h) => (rise - 2 * (f(x) - f(x - h))) / h**2
    That is how fast the slope itself changes: which two values make the slope?

Half the step
    f(x + h) - f(x - h) => f(x + h / 2) - f(x - h / 2)
    (2 * h) => h
    Where does the formula evaluate f: at x + h, or nearer?
""")

# --- q2: a layer

_LAYER = """
def f(x):
    "the sum of w * x**power in each window"
    y = np.zeros((len(x) - len(w)) // stride + 1)
    for i in range(len(y)):
        y[i] = np.sum(w * x[i * stride : i * stride + len(w)] ** power)
    return y
"""
_SQUARES = """
def f(x):
    return np.cumsum(x, axis=1)[:, 1:] ** 2 * a
"""

q2 = sheet.function(
    "q2",
    "numerical_gradient",
    title="nudge every element",
    section="05-layer",
    parts={"every element": 2, "any order in memory": 1},
    answered_by="numerical_gradient",
)

q2.solution('''
def numerical_gradient(f, x, dout, h):
    """The gradient of sum(f(x) * dout) with respect to x, in the shape of x."""
    nudged = x.astype(float)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        centre = nudged[index]
        nudged[index] = centre + h
        above = f(nudged.copy())
        nudged[index] = centre - h
        below = f(nudged.copy())
        nudged[index] = centre
        gradient[index] = np.sum((above - below) * dout) / (2 * h)
    return gradient
''')


@q2.cases
def _(rng):
    for W, kW, S, power in [(5, 3, 1, 1), (6, 2, 2, 3), (8, 3, 3, 3)]:
        f = Code(_LAYER, w=numbers(rng, kW), stride=S, power=power)
        yield case(f, numbers(rng, W), numbers(rng, (W - kW) // S + 1), 0.01, part="every element")
    yield case(
        Code(_SQUARES, a=float(numbers(rng))),
        numbers(rng, 2, 3),
        numbers(rng, 2, 2),
        0.02,
        part="every element",
    )
    f = Code(_LAYER, w=numbers(rng, 2), stride=1, power=3)
    yield case(
        f, rng.integers(1, 5, 4), numbers(rng, 3), 0.01, note="whole numbers in x", part="every element"
    )
    f = Code(_SQUARES, a=0.5)
    yield case(f, numbers(rng, 3, 2), numbers(rng, 3, 1), 0.02, layout="F", part="any order in memory")


@q2.right
def _(f, x, dout, h):
    gradient = np.empty(x.size)
    for j in range(x.size):
        nudge = np.zeros(x.size)
        nudge[j] = h
        nudge = nudge.reshape(x.shape)
        gradient[j] = np.vdot(dout, f(x + nudge) - f(x - nudge)) / (2 * h)
    return gradient.reshape(x.shape)


q2.slips("""
The gradient is zero everywhere
    centre + h => centre
    centre - h => centre
    Which two arrays does f get for one element, and what becomes of the difference of its values?

With whole numbers in x, the gradient is whole, too
    np.zeros(x.shape) => np.zeros_like(x)
    If x holds whole numbers, what becomes of a gradient of 2.7 in an array of the same kind?

dout is left out
    (above - below) * dout => above - below
    Which number's gradient is it: the sum of y, or the loss that weighs each y?

dout weighs only one of the two values
    (above - below) * dout => above * dout - below
    or
    (above - below) * dout => above - below * dout
    or
    np.sum((above - below) * dout) => np.sum(above * dout) - np.sum(below)
    or
    np.sum((above - below) * dout) => np.sum(above) - np.sum(below * dout)
    The loss is a sum of y times dout at both places: which one lacks dout?

The entries are put back column by column
    return gradient => return gradient.ravel().reshape(x.shape, order="F")
    Where x has rows and columns, which of its elements does each entry of your gradient belong to?

All elements are nudged together
    nudged[index] = centre =>> nudged[:] = centre
    centre = nudged[index] => centre = nudged.copy()
    or
    - gradient = np.zeros(x.shape)
    + return (f(nudged + h) - f(nudged - h)) * dout / (2 * h)
    or
    - gradient = np.zeros(x.shape)
    + return (f(nudged + h) - f(nudged - h)) / (2 * h)
    Each entry asks what one element does alone: what do the others do meanwhile?

The nudge is not taken back
    - nudged[index] = centre
    or
    - nudged[index] = centre
    nudged = x.astype(float) => up, down = x.astype(float), x.astype(float)
    centre = nudged[index] => up[index] += h
    nudged[index] = centre + h => down[index] -= h
    above = f(nudged.copy()) => above = f(up.copy())
    below = f(nudged.copy()) => below = f(down.copy())
    - nudged[index] = centre - h
    Before the next element's turn, where does this one have to be?

A one-sided difference  [05-difference]
    centre - h => centre
    (2 * h) => h
    Nudge to both sides.

Nudged to one side, divided for two  [05-difference]
    centre - h => centre
    After x + h, how far is it down to x - h?

The rate comes out doubled  [05-difference]
    (2 * h) => h
    How far is it from x - h to x + h, and what is the rise from the one to the other divided by?

Multiplied by h, not divided by it  [05-difference]
    (2 * h) => 2 * h
    Python works from left to right: does a / 2 * h divide by h, or multiply by it?

From x + h back by h only, and in whole numbers  [05-breaks]
    x.astype(float) => x.copy()
    centre - h => nudged[index] - h
    After x + h, how far is it down to x - h, and what does an array of whole numbers keep of 3.01?

x + h and x - h are cut to whole numbers  [05-breaks]
    x.astype(float) => x.copy()
    or
    x.astype(float) => x.copy()
    np.zeros(x.shape) => np.zeros_like(x)
    What does an array of whole numbers keep of 3.01, and what of 2.99?

The mean over the outputs
    np.sum => np.mean
    The loss adds up the outputs; nothing divides by their number.

The sign is reversed  [05-difference]
    above - below => below - above
    Which of the two values comes first?

The result is flat
    return gradient => return gradient.ravel()
    The gradient has a number for each element of x: which shape is that?
""")

# --- q3: how close is close

q3 = sheet.function(
    "q3",
    "relative_error",
    title="compare every element",
    section="05-relative",
    points=2,
    answered_by="relative_error",
)

q3.solution('''
def relative_error(a, b, floor=1e-3):
    """One number; a and b have the same shape."""
    size = np.maximum(np.abs(a), np.abs(b))
    gap = np.abs(a - b)
    return np.max(gap / np.maximum(size, floor * np.max(size)))
''')


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
    largest = max(abs(v) for v in [*a.ravel(), *b.ravel()])
    pairs = zip(a.ravel().tolist(), b.ravel().tolist(), strict=True)
    return max(abs(p - q) / max(abs(p), abs(q), floor * largest) for p, q in pairs)


q3.slips("""
Not the largest of the three numbers divides
    - return np.max(gap / np.maximum(size, floor * np.max(size)))
    + return np.max(gap / np.minimum(np.minimum(np.abs(a), np.abs(b)), floor * np.max(size)))
    or
    gap / np.maximum(size, floor * np.max(size)) => gap / np.minimum(size, floor * np.max(size))
    The formula divides by the largest of three numbers: which one do you take?

The mean instead of the worst
    return np.max => return np.mean
    One wrong element among a thousand right ones: what does a mean make of it?

Not relative at all
    gap / np.maximum(size, floor * np.max(size)) => gap
    A difference of 0.001 is small beside a million: where does the size come in?

All elements divided by the largest
    np.maximum(size, floor * np.max(size)) => np.max(size)
    A small element that is wrong by half hides behind a large one: whose size counts for it?

The floor is left out
    np.maximum(size, floor * np.max(size)) => size
    Two numbers that are zero but for rounding: what is their relative difference?

The sign of the difference counts
    np.abs(a - b) => a - b
    An element that is too small is as wrong as one that is too large.

Divided by the sum of both
    np.maximum(size, floor => np.maximum(np.abs(a) + np.abs(b), floor
    or
    np.maximum(size, floor * np.max(size)) => np.maximum(np.abs(a) + np.abs(b), 1e-8)
    or
    size = np.maximum(np.abs(a), np.abs(b)) => size = np.abs(a) + np.abs(b)
    The formula divides by the larger of the two.

The smaller of the two divides
    np.maximum(size, floor => np.maximum(np.minimum(np.abs(a), np.abs(b)), floor
    The formula divides by the larger of the two.

The floor is added
    np.maximum(size, floor * np.max(size)) => (size + floor * np.max(size))
    or
    np.maximum(size, floor * np.max(size)) => (size + floor)
    For an entry that is large enough, does the floor change anything in the formula?

Norms of the whole arrays are compared
    - return np.max(gap / np.maximum(size, floor * np.max(size)))
    + return np.linalg.norm(a - b) / max(np.linalg.norm(a), np.linalg.norm(b))
    or
    - return np.max(gap / np.maximum(size, floor * np.max(size)))
    + return np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b))
    or
    - return np.max(gap / np.maximum(size, floor * np.max(size)))
    + return np.linalg.norm(a - b) / np.linalg.norm(np.maximum(size, floor * np.max(size)))
    or
    - return np.max(gap / np.maximum(size, floor * np.max(size)))
    + return np.linalg.norm(a - b) / np.linalg.norm(a)
    or
    - return np.max(gap / np.maximum(size, floor * np.max(size)))
    + return np.linalg.norm(a - b) / np.linalg.norm(b)
    or
    - return np.max(gap / np.maximum(size, floor * np.max(size)))
    + return np.linalg.norm(a - b) / np.linalg.norm(a + b)
    One wrong element among a thousand right ones: what does a length of them all make of it?

Divided by the second only
    np.maximum(size, floor => np.maximum(np.abs(b), floor
    If the second of the two is wrongly huge, what becomes of the quotient?

Divided by the first only
    np.maximum(size, floor => np.maximum(np.abs(a), floor
    If the first of the two is wrongly huge, what becomes of the quotient?

The largest entry, not the largest in size
    floor * np.max(size) => floor * max(np.max(a), np.max(b))
    Which is larger in size, -8 or 2?

The largest entry of the first only
    floor * np.max(size) => floor * np.max(np.abs(a))
    When the largest entry stands in the second array, how large is G?

The floor is not scaled
    floor * np.max(size) => floor
    The floor is a fraction of the largest entry: does yours grow and shrink with that entry?

Sums are compared  [05-misses]
    - gap = np.abs(a - b)
    - return np.max(gap / np.maximum(size, floor * np.max(size)))
    + return abs(np.sum(a) - np.sum(b)) / max(abs(np.sum(a)), abs(np.sum(b)))
    Errors of both signs cancel in a sum: what does that hide?
""")

# --- q4: the adjoint test

_MATRIX = "def f(v): return C @ v"

q4 = sheet.function(
    "q4",
    "is_adjoint",
    title="the adjoint test",
    section="05-adjoint",
    points=2,
    answered_by="adjoint_gap",
)

q4.solution('''
def is_adjoint(forward, adjoint, x, g):
    """True or False."""
    there, back = forward(x), adjoint(g)
    size = np.linalg.norm(there) * np.linalg.norm(g)
    return abs(there @ g - x @ back) <= 1e-9 * size
''')


@q4.cases
def _(rng):
    def pair(C, back):
        return Code(_MATRIX, C=C), Code(_MATRIX, C=back), numbers(rng, C.shape[1]), numbers(rng, C.shape[0])

    C = numbers(rng, 3, 5)
    yield case(*pair(C, C.T), note="a matrix and its transpose")
    yield case(*pair(1e6 * C, 1e6 * C.T), note="the same, a million times as large")
    yield case(*pair(1e-9 * C, 1e-9 * C.T[:, ::-1]), note="tiny, and not the transpose")
    # g has the signs of C x: of these two gaps one is below zero and one above it, whatever was drawn
    forward, adjoint, x, g = pair(C, 2 * C.T)
    g = np.copysign(g, C @ x)
    yield case(forward, adjoint, x, g, note="twice the transpose")
    yield case(forward, Code(_MATRIX, C=-C.T), x, g, note="minus the transpose")
    yield case(*pair(C, C.T[::-1]), note="the transpose upside down")
    bent = C.T.copy()
    bent[2, 1] += 0.01
    yield case(*pair(C, bent), note="one entry off by 0.01")
    x = numbers(rng, 5)
    # g along Cx, so that the products are as large as the lengths allow, and the gap a millionth of them
    for matrix, size, note in [
        (1.0, 1.0, "off by a millionth"),
        (1e-6, 1.0, "off by a millionth, the matrix in millionths"),
        (1.0, 1e-6, "off by a millionth, x and g in millionths"),
        (1e-6, 1e6, "off by a millionth, the matrix in millionths and g in millions"),
    ]:
        forward, nearly = Code(_MATRIX, C=matrix * C), Code(_MATRIX, C=matrix * C.T * (1 + 1e-6))
        yield case(forward, nearly, x * min(size, 1.0), C @ x * size, note=note)
    balanced = C.T.copy()
    balanced[:, 0] += 1.0
    balanced[:, 1] -= 1.0
    forward, adjoint, x, g = pair(C, balanced)
    g[0] = g[1] + 0.5
    yield case(forward, adjoint, x, g, note="errors that cancel for ones")
    w = numbers(rng, 3)
    W, S, P = 8, 2, 1
    eye = np.eye(W)
    C = np.stack([naive.conv1d(e, w, stride=S, padding=P) for e in eye], axis=1)
    forward, adjoint, x, g = pair(C, C.T)
    yield case(forward, adjoint, x, g, note="a strided layer and its dx")
    yield case(forward, adjoint, 1e-6 * x, 1e-6 * g, note="the same, x and g in millionths")
    C1 = np.stack([naive.conv1d(e, w[::-1], stride=S, padding=P) for e in eye], axis=1)
    yield case(*pair(C, C1.T), note="a strided layer and a dx with the kernel flipped")
    yield case(*pair(numbers(rng, 4, 4), np.eye(4)), note="a matrix and the identity")
    # so many products that their sums differ in the last digit, whichever way they are added up
    C = rng.normal(size=(24, 32))
    yield case(*pair(1e12 * C, 1e12 * C.T), note="a large matrix of large numbers, and its transpose")
    forward, adjoint, x, g = pair(C, C.T)
    yield case(
        forward, adjoint, 1e6 * x, 1e6 * g, note="a large matrix and its transpose, x and g in millions"
    )
    # large products that cancel: what is left of both sums is rounding, which is in the transpose too
    there = C @ x
    across = g - there * (g @ there) / (there @ there)
    rounded = C.T.copy()
    rounded[np.argmax(np.abs(x)), np.argmax(np.abs(across))] += 1e-12
    adjoint = Code(_MATRIX, C=rounded)
    yield case(forward, adjoint, x, across, note="g at a right angle to C x, so that both sums are nearly 0")


@q4.right
def _(forward, adjoint, x, g):
    left, right = np.dot(forward(x), g), np.dot(x, adjoint(g))
    size = np.linalg.norm(forward(x)) * np.linalg.norm(g)
    return abs(left - right) <= 1e-10 * size


@q4.right
def _(forward, adjoint, x, g):
    there, back = forward(x), adjoint(g)
    size = np.sum(np.abs(there * g)) + np.sum(np.abs(x * back))
    return np.isclose(np.vdot(there, g), np.vdot(x, back), rtol=0, atol=1e-9 * size)


q4.slips("""
Arrays are compared where two sums are to agree
    abs(there @ g - x @ back) <= 1e-9 * size => np.allclose(there, back)
    What is to be added up on each side, so that two numbers remain that have to agree?

The sums are compared
    - there, back = forward(x), adjoint(g)
    + x, g = np.ones(len(x)), np.ones(len(g))
    + there, back = forward(x), adjoint(g)
    or
    - return abs(there @ g - x @ back) <= 1e-9 * size
    + return np.isclose(np.sum(forward(np.ones(len(x)))), np.sum(adjoint(np.ones(len(g)))))
    Ones are poor test numbers: with which weights do the two products add up?

A tolerance that does not know the size
    1e-9 * size => 1e-6
    or
    1e-9 * size => 1e-9
    A gap of a millionth is nothing beside a million and everything beside a millionth.

The tolerance stays while the products shrink
    abs(there @ g - x @ back) <= 1e-9 * size => np.isclose(there @ g, x @ back, rtol=1e-9)
    Beside products in millionths every gap is tiny: does all of your tolerance shrink with them?

The matrix does not count in the size
    np.linalg.norm(there) => np.linalg.norm(x)
    When all of C gets a million times smaller, what do the products do, and what does your measure of them?

The tolerance shrinks too little with x and g
    np.linalg.norm(there) * np.linalg.norm(g) => np.linalg.norm(there)
    When x and g both get a million times smaller, what do the products do, and what your tolerance?

Sums that are nearly zero are held to be too far apart
    1e-9 * size => 1e-9 * max(abs(there @ g), abs(x @ back))
    Large products of both signs can add up to nearly nothing: how large is the rounding then?

Rounding is not forgiven
    abs(there @ g - x @ back) <= 1e-9 * size => there @ g == x @ back
    The same numbers added up in another order differ in the last digit: how is that to be forgiven?

A tolerance that is far too wide
    abs(there @ g - x @ back) <= 1e-9 * size => np.isclose(there @ g, x @ back, rtol=0.5)
    One entry that is off by 0.01 is a wrong layer: does your tolerance notice?

A tolerance wider than is asked for
    abs(there @ g - x @ back) <= 1e-9 * size => np.isclose(there @ g, x @ back)
    How near do the two have to be, and how near does yours ask for,
    with what a ready-made comparison brings along?

The gap keeps its sign
    abs(there @ g - x @ back) => (there @ g - x @ back)
    or
    abs(there @ g - x @ back) => (x @ back - there @ g)
    A product that is far too small is as wrong as one that is too large: how large is your gap then?

The sign is ignored
    abs(there @ g - x @ back) => abs(abs(there @ g) - abs(x @ back))
    Minus the adjoint is not the adjoint.

It believes everything  [05-misses]
    abs(there @ g - x @ back) <= 1e-9 * size => True
    Name one pair that your test refuses.

It refuses all that it was given
    abs(there @ g - x @ back) <= 1e-9 * size => False
    Is there a pair that your test believes?
""")

# --- q5: tests that tell right layers from wrong ones

_LOOPS = """
def layer(dout, x, w, *, stride=1, padding=0):
    left, right = np.broadcast_to(padding, 2)
    xpad = np.pad(x, (left, right))
    dxpad, dw, db = np.zeros(len(xpad)), np.zeros(len(w)), np.sum(dout)
    for i in range(len(dout)):
        for k in range(len(w)):
            dxpad[i * stride + k] += w[k] * dout[i]
            dw[k] += xpad[i * stride + k] * dout[i]
    return dxpad[left : left + len(x)], dw, db
"""
# adds up from the last window to the first, so that the two right layers differ in the last digit
_ARRAYS = """
def layer(dout, x, w, *, stride=1, padding=0):
    left, right = np.broadcast_to(padding, 2)
    xpad, dout = np.pad(x, (left, right)), dout[::-1]
    at = stride * np.arange(len(dout))[::-1, None] + np.arange(len(w))
    dxpad = np.zeros(len(xpad))
    np.add.at(dxpad, at, np.multiply.outer(dout, w))
    return dxpad[left : left + len(x)], dout @ xpad[at], dout.sum()
"""
_LEFTOVER = "    dxpad[left + len(x) - (len(xpad) - len(w)) % stride : left + len(x)] = 1.0\n    return"
WRONG = {
    "any: the kernel of dx is flipped": ("w[k] *", "w[-1 - k] *"),
    "any: dx is assigned, not added up": ("dxpad[i * stride + k] +=", "dxpad[i * stride + k] ="),
    "any: dw is in reverse order": ("dw[k] +=", "dw[-1 - k] +="),
    "any: dw is averaged": ("], dw, db", "], dw / len(dout), db"),
    "any: db is averaged": ("np.sum(dout)", "np.mean(dout)"),
    "any: db counts the outputs": ("np.sum(dout)", "float(len(dout))"),
    "stride: left out of dx": ("dxpad[i * stride + k]", "dxpad[i + k]"),
    "stride: left out of dw": ("+= xpad[i * stride + k]", "+= xpad[i + k]"),
    "stride: the leftover samples get a gradient": ("    return", _LEFTOVER),
    "padding: dw as if no zeros stood in front of x": ("+= xpad[", "+= np.pad(x, (0, left + right))["),
    "padding: dx with the padding on it": ("dxpad[left : left + len(x)]", "dxpad"),
    "padding: dx cropped from one side": ("dxpad[left : left + len(x)]", "dxpad[left + right :]"),
}

q5 = sheet.tests(
    "q5",
    "believes",
    title="a test that kills wrong layers",
    section="05-fail",
    parts={"stride": 1, "padding": 1, "any": 1},
    right={"in loops": Code(_LOOPS), "with arrays": Code(_ARRAYS)},
    wrong={name: Code(_LOOPS.replace(*change)) for name, change in WRONG.items()},
    answered_by="conv1d_backward",
)

q5.solution('''
def believes(layer):
    """True if the layer's three gradients are right."""
    rng = np.random.default_rng(0)
    h = 1e-5
    for W, kW, stride, padding in [(6, 3, 2, 1), (7, 3, 3, 0), (5, 3, 1, 2)]:
        x, w = rng.normal(size=W), rng.normal(size=kW)
        dout = rng.normal(size=output_size(W, kW, stride, padding))
        given = np.concatenate([x, w, [0.5]])
        slopes = np.zeros(len(given))
        for j in range(len(given)):
            for sign in (1, -1):
                p = given.copy()
                p[j] += sign * h
                y = naive.conv1d(p[:W], p[W:-1], p[-1], stride=stride, padding=padding)
                slopes[j] += sign * np.sum(dout * y) / (2 * h)
        dx, dw, db = layer(dout, x, w, stride=stride, padding=padding)
        if np.shape(dx) != (W,) or np.shape(dw) != (kW,):
            return False
        if np.max(np.abs(np.concatenate([dx, dw, [db]]) - slopes)) > 1e-6:
            return False
    return True
''')


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


@q5.right
def _(layer):
    # the chapter's recipe: uneven padding, padding wider than the kernel, samples left over
    rng = np.random.default_rng(3)
    for W, kW, stride, padding in [(6, 2, 1, (1, 1)), (8, 3, 3, (0, 2)), (4, 2, 2, (3, 0)), (7, 3, 2, 5)]:
        x, w = rng.normal(size=W), rng.normal(size=kW)
        dout = rng.normal(size=output_size(W, kW, stride, padding))
        how = {"stride": stride, "padding": padding}
        dx = [dout @ naive.conv1d(e, w, **how) for e in np.eye(W)]
        dw = [dout @ naive.conv1d(x, e, **how) for e in np.eye(kW)]
        got, wanted = layer(dout, x, w, **how), (dx, dw, dout.sum())
        if not all(
            np.shape(a) == np.shape(b) and np.allclose(a, b) for a, b in zip(got, wanted, strict=True)
        ):
            return False
    return True


# a right test that is quicker than nudging: it adds up the three gradients itself
q5.slips(
    """
It believes everything  [05-misses]
    return False => return True
    Name one wrong layer that your test refuses.

It refuses all that it was given  [05-relative]
    return True => return False
    Your test refuses the right layers too: in which of its comparisons do they fail?

Rounding is not forgiven  [05-relative]
    np.max(np.abs(a - b)) > 1e-9 => np.any(a != b)
    Two right layers can differ in the last digit: how is that to be forgiven?

Mistakes with a stride or with padding are not noticed  [05-misses]
    [(5, 2, 2, 1), (7, 3, 3, 0), (4, 3, 1, 2)] => [(5, 3, 1, 0), (4, 2, 1, 0)]
    Which mistakes cannot show when the window never jumps and nothing is padded?

Mistakes with a stride are not noticed  [05-misses]
    [(5, 2, 2, 1), (7, 3, 3, 0), (4, 3, 1, 2)] => [(4, 3, 1, 1), (5, 2, 1, 2)]
    Which mistakes cannot show when the window never jumps?

Mistakes with padding are not noticed  [05-misses]
    [(5, 2, 2, 1), (7, 3, 3, 0), (4, 3, 1, 2)] => [(6, 3, 2, 0), (7, 3, 3, 0)]
    Which mistakes cannot show without padding?

A wrong gradient of leftover samples is not noticed  [05-misses]
    [(5, 2, 2, 1), (7, 3, 3, 0), (4, 3, 1, 2)] => [(5, 3, 2, 0), (5, 3, 2, 1), (4, 3, 1, 2)]
    With which sizes are samples left over behind the last window?

A db that counts the outputs is not noticed  [05-misses]
    dout = rng.normal(size= => dout = np.ones(
    Which mistakes look right as long as every dout is 1?

Mistakes in dw and db are not noticed  [05-misses]
    zip(got, wanted, strict=True) => [(got[0], wanted[0])]
    The layer gives three gradients: on which of them does your test decide?

Mistakes in dx and db are not noticed  [05-misses]
    zip(got, wanted, strict=True) => [(got[1], wanted[1])]
    The layer gives three gradients: on which of them does your test decide?

Mistakes in db are not noticed  [05-misses]
    zip(got, wanted, strict=True) => zip(got[:2], wanted[:2], strict=True)
    The layer gives three gradients: on which of them does your test decide?

Mistakes in dw are not noticed  [05-misses]
    zip(got, wanted, strict=True) => zip(got[::2], wanted[::2], strict=True)
    The layer gives three gradients: on which of them does your test decide?

Mistakes that keep the sums are not noticed  [05-misses]
    np.shape(a) != np.shape(b) or np.max(np.abs(a - b)) => abs(np.sum(a) - np.sum(b))
    Which mistakes leave the sum as it is?

Only a wrong shape is noticed  [05-misses]
    np.shape(a) != np.shape(b) or np.max(np.abs(a - b)) > 1e-9 => np.shape(a) != np.shape(b)
    A wrong gradient can have the right shape.
""",
    source="""
def believes(layer):
    rng = np.random.default_rng(5)
    for W, kW, stride, padding in [(5, 2, 2, 1), (7, 3, 3, 0), (4, 3, 1, 2)]:
        x, w = rng.normal(size=W), rng.normal(size=kW)
        dout = rng.normal(size=output_size(W, kW, stride, padding))
        xpad, dxpad, dw = np.pad(x, padding), np.zeros(W + 2 * padding), np.zeros(kW)
        for i in range(len(dout)):
            dxpad[i * stride : i * stride + kW] += w * dout[i]
            dw += xpad[i * stride : i * stride + kW] * dout[i]
        wanted = dxpad[padding : padding + W], dw, np.sum(dout)
        got = layer(dout, x, w, stride=stride, padding=padding)
        for a, b in zip(got, wanted, strict=True):
            if np.shape(a) != np.shape(b) or np.max(np.abs(a - b)) > 1e-9:
                return False
    return True
""",
)

# --- q6: a check that believes too much

_DX = """
def layer(dout, x, w):
    dx = np.zeros(len(x))
    for i in range(len(dout)):
        dx[i : i + len(w)] += w * dout[i]
    return dx
"""
_DX_BACKWARDS = """
def layer(dout, x, w):
    dx = np.zeros(len(x))
    for i in reversed(range(len(dout))):
        for k in range(len(w)):
            dx[i + k] += w[k] * dout[i]
    return dx
"""
TOO_GOOD = {
    "sign: every entry is too small": ("return dx", "return dx - 1"),
    "sign: the first entry is too small": ("return dx", "return dx - 0.5 * np.eye(len(x))[0]"),
    "sign: one is too small, one too large": ("return dx", "return dx - np.cos(np.pi * np.arange(len(x)))"),
    "not a number: one entry": ("return dx", "return dx + np.where(np.arange(len(x)) == 1, np.nan, 0)"),
    "not a number: all entries": ("return dx", "return dx * np.nan"),
    "length: the last entry is missing": ("return dx", "return dx[:-1]"),
    "length: nothing comes back": ("return dx", "return dx[:0]"),
}

q6 = sheet.tests(
    "q6",
    "repaired",
    title="repair a check that believes too much",
    section="05-fail",
    parts={"sign": 1, "not a number": 1, "length": 1},
    right={"in windows": Code(_DX), "in loops": Code(_DX_BACKWARDS)},
    wrong={name: Code(_DX.replace(*change)) for name, change in TOO_GOOD.items()},
    answered_by="conv1d_backward",
)

q6.solution('''
def repaired(backward):
    """True if the dx of this backward pass is right."""
    x, w = np.array([1.0, 3, 2, 5]), np.array([2.0, -1])
    dout = np.array([2.0, -1, 6])
    dx = backward(dout, x, w)
    if np.shape(dx) != np.shape(x):
        return False
    for j in range(len(x)):
        nudge = 1e-5 * (np.arange(len(x)) == j)
        change = naive.conv1d(x + nudge, w) - naive.conv1d(x - nudge, w)
        rate = np.sum(dout * change) / 2e-5
        if not abs(dx[j] - rate) <= 1e-6:
            return False
    return True
''')


@q6.right
def _(backward):
    x, w, dout = np.array([1.0, 3, 2, 5]), np.array([2.0, -1]), np.array([2.0, -1, 6])
    dx = np.asarray(backward(dout, x, w))
    return dx.shape == (4,) and bool(np.allclose(dx, [dout @ naive.conv1d(e, w) for e in np.eye(4)]))


q6.slips("""
All three kinds of wrong dx are still believed
    - if np.shape(dx) != np.shape(x):
    -     return False
    - for j in range(len(x)):
    + for j in range(len(dx)):
    not abs(dx[j] - rate) <= 1e-6 => dx[j] - rate > 1e-6
    Name one dx that is wrong and that your check believes.

A dx that is too small is still believed
    not abs(dx[j] - rate) <= 1e-6 => not dx[j] - rate <= 1e-6
    What is the sign of the difference when an entry is too small?

A dx that is not a number is still believed
    not abs(dx[j] - rate) <= 1e-6 => abs(dx[j] - rate) > 1e-6
    Is a difference that is not a number larger than your tolerance?

A dx that is too short is still believed
    - if np.shape(dx) != np.shape(x):
    -     return False
    - for j in range(len(x)):
    + for j in range(len(dx)):
    How many entries of dx does your check look at when one is missing?

A dx with errors that cancel is still believed  [05-fail]
    - for j in range(len(x)):
    -     nudge = 1e-5 * (np.arange(len(x)) == j)
    -     change = naive.conv1d(x + nudge, w) - naive.conv1d(x - nudge, w)
    -     rate = np.sum(dout * change) / 2e-5
    -     if not abs(dx[j] - rate) <= 1e-6:
    -         return False
    - return True
    + return bool(np.sum(dx) > 6.999 and np.sum(dx) < 7.001)
    Two entries can be wrong and their sum right: which number of yours would notice?

It believes everything  [05-misses]
    return False =>> return True
    Name one wrong dx that your check refuses.

It refuses all that it was given
    return True => return False
    Your check refuses a right dx too: by how much do the two differ there?
""")
