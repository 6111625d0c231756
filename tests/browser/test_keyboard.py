"""Every page can be used with the keyboard alone, and the focus is visible."""

import pytest
from playwright.sync_api import expect
from site_pages import PAGES, open_page

from benchmarks.pages import DESKTOP, PHONE

QUICK = ["00_welcome", "02_slide_a_kernel", "08_layer_forward", "404", "search"]  # the rest: `--all`

# Walks with the real Tab key. A stop is identified by its place in the page, so that a trap is a repetition.
HERE = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const shown = one.matches(".sd-tab-set > input") ? one.nextElementSibling : one;
  const style = getComputedStyle(shown);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return {
    place: (one.courseStop ??= window.courseStops = (window.courseStops ?? 0) + 1),
    html: one.outerHTML.slice(0, 120),
    seen: outlined || style.boxShadow !== "none",
    name: one.name || "",
  };
}"""
# Elements that must be reached: all that can be pressed, chosen or scrolled, one per group of radio buttons.
WANTED = """() => [...document.querySelectorAll("*")].filter((one) => {
  if (!one.checkVisibility({ visibilityProperty: true, checkOpacity: false })) return false;
  if (one.disabled || one.tabIndex < 0 && !one.matches("a, button, input, select, summary")) return false;
  if (one.closest("dialog:not([open])")) return false;
  if (one.matches("input[type=radio]:not(:checked)")) return false;
  return one.matches("a[href], button, input, select, summary, textarea, [tabindex='0']");
}).map((one) => ({
  place: (one.courseStop ??= window.courseStops = (window.courseStops ?? 0) + 1),
  html: one.outerHTML.slice(0, 120),
}))"""
# An editor replaces a question's stub when the reader comes near.
STILL_THERE = """() => [...document.querySelectorAll("*")]
  .filter((one) => one.courseStop && one.checkVisibility()).map((one) => one.courseStop)"""
IN_AN_EDITOR = "() => Boolean(document.activeElement?.closest('.cm-content'))"
SCROLLS = """() => [...document.querySelectorAll("article *")].filter((one) => {
  const style = getComputedStyle(one);
  return /auto|scroll/.test(style.overflowX) && one.scrollWidth > one.clientWidth + 1 && one.checkVisibility()
    && one.tabIndex !== 0 && !one.querySelector("a[href], button, input, [tabindex='0']")
    && !one.closest("mjx-container mjx-container");
}).map((one) => one.outerHTML.slice(0, 120))"""


def walk(page, most=600):
    """Return the stops of the Tab key, from the top of the page until it leaves the page or repeats."""
    stops, known = [], set()
    for _ in range(most):
        if page.evaluate(IN_AN_EDITOR):
            page.keyboard.press("Escape")  # then Tab leaves it, as the page says
        page.keyboard.press("Tab")
        stop = page.evaluate(HERE)
        if stop is None or stop["place"] in known:
            return stops
        known.add(stop["place"])
        stops.append(stop)
    raise AssertionError(f"more than {most} stops")


@pytest.mark.parametrize(
    "stem", [stem if stem in QUICK else pytest.param(stem, marks=pytest.mark.slow) for stem in PAGES]
)
def test_the_tab_key_reaches_everything_and_is_seen(stem, site_url, browser):
    page = open_page(browser, site_url, stem, **DESKTOP)
    page.wait_for_timeout(400)  # the theme gives scrolling boxes their tab stops a moment later
    wanted = page.evaluate(WANTED)
    stops = walk(page)
    there = set(page.evaluate(STILL_THERE))
    page.context.close()
    reached = {stop["place"] for stop in stops}
    assert [one["html"] for one in wanted if one["place"] in there - reached] == []
    assert [stop["html"] for stop in stops if not stop["seen"]] == []
    if stem != "404":  # which has a link and a search alone
        assert 'href="#main-content"' in stops[0]["html"]
        assert len(stops) > 20


@pytest.mark.parametrize("stem", ["03_draw_the_graph", "12_matlab", "15_pooling"])
def test_what_scrolls_on_a_phone_can_be_scrolled_by_keys(stem, site_url, browser):
    page = open_page(browser, site_url, stem, **PHONE)
    page.wait_for_timeout(400)
    left = page.evaluate(SCROLLS)
    page.context.close()
    assert left == []


@pytest.mark.parametrize("stem", ["02_slide_a_kernel", "15_pooling"])
def test_every_figure_is_driven_by_keys(stem, site_url, browser):
    """Tab reaches the controls of a figure in order, and their keys change the figure."""
    page = open_page(browser, site_url, stem, **DESKTOP)
    for figure in page.locator(".conv-figure").all():
        controls = figure.locator("input[type=range]:enabled, select:not([name=speed])").all()
        controls[0].focus()
        for number, control in enumerate(controls):
            if number:
                page.keyboard.press("Tab")
            assert control.evaluate("one => one === document.activeElement")
            before = figure.get_attribute("data-state")
            for key in ("ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"):
                page.keyboard.press(key)
                if figure.get_attribute("data-state") != before:
                    break
            assert figure.get_attribute("data-state") != before, control.get_attribute("name")
        reset = figure.locator("[name=reset]")
        reset.focus()
        page.keyboard.press("Enter")
        assert figure.locator("[name=play], [name=link]").first.is_visible()
    page.context.close()


def test_tabs_hidden_cells_and_menus_open_by_keys(site_url, browser):
    page = open_page(browser, site_url, "08_layer_forward", **DESKTOP)
    first = page.locator(".sd-tab-set > input").first
    first.evaluate(
        """(one) => {
          one.closest("details")?.setAttribute("open", "");
          one.closest(".toggle-hidden")?.classList.remove("toggle-hidden");
        }"""
    )
    first.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".sd-tab-set > input:checked + label").first.text_content().strip() == "MATLAB"
    hidden = page.locator("details.hide > summary").first
    hidden.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.hide").first.get_attribute("open") is not None
    page.locator(".dropdown-download-buttons button").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".dropdown-download-buttons .dropdown-menu a").first.is_visible()
    page.context.close()


def test_the_contents_open_by_keys_on_a_phone(site_url, browser):
    page = open_page(browser, site_url, "02_slide_a_kernel", **PHONE)
    page.locator(".primary-toggle").focus()
    page.keyboard.press("Enter")
    link = page.locator("dialog[open] a", has_text="Derive the gradients")
    assert link.is_visible()
    page.keyboard.press("Escape")
    assert not link.is_visible()
    expect(page.locator(".primary-toggle")).to_be_focused()
    page.context.close()
