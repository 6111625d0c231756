"""Sliders run the learner's own function and draw its window; they and predictions suit every reader.

That is: a phone, also with a keyboard open, dark pages, paper, no scripts, a page opened from a folder.
"""

import pytest
from python_beside import beside

from benchmarks import pages
from conv_course.checker.questions import load_sheet
from tools.sphinx_questions import placed

PHONES = [(390, 844), (390, 400)]  # the second as with a keyboard open
# each size and each scheme once; with --all also the other pairs
LOOKS = [
    pytest.param(size, scheme, marks=[pytest.mark.slow] if (scheme == "dark") == (size is PHONES[0]) else [])
    for size in PHONES
    for scheme in ("light", "dark")
]
# the window of a drawing in rows and columns of its cells: [its top, left, height, width]
FRAME = """svg => {
  const one = svg.querySelector(".conv-frame"), cell = svg.querySelector(".conv-box").getBoundingClientRect();
  const [outer, box] = [svg.querySelector(".conv-cell"), one].map((node) => node.getBoundingClientRect());
  const side = cell.width + 2;
  return [box.y - outer.y, box.x - outer.x, box.height, box.width].map((pixels) => Math.round(pixels / side));
}"""
NUMBERS = """svg => [...svg.querySelectorAll(".conv-cell")].map((one) =>
  Number((one.querySelector("text")?.textContent ?? "NaN").replace("−", "-")))"""
SPILLS = """box => [...box.querySelectorAll(".conv-cell")].filter((one) => {
  const [text, cell] = ["text", "rect"].map((part) => one.querySelector(part)?.getBoundingClientRect());
  return text && (text.left < cell.left + 1 || text.right > cell.right - 1);
}).map((one) => one.textContent)"""


class Slides:
    """The sliders of one question, with its answer and those before it written."""

    def __init__(self, page, url, stem, name, source=None):
        self.page, self.name = page, f"#question-{stem[:2]}-{name}"
        self.box = page.locator(f"{self.name} .course-slide")
        pages.visit(page, f"{url}{stem}.html")
        store = "([key, text, version]) => localStorage.setItem(key, JSON.stringify({ text, version }))"
        questions = load_sheet(stem).questions
        for other in list(questions)[: list(questions).index(name) + 1]:
            text = source if other == name and source else questions[other].source
            if text:
                key = f"/course/question {stem}/{other}"
                page.evaluate(store, [key, text, placed(stem)[other].version])
        page.locator(self.name).scroll_into_view_if_needed()
        page.locator(f"{self.name} .cm-content").wait_for()
        self.box.locator("summary").click()
        self.page.wait_for_selector(f"{self.name} .course-slide-picture > section")

    def set(self, **values):
        """Move sliders by keys from their start, each when the one before has been drawn."""
        for name, steps in values.items():
            slider = self.box.locator(f"input[name={name}]")
            slider.focus()
            self.page.keyboard.press("Home")
            for _ in range(steps):
                self.page.keyboard.press("ArrowRight")
            self.page.wait_for_selector(f"{self.name}:not([aria-busy])")

    def said(self):
        return self.box.locator("[role=status]").inner_text()

    def drawn(self, name, part=0):
        return self.box.locator(f".course-slide-picture section >> nth={part}").locator(
            f"svg[aria-label^='{name}. ']"
        )


@pytest.fixture
def slides(browser, site_url, watch):
    """A function: slides(stem, name, source, **options of the browser's context) -> Slides."""
    contexts, faults = [], []

    def open_(stem, name, source=None, **options):
        context = browser.new_context(reduced_motion="reduce", **{**pages.DESKTOP, **options})
        contexts.append(context)
        asked = beside(context)
        page = context.new_page()
        faults.append(watch(page))
        shown = Slides(page, site_url, stem, name, source)
        shown.asked = asked
        return shown

    yield open_
    for context in contexts:
        context.close()
    assert [fault for of_page in faults for fault in of_page] == []


def test_the_learners_own_function_is_run_and_its_window_drawn(slides):
    """Also what a wrong one makes of it, beside what is asked for."""
    right = load_sheet("07_images").questions["q2"].source
    wrong = right.replace("* w)", "* w[:, ::-1])")
    assert wrong != right
    shown = slides("07_images", "q2", wrong)
    assert shown.said() == "Yours differs from what is asked for."
    shown.set(stride=1, stride_right=2, padding=1, output=4)
    call, request = shown.asked[-1]
    assert (call, request["values"]) == ("slide", {"stride": 2, "stride_right": 3, "padding": 1})
    assert request["source"] == wrong
    for part, source in enumerate([wrong, right]):
        space = {}
        exec(load_sheet("07_images").given, space)
        exec(source, space)
        space["rows"] = lambda **named: named
        exec(request["cell"].rpartition("\n")[0], space)
        y = space["show_filter"](2, 3, 1)["y"]
        assert shown.drawn("y", part).evaluate(NUMBERS) == y.ravel().tolist()
        assert y.shape == (3, 3)
        assert shown.drawn("x", part).evaluate(FRAME) == [2, 3, 3, 3]  # the window of y[1, 1]
    shown.drawn("y").locator(".conv-cell").nth(8).click()
    assert shown.drawn("x").evaluate(FRAME) == [4, 6, 3, 3]
    assert shown.box.locator("input[name=output]").get_attribute("aria-valuetext") == "y[2, 2]"


@pytest.mark.parametrize(
    ("stem", "name", "at", "frames"),
    [
        ("08_layer_forward", "q4", {"padding": 1, "output": 6}, {"x channel 0": [1, 1, 2, 3]}),
        ("08_layer_forward", "q4", {"stride": 1, "output": 3}, {"x channel 1": [2, 0, 2, 3]}),
        ("15_pooling", "q1", {"stride": 1, "padding": 1, "output": 5}, {"x": [2, 4, 2, 3]}),
    ],
)
def test_every_channel_and_a_pooling_window_have_a_frame(slides, stem, name, at, frames):
    shown = slides(stem, name)
    shown.set(**at)
    assert shown.said() == "Yours is what is asked for."
    assert {x: shown.drawn(x).evaluate(FRAME) for x in frames} == frames
    assert shown.box.evaluate(SPILLS) == []


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_sliders_fit_a_phone_and_are_accessible(slides, size, scheme):
    viewport = {"width": size[0], "height": size[1]}
    shown = slides("07_images", "q2", viewport=viewport, has_touch=True, color_scheme=scheme)
    shown.set(padding=3)
    assert pages.width_beyond(shown.page) <= 0
    assert shown.box.evaluate(SPILLS) == []
    for slider in shown.box.locator("input:visible").all():
        at = slider.bounding_box()
        assert at["height"] >= 24
        assert at["x"] + at["width"] <= size[0]
    assert pages.violations(shown.page, context=[shown.name]) == []


def test_a_function_that_stops_is_told_of(slides):
    shown = slides("07_images", "q2", "def filter_image(x, w, **how):\n    return x[99]")
    assert shown.said().startswith("Your function stopped with IndexError")
    assert shown.drawn("y").is_visible()  # what is asked for


def test_paper_has_the_stub_or_the_answer_and_lines_to_write_on(browser, site_url):
    context = browser.new_context(reduced_motion="reduce", **pages.DESKTOP)
    page = context.new_page()
    pages.visit(page, f"{site_url}07_images.html")
    page.emulate_media(media="print")
    box = page.locator("#question-07-q2")
    assert "def filter_image" in box.locator(".course-stub").inner_text()
    lines = box.locator(".course-lines i")
    assert lines.count() >= 5
    assert lines.first.bounding_box()["height"] > 20
    for gone in (
        ".course-question-bar",
        ".course-slide",
        ".course-predict-form button",
        ".course-predict-again",
    ):
        assert page.locator(gone).count() > 0, gone
        assert [one for one in page.locator(gone).all() if one.is_visible()] == [], gone
    prediction = page.locator("#predict-07-padding")
    assert prediction.locator("input").is_visible()
    assert not prediction.locator("details p").first.is_visible()
    context.close()


def test_without_scripts_a_question_is_its_text_and_a_link(browser, site_url):
    context = browser.new_context(java_script_enabled=False, **pages.PHONE)
    page = context.new_page()
    page.goto(f"{site_url}07_images.html")
    box = page.locator("#question-07-q2")
    assert "x is (H, W)" in box.inner_text().replace("\xa0", " ")
    assert "def filter_image" in box.inner_text()
    assert box.locator(".course-question-bar a").first.get_attribute("href")
    assert [one for one in box.locator("button, .course-slide").all() if one.is_visible()] == []
    prediction = page.locator("#predict-07-padding")
    assert not prediction.locator("button").first.is_visible()
    prediction.locator("summary").click()
    assert prediction.locator("details p").first.is_visible()
    context.close()


def test_a_page_from_a_folder_offers_no_sliders_but_predictions(browser, site):
    context = browser.new_context(**pages.PHONE)
    page = context.new_page()
    page.goto((site / "07_images.html").as_uri())
    assert "opened from a folder" in page.locator("#question-07-q2 [role=status]").inner_text()
    assert not page.locator("#question-07-q2 .course-slide").is_visible()
    prediction = page.locator("#predict-07-padding")
    prediction.locator("input").fill("2")
    prediction.get_by_role("button", name="Commit").click()
    assert "2 is not it. That is what size 5 needs." in prediction.locator("[role=status]").inner_text()
    context.close()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_predictions_fit_a_phone_and_are_accessible(browser, site_url, size, scheme):
    """Every kind, before and after the reader has committed, by keys alone."""
    context = browser.new_context(
        reduced_motion="reduce", color_scheme=scheme, viewport={"width": size[0], "height": size[1]}
    )
    page = context.new_page()
    pages.visit(page, f"{site_url}08_layer_forward.html")
    kinds = {one.get_attribute("data-kind"): one for one in page.locator(".course-predict-box").all()}
    assert {"number", "choice"} <= set(kinds)
    for kind, box in kinds.items():
        where = [f"#{box.get_attribute('id')}"]
        assert pages.violations(page, context=where) == []
        if kind == "number":
            box.locator("input").fill("1")
        if kind == "choice":
            box.locator("input").first.focus()
            page.keyboard.press("Space")
        box.locator("[data-act=commit]").focus()
        page.keyboard.press("Enter")
        assert box.get_attribute("data-committed") in ("right", "wrong")
        assert box.locator("details").is_visible()
        assert pages.violations(page, context=where) == []
    assert pages.width_beyond(page) <= 0
    context.close()
