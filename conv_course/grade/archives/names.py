"""Parse the file and folder names in the platforms' downloads.

Sources: Moodle, mod/assign/locallib.php; Canvas, lib/content_zipper.rb (get_filename, add_upload_submission);
Gradescope, the file submission_metadata.yml of its export.
"""

import re
from dataclasses import dataclass

# Full Name_1234567_assignsubmission_file[_] as a folder, or as a prefix of a file name
MOODLE = re.compile(r"(?P<name>.*?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<rest>.*))?", re.S)
# lovelaceada_LATE_501_9001_name-1.ipynb, LATE_anon_x7Yz1_9001_name.ipynb
CANVAS = re.compile(
    r"(?:(?P<name>.+?)_)??(?P<late>LATE_)?(?P<id>\d+|anon_\w{5})_(?P<order>\d+)_(?P<rest>.+)", re.S
)
CANVAS_TEXT = re.compile(
    r"(?:(?P<name>.+?)_)??(?P<late>LATE_)?(?P<id>\d+|anon_\w{5})_(?P<rest>text|link)\.html", re.S
)
GRADESCOPE = re.compile(r"submission_(?P<order>\d+)")
METADATA = "submission_metadata.yml"
LATE = "handed in late"


@dataclass(frozen=True)
class Owner:
    """The owner of a file: the name for the table, the IDs in a gradebook, and the file's place in time."""

    learner: str
    ids: tuple = ()
    order: int = 0
    notes: tuple = ()


def moodle(name):
    """Return [owner] of a file or folder from Moodle, or [] for other names."""
    found = MOODLE.fullmatch(name)
    if not found:
        return []
    return [Owner(_joined(found["name"], found["id"]), (found["id"],))]


def moodle_folder(name):
    """Return Moodle's folder name for a learner from the first part of a path; None if not from Moodle."""
    found = MOODLE.fullmatch(name)
    return name[: found.start("rest")] if found and found["rest"] else name if found else None


def canvas(name):
    found = CANVAS.fullmatch(name) or CANVAS_TEXT.fullmatch(name)
    if not found:
        return []
    notes = (LATE,) if found["late"] else ()
    learner = _joined(found["name"] or "", found["id"])
    return [Owner(learner, (found["id"],), int(found.groupdict().get("order") or 0), notes)]


def _joined(name, number):
    return f"{name} {number}".strip()


def gradescope(metadata):
    """Return a function that maps a folder's name to its owners, the learners who handed it in together."""

    def owners(name):
        found = GRADESCOPE.fullmatch(name)
        if not found:
            return []
        rows = metadata.get(name) or [{}]
        order = int(found["order"])
        return [_submitter(row, name, order) for row in rows]

    return owners


def _submitter(row, folder, order):
    ids = tuple(row[key] for key in ("sid", "email") if row.get(key))
    learner = _joined(row.get("name", ""), row.get("sid", "")) or next(iter(ids), folder)
    return Owner(learner, ids, order)


def read_metadata(text):
    """Return {folder: [{"name", "sid", "email"}, ...]} from submission_metadata.yml; None if unreadable."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        """A loader that ignores Ruby's own tags.

        It never merges one mapping into another, since merging can expand a few lines to any size.
        """

        def flatten_mapping(self, node):
            """Leave the merge key in place; nothing constructs it."""

    Loader.add_multi_constructor("!", _without_its_tag)
    try:
        data = yaml.load(text, Loader)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    return {str(folder): _submitters(entry) for folder, entry in data.items()}


def _without_its_tag(loader, suffix, node):
    kind = type(node).__name__
    if kind == "MappingNode":
        return loader.construct_mapping(node)
    return loader.construct_sequence(node) if kind == "SequenceNode" else loader.construct_scalar(node)


def _submitters(entry):
    rows = entry.get(":submitters") if isinstance(entry, dict) else None
    found = []
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict):
            fields = {str(key).strip(":"): value for key, value in row.items()}
            found.append({k: str(v).strip() for k, v in fields.items() if isinstance(v, (str, int))})
    return found
