"""Measure how much memory the class grader needs for a large class, without running the learners' code.

    python -m benchmarks.grading_memory [--learners 50000]

The class is real: one notebook per learner on disk. The machine that runs the learners' code is replaced by a
stub that returns a record with several mistakes and their cards. Everything else is the real command.
"""

import argparse
import copy
import json
import os
import resource
import sys
import tempfile
import time
from concurrent.futures import Future
from pathlib import Path
from unittest import mock

from conv_course.grade import __main__ as command
from conv_course.grade import demo, sandbox
from conv_course.grade.grade import Grader
from conv_course.grade.submissions import Found


class Stub:
    """A machine that returns the same record for everybody."""

    jobs = 2

    def __init__(self, stopped, *, record):
        self._record = record

    def submit(self, submission, data):
        future, record = Future(), copy.copy(self._record)
        record.learner, record.file = submission.learner, submission.file
        future.set_result(record)
        return future

    def stop(self):
        """Do nothing: nothing is running."""

    close = stop


def a_record(folder):
    """Return the record of the demo's learner with a mistake in every question."""
    path = folder / "one.ipynb"
    path.write_text(
        next(texts for name, *_, texts in demo.learners() if "Curie" in name)[0], encoding="utf-8"
    )
    grader = Grader(1, sandbox.trial())
    try:
        return grader.grade(Found("one", path))
    finally:
        grader.close()


def main(arguments=None):
    parser = argparse.ArgumentParser(allow_abbrev=False, description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=50_000)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record = a_record(folder)
        handed_in = folder / "class"
        handed_in.mkdir()
        for number in range(chosen.learners):
            text = json.dumps({"cells": [], "metadata": {"number": number}})
            (handed_in / f"learner{number:06d}.ipynb").write_text(text, encoding="utf-8")
        words = [str(handed_in), "--csv", str(folder / "g.csv"), "--feedback", str(folder / "pages")]
        words += ["--report", str(folder / "report"), "--no-sandbox", "--seed", "1"]
        before, started = _most(), time.monotonic()
        machine = mock.patch.object(
            command, "ThisMachine", lambda stopped, **options: Stub(stopped, record=record)
        )
        with machine:
            code = command.main(words)
        seconds = time.monotonic() - started
        pages = sum(len(files) for _, _, files in os.walk(folder / "pages"))
        state = (folder / "g.csv.state").stat().st_size
    print(f"{chosen.learners} learners, exit code {code}, {pages} pages, a state of {state >> 20} MB")
    print(f"most memory {_most():.0f} MB, {before:.0f} MB of it before; {seconds:.0f} s")
    return code


def _most():
    """Return the peak memory of this process in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
