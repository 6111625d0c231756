"""descent: the loss and the three taps of chapter 1's kernel, step by step, at twenty learning rates."""

from functools import cache

import numpy as np

from conv_course.widgets._controls import Range
from conv_lib import naive

TITLE = "How far should a step go?"
X = np.random.default_rng(0).uniform(-1, 1, 40)  # the signal of the page's loop
SECRET = np.array([2.0, -1, 3])
LAST, RATES = 20, 20  # steps; the rates are 0.01, 0.02, ... 0.2

CONTROLS = [
    Range("rate", "Learning rate", 1, RATES, 2),
    Range("step", "Steps taken", 0, LAST, LAST),
]

TEXT = {
    "line": "Learning rate {rate}, after {step} steps: the loss is {loss}, _w_ = ({w0}, {w1}, {w2}).",
    "loss": "loss",
    "taps": "taps",
    "steps": "steps",
    "note": "Dashed: the secret taps. A curve may leave its panel and come back.",
}


@cache
def run(rate):
    """The loss before each step and the kernels, of a run at so many hundredths."""
    w, losses, kernels = np.zeros(3), [], []
    wanted = naive.conv1d(X, SECRET)
    for _ in range(LAST + 1):
        e = naive.conv1d(X, w) - wanted
        losses.append(short(np.sum(e**2) / 2))
        kernels.append([short(tap) for tap in w])
        w = w - rate / 100 * naive.conv1d_backward(e, X, w)[1]
    return losses, kernels


def short(value):
    """Four decimals, and of a large number four digits."""
    return float(f"{value:.4g}") if abs(value) >= 1000 else round(float(value), 4) + 0.0


def told(value):
    """A number as the line has it: two decimals; "1.39e16" if it is large."""
    if abs(value) >= 1e5:
        return f"{value:.2e}".replace("e+0", "e").replace("e+", "e")
    return f"{round(value, 2) + 0.0:.10g}"


def data():
    runs = [run(rate) for rate in range(1, RATES + 1)]
    return {"loss": [losses for losses, _ in runs], "w": [kernels for _, kernels in runs], "secret": SECRET}


def shown(rate, step):
    losses, kernels = run(rate)
    taps = {f"w{k}": told(tap) for k, tap in enumerate(kernels[step])}
    line = TEXT["line"].format(rate=told(rate / 100), step=step, loss=told(losses[step]), **taps)
    return [
        ("loss", "loss before each step so far", losses[: step + 1]),
        ("w", "w, the taps", kernels[step]),
    ], line
