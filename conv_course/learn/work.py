"""Put the exercises into a folder of the learner's own. Existing files are never changed."""

import json
import re
from importlib.resources import files
from pathlib import Path

from conv_course import words
from conv_course.checker.links import chapters
from conv_course.checker.questions import sheet_stems

VERSION = re.compile(r'\bsheet\([^)]*version="(\w+)"')


class Unknown(Exception):
    """A requested lesson, folder or file does not exist, explained in one line."""


def source():
    """Return the folder of the exercises, in the installed package or in the repository."""
    package = Path(str(files("conv_course")))
    inside, beside = package / "exercises", package.parent / "exercises"
    return inside if inside.is_dir() else beside


def stem_of(lesson):
    """Return the stem of a lesson that is given by its number or its stem.

    >>> stem_of("2"), stem_of("02_slide_a_kernel")
    ('02_slide_a_kernel', '02_slide_a_kernel')
    """
    for stem in sheet_stems():
        if lesson == stem or (lesson.isdecimal() and int(lesson) == int(stem[:2])):
            return stem
    numbers = [int(stem[:2]) for stem in sheet_stems()]
    raise Unknown(
        f"there is no exercise {lesson}: exercises have the numbers {min(numbers)} to {max(numbers)}"
    )


def titles():
    """Return (number, title) of each exercise."""
    return [(int(stem[:2]), chapters()[stem]["title"]) for stem in sheet_stems()]


def prepare(folder, stems=None):
    """Put the exercises into `folder`, which is made if necessary. Return the paths of the notebooks.

    An existing notebook is not changed. If the course has a newer version of it, that version is added under
    another name.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    placed = []
    for stem in stems or sheet_stems():
        original = source() / f"{stem}.ipynb"
        place = folder / original.name
        if place.exists() and version(place) not in (None, version(original)):
            place = folder / f"{stem} version {version(original)}.ipynb"
        _put(original, place)
        for extra in sorted((source() / stem).glob("*")) if (source() / stem).is_dir() else []:
            (folder / stem).mkdir(exist_ok=True)
            _put(extra, folder / stem / extra.name)
        placed.append(place)
    return placed


def _put(original, place):
    """Copy a file unless the target exists: another course.py may have just written it."""
    content = original.read_bytes()
    if original.suffix == ".ipynb" and words.language():
        content = in_language(content.decode()).encode()
    try:
        with place.open("xb") as write:
            write.write(content)
    except FileExistsError:
        return


def in_language(text):
    """Return a notebook with its paragraphs in the learner's language, as far as they are translated."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            blocks = "".join(cell["source"]).split("\n\n")
            cell["source"] = "\n\n".join(words.say(block) for block in blocks)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def version(path):
    """Return the version of the exercise that a notebook was made from, or None if it does not say."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    found = [match[1] for text in sources if (match := VERSION.search(text))]
    return found[0] if found else None
