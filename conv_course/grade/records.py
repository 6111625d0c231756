"""Write the results: the table of grades and the feedback pages."""

import csv
import hashlib
import io
import os
import re
from collections import Counter
from html import escape
from pathlib import Path

from conv_course.checker.show import amount
from conv_course.grade.text import cell_text, clean_page

COLUMNS = ["learner", "exercise", "points", "of", "status", "reason"]


class Refused(Exception):
    """A refusal, with the reason in words for the teacher, for example a file that would be overwritten."""


def table(records):
    """Return the table of grades as text, one row per record. Iterates over the records twice."""
    names = {q["name"]: None for record in records for q in record.questions}
    names = sorted(names, key=lambda name: (len(name), name))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow([*COLUMNS, *names, "mistakes", "notes", "file"])
    for record in records:
        points = {q["name"]: q["points"] for q in record.questions}
        mistakes = [f"{q['name']}: {m}" for q in record.questions for m in q["mistakes"]]
        row = [record.learner, record.exercise]
        row += ["" if number is None else amount(number) for number in (record.points, record.of)]
        row += [record.status, record.reason]
        row += ["" if name not in points else amount(points[name]) for name in names]
        row += ["; ".join(mistakes), "; ".join(record.notes), record.file]
        writer.writerow(map(cell_text, row))
    return out.getvalue()


def write_table(path, text, known):
    """Write the table to a temporary file, then rename it, so that the table is never half written.

    `known` is the digest of the table that the last run wrote. If the existing table differs from it,
    somebody has edited it, so it is renamed and kept. Return the new digest and the path of the kept
    table, or None.
    """
    path, data = Path(os.path.realpath(path)), text.encode("utf-8-sig")
    aside, kept, digest = path.with_name(f".{path.name}.{os.getpid()}"), None, _digest(data)
    try:
        aside.write_bytes(data)
        if path.exists() and _digest(path.read_bytes()) not in (known, digest):
            kept = _free_name(path)
            path.replace(kept)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return digest, kept


def _digest(data):
    return hashlib.sha256(data).hexdigest()


def _free_name(path):
    number = 1
    while (kept := path.with_name(f"{path.stem}.kept-{number}{path.suffix}")).exists():
        number += 1
    return kept


def check_table(path):
    """Refuse to replace a file that is not a table of grades."""
    if not os.path.exists(path):
        return
    if not path.is_file():
        raise Refused(f"{path} is {'a folder' if path.is_dir() else 'not a regular file'}")
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        first = file.readline(10_000).replace('"', "").split(",")
    if first[: len(COLUMNS)] != COLUMNS and path.stat().st_size:
        raise Refused(f"{path} exists and is not a table of grades; nothing was changed. Choose another name")


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Feedback for {name}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }}
code {{ font-family: ui-monospace, monospace; overflow-wrap: anywhere; }}
</style>
</head>
<body>
<main>
<h1>Feedback for {name}</h1>
{body}
</main>
</body>
</html>
"""


DEVICE = re.compile(r"(?i)con|prn|aux|nul|(com|lpt)\d")  # names that Windows reserves
MOST_IN_A_FOLDER = (
    2000  # pages; more than that go into subfolders named after the first digits of the name's SHA-256
)
PAGE_BEGINS = PAGE.partition("{name}")[0]


def check_pages(folder, learners, begins=PAGE_BEGINS, what="feedback page"):
    """Refuse to replace files that are not feedback pages."""
    for name in page_names(learners).values():
        path = folder / name
        if not os.path.lexists(path):
            continue
        if path.is_file():
            with path.open(encoding="utf-8", errors="replace") as file:
                if begins.startswith(file.read(len(begins))):  # a full disk may have truncated it
                    continue
        raise Refused(f"{path} exists and is not a {what}; nothing was changed. Choose another folder")


def write_feedback(folder, groups, learners):
    """Write one page per learner and return how many. `groups` are pairs of a learner and their records.

    `learners` is the whole class, including learners without a record.
    """
    folder, names, count = Path(folder), page_names(learners), 0
    for learner, theirs in groups:
        path = folder / names[learner]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(learner, theirs), encoding="utf-8")
        count += 1
    return count


def page(learner, records):
    """Return a learner's feedback page."""
    body = "\n".join(_section(record) for record in records)
    return clean_page(PAGE.format(name=escape(learner), body=body))


def page_names(learners):
    """Return {learner: name of the page}: safe in every file system, and unique even if case is ignored.

    The page has the learner's own name if that is unique, otherwise a prefix of the name's digest is
    appended. The names depend on who is in the class, not on their order. A large class gets subfolders.
    """
    names, taken, left = {}, set(), list(dict.fromkeys(learners))
    for digits in (0, 8, 64):  # with 64 digits it is longer than any name without a digest
        wished = {learner: _page_name(learner, digits) for learner in left}
        times = Counter(name.lower() for name in wished.values())
        free = {name for name, count in times.items() if count == 1} - taken - {""}
        names |= {learner: f"{name}.html" for learner, name in wished.items() if name.lower() in free}
        taken |= free
        left = [learner for learner in left if learner not in names]
    if len(names) > MOST_IN_A_FOLDER:
        names = {learner: f"{_digest(name.encode())[:2]}/{name}" for learner, name in names.items()}
    return {learner: names[learner] for learner in dict.fromkeys(learners)}


def _page_name(learner, digits):
    """Return the name with this many digits of its digest; "" if it needs a digest and `digits` is 0."""
    safe = re.sub(r"[^A-Za-z0-9_-]+", "_", learner).strip("_")[:60]
    if not digits:
        return safe if safe == learner and not DEVICE.fullmatch(safe) else ""
    mark = hashlib.sha256(learner.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
    return f"{safe or 'learner'}-{mark}"


def _section(record):
    head = escape(record.exercise or os.path.basename(record.file))
    lines = [f"<h2>{head}</h2>"]
    if record.points is not None:
        lines.append(f"<p><strong>{amount(record.points)} of {amount(record.of)} points</strong></p>")
    if record.reason:
        lines.append(f"<p>{escape(record.reason)}</p>")
    lines += [question["html"] for question in record.questions]
    if record.notes:
        lines.append("<h3>Notes</h3>\n<ul>")
        lines += [f"<li>{escape(note)}</li>" for note in record.notes]
        lines.append("</ul>")
    return "\n".join(lines)
