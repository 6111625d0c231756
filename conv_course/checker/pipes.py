"""Read from a process that may write without end."""

import os
import select
import time


def collect(reading, seconds, most):
    """What comes through a pipe, and why it ends there: "ended", "time" or "output" (more than `most`)."""
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
