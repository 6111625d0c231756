"""Random calls of each question's function, from a wide range, to tell wrong answers from right ones.

The sheets' own cases are few and selected. These are many, so that an edited answer that agrees with the
right one on all of them counts as right as well. The module is long because there is one draw per question.
"""

import numpy as np

DRAWN = {}


def drawn(*names):
    """Decorate the function that draws random calls of these questions, "06 q3" and so on."""

    def add(function):
        DRAWN.update(dict.fromkeys(names, function))
        return function

    return add


def draw(question, rng):
    """Return (args, kwargs) of one random call."""
    name = f"{question.stem[:2]} {question.name}"
    assert name in DRAWN, f"{name} needs a function with @drawn in tests/grading/problems.py"
    return DRAWN[name](rng, name)


def _int(rng, low, high):
    return int(rng.integers(low, high + 1))


def _axis(rng, *, uneven=False, dilation=1):
    """Draw size, kernel, stride and padding of one axis on which at least one window fits."""
    k, S = _int(rng, 1, 4), _int(rng, 1, 4)
    P = (_int(rng, 0, 4), _int(rng, 0, 4)) if uneven else _int(rng, 0, 4)
    if rng.random() < 0.4:
        P = (0, 0) if uneven else 0
    total = sum(P) if uneven else 2 * P
    return max(_int(rng, 1, 8), dilation * (k - 1) + 1 - total, 1), k, S, P


def _count(n, k, S, P, Dl=1):
    return (n + (sum(P) if isinstance(P, tuple) else 2 * P) - Dl * (k - 1) - 1) // S + 1


def _signal(rng, question):
    uneven = question[:2] in ("02", "06") and question != "02 q4" and rng.random() < 0.6
    Dl = _int(rng, 1, 3) if question in ("02 q5", "06 q5", "13 q1", "13 q2", "13 q3") else 1
    W, k, S, P = _axis(rng, uneven=uneven, dilation=Dl)
    how = {"stride": S, "padding": P} | (
        {"dilation": Dl} if question[-2:] != "q2" or question == "13 q2" else {}
    )
    if Dl == 1 and question not in ("02 q5", "06 q5", "13 q1", "13 q2", "13 q3"):
        how.pop("dilation", None)
    return W, k, _count(W, k, S, P, Dl), how


def _same(rng, W, how):
    if rng.random() < 0.4:
        how["padding"] = "same"
    return W, how


@drawn("02 q1", "02 q4", "03 q1", "06 q2", "13 q1", "14 q2")
def _(rng, question):
    W, k, _, how = _signal(rng, question)
    if question == "02 q1":
        W, how = _same(rng, W, how)
    if question == "14 q2" and 2 * how["padding"] >= k:
        how["padding"] = (k - 1) // 2  # more would leave no output of the transposed layer
        W = max(W, k)
    return (W, k), how


@drawn("02 q2", "02 q3", "02 q5", "13 q2")
def _(rng, question):
    W, k, _, how = _signal(rng, question)
    if question == "02 q2":
        how = {}
        W = max(W, k)
    if question == "02 q5":
        W, how = _same(rng, W, how)
    return (rng.normal(size=W), rng.normal(size=k), 0.5), how


@drawn("03 q3", "03 q4", "03 q5", "06 q3", "06 q4", "06 q5", "13 q3")
def _(rng, question):
    W, k, n, how = _signal(rng, question)
    dout, x, w = rng.normal(size=n), rng.normal(size=W), rng.normal(size=k)
    return {
        "03 q3": (w, W),
        "03 q4": (dout, w, W),
        "03 q5": (dout, x, k),
        "06 q3": (dout, w, W),
        "06 q4": (dout, x, k),
    }.get(question, (dout, x, w)), how


@drawn("04 q2", "04 q3", "04 q5", "04 q1")
def _(rng, question):
    n, k = (3, 3) if question == "04 q1" else (_int(rng, 1, 6), _int(rng, 1, 5))
    dout, x, w = rng.normal(size=n), rng.normal(size=n + k - 1), rng.normal(size=k)
    return {"04 q2": (dout, x), "04 q5": (dout, x, w)}.get(question, (dout, w)), {}


@drawn("06 q1")
def _(rng, question):
    return (rng.normal(size=_int(rng, 1, 6)), _int(rng, 1, 4)), {}


def _plane(rng, *, uneven=False):
    (H, kH, sH, pH), (W, kW, sW, pW) = _axis(rng, uneven=uneven), _axis(rng, uneven=uneven)
    out = _count(H, kH, sH, pH), _count(W, kW, sW, pW)
    return (H, W), (kH, kW), out, {"stride": (sH, sW), "padding": (pH, pW)}


@drawn("07 q1", "07 q2", "07 q5", "08 q1")
def _(rng, question):
    image, kernel, _, how = _plane(rng)
    if question == "07 q1":
        return (*image, *kernel), how
    if question == "07 q2":
        return (rng.normal(size=image), rng.normal(size=kernel)), how
    if question == "07 q5":
        return (*image, *kernel), {"stride": how["stride"]}
    N, D, F = (_int(rng, 1, 5) for _ in range(3))
    return ((N, D, *image), (F, D, *kernel)), how


@drawn("07 q3", "07 q4", "08 q3", "09 q2")
def _(rng, question):
    N, D, F = (_int(rng, 1, 3) for _ in range(3))
    image, kernel, _, how = _plane(rng)
    if question == "07 q3":
        return (rng.normal(size=kernel if rng.random() < 0.5 else (F, D, *kernel)),), {}
    if question == "07 q4":
        image = np.maximum(image, kernel)
        return (rng.normal(size=image), np.outer(rng.normal(size=kernel[0]), rng.normal(size=kernel[1]))), {}
    if question == "09 q2":
        return (rng.normal(size=(N, F, *image)),), {}
    i, j = _int(rng, 0, 3), _int(rng, 0, 3)
    xpad = rng.normal(size=(D, 3 * 4 + 4, 3 * 4 + 4 + _int(rng, 0, 2)))
    return (xpad, rng.normal(size=(D, *kernel)), 0.5, i, j), {"stride": how["stride"]}


@drawn("08 q4", "08 q5", "09 q3", "09 q4", "09 q5", "10 q2", "10 q3", "10 q4", "10 q5", "11 q5")
def _(rng, question):
    image, kernel, out, how = _plane(rng, uneven=question == "09 q5")
    N, D, F = (_int(rng, 1, 3) for _ in range(3))
    if question == "11 q5":
        S, P = how["stride"][0], how["padding"][0]
        image = np.maximum(image, np.subtract(kernel, 2 * P))
        how = {"stride": S, "padding": P, "rows": _int(rng, 1, 5)}
    x, w, b = rng.normal(size=(N, D, *image)), rng.normal(size=(F, D, *kernel)), rng.normal(size=F)
    dout = rng.normal(size=(N, F, *out))
    return {
        "08 q5": (x.transpose(0, 2, 3, 1), w.transpose(2, 3, 1, 0), b),
        "09 q3": (dout, x, kernel),
        "09 q4": (dout, w, x.shape),
        "09 q5": (dout, x, w),
        "10 q2": (x, kernel),
        "10 q4": (rng.normal(size=(w[0].size, N * out[0] * out[1])), x.shape, kernel),
        "10 q5": (dout, x, w),
    }.get(question, (x, w, b)), how


@drawn("10 q1")
def _(rng, question):
    N, D, H, W, kH, kW = (_int(rng, 1, 5) for _ in range(6))
    at = [_int(rng, 0, n - 1) for n in (N, D, H, W, kH, kW)]
    return at, {"images": N, "channels": D, "kernel": (kH, kW), "out": (H, W)}


@drawn("11 q1", "11 q2")
def _(rng, question):
    return (rng.normal(size=(4,) * int(question[-1])), rng.normal(size=(3,) * int(question[-1]))), {}


@drawn("11 q3", "11 q4")
def _(rng, question):
    if question == "11 q3":
        return (*(_int(rng, 1, 20) for _ in range(4)), 2 * _int(rng, 1, 3)), {}
    return (_int(rng, 1, 40), _int(rng, 10, 99), _int(rng, 5, 500), _int(rng, 1, 4)), {}


@drawn("12 q1", "12 q2", "12 q3")
def _(rng, question):
    N, D, H, W = (_int(rng, 1, 4) for _ in range(4))
    if question == "12 q1":
        return (rng.normal(size=(N, D, H, W)),), {}
    if question == "12 q2":
        return (*(_int(rng, 1, n) for n in (H, W, D, N)), (H, W, D, N)), {}
    return (rng.normal(size=N * D * H * W), H, W, D, N), {}


@drawn("12 q4", "12 q5")
def _(rng, question):
    k, S, H = _int(rng, 1, 5), _int(rng, 1, 4), _int(rng, 5, 14)
    return ((_int(rng, 1, 9), k, S) if question == "12 q4" else (_int(rng, 1, H), H, k, S)), {}


@drawn("13 q4", "13 q5", "13 q6")
def _(rng, question):
    G, per_D, per_F, N = (_int(rng, 1, 3) for _ in range(4))
    image, kernel, out, how = _plane(rng)
    D, F = G * per_D, G * per_F
    if question == "13 q5":
        return (D, F, kernel, out), {"groups": G}
    x, w = rng.normal(size=(N, D, *image)), rng.normal(size=(F, per_D, *kernel))
    dout = rng.normal(size=(N, F, *out))
    return ((x, w, rng.normal(size=F)) if question == "13 q4" else (dout, x, w)), how | {"groups": G}


@drawn("14 q1", "14 q3", "14 q4", "14 q5")
def _(rng, question):
    axes = []
    while len(axes) < 2:
        n, k, S, P = _int(rng, 1, 4), _int(rng, 1, 5), _int(rng, 1, 4), _int(rng, 0, 2)
        extra = _int(rng, 0, S - 1)
        if (n - 1) * S + k + extra > 2 * P:
            axes.append((n, k, S, P, extra))
    size, kernel, stride, padding, extra = zip(*axes, strict=True)
    if question == "14 q1":
        return (rng.normal(size=size[0]), rng.normal(size=kernel[0])), {"stride": stride[0]}
    if question == "14 q3":
        return (size, kernel), {"stride": stride}
    N, D, F = (_int(rng, 1, 3) for _ in range(3))
    x, w = rng.normal(size=(N, D, *size)), rng.normal(size=(D, F, *kernel))
    up = [(n - 1) * S - 2 * P + k + e for n, k, S, P, e in axes]
    how = {"stride": stride, "padding": padding, "output_padding": extra}
    return ((x, w, rng.normal(size=F)) if question == "14 q4" else (rng.normal(size=(N, F, *up)), x, w)), how


@drawn("15 q1", "15 q2", "15 q3", "15 q4")
def _(rng, question):
    image, kernel, _, how = _plane(rng)
    how["padding"] = tuple(_int(rng, 0, k // 2) for k in kernel)
    image = tuple(np.maximum(image, np.subtract(kernel, 2 * np.array(how["padding"]))).tolist())
    N, D = _int(rng, 1, 3), _int(rng, 1, 3)
    x = rng.integers(-4, 3, (N, D, *image)) * 1.0
    out = [_count(*axis) for axis in zip(image, kernel, how["stride"], how["padding"], strict=True)]
    return ((x, kernel) if question[-1] in "13" else (rng.normal(size=(N, D, *out)), x, kernel)), how


@drawn("15 q5")
def _(rng, question):
    return ([tuple(_int(rng, 1, 4) for _ in range(4)) for _ in range(_int(rng, 0, 4))],), {}


@drawn("16 q1", "16 q2", "16 q3", "16 q4")
def _(rng, question):
    N, classes = _int(rng, 1, 4), _int(rng, 2, 5)
    scores = rng.normal(size=(N, classes)) * 10 ** _int(rng, 0, 3)
    if question == "16 q1":
        return (rng.normal(size=(N, classes)), rng.integers(-1, 2, (N, classes)) * scores), {}
    if question == "16 q4":
        return [rng.normal(size=(N, classes)) for _ in range(3)], {"rate": 0.3, "momentum": 0.7}
    return (scores, rng.integers(0, classes, N)), {}


@drawn("05 q1", "05 q2", "05 q3", "05 q4")
def _(rng, question):
    C = rng.normal(size=(3, 4))
    if question == "05 q1":
        return (np.sin, float(rng.normal()), 0.1), {}
    if question == "05 q2":
        return (
            lambda x: np.cumsum(x, axis=1)[:, 1:] ** 3,
            rng.normal(size=(2, 3)),
            rng.normal(size=(2, 2)),
            0.1,
        ), {}
    if question == "05 q3":
        shape = [(4,), (2, 3)][_int(rng, 0, 1)]
        return (rng.normal(size=shape) ** 3, rng.normal(size=shape)), {"floor": 10.0 ** -_int(rng, 1, 3)}
    return (lambda v: C @ v, lambda v: C.T @ v, rng.normal(size=4), rng.normal(size=3)), {}


@drawn("16 q5")
def _(rng, question):
    N, D, F = (_int(rng, 1, 3) for _ in range(3))
    classes, H, W = _int(rng, 2, 4), _int(rng, 2, 7), _int(rng, 2, 7)
    v = rng.normal(size=(F * (H // 2) * (W // 2), classes))
    x, w, b, c = (
        rng.normal(size=(N, D, H, W)),
        rng.normal(size=(F, D, 3, 3)),
        rng.normal(size=F),
        rng.normal(size=classes),
    )
    return (x, rng.integers(0, classes, N), w, b, v, c), {"rate": 0.3}
