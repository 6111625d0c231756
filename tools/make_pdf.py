"""One PDF of the book, printed page by page by Chromium: contents, page numbers, bookmarks and links.

Chromium prints each page of the site separately. Links to other pages, which are then addresses on this
machine, become links to places in the PDF. To find these places, each page is printed with an invisible link
to each of its anchors that other pages link to, so that Chromium records their positions.
"""

import argparse
import collections
import io
import re
import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import yaml
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, FloatObject, NameObject, NullObject, TextStringObject

from conv_course.checker import site as published
from tools import build_book, system
from tools.environment import ROOT, explained

TARGET = ROOT / "_build" / "convolution-layer.pdf"
TITLE = "The convolution layer"
PRINT = {
    "format": "A4",
    "margin": {"top": "18mm", "bottom": "20mm", "left": "18mm", "right": "18mm"},
    "scale": 0.8,
    "print_background": True,
    "tagged": True,
    "outline": True,
}
STYLE = """<style>
@page { size: A4 } body { font: 13pt/1.5 "DejaVu Sans", Arial, sans-serif; margin: 0; color: black }
h1 { font-size: 34pt; margin: 3em 0 0.2em } h2 { margin: 2.5em 0 0; break-after: avoid }
.part { font-weight: bold; margin-top: 1em; break-after: avoid }
a { display: flex; color: black; text-decoration: none }
a span:nth-child(2) { flex: 1; border-bottom: 1px dotted #666; margin: 0 .4em .3em }
.sheet { height: 296mm; position: relative; page-break-after: always }
.sheet span { position: absolute; bottom: 9mm; width: 100%; text-align: center; font-size: 9pt }
</style>"""
# Opens everything that a click would open; print.css shows the contents of all tabs.
PREPARE = """async (anchors) => {
  document.querySelectorAll("img[loading=lazy]").forEach((one) => { one.loading = "eager"; });
  document.querySelectorAll("details:not(.conv-numbers)").forEach((one) => { one.open = true; });
  const links = anchors.filter((id) => document.getElementById(id)).map((id) => {
    const link = document.createElement("a");
    link.href = "#" + encodeURIComponent(id);
    link.textContent = ".";
    link.style.cssText = "position: absolute; top: 0; left: 0; width: 1px; height: 1px; overflow: hidden";
    return link;
  });
  document.querySelector("article").prepend(...links);
  await document.fonts.ready;
  await window.MathJax?.startup?.promise;
}"""
DRAWN = """() => document.querySelectorAll(".conv-figure:not([data-mounted])").length === 0
  && [...document.images].every((one) => one.complete)"""


@dataclass
class Chapter:
    stem: str
    part: str  # the part of the book that it opens, or ""
    title: str
    reader: PdfReader
    first: int = 0  # the index of its first page in the PDF


def order():
    """Return (stem, the part that it opens or "") of the book's pages, in the order of the contents."""
    toc = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8"))
    pages = [(toc["root"], "")]
    for part in toc["parts"]:
        for position, chapter in enumerate(part["chapters"]):
            pages.append((chapter["file"], part["caption"] if position == 0 else ""))
    return pages


def named_places(site, stems):
    """Return {stem: anchors of that page that other pages link to}."""
    named = collections.defaultdict(set)
    for stem in stems:
        text = (site / f"{stem}.html").read_text(encoding="utf-8")
        for target, anchor in re.findall(r'href="([\w-]+)\.html#([^"]+)"', text):
            named[target].add(unquote(anchor))
    return named


def print_chapter(page, path, anchors):
    """Return (title, PDF) of one page of the site, printed by Chromium after its formulas are set."""
    page.goto(path.as_uri(), wait_until="load")
    page.evaluate(PREPARE, sorted(anchors))
    page.wait_for_load_state("networkidle")
    page.wait_for_function(DRAWN, polling=50)  # poll by time: a page may get no animation frames
    title = page.inner_text("article h1").replace("#", "").strip()
    return title, PdfReader(io.BytesIO(page.pdf(**PRINT)))


def front(page, site, home, chapters, first):
    """Return the title page and the contents, for chapters that begin after `first` pages."""
    lines = [f"<h1>{TITLE}</h1><p>forward and backward, derived, drawn and run</p>"]
    lines.append(f'<p><a href="{home}">{home}</a></p>' if home else "")
    lines.append("<h2>Contents</h2>")
    number = first + 1
    for chapter in chapters:
        if chapter.part:
            lines.append(f'<div class="part">{escape(chapter.part)}</div>')
        address = (site / f"{chapter.stem}.html").as_uri()
        lines.append(
            f'<a href="{address}"><span>{escape(chapter.title)}</span><span></span><span>{number}</span></a>'
        )
        number += len(chapter.reader.pages)
    page.set_content(STYLE + "".join(lines))
    return PdfReader(io.BytesIO(page.pdf(**PRINT)))


def numbers(page, count):
    """Return `count` empty pages with page numbers at the bottom."""
    sheets = "".join(f'<div class="sheet"><span>{n}</span></div>' for n in range(1, count + 1))
    page.set_content(STYLE + sheets)
    return PdfReader(io.BytesIO(page.pdf(format="A4"))).pages


class Links:
    """Turns each link of the printed pages into one within the PDF, or to the published site."""

    def __init__(self, writer, site, home, chapters):
        self.writer, self.site, self.home = writer, site.as_uri() + "/", home
        self.chapters = {chapter.stem: chapter for chapter in chapters}

    def place(self, stem, anchor):
        """Return the destination of an anchor in a chapter, or of the chapter's beginning."""
        chapter = self.chapters[stem]
        known = chapter.reader.named_destinations
        found = known.get("/" + anchor) or known.get("/" + quote(anchor))
        page, top = chapter.first, NullObject()
        if found is not None:
            page += chapter.reader.get_destination_page_number(found)
            top = FloatObject(found.top)
        sheet = self.writer.pages[page].indirect_reference
        return ArrayObject([sheet, NameObject("/XYZ"), NullObject(), top, NullObject()])

    def mend(self, sheet, stem):
        """Correct the links on one page of the chapter `stem`."""
        kept = ArrayObject()
        for reference in sheet.get("/Annots", []):
            link = reference.get_object()
            left, bottom, right, top = map(float, link["/Rect"])
            if max(right - left, top - bottom) < 2:  # an invisible link, made only to find a place
                continue
            if "/Dest" in link:
                anchor = str(link["/Dest"]).removeprefix("/")
                link[NameObject("/Dest")] = self.place(stem, unquote(anchor))
            address = str(link.get("/A", {}).get("/URI", ""))
            if not address.startswith(self.site) or self.within(link, address.removeprefix(self.site)):
                kept.append(reference)
        if "/Annots" in sheet:
            sheet[NameObject("/Annots")] = kept

    def within(self, link, address):
        """Point a link of the site to its place in the PDF or online. Return False if it has neither."""
        parts = urlsplit(address)
        stem = parts.path.removesuffix(".html")
        if stem in self.chapters:
            del link["/A"]
            link[NameObject("/Dest")] = self.place(stem, unquote(parts.fragment))
        elif self.home:
            link["/A"][NameObject("/URI")] = TextStringObject(self.home + address)
        else:
            return False
        return True


def add_bookmarks(writer, chapters):
    """Add bookmarks: parts, their chapters, and the sections that Chromium found."""
    part = None
    for chapter in chapters:
        if chapter.part:
            part = writer.add_outline_item(chapter.part, chapter.first)
        mark = writer.add_outline_item(chapter.title, chapter.first, parent=part, is_open=False)
        sections = next((one for one in chapter.reader.outline if isinstance(one, list)), [])
        for section in sections:
            if not isinstance(section, list):
                number = chapter.first + chapter.reader.get_destination_page_number(section)
                writer.add_outline_item(section.title, number, parent=mark)


def make(target=TARGET, say=print, site=build_book.SITE):
    """Print the built book into `target`. Return the number of pages."""
    home = published.address()
    named = named_places(site, [stem for stem, _ in order()])
    chapters = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system.find("chromium"), args=["--no-sandbox"])
        page = browser.new_page(color_scheme="light", reduced_motion="reduce")
        for stem, part in order():
            title, reader = print_chapter(page, site / f"{stem}.html", named[stem])
            say(f"  {stem}: {len(reader.pages)} pages")
            chapters.append(Chapter(stem, part, title, reader))
        begin = front(page, site, home, chapters, 0)
        begin = front(page, site, home, chapters, len(begin.pages))
        total = len(begin.pages) + sum(len(chapter.reader.pages) for chapter in chapters)
        stamps = numbers(page, total)
        browser.close()
    writer = PdfWriter()
    owners = [""] * len(begin.pages)
    for sheet in begin.pages:
        writer.add_page(sheet)
    for chapter in chapters:
        chapter.first = len(writer.pages)
        owners += [chapter.stem] * len(chapter.reader.pages)
        for sheet in chapter.reader.pages:
            writer.add_page(sheet)
    links = Links(writer, site, home, chapters)
    for sheet, stem, stamp in zip(writer.pages, owners, stamps, strict=True):
        links.mend(sheet, stem)
        sheet.merge_page(stamp)
        sheet.compress_content_streams()
    add_bookmarks(writer, chapters)
    writer.add_metadata({"/Title": TITLE, "/Author": "The convolution layer course"})
    writer.root_object[NameObject("/Lang")] = TextStringObject("en")
    writer.compress_identical_objects()
    target.parent.mkdir(parents=True, exist_ok=True)
    writer.write(str(target))
    return total


@explained("pdf")
def main():
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="course.py pdf", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--output", type=Path, default=TARGET)
    target = parser.parse_args().output
    if system.find("chromium") is None:
        sys.exit(f"pdf: Chromium prints the book: {system.how_to_get('chromium')}")
    if not build_book.build():
        sys.exit(1)
    print(f"pdf: {target} ({make(target)} pages)")


if __name__ == "__main__":
    sys.exit(main())
