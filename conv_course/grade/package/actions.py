"""Grade a repository in a GitHub workflow and write the cards into the step's summary."""

import os
import sys
from pathlib import Path

from conv_course.checker.show import amount
from conv_course.grade.grade import NOT_GRADED
from conv_course.grade.package import run
from conv_course.grade.text import clean_page

LARGEST = 1 << 20  # bytes of a summary that GitHub takes


def summary(record, remark):
    lines = [
        f"# {record.exercise or 'Not graded'}: {amount(record.points or 0)} of {amount(record.of)} points"
    ]
    lines += [*filter(None, [record.reason, remark]), *(question["html"] for question in record.questions)]
    lines += [f"- {note}" for note in record.notes]
    text = clean_page("\n\n".join(lines)).encode()
    return text[: LARGEST - 10].decode(errors="ignore") + "\n"


def main(here, checkout):
    record, remark = run.grade(run.config(here), Path(checkout))
    text, path = summary(record, remark), os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)
    print(text.partition("\n")[0])
    return 1 if record.status == NOT_GRADED else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
