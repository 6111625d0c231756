"""tools.formula_width against widths measured in Chromium; the browser tests check where lines break."""

import pytest

from tools.formula_width import formula_width

MEASURED = {
    "x": 0.73,
    r"C^\top": 1.73,
    r"C^{\mathsf T}": 1.73,
    "H, W": 3.03,
    "K_e = D_l (k-1) + 1": 10.55,
    r"\langle Cx, y\rangle = \langle x, C^\top y\rangle": 10.21,
    r"(8-3) \bmod 3 = 2": 9.9,
    r"p_L, p_R": 3.14,
    "a &lt; b": 3.2,
}


@pytest.mark.parametrize(("tex", "width"), MEASURED.items())
def test_width_of_a_formula(tex, width):
    assert formula_width(tex) == pytest.approx(width, abs=0.9)
