"""Sheets on each learner's own code: made in the sandbox, answered separately, and not from forged data."""

import csv
import re

import pytest

from conv_course.grade import __main__ as command
from conv_course.grade import own_code, own_sheets
from conv_course.grade.grade import Grader
from conv_course.grade.records import Refused
from conv_course.grade.submissions import Found
from tests.grading_batch.classroom import ALL, WRONG_SLIDE, submission
from tests.grading_batch.conftest import SHORT

LOOP = """def slide(x, w, b=0.0):
    y = []
    for i in range(len(x) - len(w) + 1):
        total = b
        for k in range(len(w)):
            total += w[k] * x[i + k]
        y.append(total)
    return np.array(y)
"""


@pytest.fixture(scope="module")
def asking(words):
    grader = Grader(7, words, SHORT, own=True)
    yield grader
    grader.close()


def grade(grader, tmp_path, text, learner="ada"):
    path = tmp_path / f"{learner}.ipynb"
    path.write_text(text)
    return grader.grade(Found(learner, path))


def test_a_sheet_asks_about_the_code_that_was_handed_in(asking, tmp_path):
    record = grade(asking, tmp_path, submission(answers={"q2": LOOP, "q3": "slide_padded = 3"}))
    assert record.points < ALL
    assert list(record.own) == ["q1", "q2", "q4", "q5"]  # q6 asks for a test
    sheet = record.own["q2"]
    assert "\n".join(sheet["lines"]) == LOOP.rstrip()
    kinds = [kind for kind, *_ in sheet["asked"]]
    assert kinds[:2] == ["round", "change"]
    other = grade(asking, tmp_path, submission(answers={"q2": LOOP}), "bob")
    assert other.own["q2"] != sheet


HOSTILE = f"{LOOP}\nimport conv_course.checker.own.inside as inside\ninside.own_answers = "


@pytest.mark.parametrize(
    ("first", "q2"),
    [
        ("kept = {}", LOOP.replace("y = []", "y = []\n    kept[len(x)] = w")),
        (None, "slide = lambda x, w, b=0.0: np.correlate(x, w, 'valid') + b"),
        (None, f"{LOOP}\nhidden = slide\ndef slide(*a, **k): return hidden(*a, **k)\nslide = hidden"),
        ("def same(f): return f", f"@same\n{LOOP}"),
        (None, f"{HOSTILE}lambda *a: [3] * 99"),
        (None, f"{HOSTILE}lambda *a: [[]] * 99"),
        (None, f"{HOSTILE}lambda *a: 1 / 0"),
    ],
)
def test_odd_and_hostile_code_keeps_its_points_and_gets_no_question(asking, tmp_path, first, q2):
    record = grade(asking, tmp_path, submission(first=first, answers={"q2": q2}))
    assert record.points == ALL
    assert record.own["q2"]["asked"] == []
    assert len(record.own["q2"]["missing"]) == 1


def test_text_of_finds_the_last_definition():
    long = "a = 1\ndef f(\n    x,\n):\n    s = 1\n\n    return s\n# f\nb = 2\n"
    cells = [(3, "def f(x):\n    return 1\n"), (5, long), (7, "f = 3")]
    assert own_code.text_of(cells, "f") == (5, 2, "def f(\n    x,\n):\n    s = 1\n\n    return s\n# f")
    with pytest.raises(own_code.NotReadable):
        own_code.text_of([(1, "if 1:\n    def f(x): return 1")], "f")


def test_the_command_writes_sheets_without_the_answers(tmp_path, capsys):
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ada.ipynb").write_text(submission(answers={"q2": LOOP}))
    (folder / "<b>.ipynb").write_text(submission(answers={"q2": WRONG_SLIDE}))
    out = tmp_path / "own"
    words = [folder, "--csv", tmp_path / "g.csv", "--no-sandbox", "--own-questions", out]
    assert command.main([str(word) for word in words]) == 0
    assert "Own code: 2 sheets in" in capsys.readouterr().out
    with (out / own_sheets.KEY).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["learner"] for row in rows} == {"ada", "<b>"}
    text = (out / own_sheets.SHEETS / "ada.html").read_text()
    mine = [row for row in rows if row["learner"] == "ada"]
    assert len(re.findall('<ol type="a">', text)) == len(mine) >= 10
    assert "total += w[k] * x[i + k]" in text
    assert text.count("<li>") == text.count("<li><code>") > 3 * len(mine) - 1
    assert not re.search("answers|points", text)
    before = {path: path.read_bytes() for path in out.rglob("*.*")}
    assert command.main([str(word) for word in words]) == 0
    assert "2 known from last time" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in out.rglob("*.*")} == before
    (out / own_sheets.KEY).write_text("my notes")
    assert command.main([str(word) for word in words]) == command.REFUSED
    assert (out / own_sheets.KEY).read_text() == "my notes"


def test_what_is_no_sheet_is_not_replaced(tmp_path):
    (tmp_path / own_sheets.SHEETS).mkdir()
    (tmp_path / own_sheets.SHEETS / "ada.html").write_text("<p>mine")
    with pytest.raises(Refused, match="is not a sheet of questions"):
        own_sheets.check(tmp_path, ["ada"])
