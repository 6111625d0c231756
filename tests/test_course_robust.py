"""Unusual places to start the course: in an empty home, behind a proxy, without permissions."""

import argparse
import contextlib
import errno
import importlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import course
from tests.test_course_install import NO_UV, QUICK_UV, program, settings, tree  # noqa: F401  fixtures
from tools import behind, environment, learn, serve, system

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX users and permissions")


def start(tree, env, python=sys.executable, verb="book", **how):  # noqa: F811
    command = [python, str(tree / "course.py"), verb]
    return subprocess.run(command, capture_output=True, text=True, timeout=200, check=False, env=env, **how)


def test_in_an_empty_home_and_after_the_first_time_without_a_network(tree, tmp_path):  # noqa: F811
    (tmp_path / "empty").mkdir()
    first = start(tree, settings(program(tmp_path / "quick", "uv", QUICK_UV), HOME=str(tmp_path / "empty")))
    assert f"built in {tree / '.venv'}" in first.stdout
    nowhere = {name: "http://127.0.0.1:9" for name in ("HTTPS_PROXY", "PIP_INDEX_URL", "UV_INDEX_URL")}
    again = start(tree, settings(program(tmp_path / "bin", "uv", NO_UV), **nowhere))
    assert again.stdout.strip() == f"built in {tree / '.venv'}"
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_proxy_that_does_not_answer_is_named_without_its_password(monkeypatch):
    """For the messages of both pip and uv."""
    monkeypatch.setenv("HTTPS_PROXY", "http://ada:secret@127.0.0.1:9")
    for words in ("ProxyError('Cannot connect to proxy.')", "error: tunnel error: unsuccessful"):
        say = [sys.executable, "-c", f"import sys; print({words!r}); sys.exit(1)"]
        with pytest.raises(environment.Problem) as problem:
            environment._do(say, environment.Status(), "installing")
        line = str(problem.value)
        assert line.startswith("Cannot reach the package index:")
        assert line.endswith("HTTPS_PROXY says to go through http://127.0.0.1:9: is it right?")
        assert "secret" not in line
        assert "\n" not in line


@pytest.fixture
def elsewhere(tree):  # noqa: F811
    """The course in a folder that every user can access. pytest's own folders are closed to others."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        yield Path(shutil.copytree(tree, Path(folder) / "course"))


def as_another(place):
    """Return options to run as an unprivileged user who owns `place`, or none if we are not root."""
    if os.geteuid() != 0:
        return {}
    for path in [place, *place.rglob("*")]:
        os.chown(path, NOBODY, NOBODY)
    return {"python": "/usr/bin/python3", "user": NOBODY, "group": NOBODY}


def usable(how):
    """Return `how`, or skip if the system's Python is too old. Root's own may be in a closed folder."""
    if (
        how
        and subprocess.run([how["python"], "-c", "import sys; assert sys.version_info > (3, 11)"]).returncode
    ):
        pytest.skip("this machine's own Python is too old for another user than root")
    return how


@posix
def test_a_user_without_rights_or_home(elsewhere):
    how = usable(as_another(elsewhere))
    tools = program(
        elsewhere / "quick", "uv", QUICK_UV.replace("with_pip=False", "with_pip=False, symlinks=True")
    )
    script = elsewhere / "quick" / "uv"
    script.write_text(script.read_text().replace(sys.executable, how.get("python", sys.executable)))
    if how:
        os.chown(elsewhere, NOBODY, NOBODY)
    answer = start(elsewhere, settings(tools, HOME="/nonexistent"), **how)
    assert answer.returncode == 0, answer.stderr
    assert f"built in {elsewhere / '.venv'}" in answer.stdout


@posix
def test_a_checkout_that_cannot_be_written_gets_one_line(elsewhere):
    how = usable(as_another(elsewhere))
    for path in [*elsewhere.rglob("*"), elsewhere]:
        path.chmod(path.stat().st_mode & ~0o222)
    answer = start(elsewhere, {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}, **how)
    elsewhere.chmod(0o755)
    assert answer.returncode == 1
    (line,) = answer.stderr.strip().splitlines()
    assert line.startswith("course.py: Cannot write ")
    assert line.endswith("work in a copy of the course in a folder of your own.")


# verb: its arguments, and a function that it calls to read or write
WRITERS = {
    "words": (["de"], "collect"),
    "exercises": ([], "versions_text"),
    "lite": ([], "build"),
    "pdf": ([], "build_book.build"),
}


@pytest.mark.parametrize("verb", WRITERS)
def test_a_verb_that_cannot_write_says_so_in_one_line(verb, tmp_path, monkeypatch, capsys):
    """As on a checkout that belongs to somebody else. As root, nothing refuses to be written."""
    name, (arguments, refuses) = course.VERBS[verb][1], WRITERS[verb]

    def refused(*arguments, **more):
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path))

    module = importlib.import_module(name)
    monkeypatch.setattr(f"{name}.{refuses}", refused)
    monkeypatch.setattr(system, "find", lambda tool: tool)
    monkeypatch.setattr(sys, "argv", [verb, *arguments])
    assert module.main() == 1
    said = f"course.py {verb}: Cannot write {tmp_path}: work in a copy of the course in a folder of your own."
    assert capsys.readouterr().err.splitlines() == [said]


def test_a_built_book_is_served_from_where_nothing_can_be_written(tmp_path, monkeypatch, capsys):
    (tmp_path / "site").mkdir()
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(serve, "SITE", tmp_path / "site")
    monkeypatch.setattr(serve, "SERVED", tmp_path / "file" / "served_at")
    monkeypatch.setattr(serve.Server, "serve_forever", lambda self, **how: None)
    serve._serve(argparse.Namespace(port=None, no_browser=True, no_python=True))
    assert "The book is at http://localhost:" in capsys.readouterr().out


def test_why_a_book_from_a_foreign_folder_has_no_python(tmp_path, monkeypatch):
    def refused(level):
        raise PermissionError(errno.EACCES, "Permission denied", "/course/.venv.lock")

    monkeypatch.setattr(environment, "ensure", refused)
    said, one = [], behind.Behind(tmp_path, lambda line: said.append(line))
    one._make()
    assert said[-1].startswith("The book's questions have no Python: Cannot write /course/.venv.lock")
    assert one.note["why"].startswith("Cannot write")


def test_learn_says_in_one_line_that_its_folder_cannot_be_made(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        assert learn.main(["--no-open", "--folder", str(tmp_path / "file" / "mine")]) == 2
    assert said.getvalue().count("\n") == 1
    assert "choose another --folder" in said.getvalue()
