"""A jump of the layout is seen, and every icon is in the fonts that were cut for the course."""

from fontTools.ttLib import TTFont

from benchmarks import pages
from tools import sphinx_icons

SHIFT = 0.02


def test_a_jump_is_seen(site_url, browser):
    page = browser.new_page(**pages.DESKTOP)
    page.add_init_script(pages.WATCH)
    page.goto(f"{site_url}02_slide_a_kernel.html", wait_until="load")
    page.evaluate(
        "document.querySelector('article').insertAdjacentHTML('afterbegin', '<p style=\"height: 500px\">')"
    )
    page.wait_for_function("limit => window.layoutShift > limit", arg=SHIFT, polling=50)
    page.close()


def test_every_icon_is_in_the_cut_fonts(site, site_url, browser):
    """An icon whose glyph is missing is drawn by another font, as a box."""
    page = browser.new_page(**pages.DESKTOP)
    page.goto(f"{site_url}01_notation.html")
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
