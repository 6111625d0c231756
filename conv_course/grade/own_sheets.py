"""Sheets to print with questions on each learner's own code, and the answers to them in a file apart."""

import csv
from html import escape
from pathlib import Path

from conv_course.checker.own.ask import LETTERS
from conv_course.grade.records import PAGE, Refused, check_pages, page_names
from conv_course.grade.text import cell_text, clean_page

KEY, SHEETS = "answers.csv", "sheets"
COLUMNS = ["learner", "exercise", "question", "number", "right", "answer"]
OWN_PAGE = PAGE.replace("Feedback for {name}", "Questions on the code of {name}").replace(
    "</style>",
    "pre {{ white-space: pre-wrap; overflow-wrap: anywhere; }}\nsection {{ break-inside: avoid; }}\n"
    ":is(h2, h3) {{ break-after: avoid; }}\n</style>",
)


def check(folder, learners):
    """Refuse to replace what is no sheet and no table of answers."""
    key = folder / KEY
    if key.exists():
        with key.open(encoding="utf-8-sig", errors="replace") as file:
            first = file.readline(1000).replace('"', "").strip().split(",")
        if first != COLUMNS:
            raise Refused(f"{key} exists and is not a table of answers; nothing was changed")
    check_pages(folder / SHEETS, learners, OWN_PAGE.partition("{name}")[0], "sheet of questions")


def write(folder, groups, learners):
    """One page per learner in SHEETS, and the answers of all in KEY; the number of pages."""
    names, count = page_names(learners), 0
    with (folder / KEY).open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        table.writerow(COLUMNS)
        for learner, records in groups:
            path = Path(folder) / SHEETS / names[learner]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page(learner, records), encoding="utf-8")
            table.writerows([map(cell_text, row) for row in _answers(learner, records)])
            count += 1
    return count


def _answers(learner, records):
    for record in records:
        for name, sheet in record.own.items():
            for number, (_, _, options, right) in enumerate(sheet["asked"], 1):
                yield learner, record.exercise, name, str(number), LETTERS[right], options[right]


def page(learner, records):
    """A learner's sheet: their code, what is asked on it, and for what cannot be asked the reason."""
    body = [part for record in records for part in _exercise(record)]
    return clean_page(OWN_PAGE.format(name=escape(learner), body="\n".join(body)))


def _exercise(record):
    yield f"<h2>{escape(record.exercise or record.file)}</h2>"
    if not record.own:
        yield "<p>No question has full marks, so none is asked on the code.</p>"
    for name, sheet in record.own.items():
        yield f"<h3>{escape(name)}</h3>"
        if sheet["asked"]:
            listing = "\n".join(f"{number:3}  {line}" for number, line in enumerate(sheet["lines"], 1))
            yield f"<pre><code>{escape(listing)}</code></pre>"
        for number, (_, text, options, _) in enumerate(sheet["asked"], 1):
            items = "".join(f"<li><code>{escape(option)}</code></li>" for option in options)
            text = escape(f"{number}. {text}")
            yield f'<section><pre>{text}</pre>\n<ol type="a">{items}</ol></section>'
        for reason in sheet["missing"]:
            yield f"<p><small>{escape(reason)}</small></p>"
