"""The learner's work in JupyterLite: kept however the page is left, downloadable, never overwritten."""

import contextlib
import csv
import json
import re
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
from lite_notebook import (
    MINUTES,
    PANEL,
    ROOT,
    LiteNotebook,
    answers,
    notebook_url,
    questions,
    without_python,
)

STEM = "02_slide_a_kernel"
PATH = f"exercises/{STEM}.ipynb"
CELL = f"{STEM}-03"
MINE = "my_own_work = 1"
BIG = MINE + "\n# and a long comment" * 5_000
HAS = f"(text) => {PANEL}.content.widgets.some((cell) => cell.model.sharedModel.getSource().includes(text))"
HIDE = """() => {
    Object.defineProperty(document, "hidden", { value: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
NO_STORAGE = """
    Object.defineProperty(window, "indexedDB", { value: undefined });
    const refuse = () => { throw new DOMException("no", "SecurityError"); };
    Object.defineProperty(window, "localStorage", { get: refuse });
"""
ASKS_NOBODY = """
    window.BroadcastChannel = class extends BroadcastChannel {
        postMessage(said) { if (said !== "my turn, please") super.postMessage(said); }
    };
"""
NO_SAVES = """async () => {
    const { Keeper } = await import("../course/keep.js");
    Keeper.prototype.save = async () => false;
}"""
ASKED = """() => {
    const leaving = document.createEvent("BeforeUnloadEvent");
    leaving.initEvent("beforeunload", false, true);
    window.dispatchEvent(leaving);
    return leaving.defaultPrevented;
}"""
NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });"

pytestmark = pytest.mark.timeout(900)


@contextlib.contextmanager
def watched(context, watch):
    """Python does not start in this browser profile. No page may fail, or ask whether to leave."""
    faults, asked_for = [], []

    def asked(dialog):
        asked_for.append(f"{dialog.type} {dialog.message}")
        dialog.accept()

    context.set_default_timeout(MINUTES)
    without_python(context)
    context.on("page", lambda page: faults.append(watch(page)))
    context.on("dialog", asked)
    yield context
    context.close()
    assert not any(faults), faults
    assert not asked_for


@pytest.fixture
def profile(chromium, browser_options, tmp_path, watch):
    """A function: profile() opens the browser with the same profile."""
    with contextlib.ExitStack() as opened:

        def again():
            started = chromium.launch_persistent_context(tmp_path / "profile", **browser_options)
            return opened.enter_context(watched(started, watch))

        yield again


@pytest.fixture
def context(browser, watch):
    with watched(browser.new_context(), watch) as context:
        yield context


@pytest.fixture(scope="module")
def tab(lite, site_url, browser, watch):
    """The exercise in a tab that the tests with this fixture share, in this order: a start takes seconds."""
    with watched(browser.new_context(), watch) as context:
        yield opened(context, site_url)


def opened(context, site_url):
    page = context.new_page()
    page.goto(notebook_url(site_url, PATH))
    return LiteNotebook(page, python=False)


def write(notebook, source):
    """Change the first answer. An earlier text in the bar does not count as saved."""
    notebook.page.evaluate("() => { document.querySelector('.course-saved').textContent = ''; }")
    notebook.replace(CELL, source)


def says(notebook, text):
    """Wait until the bar says this."""
    notebook.page.wait_for_selector(f".course-bar >> text={text}")


def saved(notebook):
    says(notebook, "/^Saved \\d\\d:\\d\\d$/")


def at_once(notebook):
    """Leave at the very moment of the change."""


def go_back(page):
    page.click("text=Back to the chapter")
    page.wait_for_url(f"**/{STEM}.html")
    page.close()


def close(page):
    with page.expect_event("close"):
        page.close(run_before_unload=True)


def go_elsewhere(page):
    page.goto("about:blank")
    page.close()


def hide_and_end(page):
    """Hide and end the page without further events, as a phone does."""
    page.evaluate(HIDE)
    page.close()


def end_the_browser(page):
    context = page.context
    close(page)
    context.close()


LEAVING = {
    "reload": lambda page: page.reload(),
    "back to the chapter": go_back,
    "another address": go_elsewhere,
    "close the tab": close,
    "hide the page": hide_and_end,
    "end the browser": end_the_browser,
}


QUICK = [(at_once, way) for way in LEAVING if way != "another address"] + [(saved, "end the browser")]
EVERY = [(moment, way) for moment in (at_once, saved) for way in LEAVING]


@pytest.mark.parametrize(
    "visits", [QUICK, pytest.param(EVERY, marks=pytest.mark.slow)], ids=["quick", "every"]
)
def test_an_edit_is_kept_however_the_page_is_left(lite, site_url, profile, visits):
    """Each visit with the same profile finds the text of the previous one, and writes another.

    Left out of a quick run: after a save a page has nothing more to do when it is left, and another address
    brings the same events as the way back and a reload.
    """
    notebook = opened(profile(), site_url)
    for number, (moment, way) in enumerate(visits):
        mine = f"{MINE}  # {number}: {way}"
        write(notebook, mine)
        moment(notebook)
        context = notebook.page.context
        LEAVING[way](notebook.page)
        if way == "reload":
            notebook = LiteNotebook(notebook.page, python=False)
        else:
            notebook = opened(profile() if way == "end the browser" else context, site_url)
        assert mine in notebook.sources(), way
        for _ in range(100):  # a draft is stored once the notebook is open again
            if mine in notebook.stored_sources(PATH):
                break
            notebook.page.wait_for_timeout(100)
        assert mine in notebook.stored_sources(PATH), way


def test_typing_is_saved_and_the_bar_says_when(tab):
    notebook, page = tab, tab.page
    says(notebook, "What you change is saved by itself.")
    notebook.drawn(CELL).locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type("\n# typed by hand")
    says(notebook, "Not saved yet")
    saved(notebook)
    at = notebook.stored(PATH)["last_modified"]
    clock = page.evaluate("(at) => new Date(at).toTimeString().slice(0, 5)", at)
    assert page.inner_text(".course-saved") == f"Saved {clock}"
    assert any("# typed by hand" in source for source in notebook.stored_sources(PATH))


def rename(page, name):
    page.evaluate("() => { window.jupyterapp.commands.execute('application:rename'); }")
    page.fill(".jp-Dialog input", name)
    page.click(".jp-Dialog .jp-mod-accept")
    page.wait_for_selector(".jp-Dialog", state="detached")


def test_no_name_that_is_taken_is_written_over(tab):
    notebook, page, other = tab, tab.page, "exercises/03_draw_the_graph.ipynb"
    write(notebook, MINE)
    saved(notebook)
    rename(page, "03_draw_the_graph.ipynb")
    says(notebook, "There is a file exercises/03_draw_the_graph.ipynb already.")
    assert not any(MINE in source for source in notebook.stored_sources(other))
    assert MINE in notebook.stored_sources(PATH)
    page.click("text=OK")
    write(notebook, MINE + "\nand_more = 2")
    saved(notebook)
    assert MINE + "\nand_more = 2" in notebook.stored_sources(PATH)


def test_the_downloaded_notebook_can_be_graded_as_it_is(tab, tmp_path):
    notebook, page = tab, tab.page
    for cell_id, source in answers(STEM).items():
        notebook.replace(cell_id, source)
    with page.expect_download() as waiting:
        page.click("text=Download my notebook")
    assert waiting.value.suggested_filename == f"{STEM}.ipynb"
    handed_in = tmp_path / "class"
    handed_in.mkdir()
    waiting.value.save_as(handed_in / waiting.value.suggested_filename)
    out = tmp_path / "grades.csv"
    words = [sys.executable, "-m", "conv_course.grade", handed_in, "--csv", out, "--no-sandbox"]
    subprocess.run(words, cwd=ROOT, check=True, timeout=200)
    full = f"{sum(question.points for question in questions(STEM).values()):g}"
    with out.open(encoding="utf-8-sig", newline="") as grades:
        (row,) = csv.DictReader(grades)
    assert (row["points"], row["of"], row["status"]) == (full, full, "graded")


def test_a_draft_that_came_too_late_is_kept_beside(tab):
    """Without a lock to prevent it, another tab saved after this one was left."""
    notebook = tab
    write(notebook, "this_is_saved = 1")
    saved(notebook)
    key = f"/course/lite/draft of {PATH}"
    mine = notebook.stored(PATH)["content"]
    mine["cells"][3]["source"] = MINE
    draft = json.dumps({"base": "long ago", "notebook": mine})
    notebook.page.evaluate("([key, draft]) => localStorage.setItem(key, draft)", [key, draft])
    notebook.page.reload()
    notebook = LiteNotebook(notebook.page, python=False)
    says(notebook, "What you wrote last time was kept as")
    name = re.search(r"kept as (\S+\.ipynb)", notebook.page.inner_text(".course-news"))[1]
    assert MINE in notebook.stored_sources(name)
    assert MINE not in notebook.sources()


def test_renaming_keeps_the_work_and_the_exercise_opens_anew(tab):
    """The exercise's first lines advise this if the course has a newer version."""
    notebook, page = tab, tab.page
    write(notebook, MINE)
    rename(page, "mine.ipynb")
    page.wait_for_url("**path=exercises%2Fmine.ipynb")
    write(notebook, MINE + "\nand_more = 2")
    page.reload()
    notebook = LiteNotebook(page, python=False)
    assert MINE + "\nand_more = 2" in notebook.sources()
    page.click("text=Back to the chapter")
    page.wait_for_url(f"**/{STEM}.html")
    page.evaluate("localStorage.clear()")  # answers that the book's pages keep would come along
    page.click("text=Complete the exercise >> nth=0")
    assert not any(MINE in source for source in LiteNotebook(page, python=False).sources())


def asks_before_leaving(page):
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    return asked == ["beforeunload"]


def test_a_full_storage_is_told_of_until_there_is_room(lite, site_url, browser, watch):
    context = browser.new_context()
    without_python(context)
    notebook = opened(context, site_url)
    page, faults = notebook.page, watch(notebook.page)
    quota = {"origin": site_url.split("/course")[0], "quotaSize": 1}
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)
    for n in range(30):  # the browser may update its count a little later
        write(notebook, f"{BIG}\n# {n}")
        page.wait_for_timeout(2000)
        if page.locator("[data-state=failed]").count():
            break
    says(notebook, "Nothing is saved: this browser's storage is full. Press Download before you leave.")
    page.click("text=Back to the chapter")
    page.wait_for_timeout(1000)
    assert "/notebooks/" in page.url  # the first press stays
    with page.expect_download() as waiting:
        page.click(".course-download")
    assert MINE in waiting.value.path().read_text(encoding="utf-8")
    assert asks_before_leaving(page)

    notebook = LiteNotebook(page, python=False)
    assert f"{BIG}\n# {n}" in notebook.sources()
    page.wait_for_function("() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel")
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", {"origin": quota["origin"]})
    write(notebook, MINE + "\nand_more = 2")
    saved(notebook)
    assert MINE + "\nand_more = 2" in notebook.stored_sources(PATH)
    context.close()
    assert not faults


def test_a_browser_that_stores_nothing_is_told_of_at_once(lite, site_url, browser, watch):
    context = browser.new_context()
    context.add_init_script(NO_STORAGE)
    without_python(context)
    notebook = opened(context, site_url)
    told = "Nothing is saved: this browser lets the page store nothing. Press Download before you leave."
    says(notebook, told)
    assert not notebook.page.evaluate(ASKED)
    write(notebook, MINE)
    says(notebook, told)
    assert notebook.page.evaluate(ASKED)
    context.close()


def waits_for_its_turn(notebook):
    says(notebook, "This notebook is open in another tab, and only one tab can save it.")
    return notebook.page.evaluate("() => document.getElementById('main').inert")


def go_on_here(notebook):
    with notebook.page.expect_navigation():
        notebook.page.click("text=Go on in this tab")
    return LiteNotebook(notebook.page, python=False)


def test_only_one_tab_at_a_time_can_be_written_in(lite, site_url, context):
    first = opened(context, site_url)
    second = opened(context, site_url)
    assert waits_for_its_turn(second)
    write(first, MINE)
    second = go_on_here(second)
    assert MINE in second.sources()  # though the first tab had not saved it yet
    assert waits_for_its_turn(first)
    write(second, MINE + "\nand_more = 2")
    second.page.close(run_before_unload=True)
    first = go_on_here(first)
    assert MINE + "\nand_more = 2" in first.sources()
    write(first, "the_last_word = 3")
    saved(first)
    assert "the_last_word = 3" in first.stored_sources(PATH)


def test_a_tab_that_does_not_answer_is_not_waited_for_and_loses_nothing(lite, site_url, context):
    asleep = opened(context, site_url)
    asleep.page.evaluate(NO_SAVES)
    context.add_init_script(ASKS_NOBODY)
    second = opened(context, site_url)
    write(asleep, MINE)
    second = go_on_here(second)
    says(asleep, "What is on this page was kept as")
    name = re.search(r"kept as (\S+\.ipynb)", asleep.page.inner_text(".course-news"))[1]
    assert MINE in second.stored_sources(name)
    write(second, "of_the_second = 2")
    saved(second)
    assert "of_the_second = 2" in second.stored_sources(PATH)


def test_tabs_without_locks_do_not_write_over_each_other(lite, site_url, context):
    context.add_init_script(NO_LOCKS)
    first, second = opened(context, site_url), opened(context, site_url)
    write(first, "of_the_first = 1")
    saved(first)
    second.page.wait_for_timeout(1000)
    write(second, "of_the_second = 2")
    says(second, "Another tab has saved this notebook too.")
    name = re.search(r"kept as (\S+\.ipynb)", second.page.inner_text(".course-news"))[1]
    assert "of_the_first = 1" in second.stored_sources(PATH)
    assert "of_the_second = 2" in second.stored_sources(name)
    with second.page.expect_navigation(wait_until="commit"):
        second.page.click("text=Show the other one")


def test_a_newer_version_is_told_of_and_taken_with_the_old_one_kept(lite, site_url, context):
    held = []

    def hold(route):
        """The notebook itself comes; what the page asks for besides comes when the learner has saved."""
        held.append(route)
        if len(held) == 1:
            route.continue_()

    context.route(f"**/files/{PATH}*", hold)
    notebook = opened(context, site_url)
    page = notebook.page
    assert page.locator(".course-news").count() == 0
    write(notebook, MINE)
    saved(notebook)
    assert held[1:]
    for route in held[1:]:
        route.continue_()
    context.unroute(f"**/files/{PATH}*")

    served = json.loads((lite / "files" / PATH).read_text(encoding="utf-8"))
    served["metadata"]["conv_course"]["version"] = "newer"
    versions = {PATH: "newer"}
    context.route(f"**/files/{PATH}*", lambda route: route.fulfill(json=served))
    context.route("**/course/versions.json", lambda route: route.fulfill(json=versions))
    page.reload()
    notebook = LiteNotebook(page, python=False)
    says(notebook, "A newer version of this notebook is out")
    assert MINE in notebook.sources()  # nothing happens unasked

    write(notebook, MINE + "\nnot_saved_yet = 2")
    page.click("text=Take the new version")
    page.wait_for_selector("text=Your work is safe in")
    notebook = LiteNotebook(page, python=False)
    # the question is the same in the new version, so the answer comes along from what is kept for the page
    page.wait_for_function(HAS, arg=MINE)
    assert sum(MINE in source for source in notebook.sources()) == 1
    name = re.search(r"safe in (\S+\.ipynb)", page.inner_text(".course-news"))[1]
    assert MINE + "\nnot_saved_yet = 2" in notebook.stored_sources(name)

    link = page.locator("text=Open it").evaluate("link => link.href")
    assert parse_qs(urlsplit(link).query)["path"] == [name]

    page.goto(notebook_url(site_url, PATH))
    LiteNotebook(page, python=False)
    page.wait_for_timeout(500)
    assert page.locator(".course-news").count() == 0  # dismissed for good
