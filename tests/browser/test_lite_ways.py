"""The links out of JupyterLite's pages: each one works, and the way back is visible on every screen."""

from urllib.parse import urlsplit

import pytest
from lite_notebook import MINUTES, ROOT, LiteNotebook, open_from_chapter, without_python

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

pytestmark = pytest.mark.timeout(900)
# JupyterLab's file list makes a notebook, and drops it half made when it opens its tab
half_made = pytest.mark.allow_console(
    "Cannot read properties of null (reading 'updateRenderOption')",
    "script error: Cannot read properties of null (reading 'insertWidget')",
    "script error: Cannot read properties of null (reading 'id')",
    "script error: Permissions check failed",  # there is no clipboard for a link here
)


def shown(page, site_url, name):
    """Open the page and wait until its bar is final. Python never starts."""
    without_python(page.context)
    page.set_default_timeout(MINUTES)
    page.goto(site_url + PAGES[name])
    page.wait_for_selector("body[data-course-python]", state="attached")
    page.wait_for_selector(WAY_BACK)
    page.wait_for_selector(".lm-MenuBar-itemLabel >> text=Help")  # the menus appear one by one, this one last
    if "notebooks" in PAGES[name]:
        LiteNotebook(page, python=False)


@half_made
@pytest.mark.parametrize("name", PAGES)
def test_nothing_leads_to_a_page_that_is_not_there(lite, site_url, page, name):
    shown(page, site_url, name)
    tried, addresses = page.evaluate(ADDRESSES, LEFT_OUT)
    assert len(tried) > 5
    ours = [address for address in addresses if urlsplit(address).hostname == "localhost"]
    assert any("/lite/tree" in address for address in ours)  # the logo
    missing = [address for address in ours if page.request.get(address).status != 200]
    assert not missing


@half_made
@pytest.mark.parametrize("start", ["lite/", "lite/notebooks/"])
def test_without_a_notebook_the_list_of_them_opens(lite, site_url, page, start):
    page.set_default_timeout(MINUTES)
    page.goto(site_url + start)
    page.wait_for_url("**/lite/tree/**")
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


@pytest.mark.parametrize("size", [(1280, 900), (390, 844), (320, 640)], ids=["desk", "phone", "small phone"])
@pytest.mark.parametrize("name", PAGES)
def test_the_way_back_is_in_sight_and_the_bar_covers_nothing(lite, site_url, page, name, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    shown(page, site_url, name)
    bar = page.locator(".course-bar").bounding_box()
    assert (bar["x"], bar["width"], bar["y"] + bar["height"]) == (0, *size)
    main = page.locator("#main").bounding_box()
    assert abs(main["y"] + main["height"] - bar["y"]) < 1
    assert bar["height"] < 0.25 * size[1]
    for part in page.locator(".course-bar :is(p, a, button):visible").all():
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert part.evaluate(
            "(it) => it.scrollWidth <= it.clientWidth + 1 && it.scrollHeight <= it.clientHeight + 1"
        )
    assert page.locator(WAY_BACK).is_visible()
