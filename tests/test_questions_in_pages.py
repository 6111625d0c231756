"""The directive `{question}`: the exercise's own text and stub, a link, and errors for wrong references."""

import ast
import re
from pathlib import Path

import nbformat
import pydata_sphinx_theme
import pytest
from docutils import nodes
from docutils.utils import new_document

from conv_course.checker.questions import load_sheet, sheet_stems
from tests.one_page import one_page
from tools.lite.contents import ROOT
from tools.lite.plain_markdown import Book, to_plain
from tools.sphinx_course import reading_minutes, told
from tools.sphinx_questions import Unknown, course_question, named, placed

STYLE = ROOT / "book" / "assets" / "css" / "course.css"
FENCED = re.compile(r"^(```|~~~)\w*\n(.*?)^\1", re.MULTILINE | re.DOTALL)
PAGE = """# Try

See {ref}`02-q3` and {ref}`that one <02-q3>`.

```{question} 02 q3
```
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return a function: built(text) returns the page's HTML and the warnings."""

    def build(text):
        top = tmp_path_factory.mktemp("book")
        page, said = one_page(top, text, ["tools.sphinx_questions"], myst_enable_extensions=["dollarmath"])
        return page.read_text(encoding="utf-8"), said

    return build


def test_a_question_shows_its_text_stub_points_and_link(built):
    html, said = built(PAGE)
    assert said == ""
    assert 'id="question-02-q3"' in html
    assert html.count('href="#question-02-q3"') == 2
    assert 'data-exercise="02_slide_a_kernel"' in html
    assert 'data-question="q3"' in html
    assert "Question: stride and padding " in html
    assert "(2.3, 3 points)" in html
    assert "Now the window starts at sample" in html
    assert "slide_padded" in html
    assert "NotImplementedError" in html
    assert 'href="lite/notebooks/index.html?path=exercises/02_slide_a_kernel.ipynb"' in html
    assert "np.pad" not in html  # the answer
    assert html.count("<i></i>") == len(load_sheet("02_slide_a_kernel").questions["q3"].source.splitlines())


def test_the_kind_of_a_question_stands_before_its_title(built):
    html, _ = built("# Try\n\n```{question} 12 q5\n```\n")
    assert "Question, the stretch: which windows see a row " in html


@pytest.mark.parametrize(
    ("wrong", "told"),
    [("02 q9", "02_slide_a_kernel has no question 'q9'; it has q1, q2"), ("01 q1", "chapter '01' has no")],
)
def test_a_question_that_does_not_exist_is_an_error(built, wrong, told):
    _, said = built(PAGE.replace("02 q3", wrong))
    assert "ERROR" in said
    assert told in said
    with pytest.raises(Unknown):
        named(wrong)


@pytest.mark.parametrize("stem", sheet_stems())
def test_the_data_of_a_question_are_narrow_enough_for_a_phone(stem):
    """A box of 390 - 68 pixels has room for 38 letters. Code that is given in cells of its own wraps."""
    cells = [(name, text) for name, one in placed(stem).items() for kind, text in one.cells if kind == "text"]
    blocks = [(name, block[2]) for name, text in cells for block in FENCED.finditer(text)]
    lines = [(name, line) for name, block in blocks for line in block.splitlines()]
    assert [(name, line) for name, line in lines if len(line) > 38] == []


@pytest.mark.parametrize("stem", sheet_stems())
def test_pages_show_what_the_notebook_shows(stem):
    notebook = nbformat.read(ROOT / "exercises" / f"{stem}.ipynb", as_version=4)
    sources = [cell.source for cell in notebook.cells]
    questions = placed(stem)
    assert list(questions) == list(load_sheet(stem).questions)
    for one in questions.values():
        assert one.stub in sources
        assert "raise NotImplementedError" in one.stub
        for kind, source in one.cells:
            assert source
            assert any(whole.endswith(source) for whole in sources), (kind, source)


@pytest.mark.parametrize("stem", sheet_stems())
def test_each_question_stands_once_in_its_chapter(stem):
    text = (ROOT / "book" / f"{stem}.md").read_text(encoding="utf-8")
    found = re.findall(r"^`{3,}\{question\} (\d\d) (q\d+)$", text, re.MULTILINE)
    assert len(found) == text.count("{question} ")
    assert sorted(found) == sorted((stem[:2], name) for name in load_sheet(stem).questions)


def test_a_chapter_as_a_notebook_leads_to_the_exercise():
    plain = to_plain("Before.\n\n```{question} 02 q3\n```\n", Book(ROOT / "book"))
    assert "[Question 3 of the exercise](../exercises/02_slide_a_kernel.ipynb)" in plain


def test_a_chapter_as_a_notebook_folds_the_answer_of_a_prediction():
    source = "```{predict} x\n:answer: 1 + 1\n\nAsked?\n\n- `3`: Too many.\n\n---\nAfter.\n```"
    plain = to_plain(source, Book(ROOT / "book"))
    places = [plain.index(part) for part in ("> Asked?", "<details>", "**2**", "- 3: Too many.", "After.")]
    assert places == sorted(places)


def test_a_question_is_no_part_of_the_reading_time_of_its_page():
    page, question = new_document("page"), course_question()
    page += nodes.paragraph("", "word " * 300)
    assert reading_minutes(page) == 2
    question += nodes.paragraph("", "word " * 300)
    question += nodes.literal_block("", "def stub(): ...")
    page += question
    assert reading_minutes(page) == 2
    page += nodes.paragraph("", "word " * 300)
    assert reading_minutes(page) == 4


@pytest.mark.parametrize(("reading", "exercises"), [(164, 604), (164, 591), (14, 16), (45, 45)])
def test_the_hours_of_the_course_add_up(reading, exercises):
    total, read, work = map(float, re.findall(r"[\d.]+(?= hours| to| for)", told(reading, exercises)))
    assert total == read + work
    assert abs(read - reading / 60) <= 0.25
    assert abs(work - exercises / 60) <= 0.25


def test_two_halves_are_not_both_rounded_up():
    assert told(136, 405).startswith("About 9 hours")  # 541 minutes


def luminance(colour):
    digits = colour if len(colour) == 6 else "".join(2 * d for d in colour)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    parts = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_a_button_that_waits_can_be_read_in_light_and_dark():
    rules = re.findall(r"^(.*button:disabled.*?)\{(.*?)\}", STYLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rules
    theme = next(Path(pydata_sphinx_theme.__file__).parent.rglob("pydata-sphinx-theme.css"))
    theme = theme.read_text(encoding="utf-8")
    for _, rule in rules:
        text, ground = (
            re.search(rf"(?<![-\w]){part}: var\((.*?)\)", rule)[1] for part in ("color", "background")
        )
        modes = [re.findall(rf"{name}:\s*#(\w+)", theme) for name in (text, ground)]
        assert len(set(modes[0])) == len(set(modes[1])) == 2  # light and dark
        for pair in zip(*modes, strict=True):
            dim, bright = sorted(map(luminance, pair))
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, (rule, pair)


def prints(source):
    """Whether a cell prints, or ends with a value, which shows beside folded code."""
    body = ast.parse(source).body
    called = [one.func for one in ast.walk(ast.Module(body, [])) if isinstance(one, ast.Call)]
    return isinstance(body[-1], ast.Expr) or any(isinstance(f, ast.Name) and f.id == "print" for f in called)


@pytest.mark.parametrize("path", sorted(ROOT.glob("book/[01]*.md")), ids=lambda path: path.stem)
def test_a_folded_answer_has_no_output_that_gives_it_away(path):
    folded = re.findall(r"^:tags: \[hide-input, one-way\]\n(.*?)^```$", path.read_text("utf-8"), re.M | re.S)
    assert [source for source in folded if prints(source)] == []
