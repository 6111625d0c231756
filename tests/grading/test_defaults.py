"""A default other than the question's costs points, although every case passes the argument."""

import pytest

from conv_course.checker.answers import Answer
from conv_course.checker.defaults import defaults_of, other_defaults
from conv_course.checker.notebook import Check
from conv_course.checker.questions import load_sheet, sheet_stems
from conv_course.checker.slips import compiled
from conv_course.checker.wire import dumps, loads_answers
from conv_course.grade import channel
from tests.grading.explained import answers_to, question_of

WITH_DEFAULTS = [
    (stem, name)
    for stem in sheet_stems()
    for name, question in load_sheet(stem).questions.items()
    if question.kind == "function" and question.source and defaults_of(question.model)
]


def with_default(question, name, value):
    """Return the course's own answer with another default of one argument."""
    function = compiled(question.source, question.function, question.names)
    if name in (function.__kwdefaults__ or {}):
        function.__kwdefaults__ = function.__kwdefaults__ | {name: value}
        return function
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    values = dict(zip(names[-len(function.__defaults__) :], function.__defaults__, strict=True))
    function.__defaults__ = tuple((values | {name: value}).values())
    return function


def other(value):
    return tuple(map(other, value)) if isinstance(value, tuple) else value + 1


@pytest.mark.parametrize(("stem", "name"), WITH_DEFAULTS)
def test_every_default_of_every_question_is_looked_at(stem, name):
    question = load_sheet(stem).questions[name]
    for argument, value in defaults_of(question.model):
        mine = other(value)
        card = Check(load_sheet(stem))(name, with_default(question, argument, mine))
        assert card.verdict.points < question.points, argument
        assert f"The default of {argument} is {mine} and not {value}" in str(card)
        assert card.verdict.explained == "slip"
        assert len(card.verdict.diagnoses) == 1


def test_beside_another_mistake_it_is_a_note():
    question = question_of("02 q3")
    wrong = with_default(question, "stride", 2)
    check = Check(load_sheet(question.stem))
    card = check(
        "q3", lambda x, w, b=0.0, *, stride=2, padding=0: -wrong(x, w, b, stride=stride, padding=padding)
    )
    assert card.verdict.points == 0
    assert "Note: The default of stride is 2 and not 1." in str(card)
    assert card.verdict.explained != "none"


@pytest.mark.parametrize(
    "same",
    ["stride=1, padding=0", "stride, padding", "stride=None, padding=(0, 0)", "stride=1.0, padding=False"],
)
def test_what_may_stand_for_the_same_is_let_pass(same):
    question = question_of("02 q3")
    space = {}
    exec(f"def slide(x, w, b=0.0, *, {same}): return None", space)
    assert other_defaults(question, answers_to(question, space["slide"])) == []


def test_defaults_come_from_another_process_as_they_are():
    question = question_of("02 q3")
    answers = answers_to(question, with_default(question, "stride", 2))
    assert loads_answers(dumps(answers))[0].defaults == (("b", 0.0), ("stride", 2), ("padding", 0))


@pytest.mark.parametrize(
    "forged",
    [
        (("stride" * 50, 2),),
        tuple(("stride", 2) for _ in range(21)),
        [("stride", 2)],
        (("stride", 10**400),),
        (("stride", "2"),),
        (("stride", (((1,),),)),),
        (7,),
        (("stride",),),
    ],
    ids=str,
)
def test_forged_defaults_are_no_answer(forged):
    assert not channel._is_answer(Answer("value", 1.0, defaults=forged))
    assert channel._is_answer(Answer("value", 1.0, defaults=(("stride", (1, 2)),)))
