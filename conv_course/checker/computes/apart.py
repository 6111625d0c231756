"""A wrong whole number as the one asked for and a short formula of the arguments or of other right numbers.

Such as `start` plus half of `size - 1`, rounded down, for a place in the middle of what it is to begin.
"""

from dataclasses import replace
from itertools import combinations, product

import numpy as np

from ..answers import Answer, clean
from ..guards import TimeLimit
from ..results import split
from .formulas import terms_text
from .whole import Whole, columns_of, flat, variables_of

CALLS = 30  # that are compared in all, at least
LEAST = 3  # different differences: fewer fit a formula by chance
TURNS = (
    ("", lambda asked, more: asked + more),
    ("down", lambda asked, more: asked + np.floor(more)),
    ("up", lambda asked, more: asked + np.ceil(more)),
    ("cut", lambda asked, more: np.trunc(asked + more)),
    ("near", lambda asked, more: np.round(asked + more)),
)
OTHER_WAY = {"down": "up", "up": "down"}
OF_THE_WHOLE = ("cut", "near")  # roundings of the number, not of what it differs by


def difference(question, function, cases, output):
    """Return (calls, sign, formula, rounding, right outputs in it) for `output` in all calls, or None.

    The formula is what is added to the right number, or with the sign -1 what is taken off. The rounding is
    one of those in `TURNS`.
    """
    tried = [*cases, *_more(question, cases, output)]
    names = question.outputs or ("",)
    rows = [[_numbers(question, f, names, one) for f in (function, question.model)] for one in tried]
    kept = [k for k, (mine, asked) in enumerate(rows) if None not in (mine[output], asked[output])]
    tried = [tried[k] for k in kept]
    if len(tried) < CALLS:
        return None
    mine, asked = ({n: [rows[k][f][n] for k in kept] for n in names} for f in (0, 1))
    right = {n: np.array(v) for n, v in asked.items() if v == mine[n] and None not in v and n != output}
    mine, asked = np.array(mine[output]), np.array(asked[output])
    if len(np.unique(mine - asked)) < LEAST:
        return None
    found = _fits(_arguments(question, tried) | right, mine, asked)
    return found and (len(tried), *found, [n for n in right if n in found[1]])


def _fits(variables, mine, asked):
    """Return (sign, formula, rounding) of the simplest formula, or None."""
    # most formulas are far off in the first or in the last call
    ends = [({n: float(v[k]) for n, v in variables.items()}, mine[k] - asked[k]) for k in (0, -1)]
    for few in (1, 2):
        for names in combinations(variables, few):
            for divisor in (1, 2):
                steps = (1, -1, 2, -2) if few == divisor == 1 else (1, -1)
                for *counts, constant in product(*[steps] * few, (0, -1, 1, -2, 2)):
                    pairs = [*zip(names, counts, strict=True)]
                    if any(
                        abs(off - (sum(c * one[n] for n, c in pairs) + constant) / divisor) >= 1
                        for one, off in ends
                    ):
                        continue
                    more = sum(c * variables[n] for n, c in pairs) + constant
                    for rounding, turn in TURNS if divisor == 2 else TURNS[:1]:
                        if np.array_equal(turn(asked, more / divisor), mine):
                            terms = [*pairs, ("", constant)]
                            return _signed([t for t in terms if t[1]], divisor, rounding)
    return None


def _signed(terms, divisor, rounding):
    sign = -1 if max(c for n, c in terms if n) < 0 else 1
    text = terms_text([(n, sign * c) for n, c in terms])
    if divisor == 2:
        text = f"({text})/2" if len(terms) > 1 else f"{text}/2"
    if sign < 0:
        rounding = OTHER_WAY.get(rounding, rounding)
    return sign, text, rounding


def _numbers(question, function, names, one):
    """Return {output: number or None} of one call."""
    try:
        value = function(*one.args, **one.kwargs)
    except (TimeLimit, MemoryError, KeyboardInterrupt):
        raise
    except BaseException:  # SystemExit included: it is a mistake like any other
        return dict.fromkeys(names)
    found = {n: flat(v) for n, v in split(question, Answer("value", clean(value))).items()}
    return {n: v[0] if v is not None and len(v) == 1 else None for n, v in found.items()}


def _more(question, cases, output):
    """Return other calls: the cases with other numbers or, for a list of layers, other lists."""
    if any(isinstance(v, list) for one in cases for v in one.args):
        rng = np.random.default_rng(5)
        lists = [rng.integers((1, 1, 0, 1), (8, 4, 4, 4), (n, 4)).tolist() for n in (1, 2, 3) * (CALLS // 3)]
        return [replace(cases[0], args=([tuple(layer) for layer in layers],)) for layers in lists]
    ask = Whole(question, question.model, output)
    ask.calls(cases, CALLS)
    return ask.tried[len(cases) :]


def _arguments(question, tried):
    return columns_of(question, tried) if variables_of(question, tried[0])[1] else {}
