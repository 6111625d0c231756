"""Write ./result.json for Classroom 50, with integer scores. autograder.py runs it in a checkout."""

import datetime
import json
import math
import os
import sys
from pathlib import Path

from conv_course.grade.grade import NOT_GRADED
from conv_course.grade.package import run
from conv_course.grade.text import clean_page

SCHEMA = "classroom50/result/v1"
FROM = {"classroom": "CLASSROOM", "assignment": "ASSIGNMENT", "submission": "SUBMISSION_TAG"}
FROM |= {"commit": "COMMIT_URL", "release": "RELEASE_URL", "review": "REVIEW_URL"}


def scale(record):
    """Return the smallest factor that makes all points integers: parts can be halves or thirds."""
    points = [of for question in record.questions for _, _, of in question["parts"]] + [record.of]
    whole = (n for n in range(1, 61) if all(math.isclose(n * p, round(n * p), abs_tol=1e-6) for p in points))
    return next(whole, 60)


def result(record, environment, now):
    times = scale(record)
    tests = [
        {
            "test-name": f"{question['name']} {part}".strip(),
            "passed": earned == of,
            "score": round(times * earned),
            "max-score": round(times * of),
            "mistakes": [clean_page(mistake) for mistake in question["mistakes"]],
        }
        for question in record.questions
        for part, earned, of in question["parts"]
    ]
    return {
        "schema": SCHEMA,
        **{name: environment.get(variable, "") for name, variable in FROM.items()},
        "datetime": now,
        "score": round(times * (record.points or 0)),
        "max-score": round(times * record.of),
        "tests": tests,
        "reason": clean_page("; ".join(filter(None, [record.reason, *record.notes]))),
    }


def main(here, checkout):
    record, remark = run.grade(run.config(here), Path(checkout))
    record.notes += [remark] if remark else []
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    run.put(Path(checkout) / "result.json", json.dumps(result(record, os.environ, now), indent=1))
    return 1 if record.status == NOT_GRADED else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
