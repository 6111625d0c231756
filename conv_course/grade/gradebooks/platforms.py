"""The gradebooks that Canvas, Moodle and nbgrader export.

Sources: Canvas, lib/gradebook_importer.rb; Moodle, mod/assign/feedback/offline/importgradeslib.php;
nbgrader, nbgrader/plugins/export.py.
"""

import re
from dataclasses import dataclass, field

from conv_course.grade.gradebooks.fields import Table
from conv_course.grade.records import COLUMNS, Refused

NBGRADER = ["assignment", "student_id", "max_score", "score"]


@dataclass
class Cell:
    """The cell for one learner's mark: row, column, names of the learner, maximum (None if not given)."""

    row: int
    column: int
    names: list
    maximum: float | None = None
    problem: str = ""


@dataclass
class Gradebook:
    """`columns` maps a title to its cells, one per learner."""

    platform: str
    table: Table
    columns: dict = field(default_factory=dict)
    only_column: bool = False  # the file is for one assignment and does not name it


def number(text):
    """Parse a number with a decimal point or comma. Return None if it is not a number."""
    text = text.strip()
    return float(text.replace(",", ".")) if re.fullmatch(r"-?\d+([.,]\d+)?", text) else None


def read(data):
    """Parse a gradebook. Raise `Refused` if the bytes are not one that is known."""
    found, odd = [], None
    for delimiter in ",;\t":
        try:
            table = Table(data, delimiter)
        except Refused as reason:
            odd = reason
            continue
        books = (known(table) for known in (_canvas, _nbgrader, _moodle) if table.rows)
        found += [book for book in books if book][:1]
    if len(found) == 1:
        return found[0]
    raise Refused(str(odd or "it is not a gradebook exported by Canvas, Moodle or nbgrader"))


def _canvas(table):
    head = [title.strip() for title in table.values(0)]
    if not (len(head) > 2 and "Student" in head[0] and "ID" in head[1]) and head[:3] != [
        "LastName",
        "FirstName",
        "ID",
    ]:
        return None
    who = [i for i, title in enumerate(head) if title in ("ID", "SIS User ID", "SIS Login ID")]
    rows = range(1, len(table.rows))
    points = [row for row in rows if table.value(row, 0).strip().startswith("Points Possible")]
    if not points or "Section" not in head:
        return None
    learners = []
    for row in range(points[0] + 1, len(table.rows)):
        names = [name for i in who if (name := table.value(row, i).strip())]
        if names:
            learners.append((row, names))
    book = Gradebook("Canvas", table)
    for column in range(head.index("Section") + 1, len(head)):
        said = table.value(points[0], column).strip()
        if re.search(r"\(\d+\)$", head[column]) and said != "(read only)":
            cells = [Cell(row, column, names, number(said)) for row, names in learners]
            book.columns.setdefault(head[column], []).extend(cells)
    return book


def _nbgrader(table):
    head = table.values(0)
    if not set(NBGRADER) <= set(head):
        return None
    assignment, student, maximum, score = map(head.index, NBGRADER)
    book = Gradebook("nbgrader", table)
    for row in range(1, len(table.rows)):
        name = table.value(row, student)
        if not name:
            continue
        late = head.index("late_submission_penalty") if "late_submission_penalty" in head else len(head)
        penalty = number(table.value(row, late))
        problem = f"has a late penalty of {penalty:g}" if penalty else ""
        names = [name]
        if "email" in head and (email := table.value(row, head.index("email"))):
            names.append(email)
        cell = Cell(row, score, names, number(table.value(row, maximum)), problem)
        book.columns.setdefault(table.value(row, assignment), []).append(cell)
    return book


def _moodle(table):
    """Parse a gradebook of Moodle. It translates its titles, so the columns are found by their contents.

    The first column is `Participant 1234567`, in any language. A column of marks holds numbers or is empty.
    The column to its right holds the maximum, the same in all rows.
    """
    head = table.values(0)
    rows = [row for row in range(1, len(table.rows)) if any(table.values(row))]
    participants = [re.fullmatch(r"[^\d@]*\D(\d+)", table.value(row, 0).strip()) for row in rows]
    if head[: len(COLUMNS)] == COLUMNS or not rows or not all(participants):
        return None
    book = Gradebook("Moodle", table, only_column=True)
    for column in range(2, len(head) - 1):
        most = {number(table.value(row, column + 1)) for row in rows}
        if len(most) != 1 or (maximum := most.pop()) is None or maximum <= 0:
            continue
        marks = [table.value(row, column).strip() for row in rows]
        if all(mark in ("", "-") or (number(mark) is not None and number(mark) <= maximum) for mark in marks):
            book.columns.setdefault(head[column], []).extend(
                Cell(row, column, _moodle_names(table, row, found[1]), maximum)
                for row, found in zip(rows, participants, strict=True)
            )
    return book if book.columns else None


def _moodle_names(table, row, participant):
    """Return the identifier without and with its prefix, and the e-mail address, if there is one."""
    emails = [v for v in table.values(row)[1:5] if re.fullmatch(r"[^@\s]+@[^@\s]+", v)]
    return [participant, table.value(row, 0).strip(), *emails]


def names_of(record):
    """Return the names that a gradebook may use for a learner: the grader's name and the download's IDs."""
    return {name.casefold() for name in (record.learner, *record.ids)}
