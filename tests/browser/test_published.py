"""The parts for search engines and lost readers: the heads of pages, the sitemap, links, the 404 page."""

import html.parser
import re
import struct
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from site_pages import LESSONS, PAGES

from tools import serve

ROOT = Path(__file__).resolve().parents[2]


class Page(html.parser.HTMLParser):
    """A page's links, anchors, pictures and metadata."""

    def __init__(self, path):
        super().__init__()
        self.links, self.loads, self.anchors, self.meta, self.icons = [], [], Counter(), {}, []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.anchors[given["id"]] += 1
        if "data-figure" in given:  # the figure's script gives it its id
            self.anchors.setdefault(f"fig-{given['data-figure']}", 1)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "meta":
            self.meta[given.get("name") or given.get("property")] = given.get("content")
        elif tag == "link" and given["rel"] in ("icon", "shortcut icon"):
            self.icons.append(given["href"])
        if tag == "form":
            self.links.append(given["action"])
        if tag == "link" and given["rel"] not in ("canonical", "index", "search", "next", "prev"):
            self.loads.append(given["href"])
        if "src" in given:
            self.loads.append(given["src"])


@pytest.fixture(scope="module")
def parsed(site):
    return {f"{stem}.html": Page(site / f"{stem}.html") for stem in PAGES}


def broken(site, parsed, name):
    """Yield the broken internal links of one page, each with the reason."""
    for href in parsed[name].links:
        parts = urlsplit(href)
        if parts.scheme in ("http", "https", "mailto"):
            continue
        target = unquote(parts.path) or name
        place = unquote(parts.fragment).partition("?")[0]  # a figure's state follows
        if target.startswith("lite/"):
            notebook = parse_qs(parts.query)["path"][0]
            source = notebook.replace("book/", "book/").replace(
                ".ipynb", ".md" if notebook[:5] == "book/" else ".ipynb"
            )
            if not (ROOT / source).is_file():
                yield f"{href}: no {source}"
        elif not (site / target).is_file():
            yield f"{href}: no such file"
        elif target in parsed and place and place not in parsed[target].anchors:
            yield f"{href}: no such anchor"


@pytest.mark.parametrize("stem", PAGES)
def test_internal_links_and_anchors_resolve(stem, site, parsed):
    assert parsed[f"{stem}.html"].links
    assert list(broken(site, parsed, f"{stem}.html")) == []


def test_a_broken_link_is_seen(site, parsed):
    page = parsed["00_welcome.html"]
    page.links += [
        "no_such.html",
        "glossary.html#no-such",
        "lite/notebooks/index.html?path=exercises/99_no.ipynb",
    ]
    found = list(broken(site, parsed, "00_welcome.html"))
    del page.links[-3:]
    assert [one.split(": ")[0] for one in found] == [
        "no_such.html",
        "glossary.html#no-such",
        "lite/notebooks/index.html?path=exercises/99_no.ipynb",
    ]


@pytest.mark.parametrize("stem", PAGES)
def test_nothing_is_loaded_from_outside_and_all_is_there(stem, site, parsed):
    for address in parsed[f"{stem}.html"].loads:
        assert not urlsplit(address).scheme or address.startswith("data:"), address
        if not address.startswith("data:"):
            assert (site / urlsplit(address).path).is_file(), address


def test_style_sheets_name_files_that_are_there(site):
    named = 0
    for sheet in site.joinpath("_static").rglob("*.css"):
        for address in re.findall(r"url\(['\"]?(?!data:)([^)'\"#]+)", sheet.read_text(encoding="utf-8")):
            assert (sheet.parent / urlsplit(address).path).is_file(), (sheet.name, address)
            named += 1
    assert named >= 3


@pytest.mark.parametrize("stem", LESSONS)
def test_the_head_of_a_page(stem, site, parsed):
    page = parsed[f"{stem}.html"]
    assert 40 < len(page.meta["description"]) < 200
    assert page.meta["og:description"] == page.meta["description"]
    assert page.meta["og:title"]
    assert page.meta["og:site_name"] == "The convolution layer"
    assert not {"og:url", "og:image"} & page.meta.keys()  # there is no address yet
    card = site / "_static" / "social-card.png"
    assert struct.unpack(">II", card.read_bytes()[16:24]) == (1200, 630)
    assert [(site / urlsplit(icon).path).is_file() for icon in page.icons] == [True]
    assert max(page.anchors.values()) == 1


def test_descriptions_differ(parsed):
    told = [parsed[f"{stem}.html"].meta["description"] for stem in LESSONS]
    assert len(set(told)) == len(told)


@pytest.fixture
def root_url(site):
    """The assumed address of a site whose address is not set: the root of its host."""
    with serve.server(site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("lost", ["no_such_page.html", "a/deep/er/page.html", "_static/none/"])
def test_a_lost_reader_finds_home_from_any_depth(lost, root_url, browser):
    page = browser.new_page()  # the console reports the 404, as it should
    loads = []
    page.on("response", lambda answer: loads.append(answer.url))
    assert page.goto(root_url + lost).status == 404
    assert page.inner_text("h1") == "There is no such page"
    assert loads == [root_url + lost]  # an address in a page at any depth would lead nowhere
    page.click("text=first page")
    assert page.url == f"{root_url}00_welcome.html"
    page.goto(root_url + lost)
    page.fill("input[name=q]", "im2col")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{root_url}search.html?q=im2col")
    page.close()
