"""Drives one notebook of JupyterLite as a learner does, through the application's own objects."""

import importlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PANEL = "window.jupyterapp.shell.currentWidget"
MINUTES = 120_000  # a test run may share its processors; how long a start takes is measured in benchmarks/
# What JupyterLite itself says on every start.
KNOWN_MESSAGES = ("Failed to load resource: the server responded with a status of 404 (File not found)",)


class LiteNotebook:
    """A notebook that is open in `page`."""

    def __init__(self, page):
        self.page = page
        page.wait_for_selector("body[data-course-python=ready]", state="attached", timeout=MINUTES)

    def run_all(self):
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_function(
            f"""() => {PANEL}.content.widgets.every((cell) => cell.model.type !== 'code'
                || !cell.model.sharedModel.getSource().trim()
                || (cell.model.executionCount !== null && cell.model.executionState !== 'running'))""",
            timeout=MINUTES,
        )

    def output_of(self, source):
        """The plain text that the cell with this source shows."""
        return self.page.evaluate(
            f"""(source) => {{
                const cell = {PANEL}.content.widgets.find(
                    (one) => one.model.sharedModel.getSource() === source);
                return cell.model.outputs.toJSON().map((output) =>
                    [output.text, output.data?.["text/plain"], output.evalue].flat().join("")).join("\\n");
            }}""",
            source,
        )

    def sources(self):
        return self.page.evaluate(
            f"() => {PANEL}.content.widgets.map((cell) => cell.model.sharedModel.getSource())"
        )

    def replace(self, cell_id, source):
        """Put `source` into the cell with this id."""
        self.page.evaluate(
            f"""([id, source]) => {PANEL}.content.widgets.find((cell) => cell.model.id === id)
                .model.sharedModel.setSource(source)""",
            [cell_id, source],
        )

    def save(self):
        self.page.evaluate(f"() => {PANEL}.context.save()")


def stems():
    """The exercises that exist, in order."""
    return sorted(path.stem for path in (ROOT / "exercises").glob("*.ipynb"))


def answers(stem):
    """{cell id: source} of the cells that a learner fills in, as the solution has them."""
    notebook = json.loads((ROOT / "solutions" / f"{stem}.ipynb").read_text(encoding="utf-8"))
    return {
        cell["id"]: "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    }


def questions(stem):
    return importlib.import_module(f"conv_lib.grading.sheets.{stem}").sheet.questions
