"""Sphinx extension: the search and the index find the symbols of the page `symbols`.

The search splits text into words of letters and digits, so H' would be lost. It compares index entries as a
whole, so each symbol in the first column of that page's table becomes an index entry.
"""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

PAGE = "symbols"


def symbols(text):
    r"""Return the symbols in a cell: two for "D (also C)" and for "H', W'"; "mod" for "\bmod"."""
    text = re.sub(r"\\b?(?=mod)", "", text).replace("(also", ",").replace(")", "")
    return [part.strip() for part in text.split(",") if part.strip() and "\\" not in part]


class IndexSymbols(SphinxTransform):
    default_priority = 500

    def apply(self, **kwargs):
        if self.env.docname != PAGE:
            return
        for number, row in enumerate(self.document.findall(nodes.row)):
            if isinstance(row.parent, nodes.thead):
                continue
            anchor = f"symbol-{number}"
            names = symbols(row[0].astext())
            if names:
                entries = [("single", name, anchor, "main", None) for name in names]
                row["ids"].append(anchor)  # the search shows the text of the element with this id
                row[0][0].insert(0, addnodes.index(entries=entries))


def setup(app):
    app.add_transform(IndexSymbols)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
