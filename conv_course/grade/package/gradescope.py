"""Grade submission/ and write results/results.json. /autograder/run_autograder runs it."""

import hashlib
import json
import os
import sys
import time
from pathlib import Path

from conv_course.checker.show import amount
from conv_course.grade.grade import NOT_GRADED
from conv_course.grade.package import run
from conv_course.grade.state import course_version
from conv_course.grade.text import clean_page


def results(record, settings, seconds, remark=""):
    """Return the results in Gradescope's format: one test per part of a question, with mistakes as tags."""
    tests, number = [], 0
    for question in record.questions:
        for part, earned, of in question["parts"]:
            number += 1
            tests.append(
                {
                    "name": f"{question['name']} {part}".strip(),
                    "number": str(number),
                    "score": earned,
                    "max_score": of,
                    "status": "passed" if earned == of else "failed",
                    "output": clean_page(question["html"]),
                    "output_format": "html",
                    "tags": [clean_page(mistake) for mistake in question["mistakes"]],
                    "visibility": "after_due_date",
                    "extra_data": {"state": question["state"]},
                }
            )
    points = f"{amount(record.points or 0)} of {amount(record.of)} points"
    lines = [points, record.reason, *record.notes, remark]
    return {
        "score": record.points or 0,
        "execution_time": round(seconds, 1),
        "output": clean_page("\n".join(filter(None, lines))),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {
            "status": record.status,
            "seed": hashlib.sha256(str(settings["seed"]).encode()).hexdigest()[:16],
            "course": course_version(),
        },
    }


def main(home):
    started, home = time.monotonic(), Path(home)
    settings = run.config(home / "source")
    (home / "results").mkdir(exist_ok=True)
    for name in ("source", "results"):
        os.chmod(home / name, 0o700)
    record, remark = run.grade(settings, home / "submission")
    found = results(record, settings, time.monotonic() - started, remark)
    run.put(home / "results" / "results.json", json.dumps(found, indent=1))
    print(f"{record.status}: {found['output']}")
    return 1 if record.status == NOT_GRADED else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
