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


def backward(
    *,
    dx_start="stride",
    dw_start="stride",
    assign=False,
    dx_flip=False,
    dw_flip=False,
    dw_from="padded",
    dw_scale="sum",
    db="sum",
    crop="both",
    tail="kept",
):
    """A `conv1d_backward(dout, x, w, *, stride=1, padding=0, dilation=1)` with the mistakes given."""

    def conv1d_backward(dout, x, w, *, stride=1, padding=0, dilation=1):
        left, right = padding_pair(padding, len(x), len(w), stride, dilation)
        xpad = pad(x, left, right)
        seen = xpad if dw_from == "padded" else np.concatenate([x, np.zeros(left + right)])
        dxpad, dw = np.zeros(len(xpad)), np.zeros(len(w))
        for i in range(len(dout)):
            at = {"stride": i * stride, "index": i}[dx_start]
            seen_at = {"stride": i * stride, "index": i}[dw_start]
            for k in range(len(w)):
                value = w[len(w) - 1 - k if dx_flip else k] * dout[i]
                dxpad[at + k * dilation] = value if assign else dxpad[at + k * dilation] + value
                dw[len(w) - 1 - k if dw_flip else k] += seen[seen_at + k * dilation] * dout[i]
        if dw_scale == "mean":
            dw /= len(dout)
        used = (len(dout) - 1) * stride + dilation * (len(w) - 1) + 1
        dx = {
            "both": lambda: dxpad[left : len(dxpad) - right],
            "none": lambda: dxpad,
            "left": lambda: dxpad[left + right :],
            "right": lambda: dxpad[: len(dxpad) - left - right],
            "slice": lambda: dxpad[left:-right],
            "first": lambda: dxpad[left : len(dxpad) - left],
        }[crop]()
        if tail == "dropped":
            dx = dx[: max(used - left, 0)]
        bias = {
            "sum": lambda: float(np.sum(dout)),
            "each": lambda: dout.copy(),
            "mean": lambda: float(np.mean(dout)),
            "count": lambda: float(len(dout)),
            "first": lambda: float(dout[0]),
            "taps": lambda: float(np.sum(dout)) * len(w),
            "zero": lambda: 0.0,
        }[db]()
        return dx, dw, bias

    return conv1d_backward
