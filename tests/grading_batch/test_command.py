"""The command as a whole: rows, resuming, feedback, refusals; and the parts that need no sandbox."""

import os
import signal
import stat
import sys
import time

import numpy as np
import pytest

from conv_course.checker.answers import Answer
from conv_course.checker.show import amount
from conv_course.checker.wire import dumps
from conv_course.grade import __main__ as command
from conv_course.grade import channel, grade, sandbox, seccomp
from tests.grading_batch.classroom import (
    ALL,
    ALL_POINTS,
    FULL,
    STEM,
    WITHOUT_SLIDE,
    WRONG_SLIDE,
    rows,
    submission,
)


@pytest.fixture
def class_folder(tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ada.ipynb").write_text(submission())
    (folder / "bob.ipynb").write_text("no notebook")
    (folder / "cyd").mkdir()
    (folder / "cyd" / "mine.ipynb").write_text(submission(answers={"q2": WRONG_SLIDE}))
    return folder


@pytest.mark.sandbox
def test_a_class(class_folder, tmp_path, capsys, monkeypatch):
    for path in (class_folder, class_folder / "cyd"):
        os.chmod(path, 0o555)
    out, pages = tmp_path / "grades.csv", tmp_path / "pages"
    words = [str(class_folder), "--csv", str(out), "--feedback", str(pages), "--jobs", "2"]
    assert command.main(words) == 0
    found = {row["learner"]: row for row in rows(out)}
    assert [found[name]["points"] for name in ("ada", "bob", "cyd")] == [ALL_POINTS, "", WITHOUT_SLIDE]
    assert found["cyd"]["q2"] == "0"
    assert found["cyd"]["exercise"] == STEM
    assert "JSON" in found["bob"]["reason"]
    assert sorted(path.name for path in pages.iterdir()) == ["ada.html", "bob.html", "cyd.html"]
    said = capsys.readouterr()
    assert "3 of 3 submissions" in said.out
    assert (
        f"2 graded, mean {amount(ALL - FULL['q2'] / 2)} of {ALL_POINTS} points, 1 with all of them"
        in said.out
    )
    assert stat.S_IMODE(out.with_name("grades.csv.state").stat().st_mode) == 0o600

    # nothing is run a second time, even if the last line of the state is truncated
    state = out.with_name("grades.csv.state")
    state.write_text(state.read_text() + '{"key": "x", "rec')
    before = rows(out)
    out.unlink()
    monkeypatch.setattr(grade.Grader, "grade", lambda *a: pytest.fail("graded again"))
    assert command.main(words) == 0
    assert rows(out) == before
    assert "(3 known from last time)" in capsys.readouterr().out


@pytest.mark.sandbox
def test_an_interrupted_run_goes_on(class_folder, tmp_path, monkeypatch, capsys):
    out = tmp_path / "grades.csv"
    words = [str(class_folder), "--csv", str(out), "--seed", "4", "--jobs", "1"]
    calls, whole = [], grade.Grader.grade

    def stop_at_the_second(self, found, data=None):
        calls.append(found.learner)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.5)  # until the main thread has noticed
        return whole(self, found, data)

    monkeypatch.setattr(grade.Grader, "grade", stop_at_the_second)
    assert command.main(words) == 130
    done = [row["learner"] for row in rows(out)]
    assert "ada" in done
    assert "cyd" not in done
    del calls[:]
    monkeypatch.setattr(grade.Grader, "grade", lambda s, f, d=None: calls.append(f.learner) or whole(s, f, d))
    assert command.main(words) == 0
    assert sorted([*calls, *done]) == ["ada", "bob", "cyd"]
    assert [row["points"] for row in rows(out)] == [ALL_POINTS, "", WITHOUT_SLIDE]
    assert f"({len(done)} known from last time)" in capsys.readouterr().out
    del calls[:]
    assert command.main([*words[:-3], "5", "--jobs", "1"]) == 0
    assert calls == ["ada", "bob", "cyd"]  # another seed has other cases


def test_nothing_is_written_among_the_submissions(class_folder, capsys):
    for words in (
        ["--csv", str(class_folder / "g.csv")],
        ["--csv", "g.csv", "--feedback", str(class_folder)],
    ):
        with pytest.raises(SystemExit):
            command.main([str(class_folder), *words])
        assert "to which nothing is written" in capsys.readouterr().err


@pytest.mark.parametrize(
    "program", [None, "#!/bin/sh\necho no permission >&2\nexit 1\n", "#!/bin/sh\nexec cat\n"]
)
def test_it_refuses_without_a_sandbox(class_folder, tmp_path, monkeypatch, capsys, program):
    folder = tmp_path / "bin"
    folder.mkdir()
    if program:
        (folder / "bwrap").write_text(program)
        (folder / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder) + (":/bin" if program else ""))
    if program:
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    out = tmp_path / "g.csv"
    assert command.main([str(class_folder), "--csv", str(out)]) == 2
    said = capsys.readouterr().err
    assert "No sandbox: " in said
    assert "learners' code runs as you" in said
    assert not out.exists()


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_are_told(monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(sandbox.NoSandbox, match="needs Linux"):
        sandbox.trial()


@pytest.mark.skipif(os.name != "posix", reason="the class grader needs Linux or macOS")
def test_without_a_sandbox_when_told_to(class_folder, tmp_path, capsys):
    out = tmp_path / "g.csv"
    assert command.main([str(class_folder), "--csv", str(out), "--no-sandbox"]) == 0
    assert [row["points"] for row in rows(out)] == [ALL_POINTS, "", WITHOUT_SLIDE]
    assert "learners' code runs as you" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="the class grader needs Linux or macOS")
def test_a_notebook_that_is_handed_in_again_is_graded_again(tmp_path, capsys):
    folder, out = tmp_path / "class", tmp_path / "g.csv"
    (folder / "bob" / ".ipynb_checkpoints").mkdir(parents=True)
    (folder / ".DS_Store").touch()
    (folder / "ada.ipynb").write_text(submission(answers={"q2": WRONG_SLIDE}))
    (folder / "bob" / "hw.ipynb").write_text("{}")
    for points, known in ((WITHOUT_SLIDE, ""), (ALL_POINTS, "(1 known from last time)")):
        assert command.main([str(folder), "--csv", str(out), "--no-sandbox"]) == 0
        assert [row["points"] for row in rows(out)] == [points, ""]
        said = capsys.readouterr().out
        assert known in said
        assert "passed over: bob/.ipynb_checkpoints\n" in said
        (folder / "ada.ipynb").write_text(submission())


GOOD = Answer("value", np.ones(2))


@pytest.mark.parametrize(
    "line",
    [
        b"answers/q1 nonsense",
        b"answers/q1 []",
        b"answers/q1 " + dumps([GOOD]),
        b"answers/q1 " + dumps([GOOD, "right"]),
        b"answers/q1 " + dumps([GOOD, Answer("right")]),
        b"answers/q1 " + dumps([GOOD, Answer("value", mutated="x")]),
        b"answers/q1 " + b"[" * 100_000,
        b'answers/q1 [{"a":["O",[1],""]},1]',
        b'answers/q1 [{"a":["f8",[-5,7],"AAAA"]},1]',
        b'answers/q1 [{"i":"' + b"9" * 10_000 + b'"},1]',
        b'answers/q1 [{"answer":["value",{"c":["def f(): 1",{}]},"","",0,{"t":[]},"",{"t":[]}]},1]',
        b"points 14",
        b"answers/q1 " + dumps([GOOD, GOOD]) + b"\nanswers/q1 " + dumps([GOOD, GOOD]),
    ],
)
def test_a_forged_line_is_seen(line):
    report = channel.read(line + b"\n", {"q1": 2})
    assert report.forged
    assert all(a.status == "missing" or a is not GOOD for a in report.answers.get("q1", []))


def test_an_honest_line_is_believed():
    report = channel.read(b"answers/q1 " + dumps([GOOD, Answer("error", error="E")]) + b"\nend \n", {"q1": 2})
    assert not report.forged
    assert report.complete
    assert [a.status for a in report.answers["q1"]] == ["value", "error"]


def test_the_filter_exists_for_two_machines():
    assert all(len(seccomp.program(machine)) % 8 == 0 for machine in ("x86_64", "aarch64"))
    assert seccomp.program("abacus") is None
