"""Whatever a function returns, there is a verdict, in the notebook and from another process."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from conv_course.checker.answers import ITEMS, Answer, clean
from conv_course.checker.compare import Difference, as_array
from conv_course.checker.judge import expected, judge, limits
from conv_course.checker.questions import load_sheet
from conv_course.checker.run import run
from conv_course.checker.show import Card
from conv_course.checker.wire import dumps
from conv_course.grade import channel

from .sheet_cases import questions

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


class Long(list):
    pass


def nested(depth, value=1.0):
    return [nested(depth - 1, value)] if depth else value


def without_end():
    value = [1.0]
    value.append(value)
    return value


NUMBERS = [
    *(sign * 10**digits for sign in (1, -1) for digits in (19, 308, 309, 400, 5000)),
    *(2**62, 2**63, 2**64, -(2**63) - 1, 2**1023, 2**1024),
    *(1j, np.complex128(1j), float("inf"), float("-inf"), float("nan"), True, np.True_, -0.0, 5e-324),
    *(np.float16(65504), np.longdouble("1e4000"), np.uint64(2**64 - 1), np.int8(-128)),
    *(Decimal("1e9999"), Fraction(1, 3), "1.0", b"1.0", None, ..., object(), len, date(2025, 1, 1)),
]
OTHERS = [
    *("", "\ud800", "\x00", "=1+1", "x" * 2000, NotImplemented, {1, 2}, range(3), iter([1]), int, np),
    *(
        [],
        (),
        {},
        [[]],
        [[], [1]],
        [[1, 2], [3]],
        [[1, [2]], 3],
        [None],
        [..., 1],
        ["a", 1],
        [{}],
        [True, 2.5],
    ),
    *({"": 1}, {1: 2}, {"a": {"b": 10**400}}, {"x" * 2000: 1}, Long([1]), [b"a"], (1, "a", None)),
    *(nested(8), nested(9), nested(40), nested(9, ()), without_end()),
    *(np.array([object()]), np.array([10**400]), np.array(["a"]), np.array([1j]), np.array(None)),
    *(np.zeros(0), np.zeros((0, 10**9)), np.ones((1,) * 64), np.zeros(3, [("x" * 999, float)])),
    *(np.zeros(2, "datetime64[s]"), np.zeros(2, ">i2"), np.zeros(2, ">f8"), np.zeros(2, np.longdouble)),
    *(np.ma.masked_array([1.0, 2.0], [True, False]), memoryview(b"ab"), np.broadcast_to(1.0, (10**6, 10**6))),
    *(
        [np.zeros((0, 2**40))] * 3,
        [np.zeros((0, 2**58))] * 100,
        [np.zeros(2), 10**400],
        [np.bool_(True)],
        [np.array(1j)],
    ),
]


MANY = [
    *([[]] * 70_000, [0.5] * 70_000, [0] * ITEMS, [0] * (ITEMS - 1), ["," * 999] * 999, [",,,,,,,"] * 9000),
    *([{"[[[[[[[": 1}] * 9000, [()] * 30_000, "x" * 10**6, {"x" * 10**6: 1}, [np.zeros((0,) * 60)] * 2000),
    *(
        [2.0**70] * 30_000,
        [2**70] * 30_000,
        [Long()] * 9000,
        [{"a": {}}] * 9000,
        ["\ud83d\ude00" * 500] * 200,
    ),
]


FORMS = 4  # at most


def forms(question, odd, right):
    """Yield the odd value alone, in place of each output, and in place of one number of many."""
    yield odd
    yield (odd,) * max(len(question.outputs), 2)
    if question.outputs:
        yield dict.fromkeys(question.outputs, odd)
    numbers = np.ravel(right).tolist()
    yield [*numbers[:-1], odd]


def judged(question, value):
    """Judge a value here, and again as sent by another process."""
    cases, most = question.cases_for(3), limits(question, 3)
    answers = run(
        lambda *args, **kwargs: value,
        cases,
        names=question.parameters,
        modifies=question.modifies,
        limits=most,
    )
    numbers = max(most) * len(cases) * (1 + len(question.modifies))
    report = channel.read(b"answers/q " + dumps(answers) + b"\n", {"q": len(cases)}, {"q": numbers})
    assert not report.forged
    here, there = (judge(question, each, seed=3) for each in (answers, report.answers["q"]))
    assert here.state in ("not yet", "partly", "done", "not started")
    assert (here.points, here.state) == (there.points, there.state)
    card = Card(question, there, cases, ["0 of 1 points"])
    assert len(card.html()) + len(str(card)) < 50_000


def kinds():
    """Return one question of each kind, by the type of the expected result and the way it is given."""
    found = {}
    for each in questions:
        (question,) = each.values
        wanted = expected(question, 3)[0].values()
        types = tuple(sorted({f"{type(v).__name__}{np.ndim(v)}{np.asarray(v).dtype.kind}" for v in wanted}))
        key = question.kind, bool(question.outputs), bool(question.modifies), types
        found.setdefault(key, each)
    return list(found.values())


@pytest.mark.parametrize("extra", [0, 1, 40])
@pytest.mark.parametrize("question", kinds())
def test_there_is_a_verdict_on_more_or_fewer_results_than_asked_for(question, extra):
    """A learner's process may send a forged answer."""
    after = (np.zeros(2),) * extra
    answers = [Answer("value", np.zeros(2), after=after) for _ in question.cases_for(3)]
    assert judge(question, answers, seed=3).state in ("not yet", "partly")


@pytest.mark.parametrize("turn", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, FORMS))])
@pytest.mark.parametrize(
    ("number", "question"), [pytest.param(n, *each.values, id=each.id) for n, each in enumerate(kinds())]
)
def test_there_is_a_verdict(number, question, turn):
    """Try each odd value in one of its forms, a different one per question; with --all, in all of them."""
    right = run(question.model, question.cases_for(3)[:1], names=question.parameters)[0].value
    right = right if isinstance(right, np.ndarray) else 1.0
    for place, odd in enumerate([*NUMBERS, *OTHERS]):
        in_forms = list(forms(question, odd, right))
        judged(question, in_forms[(number + place + turn) % len(in_forms)])


@pytest.mark.parametrize("name", ["02_slide_a_kernel q3", "03_draw_the_graph q2", "16_train_a_cnn q5"])
@pytest.mark.parametrize("place", range(len(MANY)))
def test_there_is_a_verdict_on_very_many(name, place):
    """The process that made the value reports that it is too large, so no honest data is refused."""
    stem, question = name.split()
    judged(load_sheet(stem).questions[question], MANY[place])


@pytest.mark.parametrize("digits", [309, 400, 5000])
def test_a_whole_number_that_no_float_holds_is_too_large(digits):
    for number in (10**digits, -(10**digits)):
        assert as_array(number) == Difference("huge", "a number")
        assert as_array([1, number]).kind == "huge"
        assert clean(number).kind == "huge"
        assert clean([1, number])[1].kind == "huge"
