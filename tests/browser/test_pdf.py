"""The PDF of the book: all chapters with bookmarks, numbered pages, no empty page, working links."""

import re
import unicodedata

import pytest
from site_pages import LESSONS

from tools import make_pdf

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def reader(site, tmp_path_factory, require_tool):
    from pypdf import PdfReader

    require_tool("chromium")
    path = tmp_path_factory.mktemp("pdf") / "book.pdf"
    make_pdf.make(path, lambda line: None, site)
    assert path.stat().st_size < 30e6
    return PdfReader(path)


@pytest.fixture(scope="module")
def texts(reader):
    """The text of each page, with ligatures split into letters."""
    return [unicodedata.normalize("NFKC", sheet.extract_text()) for sheet in reader.pages]


def marks(outline, level=0):
    """Yield (level, bookmark) of the whole outline."""
    for one in outline:
        if isinstance(one, list):
            yield from marks(one, level + 1)
        else:
            yield level, one


def test_every_page_carries_its_number_and_something_else(reader, texts):
    assert len(texts) > 150
    for number, text in enumerate(texts, 1):
        assert re.search(rf"(^|\n){number}\s*$", text), (number, text[-80:])
        assert len(text) > 30 or "/XObject" in reader.pages[number - 1]["/Resources"], number


def test_every_chapter_is_in_the_contents_and_the_bookmarks(reader, texts):
    places = {one.title: reader.get_destination_page_number(one) for _, one in marks(reader.outline)}
    beginning = min(number for number, text in enumerate(texts) if "Nobody has to invent" in text)
    contents = " ".join(texts[:beginning])
    listed = 0
    for title, page in places.items():
        if re.match(r"\d+\. ", title) or title in ("Glossary", "Symbol index", "References"):
            flat = re.sub(r"\s+", "", texts[page])
            assert re.sub(r"\s+", "", title) in flat, (title, page)
            assert re.search(rf"{re.escape(title)}\s*{page + 1}\b", contents), title
            listed += 1
    assert listed == 17 + 3
    assert {level for level, _ in marks(reader.outline)} == {0, 1, 2}
    assert len(places) > 5 * len(LESSONS)


def test_links_stay_in_the_book_or_lead_to_the_published_one(reader):
    within, outside = 0, set()
    for sheet in reader.pages:
        for reference in sheet.get("/Annots", []):
            link = reference.get_object()
            if "/Dest" in link:
                assert link["/Dest"][0].get_object()["/Type"] == "/Page"
                within += 1
            elif "/URI" in link.get("/A", {}):
                outside.add(str(link["/A"]["/URI"]))
    assert within > 300
    assert outside
    assert [address for address in outside if not address.startswith("https://")] == []


def test_cross_references_lead_to_their_place(reader, texts):
    """They do not lead to the beginning of the chapter: most lead further down."""
    begins = {reader.get_destination_page_number(one) for level, one in marks(reader.outline) if level < 2}
    deep = set()
    for sheet in reader.pages:
        for reference in sheet.get("/Annots", []):
            destination = reference.get_object().get("/Dest")
            if destination:
                deep.add(reader.get_page_number(destination[0].get_object()))
    assert len(deep - begins) > 40


def test_nothing_of_the_screen_is_left(texts):
    whole = "\n".join(texts)
    for word in (
        "Click to show",
        "Click to hide",
        "Copy link to this state",
        "file://",
    ):
        assert word not in whole, word
