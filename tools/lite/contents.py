"""The notebooks in JupyterLite: the exercises without outputs, and every chapter as a notebook."""

import hashlib
import re
import shutil
from pathlib import Path

import jupytext
import nbformat

from tools.lite.plain_markdown import Book, to_plain

ROOT = Path(__file__).resolve().parents[2]
HIDDEN_TAGS = {"remove-cell", "remove-input", "hide-input", "hide-cell"}
OPENING = (
    "> This page is the chapter as a notebook: change any cell and run it (Shift + Enter). "
    "Run the cells from the top first: *Run*, then *Run All Cells*."
)
# Pyodide fetches only the packages that a cell itself imports; these are imported inside conv_course
BEHIND = {
    "matplotlib.pyplot": r"conv_course(\.| import .*)\bfigures",
    "anywidget": r"conv_course(\.| import .*)\bwidgets",
}


def write(folder):
    """Fill `folder` in the repository's layout. Return {path: version} of all notebooks."""
    exercises, chapters = folder / "exercises", folder / "book"
    exercises.mkdir(parents=True)
    chapters.mkdir()
    versions = {}
    for path in sorted((ROOT / "exercises").glob("*.ipynb")):
        notebook = not_run(nbformat.read(path, as_version=4))
        nbformat.write(notebook, exercises / path.name)
        versions[f"exercises/{path.name}"] = str(notebook.metadata["conv_course"]["version"])
    # chapters plot stored measurements, so the module that reads them must be next to the notebooks
    left_out = shutil.ignore_patterns("__pycache__", "*.md")
    shutil.copytree(ROOT / "benchmarks", chapters / "benchmarks", ignore=left_out)
    shutil.copytree(ROOT / "book" / "data", chapters / "data")
    book = Book(ROOT / "book")
    for path in sorted((ROOT / "book").glob("*.md")):
        notebook = chapter_notebook(path, book)
        versions[f"book/{path.stem}.ipynb"] = notebook.metadata["conv_course"]["version"]
        nbformat.write(notebook, chapters / f"{path.stem}.ipynb")
    return versions


def not_run(notebook):
    """Return the notebook without counters, outputs and widget states, as if it had never run."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, []
    return notebook


def fetching_cell(notebook):
    """Return a list with a folded cell of imports that other cells need but do not make, or an empty list."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    names = [name for name, use in BEHIND.items() if re.search(use, code)]
    if not names:
        return []
    source = "# Python in the browser fetches what a cell imports by name\nimport " + ", ".join(names)
    return [nbformat.v4.new_code_cell(source, metadata={"jupyter": {"source_hidden": True}})]


def chapter_notebook(path, book):
    """Return the chapter `path` as a notebook: plain Markdown, and code cells with folded scaffolding."""
    notebook = jupytext.read(path, fmt="md:myst")
    cells = [nbformat.v4.new_markdown_cell(OPENING), *fetching_cell(notebook)]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = to_plain(cell.source, book)
            if not cell.source:
                continue
        else:
            cell.metadata.pop("mystnb", None)
            if HIDDEN_TAGS & set(cell.metadata.get("tags", [])):
                cell.metadata["jupyter"] = {"source_hidden": True}
        cells.append(cell)
    for position, cell in enumerate(cells):
        cell["id"] = f"{path.stem}-{position}"
    kernel = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}
    version = hashlib.sha256("\0".join(cell.source for cell in cells).encode()).hexdigest()[:6]
    metadata = {"kernelspec": kernel, "conv_course": {"version": version, "source": f"book/{path.name}"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)
