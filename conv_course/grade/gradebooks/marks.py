"""Match learners to the rows of a gradebook and fill one column."""

import os
import re
from collections import Counter, defaultdict
from pathlib import Path

from conv_course.checker.show import amount
from conv_course.grade.gradebooks import platforms, safely, which
from conv_course.grade.records import Refused
from conv_course.grade.text import clean_text, counted

LARGEST = 64 << 20
SHOWN = 10  # names shown in a list


def check_gradebook(path, folder, column=None):
    """Raise `Refused`, before anything is graded, if the gradebook could not be filled later."""
    if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise Refused(f"{path} is in the folder of submissions, to which nothing is written")
    if not os.access(os.path.dirname(os.path.realpath(path)), os.W_OK):
        raise Refused(f"nothing can be written next to {path}, where the old file has to be kept")
    book, _ = _read(path)
    if column is not None:
        which.titled(book, path, column)


def fill(path, records, column=None, exercise=None):
    """Fill the column with the records' points. Return sentences on what was changed and what was not.

    Raise `Refused`, with nothing changed, if no column fits or several do, if it is not clear which exercise
    the column is for, if nobody in the gradebook handed anything in, or if points exceed the maximum.
    """
    book, before = _read(path)
    records = list(records)
    learners = which.learners_of(records)
    if not learners:
        raise Refused(f"{path} was not changed: there are no points")
    exercise, title = which.column(book, path, learners, column, exercise)
    theirs = {record.learner for record in records if record.exercise == exercise}
    strays = [r for r in records if r.exercise not in ("", exercise) and r.learner not in theirs]
    # a record without an exercise could not be read; it counts only if the learner has no other
    records = [r for r in records if r.exercise == exercise or (not r.exercise and r.learner not in theirs)]
    cells = book.columns[title]
    pairs, said = _match(book, records, cells, strays)
    if strays:
        what = f"only another exercise than {exercise}, no mark written"
        said.insert(0, f"{what}: {_listed(dict.fromkeys(f'{r.learner} {r.exercise}' for r in strays))}")
    if not pairs:
        raise Refused(f"{path} names none of these learners: is it from another course? Nothing was changed")
    over = [r for r, cell in pairs if None not in (r.points, cell.maximum) and r.points > cell.maximum]
    if over:
        raise Refused(
            f"{path} was not changed: points over the column's maximum of "
            f"{amount(next(cell.maximum for r, cell in pairs if r is over[0]))}: "
            + _listed(f"{r.learner} {amount(r.points)}" for r in over)
        )
    changed = _put(book.table, pairs, cells, said)
    mismatch = {(r.of, c.maximum) for r, c in pairs if r.points is not None and c.maximum not in (None, r.of)}
    for of, maximum in sorted(mismatch):
        said.append(
            f"the exercise has {amount(of)} points, the column {amount(maximum)}: marks are not scaled"
        )
    if book.platform == "Moodle" and (book.table.delimiter != "," or book.table.encoding != "utf-8"):
        said.append("Moodle takes back only commas and UTF-8: save it that way before the import")
    after = book.table.data()
    head = f"{path}, column {title}: {counted(changed, 'mark')} written"
    if after != before:
        head += f"; the old file is {safely.replace(path, before, after)}"
    return [clean_text(text) for text in [f"{head}.", *(f"  {text}." for text in said)]]


def _put(table, pairs, cells, said):
    """Write the marks, but leave a field that already has the same value. Return how many were changed."""
    texts = [table.value(cell.row, cell.column) for cell in cells]
    comma = any(re.fullmatch(r"\s*\d+,\d+\s*", text) for text in texts) and not any("." in t for t in texts)
    lists, changed = defaultdict(list), 0
    for record, cell in pairs:
        old = table.value(cell.row, cell.column).strip()
        if record.points is None:
            lists["no score, mark left as it was"].append(record.learner)
        elif cell.problem:
            lists["left as it was"].append(f"{record.learner} {cell.problem}")
        elif cell.column >= len(table.rows[cell.row]):
            lists["left out, the row is too short"].append(record.learner)
        elif old.upper() == "EX":
            lists["excused, left so"].append(record.learner)
        elif platforms.number(old) != round(record.points, 2):
            text = amount(record.points)
            table.put(cell.row, cell.column, text.replace(".", ",") if comma else text)
            changed += 1
            if platforms.number(old) is not None:
                lists["another mark was there"].append(f"{record.learner} {old}")
    said += [f"{why}: {_listed(names)}" for why, names in lists.items()]
    return changed


def _match(book, records, cells, strays=()):
    """Return the unambiguous pairs of record and cell, and sentences on all others but the strays."""
    rows = defaultdict(set)
    for place, cell in enumerate(cells):
        for name in cell.names:
            rows[name.casefold()].add(place)
    found = [set().union(*(rows[n] for n in platforms.names_of(r))) for r in records]
    times = Counter(place for places in found for place in places)
    pairs, lists = [], defaultdict(list)
    for record, places in zip(records, found, strict=True):
        if not places:
            lists["not in the gradebook"].append(record.learner)
        elif len(places) > 1:
            lists["more than once in the gradebook, left out"].append(record.learner)
        elif times[place := next(iter(places))] > 1:
            lists["handed in more than once, left out"].append(record.learner)
        else:
            pairs.append((record, cells[place]))
    elsewhere = {place for stray in strays for name in platforms.names_of(stray) for place in rows[name]}
    missing = [c.names[0] for place, c in enumerate(cells) if not times[place] and place not in elsewhere]
    if missing:
        lists["in the gradebook, nothing handed in"] = missing
    return pairs, [f"{why}: {_listed(dict.fromkeys(names))}" for why, names in lists.items()]


def _read(path):
    try:
        if not os.path.isfile(path):
            raise Refused("it is not a file")
        if os.path.getsize(path) > LARGEST:
            raise Refused(f"it is larger than {LARGEST >> 20} MB")
        data = Path(path).read_bytes()
        return platforms.read(data), data
    except Refused as reason:
        raise Refused(f"{path} cannot be filled: {reason}") from None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}") from None


def _listed(names):
    names = list(names)
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
