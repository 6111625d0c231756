"""Find a formula for the lengths of a result from the lengths and steps of all cases."""

import numpy as np

from .formulas import formula
from .quantities import sizes_of


def sentence(question, cases, shapes, wanted, label, shown):
    """Return "In all 9 cases your y has (W + zeros - kW)//stride numbers" for the first wrong axis, or None.

    `shapes` and `wanted` hold the shapes of the learner's results (None if it stopped) and of the right ones,
    per case. `shown` is the case on the card.
    """
    dims = {len(s) for s in (*shapes, *wanted) if s is not None}
    if len(dims) != 1 or label != "y" or shapes[shown] is None:
        return None
    n = dims.pop()
    for axis in sorted(range(n), key=lambda a: shapes[shown][a] == wanted[shown][a]):
        if all(s is None or s[axis] == w[axis] for s, w in zip(shapes, wanted, strict=True)):
            continue
        letter = "W" if axis == n - 1 else "H" if axis == n - 2 else ""
        rows = [_numbers(question, one, letter, n) for one in cases] if letter else [None]
        kept = [k for k, row in enumerate(rows) if row is not None and shapes[k] is not None]
        if len(kept) < 6 or len({tuple(rows[k]) for k in kept}) > 1:
            return None
        columns = {name: np.array([rows[k][name] for k in kept]) for name in rows[kept[0]]}
        text = formula(columns, [shapes[k][axis] for k in kept])
        if text is None:
            return None
        where = f" along axis {axis}" if n > 1 else ""
        zeros = ", with zeros the number of them at both ends together" if "zeros" in text else ""
        return f"In all {len(kept)} cases like this your {label} has {text} numbers{where}{zeros}."
    return None


def _numbers(question, one, letter, n):
    """Return length, kernel, stride, zeros and dilation along one axis, or None if one is unknown."""
    given = dict(zip(question.parameters, one.args, strict=False)) | one.kwargs
    sizes = sizes_of(question, given)
    along = 0 if letter == "H" else 1
    found = {letter: sizes.get(letter), f"k{letter}": sizes.get(f"k{letter}")}
    for name, neutral in (("stride", 1), ("padding", 0), ("dilation", 1)):
        value = given.get(name, neutral)
        if isinstance(value, tuple) and n > 1:
            value = value[along]
        if name == "padding":
            name, value = "zeros", sum(value) if isinstance(value, tuple) else value
            value = 2 * value if type(given.get("padding", 0)) is int or n > 1 else value
        found[name] = value
    return found if all(type(v) is int for v in found.values()) else None
