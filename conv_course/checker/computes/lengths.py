"""Find a formula for the lengths of a result from the lengths and steps of all cases."""

from dataclasses import replace

import numpy as np

from .ask import Asked, NoAnswer
from .formulas import formula
from .quantities import sizes_of

LONGER = range(1, 5)  # columns by which an input is made longer, to have more calls


def sentence(question, function, cases, shapes, wanted, label, shown):
    """Return "In all 9 cases tried your y has (W - kW)//stride numbers" for the first wrong axis, or None.

    `shapes` and `wanted` hold the shapes of the learner's results (None if it stopped) and of the right ones,
    per case. `shown` is the case on the card. If the cases are too few for a formula, more calls are made.
    """
    if label != "y" or shapes[shown] is None or len(shapes[shown]) != (n := len(wanted[shown])):
        return None
    numbers = [k for k, s in enumerate(shapes) if s is not None and len(s) == len(wanted[k]) == n]
    words = any(isinstance(cases[k].kwargs.get("padding"), str) for k in numbers)
    only = " with numbers for padding" if words else ""
    for axis in sorted(range(n), key=lambda a: shapes[shown][a] == wanted[shown][a]):
        letter = "W" if axis == n - 1 else "H" if axis == n - 2 else ""
        if not letter or all(shapes[k][axis] == wanted[k][axis] for k in numbers):
            continue
        rows = {k: _numbers(question, cases[k], letter, n) for k in numbers}
        rows = {k: row for k, row in rows.items() if row is not None and _has_room(row, letter)}
        known = [(row, shapes[k][axis], wanted[k][axis]) for k, row in rows.items()]
        if not known:
            return None
        mine, tried = _formula(known, 1), f"In all {len(known)} cases tried{only}"
        if mine is None:
            for k in rows:
                known += _longer(question, function, cases[k], letter, axis, n)
            mine, tried = _formula(known, 1), f"In all {len(known)} calls tried{only}"
        if mine is None:
            return None
        asked = _formula(known, 2, only=("//",))
        where = f" along axis {axis}" if n > 1 else ""
        zeros = (
            ", with zeros the number of them at both ends together" if "zeros" in mine + (asked or "") else ""
        )
        said = f"{tried} your {label} has {mine} numbers{where}"
        if _alike(question, cases, shapes, wanted, numbers, axis, mine):
            said = f"{said}, and along axis {n - 2} alike"
        return f"{said}, asked for {asked}{zeros}." if asked else f"{said}{zeros}."
    return None


def _alike(question, cases, shapes, wanted, numbers, axis, mine):
    """Return whether the height's wrong lengths follow the width's formula in all of these cases."""
    n = len(wanted[numbers[0]])
    if axis != n - 1 or n < 2 or all(shapes[k][n - 2] == wanted[k][n - 2] for k in numbers):
        return False
    rows = {k: _numbers(question, cases[k], "H", n) for k in numbers}
    known = [(row, shapes[k][n - 2]) for k, row in rows.items() if row and _has_room(row, "H")]
    made = known and _formula(known, 1)
    return bool(made) and made == mine.replace("W", "H")


def _formula(known, which, **options):
    columns = {name: np.array([row[0][name] for row in known]) for name in known[0][0]}
    return formula(columns, [row[which] for row in known], **options)


def _has_room(row, letter):
    """Return whether a kernel with all its gaps fits; np.correlate exchanges the two where it does not."""
    return row["dilation"] * row[f"k{letter}"] <= row[letter] + row["zeros"]


def _longer(question, function, one, letter, axis, n):
    """Return (lengths, the result's length, the right one) of calls whose x is longer along an axis."""
    found = []
    if "x" not in question.parameters[: len(one.args)]:
        return found
    at = question.parameters.index("x")
    x = one.args[at]
    along = {"W": np.ndim(x) - 1, "H": np.ndim(x) - 2}[letter]
    for more in LONGER:
        grown = np.concatenate([x, np.take(x, [0] * more, axis=along)], axis=along)
        call = replace(one, args=(*one.args[:at], grown, *one.args[at + 1 :]))
        try:
            both = [next(iter(Asked(question, f, call)().values())) for f in (function, question.model)]
        except NoAnswer:
            continue
        if all(v is not None and v.ndim == n for v in both):
            found.append((_numbers(question, call, letter, n), *(v.shape[axis] for v in both)))
    return found


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
