"""Answers with more than one mistake: which outputs a name is about, and what a card says of each mistake."""

import re

import numpy as np
import pytest

from conv_course.checker import trying
from conv_course.checker.diagnose import Diagnosis
from conv_course.checker.judge import expected, items, wrong_items
from conv_course.checker.notebook import Check
from conv_course.checker.questions import load_sheet
from conv_course.checker.show import _with_output
from tests.grading.explained import STEMS, answers_to, edited, question_of


def lines(question, function):
    card = str(Check(load_sheet(question.stem))(question.name, function))
    return [line.strip() for line in card.splitlines()]


def names(question, function):
    """Return the names on a card, with the outputs that they are about."""
    return [line.partition(": ")[2] for line in lines(question, function) if "like: " in line]


# --- a name and the outputs that it explains


def a_step(*, v_first=False, mean=True, rebinds=""):
    question = question_of("16 q5")
    given = question.names

    def train_step(x, labels, w, b, v, c, *, rate):
        h = given["conv2d"](x, w, b, padding=1)
        a = np.maximum(h, 0)
        pooled = given["max_pool2d"](a, 2)
        flat = pooled.reshape(len(x), -1)
        e = np.exp(flat @ v + c)
        p = e / e.sum(1, keepdims=True)
        value = -np.log(p[np.arange(len(x)), labels]).mean()
        p[np.arange(len(x)), labels] -= 1
        ds = p / len(x) if mean else p
        if v_first:
            v -= rate * flat.T @ ds
        da = given["max_pool2d_backward"]((ds @ v.T).reshape(pooled.shape), a, 2)
        _, dw, db = given["conv2d_backward"](da * (h > 0), x, w, padding=1)
        if not v_first:
            v -= rate * flat.T @ ds
        w -= rate * dw
        b = b - rate * db if rebinds == "b" else np.subtract(b, rate * db, out=b)
        c = c - rate * ds.sum(0) if rebinds == "c" else np.subtract(c, rate * ds.sum(0), out=c)
        return value

    return question, train_step


def test_a_cause_of_one_output_that_explains_another_is_said_of_both():
    assert names(*a_step(v_first=True, rebinds="c")) == [
        "v is updated before the way back has used it (w and b)",
        "c stays (c)",
    ]
    assert names(*a_step(mean=False, rebinds="b")) == [
        "The mean over the batch forgotten (w, v and c)",
        "b stays (b)",
    ]


def test_a_mistake_of_all_outputs_is_named_before_one_for_each_of_them():
    question = question_of("07 q4")

    def two_thin_filters(x, w):
        """The row has the scale, and y is that of the column alone."""
        column, row = w[:, 0] / w[0, 0], w[0]
        return column, row, question.names["conv2d"](x[None, None], column[None, None, :, None])[0, 0]

    found = names(question, two_thin_filters)
    assert found[0].startswith("The scale is in the row (column, row")
    assert "y is the result of the column alone (y)" in found
    assert not any("not scaled" in name or "lost" in name for name in found)


@pytest.mark.parametrize(
    ("name", "outputs", "told"),
    [
        ("The shares are averaged", ("dw", "db"), "The shares are averaged (dw and db)"),
        ("dw and db are averaged", ("dw", "db"), "dw and db are averaged"),
        ("dw is averaged", ("dw", "db"), "dw is averaged (dw and db)"),
        ("Counted twice", ("at home", "u"), 'Counted twice ("at home" and u)'),
    ],
)
def test_a_name_is_followed_by_the_outputs_that_it_does_not_say(name, outputs, told):
    assert _with_output(Diagnosis(name, "", "", outputs[0], outputs[1:])) == told


# --- two mistakes


def pairs_of(question, function):
    answers = answers_to(question, function)[: len(question.cases_for(0))]
    table = items(question, answers, expected(question, 0))
    failing = {key: why for key, (_, why) in table.items() if why}
    return trying.names(question, table, failing, pairs=True)


def test_each_of_two_mistakes_has_its_own_line_and_its_own_question():
    question = question_of("02 q3")
    wrong = edited(question, ("w * xpad", "w[::-1] * xpad"), ("b + np.sum", "np.sum"))
    hints = {w.name: w.hint for w in question.wrongs}
    card = Check(load_sheet(STEMS["02"]))("q3", wrong)
    card.verdict.diagnoses, card.verdict.explanation = pairs_of(question, wrong), None
    shown = [line.strip() for line in str(card).splitlines()]
    begin = shown.index("This looks like: Two mistakes")
    assert shown[begin + 1 : begin + 5] == [
        "The one: The kernel is flipped",
        f"Hint: {hints['The kernel is flipped']}",
        "The other: The bias is missing",
        f"Hint: {hints['The bias is missing']}",
    ]


def test_a_case_in_which_both_mistakes_show_stands_beside_them():
    """The first case has one image, whose row meets its own label alone."""

    def loss_gradient(scores, labels):
        p = np.exp(scores - scores.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        p[:, labels] -= 1
        return p / p.size

    question = question_of("16 q3")
    shown = "\n".join(lines(question, loss_gradient))
    number = int(re.search(r'Both show in the case: .*\nTry it there: .*"q3", (\d+)\)', shown)[1]) - 1
    assert len(question.cases_for(0)[0].args[0]) == 1 < len(question.cases_for(0)[number].args[0])


def test_a_mistake_that_the_first_case_does_not_show_has_a_case_of_its_own():
    def tile_rows(rows, per_row, cache, threads):
        """More blocks than rows, and edges to the nearest row."""
        count = -(-rows // max(cache // per_row, 1))
        count = -(-count // threads) * threads
        return np.rint(np.arange(count + 1) * rows / count).astype(int)

    question = question_of("11 q4")
    [found] = pairs_of(question, tile_rows)
    assert [name for name, *_ in found.pair] == [
        "More blocks than rows",
        "The edges are rounded to the nearest",
    ]
    (_, _, first), (_, _, second) = found.pair
    rows = {w.name: one for w, one in zip(question.wrongs, wrong_items(question, 0), strict=True)}
    begins = min(
        i for i in range(len(question.cases_for(0))) if rows["The edges are rounded to the nearest"][i, ""][1]
    )
    assert second is None
    assert not rows["More blocks than rows"][begins, ""][1]
    assert first > begins
    assert rows["More blocks than rows"][first, ""][1]


def test_a_pair_changes_nothing_that_is_right():
    """b follows from v alone; another name beside it would be about the loss, which is right."""
    question, step = a_step(v_first=True)
    answers = answers_to(question, step)[: len(question.cases_for(0))]
    table = items(question, answers, expected(question, 0))
    failing = {key: why for key, (_, why) in table.items() if why and key[1] == "b"}
    assert trying.names(question, table, failing, pairs=True) == []


# --- a question whose answers are words


def test_wrong_words_are_named_each_with_its_letter():
    """A name that begins with the letter would read as if the letter stood for that word."""
    question = question_of("17 q5")
    for one, other in ("AB", "CD", "BE"):
        words = {k: _wrong_word(question, k) for k in (one, other)}
        found = names(question, lambda words=words: question.answer() | words)
        assert found == [f'Taken for "{word}" ({letter})' for letter, word in words.items()]


def _wrong_word(question, letter):
    """Return the word of the first slip on this letter."""
    given = (slip.function()[letter] for slip in question.wrongs)
    return next(word for word in given if word != question.answer()[letter])
