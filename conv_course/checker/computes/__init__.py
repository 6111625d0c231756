"""Describe what a learner's function computes, if no named mistake explains its wrong answer.

from conv_course.checker.computes import explain
found = explain(question, function, answers, seed=0)   # an Explanation, or None
"""

import re
from dataclasses import dataclass, replace

from numpy import asarray, ndarray

from .. import backward, readings, trying
from ..diagnose import explaining
from ..faults import find, find_last, lists
from ..guards import TimeLimit, computing, memory_limit, quiet, time_limit
from ..judge import expected, items
from . import (
    around,
    capped,
    common,
    crashes,
    earlier,
    lengths,
    linear,
    raising,
    recut,
    repeated,
    tables,
    taken,
    truths,
    turned,
)
from .ask import as_numbers
from .letters import output_name
from .sentences import READ, listed

SECONDS = 0.42  # for all calls of the learner's function and of the right answer, and the analysis
# names that fit many different mistakes: an explanation says more
VAGUE = {"The wrong shape", "NaN in the result", "Almost right: precision lost"}
LEAST = 0.05  # seconds; with less time left, no pairs of edits are tried
NO_VALUE = ("error", "timeout", "memory", "skipped", "unfilled")


@dataclass(frozen=True)
class Explanation:
    """The explanation of a wrong answer. `kind` is "fault" or "computes", `case` the case that it is about.

    `text` has one or more sentences and, for sums, the two lines "your ..." and "asked for ...". `seen` is
    the case itself if the answer was not judged on it. `one_case` tells that the text need not hold in other
    cases. `names` are general mistakes that are not from the sheet, as `diagnose.Diagnosis`. If there are
    only names, `kind` is "slip".
    """

    kind: str
    text: tuple
    hint: str
    output: str = ""
    case: int | None = None
    seen: object = None
    names: tuple = ()
    one_case: bool = False


def explain(question, function, answers, *, seed=0, named=(), seconds=SECONDS):
    """Return an `Explanation` of the failing outputs that are not in `named`, or None."""
    if not callable(function) and question.kind != "values":
        return None
    cases, wanted = question.cases_for(seed), expected(question, seed)
    table = items(question, answers[: len(cases)], wanted)
    failing = {key: why for key, (_, why) in table.items() if why and key[1] not in named}
    if not failing or any(a.mutated for a in answers):
        return None
    if question.kind == "values":
        return _on_paper(question, answers, table, failing, cases, wanted, named)
    if question.kind == "tests":
        said = truths.of_tests(question, function, answers, table, failing, cases, wanted)
        return said and Explanation("computes", said.lines, said.hint, "", said.case)
    begun = computing()
    rest = lambda: max(seconds - (computing() - begun), LEAST)  # noqa: E731
    if names := _within(seconds / 3, lambda: backward.names(question, table, failing, seed)):
        told = (*named, *(output for one in names for output in one.outputs))
        more = explain(question, function, answers, seed=seed, named=told) if names[0].output else None
        return replace(more or Explanation("slip", (), ""), names=(*names, *(more.names if more else ())))
    said = _within(
        rest(),
        lambda: (
            earlier.explain(question, function, table, failing, cases)
            or earlier.emptied(question, function, failing, cases, wanted)
        ),
    )
    if said is not None:
        return Explanation("fault", said.lines, said.hint, "", said.case)
    said = common.layout(question, answers, failing, cases, wanted)
    if said is not None:
        return Explanation("fault", said.lines, said.hint, "", said.case)
    said = truths.of_answers(question, function, table, failing, cases, wanted)
    if said is not None:
        return Explanation("computes", said.lines, said.hint, "", said.case)
    said = _within(
        rest() / 3,
        lambda: (
            around.explain(question, table, failing, cases)
            or taken.explain(question, function, failing, cases)
        ),
    )
    if said is not None:
        return Explanation("computes", said.lines, said.hint, "", said.case)
    found = find(question, table, failing, cases, wanted, answers)
    told = {f.output for f in found} if all(f.output for f in found) else {name for _, name in failing}
    left = {key: why for key, why in failing.items() if not found or key[1] not in told}
    said, names = None, []
    if left:
        said, names = _left(question, function, answers, table, left, wanted, seed, rest())
    if not found and said is None and not names:
        found = find_last(question, table, failing, cases, wanted)
    lines = tuple(line for f in found for line in f.text) + (said.lines if said is not None else ())
    if not lines:
        names = names or _edits(question, table, failing, seed, rest(), which="late")
        return Explanation("slip", (), "", names=tuple(names)) if names else _where(question, failing, named)
    if said is not None and not names:
        lines += _not_told(
            question, {name for (_, name), why in left.items() if why.kind not in NO_VALUE}, said
        )
    first = found[0] if found else said
    return Explanation(
        "fault" if found else "computes",
        lines,
        first.hint,
        first.output,
        said.case if said else None,
        names=tuple(names),
        one_case=bool(said and said.one_case and not found),
    )


def _where(question, failing, named):
    """Return an `Explanation` that tells from which outputs are right where the mistake lies, or None."""
    if named or any(why.kind in NO_VALUE for why in failing.values()):
        return None
    wrong = {name for _, name in failing}
    found = question.places.get(" ".join(name for name in question.outputs if name in wrong))
    return found and Explanation("computes", (found[0],), found[1])


def _on_paper(question, answers, table, failing, cases, wanted, named):
    """Return an `Explanation` of wrong numbers and lists that were worked out on paper, or None."""
    read = readings.explain(question, table, failing, _keys(answers[0].value))
    said = [
        one for one in (read, lists.explain(question, table, failing, cases, wanted, find)) if one is not None
    ]
    if not said:
        return _without_a_cause(question, table, failing) if named else None
    told = replace(said[0], lines=tuple(line for one in said for line in one.lines))
    wrong = {name for _, name in failing}
    asked = _asked(question, table, wrong, told)
    lines = told.lines + (_not_told(question, wrong, told) if asked is None else asked)
    return Explanation("computes", lines, told.hint)


def _without_a_cause(question, table, failing):
    """Return an `Explanation` that says for which numbers nothing is found, where others have a name."""
    wrong = {name for _, name in failing}
    names = [name for name in question.outputs if name in wrong]
    if any(question.worked_text and readings.depends(question, table, name) for name in names):
        return None  # they may be right as soon as the others are
    quoted = listed(f'"{name}"' for name in names)
    text = f"{quoted} are also wrong, and no cause was found for these."
    if len(names) == 1:
        text = f"{quoted} is also wrong, and no cause was found for it."
    return Explanation("computes", (text,), question.asks.get(names[0], ""))


def _keys(value):
    return tuple(value) if type(value) is dict else ()


def _not_told(question, failing, said):
    """Return a line that names the wrong outputs without an explanation."""
    quoted = (lambda name: f'"{name}"') if question.kind == "values" else str
    rules = {n for n in failing if any(_rule_of(n, line) for line in said.lines)}
    told = (
        {said.output} | rules
        if said.output
        else {n for n in failing if any(quoted(n) in t for t in said.lines)}
    )
    rest = [quoted(name) for name in question.outputs if name in failing - told]
    if not rest or (question.kind != "values" and not said.output):
        return ()
    if len(rest) == 1:
        return (f"{rest[0]} is also wrong: mend what this card shows, then check again.",)
    return (f"{listed(rest)} are also wrong: mend what this card shows, then check again.",)


def _asked(question, table, failing, said):
    """Return lines that ask how the wrong numbers of a paper question come about that nothing explains.

    Only of numbers that do not follow from others: these may be right as soon as the others are.
    """
    rest = [n for n in question.outputs if n in failing and not any(f'"{n}"' in t for t in said.lines)]
    if not question.worked_text or any(readings.depends(question, table, n) for n in rest):
        return None
    return tuple(
        f'"{name}" is also wrong. {question.asks[name]}{readings.beginning(question, name)}' for name in rest
    )


def _left(question, function, answers, table, failing, wanted, seed, seconds):
    """Return (`Said` or None, names of edits) for the outputs that no fault explains.

    Single edits are tried first. For functions of integers only those of a size's order of operations: a
    formula is more reliable otherwise, since it is checked on many more calls.
    """
    begun, keep = computing(), []
    rest = lambda: seconds - (computing() - begun)  # noqa: E731
    work = lambda: _computes(question, function, answers, table, failing, wanted, seed, keep)  # noqa: E731
    arrays = any(isinstance(v, ndarray) for one in question.cases_for(seed) for v in one.args)
    if names := _edits(question, table, failing, seed, rest(), which="" if arrays else "sizes"):
        return None, names
    if arrays and (said := _within(rest(), lambda: _recut(question, table, failing, wanted, seed))):
        return said, []
    other = lambda: turned.explain(question, table, failing, question.cases_for(seed), wanted)  # noqa: E731
    nested = turned.is_nested(wanted, next(iter(failing))[1])  # a formula tells one number of them at a time
    if nested and (said := _within(rest(), other)):
        return said, []
    for pairs in (False, True) if nested else ():
        if rest() > LEAST and (names := _edits(question, table, failing, seed, rest(), pairs=pairs)):
            return None, names
    said = _within(rest(), work) or (keep[0] if keep else None)
    if said is None and not arrays and not nested and rest() > LEAST:
        said = _within(rest(), other)
    if said is not None and not said.vague:
        beside = lambda: _beside(question, function, failing, said, seed)  # noqa: E731
        return (_within(rest(), beside) if rest() > LEAST else None) or said, []
    for pairs in (False, True)[arrays:]:
        if rest() > LEAST and (names := _edits(question, table, failing, seed, rest(), pairs=pairs)):
            return None, names
    return said, []


def _beside(question, function, failing, said, seed):
    """Return `said` with the rules by which the other failing outputs differ in the same case."""
    lines = ()
    for output in dict.fromkeys(name for _, name in failing):
        why = failing.get((said.case, output))
        if not said.output or output == said.output or why is None or why.kind in NO_VALUE:
            continue
        right = linear.right_side(question, seed, said.case, output)
        one = question.cases_for(seed)[said.case]
        more = right and linear._on_case(question, function, one, said.case, output, right)
        lines += tuple(line for line in more.lines if _rule_of(output, line)) if more else ()
    return replace(said, lines=said.lines + lines, one_case=said.one_case or bool(lines))


def _rule_of(output, line):
    """Return whether a line states a rule for this output."""
    return re.match(rf"In {output}\[.* meets |.* goes to {output}\[", line) is not None


def _recut(question, table, failing, wanted, seed):
    return recut.explain(question, table, failing, question.cases_for(seed), wanted)


def _edits(question, table, failing, seed, seconds, **which):
    """Return the names of edits of a right answer that reproduce the results of some outputs."""
    return _within(seconds, lambda: trying.names(question, table, failing, seed, **which)) or []


def add_explanation(verdict, question, function, answers, seed=0):
    """Set `explained` on a verdict and, if no name explains all of it, its `explanation`."""
    named = [d for d in verdict.diagnoses if d.name not in VAGUE]
    verdict.explained = "slip" if named else "none"
    told = tuple(output for d in named for output in d.outputs)
    if question.kind == "tests":  # a name of a test does not say which wrong layers pass, nor why
        told = ()
    if verdict.failure is None:
        return
    if said := _repeated(question, function, answers, seed):
        verdict.diagnoses, verdict.explained = [], "fault"
        verdict.explanation = Explanation("fault", said.lines, said.hint, "", said.case)
        return
    if "" in told:
        return
    try:
        found = explain(question, function, answers, seed=seed, named=told)
    except Exception:  # points and the failing case do not depend on it
        found = None
    general = (truths.INPUT, readings.FIRST_NUMBER)
    nearer = found is not None and named and question.kind == "tests" and truths.compares(found.hint)
    if found is not None and named and (nearer or found.hint in general):  # the name's own hint is nearer
        found = replace(found, hint="")
    if found is not None:
        verdict.diagnoses = _joined(named, found.names)
        verdict.explanation = found if found.text else None
        verdict.explained = "slip" if named else found.kind
    elif named and question.kind == "function":
        verdict.explanation = _also_wrong(question, verdict, told)


def _also_wrong(question, verdict, told):
    """Return an `Explanation` that names the wrong outputs of which no name speaks, or None."""
    wrong = [f for f in (verdict.failure, *verdict.others) if f.difference.kind not in NO_VALUE]
    left = _not_told(question, {f.output for f in wrong} - set(told), linear.Said((), "", 0, told[0]))
    return Explanation("computes", left, "") if left else None


def _repeated(question, function, answers, seed):
    """Return the `Said` on shares that are lost at repeated places, or None. It says more than any name."""
    cases, wanted = question.cases_for(seed), expected(question, seed)
    if question.kind != "function" or not callable(function) or any(a.mutated for a in answers):
        return None
    failing = [key for key, (_, why) in items(question, answers[: len(cases)], wanted).items() if why]
    return _within(SECONDS / 3, lambda: repeated.explain(question, function, failing, cases, wanted))


def _joined(named, found):
    """Return all names. Of a pair (see `trying`), a name that is there already explains more outputs."""
    named = list(named)
    for new in found:
        names = [name for name, _, _ in new.pair]
        k = next((k for k, one in enumerate(named) if one.name in names), None)
        if k is None:
            named.append(new)
            continue
        name, hint, _ = new.pair[1 - names.index(named[k].name)]
        named[k] = explaining(named[k], *new.outputs)
        named.append(replace(new, name=name, hint=hint, pair=(), case=None))
    return named


def _computes(question, function, answers, table, failing, wanted, seed, keep):
    if _only_by_broadcasting(question, failing, seed):
        said = crashes.explain(question, function, answers, failing, wanted, seed)
        if said is not None and any(line.endswith(READ) for line in said.lines):
            return said
    for output in dict.fromkeys(name for _, name in failing):
        numbers = [i for i, name in failing if name == output and failing[i, name].kind not in NO_VALUE]
        if not numbers:
            continue
        for way in (tables.explain, linear.explain, raising.explain):
            said = way(question, function, numbers, wanted, seed, output, keep)
            if said is not None:
                return _with_length(question, function, table, wanted, seed, said)
        if keep:
            return _with_length(question, function, table, wanted, seed, keep[0])
    stops = [why.kind == "error" for why in failing.values()]
    said = (
        None
        if all(stops)
        else (
            capped.explain(question, function, failing, seed, next(iter(failing))[1])
            or common.parted(question, failing, seed)
            or common.zeros(question, table, failing, wanted)
            or common.fractions(question, table, failing, wanted)
            or common.like_another(question, table, failing, wanted, seed)
        )
    )
    return (
        said
        or (crashes.explain(question, function, answers, failing, wanted, seed) if any(stops) else None)
        or common.kept(function, failing)
    )


def _only_by_broadcasting(question, failing, seed):
    """Return whether most cases stop, and all other wrong ones have an axis of length 1 beside others.

    NumPy repeats such an axis, so that two axes that do not belong together pass there: the sums of that
    case have a form that the mistake has nowhere else.
    """
    cases = question.cases_for(seed)
    stops = {i for (i, _), why in failing.items() if why.kind == "error"}
    rest = {i for i, _ in failing} - stops
    lonely = lambda one: any(1 in v.shape for v in one.args if isinstance(v, ndarray) and v.ndim > 1)  # noqa: E731
    return bool(rest) and 2 * len(stops) >= len(cases) and all(lonely(cases[i]) for i in rest)


def _with_length(question, function, table, wanted, seed, said):
    """Return `said`, with a formula for the length added if the length is wrong."""
    if (
        not said.lines
        or " has the shape " not in said.lines[0]
        or any(" meets " in line for line in said.lines)
    ):
        return said
    cases = question.cases_for(seed)
    got = [as_numbers(table[i, said.output][0]) for i in range(len(cases))]
    shapes, right = (
        [None if v is None else v.shape for v in got],
        [asarray(w[said.output]).shape for w in wanted],
    )
    text = lengths.sentence(
        question, function, cases, shapes, right, output_name(question, said.output), said.case
    )
    return said if text is None else replace(said, lines=(said.lines[0], text, *said.lines[1:]))


def _within(seconds, work):
    """Return the result of `work`, or None if it takes longer. Printed output is dropped."""
    with memory_limit(), quiet():
        try:
            with time_limit(seconds):
                return work()
        except (TimeLimit, MemoryError, RecursionError):
            return None


__all__ = ["SECONDS", "Explanation", "add_explanation", "explain"]
