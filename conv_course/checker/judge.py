"""From answers to points, the first failing case and the misconception: pure functions, no learner code."""

from dataclasses import dataclass, field
from functools import lru_cache
from math import floor

from numpy import asarray

from .answers import Answer, clean
from .compare import Difference, difference, is_nested_list
from .diagnose import NO_VALUE, diagnose
from .results import count, on_the_count, split
from .run import run


@dataclass(frozen=True)
class Failure:
    """The first item that is not right: a case's number, the output's name, and why.

    `layout` is how the case's arrays lay in memory if the function gives the right answer on plain ones.
    """

    case: int
    output: str
    difference: Difference
    expected: object
    got: object
    layout: str = ""


@dataclass
class Verdict:
    """What a check says. `state` is "done", "partly", "not yet" or "not started".

    `parts` says which are right. There are no points for them if an input was changed, or if the function
    called what answers the question: `used` names that. `explained` says how a wrong answer is explained: by
    a "slip", a name of the sheet's; by a "fault"; by what it "computes"; or "none". `explanation` is the
    `computes.Explanation` of the last two.
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
    """The right answers of one seed: a dict from output to value for each case."""
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


def limits(question, seed):
    """The most numbers a result may hold, for each trial: a hundred times the right answer's."""
    wanted = expected(question, seed)
    wanted = wanted + [wanted[i] for i in _odd_layouts(question.cases_for(seed))]
    return [100 * max(sum(asarray(v).size for v in outs.values()), 10) for outs in wanted]


def _odd_layouts(cases):
    """The numbers of the cases of which `trials_for` has a plain copy, in its order."""
    return [i for i, one in enumerate(cases) if one.layout != "C"]


def items(question, answers, wanted):
    """Everything that can be right or wrong by itself: (case, output) -> (got, Difference or None)."""
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
                # a test that stops with an error, an AssertionError above all, does not accept the layer
                table[i, name] = False, None
            else:
                stop = answer.status, answer.error, answer.message
                table[i, name] = stop, Difference(answer.status)
    return table


def judge(question, answers, *, seed=0) -> Verdict:
    """Points and an explanation for `answers`: one for each trial of the seed, or at least for each case."""
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
    parts = _parts(question, cases, table, failing)
    earned = 0 if mutated or used else sum(question.parts[p] for p, right in parts.items() if right)
    points = of if abs(earned - of) < 1e-9 else floor(earned + 1e-9)  # whole ones, also where parts have 0.4
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
    verdict.notes = _notes(question, answers, table, wanted, failing)
    return verdict


def _without_an_answer(question, answer):
    """The verdict on a function that there is none of yet."""
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
    """What stopped a call, as the card says it; "" if nothing did."""
    where = f" (line {answer.line} of your cell)" if answer.line else ""
    if answer.status == "error":
        return f"{answer.error}: {answer.message}".rstrip(": ") + where
    if answer.status != "unfilled":
        return ""
    if answer.message == "dots":
        return "the answer is still `...` in this case"
    return f"`raise NotImplementedError`{where}, which this case reaches"


def _others(table, failing, wanted, first):
    """The first item that is not right of each further output that came back."""
    found = {}
    for (i, name), why in failing.items():
        if name != first.output and why.kind not in (*NO_VALUE, "missing"):
            found.setdefault(name, Failure(i, name, why, wanted[i][name], table[i, name][0]))
    return list(found.values())


def is_right(question, answer, wanted):
    """Whether one case's answer is right in every output."""
    table = items(question, [answer], [wanted])
    return not answer.mutated and not any(why for _, why in table.values())


def _notes(question, answers, table, wanted, failing):
    """What is true beside the failing case that the card shows."""
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
    return notes


def _parts(question, cases, table, failing):
    """Which parts are right."""
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
    """For a question about tests: one True for each right layer that was not accepted."""
    return [True for got, why in table.values() if why and got is not True]


@lru_cache(maxsize=512)
def wrong_items(question, seed):
    """What each misconception gives on the cases of a seed."""
    cases, wanted = question.cases_for(seed), expected(question, seed)
    rows = []
    for wrong in question.wrongs:
        answers = run(
            wrong.function,
            cases,
            names=question.parameters,
            modifies=question.modifies,
            seconds=5,
            limits=limits(question, seed),
            trusted=True,
        )
        rows.append(items(question, answers, wanted))
    return rows


def run_and_judge(question, function, *, seed=0, watch=()):
    """Run a function on the trials of a seed and judge it.

    The course's own answers may call what a learner may not, so nothing is watched unless asked for.
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
    "run_and_judge",
    "wrong_items",
]
