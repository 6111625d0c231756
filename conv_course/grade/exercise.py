"""An exercise with its hidden cases, ready to be sent to a learner's process."""

import copy
import functools
import hashlib
import json
import threading
from pathlib import Path

import numpy as np

from conv_course.checker.judge import judge, limits
from conv_course.checker.questions import Case, Code, load_sheet
from conv_course.checker.wire import dumps
from conv_course.grade import given


def hidden(seed):
    """Return the seed that draws the cases: 256 bits, so that it never equals 0, the visible cases' seed."""
    return int.from_bytes(hashlib.sha256(f"hidden cases of seed {seed}".encode()).digest())


@functools.cache
def exercise_cells(stem):
    """Return {grade_id: (source, locked)} of the exercise notebook as it was distributed."""
    path = given.COURSE / "exercises" / f"{stem}.ipynb"
    if not path.is_file():
        return {}
    found = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        grader = cell["metadata"].get("nbgrader")
        if grader:
            found[grader["grade_id"]] = "".join(cell["source"]), grader["locked"]
    return found


ASK = """
def layer(*args, **kwargs):
    from conv_course.checker.stand_in import ask
    return ask(number, args, kwargs)
"""


class Exercise:
    """An exercise with the cases of a hidden seed, ready to be sent. Made once for all submissions."""

    def __init__(self, stem, seed, folder):
        self.stem, self.sheet = stem, load_sheet(stem)
        self.orders, self.jobs, self.seeds, self.codes = {}, {}, {}, []
        for question in self.sheet:
            self._draw(question, seed)
        self.folder = given.build(stem, Path(folder) / stem)
        self._explaining, self._lock = Path(folder) / f"{stem}.explain", threading.Lock()

    def explaining_folder(self):
        """Return the folder that `explaining` needs. It is made when the first answer has to be explained."""
        with self._lock:
            if not self._explaining.exists():
                given.build_explaining(self.stem, self._explaining)
        return self._explaining

    def for_learner(self, seed):
        """Return the exercise with a learner's own cases in the questions about functions.

        If a question passes functions as arguments, they run in a process that all learners share, so the
        cases of that question stay the same.
        """
        own = copy.copy(self)
        own.orders, own.jobs, own.seeds, own.codes = dict(self.orders), dict(self.jobs), dict(self.seeds), []
        for question in self.sheet:
            if question.kind == "function" and not self._hands_over(question):
                own._draw(question, seed)
        own.codes = self.codes
        return own

    def _hands_over(self, question):
        cases = question.cases_for(self.seeds[question.name])
        return any(isinstance(v, Code) for case in cases for v in (*case.args, *case.kwargs.values()))

    def _draw(self, question, seed):
        cases = question.trials_for(seed)
        # in a question about tests, the original order would reveal which layers are right
        order = np.random.default_rng([seed, 1]).permutation(len(cases)).tolist()
        if question.kind != "tests":
            order = list(range(len(cases)))
        sent = []
        for i in order:
            args = tuple(map(self._stand_in, cases[i].args))
            kwargs = {key: self._stand_in(value) for key, value in cases[i].kwargs.items()}
            sent.append(Case(args, kwargs, layout=cases[i].layout))
        self.orders[question.name], self.seeds[question.name] = order, seed
        self.jobs[question.name] = {
            "name": question.name,
            "function": question.function,
            "names": list(question.parameters),
            "modifies": list(question.modifies),
            "watch": list(question.answered_by),
            # one limit for all cases, so that the size of a right answer is not revealed
            "limit": 1 << max(12, (max(limits(question, seed)) - 1).bit_length()),
            "cases": dumps(sent).decode(),
        }

    def _stand_in(self, value):
        """Replace a function of a case by one that calls it by number in another process."""
        if not isinstance(value, Code):
            return value
        self.codes.append(value)
        return Code(ASK, number=len(self.codes) - 1)

    def verdict(self, question, answers):
        """Return the verdict on answers that are in the order in which the cases were sent."""
        back = [None] * len(answers)
        for place, answer in zip(self.orders[question.name], answers, strict=True):
            back[place] = answer
        return judge(question, back, seed=self.seeds[question.name])
