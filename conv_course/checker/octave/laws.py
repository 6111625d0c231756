"""Check a rule that was read off some products against all numbers of a result.

`In y(i, j), w(u, v, d) meets x(i + u, j + v, d), asked for ...` says of every entry of y which products are
in it. The sums of all entries by this rule are compared with the learner's numbers.
"""

import re
from dataclasses import dataclass
from itertools import combinations

import numpy as np

NAMED = r"(\w+)\((.*)\)"
FORMS = (  # patterns, and which of the arrays is the result
    (re.compile(rf"In {NAMED}, {NAMED} meets {NAMED}, asked for \w+\("), 0),
    (re.compile(rf"(\w+)\(([^()]*)\)\*(\w+)\(([^()]*)\) goes to {NAMED}, asked for \w+\("), 2),
    (re.compile(rf"{NAMED} takes {NAMED}, asked for \w+\("), 0),
    (re.compile(rf"(\w+)\(([^()]*)\) goes to {NAMED}, asked for \w+\("), 1),
)
MOST = 500_000  # combinations of indices
BACK = re.compile(r"-([a-z]) \+ (\d+)")


@dataclass(frozen=True)
class Holds:
    """Where a rule holds, and times which factor.

    `beyond` is None if it holds for all entries. Otherwise it is (axis, 0 or -1): it holds for all but the
    first or the last along this axis, and these get none of its products. `last` are letters of the first
    array: of the products that go to one entry only those with the largest of these are there.
    """

    factor: float
    beyond: tuple | None = None
    last: tuple = ()


@dataclass(frozen=True)
class Law:
    """A rule: the arrays with their indices, each as text, and which of them is the result."""

    named: tuple
    at: int

    @property
    def arrays(self):
        return [name for k, (name, _) in enumerate(self.named) if k != self.at]

    def lengths(self, shapes):
        """Return {letter: length} of the letters that are an index of their own, or None."""
        found = {}
        for name, indices in self.named:
            if name not in shapes or len(indices) > len(shapes[name]):
                return None
            for index, length in zip(indices, shapes[name], strict=False):
                if re.fullmatch("[a-z]", index):
                    found[index] = max(length, found.get(index, 0))
        return found

    def of_sizes(self, old, new):
        """Return the rule for arrays of other sizes: `-d + 3` of two channels is `-d + 4` of three."""
        old, new = self.lengths(old), self.lengths(new)
        if old is None or new is None:
            return self

        def other(found):
            letter, constant = found[1], int(found[2])
            return f"-{letter} + {constant - old[letter] + new[letter]}" if letter in old else found[0]

        return Law(
            tuple((name, [BACK.sub(other, i) for i in indices]) for name, indices in self.named), self.at
        )


def read(line):
    """Return the `Law` of a line in MATLAB's counting, or None."""
    for form, at in FORMS:
        if found := form.match(line):
            parts = found.groups()
            return Law(tuple((parts[k], parts[k + 1].split(", ")) for k in range(0, len(parts), 2)), at)
    return None


def where(law, arrays, got):
    """Return a `Holds`, or None if a rule does not give the numbers.

    Parameters
    ----------
    law : Law
    arrays : dict
        The arguments of the call.
    got : ndarray
        The part of the learner's result that depends on the arrays of the rule.
    """
    made = _sums(law, arrays, got.shape)
    if made is None:
        return None
    if c := _factor(made, got):
        return Holds(c)
    for last in _overwriting(law):
        if c := _factor(_sums(law, arrays, got.shape, last), got):
            return Holds(c, last=last)
    for axis, length in enumerate(got.shape):
        for end in (0, -1):
            cut, rest = np.split(np.arange(length), [1] if end == 0 else [length - 1])[
                :: -1 if end == 0 else 1
            ]
            if length > 2 and not np.take(got, rest, axis).any():
                c = _factor(np.take(made, cut, axis), np.take(got, cut, axis))
                if c:
                    return Holds(c, (axis, end))
    return None


def _factor(made, got):
    largest = np.abs(made).max(initial=0)
    if largest < 1e-9:
        return None
    at = np.abs(made).argmax()
    c = float(got.flat[at] / made.flat[at])
    return c if np.allclose(c * made, got, rtol=0, atol=1e-7 * largest) and abs(c) > 1e-9 else None


def _overwriting(law):
    """Return the sets of letters of which the largest may be left where entries are assigned, not added."""
    if law.at == 0:
        return []
    own = {index for index in law.named[law.at][1] if re.fullmatch("[a-z]", index)}
    free = [i for i in law.named[0][1] if re.fullmatch("[a-z]", i) and i not in own]
    return [last for count in range(1, len(free) + 1) for last in combinations(free, count)]


def _sums(law, arrays, shape, last=()):
    """Return the result by a rule: each letter runs along the dimensions whose index it is alone.

    Of the products that go to one entry only those with the largest of the letters `last` are added.
    """
    shapes = {name: np.shape(value) for name, value in arrays.items()} | {law.named[law.at][0]: shape}
    lengths = law.lengths(shapes)
    if not lengths or np.prod([*lengths.values()]) > MOST:
        return None
    grid = np.indices([*lengths.values()]).reshape(len(lengths), -1) + 1
    run, values, inside, to = dict(zip(lengths, grid, strict=True)), 1.0, True, None
    for k, (name, indices) in enumerate(law.named):
        places = [_places(index, run) for index in indices] + [1] * (len(shapes[name]) - len(indices))
        if any(place is None for place in places):
            return None
        places = [np.broadcast_to(place, grid.shape[1:]) - 1 for place in places]
        pairs = list(zip(places, shapes[name], strict=True))
        inside = inside & np.all([(place >= 0) & (place < n) for place, n in pairs], axis=0)
        spots = tuple(np.clip(place, 0, n - 1) for place, n in pairs)
        if k == law.at:
            to = spots
        else:
            values = values * np.asarray(arrays[name])[spots]
    for letter in last:
        largest = np.zeros(shape, int)
        np.maximum.at(largest, to, np.where(inside, run[letter], 0))
        inside = inside & (run[letter] == largest[to])
    made = np.zeros(shape)
    np.add.at(made, to, np.where(inside, values, 0.0))
    return made


def _places(index, run):
    """Return the numbers of an index such as `2*(i-1) + u - 1`, or None if it is none."""
    if not re.fullmatch(r"(?!.*\*\s*\*)[-+*() \da-z]+", index):
        return None
    if not set(re.findall("[a-z]+", index)) <= set(run):
        return None
    return eval(index, {"__builtins__": {}}, run)
