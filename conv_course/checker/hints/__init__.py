"""The ladder of hints: the question, where to look, both sums, a worked case.

The first rung is on every card: the failing case, the explanation of the mistake if there is one, and one
question. Repeating the same mistake brings the next rung, and so does `check.hint("q3")`. A rung that has
nothing to say about a question is skipped. No rung shows code, and points do not depend on hints.
"""

from dataclasses import dataclass, field

from ..guards import quiet
from . import sums, where, worked
from .first import first_question
from .rung import NAMES, Rung

BUILDERS = (first_question, where.rung, sums.rung, worked.rung)


@dataclass
class Asked:
    """The input of a rung. `verdict`, `function` and `answers` are None before the first check."""

    question: object
    verdict: object = None
    function: object = None
    answers: object = None


@dataclass
class Ladder:
    """A learner's position on the ladder of hints of one question, in this session of the notebook."""

    mistake: object = None
    height: int = 0
    used: list = field(default_factory=list)
    _built: dict = field(default_factory=dict)

    def checked(self, asked):
        """Return the extra rung for a check's card: None for a new mistake, the next one for the same."""
        mistake = mistake_of(asked.verdict)
        if mistake is None:  # right, or not started: the next mistake starts at the first rung
            self.mistake, self.height = None, 0
            return None
        if mistake == self.mistake:
            return self.next(asked)
        self.mistake, self.height, self._built = mistake, 1, {}
        self._use(1)
        return None

    def next(self, asked):
        """Return the next rung that has something to say, or the last one again."""
        above = self._above(asked)
        self.height = above or max(self.height, 1)
        self._use(self.height)
        return self._rung(asked, self.height)

    def is_last(self, asked):
        """Return whether no rung is left."""
        return self._above(asked) is None

    def place(self, asked):
        """How many hints there are up to this one: a rung that has nothing to say is not counted."""
        return 1 + sum(self._rung(asked, n) is not None for n in range(1, self.height))

    def _above(self, asked):
        higher = range(self.height + 1, len(BUILDERS) + 1)
        return next((n for n in higher if self._rung(asked, n) is not None), None)

    def _use(self, number):
        if number not in self.used:
            self.used.append(number)

    def _rung(self, asked, number):
        if number not in self._built:
            try:
                with quiet():
                    self._built[number] = BUILDERS[number - 1](asked)
            except Exception:  # do without this hint: the card and the points do not depend on it
                self._built[number] = None
        return self._built[number]


def mistake_of(verdict):
    """Return a key that is equal for two wrong answers with the same mistake; None for no wrong answer."""
    if verdict is None or verdict.state in ("done", "not started"):
        return None
    names = tuple((d.name, d.output) for d in verdict.diagnoses)
    said = verdict.explanation.text if verdict.explanation else ()
    failure = verdict.failure
    if names or said or failure is None:
        return names, said, tuple(verdict.notes)
    return failure.case, failure.output, failure.difference.kind, verdict.problem


def used_words(ladder):
    """Return "hints: where to look" or the like, or "". The first rung is on every card and not listed."""
    names = ", ".join(NAMES[n - 1] for n in sorted(ladder.used) if n > 1) if ladder else ""
    return f"hints: {names}" if names else ""


__all__ = ["NAMES", "Asked", "Ladder", "Rung", "mistake_of", "used_words"]
