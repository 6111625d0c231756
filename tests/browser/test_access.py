"""axe-core finds no violation on any page, in light and dark mode, desktop and phone; no page is too wide."""

import pytest
from site_pages import PAGES, open_page

from benchmarks import pages
from benchmarks.pages import MODES, ZOOMED, violations, width_beyond

# A quick run leaves out the contrast inside listings and formulas, which takes most of the time.
SIMPLIFY = """() => {
  document.querySelectorAll("pre").forEach((one) => { one.textContent = one.textContent; });
  document.querySelectorAll("mjx-math").forEach((one) => one.replaceChildren("x"));
}"""
UNSET = """() => [...document.querySelectorAll("mjx-merror, .math:not(:has(mjx-container))")]
  .map((one) => one.textContent)"""
# on a desktop every formula ends before its number and the column's edge; on a phone it scrolls
TOO_WIDE = """() => [...document.querySelectorAll("div.math:has(mjx-math)")].filter((one) =>
  one.querySelector("mjx-math").getBoundingClientRect().right
    > (one.querySelector(".eqno")?.getBoundingClientRect().left ?? one.getBoundingClientRect().right + 1)
  ).map((one) => one.id || one.textContent.trim())"""
ON_A_PHONE = {"runOnly": ["scrollable-region-focusable", "target-size"]}
BROKEN = """() => document.querySelector("article").insertAdjacentHTML("beforeend",
  '<img src="data:,"><p style="color: #999; background: #888">grey</p><p style="width: 500px">wide</p>')"""


def test_every_page_is_looked_at(site):
    assert sorted(PAGES) == pages.names(site)


@pytest.mark.parametrize(("number", "stem"), list(enumerate(PAGES)))
def test_a_page_has_no_violation_and_fits(number, stem, site_url, page):
    """There is no error, every formula is set, and all rules hold, in light or dark mode and on a phone.

    Which rules hold in which of the four modes depends on the styles that all pages share. With --all, every
    page is checked in all modes, with all folds open.
    """
    page.set_viewport_size(pages.DESKTOP["viewport"])
    page.emulate_media(color_scheme="dark" if number % 2 else "light", reduced_motion="reduce")
    pages.visit(page, f"{site_url}{stem}.html")
    faults = [f"formula: {tex}" for tex in page.evaluate(UNSET)]
    faults += [f"formula too wide: {name}" for name in page.evaluate(TOO_WIDE)]
    for name, mode in {"zoomed": ZOOMED, "phone": MODES["phone"]}.items():
        page.set_viewport_size(mode["viewport"])
        page.wait_for_timeout(50)
        if width_beyond(page) > 0:
            faults.append(f"{name}: {width_beyond(page)} px wider than the window")
    page.wait_for_timeout(400)  # until the theme has given scrolling boxes their tab stops
    faults += [f"phone: {fault}" for fault in violations(page, ON_A_PHONE)]
    page.set_viewport_size(pages.DESKTOP["viewport"])
    page.evaluate(SIMPLIFY)
    faults += violations(page)
    assert not faults, "\n".join(faults)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("stem", PAGES)
def test_a_page_has_no_violation_at_all(stem, mode, site_url, browser):
    page = open_page(browser, site_url, stem, **MODES[mode])
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = violations(page)
    beyond = width_beyond(page)
    page.context.close()
    assert not found, "\n".join(found)
    assert beyond <= 0


def test_the_audit_sees_a_fault(site_url, browser):
    page = open_page(browser, site_url, "00_welcome", **MODES["phone"])
    page.evaluate(BROKEN)
    found = {fault.split(":")[0] for fault in violations(page)}
    assert {"image-alt", "color-contrast"} <= found
    assert width_beyond(page) > 0
    page.context.close()
