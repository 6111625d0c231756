"""The figures on the real pages of the book: they start and show conv_lib's numbers."""

import json
import re
import zipfile
from html import unescape

import numpy as np
import pytest
from figure_page import READ
from site_pages import LESSONS, PAGES

from benchmarks import pages
from conv_course.widgets import figure
from tools import zip_site

STATE = re.compile(r'<div class="conv-figure" data-figure="(\w+)" data-state="([^"]*)"')


def figures_of(site):
    """Return {page: [(figure, state), ...]} for every page of the site that shows a figure."""
    found = {}
    for path in sorted(site.glob("*.html")):
        states = STATE.findall(path.read_text(encoding="utf-8"))
        if states:
            found[path] = [(name, json.loads(unescape(state))) for name, state in states]
    return found


def shown_by_python(name, state):
    """Return {table: texts of its cells, row by row} from conv_lib."""
    from conv_course.widgets._figure import number

    tables = {}
    for key, _, values in figure(name, **state).shown()[0]:
        array = np.asarray(values, dtype=object)
        rows = array.reshape(-1, array.shape[-1]) if array.ndim > 1 else [np.atleast_1d(array)]
        tables[key] = [[number(value) for value in row] for row in rows]
    return tables


@pytest.fixture(scope="module")
def unpacked(site, tmp_path_factory):
    """The site, unpacked from its zip file into another folder."""
    folder = tmp_path_factory.mktemp("zip with a space")
    count = zip_site.write(site, folder / "course.zip")
    with zipfile.ZipFile(folder / "course.zip") as bundle:
        assert len(bundle.namelist()) == count
        bundle.extractall(folder)
    return folder / zip_site.NAME


@pytest.mark.parametrize("which", ["quick", pytest.param("every", marks=pytest.mark.slow)])
def test_pages_open_from_the_unpacked_folder_with_their_figures(which, unpacked, page):
    """With file:// there are no ES imports and no fetch.

    A quick run opens the pages with figures, those that are no lesson, and one with questions alone; the
    others load nothing that these do not load.
    """
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    figures = figures_of(unpacked)
    assert figures
    some = {path.stem for path in figures} | {*PAGES} - {*LESSONS} | {"00_welcome", "17_break_the_checker"}
    for stem in PAGES if which == "every" else sorted(some):
        path = unpacked / f"{stem}.html"
        pages.visit(page, path.as_uri())
        assert page.title()
        elements = page.locator(".conv-figure[data-mounted]")
        wanted = figures.get(path, [])
        assert elements.count() == len(wanted)
        for index, (name, state) in enumerate(wanted):
            view = elements.nth(index).evaluate(READ)
            assert view["tables"] == shown_by_python(name, state), (stem, name)
    page.goto((unpacked / "index.html").as_uri())
    page.wait_for_url("**/00_welcome.html")
    assert [url for url in asked if not url.startswith((unpacked.as_uri(), "data:", "blob:"))] == []


def test_a_figure_answers_on_a_served_page(site, site_url, page):
    path, wanted = next(iter(figures_of(site).items()))
    page.goto(f"{site_url}{path.name}#fig-{wanted[0][0]}")
    first = page.locator(".conv-figure[data-mounted]").first
    slider = first.locator("input[type=range]:enabled").first
    before = first.get_attribute("data-state")
    slider.focus()
    slider.press("End")
    slider.press("ArrowLeft")
    slider.press("Home")
    slider.press("ArrowRight")
    assert first.get_attribute("data-state") != before
    assert page.evaluate("location.hash").startswith(f"#fig-{wanted[0][0]}")
