"""`grade --demo` shows everything in one run."""

import json

import pytest

from conv_course.checker.questions import load_sheet
from conv_course.grade import __main__ as command
from conv_course.grade import demo
from tests.grading_batch.classroom import rows
from tests.grading_batch.test_gradebooks import canvas_takes


@pytest.mark.skipif(command.os.name != "posix", reason="the class grader needs Linux or macOS")
def test_the_demonstration(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command.main(["--demo"]) == 0
    place = tmp_path / "grade_demo"
    full = f"{load_sheet(demo.STEM).points:g}"
    found = {row["learner"]: row for row in rows(place / "grades.csv")}
    assert len(found) == 8
    marks = canvas_takes((place / "gradebook.csv").read_bytes())
    for name, row in found.items():
        assert marks[name.split()[-1]] == row["points"]
    points = {name.split()[0]: row["points"] for name, row in found.items()}
    assert points["lovelaceada"] == points["turingalan"] == points["hoppergrace"] == full
    assert points["gausscarl"] == "0"
    assert points["kovalevskayasofia"] == ""
    assert found["curiemarie 503"]["points"] == found["bohrniels 502"]["points"] not in ("0", full)
    assert "handed in late" in found["curiemarie 503"]["notes"]
    assert found["bohrniels 502"]["mistakes"]
    assert (place / "gradebook.before-1.csv").is_file()
    assert len(list((place / "feedback").iterdir())) == 8
    report = json.loads((place / "report" / "report.json").read_text())
    assert report["exercises"][0]["learners"] == 7
    said = capsys.readouterr().out
    assert "(an older one of curiemarie 503)" in said
    for name in ("submissions.zip", "grades.csv", "gradebook.csv", "feedback/", "report/report.html"):
        assert name in said
    assert command.main(["--demo"]) == command.REFUSED
    assert "grade_demo exists" in capsys.readouterr().err
