"""course.py: its list of verbs, and its one-line message for each failure."""

import ast
import errno
import os
import runpy
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import course  # noqa: E402
from tools import environment, process, system  # noqa: E402


def ask(*arguments):
    command = [sys.executable, str(ROOT / "course.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def one_line(text):
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]


def test_without_arguments_it_lists_every_verb():
    answer = ask()
    assert answer.returncode == 0
    listed = [line.split()[0] for line in answer.stdout.splitlines() if line.startswith("  ")]
    assert listed == list(course.VERBS)
    assert {"book", "serve", "test", "exercises", "grade", "bench", "lite", "pdf"} <= set(listed)


@pytest.mark.parametrize("verb", course.VERBS)
def test_help_installs_nothing_and_is_the_verbs_own(verb, monkeypatch, capfd):
    def refuse(*_):
        raise AssertionError("nothing is installed for its sake")

    monkeypatch.setattr(environment, "ensure", refuse)
    assert course.main([verb, "--help"]) == 0
    said = capfd.readouterr().out
    assert f"usage: course.py {verb}" in said
    module = course.VERBS[verb][1]
    own = [sys.executable, "-m", module, "--help"]
    assert subprocess.run(own, cwd=ROOT, capture_output=True, text=True, check=True).stdout == said


def test_help_after_two_dashes_is_pytests():
    assert course.asks_for_help(["test", "-h"])
    assert not course.asks_for_help(["test", "--", "--help"])


def test_an_unknown_verb_gets_the_nearest_one():
    answer = ask("buk")
    assert answer.returncode == 1
    assert one_line(answer.stderr) == "course.py: There is no verb `buk`; did you mean `book`?"
    assert "one of: book, serve" in one_line(ask("zzz").stderr)


def test_a_python_that_is_too_old_gets_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(sys, "argv", ["course.py", "book"])
    with pytest.raises(SystemExit) as stop:
        runpy.run_path(str(ROOT / "course.py"), run_name="__main__")
    assert stop.value.code == 1
    line = one_line(capsys.readouterr().err)
    assert line == "course.py: This is Python 3.9; the course needs Python 3.11 or newer."


def test_it_parses_on_pythons_that_are_too_old():
    source = (ROOT / "course.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 4))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)], "f-strings came with 3.6"


def test_it_imports_nothing_of_tools_before_the_version_is_known():
    tree = ast.parse((ROOT / "course.py").read_text(encoding="utf-8"))
    first = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    assert first <= {"difflib", "os", "sys"}


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EROFS, "work in a copy of the course in a folder of your own"),
        (errno.EACCES, "work in a copy of the course in a folder of your own"),
    ],
)
def test_an_error_of_the_system_gets_one_line(monkeypatch, capsys, number, says):
    def refuse(*_):
        raise OSError(number, os.strerror(number), str(ROOT / ".venv"))

    monkeypatch.setattr(environment, "ensure", refuse)
    assert course.main(["book"]) == 1
    assert says in one_line(capsys.readouterr().err)


def test_ctrl_c_is_130_and_one_line(monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "ensure", interrupt)
    assert course.main(["book"]) == 130
    assert one_line(capsys.readouterr().err).startswith("course.py: Stopped")


def test_the_exit_code_of_a_verb_is_passed_on(monkeypatch, tmp_path):
    monkeypatch.setitem(course.VERBS, "odd", ("", "runpy_target", "for this test"))
    (tmp_path / "runpy_target.py").write_text("import sys; sys.exit(int(sys.argv[1]))")
    monkeypatch.setattr(course, "ROOT", str(tmp_path))
    assert course.main(["odd", "7"]) == 7
    assert course.main(["odd", "0"]) == 0


@pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_parent_stops_its_child(tmp_path, number):
    """The signal goes only to the parent, as from `kill`. The child must end as well."""
    mark = tmp_path / "child"
    child = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    parent = (
        "import sys; from tools import process\n"
        f"with process.stops_on_sigterm(): process.run([sys.executable, '-c', {child!r}])"
    )
    running = subprocess.Popen([sys.executable, "-c", parent], cwd=ROOT, stderr=subprocess.DEVNULL)
    while not (mark.is_file() and mark.read_text()):
        assert running.poll() is None
        process.time.sleep(0.05)
    running.send_signal(number)
    assert running.wait(timeout=30) != 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


SLOW = """
import pathlib, signal, sys, time

def tidy_up(*_):
    time.sleep(1.5)
    pathlib.Path("written").touch()
    sys.exit(130)

signal.signal(signal.SIGTERM, tidy_up)
pathlib.Path("started").touch()
time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")
@pytest.mark.parametrize(("verb", "written"), [("grade", True), ("odd", False)])
def test_the_grader_gets_time_to_write_its_results(monkeypatch, tmp_path, verb, written):
    monkeypatch.setitem(course.VERBS, verb, ("", "slow_target", "for this test"))
    (tmp_path / "slow_target.py").write_text(SLOW)
    monkeypatch.setattr(course, "ROOT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(process, "PATIENCE", 0.3)

    def stop_it():
        while not (tmp_path / "started").exists():
            process.time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=stop_it, daemon=True).start()
    assert course.main([verb]) == 130
    assert (tmp_path / "written").exists() == written


def test_a_stop_that_comes_while_the_child_starts_is_not_lost(monkeypatch):
    started, popen = [], subprocess.Popen

    def interrupted(*args, **options):
        started.append(popen(*args, **options))
        signal.raise_signal(signal.SIGINT)
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        process.run([sys.executable, "-c", "import time; time.sleep(60)"])
    assert started[0].poll() is not None


def test_run_gives_lines_and_the_code():
    lines = []
    code = process.run(
        [sys.executable, "-c", "import sys; print('a'); print('b', file=sys.stderr); sys.exit(3)"],
        on_line=lines.append,
    )
    assert code == 3
    assert sorted(lines) == ["a", "b"]


def test_a_missing_tool_fails_on_ci_and_is_named_elsewhere(monkeypatch):
    monkeypatch.setattr(system.shutil, "which", lambda name: None)
    monkeypatch.setattr(system.os.path, "isfile", lambda path: False)
    assert system.find("chromium") is None
    assert system.find("octave") is None
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("COURSE_MAY_LACK", raising=False)
    assert not system.must_have("chromium")
    monkeypatch.setenv("CI", "true")
    assert system.must_have("chromium")
    monkeypatch.setenv("COURSE_MAY_LACK", "octave chromium")
    assert not system.must_have("chromium")
    monkeypatch.setattr(sys, "platform", "linux")
    assert system.how_to_get("octave") == "sudo apt-get install --no-install-recommends octave"
    assert system.how_to_get("chromium") == "sudo apt-get install --no-install-recommends chromium"


@pytest.mark.parametrize(("known", "wanted"), [({"a", "b"}, "a"), ({"b"}, "b"), (set(), "b")])
def test_of_two_alternatives_the_package_known_to_apt_is_installed(known, wanted, monkeypatch):
    ran = []
    monkeypatch.setattr(system, "_apt_prefix", list)
    monkeypatch.setattr(system, "run", lambda command, **options: ran.append(command) or 0)

    def show(command, **options):
        return subprocess.CompletedProcess(command, 0 if command[-1] in known else 100)

    monkeypatch.setattr(system.subprocess, "run", show)
    assert system.apt_install(["a|b", "c"], SimpleNamespace(say=print, show=print))
    assert [command[1] for command in ran] == ["update", "install"]
    assert ran[1][-2:] == [wanted, "c"]


def test_the_fixture_of_missing_tools_skips_or_fails(monkeypatch):
    from tests.conftest import need

    monkeypatch.setattr(system, "find", lambda tool: None)
    monkeypatch.delenv("COURSE_MAY_LACK", raising=False)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="chromium is not on this machine"):
        need("chromium")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="must be there"):
        need("chromium")
