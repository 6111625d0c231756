"""Draw a scalar computation graph of `conv_lib.graph` in layers, left to right."""

import re
from collections import Counter

from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from conv_course.figures.forms import WIDE as PHONE
from conv_course.figures.forms import two_forms
from conv_course.figures.layering import columns_of, rows_of
from conv_course.figures.palette import COLORS, TAPS, canvas, number, style, tint

# All lengths in inches, sizes in points.
ROW, BOX, GAP, MARGIN = 0.56, 0.40, 0.95, 0.12
SIZE = 10.5
_SIGNS = {"multiply": "×", "add": "+"}


def draw_graph(outputs, *, show="both", fold=False, gap=GAP, row=ROW, title=None):
    """Draw the graph that ends in `outputs`, inputs on the left.

    A box holds a node's name (or the sign of its operation), and to its right the value above the gradient. A
    weight that several operations read is shared: its box and its edges have the same colour and dash.

    Parameters
    ----------
    outputs : Graph, Node or sequence of Node
        From `conv_lib.graph`.
    show : {"names", "value", "both"}
        What to show: names only, values, or values and gradients.
    fold : bool
        Draw "weight times input" as one edge from the input, labelled with the weight's name. The shared
        weights' own boxes are then in a row below.
    gap, row : float
        Inches between columns, and between the centres of rows.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    return draw_graphs([(title, outputs)], show=show, fold=fold, gap=gap, row=row)


@two_forms
def draw_graphs(titled, *, show="both", fold=False, gap=GAP, row=ROW, narrow=False):
    """Draw several graphs side by side, on a phone one below another.

    `titled` is a sequence of (title, outputs); see `draw_graph`.
    """
    with style():
        drawings = [_Drawing(outputs, show, fold, gap, row, title, narrow) for title, outputs in titled]
        apart = 0.3 if narrow else 0.45
        widths, heights = [d.width for d in drawings], [d.height for d in drawings]
        if narrow:
            figure, ax = canvas(max(widths), sum(heights) + apart * (len(drawings) - 1))
        else:
            figure, ax = canvas(sum(widths) + apart * (len(drawings) - 1), max(heights))
        left = top = 0.0
        for drawing in drawings:
            drawing.paint(ax, left, top)
            if narrow:
                top += drawing.height + apart
            else:
                left += drawing.width + apart
    return figure


# along an edge, where its label may stand, the best first
PLACES = (0.3, 0.24, 0.36, 0.42, 0.48, 0.18, 0.54, 0.6, 0.66, 0.72, 0.78, 0.14)


class _Drawing:
    """One graph with the positions of all its parts."""

    def __init__(self, outputs, show, fold, gap, row, title, narrow=False):
        outputs, extra = _outputs_and_extra(outputs)
        self.show, self.title = show, title
        self.nodes, self.edges, self.weights = (_fold if fold else _unfold)([*outputs, *extra])
        self.looks = _shared_looks(self.edges)
        self.shared = [w for w in self.weights if w in self.looks]
        self.note = "each arrow has a weight of its own" if self.weights and not self.shared else ""
        self.widths = {node: self._head(node) + self._cells(node) for node in [*self.nodes, *self.weights]}
        column = columns_of(self.nodes, self.edges)
        rows = rows_of(column, self.edges)
        members_of = [[n for n in column if column[n] == c] for c in range(max(column.values()) + 1)]
        if narrow:
            boxes = sum(max(self.widths[n] for n in members) for members in members_of)
            gap = min(gap, (PHONE - boxes - 2 * MARGIN) / max(len(members_of) - 1, 1))
        centre, left = {}, MARGIN
        for c, members in enumerate(members_of):
            wide = max(self.widths[n] for n in members)
            self.widths.update(dict.fromkeys(members, wide))
            centre[c] = left + wide / 2
            left += wide + gap
        low, high = min(rows.values()), max(rows.values())
        top = MARGIN + BOX / 2 + (0.32 if title else 0) + (0.24 if self.note else 0)
        self.place = {n: (centre[column[n]], top + (rows[n] - low) * row) for n in self.nodes}
        graph_bottom = top + (high - low) * row + BOX / 2 + MARGIN
        legend = sum(self.widths[w] + 0.25 for w in self.shared) - 0.25
        self.width = max(
            left - gap + MARGIN, legend + 2 * MARGIN, _text_width(title or "") * 1.25 + 2 * MARGIN
        )
        self.height = graph_bottom + (BOX + 0.24 if self.shared else 0)

    def paint(self, ax, dx, dy):
        self.place = {node: (x + dx, y + dy) for node, (x, y) in self.place.items()}
        if self.title:
            ax.text(dx + MARGIN, dy + 0.18, self.title, fontsize=SIZE + 1, va="center", weight="bold")
        for edge in self.edges:
            self._edge(ax, *edge)
        for node in self.nodes:
            self._box(ax, node, *self.place[node])
        if self.shared:
            self._edge_labels(ax)
        left, low = dx + MARGIN, dy + self.height - MARGIN - BOX / 2
        for weight in self.shared:
            self._box(ax, weight, left + self.widths[weight] / 2, low)
            left += self.widths[weight] + 0.25
        if self.note:
            below = dy + (0.42 if self.title else 0.1)
            ax.text(dx + MARGIN, below, self.note, va="center", fontsize=SIZE)

    def _head(self, node):
        return max(0.34, _text_width(_label(node)) + 0.16)

    def _cells(self, node):
        if self.show == "names":
            return 0.0
        texts = [number(node.value)] + ([number(node.grad)] if self.show == "both" else [])
        return max(0.36, *(_text_width(text) + 0.16 for text in texts))

    def _box(self, ax, node, x, y):
        colour = _colour(node, self.looks.get(node))
        width, head = self.widths[node], self._head(node)
        left, top = x - width / 2, y - BOX / 2

        def rounded(**look):
            return FancyBboxPatch((left, top), width, BOX, boxstyle="round,pad=0,rounding_size=0.06", **look)

        ground = ax.add_patch(rounded(fc="white", ec="none", zorder=3))
        fills = [Rectangle((left, top), head, BOX, fc=tint(colour, 0.18), ec="none", zorder=3.1)]
        middle = left + head + (width - head) / 2
        texts = [(left + head / 2, y, _label(node), SIZE + 0.5)]
        if self.show == "value":
            texts.append((middle, y, number(node.value), SIZE))
        elif self.show == "both":
            fill = tint(COLORS[_gradient_role(node)], 0.3)
            fills.append(Rectangle((left + head, y), width - head, BOX / 2, fc=fill, ec="none", zorder=3.1))
            texts.append((middle, y - BOX / 4, number(node.value), SIZE - 0.5))
            texts.append((middle, y + BOX / 4, number(node.grad), SIZE - 0.5))
        for fill in fills:
            ax.add_patch(fill)
            fill.set_clip_path(ground)
        ax.add_patch(rounded(fc="none", ec=colour, lw=1.4, zorder=3.2))
        for tx, ty, text, size in texts:
            ax.text(tx, ty, text, ha="center", va="center", fontsize=size, zorder=4)

    def _curve(self, parent, child):
        """Return the control points of an edge's Bezier curve. Ends at one box are spread along its side."""
        arriving = sorted({p for p, c, _ in self.edges if c is child}, key=lambda p: self.place[p][1])
        step = min(0.08, BOX * 0.8 / len(arriving))
        shift = (arriving.index(parent) - (len(arriving) - 1) / 2) * step
        x0, y0 = self.place[parent][0] + self.widths[parent] / 2, self.place[parent][1]
        x1, y1 = self.place[child][0] - self.widths[child] / 2, self.place[child][1] + shift
        bend = (x1 - x0) * 0.35
        return [(x0, y0), (x0 + bend, y0), (x1 - bend, y1), (x1, y1)]

    def _edge(self, ax, parent, child, weight):
        tap = self.looks.get(weight if weight is not None else parent)
        colour = tap["color"] if tap else "#8a8a8a"
        points = self._curve(parent, child)
        (x1, y1) = points[-1]
        points[-1] = (x1 - 0.05, y1)
        path = Path(points, [Path.MOVETO, *[Path.CURVE4] * 3])
        dash = tap["linestyle"] if tap else "-"
        ax.add_patch(PathPatch(path, fc="none", ec=colour, ls=dash, lw=1.7 if tap else 1.0, zorder=2))
        head = FancyArrowPatch(
            (x1 - 0.1, y1),
            (x1, y1),
            arrowstyle="-|>",
            mutation_scale=8,
            shrinkA=0,
            shrinkB=0,
            color=colour,
            lw=0,
            zorder=2.5,
        )
        ax.add_patch(head)

    def _edge_labels(self, ax):
        """Write the weight's name on its edge, where it covers no other name and the fewest other edges."""
        taken = []
        curves = [self._curve(parent, child) for parent, child, _ in self.edges]
        drawn = [[_bezier(step / 40, points) for step in range(41)] for points in curves]
        for own, (_, _, weight) in enumerate(self.edges):
            if weight is None:
                continue
            text = _math(weight.name)
            wide, tall = _text_width(text) / 2 + 0.07, 0.115

            def covered(place, own=own, wide=wide, tall=tall):
                x, y = place
                labels = sum(abs(x - a) <= wide + c and abs(y - b) <= tall + d for a, b, c, d in taken)
                others = (curve for n, curve in enumerate(drawn) if n != own)
                return labels, sum(
                    any(abs(x - a) <= wide and abs(y - b) <= tall for a, b in curve) for curve in others
                )

            x, y = min((_bezier(t, curves[own]) for t in PLACES), key=covered)
            taken.append((x, y, wide, tall))
            colour = self.looks[weight]["color"] if weight in self.looks else "#8a8a8a"
            ground = {"boxstyle": "round,pad=0.13", "fc": tint(colour, 0.18), "ec": colour, "lw": 1}
            ax.text(x, y, text, ha="center", va="center", fontsize=SIZE + 1, bbox=ground, zorder=5)


def _outputs_and_extra(graph):
    """Return the outputs, and the nodes that lead to none of them, such as samples left over by a stride."""
    if hasattr(graph, "outputs"):
        return graph.outputs, graph.nodes
    return (list(graph) if isinstance(graph, list | tuple) else [graph]), []


def _walk(outputs):
    """Return all nodes that lead to the outputs, parents first."""
    order, seen = [], set()

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for parent in node.parents:
                visit(parent)
            order.append(node)

    for node in outputs:
        visit(node)
    return order


def _unfold(outputs):
    nodes = _walk(outputs)
    return nodes, [(parent, node, None) for node in nodes for parent in node.parents], []


def _is_weight(node):
    return not node.parents and node.name.startswith("w")


def _fold(outputs):
    """Replace each product of a weight and another node by an edge that carries the weight."""
    folded, nodes, edges, weights = {}, [], [], []
    for node in _walk(outputs):
        if _is_weight(node):
            weights.append(node)
        elif _SIGNS.get(node.op) == "×" and any(map(_is_weight, node.parents)):
            weight, other = sorted(node.parents, key=_is_weight, reverse=True)
            folded[node] = (other, weight)
        else:
            nodes.append(node)
            edges += [
                (*folded[p][:1], node, folded[p][1]) if p in folded else (p, node, None) for p in node.parents
            ]
    return nodes, edges, weights


def _shared_looks(edges):
    """Return a colour and a dash for each weight that is on more than one edge."""
    uses = Counter(w for parent, _, label in edges if _is_weight(w := label if label is not None else parent))
    shared = sorted((w for w in uses if uses[w] > 1), key=lambda w: w.name)
    return {w: TAPS[i % len(TAPS)] for i, w in enumerate(shared)}


def _label(node):
    """Return a node's label: the name of an input or output, the sign of an operation."""
    if node.parents and not re.fullmatch(r"y\d*|L", node.name):
        return _SIGNS.get(node.op, node.op)
    return _math(node.name)


def _math(name):
    match = re.fullmatch(r"([A-Za-z]+)(\d[\d,]*)", name)
    return f"${match[1]}_{{{match[2]}}}$" if match else f"${name}$"


def _text_width(text):
    if not text:
        return 0.0
    return (
        TextPath((0, 0), text, size=SIZE, prop=FontProperties(family="Course Sans")).get_extents().width / 72
    )


def _colour(node, tap):
    if tap is not None:
        return tap["color"]
    role = node.name[:1]
    if node.parents and role != "y":
        return "#666666"
    return COLORS.get(role, "#444444")


def _gradient_role(node):
    """A sample's gradient is dx, a weight's or bias's dw; what is on the way from an output is dout."""
    if node.parents:
        return "dout"
    return "dw" if node.name[:1] in ("w", "b") else "dx"


def _bezier(t, points):
    parts = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    return tuple(sum(a * p for a, p in zip(parts, axis, strict=True)) for axis in zip(*points, strict=True))
