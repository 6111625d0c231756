"""Open a download: a folder or zip from Moodle, Canvas, Gradescope or nbgrader, or a plain one.

`unpack` extracts a zip into the scratch folder, and nowhere else. `names` parses the platforms' names of
files and folders. `layouts` recognises the platform and groups the submissions by learner. If a learner has
several files for one exercise, the newest counts.
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
    """The submissions of a class, the names of skipped files with reasons, and the kind of download."""

    found: list
    passed: list = field(default_factory=list)
    kind: str = "folder"


def open_class(path, scratch, kind=None):
    """Return the submissions in a folder or zip. Zips are unpacked in `scratch`. Raise `Refused`."""
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
    names = [name for name in passed if name not in layout.own_files]
    return HandedIn(found, [*unpacker.passed, *names, *more], layout.kind)
