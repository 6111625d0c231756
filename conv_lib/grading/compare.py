"""Compare one result with the right one, with NumPy functions saved before a learner could replace them."""

from dataclasses import dataclass

from numpy import abs as absolute
from numpy import array, asarray, errstate, isfinite, isnan, ndarray

from .answers import BITS, Odd

TOLERANCE = {"float32": 1e-4, "float64": 1e-8}
MISSING = object()
MOST_AXES = 32  # of the arrays in a list; NumPy has an end at 64


@dataclass(frozen=True)
class Difference:
    """Why a result is not right. `kind` names it: "none", "ragged", "type", "object", "huge", "missing",
    "shape", "integer", "half", "nan", "precision" or "value"."""

    kind: str
    detail: str = ""


def as_array(value):
    """The array that a cleaned result is, or the `Difference` that keeps it from being one."""
    if isinstance(value, (ndarray, Difference)):
        return value
    if isinstance(value, Odd):
        return Difference("ragged" if value.kind == "deep" else value.kind, value.detail)
    if value is None or value is Ellipsis:
        return Difference("none")
    if type(value) in (bool, int, float):
        if type(value) is int and value.bit_length() > 62:
            return asarray(value, float) if value.bit_length() <= BITS else Difference("huge", "a number")
        return asarray(value)
    if type(value) in (list, tuple):
        parts = [as_array(child) for child in value]
        bad = next((p for p in parts if isinstance(p, Difference)), None)
        if bad is not None:
            return bad if bad.kind != "none" else Difference("none", "inside the list")
        if len({p.shape for p in parts}) > 1 or any(p.ndim >= MOST_AXES for p in parts[:1]):
            return Difference("ragged")
        return array(parts) if parts else array([], float)
    if type(value) is str:
        return Difference("type", "a text")
    return Difference("type", type(value).__name__)


def is_nested_list(value, expected):
    """Whether a list or tuple stands where an array is the answer."""
    return type(value) in (list, tuple) and isinstance(expected, ndarray)


@errstate(all="ignore")
def difference(value, expected):
    """None if the cleaned `value` is right, else a `Difference`."""
    if value is MISSING:
        return Difference("missing")
    if type(expected) is str:
        said = value.strip().lower() if type(value) is str else None
        return None if said == expected.lower() else Difference("value")
    got = as_array(value)
    if isinstance(got, Difference):
        return got
    want = asarray(expected)
    if want.dtype.kind == "b":
        if got.shape == () and got.dtype.kind in "biu" and int(got) in (0, 1):
            return None if bool(got) == bool(want) else Difference("value")
        return Difference("type", "neither True nor False")
    if got.shape != want.shape:
        if not (want.shape == () and got.size == 1):
            return Difference("shape")
        got = got.reshape(())
    if want.dtype.kind in "iu" and got.dtype.kind in "biuf":
        exact = bool((got == want).all())
        return None if exact else Difference("nan" if got.dtype.kind == "f" and isnan(got).any() else "value")
    if got.dtype.kind in "biu":
        if (got == want).all():
            return None
        close = bool((absolute(got - want) <= 1).all())
        return Difference("integer" if close and got.size else "value")
    if got.dtype.itemsize < 4:
        return Difference("half", str(got.dtype)) if close_to(got, want, 0.02) else Difference("value")
    if (isnan(got) & ~isnan(want)).any():
        return Difference("nan")
    single = "float32" in (got.dtype.name, want.dtype.name)
    if close_to(got, want, TOLERANCE["float32" if single else "float64"]):
        return None
    return Difference("precision" if close_to(got, want, 5e-3) else "value")


def close_to(got, want, tolerance):
    """Equal to `tolerance` of the largest number in `want`; NaN and infinities at the same places."""
    got, want = asarray(got), asarray(want)
    if got.shape != want.shape:
        return False
    fine = isfinite(want)
    if not (isfinite(got) == fine).all():
        return False
    if not fine.all():
        odd = ~fine
        if not ((isnan(got[odd]) & isnan(want[odd])) | (got[odd] == want[odd])).all():
            return False
        got, want = got[fine], want[fine]
    if want.size == 0:
        return True
    scale = float(absolute(want).max()) or 1.0
    return bool((absolute(got.astype(float) - want.astype(float)) <= tolerance * scale).all())


@errstate(all="ignore")
def same(first, second):
    """Whether two cleaned results are the same, as far as telling misconceptions apart goes."""
    if first is MISSING or second is MISSING:
        return first is second
    if type(first) is str or type(second) is str:
        return type(first) is type(second) and first == second
    a, b = as_array(first), as_array(second)
    if isinstance(a, Difference) or isinstance(b, Difference):
        return isinstance(a, Difference) and isinstance(b, Difference) and a.kind == b.kind
    return a.shape == b.shape and close_to(a, b, 1e-4 if "float32" in (a.dtype.name, b.dtype.name) else 1e-7)
