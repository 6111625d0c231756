"""Sphinx extension: the docstrings of conv_lib and of the checker as a page, by autodoc and napoleon.

Docstrings write code as `code`, as Markdown does, and stars and bars as they are. reStructuredText reads
those as a title, emphasis and a substitution; here they become code and plain characters.
"""

import re

CODE = re.compile(r"(?<![`\w:])`([^`\n]+)`(?![`_])")
MARKUP = re.compile(r"[*|](?=\S)")


def as_text(line):
    """A line of a docstring as reStructuredText.

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
    """Whether it is a field of a named tuple that says no more than its number."""
    return (getattr(obj, "__doc__", None) or "").startswith("Alias for field number")


def skip(app, what, name, obj, skipped, options):
    return True if is_bare_field(obj) else None


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.napoleon")
    app.connect("autodoc-process-docstring", rewrite, priority=1)  # before napoleon
    app.connect("autodoc-skip-member", skip)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
