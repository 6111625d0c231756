"""The rule behind a wrong answer's sums, and when none is told."""

import numpy as np
import pytest

from tests.grading.explained import edited, explained, question_of

pytestmark = pytest.mark.usefixtures("without_names_of_edits")


TELLING = [
    (
        "02 q2",
        [("x[i:i + len(w)]", "x[i:i + len(w)][::-1]")],
        "In y[i], w[k] meets x[i - k + 2], asked for x[i + k].",
    ),
    ("02 q2", [("b + np.sum", "np.sum")], "b is missing in every entry of y."),
    (
        "02 q2",
        [("x[i:i + len(w)]", "np.take(x, range(i - 1, i - 1 + len(w)))")],
        "A place below 0 counts from the end.",
    ),
    (
        "02 q2",
        [("b + np.sum(w * x[i:i + len(w)])", "np.sum(w * x[i:i + len(w)] + b)")],
        "b is counted 3 times",
    ),
    ("02 q2", [("    return y", "        return y")], "Only the entries y[i] with i = 0 get their products."),
    (
        "02 q3",
        [("xpad[i * stride:i * stride", "xpad[i:i")],
        "In y[i], w[k] meets x[i + k], asked for x[2*i + k].",
    ),
    ("04 q2", [("np.sum(dout))", "np.mean(dout))")], "db is 1/W' times what is asked for, in every case."),
    ("04 q2", [("return (dw, np.sum(dout))", "return (np.sum(dout), dw)")], "yours come as db, dw."),
    ("06 q3", [("i * stride:i * stride", "i:i")], "dout[i]*w[k] goes to dx[i + k], asked for dx[2*i + k]."),
    ("06 q3", [("+= w", "= w")], "what came before is overwritten."),
    ("07 q2", [("j * sW:j * sW", "j * sH:j * sH")], "x[2*i + u, 2*j + v], asked for x[2*i + u, 3*j + v]."),
    (
        "07 q2",
        [("((pH, pH), (pW, pW))", "((0, 2 * pH), (0, 2 * pW))")],
        "meets x[i + u, j + v], asked for x[i + u, j + v - 2].",
    ),
    (
        "08 q4",
        [("* w[f])", "* w[f, :, ::-1])")],
        "meets x[n, d, i - u + 1, j + v], asked for x[n, d, i + u, j + v].",
    ),
    ("08 q4", [("+ b[f]", "+ b[j % F]")], "y[0, 0, 0, 1] = b[1] + 12 more terms that agree"),
    (
        "08 q5",
        [("w.transpose(3, 2, 0, 1)", "w.transpose(3, 2, 0, 1)[:, :, ::-1]")],
        "In y[n, i, j, f], w[u, v, d, f] meets x[n, i - u + 1, j + v, d], asked for x[n, i + u, j + v, d].",
    ),
    ("09 q3", [("dw[f] +=", "dw[f] =")], "only the products with the largest n, i and j of dout"),
    ("09 q3", [("    return dw", "    return dw / N")], "dw is 1/N times what is asked for, in every case."),
    (
        "09 q4",
        [("i * sH:i * sH", "i * sW:i * sW"), ("j * sW:j * sW", "j * sH:j * sH")],
        "goes to dx[n, d, 3*i + u - 1, 2*j + v], asked for dx[n, d, 2*i + u - 1, 3*j + v].",
    ),
    ("09 q4", [("w[f] * dout", "w[f, ::-1] * dout")], "axis 1 (d) is in reverse order"),
    ("10 q2", [("1, 4, 5, 0, 2, 3", "1, 5, 4, 0, 2, 3")], "laid out in the order [d, v, u, n, i, j]"),
    ("13 q4", [("w[fs]", "w[g::groups]")], "meets w[g + 2*f"),
    ("14 q1", [("i * stride:i * stride", "i:i")], "w[k]*x[i] goes to y[k + i], asked for y[k + 2*i]."),
    (
        "15 q1",
        [("(kH, kW), (sH, sW), (pH, pW) =", "(kH, kW), (sW, sH), (pH, pW) =")],
        "y[n, d, i, j] takes x[n, d,",
    ),
    ("15 q1", [("constant_values=-np.inf", "constant_values=0")], "the padding counts as the number 0"),
    ("15 q1", [(".max(", ".mean(")], "adds up the numbers of a window, each times 1/6"),
    (
        "15 q3",
        [("window.sum(axis=(2, 3)) / (kH * kW)", "window.sum(axis=(2, 3))")],
        "y is kH*kW times what is asked for, in every case.",
    ),
    (
        "02 q1",
        [("(W + left + right - kW) // stride + 1", "(W + left + right - kW + 1) // stride")],
        "is (W + left + right - kW + 1)//stride.",
    ),
    (
        "02 q1",
        [("left + right - kW) // stride", "right - kW) // stride")],
        "is (W + right - kW)//stride + 1.",
    ),
    (
        "05 q4",
        [("return abs(there @ g - x @ back)", "return there @ g - x @ back")],
        "It says True in 7 of 12 cases in which False is right",
    ),
]


@pytest.mark.parametrize(("name", "edits", "says"), TELLING)
def test_a_kind_of_mistake_is_told_by_its_rule(name, edits, says):
    question = question_of(name)
    found = explained(question, edited(question, *edits), seconds=5)
    assert found is not None
    assert says in " ".join(found.text), found.text
    assert found.hint
    assert found.hint.endswith((".", "?", ")"))


def test_a_rule_is_not_told_where_an_entry_takes_nothing():
    """With stride 2 and a kernel of one row, every second row of the image takes nothing."""
    question = question_of("10 q4")

    def columns_to_image(columns, x_shape, kernel, *, stride=(1, 1), padding=(0, 0)):
        (N, D, H, W), (kH, kW) = x_shape, kernel
        Ho, Wo = (H + 2 * padding[0] - kH) // stride[0] + 1, (W + 2 * padding[1] - kW) // stride[1] + 1
        six = columns.reshape(D, kH, kW, N, Ho, Wo)
        image = np.zeros(x_shape)
        for u, v in np.ndindex(kH, kW):
            here = image[:, :, u : u + stride[0] * Ho : stride[0], v : v + stride[1] * Wo : stride[1]]
            here += six[:, u, v].transpose(1, 0, 2, 3)
        return image

    text = explained(question, columns_to_image).text
    assert not any(" takes " in line for line in text)
    assert text[-1] == "asked for result[0, 0, 0, 0] = columns[1, 0]"


def test_a_rule_that_some_products_do_not_follow_is_not_told():
    """Windows clipped at the border take the kernel's first rows, so its last row goes nowhere there."""

    def dx_of(dout, w, x_shape, *, stride=(1, 1), padding=(0, 0)):
        dx, (kH, kW) = np.zeros(x_shape), w.shape[2:]
        for i, j in np.ndindex(dout.shape[2:]):
            top, left = i * stride[0] - padding[0], j * stride[1] - padding[1]
            rows = slice(max(top, 0), max(min(top + kH, x_shape[2]), 0))
            columns = slice(max(left, 0), max(min(left + kW, x_shape[3]), 0))
            part = w[:, :, : max(rows.stop - rows.start, 0), : max(columns.stop - columns.start, 0)]
            dx[:, :, rows, columns] += np.tensordot(dout[:, :, i, j], part, axes=1)
        return dx

    found = explained(question_of("09 q4"), dx_of)
    assert any(line.startswith("asked for dx") for line in found.text)
    assert not any("goes to dx" in line for line in found.text)


def test_the_other_wrong_outputs_of_a_case_are_told_by_their_rules_too():
    question = question_of("06 q5")
    ends = ("np.pad(x, (left, right))", "np.pad(x, (right, left))")
    found = explained(question, edited(question, ends, ("dxpad[left:left", "dxpad[right:right")))
    text = " ".join(found.text)
    assert [name.name for name in found.names] == ["dx is cut in front by the other end's padding"]
    assert "In dw[k], dout[i] meets x[" in text
    assert "mend what this card shows" not in text


def test_a_wrong_output_that_nothing_is_said_of_is_named():
    question = question_of("09 q5")

    def layer_backward(dout, x, w, **how):
        dx, dw, db = question.model(dout, x, w, **how)
        return dx + x[:, ::-1], dw**3, db

    found = explained(question, layer_backward, seconds=5)
    assert found.output == "dx"
    assert found.text[-1] == "dw is also wrong: mend what this card shows, then check again."
