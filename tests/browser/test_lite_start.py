"""The start of Python in JupyterLite: cells that run automatically, cells that wait, the text of the bar."""

import pytest
from lite_notebook import (
    MINUTES,
    PANEL,
    LiteNotebook,
    answers,
    fresh_page,
    notebook_url,
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
    """The exercise, whose first check was run as soon as its cells were there, before Python was.

    The tests below share it, in this order: each start of Python takes many seconds.
    """
    with fresh_page(browser, watch) as page:
        page.set_default_timeout(MINUTES)
        page.goto(notebook_url(site_url, PATH), wait_until="commit")
        page.evaluate(RUN_AT_ONCE, FIRST)
        page.evaluate(RUN_AT_ONCE, f"{STEM}-04")
        yield LiteNotebook(page)


def restart(notebook):
    notebook.page.get_by_role("button", name="Restart Python").click()
    notebook.page.wait_for_selector("body[data-course-python=starting]", state="attached")
    notebook.await_python()


def answer(notebook):
    """Answer the first question and check it, with no import that is run by hand."""
    check = notebook.id_of('check("q1")')
    notebook.replace(ANSWER, answers(STEM)[ANSWER])
    notebook.run(ANSWER, check)
    assert "done, 3 of 3 points" in notebook.output_of('check("q1")')


def counters(notebook):
    cells = notebook.page.evaluate(
        f"""() => {PANEL}.content.widgets.filter((cell) => cell.model.type === "code")
            .map((cell) => [cell.model.id, cell.model.executionCount])"""
    )
    return {cell_id: count for cell_id, count in cells if count}


def test_a_cell_that_is_run_before_python_is_there_waits_for_it(at_work):
    assert "not started" in at_work.output_of('check("q1")')


def test_a_check_needs_no_import_that_is_run_by_hand(at_work):
    answer(at_work)
    assert ANSWER in counters(at_work)


def test_a_restart_keeps_the_text_and_forgets_names_and_numbers(at_work):
    status = at_work.page.locator(".course-bar [role=status]")
    at_work.replace(ANSWER, "a_name = 1")
    at_work.run(ANSWER)
    restart(at_work)
    assert counters(at_work) == {FIRST: 1}
    assert "your text is here, names are forgotten" in status.inner_text()
    assert "a_name = 1" in at_work.sources()
    at_work.replace(ANSWER, "'a_name' in globals()")
    at_work.run(ANSWER)
    assert at_work.output_of("'a_name' in globals()") == "False"
    answer(at_work)


def test_what_ran_is_kept_over_a_reload(at_work):
    at_work.replace(ANSWER, "6 * 7")
    at_work.run(ANSWER)
    at_work.page.reload()
    at_work.__init__(at_work.page, python=False)
    assert at_work.output_of("6 * 7") == "42"
    at_work.await_python()
    assert at_work.page.locator(".course-bar [role=status]").inner_text() == (
        "Python is ready. A cell never ends? Press Restart Python: your text stays, names are forgotten."
    )
    answer(at_work)


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
