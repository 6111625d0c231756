"""The transposed figure shows conv_lib's numbers, how many stamps meet, and why."""

import numpy as np
import pytest
from figure_page import combinations, matrix, spelled_sum
from numpy.testing import assert_allclose

from conv_course.widgets import transposed
from conv_lib import sizes
from conv_lib.vectorized import conv_transpose2d

X = transposed.X
LAYER = [control for control in transposed.CONTROLS if control.name in transposed.LAYER]


def expected(kernel, **layer):
    w = transposed.WEIGHTS[:kernel, :kernel]
    try:
        y = conv_transpose2d(X[None, None], w[None, None], **layer)[0, 0]
    except ValueError:
        return None
    ones = conv_transpose2d(np.ones((1, 1, 2, 3)), np.ones((1, 1, kernel, kernel)), **layer)[0, 0]
    return y, ones


@pytest.mark.parametrize("show", ["y", "count"])
def test_every_combination_shows_conv_lib_numbers(open_figure, show):
    shown = open_figure("transposed", show=show)
    states = [{**layer, "position": at} for layer in combinations(*LAYER) for at in (0, 3, 5)]
    refused = set()
    for state, view in zip(states, shown.set_each(states), strict=True):
        found = expected(**{name: state[name] for name in transposed.LAYER})
        if found is None:
            with pytest.raises(ValueError, match=r"output_padding must be below|padding crops") as refusal:
                sizes.transposed_output_size(2, **{name: state[name] for name in transposed.LAYER})
            crops = "padding crops" in str(refusal.value)
            refused.add(crops)
            assert ("the padding crops" if crops else "must be below the stride") in view["line"]
            assert view["tables"]["y"] == [[]]
            continue
        y, ones = found
        assert_allclose(matrix(view["tables"]["y"]), y, err_msg=str(state))
        assert_allclose(matrix(view["tables"]["count"]), ones, err_msg=str(state))
        for size, out in zip(X.shape, y.shape, strict=True):
            formula = (
                f"({size} − 1)·{state['stride']} − 2·{state['padding']} + {state['kernel']} + "
                f"{state['output_padding']} = {out}"
            )
            assert formula in view["line"]
        if "cropped by the padding" in view["terms"]:
            continue
        total, said = spelled_sum(view["terms"])
        r, c = (int(n) for n in view["terms"].rsplit("y[", 1)[1].split("]")[0].split(", "))
        assert_allclose([total, said], y[r, c])
        assert view["terms"].rsplit("=", 2)[1].count("+") + 1 == ones[r, c]
    assert refused == {True, False}


def test_checkerboard_is_named_where_it_is(open_figure):
    shown = open_figure("transposed")
    assert "1 to 4 stamps meet, in a checkerboard" in shown.set(kernel=3, stride=2)["note"]
    assert "gaps of zeros" in shown.set(kernel=2, stride=3)["note"]
    assert "the same number of stamps" in shown.set(kernel=4, stride=2)["note"]


def test_touching_an_input_pixel_chooses_its_stamp(open_figure):
    shown = open_figure("transposed")
    shown.element.locator(".conv-stage .conv-cell.x").nth(4).click()
    assert shown.state()["position"] == 4
