"""Sheet of 16_train_a_cnn: ReLU, softmax cross-entropy, momentum, and a whole training step."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_lib.layers import SGD, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, SoftmaxCrossEntropy

GIVEN = """
import numpy as np
from conv_lib.layers import SoftmaxCrossEntropy
from conv_lib.vectorized import conv2d, conv2d_backward, max_pool2d, max_pool2d_backward
"""
sheet = Sheet("16_train_a_cnn", given=GIVEN)

# --- q1: back through a ReLU

q1 = sheet.function(
    "q1",
    "relu_backward",
    title="back through a ReLU",
    section="16-between",
    points=1,
    answered_by="ReLU.backward",
)


q1.solution('''
def relu_backward(dout, x):
    """dx of max(x, 0)."""
    return dout * (x > 0)
''')


@q1.cases
def _(rng):
    for shape in [(6,), (3, 4), (2, 2, 3, 4), (4, 1), (1, 3)]:
        x = numbers(rng, *shape)
        x.flat[1] = 0.0
        yield case(numbers(rng, *shape), x)
    yield case(rng.integers(-9, 9, (3, 4)), np.arange(-6.0, 6).reshape(3, 4) / 2, layout="F")
    yield case(numbers(rng, 2, 5), numbers(rng, 2, 5), layout="view")


@q1.right
def _(dout, x):
    return np.where(x > 0, dout, 0.0)


@q1.right
def _(dout, x):
    dx = np.array(dout, float)
    dx[x <= 0] = 0
    return dx


q1.slips("""
Masked where dout, not the input, is positive
    x > 0 => dout > 0
    Which numbers decided in the forward pass what came through?

The forward pass again
    dout * (x > 0) => np.maximum(x, 0)
    The gradient is asked for, not the output: where does dout come in?

ReLU of x times dout
    (x > 0) => np.maximum(x, 0)
    How far does the output move when a positive input moves by 1?

Everything comes through
    dout * (x > 0) => dout
    What does the output do when a negative input moves a little?

The mask without dout
    dout * (x > 0) => (x > 0) * 1.0
    Where the input was positive, what comes back?

dout passes where x is not positive
    x > 0 => x <= 0
    Which inputs move the output: the positive or the negative ones?

dout passes where x is 0, too
    x > 0 => x >= 0
    At exactly 0 this course and PyTorch choose one of the two slopes: which?

dout times the sign of x
    (x > 0) => np.sign(x)
    Is the slope at a negative input -1 or 0?

Half of dout passes where x is 0
    (x > 0) => np.heaviside(x, 0.5)
    At exactly 0 this course and PyTorch choose one of the two slopes: which?

ReLU of dout where x is positive
    dout * => np.maximum(dout, 0) *
    Can a gradient that comes back be negative?
""")

# --- q2: the loss

q2 = sheet.function(
    "q2",
    "loss_of",
    title="from scores to a loss",
    section="16-loss",
    parts={"small scores": 1, "large scores": 1},
    answered_by="SoftmaxCrossEntropy.forward",
)


q2.solution('''
def loss_of(scores, labels):
    """The softmax cross-entropy, mean over the batch."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -logs[np.arange(len(labels)), labels].mean()
''')


def _scores(rng, N, classes, scale=1.0):
    return numbers(rng, N, classes) * scale, rng.integers(0, classes, N)


@q2.cases
def _(rng):
    for N, classes in [(1, 3), (4, 3), (3, 5), (2, 10)]:
        yield case(*_scores(rng, N, classes), part="small scores")
    yield case(*_scores(rng, 4, 3), part="small scores", layout="view")
    # a share of 1e-15: whatever is put under the logarithm is seen beside it
    yield case(np.array([[3.0, -31, 1], [0, 2, 1]]), np.array([1, 2]), part="small scores")
    for base in (1000.0, -1000.0):
        scores, labels = _scores(rng, 3, 4)
        yield case(scores + base, labels, part="large scores")
    yield case(np.array([[1000.0, 0.0, 500.0], [-1000, -990, -1010]]), np.array([1, 0]), part="large scores")


@q2.right
def _(scores, labels):
    top = scores.max(axis=1)
    logs = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
    return np.mean(logs - np.take_along_axis(scores, labels[:, None], axis=1)[:, 0])


@q2.right
def _(scores, labels):
    return sum(np.logaddexp.reduce(row) - row[t] for row, t in zip(scores, labels, strict=True)) / len(labels)


q2.slips("""
One sum for the whole batch
    np.exp(shifted).sum(axis=1, keepdims=True) => np.exp(shifted).sum()
    The shares of each image add up to 1: over what do yours add up to 1?

The largest of each class is taken off
    scores.max(axis=1, keepdims=True) => scores.max(axis=0, keepdims=True)
    Which number may be taken off all scores of one image? With large scores, what becomes of the others?

The shares of each class add up to 1
    np.exp(shifted).sum(axis=1, keepdims=True) => np.exp(shifted).sum(axis=0, keepdims=True)
    or
    - logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    - return -logs[np.arange(len(labels)), labels].mean()
    + logs = shifted[np.arange(len(labels)), labels] - np.log(np.exp(shifted).sum(axis=0))
    + return -logs.mean()
    Which axis counts the images, and which one the classes?

The maximum is not subtracted  [16-breaks]
    - shifted = scores - scores.max(axis=1, keepdims=True)
    + shifted = scores
    or
    - shifted = scores - scores.max(axis=1, keepdims=True)
    - logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    + logs = np.log(np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True))
    What is the exponential of 1000 on a computer?

The logarithm of a share that is 0  [16-breaks]
    - logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    + logs = np.log(np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True))
    A share can become 0 where its logarithm is an ordinary number: do you need the share?

One maximum for the whole batch  [16-breaks]
    scores.max(axis=1, keepdims=True) => scores.max()
    or
    scores.max(axis=1, keepdims=True) => scores.max()
    shifted - np.log(np.exp(shifted) => np.log(np.exp(shifted) / np.exp(shifted)
    A row may lie far below the others: what is left of it after your subtraction?

The sum over the batch, not the mean
    .mean() => .sum()
    Should the loss double when every image is shown twice?

The sign is missing
    return - => return +
    Can this loss be negative?

The share, not its logarithm
    logs[np.arange(len(labels)), labels] => np.exp(logs[np.arange(len(labels)), labels])
    What is the loss when all confidence is on the right digit?

One minus the share
    -logs[np.arange(len(labels)), labels] => 1 - np.exp(logs[np.arange(len(labels)), labels])
    What is the loss when the right digit got a share of almost 0?

The shares run over the images
    axis=1 =>> axis=0
    Of each image, the shares of all classes add up to one: along which axis is that?

The shares run over the whole batch
    axis=1, keepdims=True =>>
    or
    axis=1, keepdims=True =>>
    shifted - np.log(np.exp(shifted) => np.log(np.exp(shifted) / np.exp(shifted)
    or
    - shifted = scores - scores.max(axis=1, keepdims=True)
    - logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    + logs = np.log(np.exp(scores) / np.exp(scores).sum())
    Of each image, the shares of all classes add up to one: what does your sum run over?

A row's maximum or sum has lost its axis
    axis=1, keepdims=True =>> axis=1
    What shape do N numbers need to stand beside N rows?

All classes count
    logs[np.arange(len(labels)), labels] => logs
    Whose share is it that the loss looks at?

Each row meets the labels of all rows
    np.arange(len(labels)), labels => :, labels
    or
    np.arange(len(labels)), labels => :, labels
    .mean() => .sum() / len(labels)
    Each row is looked up at every label: which label belongs to which row?

The labels pick images
    np.arange(len(labels)), labels => labels
    A label says which column of its row counts: what is the first index of an array for?

The mean over the classes too
    .mean() => .mean() / scores.shape[1]
    By how many is the sum over the batch divided?

Divided by the classes
    .mean() => .sum() / scores.shape[1]
    By how many is the sum over the batch divided?

The largest share, not that of the label
    logs[np.arange(len(labels)), labels] => logs.max(axis=1)
    Which class is the right one: the one the network prefers?

The first image only
    -logs[np.arange(len(labels)), labels].mean() => -logs[0, labels[0]]
    How many images are in the batch?

The score alone
    -logs => -scores
    The other scores matter as well: how?

Logarithm to the base 2
    .mean() => .mean() / np.log(2)
    or
    np.log => np.log2
    or
    shifted - np.log(np.exp(shifted) => np.log2(np.exp(shifted) / np.exp(shifted)
    Which logarithm undoes the exponential?

Logarithm to the base 10
    .mean() => .mean() / np.log(10)
    or
    np.log => np.log10
    or
    shifted - np.log(np.exp(shifted) => np.log10(np.exp(shifted) / np.exp(shifted)
    Which logarithm undoes the exponential?
""")

_EPSILONS = [1e-16, "np.finfo(float).eps", 1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5]
for _share in [f"p + {small}" for small in _EPSILONS] + [f"np.maximum(p, {n})" for n in (1e-9, 1e-8, 1e-7)]:
    q2.slips(f"""
A small number under the logarithm  [16-breaks]
    - logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    + p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    + logs = np.log({_share})
    What is the logarithm of a quotient, written as a difference?
""")

# --- q3: its gradient

q3 = sheet.function(
    "q3",
    "loss_gradient",
    title="the gradient of the loss",
    section="16-loss",
    parts={"small scores": 2, "large scores": 1},
    answered_by="SoftmaxCrossEntropy.backward",
)


q3.solution('''
def loss_gradient(scores, labels):
    """The gradient of `loss_of` with respect to the scores, (N, classes)."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    gradient = e / e.sum(axis=1, keepdims=True)
    gradient[np.arange(len(labels)), labels] -= 1
    return gradient / len(labels)
''')


@q3.cases
def _(rng):
    for N, classes in [(1, 3), (4, 3), (3, 5), (2, 6)]:
        yield case(*_scores(rng, N, classes), part="small scores")
    yield case(*_scores(rng, 4, 3), part="small scores", layout="F")
    scores, labels = _scores(rng, 3, 4)
    yield case(scores + 1000, labels, part="large scores")
    yield case(np.array([[1000.0, 0.0, 500.0], [-1000, -990, -1010]]), np.array([1, 0]), part="large scores")
    yield case(rng.integers(-3, 3, (3, 4)), labels, part="small scores", layout="view")


@q3.right
def _(scores, labels):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.array(
        [
            [(p - (c == t)) / len(labels) for c, p in enumerate(row / row.sum())]
            for row, t in zip(e, labels, strict=True)
        ]
    )


q3.slips("""
The target is added
    -= 1 => += 1
    When the score of the right digit grows, does the loss grow or fall?

The entry of the right digit is 1
    -= 1 => = 1
    What does the gradient of that entry become when its share is almost 1?

The exponentials are not divided by their sum
    e / e.sum(axis=1, keepdims=True) => e
    The shares of an image are between 0 and 1 and add up to 1: do yours?

The 1 is taken from the wrong digits
    - gradient[np.arange(len(labels)), labels] -= 1
    + gradient -= 1 - np.eye(gradient.shape[1])[labels]
    When the score of the right digit grows, does the loss grow or fall? And that of a wrong one?

The entry of the right digit lacks its share
    -= 1 => = -1
    What does the gradient of that entry become when its share is almost 1?

One sum for the whole batch
    e.sum(axis=1, keepdims=True) => e.sum()
    The shares of each image add up to 1: over what do yours add up to 1?

The shares of each class add up to 1
    e.sum(axis=1, keepdims=True) => e.sum(axis=0, keepdims=True)
    Which axis counts the images, and which one the classes?

The labels pick images
    np.arange(len(labels)), labels => labels
    A label says which column of its row counts: what is the first index of an array for?

""")

q3.slips(
    """
Each row meets the labels of all rows
    p - target => p - target.max(axis=0)
    A row's target stands at one label alone: which label belongs to which row?

Not divided by N
    (p - target) / len(labels) => p - target
    The loss is a mean over the batch: what does that do to each row's gradient?

The maximum is not subtracted  [16-breaks]
    scores - scores.max(axis=1, keepdims=True) => scores
    What is the exponential of 1000 on a computer?

One maximum for the whole batch  [16-breaks]
    scores.max(axis=1, keepdims=True) => scores.max()
    A row may lie far below the others: what is left of it after your subtraction?

The largest of each class is taken off  [16-breaks]
    scores.max(axis=1, keepdims=True) => scores.max(axis=0)
    Which number may be taken off all scores of one image?

The sign is flipped
    p - target => target - p
    When the score of the right digit grows, does the loss grow or fall?

The target is forgotten
    (p - target) => p
    What should the network have said?

Only the label's column
    (p - target) => (p - target) * target
    Do the scores of the wrong digits move the loss?

Only the wrong columns
    (p - target) => p * (1 - target)
    Does the score of the right digit move the loss?

Divided by the classes
    / len(labels) => / p.shape[1]
    By how many was the loss divided?

Divided by images and classes
    / len(labels) => / p.size
    By how many was the loss divided?

Only the target divided by N
    (p - target) / => p - target /
    Both terms belong to the mean over the batch: which of them is divided by N?

Only the shares divided by N
    (p - target) / len(labels) => p / len(labels) - target
    Both terms belong to the mean over the batch: which of them is divided by N?

The shares run over the images
    axis=1 =>> axis=0
    Of each image, the shares of all classes add up to one: along which axis is that?

The shares run over the whole batch
    axis=1, keepdims=True =>>
    or
    scores - scores.max(axis=1, keepdims=True) => scores
    axis=1, keepdims=True =>
    Of each image, the shares of all classes add up to one: what does your sum run over?

A row's maximum or sum has lost its axis
    axis=1, keepdims=True =>> axis=1
    What shape do N numbers need to stand beside N rows?

The slope of the logarithm alone
    (p - target) => -target / p
    or
    (p - target) => -target / np.maximum(p, 1e-12)
    The share depends on every score: what does the chain rule still ask for?

Through the softmax as if each score moved its share alone
    (p - target) => (p - target) * p * (1 - p)
    A score moves all the shares: is a factor p (1 - p) the whole story?

Every entry is twice as large
    (p - target) => 2 * (p - target)
    Which loss has twice the difference as its gradient, the squares or the cross-entropy?
""",
    source="""
def loss_gradient(scores, labels):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    target = np.eye(scores.shape[1])[labels]
    return (p - target) / len(labels)
""",
)

# --- q4: a step with momentum, in place

q4 = sheet.function(
    "q4",
    "momentum_step",
    title="a step with momentum",
    section="16-step",
    outputs=("largest",),
    modifies=("param", "velocity"),
    parts={"largest": 1, "param": 1, "velocity": 1},
    answered_by="SGD.step",
)


q4.solution('''
def momentum_step(param, velocity, gradient, *, rate, momentum):
    """Change param and velocity in place; return the largest move."""
    velocity *= momentum
    velocity += gradient
    param -= rate * velocity
    return np.abs(rate * velocity).max()
''')


@q4.cases
def _(rng):
    yield case(numbers(rng, 3), np.zeros(3), numbers(rng, 3), rate=0.5, momentum=0.0)
    for shape, rate, momentum in [((4,), 0.5, 0.9), ((2, 3), 0.1, 0.5), ((2, 1, 3, 2), 0.25, 0.8)]:
        yield case(
            numbers(rng, *shape), numbers(rng, *shape), numbers(rng, *shape), rate=rate, momentum=momentum
        )
    param, velocity, gradient = (numbers(rng, 3, 4) for _ in range(3))
    velocity[1, 2], gradient[1, 2] = -9.0, -9.0  # the largest move is upwards
    yield case(param, velocity, gradient, rate=0.3, momentum=0.7, layout="view")
    param, velocity, gradient = (numbers(rng, 2, 3) for _ in range(3))
    velocity[0, 1], gradient[0, 1] = 9.0, 9.0  # the largest move is downwards
    yield case(param, velocity, gradient, rate=0.3, momentum=0.7)


@q4.right
def _(param, velocity, gradient, *, rate, momentum):
    before = param.copy()
    velocity[...] = momentum * velocity + gradient
    param[...] = param - rate * velocity
    return np.max(abs(param - before))


@q4.right
def _(param, velocity, gradient, *, rate, momentum):
    largest = 0.0
    for place in np.ndindex(param.shape):
        velocity[place] = momentum * velocity[place] + gradient[place]
        move = rate * velocity[place]
        param[place] -= move
        largest = max(largest, abs(move))
    return largest


_MOVES = """
The rate is left out
    param -= rate * => param -=
    By how much of the velocity does the parameter move?

The parameter moves by the gradient
    param -= rate * velocity => param -= rate * gradient
    The parameter moves by rate times one of the two arrays: by which?

The momentum applied to the parameter
    param -= rate * velocity => param[...] = momentum * param - rate * velocity
    What shrinks with the momentum: the velocity or the parameter?

The move is made of the old velocity
    - velocity *= momentum
    - velocity += gradient
    - param -= rate * velocity
    + param -= rate * velocity
    + velocity *= momentum
    + velocity += gradient
    Which comes first: the new velocity or the move?

A look ahead (Nesterov)
    param -= rate * velocity => param -= rate * (gradient + momentum * velocity)
    That is a momentum of another kind: how much of the velocity counts here?

The momentum twice
    param -= rate * velocity => param -= rate * momentum * velocity
    The velocity has its momentum in it already: what else is it multiplied by in the step?
"""

q4.slips(
    _MOVES
    + """
The step goes along the gradient, not against it
    param -= => param +=
    Against the gradient or along it?

The gradient is taken off the velocity
    velocity += => velocity -=
    The velocity adds up gradients: what has it got when a gradient of 1 comes?

The gradient is taken off, and the velocity is added on
    velocity += => velocity -=
    param -= => param +=
    The velocity of this course adds up the gradients themselves: where is the sign?

The rate inside the velocity
    += gradient => += rate * gradient
    rate * velocity =>> velocity
    Where does the rate come in: where gradients are added up, or where the parameter moves?

The velocity holds the move itself
    velocity += gradient => velocity -= rate * gradient
    param -= rate * velocity => param += velocity
    np.abs(rate * velocity) => np.abs(velocity)
    The velocity of this course adds up plain gradients: where does the rate come in?

The rate twice
    += gradient => += rate * gradient
    How often does the rate come in?

The gradient comes in times 1 - momentum
    += gradient => += (1 - momentum) * gradient
    With momentum 0.9, how much of a new gradient does your velocity take in, and how much should it?

The old velocity counts in full, without the momentum
    - velocity *= momentum
    What becomes of the old velocity before the new gradient comes in?

The old velocity is left out
    velocity *= momentum => velocity[...] = 0
    What is left of the last step's velocity?

The momentum on the gradient too
    velocity *= momentum => velocity += gradient
    - velocity += gradient
    - param -= rate * velocity
    + velocity *= momentum
    + param -= rate * velocity
    Which of the two terms is multiplied with the momentum?

The velocity is not kept
    - velocity *= momentum
    - velocity += gradient
    + velocity = momentum * velocity + gradient
    After the call, does the caller's array hold the new velocity?

The parameter is not changed in place
    param -= rate * velocity => param = param - rate * velocity
    After the call, has the caller's array moved?

Neither is changed in place
    - velocity *= momentum
    - velocity += gradient
    + velocity = momentum * velocity + gradient
    param -= rate * velocity => param = param - rate * velocity
    After the call, what do the caller's arrays hold?

Largest: with its sign
    np.abs(rate * velocity).max() => (-rate * velocity).max()
    or
    np.abs(rate * velocity).max() => (rate * velocity).max()
    or
    np.abs(rate * velocity).max() => abs((rate * velocity).max())
    Can a move in the other direction be the largest?

Largest: the velocity
    np.abs(rate * velocity) => np.abs(velocity)
    How far does the parameter move when its velocity is 1?

Largest: from the squares of all entries
    - return np.abs(rate * velocity).max()
    + return np.linalg.norm(rate * velocity)
    or
    np.abs(rate * velocity).max() => np.sqrt(np.mean((rate * velocity) ** 2))
    The distance of one entry is asked for: which one moves furthest?

Largest: the mean
    .max() => .mean()
    The distance of one entry is asked for: which one moves furthest?

Largest: the sum
    .max() => .sum()
    One entry moves furthest: which?
"""
)

q4.slips(
    _MOVES
    + """
Largest: always 0
    before = param.copy() => before = param
    Is the old param still there when the distance is measured? A second name for an array is no copy.
""",
    source="""
def momentum_step(param, velocity, gradient, *, rate, momentum):
    before = param.copy()
    velocity *= momentum
    velocity += gradient
    param -= rate * velocity
    return np.abs(param - before).max()
""",
)

# --- q5: the stretch: a whole training step

q5 = sheet.function(
    "q5",
    "train_step",
    title="a whole training step",
    section="16-step",
    outputs=("loss",),
    modifies=("w", "b", "v", "c"),
    parts={"loss": 1, "w": 2, "b": 1, "v": 1, "c": 1},
)


q5.solution('''
def train_step(x, labels, w, b, v, c, *, rate):
    """One step of gradient descent: changes w, b, v, c in place; returns the loss."""
    h = conv2d(x, w, b, padding=1)
    a = np.maximum(h, 0)
    pooled = max_pool2d(a, 2)
    flat = pooled.reshape(len(x), -1)
    loss = SoftmaxCrossEntropy()
    value = loss(flat @ v + c, labels)

    ds = loss.backward()
    dv, dc = flat.T @ ds, ds.sum(axis=0)
    da = max_pool2d_backward((ds @ v.T).reshape(pooled.shape), a, 2)
    _, dw, db = conv2d_backward(da * (h > 0), x, w, padding=1)

    w -= rate * dw
    b -= rate * db
    v -= rate * dv
    c -= rate * dc
    return value
''')


@q5.cases
def _(rng):
    yield _step_case(rng, 3, 2, 3, 4, 5, 4, 0.25)
    yield _step_case(rng, 2, 1, 2, 7, 4, 5, 0.5, layout="F")
    yield _step_case(rng, 2, 2, 3, 4, 5, 3, 0.2, layout="view")


def _step_case(rng, N, D, F, H, W, classes, rate, **rest):
    features = F * (H // 2) * (W // 2)
    x, w, b = numbers(rng, N, D, H, W), numbers(rng, F, D, 3, 3) / 3, numbers(rng, F) / 3
    v, c = numbers(rng, features, classes) / 6, numbers(rng, classes) / 3
    return case(x, rng.integers(0, classes, N), w, b, v, c, rate=rate, **rest)


@q5.right
def _(x, labels, w, b, v, c, *, rate):
    conv, linear = Conv2d(x.shape[1], len(w), 3, padding=1), Linear(*v.shape)
    conv.params, linear.params = {"w": w, "b": b}, {"w": v, "b": c}
    network, loss = Sequential(conv, ReLU(), MaxPool2d(2), Flatten(), linear), SoftmaxCrossEntropy()
    value = loss(network(x), labels)
    network.backward(loss.backward())
    SGD(network, rate=rate).step()
    return float(value)


q5.where("""
loss
    All four changes are right, so the scores and their gradient are: only what comes back is not the loss.
    Of which terms is the loss of one image made, with which sign, and what is done with the N of them?
w b v c
    The loss is right, so the scores are. All four changes come from the gradient of the loss by the scores.
    What is it for the label's own class, what for another one, and what does the mean over images do?
w b
    The changes of v and c are right, so the gradient of the scores is: look between it and the layer.
    Through which steps did the scores come from the layer's output, and where does each send nothing back?
w | b
    All else is right, also what comes back to the layer's output: the mistake lies in this one change.
    How is this gradient made of what comes back to the layer's output, and what is done with it then?
v | c
    All else is right, also the gradient of the scores: the mistake lies in this one change.
    How is this gradient made of that of the scores, and what is done with it then?
loss w b v c
    The loss is wrong as well as all four changes, so the mistake may lie as early as in the scores.
    Which line is the first whose result you can work out on paper for a small image, and is it right?
""")

q5.slips("""
The mean over the batch forgotten
    loss.backward() => loss.backward() * len(x)
    The loss is a mean: where does 1/N enter on the way back?

Divided by N twice
    loss.backward() => loss.backward() / len(x)
    The gradient of the loss is divided by N already: where else do you divide?

The step goes along the gradient, not against it
    -= rate =>> += rate
    Against the gradient or along it?

The ReLU is skipped on the way back
    da * (h > 0) => da
    Which pixels let nothing through on the way forward?

Masked where dout, not the input, is positive
    h > 0 => da > 0
    Which numbers decided in the forward pass what came through?

No ReLU in the forward pass
    np.maximum(h, 0) => h
    or
    np.maximum(h, 0) => h
    da * (h > 0) => da
    What stands between the convolution and the pooling?

v is updated before the way back has used it
    v -= rate * dv =>
    - dv, dc = flat.T @ ds, ds.sum(axis=0)
    + dv, dc = flat.T @ ds, ds.sum(axis=0)
    + v -= rate * dv
    Which v made the scores: the old one or the new one?

The loss after the step
    - return value
    + a = np.maximum(conv2d(x, w, b, padding=1), 0)
    + return loss(max_pool2d(a, 2).reshape(len(x), -1) @ v + c, labels)
    Is the loss asked for that this step began with, or the next one?

The loss is a sum
    return value => return value * len(x)
    Should the loss double when every image is shown twice?

The rate is left out
    -= rate * =>> -=
    By how much of its gradient does a parameter move?

w stays
    w -= rate * dw => w = w - rate * dw
    After the call, has the caller's w moved?

b stays
    - b -= rate * db
    After the call, has the caller's b moved?

v stays
    - v -= rate * dv
    After the call, has the caller's v moved?

c stays
    - c -= rate * dc
    After the call, has the caller's c moved?

Nothing moves
    w -= rate * dw => w = w - rate * dw
    b -= rate * db => b = b - rate * db
    v -= rate * dv => v = v - rate * dv
    c -= rate * dc => c = c - rate * dc
    After the call, what do the caller's arrays hold?

Flattened with the channels last
    flat = pooled => pooled = pooled.transpose(0, 2, 3, 1); flat = pooled
    .reshape(pooled.shape) => .reshape(pooled.shape).transpose(0, 3, 1, 2)
    In which order does reshape read N x D x H x W?

db is averaged
    - b -= rate * db
    + b -= rate * db / h[:, 0].size
    How much does all of the convolution's output move when b moves?

dc is averaged
    ds.sum(axis=0) => ds.mean(axis=0)
    Was the gradient of the scores divided by N already?

The convolution has no padding
    b, padding=1 => b
    w, padding=1 => w
    How large is the convolution's output to be, and so how many rows has v?
""")

q5.slips(
    """
Divided by the classes
    / N => / len(c)
    By how many was the loss divided?

The target is forgotten
    (p - target) => p
    What should the network have said?

The loss without the logarithm
    return -np.log(p[np.arange(N), labels]).mean() => return 1 - p[np.arange(N), labels].mean()
    or
    return -np.log(p[np.arange(N), labels]).mean() => return -p[np.arange(N), labels].mean()
    What does the loss make of a share: is it the share itself?

The shares run over the images
    axis=1 => axis=0
    Of each image, the shares of all classes add up to one: along which axis is that?

Each pixel of a pooling window gets a quarter
    winner * => np.full(winner.shape, 0.25) *
    Which pixels of a pooling window does the output depend on?

Every pixel of a window gets the gradient
    winner * => np.ones(winner.shape) *
    Which pixels of a pooling window does the output depend on?
""",
    source="""
def train_step(x, labels, w, b, v, c, *, rate):
    N, F = len(x), len(w)
    xpad = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(xpad, (3, 3), axis=(2, 3))
    h = np.tensordot(windows, w, ([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2) + b[:, None, None]
    H, W = h.shape[2] // 2 * 2, h.shape[3] // 2 * 2
    blocks = np.maximum(h, 0)[:, :, :H, :W].reshape(N, F, H // 2, 2, W // 2, 2)
    pooled = blocks.max(axis=(3, 5), keepdims=True)
    flat = pooled.reshape(N, -1)
    e = np.exp(flat @ v + c)
    p = e / e.sum(axis=1, keepdims=True)
    target = np.eye(len(c))[labels]
    ds = (p - target) / N
    winner = blocks == pooled
    da = np.zeros(h.shape)
    da[:, :, :H, :W] = (winner * (ds @ v.T).reshape(pooled.shape)).reshape(N, F, H, W)
    dh = da * (h > 0)
    w -= rate * np.tensordot(dh, windows, ([0, 2, 3], [0, 2, 3]))
    b -= rate * dh.sum(axis=(0, 2, 3))
    v -= rate * flat.T @ ds
    c -= rate * ds.sum(axis=0)
    return -np.log(p[np.arange(N), labels]).mean()
""",
)


# --- q6: why training stands still

q6 = sheet.values(
    "q6",
    "moves",
    {
        "all zero": np.array([0.0, 0, 0, 1]),
        "v zero": np.array([0.0, 0, 1, 1]),
        "b far below zero": np.array([0.0, 0, 0, 1]),
    },
    title="why does this training stand still?",
    section="16-between",
    parts={"all zero": 1, "v zero": 1, "b far below zero": 1},
)


q6.solution('''
def moves():
    """For each start four times 0 or 1, for w, b, v and c."""
    all_zero = [0, 0, 0, 1]
    v_zero = [0, 0, 1, 1]
    b_far_below = [0, 0, 0, 1]
    # given
    return {"all zero": all_zero, "v zero": v_zero, "b far below zero": b_far_below}
''')


@q6.right
def _():
    rng = np.random.default_rng(0)
    x, labels = rng.random((3, 1, 4, 4)), np.array([3, 3, 7])
    filled = [rng.standard_normal((2, 1, 3, 3)), np.ones(2), rng.standard_normal((8, 10)), np.ones(10)]
    starts = [
        [0 * array for array in filled],
        [filled[0], filled[1], 0 * filled[2], filled[3]],
        [filled[0], filled[1] - 100, filled[2], filled[3]],
    ]
    return [_moved(x, labels, start) for start in starts]


def _moved(x, labels, start):
    """Which of w, b, v and c a training step changes."""
    after = [array.copy() for array in start]
    sheet.questions["q5"].answer(x, labels, *after, rate=0.5)
    return [float((new != old).any()) for new, old in zip(after, start, strict=True)]


q6.ask("""
all zero
    Which of the four gradients is a product with something that is zero here?
v zero
    Through which array does the gradient come on its way to w and b?
b far below zero
    What does the relu let through when all is far below zero, forwards and backwards?
""")

q6.slips("""
Zeros are thought to move everything
    all_zero = [0, 0, 0, 1] => all_zero = [1, 1, 1, 1]
    What does the ReLU give where its input is 0, and what does v meet then?

Zeros are thought to move nothing
    all_zero = [0, 0, 0, 1] => all_zero = [0, 0, 0, 0]
    All scores are equal: is the loss content with that for the labels 3, 3 and 7?

v is thought to move from zero features
    all_zero = [0, 0, 0, 1] => all_zero = [0, 0, 1, 1]
    dv is made of the features that v meets: how large are they?

The filters are thought to move through a v of zero
    v_zero = [0, 0, 1, 1] => v_zero = [1, 1, 1, 1]
    What does the gradient become on its way back through v?

v of zero is thought to stay
    v_zero = [0, 0, 1, 1] => v_zero = [0, 0, 0, 1]
    dv is made of the features and of ds: is one of them zero?

The bias is thought to find its way back
    b_far_below = [0, 0, 0, 1] => b_far_below = [0, 1, 0, 1]
    Which inputs of the ReLU are positive, and what does it send back to the others?

A dead ReLU is thought to move the filters
    b_far_below = [0, 0, 0, 1] => b_far_below = [1, 1, 1, 1]
    Which inputs of the ReLU are positive, and what does it send back to the others?

v is thought to move with dead ReLUs
    b_far_below = [0, 0, 0, 1] => b_far_below = [0, 0, 1, 1]
    dv is made of the features that v meets: how large are they?
""")
