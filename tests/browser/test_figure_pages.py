"""The figures on the real pages of the book: they start and show conv_lib's numbers."""

import json
import re
from html import unescape

import numpy as np
from figure_page import READ

from conv_lib.widgets import figure

STATE = re.compile(r'<div class="conv-figure" data-figure="(\w+)" data-state="([^"]*)"')


def figures_of(site):
    """{page: [(figure, state), ...]} for every page of the site that shows a figure."""
    found = {}
    for path in sorted(site.glob("*.html")):
        states = STATE.findall(path.read_text(encoding="utf-8"))
        if states:
            found[path] = [(name, json.loads(unescape(state))) for name, state in states]
    return found


def shown_by_python(name, state):
    """{table: the texts of its cells, row by row} from conv_lib."""
    from conv_lib.widgets._figure import number

    tables = {}
    for key, _, values in figure(name, **state).shown()[0]:
        array = np.asarray(values, dtype=object)
        rows = array.reshape(-1, array.shape[-1]) if array.ndim > 1 else [np.atleast_1d(array)]
        tables[key] = [[number(value) for value in row] for row in rows]
    return tables


def test_figures_start_on_their_pages_from_a_folder_too(site, page):
    """file:// is the harder case: no ES imports, no fetch."""
    pages = figures_of(site)
    assert pages
    for path, wanted in pages.items():
        page.goto(path.as_uri())
        page.wait_for_function(
            "n => document.querySelectorAll('.conv-figure[data-mounted]').length === n", arg=len(wanted)
        )
        elements = page.locator(".conv-figure")
        for index, (name, state) in enumerate(wanted):
            view = elements.nth(index).evaluate(READ)
            assert view["tables"] == shown_by_python(name, state), (path.name, name)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


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
