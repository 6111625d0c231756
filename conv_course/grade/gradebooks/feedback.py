"""A zip of feedback pages for Moodle's "Upload multiple feedback files in a zip".

Moodle (mod/assign/feedback/file/importziplib.php) splits a folder's name at underscores into full name,
number, and the plugin's type and name. So the zip has the same folders as the download, each with one page.
"""

import os
import zipfile
from pathlib import Path

from conv_course.grade import outputs
from conv_course.grade import records as pages
from conv_course.grade.archives.names import moodle_folder
from conv_course.grade.records import Refused

COMMENT = b"feedback pages of course.py grade"


def check_zip(path, folder):
    """Make the zip's folder. Refuse to replace a file that is not our zip, or to write among submissions."""
    if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise Refused(f"{path} is in the folder of submissions, to which nothing is written")
    if os.path.isdir(path):
        raise Refused(f"{path} is a folder; name a file in it")
    outputs.make(path.parent)
    if os.path.lexists(path) and not _is_ours(path):
        raise Refused(f"{path} exists and is not a zip of feedback; nothing was changed. Choose another name")


def _is_ours(path):
    try:
        with zipfile.ZipFile(path) as file:
            return file.comment == COMMENT
    except (OSError, zipfile.BadZipFile):
        return False


def write_zip(path, groups):
    """Write the zip. Return how many learners are in it, and the names of those without a Moodle folder.

    `groups` are pairs of a learner and their records.
    """
    path = Path(os.path.realpath(path))
    aside, count, left = path.with_name(f"{path.name}.{os.getpid()}.part"), 0, []
    try:
        with zipfile.ZipFile(aside, "w") as file:
            file.comment = COMMENT
            for learner, theirs in groups:
                folder = next(filter(None, (moodle_folder(r.file.split("/")[0]) for r in theirs)), None)
                if folder is None:
                    left.append(learner)
                    continue
                # ZipInfo has a fixed date, so the same pages give the same zip
                entry = zipfile.ZipInfo(f"{folder}/feedback.html")
                file.writestr(entry, pages.page(learner, theirs).encode(), zipfile.ZIP_DEFLATED)
                count += 1
        if not count:
            raise Refused(f"{path} was not written: no folder has a name from Moodle (NAME_NUMBER_assign...)")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return count, left
