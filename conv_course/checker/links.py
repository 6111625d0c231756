"""Find the title and address of a section of the book by its label.

tools/sections.py writes `sections.json` from the chapters, so that the package includes the titles.
"""

import json
import os
import re
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path

from . import site

SERVED = Path(__file__).resolve().parents[2] / "_build" / "served_at"  # an address, while the book is served


@cache
def chapters():
    """Return, for each chapter's stem, its title and {label: title} of its sections."""
    return json.loads((files(__package__) / "sections.json").read_text(encoding="utf-8"))


def page_of(label):
    """Return the stem of the chapter that contains a label.

    >>> page_of("06-leftover")
    '06_stride_and_padding'
    """
    return next(stem for stem in chapters() if stem[:2] == label[:2])


def title(label):
    """Return a section's title, with its chapter.

    >>> title("06-leftover")
    'Leftover samples (chapter 6)'
    """
    stem = page_of(label)
    return f"{chapters()[stem]['sections'][label]} (chapter {int(stem[:2])})"


def anchor(label):
    """Return the HTML id that Sphinx makes from a label: an id cannot begin with a digit.

    >>> anchor("06-leftover")
    'leftover'
    """
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"^[-0-9]+|-+$", "", label.lower()))


def book_address():
    """Return the book's address: next to JupyterLite if the notebook runs there, else the address at which
    `course.py serve` serves it on this machine, else the published one, or "".
    """
    if "CONV_BOOK_URL" in os.environ:
        return os.environ["CONV_BOOK_URL"].rstrip("/") + "/"
    if sys.platform == "emscripten":
        from js import location

        return re.sub(r"/lite/.*$", "/", str(location.href))
    try:
        return SERVED.read_text(encoding="utf-8").strip()
    except OSError:
        return site.address()


def link(label):
    """Return the address of a section, or None if the book has no address."""
    book = book_address()
    return f"{book}{page_of(label)}.html#{anchor(label)}" if book else None
