"""Where the book explains a thing: from a section's label to its title and address.

`sections.json` is written from the chapters by tools/sections.py, so that the titles go with the package.
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
    """For each chapter's stem its title and, by label, the titles of its sections."""
    return json.loads((files(__package__) / "sections.json").read_text(encoding="utf-8"))


def page_of(label):
    """The stem of the chapter that holds a label.

    >>> page_of("06-leftover")
    '06_stride_and_padding'
    """
    return next(stem for stem in chapters() if stem[:2] == label[:2])


def title(label):
    """A section as its chapter calls it.

    >>> title("06-leftover")
    'Leftover samples (chapter 6)'
    """
    stem = page_of(label)
    return f"{chapters()[stem]['sections'][label]} (chapter {int(stem[:2])})"


def anchor(label):
    """The HTML id that Sphinx makes of a label: an id cannot begin with a digit.

    >>> anchor("06-leftover")
    'leftover'
    """
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"^[-0-9]+|-+$", "", label.lower()))


def book_address():
    """The book's address: beside JupyterLite if the notebook runs there, else that of the book which
    `course.py serve` shows on this machine, else the published one, or "".
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
    """The address of a section, or None where the book has no address."""
    book = book_address()
    return f"{book}{page_of(label)}.html#{anchor(label)}" if book else None
