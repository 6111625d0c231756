"""Small drawings for the cards of the home page: SVG as text, whose colours the page's style sheet gives.

Shapes carry the class of their role (x, w, y); home.css fills them, so a drawing follows the page's theme.
"""

WIDE, HIGH = 240, 104


def _cell(x, y, side, role, on=False):
    return (
        f'<rect class="{role}{" on" if on else ""}" x="{x}" y="{y}" width="{side}" height="{side}" rx="2"/>'
    )


def _line(x1, y1, x2, y2, role):
    return f'<path class="{role}" d="M{x1} {y1}L{x2} {y2}"/>'


def _grid(left, top, side, rows, columns, role, on=()):
    places = [(i, j) for i in range(rows) for j in range(columns)]
    return [_cell(left + side * j, top + side * i, side, role, (i, j) in on) for i, j in places]


def sliding():
    """A kernel of three on a signal of seven, and the output that it makes."""
    side, at = 24, 2
    signal = [_cell(36 + side * i, 4, side, "x", at <= i < at + 3) for i in range(7)]
    kernel = [_cell(36 + side * (at + k), 34, side, "w", True) for k in range(3)]
    wires = [_line(48 + side * (at + k), 58, 48 + side * (at + 1), 76, "w") for k in range(3)]
    return [*signal, *kernel, *wires, *(_cell(60 + side * i, 76, side, "y", i == at) for i in range(5))]


def layer():
    """Three channels under one window, a filter, and two feature maps."""
    window = {(i, j) for i in range(1, 4) for j in range(2, 5)}
    block = {(i, j) for i in range(3) for j in range(3)}
    planes = [part for d in (2, 1, 0) for part in _grid(10 + 14 * d, 4 + 10 * d, 12, 6, 6, "x", window)]
    maps = [part for f in (1, 0) for part in _grid(150 + 16 * f, 22 + 12 * f, 12, 4, 4, "y", {(1, 2)})]
    filters = _grid(119, 27, 8, 3, 3, "w", block)
    return [*planes, _line(70, 34, 180, 40, "w"), _line(70, 52, 180, 40, "w"), *filters, *maps]


def apart():
    """The nine taps of a dilated kernel, and what they make."""
    taps = {(i, j) for i in (1, 3, 5) for j in (1, 3, 5)}
    image = _grid(24, 4, 13.5, 7, 7, "x", ())
    kernel = [_cell(24 + 13.5 * j, 4 + 13.5 * i, 13.5, "w", True) for i, j in sorted(taps)]
    return [
        *image,
        *kernel,
        *(_line(98, y, 178, 51, "w") for y in (24, 78)),
        *_grid(158, 31, 13.5, 3, 3, "y", {(1, 1)}),
    ]


DRAWINGS = {"sliding": sliding, "layer": layer, "apart": apart}


def thumbnail(name):
    """The drawing as an SVG element; it repeats what its card says, so screen readers pass it by."""
    parts = "".join(DRAWINGS[name]())
    return f'<svg class="course-thumb" viewBox="0 0 {WIDE} {HIGH}" aria-hidden="true">{parts}</svg>'
