"""What each page loads, and that its layout does not shift while it loads and is scrolled."""

import re

import pytest
from fontTools.ttLib import TTFont
from site_pages import LESSONS, PAGES

from benchmarks import pages
from benchmarks.pages import load, weight
from tools import sphinx_icons

FIRST_LOAD, NEXT_PAGE = (
    540_000,
    150_000,
)  # bytes, compressed, beside the page's own pictures and the book's fonts
FONTS = 60_000
SHIFT = 0.02


@pytest.fixture(scope="module")
def loads(site, site_url, browser):
    """{page: its first load}."""
    return {stem: load(browser, site, site_url, stem) for stem in PAGES}


@pytest.mark.timeout(600)
def test_a_first_load_is_light(loads):
    fonts = {
        stem: [path for path in one["files"] if path.parent.name == "fonts"] for stem, one in loads.items()
    }
    assert {stem for stem, files in fonts.items() if sum(map(weight, files)) > FONTS} == set()
    assert max(map(len, fonts.values())) > 2
    heavy = {stem: sum(map(weight, set(one["files"]) - set(fonts[stem]))) for stem, one in loads.items()}
    assert {stem: total for stem, total in heavy.items() if total > FIRST_LOAD} == {}
    assert sorted(heavy.values())[1] > 100_000  # something was counted: only the 404 page loads nothing


def test_the_next_page_is_lighter_whichever_it_is(loads):
    """For every pair of pages, count what the second one needs and the first one did not load."""
    heaviest = {stem: pages.following(loads, stem) for stem in loads}
    assert {stem: total for stem, total in heaviest.items() if total > NEXT_PAGE} == {}


def test_no_page_jumps(loads):
    assert {stem: one["shift"] for stem, one in loads.items() if one["shift"] >= SHIFT} == {}


def test_a_jump_is_seen(site_url, browser):
    page = browser.new_page(**pages.DESKTOP)
    page.add_init_script(pages.WATCH)
    page.goto(f"{site_url}02_slide_a_kernel.html", wait_until="load")
    page.evaluate(
        "document.querySelector('article').insertAdjacentHTML('afterbegin', '<p style=\"height: 500px\">')"
    )
    page.wait_for_function("limit => window.layoutShift > limit", arg=SHIFT, polling=50)
    page.close()


def test_pictures_load_when_they_come_near(site, loads):
    for stem in LESSONS:
        for picture in re.findall(
            r'<img [^>]*src="_images/[^>]*>', (site / f"{stem}.html").read_text("utf-8")
        ):
            assert 'loading="lazy"' in picture, (stem, picture)
            assert re.search(r'width="\d+" height="\d+"', picture), (stem, picture)
    early = sum(one["early"] for one in loads.values())
    assert early < sum(one["pictures"] for one in loads.values())


def test_nothing_is_loaded_that_no_page_uses(site, loads):
    """There is no script with all icons, no index outside the search, and no MathJax without formulas."""
    for stem, one in loads.items():
        names = {path.name for path in one["files"]}
        assert "fontawesome.js" not in names
        assert ("sections.js" in names) == (stem == "search"), stem
        text = (site / f"{stem}.html").read_text("utf-8")
        assert bool(re.search(r"<script[^>]*tex-chtml", text)) == bool(
            re.search(r'class="[^"]*\bmath\b', text)
        ), stem
    assert not list(site.joinpath("_static").rglob("*.map"))


def test_every_icon_is_in_the_cut_fonts(site, site_url, browser):
    """An icon whose glyph is missing is drawn by another font, as a box."""
    page = browser.new_page(**pages.DESKTOP)
    page.goto(f"{site_url}02_slide_a_kernel.html")
    page.evaluate("document.fonts.ready")
    icons = page.evaluate(
        """() => [...document.querySelectorAll("*")].flatMap((one) => ["::before", "::after"].map((part) => {
          const style = getComputedStyle(one, part);
          return [one.className, style.fontFamily, style.fontWeight, style.content.replaceAll('"', "")];
        })).filter(([, , , content]) => /^[\\ue000-\\uf8ff]$/.test(content))"""
    )
    page.close()
    assert len({content for *_, content in icons}) > 10
    assert any("admonition-title" in names for names, *_ in icons)
    for names, family, heavy, content in icons:
        font = "brands-400" if "Brands" in family else "solid-900" if heavy == "900" else "regular-400"
        assert ord(content) in glyphs_of(site, font), (names, font)


def glyphs_of(site, font):
    return TTFont(site / "_static" / "vendor" / "fontawesome" / "webfonts" / f"fa-{font}.woff").getBestCmap()


def test_glyphs_in_use():
    named = '.fa-moon:before{content:"\\f186"}.fa-sun:before,.fa-sol:before{content:"\\f185"}'
    styles = [named, 'a{--icon:"\\f05a"}', 'a{--icon:"\uf071"}']
    assert sphinx_icons.glyphs_in_use(styles, ['<i class="fa-sol">']) == {0xF185, 0xF05A, 0xF071}
