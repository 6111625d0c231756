"""Explain pairs of whole numbers as those asked for with other arguments, or with ends, or totals, changed.

"In all 15 cases your result is what is asked for with stride[0] in the place of stride[1]." Each change is
tried alone, then two of them together. The learner's function is not called: its results are compared.
"""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from .letters import output_name
from .linear import Said
from .whole import PAIRS, flat

AXES = (("H", "W"), ("kH", "kW"))
OWN = "Height and width have a number each: does each axis take its own?"
FIRST = "In a pair the height comes first: which number belongs to the rows, and which to the columns?"
ENDS = "When the zeros cannot be shared evenly, at which end does the question want the odd one?"
ORDER = "Which of the two numbers comes first in what is asked for, and what does it belong to?"
TOTAL = "Take one such pair and count its total by hand: which step of yours gives another one?"
WHERE = {
    "": lambda size, k, s: True,
    " where the stride divides the size": lambda size, k, s: size % s == 0,
    " where the stride does not divide the size": lambda size, k, s: size % s > 0,
    " where the stride is 1": lambda size, k, s: s == 1,
    " where the stride is not 1": lambda size, k, s: s > 1,
    " where the kernel's length is even": lambda size, k, s: k % 2 == 0,
    " where the kernel's length is odd": lambda size, k, s: k % 2 == 1,
}
LEAST = 3  # cases that fail, and numbers that an explanation changes


@dataclass(frozen=True)
class Change:
    """A change of the arguments (`given`), or of the result: of its totals or of its places (`turn`)."""

    text: str
    hint: str
    given: object = None
    turn: object = None
    rank: int = 0  # totals are changed before places
    of: str = ""  # what it changes: two changes of one thing are not tried together


def explain(question, table, failing, cases, wanted):
    """Return a `Said` about the first output that fails, or None."""
    output = next(iter(failing))[1]
    numbers = [i for i, name in failing if name == output]
    mine = [flat(table[i, output][0]) for i in range(len(cases))]
    asked = [flat(want[output]) for want in wanted]
    shape = np.shape(wanted[0][output])
    if len(numbers) < LEAST or not 1 <= len(shape) <= 2 or shape[-1] not in (2, 4) or None in mine + asked:
        return None
    if {len(numbers) for numbers in mine + asked} != {int(np.prod(shape))} or not _whole(cases):
        return None
    asked = [np.array(a).reshape(shape) for a in asked]
    mine = [np.array(m).reshape(shape) for m in mine]
    order = [*numbers, *(i for i in range(len(cases)) if i not in numbers)]
    every = [*_of_result(question, cases[0], asked, shape), *_of_arguments(question, cases[numbers[-1]])]
    for count in (1, 2):
        for some in combinations(every, count):
            if len({one.of for one in some}) < count:
                continue
            if all(_gives(question, cases[i], some, asked[i], mine[i], output) for i in order):
                return _said(question, some, len(cases), numbers[0], output)
    return None


def is_nested(wanted, output):
    """Return whether pairs of pairs of numbers are asked for."""
    return isinstance(want := wanted[0][output], tuple) and np.shape(want) == (2, 2)


def _whole(cases):
    """Return whether all arguments of all cases are whole numbers or tuples of them."""
    values = [v for one in cases for v in (*one.args, *one.kwargs.values())]
    return all(type(n) is int for v in values for n in (v if type(v) is tuple else (v,)))


def _of_arguments(question, one):
    """Yield the changes of two arguments, or of the two numbers of a pair, that belong to the two axes."""
    names = question.parameters[: len(one.args)]
    for pair in AXES:
        if set(pair) <= set(names):
            at = [names.index(name) for name in pair]
            yield from _both(pair, lambda case, new, at=at: _with_args(case, at, new), pair[0])
    for name, value in [*zip(names, one.args, strict=True), *one.kwargs.items()]:
        if type(value) is tuple and len(value) in (2, 4):
            at = (len(value) - 2, len(value) - 1)
            own = PAIRS.get(name, [f"{name}[0]", f"{name}[1]"])[-2:]

            yield from _both(
                own, lambda case, new, n=name, at=at: _with_pair(question, case, n, at, new), name
            )


def _both(pair, put, of):
    """Yield the three ways to take the numbers of a pair for the wrong axis."""
    a, b = pair
    yield Change(f"{a} in the place of {b}", OWN, lambda case: put(case, lambda x, y: (x, x)), of=of)
    yield Change(f"{b} in the place of {a}", OWN, lambda case: put(case, lambda x, y: (y, y)), of=of)
    yield Change(f"{a} and {b} exchanged", FIRST, lambda case: put(case, lambda x, y: (y, x)), of=of)


def _with_args(case, at, new):
    args = list(case.args)
    args[at[0]], args[at[1]] = new(args[at[0]], args[at[1]])
    return replace(case, args=tuple(args))


def _with_pair(question, case, name, at, new):
    given = dict(zip(question.parameters, case.args, strict=False)) | case.kwargs
    if type(value := given.get(name)) is not tuple:
        return case
    value = (*value[: at[0]], *new(*(value[k] for k in at)))
    if name in case.kwargs:
        return replace(case, kwargs=case.kwargs | {name: value})
    return _with_args(case, [question.parameters.index(name)] * 2, lambda x, y: (value, value))


def _of_result(question, one, asked, shape):
    """Yield the changes of the result: pairs or ends exchanged, totals or numbers 1 larger or smaller."""
    halves = shape == (2, 2) and all(
        ((a[:, 1] - a[:, 0]) * (a[:, 1] - a[:, 0] - 1) == 0).all() for a in asked
    )
    if shape == (2, 2):
        hint = ENDS if halves else ORDER
        exchanged = "the two numbers of each pair exchanged"
        yield Change(exchanged, hint, turn=lambda v, case: v[:, ::-1], rank=1, of="ends")
        yield Change("the two pairs exchanged", ORDER, turn=lambda v, case: v[::-1], rank=1, of="pairs")
    elif shape == (2,):
        yield Change("its two numbers exchanged", ORDER, turn=lambda v, case: v[::-1], rank=1, of="ends")
    for by, word in ((1, "larger"), (-1, "smaller")):
        if not halves:
            text = f"each number 1 {word}"
            yield Change(text, TOTAL, turn=lambda v, case, by=by: v + by, of="total")
        elif {"H", "W", "kH", "kW", "stride"} <= set(question.parameters):
            for where, test in WHERE.items():

                def turn(v, case, by=by, test=test):
                    return _totals(v, by * np.array([test(*axis) for axis in _axes(question, case)]))

                yield Change(f"each pair 1 {word} in total{where}", TOTAL, turn=turn, of="total")


def _axes(question, case):
    """Return (size, kernel length, stride) of the height and of the width."""
    given = dict(zip(question.parameters, case.args, strict=False)) | case.kwargs
    stride = given.get("stride", (1, 1))
    return [(given[a], given[f"k{a}"], stride[k]) for k, a in enumerate("HW")]


def _totals(v, more):
    total = np.maximum(v.sum(axis=1) + more, 0)
    return np.stack([total // 2, total - total // 2], axis=1)


def _gives(question, case, some, asked, mine, output):
    made, given = asked, case
    for one in some:
        given = one.given(given) if one.given else given
    if given != case:
        try:
            made = question.model(*given.args, **given.kwargs)
        except Exception:
            return False
        made = made[question.outputs.index(output)] if output else made
        made = flat(made if type(made) in (tuple, list, np.ndarray) else None)
        if made is None or len(made) != mine.size:
            return False
        made = np.array(made).reshape(mine.shape)
    for one in sorted(some, key=lambda one: one.rank):
        made = one.turn(made, case) if one.turn else made
    return np.array_equal(made, mine)


def _said(question, some, count, number, output):
    label = output_name(question, output)
    label = "result" if label in ("y", "dx", "dw", "db") and not output else label
    text = f"In all {count} cases your {label} is what is asked for with {some[0].text}."
    if len(some) > 1:
        first, second = (one.text for one in some)
        text = f"In all {count} cases your {label} is what is asked for with {first} and with {second}."
    return Said((text,), " ".join(dict.fromkeys(one.hint for one in some)), number, output)
