"""Properties that all failing cases and no passing ones share: a layout, a size, an axis, a shape."""

import dis
from itertools import permutations
from types import CodeType

import numpy as np

from ..described import number_text
from ..judge import is_right
from .ask import as_numbers
from .linear import Said
from .when import when

FRACTIONS = "Where is something divided that counts places: what does // give?"
NO_VALUE = ("error", "timeout", "memory", "skipped", "unfilled")
PLAIN = (
    "holds integers",
    "hold integers",
    "is empty",
    "are empty",
    "is float32",
    "are float32",
    " axes",
    " axis",
)  # reported even for a single case
THERE = {
    "holds integers": "Which type has an array that is made like this one, and what becomes of 0.5 in it?",
    "hold integers": "Which type has an array that is made like these, and what becomes of 0.5 in it?",
    "axes": "Which of your loops or indices counts on another number of axes?",
    "axis": "Which of your loops or indices counts on another number of axes?",
    "leaves samples over": "Which samples does the last window not reach, and do your lines allow for them?",
}  # hints by the ending of the common property


def layout(question, answers, failing, cases, wanted):
    """Return a `Said` if the function is wrong only for arrays that are not C-contiguous, else None."""
    odd = [i for i, one in enumerate(cases) if one.layout != "C"]
    plain = dict(zip(odd, answers[len(cases) :], strict=False))
    numbers = {i for i, _ in failing}
    if not numbers <= set(plain) or not all(is_right(question, plain[i], wanted[i]) for i in numbers):
        return None
    line = "Your function is right on plain arrays, and wrong on some that lie in memory in another way."
    hint = "Which of your lines counts bytes or takes memory as it lies: strides, a view, an order?"
    return Said((line,), hint, min(numbers))


def parted(question, failing, seed):
    """Return a `Said` on the property that exactly the failing cases of the first output share, or None."""
    cases, output = question.cases_for(seed), next(iter(failing))[1]
    numbers = {i for i, name in failing if name == output}
    if len(cases) - len(numbers) < 2:
        return None
    text = when(question, cases, numbers)
    if text is None or (len(numbers) < 2 and not text.endswith(PLAIN)):
        return None
    which = f"the {len(numbers)} cases" if len(numbers) > 1 else "the case"
    where = f"wrong in {which} in which {text}"
    line = f"Your {output or 'result'} is {where}, and right in all others."
    hint = next((h for end, h in THERE.items() if text.endswith(end)), "What has to be different there?")
    return Said((line,), hint, min(numbers), output)


def kept(function, failing):
    """Return a `Said` on a name outside the function that it writes to and that keeps its value, or None."""
    found, codes = [], [getattr(function, "__code__", None)]
    for code in filter(None, codes):
        found += [one.argval for one in dis.get_instructions(code) if one.opname == "STORE_GLOBAL"]
        codes += [one for one in code.co_consts if isinstance(one, CodeType)]
    if not found:
        return None
    line = f"It writes to {found[0]}, which lies outside the function and stays from one call to the next."
    return Said((line,), "What should it be when a call begins?", min(failing)[0])


def zeros(question, table, failing, wanted):
    """Return a `Said` if the first output is all 0 in every failing case, but should not be; else None."""
    output = next(iter(failing))[1]
    numbers = [i for i, name in failing if name == output]
    for i in numbers:
        mine = as_numbers(table[i, output][0]) if failing[i, output].kind not in NO_VALUE else None
        if mine is None or not mine.size or mine.any() or not np.any(wanted[i][output]):
            return None
    which = f"all {len(numbers)} cases that fail" if len(numbers) > 1 else "the case that fails"
    line = f"Every number of your {output or 'result'} is 0 in {which}."
    return Said(
        (line,), "Which line should put another number there? Print what it takes.", min(numbers), output
    )


def fractions(question, table, failing, wanted):
    """Return a `Said` if only whole numbers are asked for, and each failing case has others; else None."""
    output = next(iter(failing))[1]
    numbers, broken = [i for i, name in failing if name == output], []
    asked = [as_numbers(each[output]) for each in wanted]
    if any(v is None or not np.all(v == np.round(v)) for v in asked):
        return None
    for i in numbers:
        mine = as_numbers(table[i, output][0]) if failing[i, output].kind not in NO_VALUE else None
        if mine is None or np.all(mine == np.round(mine)):
            return None
        broken.append(mine[mine != np.round(mine)].flat[0])
    line = f"{output or 'The result'} holds numbers that are not whole, such as {number_text(broken[0])}."
    return Said((line, "All that are asked for are whole."), FRACTIONS, numbers[0], output)


def like_another(question, table, failing, wanted, seed):
    """Return a `Said` if the results always have the shape of the wrong argument, else None."""
    cases, output = question.cases_for(seed), next(iter(failing))[1]
    rows = []
    for i, one in enumerate(cases):
        mine = (
            as_numbers(table[i, output][0])
            if (i, output) not in failing or failing[i, output].kind not in NO_VALUE
            else None
        )
        if mine is None:
            return None
        given = dict(zip(question.parameters, one.args, strict=False))
        shapes = {n: v.shape for n, v in given.items() if isinstance(v, np.ndarray)}
        rows.append((mine.shape, np.shape(wanted[i][output]), shapes))
    found = [
        (a, b)
        for a, b in permutations(rows[0][2], 2)
        if all(shapes.get(a) == mine and shapes.get(b) == want for mine, want, shapes in rows)
    ]
    if len(found) != 1 or sum(mine != want for mine, want, _ in rows) < 2:
        return None
    a, b = found[0]
    line = f"In every case your {output or 'result'} has the shape of {a}; asked for is the shape of {b}."
    return Said(
        (line,),
        f"There is one number for each entry of {b}: over what do you sum?",
        min(i for i, _ in failing),
        output,
    )
