"""A zip of feedback pages for Moodle's "Upload multiple feedback files in a zip".

Moodle (mod/assign/feedback/file/importziplib.php) splits a folder's name at underscores: full name, number,
kind and name of the plugin. So the zip has the folders of the download, each with one page.
"""

import os
import tempfile
import zipfile
from pathlib import Path

from conv_course.grade import records as pages
from conv_course.grade.archives.names import moodle_folder
from conv_course.grade.records import Refused

COMMENT = b"feedback pages of course.py grade"


def check_zip(path, folder):
    """Refuse to replace a file that is no zip of ours, and to write among the submissions."""
    if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise Refused(f"{path} lies in the folder of submissions, where nothing is written")
    if not os.access(os.path.dirname(os.path.realpath(path)), os.W_OK):
        raise Refused(f"{path} cannot be written")
    if os.path.lexists(path) and not _is_ours(path):
        raise Refused(f"{path} exists and is no zip of feedback; nothing was changed. Choose another name")


def _is_ours(path):
    try:
        with zipfile.ZipFile(path) as file:
            return file.comment == COMMENT
    except (OSError, zipfile.BadZipFile):
        return False


def write_zip(path, records):
    """Write the zip; how many learners are in it, and the names of those who have no Moodle folder."""
    learners = list(dict.fromkeys(record.learner for record in records))
    folders = {r.learner: folder for r in records if (folder := moodle_folder(r.file.split("/")[0]))}
    if not folders:
        raise Refused(f"{path} was not written: no folder has a name from Moodle (NAME_NUMBER_assign...)")
    path = Path(os.path.realpath(path))
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(aside, "w") as file:
            pages.write_feedback(folder, records)
            names = pages.page_names(learners)
            file.comment = COMMENT
            for learner in filter(folders.get, learners):
                # ZipInfo has a fixed date: the same pages make the same zip
                entry = zipfile.ZipInfo(f"{folders[learner]}/feedback.html")
                file.writestr(entry, Path(folder, names[learner]).read_bytes(), zipfile.ZIP_DEFLATED)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return len(folders), [learner for learner in learners if learner not in folders]
