"""The results of a learner's function, as plain data without overridden methods.

`clean` copies real arrays, numbers, strings, lists, tuples and dicts. Everything else becomes an `Odd`. It
also limits their total size, because everything has to be compared later.
"""

from dataclasses import dataclass
from math import prod

from numpy import array, asarray, generic, ndarray
from numpy import bool_ as numpy_bool

NUMBERS = 10_000_000  # in an answer, if no question sets a limit
ITEMS = 1 << 16  # numbers, texts, lists and so on in all answers to one question, without arrays' numbers
DEEP = 8  # levels of nested lists
BITS = 1023  # of an integer; a float can hold no more
TEXT = 1000  # characters


@dataclass(frozen=True)
class Odd:
    """A result that cannot be an answer. `kind` is "type", "object", "huge" or "deep"."""

    kind: str
    detail: str


@dataclass(frozen=True)
class Answer:
    """The outcome of one call.

    `status` is "value", "unfilled", "missing", "error", "timeout", "memory" or "skipped" (an earlier call
    ran out of time). `after` holds the arguments that the question lets the function modify, `used` the
    names of called functions that answer the question. The first answer has the function's `defaults`, as
    `defaults.defaults_of` returns them.

    If `status` is "unfilled", `message` says why: "raise" (a `raise NotImplementedError` in `line`, in the
    helper function `error` if that is not ""), "nothing" (the body does nothing), "dots" (the answer is
    `...`), or what was given instead of a function, for example "a list". If `value` is None, `message` is
    "never" if no `return` in the function returns anything else.
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
    defaults: tuple = ()


class TooMuch(ValueError):
    """The result is larger than the room left."""


class Room:
    """The room left: `numbers`, and `items` such as lists and texts, not counting the numbers of arrays."""

    def __init__(self, numbers, items=ITEMS):
        self.numbers, self.items = numbers, items

    def take(self, numbers=0, items=1):
        self.numbers -= numbers
        self.items -= items
        if self.numbers < 0 or self.items < 0:
            raise TooMuch

    def take_text(self, text):
        self.take(items=1 + len(text) // 8)


def clean(value, limit=NUMBERS, room=None):
    """Return a copy of `value` in exact built-in types and base-class arrays, with at most `limit` numbers.

    `room`, a `Room`, is shared by all answers to a question. A value that does not fit becomes an `Odd`.
    """
    left = Room(limit, room.items if room else ITEMS)

    def walk(value, depth):
        kind = type(value)
        if value is None or value is Ellipsis or kind in (bool, int, float):
            left.take(numbers=1)
            if kind is int and value.bit_length() > BITS:
                return odd("huge", f"a whole number of {value.bit_length()} bits")
            return value
        if kind is str:
            value = value[:TEXT]
            left.take_text(value)
            return value
        left.take()
        if issubclass(kind, numpy_bool):
            return bool(value)
        if issubclass(kind, (ndarray, generic)):
            plain = asarray(value).view(ndarray) if issubclass(kind, ndarray) else array(value)
            left.take(numbers=prod(plain.shape), items=plain.ndim)
            if plain.dtype.kind not in "biuf":
                return odd("object", str(plain.dtype))
            return array(plain, dtype=plain.dtype.newbyteorder("="), order="K", copy=True, subok=False)
        # treat a named tuple as a tuple, without calling its own methods
        plain = next((base for base in (list, tuple, dict) if issubclass(kind, base)), None)
        if plain is None:
            return odd("type", kind.__name__)
        if depth > DEEP:
            return odd("deep", plain.__name__)
        if plain is dict:
            return {key: walk(child, depth + 1) for key, child in dict.items(value) if is_text(key)}
        return plain(walk(child, depth + 1) for child in plain.__iter__(value))

    def odd(kind, detail):
        left.take_text(detail[:TEXT])
        left.take_text(kind)
        return Odd(kind, detail[:TEXT])

    def is_text(key):
        if type(key) is str:
            left.take_text(key)
        return type(key) is str

    try:
        cleaned = walk(value, 0)
    except TooMuch:
        shape = ndarray.shape.__get__(value) if issubclass(type(value), ndarray) else None
        return Odd("huge", f"shape {shape}" if shape else f"a {type(value).__name__[:TEXT]}")
    if room:
        room.items = left.items
    return cleaned
