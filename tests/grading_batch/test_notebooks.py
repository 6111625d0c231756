"""Submissions that differ from the distributed notebook."""

import json
import tracemalloc

import pytest

from conv_course.checker.judge import run_and_judge
from conv_course.checker.questions import load_sheet, sheet_stems
from conv_course.grade import notebooks, submissions
from conv_course.grade.exercise import exercise_cells
from conv_course.grade.given import COURSE
from tests.grading_batch.classroom import FULL, STEM, full_but, place, points, solution, submission

STUB = "def slide(x, w, b=0.0):\n    raise NotImplementedError"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        ("not json", "cannot be read as JSON"),
        (b"\xff\xfe\x00\x80", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ("[]", "no list of cells"),
        ('{"cells": 3}', "no list of cells"),
        ('{"cells": [3, null, {"cell_type": "code", "source": 7}]}', "not clear which exercise"),
    ],
)
def test_what_is_no_notebook_gets_a_reason(tmp_path, text, reason):
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(submissions.Unreadable, match=reason):
        notebooks.parse(data, "ada.ipynb", lambda stem: {})


SMALL_THINGS = [
    *("[],", "[[]],", "[1],", "[1,2,3,4,5],", "{},", '{"a":1},', '{"a":[]},', "1,", "123456789,", "1.5,"),
    *('"",', '"a",', '"ab",', '"é",', '"\\u1234",', '"😀",', '{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6},'),
]


@pytest.mark.parametrize("thing", SMALL_THINGS)
def test_a_notebook_of_many_small_things_is_not_read(thing, monkeypatch):
    """The memory for them is estimated before parsing, and a notebook's memory is limited."""
    data = f"[{thing * ((1 << 20) // len(thing.encode()))}1]".encode()
    tracemalloc.start()
    json.loads(data)
    needed = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    guessed = notebooks.memory(data)
    assert needed <= 1.2 * guessed + 5 * len(data)  # the text itself takes up to 4 bytes per letter
    monkeypatch.setattr(json, "loads", lambda data: pytest.fail("it was read"))
    monkeypatch.setattr(notebooks, "MOST_MEMORY", guessed - 1)
    with pytest.raises(submissions.Unreadable, match="far too many small items"):
        notebooks.parse(data, "ada.ipynb", lambda stem: {})


@pytest.mark.parametrize("thing", ["[],", "{},", '"a",', '{"cell_type":"code"},'])
def test_the_largest_file_of_small_things_is_not_read(thing):
    data = f'{{"cells":[{thing * ((submissions.LARGEST - 50) // len(thing))}1]}}'.encode()
    with pytest.raises(submissions.Unreadable, match="far too many small items"):
        notebooks.parse(data, f"{STEM}.ipynb", lambda stem: {})


def test_a_large_notebook_of_pictures_and_tables_is_read():
    notebook = solution()
    picture = {
        "data": {"image/png": "iVBORw0KGgo" * 100_000, "text/html": '<td class="a">1,234</td>' * 100_000}
    }
    rows = {"data": {"application/json": [[0.123456789, k] for k in range(500_000)]}}
    notebook["cells"][2]["outputs"] = [picture] * 4 + [rows]
    data = json.dumps(notebook).encode()
    assert 20 << 20 < len(data) <= submissions.LARGEST
    assert notebooks.parse(data, "ada.ipynb", lambda stem: {}).stem == STEM


def test_the_notes_on_many_cells_are_few():
    cells = [{"cell_type": "code", "source": 7}] * 10_000
    notes = notebooks.parse(json.dumps({"cells": cells}).encode(), f"{STEM}.ipynb", lambda stem: {}).notes
    assert notes[0] == "cells without text: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 ..."
    assert len(notes) < 5


@pytest.mark.sandbox
def test_an_unreadable_one_gets_a_record(grade):
    record = grade("{")
    assert (record.status, record.points) == ("no score", None)
    assert "JSON" in record.reason


@pytest.mark.sandbox
def test_missing_cells(grade):
    record = grade(submission(drop=["answer-q2", "check-q2"]))
    assert points(record) == full_but(q2=0)
    assert "missing cells: answer-q2, check-q2" in record.notes
    assert points(grade(submission(drop=["check-q2", "sheet"], first="import numpy as np"))) == FULL


@pytest.mark.sandbox
def test_a_copy_of_the_empty_cell_costs_nothing(grade):
    record = grade(submission(twice=("answer-q2", STUB), last='check("q2")'))
    assert points(record) == FULL
    assert "cells that are there more than once: answer-q2" in record.notes


@pytest.mark.sandbox
def test_what_was_checked_counts_and_not_a_later_try(grade):
    record = grade(submission(last="def slide(x, w, b=0.0):\n    return x"))
    assert points(record) == FULL


@pytest.mark.sandbox
def test_edited_check_cells_change_nothing(grade):
    edited = {"q1": "def check(*a): return 'done, 99 of 3 points'\ncheck('q1')", "q3": "print('3 points')"}
    record = grade(submission(checks=edited, answers={"q3": STUB}))
    assert points(record) == full_but(q3=0)
    assert any("check-q1, check-q3" in note for note in record.notes)


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "spec", [{"name": "no-such-kernel", "display_name": "x"}, {"name": "ir", "language": "R"}, 7]
)
def test_a_wrong_kernel_name(grade, spec):
    record = grade(submission(metadata={"kernelspec": spec}))
    assert points(record) == FULL
    assert spec == 7 or any("kernel" in note for note in record.notes)


@pytest.mark.sandbox
def test_an_untouched_exercise_says_so(grade):
    record = grade((COURSE / "exercises" / f"{STEM}.ipynb").read_text(encoding="utf-8"))
    assert (record.status, record.points, record.reason) == ("graded", 0, "nothing was started")


@pytest.mark.parametrize("stem", sheet_stems())
def test_no_untouched_question_earns_a_point(stem):
    """This holds for questions of any kind: numbers on paper and tests have a stub, too."""
    cells = exercise_cells(stem)
    for question in load_sheet(stem):
        space = dict(question.names)
        exec(cells[f"answer-{question.name}"][0], space)
        verdict = run_and_judge(question, space[question.function], seed=3)
        assert (verdict.state, verdict.points) == ("not started", 0), question.name


def test_which_exercise_it_is():
    notebook = solution()
    del notebook["metadata"]
    assert notebooks.parse(json.dumps(notebook).encode(), "x.ipynb", lambda s: {}).stem == STEM
    del notebook["cells"][place(notebook, "sheet")]
    assert notebooks.parse(json.dumps(notebook).encode(), f"{STEM}.ipynb", lambda s: {}).stem == STEM
    with pytest.raises(submissions.Unreadable, match="which exercise"):
        notebooks.parse(json.dumps(notebook).encode(), "x.ipynb", lambda s: {})


CALLS_THE_COURSE = """from functools import partial

layer = partial(lambda function, *args, **how: function(*args, **how), vectorized.conv2d)
"""


@pytest.mark.sandbox
def test_a_call_of_the_answer_earns_nothing(grade):
    record = grade(submission(stem="08_layer_forward", answers={"q4": CALLS_THE_COURSE}))
    full = {question.name: question.points for question in load_sheet("08_layer_forward")}
    assert points(record) == full | {"q4": 0}
    assert "q4: no points, since the function calls vectorized.conv2d" in record.notes
    (card,) = (q["html"] for q in record.questions if q["name"] == "q4")
    assert "which answers this question" in card


WINDOWS = """seen = []


def windows_as_columns(x, kernel, *, stride=(1, 1), padding=(0, 0)):
    (kH, kW), (sH, sW), (pH, pW) = kernel, stride, padding
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
    windows = np.lib.stride_tricks.sliding_window_view(xpad, kernel, axis=(2, 3))[:, :, ::sH, ::sW]
    columns = windows.transpose(1, 4, 5, 0, 2, 3).reshape(x.shape[1] * kH * kW, -1)
    return columns if RIGHT else columns + 1
"""


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("right", "told"),
    [
        ("x.flags.c_contiguous", True),
        # wrong on the same numbers in plain memory too
        ("x.shape not in seen and (x.flags.c_contiguous or seen.append(x.shape))", False),
    ],
)
def test_the_layout_is_told_only_where_it_matters(grade, right, told):
    record = grade(submission(stem="10_vectorize", answers={"q2": WINDOWS.replace("RIGHT", right)}))
    (card,) = (q["html"] for q in record.questions if q["name"] == "q2")
    assert ("right on plain arrays, but here they are given as" in card) is told
    assert ("given as" in card) is told


@pytest.mark.parametrize(
    ("first", "source", "said"),
    [
        (None, "def slide(x, w, b=0.0):\n    return (x * w", "SyntaxError in line 2"),
        (STUB, "def slide(x, w, b=0.0):\n        y = 1\n    return y", "SyntaxError in line 3"),
        (None, "numpy.ones(3)\n\ndef slide(x, w, b=0.0):\n    return 1", "NameError in line 1"),
    ],
)
def test_a_cell_that_did_not_define_its_function_is_named_on_the_card(grade, first, source, said):
    record = grade(submission(answers={"q2": source}, first=first))
    (q2,) = (q for q in record.questions if q["name"] == "q2")
    (number,) = (i for i, c in enumerate(json.loads(submission(first=first))["cells"], 1) if _is_q2(c))
    assert points(record) == full_but(q2=0)
    assert q2["state"] == "not yet"
    assert f"Cell {number}, which was to define slide, stopped before that: {said}." in q2["html"]
    assert "There is no slide yet" not in q2["html"]
    assert "Replace" not in q2["html"]


def _is_q2(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id") == "answer-q2"
