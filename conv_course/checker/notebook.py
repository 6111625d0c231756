"""The learner's side: `check("q1")` finds the function, runs it, judges it and shows the verdict."""

import importlib
import os
import sys

from .cells import Cells, forgotten_stop
from .computes import add_explanation
from .hints import NAMES, Asked, Ladder, used_words
from .hints.card import HintCard
from .judge import Verdict, judge, limits
from .own.notebook import AFTER, Own
from .questions import load_sheet
from .run import arrange, run
from .show import MARK, Card, Message, amount

_open = {}
_cells = Cells()


def sheet(stem, version=None):
    """Return the checker of one exercise: `check = sheet("02_slide_a_kernel")`, then `check("q1")`.

    `version` is the version of the exercise that the notebook was made from. If the installed course has a
    newer one, `check.progress()` and the first check say so.
    """
    if stem not in _open:
        _open[stem] = Check(load_sheet(stem))
    _open[stem].version = version
    _cells.listen()
    return _open[stem]


class Check:
    """Checks answers and keeps count of the points."""

    def __init__(self, sheet):
        self.sheet = sheet
        self.version = None
        self._told = False
        self.results = {}
        self._asked = {}  # {question: the last check, for hints}
        self.ladders = {}
        self._own = Own()

    def __repr__(self):
        names = ", ".join(f'"{name}"' for name in self.sheet.questions)
        return f"the checker of {self.sheet.stem}: call it with {names}"

    def __call__(self, name, function=None):
        """Check question `name`. Unless `function` is given, it is looked up by name in the calling code."""
        try:
            question = self.sheet.questions.get(name)
            if question is None:
                return Message(f"There is no question {name!r}; there are {', '.join(self.sheet.questions)}.")
            points_only = os.environ.get("NBGRADER_EXECUTION") == "autograde"
            if function is None:
                function = _find(question.function, sys._getframe(1))
            stopped = _cells.stopped(question.function, function)
            if stopped and not points_only:
                return _not_checked(question, stopped, function is not None)
            verdict = self._verdict(question, function)
            self.results[name] = verdict
            rung = None if points_only else self._ladder(name).checked(self._asked[name])
            news = [] if self._told else self._newer()
            self._told = self._told or bool(news)
            cases, closing = question.cases_for(0), [self._count(), *news]
            more = not points_only and 0 < self._ladder(name).height < len(NAMES)
            return Card(
                question, verdict, cases, closing, points_only, offers_case=True, rung=rung, more=more
            )
        except Exception as error:
            return Message(f"The checker itself stopped ({type(error).__name__}: {error}). Please report it.")

    def hint(self, name):
        """Return the next hint on question `name`, whether it was checked or not.

        The hints are the question, where to look, both sums and a worked case. They cost no points.
        """
        question = self.sheet.questions.get(name)
        if question is None:
            return Message(f"There is no question {name!r}; there are {', '.join(self.sheet.questions)}.")
        asked, ladder = self._asked.get(name, Asked(question)), self._ladder(name)
        if asked.verdict is not None and asked.verdict.state == "done":
            return Message(f"{name} is done: there is no mistake to give a hint on.")
        rung = ladder.next(asked)
        return HintCard(question, rung, ladder.place(asked), ladder.is_last(asked))

    def own(self, name, answers=None):
        """Ask questions on the learner's own code once it has full marks; `own("q3", "bca")` answers them."""
        try:
            question, asked = self.sheet.questions.get(name), self._asked.get(name)
            if question is None:
                return Message(f"There is no question {name!r}; there are {', '.join(self.sheet.questions)}.")
            if asked is None or asked.verdict is None or asked.verdict.state != "done":
                return Message(AFTER.format(name))
            if answers is not None:
                return self._own.answer(question, answers)
            return self._own.ask(question, asked.function)
        except Exception as error:
            return Message(f"The checker itself stopped ({type(error).__name__}: {error}). Please report it.")

    def _ladder(self, name):
        return self.ladders.setdefault(name, Ladder())

    def _verdict(self, question, function):
        self._asked[question.name] = Asked(question)
        verdict, answers = self._judged(question, function)
        if verdict.state != "not started":
            self._asked[question.name] = Asked(question, verdict, function, answers)
        return verdict

    def _judged(self, question, function):
        """Return the verdict, and the answers or None."""
        if function is None:
            return Verdict("not started", 0, question.points, problem="missing"), None
        if str(getattr(function, "__module__", "")).startswith(("conv_lib.", "conv_course.")):
            note = "This is the function that the course brings along; write your own and run its cell."
            return Verdict("not yet", 0, question.points, notes=[note]), None
        answers = run(
            function,
            question.trials_for(0),
            names=question.parameters,
            modifies=question.modifies,
            limits=limits(question, 0),
            watch=question.answered_by,
        )
        verdict = judge(question, answers, seed=0)
        line = forgotten_stop(function) if verdict.problem == "raise" else 0
        if line:
            where = f"Line {line} of the cell still says `raise NotImplementedError`"
            note = f"{where}: the lines below it never run. Take it out and run the cell again."
            return Verdict("not yet", 0, question.points, notes=[note]), None
        add_explanation(verdict, question, function, answers)
        return verdict, answers

    def case(self, name, number=None):
        """Return the arguments, by name, of the case that the last check showed: `slide(**check.case("q2"))`.

        Before any check, and after a check that found no mistake, it is the first case; with a `number`,
        counted from 1, it is that case.
        """
        question = self.sheet.questions[name]
        verdict = self.results.get(name)
        failure = verdict.failure if verdict and number is None else None
        cases = question.cases_for(0)
        if number is not None and number not in range(1, len(cases) + 1):
            raise ValueError(f"{name} has the cases 1 to {len(cases)}, but number is {number}")
        shown = cases[failure.case if failure else (number or 1) - 1]
        named = dict(zip(question.parameters, shown.args, strict=False)) | shown.kwargs
        return {key: arrange(value, failure.layout if failure else "") for key, value in named.items()}

    @property
    def points(self):
        """The points earned so far."""
        return sum(verdict.points for verdict in self.results.values())

    def _count(self):
        return f"{amount(self.points)} of {amount(self.sheet.points)} points"

    def progress(self):
        """Show the state and points of all questions in the notebook."""
        rows = []
        for question in self.sheet:
            verdict = self.results.get(question.name)
            state = verdict.state if verdict else "not checked"
            points = f"{amount(verdict.points if verdict else 0)} of {amount(question.points)}"
            title = f" · {question.title}" if question.title else ""
            hints = used_words(self.ladders.get(question.name))
            hints = f" ({hints})" if hints else ""
            rows.append(f"{MARK.get(state, '○')} {question.name}{title}: {state}, {points}{hints}")
        rows += [*self._own.rows(), *self._newer()]
        return Message(
            f"{self.sheet.stem}: {self._count()}", rows, {"points": self.points, "of": self.sheet.points}
        )

    def _newer(self):
        newest = importlib.import_module("conv_course.checker.sheets.versions").VERSIONS.get(self.sheet.stem)
        if self.version is None or newest in (None, self.version):
            return []
        return [
            f"This notebook is version {self.version}; the course now has version {newest}. To get it, "
            "rename this notebook, which keeps your work, and open the exercise again from the book."
        ]


def _find(name, frame):
    """Return the learner's function by its name in the calling frame or in the notebook."""
    if name in frame.f_locals:
        return frame.f_locals[name]
    return frame.f_globals.get(name)


def _not_checked(question, stopped, older):
    """Return a message: the newest cell of the function stopped, so the existing function is outdated."""
    kept = "so Python still has the older one" if older else "so there is none yet"
    return Message(
        f"{question.name} was not checked: the last cell that was to define {question.function} did not run",
        [f"It stopped: {stopped}, {kept}. Run a cell that defines {question.function}, then this one."],
    )
