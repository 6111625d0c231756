"""A grader with a sandbox and short limits, made once."""

import pytest

from conv_course.grade import sandbox
from conv_course.grade.grade import Grader
from conv_course.grade.submissions import Found

SHORT = sandbox.Limits(memory=1 << 30, cpu=2, wall=20, cell=0.6, question=0.6, output=1 << 20, restarts=3)


@pytest.fixture(scope="session")
def words():
    return sandbox.trial()


@pytest.fixture(scope="session")
def grader(words):
    grader = Grader(7, words, SHORT)
    yield grader
    grader.close()


@pytest.fixture
def grade(grader, tmp_path):
    """A function: grade(text) returns the record of this submission. No file may appear next to it."""

    def grade(text, name="ada.ipynb"):
        folder = tmp_path / "handed_in"
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        before = path.read_bytes()
        record = grader.grade(Found("ada", path))
        assert path.read_bytes() == before
        assert [p.name for p in folder.iterdir()] == [name]
        return record

    return grade
