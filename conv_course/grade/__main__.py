"""The command: `python3 course.py grade FOLDER --csv OUT`."""

import os
import secrets
import sys
import time
from dataclasses import dataclass, field
from functools import partial

from conv_course.checker.show import amount
from conv_course.grade import (
    archives,
    dask_workers,
    demo,
    gradebooks,
    package,
    sandbox,
    scratch,
    shards,
    stopping,
)
from conv_course.grade import options as words_of
from conv_course.grade.grade import NOT_GRADED
from conv_course.grade.per_learner import name_of
from conv_course.grade.records import Refused
from conv_course.grade.text import clean_page, clean_text, in_words
from conv_course.grade.whole_class import Class, ThisMachine

__all__ = ["main"]

FAILED, REFUSED, SOME_NOT_GRADED, INTERRUPTED = 1, 2, 3, 130
GOES_ON = "The same command goes on from here."
NO_SANDBOX = """\
Without a sandbox the learners' code runs as you: it can read and change your files, use the network,
read the course and its answers, and stop this grader. Use --no-sandbox only for notebooks that you would
run yourself."""


def sandbox_words(options):
    """Return the command that starts the sandbox, or None for --no-sandbox. Raise NoSandbox."""
    if options.no_sandbox:
        if os.name != "posix":
            raise sandbox.NoSandbox("the class grader runs on Linux and macOS; on Windows use WSL 2")
        print(NO_SANDBOX, file=sys.stderr)
        return None
    return sandbox.trial()


def main(arguments=None):
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["--demo"]:
        return _demo(arguments[1:])
    if arguments[:1] == ["package"]:
        return _package(arguments[1:])
    merging = arguments[:1] == ["merge"]
    options = words_of.merge(arguments[1:]) if merging else words_of.grade(arguments)
    try:
        with stopping.noticed() as stop:
            return _grade_class(options, stop)
    except sandbox.NoSandbox as reason:
        say(f"No sandbox: {reason}.\n\n{NO_SANDBOX}")
        return REFUSED
    except Refused as reason:
        say(f"course.py grade: {reason}.")
        return REFUSED
    except OSError as error:
        say(f"course.py grade: {in_words(error)}.")
        return FAILED


def _demo(arguments):
    """Make a demo class in a new folder and grade it. Its code is ours, so it needs no sandbox."""
    place = arguments[0] if arguments else "grade_demo"
    try:
        words = demo.make(place)
    except Refused as reason:
        say(f"course.py grade: {reason}.")
        return REFUSED
    except OSError as error:
        say(f"course.py grade: {in_words(error)}.")
        return FAILED
    try:
        sandbox.trial()
    except sandbox.NoSandbox:
        words.append("--no-sandbox")
    code = main(words)
    say(demo.WHAT.format(place=place, words=" ".join(words)), sys.stdout)
    return code


def _package(arguments):
    try:
        for line in package.main(arguments):
            say(line, sys.stdout)
    except Refused as reason:
        say(f"course.py grade package: {reason}.")
        return REFUSED
    except OSError as error:
        say(f"course.py grade package: {in_words(error)}.")
        return FAILED
    return 0


def say(text, file=None):
    print(clean_page(text), file=file or sys.stderr)


def _grade_class(options, stop):
    words = None if options.parts or options.dask else sandbox_words(options)
    with scratch.folder() as home:
        handed_in = archives.open_class(options.folder, home, options.kind)
        if not handed_in.found:
            raise Refused(f"{options.folder} contains no submissions")
        # the names of the pages depend on the whole class, so that all its parts use the same names
        options.outputs.prepare({submission.learner for submission in handed_in.found})
        handed_in.found = shards.of_shard(handed_in.found, options.shard)
        return _grade_found(options, handed_in, words, stop)


def _grade_found(options, handed_in, words, stop):
    state, parts = options.outputs.state, shards.states_of(options.parts) if options.parts else []
    seed = next(
        (s for s in (options.seed, *(part.seed for part in parts), state.seed) if s is not None), None
    )
    if seed is None:
        seed = secrets.randbits(128)
    key = partial(key_of, state, seed, options.secret, bool(options.own_questions))
    state.begin(seed)
    try:
        started = time.monotonic()
        everybody = Class(handed_in.found, state, key, _machine(options, seed, words, parts, key), stop)
        everybody.grade()
        return _hand_over(options, handed_in, everybody, stop, time.monotonic() - started)
    finally:
        state.close()


def key_of(state, seed, secret, own, submission, digest):
    """Return the key under which a record is kept. It changes with everything that the result depends on."""
    parts = [seed, secret.mark, name_of(submission)] if secret else seed
    return state.key([parts, "own", name_of(submission)] if own else parts, submission.file, digest)


def _machine(options, seed, words, parts, key):
    """Return a function of `stopped` that makes the grading machine."""
    if parts:
        return lambda stopped: shards.Parts(parts, key)
    known = {"seed": seed, "secret": options.secret, "own": bool(options.own_questions)}
    if options.dask:
        known["sandboxed"] = not options.no_sandbox
        return partial(dask_workers.Workers, address=options.dask, **known)
    return partial(ThisMachine, jobs=max(1, options.jobs), words=words, **known)


def _hand_over(options, handed_in, everybody, stop, seconds):
    """Write the results and print a summary. Return the exit code."""
    done = everybody.results
    # without any result, keep the table of an earlier run
    pages, said, failed = options.outputs.write(done) if done else (0, [], [])
    tally = _summary(done, everybody, seconds, options, pages)
    if handed_in.kind != "folder":
        print(f"  read as a download from {handed_in.kind.capitalize()}")
    _passed_over(handed_in.passed)
    for text in said:
        say(text, sys.stdout)
    failed += gradebooks.hand_over(options, done, len(handed_in.found))
    if everybody.trouble:
        failed.append(f"Stopped: {everybody.trouble}.")
    for text in failed:
        say(f"{text} {GOES_ON}")
    if stop.asked:
        say(f"Interrupted. {GOES_ON}")
        return INTERRUPTED
    if failed:
        return FAILED
    return SOME_NOT_GRADED if tally.faults else 0


@dataclass
class Tally:
    """Counts for the summary, taken in one pass: {exercise: [points]}, and submissions without points."""

    points: dict = field(default_factory=dict)
    of: dict = field(default_factory=dict)
    without: int = 0
    faults: int = 0

    def add(self, record):
        if record.points is not None:
            self.points.setdefault(record.exercise, []).append(record.points)
            self.of[record.exercise] = record.of
        elif record.status == NOT_GRADED:
            self.faults += 1
        else:
            self.without += 1


def _summary(done, everybody, seconds, options, pages):
    tally = Tally()
    for record in done:
        tally.add(record)
    line = f"{len(done)} of {len(everybody.found)} submissions in {seconds:.1f} s"
    if everybody.known:
        line += f" ({everybody.known} known from last time)"
    print(line)
    for exercise, points in sorted(tally.points.items()):
        mean, of = amount(sum(points) / len(points)), tally.of[exercise]
        full = points.count(of)
        print(
            f"  {exercise}: {len(points)} graded, mean {mean} of {amount(of)} points, {full} with all of them"
        )
    if tally.without:
        print(f"  {tally.without} without a score: the column `reason` says why")
    if tally.faults:
        print(
            f"  {tally.faults} not graded, by no fault of theirs: the column `reason` says why. "
            "The same command tries again."
        )
    text = f"Grades: {options.csv}" + (f"; feedback: {pages} pages in {options.feedback}" if pages else "")
    say(text, sys.stdout)
    return tally


def _passed_over(names):
    if names:
        shown = ", ".join(clean_text(name) for name in names[:10])
        more = f" and {len(names) - 10} more" if len(names) > 10 else ""
        say(f"  passed over: {shown}{more}", sys.stdout)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # the terminal may not support every character
    code = main()
    sys.stdout.flush()
    os._exit(code)  # do not wait for threads that still compute after a stop
