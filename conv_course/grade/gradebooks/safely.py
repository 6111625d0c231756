"""Replace a file without losing data on a full disk, an interruption or a concurrent command."""

import contextlib
import os
import shutil

from conv_course.grade.records import Refused

try:
    import fcntl
except ImportError:  # Windows: `replace` still compares the contents
    fcntl = None


def replace(path, before, after):
    """Replace the contents `before` by `after`, and return the path of a copy of the old file.

    The new file is complete before it replaces the old one. Raise `Refused` if the file has changed since it
    was read.
    """
    path = os.path.realpath(path)
    aside = f"{path}.{os.getpid()}.part"
    with open(path, "rb") as held:
        if fcntl:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refused(f"another command is writing {path}; nothing was changed in it") from None
        try:
            with open(aside, "xb") as file:
                file.write(after)
                file.flush()
                os.fsync(file.fileno())
            shutil.copymode(path, aside)
            with open(path, "rb") as now:  # open it again: another command may have replaced it
                same = os.path.samestat(os.fstat(now.fileno()), os.fstat(held.fileno()))
                if not same or now.read() != before:
                    raise Refused(f"{path} was changed by somebody else meanwhile and was not overwritten")
            kept = _keep(path, before)
            os.replace(aside, path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(aside)
    return kept


def _keep(path, data):
    """Write the old bytes to the first unused name of NAME.before-1.csv, NAME.before-2.csv, ..."""
    stem, end = os.path.splitext(path)
    number = 1
    while os.path.lexists(kept := f"{stem}.before-{number}{end}"):
        number += 1
    with open(kept, "xb") as file:  # x: never overwrite a file that somebody else has created meanwhile
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            os.unlink(kept)  # do not leave half a copy
            raise
    shutil.copymode(path, kept)
    return kept
