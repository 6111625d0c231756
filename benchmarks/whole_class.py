"""Grade a class from the platform's download to the platform's upload, with no file edited by hand.

    python -m benchmarks.whole_class [--learners 300]

It makes the download and the exported gradebook as Moodle, Canvas and nbgrader do, runs one command for each,
and checks the data that the platform's importer would read. For Gradescope it ends at the table.
"""

import argparse
import csv
import io
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from conv_course.grade.given import COURSE

from .grading_throughput import STEM, copies


def names(count):
    return [(f"{1000 + number}", f"Learner Number{number}") for number in range(count)]


def moodle(folder, texts):
    """Write Moodle's zip of folders and its offline grading worksheet."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade"])
    with zipfile.ZipFile(folder / "download.zip", "w") as file:
        for (number, name), text in texts:
            file.writestr(f"{name}_{number}_assignsubmission_file_/work.ipynb", text)
            sheet.writerow([f"Participant {number}", name, f"{number}@uni.edu", "Submitted", "", "100.00"])
    return out.getvalue(), {f"Participant {number}" for (number, _), _ in texts}, (0, 4)


def canvas(folder, texts):
    out = io.StringIO()
    book = csv.writer(out)
    book.writerow(["Student", "ID", "SIS Login ID", "Section", "Slide a kernel (77)"])
    book.writerow(["    Points Possible", "", "", "", "100"])
    with zipfile.ZipFile(folder / "download.zip", "w") as file:
        for place, ((number, name), text) in enumerate(texts):
            file.writestr(f"{name.lower().replace(' ', '')}_{number}_{9000 + place}_work.ipynb", text)
            book.writerow([name, number, f"login{number}", "Monday", ""])
    return out.getvalue(), {number for (number, _), _ in texts}, (1, 4)


def nbgrader(folder, texts):
    out = io.StringIO()
    book = csv.writer(out)
    book.writerow(["assignment", "student_id", "late_submission_penalty", "score", "max_score"])
    with zipfile.ZipFile(folder / "download.zip", "w") as file:
        for (number, _), text in texts:
            file.writestr(f"submitted/{number}/{STEM}/{STEM}.ipynb", text)
            book.writerow([STEM, number, "0.0", "0.0", "100"])
    return out.getvalue(), {number for (number, _), _ in texts}, (1, 3)


def gradescope(folder, texts):
    lines = []
    with zipfile.ZipFile(folder / "download.zip", "w") as file:
        for place, ((number, name), text) in enumerate(texts):
            file.writestr(f"export/submission_{place}/work.ipynb", text)
            lines += [f"submission_{place}:", "  :submitters:", f"  - :name: {name}", f"    :sid: '{number}'"]
        file.writestr("export/submission_metadata.yml", "\n".join(lines))
    return None, {number for (number, _), _ in texts}, None


def tried(make, texts):
    """Run the command on one platform's download. Return the seconds and the points that it would read."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        book, wanted, columns = make(folder, texts)
        words = [sys.executable, "-m", "conv_course.grade", str(folder / "download.zip")]
        words += ["--csv", str(folder / "grades.csv"), "--report", str(folder / "report")]
        if book:
            (folder / "book.csv").write_text(book, encoding="utf-8", newline="")
            words += ["--into", str(folder / "book.csv")]
        if make is moodle:
            words += ["--feedback-zip", str(folder / "feedback.zip")]
        started = time.monotonic()
        ended = subprocess.run(words, cwd=COURSE, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - started
        if ended.returncode:
            raise RuntimeError(f"{make.__name__}: {ended.stderr[-500:]}")
        with (folder / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            points = {row["points"] for row in csv.DictReader(file)}
        marks = _marks(folder / "book.csv", *columns) if book else dict.fromkeys(wanted, *points)
        if {who: marks.get(who) for who in wanted} != dict.fromkeys(wanted, *points):
            raise RuntimeError(f"{make.__name__}: not everybody's mark is there")
        if make is moodle:
            with zipfile.ZipFile(folder / "feedback.zip") as file:
                pages = len(file.namelist())
            if pages != len(wanted):
                raise RuntimeError(f"feedback for {pages} of {len(wanted)}")
    return seconds, *points


def _marks(path, who, mark):
    with path.open(encoding="utf-8", newline="") as file:
        return {row[who]: row[mark] for row in csv.reader(file)}


def main(arguments=None):
    parser = argparse.ArgumentParser(allow_abbrev=False, description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=300)
    chosen = parser.parse_args(arguments)
    texts = list(zip(names(chosen.learners), copies(chosen.learners), strict=True))
    for make in (moodle, canvas, nbgrader, gradescope):
        seconds, _ = tried(make, texts)
        rate = chosen.learners / seconds
        print(f"{make.__name__}: {chosen.learners} learners in {seconds:.0f} s ({rate:.1f} per second)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
