"""Measure how many notebooks per second the class grader and nbgrader grade, on the same notebooks.

    python -m benchmarks.grading_throughput [--notebooks N] [--nbgrader N] [--jobs N] [--profile] [--every]
                                            [--store]

The notebooks are copies of the solution of chapter 02, each with a different number in it. With --every, the
class grader also grades all other exercises. With --store, the result becomes results/grading.json, which the
teachers' page quotes.
"""

import argparse
import csv
import datetime
import json
import logging
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

from benchmarks import machine, table
from conv_course.grade.given import COURSE

STEM = "02_slide_a_kernel"


def copies(count, stem=STEM):
    """Yield texts of complete notebooks, no two of them equal."""
    notebook = json.loads((COURSE / "solutions" / f"{stem}.ipynb").read_text(encoding="utf-8"))
    cell = {"cell_type": "code", "id": "mark", "metadata": {}, "outputs": [], "execution_count": None}
    for number in range(count):
        yield json.dumps(notebook | {"cells": [*notebook["cells"], cell | {"source": f"mine = {number}"}]})


def class_grader(count, jobs, folder, stem=STEM):
    """Return notebooks per second, including the start of the command, and CPU seconds per notebook."""
    handed_in = folder / stem
    handed_in.mkdir()
    for number, text in enumerate(copies(count, stem)):
        (handed_in / f"learner{number:03d}.ipynb").write_text(text, encoding="utf-8")
    out = folder / f"{stem}.csv"
    words = [
        sys.executable,
        "-m",
        "conv_course.grade",
        str(handed_in),
        "--csv",
        str(out),
        "--jobs",
        str(jobs),
    ]
    started, computed = time.perf_counter(), _computed()
    subprocess.run(words, check=True, cwd=COURSE, capture_output=True)
    seconds, computed = time.perf_counter() - started, _computed() - computed
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if len(rows) != count or not all(
        row["status"] == "graded" and row["points"] == row["of"] for row in rows
    ):
        raise RuntimeError(f"not every notebook got its points: {rows[:3]}")
    return count / seconds, computed / count


def _computed():
    """Return the CPU seconds of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def nbgrader(count, folder):
    """Return notebooks per second of `nbgrader autograde`, without its start."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    home = folder / "nbgrader"
    (home / "source" / "layer").mkdir(parents=True)
    shutil.copy(COURSE / "solutions" / f"{STEM}.ipynb", home / "source" / "layer")
    os.environ |= {
        "PYTHONPATH": str(COURSE),
        "HOME": str(folder),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
    }
    config = Config()
    config.CourseDirectory.root = str(home)
    config.CourseDirectory.db_url = f"sqlite:///{home / 'gradebook.db'}"
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    before = Path.cwd()
    os.chdir(home)
    try:
        api = NbGraderAPI(config=config)
        if not api.generate_assignment("layer")["success"]:
            raise RuntimeError("nbgrader could not make the assignment")
        learners = [f"learner{number:03d}" for number in range(count)]
        for learner, text in zip(learners, copies(count), strict=True):
            place = home / "submitted" / learner / "layer"
            place.mkdir(parents=True)
            (place / f"{STEM}.ipynb").write_text(text, encoding="utf-8")
        started = time.perf_counter()
        for learner in learners:
            if not api.autograde("layer", learner, force=True, create=True)["success"]:
                raise RuntimeError("nbgrader could not grade a notebook")
        return count / (time.perf_counter() - started)
    finally:
        os.chdir(before)


def profile(count, folder):
    """Return how the wall-clock time of one notebook is spent, in milliseconds, one notebook at a time."""
    from conv_course.grade import sandbox
    from conv_course.grade.grade import Grader
    from conv_course.grade.submissions import Found

    words = sandbox.trial()
    path = folder / "one.ipynb"
    path.write_text(next(copies(1)), encoding="utf-8")
    grader = Grader(1, words)
    grader.grade(Found("one", path))
    exercise = grader.exercise(STEM)
    start = words(
        exercise.folder,
    )
    python = os.path.realpath(sys.executable)
    numpy = f"import sys; sys.path += {sandbox.packages()!r}; import numpy"
    steps = {
        "bubblewrap alone": [*start, "/usr/bin/true"],
        "and Python": [*start, python, "-I", "-S", "-c", ""],
        "and NumPy": [*start, python, "-I", "-S", "-c", numpy],
    }
    times = {
        name: _milliseconds(lambda w=w: subprocess.run(w, check=True), count) for name, w in steps.items()
    }
    times["a whole notebook"] = _milliseconds(lambda: grader.grade(Found("one", path)), count)
    grader.close()
    return times


def store(rate, computed, notebooks, jobs, load):
    """Keep a measurement: `rate` in notebooks per second, `computed` in CPU seconds per notebook."""
    found = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine.describe(),
        "versions": {"python": machine.versions()["python"], "numpy": machine.versions()["numpy"]},
        "exercise": STEM,
        "notebooks": notebooks,
        "jobs": jobs,
        "load before": round(load, 1),
        "notebooks per second": round(rate, 2),
        "CPU ms per notebook": round(1000 * computed),
    }
    (table.RESULTS / "grading.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _milliseconds(call, count):
    found = []
    for _ in range(count):
        started = time.perf_counter()
        call()
        found.append(1000 * (time.perf_counter() - started))
    return sorted(found)[len(found) // 2]


def main(arguments=None):
    parser = argparse.ArgumentParser(allow_abbrev=False, description=__doc__.splitlines()[0])
    parser.add_argument("--notebooks", type=int, default=60, help="notebooks for the class grader")
    parser.add_argument("--nbgrader", type=int, default=4, help="notebooks for nbgrader; 0 omits it")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--every", action="store_true", help="also measure the class grader on all exercises")
    parser.add_argument("--profile", action="store_true", help="show how the time of one notebook is spent")
    parser.add_argument("--store", action="store_true", help="keep the class grader's result")
    chosen = parser.parse_args(arguments)
    load = os.getloadavg()[0]  # the class grader does not run on Windows either
    print(f"{os.cpu_count()} cores, load before {load:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, computed = class_grader(chosen.notebooks, chosen.jobs, folder)
        print(f"class grader: {ours:.2f} notebooks/s ({chosen.notebooks} notebooks, {chosen.jobs} jobs)")
        print(
            f"  it computed {1000 * computed:.0f} ms per notebook; other programs may have used the machine"
        )
        if chosen.store:
            store(ours, computed, chosen.notebooks, chosen.jobs, load)
        if chosen.nbgrader:
            theirs = nbgrader(chosen.nbgrader, folder)
            print(f"nbgrader autograde: {theirs:.2f} notebooks/s ({chosen.nbgrader} notebooks)")
            print(f"ratio: {ours / theirs:.1f}")
        others = sorted(path.stem for path in (COURSE / "solutions").glob("*.ipynb") if path.stem != STEM)
        for stem in others if chosen.every else ():
            rate, _ = class_grader(chosen.notebooks, chosen.jobs, folder, stem)
            print(f"{stem}: {rate:.2f} notebooks/s")
        if chosen.profile:
            for what, milliseconds in profile(7, folder).items():
                print(f"{what}: {milliseconds:.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
