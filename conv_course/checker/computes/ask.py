"""Call a function on a case with other numbers in its arrays."""

import numpy as np

from ..answers import Answer, Odd, clean
from ..compare import MISSING, Difference, as_array
from ..guards import TimeLimit
from ..judge import split
from ..run import arrange


class NoAnswer(Exception):
    """The function raised an exception, or its result is not an array of numbers."""


class Asked:
    """A function and one case of its question.

    `arrays` are the arguments whose numbers may be replaced, as floats: arrays, and a float such as a scalar
    bias. The other arguments stay as they are in the case.
    """

    def __init__(self, question, function, one):
        self.question, self.function, self.calls = question, function, 0
        names = question.parameters
        positional = {names[i] if i < len(names) else f"argument {i + 1}": a for i, a in enumerate(one.args)}
        self.positional, self.given = tuple(positional), positional | one.kwargs
        self.arrays = {n: np.array(a, float) for n, a in self.given.items() if is_asked(a)}

    def __call__(self, numbers=None):
        """Return the results by name, with the arrays in the dict `numbers` in place of the case's own."""
        numbers = numbers or {}
        given = {n: self._argument(n, numbers) for n in self.given}
        self.calls += 1
        try:
            value = self.function(
                *(given[n] for n in self.positional),
                **{n: v for n, v in given.items() if n not in self.positional},
            )
        except (TimeLimit, MemoryError, KeyboardInterrupt):
            raise
        except BaseException as error:  # SystemExit included: it is a mistake like any other
            raise NoAnswer(type(error).__name__) from None
        after = tuple(clean(given[n]) for n in given if n in self.question.modifies)
        found = split(self.question, Answer("value", clean(value), after=after))
        return {name: as_numbers(value) for name, value in found.items()}

    def grown(self, name, value, numbers):
        """Return the results with another value for the argument `name`, such as a larger array."""
        own, self.given[name] = self.given[name], value
        try:
            return self(numbers)
        finally:
            self.given[name] = own

    def _argument(self, name, numbers):
        own = self.given[name]
        if name not in numbers:
            return arrange(own, "C")
        return (
            float(numbers[name])
            if np.ndim(own) == 0
            else np.array(numbers[name], float).reshape(np.shape(own))
        )


def is_asked(value):
    """Return whether an argument holds numbers that a function may be linear in."""
    if isinstance(value, np.ndarray):
        return value.size > 0 and value.dtype.kind in "iuf"
    return type(value) is float


def as_numbers(value):
    """Return a cleaned result as an array of floats, or None if it is not numeric."""
    if value is MISSING or value is None or isinstance(value, Odd):
        return None
    found = as_array(value)
    if isinstance(found, Difference) or found.dtype.kind not in "biuf":
        return None
    return found.astype(float)


def close(a, b):
    """Return whether two results are equal up to rounding."""
    if a is None or b is None or a.shape != b.shape:
        return False
    scale = max(np.abs(b).max(initial=0), 1e-9)
    return bool(np.all(np.abs(a - b) <= 1e-8 * scale))
