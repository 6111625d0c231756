"""Right for other arguments: an array that is turned, exchanged, cut off or read in another order.

The right answer is computed with one or two arguments changed. A change is told if it gives the learner's
results in every case, or in every case that fails.
"""

from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from ..computes.sentences import listed
from . import screen, when
from .arrays import AsPython, words_of
from .found import Found

ENOUGH = 12  # numbers in the cases that fail
TABLE = (
    "Between a row and a column .* makes a table of all products: which sizes have the sides of your product?"
)
FILL = "reshape, (:) and a single index run down the columns first: in which order do these numbers come?"


@dataclass(frozen=True)
class Change:
    """Another value of one argument: `make(given)` returns it, `text` goes on after "asked for"."""

    name: str
    text: str
    hint: str
    make: object
    plain: bool = True  # common enough to be tried together with another


def find(question, items):
    """Return a `Found` about one or two changed arguments that give the learner's results, or None."""
    if any(item.got.ndim != item.want.ndim for item in items):
        return None
    changes = changes_of(question, items[0].given)
    order = sorted(items, key=lambda item: (not item.fails, item.want.size))
    for change in changes:
        if _gives(question, (change,), order):
            return _said(question.result, (change,))
    for pair in combinations([change for change in changes if change.plain], 2):
        if pair[0].name != pair[1].name and _gives(question, pair, order):
            return _said(question.result, pair)
    failing = [item for item in order if item.fails]
    if not 1 < len(failing) < len(items) or sum(item.want.size for item in failing) < ENOUGH:
        return None
    for change in changes:
        if _gives(question, (change,), failing):
            alone = when.parting([item.given for item in items], [item.fails for item in items])
            with_ = f" (those with {alone})" if alone else ""
            your = f"In the {len(failing)} cases that fail{with_} your"
            return _said(question.result, (change,), your)
    return None


def _gives(question, changes, items):
    """Return whether the right answer with changed arguments is the learner's in all these cases."""
    model = AsPython(question).model
    for k, item in enumerate(items):
        given = dict(item.given)
        try:
            for change in changes:
                given[change.name] = change.make(given)
            made = screen.result(question.name, given) if k == 0 else None  # most changes end here
            if made is None:
                made = model(*given.values())
        except (ValueError, IndexError, ZeroDivisionError, TypeError):
            return False
        if made.shape != item.got.shape or np.abs(made - item.got).max(initial=0) > _tolerance(item):
            return False
    return True


def _tolerance(item):
    return 1e-8 * max(1.0, np.abs(item.want).max(initial=0))


def _said(label, changes, your="Your"):
    text = f"{your} {label} is exactly what is asked for {' and '.join(change.text for change in changes)}."
    return Found((text,), changes[0].hint)


def changes_of(question, given):
    """Return the `Change`s of all arguments of a question."""
    found = []
    for name, value in given.items():
        if isinstance(value, np.ndarray):
            found += _of_array(name, value.ndim)
        elif np.ndim(value) == 1:
            found += _of_pair(name)
    return found


def _of_pair(name):
    first, second = (f"{name}({k})" for k in (1, 2))
    rows = f"What is {first} for, and what {second}?"
    found = [
        Change(name, f"with {first} and {second} exchanged", rows, lambda g: g[name][::-1]),
        Change(name, f"with {first} in place of {second}", rows, lambda g: (g[name][0],) * 2),
        Change(name, f"with {second} in place of {first}", rows, lambda g: (g[name][1],) * 2),
    ]
    if name == "stride":
        how = "From one window to the next, how many rows and columns is it?"
        found.append(Change(name, "with a stride of 1", how, lambda g: (1, 1)))
    if name == "padding":
        how = "Where do the zeros around the image stand in your function?"
        found.append(Change(name, "without padding", how, lambda g: (0, 0)))
        how = "Where does padding(1) come in, and where padding(2)?"
        found.append(Change(name, "with no padding above and below", how, lambda g: (0, g[name][1])))
        found.append(Change(name, "with no padding left and right", how, lambda g: (g[name][0], 0)))
    return found


def _of_array(name, dimensions):
    words = words_of(name, dimensions)
    found = []
    if name == "b":
        return [
            Change(name, "without b", "Where is b added?", lambda g: g[name] * 0),
            Change(name, "with b(1) for every filter", "Which number of b does filter f get?", _first_bias),
            Change(name, "with b twice", "How often is b added to a pixel?", lambda g: g[name] * 2),
            Change(name, "with -b in place of b", "With which sign does b come in?", lambda g: -g[name]),
        ]
    for count in range(1, dimensions + 1):
        for axes in combinations(range(dimensions), count):
            found.append(_flip(name, words, axes))
    for axes in _met_by_all(name):
        over = listed([f"{words[a]}s" for a in axes])
        text = f"with each number of {name} replaced by the sum over the {over} of {name}"
        found.append(Change(name, text, TABLE, lambda g, a=axes: _sum_everywhere(g[name], a)))
    for a in range(2, dimensions):
        for which, at in (("first", 0), ("last", -1)):
            hint = f"Which of your loops or indices runs over the {words[a]}s of {name}?"
            text = f"with only the {which} {words[a]} of {name}"
            found.append(Change(name, text, hint, lambda g, a=a, at=at: _only(g[name], a, at)))
    found += _with_zeros(name, words)
    for order in permutations(range(dimensions)):
        if order != tuple(range(dimensions)):
            found += _orders(name, words, order)
    return found


def _first_bias(given):
    return np.full_like(given["b"], given["b"].flat[0])


def _flip(name, words, axes):
    what = f"the {listed([f'{words[a]}s' for a in axes])} of {name} in reverse order"
    if axes == (0, 1):
        what = f"{name} turned by 180 degrees"
    if axes == (0, 1, 2):
        what = f"{name} turned by 180 degrees and its channels in reverse order"
    hint = f"Which numbers of {name} meet first, and does something turn them: conv2, convn, rot90, flip?"
    plain = axes in ((0,), (1,), (2,), (0, 1), (0, 1, 2))
    return Change(name, f"with {what}", hint, lambda g: np.flip(g[name], axes), plain)


def _only(array, axis, at):
    kept = np.zeros_like(array)
    cut = (slice(None),) * axis + (at,)
    kept[cut] = array[cut]
    return kept


def _met_by_all(name):
    """Return the axes over which all numbers of an array may meet all of another."""
    most = {"w": 3, "dout": 2}.get(name, 0)
    return [axes for count in range(most, 0, -1) for axes in combinations(range(most), count)]


def _sum_everywhere(array, axes):
    return np.broadcast_to(array.sum(axes, keepdims=True), array.shape)


def _with_zeros(name, words):
    """Return the changes by which the first or the last of a dimension is zero, or one corner is."""
    found = []
    for a, word in enumerate(words):
        for which, at in (("first", 0), ("last", -1)):
            cut = (slice(None),) * a + (at,)
            hint = f"Which of your lines leaves out or overwrites the {which} {word} of {name}?"
            text = f"with zeros in the {which} {word} of {name}"
            found.append(Change(name, text, hint, lambda g, cut=cut: _zeroed(g[name], cut), False))
    for which, at in (("first", 0), ("last", -1)):
        cut = (at,) * len(words)
        place = f"the {which} number of {name}"
        hint = f"Which of your lines writes to {place}, or leaves it out?"
        place = f"{place}, that in its {which} {listed(words)}"
        found.append(
            Change(name, f"with 0 as {place}", hint, lambda g, cut=cut: _zeroed(g[name], cut), False)
        )
    return found


def _zeroed(array, cut):
    array = array.copy()
    array[cut] = 0
    return array


def _orders(name, words, order):
    """Return the changes by which the numbers of an array are read in another order."""
    come, own = (listed([words[a] for a in o]) for o in (order, range(len(order))))
    laid = f"when the numbers of {name} come in the order {come} (the first runs fastest), read as {own}"
    read = (
        f"when the numbers of {name}, which come in the order {own} (the first runs fastest), are read as "
        f"{come}"
    )
    if order == (1, 0, *range(2, len(order))):
        laid = f"when the numbers of {name} come row by row and are read down the columns"
        read = f"when the numbers of {name}, which come down the columns, are read row by row"

    def as_laid(g):
        return g[name].transpose(order).reshape(g[name].shape, order="F")

    def as_read(g):
        shape = [g[name].shape[a] for a in order]
        return g[name].reshape(shape, order="F").transpose(np.argsort(order))

    return [Change(name, laid, FILL, as_laid, False), Change(name, read, FILL, as_read, False)]
