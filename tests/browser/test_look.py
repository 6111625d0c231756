"""Colours by role in formulas and code, the faces and their stand-ins, drawings on dark pages, paper."""

import pytest
from site_pages import open_page, unfold

from benchmarks.pages import DESKTOP, PHONE

FORMULAS, DRAWINGS = "06_stride_and_padding", "02_slide_a_kernel"
# MathJax writes the letter x of a formula as an element of the class mjx-c1D465, its code point
LETTERS = {"x": "1D465", "w": "1D464", "y": "1D466"}
COLOURED = """([code, names]) => [...document.querySelectorAll(`mjx-math .mjx-c${code}`)].map((letter) => {
  const role = names.find((name) => letter.closest(`.role-${name}`));
  const want = document.createElement("i");
  want.style.color = `var(--role-${role})`;
  document.body.append(want);
  const same = getComputedStyle(letter).color === getComputedStyle(want).color;
  want.remove();
  return [role ?? "none", same];
})"""
WIDTHS = """(names) => names.map((name) => {
  const line = document.createElement("span");
  line.style = `position: absolute; white-space: nowrap; font: 100px "${name}", monospace`;
  line.textContent = "Each output lays down a copy of the kernel where its window stood, as large as it is.";
  document.body.append(line);
  const { width, height } = line.getBoundingClientRect();
  line.remove();
  return [width, height];
})"""
PICTURES = """() => [...document.querySelectorAll("article img")].filter((one) => one.checkVisibility())
  .map((one) => {
    const { backgroundColor: ground, filter } = getComputedStyle(one);
    return { name: one.src.split("/").pop(), ground, filter };
  })"""


BARS = """() => {
  const bars = "details.hide > summary, .admonition.dropdown > .admonition-title";
  return [...document.querySelectorAll(bars)].map((bar) => {
    const { backgroundColor, font, color, paddingLeft } = getComputedStyle(bar), box = bar.parentElement;
    const { borderTopWidth, borderLeftWidth, borderLeftColor, boxShadow } = getComputedStyle(box);
    const triangle = getComputedStyle(bar, "::before");
    return [box.localName, [backgroundColor, font, color, paddingLeft, borderTopWidth, borderLeftWidth,
      borderLeftColor, boxShadow, triangle.borderLeftWidth, triangle.rotate].join(" | ")];
  });
}"""
# the left and right edges of each box of the column
EDGES = """() => {
  const boxes = ".course-question, .course-predict-box, .admonition, .lesson-card, .cell:has(pre)";
  const all = [...document.querySelectorAll("article section > *")];
  return all.filter((one) => one.matches(boxes)).map((one) => {
    const { left, right } = one.getBoundingClientRect();
    return [one.className, Math.round(left), Math.round(right)];
  });
}"""


@pytest.fixture(scope="module", params=["light", "dark"])
def formulas(request, glance):
    return glance(FORMULAS, color_scheme=request.param, **DESKTOP)


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_of_a_role_has_its_colour(letter, formulas):
    low = letter.lower()
    names = [f"d{low}" if low != "y" else "dout", low]
    found = formulas.evaluate(COLOURED, [LETTERS[letter], names])
    assert len(found) > 5
    assert {role for role, _ in found} <= set(names), "a letter without a role"
    assert low in {role for role, _ in found}
    assert all(same for _, same in found)


def test_a_column_w_is_no_weight(glance):
    page = glance("10_vectorize", color_scheme="light", **DESKTOP)
    place = page.locator("mjx-container", has_text="position").first
    roles = place.evaluate("one => [...one.querySelectorAll('[class*=role-]')].map((each) => each.className)")
    assert roles == []


def test_a_name_alone_in_code_has_its_colour(formulas):
    codes = formulas.evaluate(
        """() => [...document.querySelectorAll("article p code.literal")].map((one) => {
          const role = [...one.classList].find((name) => name.startsWith("role-"));
          return [one.textContent, role?.slice(5) ?? "", getComputedStyle(one).color];
        })"""
    )
    roles = {"x", "w", "y", "dout", "dx", "dw"}
    assert {name for name, _, _ in codes} & {"dout", "dx"}
    assert all((role == name) == (name in roles) for name, role, _ in codes)
    assert len({colour for name, _, colour in codes if name == "dout"}) == 1
    assert {c for n, _, c in codes if n == "dout"} & {c for n, _, c in codes if n not in roles} == set()


def test_the_faces_are_there_and_what_stands_in_is_as_wide(glance):
    page = glance(FORMULAS, color_scheme="light", **DESKTOP)
    page.evaluate("document.fonts.ready")
    assert page.evaluate(
        """["", "italic "].every((slope) => document.fonts.check(`${slope}16px "Course Text"`))"""
    )
    text, serif, sans, plain = page.evaluate(
        WIDTHS, ["Course Text", "Course Deja", "Course Sans", "Course Deja Sans"]
    )
    for own, other in ((text, serif), (sans, plain)):
        assert own[0] != other[0]  # not one face for both
        assert other[0] == pytest.approx(own[0], rel=0.02)
        assert other[1] == pytest.approx(own[1], rel=0.02)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_drawing_has_no_slab(theme, glance):
    page = glance(DRAWINGS, color_scheme=theme, **DESKTOP)
    pictures = page.evaluate(PICTURES)
    assert pictures
    assert all(one["name"].endswith(".dark.svg") == (theme == "dark") for one in pictures)
    assert all(one["filter"] == "none" and one["ground"] == "rgba(0, 0, 0, 0)" for one in pictures)
    page.emulate_media(media="print")
    printed = page.evaluate(PICTURES)
    page.emulate_media(media="screen")
    assert [one["name"] for one in printed] == [one["name"].replace(".dark", "") for one in pictures]


def test_a_card_has_no_slab_in_the_dark(glance):
    page = glance("teachers", color_scheme="dark", **DESKTOP)
    cards = page.locator(".cell_output .text_html:has([role=status])")
    looks = "one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).color]"
    text = page.locator("article p").first.evaluate("(one) => getComputedStyle(one).color")
    assert cards.count()
    assert all(card.evaluate(looks) == ["rgba(0, 0, 0, 0)", text] for card in cards.all())


@pytest.mark.parametrize("stem", [DRAWINGS, "16_train_a_cnn"])  # drawings; drawings and photographs
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_picture_has_its_caption(stem, theme, glance):
    page = glance(stem, color_scheme=theme, **DESKTOP)
    captions = page.locator(".bd-content figcaption:not(details *, .course-covered *)")
    assert captions.count() >= 3
    unseen = [text for text in captions.all() if not text.is_visible()]
    assert [text.text_content().strip() for text in unseen] == []


def test_a_figure_prints_its_drawing_and_tables_only_if_they_were_opened(site_url, browser):
    page = open_page(browser, site_url, DRAWINGS, **DESKTOP)
    tables = page.locator(".conv-figure .conv-tables").first
    page.emulate_media(media="print")
    assert page.locator(".conv-stage svg").first.is_visible()
    assert not tables.is_visible()
    page.evaluate("document.querySelector('.conv-figure .conv-numbers').open = true")
    assert tables.is_visible()
    page.context.close()


def test_the_side_bar_stands_where_it_belongs_as_soon_as_a_window_is_wide(glance):
    page = glance("measurements", color_scheme="light", **PHONE)
    page.set_viewport_size(DESKTOP["viewport"])
    moving = "el => el.getAnimations().map((one) => one.transitionProperty)"
    assert page.locator(".bd-sidebar-primary").evaluate(moving) == []
    assert page.locator(".bd-sidebar-primary").evaluate("el => el.getBoundingClientRect().left") == 0
    page.set_viewport_size(PHONE["viewport"])


def test_most_titles_take_one_line_of_the_side_bar(glance):
    page = glance(DRAWINGS, color_scheme="light", **DESKTOP)
    lines = page.evaluate(
        """() => [...document.querySelectorAll(".bd-links li > a")].map((one) => {
          const range = document.createRange();
          range.selectNodeContents(one);
          return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
        })"""
    )
    assert len(lines) > 20
    assert sum(each > 1 for each in lines) <= 7


def test_the_names_in_a_card_have_their_colours(formulas):
    formulas.evaluate(
        """() => { document.querySelector(".course-question-result").innerHTML =
          "<code>your y[1] = w0*x1 + max.x + wx</code>"; }"""
    )
    names = """() => Object.fromEntries([...CSS.highlights].map(([role, ranges]) => [role,
      [...ranges].map((one) => one.startContainer.data.slice(one.startOffset, one.endOffset))]))"""
    formulas.wait_for_function("CSS.highlights.get('role-w')?.size")
    found = formulas.evaluate(names)
    assert (found["role-y"], found["role-w"], found["role-x"]) == (["y"], ["w0"], ["x1"])


def test_a_moving_figure_is_wider_than_the_text(glance):
    page = glance(DRAWINGS, color_scheme="light", **DESKTOP)
    widths = page.evaluate(
        """() => [".conv-figure", "article section > p"]
          .map((one) => document.querySelector(one).offsetWidth)"""
    )
    beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert widths[0] > widths[1] + 40
    assert beyond <= 0


def test_a_symbol_is_a_card_on_a_phone(glance):
    page = glance("symbols", **PHONE)
    wide = page.evaluate(
        """() => [...document.querySelectorAll("#symbol-index td")].filter((one) => one.checkVisibility())
          .map((one) => one.getBoundingClientRect()).filter(({ right }) => right > innerWidth).length"""
    )
    high = page.evaluate(
        """() => Math.max(...[...document.querySelectorAll("#symbol-index tbody tr")]
          .map((one) => one.offsetHeight))"""
    )
    assert wide == 0
    assert high < 400


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whatever_folds_looks_the_same(scheme, glance):
    page = glance("15_pooling", color_scheme=scheme, **DESKTOP)
    bars = page.evaluate(BARS)
    assert {kind for kind, _ in bars} == {"details", "div"}
    assert len({look for _, look in bars}) == 1, set(map(tuple, bars))


def test_a_folded_remark_opens_where_it_is_touched(site_url, browser):
    page = open_page(browser, site_url, "15_pooling", **PHONE)
    remark = page.locator(".admonition.dropdown").first
    remark.locator(".admonition-title").click(position={"x": 20, "y": 10})
    page.wait_for_function("one => !one.classList.contains('toggle-hidden')", arg=remark.element_handle())
    remark.locator("button").press("Enter")
    page.wait_for_function("one => one.classList.contains('toggle-hidden')", arg=remark.element_handle())
    page.context.close()


@pytest.mark.parametrize("stem", ["15_pooling", "casebook"])
def test_the_boxes_of_a_column_have_one_left_and_one_right_edge(stem, glance):
    page = glance(stem, color_scheme="light", **DESKTOP)
    edges = page.evaluate(EDGES)
    assert len(edges) > 10
    assert len({(left, right) for _, left, right in edges}) == 1, edges


def test_a_formula_a_little_too_wide_for_a_phone_is_set_smaller(site_url, browser):
    """Also in a fold, once it is open, and at its own size again when the phone is turned."""
    page = open_page(browser, site_url, "09_layer_backward", **PHONE)
    unfold(page)
    formula = page.locator("#equation-eq-09-dw mjx-container").element_handle()
    size = "one => Number.parseFloat(getComputedStyle(one).fontSize)"
    page.wait_for_function("one => one.scrollWidth <= one.clientWidth + 1", arg=formula)
    small = formula.evaluate(size)
    page.set_viewport_size({"width": 844, "height": 390})
    page.wait_for_function(f"([one, small]) => ({size})(one) > small + 1", arg=[formula, small])
    page.context.close()
    assert small >= 11


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_cell_of_code_has_the_pages_colours(theme, site_url, browser):
    page = open_page(browser, site_url, FORMULAS, color_scheme=theme, **DESKTOP)
    edge, part, top, border = page.locator(".cell_input").first.evaluate(
        """(cell) => {
          const of = (name) => { const one = document.createElement("i"); one.style.color = `var(${name})`;
            cell.append(one); const { color } = getComputedStyle(one); one.remove(); return color; };
          const { borderLeftColor, borderTopColor } = getComputedStyle(cell);
          return [borderLeftColor, of("--course-part"), borderTopColor, of("--pst-color-border")];
        }"""
    )
    page.context.close()
    assert (edge, top) == (part, border)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_an_editor_wraps_its_lines_and_takes_the_room_of_its_stub(size, site_url, browser):
    page = open_page(browser, site_url, "03_draw_the_graph", **size)
    stub = page.locator(".course-stub").nth(1)  # its text is wider than a phone
    high = stub.bounding_box()["height"]
    page.locator(".course-question").nth(1).scroll_into_view_if_needed()
    question = page.locator(".course-question").nth(1)
    question.locator(".cm-line").first.wait_for()
    editor = question.locator(".course-editor")
    assert editor.bounding_box()["height"] == pytest.approx(high, abs=1)
    assert editor.locator(".cm-scroller").evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    page.context.close()


def test_a_line_of_an_editor_below_the_window_has_its_number_beside_it(site_url, browser):
    page = open_page(browser, site_url, "04_derive_the_gradients", **DESKTOP)
    question = page.locator(".course-question").first
    question.evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - innerHeight - 100)")
    line = question.locator(".cm-line")
    line.first.wait_for()
    assert question.evaluate("one => one.getBoundingClientRect().top > innerHeight")
    shown = """lines => lines.map((line) => {
      const { content, position, top } = getComputedStyle(line, "::before"), own = getComputedStyle(line);
      return [content.match(/\\d+/)[0], position, Math.round(parseFloat(top)), own.position];
    })"""
    wanted = [[str(n), "absolute", 0, "relative"] for n in range(1, line.count() + 1)]
    assert line.evaluate_all(shown) == wanted
    # and so has a new one
    line.first.click()
    page.keyboard.press("Enter")
    assert line.evaluate_all(shown) == [*wanted, [str(len(wanted) + 1), *wanted[0][1:]]]
    page.context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_line_of_code_that_wraps_hangs_and_has_room(size, site_url, browser):
    """Even one that begins far to the right: what is left of it is not set letter below letter."""
    page = open_page(browser, site_url, "09_layer_backward", **size)
    room = """one => {
      one.style.setProperty("--in", 60);
      one.textContent = " ".repeat(60) + "word ".repeat(40);
      const { paddingLeft, textIndent } = getComputedStyle(one);
      return [parseFloat(paddingLeft), -parseFloat(textIndent), one.clientWidth, one.offsetHeight / 40];
    }"""
    for kind in ("article > section .cell_input", "details.hide"):
        line = page.locator(f"{kind} .course-line").first
        hang, back, width, high = line.evaluate(room)
        assert 0 < hang == back <= width / 2
        assert high < 20
    page.context.close()
