"""The start of Python in JupyterLite: cells that run automatically, cells that wait, the text of the bar."""

import pytest
from lite_notebook import (
    MINUTES,
    PANEL,
    LiteNotebook,
    answers,
    fresh_page,
    notebook_url,
    open_from_chapter,
)

STEM = "02_slide_a_kernel"
PATH = f"exercises/{STEM}.ipynb"
FIRST, ANSWER = f"{STEM}-01", f"{STEM}-03"
RUN_AT_ONCE = f"""(id) => new Promise((resolve) => {{
    const look = setInterval(() => {{
        const cells = window.jupyterapp?.shell.currentWidget?.content?.widgets ?? [];
        const index = cells.findIndex((cell) => cell.model.id === id);
        if (index < 0) return;
        clearInterval(look);
        {PANEL}.content.activeCellIndex = index;
        resolve(window.jupyterapp.commands.execute("notebook:run-cell"));
    }}, 1);
}})"""

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def at_work(lite, site_url, browser, watch):
    with fresh_page(browser, watch) as page:
        yield open_from_chapter(page, site_url, STEM)


def restart(notebook):
    notebook.page.get_by_role("button", name="Restart Python").click()
    notebook.page.wait_for_selector("body[data-course-python=starting]", state="attached")
    notebook.await_python()


def reload(notebook):
    notebook.page.wait_for_selector(".course-saved[data-state=saved]")
    notebook.page.reload()
    notebook.__init__(notebook.page)


@pytest.mark.parametrize("start", [lambda notebook: None, restart, reload], ids=["fresh", "again", "kept"])
def test_a_check_needs_no_import_that_is_run_by_hand(at_work, start):
    start(at_work)
    check = at_work.id_of('check("q1")')
    at_work.run(check)
    assert "NameError" not in at_work.output_of('check("q1")')
    at_work.replace(ANSWER, answers(STEM)[ANSWER])
    at_work.run(ANSWER, check)
    assert "done, 3 of 3 points" in at_work.output_of('check("q1")')


def counters(notebook):
    cells = notebook.page.evaluate(
        f"""() => {PANEL}.content.widgets.filter((cell) => cell.model.type === "code")
            .map((cell) => [cell.model.id, cell.model.executionCount])"""
    )
    return {cell_id: count for cell_id, count in cells if count}


def test_a_number_stands_beside_what_this_python_has_run_alone(at_work):
    at_work.run(ANSWER)
    assert ANSWER in counters(at_work)
    restart(at_work)
    assert counters(at_work) == {FIRST: 1}


def test_the_bar_says_what_a_restart_keeps_and_what_it_does_not(at_work):
    status = at_work.page.locator(".course-bar [role=status]")
    at_work.replace(ANSWER, "a_name = 1")
    at_work.run(ANSWER)
    restart(at_work)
    assert "your text is here, names are forgotten" in status.inner_text()
    assert "a_name = 1" in at_work.sources()
    at_work.replace(ANSWER, "'a_name' in globals()")
    at_work.run(ANSWER)
    assert at_work.output_of("'a_name' in globals()") == "False"
    at_work.page.reload()
    at_work.__init__(at_work.page)
    assert status.inner_text() == (
        "Python is ready. A cell never ends? Press Restart Python: your text stays, names are forgotten."
    )


def test_a_cell_that_is_run_while_python_starts_waits_for_it(lite, site_url, browser, watch):
    """This holds from the first moment on, also after the imports, and also in a restart."""
    with fresh_page(browser, watch) as page:
        page.set_default_timeout(MINUTES)
        page.goto(notebook_url(site_url, PATH), wait_until="commit")
        page.evaluate(RUN_AT_ONCE, FIRST)
        page.evaluate(RUN_AT_ONCE, f"{STEM}-04")
        notebook = LiteNotebook(page)
        assert "not started" in notebook.output_of('check("q1")')
        notebook.replace(ANSWER, "type(check).__name__ and 6 * 7")
        page.get_by_role("button", name="Restart Python").click()
        notebook.run(ANSWER)
        assert notebook.output_of("type(check).__name__ and 6 * 7") == "42"


def test_the_bar_says_that_nothing_can_be_interrupted(at_work):
    assert at_work.page.locator("[data-command='notebook:interrupt-kernel']").count() == 0
    at_work.page.evaluate("() => window.jupyterapp.commands.execute('notebook:interrupt-kernel')")
    assert "A cell cannot be interrupted here" in at_work.page.inner_text(".course-bar [role=status]")


def test_the_toolbar_has_what_a_learner_needs(at_work):
    tools = at_work.page.locator(".jp-NotebookPanel-toolbar")
    commands = tools.locator("[data-command]").evaluate_all("all => all.map((one) => one.dataset.command)")
    assert {"notebook:run-cell-and-select-next", "notebook:insert-cell-below"} <= set(commands)
    unneeded = (
        "notebook:cut-cell",
        "notebook:copy-cell",
        "notebook:paste-cell-below",
        "notebook:restart-kernel",
    )
    assert set(unneeded).isdisjoint(commands)
    assert tools.locator("select").count() == 0


def test_a_first_cell_that_fails_is_told_of(at_work):
    source = next(one for one in at_work.sources() if "check = sheet(" in one)
    at_work.replace(FIRST, "raise ValueError('mine')")
    restart(at_work)
    assert "the first cell did not run" in at_work.page.inner_text(".course-bar [role=status]")
    at_work.replace(FIRST, source)
