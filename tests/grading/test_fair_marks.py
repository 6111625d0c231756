"""With hidden cases of each learner's own, a mistake costs everybody the same, and a right answer nothing."""

import pytest

from conv_course.checker.questions import load_sheet
from conv_course.grade.per_learner import Secret
from tools.hidden_by_cases import earned, hidden, losing_cases, slips_of

from .sheet_cases import questions

FEW, CLASS = 2, 200
SECRET = Secret(b"the secret of these tests")
# questions about functions: the only ones whose cases differ between learners
drawn = [one for one in questions if one.values[0].kind == "function"]


def seeds(question, learners):
    return [SECRET.seed(f"learner {number}", question.stem, 7) for number in range(learners)]


def unfair(question, learners):
    """The mistakes that earn other parts with some learners' cases than with others', or all of them."""
    return list(hidden(question, slips_of(question), [0, *seeds(question, learners)]))


def refused(question, learners):
    """The right answers, by number, that lose a part with some learner's cases."""
    return [
        number
        for seed in seeds(question, learners)
        for number, right in enumerate([question.model, *question.rights])
        if earned(question, right, seed) != set(question.parts)
    ]


@pytest.mark.parametrize("question", drawn)
def test_marks_do_not_depend_on_whose_cases_they_are(question):
    assert unfair(question, FEW) == []
    assert refused(question, FEW) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("question", drawn)
def test_marks_are_the_same_for_two_hundred_learners(question):
    assert unfair(question, CLASS) == []
    assert refused(question, CLASS) == []


@pytest.mark.parametrize("stem", ["02_slide_a_kernel", "04_derive_the_gradients", "16_train_a_cnn"])
def test_a_mistake_that_loses_all_parts_is_known_by_single_cases(stem):
    """One question has one part, one has more, one has a part for each output."""
    for question in load_sheet(stem):
        for _, wrong in slips_of(question) if question.kind == "function" else ():
            for seed in [0, *seeds(question, FEW)]:
                assert bool(losing_cases(question, wrong, seed)) == (not earned(question, wrong, seed))
