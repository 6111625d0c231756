"""Submissions that are not what was given out."""

import json

import pytest

from conv_lib.grading.batch import notebooks, submissions
from conv_lib.grading.questions import load_sheet
from tests.grading_batch.classroom import FULL, STEM, full_but, place, points, solution, submission

FUNCTIONS = {
    "q1": "output_size",
    "q2": "slide",
    "q3": "slide_padded",
    "q4": "leftover",
    "q5": "slide_dilated",
}
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
        ('{"cells": [3, null, {"cell_type": "code", "source": 7}]}', "does not say which exercise"),
    ],
)
def test_what_is_no_notebook_gets_a_reason(tmp_path, text, reason):
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(submissions.Unreadable, match=reason):
        notebooks.parse(data, "ada.ipynb", lambda stem: {})


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
    stubs = {q: f"def {name}(*a, **k):\n    raise NotImplementedError" for q, name in FUNCTIONS.items()}
    record = grade(submission(answers=stubs))
    assert (record.status, record.points, record.reason) == ("graded", 0, "nothing was started")


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
