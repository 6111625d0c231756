"""Exam questions by seed: their answers are recomputed here in another way from the question's text."""

import re

import numpy as np
import pytest

from tools import exam
from tools.environment import ROOT

DRAWN = {draw.__name__: (chapter, draw) for chapter, draw in exam.QUESTIONS}


def asked(name, seed):
    text, answer = DRAWN[name][1](np.random.default_rng(seed))
    return text, answer, [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", answer)]


def rows(text):
    return [[float(v) for v in found.split(",")] for found in re.findall(r"\(([-\d., ]+)\)", text)]


def starts(W, kW, S, P=0):
    """Return the starts of the windows, found by trying every place."""
    return [place for place in range(0, W + 2 * P, S) if place + kW <= W + 2 * P]


@pytest.mark.parametrize("seed", range(12))
def test_answers_on_signals(seed):
    text, _, answer = asked("outputs", seed)
    x, w = rows(text)
    b, S, P = (float(v) for v in re.search(r"bias (\S+), stride (\d) and (\d)", text).groups())
    padded = [0.0] * int(P) + x + [0.0] * int(P)
    places = starts(len(x), len(w), int(S), int(P))
    assert answer == [b + sum(t * v for t, v in zip(w, padded[at:], strict=False)) for at in places]

    text, _, answer = asked("gradients", seed)
    x, w, dout = rows(text)
    dw = [sum(g * v for g, v in zip(dout, x[k:], strict=False)) for k in range(len(w))]
    assert answer == [*np.convolve(dout, w), *dw, sum(dout)]

    text, _, answer = asked("dout_of_dx", seed)
    w, dx = rows(text)
    assert np.convolve(answer, w).tolist() == dx

    text, _, answer = asked("stamps", seed)
    w, x = rows(text)
    spread = np.zeros(2 * len(x) - 1)
    spread[::2] = x
    assert answer == np.convolve(spread, w).tolist()

    text, _, answer = asked("bias", seed)
    parts = rows(text)
    assert answer == [sum(parts[f] + parts[f + 3]) for f in range(3)]


@pytest.mark.parametrize("seed", range(12))
def test_answers_on_sizes(seed):
    text, _, (out, left, longest) = asked("size", seed)
    W, kW, S, P = (int(v) for v in re.findall(r"\d+", text))
    assert len(starts(W, kW, S, P)) == out
    assert W + 2 * P - starts(W, kW, S, P)[-1] - kW == left
    assert len(starts(int(longest), kW, S, P)) == out < len(starts(int(longest) + 1, kW, S, P))

    text, _, (between, front, behind) = asked("strided", seed)
    W, kW, S, P, _ = (int(v) for v in re.findall(r"\d+", text))
    n = len(starts(W, kW, S, P))
    assert n + (n - 1) * between + front + behind - kW + 1 == W
    assert front == kW - 1 - P

    text, _, (zeros, entries) = asked("padding_of_dx", seed)
    _, W, kW = (int(v) for v in re.findall(r"\d+", text))
    assert entries - kW + 1 == W
    assert entries - 2 * zeros == len(starts(W, kW, 1))

    text, _, (spans, out) = asked("span", seed)
    kW, Dl, W, _ = (int(v) for v in re.findall(r"\d+", text))
    assert spans == len(range(0, Dl * (kW - 1) + 1))
    assert out == len(starts(W, int(spans), 1))

    text, _, (one, central, true) = asked("differences", seed)
    a, c, at = (int(v) for v in re.search(r"= (\d)x³ \+ (\d)x at x = (\d)", text).groups())
    f = np.polynomial.Polynomial([0, c, 0, a])
    assert (one, central, true) == (2 * (f(at + 0.5) - f(at)), f(at + 0.5) - f(at - 0.5), f.deriv()(at))

    text, _, answer = asked("counts", seed)
    N, D, H, W, F, kH, kW, _ = (int(v) for v in re.findall(r"\d+", text))
    assert answer == [F, D, kH, kW, N, F, len(starts(H, kH, 1)), len(starts(W, kW, 1)), F * D * kH * kW + F]
    assert len({N, D, F, kH, kW}) == 5

    text, _, (reached,) = asked("field", seed)
    size = 1
    for k, s in reversed([(int(k), int(s)) for k, s in re.findall(r"(\d) taps at stride (\d)", text)]):
        size = (size - 1) * s + k
    assert reached == size


def test_one_seed_one_exam_and_every_question_has_a_test():
    tried = set(re.findall(r'asked\("(\w+)"', (ROOT / "tests" / "test_exam.py").read_text(encoding="utf-8")))
    assert tried == set(DRAWN)
    assert exam.exam(5, 6) == exam.exam(5, 6) != exam.exam(6, 6)
    assert len({text for seed in range(20) for text, _ in exam.exam(seed, 6)}) > 110


def test_the_command(capsys):
    assert exam.main(["--seed", "3", "--chapters", "2-4", "--questions", "4"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("# Exam\n\n1. ")
    assert "seed 3" in said
    assert said.count("\n4. ") == 2
    assert exam.main(["--seed", "3", "--chapters", "2-4", "--questions", "4", "--no-answers"]) == 0
    sheet, remark = capsys.readouterr()
    assert said.startswith(sheet.rstrip("\n"))
    assert "seed" not in sheet
    assert "--seed 3" in remark  # learners who have the seed have the answers
    assert exam.main(["--questions", "99"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
