"""Sphinx extension: a size, a tuple, an array and a short equation do not break over two lines.

Spaces within "3 × 3", "N × F × H′", "(2, −1, 3)", "[[1, 7], [7, 2]]", "N = 1" and "S − 1" become no-break
spaces, when a page is written, so sources and translations have ordinary ones. Code and formulas stay as they
are, and so do titles and tables but for arrays of numbers: a table's columns need every other break.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

NUMBER = r"[−-]?\d[\d.]*"
ARRAY = re.compile(rf"(?:\b[A-Za-z]\w{{0,3}} = )?[\[(]+{NUMBER}(?:[\])]*,[ \n][\[(]*(?:{NUMBER}|…))+[\])]+")
NAME = r"[\w′'’.·½]+"
ENTRY = r"[\w′'’.+−…]{1,5}"
WHOLE = re.compile(
    rf"{NAME}(?: × {NAME})+"
    rf"|\({ENTRY}(?:, {ENTRY})+\)"
    r"|\b[A-Za-z]{1,2}[′'’]? = −?\d[\d.]*"
    r"|\b[A-Za-z]{1,2}[′'’]? [−+] \d\b"
)
LONGEST = 28  # letters; a phone's line has some forty
CODE = (nodes.literal, nodes.math, nodes.FixedTextElement, nodes.raw)
NARROW = (nodes.title, nodes.table)


def together(text, *, narrow=False):
    """Return the text with no-break spaces in arrays and, unless `narrow`, sizes, tuples and equations.

    >>> together("a 7 × 5 kernel and N = 1")
    'a 7\\xa0×\\xa05 kernel and N\\xa0=\\xa01'
    >>> together("7 × 5 times [3, 1]", narrow=True)
    '7 × 5 times [3,\\xa01]'
    """
    for pattern in (ARRAY,) if narrow else (ARRAY, WHOLE):
        text = pattern.sub(_unbroken, text)
    return text


def _unbroken(found):
    return re.sub("[ \n]", "\u00a0", found[0]) if len(found[0]) <= LONGEST else found[0]


def _within(node, kinds):
    while node is not None and not isinstance(node, kinds):
        node = node.parent
    return node is not None


class Together(SphinxPostTransform):
    default_priority = 520
    formats = ("html",)

    def run(self, **kwargs):
        for text in list(self.document.findall(nodes.Text)):
            kept = together(text, narrow=_within(text, NARROW))
            if kept != text and not _within(text, CODE):
                text.parent.replace(text, nodes.Text(kept))


def setup(app):
    app.add_post_transform(Together)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
