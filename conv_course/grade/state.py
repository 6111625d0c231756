"""OUT.state, the file next to the table of grades from which the same command resumes."""

import contextlib
import hashlib
import json
import os
from dataclasses import asdict, fields
from pathlib import Path

from conv_course.grade.given import COURSE, PACKAGES
from conv_course.grade.grade import NOT_GRADED, Record
from conv_course.grade.records import Refused

FORMAT = 2  # records of other formats are ignored: format 1 also stored faults of the machine as results
RECORD = b'{"key": "'
NAMES = {field.name for field in fields(Record)}


def course_version():
    """Return a digest of the course's code. It changes with the checker, the sheets and the kernels."""
    found = hashlib.sha256()
    for path in sorted(path for name in PACKAGES for path in (COURSE / name).rglob("*.py")):
        found.update(str(path.relative_to(COURSE)).encode() + path.read_bytes())
    return found.hexdigest()[:16]


class State:
    """A file with one line of JSON per item: the seed, a record, the digest of the last table.

    Records stay in the file, and memory holds only their offsets. Two commands cannot open the same state.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.seed, self.table = None, None
        self._places, self._file, self._end = {}, None, 0
        self._version = course_version()
        first = b""
        if self.path.is_file():
            with self.path.open("rb") as file:
                for line in file:
                    first = first or line.strip()
                    self._look(line)
                    self._end += len(line)
        # a truncated file may hold only the beginning of its first line
        self.is_foreign = self.seed is None and not b'{"seed": '.startswith(first[:9])

    def _look(self, line):
        if line.startswith(RECORD) and line.endswith(b"}}\n"):
            key = line[len(RECORD) : len(RECORD) + 32]
            with contextlib.suppress(ValueError):
                self._places[bytes.fromhex(key.decode("ascii"))] = self._end, len(line)
            return
        try:
            row = json.loads(line)
            self.seed = int(row["seed"]) if "seed" in row else self.seed
            self.table = str(row["table"]) if "table" in row else self.table
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return  # the run was interrupted while it wrote this line

    def key(self, seed, name, digest):
        text = json.dumps([FORMAT, seed, self._version, name, digest])
        return hashlib.sha256(text.encode()).digest()[:16]

    def get(self, key):
        """Return the record of a key, or None if there is no readable one."""
        if key not in self._places:
            return None
        place, size = self._places[key]
        with contextlib.ExitStack() as stack:
            file = self._file or stack.enter_context(self.path.open("rb"))
            line = os.pread(file.fileno(), size, place)
        try:
            row = json.loads(line)["record"]
            return Record(**{name: value for name, value in row.items() if name in NAMES})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            del self._places[key]
            return None

    def begin(self, seed):
        """Open the file and write the seed. Records of other seeds stay in it, under different keys."""
        import fcntl  # not available on Windows, which the command refuses anyway

        # the file holds the hidden seed, so nobody else may read it
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "rb+", buffering=0)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise Refused(f"another command is grading into {self.path}; nothing was changed") from None
        except OSError:
            pass  # a file system without locks
        self._end = os.fstat(descriptor).st_size
        self.seed = seed
        self._write({"seed": seed}, "\n")  # the newline ends a line that an interruption truncated

    def close(self):
        if self._file:
            self._file.close()
            self._file = None

    def add(self, key, record):
        """Store a record, unless it is a fault of the machine. Return whether it was stored."""
        if record.status == NOT_GRADED:
            return False
        place, size = self._write({"key": key.hex(), "record": asdict(record)})
        self._places[key] = place, size
        return True

    def add_table(self, digest):
        self.table = digest
        self._write({"table": digest})

    def _write(self, row, before=""):
        data = (before + json.dumps(row) + "\n").encode()
        place, left = self._end, data
        while left:
            count = self._file.write(left)
            self._end, left = self._end + count, left[count:]
        return place, len(data)
