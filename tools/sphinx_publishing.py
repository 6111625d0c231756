"""Sphinx extension: what a published site needs beside its pages.

A `sitemap.xml`, and a `404.html` in the book's own layout.
"""

from pathlib import Path
from xml.sax.saxutils import escape

NOT_FOUND = """<h1>There is no such page</h1>
<p>It may have moved. The <a href="00_welcome.html">first page</a> has a map of all chapters, and the
<a href="search.html">search</a> finds every term and symbol.</p>"""


def add_not_found(app):
    """An extra page in the book's own layout."""
    yield "404", {"title": "Page not found", "body": NOT_FOUND}, "page.html"


def finish(app, error):
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    write_sitemap(app, out)


def write_sitemap(app, out):
    base = app.config.html_baseurl.rstrip("/")
    pages = sorted(app.env.found_docs)
    entries = "".join(f"  <url><loc>{escape(f'{base}/{name}.html')}</loc></url>\n" for name in pages)
    (out / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
        encoding="utf-8",
    )


def setup(app):
    app.connect("html-collect-pages", add_not_found)
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
