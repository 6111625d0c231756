"""`grade --demo`: make a small class in Canvas's download format, and grade it with every option."""

import copy
import json
import os
import zipfile
from pathlib import Path

from conv_course.checker.questions import load_sheet
from conv_course.grade.given import COURSE
from conv_course.grade.records import Refused

STEM = "02_slide_a_kernel"
LOOP = "while True:\n    pass\n"
PEEK = "import glob\nprint(glob.glob('/home/**/solutions/*', recursive=True))\nopen('/etc/passwd').read()\n"


def learners():
    """Yield (name, Canvas ID, whether late, [text of each file handed in])."""
    sheet = load_sheet(STEM)
    slips = {q.name: [w for w in q.wrongs if w.slip] for q in sheet}
    shared = [(name, slips[name][0].slip.source) for name in slips if slips[name]]
    yield "Ada Lovelace", 501, False, [_notebook()]
    yield "Niels Bohr", 502, False, [_notebook(dict(shared[:1]))]
    yield "Marie Curie", 503, True, [_notebook(dict(shared)), _notebook(dict(shared[:1]))]
    yield "Emmy Noether", 504, False, [_notebook(dict(shared[1:2]))]
    yield "Alan Turing", 505, False, [_notebook(last=LOOP)]
    yield "Grace Hopper", 506, False, [_notebook(last=PEEK)]
    yield "Carl Gauss", 507, False, [(COURSE / "exercises" / f"{STEM}.ipynb").read_text(encoding="utf-8")]
    yield "Sofia Kovalevskaya", 508, False, ["this is no notebook"]


def _notebook(answers=None, last=None):
    """Return the solution notebook with some answers replaced and, with `last`, one more cell."""
    path = COURSE / "solutions" / f"{STEM}.ipynb"
    notebook = copy.deepcopy(json.loads(path.read_text(encoding="utf-8")))
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if grade_id.removeprefix("answer-") in (answers or {}):
            cell["source"] = answers[grade_id.removeprefix("answer-")]
    if last:
        cell = {"cell_type": "code", "id": "last", "metadata": {}, "outputs": [], "execution_count": None}
        notebook["cells"].append(cell | {"source": last})
    return json.dumps(notebook)


def make(place):
    """Write the class and its gradebook into a new folder. Return the arguments that grade it."""
    place = Path(place)
    if os.path.lexists(place):
        raise Refused(f"{place} exists; the demonstration needs a new folder: --demo OTHER_NAME")
    place.mkdir(parents=True)
    rows, attachment = [], 9000
    with zipfile.ZipFile(place / "submissions.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for name, number, late, texts in learners():
            first, last = name.lower().split()
            for again, text in enumerate(texts):
                attachment += 1
                end = f"-{again}.ipynb" if again else ".ipynb"
                mark = "LATE_" if late else ""
                file.writestr(f"{last}{first}_{mark}{number}_{attachment}_{STEM}{end}", text)
            rows.append(f'"{name.split()[1]}, {name.split()[0]}",{number},{first},Monday,\r\n')
    head = "Student,ID,SIS Login ID,Section,Slide a kernel (77)\r\n    Points Possible,,,,{of:g}\r\n"
    (place / "gradebook.csv").write_text(
        head.format(of=load_sheet(STEM).points) + "".join(rows), encoding="utf-8", newline=""
    )
    (place / "secret").write_bytes(os.urandom(32).hex().encode())
    out = {"csv": "grades.csv", "feedback": "feedback", "report": "report", "into": "gradebook.csv"}
    words = [str(place / "submissions.zip"), "--per-learner", str(place / "secret")]
    for option, name in out.items():
        words += [f"--{option}", str(place / name)]
    return words


WHAT = """
What you have now, in {place}:
  submissions.zip         what Canvas hands out: eight learners, one of them late and twice
  grades.csv              the table of grades, with a reason for each learner without points
  gradebook.csv           what Canvas exports, with one column filled; the file as it was is beside it
  feedback/               one page per learner
  report/report.html      what the class can do and where it errs
The command that did it, for a class of your own:
  python3 course.py grade {words}
"""
