"""Read off which formula a wrong number of windows follows (question 1)."""

import re
from dataclasses import replace
from itertools import product

import numpy as np

from .found import Found
from .words import SIDE_BY_SIDE, size_text

ROUNDED = {"floor": np.floor, "ceil": np.ceil, "round": lambda v: np.floor(v + 0.5), "": lambda v: v}
RIGHT = ("over in", "over -kernel", "over 2*padding", "", 1, "floor")
HINT = "Take the first of these calls by hand: how many windows fit, and which term gives another number?"
AS_MATRICES = "Between two rows / gives a single number, ./ one for each entry: which operators do you use?"
ONE = "Where do two numbers become one in your formula: at a /, a sum, a product, or an entry that you take?"
OTHER = "How many numbers come out of each of your operations on [height width]: one, two or four?"
WIGGLE = -1e-9, 0, 1e-9  # Octave's quotient of two rows is exact up to a few digits only


def find(items):
    """Return a `Found` on the formula that gives the learner's numbers in every case, or None."""
    shapes = {item.got.shape for item in items}
    if shapes == {(1, 1)}:
        return _one_number(items)
    if shapes == {(2, 1)}:
        return _column(items)
    if shapes != {(1, 2)}:
        return Found(calls(items), OTHER, "computes")
    got, made = _got(items), list(candidates(items))
    fitting = [way for way, values in made if _fits(got, values)]
    if fitting:
        lines = [f"In all cases tried your out is {_both(fitting)}.", *_unlike(fitting[0])]
    elif lines := _as_matrices(items):
        return Found((*lines, *calls(items)), AS_MATRICES, "computes")
    else:
        lines = _halves(items, made)
    return Found((*lines, *calls(items)), HINT, "computes") if lines else None


def _column(items):
    """Return a `Found` about two numbers below each other, and their formula if they are wrong too."""
    lines, rows = ["Your out is a column, asked for is a row."], [replace(i, got=i.got.T) for i in items]
    if _fits(_got(rows), np.array([item.want[0] for item in items])):
        return Found((*lines, *calls(items)), SIDE_BY_SIDE, "computes")
    more = find(rows)
    return Found(
        (*lines, *(more.lines if more else calls(items))), more.hint if more else SIDE_BY_SIDE, "computes"
    )


def _as_matrices(items):
    """Return sentences on the formula if it divides two rows as matrices, or []."""
    got, fitting = _got(items), []
    for three in zip(*(candidates(items, wiggle) for wiggle in WIGGLE), strict=True):
        near = [_near(got, values) for _, values in three if values.shape == got.shape]
        if near and np.any(near, 0).all():
            fitting.append(three[0][0])
    if not fitting:
        return []
    first = next((item for item in items if any(np.diff(item.want[0]))), items[0])
    over, stride = _over(fitting[0], first), np.array(first.given["stride"])
    quotient = f"{pair_text(over)} / {pair_text(stride)} is {(over @ stride) / (stride @ stride):g}"
    return [
        f"In all cases tried your out equals {_text(*fitting[0]).replace('./', '/')}.",
        f"That / stands between two rows, and so it gives one number: {quotient}.",
    ]


def _one_number(items):
    """Return a `Found` about an answer that is one number in every case."""
    lines = ["Your out is one number in every case, asked for are two: a height and a width."]
    if more := _as_matrices(items):
        return Found((*lines, *more, *calls(items)), AS_MATRICES, "computes")
    got, made = _got(items), list(candidates(items))
    for k in (0, 1):
        fitting = [way for way, values in made if _fits(got[:, 0], values[:, k])]
        if fitting:
            lines.append(f"In all cases tried it is {_of_entry(fitting, k)}.")
            break
    return Found((*lines, *calls(items)), ONE, "computes")


def _over(way, item):
    """Return the row above the stride in a formula."""
    terms = {name: np.array(item.given[name]) for name in ("in", "kernel", "padding")}
    terms |= {"-kernel": -terms["kernel"], "2*padding": 2 * terms["padding"], "1": 1, "-1": -1}
    return sum(terms[part] for part in _parts(way)[0])


def _both(fitting):
    """Return the formula that is nearest to the right one, and a shorter one if it does without a 1."""
    texts = [_text(*way) for way in fitting]
    nearest, short = texts[0], min(texts, key=len)
    return nearest if "1" in short or "1" not in nearest else f"{nearest}, which is the same as {short}"


def candidates(items, wiggle=None):
    """Yield (way, values of each case) of formulas: which terms are divided by the stride, and rounded.

    With `wiggle`, rows are divided as matrices: their quotient is one number, which is moved by `wiggle`.
    """
    size, kernel, stride, padding = (
        np.array([item.given[name] for item in items]) for name in ("in", "kernel", "stride", "padding")
    )
    terms = {"in": size, "-kernel": -kernel, "2*padding": 2 * padding, "padding": padding, "1": 1, "-1": -1}
    ways = product(
        ("in", "over in"),
        ("-kernel", "over -kernel", ""),
        ("2*padding", "padding", "over 2*padding", "over padding", ""),
        ("", "over 1", "over -1"),
        (0, 1, 2, -1),
        ROUNDED,
    )
    for way in sorted(ways, key=_oddness):
        inside, outside, plus, how = _parts(way)
        if wiggle is not None and not ("in" in inside or set(inside) - {"1", "-1"}):
            continue
        over = sum(terms[part] for part in inside) if inside else np.zeros(size.shape)
        if wiggle is not None:
            over = (over * stride).sum(1, keepdims=True) / (stride * stride).sum(1, keepdims=True) + wiggle
        else:
            over = over / stride
        total = ROUNDED[how](sum((terms[part] for part in outside), 0) + over) + plus
        yield way, total


def _parts(way):
    *parts, plus, how = way
    inside = [part.removeprefix("over ") for part in parts if part.startswith("over ")]
    return inside, [part for part in parts if part and not part.startswith("over ")], plus, how


def _oddness(way):
    """Return in how many places a formula is unlike the right one: of equal formulas the nearest is told."""
    return sum(part != right for part, right in zip(way, RIGHT, strict=True))


def _unlike(way):
    """Return a line on what is unlike the right formula, or nothing if that is more than two parts."""
    size, kernel, padding, one, plus, how = way
    said = []
    if not size.startswith("over"):
        said.append("in is added after the division by the stride")
    if not kernel:
        said.append("the kernel is not in it")
    elif not kernel.startswith("over"):
        said.append("the kernel is subtracted after the division by the stride")
    if not padding:
        said.append("the padding is not in it")
    else:
        said += ["the padding comes in once"] if "2*" not in padding else []
        said += (
            ["the padding is added after the division by the stride"]
            if not padding.startswith("over")
            else []
        )
    if one:
        said.append(f"{one.removeprefix('over ')} is added before the division")
    if plus != 1:
        said.append(f"{plus or 'nothing'} is added after the division")
    if how != "floor":
        said.append(f"{how} rounds" if how else "nothing is rounded")
    return [f"What is not as in the right formula: {' and '.join(said)}."] if 0 < len(said) < 3 else []


def _text(*way):
    inside, outside, plus, how = _parts(way)
    joined = lambda parts: " + ".join(parts).replace("+ -", "- ")  # noqa: E731
    over = f"({joined(inside)}) ./ stride" if len(inside) > 1 else f"{joined(inside)} ./ stride"
    body = joined([*outside, over] if inside else outside)
    text = f"{how}({body})" if how else body
    return text + (f" + {plus}" if plus > 0 else f" - {-plus}" if plus else "")


def _got(items):
    return np.array([item.got[0] for item in items])


def _near(got, values):
    """Return for each case whether the numbers are equal."""
    return (np.abs(got - values) < 1e-7).reshape(len(got), -1).all(1)


def _fits(got, values):
    return bool(_near(got, values).all())


def _halves(items, made):
    """Return sentences on the formulas of those of the two numbers that are wrong."""
    lines, got, want = [], _got(items), np.array([item.want[0] for item in items])
    for k in (0, 1):
        if _fits(got[:, k], want[:, k]):
            continue
        fitting = [way for way, values in made if _fits(got[:, k], values[:, k])]
        if fitting:
            lines.append(f"In all cases tried your out({k + 1}) is {_of_entry(fitting, k)}.")
    return lines


def _of_entry(fitting, k):
    """Return a formula for the height or the width alone."""
    return re.sub(r"\b(in|kernel|stride|padding)\b", rf"\1({k + 1})", _both(fitting)).replace("./", "/")


def calls(items):
    """Return lines with the first wrong calls."""
    lines = []
    for item in [item for item in items if item.fails][:2]:
        pairs = " ".join(f"{name} = {pair_text(value)}," for name, value in item.given.items())
        lines.append(f"{pairs[:-1]}: your out is {_result(item.got)}, asked for {pair_text(item.want[0])}.")
    return tuple(lines)


def _result(array):
    if array.shape == (2, 1):
        return pair_text(array[:, 0]).replace(" ", "; ")
    return pair_text(array[0]) if array.shape[0] == 1 else size_text(array.shape)


def pair_text(values):
    return f"[{' '.join(f'{float(v):g}' for v in values)}]"
