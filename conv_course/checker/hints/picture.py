"""A small picture of a window: the numbers of an array, each with its factor below it.

It does not rely on colour: a used entry has its factor written out, and a frame in HTML.
"""

from dataclasses import dataclass
from html import escape

import numpy as np

from conv_course.words import say

from ..computes.quantities import some
from ..computes.sentences import place
from ..described import number_text

WIDEST, TALLEST, PLANES = 12, 9, 2
UNUSED = "·"


@dataclass(frozen=True)
class Grid:
    """A plane of an array. `numbers` and `factors` are rows of text. An unused number has the factor ""."""

    title: str
    numbers: tuple
    factors: tuple


@dataclass(frozen=True)
class Picture:
    grids: tuple

    def text(self):
        return "\n".join(line for grid in self.grids for line in _text_of(grid))

    def html(self):
        return "".join(map(_html_of, self.grids))


def picture(both):
    """Return the `Picture` of both sums, or None if it would not be small."""
    name = _main(both)
    if name is None:
        return None
    shape, numbers = both.shapes[name], np.asarray(both.numbers[name])
    used = [_factors(terms, name, both.shapes) for terms in (both.yours, both.asked)]
    if any(u is None for u in used):
        return None
    planes = list(dict.fromkeys(_plane(k, shape) for u in used for k in u))
    rows = _rows({k for u in used for k in u}, shape)
    if not planes or shape[-1] > WIDEST or rows.stop - rows.start > TALLEST:
        return None
    grids = []
    for plane in planes[:PLANES]:
        where = f"{name}[{', '.join(map(str, plane))}]" if plane else name
        if len(shape) > 1 and rows.stop - rows.start < shape[-2]:
            where += f", rows {rows.start} to {rows.stop - 1}"
        words = f"in your {both.label}", f"for {both.label} as asked"
        for who, factors, terms in zip(words, used, (both.yours, both.asked), strict=True):
            if terms is not None:
                title = f"{where}, and below each number what it is multiplied by {who}"
                grids.append(_grid(title, numbers[plane], plane, factors, shape, rows))
    return Picture(tuple(grids))


def _main(both):
    """Return the name of the largest array in the products."""
    names = {name for terms in (both.yours or {}, both.asked) for product in terms for name, _ in product}
    names = [n for n in names if both.shapes[n] and len(both.shapes[n]) in (1, 2, 4)]
    return max(sorted(names), key=lambda n: int(np.prod(both.shapes[n])), default=None)


def _factors(terms, name, shapes):
    """Return {place in the array: its factor as text}, or None if a product has the array twice."""
    found = {}
    for product, c in (terms or {}).items():
        mine = [k for n, k in product if n == name]
        if len(mine) > 1:
            return None
        others = "*".join(place(n, k, shapes[n]) for n, k in product if n != name)
        size = some(abs(c))
        text = others if others and size == "1" else f"{size}*{others}" if others else size
        for k in mine:
            found[k] = f"{found[k]}+{text}" if k in found else ("-" if c < 0 else "") + text
    return found


def _plane(k, shape):
    return tuple(int(a) for a in np.unravel_index(k, shape)[:-2]) if len(shape) > 2 else ()


def _rows(used, shape):
    """Return the rows of a plane to show: the used ones, and one more at each end."""
    if len(shape) == 1 or not used:
        return slice(0, 1)
    rows = [np.unravel_index(k, shape)[-2] for k in used]
    return slice(max(int(min(rows)) - 1, 0), min(int(max(rows)) + 2, shape[-2]))


def _grid(title, numbers, plane, factors, shape, rows):
    numbers = np.atleast_2d(numbers)
    texts = np.full(numbers.shape, "", object)
    for k, text in factors.items():
        if _plane(k, shape) == plane:
            texts[np.unravel_index(k, shape)[-2:] if len(shape) > 1 else (0, int(k))] = text
    shown = tuple(tuple(number_text(v, 4) for v in row) for row in numbers[rows].tolist())
    return Grid(title, shown, tuple(map(tuple, texts[rows])))


def _text_of(grid):
    """Return the lines of a grid: each row of numbers, followed by the row of their factors."""
    width = max(len(t) for row in (*grid.numbers, *grid.factors) for t in row) + 2
    lines = [f"{say(grid.title)}:"]
    for numbers, factors in zip(grid.numbers, grid.factors, strict=True):
        lines.append("".join(f"{n:>{width}}" for n in numbers))
        lines.append("".join(f"{f or UNUSED:>{width}}" for f in factors))
    return lines


CELL = "padding:.15em .5em;text-align:center;border:"


def _html_of(grid):
    rows = ""
    for numbers, factors in zip(grid.numbers, grid.factors, strict=True):
        cells = ""
        for n, f in zip(numbers, factors, strict=True):
            border = "2px solid currentColor" if f else "1px dotted currentColor"
            below = f"<br><small>{escape(f)}</small>" if f else ""
            cells += f'<td style="{CELL}{border}">{escape(n)}{below}</td>'
        rows += f"<tr>{cells}</tr>"
    caption = f'<caption style="text-align:left;caption-side:top">{escape(say(grid.title))}</caption>'
    style = "border-collapse:collapse;margin:.4em 0;font-family:monospace;width:auto"
    return f'<div style="overflow-x:auto"><table style="{style}">{caption}<tbody>{rows}</tbody></table></div>'
