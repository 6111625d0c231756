"""Grade a folder of .m files: Octave computes the answers, Python compares them.

    grades = grade_matlab("submissions/ada/12_matlab", seed=7)
    grades["q3"].points, grades["q3"].state, grades["q3"].message

The learner's code runs in separate Octave processes, one per question. They get the inputs of the cases and
write text. Right answers, slips and the seed never enter them. `run` starts such a process: the class grader
passes a function that starts it in the sandbox. The answers of the slips are computed in another process,
once per seed, when the first wrong answer needs them.
"""

import os
import shutil
import stat
import tempfile
from pathlib import Path

import numpy as np

from conv_course.checker.matlab_questions import QUESTIONS, cell, in_matlab
from conv_course.checker.octave.judge import Grade, judge
from conv_course.checker.octave.process import (
    GIVEN,
    LARGEST_OUTPUT,
    command_line,
    octave_program,
    parse,
    run_octave,
)

__all__ = ["Grade", "grade_matlab", "octave_program", "run_octave"]

COURSE = Path(__file__).resolve().parents[2]
# functions that answer a question: in its process they are replaced by functions that stop with CALLED
ANSWERED_BY = {"q1": ("conv_output_size", "convn_vanilla"), "q3": ("convn_vanilla",)}
CALLED = "function varargout = {name}(varargin)\n  error('course:answer', '%s', '{name}');\nend\n"
SECONDS = 20
LARGEST_SOURCE = 1 << 20


def grade_matlab(folder, *, seed=0, run=run_octave, timeout=SECONDS, only=None):
    """Grade the .m files of one learner.

    Parameters
    ----------
    folder : path
        Only the regular .m files directly in it are read. Nothing is written to it.
    seed : int
        The seed of the cases.
    run : callable
        run(command, scratch=folder, timeout=seconds) -> Outcome, like `run_octave`.
    timeout : float
        Seconds per question.
    only : collection of str, or None for all
        Names of the questions to grade.

    Returns
    -------
    dict of str to Grade
        A grade for each question, q1 to q7, whatever the files do.

    Raises
    ------
    RuntimeError
        If Octave is not installed, which is not the learner's fault.
    """
    program = octave_program()
    if program is None:
        raise RuntimeError("Octave is not installed, so .m files cannot be graded")
    return {
        question.name: _grade(question, Path(folder), program, seed, run, timeout)
        for question in QUESTIONS
        if only is None or question.name in only
    }


def _grade(question, folder, program, seed, run, timeout):
    cases = [tuple(case) for case in question.cases(np.random.default_rng(seed))]
    with tempfile.TemporaryDirectory(prefix="grade_matlab_", ignore_cleanup_errors=True) as name:
        scratch = Path(name)
        if not _collect(folder, scratch / "answers", question.function):
            return Grade(0, question.points, "not started", f"there is no {question.function}.m")
        _give(scratch / "given", ANSWERED_BY.get(question.name, ()))

        def outcome_of(calls):
            _save_cases(scratch, calls)
            return run(
                lambda inside, out: command_line(program, [question.function], inside, out),
                scratch=scratch,
                timeout=timeout,
            )

        outcome = outcome_of(cases)
        if outcome.how == "missing":
            raise RuntimeError("Octave could not be started")
        stopped = {
            "time": f"stopped after {timeout:g} s",
            "output": f"stopped after it had written more than {LARGEST_OUTPUT >> 20} MB",
            "ended": "Octave ended before it had answered",
        }[outcome.how]
        answers = parse(outcome.content, len(cases))

        def ask(calls):
            outcome = outcome_of(calls)
            if outcome.how != "ended":
                raise TimeoutError  # the answer is left without an explanation, not asked again
            return parse(outcome.content, len(calls))

        if None in [answer if answer is None else 0 for answer in answers]:
            ask = None
        return judge(question, cases, answers, stopped, lambda: _slips_of(question, seed, cases, run), ask)


_SLIPS = {}  # {(question, seed): result of `run_slips`}


def _slips_of(question, seed, cases, run):
    if (question.name, seed) not in _SLIPS:
        _SLIPS[question.name, seed] = run_slips(question, cases, run=run)
    return _SLIPS[question.name, seed]


def run_slips(question, cases, *, run=run_octave, timeout=SECONDS):
    """Return the answers of each slip of a question: one list per slip, like that of `parse`.

    Raises
    ------
    RuntimeError
        If Octave is not installed or does not finish.
    """
    program, count = octave_program(), len(cases)
    if program is None:
        raise RuntimeError("Octave is not installed, so slips of .m files cannot be run")
    with tempfile.TemporaryDirectory(prefix="grade_matlab_", ignore_cleanup_errors=True) as name:
        scratch = Path(name)
        _give(scratch / "given", ())
        (scratch / "answers").mkdir()
        functions = [f"slip_{k}" for k in range(len(question.slips))]
        for function, slip in zip(functions, question.slips, strict=True):
            source = slip.source.replace(question.function, function, 1)
            (scratch / "answers" / f"{function}.m").write_text(source, encoding="ascii")
        _save_cases(scratch, cases)
        outcome = run(
            lambda inside, out: command_line(program, functions, inside, out, count),
            scratch=scratch,
            timeout=timeout,
        )
    answers = parse(outcome.content, count * len(functions))
    if outcome.how != "ended" or None in [answer if answer is None else 0 for answer in answers]:
        raise RuntimeError(f"Octave did not run the slips of {question.name} to their end ({outcome.how})")
    return [answers[k : k + count] for k in range(0, len(answers), count)]


def _save_cases(scratch, cases):
    from scipy.io import savemat

    savemat(scratch / "cases.mat", {"cases": cell([cell(map(in_matlab, case)) for case in cases])})


def _collect(folder, target, function):
    """Copy the learner's .m files, except links and huge files. Return whether `function`.m is among them."""
    target.mkdir()
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        content = _read(path, LARGEST_SOURCE) if path.suffix == ".m" else None
        if content is not None and path.name != "answer_question.m" and not _is_given(path.name, content):
            (target / path.name).write_bytes(content)
    return (target / f"{function}.m").exists()


def _is_given(name, content):
    """Return whether it is the course's own file, which is provided anyway if the question allows it."""
    source = COURSE / "matlab" / name
    return name in GIVEN and content.split() == source.read_bytes().split()


def _give(target, answered_by):
    """Write the functions that an answer may call, and the driver."""
    target.mkdir()
    shutil.copy(Path(__file__).parent / "octave" / "answer_question.m", target)
    for name in GIVEN:
        source = COURSE / "matlab" / name
        if source.is_dir():
            shutil.copytree(source, target / name)
        elif source.stem in answered_by:
            (target / name).write_text(CALLED.format(name=source.stem), encoding="ascii")
        else:
            shutil.copy(source, target)


def _read(path, largest):
    """Return the bytes of a regular file; None if it is missing, too large, a link or a pipe."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode) or state.st_size > largest:
            return None
        return file.read(largest)
