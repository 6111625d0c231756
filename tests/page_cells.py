"""The code cells of a page of the book, run in order as a reader runs them."""

import contextlib
import functools
import io

from tools.cells import CELL
from tools.environment import ROOT


def source(stem):
    return (ROOT / "book" / f"{stem}.md").read_text(encoding="utf-8")


@functools.cache
def names(stem):
    """Return the names in the page's kernel after its last cell has run, and the output of its cells."""
    found, printed = {"__name__": stem}, io.StringIO()
    with contextlib.chdir(ROOT / "book"), contextlib.redirect_stdout(printed):
        for cell in CELL.findall(source(stem)):
            exec(compile(cell, f"{stem}.md", "exec"), found)
    return found | {"printed": printed.getvalue()}
