"""Find edits of a right answer whose results agree with a learner's: one of the catalogue, or two slips.

An edit is run on the cheapest failing case first, and on the others only if it agrees there. As in
`diagnose`, an edit is named only if it explains every failing item and contradicts no right one.
"""

import contextlib
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, islice

import numpy as np

from . import slips
from .backward import passes_back, section_on
from .catalogue import NOT_WHOLE, code, mutants
from .computes.sentences import listed
from .computes.whole import flat
from .diagnose import NO_VALUE, Diagnosis, agrees, comparable, told
from .judge import expected, items, limits, wrong_items
from .run import run

TRIED = 400  # pairs of slips for one answer: a number, so that the card does not depend on the machine


def names(question, table, failing, seed=0, *, pairs=False, which=""):
    """Return the `Diagnosis` list of the edits that explain the outputs in `failing`.

    These are single edits or, with `pairs`, two of the sheet's slips at once, or only those that
    `catalogue.mutants` has for `which`.
    """
    if question.kind != "function" or not question.source:
        return []
    trial = Trial(question, table, failing, seed)
    if which:
        found = _single(question, trial, which)
    else:
        found = _pairs(question, trial) if pairs else _partly(question, trial) or _single(question, trial)
    outputs = list(dict.fromkeys(name for _, name in failing))
    wrong = {name for (_, name), (_, why) in table.items() if why}
    if len(outputs) > 1 and wrong <= set(outputs):
        outputs = [""]
    for each in found[:1]:
        section = section_on(question, each.name)
        return [replace(each, section=section, output=outputs[0], also=tuple(outputs[1:]))]
    return []


class Trial:
    """The learner's results, and the comparison of an edited answer with them."""

    def __init__(self, question, table, failing, seed):
        self.question, self.seed = question, seed
        outputs = {name for _, name in failing}
        self.outputs, self.failing = outputs, failing
        self.first = next((i for (i, _), (_, why) in table.items() if why), None)
        self.right = {  # what is right in every case
            output for _, output in table if not any(why for (_, o), (_, why) in table.items() if o == output)
        }
        self.table = {key: comparable(*item) for key, item in table.items() if key[1] in outputs}
        self.cases, self.wanted = question.cases_for(seed), expected(question, seed)
        wrong = sorted({i for i, _ in failing}, key=self._cost)
        self.order = wrong + [i for i in range(len(self.cases)) if i not in wrong]
        self.stops = [key for key, why in failing.items() if why.kind in NO_VALUE]
        self.all_stop = len(self.stops) == len(failing)
        got = [np.asarray(mine[0]) for key, mine in self.table.items() if key not in self.stops]
        self.whole = not self.stops and all(v.dtype.kind in "iu" for v in got)

    def _cost(self, i):
        arrays = [v for v in self.cases[i].args if isinstance(v, np.ndarray)]
        return sum(v.size for v in arrays)

    def fits(self, made):
        """Return whether edited code gives the learner's results in every case."""
        return all(self._fits(made, i) for i in self.order)

    def keeps_what_is_right(self, made):
        """Return whether edited code leaves the outputs alone that are right in every case."""
        return not self.right or all(
            theirs[1] is None
            for i in range(len(self.cases))
            for output, theirs in _outcome(self.question, made, self.seed, i).items()
            if output in self.right
        )

    def agrees(self, theirs):
        """Return whether the results of a slip are the learner's in the outputs that are looked at."""
        return all(agrees(mine, comparable(*theirs[key])) for key, mine in self.table.items())

    def _fits(self, made, i):
        for output, theirs in _outcome(self.question, made, self.seed, i).items():
            mine = self.table.get((i, output))
            if mine is None:
                continue
            if not agrees(mine, theirs):
                return False
            if self.all_stop and (i, output) in self.stops and told(mine[0]) != told(theirs[0]):
                return False
        return True


def _single(question, trial, which=""):
    found = []
    for base in bases(question):
        for mutant in mutants(base, question.function, code, which):
            if mutant.name == NOT_WHOLE and trial.whole:  # the same numbers may come about another way
                continue
            if "padding for both axes" in mutant.name and passes_back(question):
                continue  # only the zeros in front count there: `backward` names that
            if trial.fits(mutant.made):
                found.append(Diagnosis(mutant.name, mutant.hint, ""))
    return found


def _partly(question, trial):
    """Return the sheet's slips that explain the wrong numbers of a tuple whose other numbers are right."""
    found = []
    shapes = {np.shape(want[output]) for want in trial.wanted for _, output in trial.table}
    if len(shapes) != 1 or not 1 < int(np.prod(shape := shapes.pop())) <= 8:
        return found
    if not all(isinstance(want[output], tuple) for want in trial.wanted for _, output in trial.table):
        return found
    mine = {key: flat(got) for key, (got, _) in trial.table.items()}
    for wrong, theirs in zip(question.wrongs, wrong_items(question, trial.seed), strict=True):
        places = _places(trial, mine, theirs)
        if places:
            found.append(Diagnosis(f"{wrong.name}, {_where(places, shape)}", wrong.hint, ""))
    return found


def _places(trial, mine, theirs):
    """Return the places that hold the slip's numbers, if all others are right in every case, else None."""
    size = len(next(iter(mine.values())) or ())
    good, slip = np.ones(size, bool), np.ones(size, bool)
    for (i, output), got in mine.items():
        made, want = flat(theirs[i, output][0]), flat(trial.wanted[i][output])
        if got is None or made is None or len(got) != size or len(made) != size:
            return None
        good &= np.array(got) == np.array(want)
        slip &= np.array(got) == np.array(made)
    return np.flatnonzero(~good).tolist() if (good | slip).all() and not good.all() else None


def _where(places, shape):
    if shape == (2, 2) and places in ([0, 1], [2, 3]):
        return "for the height only" if places == [0, 1] else "for the width only"
    return f"in number {listed(str(k + 1) for k in places)} only"


def _pairs(question, trial):
    """Return two of the sheet's own slips that together explain the results.

    They may not change what is right in the answer, and each has to matter.
    """
    for first, second, both in islice(_all_pairs(question), TRIED):
        if trial.fits(both) and trial.keeps_what_is_right(both):
            alone = [_alone(question, trial, wrong) for wrong in (first, second)]
            if any(map(trial.agrees, alone)):
                continue
            name, hint = f"Two mistakes: {first.name}; {second.name}", f"{first.hint} {second.hint}"
            case, cases = _showing(trial, alone)
            pair = tuple((w.name, w.hint, n) for w, n in zip((first, second), cases, strict=True))
            return [Diagnosis(name, hint, "", pair=pair, case=case)]
    return []


def _alone(question, trial, wrong):
    """Return the results of one of the sheet's slips."""
    return wrong_items(question, trial.seed)[question.wrongs.index(wrong)]


def _showing(trial, alone):
    """Return (a failing case in which both slips show, a case for each); None where the first one does.

    A slip shows if it gives a wrong result alone. The first failing case is on the card.
    """
    wrong = sorted({i for i, _ in trial.failing})
    shows = [[i for i in wrong if any(one[i, o][1] for o in trial.outputs)] for one in alone]
    both = [i for i in shows[0] if i in shows[1]]
    if both:
        return (None if trial.first in both else both[0]), (None, None)
    return None, [None if trial.first in each or not each else each[0] for each in shows]


def _all_pairs(question):
    """Yield (first, second, code with both) of every two slips that can be combined.

    Last come those of two right answers, where the edit of the one has its place in the other, too.
    """
    every = list(combinations([wrong for wrong in question.wrongs if wrong.slip is not None], 2))
    for first, second in sorted(every, key=lambda pair: pair[0].base != pair[1].base):
        if first.name != second.name:
            both = _both(first.slip, second.slip)
            if both:
                yield first, second, both


@lru_cache(maxsize=4096)
def _both(first, second):
    """Return code with both edits, or None if they cannot be combined."""
    for one, other in ((first, second), (second, first)):
        try:
            text = slips.edit(one.source, other.edits)
        except slips.SlipError:
            continue
        if text not in (one.source, other.source):
            with contextlib.suppress(SyntaxError):
                return compile(text, "<two edits>", "exec")
    return None


def bases(question):
    """Return the source texts of the right answers that the slips edit."""
    return list(dict.fromkeys([question.source, *(w.base for w in question.wrongs if w.base)]))


@lru_cache(maxsize=8192)
def _outcome(question, made, seed, i):
    """Return {output: comparable item} of edited code on one case. It is the same for every learner."""
    answer = run(
        _function(question, made),
        [question.cases_for(seed)[i]],
        names=question.parameters,
        modifies=question.modifies,
        seconds=1,
        limits=[limits(question, seed)[i]],
        trusted=True,
    )
    found = items(question, answer, [expected(question, seed)[i]])
    return {output: comparable(*item) for (_, output), item in found.items()}


@lru_cache(maxsize=4096)
def _function(question, made):
    """Run code with the sheet's names and return the function that it defines."""
    space = dict(question.names)
    exec(made, space)
    return space[question.function]
