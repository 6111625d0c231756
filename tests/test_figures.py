"""The matplotlib figures: their parts are in the right places, and nothing covers anything else."""

import io

import numpy as np
import pytest

pytest.importorskip("matplotlib")

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyBboxPatch, PathPatch

from conv_course import figures
from conv_course.figures.layering import columns_of, rows_of
from conv_course.figures.palette import COLORS, number, tint
from conv_lib.graph import Graph, conv1d_graph, fully_connected_graph, variable


def layer(width=5, taps=3, *, shared=True):
    """Return the graph of a convolution (if not shared, of a fully connected layer) with a bias."""
    x = np.arange(1.0, width + 1)
    if shared:
        return conv1d_graph(x, np.arange(float(taps)), 0.5)
    outputs = width - taps + 1
    return fully_connected_graph(x, np.ones((outputs, width)), np.zeros(outputs))


def texts(figure):
    return [text.get_text() for ax in figure.axes for text in ax.texts]


def drawn_extents(figure, artists):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return [artist.get_window_extent(canvas.get_renderer()) for artist in artists]


def overlaps(extents):
    pairs = [(a, b) for i, a in enumerate(extents) for b in extents[:i]]
    return [
        (a, b)
        for a, b in pairs
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 0.5 and min(a.y1, b.y1) - max(a.y0, b.y0) > 0.5
    ]


GRAPHS = {
    "one window": (lambda: Graph([layer()["y0"]]), {}),
    "whole layer": (layer, {}),
    "values only": (layer, {"show": "value"}),
    "names only": (layer, {"show": "names"}),
    "folded": (layer, {"fold": True, "gap": 1.6}),
    "folded, wider": (lambda: layer(7, 2), {"fold": True, "gap": 1.8}),
    "fully connected": (lambda: layer(shared=False), {"fold": True, "gap": 1.6}),
}


@pytest.mark.parametrize("case", GRAPHS)
def test_no_label_of_a_graph_covers_another(case):
    make, options = GRAPHS[case]
    figure = figures.draw_graph(make(), **options)
    labels = [text for text in figure.axes[0].texts if text.get_text()]
    assert len(labels) > 5
    assert not overlaps(drawn_extents(figure, labels))


@pytest.mark.parametrize("case", GRAPHS)
def test_everything_drawn_lies_on_the_card(case):
    make, options = GRAPHS[case]
    figure = figures.draw_graph(make(), title="A graph with a title", **options)
    card = figure.bbox
    for extent in drawn_extents(figure, [*figure.axes[0].texts, *figure.axes[0].patches]):
        assert extent.x0 >= card.x0
        assert extent.y0 >= card.y0
        assert extent.x1 <= card.x1
        assert extent.y1 <= card.y1


def test_boxes_do_not_overlap():
    figure = figures.draw_graph(layer())
    boxes = [p for p in figure.axes[0].patches if isinstance(p, FancyBboxPatch) and p.get_zorder() == 3]
    assert len(boxes) == 5 + 3 + 1 + 9 + 3
    assert not overlaps(drawn_extents(figure, boxes))


def test_shared_weights_have_one_colour_each():
    figure = figures.draw_graph(layer(), fold=True)
    edges = [p for p in figure.axes[0].patches if type(p) is PathPatch]
    colours = [tuple(np.round(p.get_edgecolor()[:3], 3)) for p in edges]
    for tap in figures.TAPS:
        assert colours.count(tuple(np.round(to_rgb(tap["color"]), 3))) == 3  # one edge for each output
    assert len(edges) == 9 + 3  # nine products, three bias edges


def test_weights_of_a_fully_connected_layer_are_not_shared():
    figure = figures.draw_graph(layer(shared=False), fold=True)
    edges = [p for p in figure.axes[0].patches if type(p) is PathPatch]
    assert len(edges) == 15 + 3
    assert len({tuple(p.get_edgecolor()) for p in edges}) == 1
    assert "each arrow has a weight of its own" in texts(figure)


def test_the_name_of_a_weight_cuts_no_other_edge():
    figure = figures.draw_graph(layer(), fold=True, gap=2.6)
    ax, edges = figure.axes[0], [p for p in figure.axes[0].patches if type(p) is PathPatch]
    FigureCanvasAgg(figure).draw()
    t = np.linspace(0, 1, 200)[:, np.newaxis]
    weights = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])  # Bezier
    curves = [ax.transData.transform(weights @ p.get_path().vertices) for p in edges]
    for label in (text for text in ax.texts if text.get_bbox_patch()):
        box = label.get_window_extent()
        cut = [np.any([box.contains(*place) for place in curve]) for curve in curves]
        assert sum(cut) == 1, label.get_text()


def test_a_column_of_a_strip_has_a_frame():
    rows = [{"name": "a", "values": [1, 2, 3]}, {"name": "b", "values": [4, 5], "start": 1}]
    plain, framed = (figures.draw_strip(rows, column=column).axes[0].patches for column in (None, 1))
    (frame,) = (patch for patch in framed if patch.get_height() > 2)
    assert len(framed) == len(plain) + 1
    cells = [patch for patch in framed if patch is not frame]
    inside = [
        c
        for c in cells
        if frame.get_x() < c.get_x() and c.get_x() + c.get_width() < frame.get_x() + frame.get_width()
    ]
    assert len(inside) == 2


def test_a_box_shows_value_and_gradient():
    product = variable(-4.0, "w0") * variable(2.0, "x0")
    Graph([product]).backward([0.5])
    shown = texts(figures.draw_graph(product))
    assert {"2", "−2", "−4", "1", "−8", "0.5", "×", "$x_{0}$", "$w_{0}$"} == set(shown)


def test_a_sample_that_no_window_reads_is_shown_too():
    graph = conv1d_graph(np.array([1.0, 2, 3, 4]), np.array([1.0, 1]), stride=3, padding=(1, 0))
    assert {"$z_{0}$", "$x_{0}$", "$x_{1}$", "$x_{2}$"} <= set(texts(figures.draw_graph(graph, fold=True)))


def test_columns_are_longest_paths_and_inputs_stand_next_to_their_reader():
    y = layer(3, 3)["y0"]
    nodes = [*(leaf for p in y.parents for leaf in p.parents), *y.parents, y]
    edges = [(p, n, None) for n in nodes for p in n.parents]
    column = columns_of(nodes, edges)
    assert column[y] == 2
    assert column[y.parents[-1]] == 1  # the bias
    assert column[y.parents[0]] == 1
    assert column[y.parents[0].parents[0]] == 0


def test_rows_of_one_window_cross_nowhere():
    y = layer()["y0"]
    nodes = [*(leaf for p in y.parents for leaf in p.parents), *y.parents, y]
    edges = [(p, n, None) for n in nodes for p in n.parents]
    column = columns_of(nodes, edges)
    row = rows_of(column, edges)
    for p, c, _ in edges:
        for q, d, _ in edges:
            if (column[p], column[c]) == (column[q], column[d]):
                assert (row[p] - row[q]) * (row[c] - row[d]) >= 0


def test_sliding_writes_the_sums():
    figure = figures.draw_sliding(
        [0, 1, 2, 3, 0], [1, 0, -1], stride=2, kinds=["zero", *["data"] * 3, "zero"]
    )
    sums = ["1·0 + 0·1 + (−1)·2 =", "1·2 + 0·3 + (−1)·0 ="]
    results = ["−2", "2"]
    ends = {"": sums, "narrow": [" ".join(both) for both in zip(sums, results, strict=True)]}
    for form, drawn in {"": figure, "narrow": figure.narrow()}.items():
        shown = texts(drawn)
        assert [text for text in shown if "mathit{y}_" in text] == [
            rf"$\mathit{{y}}_{{{i}}}$ = {end}" for i, end in enumerate(ends[form])
        ]
        green = [patch for patch in drawn.axes[0].patches if _has_role(patch, "y")]
        inside = [text.get_text() for text in drawn.axes[0].texts if any(_holds(one, text) for one in green)]
        assert inside == results


def _has_role(patch, role):
    return np.allclose(patch.get_edgecolor()[:3], to_rgb(COLORS[role]), atol=0.01)


def _holds(patch, text):
    middle = patch.get_x() + patch.get_width() / 2, patch.get_y() + patch.get_height() / 2
    return np.allclose(middle, text.get_position())


def test_sliding_hatches_what_no_window_reads():
    figure = figures.draw_sliding([1, 2, 3, 4], [1, 1], stride=3)
    hatched = [patch for patch in figure.axes[0].patches if patch.get_hatch()]
    assert len(hatched) == 2  # samples 2 and 3: the second window would need a sample 4
    with pytest.raises(ValueError, match=r"reaches over 5 samples but the signal has 4"):
        figures.draw_sliding([1, 2, 3, 4], [1, 1, 1], dilation=2)


@pytest.mark.parametrize("form", ["wide", "narrow"])
def test_places_are_numbered(form):
    sliding = figures.draw_sliding([40, 90, 70, 50], [20, 30])
    rows = [{"name": "a", "values": [70, 80]}, {"name": "b", "values": [70, 80, 90], "start": 1}]
    strip = figures.draw_strip(rows, places=True)
    for figure, count in ((sliding, 4), (strip, 3)):
        ax = (figure if form == "wide" else figure.narrow()).axes[0]
        low, high = sorted(ax.get_ylim())
        numbers = [text for text in ax.texts if text.get_text() in list("0123456789")]
        assert [text.get_text() for text in numbers] == list("0123456789"[:count])
        assert all(low < text.get_position()[1] < high for text in numbers)
    assert not [text for text in figures.draw_strip(rows).axes[0].texts if text.get_text() == "1"]


def test_matrix_puts_each_tap_in_its_place():
    taps = [[0, 1, -1], [-1, 0, 1]]
    shown = texts(figures.draw_matrix(taps, left=("y", ["a", "b"]), right=("x", ["p", "q", "r"])))
    assert shown.count("$w_0$") == 2
    assert shown.count("$w_1$") == 2
    assert shown.count("0") == 2
    assert {"a", "b", "p", "q", "r"} <= set(shown)


def test_memory_order_runs_the_right_index_fastest():
    c = texts(figures.draw_memory((2, 3), "HW", "C", colour_by="H"))
    f = texts(figures.draw_memory((2, 3), "HW", "F", colour_by="H"))
    assert "".join(t for t in c if t.isdigit()) == "000111" + "012012"
    assert "".join(t for t in f if t.isdigit()) == "121212" + "112233"  # MATLAB counts from one


def test_grid_shows_every_number():
    left, right = {"values": np.arange(6).reshape(2, 3), "name": "x"}, {"values": [[9]], "name": "y"}
    shown = texts(figures.draw_grid([left, "=", right]))
    assert [t for t in shown if t.isdigit()] == list("0123459")


def test_strip_marks_rows():
    row = {"name": "dout", "values": [1, 0, 2], "kinds": ["data", "zero", "crop"], "note": "a note"}
    assert {"dout", "a note", "1", "0", "2"} <= set(texts(figures.draw_strip([row])))
    with pytest.raises(ValueError, match="zip"):
        figures.draw_strip([{"name": "x", "values": [1, 2], "kinds": ["data"]}])


def test_errors_plot_is_logarithmic_and_named():
    guides, marks = [("h²", [1e-6, 1e-4], 0)], [(1e-2, "here")]
    figure = figures.plot_errors([1e-3, 1e-2], {"float64": [1e-9, 1e-7]}, guides=guides, marks=marks)
    (ax,) = figure.axes
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert ax.xaxis_inverted()  # as in the interactive figure
    (legend,) = figure.legends  # beside the axes, where it hides no point
    assert [t.get_text() for t in legend.get_texts()] == ["float64"]


def test_svg_is_the_same_each_time():
    def svg():
        with figures.style():
            file = io.BytesIO()
            figures.draw_graph(layer(), fold=True).savefig(file, format="svg", metadata={"Date": None})
        return file.getvalue()

    assert svg() == svg()


def test_style_is_a_context_and_text_is_large_enough():
    before = matplotlib.rcParams["font.size"]
    with figures.style():
        assert matplotlib.rcParams["figure.facecolor"] == "white"
    assert matplotlib.rcParams["font.size"] == before
    drawn = [
        figures.draw_graph(layer(), fold=True),
        figures.draw_sliding([1, 2, 3], [1, 1]),
        figures.draw_memory((2, 2), "HW", "C", colour_by="W"),
    ]
    assert min(text.get_fontsize() for figure in drawn for ax in figure.axes for text in ax.texts) >= 10


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "0"), (-0.0001, "0"), (-1.5, "−1.5"), (100.0, "100"), (1 / 3, "0.333")],
)
def test_number(value, text):
    assert number(value) == text


def test_tint_runs_from_white_to_the_colour():
    assert tint("#0072B2", 0) == (1, 1, 1)
    assert tint("#0072B2", 1) == pytest.approx(to_rgb("#0072B2"))
