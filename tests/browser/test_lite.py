"""Every exercise in the site's JupyterLite, from the chapter's button to full marks, with no other host."""

import json
import re

import pytest
from lite_notebook import KNOWN_MESSAGES, ROOT, LiteNotebook, answers, questions, stems

from tools import build_lite

pytestmark = pytest.mark.allow_console(*KNOWN_MESSAGES)
QUICK = ["02_slide_a_kernel"]  # the others take a minute each: `course.py test --all`


@pytest.fixture(scope="session")
def lite(site):
    """JupyterLite beside the book, made from the present tree."""
    build_lite.build(site)
    return site / "lite"


@pytest.fixture
def open_from_book(lite, site_url, page):
    def open_exercise(stem):
        page.goto(f"{site_url}{stem}.html")
        page.click("a.course-button >> nth=0")
        return LiteNotebook(page)

    return open_exercise


def every_exercise():
    return [stem if stem in QUICK else pytest.param(stem, marks=pytest.mark.slow) for stem in stems()]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("stem", every_exercise())
def test_an_exercise_from_not_started_to_full_marks(stem, open_from_book):
    notebook = open_from_book(stem)
    notebook.run_all()
    for name in questions(stem):
        assert "not started" in notebook.output_of(f'check("{name}")')

    for cell_id, source in answers(stem).items():
        notebook.replace(cell_id, source)
    notebook.run_all()
    for name, question in questions(stem).items():
        assert f"done, {question.points} of {question.points} points" in notebook.output_of(
            f'check("{name}")'
        )

    question = next(one for one in questions(stem).values() if one.wrongs)
    cell_id = next(id for id, source in answers(stem).items() if f"def {question.function}(" in source)
    notebook.replace(
        cell_id,
        f"import importlib\nsheet_module = importlib.import_module('conv_lib.grading.sheets.{stem}')\n"
        f"def {question.function}(*args, **kwargs):\n"
        f"    wrong = sheet_module.sheet.questions['{question.name}'].wrongs[0].function\n"
        "    return wrong(*args, **kwargs)",
    )
    notebook.run_all()
    assert question.wrongs[0].hint in notebook.output_of(f'check("{question.name}")')


@pytest.mark.timeout(300)
def test_the_downloaded_notebook_is_the_learners(open_from_book, page, tmp_path):
    notebook = open_from_book(QUICK[0])
    notebook.replace(next(iter(answers(QUICK[0]))), "my_own_work = 1")
    with page.expect_download() as waiting:
        page.click("text=Download my notebook")
    path = tmp_path / "mine.ipynb"
    waiting.value.save_as(path)
    assert waiting.value.suggested_filename == f"{QUICK[0]}.ipynb"
    sources = ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    assert "my_own_work = 1" in sources


def test_no_solution_is_in_it(lite):
    assert not list(lite.rglob("solutions*"))
    text = (lite / "files" / "exercises" / f"{QUICK[0]}.ipynb").read_text(encoding="utf-8")
    assert "raise NotImplementedError" in text
    assert "BEGIN SOLUTION" not in text


def test_every_chapter_is_a_notebook_of_plain_markdown(lite):
    chapters = sorted((lite / "files" / "book").glob("*.ipynb"))
    assert {path.stem for path in chapters} == {path.stem for path in (ROOT / "book").glob("*.md")}
    for path in chapters:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                text = "".join(cell["source"])
                assert not re.search(r"^\s*(`{3,}|:{3,})\{|\{[a-z:]+\}`|^\([\w-]+\)=$", text, re.MULTILINE), (
                    f"{path.name}: {text[:200]}"
                )
