"""A class goes from a platform's download to its upload by commands alone: no file is touched by hand.

The platforms' importers are imitated as in `test_gradebooks`. Gradescope takes no gradebook: its way ends at
the table, and `package gradescope` writes a results.json for each learner instead (`test_package`).
"""

import csv
import io
import zipfile

import pytest

from conv_course.checker.questions import load_sheet
from tests.grading_batch.classroom import ALL, STEM, rows, run_command, submission
from tests.grading_batch.five_shapes import SHAPES, Learner, write_zip
from tests.grading_batch.test_gradebooks import canvas_takes, moodle_takes, moodle_zip_takes

FEW, CLASS = 6, 300
QUESTIONS = load_sheet(STEM).questions


def wrong_answers():
    """(question, source) of one mistake per question."""
    return [(name, one.wrongs[0].slip.source) for name, one in QUESTIONS.items() if one.wrongs[0].slip]


def texts():
    """The notebooks of a class, over and over: all right, then one mistake in each question."""
    return [submission(), *(submission(answers=dict([one])) for one in wrong_answers())]


def learners(count):
    """A class whose names are those of many languages, every tenth of them late, with an older file."""
    given, family = ("Ada", "Zoë", "Łukasz", "李", "Nuño", "O'Neil"), ("Müller", "Ångström", "de la Cruz")
    made, kinds = [], texts()
    for number in range(count):
        name = f"{given[number % 6]} {family[number % 3]}{number}"
        older = {"hw.ipynb": kinds[-1]} if number % 10 == 3 else {}
        files = {"hw.ipynb": kinds[number % len(kinds)]}
        made.append(Learner(str(1001 + number), name, files, older, late=number % 10 == 3))
    return made


def canvas(of):
    lines = ["Student,ID,SIS Login ID,Section,Slide a kernel (77)", f"    Points Possible,,,,{ALL:g}"]
    return "".join(f"{line}\r\n" for line in lines + [f'"{one.name}",{one.number},,"Mon, 9",' for one in of])


def moodle(of):
    head = 'Identifier,"Full name",Grade,"Maximum grade","Last modified (grade)"'
    return "\n".join([head, *(f'"Participant {o.number}","{o.name}",,{ALL:.2f},-' for o in of), ""])


def nbgrader(of):
    head = "assignment,student_id,last_name,first_name,raw_score,late_submission_penalty,score,max_score"
    return "\n".join([head, *(f"{STEM},{one.number},,,0.0,0.0,0.0,{ALL:.1f}" for one in of), ""])


def nbgrader_takes(data):
    return {row["student_id"]: row["score"] for row in csv.DictReader(io.StringIO(data.decode()))}


UPLOADS = {
    "moodle": (moodle, moodle_takes),
    "canvas": (canvas, canvas_takes),
    "nbgrader": (nbgrader, nbgrader_takes),
}


def goes_the_whole_way(shape, count, tmp_path):
    """Grade the download of a class and return what the platform reads from the upload, {number: points}."""
    class_, book = learners(count), tmp_path / "book.csv"
    path = write_zip(tmp_path / "download.zip", SHAPES[shape](class_))
    words = [path, "--csv", tmp_path / "grades.csv", "--feedback", tmp_path / "pages"]
    if shape in UPLOADS:
        make, takes = UPLOADS[shape]
        book.write_text(make(class_), encoding="utf-8", newline="")
        words += ["--into", book]
    if shape == "moodle":
        words += ["--feedback-zip", tmp_path / "feedback.zip"]
    done = run_command(*words, timeout=1000)
    assert done.returncode == 0, done.stdout + done.stderr
    table = rows(tmp_path / "grades.csv")
    assert len(table) == len(list((tmp_path / "pages").rglob("*.html"))) == count
    if shape == "moodle":
        with zipfile.ZipFile(tmp_path / "feedback.zip") as file:
            assert len(moodle_zip_takes(file.namelist(), {one.number for one in class_})) == count
    if shape in UPLOADS:
        return {number: float(mark) for number, mark in takes(book.read_bytes()).items() if mark.strip()}
    return {row["learner"].split()[-1]: float(row["points"]) for row in table}


def wanted(count):
    """What each learner has earned: all, or all but what their one mistake costs."""
    kinds = len(texts())
    return {str(1001 + number): number % kinds == 0 for number in range(count)}


def check(shape, count, tmp_path):
    got = goes_the_whole_way(shape, count, tmp_path)
    got = {number: mark for number, mark in got.items() if number in wanted(count)}
    assert {number: mark == ALL for number, mark in got.items()} == wanted(count)
    same = {}
    for number, mark in got.items():
        same.setdefault((int(number) - 1001) % len(texts()), set()).add(mark)
    assert [len(marks) for marks in same.values()] == [1] * len(same)


@pytest.mark.sandbox
@pytest.mark.parametrize("shape", SHAPES)
def test_a_small_class_goes_the_whole_way(shape, tmp_path):
    check(shape, FEW, tmp_path)


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_class_of_three_hundred_goes_the_whole_way(shape, tmp_path):
    check(shape, CLASS, tmp_path)
