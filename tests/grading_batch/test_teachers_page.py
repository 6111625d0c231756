"""The teachers' pages: the program accepts every command on them, and every option is on them."""

import argparse
import os
import re
import shlex
import subprocess
import sys
from types import SimpleNamespace

import pytest

from benchmarks import table
from conv_course.checker.questions import load_sheet
from conv_course.checker.show import amount
from conv_course.grade import __main__ as command
from conv_course.grade import demo, package
from conv_course.grade.given import COURSE
from conv_course.grade.package import classroom50
from tests.grading_batch.test_gradebooks import CANVAS

PAGE = "".join(
    (COURSE / "book" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("teachers", "teachers_many", "teachers_trust")
)
LISTINGS = re.findall(r"```text\n(.*?)```", PAGE, re.S)
COMMANDS = [
    line.partition("course.py grade ")[2]
    for listing in LISTINGS
    for line in listing.replace("\\\n", " ").splitlines()
    if "course.py grade " in line
]
WIDEST = 40  # letters that a phone shows in a line


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with the files that the commands name."""
    for name in ("handed_in", "submitted"):
        (tmp_path / name).mkdir()
    for name in ("submissions.zip", "part1.csv", "part2.csv"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "gradebook.csv").write_text(CANVAS)
    (tmp_path / "secret").write_text("0123456789abcdef")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_page_is_taken(line, place):
    words = shlex.split(line.replace("$SEED", "5").replace("/handed_in", "handed_in").replace("/out/", ""))
    if words[0] == "package":
        assert command.main(words) == 0
    elif words[0] == "merge":
        assert command.words_of.merge(words[1:]).parts
    elif words != ["--demo"]:  # test_demo runs it
        assert command.words_of.grade(words).csv.name.endswith(".csv")


def test_there_are_such_commands_and_every_option_is_named(capsys):
    assert len(COMMANDS) >= 12
    for parser in (command.words_of.grade, command.words_of.merge):
        with pytest.raises(SystemExit):
            parser(["--help"])
    options = set(re.findall(r"(--[a-z-]+)", capsys.readouterr().out)) - {"--help"}
    assert options == {option for option in options if f"`{option}" in PAGE or f" {option}" in PAGE}
    assert {"--shard", "--dask", "--into", "--per-learner", "--report"} <= options


def test_the_time_of_a_notebook_is_the_stored_one():
    """`python -m benchmarks.grading_throughput --store` measured it."""
    stored = table.load("grading")
    took = re.search(r"notebook of chapter (\d\d) took (\d+) ms of computing on an (.+?) processor", PAGE)
    assert took.groups() == (
        stored["exercise"][:2],
        str(stored["CPU ms per notebook"]),
        stored["machine"]["processor"],
    )
    assert ("that other programs kept busy" in PAGE) == (stored["load before"] > stored["machine"]["cores"])
    most = re.search(r"Two such\s+cores can therefore grade at most ([\d.]+) notebooks per second", PAGE)
    assert most[1] == f"{2000 / stored['CPU ms per notebook']:.1f}"


def test_the_time_of_a_class_fits_that_of_a_notebook():
    page = (COURSE / "book" / "teachers.md").read_text(encoding="utf-8")
    took = table.load("grading")["CPU ms per notebook"]
    assert ("about a quarter of a second of computing" in page) == (200 <= took <= 300)
    assert ("200 of them take less than a minute on one core" in page) == (200 * took < 60_000)


def test_each_platform_says_whether_its_marks_can_count():
    rows = PAGE.partition("fit for marks?")[2].partition("\n\n")[0].splitlines()[2:]
    fit = {way: words.split()[0].strip(":,") for way, words in (row.strip("| ").split(" | ") for row in rows)}
    assert [way for way, word in fit.items() if word == "yes"][1:] == ["Gradescope"]
    assert {"Classroom 50", "GitHub Actions"} < {way for way, word in fit.items() if word == "no"}
    made = [row.split(" | ")[0].strip("| ") for row in PAGE.partition("| what is made")[2].splitlines()[2:5]]
    assert made == ["Gradescope", "Classroom 50", "GitHub Actions"]
    assert len(made) == len(package.KINDS)


def test_a_phone_shows_whole_lines():
    assert [line for listing in LISTINGS for line in listing.splitlines() if len(line) > WIDEST] == []


def container():
    """Return the options of the page's `docker run`, and the words of the command that runs inside it."""
    (listing,) = [one for one in LISTINGS if one.startswith("docker run")]
    words = shlex.split(listing.replace("\\\n", " "))
    image = words.index("YOUR_IMAGE")
    parser = argparse.ArgumentParser()
    for flag in ("--rm", "--read-only"):
        parser.add_argument(flag, action="store_true")
    for option in ("--network", "--tmpfs", "--memory", "--pids-limit", "--cpus"):
        parser.add_argument(option)
    parser.add_argument("-v", action="append")
    return parser.parse_args(words[2:image]), words[image + 1 :]


def test_the_container_is_closed_as_the_page_says():
    assert (
        "one container for each part, without network, with limits,\nand read-only apart from `/tmp`" in PAGE
    )
    options, inside = container()
    assert options.network == "none"
    assert options.read_only
    assert all((options.memory, options.pids_limit, options.cpus))
    writable = [mount.split(":")[1] for mount in options.v if not mount.endswith(":ro")]
    assert [options.tmpfs, *writable] == ["/tmp", "/out"]
    assert {"--shard", "--no-sandbox"} <= set(inside)


def test_the_container_can_grade_a_part(tmp_path, words):
    """Bubblewrap stands in for the container: the same mounts, and no network."""
    options, inside = container()
    for name in ("handed_in", "out1"):
        (tmp_path / name).mkdir()
    escape = (
        "try:\n    open('/out/../written', 'w')\nexcept OSError as error:\n    raise SystemExit(str(error))"
    )
    (tmp_path / "handed_in" / "ada.ipynb").write_text(demo._notebook(last=escape))
    closed = ["bwrap", "--unshare-net", "--dev", "/dev", "--proc", "/proc"]
    for entry in os.listdir("/"):
        if entry not in {"dev", "proc", "tmp"}:
            closed += ["--ro-bind", f"/{entry}", f"/{entry}"]
    closed += ["--tmpfs", options.tmpfs, "--ro-bind", str(COURSE), str(COURSE)]
    for mount in options.v:
        here, there, *only = mount.replace("$PWD", str(tmp_path)).split(":")
        closed += ["--ro-bind" if only == ["ro"] else "--bind", here, there]
    closed += ["--remount-ro", "/", "--chdir", str(COURSE)]
    swapped = {"python3": sys.executable, "1/2": "1/1", "$SEED": "5"}
    done = subprocess.run(
        [*closed, *(swapped.get(word, word) for word in inside)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    full = amount(load_sheet(demo.STEM).points)
    table_of = (tmp_path / "out1" / "part1.csv").read_text()
    assert f'"{full}","{full}","graded"' in table_of
    assert "Read-only file system" in table_of


def test_what_a_point_of_chapter_02_becomes_in_classroom_50():
    questions = [
        {"parts": [(part, 0, of) for part, of in (question.parts or {"": question.points}).items()]}
        for question in load_sheet(demo.STEM)
    ]
    record = SimpleNamespace(questions=questions, of=load_sheet(demo.STEM).points)
    assert ("in chapter 02 each point becomes two" in PAGE) == (classroom50.scale(record) == 2)
