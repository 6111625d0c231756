"""Replace a file so that nothing is lost: not on a full disk, not by interruption, not by two at once."""

import contextlib
import os
import shutil

from conv_course.grade.records import Refused

try:
    import fcntl
except ImportError:  # Windows: the comparison in `replace` still holds
    fcntl = None


def replace(path, before, after):
    """Put `after` where `before` was, and keep that beside it; the path of what is kept.

    The new file is whole before the old one moves. Refuses if the file is no longer the one that was read.
    """
    path = os.path.realpath(path)
    aside = f"{path}.{os.getpid()}.part"
    with open(path, "rb") as held:
        if fcntl:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refused(f"another command writes {path} just now; nothing was changed in it") from None
        try:
            with open(aside, "xb") as file:
                file.write(after)
                file.flush()
                os.fsync(file.fileno())
            shutil.copymode(path, aside)
            with open(path, "rb") as now:  # opened anew: another command may have replaced it
                same = os.path.samestat(os.fstat(now.fileno()), os.fstat(held.fileno()))
                if not same or now.read() != before:
                    raise Refused(f"{path} was changed by somebody else meanwhile and is left so")
            kept = _keep(path, before)
            os.replace(aside, path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(aside)
    return kept


def _keep(path, data):
    """Write the old bytes under the first free name: NAME.before-1.csv, NAME.before-2.csv ..."""
    stem, end = os.path.splitext(path)
    number = 1
    while os.path.lexists(kept := f"{stem}.before-{number}{end}"):
        number += 1
    with open(kept, "xb") as file:  # x: never over what somebody else has put there meanwhile
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            os.unlink(kept)  # half a copy is none
            raise
    shutil.copymode(path, kept)
    return kept
