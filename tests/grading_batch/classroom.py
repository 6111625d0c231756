"""Make submissions: the course's solution of 02 with changes."""

import copy
import csv
import json
import os
import subprocess
import sys

from conv_course.checker.questions import load_sheet
from conv_course.checker.show import amount
from conv_course.grade.given import COURSE

STEM = "02_slide_a_kernel"
FULL = {name: question.points for name, question in load_sheet(STEM).questions.items()}
ALL = sum(FULL.values())
ALL_POINTS, WITHOUT_SLIDE = amount(ALL), amount(ALL - FULL["q2"])  # as the table says them
WRONG_SLIDE = "def slide(x, w, b=0.0):\n    return np.zeros(3)"


def solution(stem=STEM):
    return json.loads((COURSE / "solutions" / f"{stem}.ipynb").read_text(encoding="utf-8"))


def cell(source, **metadata):
    return {
        "cell_type": "code",
        "id": "x",
        "metadata": metadata,
        "outputs": [],
        "source": source,
        "execution_count": None,
    }


def place(notebook, grade_id):
    """Return the number of a cell."""
    return next(
        i
        for i, c in enumerate(notebook["cells"])
        if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    )


def submission(
    *, first=None, last=None, answers=None, checks=None, drop=(), twice=None, metadata=None, stem=STEM
):
    """Return the text of a notebook. `first` and `last` are extra cells, `answers` replaces by question."""
    notebook = copy.deepcopy(solution(stem))
    for question, source in (answers or {}).items():
        notebook["cells"][place(notebook, f"answer-{question}")]["source"] = source
    for question, source in (checks or {}).items():
        notebook["cells"][place(notebook, f"check-{question}")]["source"] = source
    if twice:
        grade_id, source = twice
        again = copy.deepcopy(notebook["cells"][place(notebook, grade_id)])
        again["source"] = source
        notebook["cells"].append(again)
    for source in reversed([first] if isinstance(first, str) else first or []):
        notebook["cells"].insert(place(notebook, "sheet") + 1, cell(source))
    for grade_id in drop:
        del notebook["cells"][place(notebook, grade_id)]
    if last:
        notebook["cells"].append(cell(last))
    notebook["metadata"] |= metadata or {}
    return json.dumps(notebook)


def points(record):
    return {q["name"]: q["points"] for q in record.questions}


def full_but(**less):
    return FULL | less


def rows(path):
    """Return the table of grades as a list of dicts."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def run_command(*words, timeout=240, **environment):
    """Run the command in a separate process. Return its exit code and output."""
    return subprocess.run(
        [sys.executable, "-m", "conv_course.grade", *map(str, words)],
        cwd=COURSE,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=timeout,
        check=False,
    )
