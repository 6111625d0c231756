"""Run Octave in a process of its own, and read what it writes."""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
from dataclasses import dataclass

import numpy as np

from conv_course.checker.pipes import collect

GIVEN = ("convn_vanilla.m", "conv_output_size.m", "private")  # the course's functions beside an answer
LARGEST_OUTPUT = 1 << 23
MOST_NUMBERS = 100_000  # in an answer, as in answer_question.m
MORE_LINES = 100  # allowed among the answers that are not answers


@dataclass(frozen=True)
class Outcome:
    """The output of an Octave process, and how it ended.

    `how` is "ended", "time", "output" (more than `LARGEST_OUTPUT`), or "missing" if there is no Octave.
    """

    content: bytes
    how: str


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

    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(scratch), "TMPDIR": str(scratch)}
    environment |= {"LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"}
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


def command_line(program, functions, inside, out, count=0):
    """Return the command line that has Octave call functions, each of which answers `count` cases."""
    inside = str(inside).replace("'", "''")
    call = f"addpath('{inside}/given'); addpath('{inside}/answers'); "
    for k, function in enumerate(functions):
        call += f"answer_question('{function}', '{inside}/cases.mat', '{out}', {k * count}); "
    return [program, "--quiet", "--norc", "--no-history", "--no-window-system", "--eval", call]


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
