"""Names and hints for results that all have the same kind of fault, for any question."""

import numpy as np

from .compare import NO_TRUTH, as_array, differing

GENERIC = {
    "none": (
        "Returns None",
        "Here the function gives back None: either it ends without `return`, or what it returns is None, "
        "as are `y.sort()`, `rows.append(...)` and `print(...)`.",
    ),
    "ragged": (
        "A ragged list",
        "The rows of the result differ in length, so it is no array; make room for the whole result first.",
    ),
    "type": ("Not an array or a number", "The result has to be a NumPy array or a number."),
    "object": ("Not an array of real numbers", "The result holds things other than real numbers."),
    "huge": (
        "A result far too large",
        "The result is more than a hundred times as large as it should be; print its shape first.",
    ),
    "timeout": (
        "A loop that does not end",
        "The function was stopped because it took too long; look at what makes its loop end.",
    ),
    "memory": (
        "Out of memory",
        "The function asked for more memory than there is; look at the sizes it asks for.",
    ),
    "half": (
        "Precision lost: half floats",
        "The result has only three digits because it is kept in float16; let it have the type of the input.",
    ),
    "integer": (
        "Precision lost: whole numbers",
        "The result holds whole numbers only; an array of integers drops what comes after the decimal point.",
    ),
    "nan": (
        "NaN in the result",
        "Some numbers are NaN: memory that was never filled (np.empty), or 0 divided by 0?",
    ),
    "precision": (
        "Almost right: precision lost",
        "Only the last digits differ: is something rounded on the way, or kept in a smaller type?",
    ),
    "shape": ("The wrong shape", "Compare the two shapes: which length is off, and by how much?"),
}
NEVER = (
    "Nothing in the function returns a result, so Python gives back None; "
    "end it with `return` and the result."
)


def words(kind, rows):
    """Return the name and the hint for results with the same kind of fault. `rows` are (got, why, want)."""
    name, hint = GENERIC[kind]
    why = rows[0][1]
    if kind == "none" and all(each.detail == "never" for _, each, _ in rows):
        return name, NEVER
    if kind == "type" and why.detail == NO_TRUTH:
        return "Neither True nor False", "The answer to this question has to be True or False."
    if kind == "type" and all(np.ndim(right) == 0 for *_, right in rows):
        return "Not a number", "The result has to be a number."
    if kind == "type" and all(isinstance(right, tuple) for *_, right in rows):
        return name, "The result has to be a tuple of numbers."
    if kind == "type" and all(isinstance(right, np.ndarray) for *_, right in rows):
        return name, "The result has to be a NumPy array."
    if kind == "ragged":
        return _on_rows(rows)
    if kind == "huge" and why.detail.startswith(("a number", "a whole number")):
        return name, "The result holds a whole number of more than 300 digits: where does it grow?"
    return (name, _on_shapes(rows)) if kind == "shape" else (name, hint)


def _on_rows(rows):
    got, why, _ = rows[0]
    if why.detail:
        return "Lists in lists", "The result is lists within lists, far deeper than the answer has axes."
    if not all(type(each) is tuple for each, _, _ in rows):
        return GENERIC["ragged"]
    if any(isinstance(right, tuple) for *_, right in rows):
        return "Entries of different shapes", "Numbers are asked for: which entry of the tuple is none?"
    return "Several results", f"A tuple of {len(got)} came back, and one result is asked for."


def _on_shapes(rows):
    """Return a sentence on what all results of a wrong shape have in common."""
    pairs = [(as_array(got), np.asarray(want)) for got, _, want in rows]
    if all(got.ndim == want.ndim for got, want in pairs):
        return GENERIC["shape"][1]
    if all(got.ndim == 0 for got, _ in pairs):
        if all(differing(got, want.sum()).sum() == 0 for got, want in pairs if want.dtype.kind in "iuf"):
            return "The result is a single number, the sum of what is asked for: is a sum taken too far?"
        shapes = {"x".join(map(str, want.shape)) for _, want in pairs}
        shape = f"an array of shape {shapes.pop()}" if len(shapes) == 1 else "an array"
        if all(isinstance(want, tuple) for *_, want in rows):
            return f"The result is a single number, and {len(rows[0][2])} numbers are asked for."
        return f"The result is a single number, and {shape} is asked for."
    if all(want.ndim == 0 for _, want in pairs):
        return "The result is an array, and a single number is asked for."
    axes = {(got.ndim, want.ndim) for got, want in pairs}
    if len(axes) > 1:
        return "Compare the two shapes: how many axes has each?"
    ((has, belong),) = axes
    if has == 1:
        return f"The result has 1 axis, and what is asked for has {belong}."
    return f"The result has {has} axes, and what is asked for has {belong}."
