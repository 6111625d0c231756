"""Recognise which platform a folder came from, and group the submissions by learner."""

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from conv_course.grade import notebooks, submissions
from conv_course.grade.archives import names
from conv_course.grade.records import Refused

LOOKED_AT = 20  # learners' folders that are searched for nbgrader's timestamps
LARGEST_METADATA = 64 << 20


@dataclass
class Layout:
    """A platform's layout. `owners(name)` returns the owners of a file or folder, or [] if unknown."""

    kind: str
    owners: object = lambda name: []
    own_files: tuple = ()
    notes: list = field(default_factory=list)


def recognise(root, kind, said):
    """Return the folder that holds the learners' files, and its `Layout`."""
    inner = root
    for _ in range(3):
        layout = _layout(inner, kind)
        if layout:
            return inner, layout
        below = _only_folder(inner)
        if below is None:
            break
        inner = below
    if kind not in (None, "folder"):
        raise Refused(
            f"{said} is not a download from {kind.capitalize()}: there is no {LAYOUTS[kind][1]} in it"
        )
    return root, Layout("folder")


def _layout(root, kind):
    listed = [e for e in os.scandir(root) if not e.name.startswith(".") and e.name not in submissions.JUNK]
    for known, (make, _) in LAYOUTS.items():
        if kind in (None, known) and (layout := make(root, listed, kind is not None)):
            return layout
    return None


def _only_folder(root):
    """Return the only folder in `root`, ignoring hidden files, or nbgrader's `submitted`; else None."""
    folders = [e for e in os.scandir(root) if e.is_dir(follow_symlinks=False)]
    folders = [e for e in folders if not e.name.startswith(".") and e.name not in submissions.JUNK]
    chosen = [e for e in folders if e.name == "submitted"] or folders
    others = [e for e in os.scandir(root) if not e.is_dir() and not e.name.startswith(".")]
    if len(chosen) == 1 and (chosen[0].name == "submitted" or not others):
        return Path(chosen[0].path)
    return None


def _moodle(root, listed, told):
    return Layout("moodle", names.moodle) if any(names.moodle(e.name) for e in listed) else None


def _canvas(root, listed, told):
    files = [e for e in listed if not e.is_dir()]
    fitting = sum(bool(names.canvas(e.name)) for e in files)
    if fitting and (told or 2 * fitting > len(listed)):
        return Layout("canvas", names.canvas)
    return None


def _gradescope(root, listed, told):
    folders = [e for e in listed if e.is_dir(follow_symlinks=False)]
    if not any(names.GRADESCOPE.fullmatch(e.name) for e in folders):
        return None
    path = root / names.METADATA
    if not path.is_file() or path.is_symlink() or path.stat().st_size > LARGEST_METADATA:
        if not told and not all(names.GRADESCOPE.fullmatch(e.name) for e in folders):
            return None
        return Layout("gradescope", names.gradescope({}))
    metadata = names.read_metadata(path.read_bytes())
    if metadata is None:
        raise Refused(f"{names.METADATA} cannot be read, so it is not known who handed in what")
    return Layout("gradescope", names.gradescope(metadata), (names.METADATA,))


def _nbgrader(root, listed, told):
    """Recognise STUDENT/ASSIGNMENT/NOTEBOOK, where nbgrader also writes timestamp.txt."""
    folders = sorted((e for e in listed if e.is_dir(follow_symlinks=False)), key=lambda e: e.name)
    if any(e.name == "submitted" for e in folders):
        return None  # the learners are inside it
    stamped = any(
        Path(inner.path, "timestamp.txt").is_file()
        for e in folders[:LOOKED_AT]
        for inner in os.scandir(e.path)
        if inner.is_dir(follow_symlinks=False)
    )
    if folders and (told or stamped or root.name == "submitted"):
        return Layout("nbgrader", lambda name: [names.Owner(name, (name,))])
    return None


LAYOUTS = {
    "gradescope": (_gradescope, "folder called submission_NUMBER"),
    "moodle": (_moodle, "folder called NAME_NUMBER_assignsubmission_file"),
    "canvas": (_canvas, "file called NAME_NUMBER_NUMBER_FILE"),
    "nbgrader": (_nbgrader, "folder STUDENT/ASSIGNMENT"),
    "folder": (lambda root, listed, told: Layout("folder") if told else None, ""),
}


def by_learner(found, layout):
    """Return the newest submissions with their owners' names, and sentences on those left out."""
    groups = {}
    for one in found:
        name = one.file.split("/")[0]
        owners = layout.owners(name) or [names.Owner(one.learner)]
        for owner in owners:
            owned = replace(one, learner=owner.learner, ids=owner.ids, notes=(*one.notes, *owner.notes))
            if name in layout.own_files:
                continue
            groups.setdefault(owner.ids[:1] or owner.learner, []).append((owner.order, owned))
    kept, left = [], []
    for theirs in groups.values():
        newest, older = _newest(theirs)
        kept += newest
        left += older
    return _told_apart(kept), left


def _newest(theirs):
    """Return one learner's submissions that count, and sentences on those that do not."""
    tops = {one.file.split("/")[0] for _, one in theirs}
    if len(tops) == 1:
        return [one for _, one in theirs], []
    useful = [pair for pair in theirs if not pair[1].empty]
    left = [f"{one.file} ({one.problem})" for _, one in theirs if one.empty and useful]
    best = {}
    for order, one in useful or theirs[:1]:
        best.setdefault(_exercise(one), []).append((order, one))
    kept = []
    for exercise, pairs in best.items():
        last = max(order for order, _ in pairs)
        for order, one in pairs:
            if order == last or not exercise:
                kept.append(one)
            else:
                left.append(f"{one.file} (an older one of {one.learner})")
    return kept, left


def _exercise(one):
    """Return which exercise a file belongs to, or "" if it does not say."""
    if one.kind == "matlab":
        return "matlab"
    try:
        return notebooks.parse(submissions.content(one), one.path.name, lambda stem: {}).stem
    except (submissions.Unreadable, OSError):
        return ""


def _told_apart(found):
    """Append an ID to the names of different learners who have the same name."""
    owners = Counter(name for name, _ in {(one.learner, one.ids) for one in found})
    return [
        replace(one, learner=f"{one.learner} ({one.ids[0]})") if owners[one.learner] > 1 and one.ids else one
        for one in found
    ]
