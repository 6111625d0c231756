"""Cards about `...`, None, a stub or the wrong number of results are correct in every sheet."""

import math
import re
from collections import namedtuple
from dataclasses import replace

import numpy as np
import pytest

from conv_course.checker.answers import clean
from conv_course.checker.described import call_as_code, describe
from conv_course.checker.diagnose import Diagnosis
from conv_course.checker.judge import expected, judge, limits, run_and_judge
from conv_course.checker.notebook import Check
from conv_course.checker.questions import load_sheet
from conv_course.checker.run import run
from conv_course.checker.show import Card, _with_output
from conv_course.checker.slips import edit

from .sheet_cases import questions


def own_outputs(question):
    """Return the names of returned results, without arguments modified in place."""
    return [name for name in question.outputs if name not in question.modifies]


def some(wanted):
    return [each for each in questions if wanted(each.values[0])]


returning = some(lambda q: q.kind == "function" and not q.modifies)
several = some(lambda q: len(own_outputs(q)) > 1 and not q.modifies)
single_arrays = some(
    lambda q: (
        q.kind == "function"
        and not q.outputs
        and all(isinstance(row[""], np.ndarray) and row[""].size > 1 for row in expected(q, 0))
    )
)


def look(question, function, **more):
    verdict = run_and_judge(question, function, **more)
    return verdict, str(Card(question, verdict, question.cases_for(0), [""]))


def right(question, args, kwargs):
    """Return the right results as a list."""
    value = question.model(*args, **kwargs)
    return list(value.values()) if isinstance(value, dict) else list(value)


def in_case(question, number, odd):
    """Return a function that gives the right answer, but `odd()` in one case."""
    calls = []

    def answer(*args, **kwargs):
        calls.append(1)
        return odd() if len(calls) - 1 == number else question.model(*args, **kwargs)

    return answer


def stop():
    raise NotImplementedError


# --- `...`


@pytest.mark.parametrize("question", several)
def test_dots_in_place_of_one_result(question):
    verdict, card = look(question, lambda *a, **k: (*right(question, a, k)[:-1], ...))
    last = question.outputs[-1]
    assert verdict.parts == {name: name != last for name in question.outputs}
    assert f"There is still `...` in {last}:" in card.replace('"', "")
    assert "return" not in card.lower()
    assert "Ellipsis" not in card


@pytest.mark.parametrize("question", questions)
def test_an_answer_of_nothing_but_dots_is_not_started(question):
    count = max(len(own_outputs(question)), 1)
    for dots in (..., (...,) * count, [...] * count, dict.fromkeys(question.outputs or "a", ...)):
        verdict, card = look(question, lambda *a, _dots=dots, **k: _dots)
        assert verdict.state == "not started"
        assert f"The answer of {question.function} is still `...`" in card
        assert "NotImplementedError" not in card


@pytest.mark.parametrize("question", single_arrays)
def test_dots_among_numbers(question):
    def answer(*args, **kwargs):
        value = question.model(*args, **kwargs).tolist()
        value[-1] = ...
        return value

    _, card = look(question, answer)
    assert "There is still `...` in the result" in card


# --- None


@pytest.mark.parametrize("question", returning)
def test_a_return_that_gives_none_is_no_missing_return(question):
    for answer in (
        lambda *a, **k: [0].append(1),
        lambda *a, **k: print(1),
        lambda *a, **k: [2, 1].sort(),
        in_case(question, len(question.cases_for(0)) - 1, lambda: None),
    ):
        verdict, _ = look(question, answer)
        (found,) = verdict.diagnoses
        assert found.name == "Returns None"
        assert found.hint.startswith("Here the function gives back None: either it ends without `return`, or")


@pytest.mark.parametrize("question", returning)
def test_no_return_at_all_is_told_so(question):
    def forgotten(*args, **kwargs):
        len(args)

    def returns_none(*args, **kwargs):
        len(args)
        return None

    def wrapper(*args, **kwargs):
        question.model(*args, **kwargs)

    for answer in (forgotten, returns_none, wrapper):
        verdict, _ = look(question, answer)
        (found,) = verdict.diagnoses
        assert found.name == "Returns None"
        # a wrapper that forgets to return may hold a function that returns
        assert found.hint.startswith("Nothing in the function returns a result") == (answer is not wrapper)


# --- stubs


def _passes(*args, **kwargs):
    pass


def _docstring(*args, **kwargs):
    """Only words."""


def _none(*args, **kwargs):
    return None


@pytest.mark.parametrize("question", questions)
def test_a_stop_is_spoken_of_only_where_there_is_one(question):
    for answer in (_passes, _docstring, _none, lambda *a, **k: None):
        verdict, card = look(question, answer)
        assert verdict.state == "not started"
        assert f"{question.function} does nothing yet" in card
        assert "NotImplementedError" not in card


@pytest.mark.parametrize("question", questions)
def test_a_stop_in_a_helper_is_told_with_its_name(question):
    def answer(*args, **kwargs):
        return stop()

    verdict, card = look(question, answer)
    assert (verdict.state, verdict.points) == ("not yet", 0)
    assert f"{question.function} calls stop, which still says `raise NotImplementedError`" in card
    assert "Replace `raise NotImplementedError` in" not in card


@pytest.mark.parametrize("question", questions)
def test_a_stop_of_its_own_is_told(question):
    def answer(*args, **kwargs):
        raise NotImplementedError

    verdict, card = look(question, answer)
    assert verdict.state == "not started"
    assert f"Replace `raise NotImplementedError` in {question.function}" in card


@pytest.mark.parametrize("question", some(lambda q: q.kind != "values"))
def test_a_stop_that_some_cases_reach(question):
    last = len(question.cases_for(0)) - 1
    for number in (0, last) if last else ():
        sometimes = in_case(question, number, lambda: "stop")

        def answer(*args, _sometimes=sometimes, **kwargs):
            value = _sometimes(*args, **kwargs)
            if isinstance(value, str) and value == "stop":
                raise NotImplementedError
            return value

        line = answer.__code__.co_firstlineno + 3
        verdict, card = look(question, answer)
        assert verdict.state in ("not yet", "partly")
        assert "First case that fails: " in card or "Given: " in card
        assert (
            f"Stopped by: `raise NotImplementedError` (line {line} of your cell), which this case reaches"
            in card
        )


@pytest.mark.parametrize("question", some(lambda q: q.kind != "values"))
def test_what_is_no_function_is_told_so(question):
    for value, called in (
        (np.zeros(3), "a NumPy array"),
        (5, "a number"),
        (np.float64(2), "a number"),
        ([1, 2], "a list"),
        ("text", "a text"),
        (math, "something else"),
    ):
        verdict, card = look(question, value)
        assert (verdict.state, verdict.points) == ("not yet", 0)
        assert f"{question.function} is {called}, not a function" in card
        assert "lambda" not in card


# --- how many results


@pytest.mark.parametrize("question", several)
def test_the_wrong_number_of_results_is_told_as_a_number(question):
    names = own_outputs(question)
    for change, count in (
        (lambda results: (*results, np.zeros(2)), len(names) + 1),
        (lambda results: results[:-1], len(names) - 1),
        (lambda results: np.zeros((5, 2)), 1),
    ):
        verdict, card = look(question, lambda *a, _change=change, **k: _change(right(question, a, k)))
        came = "1 result" if count == 1 else f"{count} results"
        assert verdict.points == 0
        assert f"Got: {came} came back, and {len(names)} are asked for" in card
        assert "nothing" not in card
        assert not any(f"✗ {name}" in card for name in names)
        assert ("are right" in card) == (count > len(names))
    if not all(name.isidentifier() for name in names):
        names = [f'"{name}"' for name in names]
    asked = card.partition("in this order")[2]
    assert f": {', '.join(names)}." in asked
    assert ("dict" in asked) == (question.kind == "values" or '"' in asked)


@pytest.mark.parametrize("question", several)
def test_a_dict_without_one_name(question):
    names = own_outputs(question)
    verdict, card = look(question, lambda *a, **k: dict(zip(names[:-1], right(question, a, k), strict=False)))
    assert verdict.parts == {name: name != names[-1] for name in names}
    assert f'The dict has no "{names[-1]}"' in card


@pytest.mark.parametrize("question", several)
def test_a_tuple_with_names_is_a_tuple(question):
    Results = namedtuple("Results", [f"r{i}" for i in range(len(question.outputs))])
    verdict, _ = look(question, lambda *a, **k: Results(*right(question, a, k)))
    assert verdict.state == "done"


def test_a_learners_tuple_is_read_without_running_it():
    class Liar(tuple):
        __slots__ = ()

        def __iter__(self):
            return iter((1, 2))

        def __len__(self):
            return 2

    assert clean(Liar((5.0, 6.0, 7.0))) == (5.0, 6.0, 7.0)
    assert type(clean(Liar())) is tuple


# --- what it should be


@pytest.mark.parametrize("question", single_arrays)
def test_a_sum_is_asked_about_only_where_it_is_one(question):
    verdict, card = look(question, lambda *a, **k: 1.23456)
    assert "sum" not in verdict.diagnoses[0].hint
    assert "a single number" in card
    verdict, card = look(question, lambda *a, **k: float(question.model(*a, **k).sum()))
    assert "sum" in verdict.diagnoses[0].hint or verdict.diagnoses[0].name != "The wrong shape"


@pytest.mark.parametrize("question", single_arrays)
def test_axes_too_many_are_no_length_that_is_off(question):
    verdict, _ = look(question, lambda *a, **k: question.model(*a, **k)[None])
    (found,) = verdict.diagnoses
    if found.name == "The wrong shape":
        assert "which length" not in found.hint
        assert "axes" in found.hint


@pytest.mark.parametrize(
    "question", some(lambda q: any(v is True for row in expected(q, 0) for v in row.values()))
)
def test_true_or_false_is_asked_for_where_it_is(question):
    for odd in ("ok", (1, [2]), {1: 2}, 1j, [None], 3):
        _, card = look(question, lambda *a, _odd=odd, **k: _odd)
        assert "has to be True or False" in card
        assert "NumPy array" not in card


@pytest.mark.parametrize("question", some(lambda q: q.kind == "function" and not q.outputs))
def test_what_has_to_come_back_is_what_is_asked_for(question):
    verdict, _ = look(question, lambda *a, **k: "a text")
    (found,) = verdict.diagnoses
    wanted = {_asked_for(row[""]) for row in expected(question, 0)}
    words = wanted.pop() if len(wanted) == 1 else "a NumPy array or a number"
    assert f"has to be {words}." in found.hint


def _asked_for(value):
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if isinstance(value, tuple):
        return "a tuple of numbers"
    return "a number" if np.ndim(value) == 0 else "a NumPy array"


@pytest.mark.parametrize("question", returning)
def test_several_results_are_no_ragged_rows(question):
    if not question.outputs:
        _, card = look(question, lambda *a, **k: (np.zeros(2), np.zeros((3, 4))))
        assert "rows of the result" not in card


# --- parts


@pytest.mark.parametrize("question", some(lambda q: q.answered_by and len(q.parts) > 1))
def test_a_part_that_is_right_is_marked_right_where_a_call_costs_the_points(question):
    answers = run(
        question.model,
        question.cases_for(0),
        names=question.parameters,
        modifies=question.modifies,
        limits=limits(question, 0),
    )
    verdict = judge(question, [replace(answer, used=("naive.conv1d",)) for answer in answers])
    card = str(Card(question, verdict, question.cases_for(0), [""]))
    assert (verdict.state, verdict.points) == ("not yet", 0)
    assert card.splitlines()[1].startswith("  No points: your function calls `naive.conv1d`")
    assert all(f"✓ {part}" in card for part in question.parts)


@pytest.mark.parametrize("question", several)
def test_each_wrong_part_shows_its_number(question):
    _, card = look(question, lambda *a, **k: [np.full(np.shape(v), 77.5) for v in right(question, a, k)])
    for name in own_outputs(question):
        assert f"Got {name}" in card


@pytest.mark.parametrize("question", some(lambda q: any(v != int(v) for v in q.parts.values())))
def test_points_are_whole_where_parts_are_not(question):
    for count in range(1, len(question.outputs)):
        answer = {
            name: v if k < count else "x" for k, (name, v) in enumerate(expected(question, 0)[0].items())
        }
        verdict, card = look(question, lambda answer=answer: answer)
        assert verdict.points == math.floor(sum(list(question.parts.values())[:count]) + 1e-9)
        assert f"{verdict.points} of {question.points:g} points" in card
    assert look(question, question.model)[0].points == question.points


# --- values in words


def test_values_in_words():
    assert describe(np.zeros(0)) == "an empty array, shape (0,)"
    assert describe(np.zeros((0, 3))) == "an empty array, shape (0, 3)"
    assert describe(((1, 2), (1, 1))) == "((1, 2), (1, 1))"


@pytest.mark.parametrize("question", some(lambda q: q.kind == "function"))
def test_the_line_to_paste_is_the_call_of_the_case(question):
    pasted = [(one, call_as_code(question, one)) for one in question.cases_for(0)]
    for one, line in [(one, line) for one, line in pasted if line][:4]:

        def taken(*args, one=one, **kwargs):
            for got, given in zip([*args, *kwargs.values()], [*one.args, *one.kwargs.values()], strict=True):
                assert type(got) is type(given)
                np.testing.assert_equal(got, given)
                assert getattr(got, "dtype", None) == getattr(given, "dtype", None)
            assert list(kwargs) == list(one.kwargs)

        eval(line, {"np": np, question.function: taken})


@pytest.mark.parametrize("question", returning)
def test_an_array_stands_on_one_line(question):
    _, card = look(question, lambda *a, **k: "x")
    assert len(card.splitlines()) < 12
    assert all(line.startswith(("  ", "✗", "◐")) for line in card.splitlines())
    assert not any(line.startswith("   ") for line in card.splitlines())


def test_a_zero_has_no_sign():
    assert describe(np.array([-0.0, 1.5])) == "[0 1.5] (shape 2)"
    assert describe(-0.0) == "0"
    assert describe(np.array(-0.0)) == "0"


@pytest.mark.parametrize("question", returning)
def test_no_card_shows_a_zero_with_a_sign(question):
    def wrong(*args, **kwargs):
        value = question.model(*args, **kwargs)
        return tuple(-0.0 * v for v in value) if isinstance(value, tuple) else -0.0 * value

    if all(isinstance(v, (float, np.ndarray)) for row in expected(question, 0) for v in row.values()):
        _, card = look(question, wrong)
        assert not re.search(r"(?<![\w.])-0(?![\w.])", card)


# --- nothing is said twice


def shown(stem, name, function):
    """Return the lines of the card that a learner sees."""
    return str(Check(load_sheet(stem))(name, function)).splitlines()


def test_two_names_with_one_hint_have_it_once():
    def place(n, d, i, j, u, v, *, images, channels, kernel, out):
        row = d + channels * (u + kernel[0] * v)
        return row, n + images * (i + out[0] * j)

    card = "\n".join(shown("10_vectorize", "q1", place))
    assert "This looks like: All letters in reverse in the row\n" in card
    assert "This looks like: All letters in reverse in the column\n" in card
    assert card.count("Python's order has the last letter fastest.") == 1


def test_names_that_the_results_do_not_tell_apart_are_alternatives():
    card = Check(load_sheet("10_vectorize"))("q1", lambda *_, **__: (0, 0))
    names = [("A", "row"), ("B", "row"), ("C", "column")]
    found = [Diagnosis(name, "", "", output) for name, output in names]
    card.verdict = replace(card.verdict, diagnoses=found)
    heads = [line.strip() for line in str(card).splitlines() if "like: " in line]
    assert heads == ["This looks like: A (row)", "Or like: B (row)", "This looks like: C (column)"]


def test_numbers_that_are_all_one_off_are_counted_from_another():
    question = load_sheet("11_go_fast").questions["q6"]
    less = {name: n - 1 if type(n) is int else n for name, n in question.answer().items()}
    card = shown(question.stem, "q6", lambda: less)
    assert [line.strip() for line in card if "like: " in line] == [
        "This looks like: Counted from another number"
    ]
    card = shown(question.stem, "q6", lambda: less | {"D": 3})
    assert "Counted from another number" not in "".join(card)


@pytest.mark.parametrize("question", questions)
def test_a_name_says_its_output_once(question):
    for wrong in question.wrongs:
        for output in question.outputs:
            told = _with_output(Diagnosis(wrong.name, "", "", output))
            assert told in (wrong.name, f"{wrong.name} ({output})", f'{wrong.name} ("{output}")')
            assert re.search(rf"(?<!\w){re.escape(output)}(?!\w)", told, re.IGNORECASE)
            if len(output) == 1:  # "A" may be an article
                assert told.endswith((f" ({output})", f' ("{output}")'))


def test_a_mistake_that_is_named_already_is_not_named_again_in_a_pair():
    question = load_sheet("14_transposed").questions["q2"]
    first, second = "On the way up the padding is cut off once", "Extra: with the other sign"
    slips = {wrong.name: wrong.slip for wrong in question.wrongs}
    both = question.compiled(edit(slips[first].source, slips[second].edits))
    card = "\n".join(shown("14_transposed", "q2", both))
    assert f"This looks like: {first} (up and extra)\n" in card  # the second comes with the first
    assert f"This looks like: {second}\n" in card
    assert "Two mistakes" not in card
    for name in (first, second):
        assert card.count(slips[name].hint) == 1


def test_a_list_is_shown_as_the_array_that_it_is_compared_with():
    card = shown("11_go_fast", "q4", lambda rows, *rest: list(range(rows + 2)))
    expected_, got = (next(line for line in card if f"  {label}: " in line) for label in ("Expected", "Got"))
    assert re.fullmatch(r"  Expected: \[[-\d ]+\] \(shape \d+\)", expected_)
    assert re.fullmatch(r"  Got: \[[-\d ]+\] \(shape \d+\)", got)


def test_an_input_that_is_changed_is_named_first():
    def numerical_gradient(f, x, dout, h):
        for k in range(x.size):
            x.flat[k] += h
        return np.zeros(x.shape)

    named = [line for line in shown("05_check_gradients", "q2", numerical_gradient) if "looks like" in line]
    assert named[0].endswith("The input is changed")
    assert len(named) == 2
