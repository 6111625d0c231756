"""Sphinx extension: a size, a tuple and a short equation do not break over two lines.

Spaces within "3 × 3", "N × F × H′", "(2, −1, 3)", "N = 1" and "S − 1" become no-break spaces, when a page is
written, so sources and translations have ordinary ones. Code, formulas, titles and tables stay as they are:
a table's columns need every break.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

NAME = r"[\w′'’.·½]+"
ENTRY = r"[\w′'’.+−…]{1,5}"
WHOLE = re.compile(
    rf"{NAME}(?: × {NAME})+"
    rf"|\({ENTRY}(?:, {ENTRY})+\)"
    r"|\b[A-Za-z]{1,2}[′'’]? = −?\d[\d.]*"
    r"|\b[A-Za-z]{1,2}[′'’]? [−+] \d\b"
)
LONGEST = 28  # letters; a phone's line has some forty
APART = (nodes.literal, nodes.math, nodes.FixedTextElement, nodes.raw, nodes.title, nodes.table)


def together(text):
    """Return the text with no-break spaces in sizes, tuples and short equations.

    >>> together("a 7 × 5 kernel and N = 1")
    'a 7\\xa0×\\xa05 kernel and N\\xa0=\\xa01'
    """
    return WHOLE.sub(lambda one: one[0] if len(one[0]) > LONGEST else one[0].replace(" ", "\u00a0"), text)


def is_apart(node):
    while node is not None and not isinstance(node, APART):
        node = node.parent
    return node is not None


class Together(SphinxPostTransform):
    default_priority = 520
    formats = ("html",)

    def run(self, **kwargs):
        for text in list(self.document.findall(nodes.Text)):
            kept = together(text)
            if kept != text and not is_apart(text):
                text.parent.replace(text, nodes.Text(kept))


def setup(app):
    app.add_post_transform(Together)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
