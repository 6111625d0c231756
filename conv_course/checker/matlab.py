"""Grade a folder of .m files: Octave computes the answers, Python compares them.

    grades = grade_matlab("submissions/ada/12_matlab", seed=7)
    grades["q3"].points, grades["q3"].state, grades["q3"].message

The learner's code runs in separate Octave processes, one per question. They get the inputs of the cases and
write text. Right answers, slips and the seed never enter them. `run` starts such a process: the class grader
passes a function that starts it in the sandbox. The answers of the slips are computed in another process,
once per seed, when the first wrong answer needs them.
"""

import contextlib
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from conv_course.checker.described import number_text
from conv_course.checker.matlab_questions import INDEX_HINTS, QUESTIONS, SECTIONS, cell, in_matlab
from conv_course.checker.octave import explain, stops
from conv_course.checker.octave.arrays import DIMENSIONS, about, full
from conv_course.checker.octave.words import size_text
from conv_course.checker.pipes import collect

__all__ = ["Grade", "Outcome", "grade_matlab", "octave_program", "run_octave"]

COURSE = Path(__file__).resolve().parents[2]
GIVEN = ("convn_vanilla.m", "conv_output_size.m", "private")
# functions that answer a question: in its process they are replaced by functions that stop with CALLED
ANSWERED_BY = {"q1": ("conv_output_size", "convn_vanilla"), "q3": ("convn_vanilla",)}
CALLED = "function varargout = {name}(varargin)\n  error('course:answer', '%s', '{name}');\nend\n"
SECONDS = 20
LARGEST_SOURCE = 1 << 20
LARGEST_OUTPUT = 1 << 23
MOST_NUMBERS = 100_000  # in an answer, as in answer_question.m
MORE_LINES = 100  # allowed among the answers that are not answers
# Octave's and MATLAB's messages about an index, and the hints; the first match counts
BELOW, BEYOND = INDEX_HINTS
INDEX_ERRORS = (
    (
        re.compile(r"[Ss]ubscripts must be|positive integers|value (0|-\d+) out of bound"),
        f'index out of range: {BELOW} (chapter 12, section "{SECTIONS["12-index"]}")',
    ),
    (re.compile(r"out of bound|xceeds"), f"index out of range: {BEYOND}"),
)


@dataclass(frozen=True)
class Outcome:
    """The output of an Octave process, and how it ended.

    `how` is "ended", "time", "output" (more than `LARGEST_OUTPUT`), or "missing" if there is no Octave.
    """

    content: bytes
    how: str


@dataclass(frozen=True)
class Grade:
    """The grade of one question. `state` is done, partly, not yet or not started. `used`: forbidden calls.

    `hint` is that of the slip or of the error. If there is none, `read` are sentences on what was read off
    the results, the last of them a question. `way` says what explains the answer: "slip", "fault",
    "computes" or "none".
    """

    points: float
    possible: int
    state: str
    message: str = ""
    hint: str = ""
    used: tuple = ()
    read: tuple = ()
    way: str = "none"


def octave_program():
    """Return the path of Octave, or None if it is not installed."""
    return shutil.which("octave-cli") or shutil.which("octave")


def run_octave(command, *, scratch, timeout):
    """Run Octave without a sandbox, but with limits on time, memory and file size, in its own process group.

    Parameters
    ----------
    command : callable
        command(folder, out) -> list of str, the command line. Octave finds the contents of `scratch` in
        `folder`, and writes its answers to the file `out`.
    scratch : Path
        The only folder that the process needs to read.
    timeout : float
        Seconds.

    Returns
    -------
    Outcome
    """

    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (int(timeout) + 1, int(timeout) + 2))
        resource.setrlimit(resource.RLIMIT_FSIZE, (2 * LARGEST_OUTPUT, 2 * LARGEST_OUTPUT))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(scratch), "LC_ALL": "C.UTF-8"}
    environment["OMP_NUM_THREADS"] = "1"
    reading, writing = os.pipe()
    try:
        process = subprocess.Popen(
            command(scratch, f"/dev/fd/{writing}"),
            cwd=scratch,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[writing],
            start_new_session=True,
            preexec_fn=limit,
        )
    except FileNotFoundError:
        os.close(reading)
        return Outcome(b"", "missing")
    finally:
        os.close(writing)
    try:
        return Outcome(*collect(reading, timeout, LARGEST_OUTPUT))
    finally:
        os.close(reading)
        _end(process)


def _end(process):
    """Kill the process and its children. The process group may be gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


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
                lambda inside, out: _words(program, [question.function], inside, out),
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


def _words(program, functions, inside, out, count=0):
    """Return the command line that has Octave call functions, each of which answers `count` cases."""
    inside = str(inside).replace("'", "''")
    call = f"addpath('{inside}/given'); addpath('{inside}/answers'); "
    for k, function in enumerate(functions):
        call += f"answer_question('{function}', '{inside}/cases.mat', '{out}', {k * count}); "
    return [program, "--quiet", "--norc", "--no-history", "--no-window-system", "--eval", call]


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
            lambda inside, out: _words(program, functions, inside, out, count),
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


def parse(content, count):
    """Parse the output of answer_question.m: an array, (word, text) or None for each case.

    The words are "error", "unfilled", "class", "large" and "calls". The output comes from a process that ran
    a learner's code, so it may contain anything. Lines that are not in the format count as no answer.
    """
    answers = [None] * count
    lines = content.decode("utf-8", errors="replace").split("\n", 2 * count + MORE_LINES)
    k = 0
    while k < len(lines):
        number, _, rest = lines[k].partition(" ")
        word, _, detail = rest.partition(" ")
        k += 1
        if not (number.isascii() and number.isdigit() and len(number) < 6 and 1 <= int(number) <= count):
            continue
        if word == "numbers" and k < len(lines):
            answers[int(number) - 1] = _array(detail, lines[k])
            k += 1
        elif word in ("error", "unfilled", "class", "large") or (word == "calls" and f"{detail}.m" in GIVEN):
            answers[int(number) - 1] = (word, detail[:300])
    return answers


def _array(detail, line):
    """Return the array of a `numbers` line, or None if the line is malformed."""
    if len(detail) > 1000 or line.count(" ") > MOST_NUMBERS:
        return None
    class_name, *dims = detail.split()
    try:
        shape = tuple(int(size) for size in dims)
        values = np.array([float(value) for value in line.split()])
        array = values.reshape(shape, order="F")
    except (ValueError, OverflowError):
        return None
    return array.astype(np.float32) if class_name == "single" else array


def judge(question, cases, answers, stopped, slips, ask=None):
    """Return the grade for the answers, by the rules of check_exercise.m. `slips()` calls `run_slips`.

    `ask(list of arguments)` returns the answers to further calls. It is used if nothing else explains what is
    wrong.
    """
    expected = [in_matlab(question.answer(*case)) for case in cases]
    if any(isinstance(answer, tuple) and answer[0] == "unfilled" for answer in answers):
        return Grade(0, question.points, "not started", f"{question.function} is not filled in yet")
    used = dict.fromkeys(
        answer[1] for answer in answers if isinstance(answer, tuple) and answer[0] == "calls"
    )
    if used:
        why = f"no points: your function calls {' and '.join(used)}, which answers this question"
        return Grade(0, question.points, "not yet", why, used=tuple(used))
    faults = [
        fault(answer, right, question, stopped) for answer, right in zip(answers, expected, strict=True)
    ]
    failed = [k for k, text in enumerate(faults) if text]
    passed = len(cases) - len(failed)
    if not failed:
        return Grade(question.points, question.points, "done")
    points = np.floor(2 * question.points * passed / len(cases)) / 2
    first = about(question.arguments, cases[failed[0]])
    message = f"{passed} of {len(cases)} cases are right. The first that is not, with {first}: "
    message += faults[failed[0]]
    grade = Grade(float(points), question.points, "partly" if points else "not yet", message)
    if hint := _hint(question, answers, faults, slips()):
        return replace(grade, hint=hint, way="slip")
    try:
        found = explain(question, cases, answers, expected, failed, ask)
    except Exception:  # points and the failing case do not depend on it
        found = None
    if not isinstance(answers[failed[0]], tuple):
        return replace(grade, read=(*found.lines, found.hint), way=found.way) if found else grade
    given = dict(zip(question.arguments, cases[failed[0]], strict=True))
    return _stopped(grade, answers[failed[0]], found, given)


def _stopped(grade, answer, found, given):
    """Return the grade of a function that stops for these arguments: what its message and `found` say."""
    index = next((k for k, (pattern, _) in enumerate(INDEX_ERRORS) if pattern.search(answer[1])), None)
    said = stops.explain(answer[1], given) if answer[0] == "error" else None
    read = (*(said or ())[:1], *found.lines, found.hint) if found else said or ()
    few = stops.too_few_outputs(answer[1], found.lines if found else ()) if said else None
    read = (*read[:-1], few) if few else read
    hint = INDEX_ERRORS[index][1] if index == 0 or (index == 1 and not read) else ""
    return replace(grade, read=read, hint=hint, way="computes" if read else "slip" if hint else "none")


def fault(answer, right, question, stopped="no answer"):
    """Return '' if the answer is right, otherwise what is wrong with it.

    Sizes and places are told with all dimensions that the result has, also those of length 1 at the end.
    """
    name, dimensions = question.result, DIMENSIONS[question.name]
    if answer is None:
        return stopped
    if isinstance(answer, tuple):
        word, detail = answer
        return {
            "error": f"your function stopped: {detail}",
            "class": f"{name} is of class {detail} but must be real numbers",
            "large": f"{name} has far too many elements: {detail.replace(' ', ' x ')}",
        }[word]
    if answer.shape != right.shape:
        sizes = [size_text(full(array, dimensions).shape) for array in (answer, right)]
        return f"{name} is {sizes[0]} but must be {sizes[1]}"
    tolerance = (1e-4 if answer.dtype == np.float32 else 1e-8) * max(1.0, np.max(np.abs(right), initial=0))
    wrong = ~(np.abs(answer.astype(float) - right) <= tolerance)
    if not wrong.any():
        return ""
    place = np.unravel_index(int(np.argmax(wrong.ravel(order="F"))), right.shape, order="F")
    index = ",".join(str(int(k) + 1) for k in place + (0,) * (dimensions - len(place)))
    return f"{name}({index}) is {number_text(answer[place])} but must be {number_text(right[place])}"


def _hint(question, answers, faults, slips):
    """Return the hint of the slip that gives the same answers in every case, or ""."""
    for slip, wrong in zip(question.slips, slips, strict=True):
        if _explains(question, wrong, answers, faults):
            where = SECTIONS[slip.section or question.section]
            return f'{slip.name}: {slip.hint} (chapter 12, section "{where}")'
    return ""


def _explains(question, wrong, answers, faults):
    """Return whether a slip gives the same answers, right ones included, and stops in the same cases.

    At least one of them must be a wrong value. If there are errors only, all must have the same message, but
    for the name of the array: functions stop in the same cases for many reasons.
    """
    evidence, same = 0, []
    for slip, answer, text in zip(wrong, answers, faults, strict=True):
        stops = [isinstance(value, tuple) and value[0] == "error" for value in (slip, answer)]
        if all(stops):
            same.append(_unnamed(slip[1]) == _unnamed(answer[1]))
        elif any(stops) or answer is None or isinstance(answer, tuple) or fault(answer, slip, question):
            return False
        else:
            evidence += bool(text)
    return evidence > 0 or (bool(same) and all(same))


def _unnamed(message):
    """Return a message without the name of the array whose index it is about."""
    return re.sub(r"^(index |\w+)(?=\()", "", message)
