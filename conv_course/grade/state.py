"""OUT.state, the file beside the table of grades that lets the same command go on where it was."""

import contextlib
import hashlib
import json
import os
from dataclasses import asdict, fields
from pathlib import Path

from conv_course.grade.given import COURSE, PACKAGES
from conv_course.grade.grade import NOT_GRADED, Record
from conv_course.grade.records import Refused

FORMAT = 2  # records of another format are not used: format 1 also kept faults of the machine as results
RECORD = b'{"key": "'
NAMES = {field.name for field in fields(Record)}


def course_version():
    """Changes when the checker, a sheet or a kernel does."""
    found = hashlib.sha256()
    for path in sorted(path for name in PACKAGES for path in (COURSE / name).rglob("*.py")):
        found.update(str(path.relative_to(COURSE)).encode() + path.read_bytes())
    return found.hexdigest()[:16]


class State:
    """One line of JSON for each thing that is known: the seed, a record, the last table's digest.

    Records stay in the file; in memory is only where they are. Two commands cannot have one state open.
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
        # a file that was cut short may hold the beginning of its first line
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
            return  # a line that was being written when the run was interrupted

    def key(self, seed, name, digest):
        text = json.dumps([FORMAT, seed, self._version, name, digest])
        return hashlib.sha256(text.encode()).digest()[:16]

    def get(self, key):
        """The record of a key, or None where there is none that can be read."""
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
        """Open the file and note the seed. Records of other seeds stay in it; their keys are different."""
        import fcntl  # not on Windows, which the command refuses anyhow

        # it holds the hidden seed, so nobody else may read it
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "rb+", buffering=0)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise Refused(
                f"another command is grading into {self.path} just now; nothing was changed"
            ) from None
        except OSError:
            pass  # a file system without locks
        self._end = os.fstat(descriptor).st_size
        self.seed = seed
        self._write({"seed": seed}, "\n")  # ends a line that an interruption cut short

    def close(self):
        if self._file:
            self._file.close()
            self._file = None

    def add(self, key, record):
        """Keep a record, unless it tells of a fault that may be gone next time; whether it was kept."""
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
