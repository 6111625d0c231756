"""Autograders, run as by their platforms: from the package alone, in a clean environment."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conv_course.checker.questions import load_sheet
from conv_course.grade import __main__ as command
from conv_course.grade import sandbox
from conv_course.grade.grade import Grader, Record
from conv_course.grade.package import classroom50, run
from conv_course.grade.submissions import Found
from tests.grading_batch.classroom import STEM, WRONG_SLIDE, submission

FORGED = '{"score": 999, "tests": []}'
HOSTILE = f"""
import glob, os
found = []
for name in ["/autograder", *glob.glob("/tmp/**/autograder", recursive=True)]:
    for path in (name + "/results/results.json", name + "/source/config.json"):
        try:
            found.append(open(path).read())
            open(path, "w").write('{FORGED}')
        except OSError:
            pass
os.makedirs("/tmp/seen", exist_ok=True)
open("/tmp/seen/it", "w").write("".join(found))
"""
SOME = ("wrong", "hostile")  # if all use the same function
SUBMISSIONS = {
    "right": submission(),
    "wrong": submission(answers={"q2": WRONG_SLIDE}),
    "hostile": submission(last=HOSTILE),
    "exits": submission(last="import os; os._exit(0)"),
    "nothing": "[]",
}


def environment(**more):
    """Return the environment of a fresh machine: no PYTHONPATH, another home."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8", **more}


@pytest.fixture(scope="module")
def expected():
    """The class grader's results for the same notebooks and seed."""
    grader = Grader(5, sandbox.trial())
    found = Found("x", Path(f"{STEM}.ipynb"))
    records = {name: grader.grade(found, text.encode()) for name, text in SUBMISSIONS.items()}
    grader.close()
    return records


def made(kind, out):
    assert command.main(["package", kind, STEM, str(out), "--seed", "5"]) == 0
    return out


@pytest.mark.sandbox
@pytest.mark.timeout(600)
def test_gradescope(tmp_path, expected):
    """It runs in a fake /autograder with our Python. setup.sh cannot run here, since it installs packages."""
    package = made("gradescope", tmp_path / "autograder.zip")
    for name, text in SUBMISSIONS.items():
        home = tmp_path / name / "autograder"
        (home / "submission").mkdir(parents=True)
        (home / "submission" / "my work.ipynb").write_text(text)
        with zipfile.ZipFile(package) as file:
            assert {"setup.sh", "run_autograder"} <= {n for n in file.namelist() if "/" not in n}
            file.extractall(home / "source")
            assert file.getinfo("run_autograder").external_attr >> 16 == 0o100755
        program = (home / "source" / "run_autograder").read_text()
        program = program.replace("python3", sys.executable).replace("/autograder\n", f"{home}\n")
        (home / "run_autograder").write_text(program.replace('"$(dirname "$0")"', str(home / "source")))
        ended = subprocess.run(
            ["bash", home / "run_autograder"],
            cwd=home,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        found = json.loads((home / "results" / "results.json").read_text())
        check_results(found, expected[name], home)


def check_results(found, record, home):
    points = 0 if record.points is None else record.points
    assert found["score"] == points
    if record.points is None:
        assert found["tests"] == []
        return
    assert sum(test["score"] for test in found["tests"]) == pytest.approx(points)
    assert sum(test["max_score"] for test in found["tests"]) == record.of
    assert len(found["tests"]) == sum(len(question.parts) for question in load_sheet(STEM))
    tags = [tag for test in found["tests"] for tag in test["tags"]]
    assert set(tags) == {m for question in record.questions for m in question["mistakes"]}
    assert json.loads((home / "source" / "config.json").read_text()) == {"exercise": STEM, "seed": 5}


@pytest.mark.sandbox
def test_classroom50(tmp_path, expected):
    package = made("classroom50", tmp_path / "autograder")
    for name, text in ((name, SUBMISSIONS[name]) for name in SOME):
        checkout = tmp_path / name
        checkout.mkdir()
        (checkout / "README.md").write_text("my homework")
        (checkout / f"{STEM}.ipynb").write_text(text)
        more = {"CLASSROOM": "c", "ASSIGNMENT": "a", "SUBMISSION_TAG": "t", "COMMIT_URL": "u"}
        words = [sys.executable, package / "autograder.py"]
        ended = subprocess.run(
            words, cwd=checkout, env=environment(**more), capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        found = json.loads((checkout / "result.json").read_text())
        assert (found["schema"], found["classroom"], found["submission"]) == (classroom50.SCHEMA, "c", "t")
        assert all(type(found[key]) is int for key in ("score", "max-score"))
        record = expected[name]
        points = 0 if record.points is None else record.points
        assert found["score"] * load_sheet(STEM).points == pytest.approx(points * found["max-score"])
        for test in found["tests"]:
            assert type(test["score"]) is type(test["max-score"]) is int
            assert test["passed"] == (test["score"] == test["max-score"])


def test_points_become_whole_numbers():
    parts = [["a", 0.5, 1.5], ["b", 1 / 3, 2 / 3]]
    record = Record("x", "y", points=0.5 + 1 / 3, of=1.5 + 2 / 3, questions=[{"parts": parts}])
    assert classroom50.scale(record) == 6


@pytest.mark.sandbox
def test_actions(tmp_path, expected):
    made("actions", tmp_path / "repository")
    for name, text in ((name, SUBMISSIONS[name]) for name in SOME):
        checkout, summary = tmp_path / name, tmp_path / f"{name}.md"
        shutil.copytree(tmp_path / "repository", checkout)
        (checkout / "work.ipynb").write_text(text)
        workflow = (checkout / ".github" / "workflows" / "grade.yml").read_text()
        last = workflow.rstrip().splitlines()[-1].partition("- run: ")[2].replace("python3", sys.executable)
        more = {"GITHUB_STEP_SUMMARY": str(summary)}
        ended = subprocess.run(
            ["bash", "-c", last],
            cwd=checkout,
            env=environment(**more),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        points = expected[name].points or 0
        assert f": {points:g} of {load_sheet(STEM).points:g} points\n" in summary.read_text()


@pytest.mark.parametrize(
    ("words", "why"),
    [(["gradescope", "99_none", "x.zip"], "there is no exercise"), (["gradescope", STEM, "."], "exists")],
)
def test_what_cannot_be_made_is_refused(words, why, capsys):
    assert command.main(["package", *words]) == command.REFUSED
    assert why in capsys.readouterr().err


def test_without_bubblewrap_it_says_who_ran_the_code(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "trial", lambda: (_ for _ in ()).throw(sandbox.NoSandbox("forbidden")))
    asked = []

    class Fake:
        def __init__(self, seed, words, limits):
            asked.append((words, limits.user))

        def grade(self, found):
            return Record("", found.file, exercise=STEM, points=1.0, of=2.0)

        def close(self):
            """Do nothing: nothing is open."""

    monkeypatch.setattr(run, "Grader", Fake)
    (tmp_path / "a.ipynb").write_text("{}")
    for user, name in ((0, "can read no file"), (1000, "as the user who grades")):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        _, remark = run.grade({"exercise": STEM, "seed": 1}, tmp_path)
        assert name in remark
    assert asked == [(None, run.NOBODY), (None, None)]
