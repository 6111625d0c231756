"""Whole numbers that follow from whole numbers: sizes, paddings, places. By a formula for all of the answers."""

import numpy as np

from .ask import NoAnswer
from .formulas import formula
from .letters import output_name
from .linear import Said
from .rules import right_axis
from .whole import Whole, flat, numbers_of, variables_of

MORE = 24  # further calls with other numbers


def explain(question, function, failing, wanted, seed, output):
    """A `Said` if the output is whole numbers that depend on nothing but whole numbers, else None."""
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
    lines = _formulas(label, kind, calls, right)
    if not lines:
        return None
    first = cases[failing[0]]
    mine, asked = ask.one(first), flat(wanted[failing[0]][output])
    if mine is None:
        return None
    given = ", ".join(f"{n} = {v}" for n, v in numbers_of(question, first))
    lines.append(f"your {label} for {given} is {_shown(mine)}, asked for {_shown(asked)}")
    return Said(tuple(lines), _hint(lines[0]), failing[0], output)


def _shown(values):
    return ", ".join(f"{v:g}" for v in values)


def _formulas(label, kind, calls, right):
    """A sentence for each component that differs: by how much it differs, or which formula gives it."""
    columns, answers = calls
    count = {len(a) for a in answers} | {len(r) for r in right if r is not None}
    if len(count) != 1:
        return []
    lines = []
    words = "".join(f' with {n} = "{v}"' for n, v in kind if isinstance(v, str))
    good = np.array([r is not None for r in right])
    for k in range(count.pop()):
        mine = np.array([a[k] for a in answers])
        asked = np.array([r[k] if r is not None else np.nan for r in right])
        if np.array_equal(mine[good], asked[good]):
            continue
        which = f"number {k + 1} of your {label}" if len(answers[0]) > 1 else f"your {label}"
        text = formula(columns, mine)
        if text is not None:
            lines.append(f"In all {len(mine)} calls tried{words}, {which} is {text}.")
            continue
        few = {n: v[good] for n, v in columns.items()}
        text = formula(few, (mine - asked)[good])
        if text is not None and "//" not in text:
            lines.append(
                f"In all {good.sum()} calls tried{words}, {which} is off by {text} (yours minus what is asked for)."
            )
            continue
        return []
    return lines


def _hint(line):
    if "rounded" in line or "/" in line and "//" not in line:
        return "A window fits or it does not: which way is a part of a window counted?"
    return "Put the smallest numbers that work into your formula: which term is not what you mean?"


def _rows(question, function, cases, failing, output):
    """For rows (i, k, m): the rule that gives the last column from the others, of both."""
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
            return None
        text = f"In your rows (i, k, m), m is {ours}, asked for {asked}."
        return Said(
            (text,),
            "From one output to the next, and from one weight to the next, how far is it?",
            number,
            output,
        )
    return None
