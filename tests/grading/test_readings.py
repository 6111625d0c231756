"""Wrong numbers worked out on paper are explained by the calculation that gives them."""

import numpy as np
import pytest

from conv_course.checker import readings, worked
from conv_course.checker.notebook import Check
from conv_course.checker.questions import load_sheet, sheet_stems
from tests.grading.explained import question_of

ASKED = load_sheet("04_derive_the_gradients").questions["q4"].asks["zeros on each side"]
READ = [
    ("03_draw_the_graph", "q2", {"conv products": 15}, '"conv products": your 15 is W * kW, or is W\' * W.'),
    (
        "03_draw_the_graph",
        "q2",
        {"fc weights": 18},
        '"fc weights": your 18 is (W + 1) * W\', that is "fc weights" and "fc biases" together.',
    ),
    (
        "03_draw_the_graph",
        "q2",
        {"fc weights": 18, "fc biases": 1},
        '"fc weights": your 18 is (W + 1) * W\'.',
    ),
    (
        "03_draw_the_graph",
        "q2",
        {"conv products": 12},
        '"conv weights" and "conv products" together',
    ),
    ("04_derive_the_gradients", "q4", {"zeros on each side": 5}, "your 5 is kW, or is W' - 1."),
    (
        "04_derive_the_gradients",
        "q4",
        {"entries of dw": 3, "zeros on each side": 3},
        '"zeros on each side": your 3 is kW, with your 3 for "entries of dw".',
    ),
    (
        "04_derive_the_gradients",
        "q4",
        {"entries of dx": 7},
        '"entries of dx": your 7 is not W, which the question states.',
    ),
    (
        "04_derive_the_gradients",
        "q4",
        {"zeros on each side": 3, "zeros in all": 6},
        '"zeros in all": your 6 follows from your "zeros on each side"; the rule behind it is right.',
    ),
    (
        "08_layer_forward",
        "q2",
        {"products for one output": 46},
        '"products for one output": your 46 is D * kH * kW + 1.',
    ),
    (
        "08_layer_forward",
        "q2",
        {"multiplications": 4 * 6 * 15 * 19 * 45},
        "is N * F * products times (H + 2 * pH) * (W + 2 * pW), the pixels of the padded x.",
    ),
    (
        "08_layer_forward",
        "q2",
        {"multiplications": 4 * 6 * 70 * 45},
        "divided by your right \"products for one output\" gives 1680, and N * F * H' * W' is not that.",
    ),
    (
        "08_layer_forward",
        "q2",
        {"multiplications": 4 * 6 * 60 * 15},
        "is N * F * products times 20, or N * F * kH * kW (without D) times 60, and H' * W' is neither.",
    ),
    (
        "08_layer_forward",
        "q2",
        {"multiplications": 4 * 6 * 70 * 15},
        "is N * F * kH * kW (without D) times 70, and H' * W' is not that.",
    ),
    (
        "08_layer_forward",
        "q2",
        {"products for one output": 17, "multiplications": 4 * 6 * 7 * 17},
        'divided by N * F * products, with your 17 for "products for one output", gives 7, and',
    ),
    (
        "08_layer_forward",
        "q2",
        {"multiplications": 4 * 6 * 11 * 5 * 45},
        "is N * F * H * W' * products, or comes out with H' = (H + pH - kH) // sH + 1.",
    ),
    (
        "08_layer_forward",
        "q2",
        {"multiplications": 4 * 6 * 60 * 45},  # 5 * 12 as well as 12 * 5
        "times 60, which is not H' * W'.",
    ),
    ("04_derive_the_gradients", "q4", {"zeros on each side": 3}, '"zeros on each side": your 3 is kW - 2.'),
    ("09_layer_backward", "q1", {"db": 12}, '"db": your 12 comes out with dout[1, 1] taken as positive.'),
    (
        "09_layer_backward",
        "q1",
        {"dw[0, 1]": 22},
        '"dw[0, 1]": your 22 comes out without dout[0, 1] * x[0, 2].',
    ),
    ("04_derive_the_gradients", "q6", {"wrong dw": [16, 5]}, '"wrong dw": only the number at [1] is wrong.'),
    (
        "04_derive_the_gradients",
        "q6",
        {"right dw": [38, 16]},
        '"right dw": the numbers at [0] and [1] are exchanged.',
    ),
    (
        "07_images",
        "q6",
        {"w of a convolution": [[2, 5, 1], [4, 6, 7]]},
        '"w of a convolution": the columns stand in another order: yours are the third, second and first',
    ),
    (
        "17_break_the_checker",
        "q5",
        {"A": "window start not times stride", "E": "window start not times stride"},
        '"A" and "E" get the same answer, and no two of the right ones are the same, so something '
        "tells them apart.",
    ),
]


@pytest.mark.parametrize(("stem", "name", "wrong", "said"), READ)
def test_a_wrong_number_is_read_as_another_rule(stem, name, wrong, said):
    question = load_sheet(stem).questions[name]
    card = str(Check(load_sheet(stem))(name, lambda: question.answer() | wrong))
    assert said in card


def test_a_number_that_no_rule_gives_is_not_explained():
    question = load_sheet("09_layer_backward").questions["q1"]
    check = Check(load_sheet("09_layer_backward"))
    verdict = check("q1", lambda: question.answer() | {"db": 1234}).verdict
    assert verdict.explained == "none"


@pytest.mark.parametrize("number", [4 * 6 * 10 * 6 * 15, 4 * 6 * 70 * 45, 4 * 6 * 45 * 29])
def test_a_whole_quotient_is_no_count_of_pixels(number):
    stem, question = "08_layer_forward", load_sheet("08_layer_forward").questions["q2"]
    card = str(Check(load_sheet(stem))("q2", lambda: question.answer() | {"multiplications": number}))
    assert "pixels" not in card


def test_a_wrong_number_that_no_rule_gives_is_named_beside_one_that_is_read():
    question = load_sheet("09_layer_backward").questions["q1"]
    card = str(
        Check(load_sheet("09_layer_backward"))("q1", lambda: question.answer() | {"db": 12, "dx[1, 1]": 777})
    )
    assert '"db": your 12 comes out with' in card
    assert f'"dx[1, 1]" is also wrong. {question.asks["dx[1, 1]"]}' in card
    assert " Its 4 terms begin with dout[0, 0] * w[1, 1]: go on from there." in card


def test_a_number_that_follows_from_a_wrong_one_is_not_asked_for_yet():
    question = load_sheet("04_derive_the_gradients").questions["q4"]
    wrong = {"entries of dx": 7, "zeros on each side": 1234, "zeros in all": 777}
    card = str(Check(load_sheet(question.stem))("q4", lambda: question.answer() | wrong))
    assert "mend what this card shows, then check again." in card


@pytest.mark.parametrize(
    ("name", "wrong", "hint"),
    [
        (
            "03 q2",
            {"conv products": 15},
            "How many products make one output, and how many outputs are there?",
        ),
        ("08 q2", {"multiplications": 4 * 6 * 60 * 45}, None),
        ("08 q2", {"multiplications": 4 * 6 * 60 * 15}, None),
        ("17 q5", dict.fromkeys("AC", "window start not times stride"), None),
        ("04 q6", {"right dw": [16, 39]}, None),
    ],
)
def test_the_hint_to_a_number_is_what_the_question_asks_about_it(name, wrong, hint):
    question = question_of(name)
    card = str(Check(load_sheet(question.stem))(question.name, lambda: question.answer() | wrong))
    assert f"Hint: {hint or question.asks[next(iter(wrong))]}" in card


def test_one_number_of_a_list_is_read_by_its_rule():
    question = question_of("04 q6")

    def said(wrong):
        return str(Check(load_sheet(question.stem))("q6", lambda: question.answer() | {"right dw": wrong}))

    assert '"right dw[1]": your 34 comes out without dy[3] * x[4].' in said([16, 34])
    assert '"right dw[1]": your 34 comes out without dy[3] * x[4].' in said([1234, 34])
    assert "comes out without" not in said([1, 34, 3])


def test_a_name_that_is_missing_is_told():
    check = Check(load_sheet("03_draw_the_graph"))
    right = load_sheet("03_draw_the_graph").questions["q2"].answer()
    right.pop("conv products")
    verdict = check("q2", lambda: right).verdict
    assert verdict.explanation.text == (
        'Nothing comes back as "conv products"; the other numbers are right.',
    )


def test_the_rules_of_every_sheet_give_its_numbers():
    from conv_course.checker.worked import Worked

    questions = [q for stem in sheet_stems() for q in load_sheet(stem) if q.worked_text]
    assert questions
    for question in questions:
        left = [line.partition(" = ")[0].strip() for line in question.worked_text.splitlines()]
        left = [one for one in left if one.startswith(question.outputs)]
        values = Worked(question.worked_text, tuple(left)).values()
        ruled = 0
        for name, right in question.answer().items():
            names = [one for one in left if one == name or one.startswith(f"{name}[")]
            assert [values[one] for one in names] == np.ravel(right).tolist() * bool(names)
            ruled += len(names)
        assert ruled >= 2


def test_a_number_that_follows_from_another_is_no_mistake_of_its_own():
    question = load_sheet("04_derive_the_gradients").questions["q4"]
    wrong = {"entries of dx": 11, "zeros on each side": 2, "zeros in all": 4}
    card = str(Check(load_sheet(question.stem))("q4", lambda: question.answer() | wrong))
    assert "Zeros on one side only" not in card
    assert '"zeros in all": your 4 follows from your "zeros on each side"' in card


@pytest.mark.parametrize(("dx", "named"), [(10, True), (11, False)])
def test_a_card_names_no_number_that_is_still_to_be_found(dx, named):
    question = load_sheet("04_derive_the_gradients").questions["q4"]
    wrong = {"entries of dx": dx, "zeros on each side": 10}
    card = str(Check(load_sheet(question.stem))("q4", lambda: question.answer() | wrong))
    assert ('asked for as "entries of dx"' in card) is named


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ({"entries of dw": 1234, "zeros on each side": 1233, "zeros in all": 2466}, readings.FIRST_NUMBER),
        ({"zeros on each side": 3, "zeros in all": 6}, ASKED),
    ],
)
def test_where_every_rule_told_is_right_the_hint_asks_for_the_first_wrong_number(wrong, hint):
    sheet = load_sheet("04_derive_the_gradients")
    card = str(Check(sheet)("q4", lambda: sheet.questions["q4"].answer() | wrong))
    assert "the rule behind it is right" in card
    assert [one in card for one in (readings.FIRST_NUMBER, ASKED)] == [
        hint is readings.FIRST_NUMBER,
        hint is ASKED,
    ]


def test_edits_that_do_not_give_the_number_are_not_written_out(monkeypatch):
    question, written = load_sheet("08_layer_forward").questions["q2"], []
    monkeypatch.setattr(worked, "text_of", lambda tree: written.append(tree) or "")
    check = Check(load_sheet("08_layer_forward"))
    check("q2", lambda: question.answer() | {"multiplications": 21601})
    assert written == []


def test_the_edits_of_a_rule_are_computed_once(monkeypatch):
    rules = worked.rules_of(load_sheet("08_layer_forward").questions["q2"].worked_text, ("parameters",))
    before = worked.edited(rules, "parameters")
    monkeypatch.setattr(worked, "edits", None)
    assert worked.edited(rules, "parameters") is before


def test_a_number_under_another_name_is_told_with_that_name():
    question = load_sheet("03_draw_the_graph").questions["q2"]
    given = question.answer()
    given["conv product"] = given.pop("conv products")
    card = str(Check(load_sheet("03_draw_the_graph"))("q2", lambda: given))
    assert 'Nothing comes back as "conv products", but as "conv product", which is not asked for' in card
    assert "Is the name spelled as in the question?" in card


def test_a_number_that_was_left_out_is_not_called_misspelled():
    question = load_sheet("03_draw_the_graph").questions["q2"]
    given = question.answer()
    del given["conv products"]
    card = str(Check(load_sheet("03_draw_the_graph"))("q2", lambda: given))
    assert 'Nothing comes back as "conv products"; the other numbers are right.' in card
    assert "spelled" not in card
    assert readings.ALL_ASKED in card


def test_a_number_with_another_pixel_count_is_read_whatever_the_other_numbers_are():
    question = load_sheet("08_layer_forward").questions["q2"]
    wrong = {"products for one output": 46, "multiplications": 4 * 6 * 45 * 70}
    card = str(Check(load_sheet("08_layer_forward"))("q2", lambda: question.answer() | wrong))
    right = 'with the right "products for one output"'
    assert f"your 75600 divided by N * F * products {right} gives 70, and H' * W' is not that." in card


@pytest.mark.parametrize(
    ("name", "output", "given", "told"),
    [
        ("14 q6", "caught", [1, 0, 0, 1, 0], "2 of the 5 numbers are wrong."),
        ("16 q6", "v zero", [0, 1, 1, 1], "1 of the 4 numbers is wrong."),
        ("16 q6", "v zero", [1, 1, 0, 0], "4 of the 4 numbers are wrong."),
        ("13 q7", "right filters", [1, 0, 0, 0, 1, 0], "2 of the 6 numbers are wrong."),
    ],
)
def test_of_a_list_of_yes_and_no_the_wrong_ones_are_counted_and_no_place_is_told(name, output, given, told):
    """To know which place is wrong is to know the answer."""
    question = question_of(name)
    found = Check(load_sheet(question.stem))(question.name, lambda: question.answer() | {output: given})
    said = " ".join(found.verdict.explanation.text) if found.verdict.explanation else ""
    assert said in ("", f'"{output}": {told}')
    assert said or found.verdict.diagnoses
    assert " at [" not in said
    assert "order" not in said


@pytest.mark.parametrize(
    ("name", "named", "rest"),
    [
        ("12 q6", {"runs through with": 9}, {"y(1)": 555}),
        ("12 q6", {"y(1)": 718}, {"stops at": 7, "runs through with": 31}),
        ("10 q6", {"wrong": [30, 31]}, {"at home": 5}),
    ],
)
def test_numbers_without_a_cause_are_named_beside_those_that_have_one(name, named, rest):
    question = question_of(name)
    card = str(Check(load_sheet(question.stem))(question.name, lambda: question.answer() | named | rest))
    assert "This looks like: " in card
    quoted = " and ".join(f'"{one}"' for one in rest)
    told = "is also wrong, and no cause was found for it."
    told = "are also wrong, and no cause was found for these." if len(rest) > 1 else told
    assert f"  {quoted} {told}\n  Hint: {question.asks[next(iter(rest))]}\n" in card


def test_a_flipped_kernel_on_paper_is_named():
    question = question_of("12 q6")
    card = str(Check(load_sheet(question.stem))("q6", lambda: question.answer() | {"y(1)": 718}))
    assert "This looks like: w is flipped" in card


def test_a_card_that_explains_nothing_asks_and_links_the_section_of_its_question():
    question = load_sheet("09_layer_backward").questions["q1"]
    card = str(Check(load_sheet(question.stem))("q1", lambda: question.answer() | {"db": 1234}))
    assert f"Hint: {question.asks['db']}" in card
    assert card.count("Read: ") == 1


def test_names_of_one_section_link_it_once():
    question = load_sheet("10_vectorize").questions["q6"]
    card = str(
        Check(load_sheet(question.stem))("q6", lambda: question.answer() | {"wrong": [30, 31], "at home": 2})
    )
    assert card.count("This looks like: ") == 2
    assert card.count("Read: ") == 1


PAPER = [
    pytest.param(stem, question.name, id=f"{stem[:2]} {question.name}")
    for stem in sheet_stems()
    for question in load_sheet(stem)
    if question.kind == "values"
]


@pytest.mark.parametrize(("stem", "name"), PAPER)
def test_no_wrong_number_is_left_without_a_word(stem, name):
    sheet = load_sheet(stem)
    question = sheet.questions[name]
    assert list(question.asks) == list(question.outputs)
    for output, right in question.answer().items():
        assert question.asks[output].endswith("?"), output
        strange = "no such name" if isinstance(right, str) else np.add(right, 1234567.25).tolist()
        answer = {**question.answer(), output: strange}
        card = Check(sheet)(name, lambda answer=answer: answer)
        told = [label for label, *_ in card._lines()]
        assert "Hint" in told, output
        assert card.verdict.explained != "none" or question.asks[output] in str(card)
