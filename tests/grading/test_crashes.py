"""A crash is matched like a value: by the kind of the exception and the numbers in its message."""

import ast
import types

import numpy as np
import pytest

from conv_course.checker.computes import crashes
from conv_course.checker.computes import stops as computes_stops
from conv_course.checker.judge import run_and_judge
from conv_course.checker.questions import Sheet, case, load_sheet, numbers
from conv_course.checker.show import failure_lines
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
    assert found.text[0] == "A tuple stands where a single number has to."


MESSAGES = [
    ("can't multiply sequence by non-int of type 'float'", "A tuple, a list or a text stands where a single"),
    ("'numpy.ndarray' object is not callable", "Something of type numpy.ndarray is called by ( )."),
    ("unsupported operand type(s) for +: 'int' and 'NoneType'", "None stands where a value is needed."),
    ("cannot unpack non-iterable int object", "Several names stand on the left of = and a single int on"),
    ("Cannot interpret '7' as a data type", "7 stands where the type of the numbers is expected"),
    (
        "axis 2 is out of bounds for array of dimension 2",
        "The array has the axes 0 and 1, and axis 2 is asked",
    ),
    (
        "axis -2 is out of bounds for array of dimension 1",
        "The array has one axis, axis 0, and axis -2 is asked",
    ),
    (
        "axis 3 is out of bounds for array of dimension 3",
        "The array has the axes 0 to 2, and axis 3 is asked",
    ),
    ("repeated axis in transpose", "One axis is named twice."),
    ("duplicate value in 'axis'", "One axis is named twice."),
    ("slice step cannot be zero", "The step of a slice, its third number, is 0."),
    (
        "only integer scalar arrays can be converted to a scalar index",
        "An array stands where a single number",
    ),
    ('can only concatenate list (not "int") to list', "+ joins a list to another one, and here something of"),
    (
        "'function' object cannot be interpreted as an integer",
        "Something of type function stands where a whole",
    ),
    (
        "operands could not be broadcast together with remapped shapes [original->remapped]: (2,3)->(2,3)",
        "In einsum one letter stands for axes of different lengths.",
    ),
    (
        "index 2 is out of bounds for axis 0 with size 1",
        "Axis 0 has the length 1: its only index is 0, and 2 was used.",
    ),
    (
        "index 3 is out of bounds for axis 1 with size 3",
        "Axis 1 has the length 3: its indices are 0 to 2, and 3 was used.",
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
    "stop",
    [
        lambda x: np.sum(x, axis=2),
        lambda x: x.transpose(0, 0),
        lambda x: x.sum(axis=(0, 0)),
        lambda x: x[::0],
        lambda x: [0] * 2 + 3,
        lambda x: np.eye(len),
        lambda x: slice(0, x) and list(range(5))[0:x],
        lambda x: np.einsum("ij,ij->i", x, x[:, 1:]),
    ],
)
def test_what_numpy_says_has_words(stop):
    with pytest.raises((TypeError, ValueError)) as caught:
        stop(np.ones((2, 3)))
    assert crashes.in_words(type(caught.value).__name__, str(caught.value)) is not None


@pytest.mark.usefixtures("without_names_of_edits")
@pytest.mark.parametrize("kind", [ValueError, TypeError, KeyError, IndexError, AttributeError, SystemExit])
def test_an_exception_whose_message_nobody_knows_has_words_and_a_question(kind):
    question = question_of("02 q3")

    def slide_padded(x, w, b=0.0, *, stride=1, padding=0):
        raise kind("as nobody has ever said")

    found = explained(question, slide_padded)
    assert found.text
    assert "?" in found.hint


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
    assert found.text[0] == "A row on the left of @ has the length 5, a column on the right the length 4."


@pytest.mark.usefixtures("without_names_of_edits")
def test_on_equal_axes_nothing_stops_and_the_sums_tell():
    question = question_of("09 q5")

    def layer_backward(dout, x, w, **how):
        if len(set(w.shape)) > 1:
            raise IndexError("index 5 is out of bounds for axis 0 with size 5")
        dx, dw, db = question.model(dout, x, w, **how)
        return dx, dw.swapaxes(2, 3), db[::-1]

    found = explained(question, layer_backward, seconds=5)
    assert "Axis 0 has the length 5: its indices are 0 to 4, and 5 was used." in found.text
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
    assert "There `dout` has the shape (1, 1, 3, 4), `met` (1, 1, 2, 4)." in text
    assert "It stops in all cases in which the numbers in padding differ" in text


def stops(text):
    """Return what is told of a function `f(x, n)` that stops with x of the shape (2, 3) and n = 7."""
    space = {"np": np}
    exec(HELPER, space)
    given = types.SimpleNamespace(names=space)
    space = {**space}
    exec(compile(text, "<an answer without source>", "exec"), space)
    one = case(np.arange(6.0).reshape(2, 3), 7)
    stop = computes_stops.Stop(given, space["f"], one)
    said = computes_stops.words(stop)
    return list(said.lines) if said is not None else [computes_stops.sentence(stop)]


HELPER = "def shelf(rows, *, place):\n    return rows[place, place]\n"


STOPS = {
    "fit = n // 100; y = -(-len(x) // fit)": "The divisor `fit` is 0 here (7 // 100).",
    "y = 1 / (x.shape[0] - 2)": "The divisor `x.shape[0] - 2` is 0 here (2 - 2).",
    "n -= n; y = 1 / n": "The divisor `n` is 0 here.",
    "n -= 3; fit = n // 5; n += 1; y = x / 1 + n // fit": "The divisor `fit` is 0 here.",
    "y = [n / k for k in range(3)]": "The divisor `k` is 0 here.",
    "for k in range(9):\n  fit = k // 2\n  y = n % fit": "The divisor `fit` is 0 here.",
    "rows = []; y = rows[-1]": "The list `rows` is empty here; index -1 was asked for.",
    "y = [1][n - 2]": "The list `[1]` has 1 entry, at index 0; index 5 was asked for.",
    "y = (n, n)[x.ndim]": "The tuple `(n, n)` has 2 entries, at indices 0 to 1; index 2 was asked for.",
    "i = 2; y = x[i, 0]": "`x[i, 0]` is `x[2, 0]` here, and `x` has the shape (2, 3).",
    "x[0, n] = 1": "`x[0, n]` is `x[0, 7]` here, and `x` has the shape (2, 3).",
    "y = x[:, 1:] * x.T": "There `x[:, 1:]` has the shape (2, 2), `x.T` (3, 2).",
    "y = np.zeros((2, 2)); y[0, :] = x[1]": "There `y[0, :]` has the shape (2,), `x[1]` (3,).",
    "a = np.zeros((2, 2)); a[0, :] = x[0, 1] * x[1]": "There `a[0, :]` has the shape (2,), `x[1]` (3,).",
    "left = n - 8; y = np.pad(x, (left, left))": "There `(left, left)` is (-1, -1).",
    "y = np.zeros(6 - n)": "There `6 - n` is -1.",
    "y = x[:, 5:].max()": "There `x[:, 5:]` has the shape (2, 0).",
    "total = None; y = total + n": "There `total` is None.",
    "N, D, H, W = x.shape": "There `x.shape` is (2, 3).",
    "rows = [1]; y = rows.shape": "There `rows` is a list.",
    "y = x[0, 0:n / 2]": "There `n / 2` is 3.5, a float.",
    "y = range(n / 2)": "There `n / 2` is 3.5, a float.",
    "for i in n:\n  pass": "There `n` is 7.",
    "y = x.shape - 1": "There `x.shape` is (2, 3).",
    "p = 'same'; y = n + p": "There `p` is 'same'.",
    "y = np.tensordot(x, x.T, 2)": "With axes=2, tensordot pairs the last 2 axes of `x` with the first 2 of "
    "`x.T`, in this order: lengths (2, 3) with (3, 2).",
    "y = np.tensordot(x, x.T)": "With its own axes=2, tensordot pairs the last 2 axes of `x` with the first "
    "2 of `x.T`, in this order: lengths (2, 3) with (3, 2).",
    "y = np.tensordot(b=x, a=x, axes=1)": "With axes=1, tensordot pairs the last axis of `x` with the first "
    "of `x`, in this order: length 3 with length 2.",
    "y = np.tensordot(x, x[0], axes=([0], [0]))": "tensordot pairs axis 0 of `x` (length 2) with axis 0 of "
    "`x[0]` (length 3).",
    "y = np.tensordot(x, x, axes=([0, 1], [0]))": "tensordot is given 2 and 1 axes to pair: 0 and 1 of `x`, "
    "0 of `x`.",
    "y = np.tensordot(x, x, axes=(0, (0, 1)))": "tensordot is given 1 and 2 axes to pair: 0 of `x`, "
    "0 and 1 of `x`.",
}


@pytest.mark.parametrize("body", STOPS)
def test_a_stop_is_told_by_the_learners_own_words_and_their_values(body):
    lines = "\n ".join(part.strip() if ":\n" not in body else part for part in body.split("; "))
    assert stops(f"def f(x, n):\n {lines}") == [STOPS[body]]


@pytest.mark.parametrize(
    "body",
    [
        "return n / (x.sum() and 0)",  # one of two
        "return int('7x')",
        "return list(range(n))[(n := 9)]",  # another number by now
        "return sorted([n])[n]",
        "return x(n)",
        "return int(n, x)",
        "return np.add(x, n, where=None, k=n / 2)",
        "return 2 ** n / f.__class__.mro()[9]",
    ],
)
def test_nothing_is_told_of_what_is_not_sure(body):
    assert stops(f"def f(x, n): {body}") == [None]


@pytest.mark.usefixtures("without_names_of_edits")
def test_the_hint_on_what_tensordot_pairs_is_not_displaced_by_one_on_the_shape():
    def one_output(xpad, w, b, i, j, *, stride=(1, 1)):
        here = (slice(n * s, n * s + k) for n, s, k in zip((i, j), stride, w.shape[1:], strict=True))
        window = xpad[:, *here]
        return np.tensordot(window, w, axes=2) + b

    found = explained(question_of("08 q3"), one_output)
    assert found.text[0].startswith(
        "With axes=2, tensordot pairs the last 2 axes of `window` with the first 2"
    )
    assert found.hint.startswith("Which axes of the two belong together here")


def test_a_helper_that_the_exercise_gave_is_not_blamed():
    assert stops("def f(x, n): y = n + 1; return shelf(x[:1], place=y)") == [
        "It stops within `shelf`, which the exercise gave, at your call of it.",
        "Given to it: `x[:1]` of shape (1, 3), `y` = 8.",
    ]
    own = "def shelf(rows, place):\n return rows[place]\ndef f(x, n): return shelf(x, n)"
    assert stops(own) == ["`rows[place]` is `rows[7]` here, and `rows` has the shape (2, 3)."]


def test_a_copy_of_a_given_helper_is_known_by_what_it_does():
    question = question_of("11 q5")
    helper, copied = question.names["columns_of"], {**question.names}
    text = load_sheet("11_go_fast").given
    (given,) = [node for node in ast.parse(text).body if getattr(node, "name", "") == "columns_of"]
    wrong = question.source.replace("first * stride :]", "first * stride : last * stride]")
    exec(f"{ast.get_source_segment(text, given)}\n{wrong}", copied)
    assert copied["columns_of"].__code__.co_code != helper.__code__.co_code
    found = explained(question, copied["tiled_layer"])
    assert found.text[0].startswith("It stops within `columns_of`, which the exercise gave")
    assert (
        "`xpad[n, :, first * stride:last * stride]` of shape (1, 1, 4), `w.shape[2:]` = (2, 2)"
        in found.text[1]
    )


def test_the_card_of_a_stop_shows_what_was_asked_for():
    question = question_of("02 q2")
    verdict = run_and_judge(question, lambda x, w, b=0.0: [][0])
    assert dict(failure_lines(question, verdict, question.cases_for(0)))["Expected"].startswith("[")


def test_a_leftover_that_is_cut_by_reshape_is_told():
    """A window that is its own stride is cut out by a reshape, which takes whole windows only."""

    def pool(reduce, x, kernel, stride, padding):
        (ph, pw), (kh, kw) = padding, kernel
        x = np.pad(x.astype(float), ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
        if tuple(kernel) == tuple(stride):
            N, C, H, W = x.shape
            return reduce(x.reshape(N, C, H // kh, kh, W // kw, kw), axis=(3, 5))
        windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
        return reduce(windows[:, :, :: stride[0], :: stride[1]], axis=(-2, -1))

    def max_pool(x, kernel, *, stride, padding=(0, 0)):
        return pool(np.max, x, kernel, stride, padding)

    question = question_of("15 q1")
    found = explained(question, max_pool)
    assert "In the case in which it stops, something is left over behind the last window." in found.text
    assert found.hint == crashes.OVER_HINT

    def avg_pool(x, kernel, *, stride, padding=(0, 0)):
        if any(padding) or tuple(kernel) != tuple(stride):
            return question_of("15 q3").model(x, kernel, stride=stride, padding=padding)
        return pool(np.mean, x, kernel, stride, padding)

    found = explained(question_of("15 q3"), avg_pool)
    assert any(line in found.text for line in (crashes.OVER, crashes.OVER_THERE))


def test_a_leftover_is_not_told_of_a_shape_that_is_too_large():
    def max_pool(x, kernel, *, stride, padding=(0, 0)):
        if tuple(kernel) == tuple(stride) and x.shape[2] % kernel[0]:
            return x.reshape(*x.shape, 2)
        return question_of("15 q1").model(x, kernel, stride=stride, padding=padding)

    found = explained(question_of("15 q1"), max_pool)
    assert not {crashes.OVER, crashes.OVER_THERE} & set(found.text)


def test_a_note_says_which_array_cannot_take_decimals():
    def avg_pool_backward(dout, x, kernel, *, stride, padding=(0, 0)):
        right = question_of("15 q4").model(dout, x, kernel, stride=stride, padding=padding)
        dx = np.zeros(x.shape, dout.dtype)
        dx += right * (2 if any(padding) else 1)
        return dx

    question = question_of("15 q4")
    notes = " ".join(run_and_judge(question, avg_pool_backward).notes)
    assert "an array of whole numbers (int64) is to take up decimals (float64)" in notes
    assert "Cannot cast ufunc" not in notes
