"""Sheet of 16_train_a_cnn: ReLU, softmax cross-entropy, momentum, and a whole training step."""

import numpy as np

from conv_course.checker.questions import Sheet, case, numbers
from conv_lib import vectorized
from conv_lib.layers import SGD, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, SoftmaxCrossEntropy

sheet = Sheet("16_train_a_cnn")

# --- q1: back through a ReLU

q1 = sheet.function(
    "q1",
    "relu_backward",
    title="back through a ReLU",
    section="16-between",
    points=1,
    answered_by="ReLU.backward",
)


@q1.reference
def relu_backward(dout, x):
    layer = ReLU()
    layer(np.asarray(x))
    return layer.backward(np.asarray(dout))


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
    return dout * (x > 0)


@q1.right
def _(dout, x):
    dx = np.array(dout, float)
    dx[x <= 0] = 0
    return dx


for _name, _hint, _wrong in [
    (
        "The mask of dout",
        "Which numbers decided in the forward pass what came through?",
        lambda dout, x: dout * (dout > 0),
    ),
    (
        "The forward pass again",
        "The gradient is asked for, not the output.",
        lambda dout, x: np.maximum(x, 0),
    ),
    (
        "ReLU of x times dout",
        "How far does the output move when a positive input moves by 1?",
        lambda dout, x: dout * np.maximum(x, 0),
    ),
    (
        "Everything comes through",
        "What does the output do when a negative input moves a little?",
        lambda dout, x: dout * 1.0,
    ),
    ("The mask alone", "Where the input was positive, what comes back?", lambda dout, x: (x > 0) * 1.0),
    (
        "The wrong side",
        "Which inputs move the output: the positive or the negative ones?",
        lambda dout, x: dout * (x <= 0),
    ),
    (
        "The kink counts",
        "At exactly 0 this course and PyTorch choose one of the two slopes: which?",
        lambda dout, x: dout * (x >= 0),
    ),
    ("The sign of x", "Is the slope at a negative input -1 or 0?", lambda dout, x: dout * np.sign(x)),
    (
        "Half at the kink",
        "At exactly 0 this course and PyTorch choose one of the two slopes: which?",
        lambda dout, x: dout * ((x > 0) + 0.5 * (x == 0)),
    ),
    (
        "ReLU of dout where x is positive",
        "Can a gradient that comes back be negative?",
        lambda dout, x: np.maximum(dout, 0) * (x > 0),
    ),
]:
    q1.wrong(_name, _hint, _wrong)

# --- q2: the loss

q2 = sheet.function(
    "q2",
    "loss_of",
    title="from scores to a loss",
    section="16-loss",
    parts={"small scores": 1, "large scores": 1},
    answered_by="SoftmaxCrossEntropy.forward",
)


@q2.reference
def loss_of(scores, labels):
    return float(SoftmaxCrossEntropy()(np.asarray(scores, float), labels))


def _scores(rng, N, classes, scale=1.0):
    return numbers(rng, N, classes) * scale, rng.integers(0, classes, N)


@q2.cases
def _(rng):
    for N, classes in [(1, 3), (4, 3), (3, 5), (2, 10)]:
        yield case(*_scores(rng, N, classes), part="small scores")
    yield case(*_scores(rng, 4, 3), part="small scores", layout="view")
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


def _softmax(scores, *, axis=1, shift="row"):
    scores = np.asarray(scores, float)
    top = {
        "row": lambda: scores.max(axis=axis, keepdims=True),
        "none": lambda: 0.0,
        "all": lambda: scores.max(),
    }[shift]()
    with np.errstate(all="ignore"):
        e = np.exp(scores - top)
        return e / e.sum(axis=axis, keepdims=True)


def _loss(take=lambda p, at, s: -np.log(p[at]).mean(), **how):
    def loss_of(scores, labels):
        p = _softmax(scores, **how)
        with np.errstate(all="ignore"):
            return float(take(p, (np.arange(len(labels)), labels), np.asarray(scores, float)))

    return loss_of


def _safe(take):
    """A mistake that does not overflow: it works with log-softmax."""

    def loss_of(scores, labels):
        top = scores - scores.max(axis=1, keepdims=True)
        logs = top - np.log(np.exp(top).sum(axis=1, keepdims=True))
        return float(take(logs, (np.arange(len(labels)), labels), scores))

    return loss_of


for _name, _hint, _wrong, _section in [
    (
        "The maximum is not subtracted",
        "What is the exponential of 1000 on a computer?",
        _loss(shift="none"),
        "16-breaks",
    ),
    (
        "The logarithm of a share that is 0",
        "A share can become 0 where its logarithm is an ordinary number: do you need the share?",
        _loss(),
        "16-breaks",
    ),
    (
        "One maximum for the whole batch",
        "A row may lie far below the others: what is left of it after your subtraction?",
        _loss(shift="all"),
        "16-breaks",
    ),
    (
        "The sum over the batch",
        "Should the loss double when every image is shown twice?",
        _safe(lambda p, at, s: -p[at].sum()),
        "16-loss",
    ),
    ("The sign is missing", "Can this loss be negative?", _safe(lambda p, at, s: p[at].mean()), "16-loss"),
    (
        "The share, not its logarithm",
        "What is the loss when all confidence is on the right digit?",
        _safe(lambda p, at, s: -np.exp(p[at]).mean()),
        "16-loss",
    ),
    (
        "One minus the share",
        "What is the loss when the right digit got a share of almost 0?",
        _safe(lambda p, at, s: 1 - np.exp(p[at]).mean()),
        "16-loss",
    ),
    (
        "The shares run over the images",
        "Of each image, the shares of all classes add up to one: along which axis is that?",
        _safe(
            lambda p, at, s: -(s - s.max(axis=0) - np.log(np.exp(s - s.max(axis=0)).sum(axis=0)))[at].mean()
        ),
        "16-loss",
    ),
    (
        "All classes count",
        "Whose share is it that the loss looks at?",
        _safe(lambda p, at, s: -p.mean()),
        "16-loss",
    ),
    (
        "The mean over the classes too",
        "By how many is the sum over the batch divided?",
        _safe(lambda p, at, s: -p[at].mean() / s.shape[1]),
        "16-loss",
    ),
    (
        "The largest share, not that of the label",
        "Which class is the right one: the one the network prefers?",
        _safe(lambda p, at, s: -p.max(axis=1).mean()),
        "16-loss",
    ),
    (
        "The first image only",
        "How many images are in the batch?",
        _safe(lambda p, at, s: -p[at][0]),
        "16-loss",
    ),
    (
        "The score alone",
        "The other scores matter as well: how?",
        _safe(lambda p, at, s: -s[at].mean()),
        "16-loss",
    ),
    (
        "Logarithm to the base 2",
        "Which logarithm undoes the exponential?",
        _safe(lambda p, at, s: -p[at].mean() / np.log(2)),
        "16-loss",
    ),
]:
    q2.wrong(_name, _hint, _wrong, section=_section)

# --- q3: its gradient

q3 = sheet.function(
    "q3",
    "loss_gradient",
    title="the gradient of the loss",
    section="16-loss",
    parts={"small scores": 2, "large scores": 1},
    answered_by="SoftmaxCrossEntropy.backward",
)


@q3.reference
def loss_gradient(scores, labels):
    loss = SoftmaxCrossEntropy()
    loss(np.asarray(scores, float), labels)
    return loss.backward()


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
    return (_softmax(scores) - np.eye(scores.shape[1])[labels]) / len(labels)


@q3.right
def _(scores, labels):
    return np.array(
        [
            [(p - (c == t)) / len(labels) for c, p in enumerate(row)]
            for row, t in zip(_softmax(scores), labels, strict=True)
        ]
    )


def _gradient(change=lambda p, one, N: (p - one) / N, **how):
    return lambda scores, labels: change(
        _softmax(scores, **how), np.eye(scores.shape[1])[labels], len(labels)
    )


for _name, _hint, _wrong, _section in [
    (
        "Not divided by N",
        "The loss is a mean over the batch: what does that do to each row's gradient?",
        _gradient(lambda p, one, N: p - one),
        "16-loss",
    ),
    (
        "The maximum is not subtracted",
        "What is the exponential of 1000 on a computer?",
        _gradient(shift="none"),
        "16-breaks",
    ),
    (
        "One maximum for the whole batch",
        "A row may lie far below the others: what is left of it after your subtraction?",
        _gradient(shift="all"),
        "16-breaks",
    ),
    (
        "The sign is turned",
        "When the score of the right digit grows, does the loss grow or fall?",
        _gradient(lambda p, one, N: (one - p) / N),
        "16-loss",
    ),
    (
        "The target is forgotten",
        "What should the network have said?",
        _gradient(lambda p, one, N: p / N),
        "16-loss",
    ),
    (
        "Only the label's column",
        "Do the scores of the wrong digits move the loss?",
        _gradient(lambda p, one, N: (p - one) * one / N),
        "16-loss",
    ),
    (
        "Only the wrong columns",
        "Does the score of the right digit move the loss?",
        _gradient(lambda p, one, N: p * (1 - one) / N),
        "16-loss",
    ),
    (
        "Divided by the classes",
        "By how many was the loss divided?",
        _gradient(lambda p, one, N: (p - one) / p.shape[1]),
        "16-loss",
    ),
    (
        "Divided by images and classes",
        "By how many was the loss divided?",
        _gradient(lambda p, one, N: (p - one) / p.size),
        "16-loss",
    ),
    (
        "Only the target divided by N",
        "Both terms belong to a mean.",
        _gradient(lambda p, one, N: p - one / N),
        "16-loss",
    ),
    (
        "Only the shares divided by N",
        "Both terms belong to the mean over the batch.",
        _gradient(lambda p, one, N: p / N - one),
        "16-loss",
    ),
    (
        "The shares run over the images",
        "Of each image, the shares of all classes add up to one: along which axis is that?",
        _gradient(axis=0),
        "16-loss",
    ),
    (
        "The slope of the logarithm alone",
        "The share depends on every score: what does the chain rule still ask for?",
        _gradient(lambda p, one, N: -one / np.maximum(p, 1e-12) / N),
        "16-loss",
    ),
    (
        "Through the softmax as if each by itself",
        "A score moves all the shares: is a factor p (1 - p) the whole story?",
        _gradient(lambda p, one, N: (p - one) * p * (1 - p) / N),
        "16-loss",
    ),
    (
        "The gradient of squares",
        "Which loss has twice the difference as its gradient?",
        _gradient(lambda p, one, N: 2 * (p - one) / N),
        "16-loss",
    ),
]:
    q3.wrong(_name, _hint, _wrong, section=_section)

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


@q4.reference
def momentum_step(param, velocity, gradient, *, rate, momentum):
    velocity *= momentum
    velocity += gradient
    param -= rate * velocity
    return float(np.abs(rate * velocity).max())


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


def _step(
    v=lambda p, v, g, r, m: m * v + g,
    p=lambda p, v, g, r, m, old: p - r * v,
    largest=lambda move, r, v: np.abs(move).max(),
    *,
    keep=(),
):
    def momentum_step(param, velocity, gradient, *, rate, momentum):
        old, before = velocity.copy(), param.copy()
        new = v(param, velocity, gradient, rate, momentum)
        after = p(param, new, gradient, rate, momentum, old)
        if "velocity" not in keep:
            velocity[...] = new
        if "param" not in keep:
            param[...] = after
        return float(largest(after - before, rate, new))

    return momentum_step


for _name, _hint, _wrong in [
    ("Uphill", "Against the gradient or along it?", _step(p=lambda p, v, g, r, m, old: p + r * v)),
    (
        "The velocity has the wrong sign",
        "The velocity adds up gradients: what has it got when a gradient of 1 comes?",
        _step(v=lambda p, v, g, r, m: m * v - g),
    ),
    (
        "Two signs turned",
        "The velocity of this course adds up the gradients themselves: where is the sign?",
        _step(v=lambda p, v, g, r, m: m * v - g, p=lambda p, v, g, r, m, old: p + r * v),
    ),
    (
        "The rate inside the velocity",
        "Where does the rate come in: where gradients are added up, or where the parameter moves?",
        _step(v=lambda p, v, g, r, m: m * v + r * g, p=lambda p, v, g, r, m, old: p - v),
    ),
    ("The rate twice", "How often does the rate come in?", _step(v=lambda p, v, g, r, m: m * v + r * g)),
    ("The rate is left out", "How long is the step?", _step(p=lambda p, v, g, r, m, old: p - v)),
    (
        "A weighted mean of gradients",
        "With a gradient that stays at 1, towards what does the velocity grow?",
        _step(v=lambda p, v, g, r, m: m * v + (1 - m) * g),
    ),
    (
        "Nothing is forgotten",
        "What becomes of the old velocity before the new gradient comes in?",
        _step(v=lambda p, v, g, r, m: v + g),
    ),
    ("No momentum", "What is left of the last step's velocity?", _step(v=lambda p, v, g, r, m: g)),
    (
        "The momentum on the gradient too",
        "Which of the two terms is multiplied with the momentum?",
        _step(v=lambda p, v, g, r, m: m * (v + g)),
    ),
    (
        "The momentum applied to the parameter",
        "What shrinks with the momentum: the velocity or the parameter?",
        _step(p=lambda p, v, g, r, m, old: m * p - r * v),
    ),
    (
        "The parameter moves by the gradient",
        "The velocity is there to move the parameter.",
        _step(p=lambda p, v, g, r, m, old: p - r * g),
    ),
    (
        "The old velocity",
        "Which comes first: the new velocity or the move?",
        _step(p=lambda p, v, g, r, m, old: p - r * old),
    ),
    (
        "A look ahead (Nesterov)",
        "That is a momentum of another kind: how much of the velocity counts here?",
        _step(p=lambda p, v, g, r, m, old: p - r * (g + m * v)),
    ),
    (
        "The momentum twice",
        "The velocity has its momentum in it already.",
        _step(p=lambda p, v, g, r, m, old: p - r * m * v),
    ),
    (
        "The velocity is not kept",
        "After the call, does the caller's array hold the new velocity?",
        _step(keep=("velocity",)),
    ),
    (
        "The parameter is not changed in place",
        "After the call, has the caller's array moved?",
        _step(keep=("param",)),
    ),
    (
        "Neither is changed in place",
        "After the call, what do the caller's arrays hold?",
        _step(keep=("param", "velocity")),
    ),
    (
        "Largest: with its sign",
        "A move downwards can be the largest, too.",
        _step(largest=lambda move, r, v: move.max()),
    ),
    (
        "Largest: the velocity",
        "How far the parameter moves is asked for.",
        _step(largest=lambda move, r, v: np.abs(v).max()),
    ),
    (
        "Largest: the mean",
        "One entry's move is asked for.",
        _step(largest=lambda move, r, v: np.abs(move).mean()),
    ),
    (
        "Largest: the sum",
        "One entry moves furthest: which?",
        _step(largest=lambda move, r, v: np.abs(move).sum()),
    ),
]:
    q4.wrong(_name, _hint, _wrong)

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


@q5.reference
def train_step(x, labels, w, b, v, c, *, rate):
    conv, linear = Conv2d(x.shape[1], len(w), 3, padding=1), Linear(*v.shape)
    conv.params, linear.params = {"w": w, "b": b}, {"w": v, "b": c}
    network, loss = Sequential(conv, ReLU(), MaxPool2d(2), Flatten(), linear), SoftmaxCrossEntropy()
    value = loss(network(x), labels)
    network.backward(loss.backward())
    SGD(network, rate=rate).step()
    return float(value)


def _blocks(image, values=None):
    """The blocks of 2 x 2 of an image, as (N, F, rows, columns, 4); or write `values` there."""
    N, F, H, W = image.shape
    rows, columns = H // 2, W // 2
    if values is not None:
        values = values.reshape(N, F, rows, columns, 2, 2).swapaxes(3, 4)
        image[:, :, : 2 * rows, : 2 * columns] = values.reshape(N, F, 2 * rows, 2 * columns)
        return image
    split = image[:, :, : 2 * rows, : 2 * columns].reshape(N, F, rows, 2, columns, 2)
    return split.swapaxes(3, 4).reshape(N, F, rows, columns, 4)


def _train(
    x,
    labels,
    w,
    b,
    v,
    c,
    rate,
    *,
    relu=True,
    mask="x",
    over="N",
    target=True,
    sign=-1,
    early=False,
    late=False,
    scale=1.0,
    still=(),
    order="channels",
    loss_over="N",
    axis=1,
    db="sum",
    dc="sum",
    pool="winner",
):
    """Convolution, ReLU, pooling, a linear layer, the loss, and back; each keyword puts one mistake in."""
    N, H, W, F = len(x), x.shape[2], x.shape[3], len(w)
    xpad = np.zeros((N, x.shape[1], H + 2, W + 2))
    xpad[:, :, 1:-1, 1:-1] = x
    windows = np.lib.stride_tricks.sliding_window_view(xpad, (3, 3), axis=(2, 3))

    def scores_of():
        h = np.tensordot(windows, w, ([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2) + b[:, None, None]
        blocks = _blocks(np.maximum(h, 0) if relu else h)
        pooled = blocks.max(axis=-1)
        flat = (pooled.transpose(0, 2, 3, 1) if order == "pixels" else pooled).reshape(N, -1)
        return h, blocks, pooled, flat, flat @ v + c

    def loss_from(s):
        shifted = s - s.max(axis=axis, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
        total = -logs[np.arange(N), labels].sum()
        return np.exp(logs), total / (N if loss_over == "N" else 1)

    h, blocks, pooled, flat, s = scores_of()
    p, loss = loss_from(s)
    ds = (p - np.eye(s.shape[1])[labels] * target) / {"N": N, "1": 1, "N N": N * N, "classes": s.shape[1]}[
        over
    ]
    dv, dc_ = flat.T @ ds, ds.sum(axis=0) if dc == "sum" else ds.mean(axis=0)
    step = sign * rate * scale
    if early:
        v += step * dv
    dflat = ds @ v.T
    if order == "pixels":
        rows, columns = pooled.shape[2:]
        dpooled = dflat.reshape(N, rows, columns, F).transpose(0, 3, 1, 2)
    else:
        dpooled = dflat.reshape(pooled.shape)
    shares = {
        "winner": lambda: np.arange(4) == blocks.argmax(axis=-1)[..., None],
        "mean": lambda: np.full(blocks.shape, 0.25),
        "all": lambda: np.ones(blocks.shape),
    }[pool]()
    da = np.zeros(h.shape)
    _blocks(da, shares * dpooled[..., None])
    dh = {"x": lambda: da * (h > 0), "none": lambda: da, "dout": lambda: np.maximum(da, 0)}[mask]()
    dw = np.tensordot(dh, windows, ([0, 2, 3], [0, 2, 3]))
    db_ = dh.sum(axis=(0, 2, 3)) if db == "sum" else dh.mean(axis=(0, 2, 3))
    for name, array, gradient in (("w", w, dw), ("b", b, db_), ("v", v, dv), ("c", c, dc_)):
        if name not in still and not (name == "v" and early):
            array += step * gradient
    if late:
        loss = loss_from(scores_of()[-1])[1]
    return float(loss)


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
    return _train(x, labels, w, b, v, c, rate)


@q5.right
def _(x, labels, w, b, v, c, *, rate):
    h = vectorized.conv2d(x, w, b, padding=1)
    a = np.maximum(h, 0)
    pooled = vectorized.max_pool2d(a, 2)
    flat = pooled.reshape(len(x), -1)
    scores = flat @ v + c
    ds = loss_gradient(scores, labels)
    da = vectorized.max_pool2d_backward((ds @ v.T).reshape(pooled.shape), a, 2)
    _, dw, db = vectorized.conv2d_backward(relu_backward(da, h), x, w, padding=1)
    for array, gradient in ((w, dw), (b, db), (v, flat.T @ ds), (c, ds.sum(axis=0))):
        array -= rate * gradient
    return loss_of(scores, labels)


for _name, _hint, _mistake in [
    (
        "The mean over the batch forgotten",
        "The loss is a mean: where does 1/N enter on the way back?",
        {"over": "1"},
    ),
    (
        "Divided by N twice",
        "The gradient is divided by N once, in the loss, and nowhere else.",
        {"over": "N N"},
    ),
    ("Divided by the classes", "By how many was the loss divided?", {"over": "classes"}),
    ("The target is forgotten", "What should the network have said?", {"target": False}),
    ("Uphill", "Against the gradient or along it?", {"sign": 1}),
    (
        "The ReLU is skipped on the way back",
        "Which pixels let nothing through on the way forward?",
        {"mask": "none"},
    ),
    ("The mask of dout", "Which numbers decided in the forward pass what came through?", {"mask": "dout"}),
    ("No ReLU in the forward pass", "What stands between the convolution and the pooling?", {"relu": False}),
    ("The average's share", "Which pixels of a pooling window does the output depend on?", {"pool": "mean"}),
    (
        "All pixels of a window are paid",
        "Only one pixel of each pooling window moved the output.",
        {"pool": "all"},
    ),
    ("v moves before it is used", "Which v made the scores: the old one or the new one?", {"early": True}),
    (
        "The loss after the step",
        "Is the loss asked for that this step began with, or the next one?",
        {"late": True},
    ),
    ("The loss is a sum", "Should the loss double when every image is shown twice?", {"loss_over": "1"}),
    ("The rate is left out", "How long is the step?", {"scale": None}),
    ("w is not changed in place", "After the call, has the caller's w moved?", {"still": ("w",)}),
    ("b stays", "Which parameters has the convolution?", {"still": ("b",)}),
    ("v stays", "Which parameters has the linear layer, and did all of them move?", {"still": ("v",)}),
    ("c stays", "Which parameters has the linear layer?", {"still": ("c",)}),
    ("Nothing moves", "After the call, what do the caller's arrays hold?", {"still": ("w", "b", "v", "c")}),
    (
        "Flattened with the channels last",
        "In which order does reshape read N x D x H x W?",
        {"order": "pixels"},
    ),
    (
        "The shares run over the images",
        "Of each image, the shares of all classes add up to one.",
        {"axis": 0},
    ),
    ("db is averaged", "How much does all of the convolution's output move when b moves?", {"db": "mean"}),
    ("dc is averaged", "Was the gradient of the scores divided by N already?", {"dc": "mean"}),
]:

    def _wrong(x, labels, w, b, v, c, *, rate, _mistake=_mistake):
        how = _mistake if "scale" not in _mistake else {"scale": 1 / rate}
        return _train(x, labels, w, b, v, c, rate, **how)

    q5.wrong(_name, _hint, _wrong)
