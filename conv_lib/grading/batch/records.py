"""Keep what is known: the state for an interrupted run, the CSV, the feedback pages."""

import csv
import hashlib
import io
import json
import os
import re
from dataclasses import asdict, fields
from html import escape
from pathlib import Path

from conv_lib.grading.batch.given import PACKAGE
from conv_lib.grading.batch.grade import Record
from conv_lib.grading.show import amount

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def course_version():
    """Changes when the checker, a sheet or a kernel does."""
    found = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        found.update(str(path.relative_to(PACKAGE)).encode() + path.read_bytes())
    return found.hexdigest()[:16]


class State:
    """A file beside the CSV with a line for each record: what is in it need not be graded again."""

    def __init__(self, path):
        self.path = Path(path)
        self.seed, self.records = None, {}
        self._version = course_version()
        self._fresh = not self.path.is_file()
        if not self._fresh:
            self._load()

    def _load(self):
        names = {f.name for f in fields(Record)}
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                row = json.loads(line)
                if "seed" in row:
                    self.seed = int(row["seed"])
                else:
                    self.records[row["key"]] = Record(
                        **{k: v for k, v in row["record"].items() if k in names}
                    )
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # the line that was being written when the run was interrupted

    def key(self, seed, name, digest):
        text = json.dumps([seed, self._version, name, digest])
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def begin(self, seed):
        """Note the seed; with another seed than last time, start anew."""
        if self._fresh or self.seed != seed:
            self.records = {}
            self.path.write_text(json.dumps({"seed": seed}) + "\n", encoding="utf-8")
            os.chmod(self.path, 0o600)  # it holds the hidden seed
        else:
            with self.path.open("a", encoding="utf-8") as file:
                file.write("\n")  # ends a line that an interruption cut short
        self.seed = seed

    def add(self, key, record):
        self.records[key] = record
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "record": asdict(record)}) + "\n")


def clean_text(text):
    """Text for a cell or a page: no control characters, nothing that cannot be written as UTF-8."""
    text = str(text).encode("utf-8", "backslashreplace").decode("utf-8")
    return CONTROL.sub(" ", text)


def csv_text(text):
    """Text that a spreadsheet takes for text: one that begins like a formula gets an apostrophe in front."""
    text = clean_text(text)
    return "'" + text if text.lstrip()[:1] in ("=", "+", "-", "@", "|", "%") and text.strip() else text


def write_csv(path, records, folder):
    """One row a record. Written to the side first, so that there is never half a file."""
    names = list(dict.fromkeys(q["name"] for record in records for q in record.questions))
    names.sort(key=lambda name: (len(name), name))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        ["learner", "exercise", "points", "of", "status", "reason", *names, "mistakes", "notes", "file"]
    )
    for record in records:
        points = {q["name"]: q["points"] for q in record.questions}
        mistakes = [f"{q['name']}: {m}" for q in record.questions for m in q["mistakes"]]
        shown = os.path.relpath(record.file, folder)
        writer.writerow(
            [
                csv_text(record.learner),
                csv_text(record.exercise),
                "" if record.points is None else amount(record.points),
                "" if record.of is None else amount(record.of),
                record.status,
                csv_text(record.reason),
                *("" if name not in points else amount(points[name]) for name in names),
                csv_text("; ".join(mistakes)),
                csv_text("; ".join(record.notes)),
                csv_text(shown),
            ]
        )
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    aside.write_text(out.getvalue(), encoding="utf-8-sig", newline="")
    aside.replace(path)


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


def write_feedback(folder, records):
    """One page a learner, whatever they are called."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    learners = {}
    for record in records:
        learners.setdefault(record.learner, []).append(record)
    for learner, theirs in learners.items():
        body = "\n".join(_section(record) for record in theirs)
        text = PAGE.format(name=escape(clean_text(learner)), body=body)
        (folder / file_name(learner)).write_text(text, encoding="utf-8")
    return len(learners)


def file_name(learner):
    """A name for a learner's page that is safe in every folder and different for different learners."""
    safe = re.sub(r"[^A-Za-z0-9_-]+", "_", learner).strip("_")[:60]
    if safe == learner and safe:
        return f"{safe}.html"
    mark = hashlib.sha256(learner.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{safe or 'learner'}-{mark}.html"


def _section(record):
    head = escape(clean_text(record.exercise or os.path.basename(record.file)))
    lines = [f"<h2>{head}</h2>"]
    if record.points is not None:
        lines.append(f"<p><strong>{amount(record.points)} of {amount(record.of)} points</strong></p>")
    if record.reason:
        lines.append(f"<p>{escape(clean_text(record.reason))}</p>")
    lines += [question["html"] for question in record.questions]
    if record.notes:
        lines.append("<h3>Notes</h3>\n<ul>")
        lines += [f"<li>{escape(clean_text(note))}</li>" for note in record.notes]
        lines.append("</ul>")
    return "\n".join(lines)
