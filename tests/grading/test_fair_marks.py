"""With hidden cases of each learner's own, a mistake costs everybody the same, and a right answer nothing."""

import pytest

from conv_course.checker.questions import load_sheet, sheet_stems
from conv_course.grade.per_learner import Secret
from tools.hidden_by_cases import earned, hidden, slips_of

FEW, CLASS = 2, 200
SECRET = Secret(b"the secret of these tests")


def seeds(stem, learners):
    return [SECRET.seed(f"learner {number}", stem, 7) for number in range(learners)]


def drawn(stem):
    """The questions whose cases differ between learners: those about functions."""
    return [question for question in load_sheet(stem) if question.kind == "function"]


def unfair(stem, learners):
    """The mistakes that earn other parts with some learners' cases than with others', or all of them."""
    among = [0, *seeds(stem, learners)]
    return [(q.name, *found) for q in drawn(stem) for found in hidden(q, slips_of(q), among)]


def refused(stem, learners):
    return [
        (question.name, number)
        for question in drawn(stem)
        for number, right in enumerate([question.model, *question.rights])
        for seed in seeds(stem, learners)
        if earned(question, right, seed) != set(question.parts)
    ]


@pytest.mark.parametrize("stem", sheet_stems())
def test_marks_do_not_depend_on_whose_cases_they_are(stem):
    assert unfair(stem, FEW) == []
    assert refused(stem, FEW) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("stem", sheet_stems())
def test_marks_are_the_same_in_a_whole_class(stem):
    assert unfair(stem, CLASS) == []
    assert refused(stem, CLASS) == []
