"""OUT.state, the file beside the table of grades that lets the same command go on where it was."""

import hashlib
import json
import os
from dataclasses import asdict, fields
from pathlib import Path

from conv_course.grade.given import COURSE, PACKAGES
from conv_course.grade.grade import NOT_GRADED, Record

FORMAT = 2  # records of another format are not used: format 1 also kept faults of the machine as results
NAMES = {field.name for field in fields(Record)}


def course_version():
    """Changes when the checker, a sheet or a kernel does."""
    found = hashlib.sha256()
    for path in sorted(path for name in PACKAGES for path in (COURSE / name).rglob("*.py")):
        found.update(str(path.relative_to(COURSE)).encode() + path.read_bytes())
    return found.hexdigest()[:16]


class State:
    """One line of JSON for each thing that is known: the seed, a record, the last table's digest."""

    def __init__(self, path):
        self.path = Path(path)
        self.seed, self.table, self.records = None, None, {}
        self._version = course_version()
        text = self.path.read_text(encoding="utf-8", errors="replace") if self.path.is_file() else ""
        for line in text.splitlines():
            self._load(line)
        # a file that was cut short may hold the beginning of its first line
        self.is_foreign = self.seed is None and not '{"seed": '.startswith(text.lstrip()[:9])

    def _load(self, line):
        try:
            row = json.loads(line)
            if "seed" in row:
                self.seed = int(row["seed"])
            elif "table" in row:
                self.table = str(row["table"])
            else:
                known = {name: value for name, value in row["record"].items() if name in NAMES}
                self.records[row["key"]] = Record(**known)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return  # a line that was being written when the run was interrupted

    def key(self, seed, name, digest):
        text = json.dumps([FORMAT, seed, self._version, name, digest])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def begin(self, seed):
        """Note the seed. Records of other seeds stay in the file; their keys are different."""
        self.seed = seed
        self._write({"seed": seed}, "\n")  # ends a line that an interruption cut short

    def add(self, key, record):
        """Keep a record, unless it tells of a fault that may be gone next time."""
        if record.status != NOT_GRADED:
            self.records[key] = record
            self._write({"key": key, "record": asdict(record)})

    def add_table(self, digest):
        self.table = digest
        self._write({"table": digest})

    def _write(self, row, before=""):
        # it holds the hidden seed, so nobody else may read it
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(before + json.dumps(row) + "\n")
