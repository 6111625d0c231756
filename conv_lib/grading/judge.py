"""From answers to points, the first failing case and the misconception: pure functions, no learner code."""

from dataclasses import dataclass, field
from functools import lru_cache

from numpy import asarray

from .answers import clean
from .compare import MISSING, Difference, as_array, difference, is_nested_list, same
from .run import run


@dataclass(frozen=True)
class Failure:
    """The first item that is not right: a case's number, the output's name, and why."""

    case: int
    output: str
    difference: Difference
    expected: object
    got: object


@dataclass(frozen=True)
class Diagnosis:
    """A mistake with its name, a one-sentence hint and the section that explains it."""

    name: str
    hint: str
    section: str
    sure: bool = True
    output: str = ""


@dataclass
class Verdict:
    """What a check says. `state` is "done", "partly", "not yet" or "not started"."""

    state: str
    points: float
    of: float
    parts: dict = field(default_factory=dict)
    failure: Failure | None = None
    diagnoses: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    problem: str = ""
    printed: str = ""


@lru_cache(maxsize=512)
def expected(question, seed):
    """The right answers of one seed: a list, a case, of dicts from output to value."""
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
    """The most numbers a result may hold, a case: a hundred times the right answer's."""
    return [100 * max(sum(asarray(v).size for v in outs.values()), 10) for outs in expected(question, seed)]


def split(question, answer):
    """An answer's outputs by name; one that is not there is `MISSING`."""
    value = answer.value
    names = question.outputs[: len(question.outputs) - len(question.modifies)]
    if not question.outputs:
        return {"": value}
    if question.modifies and not names:
        outs = {}
    elif value is None:
        outs = dict.fromkeys(names, None)
    elif type(value) is dict:
        outs = {name: value.get(name, MISSING) for name in names}
    elif len(names) == 1 and not (type(value) in (list, tuple) and len(value) == 1):
        outs = {names[0]: value}
    elif type(value) in (list, tuple) and len(value) == len(names):
        outs = dict(zip(names, value, strict=True))
    else:
        outs = dict.fromkeys(names, MISSING)
    rest = list(answer.after) + [MISSING] * (len(question.modifies) - len(answer.after))
    return outs | dict(zip(question.modifies, rest, strict=True))


def items(question, answers, wanted):
    """Everything that can be right or wrong by itself: (case, output) -> (got, Difference or None)."""
    table = {}
    for i, (answer, outs) in enumerate(zip(answers, wanted, strict=True)):
        got = split(question, answer) if answer.status == "value" else {}
        for name, want in outs.items():
            if answer.status == "value":
                table[i, name] = got[name], difference(got[name], want)
            elif question.kind == "tests" and answer.status == "error" and want is False:
                # a test that stops with an error, an AssertionError above all, does not accept the layer
                table[i, name] = False, None
            else:
                table[i, name] = (answer.status, answer.error), Difference(answer.status)
    return table


def judge(question, answers, *, seed=0) -> Verdict:
    """Points and an explanation for `answers`, one a case of `question.cases_for(seed)`."""
    of = question.points
    cases, wanted = question.cases_for(seed), expected(question, seed)
    if len(answers) != len(cases):
        return Verdict("not yet", 0, of, problem=f"{len(answers)} answers for {len(cases)} cases")
    if all(a.status in ("missing", "unfilled") for a in answers):
        return Verdict("not started", 0, of, problem=answers[0].status if answers else "missing")
    table = items(question, answers, wanted)
    failing = {key: why for key, (_, why) in table.items() if why}
    mutated = sorted({name for a in answers for name in a.mutated})
    parts = _parts(question, cases, table, failing, mutated)
    points = sum(question.parts[p] for p, right in parts.items() if right)
    if points == of:
        points = of
    verdict = Verdict("done" if points == of else "partly" if points else "not yet", points, of, parts)
    verdict.printed = next((a.printed for a in answers if a.printed), "")
    if any(is_nested_list(got, wanted[i][name]) for (i, name), (got, why) in table.items() if not why):
        verdict.notes.append(
            "The numbers are right, and they come as a nested list; later code expects an array (np.array)."
        )
    if question.outputs and any(
        got is MISSING for (_, name), (got, _) in table.items() if name not in question.modifies
    ):
        names = [n for n in question.outputs if n not in question.modifies]
        verdict.notes.append(f"The answer has to be {len(names)} things, in this order: {', '.join(names)}.")
    if failing:
        (i, name), why = next(iter(failing.items()))
        verdict.failure = Failure(i, name, why, wanted[i][name], table[i, name][0])
        if answers[i].status == "error":
            where = f" (line {answers[i].line} of your cell)" if answers[i].line else ""
            verdict.problem = f"{answers[i].error}: {answers[i].message}".rstrip(": ") + where
    verdict.diagnoses = diagnose(question, table, failing, mutated, seed)
    return verdict


def _parts(question, cases, table, failing, mutated):
    """Which parts are earned."""
    if mutated:
        return dict.fromkeys(question.parts, False)
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


GENERIC = {
    "none": (
        "Returns nothing",
        "The function ends without `return`, so Python gives back None; end it with the result.",
    ),
    "ragged": (
        "A ragged list",
        "The rows of the result differ in length, so it is no array; make room for the whole result first.",
    ),
    "type": ("Not an array or a number", "The result has to be a NumPy array or a number."),
    "object": ("Not an array of real numbers", "The array holds things other than real numbers."),
    "huge": (
        "A result far too large",
        "The result is more than a hundred times as large as it should be; print its shape first.",
    ),
    "timeout": (
        "A loop that does not end",
        "The function was stopped because it took too long; look at what makes its loop end.",
    ),
    "memory": (
        "Out of memory",
        "The function asked for more memory than there is; look at the sizes it asks for.",
    ),
    "half": (
        "Precision lost: half floats",
        "The result has only three digits because it is kept in float16; let it have the type of the input.",
    ),
    "integer": (
        "Precision lost: whole numbers",
        "The result is kept in an integer array, which drops everything after the decimal point.",
    ),
    "nan": (
        "NaN in the result",
        "Some numbers are NaN: memory that was never filled (np.empty), or 0 divided by 0.",
    ),
    "precision": (
        "Almost right: precision lost",
        "Only the last digits differ; something on the way was rounded or kept in a smaller type.",
    ),
    "mutated": (
        "The input is changed",
        "The function writes into an array that belongs to its caller; work on a copy.",
    ),
    "shape": ("The wrong shape", "Compare the two shapes: which length is off, and by how much?"),
}


def diagnose(question, table, failing, mutated, seed):
    """The mistakes that explain the failing items, the best explanation first."""
    generic = _generic(question, table, failing, mutated)
    first = next(iter(failing.values()), None)
    if generic and (
        first is None or first.kind in ("timeout", "memory", "none", "ragged", "huge", "object", "type")
    ):
        return [generic]
    found = _misconceptions(question, table, failing, seed)
    exact = [d for d in found if d.sure]
    if exact:
        return exact + ([generic] if generic and generic.name == GENERIC["mutated"][0] else [])
    if generic and (first is None or first.kind not in ("shape",)):
        return [generic]
    return found or ([generic] if generic else [])


def _generic(question, table, failing, mutated):
    if mutated and all(why is None for _, why in table.values()):
        name, hint = GENERIC["mutated"]
        return Diagnosis(name, f"{hint[:-1]} of {', '.join(mutated)}.", question.section)
    kinds = [why.kind for why in failing.values()]
    for kind in GENERIC:
        if kind in kinds:
            if kind == "integer" and not all(k in ("integer", "value") for k in kinds):
                continue
            name, hint = GENERIC[kind]
            if kind == "shape":
                hint = _shape_hint(table, failing) or hint
            return Diagnosis(name, hint, question.section, output=_output(failing, kind))
    if mutated:
        name, hint = GENERIC["mutated"]
        return Diagnosis(name, f"{hint[:-1]} of {', '.join(mutated)}.", question.section)
    return None


def _output(failing, kind):
    return next(name for (_, name), why in failing.items() if why.kind == kind)


def _shape_hint(table, failing):
    for key, why in failing.items():
        got = as_array(table[key][0]) if why.kind == "shape" else None
        if got is not None and not isinstance(got, Difference) and got.ndim == 0:
            return "The result is a single number where an array belongs; is a sum taken too far?"
    return ""


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


_STATUSES = ("error", "timeout", "memory", "skipped", "unfilled")


def _comparable(got, why):
    """The item with a list turned into an array, once and not for each misconception."""
    bare = got is MISSING or type(got) is str or (why and why.kind in _STATUSES)
    return (got if bare else as_array(got)), why


def _agrees(learner, wrong):
    """Whether the learner's item is what the misconception gives."""
    (got, why), (theirs, their_why) = learner, wrong
    if (why and why.kind in _STATUSES) or (their_why and their_why.kind in _STATUSES):
        return bool(why and their_why) and why.kind == their_why.kind and got == theirs
    if why is None or their_why is None:
        return why is their_why
    return same(got, theirs)


def _misconceptions(question, table, failing, seed):
    if not failing:
        return []
    rows = list(zip(question.wrongs, wrong_items(question, seed), strict=True))
    table = {key: _comparable(*item) for key, item in table.items()}

    def best(keys, output):
        """The misconception that explains most of the failing items among `keys`."""
        bad = [k for k in keys if k in failing]
        ranked = []
        for wrong, theirs in rows:
            agree = [k for k in keys if _agrees(table[k], theirs[k])]
            explained = [k for k in agree if k in failing]
            valued = [k for k in explained if failing[k].kind != "error"]
            if explained and (valued or len(agree) == len(keys)):
                missed = sum(1 for k in keys if theirs[k][1] and k not in explained)
                ranked.append((len(explained), -missed, len(agree), -len(ranked), wrong))
        if not ranked:
            return None
        explained, missed, agree, _, wrong = max(ranked, key=lambda row: row[:4])
        sure = agree == len(keys)
        if not sure and 2 * explained < len(bad):
            return None
        return Diagnosis(wrong.name, wrong.hint, wrong.section, sure, output)

    whole = best(list(table), "")
    outputs = list(dict.fromkeys(name for _, name in failing))
    if (whole and whole.sure) or not question.outputs:
        return [whole] if whole else []
    each = [best([k for k in table if k[1] == name], name) for name in outputs]
    found = [d for d in each if d]
    return list({d.name: d for d in reversed(found)}.values())[::-1]


def run_and_judge(question, function, *, seed=0):
    """Run a trusted function on the cases of a seed and judge it."""
    answers = run(
        function,
        question.cases_for(seed),
        names=question.parameters,
        modifies=question.modifies,
        limits=limits(question, seed),
    )
    return judge(question, answers, seed=seed)


__all__ = ["Diagnosis", "Failure", "Verdict", "clean", "expected", "judge", "limits", "run_and_judge"]
