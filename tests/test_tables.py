"""Which tables become cards on a phone, and where a long name in one may break."""

import ast

import pytest
from docutils import nodes

from tools.cells import CELL
from tools.environment import ROOT
from tools.formula_width import formula_width
from tools.sphinx_tables import (
    BREAKS,
    DESK,
    EDGES,
    EM,
    draw_marks,
    heads_doubts,
    let_break,
    mark_names,
    name_cells,
    wants_cards,
    widths,
)


def row(*cells):
    return [nodes.entry("", nodes.paragraph("", "", nodes.Text(cell))) for cell in cells]


@pytest.mark.parametrize(
    ("rows", "cards"),
    [
        ([["here", "PyTorch", "Keras"], ["conv2d", "torch.nn.functional.conv2d", "layers.Conv2D"]], True),
        ([["array", "shape", "meaning"], ["x", "H x W", "the image with its padding"]], False),
        ([["wrong layer", *["elements"] * 6], ["not flipped", *["caught"] * 6]], False),  # mere marks
        ([["option", "meaning"], ["--per-learner-and-exercise-and-so-on", "a very long explanation"]], False),
    ],
)
def test_a_table_too_wide_for_a_phone_becomes_cards(rows, cards):
    assert wants_cards([row(*cells) for cells in rows]) == cards


def test_a_call_is_not_broken_at_its_blanks_to_make_a_table_fit():
    def code(text):
        return nodes.entry("", nodes.paragraph("", "", nodes.literal(text, text)))

    heads = row("MATLAB", "what it does", "in Python")
    rows = [heads, [code("permute(x, [2 1 3])"), *row("axes in another order"), code("x.transpose(1, 0, 2)")]]
    assert not wants_cards(rows)
    mark_names(rows)
    assert wants_cards(rows)


def test_each_cell_but_the_first_has_its_columns_name():
    heads, cells = row("here", "Keras", "JAX"), row("stride", "strides", "")
    name_cells(heads, cells)
    assert [cell.astext() for cell in cells] == ["stride", "Keras" + "strides", ""]
    assert [list(cell.findall(nodes.inline)) != [] for cell in cells] == [False, True, False]


def test_a_list_has_its_columns_name_above_it_and_what_is_doubted_too():
    beliefs = nodes.entry("", nodes.bullet_list("", nodes.list_item("", *row("db is an average")[0])))
    heads, cells = row("chapter", "learners believe that", "show"), [row("9")[0], beliefs, row("a link")[0]]
    name_cells(heads, cells)
    assert [cell.astext().split("\n\n")[0] for cell in cells] == ["9", "learners believe that", "showa link"]
    assert beliefs["classes"] == ["course-below"]
    heads, cells = row("as stated", "right", "the same"), row("dw = x", "dw = y", "yes")
    assert heads_doubts(heads)
    assert not heads_doubts(row("here", "right"))
    name_cells(heads, cells, first=0)
    assert cells[0].astext() == "as stateddw = x"
    assert cells[0]["classes"] == ["course-below"]
    assert cells[1]["classes"] == []


def test_a_table_of_yes_and_no_shows_dots_and_says_words():
    rows = [row("layer", "mean", "each"), row("reversed", "-", "yes"), row("doubled", "yes", "yes")]
    table = nodes.table()
    draw_marks(table, rows)
    assert table["classes"] == ["course-marks"]
    marks = [entry for cells in rows[1:] for entry in cells[1:]]
    assert [entry.astext() for entry in marks] == ["-", "yes", "yes", "yes"]
    full = ["course-mark-yes" in entry[0][0]["classes"] for entry in marks]
    assert full == [False, True, True, True]


def test_a_table_with_other_words_keeps_them():
    rows = [row("bias", "PyTorch", "JAX"), row("here", "yes", "none"), row("there", "yes", "-")]
    table = nodes.table()
    draw_marks(table, rows)
    assert table["classes"] == []
    assert not list(rows[1][1].findall(nodes.inline))


def test_a_column_has_room_for_its_longest_piece_and_a_long_text_for_the_most():
    formula = nodes.entry("", nodes.paragraph("", "", nodes.math("", r"(W + p_L + p_R - K_e) \bmod S")))
    rows = [row("symbol", "meaning", "other"), [*row("a"), formula, *row("see the index of an entry " * 9)]]
    symbol, meaning, other = widths(rows)
    assert symbol + meaning + other == pytest.approx(1000, abs=2)
    assert meaning / 1000 * DESK >= formula_width(formula.astext()) * EM + EDGES
    assert symbol < meaning < other


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("torch.nn.functional.conv2d", ["torch.", "nn.", "functional.", "conv2d"]),
        ("groupedConvolution2dLayer", ["grouped", "Convolution2d", "Layer"]),
        ("conv_transpose2d", ["conv_", "transpose2d"]),
        ("Conv2DTranspose", ["Conv2D", "Transpose"]),
    ],
)
def test_a_long_name_breaks_at_its_joints_and_reads_the_same(name, parts):
    assert BREAKS.split(name) == parts
    literal = nodes.literal(name, name)
    let_break(literal)
    texts = [child for child in literal.children if isinstance(child, nodes.Text)]
    assert "".join(texts) == name
    assert len(literal.children) == 2 * len(parts) - 1


SHOWN = {"shown", "Markdown", "HTML", "draw_arrays"}


@pytest.mark.parametrize("page", sorted((ROOT / "book").glob("*.md")), ids=lambda page: page.stem)
def test_what_a_cell_makes_to_be_shown_is_its_last_line(page):
    """A notebook shows only the value of a cell's last line: a table made before it would be on no page."""
    for cell in CELL.findall(page.read_text(encoding="utf-8")):
        for line in ast.parse(cell).body[:-1]:
            called = (
                line.value.func if isinstance(line, ast.Expr) and isinstance(line.value, ast.Call) else None
            )
            assert getattr(called, "attr", getattr(called, "id", "")) not in SHOWN
