"""Read a notebook as data: which exercise it is, its code cells, and notes on irregularities."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from conv_course.checker.questions import sheet_stems
from conv_course.grade.submissions import Unreadable

LARGEST_CELL = 200_000
MOST_CELLS = 400
MOST_MEMORY = 192 << 20  # bytes for the parsed objects of a notebook, besides its text
MOST_NOTES = 5
SHEET_CALL = re.compile(r"""\bsheet\(\s*["'](\w+)["']""")


@dataclass
class Notebook:
    """A parsed notebook: the exercise, its code cells with their numbers, and notes on irregularities."""

    stem: str
    cells: list
    notes: list = field(default_factory=list)


def parse(data, name, exercise_cells):
    """Parse a file's bytes into a `Notebook`. `exercise_cells(stem)` returns the cells as distributed."""
    if memory(data) > MOST_MEMORY:
        raise Unreadable(
            "this notebook contains far too many small items; clear its outputs and save it again"
        )
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        raise Unreadable(
            "this is not a notebook: it cannot be read as JSON" if data else "the file is empty"
        ) from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise Unreadable("this is not a notebook: it has no list of cells")
    metadata = notebook.get("metadata") if isinstance(notebook.get("metadata"), dict) else {}
    cells, notes, ids, empty, long = [], [], {}, [], []
    for number, cell in enumerate(notebook["cells"], 1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str):
            empty.append(number)
            continue
        if len(source) > LARGEST_CELL:
            long.append(number)
            continue
        grade_id = _grade_id(cell)
        if grade_id:
            ids.setdefault(grade_id, []).append(source)
        cells.append((number, source))
    for numbers, why in ((empty, "without text"), (long, "too long, so left out")):
        if numbers:
            shown = ", ".join(map(str, numbers[:10])) + (" ..." if len(numbers) > 10 else "")
            notes.append(f"cells {why}: {shown}")
    if len(cells) > MOST_CELLS:
        notes.append(f"only the first {MOST_CELLS} code cells were run")
        del cells[MOST_CELLS:]
    stem = _stem(metadata, cells, name)
    notes += _kernel(metadata) + _differences(ids, exercise_cells(stem))
    return Notebook(stem, cells, notes)


def some(notes, what):
    """Return the first few of many notes, and a note on how many more there are."""
    more = len(notes) - MOST_NOTES
    return notes[:MOST_NOTES] + ([f"{more} more {what}"] if more > 0 else [])


def memory(data):
    """Estimate how many bytes Python needs for the objects in some JSON, before it is parsed."""
    lists, dicts, values, quotes = map(data.count, (b"[", b"{", b",", b'"'))
    return 56 * lists + 136 * dicts + 32 * values + 40 * quotes


def _grade_id(cell):
    metadata = cell.get("metadata")
    grader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = grader.get("grade_id") if isinstance(grader, dict) else None
    return grade_id if isinstance(grade_id, str) else None


def _stem(metadata, cells, name):
    """Return the exercise's stem: from the metadata, else from a call of `sheet`, else from the file name."""
    known = sheet_stems()
    course = metadata.get("conv_course")
    says = [course.get("source"), course.get("stem")] if isinstance(course, dict) else []
    candidates = [Path(text).stem for text in says if isinstance(text, str)]
    candidates += [match for _, text in cells for match in SHEET_CALL.findall(text)]
    candidates.append(Path(name).stem)
    for candidate in candidates:
        if candidate in known:
            return candidate
    raise Unreadable("it is not clear which exercise this is: there is no sheet(...) of this course in it")


def _kernel(metadata):
    """Return a note if the notebook's kernel is not Python. Its cells are run by Python anyway."""
    spec = metadata.get("kernelspec")
    language = spec.get("language", "python") if isinstance(spec, dict) else "python"
    name = spec.get("name", "") if isinstance(spec, dict) else ""
    if isinstance(language, str) and language.lower() not in ("python", ""):
        return [f"the notebook's kernel is {language[:40]}; its cells were run by Python"]
    if isinstance(name, str) and name and not name.lower().startswith("python"):
        return [f"the notebook's kernel is called {name[:40]}; its cells were run by Python 3"]
    return []


def _differences(ids, expected):
    """Return notes on cells of the exercise that are missing, duplicated or edited."""
    notes = []
    missing = [grade_id for grade_id in expected if grade_id not in ids]
    if missing:
        notes.append("missing cells: " + ", ".join(missing))
    twice = [grade_id for grade_id in expected if len(ids.get(grade_id, ())) > 1]
    if twice:
        notes.append("cells that are there more than once: " + ", ".join(twice))
    edited = [
        grade_id
        for grade_id, (source, locked) in expected.items()
        if locked and grade_id != "sheet" and any(s.strip() != source.strip() for s in ids.get(grade_id, ()))
    ]
    if edited:
        notes.append("check cells that were edited (without effect on the points): " + ", ".join(edited))
    return notes
