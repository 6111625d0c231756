"""The 1-D layer with one thing wrong at a time, for the sheets of chapters 02 to 06.

`forward()` and `backward()` without arguments are right; each keyword puts one mistake in.
"""

import math

import numpy as np

from conv_lib.sizes import padding_pair


def size_of(span, padded, stride, rounding="floor"):
    """How many outputs a learner who rounds this way makes room for."""
    if rounding == "ceil":
        return math.ceil((padded - span) / stride) + 1
    if rounding == "round":
        return round((padded - span) / stride) + 1
    if rounding == "ceil of all":
        return math.ceil((padded - span + 1) / stride) + 1
    return (padded - span) // stride + 1


def pad(x, left, right, mode="constant"):
    """Padding; "edge" and "reflect" are the mistakes."""
    if mode == "constant" or x.size == 0 or (mode == "reflect" and max(left, right) >= x.size):
        return np.concatenate([np.zeros(left), x, np.zeros(right)])
    return np.pad(x, (left, right), mode=mode)


def forward(
    *,
    start="stride",
    rounding="floor",
    flip=False,
    sides="both",
    mode="constant",
    bias="once",
    spread="dilation",
    keep=slice(None),
):
    """A `conv1d(x, w, b=0.0, *, stride=1, padding=0, dilation=1)` with the mistakes given."""

    def conv1d(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
        left, right = padding_pair(padding, len(x), len(w), stride, dilation)
        left, right = {
            "both": (left, right),
            "left": (left + right, 0),
            "right": (0, left + right),
            "left only": (left, 0),
            "right only": (0, right),
            "total": (left // 2, left - left // 2),
            "first for both": (left, left),
            "swapped": (right, left),
            "none": (0, 0),
        }[sides]
        step = {"dilation": dilation, "one": 1, "holes": dilation + 1}[spread]
        xpad = pad(x, left, right, mode)
        taps = w[::-1] if flip else w
        span = step * (len(w) - 1) + 1
        count = size_of(span if spread != "size" else len(w), len(xpad), stride, rounding)
        y = np.zeros(max(count, 0))
        for i in range(len(y)):
            at = {"stride": i * stride, "index": i, "plus": i + stride - 1}[start]
            for k in range(len(w)):
                value = xpad[at + k * step] if at + k * step < len(xpad) else 0.0
                y[i] += taps[k] * value + (b if bias == "inside" else 0.0)
        if bias == "once":
            y += b
        elif bias == "first":
            y[:1] += b
        return y[keep]

    return conv1d
