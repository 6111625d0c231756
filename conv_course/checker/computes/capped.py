"""Recognise results that stop at a bound: right up to a number, and that number where more is asked for."""

from dataclasses import replace
from itertools import product

import numpy as np

from ..described import number_text
from .ask import Asked, NoAnswer
from .linear import Said

CEILING = "is right up to {0}, and {0} where more is asked for."
FLOOR = "is right down to {0}, and {0} where less is asked for."
HINT = "Which of your lines lets no number pass a bound, and must this one not?"
SEVERAL = 2  # wrong results of different size: one alone equals some number anyway


def bound(got, want):
    """Return (the number, the sentence) if all wrong numbers of `got` equal it and all asked for pass it.

    None of the right ones may pass it. Return None if there is no such number.
    """
    got, want = np.asarray(got, float), np.asarray(want, float)
    if got.shape != want.shape or not np.isfinite(got).all():
        return None
    wrong = ~np.isclose(got, want, rtol=1e-7, atol=1e-9)
    if len(np.unique(want[wrong].round(6))) < SEVERAL or not (~wrong).any():
        return None
    at = float(got[wrong][0])
    if not np.allclose(got[wrong], at, rtol=1e-9, atol=1e-12):
        return None
    for sign, text in ((1, CEILING), (-1, FLOOR)):
        if (sign * want[wrong] > sign * at).all() and (sign * want[~wrong] <= sign * at + 1e-9).all():
            return at, text.format(number_text(at, 6))
    return None


def explain(question, function, failing, seed, output):
    """Return a `Said` if a mean or sum over rows is right but for rows whose own results stop at a bound."""
    cases, pairs = question.cases_for(seed), []
    for number in sorted({i for i, _ in failing}):
        for one in _rows(cases[number]):
            try:
                pair = [Asked(question, f, one)().get(output) for f in (function, question.model)]
            except NoAnswer:
                return None
            if any(v is None or np.size(v) != 1 for v in pair):
                return None
            pairs.append([float(np.ravel(v)[0]) for v in pair])
    found = bound(*zip(*pairs, strict=True)) if pairs else None
    if found is None:
        return None
    line = f"Given one row at a time, your {output or 'result'} {found[1]}"
    return Said((line,), HINT, min(i for i, _ in failing), output)


def _rows(one):
    """Yield the case with one row of each of its arrays, also twice as large, if all have as many rows."""
    arrays = [v for v in one.args if isinstance(v, np.ndarray)]
    if len(arrays) < len(one.args) or len({len(v) for v in arrays if v.ndim}) != 1 or not arrays[0].ndim:
        return
    for i, times in product(range(len(arrays[0])), (1, 2)):  # a single row beyond a bound proves nothing
        row = [v[i : i + 1] for v in arrays]
        args = tuple(times * v if v.dtype.kind == "f" else v for v in row)
        yield replace(one, args=args, layout="C")
