"""A reader with a phone does the exercise of chapter 02 on its page, by touch, from top to full marks.

And the indices of the formulas of the widest ones are large enough to be read.
"""

import pytest
from lite_notebook import MINUTES
from one_visit import SIGNS

from benchmarks import pages
from conv_course.checker.questions import load_sheet

STEM = "02_slide_a_kernel"
SHEET = load_sheet(STEM)
PHONE = {
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
    "reduced_motion": "reduce",
    **pages.PHONE,
}
LEAST = 11  # pixels of an index in a formula
# the stub, or the editor that takes its place by itself: the same place, whichever of them is there by now
WRITING_AT = """box => {
  const shown = [...box.querySelectorAll(".course-stub, .course-editor")].find((one) => one.offsetHeight);
  const at = shown.getBoundingClientRect();
  return [at.left + at.width / 2, at.top + Math.min(at.height, innerHeight - at.top) / 2];
}"""
IN_SIGHT = """one => {
  const at = one.getBoundingClientRect();
  return at.top >= 0 && at.bottom <= innerHeight && at.left >= 0 && at.right <= innerWidth;
}"""


def answer(page, name, source):
    """Answer one question by touch alone. Return its box, which shows the card."""
    where = f"#question-{STEM[:2]}-{name}"
    box = page.locator(where)
    box.scroll_into_view_if_needed()
    page.touchscreen.tap(*box.evaluate(WRITING_AT))
    editor = box.locator(".cm-content")
    editor.tap()
    page.keyboard.press("Control+a")  # as a phone's menu does
    page.keyboard.insert_text(source)
    check = box.locator("[data-act=check]")
    check.scroll_into_view_if_needed()
    assert check.evaluate(IN_SIGHT)
    check.tap()
    page.wait_for_selector(f"{where}:not([aria-busy]) .course-question-result:not(:empty)", timeout=MINUTES)
    return box


@pytest.mark.timeout(600)
def test_a_phone_is_enough_for_full_marks(lite, site_url, browser, watch):
    context = browser.new_context(**PHONE)
    context.set_default_timeout(MINUTES)
    page = context.new_page()
    faults = watch(page)
    pages.visit(page, f"{site_url}{STEM}.html")
    placed = [one.get_attribute("data-question") for one in page.locator(".course-question").all()]
    assert sorted(placed) == sorted(SHEET.questions)
    for name in SHEET.questions:
        question = SHEET.questions[name]
        box = answer(page, name, question.source)
        of = f"{question.points:g} point{'' if question.points == 1 else 's'}"
        assert f"done, {question.points:g} of {of}" in box.locator(".course-question-result").inner_text()
        assert pages.width_beyond(page) <= 0
    # the sliders run what was written, in the same Python
    slides = page.locator("#question-02-q3 .course-slide")
    slides.locator("summary").tap()
    slides.locator("svg").first.wait_for()
    assert slides.locator("[role=status]").inner_text() == "Yours is what is asked for."
    progress = page.locator(".lesson-card .course-progress").first.inner_text()
    assert f"{SHEET.points:g} of {SHEET.points:g} points" in progress
    assert f"{len(SHEET.questions)} of {len(SHEET.questions)} questions done" in progress
    context.close()
    assert faults == []


def test_the_indices_of_formulas_can_be_read(site_url, browser):
    """In the chapter with the widest formulas; `test_each_page.py` measures all in a narrow window."""
    page = browser.new_context(**PHONE).new_page()
    pages.visit(page, f"{site_url}09_layer_backward.html")
    page.evaluate("window.MathJax?.startup?.promise.then(() => {})")
    page.wait_for_timeout(300)  # a formula that is too wide is set smaller
    signs = page.evaluate(SIGNS)
    page.context.close()
    assert len(signs) > 20
    assert [f"{size:.1f} px: {text}" for size, text in signs if size and size < LEAST - 0.15] == []
