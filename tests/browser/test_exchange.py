"""The same work on a chapter's page and in its notebook: it comes along, it comes back, nothing is lost."""

import json

import pytest
from lite_notebook import MINUTES, notebook_url, without_python

from conv_course.checker.questions import load_sheet
from tools.sphinx_questions import placed

STEM = "02_slide_a_kernel"
PATH = f"exercises/{STEM}.ipynb"
KEY = f"/course/question {STEM}/"
CELLS = "[...window.jupyterapp.shell.currentWidget.context.model.cells]"
ANSWER = f"(name) => {CELLS}.find((cell) => cell.toJSON().metadata.nbgrader?.grade_id === `answer-${{name}}`)"
TEXT = f"(name) => ({ANSWER})(name).sharedModel.getSource()"
WRITE = f"([name, text]) => ({ANSWER})(name).sharedModel.setSource(text)"
CONTENT = """async (path) => {
    const { content } = await window.jupyterapp.serviceManager.contents.get(path, { content: true });
    return JSON.stringify(content);
}"""
OPEN = "() => window.jupyterapp?.shell?.currentWidget?.context?.model?.cells?.length > 5"
FROM_PAGE, LATER, IN_NOTEBOOK = "from_the_page = 1", "from_the_page = 2", "in_the_notebook = 1"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def shared(lite, site_url, browser, watch):
    """One page in one browser profile, in which Python never starts."""
    context = browser.new_context()
    context.set_default_timeout(MINUTES)
    without_python(context)
    page = context.new_page()
    faults = watch(page)
    page.goto(f"{site_url}_static/python.json")
    yield page
    context.close()
    assert faults == []


def keep(page, text, name="q2"):
    """What the chapter's page keeps when the reader has written `text`."""
    value = {"text": text, "version": placed(STEM)[name].version, "time": page.evaluate("Date.now()")}
    page.evaluate("([key, value]) => localStorage.setItem(key, value)", [KEY + name, json.dumps(value)])


def kept(page, name="q2"):
    return json.loads(page.evaluate("(key) => localStorage.getItem(key)", KEY + name))


def notebook(page, site_url):
    page.goto(notebook_url(site_url, PATH))
    page.wait_for_function(OPEN)


def shows(page, text, name="q2"):
    page.wait_for_function(f"([name, text]) => ({TEXT})(name).includes(text)", arg=[name, text])


def test_work_goes_there_and_comes_back(shared, site_url):
    keep(shared, FROM_PAGE)
    notebook(shared, site_url)
    shows(shared, FROM_PAGE)
    assert shared.evaluate(TEXT, "q1").strip() == placed(STEM)["q1"].stub.strip()

    shared.evaluate(WRITE, ["q2", IN_NOTEBOOK])
    right = load_sheet(STEM).questions["q1"].source
    shared.evaluate(WRITE, ["q1", right])
    shared.wait_for_function("(key) => localStorage.getItem(key)", arg=KEY + "q1")
    shared.wait_for_function(
        "([key, text]) => JSON.parse(localStorage.getItem(key)).text === text", arg=[KEY + "q2", IN_NOTEBOOK]
    )
    assert kept(shared, "q1")["text"] == right.strip()
    assert kept(shared, "q1")["version"] == placed(STEM)["q1"].version
    assert kept(shared)["others"] == [{"text": FROM_PAGE, "why": "notebook"}]

    # both have gone on: the notebook asks, and keeps what it replaces
    keep(shared, LATER)
    notebook(shared, site_url)
    notice = shared.locator("[data-notice=page]")
    assert "you answered question 2 differently" in notice.inner_text()
    assert IN_NOTEBOOK in shared.evaluate(TEXT, "q2")
    notice.get_by_role("button", name="Take the page's answers").click()
    shows(shared, LATER)
    assert "_before_the_page.ipynb" in notice.inner_text()
    copy = shared.evaluate(CONTENT, PATH.replace(".ipynb", "_before_the_page.ipynb"))
    assert IN_NOTEBOOK in copy
