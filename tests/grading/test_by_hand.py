"""The first cases of every question can be worked out by hand, and hide nothing."""

import numpy as np
import pytest

from conv_course.checker.by_hand import LARGEST, MOST, by_hand_first, whole_numbers
from conv_course.checker.cases import case
from conv_course.checker.questions import Code

from .sheet_cases import questions

SEEDS = (0, 1, 2, 3, 4)
# a training step combines the previous questions, and takes all of their arrays
LARGE = {("16_train_a_cnn", "q5")}


def arrays(one):
    return [v for v in (*one.args, *one.kwargs.values()) if isinstance(v, np.ndarray)]


def is_whole(one):
    return all(np.array_equal(a, np.round(a)) and np.abs(a).max(initial=0) <= LARGEST for a in arrays(one))


def with_numbers(question):
    cases = question.cases_for(0)
    hands_over = any(isinstance(v, Code) for one in cases for v in one.args)
    return question.kind == "function" and not hands_over and any(map(arrays, cases))


asked = [q for q in questions if with_numbers(q.values[0])]


@pytest.mark.parametrize("question", asked)
def test_the_first_case_of_every_seed_is_small_whole_numbers(question):
    if (question.stem, question.name) in LARGE:
        return
    for seed in SEEDS:
        first = question.cases_for(seed)[0]
        assert is_whole(first)
        assert sum(a.size for a in arrays(first)) <= MOST
        assert first.layout == "C"


@pytest.mark.parametrize("question", asked)
def test_an_answer_that_drops_decimals_is_found_out_in_every_part(question):
    for seed in SEEDS:
        for part in question.parts if not question.outputs else [None]:
            cases = [one for one in question.cases_for(seed) if part is None or one.part == part]
            real = [one for one in cases if any(a.dtype.kind == "f" for a in arrays(one))]
            assert not real or len(cases) == 1 or not all(map(is_whole, real))


def test_whole_numbers_keep_signs_order_and_zeros():
    x = np.array([[0.0, -2.5, 0.25], [2.5, -0.5, 0.25]])
    assert whole_numbers(x).tolist() == [[0, -3, 1], [3, -2, 1]]
    many = np.linspace(-3, 3, 40)
    assert (np.diff(whole_numbers(many, keeps_order=True)) > 0).all()
    assert np.abs(whole_numbers(many)).max() <= 9


def drawn(*arrays):
    return by_hand_first([case(np.zeros((9, 9))), case(*arrays)], ["x", "w"])


def test_numbers_that_are_equal_by_chance_do_not_move_a_case():
    x = np.array([0.25, -1.5, 2.25, 0.75, 1.25])
    [first, _] = drawn(x, x[[3, 1]])
    assert is_whole(first)


def test_a_copy_with_one_change_keeps_its_numbers():
    x = np.array([0.25, -1.5, 2.25, 0.75])
    same = drawn(x, x + [0, 0.01, 0, 0])
    assert any(np.array_equal(one.args[0], x) for one in same)
