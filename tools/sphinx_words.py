"""Sphinx extension: in a book of another language, translate what is written by scripts and by Sphinx."""

import hashlib
from pathlib import Path

from sphinx import addnodes

from conv_course.words import say
from conv_course.words_script import script


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
    app.connect("config-inited", settle, priority=900)  # after pages_in, which sets the language
    app.connect("doctree-read", name_parts, priority=300)  # between the contents' making and Sphinx's reading
    app.connect("builder-inited", write_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
