"""Sphinx extension: a size, a tuple, an array, a short equation and short code do not break over two lines.

Spaces within "3 × 3", "3 x 3", "N × F × H′", "(2, −1, 3)", "[[1, 7], [7, 2]]", "N = 1", "(F = D)", "S − 1",
"⌊f / G⌋", "1/8 + 1/9 = 0.236", "97 %", "stride 2" and "Fig. 6" become no-break spaces when a page is written,
so sources and translations have ordinary ones. The apostrophe of H' and W' becomes a prime. The hyphen of
"-log(p)" becomes a minus, which stays with its function. Formulas and long code stay as they are, and so do
titles but for arrays of numbers. In tables only short pieces are kept: columns need every other break. Code
of a few letters and names such as UTF-8 get the class course-together.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

NUMBER = r"[−-]?\d[\d.]*"
ARRAY = re.compile(rf"(?:\b[A-Za-z]\w{{0,3}} = )?[\[(]+{NUMBER}(?:[\])]*,[ \n][\[(]*(?:{NUMBER}|…))+[\])]+")
NAME = r"[\w′'’.·½]+"
ENTRY = r"[\w′'’.+−…]{1,5}"
TERM = r"[\w′'’./⌊⌋]{1,6}"
SIZE = rf"{NAME}(?: × {NAME})+|\b\d+(?: x \d+)+\b"
WHOLE = re.compile(
    SIZE + rf"|⌊[^⌋]+⌋|\((?:{TERM} [=+−·/] )+{TERM}\)"
    rf"|(?<![\w/.(]){TERM}(?: [+−·] {TERM})+(?: = {NUMBER})?(?![\w/])"
    rf"|\({ENTRY}(?:, {ENTRY})+\)"
    r"|\b[A-Za-z]{1,2}[′'’]? = −?\d[\d.]*"
    r"|\b[A-Za-z]{1,2}[′'’]? [−+] \d\b"
    r"|\d[ \n](?:%|[kMGT]B\b|ms\b|µs\b|px\b|GHz\b)"
    r"|\b(?:Figs?\.|[Ee]quations?|[Cc]hapters?|[Qq]uestions?|[Ss]tride|[Rr]ows?|[Cc]olumns?)[ \n]\d+"
)
MINUS = re.compile(r"(?<![\w)\]’'-])-(?=[a-z]+\()")
PRIME = re.compile(r"(?<=\b[HW])['’](?![a-z])")
NAMED = re.compile(r"\b([A-Z]{2,4}-\d+)\b")
SHORT = 20  # letters of code that stay on one line
LONGEST = 28  # letters; a phone's line has some forty
CELL = 14  # letters in a cell of a table
CODE = (nodes.literal, nodes.math, nodes.FixedTextElement, nodes.raw)
NARROW = (nodes.title, nodes.table)


def together(text, *, longest=LONGEST, narrow=False):
    """Return the text with no-break spaces in arrays and, unless `narrow`, what has up to `longest` letters.

    >>> together("a 7 × 5 kernel and N = 1")
    'a 7\\xa0×\\xa05 kernel and N\\xa0=\\xa01'
    >>> together("7 × 5 times [3, 1]", narrow=True)
    '7 × 5 times [3,\\xa01]'
    """
    text = ARRAY.sub(lambda found: _unbroken(found[0], LONGEST), text)
    if not narrow:
        text = WHOLE.sub(lambda found: _unbroken(found[0], longest), text)
    return MINUS.sub("−", text)


def _unbroken(piece, longest):
    return re.sub("[ \n]", "\u00a0", piece) if len(piece) <= longest else piece


def _within(node, kinds):
    while node is not None and not isinstance(node, kinds):
        node = node.parent
    return node is not None


def _piece(text, named):
    return nodes.inline("", text, classes=["course-together"]) if named else nodes.Text(text)


class Together(SphinxPostTransform):
    default_priority = 505  # before the tables, which measure what stays together
    formats = ("html",)

    def run(self, **kwargs):
        for text in list(self.document.findall(nodes.Text)):
            longest = CELL if _within(text, nodes.table) else LONGEST
            kept = PRIME.sub("′", together(text, longest=longest, narrow=_within(text, nodes.title)))
            if _within(text, CODE):
                continue
            parts = [kept] if _within(text, NARROW) else NAMED.split(kept)
            if kept != text or len(parts) > 1:
                text.parent.replace(text, [_piece(part, n % 2) for n, part in enumerate(parts) if part])
        for literal in self.document.findall(nodes.literal):
            if len(literal.astext()) <= SHORT and not _within(literal, NARROW):
                literal["classes"].append("course-together")


def setup(app):
    app.add_post_transform(Together)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
