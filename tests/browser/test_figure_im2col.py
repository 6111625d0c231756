"""The im2col figure shows conv_lib's column matrix, the source of an entry, and the result of col2im."""

import re

import numpy as np
from figure_page import combinations, matrix
from numpy.testing import assert_allclose

from conv_course.widgets import im2col as figure_im2col
from conv_lib.vectorized import col2im, im2col

X = figure_im2col.X
CONTROLS = [control for control in figure_im2col.CONTROLS if control.name not in ("position", "entry")]


def flat(rows):
    return np.array([float(cell) for row in rows for cell in row])


def test_every_combination_shows_conv_lib_numbers(open_figure):
    shown = open_figure("im2col")
    states, wanted = [], []
    for layer in combinations(*CONTROLS):
        setting = {"stride": layer["stride"], "padding": layer["padding"]}
        columns = im2col(X, figure_im2col.KERNEL, **setting)
        back = col2im(columns, X.shape, figure_im2col.KERNEL, **setting)[0]
        last = columns.shape[1] - 1
        for position in sorted({0, last // 2, last}):
            for entry in (0, 4, 11):
                states.append({**layer, "position": position, "entry": entry})
                wanted.append((columns, back))
    for state, (columns, back), view in zip(states, wanted, shown.set_each(states), strict=True):
        assert_allclose(flat(view["tables"]["x"]), X.ravel())
        assert_allclose(matrix(view["tables"]["columns"]), columns)
        assert_allclose(flat(view["tables"]["back"]), back.ravel())
        value = columns[state["entry"], state["position"]]
        assert f"C[{state['entry']}, {state['position']}] = " in view["terms"]
        name = re.search(r"C\[\d+, \d+\] = (x\[[\d, ]+\]|padding) = (\d+)", view["terms"])
        assert float(name.group(2)) == value
        if name.group(1) == "padding":
            assert value == 0
            continue
        at = tuple(int(n) for n in name.group(1)[2:-1].split(","))
        assert X[at] == value
        if state["way"] == "col2im":
            assert view["terms"].endswith(f" = {back[at[1:]]:g}")
        count = columns.shape[1]
        assert f"(12, {count})" in view["line"] or f"12·{count} = {12 * count}" in view["line"]


def test_touching_an_entry_of_the_matrix_finds_its_pixel(open_figure):
    shown = open_figure("im2col")
    shown.element.locator('[data-pick="position:4,entry:6"]').last.click()
    view = shown.read()
    assert (view["state"]["position"], view["state"]["entry"]) == (4, 6)
    assert "= x[0, 1, 1, 1] = 22" in view["terms"]
