"""Marks in exported gradebooks. `canvas_takes` and `moodle_takes` imitate the platforms' importers."""

import csv
import errno
import io
import os
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conv_course.grade import __main__ as command
from conv_course.grade import gradebooks
from conv_course.grade.archives import names
from conv_course.grade.grade import Record
from conv_course.grade.gradebooks import platforms, safely
from conv_course.grade.gradebooks.fields import Table
from conv_course.grade.records import Refused
from tests.grading_batch.classroom import ALL, ALL_POINTS, STEM, submission

CANVAS = '''\
Student,ID,SIS User ID,SIS Login ID,Section,Slide a kernel (77),Essay (78),Final Score
,,,,,Manual Posting,,
    Points Possible,,,,,12,10,(read only)
"Lovelace, Ada",501,s1,ada,"Mon; ""A""",,3,25.0
"Bohr, Niels",502,s2,bob,Mon,7.00,,
"Curie, Marie",503,s3,cyd,"two
lines",EX,,
"Student, Test",599,,,Mon,,,
'''
MOODLE = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed",\
"Last modified (grade)","Feedback comments"
"Participant 1001","Ada Lovelace",ada@uni.edu,"Submitted for grading - ",,12.00,Yes,-,"so, so"
"Participant 1002","Niels Bohr",bob@uni.edu,"Submitted for grading - ",7.00,12.00,Yes,\
"Monday, 2 March 2026, 9:00 AM",
"""
GERMAN = """\
ID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,"Bewertung kann geändert werden",\
"Zuletzt geändert (Bewertung)","Feedback als Kommentar"
"Teilnehmer/in 1001","Ada Lovelace",ada@uni.edu,Abgegeben,,"12,00",Ja,-,
"Teilnehmer/in 1002","Niels Bohr",bob@uni.edu,Abgegeben,"7,00","12,00",Ja,-,
"""
NBGRADER = """\
assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score
02_slide_a_kernel,,,ada,Lovelace,Ada,ada@uni.edu,0.0,0.0,0.0,12.0
02_slide_a_kernel,,,bob,Bohr,Niels,,0.0,2.0,0.0,12.0
homework9,,,ada,Lovelace,Ada,ada@uni.edu,1.0,0.0,1.0,12.0
"""


def mark(learner, points=11.5, exercise=STEM):
    """Return a record as `grade` makes it for a file, or a folder, of this name."""
    owner = next(iter(names.moodle(learner) or names.canvas(f"{learner}.ipynb")), names.Owner(learner))
    file = f"{learner}/{STEM}.ipynb"
    return Record(owner.learner, file, exercise, "graded", points, 12, ids=list(owner.ids))


@pytest.fixture
def into(tmp_path):
    """A function: into(text, records) returns the bytes before and after, and the messages."""

    def into(text, *records, column=None, exercise=None):
        path = tmp_path / "book.csv"
        before = text if isinstance(text, bytes) else text.encode()
        path.write_bytes(before)
        said = "\n".join(gradebooks.fill(path, records, column, exercise))
        return before, path.read_bytes(), said

    return into


def canvas_takes(data):
    """Return {ID: score of assignment 77} as Canvas reads it: it detects the delimiter and accepts `12,5`."""
    text = data.decode("utf-8-sig")
    first = "".join(text.splitlines()[:3])
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;", key=first.count)))
    assert "Student" in rows[0][0]
    assert "ID" in rows[0][1]
    column = next(i for i, title in enumerate(rows[0]) if title.endswith("(77)"))
    return {row[1]: row[column].replace(",", ".") for row in rows[1:] if row[1]}


def moodle_takes(data, titles=("Identifier", "Grade", "Last modified (grade)"), prefix="Participant "):
    """Return {number: grade} as Moodle reads it: commas, UTF-8, three titles in the site's language."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    who, grade, modified = map(rows[0].index, titles)
    assert modified != grade
    return {row[who][len(prefix) :]: row[grade].replace(",", ".") for row in rows[1:]}


def test_canvas_by_hand(into):
    before, after, said = into(CANVAS, mark("501", 9), mark("bob", 7), mark("s3", 2))
    assert after == before.replace(b'"Mon; ""A""",,3', b'"Mon; ""A""",9,3')
    assert canvas_takes(after) == {"501": "9", "502": "7.00", "503": "EX", "599": ""}
    assert "1 mark written" in said
    assert "excused, left so: s3" in said
    assert "nothing handed in: 599" in said


def test_canvas_submissions_by_their_user_id(into):
    _, after, _ = into(CANVAS, mark("lovelaceada_LATE_501_9001_mine-2"), mark("bohrniels_502_9002_x", 1))
    assert canvas_takes(after) == {"501": "11.5", "502": "1", "503": "EX", "599": ""}


def test_moodle_by_hand(into):
    folder = "Ada Lovelace_1001_assignsubmission_file_"
    before, after, said = into(MOODLE, mark(folder), mark("bob@uni.edu", 7))
    assert after == before.replace(b'for grading - ",,12.00', b'for grading - ",11.5,12.00')
    assert moodle_takes(after) == {"1001": "11.5", "1002": "7.00"}
    assert "1 mark written" in said


def test_moodle_in_german_has_decimal_commas(into):
    before, after, _ = into(GERMAN, mark("Ada Lovelace_1001_assignsubmission_file"), mark("1002", 7))
    assert after == before.replace(b'Abgegeben,,"12', b'Abgegeben,"11,5","12')
    titles = "ID", "Bewertung", "Zuletzt geändert (Bewertung)"
    assert moodle_takes(after, titles, "Teilnehmer/in ") == {"1001": "11.5", "1002": "7.00"}


def test_nbgrader_by_hand(into):
    before, after, said = into(NBGRADER, mark("ada", 9), mark("bob", 3))
    assert after == before.replace(b"0.0,0.0,0.0,12.0", b"0.0,0.0,9,12.0", 1)
    assert "bob has a late penalty of 2" in said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_line_ends_and_delimiters_stay(into, encoding, end, delimiter):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerows(csv.reader(io.StringIO(CANVAS.replace("Niels", "Nïels"))))
    bom = b"\xfe\xff" if encoding == "utf-16-be" else b""
    text = bom + out.getvalue().encode(encoding)
    _, after, _ = into(text, mark("501", 9))
    want = out.getvalue().replace(",,3,".replace(",", delimiter), ",9,3,".replace(",", delimiter))
    assert want != out.getvalue()
    assert after == bom + want.encode(encoding)


def test_a_file_that_is_not_utf8_keeps_its_bytes(into):
    before, after, _ = into(CANVAS.replace("Niels", "Nïels").encode("latin-1"), mark("501", 9))
    assert after == before.replace(b",,3", b",9,3")


def test_decimal_commas_are_quoted_where_commas_separate(into):
    before, after, _ = into(CANVAS.replace("7.00", '"7,00"'), mark("501"))
    assert after == before.replace(b",,3", b',"11,5",3')


def test_a_field_in_quotes_stays_in_quotes(into):
    before, after, _ = into(MOODLE.replace(",7.00,", ',"7.00",'), mark("1001", 9), mark("1002", 8))
    assert after == before.replace(b'- ",,12', b'- ",9,12').replace(b'"7.00"', b'"8"')


texts = st.text(st.sampled_from("aé\"',;\t\r\n =|"), max_size=8)
tables = st.lists(st.lists(texts, min_size=1, max_size=5), min_size=1, max_size=6)


@given(tables, st.sampled_from(",;\t"), st.booleans())
def test_fields_are_those_of_the_csv_module(rows, delimiter, all_quoted):
    out, end = io.StringIO(), "\n" if all_quoted else "\r\n"  # with "\n" the module leaves "\r" unquoted
    quoting = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    table = Table(out.getvalue().encode(), delimiter)
    assert table.data() == out.getvalue().encode()
    assert [table.values(row) for row in range(len(table.rows))] == rows


@given(st.binary(max_size=80) | st.text('a,";\r\n', max_size=80).map(str.encode), st.sampled_from(",;\t"))
def test_any_bytes_come_back_or_are_refused(data, delimiter):
    try:
        table = Table(data, delimiter)
    except Refused:
        return
    assert table.data() == data


@given(st.lists(texts, min_size=1, max_size=5), st.sampled_from(",;\t"), st.booleans(), st.data())
def test_marks_that_stand_there_change_nothing(names, delimiter, all_quoted, data):
    marks = [data.draw(st.sampled_from(["", "3", "3.0", "3.50", "12", "0.00"])) for _ in names]
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n", quoting=quoting)
    writer.writerow(
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Slide a kernel (7)", "B (8)"]
    )
    writer.writerow(["    Points Possible", "", "", "", "", "12", "1"])
    for i, (name, old) in enumerate(zip(names, marks, strict=True)):
        writer.writerow([name, 500 + i, "", f"l{i}", name, old, name])
    before = out.getvalue().encode()
    book = platforms.read(before)
    assert len(book.columns) == 2
    pairs = [
        (mark(f"l{i}", float(old) if old else None), cell)
        for i, (old, cell) in enumerate(zip(marks, book.columns["Slide a kernel (7)"], strict=True))
    ]
    assert gradebooks.marks._put(book.table, pairs, [c for _, c in pairs], []) == 0
    assert book.table.data() == before
    gradebooks.marks._put(book.table, [(mark("x", 1.25), pairs[0][1])], [], [])
    again = platforms.read(book.table.data()).table
    changed = [
        (row, column)
        for row in range(len(again.rows))
        for column in range(7)
        if again.value(row, column) != Table(before, delimiter).value(row, column)
    ]
    assert changed == [(2, 5)]


def test_nothing_to_change_writes_nothing(into, tmp_path):
    before, after, said = into(CANVAS, mark("bob", 7))
    assert after == before
    assert "0 marks written" in said
    assert [path.name for path in tmp_path.iterdir()] == ["book.csv"]


def test_the_old_file_is_kept_each_time(into, tmp_path):
    for points in (1, 2):
        _, _, said = into(CANVAS, mark("bob", points))
        assert f"book.before-{points}.csv" in said
        assert "another mark was there: bob 7.00" in said
        assert (tmp_path / f"book.before-{points}.csv").read_text() == CANVAS


OURS = "learner,exercise,points,of,status,reason\na 1,x,3,12,graded,\na 2,x,4,12,graded,\n"
REFUSED = {
    "over the maximum": (CANVAS, [mark("501", 12.5)], None, "maximum of 12: 501 12.5"),
    "another course": (CANVAS, [mark("zoe")], None, "another course"),
    "no such column": (CANVAS, [mark("501")], "Exam", "no column named Exam.*Slide a kernel.*Essay"),
    "read-only column": (CANVAS, [mark("501")], "Final Score", "no column named"),
    "read-only assignment": (
        CANVAS.replace("Final Score", "Total (79)"),
        [mark("501")],
        "Total",
        "no column named",
    ),
    "no fitting column": (CANVAS.replace("Slide a", "A"), [mark("501")], None, "no column for 02_slide"),
    "two columns": (CANVAS.replace("Essay", "Slide a kernel"), [mark("501")], None, "2 columns"),
    "two exercises": (
        MOODLE,
        [mark("1001"), mark("1002", 1, "04_x")],
        None,
        "02_slide_a_kernel by 1 learner, 04_x by 1 learner.; say which one column Grade is for",
    ),
    "two exercises, a named column": (
        CANVAS,
        [mark("501"), mark("bob", 1, "04_x")],
        "Essay",
        r"which one column Essay \(78\) is for with --exercise",
    ),
    "no points": (CANVAS, [mark("501", None)], None, "there are no points"),
    "open quote": (CANVAS + '"Doe', [mark("501")], None, "never closed"),
    "our table": (OURS, [mark("1")], None, "not a gradebook"),
    "text": ("hello", [mark("501")], None, "not a gradebook"),
    "empty": ("", [mark("501")], None, "not a gradebook"),
    "zeros": (b"\0" * 9, [mark("501")], None, "not a gradebook"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_refused_with_nothing_changed(into, tmp_path, why):
    text, records, column, words = REFUSED[why]
    with pytest.raises(Refused, match=words) as refused:
        into(text, *records, column=column)
    assert "\n" not in str(refused.value)
    assert (tmp_path / "book.csv").read_bytes() == (text if isinstance(text, bytes) else text.encode())
    assert [path.name for path in tmp_path.iterdir()] == ["book.csv"]


def test_a_named_column_needs_no_fitting_title(into):
    before, after, said = into(CANVAS, mark("501", 9), column="Essay")
    assert after == before.replace(b",,3", b",,9")
    assert "another mark was there: 501 3" in said
    assert "12 points, the column 10: marks are not scaled" in said


STRAY = "12_matlab (.m files)"
OF_A_PLATFORM = {  # gradebook, learners, column
    "Moodle": (
        MOODLE.replace("1002", "1003") + MOODLE.splitlines()[-1] + "\n",
        ("1001", "1003", "1002"),
        None,
    ),
    "Moodle, named": (
        MOODLE + MOODLE.splitlines()[-1].replace("1002", "1003") + "\n",
        ("1001", "1003", "1002"),
        "Grade",
    ),
    "Canvas": (CANVAS.replace(",EX,", ",,"), ("501", "503", "502"), None),
    "Canvas, named": (CANVAS, ("501", "599", "502"), "Essay"),
    "Canvas, both have a column": (
        CANVAS.replace(",EX,", ",,").replace("Essay", "Matlab (m files)"),
        ("501", "503", "502"),
        None,
    ),
}


@pytest.mark.parametrize("platform", OF_A_PLATFORM)
def test_somebodys_other_exercise_keeps_no_marks_out(into, platform):
    """Whatever one learner hands in, the others' marks are written, and the learner is named."""
    text, (one, two, stray), column = OF_A_PLATFORM[platform]
    before, after, said = into(text, mark(one, 9), mark(two, 8), mark(stray, 2, STRAY), column=column)
    assert after != before
    assert "2 marks written" in said
    assert f"only another exercise than {STEM}, no mark written: {stray} {STRAY}" in said
    assert not re.search(rf"nothing handed in: .*\b{stray}\b", said)
    assert after.count(b",2,") == before.count(b",2,")


@pytest.mark.parametrize("name", [STRAY, "12_matlab", "12"])
def test_the_exercise_can_be_named(into, name):
    _, after, said = into(MOODLE, mark("1001", 9), mark("1002", 2, STRAY), exercise=name)
    assert moodle_takes(after) == {"1001": "", "1002": "2"}
    assert f"only another exercise than {STRAY}, no mark written: 1001 {STEM}" in said
    with pytest.raises(Refused, match=r"nobody has points .* named 07; choose one with --exercise: 02_"):
        into(MOODLE, mark("1001", 9), exercise="07")
    with pytest.raises(Refused, match="2 exercises are named 12"):
        into(MOODLE, mark("1001", 9, "12_matlab"), mark("1002", 2, STRAY), exercise="12")


def test_every_advice_of_a_refusal_leads_on(into):
    """Follow what the messages say, one after another: in the end there is a mark."""
    records = [mark("501"), mark("bob", 1, "04_draw"), mark("503", 1, "07_images")]
    text, given = CANVAS.replace("Slide a kernel", "Grade"), {}
    for _ in range(3):
        try:
            assert "1 mark written" in into(text, *records, **given)[2]
            return
        except Refused as refused:
            given |= {"column": "Grade"} if "with --column" in str(refused) else {"exercise": "02"}
    pytest.fail(f"still refused with {given}")


def test_what_is_not_certain_is_listed_and_left(into):
    twice = CANVAS.replace("502,s2,bob", "502,s2,501")  # 501 is one learner's ID and another one's login
    before, after, said = into(twice, mark("501"), mark("cyd"), mark("503"), mark("zoe"), mark("599", 4))
    assert after == before.replace(b"599,,,Mon,,", b"599,,,Mon,4,")
    assert "more than once in the gradebook, left out: 501" in said
    assert "handed in more than once, left out: cyd, 503" in said
    assert "not in the gradebook: zoe" in said


def test_an_unreadable_second_notebook_does_not_hide_the_mark(into):
    _, after, _ = into(CANVAS, mark("501", 9), Record("501", "x", reason="not JSON"), Record("502", "y"))
    assert canvas_takes(after)["501"] == "9"
    assert canvas_takes(after)["502"] == "7.00"


@pytest.mark.parametrize("fails_at", [1, 2])  # the new file, the copy of the old one
def test_a_full_disk_loses_nothing(into, tmp_path, monkeypatch, fails_at):
    calls = []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) == fails_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        into(CANVAS, mark("501"))
    assert len(calls) == fails_at
    assert [path.name for path in tmp_path.iterdir()] == ["book.csv"]
    assert (tmp_path / "book.csv").read_text() == CANVAS


def test_two_at_once_and_a_file_changed_meanwhile(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text("mine")
    with pytest.raises(Refused, match="changed by somebody else"):
        safely.replace(path, b"old", b"new")
    fcntl = pytest.importorskip("fcntl")
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Refused, match="another command is writing"):
            safely.replace(path, b"mine", b"new")
    assert path.read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_an_interruption_before_the_exchange_loses_nothing(tmp_path, monkeypatch):
    path = tmp_path / "book.csv"
    path.write_text("old")

    def interrupted(*names):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        safely.replace(path, b"old", b"new")
    there = {p.name: p.read_text() for p in tmp_path.iterdir()}
    assert there == {"book.csv": "old", "book.before-1.csv": "old"}


def moodle_zip_takes(names, participants):
    """Return {number: path} as importziplib.php splits a path: at underscores, into four or five pieces."""
    taken = {}
    for name in names:
        first, _, rest = name.partition("/")
        pieces = first.split("_", 4)
        if len(pieces) >= 4 and pieces[1].isdecimal() and pieces[1] in participants:
            assert pieces[2:4] == ["assignsubmission", "file"]
            taken[pieces[1]] = "/".join([*pieces[4:], rest]).lstrip("/")
    return taken


def test_the_zip_is_what_moodle_takes_back(tmp_path):
    ada, bob = "Ada Lovelace_1001_assignsubmission_file_", "Niels Bohr_1002_assignsubmission_file"
    out = tmp_path / "feedback.zip"
    pages = [(r.learner, [r]) for r in (mark(ada), mark(bob, 3), mark("zoe"))]
    assert gradebooks.write_zip(out, pages) == (2, ["zoe"])
    first = out.read_bytes()
    gradebooks.check_zip(out, tmp_path / "class")
    gradebooks.write_zip(out, pages)
    assert out.read_bytes() == first
    with zipfile.ZipFile(out) as file:
        taken = moodle_zip_takes(file.namelist(), {"1001", "1002"})
        assert taken == {"1001": "feedback.html", "1002": "feedback.html"}
        page = file.read(f"{bob}/feedback.html").decode()
    assert "3 of 12 points" in page
    assert "Ada" not in page
    with pytest.raises(Refused, match="no folder has a name from Moodle"):
        gradebooks.write_zip(out, pages[2:])
    assert out.read_bytes() == first


def test_the_zip_replaces_no_other_file(tmp_path):
    out = tmp_path / "thesis.zip"
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("thesis.txt", "years of work")
    with pytest.raises(Refused, match="is not a zip of feedback"):
        gradebooks.check_zip(out, tmp_path / "class")


def test_what_cannot_work_is_refused_before_grading(tmp_path, capsys):
    folder = tmp_path / "class"
    folder.mkdir()
    inside, other = folder / "book.csv", tmp_path / "other.csv"
    inside.write_text(CANVAS)
    other.write_text("hello")
    book = tmp_path / "book.csv"
    book.write_text(CANVAS)
    for words, why in (
        (["--into", inside], "folder of submissions"),
        (["--into", other], "not a gradebook"),
        (["--into", tmp_path / "none.csv"], "it is not a file"),
        (["--into", book, "--column", "Exam"], "no column named Exam"),
        (["--column", "Exam"], "--into FILE"),
        (["--exercise", "02"], "--into FILE"),
        (["--into", book, "--exercise", "99"], "no exercise 99; there are 02_slide_a_kernel, "),
        (["--feedback-zip", folder / "x.zip"], "folder of submissions"),
        (["--feedback-zip", folder.parent], "is a folder; name a file in it"),
        (["--feedback-zip", other / "x.zip"], "other.csv is not a folder"),
        (["--feedback-zip", Path("/proc/no/x.zip")], "nothing can be written in /proc/no: "),
    ):
        with pytest.raises(SystemExit) as end:
            command.main([str(folder), "--csv", str(tmp_path / "out.csv"), *map(str, words)])
        assert end.value.code == 2
        said = capsys.readouterr().err
        assert re.search(why, said)
        assert said.count("\n") == 1
    assert book.read_text() == CANVAS


@pytest.mark.parametrize("option", ["--csv", "--feedback", "--report", "--own-questions", "--feedback-zip"])
def test_every_output_makes_its_folder(tmp_path, option):
    folder = tmp_path / "class" / "Ada Lovelace_1001_assignsubmission_file_"
    folder.mkdir(parents=True)
    (folder / "mine.ipynb").write_text(submission())
    out = tmp_path / "not" / "yet" / "there"
    words = [folder.parent, "--no-sandbox", "--csv", tmp_path / "g.csv", option, out]
    assert command.main([str(word) for word in words]) == 0
    assert out.exists()


def test_a_class_that_is_not_done_fills_nothing(tmp_path):
    book = tmp_path / "book.csv"
    book.write_text(CANVAS)
    options = SimpleNamespace(into=book, column=None, exercise=None, feedback_zip=None)
    assert "Not all are graded" in gradebooks.hand_over(options, [mark("501")], 2)[0]
    assert book.read_text() == CANVAS


@pytest.mark.sandbox
def test_the_command_fills_and_zips(tmp_path, capsys):
    folder = tmp_path / "class" / "Ada Lovelace_1001_assignsubmission_file_"
    folder.mkdir(parents=True)
    (folder / "mine.ipynb").write_text(submission())
    book, out = tmp_path / "sheet.csv", tmp_path / "feedback.zip"
    worksheet = MOODLE.replace("12.00", f"{ALL:.2f}")
    book.write_text(worksheet)
    words = [folder.parent, "--csv", tmp_path / "out.csv", "--into", book, "--feedback-zip", out]
    assert command.main([str(word) for word in words]) == 0
    assert moodle_takes(book.read_bytes()) == {"1001": ALL_POINTS, "1002": "7.00"}
    assert (tmp_path / "sheet.before-1.csv").read_text() == worksheet
    said = capsys.readouterr().out
    assert "feedback for 1 learner." in said
    assert "nothing handed in: 1002" in said
