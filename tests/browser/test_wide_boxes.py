"""Code, outputs, formulas and tables fit their boxes, or visibly continue beyond the edge."""

import pytest
from site_pages import LESSONS, open_page

from benchmarks.pages import DESKTOP, PHONE

SHARE = 0.1  # maximum share of the code boxes that scroll on a desktop

BOXES = "article :is(pre, div.math > mjx-container, .pst-scrollable-table-container)"
# Finds boxes that neither fit nor fade, boxes cut off by the window, and numbers on top of their formulas. A
# fade comes with the next frame, which another page may delay, so faults are checked again for a while.
LOOK = f"""async () => {{
  document.querySelectorAll("article details").forEach((one) => {{ one.open = true; }});
  document.querySelectorAll("article .toggle-hidden").forEach((one) => one.classList.remove("toggle-hidden"));
  let faults, count;
  function look() {{
    [faults, count] = [[], {{ code: 0, formulas: 0, scroll: 0 }}];
    for (const box of document.querySelectorAll("{BOXES}")) {{
      if (!box.checkVisibility() || !box.clientWidth) continue;
      const style = getComputedStyle(box), beyond = box.scrollWidth - box.clientWidth;
      const fades = style.maskImage !== "none";
      count.code += box.matches("pre");
      count.formulas += box.matches("mjx-container");
      count.scroll += box.matches("pre") && beyond > 1;
      const say = (fault) => faults.push(`${{fault}}: ${{box.textContent.trim().slice(0, 60)}}`);
      if (beyond > 1 && (style.overflowX !== "auto" || !fades)) say(`cut by ${{beyond}}`);
      if (beyond <= 1 && fades) say("fades and fits");
      if (box.getBoundingClientRect().right > innerWidth) say("beyond the window");
    }}
    for (const number of document.querySelectorAll("article div.math .eqno")) {{
      const a = number.getBoundingClientRect();
      const b = number.parentNode.querySelector("mjx-container").getBoundingClientRect();
      const level = a.top < b.bottom && b.top < a.bottom, over = a.left < b.right && b.left < a.right;
      if (level && (over || innerWidth < 600)) faults.push(`number over or beside: ${{number.textContent}}`);
    }}
  }}
  for (let n = 0; n < 30; n++) {{
    await new Promise((done) => setTimeout(done, 100));
    look();
    if (!faults.length) break;
  }}
  return [faults, count];
}}"""
# [the section's title, the name while folded, the name while open] of each folded cell
FOLDS = """() => [...document.querySelectorAll("details.hide > summary")].map((one) =>
  [one.closest("section").querySelector("h1, h2, h3").firstChild, ...one.children].map((a) => a.textContent)
)"""


@pytest.fixture(scope="module")
def looks(site_url, browser):
    """{page: {"desk" and "phone": (faults, counts), "folds": names of folded cells}}."""
    found = {}
    for stem in LESSONS:
        page = open_page(browser, site_url, stem, **DESKTOP)
        found[stem] = {"folds": page.evaluate(FOLDS), "desk": page.evaluate(LOOK)}
        page.set_viewport_size(PHONE["viewport"])
        found[stem]["phone"] = page.evaluate(LOOK)
        page.context.close()
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize("width", ["desk", "phone"])
def test_what_scrolls_sideways_is_seen_to_go_on(looks, width):
    assert {stem: look[width][0] for stem, look in looks.items() if look[width][0]} == {}


def test_most_code_fits_on_a_desk(looks):
    counts = [look["desk"][1] for look in looks.values()]
    code, scroll = (sum(count[kind] for count in counts) for kind in ("code", "scroll"))
    assert code > 300
    assert scroll <= SHARE * code
    assert sum(count["formulas"] for count in counts) > 50


def test_the_fade_goes_where_the_box_ends(site_url, browser):
    page = open_page(browser, site_url, "10_vectorize", **PHONE)
    fades = "box => getComputedStyle(box).maskImage !== 'none'"
    for kind in ("pre", "div.math > mjx-container"):
        box = page.locator(f"article {kind}.course-more").locator("visible=true").first
        handle = box.element_handle()
        assert handle.evaluate(fades)
        handle.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
        page.wait_for_function(f"box => !({fades})(box)", arg=handle, polling=50)
        handle.evaluate("box => { box.scrollLeft = 0; }")
        page.wait_for_function(fades, arg=handle, polling=50)
    page.context.close()


def test_a_wide_drawing_fades_too(site_url, browser):
    page = open_page(browser, site_url, "10_vectorize", **PHONE)
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


def test_a_folded_cell_is_named_for_what_is_in_it(looks):
    """The answers in "Try it yourself" are labelled as answers, and nothing is labelled as a code cell."""
    names = {}
    for stem, look in looks.items():
        for section, shown, hidden in look["folds"]:
            names.setdefault(shown, []).append(stem)
            assert shown.removeprefix("Show ") == hidden.removeprefix("Hide "), (stem, section)
            assert section != "Try it yourself" or shown == "Show the answer", stem
    assert set(names) <= {
        *("Show the answer", "Show the set-up code", "Show the code", "Show the code and what it prints"),
        *("Show the figure", "Show the output", "One way to write it"),
    }
    assert len(names["Show the answer"]) > 15
    assert len(names["Show the set-up code"]) > 5
