"""Each page, visited once: it is light, does not jump, fits, and all rules of axe-core hold.

Code, outputs, formulas and tables fit their boxes, or fade where they continue beyond the edge.
"""

import re
from pathlib import Path

import pytest
from one_visit import BREAKS, FINGERS_TOO, SIMPLIFY, visit
from site_pages import LESSONS, PAGES, open_page

from benchmarks import pages
from benchmarks.pages import MODES, PHONE, violations, weight, width_beyond
from conv_course.checker.questions import sheet_stems
from tests.page_cells import source

TABLE_OF_FORMULAS = re.compile(r"^\| .*\$.*\|$", re.MULTILINE)
TABLES = [stem for stem in LESSONS if TABLE_OF_FORMULAS.search(source(stem))]
BOOK = Path(__file__).resolve().parents[2] / "book"

SHARE = 0.1  # maximum share of the code boxes that scroll on a desktop
ALIKE = ["00_welcome", "08_layer_forward", "api", "search"]  # pages with all the parts that other pages share
LEAST = 11  # pixels of an index in a formula
FIRST_LOAD, NEXT_PAGE = 540_000, 150_000  # bytes, compressed, beside the page's pictures and the book's fonts
FONTS = 60_000
SHIFT = 0.02
WATCH = {"viewport": {"width": 200, "height": 500}}  # so narrow that formulas still scroll
STUCK = """() => {
  document.querySelectorAll("mjx-container").forEach((one) => one.removeAttribute("tabindex"));
  const link = '<a href="#" style="display: block; font-size: 8px; line-height: 10px">a</a>';
  document.querySelector("article").insertAdjacentHTML("beforeend", `<div>${link}${link}</div>`);
}"""
BROKEN = """() => document.querySelector("article").insertAdjacentHTML("beforeend",
  '<img src="data:,"><p style="color: #999; background: #888">grey</p><p style="width: 500px">wide</p>')"""


@pytest.fixture(scope="module")
def seen(site, site_url, browser, watch):
    """A function: seen(stem) is what one visit of a page finds. The tests below share the visits."""
    known = {}

    def see(stem):
        if stem not in known:
            known[stem] = visit(browser, site, site_url, watch, stem)
        return known[stem]

    return see


@pytest.fixture(scope="module")
def loads(seen):
    """{page: what a visit of it finds}."""
    return {stem: seen(stem) for stem in PAGES}


def test_every_page_is_looked_at(site):
    assert sorted(PAGES) == pages.names(site)


@pytest.mark.parametrize("stem", PAGES)
def test_a_page_has_no_violation_and_fits(stem, seen):
    """There is no error, every formula is set and fits, and on a phone all rules hold, in light or dark mode.

    A phone has more boxes that scroll and less room for a finger. What holds in one mode and not in another
    depends on the styles that all pages share. Contrast is measured once for each look. With --all, every
    page is checked in all modes, at every text, with all folds open.
    """
    found = seen(stem)
    assert {kind: found[kind] for kind in ("errors", "formulas", "broken", "axe") if found[kind]} == {}
    assert found["beyond, zoomed"] <= 0
    assert found["beyond, phone"] <= 0


@pytest.mark.parametrize("number", range(len(ALIKE)))
def test_what_pages_share_has_no_violation_on_a_desk(number, site_url, browser):
    page = open_page(browser, site_url, ALIKE[number], **MODES["light" if number % 2 else "dark"])
    page.evaluate(SIMPLIFY)
    found = violations(page, every_look_once=True)
    page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("stem", PAGES)
def test_a_page_has_no_violation_at_all(stem, mode, site_url, browser):
    page = open_page(browser, site_url, stem, **MODES[mode])
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = violations(page)
    beyond = width_beyond(page)
    page.context.close()
    assert not found, "\n".join(found)
    assert beyond <= 0


@pytest.mark.parametrize("once", [False, True], ids=["every text", "every look once"])
def test_the_audit_sees_a_fault(once, site_url, browser):
    page = open_page(browser, site_url, "00_welcome", **MODES["phone"])
    page.evaluate(BROKEN)
    found = {fault.split(":")[0] for fault in violations(page, every_look_once=once)}
    assert {"image-alt", "color-contrast"} <= found
    assert width_beyond(page) > 0
    page.context.close()


def test_the_audit_sees_a_box_that_keys_cannot_scroll(site_url, browser):
    page = open_page(browser, site_url, "04_derive_the_gradients", **WATCH)
    page.wait_for_timeout(400)
    page.evaluate(STUCK)
    page.evaluate(SIMPLIFY)
    without_contrast = {"rules": {**FINGERS_TOO["rules"], "color-contrast": {"enabled": False}}}
    found = {fault.split(":")[0] for fault in violations(page, without_contrast)}
    page.context.close()
    assert {"scrollable-region-focusable", "target-size"} <= found


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_what_scrolls_sideways_is_seen_to_go_on(seen, width):
    assert {stem: seen(stem)[width][0] for stem in LESSONS if seen(stem)[width][0]} == {}


@pytest.mark.parametrize("stem", LESSONS)
def test_no_displayed_formula_is_cut(stem, seen):
    """On a desk and on a phone each one fits its box, in folds and questions too, and can still be read."""
    assert {width: seen(stem)[width][2] for width in ("desk", "phone") if seen(stem)[width][2]} == {}


@pytest.mark.parametrize("stem", [stem for stem in LESSONS if stem in sheet_stems()])
def test_what_a_question_gives_fits_a_phone(stem, seen):
    assert seen(stem)["cut in questions"] == []


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("stem", TABLES)
def test_no_formula_is_wider_than_its_cell_of_a_table(stem, width, seen):
    assert seen(stem)[f"cells, {width}"]["beyond"] == []


def test_formulas_of_tables_are_measured(seen):
    assert sum(seen(stem)["cells, phone"]["formulas"] for stem in TABLES) > 20


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize(
    "stem", ["coming_from", "coming_from_courses", "teachers", "teachers_many", "errata", "measurements"]
)
def test_no_table_of_words_or_results_scrolls(stem, width, seen):
    found = seen(stem)[f"cells, {width}"]
    assert found["named"][:1] in ([], [width == "phone"])
    assert found["tables"]
    assert max(found["tables"]) <= 1.01


@pytest.mark.parametrize("stem", [stem for stem in LESSONS if stem[:2].isdigit()])
def test_the_indices_of_formulas_can_be_read(stem, seen):
    """On a phone; `test_page_phone.py` measures one chapter as a phone itself shows it."""
    signs = seen(stem)["signs"]
    assert [f"{size:.1f} px: {text}" for size, text in signs if size and size < LEAST - 0.15] == []


@pytest.mark.parametrize("stem", BREAKS)
def test_a_formula_is_broken_for_a_phone_on_a_phone_only(stem, seen):
    assert seen(stem)["lines, phone"] - seen(stem)["lines, desk"] == BREAKS[stem]


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_no_short_printed_result_is_cut(seen, width):
    """A listing of more lines keeps its columns, and may scroll."""
    assert {
        stem: seen(stem)[f"prints, {width}"][0] for stem in LESSONS if seen(stem)[f"prints, {width}"][0]
    } == {}
    assert sum(seen(stem)[f"prints, {width}"][1] for stem in LESSONS) > 50


def test_most_code_fits_on_a_desk(seen):
    counts = [seen(stem)["desk"][1] for stem in LESSONS]
    code, scroll = (sum(count[kind] for count in counts) for kind in ("code", "scroll"))
    assert code > 300
    assert scroll <= SHARE * code
    assert sum(count["formulas"] for count in counts) > 50


def test_the_fade_goes_where_the_box_ends(site_url, browser):
    fades = "box => getComputedStyle(box).maskImage !== 'none'"
    page = open_page(browser, site_url, "10_vectorize", **WATCH)
    box = page.locator("article div.math > mjx-container.course-more").locator("visible=true").first
    handle = box.element_handle()
    assert handle.evaluate(fades)
    handle.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
    page.wait_for_function(f"box => !({fades})(box)", arg=handle, polling=50)
    handle.evaluate("box => { box.scrollLeft = 0; }")
    page.wait_for_function(fades, arg=handle, polling=50)
    page.context.close()


def test_a_wide_drawing_fades_too(site_url, browser):
    page = open_page(browser, site_url, "10_vectorize", **PHONE)
    page.locator("#cell-10-play").get_by_role("button", name="Show it now").click()
    figure = page.locator(".conv-figure[data-figure=im2col]").first
    stage = figure.locator(".conv-stage").element_handle()
    fades = "stage => getComputedStyle(stage).maskImage !== 'none'"
    assert not stage.evaluate(fades)
    padding = figure.locator("[name=padding]")
    padding.focus()
    padding.press("End")
    assert stage.evaluate("stage => stage.scrollWidth > stage.clientWidth")
    assert stage.evaluate(fades)
    stage.evaluate("stage => { stage.scrollLeft = stage.scrollWidth; }")
    page.wait_for_function(f"stage => !({fades})(stage)", arg=stage, polling=50)
    page.context.close()


@pytest.mark.parametrize(("screen", "height"), [("desk", 900), ("phone", 844)])
def test_every_chapter_has_a_drawing_on_its_first_screen(seen, screen, height):
    drawings = {stem: seen(stem)[f"drawing, {screen}"] for stem in LESSONS if stem[:2].isdigit()}
    assert {stem: one for stem, one in drawings.items() if one[0] < 300 or one[1] > height} == {}


def test_a_folded_cell_is_named_for_what_is_in_it(seen):
    """The answers in "Try it yourself" are labelled as answers, and nothing is labelled as a code cell."""
    names = {}
    for stem in LESSONS:
        for section, shown, hidden in seen(stem)["folds"]:
            names.setdefault(shown, []).append(stem)
            assert shown.removeprefix("Show ") == hidden.removeprefix("Hide "), (stem, section)
            assert section != "Try it yourself" or shown == "Show the answer", stem
    pages = "".join(path.read_text(encoding="utf-8") for path in BOOK.glob("*.md"))
    given = set(re.findall(r'code_prompt_show: "(.+)"', pages))
    assert set(names) - given <= {
        *("Show the answer", "Show the set-up code", "Show the code", "Show the code and what it prints"),
        *("Show the figure", "Show the table", "Show the output", "One way to write it", "Replay the bug"),
        "Table by question",
    }
    assert len(names["Show the answer"]) > 15
    assert len(names["Show the set-up code"]) > 5


def test_a_first_load_is_light(loads):
    fonts = {
        stem: [path for path in one["files"] if path.parent.name == "fonts"] for stem, one in loads.items()
    }
    assert {stem for stem, files in fonts.items() if sum(map(weight, files)) > FONTS} == set()
    assert max(map(len, fonts.values())) > 2
    heavy = {stem: sum(map(weight, set(one["files"]) - set(fonts[stem]))) for stem, one in loads.items()}
    assert {stem: total for stem, total in heavy.items() if total > FIRST_LOAD} == {}
    assert sorted(heavy.values())[1] > 100_000  # something was counted: only the 404 page loads nothing


def test_the_next_page_is_lighter_whichever_it_is(loads):
    """For every pair of pages, count what the second one needs and the first one did not load."""
    heaviest = {stem: pages.following(loads, stem) for stem in loads}
    assert {stem: total for stem, total in heaviest.items() if total > NEXT_PAGE} == {}


def test_no_page_jumps(loads):
    assert {stem: one["shift"] for stem, one in loads.items() if one["shift"] >= SHIFT} == {}


def test_pictures_load_when_they_come_near(site, loads):
    for stem in LESSONS:
        for picture in re.findall(
            r'<img [^>]*src="_images/[^>]*>', (site / f"{stem}.html").read_text("utf-8")
        ):
            assert 'loading="lazy"' in picture, (stem, picture)
            assert re.search(r'width="\d+" height="\d+"', picture), (stem, picture)
    early = sum(one["early"] for one in loads.values())
    assert early < sum(one["pictures"] for one in loads.values())


def test_nothing_is_loaded_that_no_page_uses(site, loads):
    """There is no script with all icons, no index outside the search, and no MathJax without formulas."""
    for stem, one in loads.items():
        names = {path.name for path in one["files"]}
        assert "fontawesome.js" not in names
        assert ("sections.js" in names) == (stem == "search"), stem
        text = (site / f"{stem}.html").read_text("utf-8")
        assert bool(re.search(r"<script[^>]*tex-chtml", text)) == bool(
            re.search(r'class="[^"]*\bmath\b', text)
        ), stem
    assert not list(site.joinpath("_static").rglob("*.map"))
