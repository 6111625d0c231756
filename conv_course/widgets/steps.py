"""steps: the error of two estimates of a slope against the step h, on logarithmic axes."""

import numpy as np

from conv_course.widgets._controls import Choice, Range

TITLE = "How small should the step be?"
PLACE = 2  # f(x) = x^3 there has the slope 12
LAST = 24
PRECISIONS = ("float64", "float32")

CONTROLS = [
    Range("step", "Step h", 0, LAST, 2),
    Choice("precision", "Numbers", tuple((name, name) for name in PRECISIONS), "float64"),
]

TEXT = {
    "line": "h = {h}, {precision}: central {central} (relative error {central_error}), "
    "one-sided {one} (relative error {one_error})",
    "across": "smaller step h →",
    "up": "relative error",
    "drag": "still to come: drag, or press Play",
    "note": "Drag in the drawing: the curves go as far as the step has come.",
}


def cube(x):
    return x * x * x


def written(value):
    """A small number in three digits, "3.16e-4"; a power of ten is "1e-4"."""
    digits, power = f"{value:.2e}".split("e")
    return f"{'1' if digits == '1.00' else digits}e{int(power)}" if value else "0"


def slopes(step, precision):
    """`(h, central, one-sided)`: what the two formulas give, computed in this precision."""
    kind = np.dtype(precision).type
    x, h = kind(PLACE), kind(10.0 ** (-step / 2))
    up, down = cube(x + h), cube(x - h)
    return float(h), float((up - down) / (kind(2) * h)), float((up - cube(x)) / h)


def facts(step, precision):
    """Texts of h, the two slopes and their relative errors."""
    _, central, one = slopes(step, precision)
    true = 3.0 * PLACE**2
    return {
        "h": written(10.0 ** (-step / 2)),
        "central": f"{central:.9g}",
        "one": f"{one:.9g}",
        "central_error": written(abs(central - true) / true),
        "one_error": written(abs(one - true) / true),
    }


def data():
    return {"facts": {name: [facts(step, name) for step in range(LAST + 1)] for name in PRECISIONS}}


def shown(step, precision):
    seen = [facts(n, precision) for n in range(step + 1)]
    line = TEXT["line"].format(precision=precision, **seen[-1])
    names = [("h", "step h"), ("central_error", "error, central"), ("one_error", "error, one-sided")]
    return [(key, caption, [one[key] for one in seen]) for key, caption in names], line
