"""One class in the download formats of Moodle, Canvas, Gradescope and nbgrader, and as a plain folder."""

import zipfile
from dataclasses import dataclass, field


@dataclass
class Learner:
    """A learner. `files` is {name: text} of the newest submission, `older` those that are still there."""

    number: str
    name: str
    files: dict
    older: dict = field(default_factory=dict)
    late: bool = False


def moodle(learners):
    """Make folders. Moodle includes only the newest files, and another folder for text typed online."""
    for one in learners:
        folder = f"{one.name}_{one.number}_assignsubmission_file_"
        yield from ((f"{folder}/{name}", text) for name, text in one.files.items())
        yield f"{one.name}_{one.number}_assignsubmission_onlinetext_/onlinetext.html", "<p>my work</p>"


def canvas(learners):
    """Make loose files. The number after the learner's grows with time; a second upload is called NAME-1."""
    attachment = 9000
    for one in learners:
        last, _, first = one.name.rpartition(" ")[::-1]
        who = f"{last}{first}".lower().replace(" ", "") + ("_LATE" if one.late else "")
        for again, files in enumerate((one.older, one.files) if one.older else (one.files,)):
            for name, text in files.items():
                attachment += 1
                stem, dot, end = name.rpartition(".")
                shown = f"{stem}-{again}{dot}{end}" if again else name
                yield f"{who}_{one.number}_{attachment}_{shown}", text


def gradescope(learners):
    lines = ["---"]
    for place, one in enumerate(learners):
        for again, files in enumerate((one.older, one.files) if one.older else (one.files,)):
            folder = f"submission_{100 + 10 * place + again}"
            lines += [f"{folder}:", "  :submitters:", f"  - :name: {one.name}", f"    :sid: '{one.number}'"]
            lines += [f"    :email: {one.number}@uni.edu", "  :created_at: 2026-03-01 10:00:00.5 Z"]
            lines += ["  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess", "    score: 1.0"]
            yield from ((f"{folder}/{name}", text) for name, text in files.items())
    yield "submission_metadata.yml", "\n".join(lines) + "\n"


def nbgrader(learners):
    for one in learners:
        yield f"{one.number}/homework/timestamp.txt", "2026-03-01 10:00:00 UTC"
        yield from ((f"{one.number}/homework/{name}", text) for name, text in one.files.items())


def folder(learners):
    for one in learners:
        yield from ((f"{one.number}/{name}", text) for name, text in one.files.items())


SHAPES = {shape.__name__: shape for shape in (moodle, canvas, gradescope, nbgrader, folder)}


def write_folder(path, files):
    for name, text in files:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    return path


def write_zip(path, files, below=""):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files:
            file.writestr(f"{below}{name}", text)
    return path
