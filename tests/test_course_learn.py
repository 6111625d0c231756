"""`course.py learn`: the exercises in a folder of the learner's own, and JupyterLab opened there."""

import json
import os
import subprocess
import sys
import threading

import pytest

from conv_course.learn import work
from tools import learn

STEM = "02_slide_a_kernel"


def test_nothing_of_a_learners_is_overwritten(tmp_path, capsys):
    folder = tmp_path / "mine"
    assert learn.main(["--folder", str(folder), "--no-open"]) == 0
    assert {path.stem for path in folder.glob("*.ipynb")} == {
        path.stem for path in work.source().glob("*.ipynb")
    }
    mine = folder / f"{STEM}.ipynb"
    notebook = json.loads(mine.read_text(encoding="utf-8"))
    older = json.dumps(notebook).replace(work.version(mine), "000000")
    mine.write_text(older, encoding="utf-8")
    assert learn.main(["--folder", str(folder), "--no-open"]) == 0
    assert mine.read_text(encoding="utf-8") == older
    beside = [path for path in folder.glob(f"{STEM}*.ipynb") if path != mine]
    assert [work.version(path) for path in beside] == [work.version(work.source() / mine.name)]
    assert str(folder) in capsys.readouterr().out


@pytest.mark.parametrize("inside", ["", "exercises", "my/work"])
def test_a_folder_of_the_course_itself_is_refused(inside, capsys):
    assert learn.main(["--folder", str(learn.ROOT / inside), "--no-open"]) == 2
    assert "lies in the course's own folder" in capsys.readouterr().err


def test_an_exercise_that_does_not_exist(tmp_path, capsys):
    assert learn.main(["99", "--folder", str(tmp_path), "--no-open"]) == 2
    assert "there is no exercise 99" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_jupyterlab_opens_the_exercise_in_the_folder(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(learn, "run", lambda command, **more: calls.append((command, more)) or 0)
    monkeypatch.setattr(learn, "SITE", tmp_path / "no site")
    folder = tmp_path / "mine"
    assert learn.main(["2", "--folder", str(folder)]) == 0
    ((command, more),) = calls
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={folder}" in command
    assert str(folder / f"{STEM}.ipynb") in command
    assert more["env"]["PYTHONPATH"] == str(learn.ROOT)
    assert "CONV_BOOK_URL" not in more["env"]


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_root_is_told_and_let_in(tmp_path, monkeypatch, capsys, user, allowed):
    commands = []
    monkeypatch.setattr(learn, "run", lambda command, **more: commands.append(command) or 0)
    monkeypatch.setattr(learn.os, "geteuid", lambda: user, raising=False)
    assert learn.main(["--folder", str(tmp_path)]) == 0
    assert ("--allow-root" in commands[0]) == allowed
    assert ("You are root here" in capsys.readouterr().out) == allowed


@pytest.mark.parametrize("lesson", ["2", ""])
def test_it_starts_for_whoever_runs_this_test_and_prints_the_exercises_address(tmp_path, lesson):
    """The real JupyterLab, on a machine without a browser."""
    command = [sys.executable, "-m", "tools.learn", "--folder", str(tmp_path / "my work"), *lesson]
    started = subprocess.Popen(
        command,
        cwd=learn.ROOT,
        env={**os.environ, "CI": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    clock = threading.Timer(90, started.kill)
    clock.start()
    said = []
    for line in started.stdout:
        said.append(line)
        if "?token=" in line:
            break
    started.terminate()
    started.communicate()
    clock.cancel()
    assert "?token=" in said[-1], "".join(said)
    shown = f"/lab/tree/{STEM}.ipynb?token=" if lesson else "/lab?token="
    assert shown in said[-1]


def test_the_book_is_served_beside_it(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text("the book")
    monkeypatch.setattr(learn, "SITE", tmp_path)
    with learn.book_beside() as address:
        assert address.startswith("http://localhost:")
        assert learn.variables(address)["CONV_BOOK_URL"] == address
