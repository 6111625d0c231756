"""A card contains nothing false: no name that fits only some cases, no two numbers that look equal."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conv_course.checker import diagnose
from conv_course.checker.answers import Answer
from conv_course.checker.compare import difference
from conv_course.checker.described import describe
from conv_course.checker.judge import expected, judge, run_and_judge, wrong_items
from conv_course.checker.questions import Case, Sheet, load_sheet, numbers
from conv_course.checker.show import Card, failure_lines

from .explained import explained
from .sheet_cases import questions
from .wrapped_mistakes import all_behind

# --- what differs, and what the card shows of it


def _question(want, given_):
    """Return a question whose right answer is `want`, and an answer to it."""
    question = Sheet("02_slide_a_kernel").function("q1", "f", section="02-size", points=1)
    question.reference(lambda x: want)
    question.cases(lambda rng: [Case((0.0,))])
    return question, [Answer("value", given_)]


def _lines(question, answers):
    verdict = judge(question, answers)
    return verdict, dict(failure_lines(question, verdict, question.cases_for(0)))


@st.composite
def _results(draw):
    """Draw a right answer and another result, in either precision, with small or large errors."""
    size = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    want = rng.normal(size=size) * 10.0 ** draw(st.integers(-3, 4))
    off = 10.0 ** rng.integers(-13, 2, size=size) * (rng.random(size) < draw(st.sampled_from([0.1, 0.5, 1])))
    got = want * (1 + off)
    if draw(st.booleans()):
        want = want.astype(np.float32)
    got = got.astype(draw(st.sampled_from([np.float32, np.float64])))
    return want, got if draw(st.booleans()) else got.tolist()


@settings(max_examples=300, deadline=None)
@given(_results())
def test_what_a_card_lists_as_different_is_what_was_judged_to_differ(results):
    want, got = results
    verdict, lines = _lines(*_question(want, got))
    single = np.float32 in (want.dtype, getattr(got, "dtype", None))
    limit = (1e-4 if single else 1e-8) * float(np.abs(want).max())
    wrong = ~(np.abs(np.asarray(got, float) - want.astype(float)) <= limit)
    assert (verdict.state == "done") == (not wrong.any())
    if verdict.state == "done":
        return
    wanted, shown = (
        next(text for label, text in lines.items() if label.startswith(w)) for w in ("Expected", "Got")
    )
    if want.size > 16:
        (place,) = (int(re.search(r"\[(\d+)\]", label)[1]) for label in lines if label.startswith("Got"))
        assert wrong[place]
        assert f"({wrong.sum()} of {want.size} numbers differ)" in shown
        assert float(wanted) != float(shown.split()[0])
    else:
        pairs = [re.findall(r"-?\d[\d.e+-]*", text.split("(")[0]) for text in (wanted, shown)]
        assert len(pairs[0]) == len(pairs[1]) == want.size
        assert all(a != b for a, b, off in zip(*pairs, wrong, strict=True) if off)


@pytest.mark.parametrize(
    ("want", "got"),
    [(3, 3.0000000001), (3, "3"), (np.full(20, 16.1487), np.full(20, 16.148701))],
    ids=["a scalar", "a text", "many"],
)
def test_expected_and_got_never_look_the_same(want, got):
    verdict, lines = _lines(*_question(want, got))
    assert verdict.state != "done"
    shown = {label.split()[0]: text.split(" (")[0] for label, text in lines.items()}
    assert shown["Expected"] != shown["Got"]


def test_nan_is_shown_where_nan_is_said():
    want = np.arange(20.0)
    got = want + (want == 3)
    got[7] = np.nan
    verdict, lines = _lines(*_question(want, got))
    assert verdict.diagnoses[0].name == "NaN in the result"
    assert lines["Got result[7]"] == "nan (2 of 20 numbers differ)"


def test_lists_are_called_what_they_are():
    assert describe(((1, 2), (0, 3))) == "((1, 2), (0, 3))"
    assert describe([[1.5, 2], [3, 4]]) == "[[1.5, 2], [3, 4]]"
    assert describe((np.ones(2), np.ones(2))) == "a tuple, [[1 1] [1 1]] (shape 2x2)"
    assert describe(np.zeros((3, 0))) == "an empty array, shape (3, 0)"


# --- names


def _spoilt(value, how):
    """Return a right array with one change."""
    if how == "right":
        return value
    if how == "error":
        raise IndexError
    if how == "none":
        return None
    if how == "single number":
        return float(value.sum()) + 1
    if how == "list":
        return value.tolist()
    if how == "ragged":
        return [[1.0], [2.0, 3.0]]
    if how == "whole numbers":
        return np.trunc(value).astype(int)
    if how == "half":
        return value.astype(np.float16)
    changed = value.astype(float).copy()
    if how == "NaN":
        changed.flat[0] = np.nan
    elif how == "a digit":
        changed *= 1 + 3e-6
    elif how == "a percent":
        changed.flat[-1] = changed.flat[-1] * 1.017 + 1e-3
    elif how == "negative":
        changed = -changed
    elif how == "short":
        changed = changed.ravel()[:-1]
    return changed


WAYS = "right|error|none|single number|list|ragged|whole numbers|half|NaN|a digit|a percent|negative|short"


def _shows(name, got, want):
    """Return whether this result has the fault that a general name states."""
    array = None
    if isinstance(got, np.ndarray | float) or (isinstance(got, list) and got and isinstance(got[0], float)):
        array = np.asarray(got)
    equal = array is not None and array.shape == want.shape
    return {
        "Returns None": lambda: got is None,
        "A ragged list": lambda: array is None and isinstance(got, list),
        "The wrong shape": lambda: array is not None and array.shape != want.shape,
        "NaN in the result": lambda: equal and np.isnan(array).any(),
        "Precision lost: whole numbers": lambda: equal and array.dtype.kind == "i",
        "Precision lost: half floats": lambda: equal and array.dtype == np.float16,
        "Almost right: precision lost": lambda: equal and np.allclose(array, want, rtol=1e-4, atol=1e-6),
    }[name]()


FACTORS = (1.0, 1e3, 1e6)


def _one_array():
    question = Sheet("02_slide_a_kernel").function("q1", "f", section="02-size", points=1)
    question.reference(lambda x, factor: x * factor + 0.25)
    question.cases(lambda rng: [Case((numbers(rng, 5), factor)) for factor in FACTORS])
    question.wrong("The sign", "Which sign has it?", lambda x, factor: -(x * factor + 0.25))
    question.wrong("A quarter", "What is added?", lambda x, factor: x * factor)
    return question


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WAYS.split("|")), min_size=3, max_size=3))
def test_a_name_fits_every_failing_case_and_the_one_on_the_card(ways):
    question = _one_array()
    plan = dict(zip(FACTORS, ways, strict=True))
    gave = {}

    def answer(x, factor):
        found = _spoilt(x * factor + 0.25, plan[factor])
        gave.setdefault(factor, found)  # the last case has the first one's factor
        return found

    verdict = run_and_judge(question, answer)
    firsts = list(zip(FACTORS, expected(question, 0), strict=False))
    failing = [f for f, want in firsts if _differs(gave.get(f), want[""])]
    assert (verdict.state == "done") == (not failing)
    for found in verdict.diagnoses:
        if found.name not in [wrong.name for wrong in question.wrongs]:
            wants = {f: want[""] for f, want in firsts}
            assert all(_shows(found.name, gave.get(f), wants[f]) for f in failing), (found, ways)
        else:
            (number,) = (i for i, w in enumerate(question.wrongs) if w.name == found.name)
            theirs = wrong_items(question, 0)[number]
            assert all(np.allclose(gave.get(f), theirs[i, ""][0]) for i, f in enumerate(FACTORS)), (
                found,
                ways,
            )
    stops = [note for note in verdict.notes if re.search(" it stops.* IndexError", note)]
    assert not failing or verdict.notes == stops
    assert not stops or "error" in ways
    if set(ways) == {"negative"}:
        assert [d.name for d in verdict.diagnoses] == ["The sign"]


def _differs(got, want):
    return got is None or difference(got, want) is not None


def test_what_explains_a_part_only_is_not_shown():
    """Right in the first case, with the kernel flipped in all others: this is not "the kernel is flipped"."""
    question = load_sheet("02_slide_a_kernel").questions["q2"]
    calls = []

    def sometimes(x, w, b=0.0):
        calls.append(1)
        return np.correlate(x, w if len(calls) == 1 else w[::-1], "valid") + b

    verdict = run_and_judge(question, sometimes)
    assert verdict.failure
    assert not verdict.diagnoses
    assert "Perhaps" not in str(Card(question, verdict, question.cases_for(0), [""]))


@pytest.mark.parametrize("question", questions)
def test_a_name_is_never_that_of_a_function_with_other_results(question):
    """Of two misconceptions, each in half of the cases, neither explains the whole answer."""
    rows = wrong_items(question, 0)
    keys = list(rows[0])
    for first, second in zip(question.wrongs[:4], question.wrongs[1:5], strict=False):
        turn = []

        def mixed(*args, _first=first, _second=second, _turn=turn, **kwargs):
            _turn.append(1)
            return (_first if len(_turn) % 2 else _second).function(*args, **kwargs)

        verdict = run_and_judge(question, mixed)
        if verdict.state == "done":
            continue
        table = [rows[question.wrongs.index(w)] for w in (first, second)]
        gave = {key: table[key[0] % 2][key] for key in keys}
        for found in verdict.diagnoses:
            # one of the ways to make the mistake
            ways = [row for row, w in zip(rows, question.wrongs, strict=True) if w.name == found.name]
            output = [key for key in keys if found.output in ("", key[1])]
            same = [all(repr(gave[k][1]) == repr(way[k][1]) for k in output) for way in ways]
            assert any(same) or not ways, found


PADDED = [
    p
    for p in questions
    if p.values[0].kind == "function"
    and "padding" in p.values[0].parameters
    and {"x", "x_shape", "w", "dout"} & set(p.values[0].parameters)
]
NONE_AT_ALL = re.compile(r"unpadded|not padded|without padding|no padding|padding is (left out|forgotten)")


@pytest.mark.parametrize("question", PADDED)
def test_padding_that_stands_behind_x_is_not_said_to_be_missing(question):
    """Windows of an x without padding that stop at its end have the sums of an x with zeros behind it."""
    function = all_behind(question)
    names = [found.name for found in run_and_judge(question, function).diagnoses]
    more = explained(question, function)
    names += [found.name for found in more.names] if more else []
    assert [name for name in names if NONE_AT_ALL.search(name)] == []


def test_a_name_speaks_of_zeros_only_where_another_number_has_other_results():
    zeros, other = "(pW, pW)))", "(pW, pW)), constant_values=1e-300)"
    seen = 0
    for question in load_sheet("15_pooling").questions.values():
        for wrong in question.wrongs if question.kind == "function" else ():
            if wrong.slip is None or zeros not in wrong.slip.source:
                continue
            function = question.compiled(wrong.slip.source.replace(zeros, other))
            names = [found.name for found in run_and_judge(question, function).diagnoses]
            assert not re.search(r"zeros? .*padding|padding.* zeros?", " ".join(names).lower())
            seen += bool(names)
    assert seen > 20


def test_a_name_of_one_output_gives_way_to_one_of_several():
    fits = {"column": ["in the row", "lost"], "row": ["not scaled", "in the row"], "y": ["lost"]}
    named = {name: SimpleNamespace(name=name) for some in fits.values() for name in some}
    kept = diagnose._of_most_outputs({o: [named[name] for name in some] for o, some in fits.items()})
    assert {o: [w.name for w in some] for o, some in kept.items()} == {
        "column": ["in the row", "lost"],  # "lost" fits y, too
        "row": ["in the row"],
        "y": ["lost"],
    }


def test_a_name_that_another_part_of_the_answer_contradicts_is_not_given():
    question = load_sheet("07_images").questions["q4"]

    def two_thin_filters(x, w):
        column, row, y = question.model(x, w)
        return column / w[0, 0], row * w[0, 0], y[::-1] ** 2

    card = str(run_and_judge(question, two_thin_filters).diagnoses)
    assert "The scale is in the row" in card
    assert "The scale of w is lost" not in card
    assert "not scaled" not in card


def test_results_in_another_order_are_told_so():
    question = load_sheet("09_layer_backward").questions["q5"]

    def turned(dout, x, w, *, stride=(1, 1), padding=((0, 0), (0, 0))):
        dx, dw, db = question.answer(dout, x, w, stride=stride, padding=padding)
        return db, dw, dx

    (found,) = run_and_judge(question, turned).diagnoses
    assert found.name == "The results in another order"
    assert found.hint == "What comes back is db, dw, dx; asked for is dx, dw, db."


@pytest.mark.parametrize(
    "answer",
    [
        lambda right, turn: right.tolist(),
        lambda right, turn: (right + turn).tolist(),
        lambda right, turn: [value // (1 - turn) for value in right.tolist()],
    ],
    ids=["a flat list", "wrong in the first case", "an exception in the first case"],
)
def test_numbers_are_called_right_and_nested_only_where_they_are(answer):
    question, turns = load_sheet("11_go_fast").questions["q4"], []

    def function(*args):
        turns.append(1)
        return answer(question.answer(*args), int(len(turns) == 1))

    assert not [note for note in run_and_judge(question, function).notes if "numbers are right" in note]
    nested = load_sheet("03_draw_the_graph").questions["q3"]
    verdict = run_and_judge(nested, lambda *a, **k: nested.answer(*a, **k).tolist())
    assert "numbers are right" in verdict.notes[0]


def test_none_among_other_results_is_no_missing_return():
    question = load_sheet("09_layer_backward").questions["q5"]

    def half(*args, **kwargs):
        dx, dw, _ = question.answer(*args, **kwargs)
        return dx, dw, None

    verdict = run_and_judge(question, half)
    assert "return" not in " ".join(d.hint for d in verdict.diagnoses)
    assert verdict.parts == {"dx": True, "dw": True, "db": False}


def test_an_endless_loop_behind_a_wrong_value_is_not_passed_over(monkeypatch):
    from conv_course.checker.run import run

    monkeypatch.setattr(run, "__kwdefaults__", {**run.__kwdefaults__, "seconds": 0.2})
    question = _one_array()

    def answer(x, factor):
        while factor == 1e3:
            pass
        return x

    verdict = run_and_judge(question, answer)
    assert not verdict.diagnoses
    assert verdict.notes == ["In another case your function was stopped: it took too long."]


# --- how arrays lie in memory


def test_the_layout_is_told_only_where_it_matters():
    question = load_sheet("10_vectorize").questions["q2"]
    cases = question.cases_for(0)
    odd = next(i for i, one in enumerate(cases) if one.layout != "C")

    def needs_plain_memory(x, *args, **kwargs):
        right = question.answer(x, *args, **kwargs)
        return right if x.flags.c_contiguous else right + 1

    def wrong_at_once(x, *args, **kwargs):
        return question.answer(x, *args, **kwargs) + (np.shape(x) == np.shape(cases[odd].args[0]))

    def card(function):
        verdict = run_and_judge(question, function)
        assert verdict.failure.case == odd
        return str(Card(question, verdict, cases, [""]))

    assert "right on plain arrays, but here they are given as" in card(needs_plain_memory)
    assert "given as" not in card(wrong_at_once)


def test_a_value_that_is_a_misconception_s_by_chance_is_not_named_so():
    """22 of 22 layers killed is right for one of the three counts of 17 q4. It says nothing on the others."""
    question = load_sheet("17_break_the_checker").questions["q4"]
    names = list(expected(question, 0)[0])
    for counts in ((22, 22, 22), (16, 7, 0)):
        verdict = run_and_judge(question, lambda counts=counts: dict(zip(names, counts, strict=True)))
        assert "The killed are counted" not in [found.name for found in verdict.diagnoses]
    killed = next(wrong.function() for wrong in question.wrongs if wrong.name == "The killed are counted")
    verdict = run_and_judge(question, lambda: killed)
    assert [found.name for found in verdict.diagnoses] == ["The killed are counted"]
