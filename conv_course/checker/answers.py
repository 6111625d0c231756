"""What a learner's function gave, as plain data that cannot lie about itself.

`clean` keeps real arrays, numbers, strings, lists, tuples and dicts, copied; everything else becomes an
`Odd`. It also limits how much there is of them, because each has to be compared later.
"""

from dataclasses import dataclass
from math import prod

from numpy import array, asarray, generic, ndarray
from numpy import bool_ as numpy_bool

NUMBERS = 10_000_000  # in an answer, where no question sets a limit
ITEMS = 1 << 16  # numbers, texts, lists and so on, arrays' numbers aside, in all answers to one question
DEEP = 8  # lists within lists
BITS = 1023  # of a whole number; a float holds no more
TEXT = 1000  # characters


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

    Where `status` is "unfilled", `message` says why: "raise" (a `raise NotImplementedError` in `line`, and in
    the helper `error` if it is not the function's own), "nothing" (a body that does nothing), "dots" (the
    answer is `...`), or what stands in the place of a function: "a list". Where `value` is None,
    `message` is "never" if nothing in the function returns anything else.
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


class TooMuch(ValueError):
    """More than there is room for."""


class Room:
    """How much may still come: numbers, and items, which are lists, texts and so on, no array's numbers."""

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
    """A copy of `value` made of exact built-in types and base-class arrays, of at most `limit` numbers.

    `room`, a `Room`, is what all answers to a question share; what does not fit becomes an `Odd`.
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
        # a named tuple is a tuple; its own methods are not asked
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
