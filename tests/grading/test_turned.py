"""Pairs of numbers are explained by what they are asked for with: other arguments, ends or totals."""

import pytest

from conv_course.checker.computes import turned
from conv_course.checker.judge import expected, items
from conv_course.checker.notebook import Check
from conv_course.checker.questions import load_sheet
from tests.grading.explained import answers_to, explained, question_of

RIGHT = ("total // 2", "total - total // 2")
BEFORE = RIGHT[::-1]
OWN = ("H, kH, sH", "W, kW, sW")
EXCHANGED, TOTAL = "the two numbers of each pair exchanged", "each pair 1 larger in total"


def same_pads(axes=OWN, halves=RIGHT, then="pass"):
    """Return an answer to 07 q5 with these numbers of the two axes, halves, and a line on the total."""
    space = {}
    exec(
        "def same_pads(H, W, kH, kW, *, stride=(1, 1)):\n"
        "    (sH, sW), pads = stride, []\n"
        f"    for size, k, S in [({axes[0]}), ({axes[1]})]:\n"
        "        total = max((-(-size // S) - 1) * S + k - size, 0)\n"
        f"        {then}\n"
        f"        pads.append(({halves[0]}, {halves[1]}))\n"
        "    return tuple(pads)\n",
        space,
    )
    return space["same_pads"]


WRONG = {
    f"{TOTAL}.": {"then": "total += 1"},
    f"{TOTAL} where the stride divides the size.": {"then": "total += size % S == 0"},
    "each pair 1 smaller in total where the kernel's length is even.": {
        "then": "total = max(total - (k % 2 == 0), 0)"
    },
    f"{EXCHANGED} and with {TOTAL}.": {"halves": BEFORE, "then": "total += 1"},
    "H in the place of W.": {"axes": ("H, kH, sH", "H, kW, sW")},
    f"{EXCHANGED} and with stride[0] in the place of stride[1].": {
        "halves": BEFORE,
        "axes": ("H, kH, sH", "W, kW, sH"),
    },
    f"{EXCHANGED} and with W in the place of H.": {"halves": BEFORE, "axes": ("W, kH, sH", "W, kW, sW")},
    "kH in the place of kW and with stride[0] and stride[1] exchanged.": {
        "axes": ("H, kH, sW", "W, kH, sH"),
    },
}


@pytest.mark.parametrize("says", WRONG)
def test_pairs_are_told_by_the_arguments_or_the_order_that_give_them(says):
    question = question_of("07 q5")
    found = explained(question, same_pads(**WRONG[says]))
    number = len(question.cases_for(0))
    assert found.text == (f"In all {number} cases your result is what is asked for with {says}",)
    assert found.hint.endswith("?")


def test_what_one_case_contradicts_is_not_told():
    question = question_of("07 q5")
    function = same_pads(then="total += size != 11")
    found = explained(question, function)
    assert found is None or not any("is what is asked for with" in line for line in found.text)


def test_a_size_of_one_axis_taken_for_both_is_told_of_other_pairs_too():
    def filtered_size(H, W, kH, kW, *, stride=(1, 1), padding=(0, 0)):
        return tuple(
            (n + 2 * p - kH) // s for n, p, s in zip((H, W), padding, (stride[1], stride[1]), strict=True)
        )

    question = question_of("07 q1")
    wanted = expected(question, 0)
    table = items(question, answers_to(question, filtered_size), wanted)
    failing = {key: why for key, (_, why) in table.items() if why}
    said = turned.explain(question, table, failing, question.cases_for(0), wanted)
    assert said is None  # three changes: the kernel, the stride, and 1 less
    right = lambda H, W, kH, kW, **how: question.model(H, W, kH, kH, **how)[::-1]  # noqa: E731
    table = items(question, answers_to(question, right), wanted)
    failing = {key: why for key, (_, why) in table.items() if why}
    said = turned.explain(question, table, failing, question.cases_for(0), wanted)
    assert said.lines[0].endswith("with its two numbers exchanged and with kH in the place of kW.")


def test_the_rule_for_a_rest_is_named_where_nothing_is_left_over():
    check = Check(load_sheet("07_images"))
    name = "Kernel less the rest, also where nothing is left over"
    rest = "total = max(k - size % S, 0)"
    assert f"This looks like: {name}\n" in str(check("q5", same_pads(then=rest)))
    both = str(check("q5", same_pads(halves=BEFORE, then=rest)))
    assert "This looks like: Two mistakes" in both
    assert name in both
    assert "The odd zero stands before" in both
