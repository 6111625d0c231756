"""The reader's choice of a language is kept: on the page, on the next page, and from file://."""

import pytest
from site_pages import unfold

CHOSEN = ".sd-tab-set input:checked + label"


def chosen(page):
    """Return the names of the open tabs."""
    return {name.strip() for name in page.locator(CHOSEN).all_text_contents()}


def opened_with(page, address, choice):
    """Open a page that shows only the tabs of `choice`.

    Chromium's processes hand on what a page has stored a moment later, longer than a reader needs for a link
    only on a busy machine: then the page is opened again.
    """
    for _ in range(3):
        page.goto(address)
        if chosen(page) == {choice}:
            break
        page.wait_for_timeout(1000)
    assert chosen(page) == {choice}, address


@pytest.mark.parametrize("from_folder", [False, True], ids=["served", "file"])
def test_choice_is_kept_across_pages(site, site_url, page, from_folder):
    root = f"{site.resolve().as_uri()}/" if from_folder else site_url
    page.goto(f"{root}02_slide_a_kernel.html")
    assert chosen(page) == {"Python"}
    unfold(page)
    page.locator(".sd-tab-label", has_text="MATLAB").first.click()
    opened_with(page, f"{root}12_matlab.html", "MATLAB")
    unfold(page)
    page.locator(".sd-tab-label", has_text="Python").first.click()
    opened_with(page, f"{root}02_slide_a_kernel.html", "Python")
