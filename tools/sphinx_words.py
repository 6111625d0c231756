"""Sphinx extension: in a book of another language, translate what is written by scripts and by Sphinx."""

import hashlib
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.i18n import Locale

from conv_course.words import say
from conv_course.words_script import script


class PlaceCells(SphinxTransform):
    """Say where a cell of a table inside a directive comes from: MyST does not, and Sphinx then skips it."""

    default_priority = Locale.default_priority - 1

    def apply(self, **kwargs):
        for cell in self.document.findall(nodes.paragraph):
            if isinstance(cell.parent, nodes.entry) and cell.rawsource and not cell.source:
                cell.source, cell.line = self.document["source"], cell.line or 1


def write_script(app):
    """Put the table of translations into the site and load it before the figures; nothing in English."""
    text = script(app.config.language) if app.builder.format == "html" else ""
    if not text:
        return
    name = f"words-{hashlib.sha256(text.encode()).hexdigest()[:8]}.js"
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    for old in static.glob("words-*.js"):
        old.unlink()
    (static / name).write_text(text, encoding="utf-8")
    app.add_js_file(name, defer="defer", priority=100)


def settle(app, config):
    config.math_eqref_format = say("equation {number}", config.language)
    config.html_title = say(config.html_title, config.language)


def name_parts(app, doctree):
    """Translate the titles of the book's parts, which are in no page's text."""
    for tree in doctree.findall(addnodes.toctree):
        tree["caption"] = say(tree["caption"], app.config.language)


def setup(app):
    app.add_transform(PlaceCells)
    app.connect("config-inited", settle, priority=900)  # after pages_in, which sets the language
    app.connect("doctree-read", name_parts, priority=300)  # between the contents' making and Sphinx's reading
    app.connect("builder-inited", write_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
