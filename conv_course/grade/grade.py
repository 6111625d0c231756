"""Grade one submission into one record: run it in its own process, judge its answers here."""

import os
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace

from conv_course.checker.answers import Answer
from conv_course.checker.cells import DEFINES
from conv_course.checker.judge import Verdict
from conv_course.checker.show import Card
from conv_course.grade import channel, explaining, matlab_folder, notebooks, own_code, sandbox, submissions
from conv_course.grade.exercise import Exercise, exercise_cells, hidden
from conv_course.grade.per_learner import name_of
from conv_course.grade.servers import Servers
from conv_course.grade.text import in_words

LETTERS = 100  # of an error's message, in a note
OVERTIME = "not run: the submission had used up its time"

NOT_GRADED = "not graded"


class Stopped(Exception):
    """The command was told to stop: a process that ends now has no valid result."""


@dataclass
class Record:
    """The result of a submission. `status` is "graded", "partly graded", "no score" or `NOT_GRADED`.

    "no score" is caused by the submission. `NOT_GRADED` is a fault of this machine, and the next run retries.
    `own` has the questions on the learner's own code, if they were asked for: see `own_code`.
    """

    learner: str
    file: str
    exercise: str = ""
    status: str = "no score"
    points: float | None = None
    of: float | None = None
    reason: str = ""
    notes: list = field(default_factory=list)
    questions: list = field(default_factory=list)
    ids: list = field(default_factory=list)
    own: dict = field(default_factory=dict)


def begun(found, **more):
    """Return the record of a submission that has not been run yet."""
    return Record(found.learner, found.file, ids=list(found.ids), **more)


def not_graded(found, error):
    """Return the record of a submission that could not be graded because of a fault of this machine."""
    if isinstance(error, matlab_folder.Fault):
        why = str(error)
    elif isinstance(error, MemoryError):
        why = "this machine has run out of memory"
    elif isinstance(error, OSError):
        why = f"this machine says: {in_words(error)}"
    else:
        why = f"the grader itself stopped ({type(error).__name__}: {error}); please report it"
    return begun(found, status=NOT_GRADED, reason=f"{NOT_GRADED}: {why}")


class Grader:
    """Grades submissions, also from several threads. Raises `Stopped` once `stopped()` is true."""

    def __init__(self, seed, words=None, limits=None, stopped=lambda: False, secret=None, own=False):
        self.seed, self.words, self.limits = hidden(seed), words, limits or sandbox.Limits()
        self._secret, self._own = secret, own
        self._stopped = stopped
        self._home = tempfile.TemporaryDirectory(prefix="grade_")
        self._exercises, self._layers, self._lock = {}, {}, threading.Lock()

    def close(self):
        for servers in self._layers.values():
            servers.close()
        self._home.cleanup()

    def exercise(self, stem):
        with self._lock:
            if stem not in self._exercises:
                # always a new folder, so that a half-written one does not block the next attempt
                folder = tempfile.mkdtemp(dir=self._home.name)
                if self.limits.user is not None:  # this user may traverse the folders but not list them
                    os.chmod(self._home.name, 0o711)
                    os.chmod(folder, 0o711)
                self._exercises[stem] = Exercise(stem, self.seed, folder)
            return self._exercises[stem]

    def _servers(self, exercise):
        """Return the `Servers` for the functions that the exercise passes as arguments, or None."""
        if not exercise.codes:
            return None
        with self._lock:
            if exercise.stem not in self._layers:
                self._layers[exercise.stem] = Servers(exercise.codes, self.limits, self.words)
            return self._layers[exercise.stem]

    def grade(self, found, data=None):
        """Return a `Record`, whatever the submission does."""
        record = begun(found)
        try:
            data = submissions.content(found) if data is None else data
            if isinstance(data, submissions.Sources):
                return matlab_folder.grade_sources(
                    record, data, self, self.own_seed(found, matlab_folder.MATLAB)
                )
            notebook = notebooks.parse(data, found.path.name, exercise_cells)
            record.exercise, record.notes = notebook.stem, notebook.notes
            self._grade(record, notebook, self.own_seed(found, notebook.stem), name_of(found))
        except submissions.Unreadable as reason:
            record.reason = str(reason)
        except Stopped:
            raise
        except Exception as error:
            return not_graded(found, error)
        return record

    def start(self, run, *arguments, **options):
        """Call `run` and return its result. Raise `Stopped` if the command was told to stop."""
        if not self._stopped():
            ended = run(*arguments, **options)
            if not self._stopped():
                return ended
        raise Stopped

    def own_seed(self, found, stem):
        """Return the seed of the learner's own cases if there is a secret, else the common seed."""
        return self._secret.seed(name_of(found), stem, self.seed) if self._secret else self.seed

    def _grade(self, record, notebook, seed, who):
        exercise = self.exercise(notebook.stem)
        if seed != self.seed:
            exercise = exercise.for_learner(seed)
        record.of = exercise.sheet.points
        answers, cells, troubles, lost, errors = self._run(exercise, notebook, record)
        if not answers and lost:
            record.reason = lost
            return
        total, cards, instead = 0.0, [], {}
        for question in exercise.sheet:
            got = answers.get(question.name)
            stopped = troubles.get(question.name)
            verdict = exercise.verdict(
                question, got or [Answer("timeout")] * len(exercise.orders[question.name])
            )
            if stopped:
                verdict.problem, verdict.diagnoses = stopped, []
            elif verdict.state == "not started":
                verdict, instead[question.name] = _cell_that_stopped(
                    question, verdict, notebook.cells, errors
                )
            if got == "given":
                verdict.points = 0
            if verdict.used:
                called = ", ".join(verdict.used)
                record.notes.append(f"{question.name}: no points, since the function calls {called}")
                instead[question.name] = f"no points, since it calls {called}"
            total += verdict.points
            cards.append((question, verdict))
        self._explain(exercise, notebook, [c for c in cards if c[0].name not in troubles])
        if self._own:
            folder, limits = exercise.folder, self.limits
            record.own = own_code.ask(cards, notebook, folder, self.start, limits, self.words, who)
        record.points = round(total, 6)
        record.status = "partly graded" if troubles else "graded"
        for question, verdict in cards:
            cases = question.cases_for(exercise.seeds[question.name])
            card = Card(question, verdict, cases, [], handed_in=True)  # the page says the points of all
            record.questions.append(
                {
                    "name": question.name,
                    "state": verdict.state,
                    "points": verdict.points,
                    "of": verdict.of,
                    "parts": _parts(question, verdict),
                    "mistakes": [d.name for d in verdict.diagnoses],
                    "computes": list(verdict.explanation.text) if verdict.explanation else [],
                    "problem": verdict.problem or instead.get(question.name, ""),
                    "html": card.html(),
                }
            )
        record.notes += cells + [f"{name}: {why}" for name, why in troubles.items()]
        if not total:
            record.reason = _why_nothing(cards, cells, troubles)

    def _explain(self, exercise, notebook, cards):
        """Explain wrong answers that match no named mistake by what they compute."""
        cards = [card for card in cards if explaining.unexplained(*card)]
        if cards:
            folder = exercise.explaining_folder()
            explaining.explain(cards, exercise.stem, notebook, folder, self.start, self.limits, self.words)

    def _run(self, exercise, notebook, record):
        """Return (answers, notes on cells, {question: why it has no answer}, why nothing ran, cell errors).

        If a cell or a question ends the process, a new process is started without it.
        """
        counts = {name: len(order) for name, order in exercise.orders.items()}
        numbers = {
            name: job["limit"] * counts[name] * (1 + len(job["modifies"]))
            for name, job in exercise.jobs.items()
        }
        left, skipped = dict(exercise.jobs), set()
        answers, notes, troubles, errors = {}, [], {}, []
        deadline = time.monotonic() + self.limits.whole
        for _ in range(1 + self.limits.restarts):
            seconds = deadline - time.monotonic()
            if seconds <= 0:
                troubles |= dict.fromkeys(left, OVERTIME)
                break
            limits = replace(self.limits, wall=min(self.limits.wall, seconds))
            job = {
                "cells": [cell for cell in notebook.cells if cell[0] not in skipped],
                "questions": list(left.values()),
                "cell_seconds": self.limits.cell,
                "question_seconds": self.limits.question,
            }
            ended = self.start(sandbox.run, job, exercise.folder, limits, self.words, self._servers(exercise))
            notes += [note for note in ended.notes if note not in notes]
            report = channel.read(ended.lines, {name: counts[name] for name in left}, numbers)
            for name, got in report.answers.items():
                answers[name] = got
                left.pop(name)
                if name in report.given:
                    notes.append(f"{name}: the function is one that the course brings along")
            errors = report.errors or errors
            if report.forged:
                notes.append("something other than the grader wrote into the channel of answers")
            if report.complete or not left:
                # after a forged "end" some questions have no answer, and get none
                troubles |= dict.fromkeys(left, "no answer came")
                break
            why = _how_it_ended(ended, limits)
            if report.question in left:
                troubles[report.question] = f"its process {why}"
                left.pop(report.question)
                if not left:
                    break
            elif report.question is None and report.cell is not None:
                notes.append(f"cell {report.cell}: the process {why}; the cell was left out")
                skipped.add(report.cell)
            elif report.cell is None and ended.how == "time" and limits.wall < self.limits.wall:
                # the rest of the submission's time was too short to start the child
                troubles |= dict.fromkeys(left, OVERTIME)
                break
            elif report.cell is None:
                raise RuntimeError(f"the child did not start: {why} {ended.complaint}")
            else:
                troubles |= dict.fromkeys(left, f"the process {why}")
                break
            stops = sum("stopped after" in note for note in [*notes, *troubles.values()])
            if ended.how in ("time", "output") and stops >= 2:  # do not keep retrying the slowest failures
                troubles |= dict.fromkeys(left, OVERTIME)
                break
        else:
            troubles |= dict.fromkeys(left, "not run: the submission ended its process again and again")
        notes += _on_cells(errors)
        lost = ""
        if not answers:
            lost = "; ".join([*notes, *dict.fromkeys(troubles.values())])
        return answers, notes, troubles, lost, errors


def _parts(question, verdict):
    """Return [name, points earned, points possible] per part; none earns points if the question does not."""
    rights = verdict.parts if verdict.points else {}
    return [[part, of if rights.get(part) else 0, of] for part, of in question.parts.items()]


def _on_cells(errors):
    """Return notes on cells that stopped. They are few and short, since a message may hold hidden cases."""
    notes = [
        f"cell {n} stopped: {error}: {text[:LETTERS]}" + (f" (line {line})" if line else "")
        for n, error, text, line in errors
        if error != "NotImplementedError"
    ]
    return notebooks.some(notes, "cells stopped")


def _cell_that_stopped(question, verdict, cells, errors):
    """Return the verdict, or one that names the cell that stopped before it defined the function.

    Also return the error in words that do not depend on the cell, so that a class can be counted.
    """
    sources = dict(cells)
    for number, error, _, line in reversed(errors):
        defined = {first or second for first, second in DEFINES.findall(sources.get(number, ""))}
        # a cell with a syntax error defines nothing, even if an earlier cell defined the stub
        if question.function in defined and (verdict.problem == "missing" or error == "SyntaxError"):
            where = f" in line {line}" if line else ""
            cell = f"Cell {number}, which was to define {question.function}, stopped before that"
            note = f"{cell}: {error}{where}."
            return Verdict("not yet", 0, question.points, notes=[note]), (
                "its cell does not end" if error == "TimeLimit" else f"its cell stopped: {error}"
            )
    return verdict, ""


def _how_it_ended(ended, limits):
    if ended.how == "time":
        return f"was stopped after {limits.wall:.3g} s"
    if ended.how == "output":
        return f"was stopped after it had written more than {limits.output >> 20} MB"
    code = ended.code
    # bubblewrap exits with 128 + N if the process was ended by signal N
    killed = -code if code < 0 else code - 128 if code > 128 else 0
    if killed in (24, 9) and killed:
        return f"was stopped after it had used {limits.cpu:g} s of computing or too much memory"
    if killed:
        return f"was ended by signal {killed}"
    return f"ended itself (exit code {code})"


def _why_nothing(cards, cells, troubles):
    """Return, in one line, why a graded submission has no points."""
    if troubles:
        return "; ".join(f"{name}: {why}" for name, why in troubles.items())
    if all(verdict.state == "not started" for _, verdict in cards):
        return "; ".join(["nothing was started", *cells])
    return "; ".join(["no answer is right", *cells])
