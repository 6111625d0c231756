"""One submission to one record: run it in its process, judge its answers here."""

import functools
import hashlib
import json
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from pathlib import Path

import numpy as np

from conv_course.checker.answers import Answer
from conv_course.checker.cells import DEFINES
from conv_course.checker.judge import Verdict, judge, limits
from conv_course.checker.questions import Case, Code, load_sheet
from conv_course.checker.show import Card, amount
from conv_course.checker.wire import dumps
from conv_course.grade import channel, explaining, given, notebooks, sandbox, submissions
from conv_course.grade.servers import Servers

LETTERS = 100  # of an error's message, in a note
OVERTIME = "not run: the submission had used up its time"

NOT_GRADED = "not graded"


class Fault(Exception):
    """What keeps this machine from grading, in words for the teacher."""


class Stopped(Exception):
    """The command was told to stop: what ended now is no result."""


@dataclass
class Record:
    """What is kept of a submission. `status`: "graded", "partly graded", "no score" or `NOT_GRADED`.

    "no score" is the submission's doing. `NOT_GRADED` is a fault of this machine, and is tried again.
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


def begun(found, **more):
    """The record of a submission about which nothing is known yet."""
    return Record(found.learner, found.file, ids=list(found.ids), **more)


def not_graded(found, error):
    """The record of a submission that met a fault of this machine."""
    if isinstance(error, Fault):
        why = str(error)
    elif isinstance(error, MemoryError):
        why = "this machine has no memory left"
    elif isinstance(error, OSError):
        why = f"this machine says: {error}"
    else:
        why = f"the grader itself stopped ({type(error).__name__}: {error}); please report it"
    return begun(found, status=NOT_GRADED, reason=f"{NOT_GRADED}: {why}")


def hidden(seed):
    """What draws the cases: 256 bits, so that no seed draws the visible cases of seed 0."""
    return int.from_bytes(hashlib.sha256(f"hidden cases of seed {seed}".encode()).digest())


@functools.cache
def exercise_cells(stem):
    """grade_id -> (source, locked) of the exercise as it was given out."""
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
    """An exercise with the cases of a hidden seed, ready to be sent; made once for all submissions."""

    def __init__(self, stem, seed, folder):
        self.stem, self.seed = stem, seed
        self.sheet = load_sheet(stem)
        self.orders, self.jobs, self.codes = {}, {}, []
        for question in self.sheet:
            cases = question.trials_for(seed)
            # the order would tell the right layers from the wrong ones in a question about tests
            order = np.random.default_rng([seed, 1]).permutation(len(cases)).tolist()
            if question.kind != "tests":
                order = list(range(len(cases)))
            sent = []
            for i in order:
                args = tuple(map(self._stand_in, cases[i].args))
                kwargs = {key: self._stand_in(value) for key, value in cases[i].kwargs.items()}
                sent.append(Case(args, kwargs, layout=cases[i].layout))
            self.orders[question.name] = order
            self.jobs[question.name] = {
                "name": question.name,
                "function": question.function,
                "names": list(question.parameters),
                "modifies": list(question.modifies),
                "watch": list(question.answered_by),
                # one number for all cases: the size of a right answer stays outside
                "limit": 1 << max(12, (max(limits(question, seed)) - 1).bit_length()),
                "cases": dumps(sent).decode(),
            }
        self.folder = given.build(stem, Path(folder) / stem)
        self._explaining, self._lock = Path(folder) / f"{stem}.explain", threading.Lock()

    def explaining_folder(self):
        """What `explaining` needs; made when the first answer has to be explained."""
        with self._lock:
            if not self._explaining.exists():
                given.build_explaining(self.stem, self._explaining)
        return self._explaining

    def _stand_in(self, value):
        """A function of a case stays outside; the learner gets one that asks for it by its number."""
        if not isinstance(value, Code):
            return value
        self.codes.append(value)
        return Code(ASK, number=len(self.codes) - 1)

    def verdict(self, question, answers):
        """The verdict on answers that came back, in the order in which the cases were sent."""
        back = [None] * len(answers)
        for place, answer in zip(self.orders[question.name], answers, strict=True):
            back[place] = answer
        return judge(question, back, seed=self.seed)


class Grader:
    """Grades submissions, several at a time. Once `stopped()`, it starts nothing and ends with `Stopped`."""

    def __init__(self, seed, words=None, limits=None, stopped=lambda: False):
        self.seed, self.words, self.limits = hidden(seed), words, limits or sandbox.Limits()
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
                # a folder of its own: one that could not be finished must not be in the way of the next
                folder = tempfile.mkdtemp(dir=self._home.name)
                self._exercises[stem] = Exercise(stem, self.seed, folder)
            return self._exercises[stem]

    def _servers(self, exercise):
        """What runs the functions that the exercise hands over; None where it hands over none."""
        if not exercise.codes:
            return None
        with self._lock:
            if exercise.stem not in self._layers:
                self._layers[exercise.stem] = Servers(exercise.codes, self.limits, self.words)
            return self._layers[exercise.stem]

    def grade(self, found, data=None):
        """A `Record`, whatever the submission does."""
        record = begun(found)
        try:
            data = submissions.content(found) if data is None else data
            if isinstance(data, submissions.Sources):
                return grade_matlab_folder(record, data, self)
            notebook = notebooks.parse(data, found.path.name, exercise_cells)
            record.exercise, record.notes = notebook.stem, notebook.notes
            self._grade(record, notebook)
        except submissions.Unreadable as reason:
            record.reason = str(reason)
        except Stopped:
            raise
        except Exception as error:
            return not_graded(found, error)
        return record

    def start(self, run, *arguments, **options):
        """What `run` gives, a sandbox's end."""
        if not self._stopped():
            ended = run(*arguments, **options)
            if not self._stopped():
                return ended
        raise Stopped

    def _grade(self, record, notebook):
        exercise = self.exercise(notebook.stem)
        record.of = exercise.sheet.points
        answers, cells, troubles, lost, errors = self._run(exercise, notebook, record)
        if not answers and lost:
            record.reason = lost
            return
        total, cards = 0.0, []
        for question in exercise.sheet:
            got = answers.get(question.name)
            stopped = troubles.get(question.name)
            verdict = exercise.verdict(
                question, got or [Answer("timeout")] * len(exercise.orders[question.name])
            )
            if stopped:
                verdict.problem, verdict.diagnoses = stopped, []
            elif verdict.state == "not started":
                verdict = _cell_that_stopped(question, verdict, notebook.cells, errors)
            if got == "given":
                verdict.points = 0
            if verdict.used:
                called = ", ".join(verdict.used)
                record.notes.append(f"{question.name}: no points, since the function calls {called}")
            total += verdict.points
            cards.append((question, verdict))
        self._explain(exercise, notebook, [c for c in cards if c[0].name not in troubles])
        record.points = round(total, 6)
        record.status = "partly graded" if troubles else "graded"
        count = f"{amount(total)} of {amount(record.of)} points"
        for question, verdict in cards:
            card = Card(question, verdict, question.cases_for(self.seed), [count])
            record.questions.append(
                {
                    "name": question.name,
                    "state": verdict.state,
                    "points": verdict.points,
                    "of": verdict.of,
                    "mistakes": [d.name for d in verdict.diagnoses],
                    "computes": list(verdict.explanation.text) if verdict.explanation else [],
                    "problem": verdict.problem,
                    "html": card.html(),
                }
            )
        record.notes += cells + [f"{name}: {why}" for name, why in troubles.items()]
        if not total:
            record.reason = _why_nothing(cards, cells, troubles)

    def _explain(self, exercise, notebook, cards):
        """Have what no name explains explained by what it computes."""
        cards = [card for card in cards if explaining.unexplained(*card)]
        if cards:
            folder = exercise.explaining_folder()
            explaining.explain(cards, exercise.stem, notebook, folder, self.start, self.limits, self.words)

    def _run(self, exercise, notebook, record):
        """The answers; notes on cells; question -> why it has none; why there is nothing at all; the errors.

        A process that a cell or a question ends is started again without it.
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
                # a forged end leaves questions without an answer: they have none
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
            elif report.cell is None:
                raise RuntimeError(f"the child did not start: {why} {ended.complaint}")
            else:
                troubles |= dict.fromkeys(left, f"the process {why}")
                break
            stops = sum("stopped after" in note for note in [*notes, *troubles.values()])
            if ended.how in ("time", "output") and stops >= 2:  # what costs most is not tried again and again
                troubles |= dict.fromkeys(left, OVERTIME)
                break
        else:
            troubles |= dict.fromkeys(left, "not run: the submission ended its process again and again")
        notes += _on_cells(errors)
        lost = ""
        if not answers:
            lost = "; ".join([*notes, *dict.fromkeys(troubles.values())])
        return answers, notes, troubles, lost, errors


def _on_cells(errors):
    """Notes on cells that stopped, no more than help: a message may hold hidden cases."""
    notes = [
        f"cell {n} stopped: {error}: {text[:LETTERS]}" + (f" (line {line})" if line else "")
        for n, error, text, line in errors
        if error != "NotImplementedError"
    ]
    return notebooks.some(notes, "cells stopped")


def _cell_that_stopped(question, verdict, cells, errors):
    """The verdict, or one that names the cell that stopped before it had defined the function."""
    sources = dict(cells)
    for number, error, _, line in reversed(errors):
        defined = {first or second for first, second in DEFINES.findall(sources.get(number, ""))}
        # a cell that cannot be read defines nothing, even where an earlier one left the stub
        if question.function in defined and (verdict.problem == "missing" or error == "SyntaxError"):
            where = f" in line {line}" if line else ""
            cell = f"Cell {number}, which was to define {question.function}, stopped before that"
            note = f"{cell}: {error}{where}."
            return Verdict("not yet", 0, question.points, notes=[note])
    return verdict


def _how_it_ended(ended, limits):
    if ended.how == "time":
        return f"was stopped after {limits.wall:.3g} s"
    if ended.how == "output":
        return f"was stopped after it had written more than {limits.output >> 20} MB"
    code = ended.code
    # bubblewrap says 128 + N where the process was ended by signal N
    killed = -code if code < 0 else code - 128 if code > 128 else 0
    if killed in (24, 9) and killed:
        return f"was stopped after it had used {limits.cpu:g} s of computing or too much memory"
    if killed:
        return f"was ended by signal {killed}"
    return f"ended itself (exit code {code})"


def _why_nothing(cards, cells, troubles):
    """Why a graded submission has no point, in one line."""
    if troubles:
        return "; ".join(f"{name}: {why}" for name, why in troubles.items())
    if all(verdict.state == "not started" for _, verdict in cards):
        return "; ".join(["nothing was started", *cells])
    return "; ".join(["no answer is right", *cells])


def _octave_that_starts(run, command, **options):
    """What `run` gives. Where Octave answered nothing, see whether it can be started here at all."""

    def hello(inside, out):
        words = command(inside, out)
        return [*words[:-1], f"fdisp(fopen('{out}', 'w'), 'hello')"]

    outcome = run(command, **options)
    if outcome.how == "ended" and not outcome.content and not run(hello, **options).content:
        raise Fault("Octave is installed but does not start in the sandbox")
    return outcome


def grade_matlab_folder(record, sources, grader):
    """A record for a folder of .m files; Octave runs them, in the sandbox like everything else."""
    from conv_course.checker import matlab

    run = matlab.run_octave if grader.words is None else partial(sandbox.run_octave, grader.words)
    run = partial(_octave_that_starts, partial(grader.start, run))
    record.exercise, record.notes = "12_matlab (.m files)", sources.notes
    with tempfile.TemporaryDirectory(prefix="grade_") as folder:
        for name, data in sources.files.items():
            Path(folder, name).write_bytes(data)
        try:
            grades = matlab.grade_matlab(folder, seed=grader.seed, run=run, timeout=grader.limits.octave)
        except RuntimeError as error:
            raise Fault(str(error)) from None
    record.status = "graded"
    record.points = sum(grade.points for grade in grades.values())
    record.of = sum(grade.possible for grade in grades.values())
    for name, grade in grades.items():
        if grade.used:
            record.notes.append(f"{name}: no points, since the function calls {', '.join(grade.used)}")
        text = f"{name}: {grade.state}, {amount(grade.points)} of {amount(grade.possible)} points"
        html = f"<p><strong>{escape(text)}</strong></p>"
        html += "".join(f"<p>{escape(line)}</p>" for line in (grade.message, grade.hint) if line)
        record.questions.append(
            {
                "name": name,
                "state": grade.state,
                "points": grade.points,
                "of": grade.possible,
                "mistakes": [],
                "computes": [],
                "problem": grade.message,
                "html": html,
            }
        )
    if not record.points:
        record.reason = (
            "nothing was started"
            if all(g.state == "not started" for g in grades.values())
            else "no answer is right"
        )
    return record
