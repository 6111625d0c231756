"""Products too many, too few or elsewhere are told by where they lie."""

import re

import numpy as np
import pytest

from conv_course.checker.computes.hints import HINTS
from tests.grading.explained import edited, explained, question_of

pytestmark = pytest.mark.usefixtures("without_names_of_edits")


WRITTEN_OUT = [
    "w[0]*d0{}",
    "w[1]*d0+w[0]*d1{}",
    "w[2]*d0+w[1]*d1+w[0]*d2{}",
    "w[2]*d1+w[1]*d2{}",
    "w[2]*d2{}",
]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            ["+w[2]*d1+w[1]*d2", "+w[2]*d2", "", "", ""],
            "dout[i]*w[k] goes to dx[i + k], as asked for, and to dx[i + k - 3] as well, "
            "where that is inside.",
        ),
        (
            ["+w[2]*d1", "+w[2]*d2", "", "", ""],
            "Every product dout*w that is asked for is there, and 2 not asked for are in dx too.",
        ),
        (
            ["", "", "", "+w[0]*d0", ""],
            "Every product dout*w that is asked for is there, and 1 not asked for is in dx too.",
        ),
    ],
)
def test_products_too_many_of_a_short_array_are_no_index_below_0(more, said):
    question = question_of("04 q1")
    lines = ", ".join(line.format(extra) for line, extra in zip(WRITTEN_OUT, more, strict=True))

    def dx_by_hand(dout, w):
        return np.array(eval(f"[{lines}]", {"w": w} | {f"d{k}": d for k, d in enumerate(dout)}))

    found = explained(question, dx_by_hand)
    assert found.text[0] == said
    assert "below 0" not in " ".join((*found.text, found.hint))


def _with_places(place):
    def back_to_x(dout, w, W, *, stride=1, padding=0):
        dx = np.zeros(W)
        for i in range(len(dout)):
            for k in range(len(w)):
                for m in place(i * stride + k - padding, W):
                    dx[m] += w[k] * dout[i]
        return dx

    return explained(question_of("03 q4"), back_to_x)


def test_products_at_places_outside_the_array_are_told_by_where_they_come_back():
    def as_matrix(w, W, *, stride=1, padding=0):
        matrix = np.zeros(((W + 2 * padding - len(w)) // stride + 1, W))
        for i, k in np.ndindex(len(matrix), len(w)):
            if i * stride + k - padding < W:
                matrix[i, i * stride + k - padding] = w[k]
        return matrix

    found = explained(question_of("03 q3"), as_matrix)
    assert found.text[0].startswith("Every entry of w that is asked for is there, and ")
    assert found.text[0].endswith("in result too: a place below 0 counts from the end.")
    found = _with_places(lambda m, W: [m % W])
    assert found.text[0].endswith("in dx too: a place beyond one end wraps round to the other.")


def test_products_that_go_to_two_places_are_no_total_that_is_not_reset():
    found = _with_places(lambda m, W: [each for each in (m, m + 2) if 0 <= each < W])
    assert "dx[i + k], as asked for, and to dx[i + k + 2] as well, where that is inside." in found.text[0]


@pytest.mark.parametrize("question", ["13 q3", "03 q4"])
def test_copies_in_place_of_zeros_are_told_as_a_second_place(question):
    """The last number of dout stands once, the others once for each step of the stride."""

    def spread(dout, w, stride, padding, dilation, W):
        up = np.repeat(dout, stride)[: (len(dout) - 1) * stride + 1]
        full = np.zeros(W + 2 * padding)
        for k, tap in enumerate(w):
            full[k * dilation : k * dilation + len(up)] += tap * up
        return full[padding : padding + W]

    def both(dout, x, w, *, stride=1, padding=0, dilation=1):
        _, dw = question_of("13 q3").model(dout, x, w, stride=stride, padding=padding, dilation=dilation)
        return spread(dout, w, stride, padding, dilation, len(x)), dw

    def back_to_x(dout, w, W, *, stride=1, padding=0):
        return spread(dout, w, stride, padding, 1, W)

    found = explained(question_of(question), {"13 q3": both, "03 q4": back_to_x}[question], seconds=5)
    text = " ".join(found.text)
    assert re.search(
        r"dout\[i\]\*w\[k\] goes to dx\[.*\], as asked for, and with i < \d to dx\[.*\] as well\.", text
    )


@pytest.mark.parametrize("least", [1, 2, 4])
def test_further_products_are_told_by_where_they_lie(least):
    def back_to_x(dout, w, W, *, stride=1, padding=0):
        dx = question_of("03 q4").model(dout, w, W, stride=stride, padding=padding)
        if least <= W:
            dx[-1] = np.sum(dout) * np.sum(w)
        return dx

    text = " ".join(explained(question_of("03 q4"), back_to_x, seconds=5).text)
    assert "what the one before it holds" not in text
    assert re.search(r"and \d+ not asked for are in dx too, all of them in entries with m = \d+\.", text)


def test_an_index_below_0_is_told_where_it_counts_from_the_end_in_arrays_of_two_lengths():
    question = question_of("04 q3")

    def dx_as_convolution(dout, w):
        dx = np.zeros(len(dout) + len(w) - 1)
        for m in range(len(dx)):
            for k in range(len(w)):
                if -len(dout) <= m - k < len(dout):
                    dx[m] += dout[m - k] * w[k]
        return dx

    found = explained(question, dx_as_convolution, seconds=5)
    assert found.text[0] == "In dx[m], w[k] meets dout[m - k]. A place below 0 counts from the end."
    assert found.hint == HINTS["wraps"]


def test_a_window_that_begins_outside_x_is_asked_where_it_begins():
    def slide(x, w, b=0.0):
        windows = range(len(x) - len(w) + 1)
        return np.array([b + sum(w[k] * x[i + k - 1] for k in range(len(w))) for i in windows])

    found = explained(question_of("02 q2"), slide)
    rule = "In y[i], w[k] meets x[i + k - 1], asked for x[i + k]. A place below 0 counts from the end."
    assert rule in found.text
    assert found.hint == HINTS["start"]


def test_rows_and_columns_that_get_nothing_are_told():
    question = question_of("08 q4")
    short = edited(question, ("range(H_out)", "range(0, H_out - 1)"), ("range(W_out)", "range(0, W_out - 1)"))
    text = "\n".join(explained(question, short).text)
    assert re.search(r"The entries y\[n, f, i, j\] with i = \d or j = \d do not get their products\.", text)


def kept_windows(dout, x, kernel, padding, apart):
    """Return the gradient of a max pooling layer with windows that lie `apart`, clipped at the ends."""
    (pH, pW), (kH, kW) = padding, kernel
    around = np.pad(x, ((0, 0), (0, 0), (pH, pH + kH * 9), (pW, pW + kW * 9)), constant_values=-np.inf)
    dx = np.zeros(around.shape)
    for n, d, i, j in np.ndindex(dout.shape):
        a, b = i * apart[0], j * apart[1]
        window = around[n, d, a : a + kH, b : b + kW]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, d, a + u, b + v] += dout[n, d, i, j]
    return dx[:, :, pH : pH + x.shape[2], pW : pW + x.shape[3]]


def test_a_number_that_went_elsewhere_is_found_there():
    question = question_of("15 q2")

    def backward(dout, x, kernel, *, stride, padding=(0, 0)):
        return kept_windows(dout, x, kernel, padding, kernel)

    found = explained(question, backward, seconds=10)
    (line,) = [line for line in found.text if " is in your dx[" in line]
    name, place = re.fullmatch(r"dout\[(.*)\] is in your dx\[(.*)\]\.", line).groups()
    one = question.cases_for(0)[found.case]
    dout = np.zeros(one.args[0].shape)
    dout[tuple(map(int, name.split(", ")))] = 1
    gradient = backward(dout, *one.args[1:], **one.kwargs)
    assert np.argwhere(gradient).tolist() == [list(map(int, place.split(", ")))]
