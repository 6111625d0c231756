"""A class's results and mistakes: `report.html`, one self-contained page, and `report.json`.

`statistics` reads the records once and accumulates sums; `page` shows them.
"""

import json
import os
from pathlib import Path

from conv_course.grade.records import Refused
from conv_course.grade.report.page import BEGINS, page
from conv_course.grade.report.statistics import Statistics

__all__ = ["Statistics", "check", "write"]

HTML, JSON = "report.html", "report.json"
JSON_BEGINS = '{\n "report": "conv_course.grade"'


def check(folder):
    """Refuse to replace files that are not a report."""
    for name, begins in ((HTML, BEGINS), (JSON, JSON_BEGINS)):
        path = Path(folder) / name
        if not os.path.lexists(path):
            continue
        if path.is_file():
            with path.open(encoding="utf-8", errors="replace") as file:
                if begins.startswith(file.read(len(begins))):  # a full disk may have truncated it
                    continue
        raise Refused(f"{path} exists and is not a report; nothing was changed. Choose another folder")


def write(folder, records, names=True):
    """Write both files, without the learners' names if `names` is false."""
    statistics = Statistics()
    for record in records:
        statistics.add(record)
    found = statistics.as_data(names)
    Path(folder).mkdir(parents=True, exist_ok=True)
    texts = {HTML: page(found), JSON: json.dumps({"report": "conv_course.grade", **found}, indent=1) + "\n"}
    for name, text in texts.items():
        aside = Path(folder) / f".{name}.{os.getpid()}"
        try:
            aside.write_text(text, encoding="utf-8")
            aside.replace(Path(folder) / name)
        finally:
            aside.unlink(missing_ok=True)
