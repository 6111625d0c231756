"""Sums over the records of a class: the difficulty, discrimination and mistakes of each question.

Difficulty is the share of the points that were earned, 1 for a question that everybody answered rightly.
Discrimination is the correlation of a question's points with the points of the rest of the exercise. If it is
near 0 or negative, stronger learners do no better on the question, and it deserves a look.
"""

import math
from collections import Counter
from dataclasses import dataclass, field

from conv_course.grade.text import clean_text

STATES = ("done", "partly", "not yet", "not started")


@dataclass
class Group:
    """Learners who have something in common, for example a mistake."""

    learners: list = field(default_factory=list)

    def as_data(self, names):
        return {"learners": len(self.learners), **({"names": sorted(self.learners)} if names else {})}


@dataclass
class Question:
    """Sums over the answers to one question. `rest` sums the points of the exercise's other questions."""

    of: float
    count: int = 0
    states: Counter = field(default_factory=Counter)
    points: float = 0
    squares: float = 0
    rest: float = 0
    rest_squares: float = 0
    products: float = 0
    mistakes: dict = field(default_factory=dict)
    computes: dict = field(default_factory=dict)
    unexplained: dict = field(default_factory=dict)

    def add(self, answer, learner, total):
        points, rest = answer["points"], total - answer["points"]
        self.count += 1
        self.states[answer["state"]] += 1
        self.points += points
        self.squares += points**2
        self.rest += rest
        self.rest_squares += rest**2
        self.products += points * rest
        if answer["points"] >= answer["of"] or answer["state"] == "not started":
            return
        for name in answer["mistakes"]:
            self.mistakes.setdefault(name, Group()).learners.append(learner)
        computes = tuple(answer.get("computes", ()))
        if computes:
            self.computes.setdefault(computes, Group()).learners.append(learner)
        elif not answer["mistakes"]:
            self.unexplained.setdefault(answer["problem"], Group()).learners.append(learner)

    @property
    def difficulty(self):
        return self.points / (self.of * self.count)

    @property
    def discrimination(self):
        """Return the correlation, or None if all learners have the same points or the same rest."""
        n = self.count
        spread = n * self.squares - self.points**2, n * self.rest_squares - self.rest**2
        if min(spread) <= 1e-9 * max(1, n * self.squares):
            return None
        return (n * self.products - self.points * self.rest) / math.sqrt(spread[0] * spread[1])

    def as_data(self, name, names):
        discrimination = self.discrimination
        return {
            "question": name,
            "of": self.of,
            "answers": self.count,
            "states": {state: self.states[state] for state in STATES},
            "difficulty": round(self.difficulty, 4),
            "discrimination": None if discrimination is None else round(discrimination, 4),
            "mistakes": [{"name": key, **group} for key, group in _ordered(self.mistakes, names)],
            "computes": [{"lines": list(key), **group} for key, group in _ordered(self.computes, names)],
            "unexplained": [{"problem": key, **group} for key, group in _ordered(self.unexplained, names)],
        }


def _ordered(groups, names):
    """Return pairs of key and data, largest group first."""
    ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1].learners), pair[0]))
    return [(key, group.as_data(names)) for key, group in ordered]


class Statistics:
    """Statistics of a class. `add` takes one record at a time."""

    def __init__(self):
        self._exercises, self._without = {}, {}

    def add(self, record):
        learner = clean_text(record.learner)
        if record.points is None:
            self._without.setdefault(record.status, Group()).learners.append(learner)
            return
        known = self._exercises.setdefault(record.exercise, (record.of, Counter(), {}))
        _, totals, questions = known
        totals[record.points] += 1
        for answer in record.questions:
            question = questions.setdefault(answer["name"], Question(answer["of"]))
            question.add(answer, learner, record.points)

    def as_data(self, names=True):
        return {
            "exercises": [
                self._exercise(name, *rest, names) for name, rest in sorted(self._exercises.items())
            ],
            "without": [{"status": key, **group} for key, group in _ordered(self._without, names)],
        }

    def _exercise(self, name, of, totals, questions, names):
        count = totals.total()
        mean = sum(points * n for points, n in totals.items()) / count
        spread = math.sqrt(sum(n * (points - mean) ** 2 for points, n in totals.items()) / count)
        return {
            "exercise": name,
            "of": of,
            "learners": count,
            "mean": round(mean, 4),
            "deviation": round(spread, 4),
            "points": [[points, totals[points]] for points in sorted(totals)],
            "questions": [
                questions[key].as_data(key, names) for key in sorted(questions, key=lambda k: (len(k), k))
            ],
        }
