"""What a learner's function gave, as plain data that cannot lie about itself.

`clean` keeps real arrays, numbers, strings, lists, tuples and dicts, copied; everything else becomes an
`Odd`. `dumps` and `loads` carry cases and answers between processes with no pickle.
"""

import base64
import json
from dataclasses import dataclass
from math import prod

from numpy import array, asarray, dtype, frombuffer, generic, ndarray
from numpy import bool_ as numpy_bool

from .questions import Case, Code


@dataclass(frozen=True)
class Odd:
    """A result that is no answer: `kind` is "type", "object", "huge" or "deep"."""

    kind: str
    detail: str


@dataclass(frozen=True)
class Answer:
    """The outcome of one call.

    `status`: "value", "unfilled", "missing", "error", "timeout", "memory" or "skipped" (an earlier call
    ran out of time). `after` holds the arguments that the question lets the function modify, `used` the
    names of functions it called that answer the question.
    """

    status: str
    value: object = None
    error: str = ""
    message: str = ""
    line: int = 0
    mutated: tuple = ()
    printed: str = ""
    after: tuple = ()
    used: tuple = ()


class _Huge(Exception):
    pass


def clean(value, limit=10_000_000):
    """A copy of `value` made of exact built-in types and base-class arrays, of at most `limit` numbers."""
    budget = [limit]

    def spend(count):
        budget[0] -= count
        if budget[0] < 0:
            raise _Huge

    def walk(value, depth):
        kind = type(value)
        if value is None or value is Ellipsis or kind in (bool, int, float):
            spend(1)
            return value
        if kind is str:
            return value[:10_000]
        if issubclass(kind, numpy_bool):
            return bool(value)
        if issubclass(kind, (ndarray, generic)):
            plain = asarray(value).view(ndarray) if issubclass(kind, ndarray) else array(value)
            spend(prod(plain.shape))
            if plain.dtype.kind not in "biuf":
                return Odd("object", str(plain.dtype))
            return array(plain, dtype=plain.dtype.newbyteorder("="), order="K", copy=True, subok=False)
        if kind in (list, tuple):
            if depth > 8:
                return Odd("deep", kind.__name__)
            return kind(walk(child, depth + 1) for child in kind.__iter__(value))
        if kind is dict:
            return {str(key): walk(child, depth + 1) for key, child in value.items() if type(key) is str}
        return Odd("type", kind.__name__)

    try:
        return walk(value, 0)
    except _Huge:
        shape = ndarray.shape.__get__(value) if issubclass(type(value), ndarray) else None
        return Odd("huge", f"shape {shape}" if shape else f"a {type(value).__name__}")


def dumps(thing) -> bytes:
    """Cases, answers and what they hold as JSON; `loads` gives an equal thing back."""

    def encode(value):
        kind = type(value)
        if value is None or kind in (bool, str):
            return value
        if value is Ellipsis:
            return {"...": 0}
        if kind is int:
            return {"i": str(value)} if abs(value) > 2**53 else value
        if kind is float:
            return {"f": value.hex()}
        if isinstance(value, (ndarray, generic)):
            plain = asarray(value)
            return {
                "a": [plain.dtype.str, list(plain.shape), base64.b64encode(plain.tobytes()).decode("ascii")]
            }
        if kind is list:
            return [encode(v) for v in value]
        if kind is tuple:
            return {"t": [encode(v) for v in value]}
        if kind is dict:
            return {"d": [[k, encode(v)] for k, v in value.items()]}
        if kind is Code:
            return {"c": [value.source, encode(value.constants)]}
        if kind in _RECORDS.values():
            tag = next(t for t, k in _RECORDS.items() if k is kind)
            return {tag: [encode(getattr(value, name)) for name in kind.__dataclass_fields__]}
        raise TypeError(f"cannot carry a {kind.__name__} between processes")

    return json.dumps(encode(thing), separators=(",", ":")).encode("ascii")


def loads(data: bytes):
    """The inverse of `dumps`. Data that `dumps` cannot have written raises ValueError."""

    def decode(value):
        if isinstance(value, list):
            return [decode(v) for v in value]
        if not isinstance(value, dict):
            return value
        ((tag, body),) = value.items()
        if tag == "...":
            return Ellipsis
        if tag == "i":
            return int(body)
        if tag == "f":
            return float.fromhex(body)
        if tag == "a":
            kind, shape = dtype(body[0]), tuple(int(n) for n in body[1])
            if kind.kind not in "biuf":
                raise ValueError(f"an array of {kind}")
            return frombuffer(base64.b64decode(body[2]), kind).reshape(shape).copy()
        if tag == "t":
            return tuple(decode(v) for v in body)
        if tag == "d":
            return {str(k): decode(v) for k, v in body}
        if tag == "c":
            return Code(body[0], **decode(body[1]))
        return _RECORDS[tag](*(decode(v) for v in body))

    try:
        return decode(json.loads(data))
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError(f"not an encoded answer: {type(error).__name__}") from None


_RECORDS = {"answer": Answer, "odd": Odd, "case": Case}
