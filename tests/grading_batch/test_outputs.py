"""Unwritable outputs are reported in one sentence before anything is graded. No other file is overwritten."""

import errno
import json
import os
import re
import secrets

import pytest

from conv_course.checker import show
from conv_course.checker.compare import as_array
from conv_course.checker.judge import Verdict
from conv_course.checker.questions import load_sheet
from conv_course.grade import __main__ as command
from conv_course.grade import grade, outputs, records, report
from conv_course.grade import state as states
from conv_course.grade.exercise import Exercise
from conv_course.grade.grade import Grader
from tests.grading_batch.classroom import ALL_POINTS, STEM, WRONG_SLIDE, rows, submission

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the class grader needs Linux or macOS")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "class"
    made.mkdir()
    (made / "ada.ipynb").write_text("{}")  # graded in no time
    return made


def run(folder, out, *more):
    return command.main([str(folder), "--csv", str(out), "--no-sandbox", *map(str, more)])


# what only somebody at work in the notebook can follow
AT_WORK = re.compile(r"Notebook: |Next hint|check[.(]|run (?:it|its|the cell)\b|then this|your own there")


@pytest.mark.parametrize("problem", show.NOT_STARTED)
def test_an_unanswered_question_asks_a_page_for_nothing(problem):
    assert AT_WORK.search(show.NOT_STARTED[problem])
    for question in load_sheet(STEM):
        verdict = Verdict("not started", 0, question.points, problem=problem)
        card = show.Card(question, verdict, question.cases_for(0), [], handed_in=True)
        assert not AT_WORK.search(str(card))
        assert question.function in str(card)


def test_a_feedback_page_has_the_points_once_and_asks_for_no_cell(tmp_path, folder):
    """One question each: right, wrong, stopped, unanswered, missing, and a cell that stops."""
    stub = "raise NotImplementedError"
    answers = {
        "q2": WRONG_SLIDE,
        "q3": "1 / 0",
        "q4": f"def leftover(W, kW, stride=1, padding=0):\n    {stub}",
    }
    answers["q5"] = "def slide_dilated(*x):\n    return x[99]"
    (folder / "ada.ipynb").write_text(submission(answers=answers, drop=["answer-q6"]))
    assert run(folder, tmp_path / "g.csv", "--feedback", tmp_path / "f") == 0
    page = (tmp_path / "f" / "ada.html").read_text()
    assert "leftover</code>" in page or "leftover was handed in without an answer" in page
    assert page.count(f" of {ALL_POINTS} points") == 1
    assert not AT_WORK.search(re.sub(r"<[^>]*>", "", page))


def sentence(capsys):
    """Return the output without the warning of --no-sandbox."""
    said = capsys.readouterr().err.replace(command.NO_SANDBOX, "").strip()
    assert "Traceback" not in said
    (line,) = said.splitlines()
    assert line.startswith("course.py grade: ")
    assert line.endswith(".")
    return line


def a_file(path, text="mine"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def is_a_folder(place):
    (place / "grades.csv").mkdir()
    return [place / "grades.csv"], "grades.csv is a folder"


def is_an_essay(place):
    return [a_file(place / "essay.txt")], "essay.txt exists and is not a table of grades; nothing was changed"


def is_another_table(place):
    text = "learner,points\r\nada,12\r\n"
    return [a_file(place / "grades.csv", text)], "grades.csv exists and is not a table of grades"


def is_a_notebook(place):
    return [a_file(place / "ada.ipynb", submission())], "is not a table of grades"


def is_a_device(place):
    return ["/dev/null"], "/dev/null is not a regular file"


def is_a_pipe(place):
    os.mkfifo(place / "grades.csv")
    return [place / "grades.csv"], "is not a regular file"


def lies_in_a_file(place):
    return [a_file(place / "mine") / "grades.csv"], "mine is not a folder"


def lies_deep_in_a_file(place):
    return [a_file(place / "mine") / "more" / "grades.csv"], "nothing can be written in"


def has_a_foreign_state(place):
    a_file(place / "grades.csv.state", "my state of mind")
    return [place / "grades.csv"], "grades.csv.state exists and is not the state of a grading"


def has_a_folder_as_state(place):
    (place / "grades.csv.state").mkdir()
    return [place / "grades.csv"], "grades.csv.state is not a regular file"


def has_too_long_a_name(place):
    return [place / ("g" * 252)], "File name too long"


def pages_are_a_file(place):
    return [place / "g.csv", "--feedback", a_file(place / "pages")], "pages is not a folder"


def pages_are_a_web_site(place):
    page = a_file(place / "pages" / "ada.html", "<!doctype html>\n<title>Ada</title>")
    return [place / "g.csv", "--feedback", page.parent], "ada.html exists and is not a feedback page"


def a_page_is_a_folder(place):
    a_file(place / "pages" / "ada.html" / "mine")
    return [place / "g.csv", "--feedback", place / "pages"], "ada.html exists and is not a feedback page"


REFUSED = [
    is_a_folder,
    is_an_essay,
    is_another_table,
    is_a_notebook,
    is_a_device,
    is_a_pipe,
    lies_in_a_file,
    lies_deep_in_a_file,
    has_a_foreign_state,
    has_a_folder_as_state,
    has_too_long_a_name,
    pages_are_a_file,
    pages_are_a_web_site,
    a_page_is_a_folder,
]


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("make", REFUSED)
def test_it_is_refused_before_anything_is_graded(folder, tmp_path, monkeypatch, capsys, make):
    monkeypatch.setattr(grade.Grader, "grade", lambda *a: pytest.fail("it was graded"))
    place = tmp_path / "place"
    place.mkdir()
    words, said = make(place)
    before = contents(tmp_path)
    assert run(folder, *words) in (command.REFUSED, command.FAILED)
    assert said in sentence(capsys)
    after = contents(tmp_path)
    assert {path: after.get(path) for path in before} == before
    assert set(after) - set(before) <= {place / "g.csv.state"}


@pytest.mark.parametrize(
    ("table", "pages"),
    [
        ("same", "same"),
        ("grades", "grades/pages"),
        ("pages", "pages.state"),
        ("class/g.csv", "p"),
        ("g", "class/p"),
    ],
)
def test_places_that_exclude_each_other(folder, tmp_path, capsys, table, pages):
    with pytest.raises(SystemExit) as stop:
        run(folder, tmp_path / table, "--feedback", tmp_path / pages)
    assert stop.value.code == 2
    assert "Traceback" not in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["class"]


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_folder_where_nothing_can_be_written(folder, tmp_path, monkeypatch, capsys, number):
    def refuse(**options):
        if number == errno.ENOSPC:  # the file can be created, but there is no space for a byte
            return open("/dev/full", "wb")
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(outputs.tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(grade.Grader, "grade", lambda *a: pytest.fail("it was graded"))
    assert run(folder, tmp_path / "g.csv") == command.REFUSED
    assert os.strerror(number) in sentence(capsys)
    assert not (tmp_path / "g.csv").exists()


def no_room(*args, **options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "grades")


@pytest.mark.parametrize(
    ("owner", "name", "said"),
    [
        (records, "write_table", "The table could not be written: grades: No space left on device."),
        (records, "write_feedback", "Not all pages could be written: grades: No space left on device."),
        (report, "page", "The report could not be written: grades: No space left on device."),
        (states.State, "add", "Stopped: "),
    ],
)
def test_a_disk_that_fills_while_it_grades(folder, tmp_path, monkeypatch, capsys, owner, name, said):
    words = [folder, tmp_path / "g.csv", "--feedback", tmp_path / "pages", "--report", tmp_path / "report"]
    with monkeypatch.context() as moment:
        moment.setattr(owner, name, no_room)
        assert run(*words) == command.FAILED
    err = capsys.readouterr().err
    assert said in err
    assert "The same command goes on from here." in err
    assert "Traceback" not in err
    assert run(*words) == 0
    assert len(rows(tmp_path / "g.csv")) == len(list((tmp_path / "pages").iterdir())) == 1


def test_no_half_a_table_is_left(tmp_path, monkeypatch):
    out = a_file(tmp_path / "g.csv", "before")
    monkeypatch.setattr(records.Path, "replace", no_room)
    with pytest.raises(OSError, match="No space"):
        records.write_table(out, "after", None)
    assert contents(tmp_path) == {out: b"before"}


def test_a_table_that_the_teacher_worked_in_is_kept(folder, tmp_path, capsys):
    out = tmp_path / "grades.csv"
    assert run(folder, out) == run(folder, out) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["class", "grades.csv", "grades.csv.state"]
    capsys.readouterr()
    for number in (1, 2):
        with out.open("a", encoding="utf-8") as file:
            file.write(f"my remarks {number}\r\n")
        edited = out.read_bytes()
        assert run(folder, out) == 0
        assert f"kept as {tmp_path / f'grades.kept-{number}.csv'}" in capsys.readouterr().out
        assert (tmp_path / f"grades.kept-{number}.csv").read_bytes() == edited
        assert len(rows(out)) == 1


def test_a_table_of_the_first_edition_and_cut_pages_are_its_own(folder, tmp_path):
    out = tmp_path / "grades.csv"
    old = (
        "\ufefflearner,exercise,points,of,status,reason,q1,mistakes,notes,file\r\nada,,,,no score,x,,,,a\r\n"
    )
    out.write_bytes(old.encode())
    for text in ("", records.PAGE_BEGINS[:50], records.PAGE_BEGINS + "Ada</title>"):
        a_file(tmp_path / "pages" / "ada.html", text)
        assert run(folder, out, "--feedback", tmp_path / "pages") == 0
        assert (tmp_path / "pages" / "ada.html").read_text().endswith("</html>\n")


def test_a_link_to_a_table_stays_a_link(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "grades.csv").symlink_to("elsewhere/real.csv")
    assert run(folder, tmp_path / "grades.csv") == run(folder, tmp_path / "grades.csv") == 0
    assert (tmp_path / "grades.csv").is_symlink()
    assert len(rows(tmp_path / "elsewhere" / "real.csv")) == 1


@pytest.mark.parametrize("cut", [0, 1, 5, 10])
def test_a_state_that_a_full_disk_cut_short(folder, tmp_path, cut):
    a_file(tmp_path / "g.csv.state", '\n{"seed": 5}\n'[:cut])
    assert run(folder, tmp_path / "g.csv") == 0


@pytest.mark.parametrize(
    "line", ['{"seed": 1e999}', "[" * 100_000, "7", '{"record": 7, "key": "a"}', '"seed"']
)
def test_garbage_in_a_state_is_passed_over(folder, tmp_path, line):
    a_file(tmp_path / "g.csv.state", f'{{"seed": 5}}\n{line}\n')
    assert run(folder, tmp_path / "g.csv") == 0
    assert states.State(tmp_path / "g.csv.state").seed == 5


# the seed


def seed_of(out):
    return states.State(f"{out}.state").seed


def test_a_drawn_seed_is_long_and_a_rerun_keeps_it(folder, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(secrets, "randbits", lambda bits: asked.append(bits) or (1 << bits) - 1)
    out = tmp_path / "g.csv"
    for _ in range(2):
        assert run(folder, out) == 0
        assert seed_of(out) == (1 << 128) - 1
    assert asked == [128]
    # a seed given by mistake does not replace the one that was drawn
    assert run(folder, out, "--seed", "5") == 0
    assert str((1 << 128) - 1) in out.with_name("g.csv.state").read_text()
    assert json.loads(out.with_name("g.csv.state").read_text().split("\n")[1]) == {"seed": (1 << 128) - 1}


def test_no_seed_draws_the_visible_cases(tmp_path):
    """Neither 0 nor a number whose lowest 32 bits are 0, which is how NumPy reads a seed."""
    for place, seed in enumerate((0, 1 << 32, 1 << 64, 1 << 128)):
        grader = Grader(seed)
        grader.close()
        exercise = Exercise(STEM, grader.seed, tmp_path / str(place))
        question = exercise.sheet.questions["q2"]
        visible = {as_array(one.args[0]).tobytes() for one in question.cases_for(0)}
        drawn = {as_array(one.args[0]).tobytes() for one in question.cases_for(grader.seed)}
        assert not visible & drawn


def test_the_same_seed_draws_the_same_cases_in_every_shard(tmp_path):
    jobs = []
    for place in range(2):
        grader = Grader(20250301)
        grader.close()
        jobs.append(Exercise(STEM, grader.seed, tmp_path / str(place)).jobs)
    assert jobs[0] == jobs[1]
