"""Properties that failing cases share: a layout, a type, axes, a stride that does not fit, another shape."""

import numpy as np

from conv_course.checker.judge import judge
from tests.grading.explained import answers_to, edited, explained, question_of


def test_a_function_that_takes_memory_as_it_lies_is_told_so():
    def slide(x, w, b=0.0):
        windows = np.lib.stride_tricks.as_strided(x, (len(x) - len(w) + 1, len(w)), (8, 8))
        return windows @ w + b

    assert "wrong on some that lie in memory in another way" in explained(question_of("02 q2"), slide).text[0]


def test_one_case_of_integers_is_enough_to_tell():
    question = question_of("05 q2")
    found = explained(question, edited(question, ("x.astype(float)", "x.copy()")))
    assert found.text == (
        "Your result is wrong in the case in which x holds integers, and right in all others.",
    )
    assert found.hint.startswith("Which type")


def test_an_assert_that_the_stride_fits_is_told_by_its_cases():
    question = question_of("02 q3")

    def slide_padded(x, w, b=0.0, *, stride=1, padding=0):
        zeros = sum(padding) if isinstance(padding, tuple) else 2 * padding
        assert (len(x) + zeros - len(w)) % stride == 0
        return question.model(x, w, b, stride=stride, padding=padding)

    assert (
        "It stops in all cases in which the stride leaves samples over, "
        "and every other case of this check is right." in explained(question, slide_padded).text
    )


def test_a_result_like_another_argument_is_told():
    question = question_of("05 q2")
    found = explained(question, lambda f, x, dout, h: f(x * 1.0) ** 2 * dout)
    assert found.text == ("In every case your result has the shape of dout; asked for is the shape of x.",)


def test_a_total_that_is_not_reset_is_told():
    def slide(x, w, b=0.0):
        return np.cumsum([x[i : i + len(w)] @ w for i in range(len(x) - len(w) + 1)]) + b

    assert explained(question_of("02 q2"), slide).text[0] == (
        "Each entry of y starts with what the one before it holds."
    )


def test_digits_that_are_cut_off_are_told():
    def slide(x, w, b=0.0):
        return question_of("02 q2").model(x.astype(int), w, b)

    assert "digits after the point are cut off in x" in explained(question_of("02 q2"), slide).text[0]


def test_a_test_turned_round_is_told_to_say_the_opposite():
    question = question_of("05 q4")
    right = question.model
    found = explained(question, lambda *given: not right(*given))
    assert found.text == ("In all 19 cases it says the opposite of what is asked for.",)


def test_a_name_outside_the_function_that_it_writes_to_is_told():
    question = question_of("11 q5")
    space = {"right": question.model}
    exec(
        "most = 0\n"
        "def tiled_layer(x, w, b, **layer):\n"
        "    global most\n"
        "    y, held = right(x, w, b, **layer)\n"
        "    most = max(most, held)\n"
        "    return y, most",
        space,
    )
    text = explained(question, space["tiled_layer"]).text
    assert text == (
        "It writes to most, which lies outside the function and stays from one call to the next.",
    )


CACHED = """
import numpy as np
tables = {}

def back_to_w_and_b(dout, x, kW, *, stride=1, padding=0):
    n = len(dout)
    if KEY not in tables:
        tables[KEY] = stride * np.arange(n)[:, None] + np.arange(kW)
    return dout @ np.pad(x, padding)[tables[KEY]]SLIP, dout.sum()
"""


def test_a_table_kept_by_too_few_sizes_is_told():
    def text(key, slip):
        space = {}
        exec(CACHED.replace("KEY", key).replace("SLIP", slip), space)
        return " ".join(explained(question_of("03 q5"), space["back_to_w_and_b"]).text)

    assert "Every case that fails is right if tables is empty before the call" in text("(n, kW)", "")
    for key in ("(n, kW)", "(n, kW, stride)"):
        assert "tables" not in text(key, " * 3")


def test_numbers_of_one_calculation_have_no_name_that_explains_some_of_them():
    """Two of the three counts are not those of a comparison of sums; the third is."""
    question = question_of("17 q4")
    counts = dict(zip(question.outputs, (8, 7, 9), strict=True))
    verdict = judge(question, answers_to(question, lambda: counts))
    assert verdict.points == 0
    assert verdict.diagnoses == []


def test_an_exception_is_told_rather_than_a_name_outside():
    space = {}
    exec(
        "calls = 0\n"
        "def tile_rows(rows, per_row, cache, threads):\n"
        "    global calls\n"
        "    calls += 1\n"
        "    return rows // 0\n",
        space,
    )
    text = explained(question_of("11 q4"), space["tile_rows"]).text
    assert text[0] == "The divisor is 0 for these arguments."


def test_a_property_of_several_arguments_names_all_of_them():
    def numerical_gradient(f, x, dout, h):
        """Nudges a row of x at a time."""
        x = np.array(x, dtype=float)
        grad = np.zeros(x.shape)
        for j in range(len(x)):
            up, down = x.copy(), x.copy()
            up[j] += h
            down[j] -= h
            grad[j] = np.sum((f(up) - f(down)) * dout) / (2 * h)
        return grad

    (line,) = explained(question_of("05 q2"), numerical_gradient).text
    assert (
        line
        == "Your result is wrong in the 3 cases in which x and dout have 2 axes, and right in all others."
    )


def test_a_part_that_fails_only_where_the_function_stops_is_not_said_to_be_wrong():
    question = question_of("09 q5")

    def layer_backward(dout, x, w, *, stride=(1, 1), padding=((0, 0), (0, 0))):
        """Reads the padding as ((top, left), (bottom, right))."""
        (top, left), (bottom, right) = padding
        sH, sW = stride
        (H, W), (kH, kW) = x.shape[2:], w.shape[2:]
        xp = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
        dxp, dw = np.zeros(xp.shape), np.zeros(w.shape)
        for i, j in np.ndindex(dout.shape[2:]):
            here = np.s_[:, :, i * sH : i * sH + kH, j * sW : j * sW + kW]
            g = dout[:, :, i, j]
            dxp[here] += np.einsum("nf,fduv->nduv", g, w)
            dw += np.einsum("nf,nduv->fduv", g, xp[here])
        return dxp[:, :, top : top + H, left : left + W], dw, dout.sum(axis=(0, 2, 3))

    assert not any("db" in line for line in explained(question, layer_backward).text)
    note, more = judge(question, answers_to(question, layer_backward)).notes
    assert note.startswith("In 4 other cases it stops, in the first of them with ValueError: ")
    assert more == "Where it does not stop, db is right."
