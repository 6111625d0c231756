"""Notice Ctrl-C and SIGTERM, and end the processes that were started."""

import contextlib
import os
import signal
import subprocess
import threading
from pathlib import Path


class Stop:
    """Whether the command was told to stop."""

    asked = False

    def __call__(self, number, frame):
        self.asked = True


@contextlib.contextmanager
def noticed():
    """Yield a `Stop` for this block. A second Ctrl-C has no effect: the remaining work takes seconds."""
    stop, before = Stop(), {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, stop)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_children():
    """Kill the running sandboxes with their children: each one leads a process group."""
    for child in _children():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child, signal.SIGKILL)


def _children():
    """Return the IDs of the processes whose parent is this process."""
    if Path("/proc/self/stat").is_file():
        rows = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # the process has ended meanwhile
                # the second field, the name in brackets, may itself contain spaces and brackets
                rows.append((path.parent.name, path.read_bytes().rpartition(b")")[2].split()[1]))
    else:
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=False)
        rows = [line.split() for line in listed.stdout.splitlines()]
    return [int(process) for process, parent in rows if int(parent) == os.getpid()]
