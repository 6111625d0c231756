"""Sphinx extension: add the interactive figures' scripts to the site and load them.

Each page gets the style sheet, and a page with figures the loader, which fetches the scripts of the figures
that the page shows. While cells run, CONV_LIB_STATIC keeps widget state out of the pages.
"""

import os
from pathlib import Path

from tools.bundle_figures import EMBED, bundle


def write_scripts(app):
    if app.builder.format == "html":
        bundle(Path(app.outdir, "_static"))
        Path(app.outdir, "embed.html").write_text(EMBED, encoding="utf-8")


def add_loader(app, pagename, templatename, context, doctree):
    if "conv-figure" in context.get("body", ""):
        app.add_js_file("figures/figures.js", defer="defer")


def setup(app):
    os.environ["CONV_LIB_STATIC"] = "1"
    app.connect("builder-inited", write_scripts)
    app.add_css_file("figures/figures.css")
    app.connect("html-page-context", add_loader)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
