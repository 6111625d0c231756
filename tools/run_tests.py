"""Run every test of the course, one step after another, and end with a table of the results.

No step is skipped silently: a step that finds nothing to do fails.
"""

import argparse
import os
import shutil
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree
from collections import Counter
from dataclasses import dataclass, field

from tools import build_book, process, quick, system
from tools.environment import ROOT, Problem, explain
from tools.process import Status, run, stops_on_sigterm

REPORTS = ROOT / "_build" / "test-reports"
COUNTED = ("passed", "failed", "skipped")
SLOWEST = 8  # number of slow files that a step lists


@dataclass
class Step:
    name: str
    result: str = "passed"
    seconds: float = 0.0
    counts: dict = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))


def pytest_step(name, arguments, extra=(), env=None):
    """Run pytest and read the number of tests from its report."""
    step = Step(name)
    report = REPORTS / f"{name.replace(' ', '_')}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", *arguments, f"--junitxml={report}", *extra]
    code = run(command, cwd=ROOT, env=dict(os.environ, **(env or {})))
    if code == 130:
        raise KeyboardInterrupt
    if report.is_file():
        suite = xml.etree.ElementTree.parse(report).getroot().find("testsuite")
        number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        bad = number["failures"] + number["errors"]
        step.counts = {
            "passed": max(number["tests"] - bad - number["skipped"], 0),
            "failed": bad,
            "skipped": number["skipped"],
        }
        print("slowest files:", slowest(suite))
    if code == 5 and extra:
        step.result = "no test chosen"
        return step
    if code == 5:
        step.result = "FAILED: no tests found"
    elif code:
        step.result = "FAILED"
    if code and not step.counts["failed"]:
        step.counts["failed"] = 1
    return step


def slowest(suite):
    """Return one line with the files whose tests took longest, and their seconds."""
    seconds = Counter()
    for test in suite.iter("testcase"):
        seconds[(test.get("classname") or "").rsplit(".", 1)[-1]] += float(test.get("time") or 0)
    return ", ".join(f"{file} {time:.0f} s" for file, time in seconds.most_common(SLOWEST))


def command_step(name, *commands, mend=""):
    """Run commands that report success only by their exit code; `mend` is the advice after a failure."""
    step = Step(name)
    for command in commands:
        code = run([sys.executable, "-m", *command], cwd=ROOT)
        if code == 130:
            raise KeyboardInterrupt
        if code:
            step.result = f"FAILED{mend}"
    step.counts["failed" if step.result != "passed" else "passed"] = 1
    return step


def tools_step(status):
    """Install the programs that the tests need besides Python packages, and list the missing ones."""
    step = Step("tools of the system")
    missing = [tool for tool in system.TOOLS if system.find(tool) is None]
    if missing:
        system.apt_install([system.TOOLS[tool][1] for tool in missing], status)
    system.allow_sandbox(status)
    lacking = [tool for tool in missing if system.find(tool) is None]
    for tool in lacking:
        status.say(f"  {tool} is missing, so its tests will be skipped: {system.how_to_get(tool)}")
    if not system.ensure_torch(status):
        lacking.append("torch")
        status.say("  PyTorch could not be installed, so the tests against it will be skipped.")
    for tool in lacking:
        step.counts["failed" if system.must_have(tool) else "skipped"] += 1
    step.counts["passed"] = len(system.TOOLS) + 1 - len(lacking)
    if step.counts["failed"]:
        step.result = "FAILED: must be there when CI=true"
    elif lacking:
        step.result = "without " + ", ".join(lacking)
    return step


def style_step():
    mend = ": ruff check --fix, then ruff format (in .venv/bin)"
    return command_step("style", ["ruff", "check"], ["ruff", "format", "--check"], mend=mend)


class Book:
    """The build of the book, which may begin before its turn: most of the time it keeps one core busy."""

    NAME = "book, warnings are errors"
    NEEDS = ("tools of the system", "style")  # the steps that end before it begins

    def __init__(self):
        self.child = self.seconds = None

    def start(self):
        begin = time.monotonic()
        self.said = REPORTS / "book.txt"
        with self.said.open("w", encoding="utf-8") as out:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "tools.build_book", "--gate"],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

        def clock():
            self.child.wait()
            self.seconds = time.monotonic() - begin

        self.clock = threading.Thread(target=clock, daemon=True)
        self.clock.start()

    def step(self):
        """Wait for its end. The seconds are the build's own, since the start."""
        if self.child is None:
            self.start()
        code = self.child.wait()
        self.clock.join()
        print(self.said.read_text(encoding="utf-8"), end="")
        if code == 130:
            raise KeyboardInterrupt
        step = Step(self.NAME, "FAILED" if code else "passed", self.seconds)
        step.counts["failed" if code else "passed"] = 1
        return step

    def stop(self):
        if self.child is not None and self.child.poll() is None:
            process.stop(self.child)


def steps(options, status, book):
    """Yield (name, function) of each step, the fastest first."""
    # tests/conftest.py has the longest files first, so that no worker ends alone with one of them
    workers = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "-q"]
    every = ["--all"] if options.all else []
    more = options.pytest
    notebooks = ["--nbval", "--nbval-cell-timeout", "60", "-p", "no:cacheprovider", *workers]
    site = {"COURSE_SITE": str(build_book.SITE)}
    yield "tools of the system", lambda: tools_step(status)
    yield "style", style_step
    yield (
        "exercises are generated",
        lambda: command_step(
            "exercises are generated",
            ["tools.generate_exercises", "--check"],
            mend=": python3 course.py exercises",
        ),
    )
    examples = ["--doctest-modules", "conv_lib", "conv_course", *workers]
    yield "examples", lambda: pytest_step("examples", examples, more)
    yield (
        "tests",
        lambda: pytest_step("tests", ["tests", "--ignore=tests/browser", *every, *workers], more),
    )
    yield "notebooks", lambda: pytest_step("notebooks", ["solutions", "exercises", *notebooks], more)
    yield "book", book.step
    yield "pages", lambda: pytest_step("pages", ["tests/browser", *every, *workers], more, site)


def quick_steps(options):
    """Yield the steps for the author of a kernel, sheet, figure or page: no browser, no book, no notebook."""
    changed = quick.changed_files(ROOT)
    yield "style", style_step
    pages = quick.pages(changed, ROOT)
    if pages:
        yield "cells of pages", lambda: command_step("cells of pages", ["tools.run_pages", *pages])
    for name, arguments in quick.plan(changed, ROOT):
        words = [*arguments, "-q", "-n", "2", "--dist", "worksteal"]
        yield name, lambda name=name, words=words: pytest_step(name, words, options.pytest)


def main():
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="course.py test", description="Run every test of the course."
    )
    parser.add_argument("--all", action="store_true", help="also run tests that take minutes")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="only the tests for files changed since the last commit, in a minute",
    )
    parser.add_argument("--only", metavar="STEP", help="run the steps whose name begins with this")
    parser.add_argument(
        "--newest",
        action="store_true",
        help="use .venv-newest, with the newest versions instead of the locked ones",
    )
    parser.add_argument("pytest", nargs="*", help="after `--`: arguments for pytest, such as -k conv1d")
    options = parser.parse_args()
    try:
        with stops_on_sigterm():
            return _run(options)
    except KeyboardInterrupt:
        return 130
    except Problem as problem:
        print(f"course.py test: {problem}", file=sys.stderr)
    except OSError as error:
        print(f"course.py test: {explain(error)}", file=sys.stderr)
    return 1


def _run(options):
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # several processes share the cores already
    status = Status()
    book = Book()
    every = list(quick_steps(options) if options.quick else steps(options, status, book))
    chosen = [(name, do) for name, do in every if name.startswith(options.only or "")]
    if not chosen:
        raise Problem(f"no step is named {options.only}: " + ", ".join(name for name, _ in every))
    begin = time.monotonic()
    try:
        done = list(_each(chosen, status, book))
    finally:
        book.stop()
    return _report(done, status, time.monotonic() - begin)


def _each(chosen, status, book):
    """Do the steps, one after another, and the book beside those before it."""
    for number, (name, do) in enumerate(chosen, 1):
        if book.child is None and name not in (*book.NEEDS, "book") and "book" in dict(chosen):
            book.start()
            status.say("\nThe book is built beside these steps.")
        status.say(f"\n=== [{number}/{len(chosen)}] {name}")
        begin = time.monotonic()
        step = do()
        step.seconds = step.seconds or time.monotonic() - begin
        yield step


def _report(done, status, seconds=0.0):
    width = max(len(step.name) for step in done)
    status.say(f"\n{'step'.ljust(width)}  passed  failed  skipped  seconds  result")
    for step in done:
        numbers = "  ".join(str(step.counts[key]).rjust(len(key)) for key in COUNTED)
        status.say(f"{step.name.ljust(width)}  {numbers}  {step.seconds:7.1f}  {step.result}")
    total = {key: sum(step.counts[key] for step in done) for key in COUNTED}
    numbers = "  ".join(str(total[key]).rjust(len(key)) for key in COUNTED)
    status.say(f"{'all'.ljust(width)}  {numbers}  {seconds:7.1f}  by the clock")
    bad = (
        total["failed"] > 0 or total["passed"] == 0 or any(step.result.startswith("FAILED") for step in done)
    )
    status.say("\n" + ", ".join(f"{total[key]} {key}" for key in COUNTED))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
