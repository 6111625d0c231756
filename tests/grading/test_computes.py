"""Explanations of wrong answers are true: sums are tried on fresh numbers, formulas on fresh calls."""

import re
import time
from dataclasses import replace

import numpy as np
import pytest

from conv_course.checker import computes
from conv_course.checker.computes import crashes, linear, truths
from conv_course.checker.computes.hints import HINTS, has_windows, hint_of
from conv_course.checker.computes.sentences import READ, sum_text
from conv_course.checker.computes.when import when
from conv_course.checker.judge import run_and_judge
from conv_course.checker.questions import load_sheet
from conv_course.checker.show import Card
from conv_course.checker.watch import watching
from conv_lib import naive, vectorized
from tests.grading.answers_of import answer_tree, function_of
from tests.grading.explained import answers_to, edited, explained, question_of
from tests.grading.mutants import HELPERS, mutants
from tests.grading.sheet_cases import questions, right_answers

pytestmark = pytest.mark.usefixtures("without_names_of_edits")

PLACE = re.compile(r"\b([a-z]+)\[([\d, ]+)\]")


def _value(text, numbers):
    """Return the value of a printed sum for these arrays."""
    python = PLACE.sub(lambda m: f"{m[1]}[({m[2]},)]", text)
    return eval(python, {}, {n: v if np.ndim(v) else float(v) for n, v in numbers.items()})


def _reproduces(question, function, found):
    """Check the lines "your ..." and "asked for ..." against the functions. Return the number of lines."""
    one, tried = question.cases_for(0)[found.case], 0
    if any(line.endswith(READ) for line in found.text):
        one = crashes.equal_case(question)
    lines = {
        line.split(" ", 1)[0]: line for line in found.text if " = " in line and line[:5] in ("your ", "asked")
    }
    for word, of in (("your", function), ("asked", question.model)):
        found_line = re.match(r"(?:your|asked for)\s+\w+?(?:\[([\d, ]+)\])? = (.*)", lines.get(word, ""))
        if not found_line or "largest" in found_line[2] or "smallest" in found_line[2]:
            continue
        place = tuple(int(k) for k in found_line[1].split(",")) if found_line[1] else ()
        text = found_line[2].split(" (here")[0]
        right = linear.right_side_of(question, one, found.output)
        for scale in (1, 20):
            probe = linear.Probe(question, of, one, found.output, right.probe.names)
            rng = np.random.default_rng([scale, 77])
            fresh = {n: rng.normal(0, scale, s) for n, s in probe.shapes.items()}
            value = probe.result(fresh)[place]
            np.testing.assert_allclose(
                _value(text, fresh), value, rtol=1e-3, atol=1e-3 * scale**2, err_msg=text
            )
        tried += 1
    return tried


@pytest.mark.parametrize(
    "name",
    ["02 q2", "02 q3", "02 q5", "03 q4", "04 q2", "06 q3", "06 q4", "07 q2", "08 q3", "09 q3", "14 q1"],
)
def test_every_printed_sum_gives_the_functions_own_numbers(name, monkeypatch):
    monkeypatch.setattr(
        linear, "sum_text", lambda t, shapes, other=None: sum_text(t, shapes, other, most=10**6)
    )
    question, tried = question_of(name), 0
    for edit, _, tree in mutants(answer_tree(question)):
        function = function_of(question, tree, **HELPERS)
        found = explained(question, function, seconds=5)
        if found is not None and found.case is not None and found.kind == "computes":
            tried += _reproduces(question, function, found)
            assert "the largest" not in edit
    assert tried >= 2


TELLING = [
    (
        "02 q2",
        [("x[i:i + len(w)]", "x[i:i + len(w)][::-1]")],
        "In y[i], w[k] meets x[i - k + 2], asked for x[i + k].",
    ),
    ("02 q2", [("b + np.sum", "np.sum")], "b is missing in every entry of y."),
    (
        "02 q2",
        [("x[i:i + len(w)]", "np.take(x, range(i - 1, i - 1 + len(w)))")],
        "A place below 0 counts from the end.",
    ),
    (
        "02 q2",
        [("b + np.sum(w * x[i:i + len(w)])", "np.sum(w * x[i:i + len(w)] + b)")],
        "b is counted 3 times",
    ),
    ("02 q2", [("    return y", "        return y")], "Only the entries y[i] with i = 0 get their products."),
    (
        "02 q3",
        [("xpad[i * stride:i * stride", "xpad[i:i")],
        "In y[i], w[k] meets x[i + k], asked for x[2*i + k].",
    ),
    ("04 q2", [("np.sum(dout))", "np.mean(dout))")], "db is 1/W' times what is asked for, in every case."),
    ("04 q2", [("return (dw, np.sum(dout))", "return (np.sum(dout), dw)")], "yours come as db, dw."),
    ("06 q3", [("i * stride:i * stride", "i:i")], "dout[i]*w[k] goes to dx[i + k], asked for dx[2*i + k]."),
    ("06 q3", [("+= w", "= w")], "what came before is overwritten."),
    ("07 q2", [("j * sW:j * sW", "j * sH:j * sH")], "x[2*i + u, 2*j + v], asked for x[2*i + u, 3*j + v]."),
    (
        "07 q2",
        [("((pH, pH), (pW, pW))", "((0, 2 * pH), (0, 2 * pW))")],
        "meets x[i + u, j + v], asked for x[i + u, j + v - 2].",
    ),
    (
        "08 q4",
        [("* w[f])", "* w[f, :, ::-1])")],
        "meets x[n, d, i - u + 1, j + v], asked for x[n, d, i + u, j + v].",
    ),
    ("08 q4", [("+ b[f]", "+ b[j % F]")], "y[0, 0, 0, 1] = b[1] + 12 more terms that agree"),
    (
        "08 q5",
        [("w.transpose(3, 2, 0, 1)", "w.transpose(3, 2, 0, 1)[:, :, ::-1]")],
        "In y[n, i, j, f], w[u, v, d, f] meets x[n, i - u + 1, j + v, d], asked for x[n, i + u, j + v, d].",
    ),
    ("09 q3", [("dw[f] +=", "dw[f] =")], "only the products with the largest n, i and j of dout"),
    ("09 q3", [("    return dw", "    return dw / N")], "dw is 1/N times what is asked for, in every case."),
    (
        "09 q4",
        [("i * sH:i * sH", "i * sW:i * sW"), ("j * sW:j * sW", "j * sH:j * sH")],
        "goes to dx[n, d, 3*i + u - 1, 2*j + v], asked for dx[n, d, 2*i + u - 1, 3*j + v].",
    ),
    ("09 q4", [("w[f] * dout", "w[f, ::-1] * dout")], "axis 1 (d) is in reverse order"),
    ("10 q2", [("1, 4, 5, 0, 2, 3", "1, 5, 4, 0, 2, 3")], "laid out in the order [d, v, u, n, i, j]"),
    ("13 q4", [("w[fs]", "w[g::groups]")], "meets w[g + 2*f"),
    ("14 q1", [("i * stride:i * stride", "i:i")], "w[k]*x[i] goes to y[k + i], asked for y[k + 2*i]."),
    (
        "15 q1",
        [("(kH, kW), (sH, sW), (pH, pW) =", "(kH, kW), (sW, sH), (pH, pW) =")],
        "y[n, d, i, j] takes x[n, d,",
    ),
    ("15 q1", [("constant_values=-np.inf", "constant_values=0")], "the padding counts as the number 0"),
    ("15 q1", [(".max(", ".mean(")], "adds up the numbers of a window, each times 1/6"),
    (
        "15 q3",
        [("window.sum(axis=(2, 3)) / (kH * kW)", "window.sum(axis=(2, 3))")],
        "y is kH*kW times what is asked for, in every case.",
    ),
    (
        "02 q1",
        [("(W + left + right - kW) // stride + 1", "(W + left + right - kW + 1) // stride")],
        "is (W + left + right - kW + 1)//stride.",
    ),
    (
        "02 q1",
        [("left + right - kW) // stride", "right - kW) // stride")],
        "is (W + right - kW)//stride + 1.",
    ),
    (
        "05 q4",
        [("return abs(there @ g - x @ back)", "return there @ g - x @ back")],
        "It says True in 7 of 12 cases in which False is right",
    ),
]


@pytest.mark.parametrize(("name", "edits", "says"), TELLING)
def test_a_kind_of_mistake_is_told_by_its_rule(name, edits, says):
    question = question_of(name)
    found = explained(question, edited(question, *edits), seconds=5)
    assert found is not None
    assert says in " ".join(found.text), found.text
    assert found.hint
    assert found.hint.endswith((".", "?", ")"))


WRITTEN_OUT = [
    "w[0]*d0{}",
    "w[1]*d0+w[0]*d1{}",
    "w[2]*d0+w[1]*d1+w[0]*d2{}",
    "w[2]*d1+w[1]*d2{}",
    "w[2]*d2{}",
]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            ["+w[2]*d1+w[1]*d2", "+w[2]*d2", "", "", ""],
            "dout[i]*w[k] goes to dx[i + k], as asked for, and to dx[i + k - 3] as well, "
            "where that is inside.",
        ),
        (
            ["+w[2]*d1", "+w[2]*d2", "", "", ""],
            "Every product dout*w that is asked for is there, and 2 not asked for are in dx too.",
        ),
        (
            ["", "", "", "+w[0]*d0", ""],
            "Every product dout*w that is asked for is there, and 1 not asked for is in dx too.",
        ),
    ],
)
def test_products_too_many_of_a_short_array_are_no_index_below_0(more, said):
    question = question_of("04 q1")
    lines = ", ".join(line.format(extra) for line, extra in zip(WRITTEN_OUT, more, strict=True))

    def dx_by_hand(dout, w):
        return np.array(eval(f"[{lines}]", {"w": w} | {f"d{k}": d for k, d in enumerate(dout)}))

    found = explained(question, dx_by_hand)
    assert found.text[0] == said
    assert "below 0" not in " ".join((*found.text, found.hint))


def _with_places(place):
    def back_to_x(dout, w, W, *, stride=1, padding=0):
        dx = np.zeros(W)
        for i in range(len(dout)):
            for k in range(len(w)):
                for m in place(i * stride + k - padding, W):
                    dx[m] += w[k] * dout[i]
        return dx

    return explained(question_of("03 q4"), back_to_x)


def test_products_at_places_outside_the_array_are_told_by_where_they_come_back():
    def as_matrix(w, W, *, stride=1, padding=0):
        matrix = np.zeros(((W + 2 * padding - len(w)) // stride + 1, W))
        for i, k in np.ndindex(len(matrix), len(w)):
            if i * stride + k - padding < W:
                matrix[i, i * stride + k - padding] = w[k]
        return matrix

    found = explained(question_of("03 q3"), as_matrix)
    assert found.text[0].startswith("Every entry of w that is asked for is there, and ")
    assert found.text[0].endswith("in result too: a place below 0 counts from the end.")
    found = _with_places(lambda m, W: [m % W])
    assert found.text[0].endswith("in dx too: a place beyond one end wraps round to the other.")


def test_products_that_go_to_two_places_are_no_total_that_is_not_reset():
    found = _with_places(lambda m, W: [each for each in (m, m + 2) if 0 <= each < W])
    assert "dx[i + k], as asked for, and to dx[i + k + 2] as well, where that is inside." in found.text[0]


@pytest.mark.parametrize("question", ["13 q3", "03 q4"])
def test_copies_in_place_of_zeros_are_told_as_a_second_place(question):
    """The last number of dout stands once, the others once for each step of the stride."""

    def spread(dout, w, stride, padding, dilation, W):
        up = np.repeat(dout, stride)[: (len(dout) - 1) * stride + 1]
        full = np.zeros(W + 2 * padding)
        for k, tap in enumerate(w):
            full[k * dilation : k * dilation + len(up)] += tap * up
        return full[padding : padding + W]

    def both(dout, x, w, *, stride=1, padding=0, dilation=1):
        _, dw = question_of("13 q3").model(dout, x, w, stride=stride, padding=padding, dilation=dilation)
        return spread(dout, w, stride, padding, dilation, len(x)), dw

    def back_to_x(dout, w, W, *, stride=1, padding=0):
        return spread(dout, w, stride, padding, 1, W)

    found = explained(question_of(question), {"13 q3": both, "03 q4": back_to_x}[question], seconds=5)
    text = " ".join(found.text)
    assert re.search(
        r"dout\[i\]\*w\[k\] goes to dx\[.*\], as asked for, and with i < \d to dx\[.*\] as well\.", text
    )


@pytest.mark.parametrize("least", [1, 2, 4])
def test_further_products_are_told_by_where_they_lie(least):
    def back_to_x(dout, w, W, *, stride=1, padding=0):
        dx = question_of("03 q4").model(dout, w, W, stride=stride, padding=padding)
        if least <= W:
            dx[-1] = np.sum(dout) * np.sum(w)
        return dx

    text = " ".join(explained(question_of("03 q4"), back_to_x, seconds=5).text)
    assert "what the one before it holds" not in text
    assert re.search(r"and \d+ not asked for are in dx too, all of them in entries with m = \d+\.", text)


def test_an_index_below_0_is_told_where_it_counts_from_the_end_in_arrays_of_two_lengths():
    question = question_of("04 q3")

    def dx_as_convolution(dout, w):
        dx = np.zeros(len(dout) + len(w) - 1)
        for m in range(len(dx)):
            for k in range(len(w)):
                if -len(dout) <= m - k < len(dout):
                    dx[m] += dout[m - k] * w[k]
        return dx

    found = explained(question, dx_as_convolution, seconds=5)
    assert found.text[0] == "In dx[m], w[k] meets dout[m - k]. A place below 0 counts from the end."
    assert found.hint == HINTS["wraps"]


def test_a_window_that_begins_outside_x_is_asked_where_it_begins():
    def slide(x, w, b=0.0):
        windows = range(len(x) - len(w) + 1)
        return np.array([b + sum(w[k] * x[i + k - 1] for k in range(len(w))) for i in windows])

    found = explained(question_of("02 q2"), slide)
    rule = "In y[i], w[k] meets x[i + k - 1], asked for x[i + k]. A place below 0 counts from the end."
    assert rule in found.text
    assert found.hint == HINTS["start"]


def test_a_bias_that_only_meets_pixels_is_not_said_to_be_nowhere():
    question = question_of("10 q3")

    def layer(x, w, b, **how):
        N, F, Ho, Wo = question.model(x, w, b, **how).shape
        columns = question.model(x, np.eye(w[0].size).reshape(-1, *w.shape[1:]), np.zeros(w[0].size), **how)
        columns = np.insert(columns.transpose(1, 0, 2, 3).reshape(w[0].size, -1), 0, 1, axis=0)
        y = np.hstack([w.reshape(F, -1), b[:, None]]) @ columns
        return np.moveaxis(y.reshape(F, N, Ho, Wo), 0, 1)

    text = explained(question, layer, seconds=10).text
    assert "y has products of the kind b*x, which are not asked for." in text
    assert "b never stands alone in y here." in text


def test_of_a_long_sum_that_is_there_whole_it_is_said_that_it_is():
    def one_output(xpad, w, b, i, j, *, stride=(1, 1)):
        (D, kH, kW), (sH, sW) = w.shape, stride
        window = xpad[:, i * sH : i * sH + kH, j * sW : j * sW + kW]
        return (window.reshape(D, -1) @ w.reshape(D, -1).T).sum() + b

    text = explained(question_of("08 q3"), one_output, seconds=10).text
    assert any(
        line.startswith("asked for") and line.endswith(" more terms, all of them in yours too")
        for line in text
    )


def test_results_in_reverse_order_are_not_taken_for_a_reversed_kernel():
    def slide(x, w, b=0.0, *, stride=1, padding=0):
        return np.correlate(w, np.pad(x, padding), "valid")[::stride] + b

    found = explained(question_of("02 q3"), slide)
    assert found.hint == HINTS["turned"]


def test_where_every_product_meets_zeros_the_arrays_are_not_said_to_be_left_out():
    question = question_of("08 q4")

    def layer(x, w, b, *, stride=(1, 1), padding=(0, 0)):
        around = np.pad(x, padding[0])
        kept = around[: len(x), : x.shape[1], padding[0] :, padding[0] :][:, :, : x.shape[2], : x.shape[3]]
        return question.model(kept, w, b, stride=stride, padding=padding)

    found = explained(question, layer, seconds=5)
    assert "w*x is nowhere in y here." in found.text
    assert found.hint == HINTS["nothing"]


def test_a_question_without_windows_is_not_asked_about_windows():
    plain = [q for (q,) in (p.values for p in questions) if not has_windows(q)]
    assert {"dilate", "flipped", "stamp", "transposed", "db_of"} <= {q.function for q in plain}
    assert not {"slide", "dx_by_hand", "max_pool", "layer", "layer_backward"} & {q.function for q in plain}
    for question in plain:
        assert not [kind for kind in HINTS if "window" in hint_of(kind, question)]
    repeated = explained(question_of("06 q1"), lambda dout, stride: np.repeat(dout, stride))
    assert repeated.text[1] == "dout[i] goes to result[2*i .. 2*i + 1], asked for result[2*i]."
    assert "window" not in repeated.hint
    longer = explained(question_of("06 q1"), lambda dout, stride: np.append(_dilated(dout, stride), 0))
    assert "one entry too many at the end" in longer.text[0]
    assert "window" not in longer.hint


def _dilated(dout, stride):
    return question_of("06 q1").model(dout, stride)


@pytest.mark.parametrize(("question", "right"), right_answers)
def test_nothing_is_said_of_a_right_answer(question, right):
    if question.kind == "tests" or question.stem.startswith(("16", "17")):
        pytest.skip("slow, and asked of no sums")
    assert explained(question, right) is None


@pytest.mark.parametrize("question", questions)
def test_an_explanation_is_made_of_any_answer(question):
    others = [w.function for w in question.wrongs[:2]]
    for function in (*others, lambda *a, **k: 7, lambda *a, **k: np.zeros((2, 3)), lambda *a, **k: 1 / 0):
        if question.kind != "tests":
            found = explained(question, function)
            assert found is None or (found.text and found.hint)


def test_an_answer_that_depends_on_the_call_before_is_told_so():
    question, kept = question_of("02 q2"), []

    def slide(x, w, b=0.0):
        kept.append(1)
        return question.model(x, w, b) + len(kept)

    assert "The same arguments give another y in a second call." in explained(question, slide).text


def test_an_answer_that_grows_from_call_to_call_is_told_so():
    kept = []

    def slide(x, w, b=0.0):
        kept.extend(b + np.sum(w * x[i : i + len(w)]) for i in range(len(x) - len(w) + 1))
        return np.array(kept)

    found = explained(question_of("02 q2"), slide)
    assert found.text[-1] == "The same arguments give another y in a second call."


def test_a_random_answer_is_told_so():
    question, rng = question_of("02 q2"), np.random.default_rng(1)
    found = explained(question, lambda x, w, b=0.0: question.model(x, w, b) + rng.normal())
    assert "The same arguments give another y in a second call." in found.text


def test_an_answer_that_is_no_sum_of_products_is_told_so():
    question = question_of("02 q2")
    found = explained(question, lambda x, w, b=0.0: np.maximum(question.model(x, w, b), 0) ** 2)
    assert found.text == (
        "For two arrays x, your y of their sum should be the sum of your y of each, and it is not.",
    )
    found = explained(question, lambda x, w, b=0.0: question.model(x, w, b) // 2)
    assert found.text == ("All numbers in your y are whole, also where the arguments are not.",)


def test_integers_that_lose_digits_are_told_so():
    question = question_of("15 q3")

    def avg_pool(x, kernel, *, stride, padding=(0, 0)):
        y = np.zeros_like(x, shape=question.model(x, kernel, stride=stride, padding=padding).shape)
        y[...] = (
            question.model(x, kernel, stride=stride, padding=padding) * 4 // 1 / 4
            if x.dtype.kind == "i"
            else y
        )
        return y if x.dtype.kind == "i" else question.model(x, kernel, stride=stride, padding=padding)

    found = explained(question, avg_pool)
    assert found is not None
    assert "With the same numbers as floats in x your y is right" in found.text[0]


@pytest.mark.parametrize("spoils", ["dout", "x", "dout and x"])
def test_of_two_arrays_of_integers_only_that_is_named_which_makes_the_result_wrong(spoils):
    question = question_of("15 q4")

    def avg_pool_backward(dout, x, kernel, *, stride, padding=(0, 0)):
        right = question.model(dout, x, kernel, stride=stride, padding=padding)
        given = {"dout": dout, "x": x}
        whole = any(given[name].dtype.kind == "i" for name in spoils.split(" and "))
        return np.floor(right) if whole else right

    found = explained(question, avg_pool_backward)
    assert f"With the same numbers as floats in {spoils} your dx is right" in found.text[0]
    assert f"made like {spoils}, and" in found.hint


def test_what_parts_the_failing_cases_is_told():
    question = load_sheet("11_go_fast").questions["q3"]

    def count_products(F, D, H, W, m):
        direct, winograd = question.model(F, D, H, W, m)
        return direct, winograd if H % m == W % m == 0 else winograd + F

    found = explained(question, count_products)
    assert "cases in which H or W is no multiple of m, and right in all others." in found.text[0]


@pytest.mark.parametrize("pause", [0.02, 5.0])
def test_a_slow_function_takes_no_longer_than_the_limit(pause):
    question, calls = question_of("02 q2"), []

    def slide(x, w, b=0.0):
        calls.append(1)
        if len(calls) > len(question.trials_for(0)):
            end = time.process_time() + pause
            while time.process_time() < end:
                pass
        return question.model(x, w, b) + x[0]

    answers = answers_to(question, slide)
    started = time.process_time()
    computes.explain(question, slide, answers)
    assert time.process_time() - started < computes.SECONDS + 0.25


def test_what_is_printed_while_it_is_asked_is_dropped(capsys):
    question = question_of("02 q2")

    def slide(x, w, b=0.0):
        print("hello")
        return question.model(x, w[::-1], b)

    assert explained(question, slide) is not None
    assert capsys.readouterr().out == ""


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


def card_of(question, function):
    """Return the card of an answer that the sheet has no name for."""
    question = replace(question, wrongs=[])
    verdict = run_and_judge(question, function)
    computes.add_explanation(verdict, question, function, answers_to(question, function))
    return str(Card(question, verdict, question.cases_for(0), ["0 of 2 points"]))


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


def test_a_hint_on_a_missing_factor_does_not_speak_of_the_order_of_axes():
    question = question_of("13 q4")
    found = explained(question, edited(question, ("b[fs]", "b[g:g + filters]")))
    assert "takes b[g + f], asked for b[3*g + f]" in " ".join(found.text)
    assert found.hint == HINTS["group"]


def test_a_hint_on_a_further_term_speaks_of_no_loop():
    def momentum_step(param, velocity, gradient, *, rate, momentum):
        velocity[...] = momentum * velocity + (1 - momentum) * gradient
        param -= rate * velocity
        return float(np.abs(rate * velocity).max())

    found = explained(question_of("16 q4"), momentum_step)
    assert "velocity has products of the kind gradient*momentum" in " ".join(found.text)
    assert found.hint == HINTS["extra"]
    assert not [kind for kind in ("extra", "fixed") if "loop" in HINTS[kind]]


@pytest.mark.parametrize("first", [0, 2])
def test_an_entry_that_repeats_another_is_told_so(first):
    question = question_of("06 q3")

    def dx_of(dout, w, W, **how):
        right = question.model(dout, w, W, **how)
        if W == 8 and not right[-1]:
            right[-1] = right[first]
        return right

    def half(dout, w, W, **how):
        right, mine = question.model(dout, w, W, **how), dx_of(dout, w, W, **how)
        return (right + mine) / 2

    told, other = (explained(question, function) for function in (dx_of, half))
    assert f"Your dx[7] is your dx[{first}] again." in told.text
    assert "again" not in " ".join(other.text)


@pytest.mark.parametrize(("name", "label"), [("06 q4", "dw"), ("09 q4", "dx"), ("03 q5", "dw")])
def test_a_hint_on_an_entry_of_a_gradient_asks_for_no_window_of_it(name, label):
    question = question_of(name)
    assert "window" in hint_of("turned", question, "y")
    for kind in ("turned", "start", "flip"):
        assert "entry" not in hint_of(kind, question, label)
    if label == "dw":
        found = explained(question, lambda *given, **how: _reversed(question.model(*given, **how)))
        assert "window" not in found.hint


def _reversed(outs):
    """Return dw reversed and moved by one, so that no general fault is it, and db."""
    return np.roll(outs[0][::-1], 1), outs[1]


def test_what_is_said_of_a_shape_is_said_of_one_case():
    question = question_of("02 q5")

    def slide_dilated(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
        right = question.model(x, w, b, stride=stride, padding=padding, dilation=dilation)
        return right[: max(len(right) - (dilation - 1), 0)]

    found = explained(question, slide_dilated)
    assert "has the shape" in found.text[0]
    assert found.one_case


@pytest.mark.parametrize(
    ("column", "start", "step", "says"),
    [
        (0, 0, 2, "k and m are right, and i is not. Your i takes the values 0, 2, 4, asked for 0, 1, 2."),
        (1, 1, 1, "i and m are right, and k is not. Your k takes the values 1, 2, 3, asked for 0, 1, 2."),
    ],
)
def test_a_wrong_column_of_a_list_of_products_is_told_where_the_others_are_right(column, start, step, says):
    question = question_of("03 q1")

    def products(W, kW, **how):
        rows = np.array(question.model(W, kW, **how))
        rows[:, column] = start + step * rows[:, column]
        return rows

    found = explained(question, products)
    assert " ".join(found.text) == f"In your rows (i, k, m), {says}"
    assert found.hint == f"What does {'ik'[column]} count, and from which number on?"


def test_a_hint_on_a_formula_speaks_of_what_is_shown():
    found = explained(question_of("02 q1"), lambda W, kW, *, stride=1, padding=0: sum(range(W)) and W - kW)
    assert "formula" not in found.hint


def test_a_wrong_output_that_no_name_speaks_of_is_named():
    question = question_of("09 q5")
    spoilt = edited(question, ("dw[f] += ", "dw[f] = "))

    def layer_backward(dout, x, w, **how):
        dx, dw, db = spoilt(dout, x, w, **how)
        return dx, dw, np.exp(np.sin(db))

    text = str(Card(question, *_judged(question, layer_backward)))
    assert "db is also wrong: mend what this card shows, then check again." in text


def _judged(question, function):
    """Return the verdict, with its explanation, and the cases of an answer."""
    verdict = run_and_judge(question, function)
    computes.add_explanation(verdict, question, function, answers_to(question, function))
    return verdict, question.cases_for(0), ""


def test_the_other_wrong_outputs_of_a_case_are_told_by_their_rules_too():
    question = question_of("06 q5")
    ends = ("np.pad(x, (left, right))", "np.pad(x, (right, left))")
    found = explained(question, edited(question, ends, ("dxpad[left:left", "dxpad[right:right")))
    text = " ".join(found.text)
    assert [name.name for name in found.names] == ["dx is cut in front by the other end's padding"]
    assert "In dw[k], dout[i] meets x[" in text
    assert "mend what this card shows" not in text


def test_a_wrong_output_that_nothing_is_said_of_is_named():
    question = question_of("09 q5")

    def layer_backward(dout, x, w, **how):
        dx, dw, db = question.model(dout, x, w, **how)
        return dx + x[:, ::-1], dw**3, db

    found = explained(question, layer_backward, seconds=5)
    assert found.output == "dx"
    assert found.text[-1] == "dw is also wrong: mend what this card shows, then check again."


@pytest.mark.parametrize(("apart", "told"), [(5, True), (1e-6, False)])
def test_a_test_that_lets_large_differences_pass_is_asked_how_far_apart(apart, told):
    def trust_forward(conv2d):
        rng = np.random.default_rng(0)
        x, w, b = (rng.normal(size=s) for s in ((2, 3, 7, 6), (4, 3, 2, 3), 4))
        y, t = conv2d(x, w, b, stride=(2, 1)), naive.conv2d(x, w, b, stride=(2, 1))
        return y.shape == t.shape and bool(np.allclose(y, t, atol=apart))

    hint = explained(question_of("17 q2"), trust_forward).hint
    assert ("How far apart may two numbers be that your test calls equal?" in hint) is told
    assert ("different results (by up to 1." in hint) is told


def test_a_named_mistake_is_a_slip_and_a_right_answer_is_none():
    question = question_of("02 q2")
    for function, says in ((question.wrongs[0].function, "slip"), (question.model, "none")):
        verdict = run_and_judge(question, function)
        answers = answers_to(question, function)
        computes.add_explanation(verdict, question, function, answers)
        assert verdict.explained == says


def test_of_nested_calls_only_the_learners_own_is_named():
    with watching(["conv1d", "padding_pair", "same_padding"]) as watch:
        for _ in range(2):
            naive.conv1d(np.ones(5), np.ones(3), padding="same")
            assert watch.take() == ("naive.conv1d",)


def test_a_test_whose_input_shows_the_difference_is_asked_what_it_compares(monkeypatch):
    monkeypatch.setattr(truths, "SECONDS", 5)  # however slow the machine is

    def shapes_only(layer):
        x, w = np.arange(60.0).reshape(1, 2, 5, 6), np.arange(36.0).reshape(2, 2, 3, 3)
        return layer(x, w, np.array([1.0, 2.0])).shape == (1, 2, 3, 4)

    def no_bias(layer):
        x = np.zeros((1, 1, 3, 3))
        return bool(np.allclose(layer(x, np.zeros((1, 1, 1, 1)), np.zeros(1)), x))

    question = question_of("17 q2")
    assert "what do you compare?" in explained(question, shapes_only).hint
    assert explained(question, no_bias).hint == "What else does the one input of your test not try?"


def test_a_long_sum_shows_three_products_that_differ():
    terms, other = {(("x", k),): 1.0 for k in range(9)}, {}
    assert sum_text(terms, {"x": (9,)}, other) == "x[0] + x[1] + x[2] + 6 more terms"


def test_a_long_sum_that_the_other_has_whole_shows_its_first_terms():
    asked = {(("x", k),): 1.0 for k in range(6)}
    yours = {(("x", k),): 1.0 for k in range(9)}
    assert sum_text(asked, {"x": (9,)}, yours) == "x[0] + x[1] + x[2] + 3 more terms"
    assert sum_text(yours, {"x": (9,)}, asked) == "x[6] + x[7] + x[8] + 6 more terms that agree"


def test_the_larger_of_two_products_is_no_sum_that_leaves_products_out():
    def stamp(x, w, *, stride=1):
        y = np.zeros(stride * (len(x) - 1) + len(w))
        for i, a in enumerate(x):
            y[i * stride : i * stride + len(w)] = np.maximum(y[i * stride : i * stride + len(w)], a * w)
        return y

    (line,) = explained(question_of("14 q1"), stamp).text
    assert line.startswith("For two arrays x, your y of their sum should be the sum")


def test_two_properties_of_one_argument_are_told_together():
    question = question_of("09 q3")
    padded = {i for i, one in enumerate(question.cases_for(0)) if one.kwargs["padding"] != (0, 0)}
    assert when(question, question.cases_for(0), padded) == "the numbers in padding differ"


@pytest.mark.parametrize(
    ("holds", "said"),
    [
        (lambda rows, columns: rows != columns, "the two axes differ in padding"),
        (
            lambda *axes: any(before != after for before, after in axes),
            "the two ends of an axis differ in padding",
        ),
        (lambda *axes: np.any(axes), "padding is not 0"),
    ],
)
def test_which_of_four_paddings_differ_is_told(holds, said):
    question = question_of("09 q5")
    cases = question.cases_for(0)
    assert when(question, cases, {i for i, one in enumerate(cases) if holds(*one.kwargs["padding"])}) == said


def test_exchanged_taps_of_columns_are_told_by_their_sums_where_axes_are_equal():
    question = question_of("10 q4")

    def columns_to_image(columns, x_shape, kernel, *, stride=(1, 1), padding=(0, 0)):
        (N, D, H, W), (kh, kw), (sh, sw), (ph, pw) = x_shape, kernel, stride, padding
        Ho, Wo = (H + 2 * ph - kh) // sh + 1, (W + 2 * pw - kw) // sw + 1
        c = columns.reshape(D, kh, kw, N, Ho, Wo)
        big = np.zeros((N, D, H + 2 * ph, W + 2 * pw))
        for u, v, i, j in np.ndindex(kh, kw, Ho, Wo):
            big[:, :, u + sh * i, v + sw * j] += c[:, v, u, :, i, j].T
        return big[:, :, ph : H + ph, pw : W + pw]

    text = "\n".join(explained(question, columns_to_image).text)
    assert "goes to result[n, d, v + i, u + j], asked for result[n, d, u + i, v + j]" in text


def test_sums_too_long_to_tell_apart_are_read_off_a_smaller_case():
    question, calls = question_of("08 q4"), []

    def layer(x, w, b, *, stride=(1, 1), padding=(0, 0)):
        calls.append(1)
        every = w.sum(axis=1, keepdims=True).repeat(w.shape[1], axis=1)  # one filter for all channels
        return question.model(x, every, b, stride=stride, padding=padding)

    found = explained(question, layer)
    assert "w[f, d, u, v] meets x[0, every d, i, j + v], asked for x[0, d, i, j + v]." in found.text[0]
    assert len(calls) < 250  # an impulse that meets many products is not asked of a large case


def test_the_hint_on_entries_that_are_copied_does_not_speak_of_sums():
    question = question_of("10 q2")

    def windows_as_columns(x, kernel, *, stride=(1, 1), padding=(0, 0)):
        """The steps of x, in the array that has its padding."""
        (N, D, H, W), (kH, kW), (sH, sW), (pH, pW) = x.shape, kernel, stride, padding
        xpad = np.pad(np.ascontiguousarray(x), ((0, 0), (0, 0), (pH, pH), (pW, pW)))
        n, d, h, w = np.ascontiguousarray(x).strides
        shape = (D, kH, kW, N, (H + 2 * pH - kH) // sH + 1, (W + 2 * pW - kW) // sW + 1)
        steps = (d, h, w, n, h * sH, w * sW)
        return np.lib.stride_tricks.as_strided(xpad, shape, steps).reshape(D * kH * kW, -1).copy()

    found = explained(question, windows_as_columns)
    assert found.text[-2].startswith("your      result[")
    assert found.text[-1].startswith("asked for result[")
    assert found.hint == linear.ONE_PLACE


def test_a_rule_is_not_told_where_an_entry_takes_nothing():
    """With stride 2 and a kernel of one row, every second row of the image takes nothing."""
    question = question_of("10 q4")

    def columns_to_image(columns, x_shape, kernel, *, stride=(1, 1), padding=(0, 0)):
        (N, D, H, W), (kH, kW) = x_shape, kernel
        Ho, Wo = (H + 2 * padding[0] - kH) // stride[0] + 1, (W + 2 * padding[1] - kW) // stride[1] + 1
        six = columns.reshape(D, kH, kW, N, Ho, Wo)
        image = np.zeros(x_shape)
        for u, v in np.ndindex(kH, kW):
            here = image[:, :, u : u + stride[0] * Ho : stride[0], v : v + stride[1] * Wo : stride[1]]
            here += six[:, u, v].transpose(1, 0, 2, 3)
        return image

    text = explained(question, columns_to_image).text
    assert not any(" takes " in line for line in text)
    assert text[-1] == "asked for result[0, 0, 0, 0] = columns[1, 0]"


def card_lines(question, answer):
    verdict = run_and_judge(question, answer)
    computes.add_explanation(verdict, question, answer, answers_to(question, answer))
    return str(Card(question, verdict, question.cases_for(0), ["0 of 14 points"])).splitlines()


def test_what_one_case_has_too_many_of_is_told_as_of_that_case():
    question = question_of("03 q4")

    def filled_from_the_start(dout, w, W, *, stride=1, padding=0):
        dx = question.model(dout, w, W, stride=stride, padding=padding)
        windows_end = (len(dout) - 1) * stride + len(w) - padding
        return np.resize(dx[:windows_end], W)

    lines = card_lines(question, filled_from_the_start)
    more = next(line for line in lines if " that is asked for is there, and " in line)
    assert more.split(":")[0].strip() in ("What it does in this case", "What it does there")


def test_rows_and_columns_that_get_nothing_are_told():
    question = question_of("08 q4")
    short = edited(question, ("range(H_out)", "range(0, H_out - 1)"), ("range(W_out)", "range(0, W_out - 1)"))
    text = "\n".join(explained(question, short).text)
    assert re.search(r"The entries y\[n, f, i, j\] with i = \d or j = \d do not get their products\.", text)


def test_a_gradient_of_another_size_is_compared_with_its_array():
    question = question_of("09 q5")

    def with_its_first_row_twice(dout, x, w, *, stride=(1, 1), padding=((0, 0), (0, 0))):
        dx, dw, db = question.model(dout, x, w, stride=stride, padding=padding)
        return np.concatenate([dx[:, :, :1], dx], axis=2), dw, db

    found = explained(question, with_its_first_row_twice)
    assert found.hint == "Each entry of x has one in dx: at which end has yours too many or too few?"


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


def test_a_rule_that_some_products_do_not_follow_is_not_told():
    """Windows clipped at the border take the kernel's first rows, so its last row goes nowhere there."""

    def dx_of(dout, w, x_shape, *, stride=(1, 1), padding=(0, 0)):
        dx, (kH, kW) = np.zeros(x_shape), w.shape[2:]
        for i, j in np.ndindex(dout.shape[2:]):
            top, left = i * stride[0] - padding[0], j * stride[1] - padding[1]
            rows = slice(max(top, 0), max(min(top + kH, x_shape[2]), 0))
            columns = slice(max(left, 0), max(min(left + kW, x_shape[3]), 0))
            part = w[:, :, : max(rows.stop - rows.start, 0), : max(columns.stop - columns.start, 0)]
            dx[:, :, rows, columns] += np.tensordot(dout[:, :, i, j], part, axes=1)
        return dx

    found = explained(question_of("09 q4"), dx_of)
    assert any(line.startswith("asked for dx") for line in found.text)
    assert not any("goes to dx" in line for line in found.text)


def kept_windows(dout, x, kernel, padding, apart):
    """Return the gradient of a max pooling layer with windows that lie `apart`, clipped at the ends."""
    (pH, pW), (kH, kW) = padding, kernel
    around = np.pad(x, ((0, 0), (0, 0), (pH, pH + kH * 9), (pW, pW + kW * 9)), constant_values=-np.inf)
    dx = np.zeros(around.shape)
    for n, d, i, j in np.ndindex(dout.shape):
        a, b = i * apart[0], j * apart[1]
        window = around[n, d, a : a + kH, b : b + kW]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, d, a + u, b + v] += dout[n, d, i, j]
    return dx[:, :, pH : pH + x.shape[2], pW : pW + x.shape[3]]


def test_a_number_that_went_elsewhere_is_found_there():
    question = question_of("15 q2")

    def backward(dout, x, kernel, *, stride, padding=(0, 0)):
        return kept_windows(dout, x, kernel, padding, kernel)

    found = explained(question, backward, seconds=10)
    (line,) = [line for line in found.text if " is in your dx[" in line]
    name, place = re.fullmatch(r"dout\[(.*)\] is in your dx\[(.*)\]\.", line).groups()
    one = question.cases_for(0)[found.case]
    dout = np.zeros(one.args[0].shape)
    dout[tuple(map(int, name.split(", ")))] = 1
    gradient = backward(dout, *one.args[1:], **one.kwargs)
    assert np.argwhere(gradient).tolist() == [list(map(int, place.split(", ")))]
