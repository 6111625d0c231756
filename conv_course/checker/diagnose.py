"""Name the mistake in a wrong answer if a known one explains every failing item and contradicts no right one.

If none does, nothing is named, and the card just shows the failing case.
"""

import re
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from .compare import MISSING, as_array, difference, same
from .generic import GENERIC, words


@dataclass(frozen=True)
class Diagnosis:
    """A mistake: its name, a one-sentence hint, the section that explains it, and the output concerned.

    `also` are further outputs that the same mistake explains. If there are two mistakes, `pair` has the
    name, the hint and a case of each, and `case` is a case in which both show. A case is None if the first
    one that fails is such a case.
    """

    name: str
    hint: str
    section: str
    output: str = ""
    also: tuple = ()
    pair: tuple = ()
    case: int | None = None

    @property
    def outputs(self):
        """Return all outputs that the mistake explains; ("",) stands for everything that is wrong."""
        return self.output, *self.also


# these kinds of fault tell a learner more than any misconception could
FIRST = ("none", "dots", "ragged", "type", "object", "huge", "timeout", "memory")
SHAPE = re.compile(r"\([\d, ]+\)")
NO_VALUE = ("error", "timeout", "memory", "skipped", "unfilled")


def diagnose(question, table, failing, mutated, wanted, wrong_items, seed):
    """Return the mistakes that explain the failing items."""
    found = []
    if failing:
        generic = _generic(question, table, failing, wanted)
        if generic is None or generic[0] not in FIRST:
            rows = list(zip(question.wrongs, wrong_items(question, seed), strict=True))
            table = {key: comparable(*item) for key, item in table.items()}
            found = _named(question, table, failing, rows) or _another_order(question, table, wanted)
            found = found or _counted_from_another(question, table, wanted)
            found = found or _named_outputs(question, table, failing, rows)
        if generic is not None and not found:
            found = [generic[1]]
        found = _dots(question, failing) + found
    if mutated:
        names = ", ".join(mutated)
        hint = (
            f"After a call {names} is not what it was before, be it by rounding alone. "
            f"It belongs to the caller, so there are no points: work on a copy of {names}."
        )
        # first: it costs all points, and other mistakes may follow from it
        found = [Diagnosis("The input is changed", hint, question.section), *found]
    return found


def _dots(question, failing):
    """Return a diagnosis that lists the outputs in which `...` was left, if there are any."""
    names = dict.fromkeys(name for (_, name), why in failing.items() if why.kind == "dots")
    if not names:
        return []
    listed = ", ".join(name if name.isidentifier() else f'"{name}"' for name in names if name)
    hint = f"There is still `...` in {listed or 'the result'}: put a value of your own there."
    return [Diagnosis("Not all filled in", hint, question.section)]


def _named(question, table, failing, rows):
    """Return the misconceptions whose results agree with the learner's in every case and every output."""
    found = [Diagnosis(w.name, w.hint, w.section) for w in _fitting(list(table), table, failing, rows)]
    return list(dict.fromkeys(found))  # two versions of one slip may both fit


def _named_outputs(question, table, failing, rows):
    """Return the misconceptions that fit single outputs. A name that fits several is returned once."""
    found, fits = {}, {}
    if question.together:
        return []
    for output in dict.fromkeys(name for _, name in failing if question.outputs):
        keys = [key for key in table if key[1] == output]
        if question.kind == "values" and _follows(question, table, output):
            continue
        fitting = _fitting(keys, table, failing, rows)
        if question.kind == "values":  # a single number may agree by chance
            fitting = [wrong for wrong in fitting if wrong in _whole(table, rows)]
        fits[output] = fitting
    for output, fitting in _of_most_outputs(fits).items():
        for wrong in _least_contradicted(fitting, output, table, failing, rows):
            named = Diagnosis(wrong.name, wrong.hint, wrong.section, output)
            first = found.setdefault(wrong.name, named)
            if first is not named:
                found[wrong.name] = explaining(first, output)
    return list(found.values())


def _of_most_outputs(fits):
    """Return {output: misconceptions} without those that fit only some of the outputs that another one fits.

    `fits` has those that fit each output alone. Of column and row scaled the wrong way round, "the scale is
    in the row" is the one mistake; "the scale is lost" fits the column, and the row contradicts it.
    """
    of = {
        wrong.name: {o for o, some in fits.items() if wrong.name in [w.name for w in some]}
        for some in fits.values()
        for wrong in some
    }
    return {
        output: [w for w in some if not any(of[w.name] < of[other.name] for other in some)]
        for output, some in fits.items()
    }


def explaining(found, *outputs):
    """Return a `Diagnosis` that explains these outputs too."""
    more = [output for output in outputs if output and output not in found.outputs]
    return replace(found, also=(*found.also, *more))


def _least_contradicted(fitting, output, table, failing, rows):
    """Return the misconceptions that no right output contradicts; if all are contradicted, the first one."""
    if len(fitting) < 2:
        return fitting
    alone = [
        wrong
        for wrong, theirs in rows
        if wrong in fitting and not any(why for key, (_, why) in theirs.items() if key[1] != output)
    ]
    if alone:  # a mistake in this output only, before one that the other outputs should show too
        return alone
    others = [key for key in table if key[1] != output and key not in failing]
    whole = [
        wrong
        for wrong, theirs in rows
        if wrong in fitting and all(agrees(table[key], theirs[key]) for key in others)
    ]
    return whole or fitting[:1]


def _follows(question, table, output):
    from .readings import follows  # imported here because `readings` depends on this module

    return follows(question, table, output)


def _whole(table, rows):
    """Return the misconceptions whose wrong values all occur in the learner's answer."""
    return [
        wrong
        for wrong, theirs in rows
        if all(agrees(table[key], theirs[key]) for key in table if theirs[key][1])
    ]


def _fitting(keys, table, failing, rows):
    """Return the misconceptions whose results agree with the learner's at `keys`.

    If every failing case stops with an error, the kind of error alone says little. So the messages must be
    equal, apart from the order of the shapes in them, and must contain a number.
    """
    wrong_keys = [key for key in keys if key in failing]
    stops = all(failing[key].kind in NO_VALUE for key in wrong_keys)
    if stops and not any(re.search(r"\d", table[key][0][2]) for key in wrong_keys):
        return []
    return [
        wrong
        for wrong, theirs in rows
        if all(agrees(table[key], theirs[key]) for key in wrong_keys)
        and all(agrees(table[key], theirs[key]) for key in keys)
        and (not stops or all(told(table[key][0]) == told(theirs[key][0]) for key in wrong_keys))
    ]


def told(stop):
    """Return an error in comparable form, its shapes sorted: `a * b` and `b * a` are the same mistake."""
    if not isinstance(stop, tuple) or len(stop) != 3:
        return None
    status, error, message = stop
    shapes = sorted(SHAPE.findall(message))
    return status, error, SHAPE.sub("()", message), shapes


def comparable(got, why):
    """Return the item with lists converted to arrays, so that this is not repeated per misconception."""
    bare = got is MISSING or type(got) is str or (why and why.kind in NO_VALUE)
    return (got if bare else as_array(got)), why


def agrees(learner, wrong):
    """Return whether the learner's item is the misconception's; an error agrees with an empty result."""
    (got, why), (theirs, their_why) = learner, wrong
    if why and why.kind == "error" and isinstance(theirs, np.ndarray) and not theirs.size:
        return True
    if (why and why.kind in NO_VALUE) or (their_why and their_why.kind in NO_VALUE):
        return bool(why and their_why) and why.kind == their_why.kind and got[:2] == theirs[:2]
    if why is None or their_why is None:
        return why is their_why
    return same(got, theirs)


def _another_order(question, table, wanted):
    """Return a diagnosis if all outputs are right but returned in another order."""
    names = [name for name in question.outputs if name not in question.modifies]
    # with a single case it may be a coincidence
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
            return [Diagnosis("The results in another order", hint, "")]  # no section is about that
    return []


def _counted_from_another(question, table, wanted):
    """Return a diagnosis if all whole numbers of a paper question, three at least, are one off."""
    if question.kind != "values":
        return []
    pairs = [(table[0, name][0], want) for name, want in wanted[0].items() if type(want) is int]
    if len(pairs) < 3 or not all(isinstance(got, np.ndarray) and got.size == 1 for got, _ in pairs):
        return []
    off = {got.item() - want for got, want in pairs}
    if off not in ({1}, {-1}):
        return []
    less = "less" if off == {-1} else "more"
    hint = (
        f"Each of your {len(pairs)} numbers is 1 {less} than what is asked for: from which number is counted?"
    )
    return [Diagnosis("Counted from another number", hint, question.section)]


def _generic(question, table, failing, wanted):
    """Return (kind, Diagnosis) if all failing items, or all of the first failing output, have one fault."""
    output = next(iter(failing))[1]
    for name, keys in (("", list(failing)), (output, [key for key in failing if key[1] == output])):
        # cases skipped after an endless loop tell nothing
        kinds = {failing[key].kind for key in keys} - {"skipped"}
        kind = kinds.pop() if len(kinds) == 1 else ""
        if kind in GENERIC and not (kind == "none" and name):
            outputs = {key[1] for key in keys}
            title, hint = words(kind, [(table[i, n][0], failing[i, n], wanted[i][n]) for i, n in keys])
            return kind, Diagnosis(title, hint, question.section, output if len(outputs) == 1 else "")
    return None
