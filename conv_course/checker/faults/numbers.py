"""Faults that change every number in the same way: a sign, a factor, rounding, something added."""

import numpy as np

from ..compare import as_array, close_to
from ..computes import capped
from ..computes.quantities import factor_name, some
from ..computes.sentences import listed
from .items import ENOUGH, holds, whole

SIGN = "Where is a difference taken the other way round, or a sign put in or left out?"
FACTOR = "Which factor comes in once too often, or is left out?"
CARRIED = "What is left of one entry when your code comes to the next one?"
TOTAL = "Each entry of {0} is what is asked for there plus all that is asked for"
SHARE = "A letter that the result does not have is summed, not averaged: what divides or multiplies yours?"


def sign_or_factor(question, label, items):
    factors, sizes = [], []
    for item in items:
        if item.got.shape != item.want.shape or not item.want.size:
            return None
        at = np.abs(item.want).argmax()
        top = float(item.want.flat[at])
        if top == 0:
            if np.any(item.got):
                return None
            continue
        factors.append(float(item.got.flat[at]) / top)
        sizes.append(item.sizes)
    if not factors or not all(np.isfinite(factors)) or all(abs(q - 1) < 1e-9 for q in factors):
        return None
    if 0 in factors:
        return None
    scale = iter(factors)
    if not holds(items, lambda item: item.want * next(scale) if np.any(item.want) else item.want * 1.0):
        return None
    single = all(item.want.size == 1 for item in items if item.fails)
    if single and sum(item.fails for item in items) < 3:
        return None
    name = factor_name(factors, sizes)
    if name is None or (single and not question.outputs and whole(items) and "/" in name):
        return None
    if name == "-1":
        return f"{label} has the right size and the wrong sign, everywhere.", SIGN
    return f"{label} is {name} times what is asked for, in every case.", (
        SHARE if name.startswith("1/") and label in ("dx", "dw", "db", "y") else FACTOR
    )


def in_first_case(question, label, items):
    """Recognise one factor of all entries in the first case that fails, if it is a simple fraction."""
    item = next(item for item in items if item.fails)
    if item.got.shape != item.want.shape or np.count_nonzero(item.want) < ENOUGH:
        return None
    at = np.abs(item.want).argmax()
    factor = float(item.got.flat[at] / item.want.flat[at])
    name = some(factor)
    if (
        not factor
        or abs(factor - 1) < 1e-6
        or "." in name
        or not close_to(item.want * factor, item.got, 1e-7)
    ):
        return None
    if name == "-1":
        return f"In the first case that fails each entry of {label} has the wrong sign.", SIGN
    text = f"In the first case that fails each entry of {label} is {name} times what is asked for."
    return text, FACTOR


def offset(question, label, items):
    """Recognise the same number added everywhere, or an argument added twice or left out."""
    if any(item.got.shape != item.want.shape or not item.want.size for item in items):
        return None
    steps = [float(item.got.flat[0] - item.want.flat[0]) for item in items]
    constant = all(abs(s - steps[0]) < 1e-9 for s in steps)
    many = sum(item.want.size for item in items if item.fails) > 1 and sum(item.fails for item in items) > 1
    if constant and steps[0] and many and holds(items, lambda item: item.want + steps[0]):
        by = some(abs(steps[0]))
        more = f"{label} is {by} more than asked for, in every case."
        less = f"{label} is {by} less than asked for, in every case."
        return more if steps[0] > 0 else less, "What is added, or left out, in every case alike?"
    for name, value in items[0].given.items():
        if type(value) is not float:
            continue
        for c in (-1, 1):
            if holds(items, lambda item, n=name, c=c: item.want + c * item.given.get(n, 0.0)):
                text = f"{name} is added twice in every entry of {label}."
                if c < 0:
                    text = f"{name} is missing in every entry of {label}."
                return text, f"What is {label} when everything but {name} is 0?"
    return None


def rounded(question, label, items):
    if whole(items):
        return None
    for turn, text in (
        (np.floor, f"{label} is right, rounded down to whole numbers."),
        (np.trunc, f"{label} is right, cut off after the point to whole numbers."),
        (np.round, f"{label} is right, rounded to whole numbers."),
    ):
        if holds(items, lambda item, t=turn: t(item.want)):
            return (
                text,
                "Where do whole numbers come in: in the type of an array, by //, int() or a rounding?",
            )
    for kind, digits in (("float32", 7), ("float16", 3)):
        small = all(item.got.dtype.name == kind != item.want.dtype.name for item in items if item.fails)
        if small and holds(items, lambda item, k=kind: item.want.astype(k).astype(float)):
            text = f"{label} is right to {digits} digits: it is kept in {kind}."
            return text, "Which type does the input have?"
    return None


def untouched(question, label, items):
    """Recognise an argument that is returned unchanged."""
    for name, value in items[0].given.items():
        if isinstance(value, np.ndarray) and holds(
            items, lambda item, n=name: as_array(item.given[n]) if n in item.given else None
        ):
            if label in question.modifies:
                return f"{label} is left as it was.", f"Which of your lines is to change {label} in place?"
            return f"What comes back is {name} itself.", f"What is to be done with {name}?"
    return None


def stops(question, label, items):
    """Recognise numbers that are right up to a bound, and the bound beyond it."""
    if any(item.got.shape != item.want.shape for item in items):
        return None
    found = capped.bound(*(np.concatenate([v.ravel() for v in all_]) for all_ in _both(items)))
    return (f"Each number of {label} {found[1]}", capped.HINT) if found and found[0] else None


def _both(items):
    return [item.got for item in items], [item.want for item in items]


def simple(question, label, items):
    for turn, text, hint in (
        (
            np.abs,
            "Every number is right but for its sign: yours are never negative",
            "Where does a negative number lose its sign?",
        ),
        (
            lambda v: np.maximum(v, 0),
            "Positive numbers are right, and negative ones are 0",
            "Which line of yours can turn a negative number into 0?",
        ),
    ):
        if holds(items, lambda item, t=turn: np.asarray(t(item.want))):
            return f"{text}.", hint
    return None


def carried(question, label, items):
    """Recognise running totals: along an axis or over all numbers, from the start or from the end."""
    n = items[0].want.ndim
    if any(item.got.shape != item.want.shape or item.want.ndim != n for item in items):
        return None
    for axis in (*reversed(range(n if n > 1 else 0)), None):
        where = "" if axis is None else f" along axis {axis}"
        if holds(items, lambda item, a=axis: _total(item.want, a)):
            return f"{TOTAL.format(label)} before it{where}.", CARRIED
        if holds(items, lambda item, a=axis: np.flip(_total(np.flip(item.want, a), a), a)):
            return f"{TOTAL.format(label)} after it{where}.", CARRIED
    return None


def _total(array, axis):
    return array.cumsum(axis).reshape(array.shape)


def scaled(question, label, items):
    """Recognise a different factor in each case, not explained by a size."""
    factors = []
    for item in items:
        if item.got.shape != item.want.shape or item.want.size < 2 or not np.any(item.want):
            return None
        at = np.abs(item.want).argmax()
        factors.append(float(item.got.flat[at] / item.want.flat[at]))
    failing = [q for q, item in zip(factors, items, strict=True) if item.fails]
    each = iter(factors)
    if len({f"{q:.6g}" for q in failing}) < 2:
        sign = all(abs(q + 1) < 1e-9 for q in failing) and holds(items, lambda item: item.want * next(each))
        text = (
            f"{label} has the wrong sign in {len(failing)} of {len(items)} cases, and is right in the others."
        )
        return (text, "What do the signs of the arguments have in common there?") if sign else None
    if 0 in failing:  # a result of zeros is not a scaling
        return None
    if not all(np.isfinite(factors)) or not holds(items, lambda item: item.want * next(each)):
        return None
    shown = listed([f"{q:.4g}" for q, item in zip(factors, items, strict=True) if item.fails][:3])
    return (
        f"{label} is what is asked for times a number that changes from case to case: {shown}.",
        "Which of your numbers fixes the scale, and what does the question fix it by?",
    )
