"""The search finds terms and symbols, served and from a folder."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

FOUND = (
    """() => [...document.querySelectorAll("#search-results li a")].map((one) => one.getAttribute("href"))"""
)
WANTED = {
    "leftover": ["06_stride_and_padding.html", "symbols.html", "glossary.html"],
    "H'": ["symbols.html#symbol-"],
    "dX": ["04_derive_the_gradients.html", "symbols.html#symbol-"],
    "K_e": ["symbols.html#symbol-"],
    "im2col": ["10_vectorize.html", "glossary.html"],
    "adjoint test": ["05_check_gradients.html", "glossary.html"],
    "checkerboard": ["14_transposed.html"],
    "Winograd": ["11_go_fast.html"],
    "dlconv": ["coming_from.html"],
    "same_padding": ["api.html"],
}

TYPED = ["leftover", "H'"]  # by hand; the others by the address to which this leads

# what people type, and the section that has to come first
FIRST = {
    "same padding": "02_slide_a_kernel.html#when-same-does-not-fit",
    "gradient check": "05_check_gradients.html",
    "kernel flipped": "04_derive_the_gradients.html#if-the-forward-pass-flips",
    "backprop": "03_draw_the_graph.html#the-chain-rule-one-arrow-at-a-time",
    "atrous": "02_slide_a_kernel.html#dilation-in-brief",
    "deconvolution": "14_transposed.html",
    "dilated": "02_slide_a_kernel.html#dilation-in-brief",
    "receptive field": "15_pooling.html#the-second-part-what-a-pixel-sees",
}


def typed(page, root, query):
    page.goto(f"{root}search.html")
    page.fill("main input[name=q]", query)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*")


def results(page, root, query, ask=None):
    """Return the addresses that the search page lists for a query: as if it had been typed there."""
    if ask:
        ask(page, root, query)
    else:
        page.goto(f"{root}search.html?{urlencode({'q': query})}")
    expect(page.locator(".search-summary")).to_contain_text(f"“{query}” is in")
    return page.evaluate(FOUND)


def finds(page, root, query, ask=None):
    found = results(page, root, query, ask)
    for wanted in WANTED[query]:
        assert any(one.startswith(wanted) for one in found), (wanted, found)


@pytest.mark.parametrize("query", WANTED)
def test_search_finds(query, site, page):
    finds(page, f"{site.resolve().as_uri()}/", query, typed if query in TYPED else None)


@pytest.mark.parametrize("query", TYPED)
def test_search_finds_on_a_served_site(query, site_url, page):
    """It reads the same index in the same way: words and a symbol will do."""
    finds(page, site_url, query, typed)


@pytest.mark.parametrize("query", FIRST)
def test_the_section_comes_first_with_its_hit_in_sight(query, site, page):
    found = results(page, f"{site.resolve().as_uri()}/", query)
    assert found[0] == FIRST[query]
    assert page.locator("#search-results li").first.locator("mark").count() > 0
    assert "\\" not in page.inner_text("#search-results").replace("\\n", "")
    anchor = found[0].partition("#")[2]
    page.goto(f"{site.resolve().as_uri()}/{found[0]}")
    assert not anchor or page.evaluate("(id) => document.getElementById(id) !== null", anchor)


def test_search_says_when_it_finds_nothing(site_url, page):
    page.goto(f"{site_url}search.html?q=zwqx")
    expect(page.locator("#search-results")).to_contain_text("did not match")


def test_search_opens_by_its_key_and_closes(site_url, page):
    page.goto(f"{site_url}02_slide_a_kernel.html")
    page.keyboard.press("Control+k")
    field = page.locator("#pst-search-dialog input[name=q]")
    assert field.is_visible()
    page.keyboard.press("Escape")
    assert not field.is_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("im2col")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=im2col")
    expect(page.locator("#search-results li").nth(1)).to_be_attached()
