"""The command: `python3 course.py grade FOLDER --csv OUT`."""

import argparse
import os
import secrets
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from conv_lib.grading.batch import records, sandbox, submissions
from conv_lib.grading.batch.grade import Grader, Record
from conv_lib.grading.show import amount

NO_SANDBOX = """\
Without a sandbox the learners' code runs as you: it can read and change your files, use the network,
read the course and its answers, and stop this grader. Use --no-sandbox only for notebooks that you would
run yourself."""


def options_of(arguments):
    parser = argparse.ArgumentParser(prog="course.py grade", description="Grade a folder of submissions.")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="one notebook or one folder a learner")
    parser.add_argument("--csv", type=Path, required=True, metavar="OUT", help="where the grades go")
    parser.add_argument("--feedback", type=Path, metavar="DIR", help="a page a learner goes here")
    parser.add_argument("--seed", type=int, help="of the hidden cases (drawn, and kept in OUT.state)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="submissions at a time")
    parser.add_argument("--no-sandbox", action="store_true", help="run learners' code without protection")
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is not a folder")
    if options.seed is not None and options.seed < 0:
        parser.error("--seed must be 0 or more")
    for out in (options.csv, options.feedback):
        if out is not None and out.resolve().is_relative_to(options.folder.resolve()):
            parser.error(f"{out} lies in the folder of submissions, where nothing is written")
    return options


def sandbox_words(options):
    """What starts the sandbox, None for --no-sandbox; raises NoSandbox."""
    if options.no_sandbox:
        if os.name != "posix":
            raise sandbox.NoSandbox("the class grader runs on Linux and macOS; on Windows use WSL 2")
        print(NO_SANDBOX, file=sys.stderr)
        return None
    return sandbox.trial()


class Progress:
    """A bar on a terminal, a line now and then elsewhere."""

    def __init__(self, total):
        self.total, self.done, self.shown, self.start = total, 0, 0.0, time.monotonic()

    def step(self):
        self.done += 1
        now, terminal = time.monotonic(), sys.stderr.isatty()
        if self.done < self.total and now - self.shown < (0.1 if terminal else 10):
            return
        self.shown = now
        rate = self.done / max(now - self.start, 1e-9)
        left = (self.total - self.done) / rate
        text = f"{self.done} of {self.total} · {rate:.1f} a second · {left:.0f} s left"
        if terminal:
            filled = 30 * self.done // self.total
            end = "\n" if self.done == self.total else ""
            print(f"\r[{'#' * filled}{'.' * (30 - filled)}] {text}   ", end=end, file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)


def main(arguments=None):
    options = options_of(arguments)
    try:
        words = sandbox_words(options)
    except sandbox.NoSandbox as reason:
        print(f"No sandbox: {reason}.\n\n{NO_SANDBOX}", file=sys.stderr)
        return 2
    found = submissions.find(options.folder)
    if not found:
        print(f"{options.folder} holds no submissions", file=sys.stderr)
        return 2
    options.csv.parent.mkdir(parents=True, exist_ok=True)
    state = records.State(options.csv.with_name(options.csv.name + ".state"))
    seed = options.seed
    if seed is None:
        seed = state.seed if state.seed is not None else secrets.randbits(32)
    state.begin(seed)
    started = time.monotonic()
    results, again, interrupted = _grade_all(found, state, seed, words, max(1, options.jobs))
    done = [record for record in results if record is not None]
    records.write_csv(options.csv, done, options.folder)
    pages = records.write_feedback(options.feedback, done) if options.feedback else 0
    _summary(done, len(found), again, time.monotonic() - started, options, pages)
    if interrupted:
        print("Interrupted. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


def _grade_all(found, state, seed, words, jobs):
    """A record for each submission, in order; how many were known; whether it was interrupted."""
    results = [None] * len(found)
    grader = Grader(seed, words)
    progress, again, interrupted = Progress(len(found)), 0, False

    def one(place):
        submission = found[place]
        try:
            data = submissions.content(submission)
        except submissions.Unreadable as reason:
            return None, None, Record(submission.learner, str(submission.path), reason=str(reason))
        except OSError as error:
            reason = f"it cannot be read: {error.strerror}"
            return None, None, Record(submission.learner, str(submission.path), reason=reason)
        key = state.key(seed, str(submission.path), submissions.digest(data))
        if key in state.records:
            return key, True, state.records[key]
        return key, False, grader.grade(submission, data)

    def keep(future, place):
        key, known, record = future.result()
        results[place] = record
        if key and not known:
            state.add(key, record)
        return known

    pool = ThreadPoolExecutor(jobs)
    waiting = {pool.submit(one, place): place for place in range(len(found))}
    try:
        for future in as_completed(waiting):
            again += bool(keep(future, waiting[future]))
            progress.step()
    except KeyboardInterrupt:
        interrupted = True
    finally:
        pool.shutdown(cancel_futures=True)
        grader.close()
    if interrupted:  # those that were running have come to their end meanwhile
        for future, place in waiting.items():
            ready = future.done() and not future.cancelled() and future.exception() is None
            if ready and results[place] is None:
                keep(future, place)
    return results, again, interrupted


def _summary(done, total, again, seconds, options, pages):
    scored = [record for record in done if record.points is not None]
    line = f"{len(done)} of {total} submissions in {seconds:.1f} s"
    if again:
        line += f" ({again} known from last time)"
    print(line)
    for exercise in sorted({record.exercise for record in scored}):
        theirs = [record for record in scored if record.exercise == exercise]
        mean = sum(record.points for record in theirs) / len(theirs)
        full = sum(record.points == record.of for record in theirs)
        of = amount(theirs[0].of)
        print(
            f"  {exercise}: {len(theirs)} graded, mean {amount(mean)} of {of} points, {full} with all of them"
        )
    without = len(done) - len(scored)
    if without:
        print(f"  {without} without a score: the column `reason` says why")
    print(f"Grades: {options.csv}" + (f"; feedback: {pages} pages in {options.feedback}" if pages else ""))


if __name__ == "__main__":
    sys.exit(main())
