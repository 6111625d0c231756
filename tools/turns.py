"""Let one course.py at a time do a thing: a second one waits for its turn.

Standard library only: the installation uses it before anything is installed.
"""

import contextlib
import errno
import os
import time


@contextlib.contextmanager
def alone(path, waiting, say=None):
    """Hold the lock file `path`; say `waiting` once if another process holds it. If we die, it is free."""
    with open(path, "a+b") as file:
        told = False
        while not _try_lock(file):
            if not told:
                (say or _print)(waiting)
                told = True
            time.sleep(0.5)
        yield


def _print(text):
    print(text, flush=True)


def _try_lock(file):
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            return False
        raise
    return True
