"""Unpack an untrusted zip: nothing is written outside the scratch folder, links and zip bombs are refused.

A refused member is replaced by an empty file, so that it gets a row in the table. `Unpacker.problems` holds
the reason.
"""

import errno
import os
import shutil
import stat
import tempfile
import unicodedata
import zipfile
import zlib
from pathlib import Path

from conv_course.grade import submissions
from conv_course.grade.submissions import Unreadable
from conv_course.grade.text import UNPACKED

MOST_OF_CLASS = 16 << 30  # bytes unpacked from the zip of a class
MOST_OF_LEARNER = 256 << 20  # bytes unpacked from a zip that a learner handed in
MOST_MEMBERS, MOST_OF_LEARNERS_MEMBERS = 500_000, submissions.MOST_ENTRIES
DEEPEST, LONGEST = 30, 1000  # parts of a path, characters in a path
WANTED = (".ipynb", ".m", ".zip")
ALSO = ("submission_metadata.yml", "timestamp.txt")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
NOT_A_NAME = (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL)
LEAVES = "its path leads out of the folder; it was not unpacked"
DAMAGED = "it is damaged in the zip"
DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError)


class Unpacker:
    """Unpacks each zip into a new folder. `problems` maps a path to the reason why it was not unpacked."""

    def __init__(self, scratch):
        self.scratch, self.problems, self.passed = Path(scratch), {}, []

    def whole_class(self, path):
        return self._unpack(os.path.realpath(path), MOST_OF_CLASS, MOST_MEMBERS)

    def learners(self, path):
        """Unpack a learner's zip and return the folder. Raise `Unreadable`."""
        return self._unpack(path, MOST_OF_LEARNER, MOST_OF_LEARNERS_MEMBERS)

    def _unpack(self, path, room, most):
        try:
            descriptor = os.open(
                path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            )
            with os.fdopen(descriptor, "rb") as data:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise Unreadable("it is neither a folder nor a zip file")
                with zipfile.ZipFile(data) as file:
                    return self._members(file, room, most)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
            raise Unreadable(error.strerror or "the zip is damaged") from None
        except DAMAGES:
            raise Unreadable("it is neither a folder nor a zip file that can be read") from None

    def _members(self, file, room, most):
        members = [info for info in file.infolist() if not info.is_dir()]
        if len(members) > most:
            raise Unreadable(f"the zip contains more than {most} files")
        size = sum(info.file_size for info in members if _refusal(info) is None and _is_wanted(info))
        if size > room:
            raise Unreadable(f"it would be larger than {room >> 20} MB")
        free = shutil.disk_usage(self.scratch).free
        if size > free:
            raise OSError(
                errno.ENOSPC,
                f"it needs {size >> 20} MB when unpacked, and {free >> 20} MB are free",
                str(self.scratch.parent),
            )
        folder = Path(tempfile.mkdtemp(prefix=UNPACKED, dir=self.scratch))
        for number, info in enumerate(members):
            self._member(file, info, folder, number)
        return folder

    def _member(self, file, info, folder, number):
        parts, leaves = _path(info)
        why = LEAVES if leaves else _refusal(info)
        target = folder.joinpath(*parts) if parts else folder / f"nameless file {number}"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(target):
                if why is None:
                    self.passed.append(f"{'/'.join(parts)} (it is in the zip twice; the last one counts)")
                else:
                    target = target.with_name(f"{target.name} ({number})")
            target.write_bytes(b"")
        except (OSError, ValueError) as error:
            if getattr(error, "errno", errno.EINVAL) not in NOT_A_NAME:
                raise
            why = why or "its name cannot be the name of a file here"
            target = folder / f"file {number} of the zip"
            target.write_bytes(b"")
        if why is None and _is_wanted(info):
            try:
                with file.open(info) as source, target.open("wb") as out:
                    shutil.copyfileobj(source, out, 1 << 16)
            except DAMAGES:
                target.write_bytes(b"")
                why = DAMAGED
        if why:
            self.problems[target] = why


def _refusal(info):
    """Return the reason why a member is not unpacked, or None."""
    kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == 3 else 0
    if kind == stat.S_IFLNK:
        return submissions.A_LINK
    if kind not in (0, stat.S_IFREG):
        return "this is not a regular file"
    if info.flag_bits & 1:
        return "it is encrypted in the zip"
    if info.compress_type not in METHODS:
        return "it is packed in a way that cannot be read here"
    if info.file_size > submissions.LARGEST:
        return f"the file is larger than {submissions.LARGEST >> 20} MB"
    return None


def _is_wanted(info):
    """Return whether the member's bytes are needed. Other files are only listed by name."""
    name = info.filename.lower()
    return name.endswith(WANTED) or name.rpartition("/")[2] in ALSO


def _path(info):
    """Return the usable parts of a member's path, and whether the path would lead out of the folder."""
    name = _name(info)
    if info.create_system == 0 and "/" not in name:
        name = name.replace("\\", "/")  # Windows
    parts = name.split("/")
    every = name.replace("\\", "/").split("/")
    leaves = ".." in every or every[0] == "" or (len(every[0]) == 2 and every[0][1] == ":" and len(every) > 1)
    parts = [part for part in (every if leaves else parts) if part not in ("", ".", "..")]
    if len(parts) > DEEPEST or len(name) > LONGEST:
        return [parts[0][:60]], True
    return parts, leaves


def _name(info):
    """Return a member's name. Without the UTF-8 flag it may still be UTF-8, or be in an extra field."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    place, extra = 0, info.extra
    while place + 4 <= len(extra):
        tag, size = (int.from_bytes(extra[i : i + 2], "little") for i in (place, place + 2))
        field = extra[place + 4 : place + 4 + size]
        if tag == 0x7075 and field[:1] == b"\1" and int.from_bytes(field[1:5], "little") == zlib.crc32(raw):
            raw = field[5:]
        place += 4 + size
    try:
        return unicodedata.normalize("NFC", raw.decode("utf-8"))
    except UnicodeDecodeError:
        return info.filename
