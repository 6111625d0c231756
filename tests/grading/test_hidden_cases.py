"""An answer that knows only the visible cases, those of seed 0, earns nothing on any other seed."""

import numpy as np
import pytest

from conv_course.checker.answers import Answer
from conv_course.checker.judge import judge, limits
from conv_course.checker.questions import Code
from conv_course.checker.run import run

from .sheet_cases import questions

functions = [p for p in questions if p.values[0].kind == "function"]


@pytest.mark.parametrize("question", functions)
def test_no_part_can_be_had_by_a_table_of_the_visible_cases(question):
    answers = run(
        question.model,
        question.cases_for(0),
        names=question.parameters,
        modifies=question.modifies,
        limits=limits(question, 0),
        trusted=True,
    )
    visible = {_key(case): value for case, value in zip(question.cases_for(0), answers, strict=True)}
    for seed in range(1, 13):
        cases = question.cases_for(seed)
        new = [case for case in cases if _key(case) not in visible]
        for part in set(question.parts) if not question.outputs else {""}:
            assert any(case.part == part for case in new) or (len(question.parts) == 1 and new), (part, seed)
    for seed in (7, 123456):
        copied = [
            visible.get(_key(case), Answer("error", error="KeyError")) for case in question.cases_for(seed)
        ]
        assert judge(question, copied, seed=seed).points == 0


def _key(case):
    """Return the key of a case in a table of visible cases: the arguments, whatever their layout."""
    return repr([_plain(case.args), _plain(case.kwargs)])


def _plain(value):
    if isinstance(value, Code):
        return value.source, _plain(value.constants)
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.tolist()
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value
