"""The pages of the book, known before it is built, so that there can be one test per page."""

import json

from benchmarks import pages
from tools.make_pdf import order

LESSONS = [stem for stem, _ in order()]
PAGES = [*LESSONS, "404", "genindex", "search"]
PATIENCE = 30_000  # ms, enough for a busy machine
# what _static/python.json tells a page that shall not start Python
NO_PYTHON = json.dumps({"ready": False, "why": "this test does without"})


def open_page(browser, site_url, stem, **options):
    """Return a new page, with its own context, that has completely loaded one page of the site."""
    page = browser.new_context(**{"reduced_motion": "reduce", **options}).new_page()
    page.set_default_timeout(PATIENCE)
    pages.visit(page, f"{site_url}{stem}.html")
    return page


def unfold(page):
    """Open every fold of a page."""
    page.evaluate(
        """() => {
          document.querySelectorAll("article details").forEach((one) => { one.open = true; });
          const hidden = document.querySelectorAll("article .toggle-hidden");
          hidden.forEach((one) => one.classList.remove("toggle-hidden"));
        }"""
    )
