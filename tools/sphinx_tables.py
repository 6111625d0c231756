"""Sphinx extension: a table that cannot fit a phone becomes cards there; long names break where they must.

Where the longest words of a table's columns do not fit side by side, each of its cells gets the name of its
column, which the style sheet shows on a phone, where each row is a card. A table of mere marks stays one, and
its "yes" and "-" become dots, full or empty.
A table of many columns gets their widths from what they hold: room for the longest word or formula of each,
and the rest where the long texts are.
Where names are too long for a table, each may break behind a dot or a low line, and before a capital letter;
otherwise a name stays whole, with its arguments.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from tools.formula_width import formula_width

PHONE, EDGES, LETTER, EM = 358, 17, 7.2, 13.4  # pixels: a phone, a column's edges, a letter, a formula's unit
DESK, MANY = 748, 6  # pixels of a page's column, and columns of a table that fills it
SPARE = 6  # pixels more for a short word, such as q1 or 14, whose letters are wider than most
MARK = 8  # letters of a cell that is only a mark
MARKS = {"yes", "-"}
NAME, WHOLE = 12, 26  # letters of a name that need not break, and of one with arguments that stays whole
CARD = 230  # pixels of a card's cell beside its name
FORMULA = 140  # pixels of a formula that surely fits there
DOUBTED = {"as stated"}  # names of a first column that a card keeps
SPACES = re.compile(r"[ \n]+")  # not those that keep what is beside them together
BREAKS = re.compile(r"(?<=[._])(?=\w)|(?<=[a-z])(?=[A-Z])|(?<=\dD)(?=[A-Z])")


def rows_of(table):
    return [list(row.findall(nodes.entry, descend=True)) for row in table.findall(nodes.row)]


def pieces(entry):
    """The widths of the words and formulas of a cell, in pixels, about."""
    formulas = [formula_width(one.astext()) * EM for one in entry.findall(nodes.math)]
    texts = (one for one in entry.findall(nodes.Text) if not isinstance(one.parent, nodes.math))
    words = [
        [one] if "course-together" in one.parent.get("classes", []) else SPACES.split(one) for one in texts
    ]
    return formulas + [len(word) * LETTER for some in words for word in some]


def longest(entry):
    return max(pieces(entry), default=0)


def least(rows):
    """The width that each column needs for its longest piece."""
    return [max(map(longest, column)) + EDGES for column in zip(*rows, strict=True)]


def widths(rows):
    """The columns' widths in thousandths: the longest piece fits, and long cells get most of the rest."""
    long = [max(sum(pieces(entry)) for entry in column) for column in zip(*rows, strict=True)]
    needed = [one + SPARE for one in least(rows)]
    left = max(DESK - sum(needed), 0)
    wide = [one + left * share / sum(long) for one, share in zip(needed, long, strict=True)]
    return [round(1000 * one / sum(wide)) for one in wide]


def set_widths(table, rows):
    table["classes"] = [name for name in table["classes"] if name != "colwidths-auto"] + ["colwidths-given"]
    for column, wide in zip(table.findall(nodes.colspec), widths(rows), strict=True):
        column["colwidth"] = wide


def wants_cards(rows):
    """Whether the columns' longest words are too wide together, and some cells say more than a mark."""
    heads, *body = rows
    if len(heads) < 3 or any(len(row) != len(heads) for row in body):
        return False
    return sum(least(rows)) > PHONE and any(len(entry.astext()) > MARK for row in body for entry in row[1:])


def name_cells(heads, row, first=1):
    """Put the name of its column before what each cell holds, from the `first` on: others name the row.

    A formula does not break: where one is wider than the place beside the name, it stands below it. So do a
    list, and what is doubted in the first column.
    """
    for head, entry in list(zip(heads, row, strict=True))[first:]:
        if not (entry.astext() and entry.children and head.children):
            continue
        words = [child.deepcopy() for child in head[0].children]
        if isinstance(entry[0], nodes.bullet_list):
            entry["classes"].append("course-below")
            entry.insert(0, nodes.paragraph("", "", *words, classes=["course-cell"]))
        elif isinstance(entry[0], nodes.paragraph):
            named = nodes.inline("", "", *words, classes=["course-cell"])
            if entry is row[0] or any(
                formula_width(one.astext()) * EM > FORMULA for one in entry.findall(nodes.math)
            ):
                entry["classes"].append("course-below")
            entry[0].insert(0, named)


def heads_doubts(heads):
    """Whether the first column holds what another text says: without its name it would read as a fact."""
    return heads[0].astext() in DOUBTED


def draw_marks(table, rows):
    """Show the marks of a table that has nothing else as dots, with their words for who hears them."""
    marks = [entry for row in rows[1:] for entry in row[1:]]
    if {entry.astext() for entry in marks} != MARKS:
        return
    table["classes"].append("course-marks")
    for entry in marks:
        kinds = ["course-mark", *(["course-mark-yes"] if entry.astext() == "yes" else [])]
        mark = nodes.inline("", entry.astext(), classes=kinds)
        entry[0].clear()
        entry[0] += mark


def literals_of(rows):
    return [one for row in rows for entry in row for one in entry.findall(nodes.literal)]


def mark_names(rows):
    """Mark the names, with their arguments, that are short enough to stay whole."""
    for one in literals_of(rows):
        if len(one.astext()) <= WHOLE:
            one["classes"].append("course-together")


def keep_names(rows, cards):
    """Keep marked names whole if there is room for all, on a desk and, as cards or as it is, on a phone."""
    literals = literals_of(rows)
    room = sum(least(rows)) <= (DESK if cards else PHONE)
    for one in literals:
        if not room and "course-together" in one["classes"]:
            one["classes"].remove("course-together")
        if not room or len(one.astext()) * LETTER > CARD:
            let_break(one)


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
            rows = rows_of(table)
            if len({len(row) for row in rows}) > 1:  # with cells that span
                continue
            own = "symbol-index" in table.parent.get("ids", [])  # has cards of its own
            draw_marks(table, rows)
            mark_names(rows)
            cards = bool(next(table.findall(nodes.thead), None)) and wants_cards(rows)
            keep_names(rows, cards)
            if cards:
                table["classes"] += [] if own else ["course-cards"]
                if own or len(rows[0]) >= MANY:
                    set_widths(table, rows)
                for row in rows[1:]:
                    name_cells(rows[0], row, first=3 if own else 0 if heads_doubts(rows[0]) else 1)


def setup(app):
    app.add_post_transform(Tables)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
