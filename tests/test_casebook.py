"""The casebook: conv_lib reproduces the numbers quoted with their inputs, and a case has all its parts."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose

from conv_lib import naive, sizes, vectorized
from tests.page_cells import names, source
from tools.cells import CELL

CASES = re.split(r"^### ", source("casebook"), flags=re.MULTILINE)[1:]


def test_every_case_replays():
    assert "53 of 108 are wrong" in names("casebook")["printed"]


@pytest.mark.parametrize("case", CASES, ids=[case.split("\n")[0] for case in CASES])
def test_a_case_has_a_source_a_question_a_replay_and_a_test(case):
    before, cell, after = case.partition("```{code-cell} python\n:tags: [hide-cell, replay]\n")
    assert re.search(r"\((?:\S+#\d+|[\w./-]+\.\w+|.*pull request \d+|.*thread|\S+, )", before)
    assert f"```{{predict}} casebook-{int(case.partition('.')[0]):02}\n" in before
    assert before.count("\n- `") >= 2
    replay, checked = CELL.findall(re.split(r"^## |^\(", cell + after, flags=re.MULTILINE)[0])[:2]
    assert "assert" not in replay
    assert re.search(r"^assert .*(?:and|==)", checked, re.MULTILINE)
    assert "[hide-cell, replay]" in cell
    assert ":class: dropdown" in after
    assert "**Killed by:** " in after


@pytest.mark.parametrize("head", ["| what they saw |", "| an input with |"])
def test_the_cases_are_counted_and_each_is_in_both_tables_once(head):
    assert [int(case.split(".")[0]) for case in CASES] == list(range(1, 28))
    table = source("casebook").partition(head)[2].partition("```{code-cell}")[0]
    found = re.findall(r"\{ref\}`(\d+) <case-(\d+)>`", table)
    assert all(int(shown) == int(to) for shown, to in found)
    assert sorted(int(shown) for shown, _ in found) == list(range(1, 28))


def test_the_stride_that_was_used_twice_on_the_books_two_examples():
    """rasbt/python-machine-learning-book-2nd-edition#132: conv_lib gives the expected result."""
    x, w = np.array([3.0, 2, 1, 7, 1, 2, 5, 4]), np.array([1 / 2, 3 / 4, 1, 1 / 4])
    assert_allclose(naive.conv1d(x, w[::-1], stride=2), [7, 9, 8])
    x = np.array([[2.0, 1, 2], [5, 0, 1], [1, 7, 3]])
    w = np.array([[0.5, 0.7, 0.4], [0.3, 0.4, 0.1], [0.5, 1, 0.5]])
    y = naive.conv2d(x[None, None], w[None, None, ::-1, ::-1], stride=2, padding=1)
    assert_allclose(y[0, 0], [[4.6, 1.6], [7.5, 2.9]])


def test_one_pixel_is_left_over_where_two_zeros_were_added():
    """PKUFlyingPig/CMU10-714#6: 16 pixels, kernel 7, stride 3, padding 2, a gradient of 17."""
    assert sizes.leftover(16, 7, stride=3, padding=2) == 1
    outputs = sizes.output_size(16, 7, stride=3, padding=2)
    assert 3 * outputs + 2 * (7 - 1 - 2) - 7 + 1 == 17


def test_same_is_one_zero_at_the_end_of_six_samples():
    """vtjeng/MIPVerify.jl, pull request 23."""
    assert sizes.same_padding(6, 3, stride=2) == (0, 1)


def test_folding_counts_the_windows_of_a_pixel():
    """pytorch/pytorch#7519: equal only where no windows overlap."""
    x = np.arange(1.0, 7).reshape(1, 1, 1, 6)
    for S, equal in ((1, False), (2, False), (3, True)):
        columns = vectorized.im2col(x, (1, 3), stride=(1, S))
        back = vectorized.col2im(columns, x.shape, (1, 3), stride=(1, S))
        assert np.array_equal(back, x) == equal


def test_loops_and_conv2_agree_for_ones_and_differ_in_sign_for_an_edge():
    """mathworks.com/matlabcentral/answers/793192: a kernel of ones hides the flip."""
    x = np.arange(35.0).reshape(1, 1, 5, 7) ** 2
    for w, equal in ((np.ones((1, 1, 5, 5)), True), (np.array([[[[1.0, 0, -1]]]]), False)):
        flipped = naive.conv2d(x, w[..., ::-1, ::-1])
        assert np.array_equal(flipped, naive.conv2d(x, w)) == equal
        assert equal or np.array_equal(flipped, -naive.conv2d(x, w))
