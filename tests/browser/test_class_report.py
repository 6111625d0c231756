"""The report on a class is accessible in light and dark mode and in print, and can hide names."""

import pytest

from benchmarks.pages import violations, width_beyond
from conv_course.grade import report
from conv_course.grade.report.page import page as page_of
from tests.grading_batch.test_report import CLASS, learner


@pytest.fixture(scope="module")
def text():
    statistics = report.Statistics()
    for record in [*CLASS, *(learner(f"learner {n}", 2 * (n % 2), 0, 2) for n in range(60))]:
        statistics.add(record)
    return page_of(statistics.as_data())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation_and_names_hide(text, scheme, page):
    page.emulate_media(color_scheme=scheme)
    page.set_content(text)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == []
        assert width_beyond(page) <= 0
    name = page.get_by_text("ada").first
    assert name.is_visible()
    page.get_by_label("Hide names").check()
    assert not name.is_visible()
    page.emulate_media(color_scheme=scheme, media="print")
    colours = "getComputedStyle(document.body).color + getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(colours) == "rgb(0, 0, 0)rgb(255, 255, 255)"
    assert not page.get_by_label("Hide names").is_visible()
