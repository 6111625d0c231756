"""Explain integers computed from integers, such as sizes and places, by a formula for all answers."""

import math
import re
from dataclasses import replace

import numpy as np

from .ask import NoAnswer
from .formulas import formula, terms_text
from .letters import output_name
from .linear import Said
from .rules import right_axis
from .whole import Whole, flat, numbers_of, variables_of

MORE = 24  # further calls with other numbers


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
    kind = variables_of(question, cases[failing[0]])[0]
    alike = [i for i, one in enumerate(cases) if variables_of(question, one)[0] == kind]
    calls = ask.calls([cases[i] for i in alike], MORE)
    if calls is None:
        return None
    label = output_name(question, output)
    label = "result" if label in ("y", "dx", "dw", "db") and not output else label
    right = Whole(question, question.model, output).answers(calls)
    shape = np.shape(wanted[failing[0]][output])
    lines = _formulas(label, shape, kind, calls, right, _left_out(question, kind))
    if not lines:
        return _affine(question, ask, cases, failing, label, output)
    first = cases[failing[0]]
    mine, asked = ask.one(first), flat(wanted[failing[0]][output])
    if mine is None:
        return None
    given = ", ".join(f"{n} = {v}" for n, v in numbers_of(question, first))
    lines.append(f"your {label} for {given} is {_shown(mine)}, asked for {_shown(asked)}")
    return Said(tuple(lines), _hint(lines[0]), failing[0], output)


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
        return Said(
            (text,),
            "From one place to the next along each axis, how many places of the result are passed?",
            number,
            output,
        )
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


def _left_out(question, kind):
    """Return the arguments that no call varied, for example " without padding", as a limit of the formula."""
    given = {n for n, _ in kind}
    found = []
    for name, words in (
        ("stride", "at stride 1"),
        ("padding", "without padding"),
        ("dilation", "without dilation"),
    ):
        if name in question.parameters and name not in given:
            found.append(words)
    return " " + " and ".join(found) if found else ""


def _formulas(label, shape, kind, calls, right, left_out):
    """Return a sentence for each component that differs: its formula, or that of the difference.

    `shape` is that of a result: () for one number.
    """
    columns, answers = calls
    count = {len(a) for a in answers} | {len(r) for r in right if r is not None}
    if count != {math.prod(shape)}:
        return []
    lines = []
    words = left_out + "".join(f' with {n} = "{v}"' for n, v in kind if isinstance(v, str))
    good = np.array([r is not None for r in right])
    for k in range(math.prod(shape)):
        mine = np.array([a[k] for a in answers])
        asked = np.array([r[k] if r is not None else np.nan for r in right])
        if np.array_equal(mine[good], asked[good]):
            continue
        which = f"your {label}" + "".join(f"[{i}]" for i in np.unravel_index(k, shape))
        text = formula(columns, mine)
        if text is not None:
            lines.append(f"In all {len(mine)} calls tried{words}, {which} is {text}.")
            continue
        few = {n: v[good] for n, v in columns.items()}
        text = formula(few, (mine - asked)[good])
        if text is not None and "//" not in text:
            lines.append(
                f"In all {good.sum()} calls tried{words}, {which} minus what is asked for is {text}."
            )
            continue
        return []
    return lines


def _hint(line):
    if re.search(r" is [^ ]+\.$", line):  # one of the arguments, or a number
        return "Which of the other arguments change what is asked for?"
    if "rounded" in line or ("/" in line and "//" not in line):
        return "Where something is left over: is it to be rounded down, up or to the nearest number here?"
    return "Put the smallest numbers that work into your formula: which term is not what you mean?"


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


def _rows(question, function, cases, failing, output):
    """Compare the learner's and the right rule for m in rows (i, k, m)."""
    ask = Whole(question, function, output)
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
