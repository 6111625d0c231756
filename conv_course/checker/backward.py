"""Mistakes of any backward pass: with the padding, the crop and what is left over.

They are made on the results of a right answer, so that they do not depend on how the learner has written the
pass. An axis is (size of x, zeros before, zeros behind, outputs, stride, pixels that the kernel spans).
"""

import inspect
import re
from collections import namedtuple
from functools import lru_cache

import numpy as np

from .diagnose import Diagnosis, agrees, comparable
from .judge import expected, items, limits
from .run import run

Axis = namedtuple("Axis", "size before behind outputs stride span")
# of dx with its padding: zeros that x has in front, zeros put before dx, its length, and what is kept of it
Cut = namedtuple("Cut", "zeros shift length start stop")


def _reach(axis):
    return (axis.outputs - 1) * axis.stride + axis.span


def _rest(axis):
    return axis.size + axis.before + axis.behind - _reach(axis)


def _cut(axis, *, zeros=None, shift=0, length=None, start=None, stop=None):
    """Return the `Cut` of the right answer, but for what is given."""
    zeros = axis.before if zeros is None else zeros
    start = axis.before if start is None else start
    length = axis.before + axis.size + axis.behind if length is None else length
    return Cut(zeros, shift, length, start, start + axis.size if stop is None else stop)


def _each(**how):
    return lambda axes: [_cut(a, **{key: of(a) for key, of in how.items()}) for a in axes]


def _with_rests(order):
    return lambda axes: [_cut(a, length=_reach(a) + _rest(axes[k])) for a, k in zip(axes, order, strict=True)]


def _with_sizes(order):
    """What is left over follows from the size, the padding and the kernel of the axis in `order`."""

    def cuts(axes):
        rooms = [axes[k].size + axes[k].before + axes[k].behind - axes[k].span for k in order]
        return [_cut(a, length=_reach(a) + room % a.stride) for a, room in zip(axes, rooms, strict=True)]

    return cuts


def _with_paddings(order):
    """All of an axis's padding is that of the axis in `order`; windows that then reach too far meet zeros."""

    def cuts(axes):
        zeros = [axes[k].before for k in order]
        return [
            _cut(a, zeros=z, start=z, length=_reach(a) + a.size + z) for a, z in zip(axes, zeros, strict=True)
        ]

    return cuts


OWN = "Height and width have a number each: does each axis take its own?"
UNREAD = "Which gradient has a place that no window reads, and at which end of x is it?"
ROOM = "How long is x with its zeros, and how far into it do the windows reach?"
CUTS = {
    1: (
        ("dx ends where the last window ends", UNREAD, _each(length=_reach)),
        ("The leftover stands at the start of dx", UNREAD, _each(length=_reach, shift=_rest)),
        (
            "dx is too short by what is left over",
            ROOM,
            _each(length=_reach, stop=lambda a: _reach(a) - a.behind),
        ),
        (
            "dx is cut in front by the other end's padding",
            "The two ends may differ: how many zeros stand before x?",
            _each(start=lambda a: a.behind),
        ),
        (
            "The padding in front is taken off at both ends",
            "The two ends may differ: how many zeros stand behind x?",
            _each(stop=lambda a: a.size + a.behind),
        ),
    ),
    2: (
        ("The height's leftover for both axes", OWN, _with_rests((0, 0))),
        ("The width's leftover for both axes", OWN, _with_rests((1, 1))),
        ("The leftovers of height and width exchanged", OWN, _with_rests((1, 0))),
        ("The width's leftover computed from the height", OWN, _with_sizes((0, 0))),
        ("The height's leftover computed from the width", OWN, _with_sizes((1, 1))),
        (
            "At the left stands as much padding as above",
            "How many columns of zeros stand at the left of x, and which number of the padding is that?",
            _with_paddings((0, 0)),
        ),
        (
            "Above stands as much padding as at the left",
            "How many rows of zeros stand above x, and which number of the padding is that?",
            _with_paddings((1, 1)),
        ),
        ("The paddings of height and width exchanged", OWN, _with_paddings((1, 0))),
    ),
}
# words of a name, and the section on it if the question's own slips name none
TOPICS = (
    ("minus zero", "09-breaks"),
    ("leftover|left over", "06-leftover"),
    ("dilation", "13-dilation"),
    (r"padding|zeros|edge is repeated", "02-padding"),
    ("stride", ""),
    ("bias", ""),
)
OVER = (
    "Windows that reach over an end are left out",
    "A part of such a window lies on x: what do these places give and get?",
)


def names(question, table, failing, seed):
    """Return the `Diagnosis` of the one mistake that gives the results of all failing outputs, or of some.

    If two of them give these results, neither is named.
    """
    if not passes_back(question):
        return []
    outputs = list(dict.fromkeys(name for _, name in failing))
    for some in [outputs, *([one] for one in outputs if len(outputs) > 1)]:
        mine = {key: comparable(*item) for key, item in table.items() if key[1] in some}
        order = sorted({i for i, _ in mine}, key=lambda i: all((i, name) not in failing for name in some))
        fitting = [way for way in ways(question) if all(_agrees(question, way, seed, i, mine) for i in order)]
        if len(fitting) == 1:
            title, hint = fitting[0][:2]
            output = some[0] if len(some) == 1 and question.outputs else ""
            about = "leftover" if hint in (UNREAD, ROOM) else title
            return [Diagnosis(title, hint, section_on(question, about), output)]
    return []


def passes_back(question):
    """Return whether a question asks for the gradients of a layer that has a stride and a padding."""
    arguments = inspect.signature(question.model).parameters
    return {"dout", "stride", "padding"} <= set(arguments) and "output_padding" not in arguments


def ways(question):
    """Return (title, hint, cuts) of the mistakes with a question's layer; no cuts: windows are left out."""
    flat = {"W", "kW", "dilation"} & set(inspect.signature(question.model).parameters)
    return [*CUTS[1], *(() if flat else CUTS[2]), (*OVER, None)]


def section_on(question, name):
    """Return the section on what a general name is about: that of most of the question's slips on it."""
    for topic, elsewhere in TOPICS:
        if re.search(topic, name):
            sections = [w.section for w in reversed(question.wrongs) if re.search(topic, w.name)]
            return max(sections, key=sections.count) if sections else elsewhere or question.section
    return question.section


def _agrees(question, way, seed, i, mine):
    theirs = _outcome(question, way, seed, i)
    return all(agrees(mine[key], theirs[key[1]]) for key in mine if key[0] == i)


@lru_cache(maxsize=4096)
def _outcome(question, way, seed, i):
    """Return {output: comparable item} of a mistake on one case."""
    case = question.cases_for(seed)[i]
    answer = run(
        lambda *args, **kwargs: made(question, way[2], args, kwargs),
        [case],
        names=question.parameters,
        limits=[limits(question, seed)[i]],
        trusted=True,
    )
    found = items(question, answer, [expected(question, seed)[i]])
    return {output: comparable(*item) for (_, output), item in found.items()}


def made(question, cuts, args, kwargs, function=None):
    """Return the results of a right function with the mistake."""
    function = function or question.model
    signature = inspect.signature(function)
    given = signature.bind(*args, **kwargs)
    given.apply_defaults()
    given = given.arguments
    shape = _shape(given)
    axes = _axes(given, shape)
    first = len(shape) - len(axes)
    if cuts is None:
        return _without(function, signature, given, axes)
    cuts = cuts(axes)
    lengths = [max(_reach(a), cut.zeros + a.size) for a, cut in zip(axes, cuts, strict=True)]
    wide = dict(given)
    wide["padding"] = 0 if len(axes) == 1 else tuple(_none(p) for p in given["padding"])
    around = [(0, 0)] * first + [
        (cut.zeros, n - a.size - cut.zeros) for a, cut, n in zip(axes, cuts, lengths, strict=True)
    ]
    if "x" in given:
        empty = -np.inf if "max" in question.function else 0
        wide["x"] = np.pad(np.asarray(given["x"], float), around, constant_values=empty)
    if "W" in given:
        wide["W"] = lengths[0]
    if "x_shape" in given:
        wide["x_shape"] = (*shape[:first], *lengths)
    count = [(n - a.span) // a.stride + 1 for a, n in zip(axes, lengths, strict=True)]
    dout = np.asarray(given["dout"])
    more = [(0, c - a.outputs) for a, c in zip(axes, count, strict=True)]
    wide["dout"] = np.pad(dout, [(0, 0)] * (dout.ndim - len(axes)) + more)
    result = _call(function, signature, wide)
    if not _begins_with_dx(question):
        return result
    dx = result[0] if isinstance(result, tuple) else result
    for k, cut in enumerate(cuts):
        dx = _cropped(dx, first + k, cut)
    return (dx, *result[1:]) if isinstance(result, tuple) else dx


def _begins_with_dx(question):
    return "dx" in question.outputs or (not question.outputs and question.model.__doc__.startswith("dx"))


def _cropped(dx, axis, cut):
    lines = np.moveaxis(dx, axis, 0)[: cut.length]
    short = cut.length - len(lines)
    lines = np.pad(lines, [(cut.shift, max(short, 0))] + [(0, 0)] * (lines.ndim - 1))
    return np.moveaxis(lines[cut.start : cut.stop], 0, axis)


def _shape(given):
    if "x" in given:
        return np.shape(given["x"])
    return tuple(given["x_shape"]) if "x_shape" in given else (given["W"],)


def _axes(given, shape):
    """Return the `Axis` of height and width, or of the only axis of a signal."""
    count = 1 if len(shape) == 1 else 2
    strides = given["stride"] if count == 2 else (given["stride"],)
    padding = given["padding"] if count == 2 else (given["padding"],)
    ends = [p if isinstance(p, tuple) else (p, p) for p in padding]
    kernel = given.get("kernel") or (np.shape(given["w"])[-count:] if "w" in given else (given["kW"],))
    spans = [given.get("dilation", 1) * (k - 1) + 1 for k in kernel]
    rows = zip(shape[-count:], ends, np.shape(given["dout"])[-count:], strides, spans, strict=True)
    return [Axis(size, *end, outputs, stride, span) for size, end, outputs, stride, span in rows]


def _none(padding):
    return (0, 0) if isinstance(padding, tuple) else 0


def _without(function, signature, given, axes):
    """Return the results for a dout that is 0 at the windows that reach over an end; db counts them all."""
    dout = np.array(given["dout"])
    for k, a in enumerate(axes):
        starts = np.arange(a.outputs) * a.stride - a.before
        over = (starts < 0) | (starts + a.span > a.size)
        np.moveaxis(dout, k - len(axes), 0)[over] = 0
    return _call(function, signature, dict(given) | {"dout": dout})


def _call(function, signature, given):
    keywords = {n for n, p in signature.parameters.items() if p.kind is p.KEYWORD_ONLY}
    args = [v for n, v in given.items() if n not in keywords]
    return function(*args, **{n: v for n, v in given.items() if n in keywords})
