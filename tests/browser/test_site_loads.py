"""What a page must not do is seen: an outside request, an error; the site answers under its path alone."""

import re
from pathlib import Path

import pytest


def test_the_watch_sees_an_outside_request(site_url, browser, watch):
    page = browser.new_page()
    faults = watch(page)
    page.goto(site_url + "00_welcome.html")
    page.evaluate("() => fetch('https://example.org/').catch(() => null)")
    page.evaluate("() => console.error('broken')")
    page.wait_for_timeout(200)
    page.close()
    assert "a request left the site: https://example.org/" in faults
    assert "console: broken" in faults


@pytest.mark.allow_console("wanted")
def test_an_expected_message_is_allowed(site_url, page):
    page.goto(site_url + "00_welcome.html")
    page.evaluate("() => console.error('wanted')")


def test_the_site_answers_only_under_its_path(site_url, browser):
    page = browser.new_page()
    assert page.goto(site_url.replace("/course/", "/")).status == 404
    assert page.goto(site_url + "no_such_page.html").status == 404
    page.close()


def test_every_drawn_figure_is_on_its_page(site):
    """A cell whose figure does not show leaves a page without it, and no warning."""
    named = 0
    for source in sorted((Path(__file__).resolve().parents[2] / "book").glob("*.md")):
        page = (site / f"{source.stem}.html").read_text("utf-8")
        for name in re.findall(r"figure: \{.*name: \"?(fig-[\w-]+)", source.read_text("utf-8")):
            assert re.search(rf'<figure[^>]*id="{name}">\s*(<a[^>]*>)?\s*<img', page), (
                f"{name} is not on its page"
            )
            named += 1
    assert named > 20


def test_a_button_without_python_in_the_browser_says_what_to_do(site, page):
    page.goto((site / "02_slide_a_kernel.html").as_uri())
    page.click("a.course-button >> nth=0")
    assert "exercises/02_slide_a_kernel.ipynb" in page.inner_text(".course-note")
    assert page.url.endswith("02_slide_a_kernel.html")
