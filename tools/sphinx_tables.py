"""Sphinx extension: a table that cannot fit a phone becomes cards there, and long names in tables may break.

Where the longest words of a table's columns do not fit side by side, each of its cells gets the name of its
column, which the style sheet shows on a phone, where each row is a card. A table of mere marks stays one.
A name in code may break behind a dot or a low line, and before a capital letter.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from tools.formula_width import formula_width

PHONE, EDGES, LETTER, EM = 358, 16, 7.1, 12.2  # pixels: a phone, a column's edges, a letter, a formula's unit
MARK = 8  # letters of a cell that is only a mark
NAME = 12  # letters of a name that need not break
BREAKS = re.compile(r"(?<=[._])(?=\w)|(?<=[a-z])(?=[A-Z])|(?<=\dD)(?=[A-Z])")


def rows_of(table):
    return [list(row.findall(nodes.entry, descend=True)) for row in table.findall(nodes.row)]


def longest(entry):
    """The width of the longest word or formula of a cell, in pixels, about."""
    formulas = [formula_width(one.astext()) * EM for one in entry.findall(nodes.math)]
    texts = (one for one in entry.findall(nodes.Text) if not isinstance(one.parent, nodes.math))
    words = [len(word) * LETTER for one in texts for word in one.split()]
    return max(formulas + words, default=0)


def wants_cards(rows):
    """Whether the columns' longest words are too wide together, and some cells say more than a mark."""
    heads, *body = rows
    if len(heads) < 3 or any(len(row) != len(heads) for row in body):
        return False
    wide = sum(max(longest(row[column]) for row in rows) + EDGES for column in range(len(heads)))
    return wide > PHONE and any(len(entry.astext()) > MARK for row in body for entry in row[1:])


def name_cells(heads, row):
    """Put the name of its column before what each cell holds, but for the first, which names the row."""
    for head, entry in list(zip(heads, row, strict=True))[1:]:
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
            if "symbol-index" in table.parent.get("ids", []):  # has cards of its own
                continue
            if next(table.findall(nodes.thead), None) and wants_cards(rows):
                table["classes"].append("course-cards")
                for row in rows[1:]:
                    name_cells(rows[0], row)


def setup(app):
    app.add_post_transform(Tables)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
