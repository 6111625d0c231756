"""What a sheet decides, points and the number of questions, no page says by itself: the build computes it."""

import re
import subprocess
import sys

import pytest

from tests.page_cells import source
from tools import quick, run_pages
from tools.environment import ROOT

NUMBER = r"\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
SAID = re.compile(
    rf"\b(?:{NUMBER}) (?:more |of the )?(?:(?:`\.m` |\.m )?(?:points|questions|exercises)|`?\.m`? files)\b",
    re.I,
)
NOT_OF_A_SHEET = {  # words of a page that a sheet does not change
    "teachers": {"three questions"},  # on one's own code
    "teachers_trust": {"two questions"},  # that the page asks
    "api": {"three questions"},
    "11_go_fast": {"two points", "four points", "7 points"},  # at which polynomials are evaluated
    "12_matlab": {"two exercises"},  # in Python and in .m files
    "plan": {"six questions"},  # that its command asks for
}
OTHER_POINTS = """
import sys
from conv_course.checker import matlab_questions
from conv_course.checker.questions import load_sheet, sheet_stems
from tools import run_pages

for stem in sheet_stems():
    for question in load_sheet(stem):
        question.parts = {part: 2 * points for part, points in question.parts.items()}
for question in matlab_questions.QUESTIONS:
    object.__setattr__(question, "points", 2 * question.points)  # it is frozen
assert load_sheet("02_slide_a_kernel").points == 2 * %s, "the sheets are kept"
why, _ = run_pages.run_page(sys.argv[1])
sys.exit(why or 0)
"""


def prose(stem):
    """Return the text of a page without its cells and listings."""
    return re.sub(r"^```.*?^```$", "", source(stem), flags=re.DOTALL | re.MULTILINE)


def test_no_page_writes_such_a_number_out():
    found = {}
    for path in sorted((ROOT / "book").glob("*.md")):
        said = {text.lower() for text in SAID.findall(prose(path.stem))}
        if said - NOT_OF_A_SHEET.get(path.stem, set()):
            found[path.stem] = said
    assert not found


def test_such_words_would_be_seen():
    assert SAID.findall("Together that is 277 points; 14 more points, all seven questions, Seven `.m` files")


@pytest.mark.parametrize("stem", quick.pages(["conv_course/checker/sheets/02_slide_a_kernel.py"], ROOT))
def test_the_cells_run_with_other_points(stem):
    from conv_course.checker.questions import load_sheet

    program = OTHER_POINTS % load_sheet("02_slide_a_kernel").points
    ran = subprocess.run(
        [sys.executable, "-c", program, stem], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_a_page_that_fails_is_told_with_its_line(tmp_path, monkeypatch, capsys):
    (tmp_path / "good.md").write_text("```{code-cell} python\nx = 1\ndisplay(x)\n```\n")
    (tmp_path / "bad.md").write_text("```{code-cell} python\nx = 1\nassert x == 277\n```\n")
    monkeypatch.setattr(run_pages, "BOOK", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run_pages.run_page("good")[0] == ""
    assert run_pages.run_page("bad")[0] == "AssertionError\n    assert x == 277"
    assert run_pages.pages() == ["bad", "good"]
