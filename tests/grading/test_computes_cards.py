"""The card of an explanation: which case it shows, and what it says of which case."""

import re
from dataclasses import replace

import numpy as np
import pytest

from conv_course.checker import computes
from conv_course.checker.judge import run_and_judge
from conv_course.checker.show import Card
from conv_lib import naive, vectorized
from tests.grading.explained import answers_to, edited, question_of

pytestmark = pytest.mark.usefixtures("without_names_of_edits")


def card_of(question, function):
    """Return the card of an answer that the sheet has no name for."""
    question = replace(question, wrongs=[])
    verdict = run_and_judge(question, function)
    computes.add_explanation(verdict, question, function, answers_to(question, function))
    return str(Card(question, verdict, question.cases_for(0), ["0 of 2 points"]))


def card_lines(question, answer):
    verdict = run_and_judge(question, answer)
    computes.add_explanation(verdict, question, answer, answers_to(question, answer))
    return str(Card(question, verdict, question.cases_for(0), ["0 of 14 points"])).splitlines()


def test_the_card_shows_both_sums_as_text_and_html():
    question = question_of("02 q2")
    wrong = edited(question, ("x[i:i + len(w)]", "np.roll(x, 1)[i:i + len(w)]"))
    verdict = run_and_judge(question, wrong)
    verdict.diagnoses = []
    answers = answers_to(question, wrong)
    computes.add_explanation(verdict, question, wrong, answers)
    assert verdict.explained == "computes"
    card = Card(question, verdict, question.cases_for(0), ["0 of 2 points"])
    for text in (str(card), card.html()):
        assert "In y[i], w[k] meets x[i + k - 1], asked for x[i + k]." in text
        assert "your      y[0] = w[0]*x[4] + w[1]*x[0] + w[2]*x[1] + b" in text
        assert "asked for y[0] = w[0]*x[0] + w[1]*x[1] + w[2]*x[2] + b" in text
        assert text.index("asked for y[0]") < text.index("In y[i]")


def test_what_is_told_of_another_case_is_told_of_that_case():
    question = replace(question_of("04 q3"), wrongs=[])  # the sheet has a name for it

    def dx_as_convolution(dout, w):
        return naive.conv1d(dout, w[::-1], padding=len(dout) - 1)

    verdict = run_and_judge(question, dx_as_convolution)
    answers = answers_to(question, dx_as_convolution)
    computes.add_explanation(verdict, question, dx_as_convolution, answers)
    assert verdict.explanation.case != verdict.failure.case
    card = str(Card(question, verdict, question.cases_for(0), ["0 of 2 points"]))
    assert "What it does there: dx has the shape" in card
    assert card.index("Seen in the case") < card.index("What it does there")


def test_the_case_on_the_card_is_the_one_explained_if_it_shows_as_many_axes():
    """An oversized one would show more arguments, not more of the mistake."""

    def dx_of(dout, w, W, *, stride=1, padding=0):
        left, right = (padding, padding) if isinstance(padding, int) else padding
        spread = np.zeros((len(dout) - 1) * stride + 1)
        spread[::stride] = dout
        full = np.convolve(spread, w)
        dx = full[left : max(len(full) - right, left)]
        return np.pad(dx, (0, W - len(dx)))

    card = card_of(question_of("06 q3"), dx_of)
    assert "Seen in the case" not in card
    assert "The entries dx[m] with m = 7 do not get their products." in card


def test_why_another_case_is_shown_is_told():
    def layer(x, w, b, *, stride=(1, 1), padding=(0, 0)):
        rows, columns = ((x.shape[a] - w.shape[a]) // stride[a - 2] + 1 for a in (2, 3))
        if min(rows, columns) < 1:
            raise ValueError(f"no room for {w.shape[2:]}")
        return vectorized.conv2d(x, w, b, stride=stride, padding=padding)[:, :, :rows, :columns]

    def channels_last(x, w, b, *, stride=(1, 1), padding=(0, 0)):
        turned = x.transpose(0, 3, 1, 2), w.transpose(3, 2, 1, 0)
        return vectorized.conv2d(*turned, b, stride=stride, padding=padding).transpose(0, 3, 2, 1)

    first = card_of(question_of("08 q4"), layer)
    assert re.search(r"Why this one: in the first case \d axes have length 1: their index is always 0", first)
    assert "along axis 3, and along axis 2 the same with H and kH, asked for" in first
    assert "(zeros: those of both ends together)." in first
    for question, wrong in (("08 q4", layer), ("08 q5", channels_last)):
        card = card_of(question_of(question), wrong)
        assert ("Seen in the case" in card) <= ("Why this one" in card)


def test_a_form_that_only_broadcasting_makes_is_not_taken_for_the_mistake():
    """Filters first where channels should be: it runs where there is one channel, by repeating it."""

    def transposed(x, w, b, *, stride=(1, 1), padding=(0, 0), output_padding=(0, 0)):
        (top, left), (H, W), (kH, kW) = padding, x.shape[2:], w.shape[2:]
        sizes = (
            (n - 1) * s + k + o for n, s, k, o in zip((H, W), stride, (kH, kW), output_padding, strict=True)
        )
        full = np.zeros((len(x), len(b), *sizes))
        for i, j in np.ndindex(H, W):
            rows, columns = i * stride[0], j * stride[1]
            stamp = np.einsum("nd,fduv->nfuv", x[:, :, i, j], w)
            full[:, :, rows : rows + kH, columns : columns + kW] += stamp
        y = full[:, :, top : full.shape[2] - top, left : full.shape[3] - left]
        return y + b.reshape(1, -1, 1, 1)

    card = card_of(question_of("14 q4"), transposed)
    assert "x[n, d, i, j] meets w[f, d, p - i, q - j], asked for w[d, f, p - i, q - j]" in card
    assert "every f" not in card
    assert "Why this one: your function stops there" in card
    assert card.index("nothing stops") < card.index("  your   ") < card.index(" meets ")


def test_what_one_case_has_too_many_of_is_told_as_of_that_case():
    question = question_of("03 q4")

    def filled_from_the_start(dout, w, W, *, stride=1, padding=0):
        dx = question.model(dout, w, W, stride=stride, padding=padding)
        windows_end = (len(dout) - 1) * stride + len(w) - padding
        return np.resize(dx[:windows_end], W)

    lines = card_lines(question, filled_from_the_start)
    more = next(line for line in lines if " that is asked for is there, and " in line)
    assert more.split(":")[0].strip() in ("What it does in this case", "What it does there")


def test_a_rule_behind_another_line_is_that_of_the_case_too():
    question = question_of("02 q3")

    def begins_late(x, w, b, *, stride=1, padding=0):
        return question.model(x[1:] if stride > 1 else x, w, b, stride=stride, padding=padding)[:2]

    lines = card_lines(question, begins_late)
    rule = next(n for n, line in enumerate(lines) if " meets " in line)
    labels = [line.split(":")[0].strip() for line in lines[:rule] if "What it does" in line]
    assert labels == ["What it does in this case"]
    assert "has the shape" in "".join(lines[:rule])


def test_a_rule_is_told_as_that_of_the_case_on_the_card():
    question = question_of("06 q4")

    def shifted(dout, x, kW, *, stride=1, padding=0):
        dw, db = question.model(dout, np.roll(x, 1), kW, stride=stride, padding=padding)
        return dw, db

    lines = card_lines(question, shifted)
    rules = [line for line in lines if " meets " in line and not line.startswith("  your")]
    assert rules[0].split(":")[0].strip() in ("What it does in this case", "What it does there")
