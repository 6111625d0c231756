"""Formulas for screen readers, reduced motion and print."""

import re

import pytest
from playwright.sync_api import expect
from site_pages import open_page

from benchmarks.pages import DESKTOP

WITH_FORMULAS = "04_derive_the_gradients"
MOVING = """() => [...document.querySelectorAll("*")].filter((one) => ["", "::before"].some((part) => {
  const style = getComputedStyle(one, part);
  const turns = style.animationName !== "none" && parseFloat(style.animationDuration) > 0;
  return turns || style.transitionDuration.split(",").some((each) => parseFloat(each) > 0);
})).map((one) => one.outerHTML.slice(0, 90))"""
ON_SCREEN_ALONE = (
    *(
        "nav",
        ".bd-sidebar-primary",
        ".bd-header-article",
        ".prev-next-footer",
        "#pst-skip-link a",
        ".headerlink",
    ),
    *(".course-button", ".copybtn", ".conv-button", "input[type=range]"),
)
SHOWN = "(selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()).length"


@pytest.mark.parametrize("from_folder", [False, True], ids=["served", "file"])
def test_formulas_have_mathml_for_screen_readers(from_folder, site, site_url, page):
    """Each formula is drawn once, hidden from screen readers, and once more as MathML for them."""
    root = f"{site.resolve().as_uri()}/" if from_folder else site_url
    page.goto(f"{root}{WITH_FORMULAS}.html")
    page.evaluate("MathJax.startup.promise")
    formulas = page.evaluate(
        """() => [...document.querySelectorAll("mjx-container")].map((one) => ({
          text: one.querySelector("mjx-assistive-mml > math")?.textContent ?? "",
          hidden: one.querySelector(":scope > mjx-math").getAttribute("aria-hidden"),
          clipped: one.querySelector("mjx-assistive-mml")?.getBoundingClientRect().width ?? 0,
        }))"""
    )
    source = (site / f"{WITH_FORMULAS}.html").read_text(encoding="utf-8")
    assert len(formulas) == len(re.findall(r'class="[^"]*\bmath notranslate', source))
    assert all(one["text"].strip() and one["hidden"] == "true" for one in formulas)
    assert page.locator("mjx-merror").count() == 0


def test_nothing_moves_for_who_asked_for_less_motion(site_url, browser):
    page = open_page(browser, site_url, "02_slide_a_kernel", **DESKTOP)
    assert page.evaluate(MOVING) == []
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVING) != []  # so that the empty list above means something
    page.context.close()


def test_a_page_prints_its_text_and_the_figures_state(site_url, browser):
    page = open_page(browser, site_url, "02_slide_a_kernel", **DESKTOP)
    stride = page.locator(".conv-figure [name=stride]").first
    stride.focus()
    stride.press("ArrowRight")
    page.emulate_media(media="print")
    for gone in ON_SCREEN_ALONE:
        assert page.evaluate(SHOWN, gone) == 0, gone
    assert page.evaluate(SHOWN, "article h1") == 1
    figure = page.locator(".conv-figure").first
    assert figure.locator("[name=stride] + output").inner_text() == "2"
    assert "/2⌋ + 1" in figure.locator(".conv-line").text_content()
    assert page.evaluate(SHOWN, ".conv-stage svg") == page.locator(".conv-stage svg").count()
    tabs = page.locator(".sd-tab-content").count()
    assert tabs >= 2
    assert page.evaluate(SHOWN, ".sd-tab-content") == page.evaluate(SHOWN, ".sd-tab-label") == tabs
    answers = page.locator(".admonition.dropdown, .admonition.toggle").first.locator(
        "> :not(.admonition-title)"
    )
    assert answers.first.is_visible()
    page.context.close()


@pytest.mark.parametrize("stem", ["02_slide_a_kernel", "12_matlab", "symbols"])
def test_nothing_is_cut_off_on_paper(stem, site_url, browser):
    """On a sheet of A4, no listing, formula, table or figure is wider than the text."""
    page = open_page(browser, site_url, stem, viewport={"width": 660, "height": 1000})
    page.emulate_media(media="print")
    page.wait_for_timeout(100)
    wide = page.evaluate(
        """() => [...document.querySelectorAll("article :is(pre, div.math, table, svg, img)")]
        .filter((one) => {
          if (!one.checkVisibility() || one.closest("details:not([open])")) return false;
          const cut = one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1;
          return cut || one.getBoundingClientRect().right > innerWidth;
        }).map((one) => one.outerHTML.slice(0, 100))"""
    )
    page.context.close()
    assert wide == []


@pytest.mark.parametrize("stem", ["12_matlab", "03_draw_the_graph"], ids=["own page", "other page"])
def test_a_link_into_a_fold_opens_it(stem, site_url, page):
    page.goto(f"{site_url}{stem}.html")
    there = "12_matlab.html#equation-eq-12-window"
    page.evaluate("(to) => { location.href = to; }", there)
    page.wait_for_url(f"**/{there}")
    equation = page.locator("[id='equation-eq-12-window']")
    expect(page.locator(".toggle", has=equation)).to_have_count(1)
    expect(page.locator(".toggle-hidden", has=equation)).to_have_count(0)
    expect(equation).to_be_in_viewport()
