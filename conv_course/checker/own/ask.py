"""Make questions from the results of a plan's programs."""

from dataclasses import dataclass, field, replace

import numpy as np

from ..compare import as_array
from ..described import number_text, numbers_text
from ..judge import expected, is_right
from ..results import split

OPTIONS, FEWEST = 4, 3
WHOLE = 8  # numbers in a result that is shown whole; for a larger one, the question is about a single entry
DIGITS = 6
LETTERS = "abcd"


@dataclass(frozen=True)
class Asked:
    """One question. `kind` is "round", "change" or "call", `right` the index of the right option."""

    kind: str
    text: str
    options: tuple
    right: int

    @property
    def letter(self):
        return LETTERS[self.right]


@dataclass
class Sheet:
    """The questions on one function, its lines, and the reasons why kinds of question are missing."""

    lines: list
    asked: list = field(default_factory=list)
    missing: list = field(default_factory=list)

    @property
    def key(self):
        return "".join(one.letter for one in self.asked)


def asked(plan, answers):
    """Return the `Sheet` of a plan. `answers` are those of its programs, possibly forged by a learner."""
    sheet = Sheet(plan.lines)
    first, cases = answers[0], plan.question.cases_for(0)
    wanted = expected(plan.question, 0)
    if len(first) != len(cases) or not all(map(lambda a, w: is_right(plan.question, a, w), first, wanted)):
        sheet.missing.append("Run once more, this text does not give what was asked for in every case.")
        return sheet
    count = len(plan.changes)
    made = [dict(zip(plan.shown, row, strict=False)) for row in answers[2 : 2 + count]]
    told = [
        _Told(plan, change, {i: first[i] for i in plan.shown}, row)
        for change, row in zip(plan.changes, made, strict=True)
    ]
    told = [one for one in told if one.differs]
    for kind, question, why in (
        ("round", _round(plan, first, answers[1], answers[2 + count :]), _no_round(plan)),
        ("change", _change(plan, told), "No line was found whose change can be asked about."),
        ("call", _call(plan, told[::-1]), "No change was found that only some calls show."),
    ):
        if question is None:
            sheet.missing.append(why)
        else:
            sheet.asked.append(_shuffled(plan, kind, *question))
    return sheet


def _no_round(plan):
    if not plan.places:
        return "There is no question on a round of a loop: no loop was found that sets a variable."
    return "There is no question on a round of a loop: too few of its values differ."


def _shuffled(plan, kind, text, right, wrong):
    options = [right, *wrong[: OPTIONS - 1]]
    plan.rng.shuffle(options)
    return Asked(kind, text, tuple(options), options.index(right))


def _choices(right, *others):
    """Return the distinct wrong options, or None if there are too few."""
    wrong = [
        text for text in dict.fromkeys(text for found in others for text in found) if text and text != right
    ]
    return wrong if right and len(wrong) + 1 >= FEWEST else None


def value_text(value):
    """Return a number, or a few of them, as the text of an option; "" for other values."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.ndarray, np.generic, list, tuple)):
        return ""
    array = as_array(value)
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "iuf" or not 0 < array.size <= WHOLE:
        return ""
    array = array + 0.0  # turn -0 into 0
    if not np.isfinite(array).all():
        return ""
    return number_text(array, DIGITS) if array.ndim == 0 else numbers_text(array, DIGITS)


class _Told:
    """The effect of a change. `differs` and `same` list the cases in which this is beyond doubt."""

    def __init__(self, plan, change, before, after):
        self.change, self.before, self.after = change, before, after
        self.differs, self.same = [], []
        for i, answer in after.items():
            how = _compared(plan.question, before[i], answer)
            if how is not None:
                (self.same if how else self.differs).append(i)


def _compared(question, before, after):
    """Return whether two answers are the same, or None if this depends on rounding or time limits."""
    if after.status not in ("value", "error"):
        return None
    if after.status == "error":
        return False
    if before.mutated != after.mutated:
        return None
    pairs = [(split(question, before)[name], v) for name, v in split(question, after).items()]
    return _all([_same(a, b) for a, b in pairs])


def _all(found):
    return None if None in found else all(found)


def _same(a, b):
    a, b = as_array(a), as_array(b)
    if not isinstance(a, np.ndarray) or not isinstance(b, np.ndarray):
        return None
    if a.dtype.kind not in "iufb" or b.dtype.kind not in "iufb":
        return None
    if a.shape != b.shape:
        return False
    if np.array_equal(a, b):
        return True
    a, b = a.astype(float), b.astype(float)
    if not np.isfinite(b).all():
        return None
    far = np.abs(a - b) > 1e-3 * (1 + np.abs(a))
    return False if far.any() else None


def _change(plan, told):
    """Return a question on the result of a call after a line is changed, or None."""
    best = None
    for one in told:
        for number in one.differs:
            for where, texts in _views(plan.question, one, number, told):
                wrong = _choices(texts[1], [texts[0]], texts[2:])
                if wrong and (best is None or len(wrong) >= OPTIONS - 1):
                    text = "\n".join([*_changed(one.change), plan.call(number), where])
                    best = text, texts[1], wrong
                    if len(wrong) >= OPTIONS - 1:
                        return best
    return best


def _changed(change):
    """Return the lines that show a change. Each sentence is one literal, as translators need it."""
    return [f"Line {change.line} is changed from", f"    {change.old}", "to this:", f"    {change.new}"]


def _views(question, one, number, told):
    """Yield (question, [text before, text after, other changes' texts]) for results that can be shown."""
    answers = [one.before[number], one.after[number]]
    answers += [other.after[number] for other in told if other is not one and number in other.differs]
    stops = answers[1].status == "error"
    for name in question.outputs or ("",):
        results = [None if a.status != "value" else split(question, a).get(name) for a in answers]
        what = f"What is {name} then?" if name else "What does this call give then?"
        same = not stops and _same(results[0], results[1]) is not False
        if same:
            continue
        array = as_array(results[0])
        if isinstance(array, np.ndarray) and array.size <= WHOLE:
            yield what, [_said(a, r) for a, r in zip(answers, results, strict=True)]
        elif isinstance(array, np.ndarray) and not stops and np.shape(results[1]) == array.shape:
            yield from _entry(name or "the result", array, results)


def _said(answer, result):
    return f"it stops: {answer.error}" if answer.status == "error" else value_text(result)


def _entry(name, array, results):
    """Yield a question on one entry of a large result that the change alters."""
    changed = np.asarray(results[1], float)
    place = tuple(int(k) for k in np.argwhere(np.abs(changed - array) > 1e-3 * (1 + np.abs(array)))[0])
    texts = [value_text(np.asarray(r)[place]) if np.shape(r) == array.shape else "" for r in results]
    yield f"What is {name}[{', '.join(map(str, place))}] then?", texts


def _call(plan, told):
    """Return a question on which call shows that a line was changed, or None."""
    for one in told:
        calls = [plan.call(number) for number in one.same]
        right = plan.rng.choice(one.differs)
        plan.rng.shuffle(calls)
        wrong = _choices(plan.call(right), calls)
        if wrong:
            text = [*_changed(one.change), "Which of these calls gives another result than before?"]
            return "\n".join(text), plan.call(right), wrong
    return None


def _round(plan, first, noted, changed):
    """Return a question on the value of a variable in a round of a loop, or None."""
    few = [i for i in plan.shown[: len(noted)]]
    others = [_rows(plan, few, row)[0] for row in changed]
    found, results = _rows(plan, few, noted)
    if any(not _whole_answer(plan.question, first[i], results.get(i)) for i in few):
        return None
    candidates = []
    for (number, place, when), value in found.items():
        slips = [value_text(other.get((number, place, when))) for other in others]
        rounds = [value_text(v) for (n, p, w), v in found.items() if (n, p) == (number, place) and w != when]
        wrong = _choices(value_text(value), slips, rounds)
        if wrong:
            own = len({text for text in slips if text and text != value_text(value)})
            candidates.append(
                (
                    min(own, OPTIONS - 1),
                    when != min(w for n, p, w in found if (n, p) == (number, place)),
                    number,
                    place,
                    when,
                    value,
                    wrong,
                )
            )
    if not candidates:
        return None
    best = max(candidate[:2] for candidate in candidates)
    *_, number, place, when, value, wrong = plan.rng.choice([c for c in candidates if c[:2] == best])
    return f"{plan.call(number)}\n{_when(plan.places[place], when)}", value_text(value), wrong


def _whole_answer(question, before, after):
    return after is not None and after.status == "value" and _compared(question, before, after) is True


def _when(at, when):
    if when[0] == "counters":
        rounds = ", ".join(f"{n} = {v}" for n, v in zip(at.counters, when[1:], strict=True))
        return f"What is {at.variable} right after line {at.line} has run in the round with {rounds}?"
    if when[1] == 1:
        return f"What is {at.variable} right after line {at.line} has run for the first time?"
    return f"What is {at.variable} right after line {at.line} has run {when[1]} times?"


def _rows(plan, few, answers):
    """Return {(case, place, when): value} of the notes, and {case: answer without the notes}."""
    found, results = {}, {}
    for number, answer in zip(few, answers, strict=False):
        value = answer.value
        if (
            answer.status != "value"
            or type(value) is not list
            or len(value) != 2
            or type(value[0]) is not list
        ):
            continue
        results[number] = replace(answer, value=value[1])
        rows = [row for row in value[0] if type(row) is list and len(row) == 3 and type(row[0]) is int]
        for place in range(len(plan.places)):
            here = [row[1:] for row in rows if row[0] == place]
            for key, noted in zip(_keys(plan.places[place], [row[0] for row in here]), here, strict=True):
                found[number, place, key] = noted[1]
    return found, results


def _keys(at, counters):
    """Return a key for each round: its loop counters if they are unique, else its number."""
    sound = all(
        type(c) is list and len(c) == len(at.counters) and all(type(v) is int for v in c) for c in counters
    )
    named = [("counters", *c) for c in counters] if sound and at.counters else []
    if named and len(set(named)) == len(named):
        return named
    return [("time", k + 1) for k in range(len(counters))]
