"""The sums on a card are true, tried on fresh numbers; a long one shows what tells it apart."""

import re

import numpy as np
import pytest

from conv_course.checker.computes import crashes, linear
from conv_course.checker.computes.hints import HINTS
from conv_course.checker.computes.sentences import READ, sum_text
from tests.grading.answers_of import answer_tree, function_of
from tests.grading.explained import explained, question_of
from tests.grading.mutants import HELPERS, mutants

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


def test_a_long_sum_shows_three_products_that_differ():
    terms, other = {(("x", k),): 1.0 for k in range(9)}, {}
    assert sum_text(terms, {"x": (9,)}, other) == "x[0] + x[1] + x[2] + 6 more terms"


def test_a_long_sum_that_the_other_has_whole_shows_its_first_terms():
    asked = {(("x", k),): 1.0 for k in range(6)}
    yours = {(("x", k),): 1.0 for k in range(9)}
    assert sum_text(asked, {"x": (9,)}, yours) == "x[0] + x[1] + x[2] + 3 more terms"
    assert sum_text(yours, {"x": (9,)}, asked) == "x[6] + x[7] + x[8] + 6 more terms that agree"


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


def test_sums_too_long_to_tell_apart_are_read_off_a_smaller_case():
    question, calls = question_of("08 q4"), []

    def layer(x, w, b, *, stride=(1, 1), padding=(0, 0)):
        calls.append(1)
        every = w.sum(axis=1, keepdims=True).repeat(w.shape[1], axis=1)  # one filter for all channels
        return question.model(x, every, b, stride=stride, padding=padding)

    found = explained(question, layer)
    assert "w[f, d, u, v] meets x[0, every d, i, j + v], asked for x[0, d, i, j + v]." in found.text[0]
    assert len(calls) < 250  # an impulse that meets many products is not asked of a large case


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


def test_where_every_product_meets_zeros_the_arrays_are_not_said_to_be_left_out():
    question = question_of("08 q4")

    def layer(x, w, b, *, stride=(1, 1), padding=(0, 0)):
        around = np.pad(x, padding[0])
        kept = around[: len(x), : x.shape[1], padding[0] :, padding[0] :][:, :, : x.shape[2], : x.shape[3]]
        return question.model(kept, w, b, stride=stride, padding=padding)

    found = explained(question, layer, seconds=5)
    assert "w*x is nowhere in y here." in found.text
    assert found.hint == HINTS["nothing"]
