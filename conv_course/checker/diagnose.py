"""What a wrong answer looks like: a name only if it explains every failing item and contradicts no right one.

Where nothing does, nothing is said: the failing case on the card speaks for itself.
"""

import re
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from .compare import MISSING, NO_TRUTH, as_array, difference, differing, same


@dataclass(frozen=True)
class Diagnosis:
    """A mistake with its name, a one-sentence hint and the section that explains it."""

    name: str
    hint: str
    section: str
    output: str = ""


GENERIC = {
    "none": (
        "Returns None",
        "Here the function gives back None: either it ends without `return`, or what it returns is None, "
        "as are `y.sort()`, `rows.append(...)` and `print(...)`.",
    ),
    "ragged": (
        "A ragged list",
        "The rows of the result differ in length, so it is no array; make room for the whole result first.",
    ),
    "type": ("Not an array or a number", "The result has to be a NumPy array or a number."),
    "object": ("Not an array of real numbers", "The result holds things other than real numbers."),
    "huge": (
        "A result far too large",
        "The result is more than a hundred times as large as it should be; print its shape first.",
    ),
    "timeout": (
        "A loop that does not end",
        "The function was stopped because it took too long; look at what makes its loop end.",
    ),
    "memory": (
        "Out of memory",
        "The function asked for more memory than there is; look at the sizes it asks for.",
    ),
    "half": (
        "Precision lost: half floats",
        "The result has only three digits because it is kept in float16; let it have the type of the input.",
    ),
    "integer": (
        "Precision lost: whole numbers",
        "The result holds whole numbers only; an array of integers drops what comes after the decimal point.",
    ),
    "nan": (
        "NaN in the result",
        "Some numbers are NaN: memory that was never filled (np.empty), or 0 divided by 0?",
    ),
    "precision": (
        "Almost right: precision lost",
        "Only the last digits differ: is something rounded on the way, or kept in a smaller type?",
    ),
    "shape": ("The wrong shape", "Compare the two shapes: which length is off, and by how much?"),
}
NEVER = (
    "Nothing in the function returns a result, so Python gives back None; "
    "end it with `return` and the result."
)
# these say more than any misconception could
FIRST = ("none", "dots", "ragged", "type", "object", "huge", "timeout", "memory")
SHAPE = re.compile(r"\([\d, ]+\)")
NO_VALUE = ("error", "timeout", "memory", "skipped", "unfilled")


def diagnose(question, table, failing, mutated, wanted, wrong_items, seed):
    """The mistakes that explain the failing items."""
    found = []
    if failing:
        generic = _generic(question, table, failing, wanted)
        if generic is None or generic[0] not in FIRST:
            rows = list(zip(question.wrongs, wrong_items(question, seed), strict=True))
            table = {key: _comparable(*item) for key, item in table.items()}
            found = _named(question, table, failing, rows) or _another_order(question, table, wanted)
            found = found or _named_outputs(question, table, failing, rows)
        if generic is not None and not found:
            found = [generic[1]]
        found = _dots(question, failing) + found
    if mutated:
        hint = (
            f"The function writes into {', '.join(mutated)}, which belongs to its caller, so there are no "
            "points; work on a copy of"
        )
        found = [*found, Diagnosis("The input is changed", f"{hint} {', '.join(mutated)}.", question.section)]
    return found


def _dots(question, failing):
    """Where `...` was left in the answer."""
    names = dict.fromkeys(name or "the result" for (_, name), why in failing.items() if why.kind == "dots")
    if not names:
        return []
    hint = f"There is still `...` in {', '.join(names)}: put a value of your own there."
    return [Diagnosis("Not all filled in", hint, question.section)]


def _named(question, table, failing, rows):
    """The misconceptions that give what the learner gave, in every case and every output."""
    return [Diagnosis(w.name, w.hint, w.section) for w in _fitting(list(table), table, failing, rows)]


def _named_outputs(question, table, failing, rows):
    """The same for each output by itself; one name for several outputs is said once."""
    found = {}
    for output in dict.fromkeys(name for _, name in failing if question.outputs):
        keys = [key for key in table if key[1] == output]
        for wrong in _fitting(keys, table, failing, rows):
            found.setdefault(wrong.name, Diagnosis(wrong.name, wrong.hint, wrong.section, output))
    return list(found.values())


def _fitting(keys, table, failing, rows):
    """The misconceptions whose items are the learner's.

    Where every failing case stops, the kind of error alone says little: the messages have to be the same, in
    whatever order they name their shapes, and to hold a number.
    """
    wrong_keys = [key for key in keys if key in failing]
    stops = all(failing[key].kind in NO_VALUE for key in wrong_keys)
    if stops and not any(re.search(r"\d", table[key][0][2]) for key in wrong_keys):
        return []
    return [
        wrong
        for wrong, theirs in rows
        if all(_agrees(table[key], theirs[key]) for key in keys)
        and (not stops or all(_told(table[key][0]) == _told(theirs[key][0]) for key in wrong_keys))
    ]


def _told(stop):
    """What a stop says, whichever operand came first: `a * b` and `b * a` are one mistake."""
    status, error, message = stop
    shapes = sorted(SHAPE.findall(message))
    return status, error, SHAPE.sub("()", message), shapes


def _comparable(got, why):
    """The item with a list turned into an array, once and not for each misconception."""
    bare = got is MISSING or type(got) is str or (why and why.kind in NO_VALUE)
    return (got if bare else as_array(got)), why


def _agrees(learner, wrong):
    """Whether the learner's item is what the misconception gives."""
    (got, why), (theirs, their_why) = learner, wrong
    if (why and why.kind in NO_VALUE) or (their_why and their_why.kind in NO_VALUE):
        return bool(why and their_why) and why.kind == their_why.kind and got[:2] == theirs[:2]
    if why is None or their_why is None:
        return why is their_why
    return same(got, theirs)


def _another_order(question, table, wanted):
    """Every output is right, and they stand in another order."""
    names = [name for name in question.outputs if name not in question.modifies]
    # of a single case it may be chance
    if question.kind == "values" or len(names) < 2 or len(wanted) < 2:
        return []
    for order in permutations(names):
        places = dict(zip(names, order, strict=True))
        if all(
            difference(table[i, place][0], right[name]) is None
            for i, right in enumerate(wanted)
            for place, name in places.items()
        ):
            hint = f"What comes back is {', '.join(order)}; asked for is {', '.join(names)}."
            return [Diagnosis("The results in another order", hint, question.section)]
    return []


def _generic(question, table, failing, wanted):
    """(kind, Diagnosis) of what all failing items show, or all of the output on the card; None if nothing."""
    output = next(iter(failing))[1]
    for name, keys in (("", list(failing)), (output, [key for key in failing if key[1] == output])):
        # what was not run after an endless loop shows nothing
        kinds = {failing[key].kind for key in keys} - {"skipped"}
        kind = kinds.pop() if len(kinds) == 1 else ""
        if kind in GENERIC and not (kind == "none" and name):
            outputs = {key[1] for key in keys}
            title, hint = _words(kind, [(table[i, n][0], failing[i, n], wanted[i][n]) for i, n in keys])
            return kind, Diagnosis(title, hint, question.section, output if len(outputs) == 1 else "")
    return None


def _words(kind, rows):
    """The name and the hint for results that all have one kind of fault: (got, why, want) of each."""
    name, hint = GENERIC[kind]
    why = rows[0][1]
    if kind == "none" and all(each.detail == "never" for _, each, _ in rows):
        return name, NEVER
    if kind == "type" and why.detail == NO_TRUTH:
        return "Neither True nor False", "The answer to this question has to be True or False."
    if kind == "type" and all(np.ndim(right) == 0 for *_, right in rows):
        return "Not a number", "The result has to be a number."
    if kind == "ragged":
        return _on_rows(rows)
    if kind == "huge" and why.detail.startswith(("a number", "a whole number")):
        return name, "The result holds a whole number of more than 300 digits: where does it grow?"
    return (name, _on_shapes(rows)) if kind == "shape" else (name, hint)


def _on_rows(rows):
    got, why, _ = rows[0]
    if why.detail:
        return "Lists in lists", "The result is lists within lists, far deeper than the answer has axes."
    if not all(type(each) is tuple for each, _, _ in rows):
        return GENERIC["ragged"]
    if any(isinstance(right, tuple) for *_, right in rows):
        return "Entries of different shapes", "Numbers are asked for: which entry of the tuple is none?"
    return "Several results", f"A tuple of {len(got)} came back, and one result is asked for."


def _on_shapes(rows):
    """What all results of a wrong shape have in common."""
    pairs = [(as_array(got), np.asarray(want)) for got, _, want in rows]
    if all(got.ndim == want.ndim for got, want in pairs):
        return GENERIC["shape"][1]
    if all(got.ndim == 0 for got, _ in pairs):
        if all(differing(got, want.sum()).sum() == 0 for got, want in pairs if want.dtype.kind in "iuf"):
            return "The result is a single number, the sum of what is asked for: is a sum taken too far?"
        shapes = {"x".join(map(str, want.shape)) for _, want in pairs}
        shape = f"an array of shape {shapes.pop()}" if len(shapes) == 1 else "an array"
        if all(isinstance(want, tuple) for *_, want in rows):
            shape = f"{len(rows[0][2])} of them"
        return f"The result is a single number, and {shape} is asked for.".replace("them is", "them are")
    if all(want.ndim == 0 for _, want in pairs):
        return "The result is an array, and a single number is asked for."
    axes = {(got.ndim, want.ndim) for got, want in pairs}
    if len(axes) > 1:
        return "Compare the two shapes: how many axes has each?"
    ((has, belong),) = axes
    return f"The result has {has} {'axis' if has == 1 else 'axes'}, and what is asked for has {belong}."
