"""nbgrader's own commands work on the solutions and on submissions."""

import shutil

import nbformat
import pytest
from traitlets.config import Config

from conv_course.checker.questions import load_sheet
from tools.generate_exercises import ROOT

STEM = "02_slide_a_kernel"
RIGHT = "def slide(x, w, b=0.0):\n    return np.correlate(x, w, 'valid') + b"
HALF = "def output_size(W, kW, *, stride=1, padding=0):\n    return (W - kW) // stride + 1"


@pytest.fixture
def api(tmp_path, monkeypatch):
    nbgrader = pytest.importorskip("nbgrader.apps")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "source" / "layer"
    source.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / f"{STEM}.ipynb", source)
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    config.CourseDirectory.db_url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    return nbgrader.NbGraderAPI(config=config)


def test_generate_and_autograde(api, tmp_path):
    from nbgrader.api import Gradebook

    made = api.generate_assignment("layer")
    assert made["success"], made
    released = nbformat.read(tmp_path / "release" / "layer" / f"{STEM}.ipynb", as_version=4)
    text = "\n".join(c.source for c in released.cells)
    assert "SOLUTION" not in text
    assert text.count("raise NotImplementedError") >= 5
    for cell in released.cells:
        if cell.source.startswith("def slide("):
            cell.source = RIGHT
        if cell.source.startswith("def output_size("):
            cell.source = HALF
    handed_in = tmp_path / "submitted" / "ada" / "layer"
    handed_in.mkdir(parents=True)
    nbformat.write(released, handed_in / f"{STEM}.ipynb")
    graded = api.autograde("layer", "ada", force=True, create=True)
    assert graded["success"], graded
    with Gradebook(api.coursedir.db_url) as book:
        notebook = book.find_submission_notebook(STEM, "layer", "ada")
        points = {grade.name: grade.auto_score for grade in notebook.grades}
        assert notebook.max_score == load_sheet(STEM).points
    unanswered = {f"check-{question.name}": 0 for question in load_sheet(STEM)}
    assert points == unanswered | {"check-q1": 1, "check-q2": 2}
