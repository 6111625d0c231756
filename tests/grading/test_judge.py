"""Which answers count as right, and the names of faults."""

import re

import numpy as np
import pytest

from conv_course.checker.answers import Answer, Odd, clean
from conv_course.checker.compare import difference, same
from conv_course.checker.judge import judge, run_and_judge
from conv_course.checker.questions import Code, Sheet, case, load_sheet, numbers
from conv_course.checker.run import run
from conv_course.checker.wire import dumps, loads, loads_answers, loads_trusted

RIGHT = np.array([[1.0, 2.5, -3.25], [4.0, 0.1, 60.0]])


class Yes:
    """Equal to everything, and looks like an array."""

    __class__ = np.ndarray
    shape, dtype, ndim, size = (2, 3), np.dtype(float), 2, 6

    def __eq__(self, other):
        return True

    def __array__(self, *args, **kwargs):
        return RIGHT

    __hash__ = None


class Agreeable(np.ndarray):
    """An array whose comparisons all say yes."""

    def __array_ufunc__(self, *args, **kwargs):
        return np.ones((2, 3), bool)

    def __array_function__(self, *args, **kwargs):
        return True


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (RIGHT, None),
        (RIGHT.astype(np.float32), None),
        (RIGHT + 5e-9 * 60, None),
        (RIGHT.astype(np.float32) + np.float32(5e-5 * 60), None),
        (np.asfortranarray(RIGHT), None),
        (RIGHT.tolist(), None),
        (tuple(map(tuple, RIGHT)), None),
        ([RIGHT[0], RIGHT[1]], None),
        (RIGHT + 2e-8 * 60, "precision"),
        (RIGHT * (1 + 5e-5), "precision"),
        (RIGHT.astype(np.float32) + np.float32(1e-3 * 60), "value"),
        (np.where(RIGHT == 0.1, 0.1017, RIGHT), "value"),
        (RIGHT + 1, "value"),
        (RIGHT.T, "shape"),
        (RIGHT[None], "shape"),
        (RIGHT.astype(int), "integer"),
        (RIGHT.astype(np.float16), "half"),
        (np.where(RIGHT > 50, np.nan, RIGHT), "nan"),
        (np.where(RIGHT > 50, np.inf, RIGHT), "value"),
        (None, "none"),
        ([[1.0, 2.5], [3.0]], "ragged"),
        ([RIGHT[0], None], "object"),
        ("yes", "type"),
        (Yes(), "type"),
        (RIGHT.astype(object), "object"),
        (RIGHT.astype(complex), "object"),
        ((RIGHT + 1).view(Agreeable), "value"),
        (RIGHT.view(Agreeable), None),
        ({"a": RIGHT}, "type"),
    ],
    ids=lambda thing: thing if isinstance(thing, str) else type(thing).__name__,
)
def test_difference(given, kind):
    found = difference(clean(given), RIGHT)
    assert (found.kind if found else None) == kind


def test_scalars_bools_and_texts():
    assert difference(3, 3) is None
    assert difference(clean(np.int64(3)), 3) is None
    assert difference(3.0, 3) is None
    assert difference(clean(np.array([3])), 3) is None
    assert difference(3.000001, 3).kind == "value"
    assert difference(0, 0.5094).kind == "value"
    assert difference(clean(np.array([3])), np.array([2.9999999999999996])) is None
    assert difference(clean(np.bool_(True)), True) is None
    assert difference(2, True).kind == "type"
    assert difference(0, True).kind == "value"
    assert difference(" Depthwise", "depthwise") is None
    assert difference(3, "depthwise").kind == "value"


def test_nan_in_the_right_answer_has_to_be_there():
    want = np.array([np.nan, 1.0])
    assert difference(np.array([np.nan, 1.0]), want) is None
    assert difference(np.array([0.0, 1.0]), want).kind == "value"


def test_patched_numpy_does_not_help(monkeypatch):
    for name in ("abs", "asarray", "array", "isnan", "isfinite", "allclose", "array_equal"):
        monkeypatch.setattr(np, name, lambda *a, **k: True)
    assert difference(RIGHT + 1, RIGHT).kind == "value"
    assert not same(RIGHT + 1, RIGHT)


def test_same_tells_shapes_and_oddities_apart():
    assert same(RIGHT, RIGHT.tolist())
    assert not same(RIGHT, RIGHT.T)
    assert same(None, None)
    assert not same(None, RIGHT)
    assert same(Odd("huge", "a"), Odd("huge", "b"))


@pytest.mark.parametrize(
    "thing",
    [
        case(RIGHT, 3, "same", [1, (2, 3.5)], None, stride=2, layout="F"),
        Answer("value", (RIGHT, {"a": ..., "b": 2**70}), mutated=("x",), after=(RIGHT,)),
        Answer("error", error="ValueError", message="x", line=3),
        Answer("value", Odd("type", "Yes")),
        [np.float32(1.5), float("inf"), True, np.arange(4).reshape(2, 2)[:, ::-1]],
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_plain_data_travels(thing):
    again = loads_trusted(dumps(thing))
    assert dumps(again) == dumps(thing)


def test_code_travels():
    again = loads_trusted(dumps(case(Code("def f(x): return a * x", a=RIGHT))))
    assert np.array_equal(again.args[0](2.0), 2 * RIGHT)


@pytest.mark.parametrize("load", [loads, loads_answers, loads_trusted])
@pytest.mark.parametrize(
    "data", [b"{}", b'{"x": 1}', b"nonsense", b'{"a": ["O", [1], ""]}', b'{"answer": 3}']
)
def test_data_of_somebody_else_is_refused(load, data):
    with pytest.raises(ValueError):  # noqa: PT011 - json and base64 have their own messages
        load(data)


def test_only_plain_data_is_sent():
    with pytest.raises(TypeError, match="cannot carry"):
        dumps(Yes)


# --- a small sheet with every kind of question


def _sheet():
    sheet = Sheet("02_slide_a_kernel")
    triple = sheet.function("q1", "triple", section="02-size", outputs=("dx", "dw", "db"), points=3)
    triple.reference(lambda x, w: (x * w, x.sum() + w, float(x[0])))
    triple.cases(lambda rng: [case(numbers(rng, n), numbers(rng, n)) for n in (3, 4)])
    triple.wrong("Wrong dx", "Look at dx.", lambda x, w: (x, x.sum() + w, x[0]))
    triple.wrong("Wrong dw", "Look at dw.", lambda x, w: (x * w, w, x[0]))
    step = sheet.function("q2", "step", section="02-size", modifies=("w",), points=1)
    step.reference(_descend)
    step.cases(lambda rng: [case(numbers(rng, 3), numbers(rng, 3), 0.1)])
    step.wrong("Uphill", "Which way is down?", lambda w, grad, rate: _descend(w, -grad, rate))
    sheet.values("q3", "numbers_by_hand", {"P": 2, "kind": "full"}, section="02-size", points=2).wrong(
        "Four zeros", "Zeros per side or in all?", lambda: {"P": 4, "kind": "full"}
    )
    q4 = sheet.tests(
        "q4",
        "believes",
        section="02-size",
        right={"sum": _good, "loop": _good_too},
        wrong={"mean": _mean, "first": Code("def first(x): return x[0]")},
        points=2,
    )
    q4.right(lambda layer: abs(layer(np.array([1.0, 2.0, 4.0])) - 7) < 1e-9)
    q4.wrong("Believes everything", "Name one layer that it refuses.", lambda layer: True)
    q4.wrong(
        "Tries only ones", "Can ones tell a sum from other things?", lambda layer: layer(np.ones(3)) == 3
    )
    return sheet


def _descend(w, grad, rate):
    w -= rate * grad


def _good(x):
    return np.sum(x)


def _good_too(x):
    return np.add.reduce(x)


def _mean(x):
    return np.mean(x) * 3


def test_outputs_are_graded_by_themselves():
    q1 = _sheet().questions["q1"]
    verdict = run_and_judge(q1, lambda x, w: (x, w, float(x[0])))
    assert (verdict.state, verdict.points) == ("partly", 1)
    assert [(d.name, d.output) for d in verdict.diagnoses] == [("Wrong dx", "dx"), ("Wrong dw", "dw")]
    verdict = run_and_judge(q1, lambda x, w: (x * w, x.sum() + w))
    assert (verdict.state, verdict.points) == ("not yet", 0)
    assert verdict.notes == ["Asked for are 3 results, in this order: dx, dw, db."]
    assert run_and_judge(q1, lambda x, w: {"db": x[0], "dx": x * w, "dw": x.sum() + w}).state == "done"


def test_a_training_step_changes_what_it_should_and_nothing_else():
    q2 = _sheet().questions["q2"]
    assert run_and_judge(q2, _descend).state == "done"
    assert run_and_judge(q2, lambda w, grad, rate: None).points == 0
    (uphill,) = run_and_judge(q2, lambda w, g, r: _descend(w, -g, r)).diagnoses
    assert uphill.name == "Uphill"

    def careless(w, grad, rate):
        grad *= rate
        w -= grad

    verdict = run_and_judge(q2, careless)
    assert verdict.points == 0
    assert verdict.diagnoses[0].hint.endswith("work on a copy of grad.")


def test_values():
    q3 = _sheet().questions["q3"]
    assert run_and_judge(q3, lambda: {"P": 2, "kind": "Full"}).state == "done"
    assert run_and_judge(q3, (2, "full")).state == "done"
    assert run_and_judge(q3, ...).state == "not started"
    verdict = run_and_judge(q3, lambda: (4, "full"))
    assert (verdict.points, verdict.diagnoses[0].name) == (1, "Four zeros")


def test_tests_of_the_learner():
    q4 = _sheet().questions["q4"]
    x = np.array([1.0, 2.0, 4.0, -1.0])
    assert run_and_judge(q4, lambda layer: abs(layer(x) - 6) < 1e-9).state == "done"

    def asserting(layer):
        assert abs(layer(x) - 6) < 1e-9
        return True

    assert run_and_judge(q4, asserting).state == "done"
    assert run_and_judge(q4, lambda layer: False).points == 0
    assert run_and_judge(q4, lambda layer: True).diagnoses[0].name == "Believes everything"
    assert run_and_judge(q4, lambda layer: layer(np.ones(3)) == 3).diagnoses[0].name == "Tries only ones"
    named = run_and_judge(q4, lambda layer: "good" in layer.__name__)
    assert named.points == 0


def test_judging_needs_only_what_came_back():
    question = load_sheet("02_slide_a_kernel").questions["q3"]
    cases = loads_trusted(dumps(question.cases_for(7)))
    answers = run(question.wrongs[0].function, cases, names=question.parameters)
    verdict = judge(question, loads_answers(dumps(answers)), seed=7)
    assert verdict.diagnoses[0].name == question.wrongs[0].name
    assert judge(question, answers[:-1], seed=7).points == 0


def test_a_part_needs_all_of_its_cases():
    question = load_sheet("02_slide_a_kernel").questions["q1"]
    verdict = run_and_judge(question, lambda W, kW, *, stride=1, padding=0: (W - kW) // stride + 1)
    assert verdict.parts == {
        "no padding": True,
        "zeros on both sides": False,
        "named and uneven padding": False,
    }
    assert (verdict.state, verdict.points) == ("partly", 1)


def test_a_flat_copy_of_a_fortran_array_costs_the_point_of_memory_order_alone():
    def numerical_gradient(f, x, dout, h):
        x = np.array(x, float)
        flat, gradient = x.reshape(-1), np.zeros(x.size)
        for j, centre in enumerate(flat.tolist()):
            flat[j] = centre + h
            above = f(x.copy())
            flat[j] = centre - h
            gradient[j] = np.sum((above - f(x.copy())) * dout) / (2 * h)
            flat[j] = centre
        return gradient.reshape(x.shape)

    verdict = run_and_judge(load_sheet("05_check_gradients").questions["q2"], numerical_gradient)
    assert verdict.parts == {"every element": True, "any order in memory": False}
    assert verdict.points == 2


def test_of_two_names_the_one_that_a_right_output_contradicts_is_not_shown():
    question = load_sheet("11_go_fast").questions["q1"]

    def four_products(x, w):
        """The halves stand in y, so u and y are right."""
        u = np.array([x[0] - x[2], x[1] + x[2], x[2] - x[1], x[1] - x[3]])
        v = np.array([w[0], w[0] + w[1] + w[2], w[0] - w[1] + w[2], w[2]])
        p = u * v
        return u, v, np.array([p[0] + (p[1] + p[2]) / 2, (p[1] - p[2]) / 2 - p[3]])

    verdict = run_and_judge(question, four_products)
    assert verdict.parts == {"u": True, "v": False, "y": True}
    assert [(d.name, d.output) for d in verdict.diagnoses] == [("The halves are missing", "v")]


def test_a_test_that_stops_is_told_that_it_counts_as_a_refusal():
    question = load_sheet("05_check_gradients").questions["q6"]

    def stops(*args, **kwargs):
        if not question.model(*args, **kwargs):
            raise ValueError
        return True

    verdict = run_and_judge(question, stops)
    assert verdict.points == verdict.of
    [note] = verdict.notes
    assert re.fullmatch(
        r'Your test catches "[^"]+", "[^"]+", "[^"]+" and 4 more by an error, which counts as a False\.', note
    )
    assert run_and_judge(question, question.model).notes == []


def test_what_is_right_wherever_it_does_not_stop_is_told():
    question = load_sheet("07_images").questions["q4"]

    def stops_and_is_wrong(x, w):
        column, row, y = question.model(x, w)
        if w.shape[0] > 2:
            raise ValueError("too high")
        return column, row, 2 * y

    verdict = run_and_judge(question, stops_and_is_wrong)
    assert not any(verdict.parts.values())
    assert verdict.notes[-1] == "Where it does not stop, column and row are right."


def test_outputs_that_never_came_back_are_not_said_to_be_wrong():
    question = load_sheet("14_transposed").questions["q5"]

    def stops(*given, **layer):
        raise ValueError("no")

    def stops_at_a_stride(*given, **layer):
        if layer.get("stride", (1, 1)) != (1, 1):
            raise ValueError("no")
        return question.model(*given, **layer)

    (note,) = run_and_judge(question, stops).notes
    assert note == "It stops in every case, so dx, dw and db have not been seen: some of them may be right."
    (note,) = run_and_judge(question, stops_at_a_stride).notes
    assert note == "Where it does not stop, dx, dw and db are right."
