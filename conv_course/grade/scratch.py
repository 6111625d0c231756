"""The one temporary folder of a run. A run that was killed could not remove its own: the next one does."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "grade_class_"
LOCK = "in_use"


@contextlib.contextmanager
def folder():
    """Have all temporary files of this block made in a folder that goes with it."""
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
    """Hold a lock in the folder; the system drops it if we die."""
    import fcntl  # not on Windows, which the command refuses anyhow

    with open(home / f"{LOCK}.new", "wb") as file:
        with contextlib.suppress(OSError):  # without locks nothing is ever taken for left behind
            fcntl.flock(file, fcntl.LOCK_EX)
            # only now can another run see the lock, and it sees it held
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
