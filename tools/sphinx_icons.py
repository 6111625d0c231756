"""Sphinx extension: draw the theme's icons from its web fonts alone.

The theme loads every icon twice: as fonts, and as a script of 1.5 MB (540 kB compressed) that holds all of
them as drawings. Without the script the fonts show the same icons, and a page is less than 800 kB. The file
stays, empty, since every page names it.
"""

from pathlib import Path


def empty_icon_script(app, problem):
    if problem is None and app.builder.format == "html":
        script = Path(app.outdir, "_static", "scripts", "fontawesome.js")
        if not script.is_file():
            raise FileNotFoundError(f"the theme has moved its icon script: {script}")
        script.write_text("// The icons come from the web fonts.\n", encoding="utf-8")


def setup(app):
    app.connect("build-finished", empty_icon_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
