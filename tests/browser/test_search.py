"""The search finds terms and symbols, served and from a folder."""

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


def results(page, root, query):
    """Return the addresses that the search page lists for a query."""
    page.goto(f"{root}search.html")
    page.fill("main input[name=q]", query)
    page.keyboard.press("Enter")
    expect(page.locator(".search-summary")).to_contain_text("finished")
    return page.evaluate(FOUND)


@pytest.mark.parametrize("query", WANTED)
@pytest.mark.parametrize("from_folder", [False, True], ids=["served", "file"])
def test_search_finds(query, from_folder, site, site_url, page):
    found = results(page, f"{site.resolve().as_uri()}/" if from_folder else site_url, query)
    for wanted in WANTED[query]:
        assert any(one.startswith(wanted) for one in found), (wanted, found)


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
