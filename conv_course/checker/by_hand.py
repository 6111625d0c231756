"""Put cases that can be worked out by hand first, and give them small whole numbers.

The sheets draw readable numbers with two decimals. Small cases get whole numbers instead, with the same signs
and the same order of magnitudes, and move to the front, so that the first case that fails is one of them. At
least one case of each part keeps its decimals, to catch an answer that drops them.
"""

from dataclasses import replace
from itertools import combinations

import numpy as np

from .cases import Code

MOST = 48  # numbers in all arrays of a case
DISTINCT = 16  # with more distinct numbers, 1 to 9 are repeated, unless it matters which is the largest
LARGEST = 100  # magnitude of numbers that are already whole
DRAWN = 3  # `numbers` draws between -3 and 3


def by_hand_first(cases, names, *, keeps_order=False):
    """Return the cases, small ones first and in whole numbers. `names` are those of positional arguments."""
    if any(isinstance(value, Code) for one in cases for value in one.args):
        return list(cases)
    small = [_is_small(one) and (i == 0 or not _has_integers(one)) for i, one in enumerate(cases)]
    fits = [ok and (_is_whole(one) or _can_be_whole(one)) for ok, one in zip(small, cases, strict=True)]
    for part in {one.part for one in cases}:
        mine = [i for i, one in enumerate(cases) if one.part == part]
        if all(fits[i] or not _has_decimals(cases[i]) for i in mine):
            kept = next((i for i in reversed(mine) if fits[i] and not _is_whole(cases[i])), None)
            if kept is not None and len(mine) > 1:
                fits[kept] = False
    first = [
        one if _is_whole(one) else _whole(one, names, keeps_order)
        for one, fit in zip(cases, fits, strict=True)
        if fit
    ]
    return first + [one for one, fit in zip(cases, fits, strict=True) if not fit]


def once_more(cases):
    """Return [the first case with arrays, with other numbers in them], or [] if there is none.

    Called last, it has the shapes of an earlier call: a function that keeps a buffer or a result for them
    gives a wrong answer, though it may be right on all cases before.
    """
    for one in cases:
        real = [a for a in _arrays(one) if a.dtype.kind == "f" and a.size > 1]
        free = one.layout == "C" and not one.note and not any(map(_holds_arrays, _nested(one)))
        if real and free:
            args = tuple(map(_with_other_numbers, one.args))
            return [
                replace(one, args=args, kwargs={n: _with_other_numbers(v) for n, v in one.kwargs.items()})
            ]
    return []


def ended_by_zeros(cases, names, *, keeps_order=False):
    """Return [a small case whose arrays begin and end with 0], or [] if none has independent arrays.

    `numbers` draws no 0. So an answer that drops leading zeros, as NumPy's polynomials do, or divides by the
    first weight, would be right in all other cases. The case has as many arrays with two ends as possible.
    """
    free = [one for one in cases if _is_small(one) and _has_decimals(one) and _can_be_whole(one)]
    if not free:
        return []
    one = max(free, key=lambda one: sum(min(a.size, 4) for a in _arrays(one)))
    named = {name: _ended(value) for name, value in one.kwargs.items()}
    return [_whole(replace(one, args=tuple(map(_ended, one.args)), kwargs=named), names, keeps_order)]


def _ended(value):
    """Return an array of real numbers with 0 at both ends, one with two numbers at its beginning alone."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or value.size < 2:
        return value
    ended = value.copy()
    ended.flat[[0, -1] if value.size > 2 else [0]] = 0
    return ended


def _with_other_numbers(value):
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or value.size < 2:
        return value
    turned = np.ascontiguousarray(np.flip(value))
    return turned + 1 if np.array_equal(turned, value) else turned


def _nested(one):
    return [v for v in _values(one) if not isinstance(v, np.ndarray)]


def _values(one):
    return [*one.args, *one.kwargs.values()]


def _arrays(one):
    return [value for value in _values(one) if isinstance(value, np.ndarray)]


def _is_small(one):
    return one.layout == "C" and not one.note and sum(a.size for a in _arrays(one)) <= MOST


def _has_integers(one):
    return any(a.dtype.kind in "iu" for a in _arrays(one)) and not _has_decimals(one)


def _has_decimals(one):
    return any(a.dtype.kind == "f" and (a != np.round(a)).any() for a in _arrays(one))


def _is_whole(one):
    return not _has_decimals(one) and all(np.abs(a).max(initial=0) <= LARGEST for a in _arrays(one))


def _can_be_whole(one):
    """Return whether all real arrays were drawn independently. Others may depend on their exact values."""
    real = [a for a in _arrays(one) if a.dtype.kind == "f"]
    nested = any(map(_holds_arrays, _nested(one)))
    fit = all(_is_drawn(a) or (a == np.round(a)).all() for a in real)
    return bool(real) and fit and not nested and not any(_share(a, b) for a, b in combinations(real, 2))


def _holds_arrays(value):
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return isinstance(value, np.ndarray) or any(map(_holds_arrays, inside))


def _is_drawn(array):
    if array.dtype != float or not (np.abs(array) <= DRAWN).all():
        return False
    cents = 100 * array
    whole = np.round(cents)
    # as np.allclose does, which takes three times as long
    return bool((np.abs(cents - whole) <= 1e-8 + 1e-5 * np.abs(whole)).all())


def _share(a, b):
    """Return whether one array is a copy of the other with a few changes.

    Equal numbers at other places are no sign of it: arrays that are drawn independently have some, by chance,
    and such a learner's cases would stand in another order than everybody else's.
    """
    return a.shape == b.shape and a.size > 3 and 4 * np.count_nonzero(a == b) >= 3 * a.size


def _whole(one, names, keeps_order):
    def changed(name, value):
        if isinstance(value, np.ndarray) and _is_drawn(value):
            return whole_numbers(value, keeps_order)
        bias = name == "b" and type(value) is float
        return float(np.sign(value) * max(1, round(abs(value)))) if bias else value

    named = zip([*names, *[""] * len(one.args)], one.args, strict=False)
    args = tuple(changed(name, value) for name, value in named)
    return replace(one, args=args, kwargs={name: changed(name, v) for name, v in one.kwargs.items()})


def whole_numbers(array, keeps_order=False):
    """Replace an array's numbers by whole ones: 1 for the smallest magnitude, 2 for the next, signs kept.

    >>> whole_numbers(np.array([0.5, -2.25, 0.75, 0.5]))
    array([ 1., -3.,  2.,  1.])
    """
    sizes, rank = np.unique(np.abs(array), return_inverse=True)
    rank = rank.reshape(array.shape) + (0 if sizes.size and sizes[0] == 0 else 1)
    if sizes.size > DISTINCT and not keeps_order:
        rank = np.where(rank, 1 + (rank - 1) % 9, 0)
    return np.sign(array) * rank
