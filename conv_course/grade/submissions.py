"""Find the submissions and read them as data. Nothing here runs a learner's code."""

import errno
import hashlib
import os
import re
import stat
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

LARGEST = 32 << 20
LARGEST_SOURCE = 1 << 20  # bytes of one .m file
LARGEST_SOURCES = 4 << 20  # bytes of all .m files in one folder
MOST_SOURCES = 100
DEEP = 4  # levels of folders within a learner's folder
MOST_ENTRIES = 5000  # files and folders in a learner's folder
MOST_FOUND = 100  # notebooks and folders of .m files in a learner's folder
JUNK = ("__MACOSX", "__pycache__")
OF_A_DESKTOP = ("__MACOSX", ".DS_Store", "._")  # beginnings of names that macOS adds: nobody handed them in
A_LINK = "this is a link; links are not followed"


class Unreadable(Exception):
    """The reason why a submission cannot be graded at all, in words for the teacher."""


NO_NOTEBOOK = "there is no notebook in this folder"
OTHER_FILE = "this is not a notebook (.ipynb)"


@dataclass(frozen=True)
class Found:
    """One submission: its learner and its path.

    If it cannot be read, `problem` gives the reason if it lies in the submission, `fault` if it lies in this
    machine. `file` is the path as the teacher knows it, within the folder or the zip. `ids` are the names
    that a gradebook may use for the learner. `notes` are known before anything runs.
    """

    learner: str
    path: Path
    problem: str = ""
    kind: str = "notebook"
    fault: OSError | None = None
    file: str = ""
    ids: tuple = ()
    notes: tuple = ()

    def __post_init__(self):
        if not self.file:
            object.__setattr__(self, "file", str(self.path))

    @property
    def empty(self):
        """Return whether there is simply no notebook, as opposed to an unreadable one."""
        return self.problem in (NO_NOTEBOOK, OTHER_FILE)


@dataclass(frozen=True)
class Sources:
    """{name: bytes} of a folder's .m files, and notes on the files that were left out."""

    files: dict
    notes: list = field(default_factory=list)


def find(folder, unpacker=None):
    """Return the submissions in a folder, and the names of what was skipped, as `Found.file` tells them.

    There is one `Found` per notebook or folder of .m files, and also one for each learner without a notebook
    and for each file of another kind. `unpacker`, an `archives.unpack.Unpacker`, opens zips among the files
    and knows which of their members it left out.
    """
    found, passed = [], []
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        path = Path(entry.path)
        learner = path.stem if _is_notebook(entry) or _is_zip(entry) else entry.name
        theirs = _LearnersFolder(learner, passed, unpacker)
        if _is_hidden(entry):
            passed += _told(entry, entry.name)
        elif entry.is_symlink():
            found.append(Found(learner, path, A_LINK, file=entry.name))
        elif problem := theirs.problems.get(path):
            found.append(Found(learner, path, problem, file=entry.name))
        elif entry.is_dir():
            found += theirs.found(path, entry.name)
        elif _is_notebook(entry):
            found.append(Found(learner, path, file=entry.name))
        elif _is_zip(entry) and unpacker:
            found += theirs.found_in_zip(path, entry.name)
        else:
            found.append(Found(learner, path, OTHER_FILE, file=entry.name))
    return found, passed


class _LearnersFolder:
    """A learner's folder, which may hold any kind and any number of files."""

    def __init__(self, learner, passed, unpacker=None):
        self.learner, self.passed, self.left, self.unpacker = learner, passed, MOST_ENTRIES, unpacker
        self.problems = unpacker.problems if unpacker else {}

    def found(self, path, file):
        found = list(islice(self._look(path, file, 1), MOST_FOUND + 1))
        if len(found) > MOST_FOUND:
            more = (
                f"this learner handed in more than {MOST_FOUND}: this one and those after it are not graded"
            )
            found[-1] = Found(self.learner, found[-1].path, more, file=found[-1].file)
        return found or [Found(self.learner, path, NO_NOTEBOOK, file=file)]

    def found_in_zip(self, path, file):
        folder = self._unpacked(path, file)
        return [folder] if isinstance(folder, Found) else self.found(folder, file)

    def _unpacked(self, path, file):
        """Unpack a learner's zip. Return the folder, or a `Found` with the reason if this fails."""
        try:
            return self.unpacker.learners(path)
        except OSError as error:
            return Found(self.learner, path, fault=error, file=file)
        except Unreadable as reason:
            return Found(self.learner, path, str(reason), file=file)

    def _look(self, folder, file, depth):
        try:
            with os.scandir(folder) as entries:
                entries = list(islice(entries, self.left + 1))
        except OSError as error:
            yield Found(self.learner, folder, fault=error, file=file)
            return
        self.left -= len(entries)
        if self.left < 0:
            problem = f"there are more than {MOST_ENTRIES} files; what is in this folder is not graded"
            yield Found(self.learner, folder, problem, file=file)
            return
        entries.sort(key=lambda e: e.name)
        if any(e.name.endswith(".m") and e.is_file(follow_symlinks=False) for e in entries):
            yield Found(self.learner, folder, kind="matlab", file=file)
        for entry in entries:
            yield from self._entry(entry, f"{file}/{entry.name}", depth)

    def _entry(self, entry, file, depth):
        path = Path(entry.path)
        if _is_hidden(entry):
            self.passed += _told(entry, file)
        elif entry.is_symlink():
            if _is_notebook(entry) or entry.name.endswith(".m") or os.path.isdir(path):
                yield Found(self.learner, path, A_LINK, file=file)
        elif problem := self.problems.get(path):
            yield Found(self.learner, path, problem, file=file)
        elif entry.is_dir():
            if depth < DEEP:
                yield from self._look(path, file, depth + 1)
            else:
                self.passed.append(file)
        elif _is_notebook(entry):
            yield Found(self.learner, path, file=file)
        elif _is_zip(entry) and self.unpacker and depth < DEEP:
            inner = self._unpacked(path, file)
            if isinstance(inner, Found):
                yield inner
            else:
                yield from self._look(inner, file, depth + 1)


def _is_hidden(entry):
    return entry.name.startswith(".") or entry.name in JUNK


def _told(entry, file):
    """Return the skipped file in a list, or an empty one if the teacher need not hear of it."""
    return [] if entry.name.startswith(OF_A_DESKTOP) else [file]


def _is_notebook(entry):
    return entry.name.lower().endswith(".ipynb")


def _is_zip(entry):
    return entry.name.lower().endswith(".zip")


def content(found):
    """Return the bytes of a notebook, or the `Sources` of a folder of .m files. Never follows a link.

    Raise `Unreadable` if the submission is at fault, OSError if this machine is.
    """
    if found.fault:
        raise found.fault
    if found.problem:
        raise Unreadable(found.problem)
    return _sources(found.path) if found.kind == "matlab" else _read(found.path, LARGEST)


def _sources(folder):
    with os.scandir(folder) as entries:
        names = [entry.name for entry in islice(entries, MOST_ENTRIES) if entry.name.endswith(".m")]
    names.sort(key=lambda name: (not re.match(r"q\d", name), name))  # answers first, then helper functions
    files, left_out, room = {}, [], LARGEST_SOURCES
    for name in names[:MOST_SOURCES]:
        try:
            data = _read(folder / name, LARGEST_SOURCE)
            if len(data) > room:
                raise Unreadable(f"with it they would be larger than {LARGEST_SOURCES >> 20} MB")
        except Unreadable as reason:
            left_out.append(f"{name} was left out: {reason}")
        else:
            files[name] = data
            room -= len(data)
    left_out += [f"{name} was left out: there are {MOST_SOURCES} others" for name in names[MOST_SOURCES:]]
    if len(left_out) > 5:
        left_out[5:] = [f"{len(left_out) - 5} more .m files were left out"]
    return Sources(files, left_out)


def _read(path, largest):
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENXIO):  # a link; a socket
            raise
        raise Unreadable(f"the file cannot be opened: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise Unreadable("this is not a regular file")
        if state.st_size > largest:
            raise Unreadable(f"the file is larger than {largest >> 20} MB")
        data = file.read(largest + 1)
    if len(data) > largest:
        raise Unreadable("the file grew while it was read")
    return data


def digest(data):
    """Return a digest of the result of `content`."""
    if not isinstance(data, Sources):
        return hashlib.sha256(data).hexdigest()
    whole = hashlib.sha256(repr(data.notes).encode("utf-8", "backslashreplace"))
    for name, text in data.files.items():
        whole.update(f"{name!r} {len(text)} ".encode("utf-8", "backslashreplace") + text)
    return whole.hexdigest()
