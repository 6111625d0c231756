"""Explain a function as an answer to a question, without the names of the sheet's own mistakes."""

import ast

from conv_course.checker.computes import explain
from conv_course.checker.judge import limits
from conv_course.checker.questions import load_sheet
from conv_course.checker.run import run
from tests.grading.answers_of import answer_tree, function_of

STEMS = {
    "02": "02_slide_a_kernel",
    "03": "03_draw_the_graph",
    "04": "04_derive_the_gradients",
    "05": "05_check_gradients",
    "06": "06_stride_and_padding",
    "07": "07_images",
    "08": "08_layer_forward",
    "09": "09_layer_backward",
    "10": "10_vectorize",
    "11": "11_go_fast",
    "12": "12_matlab",
    "13": "13_dilation_and_groups",
    "14": "14_transposed",
    "15": "15_pooling",
    "16": "16_train_a_cnn",
    "17": "17_break_the_checker",
}


def question_of(name):
    """Return the question called "02 q3"."""
    chapter, question = name.split()
    return load_sheet(STEMS[chapter]).questions[question]


def answers_to(question, function):
    return run(
        function,
        question.trials_for(0),
        names=question.parameters,
        modifies=question.modifies,
        limits=limits(question, 0),
    )


def explained(question, function, **more):
    """Return the `Explanation` of a function, or None, however slow the machine is."""
    return explain(question, function, answers_to(question, function), **{"seconds": 10} | more)


def edited(question, *edits):
    """Return the course's own answer with edits ("old", "new"), each at its first occurrence."""
    text = ast.unparse(answer_tree(question))
    for old, new in edits:
        assert old in text, f"{old!r} is not in {text}"
        text = text.replace(old, new, 1)
    return function_of(question, ast.parse(text))
