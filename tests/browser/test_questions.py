"""Questions in a chapter: answered, checked, stopped, and kept, in one browser with one Python."""

import contextlib
import csv
import re
import subprocess
import sys

import pytest
from lite_notebook import MINUTES, ROOT
from playwright.sync_api import expect
from site_pages import NO_PYTHON, open_page
from strange_words import SHOWN, english

from benchmarks import pages
from conv_course.checker.questions import load_sheet

STEM, NAME = "02_slide_a_kernel", "q3"
SHEET = load_sheet(STEM)
QUESTION = SHEET.questions[NAME]
BOX = f"#question-{STEM[:2]}-{NAME}"
KEY = f"/course/question {STEM}/"
SHIFT = 0.02


class Box:
    """A question on a page, used as a reader does."""

    def __init__(self, page):
        self.page, self.box = page, page.locator(BOX)
        self.editor, self.status = (
            self.box.locator(".cm-content"),
            self.box.locator(".course-question-status"),
        )
        self.result, self.beside = (
            self.box.locator(".course-question-result"),
            self.box.locator(".course-beside"),
        )
        self.own = self.box.locator(".course-own")

    def come_near(self):
        self.box.scroll_into_view_if_needed()
        self.editor.wait_for(timeout=MINUTES)
        return self

    def press(self, act):
        self.box.locator(f"[data-act={act}]").click()

    def write(self, text):
        self.editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def check(self, text):
        """Write an answer and check it with the keyboard. Return the page's reply."""
        self.write(text)
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_selector(f"{BOX}:not([aria-busy])", timeout=MINUTES)
        return self.result.inner_text()

    def text(self):
        return "\n".join(self.editor.locator(".cm-line").all_inner_texts()).replace("\n\n", "\n")

    def kept(self):
        return self.page.evaluate("key => JSON.parse(localStorage.getItem(key))", KEY + NAME)


def opened(context, site_url):
    page = context.new_page()
    page.add_init_script(pages.WATCH)
    pages.visit(page, f"{site_url}{STEM}.html")
    return Box(page)


@contextlib.contextmanager
def watched(browser, watch, **options):
    context = browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(MINUTES)
    faults = []
    context.on("page", lambda page: faults.append(watch(page)))
    yield context
    context.close()
    assert [fault for of_page in faults for fault in of_page] == []


@pytest.fixture(scope="module")
def at_work(lite, site_url, browser, watch):
    """The chapter's page with the question in view and Python ready. The tests with this fixture share it."""
    with watched(browser, watch, **pages.DESKTOP) as context:
        requests = []
        context.on("request", lambda request: requests.append(request.url))
        box = opened(context, site_url)
        box.before = [url for url in requests if re.search(r"codemirror|pyodide|question\.js", url)]
        yield box.come_near()


@pytest.fixture(scope="module")
def without_python(site_url, browser, watch):
    """A separate browser in which Python never starts, for tests that do not need it."""
    with watched(browser, watch, **pages.DESKTOP) as context:
        context.route("**/_static/python.json", lambda route: route.fulfill(body=NO_PYTHON))
        yield context


@pytest.fixture
def desk(without_python, site_url):
    """The question in a new tab, with nothing stored."""
    for page in without_python.pages:
        page.close()
    page = without_python.new_page()
    page.goto(f"{site_url}_static/python.json")  # of the site, without scripts that would store anything
    page.evaluate("localStorage.clear()")
    page.close()
    return opened(without_python, site_url).come_near()


def test_nothing_is_loaded_before_the_reader_comes_near(at_work):
    assert at_work.before == []


@pytest.mark.timeout(400)
def test_an_endless_print_is_stopped_and_the_next_python_checks(at_work):
    at_work.write("while True:\n    print(1)\n")
    at_work.press("check")
    at_work.page.wait_for_selector(f"{BOX} >> text=Your answer runs: 1 s", timeout=MINUTES)
    at_work.press("stop")
    assert "Stopped." in at_work.result.inner_text(timeout=2000)
    said = at_work.check(QUESTION.source)
    assert "done, 3 of 3 points" in said
    assert at_work.kept()["verdict"] == {"state": "done", "points": 3, "of": 3}
    progress = at_work.page.locator(".lesson-card .course-progress").first
    of = f"3 of {SHEET.points:g} points, 1 of {len(SHEET.questions)} questions done"
    assert progress.inner_text().endswith(of)


@pytest.mark.timeout(300)
def test_a_mistake_gets_the_card_of_the_notebook(at_work):
    wrong = next(one for one in QUESTION.wrongs if one.name == "The kernel is flipped")
    said = at_work.check(wrong.slip.source)
    assert "not yet, 0 of 3 points" in said
    assert wrong.hint in said
    link = at_work.result.locator("a").get_attribute("href")
    assert link.endswith("/course/01_notation.html#two")
    assert at_work.kept()["best"] == 3  # what was earned before
    at_work.press("hint")
    at_work.page.wait_for_selector(f"{BOX} >> text=hint 2", timeout=MINUTES)
    assert at_work.kept()["rungs"] == 1


def with_own_questions(box):
    """The page after full marks, with the questions on the answer's code open and nothing chosen."""
    box.check(QUESTION.source)
    box.own.get_by_role("button", name="Three questions on your code").focus()
    box.page.keyboard.press("Enter")
    box.own.locator("form").wait_for(timeout=MINUTES)
    return box


@pytest.fixture(scope="module")
def on_own_code(at_work):
    return with_own_questions(at_work)


@pytest.mark.timeout(300)
def test_questions_on_the_readers_own_code_are_answered_with_the_keyboard(on_own_code):
    own, page = on_own_code.own, on_own_code.page
    assert page.evaluate("document.activeElement.className") == "course-own-title"
    assert own.get_by_role("region", name="Your code").inner_text().splitlines()[0].startswith("  1  def ")
    sets = own.locator("fieldset")
    assert sets.count() == 3
    for place in range(3):
        sets.nth(place).locator("input").first.focus()
        page.keyboard.press("Space")
        expect(sets.nth(place).locator("input").first).to_be_checked()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Answer"
    page.keyboard.press("Enter")
    expect(own.locator(".course-own-said")).not_to_be_empty()
    said, marked = own.locator(".course-own-said"), own.locator("fieldset[data-right=yes]")
    right = marked.count()
    assert said.inner_text() == f"{right} of 3 on your own code, counted apart from the points."
    kept = on_own_code.kept()
    assert (kept["own"]["given"], kept["own"]["right"], kept["own"]["of"]) == ("aaa", right, 3)
    assert kept["verdict"] == {"state": "done", "points": 3, "of": 3}
    for letter in "bcd":
        for one in own.locator("fieldset:not([data-right=yes])").all():
            if one.locator(f"input[value={letter}]").count():
                one.locator(f"input[value={letter}]").check()
        page.keyboard.press("Enter")
    assert marked.count() == 3
    assert said.inner_text().startswith(f"{right} of 3 on your own code")
    assert "gave first are the ones that count" in said.inner_text()
    assert on_own_code.kept()["own"]["right"] == right
    progress = page.locator(".lesson-card .course-progress").first
    assert progress.inner_text().endswith(f", {right} of 3 on your own code")


@pytest.mark.timeout(300)
def test_the_questions_on_own_code_are_accessible(on_own_code):
    for theme in ("light", "dark"):
        on_own_code.page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        assert pages.violations(on_own_code.page, context=[f"{BOX} .course-own"]) == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("x = [1,\n\ndef f():", ["line 1", "was never closed"]),
        ("print('before')\n\n1 / 0", ["before", "line 3", "ZeroDivisionError"]),
        ("a = [np.zeros(10**8) for _ in range(20)]", ["MemoryError", "line 1"]),
        ("def f(n):\n    return f(n + 1)\n\nf(0)", ["RecursionError", "line 2"]),
        (f"def {QUESTION.function}(x, w, b=0.0, **more):\n    while True:\n        pass", ["does not end"]),
        (f"def {QUESTION.function}(*a, **b):\n    for i in range(10**7):\n        print(i)", ["printed: 0"]),
        ("1", ["not started"]),
    ],
    ids=["syntax", "crash", "memory", "recursion", "loop", "prints", "no function"],
)
def test_what_goes_wrong_is_said_with_the_learners_own_lines(at_work, source, told):
    said = at_work.check(source)
    assert [text for text in told if text not in said] == []
    assert "conv_course" not in said


@pytest.mark.timeout(300)
def test_the_open_question_is_accessible(at_work):
    at_work.check("1 / 0")
    for theme in ("light", "dark"):
        at_work.page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        assert pages.violations(at_work.page, context=[BOX]) == []


def test_tab_indents_and_escape_leaves(desk):
    desk.write("")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.type("x")
    assert desk.text() == "    x"
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Tab")
    assert desk.page.evaluate("document.activeElement.dataset.act") == "check"


def test_a_page_without_python_says_why(desk):
    desk.press("check")
    desk.page.wait_for_selector(f"{BOX}:not([aria-busy])")
    assert "could not start: this test does without" in desk.status.inner_text()
    assert desk.box.locator("a[data-notebook]").is_visible()


def test_the_editor_comes_without_a_jump(desk):
    assert desk.page.evaluate("window.layoutShift") <= SHIFT


def test_an_answer_outlives_the_page_and_a_reset(desk):
    desk.write("mine = 1")
    desk.page.reload()
    desk.come_near()
    assert desk.text() == "mine = 1"
    desk.press("reset")
    assert "NotImplementedError" in desk.text()
    desk.beside.locator("summary").click()
    desk.beside.locator("text=Put it in the editor").click()
    assert desk.text() == "mine = 1"


def test_a_newer_question_keeps_the_old_text_beside_it(desk):
    old = {"text": "for another stub", "version": "0", "best": 2}
    desk.page.evaluate("([key, old]) => localStorage.setItem(key, JSON.stringify(old))", [KEY + NAME, old])
    desk.page.reload()
    desk.come_near()
    assert "NotImplementedError" in desk.text()
    assert "for another stub" in desk.beside.text_content()
    assert desk.kept()["best"] == 2


def test_two_tabs_show_and_keep_each_others_text(desk, without_python, site_url):
    other = opened(without_python, site_url).come_near()
    desk.write("from the first tab")
    other.page.wait_for_function(
        "box => document.querySelector(box).textContent.includes('first tab')", arg=BOX
    )
    # both at once: neither is notified of the other before it has stored its own text
    freeze = "window.addEventListener('storage', (event) => event.stopImmediatePropagation(), true)"
    assert other.text() == "from the first tab"
    other.page.evaluate(freeze)
    other.write("the second tab's")
    desk.write("the first tab's, later")
    desk.page.wait_for_timeout(500)
    texts = {other.kept()["text"], *(one["text"] for one in other.kept()["others"])}
    assert {"the second tab's", "the first tab's, later"} <= texts


def test_a_browser_that_keeps_nothing_is_reported(desk):
    refuse = "throw new DOMException('x', 'QuotaExceededError');"
    desk.page.evaluate(f"() => {{ Storage.prototype.setItem = () => {{ {refuse} }}; }}")
    desk.write("lost?")
    desk.page.wait_for_selector(f"{BOX} >> text=storage is full")


def test_all_work_goes_into_a_file_and_comes_back(desk, site_url, tmp_path):
    desk.write("mine = 1")
    desk.page.goto(f"{site_url}00_welcome.html")
    with desk.page.expect_download() as download:
        desk.page.click("button[data-work=save]")
    saved = tmp_path / "work.json"
    download.value.save_as(saved)
    desk.page.evaluate("localStorage.clear()")
    desk.page.set_input_files("input[data-work=load]", saved)
    desk.page.wait_for_selector("text=Loaded 1 answer.")
    assert desk.kept()["text"] == "mine = 1"
    saved.write_text("{}")
    desk.page.set_input_files("input[data-work=load]", saved)
    desk.page.wait_for_selector("text=holds no work of this course")
    assert desk.kept()["text"] == "mine = 1"


@pytest.mark.timeout(300)
def test_what_is_handed_in_is_graded_as_the_page_said(desk, tmp_path):
    wrong = SHEET.questions["q2"].wrongs[0].slip.source
    texts = {name: question.source for name, question in SHEET.questions.items()} | {"q2": wrong}
    del texts["q5"]
    store = "([key, text]) => localStorage.setItem(key, JSON.stringify({ text }))"
    for name, text in texts.items():
        desk.page.evaluate(store, [KEY + name, text])
    with desk.page.expect_download() as download:
        desk.page.click("button[data-work=hand-in]")
    folder = tmp_path / "class"
    folder.mkdir()
    download.value.save_as(folder / "ada.ipynb")
    command = [sys.executable, "-m", "conv_course.grade", str(folder), "--csv", str(tmp_path / "out.csv")]
    subprocess.run([*command, "--no-sandbox"], cwd=ROOT, check=True, capture_output=True)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    full = {name: question.points for name, question in SHEET.questions.items()}
    assert {name: float(row[name]) for name in full} == full | {"q2": 0, "q5": 0}


@pytest.mark.parametrize("height", [844, 400])
def test_a_phone_has_the_editor_and_its_buttons_in_sight(browser, site_url, height):
    page = open_page(browser, site_url, STEM, viewport={"width": 390, "height": height}, has_touch=True)
    page.route("**/_static/python.json", lambda route: route.fulfill(body=NO_PYTHON))
    box = Box(page).come_near()
    box.write("x = 1\n" * 30)
    assert pages.width_beyond(page) <= 0
    if height == 400:  # as with a keyboard open
        assert page.evaluate(
            f"(() => {{ const at = document.querySelector('{BOX} [data-act=check]').getBoundingClientRect();"
            " return at.top >= 0 && at.bottom <= innerHeight; })()"
        )
    page.context.close()


def test_a_page_from_a_folder_says_what_it_cannot_do(browser, site):
    page = browser.new_page()
    page.goto((site / f"{STEM}.html").as_uri())
    box = Box(page)
    assert "opened from a folder" in box.status.inner_text()
    assert box.box.locator("[data-act=check]").is_disabled()
    page.close()


def test_a_reader_who_saves_data_is_asked(browser, site_url):
    page = open_page(browser, site_url, STEM)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.evaluate("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    box = Box(page).come_near()
    assert "Check downloads Python first" in box.status.inner_text()
    assert not any("python.json" in url for url in requests)
    page.context.close()


@pytest.mark.timeout(300)
def test_every_word_of_the_questions_on_own_code_can_be_translated(at_work, pseudo):
    """The last test with this page, since its language stays changed."""
    own = with_own_questions(at_work).own
    before = own.evaluate(SHOWN)
    at_work.page.add_script_tag(content=pseudo)
    assert len(english(before)) > 10
    assert [text for text in own.evaluate(SHOWN) if english([text])] == []
