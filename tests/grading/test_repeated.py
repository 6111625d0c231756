"""Shares that are lost where an index array names a place twice are told, by the line."""

import numpy as np
import pytest

from conv_course.checker import computes
from conv_course.checker.computes import repeated
from conv_course.checker.judge import run_and_judge
from tests.grading.explained import answers_to, question_of

STAMP = """
def stamp(x, w, *, stride=1):
    n, k = len(x), len(w)
    y = np.zeros((n - 1) * stride + k)
    where = np.arange(n)[:, None] * stride + np.arange(k)
    LINE
    return y
"""
POOL = """
def max_pool_backward(dout, x, kernel, *, stride, padding=(0, 0)):
    (_, kW), (sH, sW), (pH, pW), (H, W) = kernel, stride, padding, x.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)), constant_values=np.finfo(float).min)
    windows = np.lib.stride_tricks.sliding_window_view(xpad, kernel, axis=(2, 3))[:, :, ::sH, ::sW]
    place = windows.reshape(*dout.shape, -1).argmax(axis=-1)
    n, d, i, j = np.indices(dout.shape)
    dxpad = np.zeros_like(xpad)
    LINE
    return dxpad[:, :, pH : pH + H, pW : pW + W]
"""
COLUMNS = """
def columns_to_image(columns, x_shape, kernel, *, stride=(1, 1), padding=(0, 0)):
    (N, D, H, W), (kH, kW), (sH, sW), (pH, pW) = x_shape, kernel, stride, padding
    Ho, Wo = (H + 2 * pH - kH) // sH + 1, (W + 2 * pW - kW) // sW + 1
    image = np.zeros((D, N, H + 2 * pH, W + 2 * pW))
    u, v, i, j = np.ix_(range(kH), range(kW), range(Ho), range(Wo))
    entries = columns.reshape(D, kH, kW, N, Ho, Wo).transpose(0, 3, 1, 2, 4, 5)
    LINE
    return image.transpose(1, 0, 2, 3)[:, :, pH : pH + H, pW : pW + W]
"""
PLACE = "dxpad[n, d, i * sH + place // kW, j * sW + place % kW]"


def card(name, text, line):
    question, space = question_of(name), {"np": np}
    exec(compile(text.replace("LINE", line), "<cell>", "exec"), space)
    function = space[question.function]
    verdict, answers = run_and_judge(question, function), answers_to(question, function)
    computes.add_explanation(verdict, question, function, answers)
    return verdict


@pytest.mark.parametrize(
    ("name", "text", "line", "number"),
    [
        ("14 q1", STAMP, "y[where] += np.outer(x, w)", 6),
        ("14 q1", STAMP, "y[where] = y[where] + x[:, None] * w", 6),
        ("15 q2", POOL, f"{PLACE} += dout", 9),
        ("10 q4", COLUMNS, "image[:, :, i * sH + u, j * sW + v] += entries", 8),
    ],
)
def test_shares_that_are_lost_at_a_repeated_place_are_told_by_the_line(name, text, line, number):
    verdict = card(name, text, line)
    assert verdict.explanation.text == (repeated.TEXT.format(number),)
    assert verdict.explanation.hint == repeated.HINT
    assert verdict.diagnoses == []


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("14 q1", STAMP, "y[where] = np.outer(x, w)"),
        ("14 q1", STAMP, "y[where] += np.outer(x, w[::-1])"),
        ("14 q1", STAMP, "np.add.at(y, where, 2 * np.outer(x, w))"),
        ("15 q2", POOL, f"{PLACE} = dout"),
    ],
)
def test_another_cause_is_not_told_so(name, text, line):
    verdict = card(name, text, line)
    assert verdict.points < verdict.of
    assert verdict.explanation is None or verdict.explanation.hint != repeated.HINT
