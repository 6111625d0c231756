"""Open one interactive figure in Chromium, from file://, and read what it shows.

The page consists of `figure(...)` and the bundle, without the book. It is quick to write and has the same
code as a page of the book. A test fails on a console message, a script error or a request that leaves the
folder.
"""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from conv_course.widgets import figure
from tools.bundle_figures import bundle

PAGE = """<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Figures</title>
<link rel="stylesheet" href="figures/figures.css"><script defer src="figures/figures.js"></script></head>
<body style="margin: 0; padding: 16px; background: {background}"><main><h1 style="color: {ink}">Figures</h1>
{body}</main></body></html>"""

TABLES = """Object.fromEntries([...el.querySelectorAll("table[data-values]")].map(table =>
    [table.dataset.values, [...table.tBodies[0].rows].map(row =>
      [...row.querySelectorAll("td")].map(cell => cell.textContent))]))"""

READ = f"""el => ({{
  tables: {TABLES},
  line: el.querySelector(".conv-line").textContent,
  terms: el.querySelector(".conv-terms")?.textContent ?? "",
  note: el.querySelector(".conv-note")?.textContent ?? "",
  state: JSON.parse(el.dataset.state),
}})"""

SET = f"""(el, state) => {{
  for (const [name, value] of Object.entries(state)) {{
    const input = el.querySelector(`[name="${{name}}"]`);
    if (input.value === String(value)) continue;
    input.value = value;
    input.dispatchEvent(new Event("input", {{ bubbles: true }}));
  }}
  return ({READ})(el);
}}"""


@pytest.fixture(scope="session")
def figure_site(tmp_path_factory):
    """A folder with the scripts and the style sheet of every figure."""
    folder = tmp_path_factory.mktemp("figures")
    bundle(folder)
    return folder


class Shown:
    """One figure on an open page."""

    def __init__(self, page, index=0):
        self.page = page
        self.element = page.locator(".conv-figure").nth(index)

    def read(self):
        return self.element.evaluate(READ)

    def state(self):
        return json.loads(self.element.get_attribute("data-state"))

    def set(self, **state):
        """Set controls with the browser's events, in the given order, and read the result."""
        return self.element.evaluate(SET, state)

    def set_each(self, states):
        """Set many states in one call to the browser. Return one reading per state."""
        return self.element.evaluate(f"(el, states) => states.map(state => ({SET})(el, state))", list(states))

    def control(self, name):
        return self.element.locator(f'[name="{name}"]')


@pytest.fixture(scope="session")
def usual_context(browser):
    """The browser profile of all figures that ask for nothing else: they store nothing in it."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def open_figure(browser, usual_context, figure_site):
    """A function: `open_figure("conv1d", stride=2)` -> Shown. Keywords with an underscore set up the page."""
    opened, problems = [], []

    def listen(page):
        page.on("console", lambda message: problems.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
        page.on("request", lambda request: outside(request.url))

    def outside(url):
        if not url.startswith((figure_site.as_uri(), "data:", "blob:")):
            problems.append(f"request: {url}")

    def open_(*names, _hash="", _width=900, _theme="light", _context=None, _script="", **state):
        body = "\n".join(figure(name, **state)._repr_html_() for name in names)
        dark = _theme == "dark"
        text = PAGE.format(
            theme=_theme, body=body, background="#000" if dark else "#fff", ink="#fff" if dark else "#000"
        )
        path = Path(figure_site, f"page{len(list(figure_site.glob('page*.html')))}.html")
        path.write_text(text, encoding="utf-8")
        context = browser.new_context(**_context) if _context else usual_context
        page = context.new_page()
        opened.append(context if _context else page)
        page.set_viewport_size({"width": _width, "height": 900})
        if _script:  # runs before all others
            page.add_init_script(_script)
        listen(page)
        page.goto(path.as_uri() + _hash)
        if (_context or {}).get("java_script_enabled", True):
            expect(page.locator(".conv-figure[data-mounted]")).to_have_count(len(names))
        return Shown(page)

    yield open_
    for one in opened:
        one.close()
    assert problems == [], problems


def ends_and_middle(values):
    """Return the first, middle and last of a control's values, or all of a short list."""
    values = list(values)
    return values if len(values) <= 3 else [values[0], values[len(values) // 2], values[-1]]


def combinations(*controls):
    """Yield all combinations of the controls' ends and middles, as dicts."""
    names = [control.name for control in controls]
    for chosen in itertools.product(*(ends_and_middle(control.values) for control in controls)):
        yield dict(zip(names, chosen, strict=True))


def spelled_sum(terms):
    """Return the value of the terms and the result in a written-out sum, "... = 2·(−1) + 3·4 = 10"."""
    steps = re.sub(r"\(\d+ weights? (is|are) zero\)| so far", "", terms)
    steps = steps.replace("−", "-").replace("·", "*").rsplit("=", 2)[1:]
    assert all(re.fullmatch(r"[-+*/(). \d]+", step) for step in steps), terms
    return tuple(float(eval(step.strip())) for step in steps)


def matrix(rows):
    """Return a table's cells as a 2-D array of numbers."""
    return np.array([[float(cell) for cell in row] for row in rows])


def vector(rows):
    """Return a table with one row as a vector."""
    (row,) = rows
    return np.array([float(cell) for cell in row])
