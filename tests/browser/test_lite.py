"""Every exercise in the site's JupyterLite, from the chapter's button to full marks, without other hosts."""

import json
import re

import pytest
from lite_notebook import (
    MINUTES,
    ROOT,
    answers,
    fresh_page,
    open_from_chapter,
    questions,
    stems,
)
from site_pages import LESSONS

from conv_course.checker.show import amount
from tools.behind import LITE_MB

QUICK = "02_slide_a_kernel"  # the others take a minute each: `course.py test --all`


@pytest.fixture(scope="module")
def at_work(lite, site_url, browser, watch):
    """The first exercise, open, with Python. The tests below share it, in this order."""
    with fresh_page(browser, watch) as page:
        yield open_from_chapter(page, site_url, QUICK)


@pytest.mark.timeout(400)
def test_an_exercise_that_nobody_changed_is_not_copied(at_work):
    """A copy would hide the next version of the exercise. Starting Python is not a change."""
    path = f"exercises/{QUICK}.ipynb"
    served = at_work.stored(path)["last_modified"]
    at_work.page.keyboard.press("ControlOrMeta+s")
    at_work.page.wait_for_timeout(3000)
    assert at_work.stored(path)["last_modified"] == served
    assert at_work.page.inner_text(".course-saved") == "What you change is saved by itself."


@pytest.mark.timeout(900)
def test_an_exercise_from_not_started_to_full_marks(at_work):
    from_not_started_to_full_marks(at_work, QUICK)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("stem", [stem for stem in stems() if stem != QUICK])
def test_every_exercise_from_not_started_to_full_marks(stem, lite, site_url, page):
    from_not_started_to_full_marks(open_from_chapter(page, site_url, stem), stem)


def from_not_started_to_full_marks(notebook, stem):
    notebook.run_all()
    for name in questions(stem):
        assert "not started" in notebook.output_of(f'check("{name}")')

    for cell_id, source in answers(stem).items():
        notebook.replace(cell_id, source)
    notebook.run_all()
    for name, question in questions(stem).items():
        said = notebook.output_of(f'check("{name}")')
        points = amount(question.points)
        assert f"done, {points} of {points} points" in said, said

    question = next(one for one in questions(stem).values() if one.wrongs)
    cell_id = next(id for id, source in answers(stem).items() if f"def {question.function}(" in source)
    notebook.replace(
        cell_id,
        f"import importlib\nsheet_module = importlib.import_module('conv_course.checker.sheets.{stem}')\n"
        f"def {question.function}(*args, **kwargs):\n"
        f"    wrong = sheet_module.sheet.questions['{question.name}'].wrongs[0].function\n"
        "    return wrong(*args, **kwargs)",
    )
    notebook.run(cell_id, notebook.id_of(f'check("{question.name}")'))
    assert question.wrongs[0].hint in notebook.output_of(f'check("{question.name}")')
    notebook.replace(cell_id, answers(stem)[cell_id])
    notebook.run(cell_id)


@pytest.mark.timeout(400)
def test_a_cell_and_its_output_have_one_number(at_work):
    check = at_work.id_of('check("q1")')
    at_work.run(check)
    beside_cell, beside_output = at_work.prompts(check)
    assert beside_cell == beside_output


@pytest.mark.timeout(400)
def test_a_slider_dragged_with_the_mouse_redraws(at_work):
    page, sliders = at_work.page, at_work.id_of("sliders(show_size")
    at_work.run(sliders)
    cell = at_work.drawn(sliders)
    shown = cell.locator("[role=status]", has_text="outputs for")
    assert "outputs for W = 8, kW = 3: 6" in shown.inner_text()  # stride 1, padding 0
    handle = cell.locator(".noUi-handle").first.bounding_box()
    track = cell.locator(".noUi-base").first.bounding_box()
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"], handle["y"] + handle["height"] / 2, steps=8)
    page.mouse.up()
    shown.get_by_text("outputs for W = 8, kW = 3: 2").wait_for(timeout=MINUTES)  # stride 4


@pytest.mark.timeout(400)
def test_a_slider_answers_to_the_keyboard(at_work):
    """JupyterLab itself also uses the arrow keys."""
    sliders = at_work.id_of("sliders(show_size")
    at_work.run(sliders)
    cell = at_work.drawn(sliders)
    cell.locator(".noUi-handle").first.press("ArrowRight")
    cell.get_by_text("outputs for W = 8, kW = 3: 3").wait_for(timeout=MINUTES)  # stride 2


LOOPS = {
    "plain": ["while True:", "    pass"],
    "swallows every exception": ["while True:", "    try:", "        W += 1", "    except:", "        pass"],
}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS)
def test_the_checker_stops_an_endless_loop(at_work, body):
    cell_id = f"{QUICK}-03"
    at_work.replace(cell_id, "\n    ".join(["def output_size(W, kW, *, stride=1, padding=0):", *body]))
    at_work.run(cell_id, at_work.id_of('check("q1")'))
    assert "took too long" in at_work.output_of('check("q1")')
    at_work.replace(cell_id, answers(QUICK)[cell_id])
    at_work.run(cell_id, at_work.id_of('check("q1")'))
    assert "done, 3 of 3 points" in at_work.output_of('check("q1")')


@pytest.mark.timeout(400)
def test_a_cell_that_did_not_run_leaves_no_older_function_to_judge(at_work):
    cell_id = f"{QUICK}-03"
    at_work.replace(cell_id, "def output_size(W, kW, *, stride=1, padding=0):\n    return (W")
    at_work.run(cell_id, at_work.id_of('check("q1")'))
    said = at_work.output_of('check("q1")')
    assert "the last cell that was to define output_size did not run" in said
    assert "SyntaxError in line 2" in said
    at_work.replace(cell_id, answers(QUICK)[cell_id])
    at_work.run(cell_id, at_work.id_of('check("q1")'))
    assert "done, 3 of 3 points" in at_work.output_of('check("q1")')


@pytest.mark.timeout(400)
def test_elsewhere_the_page_says_how_to_end_one(at_work):
    page, cell_id = at_work.page, f"{QUICK}-03"
    at_work.replace(cell_id, "while True:\n    pass")
    at_work.start(cell_id)
    assert "never ends? Press Restart Python" in page.inner_text(".course-bar [role=status]")
    page.get_by_role("button", name="Restart Python").click()
    assert "while True:\n    pass" in at_work.sources()  # nothing of the learner's is lost
    at_work.replace(cell_id, "type(check).__name__ and 6 * 7")
    at_work.run(cell_id)  # it waits until Python has started again and has run the first cell
    assert at_work.output_of("type(check).__name__ and 6 * 7") == "42"
    at_work.await_python()


def test_serve_says_how_much_it_adds(lite):
    megabytes = sum(path.stat().st_size for path in lite.rglob("*") if path.is_file()) / 1e6
    assert abs(megabytes - LITE_MB) < 2


def test_the_page_for_teachers_says_how_much_a_learner_s_browser_fetches(lite):
    """What conv_course/page/worker.js loads: Python itself, NumPy and the course."""
    said = re.search(
        r"about (\d+) MB from the site itself", (ROOT / "book" / "teachers.md").read_text("utf-8")
    )
    python = lite / "static" / "pyodide"
    core = ["pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"]
    files = [python / name for name in core]
    files += [*python.glob("numpy-*.whl"), *python.glob("convolution_layer-*.whl")]
    assert len(files) == 7
    assert abs(sum(path.stat().st_size for path in files) / 1e6 - int(said[1])) < 1


def test_no_solution_is_in_it(lite):
    assert not list(lite.rglob("solutions*"))
    text = (lite / "files" / "exercises" / f"{QUICK}.ipynb").read_text(encoding="utf-8")
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


def chapters():
    numbered = [stem for stem in LESSONS if stem[:2].isdigit() and stem != "00_welcome"]  # no button at home
    return [stem if stem == QUICK else pytest.param(stem, marks=pytest.mark.slow) for stem in numbered]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("stem", chapters())
def test_a_chapter_runs_as_a_notebook(lite, site_url, page, stem):
    """Opened with the chapter's button: no cell fails, and an interactive figure, if there is one, works."""
    notebook = open_from_chapter(page, site_url, stem, "Open this chapter as a notebook")
    notebook.run_all()
    assert notebook.failures() == []
    call = re.search(r'^figure\("\w+"', "\n".join(notebook.sources()), re.MULTILINE)
    if not call:
        return
    figure = notebook.drawn(notebook.id_of(call.group())).locator(".conv-figure")
    slider = figure.locator("input[type=range]:enabled").first
    slider.wait_for()
    before = figure.inner_text()
    slider.focus()
    slider.press("End")
    at_the_end = figure.inner_text()
    slider.press("Home")
    assert len({before, at_the_end, figure.inner_text()}) > 1
