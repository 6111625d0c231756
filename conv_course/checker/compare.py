"""Compare a result with the right one, using NumPy functions that were imported before any learner's code."""

from dataclasses import dataclass

from numpy import abs as absolute
from numpy import array, asarray, errstate, isfinite, isnan, ndarray, where

from .answers import BITS, Odd

TOLERANCE = {"float32": 1e-4, "float64": 1e-8}
MISSING = object()
NO_TRUTH = "neither True nor False"
MOST_AXES = 32  # of the arrays in a list; NumPy's limit is 64


@dataclass(frozen=True)
class Difference:
    """The reason why a result is wrong. `kind` is "none", "dots", "ragged", "type", "object", "huge",
    "missing", "shape", "integer", "half", "nan", "precision" or "value"."""

    kind: str
    detail: str = ""


@errstate(all="ignore")
def as_array(value):
    """Convert a cleaned result to an array. Return a `Difference` if this is impossible."""
    return _as_array(value)


def _as_array(value):
    if isinstance(value, (ndarray, Difference)):
        return value
    if isinstance(value, Odd):
        return Difference("ragged" if value.kind == "deep" else value.kind, value.detail)
    if value is None:
        return Difference("none")
    if value is Ellipsis:
        return Difference("dots")
    if type(value) in (bool, int, float):
        if type(value) is int and value.bit_length() > 62:
            return asarray(value, float) if value.bit_length() <= BITS else Difference("huge", "a number")
        return asarray(value)
    if type(value) in (list, tuple):
        parts = [_as_array(child) for child in value]
        bad = next((p for p in parts if isinstance(p, Difference)), None)
        if bad is not None:
            dots = any(isinstance(p, Difference) and p.kind == "dots" for p in parts)
            bad = Difference("dots") if dots else bad
            return bad if bad.kind != "none" else Difference("object", "None inside the list")
        if len({p.shape for p in parts}) > 1 or any(p.ndim >= MOST_AXES for p in parts[:1]):
            return Difference("ragged")
        try:
            return array(parts) if parts else array([], float)
        except ValueError:  # empty arrays whose other lengths have too large a product
            return Difference("huge", f"a {type(value).__name__}")
    if type(value) is str:
        return Difference("type", "a text")
    return Difference("type", type(value).__name__)


def is_nested_list(value, expected):
    """Return whether the value is a nested list although an array is expected."""
    return (
        type(value) in (list, tuple)
        and any(type(child) in (list, tuple) for child in value)
        and isinstance(expected, ndarray)
    )


@errstate(all="ignore")
def difference(value, expected):
    """Return None if the cleaned `value` is right, else a `Difference`."""
    if value is MISSING:
        return Difference("missing")
    if type(expected) is str and value is not None and value is not Ellipsis:
        said = value.strip().lower() if type(value) is str else None
        return None if said == expected.lower() else Difference("value")
    got, want = as_array(value), asarray(expected)
    if isinstance(got, Difference):
        other = want.dtype.kind == "b" and got.kind not in ("none", "dots")
        return Difference("type", NO_TRUTH) if other else got
    if want.dtype.kind == "b":
        if got.shape == () and got.dtype.kind in "biu" and int(got) in (0, 1):
            return None if bool(got) == bool(want) else Difference("value")
        return Difference("type", NO_TRUTH)
    if got.shape != want.shape:
        if not (want.shape == () and got.size == 1):
            return Difference("shape")
        got = got.reshape(())
    if not differing(got, want).any():
        return None
    return Difference(_why(got, want), str(got.dtype))


@errstate(all="ignore")
def differing(got, want, tolerance=None):
    """Return a mask of where two arrays of the same shape differ, for judging and for the card.

    Integers and truth values must be equal. Other numbers may differ by `tolerance` times the largest number
    in `want`; the default is larger for single precision. NaN and infinities must be at the same places.
    """
    got, want = asarray(got), asarray(want)
    if tolerance is None:
        if want.dtype.kind in "biu":
            return asarray(got != want)
        tolerance = TOLERANCE["float32" if "float32" in (got.dtype.name, want.dtype.name) else "float64"]
    got, want = got.astype(float), want.astype(float)
    fine = isfinite(want)
    scale = float(absolute(want[fine]).max(initial=0)) or 1.0
    near = absolute(got - want) <= tolerance * scale
    return asarray(~where(fine, near, (isnan(got) & isnan(want)) | (got == want)))


def _why(got, want):
    """Return the kind of the difference between two arrays of the same shape."""
    if want.dtype.kind == "f" and got.dtype.kind in "iu":
        # for a single number, an error of at most 1 is no evidence of truncation
        truncated = got.ndim and (absolute(got - want) <= 1).all()
        return "integer" if truncated else "value"
    if got.dtype.kind != "f":
        return "value"
    if (isnan(got) & ~isnan(want.astype(float))).any():
        return "nan"
    if want.dtype.kind == "f":
        if got.dtype.itemsize < 4:
            return "half" if close_to(got, want, 0.02) else "value"
        return "precision" if _almost(got, want) else "value"
    return "value"


def _almost(got, want):
    """Return whether the first four digits of every number are right."""
    fine = isfinite(want)
    if not fine.all() or not isfinite(got).all():
        return False
    scale = absolute(want).max(initial=0) or 1.0
    return bool((absolute(got - want) <= 1e-4 * absolute(want) + 1e-6 * scale).all())


def close_to(got, want, tolerance):
    """Return whether two arrays are equal to within `tolerance` times the largest number in `want`."""
    return got.shape == want.shape and not differing(got, want, tolerance).any()


@errstate(all="ignore")
def same(first, second):
    """Return whether two cleaned results are equal for the purpose of matching misconceptions."""
    if first is MISSING or second is MISSING:
        return first is second
    if type(first) is str or type(second) is str:
        return type(first) is type(second) and first == second
    a, b = as_array(first), as_array(second)
    if isinstance(a, Difference) or isinstance(b, Difference):
        return isinstance(a, Difference) and isinstance(b, Difference) and a.kind == b.kind
    return close_to(a, b, 1e-4 if "float32" in (a.dtype.name, b.dtype.name) else 1e-7)
