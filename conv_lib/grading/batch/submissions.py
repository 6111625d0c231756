"""Find what learners handed in and read it, as data: nothing here runs a learner's code."""

import hashlib
import json
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from conv_lib.grading.questions import sheet_stems

LARGEST = 32 << 20
LARGEST_CELL = 200_000
MOST_CELLS = 400
MOST_MEMORY = 192 << 20  # for what a notebook holds, besides its text
MOST_NOTES = 5
DEEP = 4
SHEET_CALL = re.compile(r"""\bsheet\(\s*["'](\w+)["']""")
CHECK_CALL = re.compile(r"""\bcheck\(\s*["'](\w+)["']""")


class Unreadable(Exception):
    """Why a submission cannot be graded at all, in words for the teacher."""


@dataclass(frozen=True)
class Found:
    """One submission: whose it is, its path, and why it cannot be read, if so."""

    learner: str
    path: Path
    problem: str = ""
    kind: str = "notebook"


@dataclass
class Notebook:
    """What a notebook says: the exercise, its code cells with their numbers, and what is odd about it."""

    stem: str
    cells: list
    notes: list = field(default_factory=list)


def find(folder):
    """One `Found` for every notebook; also for a learner who handed in none, and for files of other kinds."""
    found = []
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.name.startswith((".", "__")):
            continue
        path = Path(entry.path)
        learner = path.stem if path.suffix == ".ipynb" else entry.name
        if entry.is_symlink():
            found.append(Found(learner, path, "this is a link; links are not followed"))
        elif entry.is_dir():
            inside = list(_inside(entry.path, learner, 1))
            if not any(f.kind == "matlab" or not f.problem for f in inside):
                inside = inside or [Found(learner, path, "there is no notebook in this folder")]
            found += inside
        elif path.suffix == ".ipynb":
            found.append(Found(learner, path))
        else:
            found.append(Found(learner, path, "this is not a notebook (.ipynb)"))
    return found


def _inside(folder, learner, depth):
    try:
        entries = sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError as error:
        yield Found(learner, Path(folder), f"the folder cannot be read: {error.strerror}")
        return
    if any(e.name.endswith(".m") and e.is_file(follow_symlinks=False) for e in entries):
        yield Found(learner, Path(folder), kind="matlab")
    for entry in entries:
        if entry.name.startswith((".", "__")):
            continue
        path = Path(entry.path)
        if entry.is_symlink():
            if entry.name.endswith(".ipynb") or entry.is_dir():
                yield Found(learner, path, "this is a link; links are not followed")
        elif entry.is_dir() and depth < DEEP:
            yield from _inside(entry.path, learner, depth + 1)
        elif entry.name.endswith(".ipynb"):
            yield Found(learner, path)


def content(found):
    """The bytes of a file; of a folder of .m files, their names and bytes. Never follows a link."""
    if found.problem or found.kind == "matlab":
        if found.kind != "matlab":
            return found.problem.encode()
        parts = []
        for path in sorted(found.path.glob("*.m")):
            try:
                parts.append(os.fsencode(path.name) + b"\0" + _read(path))
            except Unreadable as reason:
                parts.append(str(reason).encode())
        return b"\0".join(parts)
    return _read(found.path)


def _read(path):
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise Unreadable(f"the file cannot be opened: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise Unreadable("this is not a regular file")
        if state.st_size > LARGEST:
            raise Unreadable(f"the file is larger than {LARGEST >> 20} MB")
        try:
            return file.read(LARGEST + 1)
        except OSError as error:
            raise Unreadable(f"the file cannot be read: {error.strerror}") from None


def digest(data):
    return hashlib.sha256(data).hexdigest()


def parse(data, name, exercise_cells):
    """The `Notebook` in a file's bytes; `exercise_cells(stem)` gives the metadata of the exercise's cells."""
    if memory(data) > MOST_MEMORY:
        raise Unreadable("this notebook holds far too many small things; clear its outputs and save it again")
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        raise Unreadable(
            "this is not a notebook: it cannot be read as JSON" if data else "the file is empty"
        ) from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise Unreadable("this is not a notebook: it has no list of cells")
    metadata = notebook.get("metadata") if isinstance(notebook.get("metadata"), dict) else {}
    cells, notes, left_out, ids = [], [], [], {}
    for number, cell in enumerate(notebook["cells"], 1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str):
            left_out.append(f"cell {number} holds no text")
            continue
        if len(source) > LARGEST_CELL:
            left_out.append(f"cell {number} is too long and was left out")
            continue
        grade_id = _grade_id(cell)
        if grade_id:
            ids.setdefault(grade_id, []).append(source)
        cells.append((number, source))
    if len(cells) > MOST_CELLS:
        notes.append(f"only the first {MOST_CELLS} code cells were run")
        del cells[MOST_CELLS:]
    stem = _stem(metadata, cells, name)
    notes += (
        some(left_out, "cells were left out") + _kernel(metadata) + _differences(ids, exercise_cells(stem))
    )
    return Notebook(stem, cells, notes)


def some(notes, what):
    """The first few of many notes, and how many more there are."""
    more = len(notes) - MOST_NOTES
    return notes[:MOST_NOTES] + ([f"{more} more {what}"] if more > 0 else [])


def memory(data):
    """About how many bytes Python needs for what some JSON holds, seen before it is read."""
    lists, dicts, values, quotes = map(data.count, (b"[", b"{", b",", b'"'))
    return 56 * lists + 136 * dicts + 32 * values + 40 * quotes


def _grade_id(cell):
    metadata = cell.get("metadata")
    grader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = grader.get("grade_id") if isinstance(grader, dict) else None
    return grade_id if isinstance(grade_id, str) else None


def _stem(metadata, cells, name):
    """Which exercise this is: the file's metadata says it, else its first cells, else its name."""
    known = sheet_stems()
    course = metadata.get("conv_course")
    says = [course.get("source"), course.get("stem")] if isinstance(course, dict) else []
    candidates = [Path(text).stem for text in says if isinstance(text, str)]
    candidates += [match for _, text in cells for match in SHEET_CALL.findall(text)]
    candidates.append(Path(name).stem)
    for candidate in candidates:
        if candidate in known:
            return candidate
    raise Unreadable("it does not say which exercise it is: there is no sheet(...) of this course in it")


def _kernel(metadata):
    """A note on a notebook whose kernel is not Python; its cells are run by Python all the same."""
    spec = metadata.get("kernelspec")
    language = spec.get("language", "python") if isinstance(spec, dict) else "python"
    name = spec.get("name", "") if isinstance(spec, dict) else ""
    if isinstance(language, str) and language.lower() not in ("python", ""):
        return [f"the notebook's kernel is {language[:40]}; its cells were run by Python"]
    if isinstance(name, str) and name and not name.lower().startswith("python"):
        return [f"the notebook's kernel is called {name[:40]}; its cells were run by Python 3"]
    return []


def _differences(ids, expected):
    """Notes on cells of the exercise that are missing, there twice or edited."""
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
