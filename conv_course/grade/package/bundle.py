"""Gather the contents of an autograder: the course, the exercise, the seed, and the start script."""

import json
import zipfile
from pathlib import Path

from conv_course.grade.given import COURSE, PACKAGES

KEPT = (".py", ".json", ".npz", ".m")
SETUP = """#!/usr/bin/env bash
set -e
apt-get update
apt-get install -y python3 python3-pip python3-venv bubblewrap
python3 -m venv /autograder/python
/autograder/python/bin/python -m pip install "numpy>=2.0"
chmod -R go-rwx /autograder/source
"""
RUN = """#!/usr/bin/env bash
python=/autograder/python/bin/python
[ -x "$python" ] || python=python3
cd "$(dirname "$0")"
exec "$python" -m conv_course.grade.package.gradescope /autograder
"""
AUTOGRADER = '''"""Grades the exercise in this checkout; Classroom 50 runs it and reads ./result.json."""

import os
import sys
from pathlib import Path

CHECKOUT = Path.cwd()
HERE = Path(__file__).resolve().parent
os.environ["PYTHONPATH"] = str(HERE)
sys.exit(os.spawnv(os.P_WAIT, sys.executable, [
    sys.executable, "-m", "conv_course.grade.package.classroom50", str(HERE), str(CHECKOUT)]))
'''
WORKFLOW = """name: Grade
on: [push, workflow_dispatch]
permissions:
  contents: read
jobs:
  grade:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
      - run: sudo apt-get update && sudo apt-get install -y bubblewrap
      - run: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 || true
      - run: python3 -m pip install "numpy>=2.0"
      - run: PYTHONPATH=.github/grade python3 -m conv_course.grade.package.actions .github/grade .
"""


def files_of(stem):
    """Yield (name, bytes) of the course's files that grading an exercise needs."""
    for name in PACKAGES:
        for path in sorted((COURSE / name).rglob("*")):
            if path.is_file() and path.suffix in KEPT and "__pycache__" not in path.parts:
                yield str(path.relative_to(COURSE)), path.read_bytes()
    for folder in ("exercises", "solutions"):
        path = COURSE / folder / f"{stem}.ipynb"
        if path.is_file():
            yield f"{folder}/{stem}.ipynb", path.read_bytes()


def write(kind, stem, out, seed):
    """Write the package. Return sentences for the teacher."""
    config = json.dumps({"exercise": stem, "seed": seed}).encode()
    if kind == "gradescope":
        own = {"setup.sh": SETUP, "run_autograder": RUN, "config.json": config}
        with zipfile.ZipFile(out, "x", zipfile.ZIP_DEFLATED) as file:
            for name, data in [*own.items(), *files_of(stem)]:
                entry = zipfile.ZipInfo(name)
                entry.external_attr = (0o100755 if name in ("setup.sh", "run_autograder") else 0o100644) << 16
                file.writestr(entry, data, zipfile.ZIP_DEFLATED)
        return [f"{out}: upload it as the autograder of a programming assignment"]
    below = ".github/grade/" if kind == "actions" else ""
    own = {f"{below}config.json": config}
    own |= {".github/workflows/grade.yml": WORKFLOW} if below else {"autograder.py": AUTOGRADER}
    for name, data in [*own.items(), *((below + name, data) for name, data in files_of(stem))]:
        path = Path(out) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    if below:
        return [
            f"{out}/.github: put it into the repository that learners get.",
            "It holds the seed and the solution: whoever can read the repository can read them.",
        ]
    return [f"{out}: put it into the classroom as autograders/ASSIGNMENT"]
