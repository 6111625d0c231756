"""A fault of the grader's machine is not a grade: it is reported, and the same command tries again."""

import errno
import hashlib
import json
import os
import shutil

import pytest

from conv_course.grade import __main__ as command
from conv_course.grade import channel, exercise, given, grade, sandbox, servers, submissions
from conv_course.grade import state as states
from conv_course.grade.given import COURSE
from tests.grading_batch.classroom import ALL_POINTS, WITHOUT_SLIDE, WRONG_SLIDE, rows, submission

SOLUTIONS = COURSE / "solutions" / "12_matlab"


def once(monkeypatch, owner, name, error, after=0):
    """Make a function raise at one call, and work as usual before and after."""
    whole, calls = getattr(owner, name), []

    def sometimes(*args, **options):
        calls.append(args)
        if len(calls) == after + 1:
            raise error
        return whole(*args, **options)

    monkeypatch.setattr(owner, name, sometimes)


def full():
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/tmp/grade")


def too_many():
    return OSError(errno.EMFILE, os.strerror(errno.EMFILE))


# faults that happen once, while the first learner is graded
FAULTS = {
    "no room for the exercise": lambda m: once(m, given.shutil, "copy", full()),
    "no room for the job": lambda m: once(m, sandbox.tempfile, "TemporaryFile", full(), after=1),
    "no memory for the judge": lambda m: once(m, exercise, "judge", MemoryError()),
    "no memory for the answers": lambda m: once(m, channel, "loads_answers", MemoryError()),
    "a bug in the judge": lambda m: once(m, exercise, "judge", ZeroDivisionError("x")),
    "a bug in reading notebooks": lambda m: once(m, grade.notebooks.json, "loads", KeyError("x")),
    "too many open files": lambda m: once(m, sandbox.os, "pipe", too_many()),
    "too many open files to read one": lambda m: once(m, submissions.os, "open", too_many()),
    "a disk that cannot be read": lambda m: once(
        m, submissions.os, "fstat", OSError(errno.EIO, os.strerror(errno.EIO))
    ),
    "no more processes": lambda m: once(
        m, sandbox.subprocess, "Popen", BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    ),
}


@pytest.mark.skipif(os.name != "posix", reason="the class grader needs Linux or macOS")
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_for_one_moment(tmp_path, monkeypatch, capsys, name):
    folder, out = tmp_path / "class", tmp_path / "grades.csv"
    folder.mkdir()
    (folder / "ada.ipynb").write_text(submission())
    (folder / "bob.ipynb").write_text(submission(answers={"q2": WRONG_SLIDE}))
    words = [str(folder), "--csv", str(out), "--no-sandbox", "--jobs", "1", "--feedback", str(tmp_path / "p")]
    options = command.words_of.grade(words)
    with monkeypatch.context() as moment:
        # only from here on, not while the outputs are prepared
        whole = command.Class.grade
        moment.setattr(command.Class, "grade", lambda self: FAULTS[name](moment) or whole(self))
        assert command.main(words) == command.SOME_NOT_GRADED
    ada, bob = rows(out)
    assert ada["status"] == "not graded"
    assert ada["reason"].startswith("not graded: ")
    assert ada["points"] == ""
    assert (bob["status"], bob["points"]) == ("graded", WITHOUT_SLIDE)
    assert "1 not graded, by no fault of theirs" in capsys.readouterr().out
    assert "not graded" in (options.feedback / "ada.html").read_text()
    assert command.main(words) == 0
    assert [row["points"] for row in rows(out)] == [ALL_POINTS, WITHOUT_SLIDE]
    assert "(1 known from last time)" in capsys.readouterr().out


ENDED_ITSELF = sandbox.Ended(b"cell 2\ncell 3\n", "ended", 0)
SILENT, BROKEN = sandbox.Ended(b"", "time", -9), sandbox.Ended(b"", "ended", 1, "no namespaces left")


@pytest.mark.parametrize(
    ("ends", "status", "said"),
    [
        # earlier processes had used up the time, so that the last one could not even start
        ([(ENDED_ITSELF, 3.8), (SILENT, 0.2)], "no score", "had used up its time"),
        # none of the learner's code had run
        ([(SILENT, 3)], "not graded", "did not start"),
        # a process that had enough time, and still did not start
        ([(ENDED_ITSELF, 0.5), (SILENT, 3)], "not graded", "did not start"),
        ([(ENDED_ITSELF, 3.8), (BROKEN, 0.1)], "not graded", "no namespaces left"),
    ],
)
def test_whose_fault_it_is_that_a_process_says_nothing(tmp_path, monkeypatch, ends, status, said):
    clock, ends = [0.0], iter(ends)

    def run(*_):
        ended, seconds = next(ends)
        clock[0] += seconds
        return ended

    monkeypatch.setattr(sandbox, "run", run)
    monkeypatch.setattr(grade.time, "monotonic", lambda: clock[0])
    (tmp_path / "ada.ipynb").write_text(submission())
    grader = grade.Grader(7, limits=sandbox.Limits(wall=3, whole=4))
    record = grader.grade(submissions.Found("ada", tmp_path / "ada.ipynb"))
    grader.close()
    assert (record.status, record.points) == (status, None)
    assert said in record.reason


@pytest.fixture
def programs(tmp_path):
    """A function: programs(monkeypatch, name=text or None) replaces programs, or hides them."""
    before = os.environ["PATH"]

    def change(monkeypatch, **scripts):
        folder = tmp_path / "bin"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for place in reversed(before.split(":")):
            for program in os.scandir(place) if os.path.isdir(place) else []:
                if program.name not in scripts:
                    (folder / program.name).unlink(missing_ok=True)
                    (folder / program.name).symlink_to(program.path)
        for name, script in scripts.items():
            if script:
                (folder / name).write_text(script)
                (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))

    return change


@pytest.mark.sandbox
@pytest.mark.parametrize("script", [None, "#!/bin/sh\necho 'bwrap: no namespaces left' >&2\nexit 1\n"])
def test_a_sandbox_that_breaks_for_one_moment(tmp_path, monkeypatch, programs, words, script):
    folder, out = tmp_path / "class", tmp_path / "grades.csv"
    folder.mkdir()
    (folder / "ada.ipynb").write_text(submission())
    monkeypatch.setattr(command, "sandbox_words", lambda options: words)
    with monkeypatch.context() as moment:
        programs(moment, bwrap=script)
        assert command.main([str(folder), "--csv", str(out)]) == command.SOME_NOT_GRADED
        assert rows(out)[0]["status"] == "not graded"
    assert command.main([str(folder), "--csv", str(out)]) == 0
    assert rows(out)[0]["points"] == ALL_POINTS


def test_layers_that_die_are_no_learners_fault(tmp_path, monkeypatch):
    folder, out = tmp_path / "class", tmp_path / "grades.csv"
    folder.mkdir()
    (folder / "ada.ipynb").write_text(submission(stem="17_break_the_checker"))
    start = servers._Server.__init__

    def start_and_die(self, *arguments):
        start(self, *arguments)
        self.process.kill()
        self.process.wait()
        self.control.recv(1)  # until the process inside the sandbox has ended too

    with monkeypatch.context() as moment:
        moment.setattr(servers._Server, "__init__", start_and_die)
        assert command.main([str(folder), "--csv", str(out)]) == command.SOME_NOT_GRADED
        assert rows(out)[0]["reason"].startswith("not graded: ")
    assert command.main([str(folder), "--csv", str(out)]) == 0
    assert rows(out)[0]["status"] == "graded"


@pytest.mark.octave
@pytest.mark.sandbox
def test_octave_that_is_installed_later(tmp_path, monkeypatch, programs):
    folder, out = tmp_path / "class", tmp_path / "grades.csv"
    shutil.copytree(SOLUTIONS, folder / "ada")
    with monkeypatch.context() as moment:
        programs(moment, octave=None, **{"octave-cli": None})
        assert command.main([str(folder), "--csv", str(out)]) == command.SOME_NOT_GRADED
        (row,) = rows(out)
        assert row["reason"] == "not graded: Octave is not installed, so .m files cannot be graded"
        programs(moment)  # present, but in a folder that the sandbox does not mount
        assert command.main([str(folder), "--csv", str(out)]) == command.SOME_NOT_GRADED
        (row,) = rows(out)
        assert row["reason"] == "not graded: Octave is installed but does not start in the sandbox"
    assert command.main([str(folder), "--csv", str(out)]) == 0
    assert rows(out)[0]["points"] == ALL_POINTS


@pytest.mark.skipif(os.name != "posix", reason="the class grader needs Linux or macOS")
def test_a_fault_that_the_first_edition_kept_is_tried_again(tmp_path):
    folder, out = tmp_path / "class", tmp_path / "grades.csv"
    folder.mkdir()
    path = folder / "ada.ipynb"
    path.write_text(submission())
    parts = [5, states.course_version(), str(path), hashlib.sha256(path.read_bytes()).hexdigest()]
    key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
    kept = {"learner": "ada", "file": str(path), "status": "no score", "points": None, "of": None}
    kept["reason"] = "the grader itself stopped (OSError: [Errno 28] No space left on device)"
    lines = [{"seed": 5}, {"key": key, "record": kept}]
    (tmp_path / "grades.csv.state").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert command.main([str(folder), "--csv", str(out), "--no-sandbox"]) == 0
    assert rows(out)[0]["points"] == ALL_POINTS


def test_a_folder_that_cannot_be_listed(tmp_path, monkeypatch):
    (tmp_path / "ada").mkdir()
    once(monkeypatch, submissions.os, "scandir", too_many(), after=1)
    ((found,), _) = submissions.find(tmp_path)
    with pytest.raises(OSError, match="Too many open files"):
        submissions.content(found)
