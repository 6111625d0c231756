"""What the search knows of a page: names, anchors, and texts without TeX."""

import pytest

from tools.sphinx_search import ALSO, plain

FORMULAS = {
    r"iS + k\,D_l": "iS + k D_l",
    r"y_i = b + \sum_k w_k x_{i+k}": "y_i = b + Σ_k w_k x_i+k",
    r"\frac{1}{2} C^{\mathsf T}": "1 / 2 C^T",
    r"C^{\top} x": "C^T x",
    r"\begin{aligned} a &= b \\ c \end{aligned}": "a = b c",
}


@pytest.mark.parametrize("tex", FORMULAS)
def test_a_formula_reads_as_text(tex):
    assert plain(tex) == FORMULAS[tex]


def test_other_words_lead_to_the_books_own():
    assert all(word == word.lower() for word in ALSO)
    assert not set(ALSO) & set(ALSO.values())
