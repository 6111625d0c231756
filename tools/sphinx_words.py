"""Sphinx extension: in a book of another language, translate what scripts and moving figures show."""

import hashlib
from pathlib import Path

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


def setup(app):
    app.connect("builder-inited", write_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
