"""A call of a function that answers the question is detected, however it is reached, and earns nothing."""

import functools
import importlib
import inspect
import json
import math
import operator
import sys
import threading
import types
from dataclasses import replace

import numpy as np
import pytest

from conv_course.checker import Check
from conv_course.checker.judge import judge, run_and_judge
from conv_course.checker.questions import SHEETS, Case, Code, load_sheet
from conv_course.checker.run import run
from conv_course.checker.show import Card
from conv_course.checker.watch import Watch, is_one, watching
from conv_lib import sizes

from .sheet_cases import questions, right_answers

EXERCISES = SHEETS.parents[2] / "exercises"
WATCHED = [one for one in questions if one.values[0].answered_by]
# (exercise, question, what a learner might write): with these imports it is the right answer
CALLS = [
    (
        "02_slide_a_kernel",
        "q2",
        "from conv_lib.vectorized import conv1d\nslide = lambda x, w, b=0.0: conv1d(x, w, b)",
    ),
    (
        "02_slide_a_kernel",
        "q3",
        "from conv_lib import fast\nslide_padded = lambda *a, **k: fast.conv1d(*a, **k)",
    ),
    (
        "03_draw_the_graph",
        "q4",
        "from conv_lib import naive\n"
        "def back_to_x(dout, w, W, **how):\n    return naive.conv1d_backward(dout, np.zeros(W), w, **how)[0]",
    ),
    ("04_derive_the_gradients", "q2", "dw_and_db = lambda dout, x: (naive.conv1d(x, dout), dout.sum())"),
    (
        "04_derive_the_gradients",
        "q3",
        "def dx_as_convolution(dout, w):\n"
        "    return naive.conv1d_backward(dout, np.zeros(len(dout) + len(w) - 1), w)[0]",
    ),
    (
        "04_derive_the_gradients",
        "q5",
        "def convolve_backward(dout, x, w):\n"
        "    dx, dw, db = naive.conv1d_backward(dout, x, w[::-1].copy())\n    return dx, dw[::-1], db",
    ),
    (
        "05_check_gradients",
        "q2",
        "from conv_lib import gradcheck\n"
        "def numerical_gradient(f, x, dout, h):\n    return gradcheck.numerical_gradient(f, x, dout, h=h)",
    ),
    (
        "05_check_gradients",
        "q5",
        "def believes(layer):\n    rng = np.random.default_rng(0)\n"
        "    for W, S, P in [(6, 2, 1), (7, 3, 0), (5, 1, 2)]:\n"
        "        x, w = rng.normal(size=W), rng.normal(size=3)\n"
        "        dout, how = rng.normal(size=output_size(W, 3, S, P)), {'stride': S, 'padding': P}\n"
        "        for a, b in zip(layer(dout, x, w, **how), naive.conv1d_backward(dout, x, w, **how)):\n"
        "            if np.shape(a) != np.shape(b) or not np.allclose(a, b):\n                return False\n"
        "    return True",
    ),
    (
        "07_images",
        "q2",
        "def filter_image(x, w, **how):\n"
        "    return conv2d(x[None, None].astype(float), w[None, None], **how)[0, 0]",
    ),
    ("08_layer_forward", "q4", "layer = lambda *a, **k: vectorized.conv2d(*a, **k)"),
    ("09_layer_backward", "q5", "layer_backward = lambda *a, **k: naive.conv2d_backward(*a, **k)"),
    ("10_vectorize", "q2", "windows_as_columns = lambda *a, **k: im2col(*a, **k)"),
    ("10_vectorize", "q4", "columns_to_image = lambda *a, **k: col2im(*a, **k)"),
    ("12_matlab", "q1", "from conv_lib import layouts\nto_matlab = lambda x: layouts.to_matlab(x)"),
    (
        "12_matlab",
        "q3",
        "from conv_lib import layouts\n"
        "def read_raw(raw, H, W, D, N):\n"
        "    return layouts.from_matlab(raw.reshape((H, W, D, N), order='F'))",
    ),
    (
        "13_dilation_and_groups",
        "q2",
        "from conv_lib.naive import conv1d\ndilated = lambda *a, **k: conv1d(*a, **k)",
    ),
    (
        "13_dilation_and_groups",
        "q4",
        "from conv_lib.vectorized import conv2d\ngrouped = lambda *a, **k: conv2d(*a, **k)",
    ),
    (
        "13_dilation_and_groups",
        "q6",
        "from conv_lib.vectorized import conv2d_backward\n"
        "grouped_backward = lambda *a, **k: conv2d_backward(*a, **k)[:2]",
    ),
    (
        "14_transposed",
        "q4",
        "from conv_lib import fast\ntransposed = lambda *a, **k: fast.conv_transpose2d(*a, **k)",
    ),
    (
        "15_pooling",
        "q1",
        "from conv_lib.layers import MaxPool2d\n"
        "def max_pool(x, kernel, *, stride, padding=(0, 0)):\n"
        "    return MaxPool2d(kernel, stride=stride, padding=padding)(x)",
    ),
    (
        "16_train_a_cnn",
        "q2",
        "from conv_lib.layers import SoftmaxCrossEntropy\nloss_of = lambda s, l: SoftmaxCrossEntropy()(s, l)",
    ),
    (
        "16_train_a_cnn",
        "q3",
        "from conv_lib.layers import SoftmaxCrossEntropy\n"
        "def loss_gradient(scores, labels):\n    loss = SoftmaxCrossEntropy()\n    loss(scores, labels)\n"
        "    return loss.backward()",
    ),
]


def _learner(stem, answer):
    """Return the names of a notebook with the exercise's first cell and this answer."""
    cells = json.loads((EXERCISES / f"{stem}.ipynb").read_text(encoding="utf-8"))["cells"]
    first = next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    space = {"__name__": "__main__"}
    exec(f"{first}\n{answer}", space)
    return space


@pytest.mark.parametrize(("stem", "name", "answer"), CALLS, ids=[f"{stem}-{name}" for stem, name, _ in CALLS])
def test_a_call_of_the_answer_earns_nothing_and_is_told(stem, name, answer):
    check = Check(load_sheet(stem))
    question = check.sheet.questions[name]
    function = _learner(stem, answer)[question.function]
    assert run_and_judge(question, function).state == "done", "it has to be right to be worth anything"
    card = check(name, function)
    assert card.verdict.points == 0
    assert card.verdict.state == "not yet"
    assert "No points: your function calls `" in str(card)
    assert "which answers this question" in card.html()


@pytest.mark.parametrize("call", ["correlate(x, w, 'valid')", "oaconvolve(x, w[::-1], 'valid')"])
def test_a_call_of_another_librarys_layer_is_told_and_earns_nothing(call):
    name = call.partition("(")[0]
    space = _learner(
        "02_slide_a_kernel",
        f"import scipy.signal\ndef slide(x, w, b=0.0):\n    return scipy.signal.{call} + b",
    )
    card = Check(load_sheet("02_slide_a_kernel"))("q2", space["slide"])
    assert card.verdict.points == 0
    assert f"No points: your function calls `scipy.{name}`, which answers this question" in str(card)


def test_a_function_of_c_is_seen_by_its_module_and_by_the_notebooks_name(monkeypatch):
    torch = types.ModuleType("torch")
    torch.conv1d = math.gcd
    monkeypatch.setitem(sys.modules, "torch", torch)
    for name in (torch, sys.modules["__main__"]):
        monkeypatch.setattr(name, "conv1d", torch.conv1d, raising=False)
    own = torch.conv1d
    for call in (lambda: torch.conv1d(4, 6), lambda: sys.modules["__main__"].conv1d(4, 6)):
        with watching(["torch:conv1d"]) as watch:
            assert call() == own(4, 6)
            assert watch.take() == ("torch.conv1d",)
            with watching(["torch:conv1d"]) as inner:
                call()
                assert inner.take() == watch.take() == ("torch.conv1d",)
            assert watch.take() == ()
        assert torch.conv1d is own
        assert sys.modules["__main__"].conv1d is own


def test_numpys_own_tools_keep_their_points_where_the_question_allows_them():
    space = _learner(
        "02_slide_a_kernel", "def slide(x, w, b=0.0):\n    return np.correlate(x, w, 'valid') + b"
    )
    assert Check(load_sheet("02_slide_a_kernel"))("q2", space["slide"]).verdict.points == 2


@pytest.mark.parametrize(("question", "right"), [one for one in right_answers if one.values[0].answered_by])
def test_a_right_answer_calls_no_function_that_is_watched(question, right):
    if right is not question.model:  # which may, and does, pass on the course's function
        verdict = run_and_judge(question, right, seed=1, watch=question.answered_by)
        assert (verdict.state, verdict.used) == ("done", ())


@pytest.mark.parametrize("question", WATCHED)
def test_each_watched_name_is_a_function(question):
    for name in question.answered_by:
        if name.startswith("torch:"):  # the course does not need it
            continue
        dotted, _, keyword = name.rstrip(")").partition("(")
        package, _, path = dotted.rpartition(":")
        homes = [f"{package}.{m}" for m in ("signal", "ndimage")] if package == "scipy" else [package]
        found = [_at(home, path) for home in (homes if package else HOMES)]
        assert any(found), name
        if keyword:
            assert all(keyword in inspect.signature(function).parameters for function in filter(None, found))


HOMES = [
    f"conv_lib.{m}"
    for m in ("naive", "vectorized", "fast", "sizes", "layers", "layouts", "gradcheck", "graph")
]


def _at(module, path):
    try:
        return operator.attrgetter(path)(importlib.import_module(module))
    except AttributeError:
        return None


# --- the ways to reach a function


def _wrapped(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def _in_a_thread(function):
    def call(*args, **kwargs):
        results = []
        thread = threading.Thread(target=lambda: results.append(function(*args, **kwargs)))
        thread.start()
        thread.join()
        return results[0]

    return call


def _swallowing(function):
    def call(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except BaseException:
            return 0

    return call


class _Holder:
    def __init__(self, function):
        self.function = function

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)


DISGUISES = {
    "itself": lambda function: function,
    "a wrapper": _wrapped,
    "a partial": functools.partial,
    "a thread": _in_a_thread,
    "an object": _Holder,
    "map": lambda function: lambda x, w: next(map(function, [x], [w])),
    "a default": lambda function: lambda x, w, f=function: f(x, w),
    "its own call": lambda function: function.__call__,
    "a bound method": lambda function: types.MethodType(lambda self, x, w: self(x, w), function),
    "a swallowed error": _swallowing,
    "no tracing": lambda function: lambda x, w: (sys.setprofile(None), sys.settrace(None), function(x, w))[2],
}
CASES = [Case((np.arange(6.0), np.array([1.0, -1]))) for _ in range(2)]


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("home", ["naive", "vectorized", "fast", "numpy"])
def test_every_way_to_a_function_is_seen(home, disguise):
    if home == "numpy":
        kernel, watch, name = np.correlate, ("numpy:correlate",), "numpy.correlate"
    else:
        kernel = importlib.import_module(f"conv_lib.{home}").conv1d
        watch, name = ("conv1d", "conv2d"), f"{home}.conv1d"
    answers = run(DISGUISES[disguise](kernel), CASES, watch=watch)
    assert [answer.used[:1] for answer in answers] == [(name,)] * 2
    assert np.allclose(answers[0].value, -1)
    assert [answer.used for answer in run(DISGUISES[disguise](kernel), CASES)] == [()] * 2


def test_a_late_import_is_seen(monkeypatch):
    late = types.ModuleType("conv_lib.late")
    exec("def conv1d(x, w):\n    return x", vars(late))

    def imports(x, w):
        monkeypatch.setitem(sys.modules, "conv_lib.late", late)
        return late.conv1d(x, w)

    assert run(imports, CASES, watch=("conv1d",))[1].used == ("late.conv1d",)


def test_a_function_is_what_it_was_whatever_happens():
    from conv_lib import naive

    before = naive.conv1d.__code__, inspect.signature(naive.conv1d)
    with pytest.raises(KeyboardInterrupt):
        run(_raising(KeyboardInterrupt), CASES, watch=("conv1d",))
    run(_raising(MemoryError), CASES, watch=("conv1d",))
    assert (naive.conv1d.__code__, inspect.signature(naive.conv1d)) == before
    assert naive.conv1d(np.arange(4.0), np.ones(2), stride=2).tolist() == [1, 5]


def _raising(error):
    def function(x, w):
        from conv_lib import naive

        naive.conv1d(x, w)
        raise error

    return function


def test_only_what_is_asked_for_is_watched():
    from conv_lib import vectorized

    x, w = np.ones((1, 2, 3, 3)), np.ones((2, 1, 2, 2))
    assert run(lambda: vectorized.conv2d(x, w, groups=2), [Case()], watch=("conv2d(groups)",))[0].used
    alone = run(lambda: vectorized.conv2d(x[:, :1], w, groups=1), [Case()], watch=("conv2d(groups)",))[0]
    assert (alone.status, alone.used) == ("value", ())
    assert not run(lambda: vectorized.conv2d(x[:, :1], w), [Case()], watch=("conv1d",))[0].used


def test_what_a_case_hands_over_may_call_anything():
    layer = Code("def layer(x, w):\n    from conv_lib import naive\n    return naive.conv1d(x, w)")
    case = Case((layer, *CASES[0].args))
    assert not run(lambda layer, x, w: layer(x, w), [case], watch=("conv1d",))[0].used


class _Equal(int):
    """A number that claims to be equal to every other."""

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = int.__hash__


class _NumPyEqual(np.int64):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = np.int64.__hash__


class _OneAtFirst:
    def __init__(self, number):
        self.later, self.asked = number, 0

    def __eq__(self, other):
        return True

    def __index__(self):
        self.asked += 1
        return self.later if self.asked > 1 else 1

    __hash__ = object.__hash__


class _Unfound(str):
    """A name that no dict finds."""

    def __hash__(self):
        return 0


X, W = np.ones((1, 2, 3, 3)), np.ones((2, 1, 2, 2))


@pytest.mark.parametrize(
    "how",
    [{"groups": kind(2)} for kind in (int, np.int32, _Equal, _NumPyEqual, _OneAtFirst)]
    + [{_Unfound("groups"): 2}],
)
def test_a_number_cannot_say_that_it_is_one(how):
    from conv_lib import vectorized

    (answer,) = run(lambda: vectorized.conv2d(X, W, **how), [Case()], watch=("conv2d(groups)",))
    assert answer.used == ("vectorized.conv2d",)


def test_an_argument_counts_in_its_place_too():
    (answer,) = run(lambda: sizes.output_size(9, 3, 1, 0, 2), [Case()], watch=("output_size(dilation)",))
    assert answer.used
    (answer,) = run(lambda: sizes.output_size(9, 3, 2, 1, 1), [Case()], watch=("output_size(dilation)",))
    assert not answer.used


@pytest.mark.parametrize("one", [1, True, np.int64(1), np.uint8(1), _Equal(1)])
def test_one_is_one(one):
    assert is_one(one)


def test_code_that_only_looks_given_is_seen():
    space = {"conv1d": importlib.import_module("conv_lib.naive").conv1d}
    exec(compile("def f(x, w):\n    return conv1d(x, w)", "<given function>", "exec"), space)
    assert run(space["f"], CASES[:1], watch=("conv1d",))[0].used


def test_a_copy_from_before_is_seen_where_nothing_was_there_before():
    """The same happens in the class grader, which begins the watch before a learner's first cell runs."""
    from conv_lib import vectorized

    plain = vectorized.conv2d.__code__
    armed = Watch(("conv2d",))
    taken, space = vectorized.conv2d.__code__, vectorized.conv2d.__globals__
    try:
        copies = [types.FunctionType(code, space) for code in (taken, taken.replace(co_name="mine"))]
        copies.append(lambda *args, **how: types.FunctionType(taken, space)(*args, **how))
        for copy in copies:
            question = run(lambda copy=copy: copy(X, W, groups=2), [Case()], watch=("conv2d(groups)",))
            assert question[0].used == ("vectorized.conv2d",)
            assert question[0].value.shape == (1, 2, 2, 2)
            assert not run(lambda copy=copy: copy(X, W, groups=2), [Case()], watch=("conv1d",))[0].used
    finally:
        armed.end()
    assert vectorized.conv2d.__code__ is plain


def test_every_question_that_the_course_can_answer_says_by_what():
    """If the course's own function is the reference, its calls are watched, or the text allows them."""
    silent = [
        q.values[0] for q in questions if not q.values[0].answered_by and q.values[0].kind == "function"
    ]
    found = {f"{q.stem[:2]} {q.name}" for q in silent if run_and_judge(q, q.answer, watch=EVERYTHING).used}
    assert found == {"07 q4", "08 q5", "16 q5"}


EVERYTHING = {name for one in WATCHED for name in one.values[0].answered_by if name.isidentifier()}
EVERYTHING -= set(vars(sizes)) - {"receptive_field"}  # sizes are tools that later questions provide


LIMITED = [q for q in (p.values[0] for p in questions) if any("(" in name for name in q.answered_by)]


@pytest.mark.parametrize("question", LIMITED, ids=lambda q: f"{q.stem[:2]} {q.name}")
def test_a_call_that_is_allowed_without_an_argument_is_not_forbidden_altogether(question):
    limited = [name for name in question.answered_by if "(" in name]
    answers = run(question.model, question.cases_for(0), names=question.parameters)
    for name in question.answered_by:
        called, _, keyword = name.rstrip(")").partition("(")
        used = [replace(answer, used=(f"vectorized.{called}",)) for answer in answers]
        card = str(Card(question, judge(question, used), question.cases_for(0), ["0 of 3 points"]))
        assert (f"`vectorized.{called}` with `{keyword}`" in card) is (name in limited)
        assert (f"Without `{keyword}` you may call it." in card) is (name in limited)
        assert ("Write it without that call." in card) is (name not in limited)
