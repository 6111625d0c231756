"""The questions and results of the .m exercise as arrays, with MATLAB's names of dimensions and sizes."""

from dataclasses import dataclass

import numpy as np

from ..faults.items import Item
from ..matlab_questions import in_matlab

# one letter for each dimension of an array: output pixel i j, filter place u v, image pixel p q, channel d,
# filter f, image n
LETTERS = {
    "x": "pqdn",
    "xpad": "pqd",
    "dx": "pqdn",
    "w": "uvdf",
    "dw": "uvdf",
    "window": "uvd",
    "y": "ijfn",
    "dout": "ijfn",
    "b": "fe",
    "db": "fe",
}
WORDS = {"d": "channel", "f": "filter", "n": "image"}
WORDS |= dict.fromkeys("piu", "row") | dict.fromkeys("qjv", "column")
DIMENSIONS = {"q1": 2, "q2": 3, "q3": 2, "q4": 4, "q5": 2, "q6": 4, "q7": 4}  # of a result
SIZES = {
    "x": ("H", "W", "D", "N"),
    "w": ("kH", "kW", "D", "F"),
    "dout": ("H'", "W'", "F", "N"),
}


def full(array, dimensions):
    """Return an array with the dimensions of length 1 at the end that MATLAB drops."""
    array = np.asarray(array)
    return array.reshape(array.shape + (1,) * (dimensions - array.ndim)) if array.ndim < dimensions else array


def words_of(name, dimensions):
    """Return the word for each dimension of an array: row, column, channel, ..."""
    return [WORDS.get(letter, "number") for letter in letters_of(name, dimensions)]


def letters_of(name, dimensions):
    found = LETTERS.get(name, "")
    return list(found[:dimensions]) if len(found) >= dimensions else list("abceghkm"[:dimensions])


def sizes_of(given):
    """Return {name: number} for the lengths of the arrays and the entries of the pairs of one case."""
    found = {}
    for name, value in given.items():
        if isinstance(value, np.ndarray):
            shape = full(value, len(SIZES.get(name, ()))).shape
            found |= {n: s for n, s in zip(SIZES.get(name, ()), shape, strict=False) if n not in found}
        elif np.ndim(value) == 1:
            found |= {f"{name}({k + 1})": int(v) for k, v in enumerate(value)}
        else:
            found[name] = int(value)
    return found


@dataclass(frozen=True)
class AsPython:
    """A question of the .m exercise in the form in which the analysis of Python's answers reads one."""

    question: object
    stem = "12_matlab"
    kind = "function"
    outputs = ()
    modifies = ()

    @property
    def name(self):
        return self.question.name

    @property
    def function(self):
        return self.question.function

    @property
    def parameters(self):
        return self.question.arguments

    @property
    def result(self):
        return self.question.result

    def model(self, *args):
        return full(in_matlab(self.question.answer(*args)), DIMENSIONS[self.name])

    def letters(self, name, dimensions):
        return letters_of(name, dimensions)


def about(names, case):
    """Describe a case: 'x of size 5 x 4 x 3 x 1, stride = [2 1] (size(x) prints 5 4 3)'."""
    words = []
    for name, value in zip(names, case, strict=True):
        if np.ndim(value) == 0:
            words.append(f"{name} = {value}")
        elif np.ndim(value) == 1:
            words.append(f"{name} = [{' '.join(f'{number:g}' for number in value)}]")
        else:
            words.append(f"{name} of size {' x '.join(map(str, np.shape(value)))}")
    dropped = [
        f"size({name}) prints {' '.join(map(str, in_matlab(value).shape))}"
        for name, value in zip(names, case, strict=True)
        if np.ndim(value) > 2 and np.shape(value)[-1] == 1
    ]
    return ", ".join(words) + (f" ({', '.join(dropped)})" if dropped else "")


def items_of(question, cases, answers, expected, failed):
    """Return an `Item` for each case, or None if a case has no array as its answer."""
    dimensions, items = DIMENSIONS[question.name], []
    for k, (case, got, want) in enumerate(zip(cases, answers, expected, strict=True)):
        if not isinstance(got, np.ndarray) or got.ndim > dimensions + 2 or not np.isfinite(got).all():
            return None
        given = dict(zip(question.arguments, case, strict=True))
        got, want = (full(v, dimensions).astype(float) for v in (got, want))
        items.append(Item(got, want, k in failed, given, sizes_of(given)))
    return items
