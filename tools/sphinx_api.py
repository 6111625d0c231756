"""Sphinx extension: the docstrings of conv_lib and of the checker as a page, by autodoc and napoleon.

Docstrings use Markdown's `code` and unescaped stars and bars. reStructuredText would read these as a title,
emphasis and a substitution, so this extension converts them to code and plain characters.
"""

import re

CODE = re.compile(r"(?<![`\w:])`([^`\n]+)`(?![`_])")
MARKUP = re.compile(r"[*|](?=\S)")


def as_text(line):
    """Convert a line of a docstring to reStructuredText.

    >>> as_text("`f` takes *arrays and gives |a - b|")
    '``f`` takes \\\\*arrays and gives \\\\|a - b|'
    """
    if line.lstrip().startswith((">>>", "...")):
        return line
    pieces = re.split(r"(``[^`]+``)", CODE.sub(r"``\1``", line))
    pieces[::2] = [MARKUP.sub(r"\\\g<0>", piece) for piece in pieces[::2]]
    return "".join(pieces)


def rewrite(app, what, name, obj, options, lines):
    lines[:] = map(as_text, lines)


def is_bare_field(obj):
    """Return whether it is a field of a named tuple with only the default docstring."""
    return (getattr(obj, "__doc__", None) or "").startswith("Alias for field number")


def skip(app, what, name, obj, skipped, options):
    return True if is_bare_field(obj) else None


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.napoleon")
    app.connect("autodoc-process-docstring", rewrite, priority=1)  # before napoleon
    app.connect("autodoc-skip-member", skip)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
