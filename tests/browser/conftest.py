"""A browser that can reach only localhost, and the built site under a sub-path, as GitHub Pages serves it.

A test uses `site_url` (ends in a slash) and `page` (a new Playwright page). A request that leaves the site, a
script error or an error on the console fails the test when it ends. A test that expects such a message has
the mark `@pytest.mark.allow_console("the exact text of the message")`.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tools import serve

pytest.register_assert_rewrite("figure_page", "lite_notebook")

# the fixtures of the interactive figures
from figure_page import figure_site, open_figure, usual_context  # noqa: E402, F401
from lite_notebook import lite  # noqa: E402, F401
from site_pages import PATIENCE, open_page  # noqa: E402
from strange_words import pseudo  # noqa: E402, F401

ROOT = Path(__file__).resolve().parent.parent.parent
PREFIX = "/course"


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the built site: COURSE_SITE, or a new build of the book."""
    given = os.environ.get("COURSE_SITE")
    if given:
        folder = Path(given)
    else:
        folder = ROOT / "_build" / "html"
        subprocess.run([sys.executable, "-m", "tools.build_book"], cwd=ROOT, check=True)
    assert (folder / "index.html").is_file(), f"no site in {folder}"
    return folder


@pytest.fixture(scope="session")
def site_url(site):
    """The address of the site's root, ending in a slash."""
    with serve.server(site, prefix=PREFIX) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}{PREFIX}/"
        server.shutdown()


@pytest.fixture(scope="session")
def chromium():
    """Playwright's Chromium, for tests that start their own browser with `browser_options`."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser_options(require_tool):
    """The options of every browser: it does not know any host except localhost."""
    arguments = [
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-sync",
        "--no-first-run",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {"executable_path": require_tool("chromium"), "args": arguments}


@pytest.fixture(scope="session")
def browser(chromium, browser_options):
    """One headless Chromium for the session."""
    started = chromium.launch(**browser_options)
    yield started
    started.close()


@pytest.fixture(scope="session")
def watch():
    """A function: watch(page) returns a list of the page's faults, which is checked after the test."""
    return _watch


def _watch(page):
    """Return a list that fills with each outside request and each error of the page."""
    faults = []

    def on_request(request):
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about", "file") and parts.hostname != "localhost":
            faults.append(f"a request left the site: {request.url}")

    def on_console(message):
        url = message.location.get("url", "")
        own_guess = urlsplit(url).path == "/favicon.ico"  # the browser requests it for a page without an icon
        if message.type == "error" and not own_guess:
            of = f" [{url}]" if "status of" in message.text else ""
            faults.append(f"console: {message.text}{of}")

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    return faults


@pytest.fixture
def context_options():
    """Options that a test module may override: viewport, color_scheme, reduced_motion and so on."""
    return {}


@pytest.fixture
def page(request, browser, context_options):
    """A new page. At the end of the test it must have made no outside request and no error."""
    context = browser.new_context(**context_options)
    context.set_default_timeout(PATIENCE)
    fresh = context.new_page()
    faults = _watch(fresh)
    yield fresh
    context.close()
    allowed = [text for mark in request.node.iter_markers("allow_console") for text in mark.args]
    left = [fault for fault in faults if fault.removeprefix("console: ") not in allowed]
    assert not left, "\n".join(left)


@pytest.fixture(scope="module")
def glance(site_url, browser):
    """A function: glance(stem, **options) is a page that the module's tests share, since they only look."""
    known = {}

    def look(stem, **options):
        key = stem, repr(sorted(options.items()))
        if key not in known:
            known[key] = open_page(browser, site_url, stem, **options)
        return known[key]

    yield look
    for page in known.values():
        page.context.close()
