"""Read from a process that may never stop writing."""

import os
import select
import time


def collect(reading, seconds, most):
    """Read a pipe. Return the bytes and why reading stopped: "ended", "time" or "output" (over `most`)."""
    deadline = time.monotonic() + seconds
    parts, size = [], 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            return b"".join(parts), "time"
        part = os.read(reading, 1 << 16)
        if not part:
            return b"".join(parts), "ended"
        parts.append(part)
        size += len(part)
        if size > most:
            return b"".join(parts), "output"
