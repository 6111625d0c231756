"""When told to stop, the command ends its processes, writes its results, and leaves nothing behind."""

import itertools
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from conv_course.grade import scratch
from conv_course.grade.given import COURSE
from tests.grading_batch.classroom import ALL_POINTS, rows, run_command, submission

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the class grader needs Linux or macOS")
# it cannot be interrupted from inside, and its process may compute for 40 s, seven times
BUSY = "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass"
ITSELF = "import runpy; runpy.run_module('conv_course.grade', run_name='__main__')"
ENTRY = """
import sys, course
from tools import environment
environment.ensure = lambda *levels: sys.executable
sys.exit(course.main(["grade", *sys.argv[1:]]))
"""


@pytest.fixture
def start(tmp_path):
    """A function: start(program, more words) returns the running command, when ada is graded and two hang."""
    folder, temporary = tmp_path / "class", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    (folder / "ada.ipynb").write_text(submission())
    for name in ("bob", "cyd", "dan"):
        (folder / f"{name}.ipynb").write_text(submission(last=BUSY))
    words = [folder, "--csv", tmp_path / "grades.csv", "--feedback", tmp_path / "pages", "--jobs", "2"]
    started = []

    def start(program, *more):
        running = subprocess.Popen(
            [sys.executable, "-c", program, *map(str, [*words, *more])],
            cwd=COURSE,
            env=os.environ | {"TMPDIR": str(temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(running)
        state = tmp_path / "grades.csv.state"
        while not (state.exists() and '"ada"' in state.read_text() and len(users_of(temporary)) >= 3):
            assert running.poll() is None, running.communicate()
            time.sleep(0.05)
        return running

    yield start
    for running in started:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)


def users_of(folder):
    """Return the processes with the folder on their command line or as their working directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes() + os.fsencode(os.readlink(process / "cwd"))
        except OSError:
            continue  # the process has ended meanwhile
        # count processes started for the folder, not the grading command itself
        if os.fsencode(folder) in words or b"TMPDIR=" + os.fsencode(folder) in _environment(process):
            found.append(int(process.name))
    return found


def _environment(process):
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


# each of these with each of the others, in pairs; all combinations are slow
PAIRS = [
    (ITSELF, [], "Ctrl-C"),
    (ENTRY, ["--no-sandbox"], "Ctrl-C"),
    (ENTRY, [], "SIGTERM"),
    (ITSELF, ["--no-sandbox"], "SIGTERM"),
    (ITSELF, [], "Ctrl-C twice"),
    (ENTRY, ["--no-sandbox"], "Ctrl-C twice"),
]


def stops():
    every = itertools.product([ITSELF, ENTRY], [[], ["--no-sandbox"]], ["Ctrl-C", "SIGTERM", "Ctrl-C twice"])
    for program, more, how in every:
        names = ["itself" if program is ITSELF else "course.py", "bare" if more else "sandbox", how]
        marks = [] if (program, more, how) in PAIRS else [pytest.mark.slow]
        yield pytest.param(program, more, how, id="-".join(names), marks=marks)


@pytest.mark.sandbox
@pytest.mark.parametrize(("program", "more", "how"), list(stops()))
def test_a_stop(start, tmp_path, program, more, how):
    running = start(program, *more)
    begin = time.monotonic()
    if how == "SIGTERM":
        running.terminate()
    else:
        os.killpg(running.pid, signal.SIGINT)
        if how == "Ctrl-C twice":
            time.sleep(0.1)
            os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert time.monotonic() - begin < 30
    assert running.returncode == 130, said
    assert "Traceback" not in said
    assert "The same command goes on from here." in said
    assert [(row["learner"], row["points"]) for row in rows(tmp_path / "grades.csv")] == [("ada", ALL_POINTS)]
    assert [path.name for path in (tmp_path / "pages").iterdir()] == ["ada.html"]
    assert list((tmp_path / "temporary").iterdir()) == []
    deadline = time.monotonic() + 5
    while users_of(tmp_path / "temporary") and time.monotonic() < deadline:
        time.sleep(0.05)  # the kernel takes a moment to end a killed process
    assert users_of(tmp_path / "temporary") == []


@pytest.mark.sandbox
def test_what_a_killed_run_left_behind_is_removed_by_the_next(start, tmp_path):
    running = start(ITSELF)
    running.kill()
    running.communicate()
    temporary, small = tmp_path / "temporary", tmp_path / "small"
    assert len(list(temporary.iterdir())) == 1
    (temporary / "grade_of_mine").mkdir()
    small.mkdir()
    (small / "ada.ipynb").write_text(submission())
    ended = run_command(small, "--csv", tmp_path / "small.csv", TMPDIR=str(temporary))
    assert ended.returncode == 0, ended.stderr
    assert [path.name for path in temporary.iterdir()] == ["grade_of_mine"]


def test_a_folder_that_is_in_use_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with scratch.folder() as first:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with scratch.folder() as second:
            assert first.is_dir()
            assert second.is_dir()
            assert Path(tempfile.mkdtemp()).parent == second
    assert list(tmp_path.iterdir()) == []
