"""Sphinx extension: a short array of numbers in the text, such as (2, −1, 5), stays in one line."""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

LONGEST = 26  # letters; a phone's line has about 40
NAME, NUMBER = r"(?:\b[A-Za-z]\w{0,3} = )?", r"[−-]?\d[\d.]*"
ARRAY = re.compile(rf"{NAME}[\[(]+{NUMBER}(?:[\])]*,[ \n][\[(]*(?:{NUMBER}|…))+[\])]+")
CODE = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)


def together(text):
    """Put no-break spaces into the arrays of a text."""

    def kept(found):
        return re.sub("[ \n]", "\u00a0", found[0]) if len(found[0]) <= LONGEST else found[0]

    return ARRAY.sub(kept, text)


class Arrays(SphinxPostTransform):
    default_priority = 500
    formats = ("html",)

    def run(self, **kwargs):
        for text in list(self.document.findall(nodes.Text)):
            if not isinstance(text.parent, CODE) and together(text) != text:
                text.parent.replace(text, nodes.Text(together(text)))


def setup(app):
    app.add_post_transform(Arrays)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
