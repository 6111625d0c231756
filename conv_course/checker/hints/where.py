"""The second rung: where to look. Which numbers are wrong, in which cases, and which line stopped."""

import numpy as np

from ..compare import as_array, differing
from ..computes.crashes import line_of
from ..computes.letters import output_name
from ..computes.sentences import listed, place
from ..computes.when import when
from ..judge import expected, items
from ..links import link, title
from .rung import Rung

MOST = 6  # places that are listed


def rung(asked):
    """Return the lines on where to look, and the section to read."""
    lines = [] if asked.verdict is None or asked.verdict.failure is None else _lines(asked)
    section = asked.question.section
    named = asked.verdict.diagnoses[:1] if asked.verdict else []
    section = (named[0].section if named else "") or section
    return Rung(2, (*(("Look at", text, None) for text in lines), ("Read", title(section), link(section))))


def _lines(asked):
    question, verdict, seed = asked.question, asked.verdict, 0
    cases, wanted = question.cases_for(seed), expected(question, seed)
    failure = verdict.failure
    table = items(question, asked.answers[: len(cases)], wanted)
    lines = []
    stopped = asked.answers[failure.case]
    if stopped.status == "error" and stopped.line:
        source = line_of(asked.function, stopped.line)
        lines.append(f"line {stopped.line} of your cell" + (f": {source}" if source else ""))
    if question.kind == "function":
        lines += _places(question, failure)
    if question.kind != "values":
        lines.append(_in_which_cases(question, table, cases, failure.output))
    if question.kind == "values":
        right = [name for name, ok in verdict.parts.items() if ok]
        first = f"{failure.output} first"
        lines.append(f"{failure.output} first; right already: {listed(right)}" if right else first)
    return lines


def _places(question, failure):
    """Describe which numbers in the failing case's result are wrong."""
    want, got = np.asarray(failure.expected), as_array(failure.got)
    if not isinstance(got, np.ndarray) or got.shape != want.shape or want.ndim == 0 or not want.size:
        return []
    wrong, name = differing(got, want), output_name(question, failure.output)
    places = [place(name, int(k), want.shape) for k in np.flatnonzero(wrong)]
    if len(places) == want.size:
        return [f"{places[0]}: every number of {name} is wrong"] if want.size > 1 else []
    pattern = _axis(name, wrong)
    if pattern:
        return [pattern]
    if len(places) <= MOST:
        return [f"{listed(places)}: the others are right"]
    return [f"{places[0]}, the first of {len(places)} wrong numbers of {want.size}"]


def _axis(name, wrong):
    """Describe the wrong numbers by their index on one axis, if that separates them from the right ones."""
    if wrong.ndim < 2:
        return ""
    for axis in range(wrong.ndim):
        others = tuple(a for a in range(wrong.ndim) if a != axis)
        some, every = wrong.any(axis=others), wrong.all(axis=others)
        if some.sum() == every.sum() < wrong.shape[axis]:
            inside = ", ".join(str(k) for k in np.flatnonzero(some))
            which = ["first index", "second index", "third index", "fourth index", "fifth index"][axis]
            return f"the numbers of {name} whose {which} is {inside}: all others are right"
    return ""


def _in_which_cases(question, table, cases, output):
    numbers = {i for (i, name), (_, why) in table.items() if why and name == output}
    what = f"your {output}" if output else "your function"
    if len(numbers) == len(cases):
        return f"the smallest case, since {what} is wrong in all {len(cases)}"
    text = when(question, cases, numbers)
    if text is not None:
        return f"the cases in which {text}: there {what} is wrong, in all others it is right"
    return f"what is special in this case, since {what} is wrong in {len(numbers)} of {len(cases)} cases"
