"""Which spaces of a page do not break: in sizes, tuples, arrays and short equations, and nowhere else."""

import re

import pytest

from tests.one_page import one_page
from tools.sphinx_together import together


@pytest.mark.parametrize(
    "whole",
    ["3 × 3", "kH × 1", "N × F × H′", "N × D × H' × W’", "(2, 1)", "(2, −1, 3)", "(N, F, H', W')", "N = 1"]
    + [
        "97 %",
        "54 kB",
        "Fig. 6",
        "equation 7",
        "chapter 12",
        "stride 2",
        "row 3",
        "3 x 3",
        "(F = D)",
        "(D/G · kH + 1)",
        "⌊f / (F/G)⌋",
        "start + i · jump",
        "1/128 + 1/9 = 0.119",
        "S − 1",
        "P = 2",
        "F(4 × 4, 3 × 3)",
        "4 × 4, 3 × 3",
        "D·kH·kW × N",
    ],
)
def test_it_stands_on_one_line_in_any_sentence(whole):
    kept = whole.replace(" ", "\u00a0")
    if "4, 3" in whole:  # two sizes; between them a line may end
        kept = kept.replace(",\u00a0", ", ")
    assert together(f"takes {whole} of them") == f"takes {kept} of them"


@pytest.mark.parametrize(
    "text",
    ["a note (which, as said, is long) goes on", "the sum = the whole", "two rows, 3 columns", "x, y and w"]
    + ["the head of x is", "18 minutes · exercise 9"]
    + ["one - 1", "a " + " × ".join(["long"] * 9)],
)
def test_other_spaces_stay(text):
    assert together(text) == text


def test_a_minus_stays_with_its_function():
    assert (
        together("the mean of -log(p), well-known(q) and a - f(x)")
        == "the mean of −log(p), well-known(q) and a - f(x)"
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("for x = (2, −1, 5) and w", "for x_=_(2,_−1,_5) and w"),
        ("in [[1, 7], [7, 2]] one", "in [[1,_7],_[7,_2]] one"),
        ("(1, 2) and (2, 1)", "(1,_2) and (2,_1)"),
        ("weights (1, 100, 0, …, 0, 10)", "weights (1,_100,_0,_…,_0,_10)"),
        ("[[1, 0.5],\n[0.5, 0.25]]", "[[1,_0.5],_[0.5,_0.25]]"),
        ("with (volume 7, 2016) and a[1, 2", "with (volume 7, 2016) and a[1, 2"),
        ("(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)", "(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)"),  # too long for a phone
    ],
)
@pytest.mark.parametrize("narrow", [False, True])
def test_a_short_array_of_numbers_stays_together_in_a_table_too(text, kept, narrow):
    assert together(text, narrow=narrow) == kept.replace("_", "\u00a0")


def test_a_page_keeps_them_together_but_for_code_titles_and_tables(tmp_path):
    body = (
        "# Sizes 3 × 3\n\nA *5 × 7* and `2 × 9` kernel, N = 4. W's H' × W'.\n\n"
        "| a | b |\n|---|---|\n| 6 × 8 | [3, 4] |\n| long × long × long | 5 |\n"
    )
    page, said = one_page(tmp_path, body, ["tools.sphinx_together"])
    html = page.read_text("utf-8").replace("\u00a0", "_")
    assert said == ""
    article = html[html.index("<h1>") :]
    assert "<em>5_×_7</em>" in article
    assert "N_=_4." in article
    assert re.search("W['’]s H′_×_W′", article)
    assert article.index("Sizes 3 × 3") < article.index("6_×_8")
    assert "2_×_9" not in article
    assert re.search(r'<code class="[^"]*course-together[^"]*"><span class="pre">2', article)
    assert "long_×" not in article
    assert "[3,_4]" in article


def test_short_code_and_names_with_a_number_stay_on_their_line(tmp_path):
    body = "# Title\n\n`w[0, 1]` in UTF-8, and `a_rather_long_call(with_names)` in VGG-16.\n"
    page, said = one_page(tmp_path, body, ["tools.sphinx_together"])
    article = page.read_text("utf-8").split("<h1>")[1]
    assert said == ""
    for name in ("UTF-8", "VGG-16"):
        assert f'<span class="course-together">{name}</span>' in article
    assert re.search(r'<code class="[^"]*course-together[^"]*"><span class="pre">w\[0,', article)
    assert not re.search(r'course-together[^"]*"><span class="pre">a_rather', article)
