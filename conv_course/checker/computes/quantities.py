"""Name the sizes of a case, so that a factor can be shown as 1/N or kH*kW instead of 0.1667."""

from fractions import Fraction
from itertools import combinations

import numpy as np

AXES = {
    "x": {1: "W", 2: "H W", 4: "N D H W"},
    "w": {1: "kW", 2: "kH kW", 4: "F D kH kW"},
    "dout": {1: "W'", 2: "H' W'", 4: "N F H' W'"},
    "b": {1: "F"},
}
CONSTANTS = {
    "1/ln 10": 1 / np.log(10),
    "1/ln 2": 1 / np.log(2),
    "ln 10": np.log(10),
    "ln 2": np.log(2),
    "pi": np.pi,
}


def sizes_of(question, given):
    """Return {name: number} for the axes of the arguments, and for numbers and pairs among the arguments."""
    found = {}
    pooling, transposed = "pool" in question.function, question.stem.startswith("14")
    for name, value in given.items():
        shape = np.shape(value) if isinstance(value, np.ndarray) else None
        if name.endswith("_shape") and isinstance(value, tuple):
            name, shape = name[: -len("_shape")], value
        if shape is not None:
            axes = AXES.get({"xpad": "x"}.get(name, name), {}).get(len(shape), "").split()
            if pooling and name == "dout" and axes:
                axes = ["N", "D", "H'", "W'"]
            if transposed and len(shape) == 4:
                axes = {"w": ["D", "F", "kH", "kW"], "x": ["N", "D", "H", "W"]}.get(name, axes)
            if "channels_last" in question.function and len(shape) == 4:
                axes = {"x": ["N", "H", "W", "D"], "w": ["kH", "kW", "D", "F"]}.get(name, axes)
            if not axes and len(shape) == 1:
                axes = [f"len({name})"]
            for axis, size in zip(axes, shape, strict=False):
                found.setdefault(axis, int(size))
        elif type(value) is int:
            found.setdefault(name, value)
        elif isinstance(value, tuple) and len(value) == 2 and all(type(v) is int for v in value):
            first, second = ("kH", "kW") if name == "kernel" else (f"{name}[0]", f"{name}[1]")
            found.setdefault(first, value[0])
            found.setdefault(second, value[1])
        elif type(value) is float and value:
            found.setdefault(name, value)
    return found


def formulas(names):
    """Return products and quotients of a few sizes, simplest first, as (names, powers)."""
    names = sorted(names, key=lambda n: (len(n), n))
    singles = [((n,), (1,)) for n in names] + [((n,), (-1,)) for n in names]
    singles += [((n,), (e,)) for n in names for e in (2, -2)]
    pairs = [
        ((a, b), (s, t)) for s, t in ((1, 1), (-1, -1), (1, -1), (-1, 1)) for a, b in combinations(names, 2)
    ]
    three = [((a, b, c), (s, s, s)) for s in (1, -1) for a, b, c in combinations(names, 3)]
    return singles + pairs + three


def value_of(formula, sizes):
    total = 1.0
    for name, power in zip(*formula, strict=True):
        if not sizes.get(name):
            return None
        total *= float(sizes[name]) ** power
    return total


def text_of(formula):
    over = [n if p == 1 else f"{n}**{p}" for n, p in zip(*formula, strict=True) if p > 0]
    under = [n if p == -1 else f"{n}**{-p}" for n, p in zip(*formula, strict=True) if p < 0]
    if not under:
        return "*".join(over)
    below = under[0] if len(under) == 1 else f"({'*'.join(under)})"
    return f"{'*'.join(over) or '1'}/{below}"


def some(c):
    """Format a coefficient: 3, 1/6, 0.37."""
    near = Fraction(float(c)).limit_denominator(36)
    return str(near) if abs(near - c) < 1e-9 else f"{c:.4g}"


def factor_name(factors, all_sizes):
    """Return the common form of the factors of some cases as text, for example "1/N" or "2", or None.

    A size is named only if it explains different factors. A constant factor is shown as a known constant, a
    fraction or a decimal number.
    """
    first = factors[0]
    constant = all(abs(q - first) <= 1e-9 * abs(first) for q in factors)
    if constant:
        for text, value in CONSTANTS.items():
            if abs(value - abs(first)) < 1e-9:
                return ("-" if first < 0 else "") + text
        near = Fraction(first).limit_denominator(36)
        return some(first) if abs(near - first) < 1e-9 else f"{first:.6g}"
    names = set.intersection(*(set(s) for s in all_sizes))
    for sign in (1, -1):
        for formula in formulas(names):
            values = [value_of(formula, s) for s in all_sizes]
            if all(
                v is not None and abs(sign * v - q) <= 1e-9 * abs(q)
                for v, q in zip(values, factors, strict=True)
            ):
                return ("-" if sign < 0 else "") + text_of(formula)
    return None
