"""The steps of course.py test: a failure, an empty step or a broken tool never counts as success."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from tools import run_tests, system
from tools.process import Status


@pytest.fixture
def reports(tmp_path, monkeypatch):
    monkeypatch.setattr(run_tests, "REPORTS", tmp_path)
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    return tmp_path


def run(folder, source, *extra):
    (folder / "test_it.py").write_text(source)
    return run_tests.pytest_step("a step", ["test_it.py", "-q", "-p", "no:cacheprovider"], extra)


def test_counts_come_from_the_report(reports):
    source = (
        "import pytest\ndef test_a(): pass\ndef test_b(): raise KeyError\ndef test_c(): pytest.skip('so')\n"
    )
    step = run(reports, source)
    assert step.counts == {"passed": 1, "failed": 1, "skipped": 1}
    assert step.result == "FAILED"


def test_a_step_names_its_slowest_files(reports, capsys):
    (reports / "test_slow.py").write_text("import time\ndef test_a(): time.sleep(1.2)\n")
    (reports / "test_it.py").write_text("def test_a(): pass\n")
    run_tests.pytest_step("a step", ["test_it.py", "test_slow.py", "-q", "-p", "no:cacheprovider"])
    assert "slowest files: test_slow 1 s, test_it 0 s\n" in capsys.readouterr().out


def test_a_step_without_tests_has_failed(reports):
    step = run(reports, "")
    assert step.result == "FAILED: no tests found"
    assert step.counts["failed"] == 1
    assert run(reports, "def test_a(): pass\n", "-k", "nothing").result == "no test chosen"


def test_a_step_that_cannot_be_collected_has_failed(reports):
    assert run(reports, "import no_such_module\n").counts["failed"] == 1


def test_the_last_line_and_the_exit_code_report_the_result(capsys):
    good = run_tests.Step("good", counts={"passed": 2, "failed": 0, "skipped": 1})
    bad = run_tests.Step("bad", result="FAILED", counts={"passed": 0, "failed": 1, "skipped": 0})
    assert run_tests._report([good], Status()) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 passed, 0 failed, 1 skipped"
    assert run_tests._report([good, bad], Status()) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "2 passed, 1 failed, 1 skipped"
    assert run_tests._report([run_tests.Step("none", result="no test chosen")], Status()) == 1


def test_a_command_that_fails_fails_its_step(reports):
    (reports / "odd.py").write_text("import sys; sys.exit(len(sys.argv) - 1)")
    assert run_tests.command_step("odd", ["odd"]).result == "passed"
    assert run_tests.command_step("odd", ["odd", "x"], ["odd"]).result == "FAILED"


@pytest.fixture
def book(reports):
    """A function: book(code) is a build of the book that takes a second and ends with this code."""

    def make(code, seconds=1):
        (reports / "tools").mkdir()
        (reports / "tools" / "__init__.py").touch()
        text = f"import sys, time\nprint('built', flush=True)\ntime.sleep({seconds})\nsys.exit({code})\n"
        (reports / "tools" / "build_book.py").write_text(text)
        return run_tests.Book()

    return make


@pytest.mark.parametrize(("code", "result"), [(0, "passed"), (1, "FAILED")])
def test_the_book_is_built_beside_the_tests(book, capsys, code, result):
    book = book(code)

    def tests():
        assert book.child.poll() is None
        return run_tests.Step("tests")

    tests, step = run_tests._each([("tests", tests), ("book", book.step)], Status(), book)
    assert (step.result, step.counts["passed"], step.counts["failed"]) == (result, 1 - code, code)
    assert step.seconds >= 1
    assert capsys.readouterr().out.endswith("=== [2/2] book\nbuilt\n")


def test_the_build_begins_once_its_tools_are_there(book):
    book, running = book(0), {}

    def step(name):
        def do():
            running[name] = book.child is not None
            return run_tests.Step(name)

        return name, do

    names = ["tools of the system", "style", "exercises are generated", "tests"]
    list(run_tests._each([*map(step, names), ("book", book.step)], Status(), book))
    assert [name for name, so in running.items() if so] == names[2:]


def test_the_build_ends_with_the_tests(book):
    book = book(0, seconds=600)
    book.start()
    book.stop()
    assert book.child.poll() is not None


@pytest.mark.parametrize(("ci", "failed"), [("true", 3), ("", 0)])
def test_missing_tools_fail_only_on_ci(monkeypatch, ci, failed):
    monkeypatch.setenv("CI", ci)
    monkeypatch.delenv("COURSE_MAY_LACK", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system, "find", lambda tool: None)
    monkeypatch.setattr(system, "apt_install", lambda packages, status: False)
    monkeypatch.setattr(system, "allow_sandbox", lambda status: None)
    monkeypatch.setattr(system, "ensure_torch", lambda status: True)
    step = run_tests.tools_step(Status())
    assert step.counts == {"passed": 1, "failed": failed, "skipped": 3 - failed}
    assert step.result.startswith("FAILED" if failed else "without chromium, octave, bubblewrap")


@pytest.mark.parametrize(("ci", "says", "calls"), [("true", "1", 1), ("true", "0", 0), ("", "1", 0)])
def test_the_sandbox_is_allowed_only_on_ci(monkeypatch, tmp_path, ci, says, calls):
    restriction = tmp_path / "apparmor_restrict_unprivileged_userns"
    restriction.write_text(says + "\n")
    run = []
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(system, "RESTRICTION", restriction)
    monkeypatch.setattr(system, "_apt_prefix", lambda: ["sudo", "-n"])
    monkeypatch.setattr(system.subprocess, "run", lambda command, check: run.append(command))
    system.allow_sandbox(Status())
    wanted = ["sudo", "-n", "sysctl", "-q", "-w", "kernel.apparmor_restrict_unprivileged_userns=0"]
    assert run == [wanted] * calls


def test_all_tests_can_be_collected_together():
    """pytest imports a module that is in no package by its file name alone, so two cannot share one."""
    modules = [path for path in Path(__file__).parent.rglob("test_*.py")]
    alone = [path.name for path in modules if not (path.parent / "__init__.py").exists()]
    assert len(alone) > 100
    assert sorted(name for name, count in Counter(alone).items() if count > 1) == []
