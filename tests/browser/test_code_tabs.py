"""The reader's choice of a language is kept: on the page, on the next page, and from file://."""

import pytest
from playwright.sync_api import expect
from site_pages import unfold

PAGES = ("08_layer_forward", "12_matlab")
CHOSEN = ".sd-tab-set input:checked + label"


def chosen(page):
    """Return the names of the open tabs."""
    return {name.strip() for name in page.locator(CHOSEN).all_text_contents()}


@pytest.mark.parametrize("from_folder", [False, True], ids=["served", "file"])
def test_choice_is_kept_across_pages(site, site_url, page, from_folder):
    root = f"{site.resolve().as_uri()}/" if from_folder else site_url
    page.goto(f"{root}02_slide_a_kernel.html")
    assert chosen(page) == {"Python"}
    unfold(page)
    page.locator(".sd-tab-label", has_text="MATLAB").first.click()
    for stem in PAGES:
        page.goto(f"{root}{stem}.html")
        expect(page.locator(CHOSEN).first).to_have_text("MATLAB")
        assert chosen(page) == {"MATLAB"}, stem
    unfold(page)
    page.locator(".sd-tab-label", has_text="Python").first.click()
    page.goto(f"{root}08_layer_forward.html")
    expect(page.locator(CHOSEN).first).to_have_text("Python")
    assert chosen(page) == {"Python"}
