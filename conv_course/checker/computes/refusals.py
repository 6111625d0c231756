"""Find out why a learner's test refuses a right implementation: by little things, or by a wrong number."""

import numpy as np

from ..described import describe
from ..guards import TimeLimit, memory_limit, quiet, time_limit

SECONDS = 0.2  # for all calls that find out whether a test's own inputs already show a difference
DIGITS = (
    "It accepts that one if its numbers are replaced by those of another right one, which differ from them "
    "by {0} at most."
)
ADDED = "How far apart may two sums be whose numbers are added in another order?"
LITTLE = "What may differ between two right implementations: the last digits, the type, the memory?"
TAKES = "For {0} a right one returns {1}, and your test takes {2} there."
COUNTED = "How did you come to the number that your test compares this with?"
LAST = "The last call before your test says False is {0}. A right one returns {1} there."
COMPARED = "What does a right one return for your test's own inputs, and what do you compare it with?"
NEAR = (1, -1, 2, -2, 3, -3)  # what is added to a number to see whether the test would take it then
CALLS = 40


def why(name, function, refused, other=None):
    """Return (lines, hint). `name` is that of the implementation, `other` a right one that is not refused."""
    if other is not None:
        far = _by_digits(function, refused, other)
        if far:
            return [DIGITS.format(f"{far:.1g}")], ADDED
        if _in_time(lambda: _alike(function, refused, other)):
            return [], LITTLE
    found = _in_time(lambda: _another_number(function, refused))
    if not found:
        return _in_time(lambda: _last_call(name, function, refused)) or [], COMPARED
    (args, kwargs), returned, taken = found
    given = ", ".join([*map(repr, args), *(f"{n}={v!r}" for n, v in kwargs.items())])
    return [TAKES.format(f"{name}({given})", returned, taken)], COUNTED


def _in_time(work):
    """Return the result of `work`, or None if it takes too long or raises an exception."""
    try:
        with memory_limit(), quiet(), time_limit(SECONDS):
            return work()
    except (Exception, TimeLimit, MemoryError):
        return None


def _alike(function, refused, other):
    """Return whether two right ones differ only by rounding, type or memory in all calls of the test."""
    found = []

    def both(*args, **kwargs):
        copies = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
        value = refused(*args, **kwargs)
        found.append(apart(value, other(*copies, **kwargs)) is None)
        return value

    function(both)
    return bool(found) and all(found)


def _another_number(function, right):
    """Return (call, the right number, another) if the test goes on, or says True, with the other one."""
    calls = []

    def said(changes):
        calls.clear()

        def counted(*args, **kwargs):
            value = right(*args, **kwargs)
            calls.append(((args, kwargs), value))
            return value + changes.get(len(calls) - 1, 0)

        return true(function(counted))

    if said({}):
        return None
    first = list(calls)
    if not 0 < len(first) <= CALLS or not all(map(_short, first)):
        return None
    for k in reversed(range(len(first))):
        for step in NEAR:
            if said({k: step}) or len(calls) > len(first):
                return *first[k], first[k][1] + step
    return None


def _last_call(name, function, right):
    """Return a line on the last call of a right one, as a list, or None if the test calls none."""
    calls = []

    def noted(*args, **kwargs):
        given = [*map(describe, args), *(f"{n}={describe(v)}" for n, v in kwargs.items())]
        value = right(*args, **kwargs)
        calls[:] = [(given, describe(value))]
        return value

    if true(function(noted)) or not calls:
        return None
    given, value = calls[0]
    return [LAST.format(f"{name}({', '.join(given)})", value)]


def _short(made):
    """Return whether a call has only numbers, and a whole number as its result."""
    (args, kwargs), value = made
    return type(value) is int and all(type(v) in (int, float) for v in (*args, *kwargs.values()))


def _by_digits(function, refused, right):
    """Return by how much a refused layer differs from `right`, if the test only refuses it for rounding."""
    far = [0.0]

    def like(own, other):
        if isinstance(own, tuple):
            return tuple(map(like, own, other))
        far.append(float(np.abs(np.subtract(own, other)).max(initial=0)))
        own[...] = other  # in place: its type and its memory stay
        return own

    def replaced(*args, **kwargs):
        given = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
        own, other = refused(*args, **kwargs), right(*given, **kwargs)
        return own if apart(own, other) is not None else like(own, other)

    try:
        with memory_limit(), quiet(), time_limit(SECONDS):
            return max(far) if true(function(replaced)) else 0.0
    except (Exception, TimeLimit, MemoryError):
        return 0.0


def true(said):
    return isinstance(said, bool | np.bool_) and bool(said)


def apart(one, other):
    """Return the largest difference of two results: None if only by rounding, 0 if their shapes differ."""
    tuples = isinstance(one, tuple), isinstance(other, tuple)
    if all(tuples) and len(one) == len(other):
        found = [most for most in map(apart, one, other) if most is not None]
        return None if not found else max(found) if all(found) else 0
    if any(tuples) or np.shape(one) != np.shape(other):
        return 0
    if np.allclose(one, other, rtol=1e-7, atol=1e-9):
        return None
    most = float(np.abs(np.subtract(one, other)).max())
    return most if np.isfinite(most) else 0
