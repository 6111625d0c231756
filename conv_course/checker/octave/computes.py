"""What a learner's function in Octave computes: the sum of one wrong entry, and the rule by which it differs.

The analysis is that of Python's answers (`conv_course.checker.computes.linear`); the calls that it makes are
made in Octave, many at a time (`again.Replayed`).
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from .. import matlab_questions
from ..cases import Case
from ..computes import linear
from ..computes.ask import NoAnswer
from ..computes.sentences import listed
from ..described import number_text
from . import counting, laws, when
from .again import Replayed
from .arrays import DIMENSIONS, AsPython, about, sizes_of, words_of
from .found import Found

# small layers with nothing simple about them: N, D, H, W, F, kH, kW, stride, padding
SMALL = 2, 2, 5, 4, 3, 2, 3, (2, 1), (1, 0)
OVERWRITTEN = "And what happens to what one window put there when the next one comes?"
RULES = " meets ", " goes to ", " takes "
ALIKE = 2, 3, 3, 5, 2, 3, 2, (1, 2), (1, 1)  # as many filters as images: fewer functions stop


def explain(question, cases, right, ask):
    """Return a `Found` on what a function computes, or in which cases it is right, or None.

    Parameters
    ----------
    question : matlab_questions.Question
    cases : list of tuple
        The arguments of the cases that were judged.
    right : list of bool
        Whether the function is right in each.
    ask : callable
        ask(list of arguments) -> list of answers, as `process.parse` returns them.
    """
    python = AsPython(question)
    stand_in = 2 if "b" in question.arguments else -1
    function = Replayed(ask, python.model, DIMENSIONS[question.name], stand_in)
    small = list(question.of_layer(_layer(*SMALL)))[-1]
    further = tried(question)
    _sums(python, function, small)  # writes down the calls that it needs
    for names in ([name for name in question.arguments if name != "b"], ["b"]):
        for case in (small, _other_sizes(question, small)):
            _without(python, function, names, case)
    answers = function.fetch(further)
    good = [_is_right(python, case, answer) for case, answer in zip(further, answers, strict=True)]
    parted = when.find([_named(question, case) for case in (*cases, *further)], [*right, *good], len(cases))
    failing = [k for k, fine in enumerate(good) if not fine]
    failing.sort(key=lambda k: _badness(question, further[k], answers[k]))
    told = None
    for case in (small, *(further[k] for k in failing[:1])):
        said = function.settled(lambda case=case: _told(python, function, case))
        if said and said.lines:
            where = f"In another case, with {about(question.arguments, case)}:"
            more = parted.lines if parted else ()
            little = (
                said.vague
                or said.lines[0].startswith("For two arrays")
                or said.hint in (counting.ANYWHERE, said.of_sums)
            )
            hint = parted.hint if parted and little else said.hint
            told = Found((*more, where, *said.lines), hint, "computes")
            if not said.vague:
                break
    return told or parted


def tried(question):
    """Return further cases, each simple in one property."""
    layers = [_layer(*ALIKE), *when.layers(_layer)]
    return [case for one in layers for case in question.of_layer(one)]


def _layer(*sizes):
    return matlab_questions.layer(np.random.default_rng(5), *sizes)


def _named(question, case):
    return dict(zip(question.arguments, case, strict=True))


def _is_right(python, case, answer):
    return isinstance(answer, np.ndarray) and _same(answer, python.question.answer(*case))


def _same(answer, want):
    want = matlab_questions.in_matlab(want)
    return answer.shape == want.shape and np.allclose(answer, want, rtol=0, atol=1e-6)


def _sums(python, function, case):
    one = Case(case)
    right = _right_side(python, _Key(case))
    if right is None:
        return None
    try:
        return linear._on_case(python, function, one, 0, "", right)
    except NoAnswer:  # real results and stand-ins of different sizes
        return None


def _told(python, function, case):
    """Return what `_sums` says in MATLAB's counting, with rules only that hold for all entries, or None."""
    said = _sums(python, function, case)
    if said is None:
        return None
    lines, hint, few = [], counting.hint(said.hint), False
    for line in counting.in_matlab(said.lines):
        law = laws.read(line)
        found = _holds(python, function, law, case) if law else None
        if found and found.beyond:
            text, hint = _beyond(python.result, found.beyond, len(law.named[law.at][1]))
            lines += [line, text]
        elif found and found.last:
            lines += [line, _overwritten(python.result, law, found.last)]
            hint = f"{hint} {OVERWRITTEN}"
        elif found or not any(word in line for word in RULES):
            lines.append(line)
        else:
            few = True
        if found and (text := _of_factor(found.factor, _named(python.question, case))):
            lines.append(text)
    return replace(
        said, lines=tuple(lines), hint=counting.hint(said.of_sums) or counting.ANYWHERE if few else hint
    )


def _holds(python, function, law, case):
    """Return the `laws.Holds` of a rule, or None if it holds by chance only, as two sizes are equal."""
    found = laws.where(law, *_response(python, function, law, case))
    if found is None:
        return None
    given, other = _named(python.question, case), _other_sizes(python.question, case)
    arrays, got = _response(python, function, law, other)
    if not got.size:  # the function needs equal sizes
        return found
    own, others = ({n: np.shape(v) for n, v in values.items()} for values in (given, arrays))
    own[python.result], others[python.result] = python.model(*case).shape, got.shape
    again = laws.where(law.of_sizes(own, others), arrays, got)
    if again and (again.beyond, again.last) == (found.beyond, found.last):
        return found
    lengths = [n for n in law.lengths(own).values() if n > 1]
    return found if len(set(lengths)) == len(lengths) else None


def _response(python, function, law, case):
    """Return the arguments of a case, and how the result changes if the arrays of a rule become zero."""
    return _named(python.question, case), _without(python, function, law.arrays, case)


def _without(python, function, names, case):
    """Return how the result changes if these arrays become zero, empty if that cannot be told."""
    given = _named(python.question, case)
    arrays = [name for name in names if isinstance(given.get(name), np.ndarray)]
    try:
        got = function(*case)
        none = function(*(given | {name: np.zeros(given[name].shape) for name in arrays}).values())
    except ValueError:
        return np.zeros(0)
    return got - none if got.shape == none.shape else np.zeros(0)


def _other_sizes(question, case):
    """Return a case with the kernel, stride and padding of `case`, in which all other sizes differ."""
    given = _named(question, case)
    sizes = sizes_of(given)
    kernel = given["kernel"] if "kernel" in given else (sizes.get("kH", 2), sizes.get("kW", 3))
    stride, padding = given.get("stride", (1, 1)), given.get("padding", (0, 0))
    size = given.get("x_size", (sizes.get("H", kernel[0]), sizes.get("W", kernel[1])))
    D, N, F, *out = [n for n in range(2, 10) if n not in kernel][:5]
    H, W = (
        max((o - 1) * s + k - 2 * p + (n + 2 * p - k) % s, 1)
        for o, n, s, k, p in zip(out, size, stride, kernel, padding, strict=True)
    )
    other = list(question.of_layer(_layer(N, D, H, W, F, *kernel, stride, padding)))[-1]
    kept = {name: given[name] for name in ("i", "j") if name in given}
    return tuple((_named(question, other) | kept).values())


def _beyond(label, beyond, dimensions):
    axis, end = beyond
    word = words_of(label, dimensions)[axis]
    which = f"{'first' if end == 0 else 'last'} {word}"
    return (
        f"This does not hold in the {which} of {label}: it gets none of these products.",
        f"Which window belongs to the {which} of {label}, and where do you store its sum?",
    )


def _overwritten(label, law, last):
    """Return a sentence on the products that are left of those that go to one entry."""
    name, indices = law.named[0]
    words = dict(zip(indices, words_of(name, len(indices)), strict=True))
    largest = listed([words[letter] for letter in last])
    return (
        f"Of the products that go to one entry of {label} only those with the largest {largest} of {name} "
        "are there: what came before is overwritten."
    )


def _of_factor(c, given):
    """Return a sentence on a factor of a rule that is not 1, or ''."""
    if abs(c - 1) < 1e-6:
        return ""
    over = [(name, n) for name, n in sizes_of(given).items() if n > 1 and abs(c * n - 1) < 1e-6]
    if over:
        return f"Besides, every product is divided by {over[0][1]}: do you take a mean?"
    return f"Besides, every product is multiplied by {number_text(c)}."


def _badness(question, case, answer):
    """Return a sort key: cases in which a function stops or has another size tell less than small ones."""
    if not isinstance(answer, np.ndarray):
        return 2, 0
    want = matlab_questions.in_matlab(question.answer(*case))
    return int(answer.shape != want.shape), sum(np.size(value) for value in case)


class _Key:
    """A case that can be looked up by what it holds."""

    def __init__(self, case):
        self.case = case
        self.key = tuple((np.shape(v), np.asarray(v, float).tobytes()) for v in case)

    def __hash__(self):
        return hash(self.key)

    def __eq__(self, other):
        return self.key == other.key


@lru_cache(maxsize=64)
def _right_side(python, key):
    return linear.right_side_of(python, Case(key.case), "")
