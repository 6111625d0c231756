"""Grade one submission in a platform's autograder, in the best sandbox available."""

import json
import os
import tempfile
from pathlib import Path

from conv_course.checker.questions import load_sheet
from conv_course.grade import sandbox, submissions
from conv_course.grade.archives.unpack import Unpacker
from conv_course.grade.grade import Grader, begun
from conv_course.grade.submissions import Found

NOBODY = 65534  # the user with the fewest rights
BARE = "without bubblewrap, the code ran {how}"


def config(folder):
    return json.loads(Path(folder, "config.json").read_text(encoding="utf-8"))


def grade(settings, folder):
    """Return the record of the exercise's notebook in a folder, and a remark on the sandbox."""
    try:
        words, remark, limits = sandbox.trial(), "", sandbox.Limits()
    except sandbox.NoSandbox as reason:
        words, root = None, os.geteuid() == 0
        limits = sandbox.Limits(user=NOBODY if root else None)
        how = "as a user who can read no file of the grader's" if root else "as the user who grades"
        remark = f"{BARE.format(how=how)} ({reason})"
    stem = settings["exercise"]
    with tempfile.TemporaryDirectory(prefix="grade_") as scratch:
        found, _ = submissions.find(folder, Unpacker(scratch))
        grader = Grader(settings["seed"], words, limits)
        try:
            records = [grader.grade(one) for one in found if not one.empty][: submissions.MOST_FOUND]
        finally:
            grader.close()
    right = [record for record in records if record.exercise == stem]
    if not right:
        why = "; ".join(r.reason for r in records if r.reason) or submissions.NO_NOTEBOOK
        right = [begun(Found("", Path(folder)), reason=f"there is no notebook of {stem}: {why}")]
    record = right[0]
    if len(right) > 1:
        record.notes.append(f"of {len(right)} notebooks of this exercise, {record.file} was graded")
    record.of = record.of or load_sheet(stem).points
    return record, remark


def put(path, text):
    """Write a result completely or not at all."""
    aside = f"{path}.part"
    with open(aside, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(aside, path)
