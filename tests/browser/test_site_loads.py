"""Every page of the book loads with nothing from outside and no error."""

import pytest


def pages(site):
    """The names of the site's pages, less the first that only leads to another."""
    return sorted(
        path.name for path in site.glob("*.html") if 'http-equiv="Refresh"' not in path.read_text("utf-8")
    )


def test_every_page_loads(site, site_url, page):
    names = pages(site)
    assert "00_welcome.html" in names
    for name in names:
        answer = page.goto(site_url + name, wait_until="load")
        assert answer.status == 200, name
        assert page.title(), name


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
