"""A book of one page, built in this process by the extensions that a test is about."""

import io

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils


def one_page(top, text, extensions, **settings):
    """Write `text` as a page in the folder `top` and build it. Return the HTML file and the warnings."""
    (top / "index.md").write_text(text, encoding="utf-8")
    html = top / "html"
    values = {"extensions": ["myst_parser", *extensions], "source_suffix": {".md": "markdown"}, **settings}
    said = io.StringIO()
    # without the namespace, the next build of this process warns of these nodes
    with patch_docutils(str(top)), docutils_namespace():
        Sphinx(top, None, html, top / "trees", "html", values, status=None, warning=said).build()
    return html / "index.html", said.getvalue()
