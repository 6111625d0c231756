"""The generator: what it makes, what it refuses, and that it fails on each loophole of a notebook test."""

import json
import shutil

import nbformat
import pytest

from conv_course.checker.questions import Sheet
from tools import exercise_faults, exercise_notebook, exercise_text, solution_regions
from tools import generate_exercises as generate

ROOT = generate.ROOT
STEM = "02_slide_a_kernel"
NOTEBOOKS = sorted([*(ROOT / "solutions").glob("*.ipynb"), *(ROOT / "exercises").glob("*.ipynb")])


def _read(path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_holes_of_nbval_are_closed(path):
    """nbval ignores cells that were never run, stripped outputs and unnecessary raises-exception tags."""
    cells = [c for c in _read(path)["cells"] if c["cell_type"] == "code"]
    assert [c["execution_count"] for c in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        assert "raises-exception" not in cell["metadata"].get("tags", [])
        kinds = [output["output_type"] for output in cell["outputs"]]
        assert "error" not in kinds
        last = cell["source"][-1] if cell["source"] else ""
        last = last if isinstance(cell["source"], list) else cell["source"].splitlines()[-1]
        if last.startswith(("check(", "check.", "sliders(")):
            assert kinds == ["execute_result"], f"the output of {last} is not stored"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_ids_and_metadata_do_not_depend_on_the_author(path):
    notebook = _read(path)
    assert [c["id"] for c in notebook["cells"]] == [
        f"{path.stem}-{i:02d}" for i in range(len(notebook["cells"]))
    ]
    assert notebook["metadata"]["kernelspec"] == exercise_notebook.KERNEL
    assert "version" not in notebook["metadata"]["language_info"]
    for cell in notebook["cells"]:
        assert set(cell["metadata"]) <= {"nbgrader"}


@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if p.parent.name == "exercises"], ids=lambda p: p.stem)
def test_every_exercise_has_all_checks(path):
    from conv_course.checker.questions import load_sheet

    notebook = _read(path)
    grades = [
        c["metadata"]["nbgrader"] for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade")
    ]
    questions = load_sheet(path.stem).questions
    assert [g["grade_id"] for g in grades] == [f"check-{name}" for name in questions]
    assert [g["points"] for g in grades] == [q.points for q in questions.values()]
    assert 3 <= len(questions) <= 7
    assert not exercise_notebook.edited(path)


def test_blank_out():
    source = "def f(x):\n    a = 1\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\nb = 2"
    assert solution_regions.blank_out(source, "#", ["raise NotImplementedError"]) == (
        "def f(x):\n    a = 1\n    raise NotImplementedError\nb = 2",
        ["    return x"],
    )


@pytest.mark.parametrize(
    "source",
    [
        "### BEGIN SOLUTION\n1",
        "1\n### END SOLUTION",
        "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION",
    ],
)
def test_regions_that_do_not_close(source):
    with pytest.raises(ValueError, match="SOLUTION"):
        solution_regions.blank_out(source, "#", [])


@pytest.fixture
def course(tmp_path):
    """A course with one lesson that a test may break."""
    for folder in ("solutions", "exercises"):
        (tmp_path / folder).mkdir()
        shutil.copy(ROOT / "solutions" / f"{STEM}.md", tmp_path / "solutions")
        text = (ROOT / folder / f"{STEM}.ipynb").read_text(encoding="utf-8")
        (tmp_path / folder / f"{STEM}.ipynb").write_text(text, encoding="utf-8")
    versions = tmp_path / "conv_course" / "checker" / "sheets" / "versions.py"
    versions.parent.mkdir(parents=True)
    versions.write_text(generate.versions_text([STEM], tmp_path), encoding="utf-8")
    return tmp_path


def _edit(path, change):
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    path.write_text(exercise_notebook.text_of(notebook), encoding="utf-8")


def _cell(notebook, text):
    return next(c for c in notebook.cells if text in c.source and c.cell_type == "code")


@pytest.fixture
def not_run(monkeypatch):
    """Leave notebooks as they are stored: their outputs are not tested here."""

    def stored(notebook, where, folder):
        path = folder.parent / where
        old = nbformat.read(path if path.is_file() else ROOT / where, as_version=4)
        for fresh, cell in zip(notebook.cells, old.cells, strict=True):
            if cell.cell_type == "code":
                fresh.outputs, fresh.execution_count = cell.outputs, cell.execution_count
        return notebook

    monkeypatch.setattr(generate, "executed", stored)


def test_check_passes_on_what_was_generated(course, not_run, capsys):
    assert generate.main(["--check"], course) == 0, capsys.readouterr().out


def test_an_edited_exercise_is_refused_and_kept(course, not_run, capsys):
    path = course / "exercises" / f"{STEM}.ipynb"
    _edit(
        path, lambda n: _cell(n, "def slide(").__setitem__("source", "def slide(x, w, b=0.0):\n    return 7")
    )
    mine = path.read_text(encoding="utf-8")
    assert generate.main(["--check"], course) == 1
    assert generate.main([], course) == 1
    assert f"exercises/{STEM}.ipynb was edited by hand" in capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == mine
    assert generate.main(["--force"], course) == 0
    assert path.with_suffix(".ipynb.bak").read_text(encoding="utf-8") == mine
    assert generate.main(["--check"], course) == 0


def test_a_file_that_is_no_notebook_is_somebodys_work(course, not_run):
    path = course / "exercises" / f"{STEM}.ipynb"
    path.write_text("my notes", encoding="utf-8")
    assert generate.main([], course) == 1
    assert path.read_text(encoding="utf-8") == "my notes"


def test_drift_an_orphan_and_a_stale_version_turn_it_red(course, not_run, capsys):
    path = course / "solutions" / f"{STEM}.md"
    clearer = path.read_text(encoding="utf-8").replace("## q2\n", "## q2\n\nRead it twice.\n")
    path.write_text(clearer, encoding="utf-8")
    (course / "exercises" / "99_gone.ipynb").write_text("{}", encoding="utf-8")
    assert generate.main(["--check"], course) == 1
    out = capsys.readouterr().out
    assert "exercises/02_slide_a_kernel.ipynb is not what solutions/02_slide_a_kernel.md gives" in out
    assert "solutions/02_slide_a_kernel.ipynb is not what solutions/02_slide_a_kernel.md gives" in out
    assert "exercises/99_gone.ipynb has no solution" in out
    assert "versions.py is not up to date" in out


def test_an_unknown_lesson_is_one_line(course, capsys):
    assert generate.main(["99_gone"], course) == 2
    assert capsys.readouterr().out == f"no solution named 99_gone; there are {STEM}\n"


def test_leaks():
    solution = nbformat.read(ROOT / "solutions" / f"{STEM}.ipynb", as_version=4)
    exercise, taken = exercise_notebook.exercise_of(solution, STEM)
    assert exercise_faults.leaks(exercise, taken) == []
    line = next(line for line in taken if "np.zeros" in line)
    exercise.cells[2].source += f"\n`{line.strip()}`"
    assert exercise_faults.leaks(exercise, taken) == [" ".join(line.split())]
    exercise, _ = exercise_notebook.exercise_of(solution, STEM)
    exercise.cells[4]["outputs"] = [nbformat.v4.new_output("stream", text=line)]
    assert exercise_faults.leaks(exercise, taken)


def test_faults_name_a_solution_that_scores_less_and_an_exercise_that_scores():
    solution = nbformat.read(ROOT / "solutions" / f"{STEM}.ipynb", as_version=4)
    exercise = nbformat.read(ROOT / "exercises" / f"{STEM}.ipynb", as_version=4)
    assert exercise_faults.faults(STEM, solution, exercise, []) == []
    checked = next(c for c in solution.cells if c.source == 'check("q2")')
    checked.outputs[0].metadata["conv_course"]["points"] = 1
    (_,) = [c for c in exercise.cells if c.source == 'check("q3")']
    _.outputs[0].metadata["conv_course"]["points"] = 1
    next(c for c in solution.cells if c.source == 'check("q4")').outputs.clear()
    assert exercise_faults.faults(STEM, solution, exercise, []) == [
        "solutions/02_slide_a_kernel.ipynb: q2 scores 1 of 2",
        "solutions/02_slide_a_kernel.ipynb never checks q4",
        "exercises/02_slide_a_kernel.ipynb: q3 scores points before anything is written",
    ]


def test_a_slider_that_shows_an_error_is_a_fault():
    solution = nbformat.read(ROOT / "solutions" / f"{STEM}.ipynb", as_version=4)
    exercise = nbformat.read(ROOT / "exercises" / f"{STEM}.ipynb", as_version=4)
    solution.metadata["widgets"] = {"a view": "Write the function above first; these sliders then run it."}
    assert exercise_faults.faults(STEM, solution, exercise, []) == [
        f"solutions/{STEM}.ipynb: a slider shows an error"
    ]


def test_stale_outputs_and_a_broken_slider_turn_it_red(course, capsys):
    """These notebooks are really run: an outdated output, and a handler that raises."""

    def spoil(notebook):
        _cell(notebook, 'check("q2")').outputs[0]["data"]["text/plain"] = "done, they said"

    _edit(course / "exercises" / f"{STEM}.ipynb", spoil)
    text = course / "solutions" / f"{STEM}.md"
    words = text.read_text(encoding="utf-8")
    handler = "rows(x=bump, w=edges, y=y)"
    assert handler in words
    text.write_text(words.replace(handler, "rows(x=bump, w=edges, y=1 / 0)"), encoding="utf-8")
    assert generate.main(["--check"], course) == 1
    assert f"solutions/{STEM}.ipynb: a slider shows an error" in capsys.readouterr().out


TEXT = """# Title

Words. Points: {points}.

```{code-cell}
import math
```

## q1

Write it.

+++

Now move it.

```{code-cell}
print(1)
```

## q2, the stretch

Given is this:

```{code-cell}
given = 1
```

```{code-cell}
...
```

### More

```{code-cell}
check.progress()
```
"""


def test_a_text_and_its_sheet_make_a_notebook():
    sheet = Sheet("00_text", given="import numpy as np\nfrom conv_lib.sizes import leftover")
    for name, points in (("q1", 1), ("q2", 3)):
        question = sheet.function(name, f"f{name}", title=f"the {name}", section="00-x", points=points)
        question.solution(f"def f{name}(x):\n    return x\n")
    cells = [cell.source for cell in exercise_text.solution_of(TEXT, sheet).cells]
    begin, end = exercise_notebook.BEGIN, exercise_notebook.END
    assert cells == [
        "# Title\n\nWords. Points: 4.",
        "import math\nimport numpy as np\n\nfrom conv_course import sheet\n"
        'from conv_lib.sizes import leftover\n\ncheck = sheet("00_text")',
        "## Question 1: the q1 (1 point)\n\nWrite it.",
        f"def fq1(x):\n    {begin}\n    return x\n    {end}",
        'check("q1")',
        "Now move it.",
        "print(1)",
        "## Question 2, the stretch: the q2 (3 points)\n\nGiven is this:",
        "given = 1",
        f"def fq2(x):\n    {begin}\n    return x\n    {end}",
        'check("q2")',
        "### More",
        "check.progress()",
    ]


def test_a_heading_without_a_question_and_a_first_cell_with_code_are_refused():
    sheet = Sheet("00_text")
    with pytest.raises(exercise_notebook.Problem, match="q1 has no question in the sheet"):
        exercise_text.solution_of(TEXT, sheet)
    with pytest.raises(exercise_notebook.Problem, match="more than imports: 'x = 1'"):
        exercise_text.solution_of("# T\n\n```{code-cell}\nx = 1\n```\n", sheet)
