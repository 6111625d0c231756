"""Explain integers computed from integers, such as sizes and places, by a formula for all answers."""

import math
import re
from dataclasses import replace
from functools import partial

import numpy as np

from . import apart
from .ask import NoAnswer
from .formulas import formula, terms_text
from .letters import output_name
from .linear import Said
from .rules import right_axis
from .sentences import listed
from .whole import Whole, flat, numbers_of, variables_of

MOST = 6  # numbers of a column that are shown
MORE = 24  # further calls with other numbers
TERM = "Which of the terms shown is not what you mean, and where does yours come from?"
FITS = "With nothing left over behind the last window, how many windows are there? Count them by hand."
GROWN = "When one of these letters grows by 1, by how much does yours grow, and by how much should it?"
DIFFERENCE = "Which of your terms makes this difference, or which one is missing?"


def explain(question, function, failing, wanted, seed, output, keep):
    """Return a `Said` if the output is numbers that depend only on integers, else None."""
    cases = question.cases_for(seed)
    if any(isinstance(v, np.ndarray) for i in failing for v in (*cases[i].args, *cases[i].kwargs.values())):
        return None
    if question.function == "products":
        return _rows(question, function, cases, failing, output)
    if any(flat(wanted[i][output]) is None for i in failing):
        return None
    ask = Whole(question, function, output)
    label = output_name(question, output)
    label = "result" if label in ("y", "dx", "dw", "db") and not output else label
    right = Whole(question, question.model, output)
    shape = np.shape(wanted[failing[0]][output])
    layers = not any(variables_of(question, one)[1] for one in cases)  # a list of them, in place of numbers
    found = layers and _apart(question, function, cases, failing[0], label, output, shape)
    for alike, words in _alike(question, cases, failing[0]) if not found else ():
        calls = ask.calls(alike, MORE)
        words = " of one layer alone" if layers else words
        found = calls and _formulas(question, label, shape, calls, right.answers(calls), words)
        if found:
            break
    found = found or _apart(question, function, cases, failing[0], label, output, shape)
    lines, hint = found or ([], "")
    if not lines:
        return _affine(question, ask, cases, failing, label, output)
    first = cases[failing[0]]
    mine, asked = ask.one(first), flat(wanted[failing[0]][output])
    if mine is None:
        return None
    given = ", ".join(f"{n} = {v}" for n, v in numbers_of(question, first))
    lines.append(f"your {label} for {given} is {_shown(mine)}, asked for {_shown(asked)}")
    return Said(tuple(lines), hint, failing[0], output)


def _apart(question, function, cases, first, label, output, shape):
    """Return (lines, hint) on a number that differs by a formula with other numbers of the answer in it."""
    for alike, words in _alike(question, cases, first) if not shape else ():
        found = apart.difference(question, function, alike, output)
        if found is None:
            continue
        calls, sign, text, rounding, beside = found
        which, shown = f"your {label}", _rounded(text, rounding)
        said = f"In all {calls} calls tried{words}, {which} minus what is asked for is {shown}."
        if rounding in apart.OF_THE_WHOLE and sign > 0:
            said = f"In all {calls} calls tried{words}, {which} is what is asked for plus {shown}."
        elif rounding in apart.OF_THE_WHOLE:
            said = f"In all {calls} calls tried{words}, {which} is what is asked for minus {shown}."
        elif sign < 0:
            said = f"In all {calls} calls tried{words}, what is asked for minus {which} is {shown}."
        if len(beside) == 1:
            return [said, f"The {beside[0]} in it is right in your answer."], DIFFERENCE
        if beside:
            return [said, f"The {listed(beside)} in it are right in your answer."], DIFFERENCE
        return [said], DIFFERENCE
    return None


def _rounded(text, rounding):
    return {
        "": text,
        "down": f"{text} rounded down",
        "up": f"{text} rounded up",
        "cut": f"{text}, cut off after the point",
        "near": f"{text}, rounded to the nearest number",
    }[rounding]


def _affine(question, ask, cases, failing, label, output):
    """Explain an index as an affine function of the positional integers, for the sizes of one case."""
    for number in failing[:3]:
        one = cases[number]
        names = [n for n, v in zip(question.parameters, one.args, strict=False) if type(v) is int]
        if len(names) < 2 or len(names) == len(numbers_of(question, one)):
            return None
        both = [_steps(a, one, names) for a in (ask, Whole(question, question.model, output))]
        if None in both or both[0] == both[1]:
            continue
        mine, asked = (
            terms_text([t for t in [*zip(names, c[1:], strict=True), ("", c[0])] if t[1]]) for c in both
        )
        sizes = ", ".join(f"{n} = {v}" for n, v in numbers_of(question, one) if n not in names)
        text = f"With {sizes} your {label} is {mine}, asked for {asked}."
        indices = all(len(n) == 1 and n.islower() and n != "k" for n in names)  # k counts taps
        return Said((text,), GROWN if indices else TERM, number, output)
    return None


def _steps(ask, one, names):
    """Return [constant, step of each name] if the answer is affine, in the case and on others; else None."""
    base = dict(zip(ask.question.parameters, one.args, strict=False))

    def at(numbers):
        found = ask.one(replace(one, args=tuple((base | numbers).values())))
        return found[0] if found is not None and len(found) == 1 else None

    start = at({n: 1 for n in names})
    ends = [at({m: 1 + (m == n) for m in names}) for n in names]
    if start is None or None in ends:
        return None
    steps = [end - start for end in ends]
    rng = np.random.default_rng(6)
    # small numbers do not reveal a modulo, so the case's own numbers must also follow the formula
    tried = [{n: base[n] for n in names}]
    tried += [dict(zip(names, rng.integers(0, 4, len(names)).tolist(), strict=True)) for _ in range(6)]
    for numbers in tried:
        want = start + sum(s * (numbers[n] - 1) for n, s in zip(names, steps, strict=True))
        if at(numbers) != want:
            return None
    return [start - sum(steps), *steps]


def _shown(values):
    text = ", ".join(f"{v:g}" for v in values)
    return text if len(values) == 1 else f"({text})"


def _alike(question, cases, first):
    """Yield the cases whose calls are looked at together, and what they are in words: all, then those alike.

    All are those with numbers or pairs, if the case `first` is one of them.
    """
    kinds = [dict(variables_of(question, one)[0]) for one in cases]
    plain = [all(v is int or type(v) is int for v in kind.values()) for kind in kinds]
    names = {n for kind in kinds for n in kind if n not in question.parameters[: len(cases[0].args)]}
    every = [one for one, fits in zip(cases, plain, strict=True) if fits]
    mixed = any(kind != kinds[first] for kind, fits in zip(kinds, plain, strict=True) if fits)
    if plain[first] and mixed:
        words = [n for n in sorted(names) if any(isinstance(kind.get(n), str) for kind in kinds)]
        yield every, "".join(f" with numbers or pairs for {n}" for n in words)
    told = _left_out(question, kinds[first])
    for name in sorted(names & set(kinds[first])):
        value = kinds[first][name]
        others = any(kind.get(name, value) != value for kind in kinds)
        if isinstance(value, str):
            told += f' with {name} = "{value}"'
        elif others and value in (int, 2):
            told += f" with numbers for {name}" if value is int else f" with pairs for {name}"
    yield [one for one, kind in zip(cases, kinds, strict=True) if kind == kinds[first]], told


def _left_out(question, given):
    """Return the arguments that no call varied, for example " without padding", as a limit of the formula."""
    found = []
    for name, words in (
        ("stride", "at stride 1"),
        ("padding", "without padding"),
        ("dilation", "without dilation"),
    ):
        if name in question.parameters and name not in given:
            found.append(words)
    return " " + " and ".join(found) if found else ""


def _formulas(question, label, shape, calls, right, words):
    """Return (lines, hint): for each component that differs its formula, or that of the difference; or None.

    `shape` is that of a result: () for one number.
    """
    columns, answers = calls
    count = {len(a) for a in answers} | {len(r) for r in right if r is not None}
    if count != {math.prod(shape)}:
        return None
    lines, hints = [], []
    good = np.array([r is not None for r in right])
    few = {n: v[good] for n, v in columns.items()}
    ends = partial(_ends_named, question, columns) if not shape else str  # several may be called left, right
    for k in range(math.prod(shape)):
        mine = np.array([a[k] for a in answers])
        asked = np.array([r[k] if r is not None else np.nan for r in right])
        if np.array_equal(mine[good], asked[good]):
            continue
        which = f"your {label}" + "".join(f"[{i}]" for i in np.unravel_index(k, shape))
        text, apart = formula(columns, mine), None
        if text is None:
            apart = formula(few, (mine - asked)[good])
            if apart is None or "//" in apart:
                return None
            shown = ends(apart)
            lines.append(
                f"In all {good.sum()} calls tried{words}, {which} minus what is asked for is {shown}."
            )
            hints.append(DIFFERENCE)
            continue
        goal = formula(few, asked[good])
        shown, also = ends(text), ""
        also = f", asked for {goal}" if goal in columns else ""  # one of the arguments: no formula to find
        lines.append(f"In all {len(mine)} calls tried{words}, {which} is {shown}{also}.")
        what = which.removeprefix("your ") if shape else ""
        hints.append(ends(_hint(columns, text, goal, asked[good] - mine[good], what)))
    return (lines, hints[0]) if lines else None


def _ends_named(question, columns, text):
    """Return a formula with the words `left` and `right` for the two numbers of one axis' padding."""
    names = question.parameters
    if "W" not in names or "H" in names or "padding[0]" not in columns:  # a pair may be one of two axes
        return text
    text = re.sub(
        r"(?<=\*)sum\(padding\)|(?<=- )sum\(padding\)|^sum\(padding\)(?= [%/])", "(left + right)", text
    )
    text = text.replace("sum(padding)", "left + right")
    return text.replace("padding[0]", "left").replace("padding[1]", "right")


def _hint(columns, mine, asked, lacking, what):
    """Return the hint to a formula. `asked` is that of what is asked for, or None.

    `lacking` is what each call's result lacks, `what` the result's name.
    """
    if mine.endswith(" rounded up") and set(lacking.tolist()) == {0, 1}:
        return FITS  # the quotient is whole just where one is lacking
    if "rounded" in mine or ("/" in mine and "//" not in mine):
        return "Where something is left over: is it to be rounded down, up or to the nearest number here?"
    if asked is None:
        return TERM
    own, right = (_arguments(columns, text) for text in (mine, asked))
    if own < right:
        return "Which of the other arguments change what is asked for?"
    if right < own:
        more = listed(sorted(own - right))
        if what:
            return f"Does the right {what} change with {more}?"
        return f"Does what is asked for change with {more}?"
    return TERM


def _arguments(columns, text):
    """Return the arguments that a formula names."""
    text = text.replace("sum(padding)", "padding[0] + padding[1]")
    return {n for n in columns if re.search(rf"(?<![\w'\]]){re.escape(n)}(?![\w'\[])", text)}


def _ranges(mine, right, number, output):
    """Return a `Said` if i or k runs over other numbers than asked for, else None."""
    for column, letter in enumerate("ik"):
        (low, high), (first, last) = ((v[:, column].min(), v[:, column].max()) for v in (mine, right))
        if (low, high) != (first, last):
            text = (
                f"In your rows (i, k, m), {letter} runs from {low:g} to {high:g}, "
                f"asked for from {first:g} to {last:g}."
            )
            hint = "Which is the first round of this loop, and which is the last?"
            return Said((text,), hint, number, output, one_case=True)
    return None


def _column(question, ask, cases, failing, output):
    """Return a `Said` if in all failing cases only the column i, or only k, is wrong, else None."""
    wrong, shown = set(), None
    for number in failing:
        try:
            mine, right = (a.asked(cases[number]) for a in (ask, Whole(question, question.model, output)))
        except NoAnswer:
            return None
        if mine is None or right is None or mine.shape != right.shape or mine.ndim != 2:
            return None
        columns = np.flatnonzero((mine != right).any(0)).tolist()
        wrong |= set(columns)
        if not columns or len(wrong) > 1 or wrong == {2}:
            return None
        shown = shown or (
            number,
            *([f"{v:g}" for v in dict.fromkeys(t[:, columns[0]])] for t in (mine, right)),
        )
    number, mine, asked = shown
    letter, other = "ik"[columns[0]], "ki"[columns[0]]
    if mine == asked:
        return None
    text = f"In your rows (i, k, m), {other} and m are right, and {letter} is not."
    more = f"Your {letter} takes the values {_few(mine)}, asked for {_few(asked)}."
    return Said(
        (text, more), f"What does {letter} count, and from which number on?", number, output, one_case=True
    )


def _few(numbers):
    return ", ".join(numbers[:MOST]) + (", ..." if len(numbers) > MOST else "")


def _rows(question, function, cases, failing, output):
    """Compare the learner's and the right rule for m in rows (i, k, m)."""
    ask = Whole(question, function, output)
    if said := _column(question, ask, cases, failing, output):
        return said
    for number in sorted(failing, key=lambda i: len(cases[i].kwargs)):
        try:
            mine, right = (a.asked(cases[number]) for a in (ask, Whole(question, question.model, output)))
        except NoAnswer:
            continue
        if mine is None or right is None or mine.ndim != 2 or mine.shape[1:] != (3,) or not len(mine):
            continue
        rules = [right_axis(v[:, :2].astype(int), v[:, 2].astype(int)) for v in (mine, right)]
        if rules[0] is None or rules[1] is None:
            continue
        ours, asked = (rule.text(["i", "k"]) for rule in rules)
        if ours == asked:
            return _ranges(mine, right, number, output)
        text = f"In your rows (i, k, m), m is {ours}, asked for {asked}."
        steps = (rules[0].steps != rules[1].steps).any()
        hint = (
            "From one output to the next, and from one weight to the next, how far is it?"
            if steps
            else "Output 0, weight 0: which sample do they meet, and how does padding move it?"
        )
        return Said((text,), hint, number, output, one_case=True)
    return None
