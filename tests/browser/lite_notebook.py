"""Drive one notebook of JupyterLite as a learner does, through the application's own objects."""

import importlib
import json
import os
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools import behind, build_lite

ROOT = Path(__file__).resolve().parents[2]
PANEL = "window.jupyterapp.shell.currentWidget"
RUN = f"""(id) => {{
    const cells = {PANEL}.content;
    cells.deselectAll();
    cells.activeCellIndex = cells.widgets.findIndex((cell) => cell.model.id === id);
    return window.jupyterapp.commands.execute('notebook:run-cell');
}}"""
NO_PYTHON = "self.loadPyodide = () => new Promise(() => {});"
# a test run may share its processors; benchmarks/lite_start.py measures how long a start takes
MINUTES = 180_000


@pytest.fixture(scope="session")
def lite(site, tmp_path_factory):
    """The site's JupyterLite, built once for this run unless it was made from the current tree already."""

    def make():
        if not behind.is_made(site):
            build_lite.build(site)

    if os.environ.get("PYTEST_XDIST_TESTRUNUID") is None:
        make()
        return site / "lite"
    # if several workers share the site, the first one builds it
    shared = tmp_path_factory.getbasetemp().parent
    try:
        (shared / "lite-making").touch(exist_ok=False)
    except FileExistsError:
        deadline = time.monotonic() + 280
        while not (shared / "lite-made").exists():
            assert time.monotonic() < deadline, "JupyterLite was not made; another worker says why"
            time.sleep(0.5)
    else:
        make()
        (shared / "lite-made").touch()
    return site / "lite"


def notebook_url(site_url, path):
    return f"{site_url}lite/notebooks/index.html?path={path}"


def open_from_chapter(page, site_url, stem, button="Complete the exercise", **options):
    """Open the exercise of a chapter with the chapter's button."""
    page.set_default_timeout(MINUTES)
    page.goto(f"{site_url}{stem}.html")
    page.click(f"text={button} >> nth=0")
    return LiteNotebook(page, **options)


def without_python(context):
    """Prevent Python from starting in this profile, to test what a learner does before it is ready."""
    context.route("**/static/pyodide/pyodide.js", lambda route: route.fulfill(body=NO_PYTHON))


@contextmanager
def fresh_page(browser, watch, allowed=()):
    """Open a page in a new browser profile. A fault on it that is not `allowed` fails the test."""
    context = browser.new_context()
    page = context.new_page()
    faults = watch(page)
    yield page
    context.close()
    left = [fault for fault in faults if fault.removeprefix("console: ") not in allowed]
    assert not left, "\n".join(left)


class LiteNotebook:
    """A notebook that is open in `page`. Python has started unless `python` is False."""

    def __init__(self, page, python=True):
        self.page = page
        page.wait_for_selector("body[data-course-python]", state="attached", timeout=MINUTES)
        page.wait_for_selector(".course-download", timeout=MINUTES)
        if python:
            self.await_python()

    def await_python(self):
        self.page.wait_for_selector("body[data-course-python=ready]", state="attached", timeout=MINUTES)

    def run_all(self):
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")

    def run(self, *cell_ids):
        """Run these cells, one after another, each to its end."""
        for cell_id in cell_ids:
            self.page.evaluate(f"async (id) => {{ await ({RUN})(id); }}", cell_id)

    def start(self, cell_id):
        """Run one cell, without waiting for its end."""
        self.page.evaluate(f"(id) => {{ ({RUN})(id); }}", cell_id)

    def show(self, cell_id):
        """Scroll to a cell: one out of sight is not drawn at all."""
        self.page.evaluate(
            f"""async (id) => {{
                const cells = {PANEL}.content;
                const index = cells.widgets.findIndex((cell) => cell.model.id === id);
                await cells.scrollToItem(index, 'start');
            }}""",
            cell_id,
        )

    def drawn(self, cell_id):
        """Return the locator of a cell on the page."""
        self.show(cell_id)
        self.page.evaluate(
            f"""(id) => {{
                const drawn = {PANEL}.content.widgets.find((cell) => cell.model.id === id);
                drawn.node.dataset.test = id;
            }}""",
            cell_id,
        )
        return self.page.locator(f"[data-test='{cell_id}']")

    def output_of(self, source):
        """Return the plain text output of the cell with this source."""
        return self.page.evaluate(
            f"""(source) => {{
                const cell = {PANEL}.content.widgets.find(
                    (one) => one.model.sharedModel.getSource() === source);
                return cell.model.outputs.toJSON().map((output) =>
                    [output.text, output.data?.["text/plain"], output.evalue].flat().join("")).join("\\n");
            }}""",
            source,
        )

    def failures(self):
        """Return the messages of cells that ended in an error, and the sources of cells that were not run."""
        return self.page.evaluate(
            f"""() => {PANEL}.content.widgets.flatMap((cell) => {{
                if (cell.model.type !== "code") return [];
                const source = cell.model.sharedModel.getSource();
                if (source.trim() && cell.model.executionCount === null) return [`not run: ${{source}}`];
                return cell.model.outputs.toJSON().filter((output) => output.output_type === "error")
                    .map((output) => `${{output.ename}}: ${{output.evalue}}`);
            }})"""
        )

    def sources(self):
        return self.page.evaluate(
            f"() => {PANEL}.content.widgets.map((cell) => cell.model.sharedModel.getSource())"
        )

    def prompts(self, cell_id):
        """Return the numbers next to a cell and next to its output."""
        return self.page.evaluate(
            f"""(id) => {{
                const model = {PANEL}.content.widgets.find((cell) => cell.model.id === id).model;
                return [model.executionCount, model.outputs.toJSON()[0].execution_count];
            }}""",
            cell_id,
        )

    def id_of(self, source):
        """Return the id of the cell whose source contains this text."""
        return self.page.evaluate(
            f"""(source) => {PANEL}.content.widgets.find(
                (cell) => cell.model.sharedModel.getSource().includes(source)).model.id""",
            source,
        )

    def replace(self, cell_id, source):
        """Put `source` into the cell with this id."""
        self.page.evaluate(
            f"""([id, source]) => {PANEL}.content.widgets.find((cell) => cell.model.id === id)
                .model.sharedModel.setSource(source)""",
            [cell_id, source],
        )

    def stored(self, path):
        """Return the file that the browser, or else the site, has under this path."""
        return self.page.evaluate(
            "(path) => window.jupyterapp.serviceManager.contents.get(path, { content: true })", path
        )

    def stored_sources(self, path):
        return ["".join(cell["source"]) for cell in self.stored(path)["content"]["cells"]]


def stems():
    """Return the stems of the existing exercises, in order."""
    return sorted(path.stem for path in (ROOT / "exercises").glob("*.ipynb"))


def answers(stem):
    """Return {cell id: source} of the cells that a learner fills in, from the solution."""
    notebook = json.loads((ROOT / "solutions" / f"{stem}.ipynb").read_text(encoding="utf-8"))
    return {
        cell["id"]: "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    }


def questions(stem):
    return importlib.import_module(f"conv_course.checker.sheets.{stem}").sheet.questions
