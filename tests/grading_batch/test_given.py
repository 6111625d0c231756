"""The parts of conv_lib that a learner's code gets."""

import ast
import json
import pkgutil
import subprocess
import sys

import pytest

import conv_lib.fast
import conv_lib.naive
import conv_lib.sizes
from conv_course.checker.questions import load_sheet, sheet_stems
from conv_course.checker.wire import loads_trusted
from conv_course.grade import child, given
from conv_course.grade.exercise import Exercise
from tests.grading_batch.classroom import points, solution, submission

STEMS = [stem for stem in sheet_stems() if (given.COURSE / "exercises" / f"{stem}.ipynb").is_file()]


def names(text):
    return {node.name for node in ast.parse(text).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


def test_only_what_is_used_comes_along():
    source = "from conv_lib import naive\nfrom conv_lib.sizes import leftover\nnaive.conv1d(x, w)"
    found = given.modules([source])
    assert names(found["conv_lib/naive/conv.py"]) == {"conv1d"}
    assert "leftover" in names(found["conv_lib/sizes.py"])
    assert "conv1d_backward" not in "".join(found.values())
    assert not any("grading" in path or "vectorized" in path for path in found)


def test_nothing_where_nothing_is_imported():
    assert given.modules(["import numpy as np\nfrom conv_course import sheet", "%matplotlib inline"]) == {}


@pytest.mark.parametrize("stem", STEMS)
def test_no_sheet_and_no_answer_comes_along(tmp_path, stem):
    exercise = Exercise(stem, 3, tmp_path)
    paths = {str(path.relative_to(exercise.folder)) for path in exercise.folder.rglob("*.py")}
    assert not any(
        word in path for path in paths for word in (stem, "judge", "compare", "notebook", "matlab")
    )
    for job in exercise.jobs.values():
        assert all(case.note == "" and case.part == "" for case in loads_trusted(job["cases"].encode()))


@pytest.mark.sandbox
@pytest.mark.parametrize("stem", STEMS)
def test_every_solution_gets_full_marks(grade, stem):
    record = grade(json.dumps(solution(stem)), name=f"{stem}.ipynb")
    assert record.points == record.of, (record.reason, record.notes)
    assert record.notes == []


@pytest.mark.parametrize("stem", STEMS)
def test_the_given_modules_can_be_imported(tmp_path, stem):
    folder = Exercise(stem, 3, tmp_path).folder
    modules = [
        str(path.relative_to(folder))[:-3].replace("/", ".").removesuffix(".__init__")
        for path in folder.rglob("conv_lib/**/*.py")
    ]
    program = f"import sys; sys.path.insert(0, {str(folder)!r})\nimport " + ", ".join(modules)
    subprocess.run([sys.executable, "-I", "-c", program], check=True)


AS_USUAL = """
import gc, sys
import numpy.typing

started = gc.isenabled()
hint = numpy.typing.NDArray[np.float64]
real = sys.modules["numpy._typing"].__file__
absent = {"conv_lib.vectorized.conv"} - set(sys.modules)
if not started or "ndarray" not in str(hint) or absent:
    raise RuntimeError(f"{started} {hint} {absent}")
"""


@pytest.mark.sandbox
def test_a_cell_finds_python_and_numpy_as_usual(grade):
    """The process starts with fewer modules and without collecting garbage, which no cell notices."""
    stem = "13_dilation_and_groups"
    record = grade(submission(stem=stem, first=AS_USUAL), name=f"{stem}.ipynb")
    assert record.notes == []
    assert record.points == record.of


def test_all_modules_of_a_package_are_found():
    for package in (conv_lib, conv_lib.naive, conv_lib.fast):
        found = {module.name for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")}
        assert len(found) > 2
        assert set(child.modules_in(package)) - {"conv_lib.data"} == found  # a folder of files
    assert child.modules_in(conv_lib.sizes) == []


WAYS = {
    "a file name that excuses": """
exec(compile("def grouped(*a, **k):\\n    return conv2d(*a, **k)", "<given function>", "exec"))
""",
    "a function made of a case's code": """
from conv_course.checker.cases import Code
given = Code("def f(call, *a, **k): return call(*a, **k)").function

def grouped(*a, **k):
    return given(conv2d, *a, **k)
""",
    "a number equal to one": """
class G(int):
    def __ne__(self, other):
        return False

def grouped(*a, groups, **k):
    return conv2d(*a, groups=G(groups), **k)
""",
    "the code in a function of its own": """
import types
copy = types.FunctionType(conv2d.__code__, conv2d.__globals__, "f", conv2d.__defaults__)
copy.__kwdefaults__ = conv2d.__kwdefaults__

def grouped(*a, **k):
    return copy(*a, **k)
""",
    "the code kept for later": """
import types
code, space, how = conv2d.__code__.replace(co_name="mine"), conv2d.__globals__, conv2d.__kwdefaults__

def grouped(*a, **k):
    copy = types.FunctionType(code, space)
    copy.__kwdefaults__ = how
    return copy(*a, **k)
""",
}


@pytest.mark.sandbox
@pytest.mark.parametrize("way", WAYS)
def test_no_way_round_the_watch(grade, way):
    stem = "13_dilation_and_groups"
    source = "from conv_lib.vectorized import conv2d\n" + WAYS[way]
    record = grade(submission(stem=stem, answers={"q4": source}), name=f"{stem}.ipynb")
    assert "q4: no points, since the function calls vectorized.conv2d" in record.notes, record
    assert record.points == record.of - next(q["of"] for q in record.questions if q["name"] == "q4")


LATER = {"17_break_the_checker": {"q5": "SUSPECTS"}}  # questions on parts that the first edition did not have


@pytest.mark.sandbox
@pytest.mark.parametrize("stem", sheet_stems())
def test_a_notebook_of_the_first_edition_is_graded(grade, stem):
    """Today's answers with the first edition's import names. Questions added later are not started."""
    later = LATER.get(stem, {})
    old = submission(stem=stem, drop=[f"{kind}-{name}" for name in later for kind in ("answer", "check")])
    for new, name in (
        *((f", {name}", "") for name in later.values()),
        ("conv_course.checker.wrong_layers", "conv_lib.grading.sheets.mistakes_2d"),
        ("from conv_course import sheet", "from conv_lib.grading import sheet"),
        ("conv_course.", "conv_lib."),
    ):
        old = old.replace(new, name)
    assert "conv_course import" not in old
    record = grade(old)
    full = {question.name: question.points for question in load_sheet(stem)}
    assert record.status == "graded"
    assert points(record) == full | dict.fromkeys(later, 0), record.notes
    assert {q["name"] for q in record.questions if q["state"] == "not started"} == {*later}
    assert not [note for note in record.notes if "stopped" in note]
