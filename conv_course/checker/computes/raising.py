"""Find the pixels whose maximum each entry is, by raising one pixel at a time above all others."""

import numpy as np

from .ask import Asked, NoAnswer
from .facts import Comparison
from .hints import hint_of
from .letters import output_name
from .linear import Said, badness
from .quantities import some
from .sentences import place, shape_text, sum_text
from .sums import Probe, Sums

HIGH = 1000.0


class Largest:
    """For each entry, the places of array `name` whose maximum it is (minimum, with `sign` -1)."""

    def __init__(self, question, function, one, output, name, sign=1):
        self.asked, self.output, self.name, self.sign = Asked(question, function, one), output, name, sign
        own = self.asked.arrays[name]
        rng = np.random.default_rng(13)
        base = rng.permutation(own.size).reshape(own.shape) / own.size + 0.5
        self.first = self.result(base)
        sets = np.zeros((self.first.size, own.size), bool)
        for k in range(own.size):
            raised = base.copy()
            raised.flat[k] = HIGH
            sets[:, k] = self.result(raised).ravel() == HIGH
        self.sets = sets
        negative, mixed = -base, rng.normal(0, 3, own.shape)
        self.zero = np.zeros(len(sets), bool)
        low, some_ = self.result(negative).ravel(), self.result(mixed).ravel()
        self.zero = (low == 0) & (self._of(negative) < 0)
        right = low == np.where(self.zero, 0, self._of(negative))
        right &= some_ == np.where(self.zero, np.maximum(self._of(mixed), 0), self._of(mixed))
        self.proven = right & (self.first.ravel() == self._of(base))

    def shows_any(self):
        """Tell whether some entry is the maximum of some pixels; a mean with -inf in it is that of none."""
        return bool((self.proven & self.sets.any(1)).any())

    def result(self, x):
        value = self.asked({self.name: self.sign * x}).get(self.output)
        if value is None:
            raise NoAnswer("no numbers")
        return self.sign * value

    def _of(self, x):
        return np.where(self.sets, x.ravel(), -np.inf).max(1)

    def sums(self):
        at, i = np.nonzero(self.sets)
        ones = np.ones(len(at))
        shapes = {self.name: self.asked.arrays[self.name].shape}
        return Sums(self.first.shape, self.name, [], at, i, np.full(len(at), -1), ones, self.proven, shapes)

    def text(self, entry, most=6):
        places = np.flatnonzero(self.sets[entry])
        shape = self.asked.arrays[self.name].shape
        names = [place(self.name, k, shape) for k in places[:most]]
        names += [f"{len(places) - most} more"] * (len(places) > most) + ["0"] * bool(self.zero[entry])
        return (
            f"the {'largest' if self.sign > 0 else 'smallest'} of {', '.join(names)}" if names else "no pixel"
        )


def explain(question, function, failing, wanted, seed, output, keep):
    """Return a `Said` if each entry of the right output is the maximum of some pixels, else None."""
    cases = question.cases_for(seed)
    arrays = [
        n for n, v in zip(question.parameters, cases[0].args, strict=False) if isinstance(v, np.ndarray)
    ]
    if len(arrays) != 1 or "pool" not in question.function:
        return None
    order = sorted(failing, key=lambda i: badness(question, cases[i], wanted[i][output]))
    found = []
    for number in order[:4]:
        said = _on_case(question, function, cases[number], number, output, arrays[0])
        if said is not None:
            found.append(said)
            if said.one_case:  # a rule for all its entries
                break
    return max(found, key=lambda said: said.one_case, default=None)


def _on_case(question, function, one, number, output, name):
    label = output_name(question, output)
    try:
        right = Largest(question, question.model, one, output, name)
        if not right.proven.all():
            return None
        mine = Largest(question, function, one, output, name)
        if not mine.shows_any():
            mine = Largest(question, function, one, output, name, sign=-1)
        if not mine.shows_any():
            return _linear(question, function, one, number, output, name, right, label)
    except NoAnswer:
        return None
    lines, hint = [], hint_of("window", question)
    if mine.first.shape != right.first.shape:
        shapes = [shape_text(v.first.shape) for v in (mine, right)]
        lines.append(f"{label} has the shape {shapes[0]}, asked for {shapes[1]}.")
        hint = hint_of("size", question)
    if mine.first.ndim != right.first.ndim:
        return Said(tuple(lines), hint, number, output)
    if mine.sign < 0:
        lines.append(f"Your {label} takes the smallest number of each window.")
        hint = "Which number of a window is kept?"
    facts = Comparison(question, mine.asked.given, label, mine.sums(), right.sums()).facts()
    # along an axis that has one entry in yours, no rule shows
    seen = all(m > 1 or r == 1 for m, r in zip(mine.first.shape, right.first.shape, strict=True))
    facts = [f for f in facts if f.kind != "often" and seen]
    lines += [f.text for f in facts[:1]]
    if facts and facts[0].kind != "letter":  # on a small image a window may lie the same everywhere
        hint = hint_of(facts[0].kind, question, label)
    if mine.zero.any() and not right.zero.any() and not facts:
        lines.append(f"In {int(mine.zero.sum())} entries the padding counts as the number 0.")
        hint = "What should a window give whose pixels are all negative?"
    both = _lines(mine, right, label)
    if not both and not lines:
        return None
    return Said((*lines, *both), hint, number, output, one_case=bool(facts))


def _wrong(mine, right):
    """Return (entry of mine, entry of the right answer) that use different pixels, as few as possible."""
    found = []
    for i in np.ndindex(*map(min, mine.first.shape, right.first.shape)):
        a, b = (int(np.ravel_multi_index(i, v.first.shape)) for v in (mine, right))
        if mine.proven[a] and (
            (mine.sets[a] != right.sets[b]).any() or mine.zero[a] != right.zero[b] or mine.sign < 0
        ):
            found.append((mine.sets[a].sum() == 0, right.sets[b].sum(), a, b))
    return min(found)[2:] if found else None


def _lines(mine, right, label):
    pair = _wrong(mine, right)
    if pair is None:
        return []
    name = place(label, pair[1], right.first.shape)
    return [f"your      {name} = {mine.text(pair[0])}", f"asked for {name} = {right.text(pair[1])}"]


def _linear(question, function, one, number, output, name, right, label):
    """Return a `Said` for a function that adds up pixels instead of taking the maximum, or None."""
    probe = Probe(question, function, one, output, (name,))
    sums = probe.sums(name)
    if sums.shape != right.first.shape or not sums.proven.all() or not len(sums.at):
        return None
    t = sums.of(0)
    values = {round(c, 9) for c in t.values()}
    text = f"Your {label} adds up the numbers of a window."
    if len(values) == 1:
        text = f"Your {label} adds up the numbers of a window, each times {some(values.pop())}."
    lines = (
        text,
        f"your      {place(label, 0, right.first.shape)} = {sum_text(t, probe.shapes)}",
        f"asked for {place(label, 0, right.first.shape)} = {right.text(0)}",
    )
    return Said(lines, "Which number of a window is kept?", number, output)
