"""The package as a learner gets it: the contents of the wheel, its command line, one version everywhere."""

import email.parser
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from conv_course.checker.questions import load_sheet, sheet_stems
from conv_course.learn import __main__ as command
from conv_course.learn import work
from tools.lite.python import course_wheel
from tools.sphinx_questions import scripts

POINTS = int(sum(question.points for question in load_sheet("02_slide_a_kernel")))
ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNS_ALONE = """
import sys
from conv_course import sheet
from conv_course.checker.questions import load_sheet, sheet_stems
from conv_course.widgets import figure, names
assert "site-packages" in sys.modules["conv_course"].__file__
stems = sheet_stems()
for stem in stems:
    assert sheet(stem).sheet.points > 0
for name in names():
    assert "<script" in figure(name)._repr_html_()
from pathlib import Path
from conv_course.learn.check import check
from conv_course.learn.work import prepare
full = sum(check(path) for path in sys.argv[1:])
print("counted:", len(stems), len(names()), len(prepare(Path("work"))), full)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return course_wheel(tmp_path_factory.mktemp("wheel"), exercises=True)


def said(capsys, *arguments):
    """Run the command line and return (exit code, lines on the terminal)."""
    code = command.main([str(a) for a in arguments])
    printed = capsys.readouterr()
    return code, (printed.out + printed.err).splitlines()


def test_check_shows_every_card_and_the_points(capsys):
    code, lines = said(capsys, "check", ROOT / "solutions" / "02_slide_a_kernel.ipynb")
    assert code == 0
    assert f"02_slide_a_kernel: {POINTS} of {POINTS} points" in lines
    assert [line.split()[1] for line in lines if line.startswith("✓")] == list(
        load_sheet("02_slide_a_kernel").questions
    )


@pytest.fixture
def mine(tmp_path):
    """A learner's copy of exercise 02, and a function that changes one cell of it."""
    work.prepare(tmp_path, ["02_slide_a_kernel"])
    path = tmp_path / "02_slide_a_kernel.ipynb"

    def change(grade_id, source):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id:
                cell["source"] = source
        path.write_text(json.dumps(notebook), encoding="utf-8")

    return path, change


def test_check_names_a_mistake_a_cell_that_fails_and_an_answer_without_its_check(capsys, mine):
    path, change = mine
    change("answer-q1", "%time\ndef output_size(W, kW, *, stride=1, padding=0):\n    return W - kW")
    change("check-q1", "'taken out'")
    change("answer-q2", "def slide(x, w, b=0.0):\n    return x\nslade")
    code, lines = said(capsys, "check", path)
    text = "\n".join(lines)
    assert code == 1
    assert "cell 9: NameError in line 3: name 'slade' is not defined" in lines
    assert "✗ q1 · how many windows fit: not yet, 0 of 3 points" in lines
    assert "First case that fails" in text
    assert f"02_slide_a_kernel: 0 of {POINTS} points" in lines


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["learn", "44", "--no-open"], "there is no exercise 44: exercises have the numbers 2 to 17"),
        (
            ["check", ROOT / "README.md"],
            f"{ROOT / 'README.md'}: this is not a notebook: it cannot be read as JSON",
        ),
        (["check", "none.ipynb"], "none.ipynb cannot be read: No such file or directory"),
        (["learn", "--no-open", "--folder", ROOT / "README.md"], "choose a folder of your own (--folder)"),
    ],
)
def test_what_cannot_be_done_gets_one_line(capsys, arguments, line):
    code, lines = said(capsys, *arguments)
    assert code == 2
    assert len(lines) == 1
    assert lines[0].startswith("convolution-layer: ")
    assert line in lines[0]


def test_learn_lays_out_every_exercise_and_changes_nothing_that_is_there(capsys, tmp_path):
    folder = tmp_path / "meine Übungen"
    assert said(capsys, "learn", "--no-open", "--folder", folder)[0] == 0
    assert {path.stem for path in folder.glob("*.ipynb")} == set(sheet_stems())
    assert (folder / "12_matlab" / "q2_window.m").is_file()
    own, older = folder / "03_draw_the_graph.ipynb", folder / "02_slide_a_kernel.ipynb"
    own.write_text(own.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    older.write_text(older.read_text("utf-8").replace('version=\\"', 'version=\\"0'), encoding="utf-8")
    kept = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    said(capsys, "learn", "2", "--no-open", "--folder", folder)
    assert all(path.read_bytes() == content for path, content in kept.items())
    (new,) = {path for path in folder.rglob("*") if path.is_file()} - kept.keys()
    assert re.fullmatch(r"02_slide_a_kernel version \w{6}\.ipynb", new.name)
    assert new.read_bytes() == (ROOT / "exercises" / "02_slide_a_kernel.ipynb").read_bytes()


def test_list_gives_each_exercise_its_number_and_title(capsys):
    _, lines = said(capsys, "list")
    assert len(lines) == len(sheet_stems())
    assert lines[0].split(maxsplit=1) == ["2", "Slide a kernel along a signal"]


def test_one_version_in_the_package_the_changelog_and_the_citation():
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[1]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert PROJECT["version"] == newest == citation["version"]
    assert PROJECT["license"] == citation["license"]


def test_the_wheel_holds_the_packages_and_the_exercises_and_nothing_else(wheel):
    assert wheel.stat().st_size < 1_000_000
    with zipfile.ZipFile(wheel) as archive:
        inside = {Path(name) for name in archive.namelist() if not name.endswith("/")}
        metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        head = email.parser.Parser().parsestr(archive.read(metadata).decode())
    skip = {"__pycache__", ".ipynb_checkpoints"}
    wanted = {
        path.relative_to(ROOT)
        for folder in ("conv_lib", "conv_course")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not skip & set(path.parts)
    }
    wanted -= {path.relative_to(ROOT) for path in scripts()[0]}  # of the book's pages
    wanted |= {
        "conv_course" / path.relative_to(ROOT)
        for path in (ROOT / "exercises").rglob("*")
        if path.is_file() and not skip & set(path.parts)
    }
    brought = {path for path in inside if not path.parts[0].endswith(".dist-info")}
    assert brought == wanted
    assert head["Version"] == PROJECT["version"]
    twine = [sys.executable, "-m", "twine", "check", "--strict", str(wheel)]
    result = subprocess.run(twine, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_wheel_works_away_from_the_repository(tmp_path, wheel):
    """Installed into an empty environment with our NumPy: sheets, figures, command line."""
    python, packages = empty_environment(sys.executable, tmp_path / "empty")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", packages, wheel], check=True, timeout=120)
    lent = Path(sys.modules["numpy"].__file__).parents[1]
    for name in lent.iterdir():
        if name.name.startswith("numpy"):
            (packages / name.name).symlink_to(name)
    works_away(python, tmp_path, sheet_stems()[:2])


def empty_environment(base, folder):
    """Create an environment of the Python `base`. Return its interpreter and its folder of packages."""
    subprocess.run([base, "-m", "venv", "--without-pip", folder], check=True, timeout=120)
    packages = next(folder.glob("[lL]ib/**/site-packages"))
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python", packages


def works_away(python, folder, stems):
    """Check that every sheet and figure loads, exercises are written and these solutions get all points."""
    command = [python, "-I", "-c", RUNS_ALONE, *(ROOT / "solutions" / f"{stem}.ipynb" for stem in stems)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=250, cwd=folder)
    assert result.returncode == 0, result.stderr
    sheets, figures, laid_out, full = map(int, result.stdout.split("counted: ")[1].split())
    assert sheets == laid_out == len(sheet_stems())
    assert figures == len(set((ROOT / "conv_course/widgets").glob("[a-z]*.py"))) - 1  # sliders.py
    assert full == len(stems)


def pythons():
    """Yield one interpreter of this machine for each version that the course allows."""
    places = [path for folder in os.get_exec_path() for path in Path(folder).glob("python3.[0-9]*")]
    places += Path.home().glob(".pyenv/versions/*/bin/python3.[0-9]*")
    found = {match[1]: path for path in places if (match := re.fullmatch(r"python3\.(\d+)", path.name))}
    asks = "import sys; print(sys.version_info[1])"
    for minor, path in sorted(found.items(), key=lambda pair: int(pair[0])):
        if int(minor) >= 11:
            answer = subprocess.run([path, "-c", asks], capture_output=True, text=True, check=False)
            if answer.stdout.strip() == minor:
                yield path


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_pip_installs_the_wheel_on_every_python_here(tmp_path, wheel):
    """From the package index, with figures: every solution gets all its points."""
    found = list(pythons())
    assert found
    for base in found:
        folder = tmp_path / base.name
        python, _ = empty_environment(base, folder)
        command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", f"{wheel}[figures]"]
        subprocess.run(command, check=True, timeout=600)
        works_away(python, folder, sheet_stems())
