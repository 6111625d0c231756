"""General wrong answers, made by wrapping the right one: its arguments or its results are changed.

Each has a name and the idea that it gets wrong, "" for none. They identify arguments by their names, which
are the same in all sheets: x, w, dout, stride, padding, kernel and so on.
"""

import inspect
import itertools
from functools import partial

import numpy as np

from .calls import LONE, axes_of, bound, call, gives_dx, neutral, pads_of

SQUARED = ("stride", "padding", "kernel", "output_padding", "size", "out")


def wrapped_mistakes(question):
    """Yield (name, idea, function) of every mistake that makes sense for a question."""
    names = list(inspect.signature(question.model).parameters)
    for name in names:
        idea = name.replace("_", " ")
        if name in LONE:
            yield f"{name} is left out", idea, _replaced(question, name, partial(neutral, name))
        if name in SQUARED:
            if name == "padding" and question.stem[:2] in ("02", "06"):
                idea = "uneven"  # for a signal, a pair is (left, right)
            for how, change in (
                ("swapped", lambda v: v[::-1]),
                ("the height's for both", lambda v: (v[0],) * len(v)),
                ("the width's for both", lambda v: (v[-1],) * len(v)),
            ):
                yield f"{name}: {how}", idea, _replaced(question, name, _if_pair(change))
    if "padding" in names and question.stem[:2] != "14" and {"x", "x_shape", "dout"} & set(names):
        for axis, end in itertools.product((0, 1), (0, 1)):
            where = f"axis {axis}, {('front', 'back')[end]}"
            yield f"padding wraps round: {where}", "padding", _wrapped_round(question, axis, end)
            if not gives_dx(question):
                yield f"padding left out: {where}", "padding", _one_end(question, axis, end)
    if gives_dx(question) and "stride" in names:
        for how, change in (
            ("dropped", lambda a: [0] * len(a)),
            ("the height's for both", lambda a: [a[0]] * len(a)),
            ("the width's for both", lambda a: [a[-1]] * len(a)),
            ("dropped in the height", lambda a: [0, *a[1:]]),
            ("dropped in the width", lambda a: [*a[:-1], 0]),
        ):
            yield f"leftover {how}", "leftover", _leftover(question, change)
    for axis in range(-4, 0):
        yield f"squeezed along axis {axis}", "", _squeezed(question, axis)
    yield "squeezed", "", _squeezed(question, None)


def _replaced(question, name, change):
    def answer(*args, **kwargs):
        given = bound(question, args, kwargs)
        return call(question, given | {name: change(given[name])})

    return answer


def _if_pair(change):
    return lambda value: change(value) if isinstance(value, tuple) else value


def _cut(array, axis, start, stop):
    """Return the writable part from `start` to `stop` along an axis."""
    return array[(slice(None),) * axis + (slice(start, stop),)]


def _padded(question, given, axes, pads):
    """Return x with its padding, or None if a question has only its size."""
    if "x" not in given:
        return None
    x = given["x"] * 1.0
    around = [(0, 0)] * x.ndim
    for axis, pad in zip(axes, pads, strict=True):
        around[axis] = pad
    return np.pad(x, around, constant_values=-np.inf if question.function.startswith("max_pool") else 0.0)


def _unpadded_call(question, given, axes, pads, xpad):
    """Return the same call on the padded x, without padding."""
    more = {"padding": neutral("padding", given["padding"])}
    if xpad is not None:
        more["x"] = xpad
    if "W" in given:
        more["W"] = given["W"] + sum(pads[0])
    if "x_shape" in given:
        shape = list(given["x_shape"])
        for axis, pad in zip(axes, pads, strict=True):
            shape[axis] += sum(pad)
        more["x_shape"] = tuple(shape)
    return call(question, given | more)


def _one_end(question, axis, end):
    """Omit the zeros at one end of one axis."""

    def answer(*args, **kwargs):
        given = bound(question, args, kwargs)
        axes = axes_of(question, given)
        pads = pads_of(given, len(axes))
        if pads is None or axis >= len(axes) or "x" not in given:
            return call(question, given)
        pads[axis] = (0, pads[axis][1]) if end == 0 else (pads[axis][0], 0)
        return _unpadded_call(question, given, axes, pads, _padded(question, given, axes, pads))

    return answer


def all_behind(question):
    """Put all of the padding behind x, and keep of dx as much from its beginning as x has."""

    def answer(*args, **kwargs):
        given = bound(question, args, kwargs)
        axes = axes_of(question, given)
        pads = pads_of(given, len(axes))
        if pads is None:
            return call(question, given)
        behind = [(0, sum(pad)) for pad in pads]
        result = _unpadded_call(question, given, axes, pads, _padded(question, given, axes, behind))
        if not gives_dx(question):
            return result
        dx = result[0] if isinstance(result, tuple) else result
        for axis, pad in zip(axes, pads, strict=True):
            dx = _cut(dx, axis, 0, dx.shape[axis] - sum(pad))
        return (dx, *result[1:]) if isinstance(result, tuple) else dx

    return answer


def _wrapped_round(question, axis, end):
    """Wrap around at one end of one axis: take the padding from, or add it to, the other end of x."""

    def answer(*args, **kwargs):
        given = bound(question, args, kwargs)
        axes = axes_of(question, given)
        pads = pads_of(given, len(axes))
        if pads is None or axis >= len(axes):
            return call(question, given)
        front, back = pads[axis]
        xpad = _padded(question, given, axes, pads)
        if xpad is not None:
            lines = np.moveaxis(xpad, axes[axis], 0)
            n = len(lines) - front - back
            for k in range(front) if end == 0 else range(front + n, len(lines)):
                lines[k] = lines[front + (k - front) % n]
        result = _unpadded_call(question, given, axes, pads, xpad)
        if not gives_dx(question):
            return result
        dx = result[0] if isinstance(result, tuple) else result
        lines = np.moveaxis(dx, axes[axis], 0)
        n = len(lines) - front - back
        for k in range(front) if end == 0 else range(front + n, len(lines)):
            lines[front + (k - front) % n] += lines[k]
        for a, pad in zip(axes, pads, strict=True):
            dx = _cut(dx, a, pad[0], dx.shape[a] - pad[1])
        return (dx, *result[1:]) if isinstance(result, tuple) else dx

    return answer


def _leftover(question, change):
    """Return dx as long as the windows reach, followed by a wrong number of zeros."""

    def answer(*args, **kwargs):
        given = bound(question, args, kwargs)
        result = call(question, given)
        dx = result[0] if isinstance(result, tuple) else result
        axes = axes_of(question, given)
        pads, strides = pads_of(given, len(axes)), given["stride"]
        strides = strides if isinstance(strides, tuple) else (strides,)
        kernel = given["kernel"] if "kernel" in given else np.shape(given["w"])[-len(axes) :]
        left = [
            (dx.shape[a] + sum(p) - given.get("dilation", 1) * (k - 1) - 1) % s
            for a, p, k, s in zip(axes, pads, kernel, strides, strict=True)
        ]
        for a, p, have, want in zip(axes, pads, left, change(left), strict=True):
            length = min(dx.shape[a] + p[1] - have + want, dx.shape[a])
            dx = _cut(dx, a, 0, length)
        return (dx, *result[1:]) if isinstance(result, tuple) else dx

    return answer


def _squeezed(question, axis):
    """Return results without axes of length 1; with `axis`, without this one if it is the only one."""

    def squeeze(value):
        if isinstance(value, tuple):
            return tuple(map(squeeze, value))
        if not isinstance(value, np.ndarray) or (axis is not None and value.ndim < -axis):
            return value
        if axis is None:
            return value.squeeze()
        alone = value.shape.count(1) == 1 and value.shape[axis] == 1
        return value.squeeze(axis) if alone else value

    return lambda *args, **kwargs: squeeze(question.model(*args, **kwargs))
