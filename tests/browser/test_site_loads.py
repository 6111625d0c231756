"""A page's outside requests and errors are detected. The site answers only under its own path."""

import re
from pathlib import Path

import pytest

from conv_course.figures.forms import LEAST, smallest_letter


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
    """If a cell does not show its figure, the page lacks it without any warning."""
    named = 0
    for source in sorted((Path(__file__).resolve().parents[2] / "book").glob("*.md")):
        page = (site / f"{source.stem}.html").read_text("utf-8")
        for name in re.findall(r"figure: \{.*name: \"?(fig-[\w-]+)", source.read_text("utf-8")):
            image = rf'<figure[^>]*id="{name}">\s*(<a[^>]*>)?\s*(<span class="course-picture">)?(<picture>'
            assert re.search(image + r"<source [^>]*>)?<img", page), f"{name} is not on its page"
            named += 1
    assert named > 20


def test_no_letter_of_a_drawing_is_small_on_a_phone(site):
    """Of two forms a phone takes the narrow one; a drawing that is too wide and has one form is found."""
    picture = r'(?:<source media="[^"]*" srcset="([^"]+)"[^>]*>)?<img [^>]*src="(_images/[^"]+\.svg)"'
    sizes = {}
    for page in sorted(site.glob("*.html")):
        for narrow, wide in re.findall(picture, page.read_text("utf-8")):
            sizes[page.stem, narrow or wide] = smallest_letter((site / (narrow or wide)).read_text("utf-8"))
    assert sum("narrow-" in name for _, name in sizes) > 40
    assert {name: size for name, size in sizes.items() if size < LEAST} == {}


def test_a_button_without_python_in_the_browser_says_what_works(site, page):
    page.goto((site / "02_slide_a_kernel.html").as_uri())
    for button in page.query_selector_all("a.course-button[data-notebook]") * 2:
        button.click()
    cards = page.query_selector_all(".lesson-card:has(.course-button)")
    assert len(cards) == 2  # below the title and at the end
    for card in cards:
        (note,) = card.query_selector_all(".course-note")
        assert "python3 course.py serve" in note.inner_text()
        assert not re.search(r"\w+\.ipynb", note.inner_text())  # no file that the reader may not have
    assert page.url.endswith("02_slide_a_kernel.html")


@pytest.mark.parametrize(
    "note", ['{"ready": false, "why": "no network"}', '{"ready": false, "doing": "building"}']
)
def test_a_served_page_does_not_advise_to_serve(site_url, page, note):
    """Whoever reads why, from the command that serves the book, has just run it."""
    page.route("**/_static/python.json", lambda route: route.fulfill(body=note))
    page.goto(f"{site_url}02_slide_a_kernel.html")
    page.locator("a.course-button[data-notebook]").first.click()
    said = page.locator(".course-note").first.inner_text()
    assert "no network" in said or "Not yet: building" in said
    assert "course.py serve" not in said


def test_a_page_and_the_map_of_chapters_tell_the_same_minutes(site):
    home = (site / "00_welcome.html").read_text("utf-8").replace("\xa0", " ")
    told = dict(re.findall(r'href="(\d\d_\w+)\.html">[^<]*</a> <span class="course-minutes">(\d+) min', home))
    assert len(told) == 17
    for stem, minutes in told.items():
        page = (site / f"{stem}.html").read_text("utf-8")
        assert re.findall(r"(\d+) minutes to read", page) == [minutes], stem


def test_no_page_takes_over_25_minutes_to_read(site):
    told = {
        page.stem: int(minutes)
        for page in site.glob("*.html")
        for minutes in re.findall(r"(\d+) minutes to read", page.read_text("utf-8"))
    }
    assert len(told) >= 19
    assert {stem: minutes for stem, minutes in told.items() if minutes > 25} == {}
