"""Every (sheet, question, misconception or right answer) as pytest parameters."""

import pytest
import scipy.signal  # noqa: F401 - imported here, so that the right answers are not timed with the import

from conv_course.checker.questions import load_sheet, sheet_stems

SEEDS = (0, 1, 2)


def _questions():
    for stem in sheet_stems():
        for question in load_sheet(stem):
            yield pytest.param(question, id=f"{stem}-{question.name}")


def _misconceptions():
    for stem in sheet_stems():
        for question in load_sheet(stem):
            for i, wrong in enumerate(question.wrongs):
                yield pytest.param(question, wrong, id=f"{stem}-{question.name}-{i}-{wrong.name}")


def _right_answers():
    for stem in sheet_stems():
        for question in load_sheet(stem):
            for i, right in enumerate([question.model, *question.rights]):
                yield pytest.param(question, right, id=f"{stem}-{question.name}-{i}")


questions, misconceptions, right_answers = list(_questions()), list(_misconceptions()), list(_right_answers())
