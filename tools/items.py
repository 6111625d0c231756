"""Write the book's predictions for other systems: a question bank for Moodle, a deck for Anki.

    python3 course.py items --moodle FILE.xml --anki FILE.apkg [--chapters 2-6]

The items are those of the pages, computed anew, with the reason for each wrong answer. In Moodle, import the
file into the question bank as "Moodle XML" (an ordering needs Moodle 4.4 or newer); each chapter becomes a
category. In Anki, open the deck: a later one brings its notes up to date and leaves your progress alone.
"""

import argparse
import re
import sys
from dataclasses import replace
from pathlib import Path

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from conv_course.checker.site import address
from tools import items_anki, items_moodle
from tools.environment import ROOT
from tools.lite.plain_markdown import Book, to_plain
from tools.predictions import Untrue, predictions

PAGE_LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*\.ipynb\)")
CHAPTERS = re.compile(r"(\d+)(?:-(\d+))?")
LAST = 17


def renderer(book):
    """A function that makes HTML of an item's text, formulas in the brackets that both systems know."""
    markdown = MarkdownIt("commonmark").use(dollarmath_plugin, renderer=formula)

    def html(text, inline=False):
        plain = PAGE_LINK.sub(r"\1", to_plain(text, book))
        return markdown.renderInline(plain) if inline else markdown.render(plain).strip()

    return html


def formula(content, options):
    content = content.strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return rf"\[{content}\]" if options["display_mode"] else rf"\({content}\)"


def chapters(text):
    """The numbers of "2-6" or "4".

    >>> chapters("2-4"), chapters("7")
    ([2, 3, 4], [7])
    """
    found = CHAPTERS.fullmatch(text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= first <= last <= LAST:
        raise argparse.ArgumentTypeError(f"{text!r} is no chapter or range of chapters from 1 to {LAST}")
    return list(range(first, last + 1))


def collected(wanted):
    """{title of a chapter: its predictions}."""
    book = Book(ROOT / "book")
    made = {}
    for number in wanted:
        page = next((ROOT / "book").glob(f"{number:02}_*.md"))
        title = f"{number:02} {book.titles[page.stem]}"
        found = predictions(page.read_text(encoding="utf-8"))
        made[title] = [replace(one, asked=f"{one.asked}\n\n{source(one, page.stem, title)}") for one in found]
    return made, renderer(book)


def source(one, stem, title):
    """Where the item stands: its picture, if it speaks of one, is there."""
    return f"([{title}]({address()}{stem}.html#predict-{one.name}))" if address() else f"({title})"


def main(arguments=None):
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="course.py items", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--moodle", type=Path, metavar="FILE.xml", help="write a question bank for Moodle")
    parser.add_argument("--anki", type=Path, metavar="FILE.apkg", help="write a deck for Anki")
    parser.add_argument("--chapters", type=chapters, default=chapters(f"1-{LAST}"), metavar="2-6")
    given = parser.parse_args(arguments)
    if not (given.moodle or given.anki):
        parser.error("name a file: --moodle FILE.xml, --anki FILE.apkg, or both")
    try:
        made, html = collected(given.chapters)
        for path, system in ((given.moodle, items_moodle), (given.anki, items_anki)):
            if path:
                system.write(path, made, html)
                print(f"{sum(map(len, made.values()))} items in {path}")
    except (Untrue, OSError) as error:
        print(f"course.py items: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
