"""The mistakes of any backward pass lose points and are named, in every question that has them."""

import pytest

from conv_course.checker import backward
from conv_course.checker.computes import VAGUE
from conv_course.checker.judge import run_and_judge
from tests.grading.explained import explained

from .sheet_cases import questions

WAYS = [
    pytest.param(question, way, id=f"{question.stem[:2]}-{question.name}-{way[0]}")
    for question in (p.values[0] for p in questions if p.values[0].kind == "function")
    if backward.passes_back(question)
    for way in backward.ways(question)
]
# an answer with the same results is named by a slip of the sheet
SISTERS = {
    "dx ends where the last window ends": (
        "The leftover samples are dropped",
        "The leftover pixels are dropped",
    ),
    "The leftover stands at the start of dx": ("The leftover samples are at the wrong end",),
    "dx is too short by what is left over": ("The leftover samples are dropped",),
    "The padding in front is taken off at both ends": ("The left padding is taken off dx at both ends",),
    "The paddings of height and width exchanged": ("Height and width of the padding swapped",),
}


def answer(question, way):
    return lambda *args, **kwargs: backward.made(question, way[2], args, kwargs)


@pytest.mark.parametrize(("question", "way"), WAYS)
def test_a_mistake_is_named_wherever_it_is_one(question, way):
    verdict = run_and_judge(question, answer(question, way), seed=0)
    if verdict.failure is None:
        assert verdict.points == verdict.of
        return
    names = [one.name for one in verdict.diagnoses if one.name not in VAGUE]
    if not names:
        names = [one.name for one in explained(question, answer(question, way), seconds=20).names]
    assert [name for name in names if name in (way[0], *SISTERS.get(way[0], ()))] == names != []


TWO_AXES = [p for p in WAYS if p.values[1] in backward.CUTS[2] and "dx" in (p.values[0].model.__doc__ or "")]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("question", "way"), TWO_AXES)
def test_one_axis_for_another_never_has_full_marks(question, way, seed):
    verdict = run_and_judge(question, answer(question, way), seed=seed)
    assert verdict.points < verdict.of


TWO_SIDED = "((0, 0), (0, 0), (pH, pH), (pW, pW))"
PADDED = [
    question
    for question in dict.fromkeys(p.values[0] for p in WAYS)
    if TWO_SIDED in question.source or "W + 2 * pW))" in question.source
]
LEFT_AS_ABOVE, ABOVE_AS_LEFT = (way[0] for way in backward.CUTS[2] if "as much padding as" in way[0])


@pytest.mark.parametrize(("front", "name"), [("pH", LEFT_AS_ABOVE), ("pW", ABOVE_AS_LEFT)])
@pytest.mark.parametrize("question", PADDED, ids=lambda q: f"{q.stem[:2]}-{q.name}")
def test_zeros_in_front_are_told_whatever_stands_behind(question, front, name):
    """As with np.pad(x, (..., padding, padding)), which reads the pair as (before, after) on both axes."""
    behind = "pH + pW + 9"  # so that no window reaches over the end
    source = question.source.replace(TWO_SIDED, f"((0, 0), (0, 0), ({front}, {behind}), ({front}, {behind}))")
    for letter in "HW":
        source = source.replace(f"{letter} + 2 * p{letter}", f"{letter} + {front} + {behind}")
        source = source.replace(f"p{letter} : p{letter} + {letter}", f"{front} : {front} + {letter}")
    assert source != question.source
    function = question.compiled(source)
    names = [one.name for one in run_and_judge(question, function).diagnoses if one.name not in VAGUE]
    names = names or [one.name for one in explained(question, function, seconds=20).names]
    assert names == [name]


def test_without_a_mistake_nothing_changes():
    for question in dict.fromkeys(p.values[0] for p in WAYS):
        right = backward._each()
        verdict = run_and_judge(question, answer(question, ("", "", right)), seed=0)
        assert verdict.points == verdict.of
