"""Judge answers: points, first failing case and misconception. Pure functions that run no learner's code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import floor

from numpy import asarray

from .answers import Answer, clean
from .compare import Difference, difference, is_nested_list
from .computes.sentences import listed
from .defaults import other_defaults
from .diagnose import NO_VALUE, Diagnosis, diagnose
from .results import count, on_the_count, split
from .run import run


@dataclass(frozen=True)
class Failure:
    """The first wrong item: the number of the case, the name of the output, and the difference.

    `layout` is the memory layout of the case's arrays if the function is right on C-ordered copies, else "".
    """

    case: int
    output: str
    difference: Difference
    expected: object
    got: object
    layout: str = ""


@dataclass
class Verdict:
    """The result of a check. `state` is "done", "partly", "not yet" or "not started".

    `parts` maps each part to whether it is right. There are no points if an input was changed, or if the
    function called a function that answers the question; `used` names these. `explained` tells how a wrong
    answer is explained: by a "slip" of the sheet, by a "fault", by what it "computes", or "none".
    `explanation` is the `computes.Explanation` for "fault" and "computes".
    """

    state: str
    points: float
    of: float
    parts: dict = field(default_factory=dict)
    failure: Failure | None = None
    others: list = field(default_factory=list)
    diagnoses: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    problem: str = ""
    printed: str = ""
    used: tuple = ()
    explained: str = "none"
    explanation: object = None


@lru_cache(maxsize=512)
def expected(question, seed):
    """Return the right answers for a seed: {output: value} for each case."""
    cases = question.cases_for(seed)
    if question.oracle is not None:
        return [{"": question.oracle(*one.args)} for one in cases]
    answers = run(
        question.answer,
        cases,
        names=question.parameters,
        modifies=question.modifies,
        seconds=60,
        trusted=True,
    )
    broken = next((a for a in answers if a.status != "value"), None)
    if broken is not None:
        raise RuntimeError(f"{question.stem} {question.name}: the reference failed: {broken}")
    return [split(question, answer) for answer in answers]


@lru_cache(maxsize=512)
def limits(question, seed):
    """Return the maximum size of a result for each trial: a hundred times that of the right answer."""
    wanted = expected(question, seed)
    wanted = wanted + [wanted[i] for i in _odd_layouts(question.cases_for(seed))]
    return [100 * max(sum(asarray(v).size for v in outs.values()), 10) for outs in wanted]


def _odd_layouts(cases):
    """Return the indices of the cases that `trials_for` adds a C-ordered copy of, in its order."""
    return [i for i, one in enumerate(cases) if one.layout != "C"]


def items(question, answers, wanted):
    """Return {(case, output): (got, Difference or None)} for all results."""
    table = {}
    for i, (answer, outs) in enumerate(zip(answers, wanted, strict=True)):
        got = split(question, answer) if answer.status == "value" else {}
        for name, want in outs.items():
            if answer.status == "value":
                why = difference(got[name], want)
                if why is not None and why.kind in ("missing", "none"):
                    why = Difference(why.kind, count(question, answer) or answer.message)
                table[i, name] = got[name], why
            elif question.kind == "tests" and answer.status == "error" and want is False:
                # a test that raises an error, such as an AssertionError, does not accept the layer
                table[i, name] = False, None
            else:
                stop = answer.status, answer.error, answer.message
                table[i, name] = stop, Difference(answer.status)
    return table


def judge(question, answers, *, seed=0) -> Verdict:
    """Return the verdict on `answers`, one for each trial of the seed or at least for each case."""
    of = question.points
    cases, wanted = question.cases_for(seed), expected(question, seed)
    odd = _odd_layouts(cases)
    if len(answers) not in (len(cases), len(cases) + len(odd)):
        return Verdict("not yet", 0, of, problem=f"{len(answers)} answers for {len(cases)} cases")
    if all(a.status in ("missing", "unfilled") for a in answers):
        return _without_an_answer(question, answers[0] if answers else Answer("missing"))
    answers, plain = answers[: len(cases)], dict(zip(odd, answers[len(cases) :], strict=False))
    table = items(question, answers, wanted)
    failing = {key: why for key, (_, why) in table.items() if why}
    mutated = sorted({name for a in answers for name in a.mutated})
    used = tuple(dict.fromkeys(name for a in answers for name in a.used))
    parts = parts_right(question, cases, table, failing)
    earned = 0 if mutated or used else sum(question.parts[p] for p, right in parts.items() if right)
    left_out = other_defaults(question, answers)
    if left_out:
        earned = min(earned, of - 1)  # calls that leave the argument out are wrong
    points = of if abs(earned - of) < 1e-9 else floor(earned + 1e-9)  # parts may have fractions
    state = "done" if points == of else "partly" if points else "not yet"
    verdict = Verdict(state, points, of, parts, used=used)
    verdict.printed = next((a.printed for a in answers if a.printed), "")
    if failing:
        (i, name), why = next(iter(failing.items()))
        layout = cases[i].layout if i in plain and is_right(question, plain[i], wanted[i]) else ""
        verdict.failure = Failure(i, name, why, wanted[i][name], table[i, name][0], layout)
        verdict.others = _others(table, failing, wanted, verdict.failure)
        verdict.problem = _stop(answers[i])
    verdict.diagnoses = diagnose(question, table, failing, mutated, wanted, wrong_items, seed)
    verdict.notes = _notes(question, answers, table, wanted, failing, seed)
    others = [_other_default(question, *one) for one in left_out]
    elsewhere = any(not _leaves_out(question, cases[i], [name for name, *_ in left_out]) for i, _ in failing)
    if elsewhere or mutated:
        verdict.notes += [f"{one.name}. {one.hint}" for one in others]
    elif others:
        verdict.diagnoses = others
    return verdict


def _leaves_out(question, one, names):
    """Return whether a case leaves one of these arguments to its default."""
    given = {*question.parameters[: len(one.args)], *one.kwargs}
    return any(name not in given for name in names)


def _other_default(question, name, got, want):
    hint = f"Which value does the question's first line give {name}, for calls that leave it out?"
    return Diagnosis(f"The default of {name} is {got!r} and not {want!r}", hint, question.section)


def _without_an_answer(question, answer):
    """Return the verdict if the learner has not written the function yet."""
    reason, name = answer.message or answer.status, question.function
    if reason == "raise" and answer.error not in ("", name):
        note = (
            f"{name} calls {answer.error}, which still says `raise NotImplementedError`: "
            "replace that by your own lines, and run its cell."
        )
        return Verdict("not yet", 0, question.points, notes=[note])
    if reason in ("raise", "nothing", "dots", "missing", "unfilled"):
        return Verdict("not started", 0, question.points, problem=reason)
    note = f"{name} is {reason}, not a function: define it with `def {name}(...)`, and run its cell."
    return Verdict("not yet", 0, question.points, notes=[note])


def _stop(answer):
    """Return the card's text on what stopped a call, or "" if nothing did."""
    where = f" (line {answer.line} of your cell)" if answer.line else ""
    if answer.status == "error":
        return f"{answer.error}: {answer.message}".rstrip(": ") + where
    if answer.status != "unfilled":
        return ""
    if answer.message == "dots":
        return "the answer is still `...` in this case"
    return f"`raise NotImplementedError`{where}, which this case reaches"


NO_ROOM = re.compile(r"Cannot cast ufunc '\w+' output from dtype\('(\w+)'\) to dtype\('(u?int\d+)'\)")


def _stop_beside(answer):
    """Return the text of a note on what stopped a call that is not on the card."""
    cast = NO_ROOM.search(answer.message) if answer.status == "error" else None
    if cast is None:
        return _stop(answer)
    where = f" (line {answer.line} of your cell)" if answer.line else ""
    return f"an array of whole numbers ({cast[2]}) is to take up decimals ({cast[1]}){where}"


def _others(table, failing, wanted, first):
    """Return the first wrong item of every other output that was returned."""
    found = {}
    for (i, name), why in failing.items():
        if name != first.output and why.kind not in (*NO_VALUE, "missing"):
            found.setdefault(name, Failure(i, name, why, wanted[i][name], table[i, name][0]))
    return list(found.values())


def is_right(question, answer, wanted):
    """Return whether one case's answer is right in every output."""
    table = items(question, [answer], [wanted])
    return not answer.mutated and not any(why for _, why in table.values())


def _notes(question, answers, table, wanted, failing, seed):
    """Return notes on facts that the failing case on the card does not show."""
    notes = []
    if not failing and any(is_nested_list(got, wanted[i][name]) for (i, name), (got, _) in table.items()):
        notes.append(
            "The numbers are right, and they come as a nested list; later code expects an array (np.array)."
        )
    notes += on_the_count(question, answers, wanted)
    shown = next(iter(failing.values()), None)
    for status, why in (("timeout", "took too long"), ("memory", "asked for more memory than there is")):
        if any(a.status == status for a in answers) and shown.kind != status:
            notes.append(f"In another case your function was stopped: it {why}.")
    stops = [answer for answer in answers if answer.status == "error"]
    if question.kind == "tests":
        cases = question.cases_for(seed)
        rows = list(zip(cases, answers, wanted, strict=True))
        ended = [f'"{one.note}"' for one, a, want in rows if a.status == "error" and not want[""]]
        if ended and not any(a.status == "error" and want[""] for _, a, want in rows):
            more = [f"{len(ended) - 3} more"] * (len(ended) > 3)
            which = listed(ended[:3] + more)
            notes.append(f"Your test catches {which} by an error, which counts as a False.")
    if shown is not None and shown.kind == "error" and question.outputs and question.kind == "function":
        notes += _not_seen(question, table, failing)
    if question.kind == "function" and stops and shown is not None and shown.kind != "error":
        if len(stops) == 1:
            notes.append(f"In another case it stops: {_stop_beside(stops[0])}.")
        else:
            notes.append(
                f"In {len(stops)} other cases it stops, in the first of them with {_stop_beside(stops[0])}."
            )
        whole = [name for name in question.outputs if _only_stops(failing, name)]
        if len(whole) == 1:
            notes.append(f"Where it does not stop, {whole[0]} is right.")
        elif whole:
            notes.append(f"Where it does not stop, {listed(whole)} are right.")
    return notes


def _not_seen(question, table, failing):
    """Return a note on outputs that are lost only because nothing comes back, in some cases or in all."""
    whole = [name for name in question.outputs if _only_stops(failing, name)]
    if len(whole) < 2 or len(whole) < len(question.outputs):
        return []
    if len(failing) == len(table):
        return [f"It stops in every case, so {listed(whole)} have not been seen: some of them may be right."]
    return [f"Where it does not stop, {listed(whole)} are right."]


def _only_stops(failing, output):
    """Return whether an output is lost only because some cases return nothing."""
    kinds = [why.kind for (_, name), why in failing.items() if name == output]
    return bool(kinds) and all(kind in NO_VALUE for kind in kinds)


def parts_right(question, cases, table, failing):
    """Return {part: whether it is right}."""
    if question.outputs:
        return {p: not any(name == p for _, name in failing) for p in question.parts}
    earned = {
        p: not any(cases[i].part == p or len(question.parts) == 1 for i, _ in failing) for p in question.parts
    }
    if question.kind == "tests" and any(expected_is_true for expected_is_true in _rejected(table)):
        return dict.fromkeys(question.parts, False)
    # a part without a case cannot be earned
    return {
        p: ok and (len(question.parts) == 1 or any(c.part == p for c in cases)) for p, ok in earned.items()
    }


def _rejected(table):
    """Return a True for each right layer that the learner's test did not accept."""
    return [True for got, why in table.values() if why and got is not True]


class ItemsOnDemand(Mapping):
    """The results of one misconception as `items` gives them; a case is run when it is first looked at."""

    def __init__(self, question, function, seed):
        self._question, self._function, self._seed = question, function, seed
        self._wanted = expected(question, seed)
        self._kept = {}

    def __getitem__(self, key):
        number, output = key
        if number not in self._kept:
            self._kept[number] = self._of_case(number)
        return self._kept[number][0, output]

    def _of_case(self, number):
        question = self._question
        answers = run(
            self._function,
            [question.cases_for(self._seed)[number]],
            names=question.parameters,
            modifies=question.modifies,
            seconds=5,
            limits=[limits(question, self._seed)[number]],
            trusted=True,
        )
        return items(question, answers, [self._wanted[number]])

    def __iter__(self):
        return ((i, name) for i, outs in enumerate(self._wanted) for name in outs)

    def __len__(self):
        return sum(map(len, self._wanted))


@lru_cache(maxsize=512)
def wrong_items(question, seed):
    """Return the results of each misconception on the cases of a seed."""
    return [ItemsOnDemand(question, wrong.function, seed) for wrong in question.wrongs]


def run_and_judge(question, function, *, seed=0, watch=()):
    """Run a function on the trials of a seed and judge it.

    The course's own answers may call functions that a learner may not, so by default no calls are watched.
    """
    answers = run(
        function,
        question.trials_for(seed),
        names=question.parameters,
        modifies=question.modifies,
        limits=limits(question, seed),
        watch=watch,
    )
    return judge(question, answers, seed=seed)


__all__ = [
    "Failure",
    "Verdict",
    "clean",
    "expected",
    "items",
    "judge",
    "limits",
    "parts_right",
    "run_and_judge",
    "wrong_items",
]
