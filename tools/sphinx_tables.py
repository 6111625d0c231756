"""Sphinx extension: a table that cannot fit a phone becomes cards there, and long names in tables may break.

Where the longest words of a table's columns do not fit side by side, each of its cells gets the name of its
column, which the style sheet shows on a phone, where each row is a card. A table of mere marks stays one.
A table of many columns gets their widths from what they hold: room for the longest word or formula of each,
and the rest where the long texts are.
A name in code may break behind a dot or a low line, and before a capital letter.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from tools.formula_width import formula_width

PHONE, EDGES, LETTER, EM = 358, 16, 7.1, 12.2  # pixels: a phone, a column's edges, a letter, a formula's unit
DESK, MANY = 748, 6  # pixels of a page's column, and columns of a table that fills it
MARK = 8  # letters of a cell that is only a mark
NAME = 12  # letters of a name that need not break
BREAKS = re.compile(r"(?<=[._])(?=\w)|(?<=[a-z])(?=[A-Z])|(?<=\dD)(?=[A-Z])")


def rows_of(table):
    return [list(row.findall(nodes.entry, descend=True)) for row in table.findall(nodes.row)]


def pieces(entry):
    """The widths of the words and formulas of a cell, in pixels, about."""
    formulas = [formula_width(one.astext()) * EM for one in entry.findall(nodes.math)]
    texts = (one for one in entry.findall(nodes.Text) if not isinstance(one.parent, nodes.math))
    return formulas + [len(word) * LETTER for one in texts for word in one.split()]


def longest(entry):
    return max(pieces(entry), default=0)


def widths(rows):
    """The width of each column in percent: its longest piece fits, and long cells get most of the rest."""
    columns = list(zip(*rows, strict=True))
    least = [max(map(longest, column)) + EDGES for column in columns]
    long = [max(sum(pieces(entry)) for entry in column) for column in columns]
    left = max(DESK - sum(least), 0)
    wide = [one + left * share / sum(long) for one, share in zip(least, long, strict=True)]
    return [round(100 * one / sum(wide)) for one in wide]


def set_widths(table, rows):
    table["classes"] = [name for name in table["classes"] if name != "colwidths-auto"] + ["colwidths-given"]
    for column, wide in zip(table.findall(nodes.colspec), widths(rows), strict=True):
        column["colwidth"] = wide


def wants_cards(rows):
    """Whether the columns' longest words are too wide together, and some cells say more than a mark."""
    heads, *body = rows
    if len(heads) < 3 or any(len(row) != len(heads) for row in body):
        return False
    wide = sum(max(longest(row[column]) for row in rows) + EDGES for column in range(len(heads)))
    return wide > PHONE and any(len(entry.astext()) > MARK for row in body for entry in row[1:])


def name_cells(heads, row, first=1):
    """Put the name of its column before what each cell holds, from the `first` on: others name the row."""
    for head, entry in list(zip(heads, row, strict=True))[first:]:
        if entry.astext() and entry.children and isinstance(entry[0], nodes.paragraph) and head.children:
            named = nodes.inline(
                "", "", *(child.deepcopy() for child in head[0].children), classes=["course-cell"]
            )
            entry[0].insert(0, named)


def let_break(literal):
    parts = BREAKS.split(literal.astext())
    if len(literal.astext()) <= NAME or len(parts) == 1:
        return
    made = [nodes.Text(parts[0])]
    for part in parts[1:]:
        made += [nodes.raw("", "<wbr>", format="html"), nodes.Text(part)]
    literal.children = []
    literal.extend(made)


class Tables(SphinxPostTransform):
    default_priority = 510
    formats = ("html",)

    def run(self, **kwargs):
        for table in self.document.findall(nodes.table):
            for literal in table.findall(nodes.literal):
                let_break(literal)
            rows = rows_of(table)
            if not next(table.findall(nodes.thead), None):
                continue
            own = "symbol-index" in table.parent.get("ids", [])  # has cards of its own
            if wants_cards(rows):
                table["classes"] += [] if own else ["course-cards"]
                if len(rows[0]) >= MANY:
                    set_widths(table, rows)
                for row in rows[1:]:
                    name_cells(rows[0], row, first=3 if own else 1)


def setup(app):
    app.add_post_transform(Tables)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
