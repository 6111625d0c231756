"""Explain an output that is a sum of products: both sums of a wrong entry, and the facts they show."""

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from ..described import number_text
from .ask import NoAnswer, close
from .behind import counts_from_the_end
from .facts import Comparison, Fact
from .hints import hint_of, size_hint
from .letters import output_name
from .rules import unravel
from .sentences import place, shape_text, sum_text
from .splits import splits
from .sums import Probe

WRAPS_TRIED = 4  # cases on which a wrapping rule is confirmed
MANY = 60  # impulses; if a case needs more, the smallest case is tried first


@dataclass(frozen=True)
class Said:
    """A finding: lines of text, a hint, and the number of the case that they are about.

    `one_case` tells that the lines were read off that case and need not hold in others.
    """

    lines: tuple
    hint: str
    case: int
    output: str = ""
    vague: bool = False
    one_case: bool = False
    of_sums: str = ""  # the question that the sums leave, without the facts


@dataclass
class RightSide:
    """The right answer on one case: a probe of the arrays that it is linear in, its sums and its results."""

    probe: Probe
    sums: object
    generic: np.ndarray


@lru_cache(maxsize=256)
def right_side(question, seed, number, output):
    """Return `right_side_of` the case with this number."""
    return right_side_of(question, question.cases_for(seed)[number], output)


def right_side_of(question, one, output):
    """Return the `RightSide` of one case, or None if the output is not a sum of products."""
    try:
        names = []
        every = Probe(question, question.model, one, output, ())
        for name in every.asked.arrays:
            probe = Probe(question, question.model, one, output, (name,))
            if probe.linear_in(name) is not False:
                names.append(name)
        probe = Probe(question, question.model, one, output, tuple(names))
        while names and any(probe.linear_in(n) is False for n in names):
            names = [n for n in names if probe.linear_in(n) is not False]
            probe = Probe(question, question.model, one, output, tuple(names))
        mains = [n for n in names if probe.linear_in(n)]
        for main in sorted(mains, key=lambda n: probe.own[n].size):
            sums = probe.sums(main)
            if sums.proven.all():
                return RightSide(probe, sums, probe.result(probe.first))
    except NoAnswer:
        pass
    return None


def badness(question, one, want):
    """Return a sort key, worse cases last: integers, axes of length 1, many arguments, large arrays."""
    import inspect

    values = [*one.args, *one.kwargs.values()]
    arrays = [v for v in values if isinstance(v, np.ndarray)]
    lonely = sum(s == 1 for v in [*arrays, np.asarray(want)] for s in v.shape)
    defaults = {n: p.default for n, p in inspect.signature(question.model).parameters.items()}
    away = sum(v != defaults.get(n) for n, v in one.kwargs.items() if not isinstance(v, np.ndarray))
    whole = any(v.dtype.kind in "iu" for v in arrays)
    return whole, min(lonely, 3), away, sum(v.size for v in arrays) + np.size(want)


def explain(question, function, failing, wanted, seed, output, keep):
    """Return a `Said` about one output in the cases with the numbers `failing`, or None.

    Findings are also appended to the list `keep`, so that they are available if the time runs out.
    """
    cases = question.cases_for(seed)
    bad = {i: badness(question, cases[i], wanted[i][output]) for i in failing}
    shown = min(failing)  # the case on the card, if others show no more axes than it
    order = sorted(failing, key=lambda i: (*bad[i][:2], i != shown, *bad[i][2:]))
    small = min(failing, key=lambda i: bad[i][-1])
    candidates = [*order[:3], small]
    if _impulses(cases[order[0]]) > MANY:
        candidates = [small, *order[:3]]
    candidates = list(dict.fromkeys(candidates))
    while candidates:
        number = candidates.pop(0)
        right = right_side(question, seed, number, output)
        if right is None:
            continue
        wraps = partial(_wraps_elsewhere, question, function, failing, seed, output)
        said = _on_case(question, function, cases[number], number, output, right, wraps)
        if said is not None:
            keep.append(said)
            if not said.vague:
                return said
        elif small in candidates:  # sums that are too long to be told apart are short there
            candidates.remove(small)
            candidates.insert(0, small)
    return None


def _wraps_elsewhere(question, function, failing, seed, output, kind, lengths):
    """Return whether products of this kind also wrap in a failing case with another length of the axis."""
    cases = question.cases_for(seed)
    for number in sorted(failing, key=lambda i: _impulses(cases[i]))[:WRAPS_TRIED]:
        right = right_side(question, seed, number, output)
        if right is None:
            continue
        try:
            probe = Probe(question, function, cases[number], output, right.probe.names)
            mine = _best(probe, right.sums.main)
        except NoAnswer:
            continue
        label, given = output_name(question, output), probe.asked.given
        fact = Comparison(question, given, label, mine, right.sums, splits(question, given)).rule(kind)
        if isinstance(fact, Fact) and fact.wrapped and set(fact.wrapped) - set(lengths):
            return True
    return False


def _impulses(one):
    """Return the size of the smallest array of a case."""
    arrays = [v for v in (*one.args, *one.kwargs.values()) if isinstance(v, np.ndarray)]
    return min((v.size for v in arrays), default=0)


def _on_case(question, function, one, number, output, right, wraps=None):
    label = output_name(question, output)
    probe = Probe(question, function, one, output, right.probe.names)
    try:
        mine = probe.result(probe.first)
        probe.shape = None  # a second call may return another shape
        again = probe.result(probe.first)
    except NoAnswer:
        return None
    if not close(mine, again):
        lines = (f"The same arguments give another {label} in a second call.",)
        hint = "What does your function keep from call to call, outside its own variables, or draw at random?"
        return Said(lines, hint, number, output)
    if close(mine, right.generic):
        return _right_elsewhere(probe, right, one, label, number, output)
    try:
        sums = _best(probe, right.sums.main)
    except NoAnswer:
        found = _in_one_array(question, function, one, output, right.probe.names)
        if found is None:
            return None
        probe, sums, right = found
        mine = probe.result(probe.first)
    return Report(question, one, label, number, output, probe, right, mine, sums, wraps).said()


def _in_one_array(question, function, one, output, names):
    """Return (probe, sums, right side) for one array, or None: for functions that fail on zeros in others."""
    for name in names:
        try:
            theirs, mine = (Probe(question, of, one, output, (name,)) for of in (question.model, function))
            asked, sums = theirs.sums(name), mine.sums(name)
            if asked.proven.all() and sums.proven.all():
                return mine, sums, RightSide(theirs, asked, theirs.result(theirs.first))
        except NoAnswer:
            continue
    return None


def _best(probe, main):
    """Return the sums with the main array that verifies the most entries."""
    best = None
    for name in (main, *(n for n in probe.names if n != main)):
        sums = probe.sums(name)
        if best is None or sums.proven.sum() > best.proven.sum():
            best = sums
        if best.proven.all():
            break
    return best


def _right_elsewhere(probe, right, one, label, number, output):
    """Return a `Said` for a function that is right on random real numbers but wrong on integers, or None."""
    whole = [
        n
        for n, v in probe.asked.given.items()
        if isinstance(v, np.ndarray) and v.dtype.kind in "iu" and n in probe.own
    ]
    try:
        real = close(probe.result(probe.own), right.probe.result(right.probe.own))
    except NoAnswer:
        return None
    if whole and real:
        names = " and ".join([n for n in whole if _spoils(probe, right, n)] or whole)
        text = f"With the same numbers as floats in {names} your {label} is right; with integers it is not."
        hint = f"Which type has an array that is made like {names}, and what happens to 0.75 in it?"
        return Said((text,), hint, number, output)
    return None


def _spoils(probe, right, name):
    """Return whether the result is wrong if this array alone holds integers."""
    real = {n: v for n, v in probe.own.items() if n != name}
    want = right.probe.result(right.probe.own)
    try:
        return not close(probe.result(real), want)
    except NoAnswer:
        return True


TERM_BY_TERM = "Compare the two sums term by term."
ELSEWHERE = "Which of your lines decides where that number goes?"
LEFT_OUT = "Which of your loops, slices, conditions or assignments leaves it out?"
FROM_THE_END = "A place below 0 counts from the end."
ONE_PLACE = "What in your code leads to this place, and to which one should it lead?"


class Report:
    """The explanation of one case: the shape, the facts, both sums of one entry."""

    def __init__(self, question, one, label, number, output, probe, right, mine, sums, wraps_elsewhere):
        self.question, self.one, self.label, self.number, self.output = question, one, label, number, output
        self.probe, self.right, self.mine, self.sums = probe, right, mine, sums
        self.want, self.wraps_elsewhere = right.generic, wraps_elsewhere

    def said(self):
        mine, want = self.mine, self.want
        lines, hint = [], ""
        if mine.shape != want.shape:
            lines.append(
                f"{self.label} has the shape {shape_text(mine.shape)}, asked for {shape_text(want.shape)}."
            )
            hint = size_hint(self.question, self.label) if mine.size else hint_of("empty", self.question)
            if mine.ndim == want.ndim and mine.size and not self._wrong_entries():
                lines[0] += " The entries that both have are right."
        pairs = self._wrong_entries()
        if pairs and not any(self.sums.proven[a] for a, _ in pairs):
            return self._no_sum(lines)
        given = self.probe.asked.given
        comparison = Comparison(
            self.question,
            given,
            self.label,
            self.sums,
            self.right.sums,
            splits(self.question, given),
            self.wraps_elsewhere,
        )
        facts = comparison.facts()
        lines += [f.text for f in facts[:2]]
        if pairs and facts and facts[0].kind in ("more", "extra"):
            lines += self._repeats(pairs)
        hint = hint_of(facts[0].kind, self.question, self.label) if facts else hint
        both = self._both_sums(pairs) if pairs else self._only_size()
        if both is None:
            return None
        copied = all(np.bincount(s.at, minlength=1).max() < 2 for s in (self.sums, self.right.sums))
        sums = self._hint_of_sums(pairs)
        hint = hint or (ONE_PLACE if copied else sums)
        vague = not mine.any() or (bool(pairs) and all(f.kind == "more" for f in facts))
        if pairs and not facts and sums in (ELSEWHERE, LEFT_OUT):
            both += self._lacking(pairs)
            hint = hint_of("wraps", self.question) if both[-1] == FROM_THE_END else hint
        return Said(tuple(lines + both), hint, self.number, self.output, vague, bool(facts or lines), sums)

    def _wrong_entries(self):
        """Return the (entry of mine, entry of the right answer) that exist in both and differ."""
        mine, want = self.mine, self.want
        if mine.ndim != want.ndim:
            return []
        scale = max(np.abs(want).max(initial=0), 1e-9)
        found = []
        for place_ in np.ndindex(*map(min, mine.shape, want.shape)):
            if abs(mine[place_] - want[place_]) > 1e-8 * scale:
                flat = [int(np.ravel_multi_index(place_, v.shape)) if v.ndim else 0 for v in (mine, want)]
                found.append(tuple(flat))
        return found

    def _hint_of_sums(self, pairs):
        """Return the question that the two sums which are told leave, without any fact."""
        if not pairs:
            return TERM_BY_TERM
        mine, asked = (
            set(s.of(k)) for s, k in zip((self.sums, self.right.sums), self._told(pairs), strict=True)
        )
        if mine < asked:
            return ELSEWHERE if self._places_of(min(asked - mine)) else LEFT_OUT
        if mine > asked:
            return "All terms that are asked for are there: which of your lines adds the others?"
        return TERM_BY_TERM

    def _places_of(self, product):
        """Return the entries of the learner's result that have a product."""
        return [k for k in np.unique(self.sums.at) if product in self.sums.of(k)]

    def _repeats(self, pairs):
        """Return a line, as a list, if the told entry has the sum of another entry, which is right."""
        at, _ = self._told(pairs)
        own, wrong = self.sums.of(at), {a for a, _ in pairs}
        if not own or self.mine.shape != self.want.shape:
            return []
        same = [
            k
            for k in range(self.mine.size)
            if k not in wrong and self.sums.proven[k] and self.sums.of(k) == own
        ]
        names = [place(self.label, k, self.mine.shape) for k in (at, *same)]
        return [f"Your {names[0]} is your {names[1]} again."] if len(same) == 1 else []

    def _lacking(self, pairs):
        """Return a line on where the first product that the told entry lacks is, as a list."""
        both = zip((self.sums, self.right.sums), self._told(pairs), strict=True)
        mine, asked = (set(s.of(k)) for s, k in both)
        product = min(asked - mine)
        if not product or not self.sums.proven.all():
            return []
        name = "*".join(place(n, k, self.probe.shapes[n]) for n, k in product)
        if found := self._places_of(product):
            here = f"{name} is in your {place(self.label, found[0], self.mine.shape)}."
            if len(found) == 1 and self._from_the_end(product, found[0], pairs):
                return [here, FROM_THE_END]
            return [here]
        return [f"{name} is nowhere in your {self.label}."]

    def _from_the_end(self, product, found, pairs):
        if self.mine.shape != self.want.shape or not self.want.ndim:
            return False
        here, asked = (
            tuple(map(int, np.unravel_index(k, self.want.shape))) for k in (found, self._told(pairs)[1])
        )
        return counts_from_the_end(self.probe, product, here, asked, self.want.shape)

    def _told(self, pairs):
        """Return the pair of entries whose sums are told."""
        count = np.bincount(self.right.sums.at, minlength=self.want.size)
        ours = np.bincount(self.sums.at, minlength=self.mine.size)
        proven = [p for p in pairs if self.sums.proven[p[0]]]
        return min(proven, key=lambda p: (count[p[1]] < 2, ours[p[0]] == 0, count[p[1]] + ours[p[0]], p[1]))

    def _both_sums(self, pairs):
        at, of = self._told(pairs)
        t, w = self.sums.of(at), self.right.sums.of(of)
        name = place(self.label, of, self.want.shape)
        here = "".join(
            f" (here {place(n, of, v.shape)} = {number_text(v.flat[of])})"
            for n, v in self.probe.asked.given.items()
            if isinstance(v, np.ndarray)
            and n not in self.probe.names
            and v.shape == self.want.shape == self.mine.shape
        )
        mine, asked = sum_text(t, self.probe.shapes, w), sum_text(w, self.probe.shapes, t)
        if "more term" in asked and t.items() > w.items():
            asked += ", all of them in yours too"
        if "more term" in mine and t.items() < w.items():
            mine += ", all of them asked for"
        return [f"your      {name} = {mine}", f"asked for {name} = {asked}{here}"]

    def _only_size(self):
        """Return lines on the first entries that only one of the two results has."""
        lines = []
        if self.mine.ndim != self.want.ndim:
            return []
        for value, other, sums, ours in (
            (self.mine, self.want, self.sums, True),
            (self.want, self.mine, self.right.sums, False),
        ):
            beyond = [
                i
                for i in np.ndindex(*value.shape)
                if any(a >= b for a, b in zip(i, other.shape, strict=True))
            ]
            for i in beyond[:1]:
                at = int(np.ravel_multi_index(i, value.shape))
                if not sums.proven[at]:
                    return None
                text, name = sum_text(sums.of(at), self.probe.shapes), place(self.label, at, value.shape)
                missing = f"missing from yours: {name} = {text}"
                lines.append(f"yours, not asked for: {name} = {text}" if ours else missing)
        return lines

    def _drops_digits(self, name):
        large = {n: np.round(v * 7, 2) + 0.25 for n, v in self.probe.first.items()}
        cut = self.probe.result({**large, name: np.trunc(large[name])})
        grown = self.probe.result({**large, name: np.trunc(large[name]) + 1})
        whole = np.abs(grown - cut) > 1e-6 * (1 + np.abs(cut))  # False for a number clipped at a bound
        return bool(whole.mean() > 0.9) and close(self.probe.result(large), cut)

    def _no_sum(self, lines):
        """Return a `Said` for a function whose results are not sums of products, or None."""
        mine, label = self.mine, self.label
        if mine.size and np.all(mine == np.round(mine)) and not np.all(self.want == np.round(self.want)):
            text = f"All numbers in your {label} are whole, also where the arguments are not."
            hint = "Where are digits cut off: an integer array, int(), round() or //?"
            return Said((*lines, text), hint, self.number, self.output)
        try:
            for name in self.probe.names:
                if self._drops_digits(name):
                    text = f"Your {label} stays the same when digits after the point are cut off in {name}."
                    return Said(
                        (*lines, text), "Where does an array of integers come in?", self.number, self.output
                    )
            for name in self.probe.names:
                if self.probe.linear_in(name) is False:
                    text = (
                        f"For two arrays {name}, your {label} of their sum should be the sum of your "
                        f"{label} of each, and it is not."
                    )
                    hint = "Is something rounded, cut off, compared or divided by what depends on the data?"
                    return Said((*lines, text), hint, self.number, self.output)
        except NoAnswer:
            pass
        return None


__all__ = ["Said", "explain", "right_side", "unravel"]
