"""A crash is matched like a value: by the kind of the exception and the numbers in its message."""

import numpy as np
import pytest

from conv_course.checker.computes import crashes
from conv_course.checker.judge import run_and_judge
from conv_course.checker.questions import Sheet, case, load_sheet, numbers
from tests.grading.explained import explained, question_of

sheet = Sheet("00_crashes")
q1 = sheet.function("q1", "weighted", section="02-code", points=1)
q1.solution('''
def weighted(x, w):
    """The sum over rows of w[r] times row r."""
    return np.sum(w[:, None] * x, axis=0)
''')
q1.slips("""
The weights lie along the columns
    w[:, None] => w
    Which axis of x has as many entries as w?

A row too many
    w[:, None] * x => np.stack([w[r] * x[r] for r in range(len(w) + 1)])
    Which is the last row?

Out of an empty list
    - return np.sum(w[:, None] * x, axis=0)
    + return [][0]
    What is returned?
""")


@q1.cases
def _(rng):
    for rows, columns in [(2, 3), (4, 3)]:
        yield case(numbers(rng, rows, columns), numbers(rng, rows))


def names(function):
    return [found.name for found in run_and_judge(q1, function).diagnoses]


def test_the_same_shapes_in_the_message_name_the_mistake():
    assert names(lambda x, w: (x * w).sum(axis=0)) == ["The weights lie along the columns"]


def test_other_shapes_are_another_mistake():
    assert names(lambda x, w: (x.T * w[:1, None].repeat(2)).sum(axis=0)) == []


def test_the_same_index_is_the_same_mistake_and_another_is_not():
    assert names(lambda x, w: sum(w[r] * x[r] for r in range(len(x) + 1))) == ["A row too many"]
    assert names(lambda x, w: sum(w[r] * x[r] for r in range(1, len(x) + 2) if r != len(x))) == []


def test_words_that_every_such_error_has_tell_nothing():
    assert names(lambda x, w: [][len(x)]) == []


def test_a_kind_of_error_beside_right_cases_is_not_enough():
    def stops_in_one_case(x, w):
        return np.sum(w[:, None] * x, axis=0) if len(x) == 2 else x @ w

    assert names(stops_in_one_case) == []


def test_code_that_stops_on_what_would_be_nothing_does_not_hide_a_mistake():
    """An index into an empty list of rows, in one case of those that the last window makes wrong."""
    question = load_sheet("03_draw_the_graph").questions["q1"]

    def products(W, kW, *, stride=1, padding=0):
        windows = (W + 2 * padding - kW) // stride
        rows = np.array([(i, k, i * stride + k - padding) for i in range(windows) for k in range(kW)])
        return rows[(rows[:, 2] >= 0) & (rows[:, 2] < W)]

    verdict = run_and_judge(question, products)
    assert [found.name for found in verdict.diagnoses] == ["The last window is missing"]
    verdict = run_and_judge(question, lambda W, kW, **how: products(W, kW, **how)[:, :2])
    assert not verdict.diagnoses


def test_a_mistake_that_stops_everywhere_is_explained_though_edits_give_nothing():
    """In one edit of a right answer the result is empty where this one stops."""
    question = load_sheet("02_slide_a_kernel").questions["q3"]

    def slide_padded(x, w, b=0.0, *, stride=1, padding=0):
        n = (len(x) + 2 * padding - len(w)) // stride + 1
        padded = np.pad(x, padding)
        return np.array([padded[i * stride : i * stride + len(w)] @ w for i in range(n)]) + b

    found = explained(question, slide_padded)
    assert found.text[0] == "A pair stands where a single number has to."


MESSAGES = [
    ("Cannot interpret '7' as a data type", "7 stands where the type of the numbers is expected"),
    ("index 2 is out of bounds for axis 0 with size 1", "Axis 0 has 1 place, 0; place 2 was asked for."),
    (
        "index 3 is out of bounds for axis 1 with size 3",
        "Axis 1 has 3 places, 0 to 2; place 3 was asked for.",
    ),
]


@pytest.mark.parametrize(("message", "said"), MESSAGES)
def test_a_message_of_numpy_is_put_in_words(message, said):
    text, hint = crashes.in_words("TypeError", message)
    assert text.startswith(said)
    assert hint.endswith("?")


def test_numpy_still_says_what_the_words_are_for():
    with pytest.raises(TypeError) as caught:
        np.zeros(7, 7)
    assert crashes.in_words("TypeError", str(caught.value)) is not None


@pytest.mark.parametrize(
    ("has", "wants", "hint"),
    [
        ((2, 1, 1, 2), (2, 2, 1, 2), "It is the second axis, whose length comes from w"),
        ((1, 2, 1, 2), (2, 2, 1, 2), "It is the first axis, whose length comes from x"),
        ((2, 2, 1, 3), (2, 2, 1, 2), "Which stride and padding do you pass on"),
    ],
)
def test_a_dout_that_does_not_fit_is_blamed_on_what_its_axis_comes_from(has, wants, hint):
    message = f"dout has shape {has} but the forward pass gives {wants}"
    assert crashes.in_words("ValueError", message)[1].startswith(hint)


@pytest.mark.usefixtures("without_names_of_edits")
def test_an_exception_is_put_into_words():
    question = question_of("02 q3")
    found = explained(question, lambda x, w, b=0.0, *, stride=1, padding=0: np.zeros(len(x) / 2))
    assert found.text[0] == "A float stands where a whole number has to."
    question = question_of("09 q3")
    found = explained(question, lambda dout, x, kernel, **how: np.zeros(5) @ np.zeros((4, 3)))
    assert found.text[0] == "The left side of @ has 5 columns and the right side 4 rows."


@pytest.mark.usefixtures("without_names_of_edits")
def test_on_equal_axes_nothing_stops_and_the_sums_tell():
    question = question_of("09 q5")

    def layer_backward(dout, x, w, **how):
        if len(set(w.shape)) > 1:
            raise IndexError("index 5 is out of bounds for axis 0 with size 5")
        dx, dw, db = question.model(dout, x, w, **how)
        return dx, dw.swapaxes(2, 3), db[::-1]

    found = explained(question, layer_backward, seconds=5)
    assert "Axis 0 has 5 places, 0 to 4; place 5 was asked for." in found.text
    assert any(line.startswith("With equal axes, at stride 1 and without padding") for line in found.text)
    assert "In dw[f, d, u, v], dout[n, f, i, j] meets x[n, d, v + i, u + j]" in " ".join(found.text)


@pytest.mark.usefixtures("without_names_of_edits")
def test_where_only_unequal_axes_stop_all_outputs_are_called_right_on_equal_ones():
    question = question_of("09 q5")

    def layer_backward(dout, x, w, **how):
        if len(set(w.shape)) > 1:
            raise IndexError("index 5 is out of bounds for axis 0 with size 5")
        return question.model(dout, x, w, **how)

    assert any(
        line.endswith("your dx, dw and db are right.")
        for line in explained(question, layer_backward, seconds=5).text
    )


def _without_padding(dout, x, kernel, *, stride=(1, 1), padding=(0, 0)):
    dw = np.zeros((dout.shape[1], x.shape[1], *kernel))
    for u, v in np.ndindex(*kernel):
        met = x[
            :, :, u : u + dout.shape[2] * stride[0] : stride[0], v : v + dout.shape[3] * stride[1] : stride[1]
        ]
        met = met[:, :, : dout.shape[2], : dout.shape[3]]
        dw[:, :, u, v] = np.tensordot(dout, met, ([0, 2, 3], [0, 2, 3]))
    return dw


@pytest.mark.usefixtures("without_names_of_edits")
def test_a_stop_names_the_arrays_of_its_line_and_their_shapes():
    text = "\n".join(explained(question_of("09 q3"), _without_padding).text)
    assert "There `dw[:, :, u, v]` has the shape (1, 1), `dout` (1, 1, 3, 4), `met` (1, 1, 2, 4)." in text
    assert "It stops in all cases in which the numbers in padding differ" in text
