"""Explain wrong answers that are True or False: list the cases that they get wrong."""

import numpy as np

from ..guards import TimeLimit, memory_limit, quiet, time_limit
from .crashes import told
from .linear import Said

MOST = 5  # names that are listed
SECONDS = 0.2  # for all calls that find out whether a test's own inputs already show a difference
INPUT = "On which input do these and the right ones give different results? Put that input into the test."
COMPARED = "Your test has an input on which {0} and the right layer differ{1}: what do you compare there?"
DIGITS = (
    "It accepts that one if its numbers are replaced by those of another right one, which differ from them "
    "by {0} at most."
)
CLOSELY = " How far apart may two numbers be that your test calls equal?"


def of_tests(question, function, answers, table, failing, cases, wanted):
    """Return a `Said` for a test of implementations: the wrong ones it accepts, the right ones it rejects."""
    numbers = [i for i, _ in failing]
    refused = [i for i in numbers if wanted[i][""]]
    accepted = [i for i in numbers if not wanted[i][""] and table[i, ""][0] is True]
    wrongs = sum(not w[""] for w in wanted)
    lines, hint = [], INPUT
    if refused:
        first = answers[refused[0]]
        if first.status == "error":
            lines, hint = told(question, function, cases[refused[0]], first)
            if not lines:
                return None
        elif len(refused) == len(cases) - wrongs and not accepted:
            lines.append("Your test says False to all that it was given, the right ones too.")
            hint = "What do two right implementations agree in, up to rounding?"
        else:
            lines.append(
                f"Your test refuses {len(refused)} of {len(cases) - wrongs} right ones: "
                f"{_names(cases, refused)}."
            )
            hint = "What may differ between two right implementations: the last digits, the type, the memory?"
            others = [i for i, want in enumerate(wanted) if want[""] and i not in refused]
            far = others and _by_digits(function, *(cases[i].args[0] for i in (refused[0], others[0])))
            if far:
                lines.append(DIGITS.format(f"{far:.1g}"))
                hint = "How far apart may two sums be whose numbers are added in another order?"
    elif accepted:
        if len(accepted) == wrongs:
            lines.append(f"Your test says True to all that it was given, to the {wrongs} wrong ones too.")
        else:
            lines.append(
                f"Your test accepts {len(accepted)} of {wrongs} wrong ones: {_names(cases, accepted)}."
            )
        right = next((c.args[0] for c, w in zip(cases, wanted, strict=True) if w[""]), None)
        differs = _differing(function, [(i, cases[i].args[0]) for i in accepted], right)
        if differs:
            number, most = next(iter(differs.items()))
            far = f" by up to {most:.2g}" if most else ""
            hint = COMPARED.format(f'"{cases[number].note}"', far) + (CLOSELY if most else "")
    return Said(tuple(lines), hint, numbers[0]) if lines else None


def _differing(function, accepted, right):
    """Find the accepted wrong layers that differ from the right one on the test's own inputs.

    Return {number of the layer: largest difference}, with 0 if the shapes differ.
    """
    found = {}
    try:
        with memory_limit(), quiet(), time_limit(SECONDS):
            for number, wrong in accepted:
                seen = []

                def both(*args, wrong=wrong, seen=seen, **kwargs):
                    given = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
                    value = wrong(*args, **kwargs)
                    seen.append(_apart(value, right(*given, **kwargs)))
                    return value

                try:
                    function(both)
                except Exception:  # the test does not accept the layer then
                    continue
                seen = [most for most in seen if most is not None]
                if seen:
                    found[number] = max(seen)
    except (TimeLimit, MemoryError, RecursionError):
        pass
    return found


def _by_digits(function, refused, right):
    """Return by how much a refused layer differs from `right`, if the test only refuses it for rounding."""
    far = [0.0]

    def like(own, other):
        if isinstance(own, tuple):
            return tuple(map(like, own, other))
        far.append(float(np.abs(np.subtract(own, other)).max(initial=0)))
        own[...] = other  # in place: its type and its memory stay
        return own

    def replaced(*args, **kwargs):
        given = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
        own, other = refused(*args, **kwargs), right(*given, **kwargs)
        return own if _apart(own, other) is not None else like(own, other)

    try:
        with memory_limit(), quiet(), time_limit(SECONDS):
            return max(far) if function(replaced) is True else 0.0
    except (Exception, TimeLimit, MemoryError):
        return 0.0


def _apart(one, other):
    """Return the largest difference of two results: None if only by rounding, 0 if their shapes differ."""
    tuples = isinstance(one, tuple), isinstance(other, tuple)
    if all(tuples) and len(one) == len(other):
        found = [most for most in map(_apart, one, other) if most is not None]
        return None if not found else max(found) if all(found) else 0
    if any(tuples) or np.shape(one) != np.shape(other):
        return 0
    if np.allclose(one, other, rtol=1e-7, atol=1e-9):
        return None
    most = float(np.abs(np.subtract(one, other)).max())
    return most if np.isfinite(most) else 0


def of_answers(question, table, failing, cases, wanted):
    """Return a `Said` for a function that answers True or False: the notes of the cases it gets wrong."""
    numbers = [i for i, _ in failing]
    if any(type(wanted[i].get("")) is not bool for i in range(len(cases))):
        return None
    if len(numbers) == len(cases) > 2 and all(type(table[i, ""][0]) is bool for i in numbers):
        told = f"In all {len(cases)} cases it says the opposite of what is asked for."
        return Said((told,), "Which of the two does your comparison find: a small gap, or a large one?", 0)
    lines = []
    for said, asked in ((True, False), (False, True)):
        some = [i for i in numbers if wanted[i][""] is asked and type(table[i, ""][0]) is bool]
        every = [i for i in range(len(cases)) if wanted[i][""] is asked]
        if some:
            notes = _names(cases, some)
            text = f"It says {said} in {len(some)} of {len(every)} cases that are {asked}."
            if notes:
                text = f"It says {said} in {len(some)} of {len(every)} cases that are {asked}: {notes}."
            lines.append(text)
    if not lines or len(numbers) == len(cases):
        return None
    return Said(tuple(lines), "What do these cases have in common that the others do not?", numbers[0])


def _names(cases, numbers):
    notes = list(dict.fromkeys(cases[i].note for i in numbers if cases[i].note))
    more = f"; {len(notes) - MOST} more" if len(notes) > MOST else ""
    return "; ".join(notes[:MOST]) + more
