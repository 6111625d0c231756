"""Name the integers among the arguments of a case, and call a function with other integers."""

import inspect
from dataclasses import replace

import numpy as np

from ..answers import Answer, clean
from ..compare import Difference, as_array
from ..guards import TimeLimit
from ..judge import split
from .ask import NoAnswer

PAIRS = {
    "kernel": ("kH", "kW"),
    "x_shape": ("N", "D", "H", "W"),
    "w_shape": ("F", "D in w", "kH", "kW"),
    "out": ("H'", "W'"),
}


def flat(value):
    """Return a number, or nested tuples of at most 8 numbers, as a flat list; None for anything else."""
    if isinstance(value, (bool, str)) or value is None:
        return None
    found = as_array(value) if type(value) in (int, float, tuple, list, np.ndarray) else None
    if found is None or isinstance(found, Difference) or found.dtype.kind not in "iuf" or found.size > 8:
        return None
    return found.astype(float).ravel().tolist()


def variables_of(question, one):
    """Return the kinds of the arguments, and {name: number}. The numbers of a pair have separate names."""
    kind, found = [], {}
    for name, value in [*zip(question.parameters, one.args, strict=False), *one.kwargs.items()]:
        if type(value) is int:
            kind.append((name, int))
            found[name] = value
        elif type(value) is tuple and all(type(v) is int for v in value):
            kind.append((name, len(value)))
            names = PAIRS.get(name, [f"{name}[{k}]" for k in range(len(value))])
            found |= dict(zip(names, value, strict=False))
        elif isinstance(value, list) and all(type(v) is tuple for v in value):
            kind.append((name, list))
        else:
            kind.append((name, value if isinstance(value, str) else type(value)))
    return tuple(sorted(kind, key=lambda k: k[0])), found


def columns_of(question, calls):
    """Return {name: one number for each call}. A number that stands for a pair in other calls is one there.

    An argument that a call leaves out has its default.
    """
    given = {name for one in calls for name in one.kwargs}
    default = {n: p.default for n, p in inspect.signature(question.model).parameters.items() if n in given}
    rows = [variables_of(question, replace(one, kwargs=default | one.kwargs))[1] for one in calls]
    for name in given & {n for row in rows for n in row}:
        pair = [f"{name}[0]", f"{name}[1]"]
        if any(pair[0] in row for row in rows):
            for row in rows:
                row |= dict.fromkeys(pair, row.pop(name)) if name in row else {}
    return {n: np.array([row.get(n, 0) for row in rows]) for n in rows[0]}


def numbers_of(question, one):
    return [*zip(question.parameters, one.args, strict=False), *one.kwargs.items()]


class Whole:
    """A function of integers, and one of its outputs."""

    def __init__(self, question, function, output):
        self.question, self.function, self.output = question, function, output

    def asked(self, one):
        """Return the output as an array of numbers, or None."""
        try:
            value = self.function(*one.args, **one.kwargs)
        except (TimeLimit, MemoryError, KeyboardInterrupt):
            raise
        except BaseException as error:  # SystemExit included: it is a mistake like any other
            raise NoAnswer(type(error).__name__) from None
        found = split(self.question, Answer("value", clean(value)))[self.output]
        found = as_array(found) if type(found) in (int, float, tuple, list, np.ndarray) else None
        if found is None or isinstance(found, Difference) or found.dtype.kind not in "iuf":
            return None
        return found.astype(float)

    def one(self, one):
        try:
            found = self.asked(one)
        except NoAnswer:
            return None
        return None if found is None or found.size > 8 else found.ravel().tolist()

    def calls(self, cases, more):
        """Return ({name: numbers}, answers) of the cases and of up to `more` variations of them.

        Return None if a case has no numeric answer. The tried cases are kept for `answers`.
        """
        rng = np.random.default_rng(5)
        tried, answers = [], []
        for one in cases:
            found = self.one(one)
            if found is None:
                return None
            tried.append(one)
            answers.append(found)
        for _ in range(more):
            one = self._fitting(_changed(cases[rng.integers(len(cases))], rng))
            found = self.one(one)
            if found is not None:
                tried.append(one)
                answers.append(found)
        self.tried = tried
        if not variables_of(self.question, tried[0])[1]:
            return self._layers(cases)
        return _Calls(columns_of(self.question, tried), answers, tried)

    def _fitting(self, one):
        """Return the case with as many channels in w as in x."""
        names = self.question.parameters[: len(one.args)]
        if not {"x_shape", "w_shape"} <= set(names):
            return one
        given = dict(zip(names, one.args, strict=True))
        filters, _, *kernel = given["w_shape"]
        given["w_shape"] = (filters, given["x_shape"][1], *kernel)
        return replace(one, args=tuple(given.values()))

    def answers(self, calls):
        return [self.one(one) for one in calls.tried]

    def _layers(self, cases):
        """Make the calls for a function of a list of layers (k, S, P, D), with one random layer each."""
        rng = np.random.default_rng(5)
        rows = [tuple(int(v) for v in rng.integers((1, 1, 0, 1), (8, 4, 4, 4))) for _ in range(24)]
        tried = [replace(cases[0], args=([row],)) for row in rows]
        answers = [self.one(one) for one in tried]
        if any(a is None for a in answers):
            return None
        columns = {n: np.array([row[k] for row in rows]) for k, n in enumerate("kSPD")}
        return _Calls(columns, answers, tried)


class _Calls(tuple):
    """A tuple (columns, answers) with the attribute `tried`, the cases."""

    def __new__(cls, columns, answers, tried):
        self = super().__new__(cls, (columns, answers))
        self.tried = tried
        return self


def _changed(one, rng):
    """Return the case with other integers: sizes slightly larger, others close to the original."""

    def other(value, name):
        if type(value) is int:
            grown = value + int(rng.integers(0, 6)) if value > 3 else value + int(rng.integers(-1, 3))
            return max(grown, 0 if name.startswith("padding") else 1)
        if type(value) is tuple and all(type(v) is int for v in value):
            return tuple(other(v, name) for v in value)
        return value

    args = tuple(other(v, "") for v in one.args)
    return replace(one, args=args, kwargs={n: other(v, n) for n, v in one.kwargs.items()})
