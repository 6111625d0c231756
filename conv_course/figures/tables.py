"""Draw two-dimensional arrays cell by cell: grids, a convolution's matrix, the order in memory."""

import numpy as np

from conv_course.figures.forms import WIDE, two_forms
from conv_course.figures.palette import COLORS, TAPS, canvas, number, style, tint
from conv_course.figures.strips import CELL, SIZE, cell


def draw_grid(grids, *, unit=CELL):
    """Draw 2-D arrays side by side, with signs between them.

    Parameters
    ----------
    grids : sequence of dict or str
        A str is a sign between two grids ("⋆", "="). A dict has `values` (2-D), `name` and, optionally,
        `role` (a key of COLORS) and `kinds` (the cell kinds of `strips.cell`, same shape).

    Returns
    -------
    matplotlib.figure.Figure
    """
    tall = max(np.shape(g["values"])[0] for g in grids if isinstance(g, dict))
    width = sum(_sign_width(g) if isinstance(g, str) else np.shape(g["values"])[1] for g in grids) + 0.4
    width = max(width, 0.4 + sum(_sign_width(g) if isinstance(g, str) else _caption_width(g) for g in grids))
    with style():
        figure, ax = canvas(width, tall + 1.2, unit)
        left = 0.2
        for grid in grids:
            if isinstance(grid, str):
                ax.text(
                    left + _sign_width(grid) / 2,
                    0.95 + tall / 2,
                    grid,
                    ha="center",
                    va="center",
                    fontsize=SIZE + 4,
                )
                left += _sign_width(grid)
                continue
            values = np.asarray(grid["values"])
            rows, columns = values.shape
            room = max(columns, _caption_width(grid))
            at, top = left + (room - columns) / 2, 0.95 + (tall - rows) / 2
            ax.text(at + columns / 2, top - 0.4, grid["name"], ha="center", va="center", fontsize=SIZE)
            for i in range(rows):
                for j in range(columns):
                    kind = grid["kinds"][i][j] if "kinds" in grid else "data"
                    text = values[i, j] if values.dtype.kind in "UO" else number(values[i, j])
                    cell(ax, at + j, top + i, str(text), COLORS[grid.get("role", "x")], kind)
            left += room
    return figure


def _sign_width(sign):
    return 0.55 + 0.45 * len(sign)


def _caption_width(grid):
    return max(np.shape(grid["values"])[1], len(grid["name"]) * 0.2 + 0.3)


@two_forms
def draw_matrix(taps, *, names=None, left=None, right=None, unit=CELL, narrow=False):
    """Draw a matrix whose entries are taps of one filter, each tap in its own colour.

    Parameters
    ----------
    taps : 2-D integer array
        The index of the tap in each place, or -1 for none.
    names : sequence of str, optional
        The symbol of each tap; "$w_k$" by default.
    left, right : (name, texts), optional
        A column vector drawn before the matrix (the result) and one after it (the factor).

    Returns
    -------
    matplotlib.figure.Figure
    """
    taps = np.asarray(taps)
    rows, columns = taps.shape
    names = names or [f"$w_{k}$" for k in range(taps.max() + 1)]
    tall = max(rows, columns if right else 0)
    with style():
        width = columns + 0.4 + (2.6 if left else 0) + (2.5 if right else 0)
        figure, ax = canvas(width, tall + 0.5, min(unit, WIDE / width) if narrow else unit)
        at = 0.2
        if left:
            _vector(ax, at, 0.25 + (tall - rows) / 2, *left)
            ax.text(at + 2.1, 0.25 + tall / 2, "=", ha="center", va="center", fontsize=SIZE + 3)
            at += 2.6
        top = 0.25 + (tall - rows) / 2
        for i in range(rows):
            for j in range(columns):
                k = taps[i, j]
                if k < 0:
                    cell(ax, at + j, top + i, "0", COLORS["zero"], "empty")
                else:
                    cell(ax, at + j, top + i, names[k], TAPS[k % len(TAPS)]["color"])
        if right:
            ax.text(at + columns + 0.45, 0.25 + tall / 2, "·", ha="center", va="center", fontsize=SIZE + 7)
            _vector(ax, at + columns + 0.9, 0.25, *right)
    return figure


def _vector(ax, x, y, role, texts):
    for i, text in enumerate(texts):
        cell(ax, x, y + i, text, COLORS[role], "data", 1.5)


def draw_memory(shape, letters, order, *, colour_by, unit=0.34):
    """Draw the order of a small array in memory, coloured by one of its indices.

    Parameters
    ----------
    shape : tuple of int
        Length of each axis, in the order of `letters`.
    letters : str
        One letter per axis, such as "NDHW".
    order : {"C", "F"}
        Last index fastest (NumPy) or first index fastest (MATLAB).
    colour_by : str
        The letter whose index determines the colour.

    Returns
    -------
    matplotlib.figure.Figure
    """
    steps = list(np.ndindex(*shape)) if order == "C" else [t[::-1] for t in np.ndindex(*shape[::-1])]
    palette = [COLORS["x"], COLORS["w"], COLORS["y"], COLORS["dout"]]
    axis = letters.index(colour_by)
    with style():
        figure, ax = canvas(len(steps) + 2.6, len(letters) + 1.2, unit)
        for row, letter in enumerate(letters):
            ax.text(1.9, 0.7 + row, letter.lower(), ha="center", va="center", fontsize=SIZE)
            for place, index in enumerate(steps):
                fill = tint(palette[index[axis] % 4], 0.35 if row == axis else 0.14)
                ax.fill_between([2.3 + place, 3.3 + place], 0.2 + row, 1.2 + row, color=fill, lw=0)
                ax.text(
                    2.8 + place,
                    0.7 + row,
                    str(index[row] + (order == "F")),
                    ha="center",
                    va="center",
                    fontsize=10,
                )
        ax.annotate(
            "",
            (2.3 + len(steps), len(letters) + 0.6),
            (2.3, len(letters) + 0.6),
            arrowprops={"arrowstyle": "->", "color": "#444444"},
        )
        ax.text(0.1, len(letters) + 0.6, "memory", va="center", fontsize=10)
    return figure
