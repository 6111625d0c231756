"""A window that is cut too short or too long is told by its shape."""

import numpy as np
import pytest

from conv_course.checker.computes import taken
from tests.grading.explained import explained, question_of

ENDS = {
    "the stride is missing in both ends": ("i + kH", "j + kW"),
    "one row too few": ("top + kH - 1", "left + kW"),
    "one column too few": ("top + kH", "left + kW - 1"),
    "the stride added": ("top + kH + sH - 1", "left + kW"),
}


def window(rows, columns, more=""):
    space = {"np": np}
    exec(
        "def one_output(xpad, w, b, i, j, *, stride=(1, 1)):\n"
        "    (_, kH, kW), (sH, sW) = w.shape, stride\n"
        "    top, left = i * sH, j * sW\n"
        f"    return np.einsum('dhw,dhw->', xpad[:, top : {rows}, left : {columns}], w) + b{more}\n",
        space,
    )
    return space["one_output"]


@pytest.mark.parametrize("how", ENDS)
def test_a_window_with_another_shape_than_the_kernel_is_told_its_shape(how):
    question = question_of("08 q3")
    found = explained(question, window(*ENDS[how]))
    assert found.text[1] in (taken.ALWAYS, taken.EVERY)
    assert found.hint == taken.HINT
    w = question.cases_for(0)[found.case].args[1]
    assert f"w has the shape {w.shape}" in found.text[0]


def test_windows_that_never_fit_are_not_compared_with_others():
    found = explained(question_of("08 q3"), window("top + kH - 1", "left + kW - 1"))
    assert found.text[1] == "The two shapes differ in every case."
    found = explained(question_of("08 q3"), window("i + kH", "left + kW"))  # right at stride 1
    assert found.text[1] == taken.ALWAYS


def test_a_window_with_the_right_shape_is_not_spoken_of():
    for function in (window("top + kH", "left + kW", " * 2"), window("i + kH", "j + kW", " + 1")):
        found = explained(question_of("08 q3"), function)
        assert taken.ALWAYS not in found.text
