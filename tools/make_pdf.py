"""One PDF of the book, printed page by page by Chromium: contents, page numbers and bookmarks."""

import argparse
import io
import sys
from html import escape
from pathlib import Path

import yaml
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter

from tools import build_book, system
from tools.environment import ROOT

TARGET = ROOT / "_build" / "convolution-layer.pdf"
MARGIN = {"top": "18mm", "bottom": "20mm", "left": "17mm", "right": "17mm"}
STYLE = """<style>
@page { size: A4 } body { font: 11pt/1.5 "DejaVu Sans", sans-serif; margin: 0 }
h1 { font-size: 30pt; margin: 0 0 2em } .part { font-weight: bold; margin-top: 1.2em }
.entry { display: flex }
.entry span:nth-child(2) { flex: 1; border-bottom: 1px dotted #666; margin: 0 .4em .3em }
.sheet { height: 296mm; position: relative; page-break-after: always }
.sheet span { position: absolute; bottom: 9mm; width: 100%; text-align: center; font-size: 9pt }
</style>"""


def order():
    """The stems of the book's pages as the contents have them, each with the part that it opens or ""."""
    toc = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8"))
    pages = [(toc["root"], "")]
    for part in toc["parts"]:
        for position, chapter in enumerate(part["chapters"]):
            pages.append((chapter["file"], part["caption"] if position == 0 else ""))
    return pages


def print_chapter(page, path):
    """Return (title, pages) of one page of the site as Chromium prints it, formulas set."""
    page.goto(path.as_uri(), wait_until="load")
    page.evaluate("() => window.MathJax?.startup?.promise")
    page.evaluate(
        "() => document.querySelectorAll('img[loading=lazy]').forEach((one) => { one.loading = 'eager'; })"
    )
    page.wait_for_load_state("networkidle")
    title = page.inner_text("article h1").replace("#", "").strip()
    printed = page.pdf(format="A4", margin=MARGIN, print_background=True)
    return title, PdfReader(io.BytesIO(printed)).pages


def contents(page, chapters, first):
    """The pages of the contents: `chapters` are (part, title, count of pages), the first on page `first`."""
    lines, number = ["<h1>The convolution layer</h1>"], first
    for part, title, count in chapters:
        if part:
            lines.append(f'<div class="part">{escape(part)}</div>')
        lines.append(
            f'<div class="entry"><span>{escape(title)}</span><span></span><span>{number}</span></div>'
        )
        number += count
    page.set_content(STYLE + "".join(lines))
    return PdfReader(io.BytesIO(page.pdf(format="A4", margin=MARGIN))).pages


def numbers(page, count):
    """`count` empty pages with their number at the foot."""
    page.set_content(
        STYLE + "".join(f'<div class="sheet"><span>{n}</span></div>' for n in range(1, count + 1))
    )
    return PdfReader(io.BytesIO(page.pdf(format="A4"))).pages


def make(target=TARGET, say=print):
    """Print the built book into `target`; returns the number of pages."""
    chapters = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system.find("chromium"), args=["--no-sandbox"])
        page = browser.new_page(color_scheme="light", reduced_motion="reduce")
        for stem, part in order():
            title, pages = print_chapter(page, build_book.SITE / f"{stem}.html")
            say(f"  {stem}: {len(pages)} pages")
            chapters.append((part, title, pages))
        counts = [(part, title, len(pages)) for part, title, pages in chapters]
        front = contents(page, counts, first=1)
        front = contents(page, counts, first=len(front) + 1)
        total = len(front) + sum(count for _, _, count in counts)
        stamps = numbers(page, total)
        writer = PdfWriter()
        for sheet in front:
            writer.add_page(sheet)
        for _, title, pages in chapters:
            writer.add_outline_item(title, len(writer.pages)) if pages else None
            for sheet in pages:
                writer.add_page(sheet)
        for sheet, stamp in zip(writer.pages, stamps, strict=False):
            sheet.merge_page(stamp)
        browser.close()
    writer.add_metadata({"/Title": "The convolution layer"})
    target.parent.mkdir(parents=True, exist_ok=True)
    writer.write(str(target))
    return total


def main():
    parser = argparse.ArgumentParser(prog="course.py pdf", description=__doc__)
    parser.add_argument("--output", type=Path, default=TARGET)
    target = parser.parse_args().output
    if system.find("chromium") is None:
        sys.exit(f"pdf: Chromium prints the book: {system.how_to_get('chromium')}")
    if not build_book.build():
        sys.exit(1)
    print(f"pdf: {target} ({make(target)} pages)")


if __name__ == "__main__":
    main()
