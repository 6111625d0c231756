"""The cases of every question on layers have the features that reveal mistakes: leftovers, uneven axes."""

from collections import Counter

import numpy as np
import pytest

from conv_course.checker.questions import load_sheet
from conv_course.grade.per_learner import Secret
from tools.hidden_by_cases import clamps_of, hidden, pairs_of

from .sheet_cases import questions

SEEDS = range(4)
SECRET = Secret(b"the secret of these tests")


def layer_of(question, one):
    """Return a case's sizes by name: N, D, F and (size, kernel, stride, padding) per axis; or None."""
    given = dict(zip(question.parameters, one.args, strict=False)) | one.kwargs
    x, w = given.get("x", given.get("x_shape")), given.get("w", given.get("w_shape"))
    x, w = (v.shape if isinstance(v, np.ndarray) else v for v in (x, w))
    kernel = given.get("kernel", w[-2:] if isinstance(w, tuple) and len(w) == 4 else None)
    shaped = isinstance(x, tuple) and len(x) == 4 and isinstance(kernel, tuple)
    if not shaped or "channels_last" in question.function:
        return None
    stride, padding = given.get("stride", (1, 1)), given.get("padding", (0, 0))
    stride, padding = (v if isinstance(v, tuple) else (v, v) for v in (stride, padding))
    padding = [p if isinstance(p, tuple) else (p, p) for p in padding]
    axes = tuple(zip(x[2:], kernel, stride, padding, strict=True))
    return {"N": x[0], "D": x[1], "F": w[0] if w else None, "axes": axes}


def layers(question, seed):
    return [size for one in question.cases_for(seed) if (size := layer_of(question, one))]


def is_forward_or_backward(question):
    return (
        question.kind == "function" and question.stem[:2] != "14" and len(layers(question, 0)) > 4
    )  # two are of one size


asked = [q for q in questions if is_forward_or_backward(q.values[0])]
strided = [q for q in asked if any(s > 1 for one in layers(q.values[0], 0) for _, _, s, _ in one["axes"])]


def something_is_left_over_on_each_axis_alone(question, seed):
    rests = [[(n + sum(p) - k) % s for n, k, s, p in one["axes"]] for one in layers(question, seed)]
    assert any(rows and not columns for rows, columns in rests), "no rows left over alone"
    assert any(columns and not rows for rows, columns in rests), "no columns left over alone"


def a_half_is_rounded_up_by_round(question, seed):
    """Before and after the one is added."""
    sizes = [(n + sum(p) - k, s) for one in layers(question, seed) for n, k, s, p in one["axes"]]
    assert any(round(n / s + 1) > n // s + 1 for n, s in sizes), "round(n / S + 1) is right everywhere"
    assert any(round(n / s) > n // s for n, s in sizes), "round(n / S) is right everywhere"


def an_axis_is_lonely_where_others_are_not(question, seed):
    found = layers(question, seed)
    assert any(one["D"] == 1 and one["N"] > 1 for one in found), "no D = 1 with N > 1"
    if any(one["F"] for one in found):
        assert any(one["F"] == 1 and one["N"] > 1 for one in found), "no F = 1 with N > 1"


def each_part_has_as_many_cases_as_the_visible_ones(question, seed):
    count = [Counter(one.part for one in question.cases_for(number)) for number in (0, seed)]
    assert count[0] == count[1]


def all_numbers_are_finite(question, seed):
    for one in question.cases_for(seed):
        for value in [*one.args, *one.kwargs.values()]:
            assert not isinstance(value, np.ndarray) or value.dtype.kind != "f" or np.isfinite(value).all()


def an_array_begins_and_ends_with_zero(question, seed):
    """As no number of the others is 0, polynomials without their leading zeros would be right in them."""
    found = [set(), set()]
    for one in question.cases_for(seed):
        for name, value in signals(question, one).items():
            for ends, at in zip(found, (0, -1), strict=True):
                if value[at] == 0:
                    ends.add(name)
    asked = {name for one in question.cases_for(seed) for name in signals(question, one)}
    assert found == [asked, asked]


def signals(question, one):
    """Return a case's arrays of real numbers with one axis and two ends, by name."""
    given = dict(zip(question.parameters, one.args, strict=False)) | one.kwargs
    arrays = {name: value for name, value in given.items() if isinstance(value, np.ndarray)}
    return {n: v for n, v in arrays.items() if v.ndim == 1 and v.size > 2 and v.dtype.kind == "f"}


# the arrays depend on each other or have to fit a given function, or the case with zeros has two axes
NO_ENDS = {("05", "q2"), ("05", "q3"), ("05", "q4"), ("16", "q5")}


def features_of(question):
    """The features that all draws of a question's cases have."""
    found = [each_part_has_as_many_cases_as_the_visible_ones]
    signal = any(set(signals(question, one)) - {"b"} for one in question.cases_for(0))
    if signal and (question.stem[:2], question.name) not in NO_ENDS:
        found.append(an_array_begins_and_ends_with_zero)
    if not any(has_infinite(one) for one in question.cases_for(0)):
        found.append(all_numbers_are_finite)
    if question in [p.values[0] for p in asked]:
        found.append(an_axis_is_lonely_where_others_are_not)
    if question in [p.values[0] for p in strided]:
        found += [something_is_left_over_on_each_axis_alone, a_half_is_rounded_up_by_round]
    return found


def has_infinite(one):
    values = [v for v in [*one.args, *one.kwargs.values()] if isinstance(v, np.ndarray)]
    return any(v.dtype.kind == "f" and not np.isfinite(v).all() for v in values)


def check_draws(question, learners):
    features = features_of(question)
    for number in range(learners):
        seed = SECRET.seed(f"learner {number}", question.stem, 7)
        for feature in features:
            feature(question, seed)


drawn = [one for one in questions if one.values[0].kind == "function"]


@pytest.mark.parametrize("question", drawn)
def test_cases_have_the_features_that_reveal_mistakes(question):
    for feature in features_of(question):
        for seed in SEEDS:
            feature(question, seed)
    check_draws(question, 8)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("question", drawn)
def test_the_cases_of_ten_thousand_learners_have_them_too(question):
    check_draws(question, 10_000)


def test_most_layers_are_looked_at():
    assert len(asked) >= len(strided) >= 16


def test_the_tool_finds_what_a_case_hides():
    question = load_sheet("02_slide_a_kernel").questions["q4"]
    right, never = question.model, lambda W, kW, *, stride=1, padding=0: -1
    half = lambda W, kW, *, stride=1, padding=0: right(W, kW, stride=stride, padding=padding)  # noqa: E731
    found = list(hidden(question, [("right", half), ("never", never)], range(2)))
    assert found == [("right", True, {})]


def test_two_slips_are_made_together():
    question = load_sheet("02_slide_a_kernel").questions["q3"]
    names = [name for name, _ in pairs_of(question)]
    assert len(names) > 10
    assert all(" + " in name for name in names)


# without them the answer is as right as before
NEEDLESS = {
    # a sum of products of both signs is as good a measure of the rounding, beside the other sum
    "np.abs(there * g) => there * g",
    "np.abs(x * back) => x * back",
    "max(-behind, 0) => -behind",  # a slice that ends behind the end
}


@pytest.mark.parametrize("question", drawn)
def test_a_bound_that_is_left_out_is_seen(question):
    without = list(clamps_of(question))
    for seed in SEEDS[:2]:
        survivors = {edit for edit, always, _ in hidden(question, without, [seed]) if always}
        assert survivors <= NEEDLESS


def test_the_tool_leaves_each_bound_out():
    question = load_sheet("07_images").questions["q5"]
    edits = {edit for edit, _ in clamps_of(question)}
    assert {"max(k - size % S, 0) => k - size % S", "size % S => size"} <= edits
