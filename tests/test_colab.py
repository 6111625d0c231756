"""An exercise opened in Colab: the button's address, and the first cell where the course is not installed."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from conv_course.checker import site
from conv_course.checker.questions import sheet_stems
from tools.environment import interpreter
from tools.lite.python import course_wheel
from tools.sphinx_course import colab_button, exercise_of

ROOT = Path(__file__).resolve().parents[1]
LIKE_COLAB = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
assert shell.run_cell("import conv_course").error_in_exec is not None, "the environment is not clean"
for source in json.load(sys.stdin):
    shell.run_cell(source).raise_error()
print("check:", str(shell.user_ns["check"]("q1")).splitlines()[0])
print("course:", sys.modules["conv_course"].__file__)
"""


def code_cells(stem):
    notebook = json.loads((ROOT / "exercises" / f"{stem}.ipynb").read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize("stem", sheet_stems())
def test_the_button_opens_a_notebook_of_the_repository(stem, monkeypatch):
    monkeypatch.setenv("COURSE_REPOSITORY", "Ada/waves")
    (button,) = colab_button(exercise_of(stem))
    url = button.astext().split('href="')[1].split('"')[0]
    start = "https://colab.research.google.com/github/Ada/waves/blob/main/"
    assert url.startswith(start)
    path = url.removeprefix(start)
    listed = ["git", "ls-files", "--error-unmatch", path]
    assert subprocess.run(listed, cwd=ROOT, capture_output=True, check=False).returncode == 0
    monkeypatch.setenv("COURSE_REPOSITORY", "")
    assert colab_button(exercise_of(stem)) == []
    assert site.colab(path) == ""


@pytest.mark.parametrize("stem", sheet_stems())
def test_every_exercise_installs_the_course_where_it_is_absent(stem):
    first, *others = code_cells(stem)
    assert first.startswith("try:\n    import conv_course\nexcept ModuleNotFoundError:")
    assert first.count("convolution-layer[figures]") == 1
    assert not any("pip" in cell.split() for cell in others)


def clean(folder):
    """Create an environment with pip and nothing else. Return its interpreter and its folder of packages."""
    venv.create(folder, with_pip=True)
    return interpreter(folder), next(folder.glob("[lL]ib/**/site-packages"))


def first_cells(python, folder, wheel, **index):
    """Run the first two code cells of exercise 02 in IPython, with the wheel as what pip finds."""
    # with VIRTUAL_ENV, IPython would take the packages of this environment, the course among them
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    env |= {"PIP_FIND_LINKS": str(wheel.parent), "PIP_DISABLE_PIP_VERSION_CHECK": "1", **index}
    env |= {"IPYTHONDIR": str(folder / "ipython")}
    first, answer, *_ = code_cells("02_slide_a_kernel")
    result = subprocess.run(
        [python, "-P", "-c", LIKE_COLAB],
        input=json.dumps([first, answer]),
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    said = dict(line.split(": ", 1) for line in result.stdout.splitlines() if ": " in line)
    assert said["check"].startswith("○ q1 · how many windows fit: not started")
    assert str(folder) in said["course"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return course_wheel(tmp_path_factory.mktemp("wheel"), exercises=True)


def test_the_first_cell_works_without_the_course(tmp_path, wheel):
    """The environment borrows our IPython and NumPy, as Colab brings its own. It needs no network."""
    python, packages = clean(tmp_path / "empty")
    (packages / "lent.pth").write_text(str(Path(sys.modules["numpy"].__file__).parents[1]))
    first_cells(python, tmp_path, wheel, PIP_NO_INDEX="1")


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_first_cell_works_in_an_environment_with_only_ipython(tmp_path, wheel):
    """With what the package needs from the package index."""
    python, _ = clean(tmp_path / "empty")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "ipython"], check=True, timeout=600)
    first_cells(python, tmp_path, wheel)
