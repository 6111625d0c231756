"""What a card says of a learner's test that refuses a right layer or accepts wrong ones."""

import re
import time
from pathlib import Path

import numpy as np
import pytest

from conv_course.checker import computes
from conv_course.checker.computes import inputs, refusals, truths
from conv_course.checker.described import case_text
from conv_course.checker.judge import judge, run_and_judge
from conv_course.checker.notebook import Check
from conv_course.checker.questions import load_sheet
from conv_course.checker.show import failure_lines
from conv_lib import vectorized
from conv_lib.naive import conv1d_backward
from tests.grading.explained import answers_to, edited, explained, question_of
from tests.grading.sheet_cases import questions

SHAPES = [((2, 3, 7, 6), (4, 3, 2, 3), (2, 1), (1, 2)), ((3, 2, 6, 9), (3, 2, 2, 3), (3, 2), (0, 1))]


def a_test(equal):
    """Return a test of the backward pass that compares by `equal`."""

    def trust_backward(conv2d_backward):
        rng = np.random.default_rng(0)
        for x_shape, w_shape, stride, padding in SHAPES:
            x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
            y = vectorized.conv2d(x, w, np.zeros(len(w)), stride=stride, padding=padding)
            dout = rng.normal(size=y.shape)
            layer = {"stride": stride, "padding": padding}
            want = vectorized.conv2d_backward(dout, x, w, **layer)
            got = conv2d_backward(dout, x, w, **layer)
            if not all(equal(a, b) for a, b in zip(got, want, strict=True)):
                return False
        return True

    return trust_backward


@pytest.mark.parametrize(
    ("equal", "told"),
    [
        (np.array_equal, True),
        (lambda a, b: np.allclose(a, b, rtol=0, atol=1e-16), True),
        (lambda a, b: a.flags.c_contiguous and np.allclose(a, b) and b.flags.c_contiguous, False),
    ],
    ids=["bit by bit", "a tolerance too small", "the memory"],
)
def test_a_test_that_refuses_for_the_last_digits_is_told_so(equal, told):
    found = explained(question_of("17 q3"), a_test(equal))
    assert "refuses 1 of 2 right ones" in found.text[0]
    assert any("replaced by those of another right one" in line for line in found.text) is told


COUNTED = {(7, 3, 1, 0): 5, (8, 3, 2, 0): 3, (6, 3, 3, 2): 3, (9, 2, 4, 1): 3}


def a_test_of_sizes(**wrong):
    """Return a test of output sizes with numbers of its own, some of them wrong."""
    asked = COUNTED | wrong.get("wrong", {})

    def trust_size(output_size):
        found = [output_size(H, k, stride=s, padding=p) == n for (H, k, s, p), n in asked.items()]
        return all(found)

    def trust_at_once(output_size):
        return all(output_size(H, k, stride=s, padding=p) == n for (H, k, s, p), n in asked.items())

    return trust_size, trust_at_once


@pytest.mark.parametrize("which", [0, 1], ids=["to the end", "at the first"])
def test_a_test_with_a_wrong_number_of_its_own_is_told_the_call(which):
    found = explained(question_of("17 q1"), a_test_of_sizes(wrong={(8, 3, 2, 0): 4})[which])
    assert (
        "For output_size(8, 3, stride=2, padding=0) a right one returns 3, and your test takes 4 there."
        in (found.text)
    )
    assert found.hint == refusals.COUNTED


def test_a_test_is_sent_to_the_last_digits_only_where_they_decide():
    """One that is wrong itself refuses right ones for what it compares them with."""
    contiguous = a_test(lambda a, b: a.flags.c_contiguous and np.allclose(a, b) and b.flags.c_contiguous)
    assert explained(question_of("17 q3"), contiguous).hint == refusals.LITTLE

    def trust_size(output_size):
        """Compares with the size rounded up, at two strides."""
        return sorted(output_size(H, 3, stride=2, padding=0) for H in (6, 10)) == [3, 5]

    found = explained(question_of("17 q1"), trust_size)
    assert found.hint == refusals.COMPARED
    assert found.text[-1] == refusals.LAST.format("output_size(10, 3, stride=2, padding=0)", 4)


ROOT = Path(__file__).parents[2]
PLAIN = ((2, 3, 8, 7), (4, 3, 2, 3), (2, 3), ((0, 1), (2, 1)))


def a_forward_test(*layers, equal=lambda a, b: a.shape == b.shape and np.allclose(a, b), bias=1.0):
    """Return a test of the forward pass on layers of these shapes, strides and paddings."""

    def trust_forward(conv2d):
        rng = np.random.default_rng(0)
        for x_shape, w_shape, stride, padding in layers:
            x, w, b = rng.normal(size=x_shape), rng.normal(size=w_shape), bias * rng.normal(size=w_shape[0])
            given = {"stride": stride, "padding": padding}
            if not equal(conv2d(x, w, b, **given), vectorized.conv2d(x, w, b, **given)):
                return False
        return True

    return trust_forward


INPUTS = {
    "no rest": ([((2, 3, 7, 6), (4, 3, 3, 2), (2, 1), 1)], "no row is left over behind the last window"),
    "one image": ([((1, *PLAIN[0][1:]), *PLAIN[1:])], "x has one image"),
    "one channel": ([((2, 1, 8, 7), (4, 1, 2, 3), *PLAIN[2:])], "x has one channel"),
    "one filter": ([(PLAIN[0], (1, 3, 2, 3), *PLAIN[2:])], "w has one filter"),
    "one stride": ([((2, 3, 9, 7), (4, 3, 2, 3), 2, (1, 2))], "both axes have the same stride"),
    "no zeros": ([(*PLAIN[:3], 0)], "there are no zeros around the input"),
}


def a_tiny_test(*shape, key="stride"):
    """Return a test of small layers that calls one layer, with an x of this shape."""

    def trust_tiny(conv2d):
        x, w = np.ones((1, 1, *shape)), np.ones((1, 1, 1, 2))
        return conv2d(x, w, **{key: 1}).shape == (1, 1, 2, 2)

    return trust_tiny


def test_a_right_one_that_refuses_an_input_is_told_with_a_hint():
    found = explained(question_of("17 q6"), a_tiny_test(2, 3))
    assert found.text[0] == "A right one itself stops at what your test gives it."
    assert "return conv2d(" in " ".join(found.text[1:])
    assert found.hint == "What does its message ask for, and which of your inputs breaks that?"


def test_a_right_one_that_is_called_wrongly_does_not_stop_by_itself():
    right = question_of("17 q6").cases_for(0)[0].args[0].function
    assert truths._stops(a_tiny_test(2, 3), right)
    assert not truths._stops(a_tiny_test(1, 3, key="steps"), right)
    assert not truths._stops(lambda conv2d: conv2d.name, right)


@pytest.mark.parametrize("kind", INPUTS)
def test_what_all_inputs_have_in_common_is_told_if_it_hides_a_wrong_one(kind):
    layers, fact = INPUTS[kind]
    found = explained(question_of("17 q2"), a_forward_test(*layers))
    assert f"In the one input of your test, {fact}. With " in " ".join(found.text)
    assert not found.hint.startswith("Which of your inputs")
    found = explained(question_of("17 q2"), a_forward_test(*layers, *layers))
    assert f"In all inputs of your test, {fact}. With " in " ".join(found.text)


def test_what_inputs_have_in_common_stands_beside_a_name_too():
    question = question_of("17 q2")

    def trust_forward(conv2d):
        rng = np.random.default_rng(0)
        x, w, b = (rng.standard_normal(shape) for shape in ((2, 3, 7, 7), (4, 3, 3, 3), 4))
        how = {"stride": (2, 2), "padding": (1, 1)}
        y, mine = vectorized.conv2d(x, w, b, **how), conv2d(x, w, b, **how)
        return y.shape == mine.shape and bool(np.allclose(y, mine))

    verdict = run_and_judge(question, trust_forward)
    computes.add_explanation(verdict, question, trust_forward, answers_to(question, trust_forward))
    assert [d.name for d in verdict.diagnoses] == ["Mistakes that do not show on squares pass"]
    assert any(line.startswith("In the one input of your test, ") for line in verdict.explanation.text)


def test_a_crop_that_padding_hides_is_told_by_what_the_inputs_have():
    question, shapes = question_of("17 q3"), [((2, 1), (1, 2)), ((1, 3), (2, 1)), ((3, 2), (1, 1))]

    def trust_backward(conv2d_backward):
        rng = np.random.default_rng(11)
        for stride, padding in shapes:
            x, w = rng.normal(size=(3, 2, 7, 9)), rng.normal(size=(4, 2, 3, 2))
            how = {"stride": stride, "padding": padding}
            dout = rng.normal(size=vectorized.conv2d(x, w, np.zeros(4), **how).shape)
            both = conv2d_backward(dout, x, w, **how), vectorized.conv2d_backward(dout, x, w, **how)
            if not all(a.shape == b.shape and np.allclose(a, b) for a, b in zip(*both, strict=True)):
                return False
        return True

    found = explained(question, trust_backward)
    assert found.text[-1].startswith(
        "In all inputs of your test, there is padding at each end. With a padding"
    )
    assert found.hint == "Which of your inputs could have a padding of 0?"


def test_nothing_is_said_of_a_fact_that_hides_nothing():
    question = question_of("17 q2")
    one = a_forward_test(PLAIN, ((1, 3, 8, 7), (4, 3, 2, 3), 1, 1), bias=0.0)
    assert "In all inputs of your test, b is 0." in " ".join(explained(question, one).text)
    right, wrong = (case.args[0] for case in question.cases_for(0)[1:3])
    x, w = np.ones((1, 1, 4, 4)), np.ones((1, 1, 2, 2))
    apart = lambda a, b: None if np.allclose(a, b) else 1  # noqa: E731
    assert inputs.in_common([((x, w), {})], {0: right.function}, right.function, apart) is None
    assert (
        inputs.in_common([((x, w), {"padding": "same"})], {0: wrong.function}, right.function, apart) is None
    )


def test_every_fact_is_broken_by_its_change():
    """Of the calls of all of the course's own tests and of simple ones: what holds, holds no more."""
    seen = set()
    for given in GIVEN:
        one = inputs.Inputs(given)
        for fact, holds, other, change in inputs.FACTS:
            try:
                changed = change(one) if holds(one) else None
            except (LookupError, TypeError, AttributeError, ValueError):
                continue
            if changed is not None and not (" is left over" in fact and max(one.s) == 1):
                assert not holds(inputs.Inputs(changed)), (fact, other)
                seen.add(fact)
    assert seen == {fact for fact, *_ in inputs.FACTS}


KEPT = {
    "all the same": lambda a: np.ptp(a) == 0,
    "the same in each image": lambda a: (a == a[:1]).all(),
    "the same in each channel": lambda a: a.ndim > 1 and (a == a[:, :1]).all(),
    "whole": lambda a: (a == np.round(a)).all(),
    "none below 0": lambda a: a.min() >= 0,
    "none twice": lambda a: len(np.unique(a)) == a.size,
}
MADE = {
    "ones": lambda rng, shape: np.ones(shape),
    "zeros": lambda rng, shape: np.zeros(shape),
    "images alike": lambda rng, shape: np.repeat(rng.normal(size=(1, *shape[1:])), shape[0], 0),
    "channels alike": lambda rng, shape: np.repeat(
        rng.integers(-9, 9, (shape[0], 1, *shape[2:])), shape[1], 1
    ),
    "in order": lambda rng, shape: np.arange(float(np.prod(shape))).reshape(shape),
    "any": lambda rng, shape: rng.normal(size=shape),
    "between 0 and 1": lambda rng, shape: rng.random(shape),
}


@pytest.mark.parametrize("how", MADE)
def test_what_is_tried_with_other_sizes_keeps_what_the_numbers_are_like(how):
    """Else a mistake that ones hide would be said to be hidden by a size."""
    rng = np.random.default_rng(0)
    x, w = MADE[how](rng, (3, 2, 8, 7)), MADE[how](rng, (4, 2, 3, 2))
    given = {
        "dout": MADE[how](rng, (3, 4, 6, 6)),
        "x": x,
        "w": w,
        "b": np.zeros(4),
        "stride": 1,
        "padding": 0,
    }
    one, tried = inputs.Inputs(given), 0
    for fact, holds, _, change in inputs.FACTS:
        if not holds(one) or "numbers" in fact:
            continue
        for name, array in change(one).items():
            if isinstance(array, np.ndarray):
                alike = [kept for kept, holds in KEPT.items() if holds(given[name])]
                others = {"b is 0": ("b",)}.get(fact, ())
                assert name in others or all(KEPT[kept](array) for kept in alike), (fact, name, alike)
                tried += array.shape != given[name].shape
    assert tried > 4


def test_ones_in_dout_are_told_as_such_not_by_a_size_that_makes_a_new_dout():
    def trust_backward(conv2d_backward):
        rng = np.random.default_rng(0)
        for stride, padding in (((1, 1), (0, 0)), ((2, 1), (1, 2)), ((1, 2), (3, 1)), ((3, 2), (0, 1))):
            x, w = rng.normal(size=(3, 2, 8, 7)), rng.normal(size=(4, 2, 3, 2))
            how = {"stride": stride, "padding": padding}
            dout = np.ones_like(vectorized.conv2d(x, w, np.zeros(4), **how))
            both = conv2d_backward(dout, x, w, **how), vectorized.conv2d_backward(dout, x, w, **how)
            if not all(a.shape == b.shape and np.allclose(a, b) for a, b in zip(*both, strict=True)):
                return False
        return True

    text = " ".join(explained(question_of("17 q3"), trust_backward).text)
    assert "the numbers of dout are all the same" in text


SIGNAL = {"dout": np.ones(3), "x": np.ones(7), "w": np.ones(3), "stride": 2, "padding": 0}
IMAGES = {"x": np.ones((1, 1, 5, 5)), "w": np.ones((1, 1, 3, 3)), "b": np.zeros(1), "stride": 2, "padding": 0}
GIVEN = (
    {"H": 7, "k": 3, "stride": 2, "padding": 0},
    SIGNAL,
    SIGNAL | {"stride": 1, "dout": np.ones(5)},
    IMAGES,
    IMAGES | {"stride": 1},
    IMAGES | {"padding": 1},
    IMAGES | {"stride": 3, "x": np.ones((1, 1, 6, 6))},
    {
        "dout": np.ones((1, 1, 2, 2)),
        "x": np.arange(16.0).reshape(1, 1, 4, 4),
        "kernel": (2, 2),
        "stride": (2, 2),
    },
)


@pytest.mark.parametrize(
    ("equal", "line", "asks"),
    [
        (lambda a, b: a.shape == b.shape, "if 1000 is added to every number", False),
        (
            lambda a, b: a.shape == b.shape and np.allclose(a, b, atol=2),
            "if 1 is added to every number",
            True,
        ),
        (
            lambda a, b: a.shape == b.shape and np.isclose(a.mean(), b.mean()),
            "are put in reverse order",
            False,
        ),
        (
            lambda a, b: a.shape == b.shape and (a - b).max() < 1e-9,
            "if -1000 is added to every number",
            False,
        ),
    ],
    ids=["shapes", "a wide tolerance", "means", "one side"],
)
def test_what_a_test_does_not_compare_is_shown_by_what_it_believes(equal, line, asks):
    found = explained(question_of("17 q2"), a_forward_test(PLAIN, equal=equal))
    assert any("It also says True" in told and line in told for told in found.text)
    assert ("How far apart may two numbers be" in found.hint) is asks


def test_a_stop_of_a_right_one_is_not_counted_with_the_wrong_ones():
    question = question_of("17 q1")
    verdict = run_and_judge(question, lambda output_size: output_size(7, 3, 1, 0) == 5)
    assert verdict.notes == []
    lines = dict(failure_lines(question, verdict, question.cases_for(0)))
    assert lines["Given"] == 'a right `output_size`, "by the formula"'
    verdict = run_and_judge(question, lambda output_size: True)
    assert re.match('a wrong `output_size`, "(stride|padding): ', _given(question, verdict))


def _given(question, verdict):
    return dict(failure_lines(question, verdict, question.cases_for(0)))["Given"]


TENS = {"twenty": 20, "thirty": 30}
ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@pytest.mark.parametrize("name", ["q2", "q3"])
def test_an_exercise_says_how_many_wrong_layers_there_are(name):
    text = (ROOT / "solutions" / "17_break_the_checker.md").read_text()
    section = text.split(f"## {name}\n")[1].split("\n## ")[0]
    told = re.findall(r"(twenty|thirty)-(\w+)\s+wrong\s+layers", section)
    wrong = [
        c for c in question_of(f"17 {name}").cases_for(0) if not question_of(f"17 {name}").oracle(*c.args)
    ]
    assert [TENS[ten] + ONES.index(one) + 1 for ten, one in told] == [len(wrong)]


def test_a_tolerance_that_does_not_grow_is_shown_by_larger_and_smaller_numbers():
    def is_adjoint(forward, adjoint, x, g):
        return abs(forward(x) @ g - x @ adjoint(g)) < 1e-8

    text = explained(question_of("05 q4"), is_adjoint).text
    assert any(
        " times a million, " in line and "from True to False, and True is still right" in line
        for line in text
    )
    assert any(" times a millionth, " in line and "from False to True" in line for line in text)
    close = edited(question_of("05 q4"), ("<= 1e-09 * size", "<= 0.01 * size"))
    assert not any(" times a million" in line for line in explained(question_of("05 q4"), close).text)


def test_a_case_says_which_function_it_gives():
    first, *_ = question_of("05 q1").cases_for(0)
    assert case_text(question_of("05 q1"), first).startswith("f = a function (x**3), x = ")
    texts = [case_text(question_of("05 q2"), one) for one in question_of("05 q2").cases_for(0)]
    assert any("a function (the sum of w * x**power in each window, w = [" in text for text in texts)
    assert all("a function (" in text for text in texts)
    test = question_of("17 q1")
    assert "return" not in case_text(test, test.cases_for(0)[2])
    assert "H + 2" not in case_text(test, test.cases_for(0)[2])


def busy(seconds):
    """The limit counts the process's time, not that of the clock."""
    begun = time.process_time()
    while time.process_time() - begun < seconds:
        pass


def test_a_slow_test_that_does_not_compare_a_result_is_not_sent_to_look_for_an_input():
    """The time may end before all wrong layers are compared: one that differs on its inputs is enough."""

    def believes(layer):
        rng = np.random.default_rng(0)
        for W in (7, 8, 9):
            for stride in (1, 2):
                x, w = rng.normal(size=W), rng.normal(size=3)
                dout = rng.normal(size=(W - 3) // stride + 1)
                busy(0.015)
                dx, *_ = layer(dout, x, w, stride=stride, padding=0)
                if not np.allclose(dx, conv1d_backward(dout, x, w, stride=stride)[0]):
                    return False
        return True

    hint = explained(question_of("05 q5"), believes).hint
    assert hint.startswith("On an input of your test, ")


def test_without_the_time_to_compare_the_hint_holds_either_way(monkeypatch):
    monkeypatch.setattr(truths, "SECONDS", 0.001)
    test = a_forward_test(*INPUTS["one image"][0])

    def slow(conv2d):
        busy(0.01)
        return test(conv2d)

    assert explained(question_of("17 q2"), slow).hint == truths.EITHER


TESTS = [p for p in questions if p.values[0].kind == "tests"]


@pytest.mark.parametrize("question", TESTS)
def test_a_named_test_has_no_general_hint_beside_that_of_its_name(question):
    for wrong in question.wrongs:
        answers = answers_to(question, wrong.function)
        verdict = judge(question, answers)
        computes.add_explanation(verdict, question, wrong.function, answers)
        assert verdict.diagnoses
        assert verdict.explanation is None or verdict.explanation.hint != truths.INPUT, wrong.name


def test_a_test_without_equal_numbers_in_a_window_is_asked_for_some():
    """Not for a second image: that would show a mistake with ties only if it had some."""
    x = np.array(
        [[1.0, 2, 3, 4, 0], [5, 30, 7, 8, 1], [9, 10, 11, 12, 2], [13, 14, 15, 16, 6], [17, 18, 19, 20, 21]]
    )

    def trust_pooling(backward):
        for stride, n in ((2, 2), (1, 4)):
            dout, want = np.arange(1.0, n * n + 1).reshape(n, n), np.zeros(x.shape)
            for i, j in np.ndindex(n, n):
                a, b = i * stride, j * stride
                u, v = np.divmod(x[a : a + 2, b : b + 2].argmax(), 2)
                want[a + u, b + v] += dout[i, j]
            got = backward(dout[None, None], x[None, None], (2, 2), stride=(stride, stride))
            if np.shape(got) != (1, 1, 5, 5) or not np.allclose(got[0, 0], want):
                return False
        return True

    found = explained(question_of("17 q7"), trust_pooling)
    told = next(line for line in found.text if "no window has two equal numbers" in line)
    assert "3 of these would give another result" in told


def test_a_test_that_any_one_of_three_results_satisfies_is_told_so():
    def trust_backward(backward):
        rng = np.random.default_rng(0)
        x, w, dout = (rng.normal(size=s) for s in ((2, 3, 7, 6), (4, 3, 2, 3), (2, 4, 4, 8)))
        how = {"stride": (2, 1), "padding": (1, 2)}
        right = vectorized.conv2d_backward(dout, x, w, **how)
        return any(np.allclose(a, b) for a, b in zip(backward(dout, x, w, **how), right, strict=True))

    assert truths.ONE_WRONG in explained(question_of("17 q3"), trust_backward).text


def test_a_name_of_a_test_comes_with_one_question():
    """The name tells that something is not looked at; "what do you compare?" would ask for it again."""
    question = question_of("17 q3")

    def trust_backward(conv2d_backward):
        rng = np.random.default_rng(0)
        for x_shape, w_shape, stride, padding in SHAPES:
            x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
            y = vectorized.conv2d(x, w, np.zeros(len(w)), stride=stride, padding=padding)
            dout, layer = rng.normal(size=y.shape), {"stride": stride, "padding": padding}
            got, want = (f(dout, x, w, **layer) for f in (conv2d_backward, vectorized.conv2d_backward))
            if not all(
                a.shape == b.shape and np.allclose(a, b) for a, b in zip(got[:2], want[:2], strict=True)
            ):
                return False
        return True

    card = str(Check(load_sheet(question.stem))("q3", trust_backward))
    assert "This looks like: Mistakes in db pass" in card
    assert "Your test accepts 6 of 24" in card
    assert card.count("Hint: ") == 1


def one_input(x, dout, want):
    def trust_pooling(max_pool2d_backward):
        return np.allclose(max_pool2d_backward(dout, x, (2, 2), stride=(2, 2)), want)

    return trust_pooling


def test_all_that_inputs_have_in_common_is_told_until_every_survivor_has_a_reason():
    """Windows that touch, and nothing left over: two reasons, each of which hides others."""
    x = np.array([[5.0, 5, 1, 2], [5, 5, 2, 2], [0, 0, 3, 1], [0, 0, 1, 3]])[None, None]
    want = np.zeros((4, 4))
    want[0, 0], want[0, 3], want[2, 0], want[2, 2] = 1, 2, 3, 4
    found = explained(question_of("17 q7"), one_input(x, np.array([[[[1.0, 2], [3, 4]]]]), want))
    told = " ".join(found.text)
    assert "is left over behind the last window." in told
    assert "no window overlaps another." in told
    assert found.hint.startswith("Could your test have a second input, with ")

    first = ((2, 3, 7, 7), (4, 3, 3, 3), (1, 1), (1, 1))
    found = explained(question_of("17 q2"), a_forward_test(first, bias=0.0))
    facts = [line for line in found.text if line.startswith("In ")]
    assert 2 <= len(facts) <= truths.FACTS
