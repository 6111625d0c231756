"""Read off which formula a wrong number of windows follows (question 1)."""

import re
from itertools import product

import numpy as np

from .found import Found

ROUNDED = {"floor": np.floor, "ceil": np.ceil, "round": lambda v: np.floor(v + 0.5), "": lambda v: v}
RIGHT = ("over in", "over -kernel", "over 2*padding", "", 1, "floor")
HINT = "Take the first of these calls by hand: how many windows fit, and which term gives another number?"


def find(items):
    """Return a `Found` with the formula that gives the learner's numbers in every case, or None."""
    if any(item.got.shape != item.want.shape for item in items):
        return None
    made = list(candidates(items))
    fitting = [way for way, values in made if _fits(items, values, (0, 1))]
    if fitting:
        lines = [f"In all {len(items)} cases your out is {_both(fitting)}.", *_unlike(fitting[0])]
    else:
        lines = _halves(items, made)
    return Found((*lines, *calls(items)), HINT, "computes") if lines else None


def _both(fitting):
    """Return the formula that is nearest to the right one, and a shorter one if it does without a 1."""
    texts = [_text(*way) for way in fitting]
    nearest, short = texts[0], min(texts, key=len)
    return nearest if "1" in short or "1" not in nearest else f"{nearest}, which is the same as {short}"


def candidates(items):
    """Yield (way, values of each case) of formulas: which terms are divided by the stride, and rounded."""
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
        over = sum(terms[part] for part in inside) / stride if inside else np.zeros(size.shape)
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
        said.append("in is not divided by the stride")
    if not kernel:
        said.append("the kernel is not in it")
    elif not kernel.startswith("over"):
        said.append("the kernel is not divided by the stride")
    if not padding:
        said.append("the padding is not in it")
    else:
        said += ["the padding comes in once"] if "2*" not in padding else []
        said += ["the padding is not divided by the stride"] if not padding.startswith("over") else []
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


def _fits(items, made, places):
    return all(
        np.allclose(item.got[0, k], values[k])
        for item, values in zip(items, made, strict=True)
        for k in places
    )


def _halves(items, made):
    """Return sentences on the formulas of those of the two numbers that are wrong."""
    lines = []
    for k in (0, 1):
        if all(np.allclose(item.got[0, k], item.want[0, k]) for item in items):
            continue
        fitting = [way for way, values in made if _fits(items, values, (k,))]
        if fitting:
            text = re.sub(r"\b(in|kernel|stride|padding)\b", rf"\1({k + 1})", _both(fitting)).replace(
                "./", "/"
            )
            lines.append(f"In all {len(items)} cases your out({k + 1}) is {text}.")
    return lines


def calls(items):
    """Return lines with the first wrong calls."""
    lines = []
    for item in [item for item in items if item.fails][:2]:
        pairs = " ".join(f"{name} = {_pair(value)}," for name, value in item.given.items())
        lines.append(f"{pairs[:-1]}: your out is {_pair(item.got[0])}, asked for {_pair(item.want[0])}.")
    return tuple(lines)


def _pair(values):
    return f"[{' '.join(f'{float(v):g}' for v in values)}]"
