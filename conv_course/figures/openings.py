"""The small drawing at the head of each chapter: SVG as text, whose colours the page's style sheet gives.

As in `thumbnails`, shapes carry the class of their role. A drawing has no text but a name where two parts
look alike, so that it can be as narrow as a phone, and a sentence for those who do not see it.
"""

from math import cos, pi, sin

from conv_course.figures.thumbnails import _cell as cell
from conv_course.figures.thumbnails import _grid as grid
from conv_course.figures.thumbnails import _line as line
from conv_course.words import say

WIDE, HIGH = 480, 104


def row(left, top, side, count, role, on=()):
    return [cell(left + side * i, top, side, role, i in on) for i in range(count)]


def block(top, left, rows=3, columns=3):
    """The places of a window: rows x columns from (top, left)."""
    return {(top + i, left + j) for i in range(rows) for j in range(columns)}


def star(x, y, outer=9, inner=3.6):
    """The sign of the correlation, round (x, y)."""
    turns = [(outer if n % 2 == 0 else inner, pi * n / 5) for n in range(10)]
    corners = "L".join(f"{x + r * sin(turn):.1f} {y - r * cos(turn):.1f}" for r, turn in turns)
    return f'<path class="sign on" d="M{corners}Z"/>'


def equals(x, y):
    return f'<path class="sign" d="M{x - 8} {y - 4}H{x + 8}M{x - 8} {y + 4}H{x + 8}"/>'


def times(x, y):
    return f'<circle class="sign on" cx="{x}" cy="{y}" r="3"/>'


def edges():
    bright = {(i, j) for i in range(7) for j in range(4, 7)}
    y = grid(334, 17, 14, 5, 5, "y", {(i, j) for i in range(5) for j in (2, 3)})
    w = grid(218, 22, 20, 3, 3, "w", block(0, 2, 3, 1))
    return [*grid(76, 3, 14, 7, 7, "x", bright), star(196, 52), *w, equals(306, 52), *y]


def window():
    wires = [line(183 + 26 * k, 60, 209, 74, "w") for k in range(3)]
    signal = row(92, 2, 26, 11, "x", {3, 4, 5})
    return [*signal, *row(170, 32, 26, 3, "w", {0, 1, 2}), *wires, *row(118, 74, 26, 9, "y", {3})]


def graph():
    tops = [3, 38, 73]  # of a pair: a tap and a sample, each with its line to their product
    pairs = [(top + down, role) for top in tops for down, role in ((0, "w"), (16, "x"))]
    wires = [line(104, top + 7, 230, (top - 3) // 35 * 35 + 16.5, role) for top, role in pairs]
    wires += [line(254, top + 13.5, 360, 51.5, "sign") for top in tops]
    inputs = [cell(90, top, 14, role, True) for top, role in pairs]
    products = [cell(230, top + 1.5, 24, "sign") for top in tops]
    return [*wires, *inputs, *products, cell(360, 36.5, 30, "y", True)]


def copies(apart=1, count=3, side=24):
    """Copies of a kernel of three, `apart` places from each other, and the row of their sums."""
    whole = apart * (count - 1) + 3
    left = (WIDE - side * whole) / 2
    rows = [
        part
        for n in range(count)
        for part in row(left + side * apart * n, 1 + n * side, side, 3, "w", {0, 1, 2})
    ]
    rule = line(left, side * count + 4, left + side * whole, side * count + 4, "sign")
    return [*rows, rule, *row(left, side * count + 7, side, whole, "dx", {whole // 2})]


def wider_copies():
    return copies(2, 4, 19)


def slopes():
    curve = '<path class="sign" d="M90 96Q260 92 400 8"/>'
    ends = [cell(150, 82, 12, "sign", True), cell(342, 34, 12, "sign", True), cell(252, 66, 12, "dx", True)]
    return [curve, line(156, 88, 348, 40, "dx"), *ends]


def image():
    wires = [line(174, y, 330, 45, "w") for y in (33, 75)]
    return [*grid(90, 5, 14, 7, 9, "x", block(2, 3)), *wires, *grid(302, 10, 14, 5, 7, "y", {(2, 3)})]


def channels():
    planes = [p for d in (2, 1, 0) for p in grid(70 + 18 * d, 4 + 10 * d, 12, 6, 8, "x", block(1, 3))]
    maps = [p for f in (2, 1, 0) for p in grid(310 + 18 * f, 16 + 10 * f, 12, 4, 6, "y", {(1, 3)})]
    return [*planes, line(172, 44, 352, 34, "w"), line(172, 62, 352, 46, "w"), *maps]


def scatter():
    wires = [line(148, 45, 290, y, "w") for y in (19, 61)]
    return [*grid(106, 24, 14, 4, 6, "dout", {(1, 2)}), *wires, *grid(262, 5, 14, 6, 8, "dx", block(1, 2))]


def columns():
    taken = grid(270, 3, 11, 9, 12, "x", block(0, 4, 9, 1))
    wires = [line(140, 24, 314, 3, "w"), line(140, 66, 314, 102, "w")]
    return [*grid(70, 10, 14, 6, 8, "x", block(1, 2)), *wires, *taken]


def tiles():
    filters = grid(80, 22, 10, 6, 10, "w", block(3, 0, 3, 10))
    taken = grid(206, 2, 10, 10, 8, "x", block(0, 4, 10, 4))
    y = grid(326, 22, 10, 6, 8, "y", block(3, 4, 3, 4))
    return [*filters, times(193, 52), *taken, equals(306, 52), *y]


def memory():
    byrow = "M36 22H120L36 50H120L36 78H120"  # through the middles of the cells
    bycolumn = "M276 22V78L304 22V78L332 22V78L360 22V78"
    paths = [f'<path class="sign" d="{path}"/>' for path in (byrow, bycolumn)]
    names = [f'<text x="{left}" y="56">{name}</text>' for left, name in ((148, "Python"), (388, "MATLAB"))]
    return [*grid(22, 8, 28, 3, 4, "x"), *grid(262, 8, 28, 3, 4, "x"), *paths, *names]


def dilated():
    taps = {(i, j) for i in (1, 3, 5) for j in (2, 4, 6)}
    image = grid(90, 5, 14, 7, 9, "x")
    kernel = [cell(90 + 14 * j, 5 + 14 * i, 14, "w", True) for i, j in sorted(taps)]
    return [*image, *kernel, line(153, 54, 355, 54, "w"), *grid(320, 33, 14, 3, 5, "y", {(1, 2)})]


def spread():
    small = grid(78, 19, 22, 3, 4, "x", {(1, 1)})
    wires = [line(122, 41, 308, 31, "w"), line(122, 63, 308, 73, "w")]
    return [*small, *wires, *grid(280, 3, 14, 7, 9, "y", block(2, 2))]


def pool():
    most = {(0, 1), (1, 2), (0, 5), (1, 6), (3, 0), (2, 3), (2, 4), (3, 7), (5, 1), (4, 3), (5, 5), (4, 6)}
    wires = [line(218, 4, 300, 28, "y"), line(218, 100, 300, 76, "y")]
    return [*grid(90, 4, 16, 6, 8, "x", most), *wires, *grid(300, 28, 16, 3, 4, "y", block(0, 0, 3, 4))]


def network():
    digit = {(1, 3), (1, 4), (2, 2), (3, 4), (2, 5), (4, 3), (5, 2), (6, 2), (6, 3), (6, 4), (6, 5)}
    maps = [p for f in (2, 1, 0) for p in grid(170 + 14 * f, 14 + 12 * f, 12, 4, 4, "y", {(f, 1), (2, f)})]
    small = [p for f in (3, 2, 1, 0) for p in grid(276 + 12 * f, 18 + 12 * f, 12, 2, 2, "y", {(f % 2, 1)})]
    scores = [cell(392, 2 + 10 * i, 10, "y", i == 2) for i in range(10)]
    return [*grid(56, 4, 12, 8, 8, "x", digit), *maps, *small, *scores]


def verdicts():
    alive = {(i, j) for i in range(3) for j in range(9 - 3 * i)}  # a sign, not data: each test leaves fewer
    return grid(108, 8, 22, 4, 12, "dw", alive)


# chapter: (its drawing, what it shows)
OPENINGS = {
    "01": (edges, "A picture, a kernel of nine numbers, and the output, in which an edge stands out."),
    "02": (window, "A kernel of three taps under a signal; its window makes one output."),
    "03": (graph, "Three taps and three samples are joined to three products, and these to one output."),
    "04": (copies, "Three copies of a kernel, each a place further right, and their sums."),
    "05": (slopes, "A curve, and a straight line through two of its points on both sides of a third."),
    "06": (wider_copies, "Four copies of a kernel, each two places further right, and their sums."),
    "07": (image, "A window of three by three pixels in an image, joined to one pixel of the output."),
    "08": (channels, "A window through three channels, joined to one pixel of three feature maps."),
    "09": (scatter, "One pixel of an output's gradient, joined to nine pixels of an image's."),
    "10": (columns, "A window of an image, joined to one column of a matrix."),
    "11": (tiles, "A tile of a matrix product needs rows of one matrix and columns of the other."),
    "12": (memory, "Two equal grids, walked through row by row in Python, column by column in MATLAB."),
    "13": (dilated, "Nine taps with gaps between them, joined to one pixel of a small output."),
    "14": (spread, "One pixel of a small image, joined to a window of three by three in a larger one."),
    "15": (pool, "An image with one pixel marked in each block of four, joined to a smaller output."),
    "16": (network, "A digit, feature maps that grow smaller, and ten scores, one of them marked."),
    "17": (verdicts, "A matrix of tests and wrong layers; no layer survives the last test."),
}


def opening(chapter):
    """The drawing of a chapter, "02", as an SVG element; "" if it has none."""
    if chapter not in OPENINGS:
        return ""
    draw, words = OPENINGS[chapter]
    size = f'viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}"'
    told = f'role="img" aria-label="{say(words)}"'
    return f'<svg class="course-thumb course-opening" {size} {told}>{"".join(draw())}</svg>'
