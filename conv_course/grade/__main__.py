"""The command: `python3 course.py grade FOLDER --csv OUT`."""

import argparse
import os
import secrets
import sys
import time
from pathlib import Path

from conv_course.checker.show import amount
from conv_course.grade import archives, gradebooks, sandbox, scratch, stopping
from conv_course.grade.grade import NOT_GRADED
from conv_course.grade.outputs import Outputs, in_words
from conv_course.grade.records import Refused
from conv_course.grade.text import clean_page, clean_text
from conv_course.grade.whole_class import Class

FAILED, REFUSED, SOME_NOT_GRADED, INTERRUPTED = 1, 2, 3, 130
GOES_ON = "The same command goes on from here."
NO_SANDBOX = """\
Without a sandbox the learners' code runs as you: it can read and change your files, use the network,
read the course and its answers, and stop this grader. Use --no-sandbox only for notebooks that you would
run yourself."""


def options_of(arguments):
    parser = argparse.ArgumentParser(prog="course.py grade", description="Grade a folder of submissions.")
    parser.add_argument(
        "folder",
        type=Path,
        metavar="FOLDER_OR_ZIP",
        help="what the platform gave, or a notebook per learner",
    )
    parser.add_argument("--from", dest="kind", choices=archives.KINDS, help="the platform, if it is not seen")
    parser.add_argument("--csv", type=Path, required=True, metavar="OUT", help="where the grades go")
    parser.add_argument("--feedback", type=Path, metavar="DIR", help="one page per learner goes here")
    parser.add_argument("--seed", type=int, help="of the hidden cases (drawn, and kept in OUT.state)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="submissions at a time")
    parser.add_argument("--no-sandbox", action="store_true", help="run learners' code without protection")
    parser.add_argument("--into", type=Path, metavar="FILE", help="fill a column of this exported gradebook")
    parser.add_argument("--column", metavar="NAME", help="which column, if the exercise's name does not say")
    parser.add_argument("--feedback-zip", type=Path, metavar="ZIP", help="pages as Moodle takes them back")
    options = parser.parse_args(arguments)
    if not os.path.isdir(options.folder) and not os.path.isfile(options.folder):
        parser.error(f"{options.folder} is neither a folder nor a zip file")
    if options.seed is not None and options.seed < 0:
        parser.error("--seed must be 0 or more")
    try:
        options.outputs = Outputs(options.csv, options.feedback, options.folder)
        gradebooks.check(options)
    except Refused as reason:
        parser.error(str(reason))
    return options


def sandbox_words(options):
    """What starts the sandbox, None for --no-sandbox; raises NoSandbox."""
    if options.no_sandbox:
        if os.name != "posix":
            raise sandbox.NoSandbox("the class grader runs on Linux and macOS; on Windows use WSL 2")
        print(NO_SANDBOX, file=sys.stderr)
        return None
    return sandbox.trial()


def main(arguments=None):
    options = options_of(arguments)
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


def say(text, file=None):
    print(clean_page(text), file=file or sys.stderr)


def _grade_class(options, stop):
    words = sandbox_words(options)
    with scratch.folder() as home:
        handed_in = archives.open_class(options.folder, home, options.kind)
        if not handed_in.found:
            raise Refused(f"{options.folder} holds no submissions")
        return _grade_found(options, handed_in, words, stop)


def _grade_found(options, handed_in, words, stop):
    found, outputs = handed_in.found, options.outputs
    outputs.prepare({submission.learner for submission in found})
    seed = options.seed
    if seed is None:
        seed = outputs.state.seed
    if seed is None:
        seed = secrets.randbits(128)
    outputs.state.begin(seed)
    started = time.monotonic()
    everybody = Class(found, outputs.state, seed, words, stop)
    everybody.grade(max(1, min(options.jobs, len(found))))
    done = [record for record in everybody.records if record is not None]
    # nothing known must not replace the table of an earlier run
    pages, said, failed = outputs.write(done) if done else (0, [], [])
    _summary(done, everybody, time.monotonic() - started, options, pages)
    if handed_in.kind != "folder":
        print(f"  read as a download from {handed_in.kind.capitalize()}")
    _passed_over(handed_in.passed)
    for text in said:
        say(text, sys.stdout)
    failed += gradebooks.hand_over(options, done, len(found))
    if everybody.trouble:
        failed.append(f"Stopped: {everybody.trouble}.")
    for text in failed:
        say(f"{text} {GOES_ON}")
    if stop.asked:
        say(f"Interrupted. {GOES_ON}")
        return INTERRUPTED
    if failed:
        return FAILED
    return SOME_NOT_GRADED if any(record.status == NOT_GRADED for record in done) else 0


def _summary(done, everybody, seconds, options, pages):
    scored = [record for record in done if record.points is not None]
    line = f"{len(done)} of {len(everybody.found)} submissions in {seconds:.1f} s"
    if everybody.known:
        line += f" ({everybody.known} known from last time)"
    print(line)
    for exercise in sorted({record.exercise for record in scored}):
        theirs = [record for record in scored if record.exercise == exercise]
        mean = sum(record.points for record in theirs) / len(theirs)
        full = sum(record.points == record.of for record in theirs)
        of = amount(theirs[0].of)
        print(
            f"  {exercise}: {len(theirs)} graded, mean {amount(mean)} of {of} points, {full} with all of them"
        )
    faults = sum(record.status == NOT_GRADED for record in done)
    if len(done) - len(scored) - faults:
        print(f"  {len(done) - len(scored) - faults} without a score: the column `reason` says why")
    if faults:
        print(
            f"  {faults} not graded, by no fault of theirs: the column `reason` says why. "
            "The same command tries again."
        )
    text = f"Grades: {options.csv}" + (f"; feedback: {pages} pages in {options.feedback}" if pages else "")
    say(text, sys.stdout)


def _passed_over(names):
    if names:
        shown = ", ".join(clean_text(name) for name in names[:10])
        more = f" and {len(names) - 10} more" if len(names) > 10 else ""
        say(f"  passed over: {shown}{more}", sys.stdout)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not know every character of a path
    code = main()
    sys.stdout.flush()
    os._exit(code)  # what still computes after a stop is not waited for
