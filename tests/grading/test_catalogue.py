"""General mistakes and pairs of mistakes are named by an edit with the same results in every case."""

import pytest

from conv_course.checker import trying
from conv_course.checker.catalogue import NOT_WHOLE, Kept, mutants
from conv_course.checker.judge import expected, items
from conv_course.checker.notebook import Check
from conv_course.checker.questions import load_sheet, sheet_stems
from tests.grading.explained import STEMS, answers_to, edited, explained, question_of

NAMED = [
    ("07 q2", [("range(y.shape[1])", "range(y.shape[0])")], "The height's output length for both axes"),
    ("08 q4", [("j * sW:j * sW", "j * sH:j * sH")], "Somewhere the other axis's stride is taken"),
    ("08 q4", [("(pW, pW)", "(pH, pH)")], "Somewhere the other axis's padding is taken"),
    (
        "09 q3",
        [("x.shape[1], kH, kW))", "x.shape[1], kH, kW), int)")],
        "whole numbers",
    ),
    ("05 q1", [("f(x + h) - f(x - h)", "f(x + h) + f(x - h)")], "Added where something is to be subtracted"),
    ("05 q3", [("gap / np", "gap * np")], "Multiplied where something is to be divided"),
    (
        "08 q1",
        [
            ("(H + 2 * pH - kH) // sH + 1", "(H + 2 * pH) // sH - kH // sH + 1"),
            ("(W + 2 * pW - kW) // sW + 1", "(W + 2 * pW) // sW - kW // sW + 1"),
        ],
        "Input and kernel are divided by the stride one by one",
    ),
    ("09 q4", [("pH:pH + H, pW:pW + W", "1:-1, 1:-1")], "The padding taken off is always one"),
    ("09 q5", [("dw[f] += ", "dw[f] = ")], "Overwritten instead of added up (dw)"),
    ("02 q3", [("np.pad(x, (left, right))", "np.pad(x, 1)")], "Always one zero on each side"),
    *(
        (
            "08 q4",
            [("np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)))", f"np.pad(x, {p})")],
            "One number of zeros for all axes",
        )
        for p in ("pH", "pW")
    ),
    (
        "06 q3",
        [("dxpad[left:left + W]", "dxpad[right:right + W]")],
        "dx is cut in front by the other end's padding",
    ),
    *(
        (
            question,
            [("(pH, pH), (pW, pW)", "(pH, pW), (pH, pW)")],
            "The pair of the padding at the two ends of both axes",
        )
        for question in ("08 q4", "10 q2", "15 q3")
    ),
    ("08 q4", [("range(H_out)", "range(H_out - 1)")], "The last row of windows is left out"),
    ("08 q4", [("range(F)", "range(1, F)")], "The first filter is left out"),
    ("11 q2", [("@ x @ BT.T", "@ x @ BT")], "A matrix is not transposed"),
    ("13 q4", [("axis=1", "axis=-1")], "Joined along another axis"),
    ("09 q5", [("H + top + bottom", "H + top + top")], "Somewhere the other end's padding is taken"),
    ("06 q1", [("wide = ", "stride = 2\n    wide = ")], "Stride 2, whatever the argument says"),
]
ONE, KERNEL, PADDING = (
    f"The {what} the division"
    for what in ("1 is added before", "kernel is taken off after", "padding is added after")
)
SIZES = [
    ("02 q1", [("- kW) // stride + 1", "- kW + 1) // stride")], ONE),
    ("02 q1", [("(W + left + right - kW) // stride + 1", "(W + left + right) // stride - kW + 1")], KERNEL),
    ("02 q1", [("(W + left + right - kW) // stride", "(W - kW) // stride + left + right")], PADDING),
    ("07 q1", [("- kW) // stride[1] + 1", "- kW + 1) // stride[1]")], ONE),
    ("08 q1", [("- kH) // sH + 1", "- kH + 1) // sH"), ("- kW) // sW + 1", "- kW + 1) // sW")], ONE),
    ("13 q1", [("- span) // stride + 1", ") // stride - span + 1")], KERNEL),
    ("15 q1", [("(H - kH) // sH", "H // sH - kH"), ("(W - kW) // sW", "W // sW - kW")], KERNEL),
]


def names_of(name, function):
    """Return the names that are found for a function if there is enough time."""
    found = explained(question_of(name), function, seconds=20)
    return [each.name + f" ({each.output})" * bool(each.output) for each in found.names]


@pytest.mark.parametrize(("name", "edits", "said"), NAMED)
def test_a_mistake_of_a_kind_is_named(name, edits, said):
    [found] = names_of(name, edited(question_of(name), *edits))
    assert said in found


@pytest.mark.parametrize(("name", "edits", "said"), SIZES)
def test_an_order_of_operations_in_a_size_is_named(name, edits, said):
    [found] = names_of(name, edited(question_of(name), *edits))
    assert found.startswith(said)


def test_a_slip_on_one_axis_is_named_with_its_axis():
    def same_pads(H, W, kH, kW, *, stride=(1, 1)):
        (top, bottom), across = question_of("07 q5").model(H, W, kH, kW, stride=stride)
        return (bottom, top), across

    assert names_of("07 q5", same_pads) == ["The odd zero stands before, for the height only"]


def test_a_name_of_the_catalogue_stands_on_the_card():
    question = question_of("02 q3")
    card = Check(load_sheet(STEMS["02"]))(
        "q3", edited(question, ("np.pad(x, (left, right))", "np.pad(x, 1)"))
    )
    assert "This looks like: Always one zero on each side" in str(card)
    assert card.verdict.explained == "slip"


def test_two_mistakes_are_named_together():
    question = question_of("02 q3")
    wrong = edited(question, ("w * xpad", "w[::-1] * xpad"), ("b + np.sum", "np.sum"))
    answers = answers_to(question, wrong)[: len(question.cases_for(0))]
    table = items(question, answers, expected(question, 0))
    failing = {key: why for key, (_, why) in table.items() if why}
    [name] = trying.names(question, table, failing, pairs=True)
    assert name.name == "Two mistakes: The kernel is flipped; The bias is missing"


def test_a_name_that_one_case_contradicts_is_not_given():
    question, calls = question_of("02 q3"), []

    def wrong(x, w, b=0.0, *, stride=1, padding=0):
        calls.append(1)
        y = question.model(x, w, b, stride=stride, padding=1)
        return y + 1 if len(calls) == 2 else y

    assert names_of("02 q3", wrong) == []


@pytest.mark.parametrize("stem", sheet_stems())
def test_every_edit_is_python(stem):
    for question in load_sheet(stem):
        for mutant in mutants(question.source, question.function) if question.source else ():
            compile(mutant.made, mutant.name, "exec")
            assert mutant.hint.endswith(("?", "."))


def test_the_catalogue_edits_what_it_says():
    source = "def f(x, sH, sW):\n    y = np.zeros(x // sH)\n    y[0] += sW\n    return y"
    made = {m.made.replace("\n", ";"): m.name for m in reversed([*mutants(source, "f")])}
    assert made["def f(x, sH, sW):;    y = np.zeros(x // sW);    y[0] += sW;    return y"] == (
        "The width's stride for both axes"
    )
    assert made["def f(x, sH, sW):;    y = np.zeros(x // sH);    y[0] = sW;    return y"] == (
        "Overwritten instead of added up"
    )


def test_whole_numbers_are_not_told_to_be_none():
    """(H / S - 1) S + k - H is k - S, which somebody may write down in whole numbers."""

    def same_pads(H, W, kH, kW, *, stride=(1, 1)):
        both = [max(0, k - s) for k, s in zip((kH, kW), stride, strict=True)]
        return tuple((n // 2, n - n // 2) for n in both)

    found = explained(question_of("07 q5"), same_pads)
    assert found is None or all(name.name != NOT_WHOLE for name in found.names)


def test_what_was_made_before_an_interruption_is_kept():
    made, stops = [], [TimeoutError]

    def make():
        for number in range(5):
            made.append(number)
            if number == 3 and stops:
                raise stops.pop()
            yield number

    kept = Kept(make)
    with pytest.raises(TimeoutError):
        list(kept)
    assert list(kept) == list(kept) == [0, 1, 2, 3, 4]
    assert made == [0, 1, 2, 3, 0, 1, 2, 3, 4]
