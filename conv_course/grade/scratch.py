"""The temporary folder of a run. If a run was killed before it removed its folder, the next run does."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from conv_course.grade.text import PREFIX

LOCK = "in_use"


@contextlib.contextmanager
def folder():
    """Put all temporary files of this block into one folder, which is removed at its end."""
    _remove_left_behind()
    home = Path(tempfile.mkdtemp(prefix=PREFIX))
    before = tempfile.tempdir
    try:
        with _locked(home):
            tempfile.tempdir = str(home)
            yield home
    finally:
        tempfile.tempdir = before
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _locked(home):
    """Hold a lock in the folder. The system releases it if this process dies."""
    import fcntl  # not available on Windows, which the command refuses anyway

    with open(home / f"{LOCK}.new", "wb") as file:
        with contextlib.suppress(OSError):  # without locks, no folder is ever considered abandoned
            fcntl.flock(file, fcntl.LOCK_EX)
            # another run can see the lock only from now on, when it is already held
            os.rename(file.name, home / LOCK)
        yield


def _remove_left_behind():
    import fcntl

    for entry in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if entry.is_symlink() or entry.stat().st_uid != os.geteuid():
                continue
            with open(entry / LOCK, "rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(entry, ignore_errors=True)
