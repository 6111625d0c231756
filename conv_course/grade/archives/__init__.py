"""Take what a platform hands out: a folder or zip of Moodle, Canvas, Gradescope or nbgrader, or a bare one.

`unpack` writes a zip into the scratch folder, and nothing of it anywhere else. `names` reads what the
platforms put into names of files and folders. `layouts` says which platform it was and groups by learner what
was handed in; of a learner's files for one exercise, the newest counts.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from conv_course.grade import submissions
from conv_course.grade.archives import layouts
from conv_course.grade.archives.unpack import Unpacker
from conv_course.grade.records import Refused

__all__ = ["KINDS", "HandedIn", "open_class"]

KINDS = tuple(layouts.LAYOUTS)


@dataclass
class HandedIn:
    """The submissions of a class, what was passed over and why, and where it came from."""

    found: list
    passed: list = field(default_factory=list)
    kind: str = "folder"


def open_class(path, scratch, kind=None):
    """What lies in a folder or zip; zips are unpacked in `scratch`. Raises `Refused`."""
    unpacker = Unpacker(scratch)
    root = Path(path)
    if not os.path.isdir(root):
        try:
            root = unpacker.whole_class(root)
        except submissions.Unreadable as reason:
            raise Refused(f"{path} cannot be read: {reason}") from None
    root, layout = layouts.recognise(root, kind, path)
    found, passed = submissions.find(root, unpacker)
    found, more = layouts.by_learner(found, layout)
    names = [os.path.relpath(one, root) for one in passed]
    names = [name for name in names if name not in layout.own_files]
    return HandedIn(found, [*unpacker.passed, *names, *more], layout.kind)
