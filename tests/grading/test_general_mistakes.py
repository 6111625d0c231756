"""General wrong answers lose points in every sheet, on every seed, including the part that they get wrong.

Each is tried on one of three seeds in turn, and with --all on all three.

The right answers are edited (`mutants`) or wrapped (`wrapped_mistakes`). An edited answer that is still right
on many random calls (`problems`) is left out. The number of these is asserted.
"""

import copy
from collections import Counter
from functools import cache, lru_cache

import numpy as np
import pytest

from conv_course.checker.judge import expected, items, limits
from conv_course.checker.run import run

from .answers_of import answer_tree, function_of
from .mutants import HELPERS, mutants
from .problems import draw
from .sheet_cases import questions
from .wrapped_mistakes import wrapped_mistakes

SEEDS = (0, 7, 123456)
CALLS = 150
FREE = {
    # at stride 1, how much padding keeps a size depends on the kernel alone
    ("07 q5", "axis"): ("stride 1, odd kernel", "even kernel"),
    # there, no number of zeros is given
    ("02 q5", "padding"): ('padding "same"',),
}

functions = [p for p in questions if p.values[0].kind == "function"]
turns = pytest.mark.parametrize("turn", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2))])


def _result(function, call):
    """Return a call's results and its arguments afterwards as a list of arrays, or the kind of its error."""
    args, kwargs = copy.deepcopy(call)
    try:
        return _arrays([function(*args, **kwargs), args])
    except Exception as error:
        return type(error)


def _arrays(value):
    if isinstance(value, list | tuple):
        return [array for child in value for array in _arrays(child)]
    return [] if callable(value) else [np.asarray(value)]


def _same(a, b):
    if isinstance(a, type) or isinstance(b, type):
        return a is b
    return len(a) == len(b) and all(
        p.shape == q.shape and np.allclose(p, q, rtol=1e-9, atol=1e-9, equal_nan=True)
        for p, q in zip(a, b, strict=True)
    )


def _really_wrong(question, right, mistakes):
    """Return the mistakes that differ from the right answer on some random call, and how many do not."""
    rng = np.random.default_rng(1)
    calls = [draw(question, rng) for _ in range(CALLS)]
    wanted = [_result(right, call) for call in calls]
    assert not any(isinstance(w, type) for w in wanted), "a call that has no right answer"
    wrong = [
        m for m in mistakes if not all(_same(_result(m[2], c), w) for c, w in zip(calls, wanted, strict=True))
    ]
    return wrong, len(mistakes) - len(wrong)


def _names(part, idea):
    return idea in part and not any(word in part for word in (f"no {idea}", f"without {idea}", f"{idea} 1"))


def _forbidden(question, idea):
    """Return the parts that an answer with this idea wrong must not earn."""
    if question.outputs or not idea:
        return set()
    free = set(FREE.get((f"{question.stem[:2]} {question.name}", idea), ()))
    if idea in ("kernel", "axis"):  # every part has a layer with two axes
        return set(question.parts) - free
    return {part for part in question.parts if _names(part, idea)} - free


@lru_cache(maxsize=8)
def _cases(question, seed):
    return question.cases_for(seed)


def _earned(question, function, seed):
    """Return the parts that a function earns, without the diagnosis, which takes most of the time."""
    cases, answers = _cases(question, seed), _answers(question, function, seed)
    if any(answer.mutated for answer in answers):
        return set()
    wrong = [at for at, (_, why) in items(question, answers, expected(question, seed)).items() if why]
    if question.outputs:
        return set(question.parts) - {name for _, name in wrong}
    lost = {cases[i].part for i, _ in wrong}
    return set() if lost and len(question.parts) == 1 else set(question.parts) - lost


def _answers(question, function, seed):
    return run(
        function,
        _cases(question, seed),
        names=question.parameters,
        modifies=question.modifies,
        limits=limits(question, seed),
        trusted=True,
    )


def _let_through(question, wrong, turn):
    """Return (mistake, seed, parts) of mistakes that earn too much, each on one of the seeds in turn."""
    found = []
    for place, (name, idea, function) in enumerate(wrong):
        seed = SEEDS[(place + turn) % len(SEEDS)]
        earned = _earned(question, function, seed)
        if earned == set(question.parts) or earned & _forbidden(question, idea):
            found.append((name, seed, sorted(earned)))
    return found


# questions whose answers have nothing to edit: a formula without sizes, or calls of the course's functions
UNEDITED = {"04 q1", "07 q3", "07 q4", "09 q2", "11 q2", "14 q5", "16 q1", "16 q2", "16 q3"}


@turns
@pytest.mark.parametrize("question", functions)
def test_an_edited_right_answer_loses_points(question, turn):
    tree = answer_tree(question)
    edited = [(name, idea, function_of(question, t, **HELPERS)) for name, idea, t in mutants(tree)]
    name = f"{question.stem[:2]} {question.name}"
    assert bool(edited) != (name in UNEDITED), f"{name}: UNEDITED names the questions with nothing to edit"
    wrong, harmless = _really_wrong(question, function_of(question, tree), edited)
    # in 13 the course's own layer does the work, and most edits only rename slices
    assert harmless <= (8 if question.stem[:2] == "13" else 2)
    assert not _let_through(question, wrong, turn)


@cache
def _wrapped(question):
    return _really_wrong(question, question.model, list(wrapped_mistakes(question)))[0]


@turns
@pytest.mark.parametrize("question", functions)
def test_a_wrapped_right_answer_loses_points(question, turn):
    assert not _let_through(question, _wrapped(question), turn)


def test_the_wrapped_mistakes_are_tried():
    """Each kind is really wrong somewhere, so no test above passes because it was left out."""
    tried = Counter(name for p in functions for name, *_ in _wrapped(p.values[0]))
    assert tried["stride: swapped"] >= 20
    assert tried["squeezed"] >= 35
    for axis, count in zip((-1, -2, -3, -4), (30, 20, 18, 18), strict=True):
        assert tried[f"squeezed along axis {axis}"] >= count
    for how in ("dropped", "dropped in the height", "dropped in the width", "the height's for both"):
        assert tried[f"leftover {how}"] >= 7, how
