"""General faults of results in MATLAB: right numbers in other places, apart, turned, added up, one factor.

Each holds in every failing case and contradicts no passing one.
"""

from dataclasses import replace
from itertools import combinations, permutations

import numpy as np

from ..computes.sentences import listed
from ..faults import numbers, places, sums
from ..faults.items import holds
from . import lengths, when
from .arrays import AsPython, words_of
from .found import Found
from .running import biases_in_turn, carried
from .words import SIDE_BY_SIDE, in_words, size_text

FIRST = "Which number of yours stands first, and where does it belong?"
COUNT_ON = "reshape, (:) and a single index run down the columns first: in which order do your numbers come?"


def find(question, items):
    """Return a `Found`, or None. `items` are those of `arrays.items_of`."""
    found = _find(question, items)
    failing = [item.fails for item in items]
    alone = when.parting([item.given for item in items], failing) if found else ""
    if not alone:
        return found
    return replace(found, lines=(*found.lines, f"The {sum(failing)} cases that fail are those with {alone}."))


def _find(question, items):
    label = question.result
    for test in OWN:
        if said := test(label, items):
            return Found((said[0],), said[1])
    for test in PYTHONS:
        if said := test(AsPython(question), label, items):
            return Found((in_words(said[0]),), in_words(said[1]))
    return _same_numbers(label, items)


def apart(label, items):
    """Recognise outputs that are written to the image's rows: the right numbers with zeros between them."""
    if "stride" not in items[0].given or items[0].want.ndim < 2:
        return None
    steps = [item.given["stride"] for item in items]
    if any(item.want.ndim != item.got.ndim for item in items):
        return None
    for item, (S, T) in zip(items, steps, strict=True):
        there = item.got[::S, ::T]
        fits = there.shape[0] >= item.want.shape[0] and there.shape[1] >= item.want.shape[1]
        if not fits or there.shape[2:] != item.want.shape[2:]:
            return None
        H, W = item.want.shape[:2]
        if not np.allclose(there[:H, :W], item.want, atol=1e-7) or not np.isclose(
            np.abs(item.got).sum(), np.abs(item.want).sum()
        ):
            return None
    return (
        f"The numbers of your {label} are right, but they lie stride(1) rows and stride(2) columns apart, "
        "with zeros between them.",
        f"The second window begins at row 1 + stride(1) of the image: in which row of {label} is its number?",
    )


def turned(label, items):
    """Recognise rows and columns in reverse order, and any other dimensions with them."""
    n = items[0].want.ndim
    words = words_of(label, n)
    for count in range(1, n + 1):
        for axes in combinations(range(n), count):
            if all(item.got.shape == item.want.shape for item in items) and holds(
                items, lambda item, a=axes: np.flip(item.want, a)
            ):
                back = f"the {listed([f'{words[a]}s' for a in axes])} of your {label} are in reverse order"
                text = f"The numbers are right, but {back}."
                if axes == (0, 1):
                    text = f"The numbers are right, but your {label} is turned by 180 degrees."
                return text, FIRST
    return None


def relaid(label, items):
    """Recognise right numbers that were filled in in another order of the dimensions."""
    n = items[0].want.ndim
    words = words_of(label, n)
    for order in permutations(range(n)):
        if order == tuple(range(n)):
            continue
        if all(item.want.shape == item.got.shape for item in items) and holds(
            items, lambda item, o=order: item.want.transpose(o).reshape(item.got.shape, order="F")
        ):
            if n == 2:
                return (
                    f"The numbers of your {label} are right, but not their places: they come row by row and "
                    "are filled in down the columns.",
                    COUNT_ON,
                )
            come, read = (listed([words[a] for a in o]) for o in (order, range(n)))
            return (
                f"The numbers of your {label} are right, but not their places: they come in the order "
                f"{come} (the first runs fastest) and are filled in as {read}.",
                COUNT_ON,
            )
    return None


def exchanged(label, items):
    """Recognise dimensions in another order."""
    n = items[0].want.ndim
    words = words_of(label, n)
    for order in permutations(range(n)):
        if order != tuple(range(n)) and holds(items, lambda item, o=order: item.want.transpose(o)):
            yours = listed([f"{words[a]}s" for a in order])
            asked = listed([f"{word}s" for word in words])
            if "number" in words:  # no dimension of it has a name
                return f"Your {label} is a column, asked for is a row.", SIDE_BY_SIDE
            return (
                f"The numbers of your {label} are right, but its dimensions are {yours}, asked for {asked}.",
                "Which dimension counts what?",
            )
    return None


def form(label, items):
    """Recognise the right numbers in the right order but of another size."""
    if not all(item.got.shape != item.want.shape for item in items if item.fails):
        return None
    made = lambda item: (  # noqa: E731
        item.want.reshape(item.got.shape, order="F") if item.want.size == item.got.size else None
    )
    if not holds(items, made):
        return _list_of_rows(label, items)
    first = next(item for item in items if item.fails)
    return (
        f"Only the size of your {label} is wrong: it is {size_text(first.got.shape)}, asked for "
        f"{size_text(first.want.shape)}. The numbers are right and in the right order.",
        f"Which dimensions does {label} have, also where one of them has length 1?",
    )


def _list_of_rows(label, items):
    """Recognise the right numbers in one row or column, one row of the image after the other."""
    if any(item.got.ndim != 2 or item.want.ndim != 2 or min(item.got.shape) != 1 for item in items):
        return None
    if not holds(items, lambda i: i.want.reshape(i.got.shape) if i.want.size == i.got.size else None):
        return None
    first = next(item for item in items if item.fails)
    return (
        f"The numbers of your {label} are right, but they lie in a list, row by row: {label} is "
        f"{size_text(first.got.shape)}, asked for {size_text(first.want.shape)}.",
        "What makes rows and columns of your list, and in which order do its numbers come?",
    )


def unsummed(label, items):
    """Recognise a sum that is left out: over some dimensions of the learner's result."""
    n = {item.got.ndim for item in items}
    if max(n) < 2 or not any(item.got.size > item.want.size for item in items if item.fails):
        return None
    for count in range(1, max(n) + 1):
        for axes in combinations(range(max(n)), count):
            if all(_sums_to(item, axes) for item in items):
                which = f"dimension {axes[0] + 1}" if count == 1 else f"dimensions {listed(_places(axes))}"
                return (
                    f"A sum is left out: added up over {which} your {label} has the right numbers.",
                    f"What does {label} have one number for? Over all else there is a sum.",
                )
    return None


def _sums_to(item, axes):
    here = tuple(a for a in axes if a < item.got.ndim)
    made, want = np.squeeze(item.got.sum(axis=here)), np.squeeze(item.want)
    return made.shape == want.shape and np.allclose(made, want, atol=1e-7)


def _places(axes):
    return [str(a + 1) for a in axes]


def summed(label, items):
    """Recognise the sum over dimensions that the result has, with those of length 1 gone."""
    n = items[0].want.ndim
    words = words_of(label, n)
    for count in range(1, n + 1):
        for axes in combinations(range(n), count):
            if any(item.want.shape[a] > 1 for item in items if item.fails for a in axes) and all(
                _is_sum(item, axes) for item in items
            ):
                over = listed([f"{words[a]}s" for a in axes])
                text = f"Your {label} is the sum of what is asked for over its {over}."
                return text, f"Which dimensions does {label} have? Those are not summed."
    return None


def _is_sum(item, axes):
    made = np.squeeze(item.want.sum(axis=axes))
    return np.squeeze(item.got).shape == made.shape and np.allclose(np.squeeze(item.got), made, atol=1e-7)


def in_every(label, items):
    """Recognise that each image, channel or filter holds the sum over all of them."""
    n = items[0].want.ndim
    words = words_of(label, n)
    for a in range(n):
        if any(item.got.shape != item.want.shape for item in items):
            return None
        if holds(items, lambda item, a=a: np.broadcast_to(item.want.sum(a, keepdims=True), item.want.shape)):
            text = f"Every {words[a]} of your {label} holds the sum over all {words[a]}s."
            return text, f"Which index of {label} says which {words[a]} is written to?"
    return None


def multiplied(label, items):
    """Recognise a length that is the product of all sizes that size() has left for its last output."""
    for a in range(items[0].want.ndim):
        for name, value in items[0].given.items():
            for k in range(1, np.ndim(value) - 1 if np.ndim(value) > 2 else 0):
                if any(item.fails for item in items) and all(_is_product(item, a, name, k) for item in items):
                    first = next(item for item in items if item.fails)
                    word = words_of(label, first.want.ndim)[a]
                    shape = first.given[name].shape
                    return (
                        f"Your {label} has {first.got.shape[a]} {word}s, asked for {first.want.shape[a]}: "
                        f"that is the product of the last sizes of {name}, {size_text(shape[k:])}.",
                        f"Which of your lines has fewer outputs of size({name}) than {name} has dimensions?",
                    )
    return None


def _is_product(item, a, name, k):
    shape = item.given[name].shape
    others = [(g, w) for n, (g, w) in enumerate(zip(item.got.shape, item.want.shape, strict=False)) if n != a]
    return (
        item.got.ndim == item.want.ndim
        and item.want.shape[a] == shape[k]
        and item.got.shape[a] == np.prod(shape[k:])
        and all(g == w for g, w in others)
    )


def corner(label, items):
    """Recognise numbers that are right where they are, with rows or columns missing or zero beyond."""
    if any(item.got.ndim != item.want.ndim for item in items) or not any(
        item.got.shape != item.want.shape for item in items if item.fails
    ):
        return None
    if sum(item.want.size for item in items if item.fails) < 6:
        return None
    shared = []
    for item in items:
        both = tuple(slice(min(a, b)) for a, b in zip(item.got.shape, item.want.shape, strict=True))
        if not np.allclose(item.got[both], item.want[both], atol=1e-7):
            return None
        shared.append(np.count_nonzero(item.got[both]) if item.fails else 0)
    if sum(shared) < 3:
        return None
    first = next(item for item in items if item.fails)
    sizes = f"{size_text(first.got.shape)}, asked for {size_text(first.want.shape)}"
    text = (
        f"Only the size of your {label} is wrong ({sizes} in the first case that fails): the numbers that "
        "both have agree."
    )
    if why := lengths.find(label, items):
        return f"{text} {why[0]}", why[1]
    return text, _of_size(label, first)


def behind(label, items):
    """Recognise a first row, column, channel ... that is missing."""
    n = items[0].want.ndim
    words = words_of(label, n)
    if any(item.got.ndim != n for item in items):
        return None
    for a in range(n):
        cut = (slice(None),) * a + (slice(1, None),)
        if holds(items, lambda item, c=cut: item.want[c] if item.fails else item.want):
            text = f"The first {words[a]} of your {label} is missing, the others are right."
            return text, f"Which of your lines leaves out the first {words[a]}?"
    return None


def _of_size(label, item):
    """Return the question which line fixes the lengths that differ."""
    words = words_of(label, item.want.ndim)
    differ = [a for a in range(item.want.ndim) if item.got.shape[a] != item.want.shape[a]]
    return f"Which of your lines fixes how many {listed([f'{words[a]}s' for a in differ])} {label} has?"


def _same_numbers(label, items):
    """Recognise the right numbers in other places, whatever moved them."""
    if any(item.got.shape != item.want.shape for item in items):
        return None
    failing = [item for item in items if item.fails]
    if sum(len(np.unique(item.want)) for item in failing) < 8:
        return None
    if not all(np.allclose(np.sort(i.got, None), np.sort(i.want, None), atol=1e-7) for i in failing):
        return None
    return Found((f"All numbers of your {label} are right, but not all are in their places.",), FIRST)


OWN = (
    apart,
    turned,
    exchanged,
    form,
    relaid,
    in_every,
    carried,
    summed,
    unsummed,
    multiplied,
    corner,
    behind,
    biases_in_turn,
)
PYTHONS = (
    numbers.untouched,
    numbers.sign_or_factor,
    numbers.rounded,
    places.axes,
    places.moved,
    sums.summed,
    sums.repeated,
    numbers.scaled,
    numbers.offset,
    numbers.simple,
)
