"""Lengths and rows are explained by formulas, which hold for every call that was tried."""

import re

import numpy as np
import pytest

from conv_course.checker.computes import tables
from conv_course.checker.computes.formulas import formula
from conv_course.checker.computes.whole import variables_of
from tests.grading.explained import edited, explained, question_of

pytestmark = pytest.mark.usefixtures("without_names_of_edits")


def test_a_row_number_from_another_range_is_told():
    def products(W, kW, *, stride=1, padding=0):
        windows = (W + 2 * padding - kW) // stride + 1
        rows = [(i, k, i * stride + k - padding) for i in range(1, windows + 1) for k in range(kW)]
        return np.array([row for row in rows if 0 <= row[2] < W])

    found = explained(question_of("03 q1"), products)
    assert found.text[0].startswith("In your rows (i, k, m), i runs from 1 to ")


def test_the_numbers_of_a_pair_taken_together_are_found_in_a_formula():
    def shape_of_y(x_shape, w_shape, *, stride=(1, 1), padding=(0, 0)):
        (N, _, H, W), (F, _, kH, kW), P = x_shape, w_shape, sum(padding)
        return N, F, (H + P - kH) // stride[0] + 1, (W + P - kW) // stride[1] + 1

    found = explained(question_of("08 q1"), shape_of_y)
    assert any("your result[2] is (H + sum(padding) - kH)//stride[0] + 1." in line for line in found.text)


def test_a_number_of_a_nested_result_has_all_its_indices():
    def same_pads(H, W, kH, kW, *, stride=(1, 1)):
        pairs = question.model(H, W, kH, kW, stride=stride)
        return pairs[0], (pairs[1][0], pairs[1][1] + kW)

    question = question_of("07 q5")
    found = explained(question, same_pads)
    assert found.text[0].endswith("your result[1][1] minus what is asked for is kW.")


def test_a_formula_gives_all_calls():
    question = question_of("02 q1")
    wrong = edited(question, ("(W + left + right - kW) // stride + 1", "(W + left + right) // stride - kW"))
    text = explained(question, wrong).text[0]
    assert text.startswith("In all 44 calls tried with numbers or pairs for padding, ")
    printed = re.search(r"your result is (.*)\.$", text)[1]
    for one in [c for c in question.cases_for(3) if not isinstance(c.kwargs.get("padding"), str)]:
        padding = one.kwargs.get("padding", 0)
        left, right = padding if isinstance(padding, tuple) else (padding, padding)
        names = variables_of(question, one)[1] | {"left": left, "right": right}
        assert eval(printed, {}, names) == wrong(*one.args, **one.kwargs), (printed, names)


def test_a_formula_of_numbers_alone_says_so():
    """Where pairs follow another formula, the calls with numbers are looked at alone."""

    def output_size(W, kW, *, stride=1, padding=0):
        if isinstance(padding, int):
            return (W + padding - kW) // stride + 1
        return question.model(W, kW, stride=stride, padding=padding)

    question = question_of("02 q1")
    (text, *_) = explained(question, output_size).text
    assert "calls tried with numbers for padding, your result is (W + padding - kW)//stride + 1." in text


@pytest.mark.parametrize(
    ("name", "edit", "says", "asks"),
    [
        (
            "08 q1",
            ("return (N, F,", "return (N, D * F,"),
            " calls tried, your result[1] is D*F, asked for F.",
            "Does the right result[1] change with D?",
        ),
        (
            "08 q1",
            ("return (N, F,", "return (N, D,"),
            " calls tried, your result[1] is D, asked for F.",
            tables.TERM,
        ),
        (
            "06 q2",
            ("return (kW - 1 - left,", "return (kW - 1 - left + unread,"),
            " your result[0] minus what is asked for is (W + sum(padding) - kW) % stride.",
            tables.DIFFERENCE,
        ),
        (
            "02 q1",
            ("left + right - kW) // stride", "right - kW) // stride"),
            " your result is (W + right - kW)//stride + 1.",
            "Which of the other arguments change what is asked for?",
        ),
        (
            "02 q1",
            ("(W + left + right - kW) // stride + 1", "(W + left + right - kW) // stride"),
            " your result is (W + left + right - kW)//stride.",
            tables.TERM,
        ),
    ],
)
def test_the_hint_to_a_formula_follows_from_what_it_names(name, edit, says, asks):
    question = question_of(name)
    found = explained(question, edited(question, edit))
    assert says in found.text[0]
    assert found.hint == asks


@pytest.mark.parametrize(
    "text", ["(W + 2*padding - kW)//stride + 1", "W//stride - kW + 1", "W + padding - kW"]
)
def test_a_formula_is_found_again(text):
    rng = np.random.default_rng(2)
    variables = {
        n: rng.integers(low, 12, 30) for n, low in (("W", 4), ("kW", 1), ("stride", 1), ("padding", 0))
    }
    values = eval(text, {}, variables)
    assert formula(variables, values) == text
    values = np.array(values)
    values[7] += 1
    assert formula(variables, values) is None


def test_a_remainder_is_no_sum_of_the_sizes():
    def lacking(W, kW, *, stride=1, padding=0):
        return stride - (W + 2 * padding - kW) % stride

    found = explained(question_of("02 q4"), lacking)
    assert "kW - W" not in " ".join(found.text if found else ())


def test_numbers_that_are_not_whole_are_told_where_only_whole_ones_are_asked_for():
    def tile_rows(rows, per_row, cache, threads):
        blocks = int(np.ceil(rows * per_row / cache / threads)) * threads
        return np.linspace(0, rows, blocks + 1)

    found = explained(question_of("11 q4"), tile_rows)
    assert found.text[0] == "The result holds numbers that are not whole, such as 3.66667."


def test_whole_numbers_are_not_asked_for_where_fractions_are_right():
    found = explained(question_of("02 q2"), lambda x, w, b=0.0: question_of("02 q2").model(x, w, b) ** 2 / 7)
    assert found is None or "not whole" not in " ".join(found.text)


SPANS = {
    "02 q5": ("(len(w) - 1) * dilation + 1", "len(w) * dilation"),
    "13 q2": ("dilation * (len(w) - 1) + 1", "dilation * len(w)"),
}


@pytest.mark.parametrize("name", SPANS)
def test_a_span_with_a_gap_behind_its_last_tap_is_told_by_both_formulas(name):
    question = question_of(name)

    def dilated(x, w, b=0.0, *, dilation=1, **how):
        wide = np.zeros(dilation * len(w))
        wide[::dilation] = w
        return question_of("02 q3").model(x, wide, b, **how)

    text = "\n".join(explained(question, dilated).text)
    assert "your y has (W + zeros - dilation*kW)//stride + 1 numbers" in text
    assert "asked for (W + zeros - dilation*(kW - 1) - 1)//stride + 1 (zeros: those" in text


def test_a_formula_tells_that_it_is_not_about_padding_by_name():
    question = question_of("02 q5")
    long = edited(question, ("dilation * (len(w) - 1) + 1", "dilation * len(w)"))
    text = "\n".join(explained(question, long).text)
    assert re.search(r"In all \d+ calls tried with numbers for padding your y has", text)


def cut_to_the_longer(x, w, *, stride=1):
    up = np.zeros((len(x) - 1) * stride + 1)
    up[::stride] = x
    return np.convolve(up, w, mode="same")


LENGTHS = {
    "14 q1": cut_to_the_longer,
    "02 q2": lambda x, w, b=0.0: np.convolve(x, w[::-1], mode="full") + b,
    "02 q3": lambda x, w, b=0.0, *, stride=1, padding=0: np.convolve(x, w[::-1], mode="same")[::stride] + b,
}


@pytest.mark.parametrize("name", LENGTHS)
def test_a_rule_for_a_length_holds_on_calls_of_all_sizes(name):
    """It may leave out calls, but only those that it says it leaves out."""
    question, function = question_of(name), LENGTHS[name]
    lines = [line for line in explained(question, function).text if re.search(r"your y has .* numbers", line)]
    told = [re.search(r"tried(.*) your y has (.*?) numbers", line).groups() for line in lines]
    rng = np.random.default_rng(5)
    for W, kW, stride in [(W, k, s) for W in range(1, 12) for k in range(1, 7) for s in (1, 2, 3, 4)]:
        steps = {"stride": stride} if name != "02 q2" else {}
        got = len(function(rng.normal(size=W), rng.normal(size=kW), **steps))
        for limit, rule in told:
            if kW <= W or "no longer than x" not in limit:
                names = {"W": W, "kW": kW, "stride": stride, "zeros": 0}
                assert eval(rule, {}, names) == got, (rule, names)


def test_no_formula_divides_a_length_that_is_only_subtracted():
    k, s = (np.array(v) for v in zip(*[(k, s) for k in range(1, 6) for s in range(1, 5)], strict=True))
    assert formula({"kW": k, "stride": s}, (-2 * k - 1) // s, only=("//",)) is None


@pytest.mark.parametrize(
    ("m", "hint"),
    [(lambda i, k, S, P: i * S + k, "Output 0, weight 0"), (lambda i, k, S, P: i + k - P, "From one output")],
)
def test_the_hint_on_rows_asks_for_the_start_where_the_steps_are_right(m, hint):
    def products(W, kW, *, stride=1, padding=0):
        n = (W + 2 * padding - kW) // stride + 1
        rows = [(i, k, m(i, k, stride, padding)) for i in range(n) for k in range(kW)]
        kept = [0 <= i * stride + k - padding < W for i, k, _ in rows]
        return np.array([row for row, ok in zip(rows, kept, strict=True) if ok])

    found = explained(question_of("03 q1"), products)
    assert found.text[0].startswith("In your rows (i, k, m), m is ")
    assert found.hint.startswith(hint)


def test_calls_that_stop_are_not_counted_with_those_that_have_a_length():
    question = question_of("02 q2")

    def slide(x, w, b=0.0):
        assert len(x) != 9
        return np.correlate(x, w, "valid")[:-1] + b

    text = " ".join(explained(question, slide).text)
    assert re.search(r"In all \d+ calls tried.* your y has W - kW numbers, .*\. In \d+ more it stops\.", text)
    assert "more it stops" not in " ".join(
        explained(question, lambda x, w, b=0.0: np.correlate(x, w, "valid")[:-1] + b).text
    )


def test_a_pair_of_two_axes_is_not_called_left_and_right():
    """And windows that are left out where nothing is left over are asked about there."""

    def size(H, W, kH, kW, *, stride=(1, 1), padding=(0, 0)):
        rows = range(0, H + 2 * padding[0] - kH, stride[0])
        columns = range(0, W + 2 * padding[0] - kW, stride[1])
        return len(rows), len(columns)

    found = explained(question_of("07 q1"), size)
    assert any("your result[1] is (W + 2*padding[0] - kW)/stride[1] rounded up." in one for one in found.text)
    assert found.hint == tables.FITS
