"""What is told of an answer that adds up no products: integers, another result at each call."""

import numpy as np
import pytest

from tests.grading.explained import explained, question_of

pytestmark = pytest.mark.usefixtures("without_names_of_edits")


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


def test_the_larger_of_two_products_is_no_sum_that_leaves_products_out():
    def stamp(x, w, *, stride=1):
        y = np.zeros(stride * (len(x) - 1) + len(w))
        for i, a in enumerate(x):
            y[i * stride : i * stride + len(w)] = np.maximum(y[i * stride : i * stride + len(w)], a * w)
        return y

    (line,) = explained(question_of("14 q1"), stamp).text
    assert line.startswith("For two arrays x, your y of their sum should be the sum")


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
