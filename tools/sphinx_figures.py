"""Sphinx extension: add the interactive figures' scripts to the site and load them.

A page gets the loader and the style sheet. The loader fetches a figure's script only if the page shows that
figure. While cells run, CONV_LIB_STATIC keeps widget state out of the pages.
"""

import os
from pathlib import Path

from tools.bundle_figures import EMBED, bundle


def write_scripts(app):
    if app.builder.format == "html":
        bundle(Path(app.outdir, "_static"))
        Path(app.outdir, "embed.html").write_text(EMBED, encoding="utf-8")


def setup(app):
    os.environ["CONV_LIB_STATIC"] = "1"
    app.connect("builder-inited", write_scripts)
    app.add_css_file("figures/figures.css")
    app.add_js_file("figures/figures.js", defer="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
