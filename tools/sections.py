"""Write `sections.json`, which gives the checker the titles of the book's chapters and sections."""

import json
import re

from tools.lite.plain_markdown import Book

CHAPTER = re.compile(r"(?!00)\d\d_\w+")


def text(root):
    """Return the text that the file should have."""
    book = Book(root / "book")
    chapters = {
        stem: {"title": plain(title), "sections": {}}
        for stem, title in book.titles.items()
        if CHAPTER.fullmatch(stem)
    }
    for label, (stem, title) in book.labels.items():
        if title and stem in chapters:
            chapters[stem]["sections"][label] = plain(title)
    return json.dumps(chapters, indent=1, ensure_ascii=False) + "\n"


def plain(title):
    return title.replace("`", "")


def settle(root, check):
    """Bring the file up to date. With `check`, return a line per fault instead."""
    path = root / "conv_course" / "checker" / "sections.json"
    newest = text(root)
    if path.is_file() and path.read_text(encoding="utf-8") == newest:
        return []
    if check:
        return [f"{path.relative_to(root)} is not what the chapters give"]
    path.write_text(newest, encoding="utf-8", newline="\n")
    return []
