"""The third rung: the sum that the function computes for one wrong number, the right sum, and a picture."""

from dataclasses import dataclass

import numpy as np

from ..compare import as_array
from ..computes import raising
from ..computes.ask import NoAnswer
from ..computes.letters import output_name
from ..computes.linear import badness, right_side
from ..computes.sentences import place, sum_text
from ..computes.sums import Probe
from ..described import call_of_case, case_text, describe
from ..guards import TimeLimit, memory_limit, quiet, time_limit
from ..judge import expected, items
from .picture import picture
from .rung import Rung

SECONDS = 0.4
ROWS = 4  # in a table of results


@dataclass(frozen=True)
class Both:
    """The products in one number: `yours` (None if they are unknown) and `asked`."""

    case: int
    label: str
    shapes: dict
    numbers: dict
    yours: dict | None
    asked: dict


def rung(asked):
    """Return both sums of one wrong number with a picture. If there are no sums, compare the results."""
    question, verdict = asked.question, asked.verdict
    if question.kind != "function" or (verdict is not None and verdict.failure is None):
        return None
    both = _within(asked)
    if both is None:
        wrong = verdict is not None and verdict.failure is not None
        return (_largest(asked) or _table(asked)) if wrong else None
    lines, case = [], question.cases_for(0)[both.case]
    if verdict is None or verdict.failure is None or both.case != verdict.failure.case:
        lines.append(("Seen in the case", case_text(question, case), None))
        lines.append(("Try it there", call_of_case(question, both.case), None))
    if both.yours is not None:
        lines.append(("", f"your      {both.label} = {sum_text(both.yours, both.shapes, both.asked)}", None))
    lines.append(("", f"asked for {both.label} = {sum_text(both.asked, both.shapes, both.yours)}", None))
    return Rung(3, tuple(lines), picture(both))


def _within(asked, work=None):
    work = work or (lambda: both_sums(asked.question, asked.function, asked.verdict, asked.answers))
    with memory_limit(), quiet():
        try:
            with time_limit(SECONDS):
                return work()
        except (TimeLimit, MemoryError, RecursionError):
            return None


def _largest(asked):
    """Return, for one entry of a max pooling, the window of the learner's function and the right one."""
    question, failure = asked.question, asked.verdict.failure
    wanted = expected(question, 0)
    work = lambda: raising.explain(question, asked.function, [failure.case], wanted, 0, failure.output, [])  # noqa: E731
    said = _within(asked, work)
    lines = [line for line in said.lines if line.startswith(("your ", "asked for "))] if said else []
    return Rung(3, tuple(("", line, None) for line in lines), title="both windows") if lines else None


def both_sums(question, function, verdict, answers, seed=0):
    """Return the `Both` of a wrong number in the case on the card, or in a simpler failing case."""
    cases, wanted = question.cases_for(seed), expected(question, seed)
    if verdict is None or verdict.failure is None:
        return next((b for b in [_both(question, None, seed, 0, next(iter(wanted[0])))] if b), None)
    failure, output = verdict.failure, verdict.failure.output
    table = items(question, answers[: len(cases)], wanted)
    failing = [i for (i, name), (_, why) in table.items() if why and name == output]
    simple = sorted(failing, key=lambda i: badness(question, cases[i], wanted[i][output]))
    for number in dict.fromkeys([failure.case, *simple[:2]]):
        both = _both(question, function, seed, number, output)
        if both is not None:
            return both
    return None


def _both(question, function, seed, number, output):
    right = right_side(question, seed, number, output)
    if right is None:
        return None
    case, name = question.cases_for(seed)[number], output_name(question, output)
    mine = sums = None
    if function is not None:
        probe = Probe(question, function, case, output, right.probe.names)
        try:
            mine, sums = probe.result(probe.first), probe.sums(right.sums.main)
        except NoAnswer:
            sums = None
    entry = _entry(right, mine, sums)
    if entry is None:
        return None
    ours, theirs = entry
    return Both(
        number,
        place(name, theirs, right.generic.shape),
        right.probe.shapes,
        right.probe.own,
        None if ours is None else sums.of(ours),
        right.sums.of(theirs),
    )


def _entry(right, mine, sums):
    """Return (place in mine or None, place in the right result) of a wrong number with few products."""
    want = right.generic
    count = np.bincount(right.sums.at, minlength=want.size)
    few = lambda k: (count[k] < 2, count[k], k)  # noqa: E731
    if sums is None or mine.ndim != want.ndim:
        return (None, min(range(want.size), key=few)) if want.size else None
    scale, found = max(np.abs(want).max(initial=0), 1e-9), []
    for at in np.ndindex(*map(min, mine.shape, want.shape)):
        a, b = (int(np.ravel_multi_index(at, v.shape)) if v.ndim else 0 for v in (mine, want))
        if abs(mine[at] - want[at]) > 1e-8 * scale and sums.proven[a]:
            found.append((a, b))
    return min(found, key=lambda pair: few(pair[1]), default=None)


def _table(asked):
    """Return the short results of the first failing cases, the learner's next to the right ones."""
    question, cases = asked.question, asked.question.cases_for(0)
    wanted, output = expected(question, 0), asked.verdict.failure.output
    table, lines = items(question, asked.answers[: len(cases)], wanted), []
    for i, case in enumerate(cases):
        got, why = table[i, output]
        want = wanted[i][output]
        if why is None or why.kind in ("error", "timeout", "memory", "skipped", "unfilled", "missing"):
            continue
        if np.size(want) > 8 or not isinstance(as_array(got), np.ndarray) or np.size(as_array(got)) > 8:
            continue
        lines.append(("Case", case_text(question, case), None))
        lines.append(("", f"yours {describe(got)}, asked for {describe(want)}", None))
        if len(lines) == 2 * ROWS:
            break
    return Rung(3, tuple(lines), title="both results") if len(lines) > 2 else None
