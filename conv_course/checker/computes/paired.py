"""Tell which axes a call of `np.tensordot` that stops sums together, and which two lengths differ."""

import ast

import numpy as np

from . import operands
from .linear import Said
from .sentences import listed, shape_text

BY_NUMBER = "Which axes of the two belong together here: are they the ones that axes={0} takes?"
BY_PLACE = "Which axis of `{0}` belongs to axis {1} of `{2}`?"
BY_COUNT = "Which axis of the one belongs to which of the other?"


def words(stop):
    """Return a `Said` on a call of `np.tensordot` whose axes do not fit, or None."""
    node = operands.call(*stop.given())
    if node is None or "shape-mismatch for sum" not in str(stop.error) or not _is_tensordot(stop, node.func):
        return None
    given = dict(zip(("a", "b", "axes"), node.args, strict=False)) | {w.arg: w.value for w in node.keywords}
    both = [given.get(name, operands.UNKNOWN) for name in "ab"]
    arrays = [stop.value(one) for one in both]
    axes = stop.value(given["axes"]) if "axes" in given else 2
    if not all(isinstance(array, np.ndarray) for array in arrays):
        return None
    names, shapes = [ast.unparse(one) for one in both], [array.shape for array in arrays]
    if isinstance(axes, int | np.integer):
        return _first_and_last(int(axes), names, shapes, "axes" in given)
    try:
        first, second = ([int(one) for one in np.ravel(part)] for part in axes)
        return _one_by_one(first, second, names, shapes)
    except (TypeError, ValueError, IndexError):
        return None


def _is_tensordot(stop, node):
    """Return whether an expression is NumPy's function: by its value if the name is the learner's own."""
    space = stop.frame.f_globals | stop.frame.f_locals
    if isinstance(node, ast.Name):
        return space.get(node.id) is np.tensordot
    plain = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    return plain and node.attr == "tensordot" and space.get(node.value.id) is np


def _first_and_last(count, names, shapes, is_written):
    """Return a `Said` on axes=k: the last k axes of the first array with the first k of the second."""
    if not 0 < count <= min(map(len, shapes)):
        return None
    last, first = shapes[0][-count:], shapes[1][:count]
    which = f"axes={count}" if is_written else f"its own axes={count}"
    if count == 1:
        ends = f"the last axis of `{names[0]}` with the first of `{names[1]}`"
        lengths = f"length {last[0]} with length {first[0]}"
    else:
        ends = f"the last {count} axes of `{names[0]}` with the first {count} of `{names[1]}`"
        lengths = f"lengths {shape_text(last)} with {shape_text(first)}"
    text = f"With {which}, tensordot pairs {ends}, in this order: {lengths}."
    return Said((text,), BY_NUMBER.format(count), 0)


def _one_by_one(first, second, names, shapes):
    """Return a `Said` on two lists of axes: their first pair of unequal lengths."""
    if len(first) != len(second):
        told = [
            f"{listed([str(k) for k in axes]) or 'no axis'} of `{name}`"
            for axes, name in zip((first, second), names, strict=True)
        ]
        text = f"tensordot is given {len(first)} and {len(second)} axes to pair: {told[0]}, {told[1]}."
        return Said((text,), BY_COUNT, 0)
    for one, other in zip(first, second, strict=True):
        lengths = shapes[0][one], shapes[1][other]
        if lengths[0] != lengths[1]:
            text = f"tensordot pairs axis {one} of `{names[0]}` (length {lengths[0]})"
            text += f" with axis {other} of `{names[1]}` (length {lengths[1]})."
            return Said((text,), BY_PLACE.format(names[1], one, names[0]), 0)
    return None
