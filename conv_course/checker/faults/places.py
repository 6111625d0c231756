"""Faults in the places of right numbers: axes, order, shape, a shift by one, missing entries."""

from itertools import permutations, product

import numpy as np

from ..compare import close_to
from ..computes.hints import has_windows, is_gradient, size_hint
from ..computes.letters import letters
from ..computes.sentences import listed, shape_text
from ..computes.splits import splits
from .items import holds

COUNT = "How many entries are asked for, and which of your lines fixes how many {0} has?"


def axes(question, label, items):
    dims = {item.want.ndim for item in items} | {item.got.ndim for item in items}
    if len(dims) != 1 or not (n := dims.pop()):
        return None
    names = letters(question, label, {}, n)
    for order in permutations(range(n)):
        for flips in product((1, -1), repeat=n) if n < 5 else [(1,) * n]:
            if order == tuple(range(n)) and -1 not in flips:
                continue
            turned = tuple(slice(None, None, s) for s in flips)
            if holds(items, lambda item, t=turned, o=order: item.want[t].transpose(o)):
                said = []
                if order != tuple(range(n)):
                    own = [names[a] for a in order]
                    mine, asked = (f"{label}[{', '.join(n)}]" for n in (own, names))
                    said.append(f"your {mine} is what is asked for as {asked}")
                back = [f"{a} ({names[a]})" for a in range(n) if flips[a] < 0]
                if back and n > 1:
                    said.append(f"axis {listed(back)} is in reverse order")
                elif back:
                    said.append("they come in reverse order")
                hint = (
                    "What does each index count in the result that is asked for, and what in yours?"
                    if len(said) == 1 and not back
                    else ("Which entry comes first, and which one comes first in yours?")
                )
                return f"The right numbers of {label}, but {' and '.join(said)}.", hint
    return None


def rows_and_columns(question, label, items):
    """Recognise windows as columns whose rows or columns run over their indices in another order."""
    parts = [splits(question, item.given).get(label) for item in items]
    if any(part is None or len(part[0]) != 6 for part in parts):
        return None
    names = parts[0][0]
    for rows, columns in product(permutations(range(3)), permutations(range(3, 6))):
        if rows + columns == tuple(range(6)):
            continue
        shapes = iter([part[1] for part in parts])

        def turned(item, order=rows + columns, shapes=shapes):
            return item.want.reshape(next(shapes)).transpose(order).reshape(item.want.shape)

        if holds(items, turned):
            said = []
            for order, start in ((rows, 0), (columns, 3)):
                if list(order) != [start, start + 1, start + 2]:
                    mine, asked = (", ".join(names[a] for a in o) for o in (order, range(start, start + 3)))
                    run = f"run over {mine}, asked for {asked} (the last one fastest)"
                    said.append(f"its rows {run}" if start == 0 else f"its columns {run}")
            return (
                f"The right numbers of {label}, but {' and '.join(said)}.",
                "Which letter has to change from one row to the next, and which from one column to the next?",
            )
    return None


def form(question, label, items):
    """Recognise the right numbers in the right order but in another shape."""
    if not all(item.got.shape != item.want.shape for item in items if item.fails):
        return None
    first = next(item for item in items if item.fails)
    if holds(
        items, lambda item: item.want.reshape(item.got.shape) if item.want.size == item.got.size else None
    ):
        text = (
            f"The right numbers of {label} in the right order, but in the shape "
            f"{shape_text(first.got.shape)}, asked for {shape_text(first.want.shape)}."
        )
        return text, "Which axes does the result have, also when one of them has length 1?"
    return None


def trimmed(question, label, items):
    """Recognise the right numbers without the zeros at one end or at both."""
    if any(item.want.ndim != 1 or (item.fails and not item.got.any()) for item in items):
        return None
    for trim, ends in (("f", "beginning"), ("b", "end"), ("fb", "beginning and at the end")):
        if holds(items, lambda item, t=trim: np.trim_zeros(item.want, t) if item.fails else item.want):
            return (
                f"The zeros at the {ends} of {label} are missing, the other numbers are right.",
                "Which of your calls leaves out zeros at an end, as NumPy's functions for polynomials do?",
            )
    return None


def part(question, label, items):
    """Recognise one missing or superfluous entry at the start or end of an axis."""
    dims = {item.want.ndim for item in items} | {item.got.ndim for item in items}
    if len(dims) != 1 or not (n := dims.pop()):
        return None
    names = letters(question, label, {}, n)
    for a in range(n):
        where = f" along axis {a} ({names[a]})" if n > 1 else ""
        for start, stop, which in ((0, -1, "last"), (1, None, "first")):
            cut = (slice(None),) * a + (slice(start, stop),)
            if holds(items, lambda item, c=cut: item.want[c] if item.fails else item.want):
                text = f"The first entry of {label}{where} is missing, the others are right."
                if which == "last":
                    text = f"The last entry of {label}{where} is missing, the others are right."
                return text, _why_missing(question, label, items, a, start, stop, which)
            if all(
                item.got[cut].shape == item.want.shape and close_to(item.got[cut], item.want, 1e-7)
                for item in items
                if item.fails
            ):
                text = f"{label} has one entry too many at the start{where}; the others are right."
                if which == "last":
                    text = f"{label} has one entry too many at the end{where}; the others are right."
                if is_gradient(question, label):
                    return text, size_hint(question, label)
                return (
                    text,
                    "How many whole windows fit? Count them in a case that fails."
                    if has_windows(question)
                    else COUNT.format(label),
                )
    return None


def lacking(question, label, items):
    """Recognise as many missing entries at an end of an axis, or at both, as an argument says."""
    dims = {item.want.ndim for item in items} | {item.got.ndim for item in items}
    if len(dims) != 1 or not (n := dims.pop()):
        return None
    names = letters(question, label, {}, n)
    for a, name in product(range(n), items[0].given):
        counts = {id(item): _count(item, name) for item in items}
        if any(count is None or count < 0 for count in counts.values()) or len(set(counts.values())) < 2:
            continue
        for front, back in ((0, 1), (1, 0), (1, 1)):

            def cut(item, a=a, counts=counts, front=front, back=back):
                count, length = counts[id(item)], item.want.shape[a]
                return item.want[(slice(None),) * a + (slice(count * front, max(length - count * back, 0)),)]

            if holds(items, cut):
                where = f" along axis {a} ({names[a]})" if n > 1 else ""
                text = f"At the end of {label}{where} entries are missing, as many as {name} says"
                if front:
                    text = f"At the beginning of {label}{where} entries are missing, as many as {name} says"
                if front and back:
                    text = f"At each end of {label}{where} entries are missing, as many as {name} says"
                return f"{text}; the others are right.", COUNT.format(label)
    return None


def _count(item, name):
    """Return the number that an argument has; 0 if it has none in a case that is right."""
    value = item.given.get(name, 0)
    return value if type(value) is int else None if item.fails else 0


def _why_missing(question, label, items, axis, start, stop, which):
    """Return a hint for a missing entry that holds in every failing case."""
    if label == "dw":  # one entry per weight, independent of the windows
        return "How many weights are there? dw has one entry for each of them."
    left = slice(-1, None) if (start, stop) == (0, -1) else slice(0, 1)
    count = COUNT.format(label)
    zero = [not np.any(item.want[(slice(None),) * axis + (left,)]) for item in items if item.fails]
    if all(zero):
        return (
            "Which places of x does no window read, and what is their gradient?" if label == "dx" else count
        )
    if any(zero) or not has_windows(question):
        return count
    if which == "last":
        return "Where does the last window lie, and is it among yours?"
    return "Where does the first window lie, and is it among yours?"


def moved(question, label, items):
    """Recognise a shift of everything by one place along one axis, with 0 in the free place."""
    if any(item.got.shape != item.want.shape or not item.want.ndim for item in items):
        return None
    n = items[0].want.ndim
    if any(item.want.ndim != n for item in items):
        return None
    names = letters(question, label, {}, n)
    for a, d in product(range(n), (1, -1)):
        if (
            all(_is_moved(item, a, d) for item in items)
            and sum(item.want.size for item in items if item.fails) >= 6
            and any(item.want.shape[a] > 1 for item in items if item.fails)
        ):
            where = f" along axis {a} ({names[a]})" if n > 1 else ""
            text = (
                f"The right numbers of {label}, each one place later{where} than asked for, "
                "and 0 in the place left."
            )
            if d < 0:
                text = (
                    f"The right numbers of {label}, each one place earlier{where} than asked for, "
                    "and 0 in the place left."
                )
            return (
                text,
                "Where does the very first entry belong, and where is yours?",
            )
    return None


def _is_moved(item, a, d):
    if not item.fails:
        return True
    lead = (slice(None),) * a
    mine, theirs = (slice(1, None), slice(None, -1)) if d > 0 else (slice(None, -1), slice(1, None))
    got, want = item.got[(*lead, mine)], item.want[(*lead, theirs)]
    free = item.got[(*lead, 0 if d > 0 else -1)]
    if np.any(free) or item.want.shape[a] == 1:
        return not np.any(free)
    return bool(np.any(want)) and close_to(got, want, 1e-7)
