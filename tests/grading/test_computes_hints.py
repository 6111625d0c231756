"""The hint of an explanation fits the mistake and the question."""

import numpy as np
import pytest

from conv_course.checker.computes import linear, truths
from conv_course.checker.computes.hints import HINTS, has_windows, hint_of
from conv_lib import naive
from tests.grading.explained import edited, explained, question_of
from tests.grading.sheet_cases import questions

pytestmark = pytest.mark.usefixtures("without_names_of_edits")


def test_a_question_without_windows_is_not_asked_about_windows():
    plain = [q for (q,) in (p.values for p in questions) if not has_windows(q)]
    assert {"dilate", "flipped", "stamp", "transposed", "db_of"} <= {q.function for q in plain}
    assert not {"slide", "dx_by_hand", "max_pool", "layer", "layer_backward"} & {q.function for q in plain}
    for question in plain:
        assert not [kind for kind in HINTS if "window" in hint_of(kind, question)]
    repeated = explained(question_of("06 q1"), lambda dout, stride: np.repeat(dout, stride))
    assert repeated.text[1] == "dout[i] goes to result[2*i .. 2*i + 1], asked for result[2*i]."
    assert "window" not in repeated.hint
    longer = explained(question_of("06 q1"), lambda dout, stride: np.append(_dilated(dout, stride), 0))
    assert "one entry too many at the end" in longer.text[0]
    assert "window" not in longer.hint


def _dilated(dout, stride):
    return question_of("06 q1").model(dout, stride)


def test_results_in_reverse_order_are_not_taken_for_a_reversed_kernel():
    def slide(x, w, b=0.0, *, stride=1, padding=0):
        return np.correlate(w, np.pad(x, padding), "valid")[::stride] + b

    found = explained(question_of("02 q3"), slide)
    assert found.hint == HINTS["turned"]


def test_a_hint_on_a_missing_factor_does_not_speak_of_the_order_of_axes():
    question = question_of("13 q4")
    found = explained(question, edited(question, ("b[fs]", "b[g:g + filters]")))
    assert "takes b[g + f], asked for b[3*g + f]" in " ".join(found.text)
    assert found.hint == HINTS["group"]


def test_a_hint_on_a_further_term_speaks_of_no_loop():
    def momentum_step(param, velocity, gradient, *, rate, momentum):
        velocity[...] = momentum * velocity + (1 - momentum) * gradient
        param -= rate * velocity
        return float(np.abs(rate * velocity).max())

    found = explained(question_of("16 q4"), momentum_step)
    assert "velocity has products of the kind gradient*momentum" in " ".join(found.text)
    assert found.hint == HINTS["extra"]
    assert not [kind for kind in ("extra", "fixed") if "loop" in HINTS[kind]]


def test_the_hint_on_entries_that_are_copied_does_not_speak_of_sums():
    question = question_of("10 q2")

    def windows_as_columns(x, kernel, *, stride=(1, 1), padding=(0, 0)):
        """The steps of x, in the array that has its padding."""
        (N, D, H, W), (kH, kW), (sH, sW), (pH, pW) = x.shape, kernel, stride, padding
        xpad = np.pad(np.ascontiguousarray(x), ((0, 0), (0, 0), (pH, pH), (pW, pW)))
        n, d, h, w = np.ascontiguousarray(x).strides
        shape = (D, kH, kW, N, (H + 2 * pH - kH) // sH + 1, (W + 2 * pW - kW) // sW + 1)
        steps = (d, h, w, n, h * sH, w * sW)
        return np.lib.stride_tricks.as_strided(xpad, shape, steps).reshape(D * kH * kW, -1).copy()

    found = explained(question, windows_as_columns)
    assert found.text[-2].startswith("your      result[")
    assert found.text[-1].startswith("asked for result[")
    assert found.hint == linear.ONE_PLACE


def test_a_gradient_of_another_size_is_compared_with_its_array():
    question = question_of("09 q5")

    def with_its_first_row_twice(dout, x, w, *, stride=(1, 1), padding=((0, 0), (0, 0))):
        dx, dw, db = question.model(dout, x, w, stride=stride, padding=padding)
        return np.concatenate([dx[:, :, :1], dx], axis=2), dw, db

    found = explained(question, with_its_first_row_twice)
    assert found.hint == "Each entry of x has one in dx: at which end has yours too many or too few?"


@pytest.mark.parametrize(("apart", "told"), [(5, True), (1e-6, False)])
def test_a_test_that_lets_large_differences_pass_is_asked_how_far_apart(apart, told):
    def trust_forward(conv2d):
        rng = np.random.default_rng(0)
        x, w, b = (rng.normal(size=s) for s in ((2, 3, 7, 6), (4, 3, 2, 3), 4))
        y, t = conv2d(x, w, b, stride=(2, 1)), naive.conv2d(x, w, b, stride=(2, 1))
        return y.shape == t.shape and bool(np.allclose(y, t, atol=apart))

    hint = explained(question_of("17 q2"), trust_forward).hint
    assert ("How far apart may two numbers be that your test calls equal?" in hint) is told
    assert ("different results (by up to 1." in hint) is told


def test_a_test_whose_input_shows_the_difference_is_asked_what_it_compares(monkeypatch):
    monkeypatch.setattr(truths, "SECONDS", 5)  # however slow the machine is

    def shapes_only(layer):
        x, w = np.arange(60.0).reshape(1, 2, 5, 6), np.arange(36.0).reshape(2, 2, 3, 3)
        return layer(x, w, np.array([1.0, 2.0])).shape == (1, 2, 3, 4)

    def no_bias(layer):
        x = np.zeros((1, 1, 3, 3))
        return bool(np.allclose(layer(x, np.zeros((1, 1, 1, 1)), np.zeros(1)), x))

    question = question_of("17 q2")
    assert "what do you compare?" in explained(question, shapes_only).hint
    assert explained(question, no_bias).hint == "What else does the one input of your test not try?"
