"""A check uses the function that the learner sees, and never an older one without saying so."""

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient

from conv_course.checker.notebook import _cells, _open
from conv_course.checker.questions import SHEETS, load_sheet

START = 'import numpy as np\nfrom conv_course import sheet\n\ncheck = sheet("02_slide_a_kernel")'
RIGHT = "def leftover(W, kW, *, stride=1, padding=0):\n    return (W + 2 * padding - kW) % stride"
STUB = "def leftover(W, kW, *, stride=1, padding=0):\n    raise NotImplementedError"
BROKEN = {
    "SyntaxError in line 2": "def leftover(W, kW, *, stride=1, padding=0):\n    return (W - kW) % % stride",
    "IndentationError in line 3": "def leftover(W, kW):\n        a = 1\n    return a",
    "NameError in line 1": "numpy.ones(3)\n\ndef leftover(W, kW):\n    return 1",
    "ZeroDivisionError in line 2": "import numpy\n1 / 0\nleftover = lambda W, kW, *, stride=1, padding=0: 1",
}


@pytest.fixture
def cells():
    """A function: cells(source, ...) runs cells as IPython does and returns the output of the last one."""
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    _open.clear()

    def run(*sources):
        for source in sources:
            result = shell.run_cell(source, store_history=True)
        return str(result.result)

    run(START)
    yield run
    _cells.__init__()
    InteractiveShell.clear_instance()


CHECK = 'check("q4")'


@pytest.mark.parametrize("why", BROKEN)
def test_an_older_function_is_not_judged_in_silence(cells, why):
    said = cells(RIGHT, BROKEN[why], CHECK)
    assert said.startswith("q4 was not checked: the last cell that was to define leftover did not run")
    assert f"It stopped: {why}, so Python still has the older one." in said
    assert "was not checked" in cells('check("q4", leftover)')
    assert "was not checked" in cells("x = 1", CHECK)
    assert "done, 2 of 2 points" in cells(RIGHT, CHECK)


def test_points_of_before_are_kept(cells):
    assert "done, 2 of 2 points" in cells(RIGHT, CHECK)
    cells(BROKEN["SyntaxError in line 2"], CHECK)
    assert f"02_slide_a_kernel: 2 of {load_sheet('02_slide_a_kernel').points:g} points" in cells(
        "check.progress()"
    )


def test_where_there_is_no_older_one_it_is_said(cells):
    assert "SyntaxError in line 2, so there is none yet" in cells(BROKEN["SyntaxError in line 2"], CHECK)


@pytest.mark.parametrize(
    "source",
    [
        f"{RIGHT}\n1 / 0",
        f"{RIGHT}\n\ncheck('q99')\nraise KeyError",
        "x = leftover == 3\n1 / 0",
        "print(leftover)\nraise ValueError",
    ],
    ids=["defined, then an error", "and another", "a comparison", "another cell"],
)
def test_a_function_that_is_the_newest_is_judged(cells, source):
    assert "done, 2 of 2 points" in cells(RIGHT, source, CHECK)


def test_a_stub_is_not_called_unfilled_when_its_new_cell_is_broken(cells):
    said = cells(STUB, BROKEN["SyntaxError in line 2"], CHECK)
    assert "Replace" not in said
    assert "SyntaxError in line 2" in said


def test_in_jupyter_too(tmp_path):
    """The same holds in a kernel, where cells do not run through `run_cell` of a shell in this process."""
    sources = [START, RIGHT, BROKEN["SyntaxError in line 2"], CHECK, RIGHT, CHECK]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=120).execute(cwd=tmp_path)
    shown = [cell.outputs[-1].data["text/plain"] for cell in (notebook.cells[3], notebook.cells[5])]
    assert "SyntaxError in line 2, so Python still has the older one" in shown[0]
    assert "done, 2 of 2 points" in shown[1]


# --- lines below a forgotten raise


def test_a_forgotten_stop_is_named_with_its_line(cells):
    source = (
        "print('mine')\n\n"
        "def leftover(W, kW, *, stride=1, padding=0):\n    '''How many.'''\n"
        "    raise NotImplementedError\n    rest = W + 2 * padding - kW\n    return rest % stride"
    )
    said = cells(source, CHECK)
    assert "not yet, 0 of 2 points" in said
    assert "Line 5 of the cell still says `raise NotImplementedError`: the lines below it never run." in said
    one_line = f"{STUB}()\n    return (W + 2 * padding - kW) % stride"
    assert "Line 2 of the cell still says" in cells(one_line, CHECK)


@pytest.mark.parametrize(("stem", "name"), [("08_layer_forward", "q2"), ("09_layer_backward", "q1")])
def test_the_end_of_an_exercises_frame_is_nobodys_lines(cells, stem, name):
    """These exercises have a `return` below the line to be replaced."""
    notebook = nbformat.read(SHEETS.parents[2] / "exercises" / f"{stem}.ipynb", 4)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    place = sources.index(f'check("{name}")')
    assert "return" in sources[place - 1].split("raise NotImplementedError")[1]
    said = cells(f'from conv_course import sheet\ncheck = sheet("{stem}")', *sources[place - 1 : place + 1])
    assert "not started" in said
