"""Bugs from public trackers lose points in every question that they fit, on all seeds, and are explained."""

import textwrap

import pytest

from conv_course.checker.computes import add_explanation
from conv_course.checker.judge import judge, run_and_judge
from conv_course.checker.slips import slips
from tests.grading.explained import answers_to, question_of
from tests.grading.field_bugs import BUGS
from tools.others_table import patience

SEEDS = (1, 2)  # with right answers and slips that other tests have in memory
PAIRS = [
    pytest.param(question, edit, id=f"{question}, {bug}")
    for bug, found in BUGS.items()
    for question, edit in found.items()
]


def replayed(question, edit):
    """Return the question's right answer with a bug edited into it."""
    block = "a bug\n" + textwrap.indent(textwrap.dedent(edit).strip("\n"), "    ")
    (slip,) = slips(block, question.source, hints=False)
    return question.compiled(slip.source)


@pytest.mark.parametrize(("name", "edit"), PAIRS)
def test_a_reported_bug_loses_points_and_is_explained(name, edit):
    question = question_of(name)
    function = replayed(question, edit)
    answers = answers_to(question, function)
    verdict = judge(question, answers)
    assert verdict.points < verdict.of
    with patience():  # how fast it is, is measured in benchmarks/checks.py
        add_explanation(verdict, question, function, answers)
    assert verdict.explained != "none"
    for seed in SEEDS:
        verdict = run_and_judge(question, function, seed=seed)
        assert verdict.points < verdict.of, f"full marks on seed {seed}"
