"""Mistakes without a name are explained by what they compute, in the sandbox, with the points unchanged."""

import pytest

from conv_course.checker.wire import dumps
from conv_course.grade import channel
from conv_course.grade.grade import Grader
from conv_course.grade.submissions import Found

from .classroom import FULL, WRONG_SLIDE, submission

TRIPLED = """
def slide(x, w, b=0.0):
    y = np.zeros(len(x) - len(w) + 1)
    for i in range(len(y)):
        y[i] = b + 2 * w[0] * x[i] + np.sum(w * x[i : i + len(w)])
    return y
"""
# a function that ends its process if the sheets are available
ENDS_THERE = TRIPLED.replace(
    "    y = ", "    import os, sys\n    'judge' in str(sys.modules) and os._exit(3)\n    y = "
)
SAID = ["computes", ["your y[0] = 0"], "Which?", "", 0]


def question(record, name="q2"):
    return next(q for q in record.questions if q["name"] == name)


def test_an_answer_that_no_name_explains_has_both_its_sums(grade):
    asked = question(grade(submission(answers={"q2": TRIPLED})))
    assert asked["mistakes"] == []
    assert asked["points"] == 0
    sums = [line for line in asked["computes"] if line.startswith(("your", "asked for"))]
    assert "3*w[0]*x[0]" in sums[0]
    assert " w[0]*x[0]" in sums[1]
    assert "3*w[0]*x[0]" in asked["html"]
    assert "Seen in the case" in asked["html"]


def test_the_same_mistake_has_the_same_words_whatever_the_seed(grade, words, tmp_path):
    text, path = submission(answers={"q2": TRIPLED}), tmp_path / "eve.ipynb"
    path.write_text(text)
    other = Grader(8, words)
    try:
        theirs = other.grade(Found("eve", path))
    finally:
        other.close()
    assert question(theirs)["computes"] == question(grade(text))["computes"]


@pytest.mark.parametrize("answer", [None, WRONG_SLIDE.replace("np.zeros(3)", "x @ w"), "def slide(x): ..."])
def test_what_is_right_or_stops_or_has_a_name(grade, answer):
    record = grade(submission(answers={"q2": answer} if answer else {}))
    assert record.status == "graded"
    assert record.points == sum(FULL.values()) - (FULL["q2"] if answer else 0)
    assert answer or all(q["computes"] == [] for q in record.questions)


def test_a_process_that_ends_while_it_explains_changes_no_point(grade):
    record = grade(submission(answers={"q2": ENDS_THERE}))
    assert record.status == "graded"
    assert record.points == sum(FULL.values()) - FULL["q2"]
    assert question(record)["computes"] == []


@pytest.mark.parametrize(
    "change",
    [
        {0: "right"}, {1: []}, {1: "text"}, {1: ["a"] * 13}, {1: ["a" * 401]}, {1: [3]},
        {2: None}, {3: 5}, {4: -1}, {4: "0"}, {4: True},
    ],
)  # fmt: skip
def test_only_what_an_explanation_can_be_is_taken(change):
    def read(said):
        return channel.read(b"explained/q2 " + dumps(said) + b"\n", {"q2": 0}).explained

    assert read(SAID) == {"q2": SAID}
    assert read([change.get(k, v) for k, v in enumerate(SAID)]) == {}
    assert channel.read(b"explained/q9 " + dumps(SAID) + b"\n", {"q2": 0}).forged
