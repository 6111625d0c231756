"""The links out of JupyterLite's pages: each one works, and the way back is visible on every screen."""

from urllib.parse import urlsplit

import pytest
from lite_notebook import MINUTES, ROOT, LiteNotebook, fresh_page, open_from_chapter, without_python
from site_pages import PATIENCE

STEM = "02_slide_a_kernel"
PATH = f"exercises/{STEM}.ipynb"
PAGES = {
    "files": "lite/tree/index.html",
    "an exercise": f"lite/notebooks/index.html?path={PATH}",
    "a chapter": f"lite/notebooks/index.html?path=book/{STEM}.ipynb",
    "a text": "lite/edit/index.html?path=book/benchmarks/table.py",
}
WAY_BACK = ".course-ways a"
# Addresses that the visible commands of the menus open, and the links around the notebook; boxes are closed
ADDRESSES = """async (left_out) => {
    const opened = [];
    window.open = (address) => { opened.push(new URL(address, location.href).href); return null; };
    const app = window.jupyterapp, pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const bars = [], items = [];
    const search = (widget) => {
        if (widget.menus) bars.push(...widget.menus);
        else if (widget.children) for (const child of widget.children()) search(child);
    };
    for (const area of ["top", "menu", "main"]) for (const widget of app.shell.widgets(area)) search(widget);
    const walk = (menu) => {
        for (const item of menu.items) {
            if (item.type === "submenu") walk(item.submenu);
            else if (item.type === "command") items.push(item);
        }
    };
    bars.filter((menu) => ["File", "View", "Help"].includes(menu.title.label)).forEach(walk);
    const tried = [];
    for (const item of items) {
        if (!item.isVisible || !item.isEnabled || left_out.includes(item.command)) continue;
        tried.push(item.command);
        app.commands.execute(item.command, item.args).catch(() => {});
        await pause(300);
        document.querySelectorAll(".jp-Dialog .jp-mod-reject, .jp-Dialog .jp-mod-accept")
            .forEach((button, index) => index || button.click());
    }
    // last: a link inside a notebook gets its address a moment after it is drawn
    opened.push(...[...document.querySelectorAll("a[href]")].map((link) => link.href));
    return [tried, [...new Set(opened)]];
}"""
# commands that end or reload the page, or change only the colours of the text
LEFT_OUT = [
    "filemenu:close-and-cleanup",
    "docmanager:reload",
    "fileeditor:change-language",
    "application:close",
]

# JupyterLab's file list makes a notebook, and drops it half made when it opens its tab
HALF_MADE = (
    "Cannot read properties of null (reading 'updateRenderOption')",
    "script error: Cannot read properties of null (reading 'insertWidget')",
    "script error: Cannot read properties of null (reading 'id')",
    "script error: Permissions check failed",  # there is no clipboard for a link here
)
# from the smallest on: a page is loaded once, where room is tightest, and its window then grows
SIZES = {"small phone": (320, 640), "phone": (390, 844), "desk": (1280, 900)}
BAR_IS_BELOW = """(height) => {
    const bar = document.querySelector(".course-bar").getBoundingClientRect();
    const main = document.getElementById("main").getBoundingClientRect();
    return bar.bottom === height && Math.abs(main.bottom - bar.top) < 1;
}"""

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module", params=PAGES)
def shown(request, lite, site_url, browser, watch):
    """One of the pages, loaded on a small phone until its bar is final. Python never starts."""
    name = request.param
    with fresh_page(browser, watch, HALF_MADE) as page:
        without_python(page.context)
        page.set_default_timeout(MINUTES)
        width, height = SIZES["small phone"]
        page.set_viewport_size({"width": width, "height": height})
        page.goto(site_url + PAGES[name])
        page.wait_for_selector("body[data-course-python]", state="attached")
        page.wait_for_selector(WAY_BACK)
        # the menus appear one by one, this one last
        page.wait_for_selector(".lm-MenuBar-itemLabel >> text=Help", state="attached")
        if "notebooks" in PAGES[name]:
            LiteNotebook(page, python=False)
        yield page


@pytest.mark.parametrize("size", SIZES)
def test_the_way_back_is_in_sight_and_the_bar_covers_nothing(shown, size):
    width, height = SIZES[size]
    shown.set_viewport_size({"width": width, "height": height})
    shown.wait_for_function(BAR_IS_BELOW, arg=height, polling=50, timeout=PATIENCE)
    bar = shown.locator(".course-bar").bounding_box()
    assert (bar["x"], bar["width"], bar["y"] + bar["height"]) == (0, width, height)
    assert bar["height"] < 0.25 * height
    for part in shown.locator(".course-bar :is(p, a, button):visible").all():
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert part.evaluate(
            "(it) => it.scrollWidth <= it.clientWidth + 1 && it.scrollHeight <= it.clientHeight + 1"
        )
    assert shown.locator(WAY_BACK).is_visible()


def test_nothing_leads_to_a_page_that_is_not_there(shown):
    """The last test of a page: the commands of its menus change it."""
    tried, addresses = shown.evaluate(ADDRESSES, LEFT_OUT)
    assert len(tried) > 5
    ours = [address for address in addresses if urlsplit(address).hostname == "localhost"]
    assert any("/lite/tree" in address for address in ours)  # the logo
    missing = [address for address in ours if shown.request.get(address).status != 200]
    assert not missing


@pytest.mark.allow_console(*HALF_MADE)
def test_without_a_notebook_the_list_of_them_opens(lite, site_url, page):
    page.set_default_timeout(MINUTES)
    for start in ("lite/", "lite/notebooks/"):
        page.goto(site_url + start)
        page.wait_for_url("**/lite/tree/**", wait_until="commit")
    page.wait_for_selector("text=What you change in them is kept in this browser.")
    page.dblclick(".jp-DirListing-item >> text=exercises")
    with page.expect_popup() as waiting:
        page.dblclick(f".jp-DirListing-item >> text={STEM}.ipynb")
    waiting.value.set_default_timeout(MINUTES)
    assert "raise NotImplementedError" in "".join(LiteNotebook(waiting.value, python=False).sources())
    page.click("text=Back to the book")
    page.wait_for_url(lambda url: url.startswith(site_url + "index.html"))


def test_a_reference_in_a_chapters_notebook_opens_that_notebook(lite, site_url, page):
    without_python(page.context)
    notebook = open_from_chapter(page, site_url, STEM, "Open this chapter as a notebook", python=False)
    cell = notebook.drawn(notebook.id_of("(01_notation.ipynb)"))
    with page.expect_popup() as waiting:
        cell.locator("a[href*='01_notation.ipynb']").click()
    waiting.value.set_default_timeout(MINUTES)
    waiting.value.wait_for_url("**/lite/notebooks/**01_notation.ipynb")
    title = next(
        line
        for line in (ROOT / "book" / "01_notation.md").read_text("utf-8").splitlines()
        if line[:2] == "# "
    )
    assert title in "".join(LiteNotebook(waiting.value, python=False).sources())


@pytest.mark.parametrize(("system", "switch"), [("dark", None), ("light", "dark"), ("dark", "light")])
def test_a_notebook_is_as_dark_as_the_book_and_has_its_faces(system, switch, lite, site_url, browser):
    context = browser.new_context(color_scheme=system)
    page = context.new_page()
    if switch:  # what the theme's own button keeps
        page.goto(f"{site_url}404.html")
        page.evaluate("(mode) => localStorage.setItem('mode', mode)", switch)
    page.goto(f"{site_url}{PAGES['an exercise']}")
    page.wait_for_selector(".jp-RenderedMarkdown h1", timeout=MINUTES)
    page.wait_for_selector("body[data-jp-theme-light]", state="attached", timeout=PATIENCE)
    *theme, ground, face = page.evaluate(
        """() => [document.documentElement.dataset.theme,
          document.body.dataset.jpThemeLight === "false" ? "dark" : "light",
          getComputedStyle(document.querySelector(".jp-NotebookPanel-notebook")).backgroundColor,
          getComputedStyle(document.querySelector(".jp-RenderedMarkdown p")).fontFamily]"""
    )
    context.close()
    assert theme == [switch or system] * 2
    red, green, blue = (int(part) for part in ground.removeprefix("rgb(").removesuffix(")").split(", "))
    assert (max(red, green, blue) < 60) == (theme[0] == "dark")
    assert face.startswith('"Course Text"')
