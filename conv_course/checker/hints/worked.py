"""The fourth rung: a case with other numbers, worked out."""

from dataclasses import replace

import numpy as np

from ..computes.letters import output_name
from ..computes.linear import badness, right_side_of
from ..computes.quantities import some
from ..computes.sentences import place, sum_text
from ..described import case_text, describe, number_text
from ..judge import expected
from ..results import split
from ..run import run
from .rung import Rung

SEED = 2000  # no check uses the cases of this seed
MOST_TERMS, NUMBERS, ROWS = 8, 40, 3


def rung(asked):
    """Return the arguments, one or two numbers of the result written out as sums, and the whole result."""
    question, failure = asked.question, asked.verdict.failure if asked.verdict else None
    if question.kind != "function":
        return None
    output = failure.output if failure else next(iter(expected(question, SEED)[0]))
    shown = question.cases_for(0)
    part = shown[failure.case if failure else 0].part
    for case in _candidates(question, output, part, shown):
        lines = _sums(question, case, output)
        if lines:
            return Rung(4, tuple(lines))
    return _results(question, output, shown[failure.case if failure else 0])


def _candidates(question, output, part, shown):
    """Yield cases of the same part, with small whole numbers, simplest first."""
    cases, wanted = question.cases_for(SEED), expected(question, SEED)
    fitting = [i for i, c in enumerate(cases) if c.part == part] or range(len(cases))
    order = sorted(fitting, key=lambda i: badness(question, cases[i], wanted[i][output])[1:])
    for i in order[:3]:
        yield _with_whole_numbers(cases[i])


def _with_whole_numbers(case, step=0):
    """Replace the numbers in real arrays by small whole ones, and add `step` to positional integers."""
    rng = np.random.default_rng([SEED, step])

    def change(value):
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            return rng.integers(1, 6, value.shape).astype(float)
        return float(rng.integers(1, 6)) if type(value) is float else value

    args = tuple(a + step if type(a) is int else change(a) for a in case.args)
    return replace(
        case, args=args, kwargs={k: change(v) for k, v in case.kwargs.items()}, layout="C", note=""
    )


def _sums(question, case, output):
    """Return the lines, or [] if the result is not a sum of products or its sums are long."""
    right = right_side_of(question, case, output)
    if right is None or not right.generic.size:
        return []
    result = right.probe.result(right.probe.own)
    count = np.bincount(right.sums.at, minlength=result.size)
    fit = [k for k in range(result.size) if 2 <= count[k] <= MOST_TERMS] or [
        k for k in range(result.size) if 1 <= count[k] <= MOST_TERMS
    ]
    if not fit:
        return []
    name = output_name(question, output)
    lines = [("Another case", case_text(question, case, most=NUMBERS), None)]
    for k in dict.fromkeys([fit[0], fit[-1]]):
        terms = right.sums.of(k)
        where = place(name, k, result.shape)
        letters = sum_text(terms, right.probe.shapes, most=MOST_TERMS)
        numbers = _in_numbers(terms, right.probe.own)
        lines.append(("", f"{where} = {letters} = {numbers} = {number_text(result.flat[k])}", None))
    if result.size <= NUMBERS:
        lines.append((f"All of {name}", describe(result, NUMBERS), None))
    return lines


def _in_numbers(terms, own):
    text = ""
    for product in sorted(terms, key=lambda p: (-len(p), p)):
        values = [number_text(own[n].reshape(-1)[k]) for n, k in product]
        c = terms[product]
        factors = [some(abs(c))] if abs(c) != 1 or not values else []
        text += (" - " if c < 0 else " + ") + "*".join([*factors, *values])
    return text[3:] if text.startswith(" + ") else "-" + text[3:]


def _results(question, output, case):
    """Return a rung with slightly larger arguments than the case's, and their results if they are short."""
    lines = []
    for step in range(1, ROWS + 1):
        other = _with_whole_numbers(case, step)
        answer = run(question.model, [other], modifies=question.modifies, seconds=1, trusted=True)[0]
        value = split(question, answer).get(output) if answer.status == "value" else None
        text = case_text(question, other, most=NUMBERS)
        if value is None or np.size(value) > NUMBERS or text in [line[1] for line in lines]:
            continue
        lines += [("Another case", text, None), ("gives", describe(value, NUMBERS), None)]
        if any(isinstance(a, np.ndarray) for a in other.args):
            break
    return Rung(4, tuple(lines)) if lines else None
