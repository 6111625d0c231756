"""The report on a class with known statistics."""

import html
import json
import re
from pathlib import Path

import pytest

from conv_course.grade import __main__ as command
from conv_course.grade import report
from conv_course.grade.grade import NOT_GRADED, Grader, Record
from conv_course.grade.records import Refused
from conv_course.grade.report.page import _theirs, page
from conv_course.grade.submissions import Found
from tests.grading_batch.classroom import ALL, FULL, STEM, WRONG_SLIDE, submission

REVERSED = ["your y[0] = w2*x0 + w1*x1 + w0*x2", "asked for w0*x0 + w1*x1 + w2*x2"]


def answer(name, points, of=2, mistakes=(), computes=(), problem=""):
    state = "done" if points == of else "partly" if points else "not yet"
    return {
        "name": name,
        "state": state,
        "points": points,
        "of": of,
        "mistakes": list(mistakes),
        "computes": list(computes),
        "problem": problem,
        "html": "",
    }


def learner(name, *points):
    """Return a record with wrong answers: q1's have a name, q2's an explanation, q3's neither."""
    why = [{"mistakes": ["The taps are reversed"]}, {"computes": REVERSED}, {"problem": "IndexError: 7"}]
    questions = [answer(f"q{i}", p, **(why[i - 1] if p < 2 else {})) for i, p in enumerate(points, 1)]
    return Record(name, name, STEM, "graded", sum(points), 2 * len(points), questions=questions)


# q1 0 0 2 2, q2 0 2 2 2, q3 2 2 0 0: by hand
CLASS = [
    learner("ada", 0, 0, 2),
    learner("bob", 0, 2, 2),
    learner("cyd", 2, 2, 0),
    learner("<dan> \u202e&", 2, 2, 0),
    Record("eve", "eve", reason="no notebook"),
    Record("fay", "fay", status=NOT_GRADED),
]


def data_of(records, tmp_path, names=True):
    report.write(tmp_path, records, names)
    return json.loads((tmp_path / report.JSON).read_text())


def test_the_numbers_are_those_found_by_hand(tmp_path):
    data = data_of(CLASS, tmp_path)
    (exercise,) = data["exercises"]
    assert (exercise["learners"], exercise["of"]) == (4, 6)
    assert exercise["mean"] == (2 + 4 + 4 + 4) / 4
    assert exercise["deviation"] == round(((1.5**2 + 3 * 0.5**2) / 4) ** 0.5, 4)
    assert exercise["points"] == [[2, 1], [4, 3]]
    q1, q2, q3 = exercise["questions"]
    assert [q["difficulty"] for q in (q1, q2, q3)] == [4 / 8, 6 / 8, 4 / 8]
    # q1 is 0 0 2 2, and the rest of its exercise 2 4 2 2: covariance -0.5, variances 1 and 0.75
    assert q1["discrimination"] == round(-0.5 / (1 * 0.75) ** 0.5, 4)
    # q2 is 0 2 2 2, and the rest 2 2 2 2: all alike
    assert q2["discrimination"] is None
    # q3 is 2 2 0 0, and the rest 0 2 4 4: covariance -1.5, variances 1 and 2.75
    assert q3["discrimination"] == round(-1.5 / 2.75**0.5, 4)
    assert q1["mistakes"] == [{"name": "The taps are reversed", "learners": 2, "names": ["ada", "bob"]}]
    assert q2["computes"] == [{"lines": REVERSED, "learners": 1, "names": ["ada"]}]
    assert q3["unexplained"][0]["problem"] == "IndexError: 7"
    assert q3["unexplained"][0]["learners"] == 2
    assert q1["states"] == {"done": 2, "partly": 0, "not yet": 2, "not started": 0}
    assert data["without"] == [
        {"status": "no score", "learners": 1, "names": ["eve"]},
        {"status": NOT_GRADED, "learners": 1, "names": ["fay"]},
    ]


def test_a_large_class_of_known_statistics(tmp_path):
    """Of 1000 learners half are able. q1 mostly shows it, half of the able know q2, everybody knows q3."""
    records = []
    for number in range(1000):
        able = number % 2
        q1 = 2 * (able if number % 20 < 14 else 1 - able)
        records.append(learner(f"l{number}", q1, 2 * (number // 2 % 2) * able, 2))
    (exercise,) = data_of(records, tmp_path)["exercises"]
    q1, q2, q3 = exercise["questions"]
    assert q1["difficulty"] == sum(r.questions[0]["points"] for r in records) / 2000
    assert q2["difficulty"] == 0.25
    assert q3["difficulty"] == 1
    assert q3["discrimination"] is None
    assert 0.1 < q1["discrimination"] < 0.4
    assert q2["computes"][0]["learners"] == 750


def test_names_are_left_out_and_nothing_is_a_tag(tmp_path):
    data_of(CLASS, tmp_path)
    text = (tmp_path / report.HTML).read_text()
    assert "&lt;dan&gt;" in text
    assert "<dan>" not in text
    assert "\u202e" not in text
    assert 'label for="hide"' in text
    assert "2 learners: <strong>The taps are reversed</strong>" in text
    assert "1 learner: no name, but this is what is computed:<pre>their y[0] = w2*x0" in text
    report.write(tmp_path, CLASS, names=False)
    for name in (report.HTML, report.JSON):
        assert not re.search(r"ada|dan&gt;|Hide names", (tmp_path / name).read_text())
    report.check(tmp_path)
    (tmp_path / report.HTML).write_text("my thesis")
    with pytest.raises(Refused, match="is not a report"):
        report.check(tmp_path)


ODD = "def slide(x, w, b=0.0):\n    return np.cos(np.arange(len(x) - len(w) + 1)) * np.sum(x) ** 2 + b"
CALLS = "def slide(x, w, b=0.0):\n    return correlate(x, w, 'valid') + b"
WITHOUT_A_NAME = {  # a wrong answer, and what the report says of it
    "a syntax error": ({"q2": "def slide(x, w, b=0.0):\n    return x["}, "its cell stopped: SyntaxError"),
    "a cell that stops": ({"q2": "1 / 0\n" + ODD}, "its cell stopped: ZeroDivisionError"),
    "a call": (
        {"q2": "from scipy.signal import correlate\n" + CALLS},
        "no points, since it calls scipy.correlate",
    ),
    "an error": ({"q2": "def slide(x, w, b=0.0):\n    return x[99]"}, "Axis 0|IndexError: index 99"),
    "an error without a name": ({"q2": "def slide(x, w, b=0.0):\n    raise OSError('no')"}, "OSError: no"),
    "an end of the process": (
        {"q2": "def slide(x, w, b=0.0):\n    import os\n    os._exit(3)"},
        "its process ended",
    ),
    "no arrays": ({"q2": "def slide(x, w, b=0.0):\n    return {}"}, "Not an array"),
}


@pytest.fixture(scope="module")
def patient(words):
    """A grader with the usual limits: one case imports SciPy."""
    grader = Grader(7, words)
    yield grader
    grader.close()


@pytest.mark.parametrize("what", WITHOUT_A_NAME)
def test_only_numbers_are_called_numbers(patient, tmp_path, what):
    answers, words = WITHOUT_A_NAME[what]
    record = patient.grade(Found("ada", Path("ada.ipynb")), submission(answers=answers).encode())
    report.write(tmp_path, [record], True)
    text = (tmp_path / report.HTML).read_text()
    (said,) = re.findall(r"<h3>q2: what went wrong</h3><ul>(.*?)</ul>", text, re.DOTALL)
    assert re.search(words, html.unescape(said))
    assert "other numbers" not in said


def test_the_command_writes_it_and_replaces_nothing_else(tmp_path, capsys):
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ada.ipynb").write_text(submission())
    (folder / "bob.ipynb").write_text(submission(answers={"q2": WRONG_SLIDE}))
    words = [folder, "--csv", tmp_path / "g.csv", "--report", tmp_path / "r", "--no-sandbox"]
    assert command.main([str(word) for word in words]) == 0
    data = json.loads((tmp_path / "r" / report.JSON).read_text())
    (exercise,) = data["exercises"]
    assert exercise["points"] == [[ALL - FULL["q2"], 1], [ALL, 1]]
    q2 = exercise["questions"][1]
    assert (q2["difficulty"], q2["answers"]) == (0.5, 2)
    groups = [*q2["mistakes"], *q2["computes"], *q2["unexplained"]]
    assert [group["names"] for group in groups] == [["bob"]]
    assert "Report: " in capsys.readouterr().out
    (tmp_path / "r" / report.JSON).write_text("{}")
    assert command.main([str(word) for word in words]) == command.REFUSED
    assert (tmp_path / "r" / report.JSON).read_text() == "{}"


def test_whole_points_that_nobody_has_are_rows_of_the_scale(tmp_path):
    text = page(data_of([learner("a", 2, 2, 2), learner("b", 0, 1, 0)], tmp_path))
    table = text.partition("How many learners have how many points")[2].partition("</table>")[0]
    found = re.findall(r"<th scope='row' class='number'>(\d+)</th><td class='number'>(\d+)</td>", table)
    assert found == [("1", "1"), ("2", "0"), ("3", "0"), ("4", "0"), ("5", "0"), ("6", "1")]
    assert table.count('class="bar"') == 2


def test_a_card_s_words_to_the_learner_become_the_teacher_s():
    assert _theirs("your      y[0] = x0") == "their     y[0] = x0"
    assert _theirs("asked for y[0] = x1") == "asked for y[0] = x1"
    assert _theirs("yours, not asked for: w2") == "theirs, not asked for: w2"
