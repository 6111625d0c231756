"""Carry cases and answers between processes as JSON: no pickle, and nothing that could be executed.

`loads` and `loads_answers` read bytes that a learner's code may have written. They return only plain data, as
`answers.clean` does, and refuse data that is too large before decoding it. `loads_trusted` also reads cases
and `Code`. It is only for bytes that the grader wrote.
"""

import json
from base64 import b64encode
from binascii import a2b_base64

from numpy import asarray, dtype, frombuffer, generic, ndarray

from .answers import BITS, DEEP, NUMBERS, Answer, Odd, Room, TooMuch
from .cases import Case, Code

MARKS = 16  # maximum number of commas and brackets per item in the output of `dumps`
AXES = 64  # of an array
DIGITS = 310  # of an integer
ARRAYS = {"|b1", "|i1", "|u1"}
ARRAYS |= {f"{order}{kind}{size}" for order in "<>" for kind in "iu" for size in (2, 4, 8)}
ARRAYS |= {f"{order}f{size}" for order in "<>" for size in (2, 4, 8, 12, 16)}
RECORDS = {"answer": Answer, "odd": Odd, "case": Case}


def dumps(thing) -> bytes:
    """Return cases, answers or their contents as JSON. The functions below restore an equal object."""

    def encode(value):
        kind = type(value)
        if value is None or kind is bool or isinstance(value, str):
            return value
        if value is Ellipsis:
            return {"...": 0}
        if kind is int:
            return {"i": str(value)} if abs(value) > 2**53 else value
        if kind is float:
            return {"f": value.hex()}
        if isinstance(value, (ndarray, generic)):
            plain = asarray(value)
            return {"a": [plain.dtype.str, list(plain.shape), b64encode(plain.tobytes()).decode("ascii")]}
        if kind is list:
            return [encode(v) for v in value]
        if kind is tuple:
            return {"t": [encode(v) for v in value]}
        if kind is dict:
            return {"d": [[k, encode(v)] for k, v in value.items()]}
        if kind is Code:
            return {"c": [value.source, encode(value.constants)]}
        if kind in RECORDS.values():
            tag = next(t for t, k in RECORDS.items() if k is kind)
            return {tag: [encode(getattr(value, name)) for name in kind.__dataclass_fields__]}
        raise TypeError(f"cannot carry a {kind.__name__} between processes")

    return json.dumps(encode(thing), separators=(",", ":")).encode("ascii")


def loads(data: bytes, room=None):
    """Return plain data of at most the size that `room`, a `Room`, allows. Raise ValueError otherwise."""
    return _read(data, _Decoder(room or Room(NUMBERS)))


def loads_answers(data: bytes, room=None):
    """Return a list of `Answer` whose fields are plain data. Their meaning is not checked."""
    return _read(data, _AnswersDecoder(room or Room(NUMBERS)))


def loads_trusted(data: bytes):
    """Return anything that `dumps` wrote, including functions. Never use it on a learner's bytes."""
    return _read(data, _TrustedDecoder(Room(float("inf"), float("inf"))))


def _read(data, decoder):
    try:
        if data.count(b",") + data.count(b"[") + data.count(b"{") > MARKS * decoder.room.items:
            raise TooMuch
        return decoder.whole(JSON.decode(data.decode("ascii")))
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(f"not an encoded answer: {type(error).__name__}") from None


def _refuse(text):
    raise ValueError(f"{text[:20]} is not how a float is written here")


JSON = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)


class _Decoder:
    """Decodes the lists and dicts of JSON to plain data."""

    def __init__(self, room):
        self.room = room

    def whole(self, tree):
        return self.decode(tree, 0)

    def decode(self, value, depth):
        kind, room = type(value), self.room
        if kind is str:
            room.take_text(value)
            return value
        room.items -= 1
        if room.items < 0:
            raise TooMuch
        if kind is list:
            return self.members(value, depth)
        if kind is dict:
            ((tag, body),) = value.items()
            return self.tagged(tag, body, depth)
        if kind is int and value.bit_length() > BITS:
            raise TooMuch
        return value

    def members(self, values, depth):
        if type(values) is not list or depth > DEEP:
            raise ValueError("not a list, or lists within lists too deep")
        depth += 1
        return [self.decode(value, depth) for value in values]

    def tagged(self, tag, body, depth):
        if tag == "a":
            return self.array(*body)
        if tag == "f":
            return float.fromhex(body)
        if tag == "t":
            return tuple(self.members(body, depth))
        if tag == "d":
            return {self.text(key): self.decode(value, depth + 1) for key, value in body}
        if tag == "i" and len(body) <= DIGITS:
            return self.decode(int(body), depth)
        if tag == "...":
            return Ellipsis
        if tag == "odd":
            kind, detail = body
            return Odd(self.text(kind), self.text(detail))
        raise ValueError(f"{tag[:20]!r} is no plain data")

    def text(self, value):
        if type(value) is not str:
            raise TypeError(value)
        self.room.take_text(value)
        return value

    def array(self, kind, shape, text):
        if kind not in ARRAYS or len(shape) > AXES:
            raise ValueError("not an array of numbers")
        count = 1
        for size in shape:
            if type(size) is not int or size < 0:
                raise ValueError("no shape")
            count *= size
        self.room.take(numbers=count, items=0)
        kind = dtype(kind)
        if type(text) is not str or len(text) != -(-count * kind.itemsize // 3) * 4:
            raise ValueError("an array of another size than it says")
        return frombuffer(a2b_base64(text, strict_mode=True), kind).reshape(shape).copy()


class _AnswersDecoder(_Decoder):
    def whole(self, tree):
        if type(tree) is not list:
            raise TypeError(tree)
        return [self.answer(**row) for row in tree]

    def answer(self, answer):
        return Answer(*self.members(answer, -1))


class _TrustedDecoder(_Decoder):
    def tagged(self, tag, body, depth):
        if tag == "c":
            return Code(body[0], **self.decode(body[1], 0))
        if tag in ("case", "answer"):
            return RECORDS[tag](*self.members(body, -1))
        return super().tagged(tag, body, depth)
