"""Explain wrong answers that are True or False: list the cases that they get wrong."""

import contextlib

import numpy as np

from ..guards import TimeLimit, memory_limit, quiet, time_limit
from . import refusals
from .crashes import line_of, told
from .inputs import in_common
from .linear import Said
from .refusals import SECONDS, apart
from .sentences import listed

MOST = 5  # names that are listed
FACTS = 3  # what all inputs have in common, at most
IN_COMMON = "What do these cases have in common that the others do not?"
TURNS = 'With {0} times {1}, "{2}" turns from {3} to {4}, and {3} is still right.'
SCALE = "When all numbers get larger or smaller together, what does your tolerance do?"
STOPS = "A right one itself stops at what your test gives it."
ASKED = "What does its message ask for, and which of your inputs breaks that?"
INPUT = "On which input do these and the right ones give different results? Put that input into the test."
EITHER = (
    "Does one of your inputs give another result with these than with a right one, and do you compare it?"
)
ANOTHER = "What else do all of your inputs have in common?"
NOT_TRIED = "What else does the one input of your test not try?"
THAT = "Which of your inputs could have {0}?"
COMMON = "In all inputs of your test, {0}. With {1}, {2} would give another result than a right one."
IN_ONE = "In the one input of your test, {0}. With {1}, {2} would give another result than a right one."
A_SECOND = "Could your test have a second input, with {0}?"
FARS = (1000, -1000, 10, 1, 0.1, 0.01, 0.001)  # what is added to all numbers of a right result
ADDED = "It also says True if {0} is added to every number of a right result."
REVERSED = "It also says True if the numbers of a right result are put in reverse order."
ONE_WRONG = "It also says True if only one of the results is far off, whichever it is."
COMPARED = "On an input of your test, {0} and a right one give different results{1}: what do you compare?"
COMPARES = COMPARED[: COMPARED.index("{")]
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
            if not lines and _stops(function, cases[refused[0]].args[0].function):
                lines, hint = [STOPS, *_in_line(function, first.line)], ASKED
            if not lines:
                return None
        elif len(refused) == len(cases) - wrongs and not accepted:
            lines.append("Your test says False to all that it was given, the right ones too.")
            more, hint = refusals.why(question.parameters[0], function, cases[refused[0]].args[0])
            lines += more
            hint = hint if more else "Which line of your test gives True, and does a right one get there?"
        else:
            lines.append(
                f"Your test refuses {len(refused)} of {len(cases) - wrongs} right ones: "
                f"{_names(cases, refused)}."
            )
            others = [i for i, want in enumerate(wanted) if want[""] and i not in refused]
            rights = [cases[i].args[0] for i in (refused[0], *others[:1])]
            more, hint = refusals.why(question.parameters[0], function, *rights)
            lines += more
    elif accepted:
        if len(accepted) == wrongs:
            lines.append(f"Your test says True to all that it was given, to the {wrongs} wrong ones too.")
        else:
            lines.append(
                f"Your test accepts {len(accepted)} of {wrongs} wrong ones: {_names(cases, accepted)}."
            )
        right = next(c.args[0] for c, w in zip(cases, wanted, strict=True) if w[""])
        more, hint = _why(function, {i: cases[i] for i in accepted}, right)
        lines += more
    return Said(tuple(lines), hint, numbers[0]) if lines else None


def compares(hint):
    """Return whether a hint asks what is compared."""
    return hint.startswith(COMPARES) and ": what do you compare?" in hint


def _stops(function, right):
    """Return whether it is the right one, not a line of the test, that raises the exception."""
    own = []

    def watched(*args, **kwargs):
        try:
            return right(*args, **kwargs)
        except Exception as error:
            if error.__traceback__.tb_next is not None:  # not the call itself, as with a wrong name
                own.append(error)
            raise

    with contextlib.suppress(TimeLimit), memory_limit(), quiet(), time_limit(SECONDS):
        try:
            function(watched)
        except Exception as error:
            return any(error is one for one in own)
    return False


def _in_line(function, number):
    source = line_of(function, number)
    return [f"It is in line {number}: `{source}`"] if source else []


def _why(function, accepted, right):
    """Return (lines, hint) on what lets wrong ones pass: what is compared, or what the inputs never vary."""
    calls, differs, lines, far, common, compared = [], {}, [], 0, [], False
    with (
        contextlib.suppress(TimeLimit, MemoryError, RecursionError),
        memory_limit(),
        quiet(),
        time_limit(SECONDS),
    ):
        _differing(function, accepted, right, calls, differs)
        compared = True
        far = next((f for f in FARS if _believes(function, right, lambda v, f=f: v + f)), 0)
        turned = far not in FARS[:2] and _believes(
            function, right, lambda v: np.reshape(np.ravel(v)[::-1], v.shape)
        )
        lines = [ADDED.format(f"{far:g}")] * bool(far) + [REVERSED] * turned
        if not far and _one_is_enough(function, right):
            lines.append(ONE_WRONG)
        if calls and not differs:
            wrongs = {i: case.args[0].function for i, case in accepted.items()}
            while (
                wrongs and len(common) < FACTS and (fact := in_common(calls, wrongs, right.function, apart))
            ):
                common.append(fact)
                wrongs = {i: wrong for i, wrong in wrongs.items() if i not in fact[2]}
    if differs:
        number, most = next(iter(differs.items()))
        text = COMPARED.format(f'"{accepted[number].note}"', f" (by up to {most:.2g})" if most else "")
        return lines, text + (CLOSELY if far and far not in FARS[:2] else "")
    if not common:
        return lines, INPUT if compared else EITHER
    text, that, more = (IN_ONE, A_SECOND, NOT_TRIED) if len(calls) == 1 else (COMMON, THAT, ANOTHER)
    for fact, other, hidden in common:
        these = "all of these" if len(hidden) == len(accepted) else f"{len(hidden)} of these"
        these = these if len(hidden) > 1 else f'"{accepted[hidden[0]].note}"'
        lines.append(text.format(fact, other, these))
    every = sum(len(hidden) for *_, hidden in common) == len(accepted)
    return lines, that.format(common[0][1]) if every else more


def _differing(function, accepted, right, calls, found):
    """Find an accepted wrong layer that differs from the right one on the test's own inputs.

    Its number and the largest difference, 0 if the shapes differ, are put into `found` as soon as they are
    known, and the calls of the first one into `calls`: the time may end in between.
    """
    for number, case in accepted.items():

        def both(*args, wrong=case.args[0], number=number, **kwargs):
            given = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
            if number == next(iter(accepted)):
                calls.append((given, kwargs))
            value = wrong(*args, **kwargs)
            most = apart(value, right(*given, **kwargs))
            if most is not None:
                found[number] = max(most, found.get(number, 0))
            return value

        try:
            function(both)
        except Exception:  # the test does not accept the layer then
            found.pop(number, None)
        if found:
            return


def _one_is_enough(function, right):
    """Return whether the test says True if any one of several results is far off, whichever it is."""

    def only(k):
        return lambda value: tuple(v + FARS[0] if i == k else v for i, v in enumerate(value))

    seen = []

    def counted(*args, **kwargs):
        value = right(*args, **kwargs)
        seen.append(len(value) if isinstance(value, tuple) else 1)
        return value

    function(counted)
    count = max(seen, default=1)
    return count > 1 and all(_believes(function, right, only(k), whole=True) for k in range(count))


def _believes(function, right, change, whole=False):
    """Return whether the test says True to a right one whose results are changed, by more than rounding.

    With `whole`, a tuple is changed as one, else each of its results.
    """
    changed = []

    def other(*args, **kwargs):
        value = right(*args, **kwargs)
        new = tuple(map(change, value)) if isinstance(value, tuple) and not whole else change(value)
        changed.append(apart(new, value) is not None)
        return new

    try:
        return refusals.true(function(other)) and any(changed)
    except Exception:
        return False


def of_answers(question, function, table, failing, cases, wanted):
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
            text = f"It says {said} in {len(some)} of {len(every)} cases in which {asked} is right."
            if notes:
                text = (
                    f"It says {said} in {len(some)} of {len(every)} cases in which {asked} is right: {notes}."
                )
            lines.append(text)
    if not lines or len(numbers) == len(cases):
        return None
    right = {i: wanted[i][""] for i in range(len(cases)) if i not in numbers}
    larger = _larger(question, function, cases, right)
    return Said((*larger, *lines), SCALE if larger else IN_COMMON, numbers[0])


def _larger(question, function, cases, right):
    """Return sentences on cases that turn wrong when all of their arrays are multiplied by one number."""
    found = {}
    with (
        contextlib.suppress(TimeLimit, MemoryError, RecursionError),
        memory_limit(),
        quiet(),
        time_limit(SECONDS),
    ):
        for i, asked in right.items():
            names = [
                n
                for n, v in zip(question.parameters, cases[i].args, strict=False)
                if isinstance(v, np.ndarray) and v.dtype.kind == "f"
            ]
            for times, text in ((1e6, "a million"), (1e-6, "a millionth")) if names else ():
                if cases[i].note and _turned(question, function, cases[i], times, asked):
                    found[asked] = TURNS.format(listed(names), text, cases[i].note, asked, not asked)
    return tuple(found.values())


def _turned(question, function, case, times, asked):
    """Return whether a right answer turns wrong when all arrays of a case are multiplied by a number."""
    said = []
    for answer in (question.model, function):
        given = [times * v if isinstance(v, np.ndarray) else v for v in case.args]
        try:
            said.append(answer(*given, **case.kwargs))
        except Exception:
            return False
    return all(isinstance(s, bool | np.bool_) for s in said) and said[0] == asked != said[1]


def _names(cases, numbers):
    notes = list(dict.fromkeys(f'"{cases[i].note}"' for i in numbers if cases[i].note))
    more = f"; {len(notes) - MOST} more" if len(notes) > MOST else ""
    return "; ".join(notes[:MOST]) + more
