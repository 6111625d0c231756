"""Make an exercise's notebook from its solution, and run both reproducibly: two runs give the same bytes."""

import hashlib
import json
import os
import re
import subprocess
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from tools.solution_regions import blank_out, marks

ROOT = Path(__file__).parents[1]
STUB = "raise NotImplementedError"
BEGIN, END = marks("#")
SHEET_CALL = re.compile(r'\bsheet\("(\w+)"(?:, version="\w+")?\)')
CHECK_CALL = re.compile(r'^check\("(\w+)"\)', re.MULTILINE)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}
# Opened from GitHub, as on Colab, a notebook comes without the course. This is not IPython's `%pip`, because
# what grades a notebook reads its cells as Python.
INSTALL = """\
try:
    import conv_course
except ModuleNotFoundError:  # as on Colab
    get_ipython().run_line_magic("pip", 'install --quiet "convolution-layer[figures]"')

"""
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


class Problem(Exception):
    """A reason not to write, as one line for the author."""


# --- cells


def fingerprint(notebook):
    """Return a digest of a notebook without its outputs. It changes if somebody edits a cell."""
    text = json.dumps([[c.cell_type, c.source] for c in notebook.cells], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def normalised(notebook, stem, course):
    """Return a copy with fixed ids, metadata and nbgrader metadata, and without outputs."""
    from conv_course.checker.questions import load_sheet

    sheet = load_sheet(stem)
    cells, used = [], {}
    # a solution cell answers the question that is checked next
    checks = [CHECK_CALL.search(c.source) if c.cell_type == "code" else None for c in notebook.cells]
    for i, cell in enumerate(notebook.cells):
        source = cell.source.rstrip()
        if cell.cell_type == "markdown":
            fresh = nbformat.v4.new_markdown_cell(source)
        elif cell.cell_type == "code":
            fresh = nbformat.v4.new_code_cell(source)
            question = next((m[1] for m in checks[i:] if m), None)
            if checks[i]:
                if checks[i][1] not in sheet.questions:
                    raise Problem(f"{checks[i][0]} has no question in the sheet")
                fresh.metadata["nbgrader"] = _grader(
                    f"check-{checks[i][1]}",
                    grade=True,
                    locked=True,
                    points=sheet.questions[checks[i][1]].points,
                )
            elif BEGIN in source or (STUB in source and course.get("source")):
                used[question] = used.get(question, 0) + 1
                again = f"-{used[question]}" if used[question] > 1 else ""
                fresh.metadata["nbgrader"] = _grader(f"answer-{question}{again}", solution=True)
            elif SHEET_CALL.search(source):
                fresh.metadata["nbgrader"] = _grader("sheet", locked=True)
        else:
            raise Problem(f"cell {i + 1} is a {cell.cell_type} cell")
        if "raises-exception" in cell.metadata.get("tags", []):
            raise Problem(f"cell {i + 1} is tagged raises-exception: an exercise has no use for it")
        fresh["id"] = f"{stem}-{i:02d}"
        cells.append(fresh)
    result = nbformat.v4.new_notebook(cells=cells)
    result.metadata.update(kernelspec=dict(KERNEL), language_info=dict(LANGUAGE), conv_course=course)
    return result


def _grader(grade_id, *, grade=False, solution=False, locked=False, points=None):
    """Return nbgrader's metadata of one cell, schema 3."""
    fields = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return fields | ({"points": points} if grade else {})


def exercise_of(solution, stem):
    """Return the exercise's cells, not yet run, and the lines of the answers, which it must not contain."""
    cells, taken = [], []
    for cell in solution.cells:
        source, lines = cell.source, []
        if cell.cell_type == "code":
            try:
                source, lines = blank_out(source, "#", [STUB])
            except ValueError as error:
                raise Problem(str(error)) from None
        taken += lines
        make = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
        cells.append(make(source))
    if not taken:
        raise Problem("there is no solution region")
    plain = nbformat.v4.new_notebook(cells=cells)
    version = fingerprint(plain)[:6]
    for cell in cells:
        if cell.cell_type == "code":
            here = INSTALL if SHEET_CALL.search(cell.source) else ""
            cell.source = here + SHEET_CALL.sub(rf'sheet("\1", version="{version}")', cell.source)
    first = cells[0]
    if first.cell_type != "markdown" or not first.source.startswith("# "):
        raise Problem("the first cell has to be text that starts with a title")
    first.source += (
        f"\n\n*Exercise version {version}. If the course has a newer one, a check says so: rename this "
        "notebook, which keeps your work, and open the exercise again from the book.*"
    )
    result = normalised(plain, stem, {"source": f"solutions/{stem}.md", "version": version})
    result.metadata.conv_course["fingerprint"] = fingerprint(result)
    return result, taken


# --- running


def executed(notebook, where, folder):
    """Run a notebook in a fresh kernel and store its outputs in a reproducible form."""
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=True,
        coalesce_streams=True,  # a cell's printed output may arrive in several parts
        resources={"metadata": {"path": str(folder)}},
    )
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "0",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    environment.pop("NBGRADER_EXECUTION", None)
    try:
        client.execute(env=environment, stderr=subprocess.DEVNULL)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        line = next((x for x in reversed(str(error).strip().splitlines()) if x.strip()), type(error).__name__)
        raise Problem(f"{where} stops: {line}") from None
    notebook.metadata["language_info"] = dict(LANGUAGE)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                raise Problem(f"{where} writes to stderr: {output.text.strip().splitlines()[-1]}")
    return _with_fixed_widget_ids(notebook)


def _with_fixed_widget_ids(notebook):
    """Replace the random ids of widget models by numbers, in the order of their creation."""
    text = nbformat.writes(notebook)
    state = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    for number, model in enumerate(state):
        text = text.replace(model, f"model-{number:03d}")
    return nbformat.reads(text, as_version=4)


def without_views(notebook):
    """Return the notebook without its widgets' stored state. They are created when their cell is run."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
    return notebook


def text_of(notebook):
    """Return the text of the notebook's file."""
    nbformat.validate(notebook)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def edited(path):
    """Return whether somebody changed a generated exercise by hand."""
    if not path.is_file():
        return False
    try:
        notebook = nbformat.read(path, as_version=4)
        return notebook.metadata["conv_course"]["fingerprint"] != fingerprint(notebook)
    except Exception:  # not a notebook of this course, so it is somebody's own work
        return True
