"""General faults of a wrong answer, from what it gave: another order, axes exchanged, a factor, a row less.

Nothing is called here. A fault is told only if it turns what is asked for into what was given in every
failing case of an output, and leaves the passing cases as they are.
"""

from dataclasses import dataclass
from itertools import combinations, permutations, product

import numpy as np

from .compare import MISSING, Difference, as_array, close_to
from .computes.letters import letters, output_name
from .computes.quantities import factor_name, sizes_of, some
from .computes.sentences import listed, shape_text
from .computes.splits import splits

NO_VALUE = ("error", "timeout", "memory", "skipped", "unfilled")
ENOUGH = 3  # numbers in all failing cases together; of fewer it may be chance
SHARE = "A letter that the result does not have is summed, not averaged: what divides or multiplies yours?"


@dataclass(frozen=True)
class Fault:
    """What holds of every failing case."""

    text: tuple
    hint: str
    output: str = ""


@dataclass(frozen=True)
class Item:
    """One case of one output: what was given and asked for, as arrays, and the case's arguments by name."""

    got: np.ndarray
    want: np.ndarray
    fails: bool
    given: dict
    sizes: dict


def find(question, table, failing, cases, wanted, answers=()):
    """The faults of all failing outputs as a list of `Fault`, empty if there is none."""
    whole = _order(question, table, failing, wanted, answers)
    if whole is not None:
        return [whole]
    found = []
    for output in dict.fromkeys(name for _, name in failing):
        items = _items(question, table, failing, cases, wanted, output)
        if items is None:
            continue
        label = output_name(question, output)
        for test in TESTS:
            said = test(question, label, items)
            if said is not None:
                found.append(Fault((said[0],), said[1], output))
                break
    return found


def _items(question, table, failing, cases, wanted, output):
    """The `Item` of every case, None if one gave no numbers."""
    items = []
    for i, one in enumerate(cases):
        got, why = table[i, output]
        bare = got is MISSING or type(got) is str or (why is not None and why.kind in NO_VALUE)
        got = None if bare else as_array(got)
        want = wanted[i][output]
        want = None if type(want) in (str, bool) or want is None else as_array(want)
        if any(v is None or isinstance(v, Difference) or v.dtype.kind not in "iuf" for v in (got, want)):
            return None
        given = dict(zip(question.parameters, one.args, strict=False)) | one.kwargs
        items.append(Item(got, want, (i, output) in failing, given, sizes_of(question, given)))
    return items


def _holds(items, turn):
    """Whether `turn(item)` gives what was given, in the failing and in the passing cases."""
    if sum(max(item.want.size, item.got.size) for item in items if item.fails) < ENOUGH:
        return False
    with np.errstate(all="ignore"):
        for item in items:
            made = turn(item)
            if made is None or made.shape != item.got.shape or not close_to(made, item.got, 1e-7):
                return False
    return True


def _order(question, table, failing, wanted, answers):
    """The right results in another order, or only one of them."""
    names = [n for n in question.outputs if n not in question.modifies]
    if len(names) < 2 or question.kind != "function" or len(wanted) < 2:
        return None
    for order in permutations(names):
        if order != tuple(names) and all(
            _same(table[i, place][0], right[name])
            for i, right in enumerate(wanted)
            for place, name in zip(names, order, strict=True)
        ):
            text = f"The results are right, in another order: yours come as {', '.join(order)}."
            return Fault((text,), f"Asked for is {', '.join(names)}.")
    for name in names:
        if answers and all(
            a.status == "value" and _same(a.value, right[name])
            for a, right in zip(answers, wanted, strict=False)
        ):
            missing = listed([n for n in names if n != name])
            return Fault(
                (f"What comes back is {name} alone, and it is right; {missing} is missing.",),
                (f"Return {len(names)} things: {', '.join(names)}."),
            )
    return None


def _same(got, want):
    if got is MISSING or got is None or type(got) is str:
        return False
    got, want = as_array(got), as_array(want)
    return not isinstance(got, Difference) and got.shape == want.shape and close_to(got, want, 1e-7)


def _sign_or_factor(question, label, items):
    factors, sizes = [], []
    for item in items:
        if item.got.shape != item.want.shape or not item.want.size:
            return None
        at = np.abs(item.want).argmax()
        top = float(item.want.flat[at])
        if top == 0:
            if np.any(item.got):
                return None
            continue
        factors.append(float(item.got.flat[at]) / top)
        sizes.append(item.sizes)
    if not factors or not all(np.isfinite(factors)) or all(abs(q - 1) < 1e-9 for q in factors):
        return None
    if 0 in factors:
        return None
    scale = iter(factors)
    if not _holds(items, lambda item: item.want * next(scale) if np.any(item.want) else item.want * 1.0):
        return None
    single = all(item.want.size == 1 for item in items if item.fails)
    if single and sum(item.fails for item in items) < 3:
        return None
    name = factor_name(factors, sizes)
    if name is None or (single and not question.outputs and _whole(items) and "/" in name):
        return None
    if name == "-1":
        return (
            f"{label} has the right size and the wrong sign, everywhere.",
            "Which of the two is taken from which?",
        )
    return f"{label} is {name} times what is asked for, in every case.", (
        SHARE
        if name.startswith("1/") and label in ("dx", "dw", "db", "y")
        else "Which factor comes in once too often, or is left out?"
    )


def _whole(items):
    return all(item.want.dtype.kind in "iu" for item in items)


def _axes(question, label, items):
    dims = {item.want.ndim for item in items} | {item.got.ndim for item in items}
    if len(dims) != 1 or not (n := dims.pop()):
        return None
    names = letters(question, label, {}, n)
    for order in permutations(range(n)):
        for flips in product((1, -1), repeat=n) if n < 5 else [(1,) * n]:
            if order == tuple(range(n)) and -1 not in flips:
                continue
            turned = tuple(slice(None, None, s) for s in flips)
            if _holds(items, lambda item, t=turned, o=order: item.want[t].transpose(o)):
                said = []
                if order != tuple(range(n)):
                    theirs = [names[order.index(a)] for a in range(n)]
                    mine, asked = (f"{label}[{', '.join(n)}]" for n in (names, theirs))
                    said.append(f"your {mine} is what is asked for as {asked}")
                back = [f"{a} ({names[a]})" for a in range(n) if flips[a] < 0]
                if back and n > 1:
                    said.append(f"axis {listed(back)} is in reverse order")
                elif back:
                    said.append("they come in reverse order")
                hint = (
                    "Which axis does each letter have?"
                    if len(said) == 1 and not back
                    else ("Which entry comes first, and which one does your loop or slice put there?")
                )
                return f"The right numbers of {label}, but {' and '.join(said)}.", hint
    return None


def _relaid(question, label, items):
    """The right numbers written down in another order of the axes and read in the right shape."""
    dims = {item.want.ndim for item in items}
    if len(dims) != 1 or not 1 < (n := dims.pop()) < 6:
        return None
    names = letters(question, label, {}, n)
    for order in permutations(range(n)):
        if order != tuple(range(n)) and _holds(
            items,
            lambda item, o=order: (
                item.want.transpose(o).reshape(item.got.shape) if item.want.size == item.got.size else None
            ),
        ):
            return (
                f"The right numbers of {label}, laid out in the order [{', '.join(names[a] for a in order)}] "
                f"and then cut into the shape of [{', '.join(names)}].",
                "reshape keeps the order of the numbers: in which order do the axes stand before it?",
            )
    return None


def _rows_and_columns(question, label, items):
    """Of windows as columns: rows or columns that run over their letters in another order."""
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

        if _holds(items, turned):
            said = []
            for word, order, start in (("rows", rows, 0), ("columns", columns, 3)):
                if list(order) != [start, start + 1, start + 2]:
                    mine, asked = (", ".join(names[a] for a in o) for o in (order, range(start, start + 3)))
                    said.append(f"its {word} run over {mine}, asked for {asked} (the last one fastest)")
            return (
                f"The right numbers of {label}, but {' and '.join(said)}.",
                "reshape puts the last axis closest together: in which order do the axes stand before it?",
            )
    return None


def _unsummed(question, label, items):
    """A sum that is left out: yours, summed over some axes, is what is asked for."""
    dims = {item.got.ndim for item in items}
    wants = {item.want.ndim for item in items}
    if len(dims) != 1 or len(wants) != 1 or not (n := dims.pop()) > (m := wants.pop()):
        return None
    for axes in combinations(range(n), n - m):
        if all(
            (made := item.got.astype(float).sum(axis=axes)).shape == item.want.shape
            and close_to(made, item.want, 1e-7)
            for item in items
        ):
            which = f"axis {axes[0]}" if len(axes) == 1 else f"the axes {listed(map(str, axes))}"
            return (
                f"Your {label} is not summed up: its sum over {which} would be right.",
                f"Which axes does {label} have? Over all others there is a sum.",
            )
    return None


def _form(question, label, items):
    """The right numbers in their order, in another shape."""
    if not all(item.got.shape != item.want.shape for item in items if item.fails):
        return None
    first = next(item for item in items if item.fails)
    if _holds(
        items, lambda item: item.want.reshape(item.got.shape) if item.want.size == item.got.size else None
    ):
        text = (
            f"The right numbers of {label} in the right order, but in the shape "
            f"{shape_text(first.got.shape)}, asked for {shape_text(first.want.shape)}."
        )
        return text, "Which axes does the result have, also when one of them has length 1?"
    return None


def _part(question, label, items):
    """Some of the right numbers: the first or last along one axis missing, or too many of them."""
    dims = {item.want.ndim for item in items} | {item.got.ndim for item in items}
    if len(dims) != 1 or not (n := dims.pop()):
        return None
    names = letters(question, label, {}, n)
    for a in range(n):
        where = f" along axis {a} ({names[a]})" if n > 1 else ""
        for start, stop, which in ((0, -1, "last"), (1, None, "first")):
            cut = (slice(None),) * a + (slice(start, stop),)
            if _holds(items, lambda item, c=cut: item.want[c] if item.fails else item.want):
                return (
                    f"The {which} entry of {label}{where} is missing, the others are right.",
                    _why_missing(question, label, items, a, start, stop, which),
                )
            if all(
                item.got[cut].shape == item.want.shape and close_to(item.got[cut], item.want, 1e-7)
                for item in items
                if item.fails
            ):
                end = "end" if which == "last" else "start"
                return (
                    f"{label} has one entry too many at the {end}{where}; the others are right.",
                    "How many whole windows fit? Count for the smallest input that works.",
                )
    return None


def _why_missing(question, label, items, axis, start, stop, which):
    """A hint for a missing entry that is true of every failing case."""
    if label == "dw":  # one entry per weight, whatever the windows do
        return "How many weights are there? dw has one entry for each of them."
    left = slice(-1, None) if (start, stop) == (0, -1) else slice(0, 1)
    count = f"How many entries are asked for, and which of your lines fixes how many {label} has?"
    zero = [not np.any(item.want[(slice(None),) * axis + (left,)]) for item in items if item.fails]
    if all(zero):
        return "Which samples does no window read, and what is their gradient?" if label == "dx" else count
    return count if any(zero) else f"Where does the {which} window lie, and does your loop get there?"


def _moved(question, label, items):
    """Everything moved by one place along one axis, with 0 in the place that came free."""
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
        ):
            where = f" along axis {a} ({names[a]})" if n > 1 else ""
            side = "later" if d > 0 else "earlier"
            return (
                f"The right numbers of {label}, each one place {side}{where} than asked for, "
                "and 0 in the place left.",
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


def _summed(question, label, items):
    """A sum or mean over an axis that the result has."""
    dims = {item.want.ndim for item in items}
    if len(dims) != 1 or not (n := dims.pop()):
        return None
    names = letters(question, label, {}, n)
    for count in range(1, n + 1):
        for axes in (a for a in product((0, 1), repeat=n) if sum(a) == count):
            over = tuple(k for k in range(n) if axes[k])
            for how, word in ((np.sum, "sum"), (np.mean, "mean")):
                for keep in (False, True):
                    if _holds(items, lambda item, h=how, o=over, k=keep: h(item.want, axis=o, keepdims=k)):
                        return (
                            f"Your {label} is the {word} of what is asked for "
                            f"over {_axis_names(over, names, n)}.",
                            f"Which axes does {label} have? Those are not summed.",
                        )
                if _holds(
                    items,
                    lambda item, h=how, o=over: np.broadcast_to(
                        h(item.want, axis=o, keepdims=True), item.want.shape
                    ),
                ):
                    return (
                        f"Every entry of your {label} is the {word} over {_axis_names(over, names, n)} "
                        "of the entries asked for.",
                        f"Which axes does {label} have? Those are not summed.",
                    )
    return None


def _axis_names(axes, names, n):
    if len(axes) == n:
        return "all entries"
    return listed([f"axis {a} ({names[a]})" for a in axes])


def _offset(question, label, items):
    """The same number added everywhere, or an argument added or left out."""
    if any(item.got.shape != item.want.shape or not item.want.size for item in items):
        return None
    steps = [float(item.got.flat[0] - item.want.flat[0]) for item in items]
    constant = all(abs(s - steps[0]) < 1e-9 for s in steps)
    many = sum(item.want.size for item in items if item.fails) > 1 and sum(item.fails for item in items) > 1
    if constant and steps[0] and many and _holds(items, lambda item: item.want + steps[0]):
        word = "more" if steps[0] > 0 else "less"
        return (
            f"{label} is {some(abs(steps[0]))} {word} than asked for, in every case.",
            "Where does that come in?",
        )
    for name, value in items[0].given.items():
        if type(value) is not float:
            continue
        for c in (-1, 1):
            if _holds(items, lambda item, n=name, c=c: item.want + c * item.given.get(n, 0.0)):
                text = (
                    f"{name} is missing in every entry" if c < 0 else f"{name} is added twice in every entry"
                )
                return f"{text} of {label}.", f"What is {label} when everything but {name} is 0?"
    return None


def _rounded(question, label, items):
    if _whole(items):
        return None
    for turn, word in (
        (np.floor, "rounded down"),
        (np.trunc, "cut off after the point"),
        (np.round, "rounded"),
    ):
        if _holds(items, lambda item, t=turn: t(item.want)):
            return (
                f"{label} is right, {word} to whole numbers.",
                "Which type has the array that you fill, and where is // or int()?",
            )
    for kind, digits in (("float32", 7), ("float16", 3)):
        small = all(item.got.dtype.name == kind != item.want.dtype.name for item in items if item.fails)
        if small and _holds(items, lambda item, k=kind: item.want.astype(k).astype(float)):
            text = f"{label} is right to {digits} digits: it is kept in {kind}."
            return text, "Which type does the input have?"
    return None


def _untouched(question, label, items):
    """An argument comes back as it went in."""
    for name, value in items[0].given.items():
        if isinstance(value, np.ndarray) and _holds(
            items, lambda item, n=name: as_array(item.given[n]) if n in item.given else None
        ):
            if label in question.modifies:
                return f"{label} is left as it was.", f"Which of your lines is to change {label} in place?"
            return f"What comes back is {name} itself.", f"What is to be done with {name}?"
    return None


def _simple(question, label, items):
    for turn, text, hint in (
        (
            np.abs,
            "Every number is right but for its sign: yours are never negative",
            "Where is an absolute value taken?",
        ),
        (
            lambda v: np.maximum(v, 0),
            "Positive numbers are right, and negative ones are 0",
            "Which numbers may pass?",
        ),
        (np.cumsum, "Each entry holds the sum of all entries up to it", "Where does the sum start anew?"),
    ):
        if _holds(items, lambda item, t=turn: np.asarray(t(item.want))):
            return f"{text}.", hint
    return None


TESTS = (
    _untouched,
    _sign_or_factor,
    _rounded,
    _axes,
    _form,
    _relaid,
    _rows_and_columns,
    _part,
    _moved,
    _summed,
    _unsummed,
    _offset,
    _simple,
)
