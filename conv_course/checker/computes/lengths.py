"""Find a formula for the lengths of a result from the lengths and steps of all cases."""

import time
from dataclasses import replace

import numpy as np

from .ask import Asked, NoAnswer
from .formulas import formula
from .quantities import sizes_of

LONGER = range(1, 5)  # columns by which an input is made longer
KERNELS = (1, 2)  # and those of a kernel
BASES = 4  # cases whose sizes are changed for further calls
SECONDS = 0.02  # of all calls that are made from one of these
FITS = (" in which w is no longer than x", " in which w is no longer than x with its zeros")
SPARE = 6  # calls more than a formula has numbers to choose


def sentence(question, function, cases, shapes, wanted, label, shown):
    """Return "In all 31 calls tried your y has (W - kW)//stride numbers" for the first wrong axis, or None.

    `shapes` and `wanted` hold the shapes of the learner's results (None if it stopped) and of the right ones,
    per case. `shown` is the case on the card. Calls with other sizes must follow the formula too.
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
        rows = {k: row for k, row in rows.items() if row is not None}
        every = [(row, shapes[k][axis], wanted[k][axis]) for k, row in rows.items()]
        for k in _spread(rows):
            every += _other_sizes(question, function, cases[k], letter, axis, n)
        answered = [row for row in every if row[1] is not None]
        known = [row for row in answered if _has_room(row[0], letter)]
        mine = _formula(known, 1) if len(known) >= len(rows) + SPARE else None
        if mine is None:
            return None
        if len(known) < len(answered) and _formula(answered, 1) != mine:
            if words or any(row[0]["dilation"] != 1 for row in answered):
                return None
            only = FITS[any(row[0]["zeros"] for row in every)]
        tried = f"In all {len(known)} calls tried{only}"
        asked = _formula(known, 2, only=("//",))
        where = f" along axis {axis}" if n > 1 else ""
        zeros = " (zeros: those of both ends together)" if "zeros" in mine + (asked or "") else ""
        said = f"{tried} your {label} has {mine} numbers{where}"
        if _alike(question, function, cases, shapes, wanted, numbers, axis, mine):
            said = f"{said}, and along axis {n - 2} the same with H and kH"
        said = f"{said}, asked for {asked}{zeros}." if asked else f"{said}{zeros}."
        stops = len(every) - len(answered)
        return f"{said} In {stops} more it stops." if stops else said
    return None


def _alike(question, function, cases, shapes, wanted, numbers, axis, mine):
    """Return whether the height's wrong lengths follow the width's formula in all of these calls."""
    n = len(wanted[numbers[0]])
    if axis != n - 1 or n < 2 or all(shapes[k][n - 2] == wanted[k][n - 2] for k in numbers):
        return False
    rows = {k: _numbers(question, cases[k], "H", n) for k in numbers}
    rows = {k: row for k, row in rows.items() if row is not None}
    known = [(row, shapes[k][n - 2]) for k, row in rows.items()]
    for k in _spread(rows):
        known += _other_sizes(question, function, cases[k], "H", n - 2, n)
    known = [row for row in known if row[1] is not None and _has_room(row[0], "H")]
    made = known and _formula(known, 1)
    return bool(made) and made == mine.replace("W", "H")


def _formula(known, which, **options):
    columns = {name: np.array([row[0][name] for row in known]) for name in known[0][0]}
    return formula(columns, [row[which] for row in known], **options)


def _has_room(row, letter):
    """Return whether a kernel with all its gaps fits; np.correlate exchanges the two where it does not."""
    return row["dilation"] * row[f"k{letter}"] <= row[letter] + row["zeros"]


def _spread(rows):
    """Return the numbers of a few cases whose sizes or steps differ."""
    return list({tuple(row.values()): k for k, row in rows.items()}.values())[:BASES]


def _other_sizes(question, function, one, letter, axis, n):
    """Return (lengths, the result's length, the right one) of calls with other sizes or another stride.

    The result's length is None where the function stops.
    """
    found, end = [], time.process_time() + SECONDS
    for call in _changed(question, one, {"W": -1, "H": -2}[letter]):
        if time.process_time() > end:
            break
        mine, right = (_shape(question, f, call) for f in (function, question.model))
        row = _numbers(question, call, letter, n)
        if row and right and len(right) == n and (mine is None or len(mine) == n):
            found.append((row, None if mine is None else mine[axis], right[axis]))
    return found


def _shape(question, function, call):
    """Return the shape of the result, None if the function stops, () if it is not an array of numbers."""
    try:
        value = next(iter(Asked(question, function, call)().values()))
    except NoAnswer:
        return None
    return np.shape(value)


def _changed(question, one, along):
    """Return cases with a longer x, a longer w, or a stride that is larger by 1."""
    calls = []
    for name, steps in (("x", LONGER), ("w", KERNELS)):
        at = question.parameters.index(name) if name in question.parameters[: len(one.args)] else None
        if at is None or not isinstance(array := one.args[at], np.ndarray) or array.ndim < -along:
            continue
        for more in steps:
            grown = np.concatenate([array, np.take(array, [0] * more, axis=along)], axis=along)
            calls.append(replace(one, args=(*one.args[:at], grown, *one.args[at + 1 :])))
    stride = one.kwargs.get("stride")
    if stride is not None:
        more = tuple(s + 1 for s in stride) if isinstance(stride, tuple) else stride + 1
        calls += [replace(call, kwargs=call.kwargs | {"stride": more}) for call in (one, *calls[:2])]
    return calls


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
