"""One visit of a page: what it loads, whether it jumps, whether its formulas, boxes and rules are right."""

from site_pages import NO_PYTHON, PAGES, PATIENCE

from benchmarks import pages
from benchmarks.pages import DESKTOP, PHONE, ZOOMED, violations, width_beyond
from tools.environment import ROOT
from tools.sphinx_lighten import SHORT

PHONE_BREAK = "\\\\ % phone\n"
SOURCES = {path.stem: path.read_text(encoding="utf-8") for path in ROOT.glob("book/*.md")}
# {page: in how many places its formulas break as it is loaded on a phone}
BREAKS = {stem: text.count(PHONE_BREAK) for stem, text in SOURCES.items() if PHONE_BREAK in text}

# A quick run leaves out the contrast inside listings and formulas, which takes most of the time.
SIMPLIFY = """() => {
  document.querySelectorAll("pre").forEach((one) => { one.textContent = one.textContent; });
  const formulas = [...document.querySelectorAll("mjx-math")];
  const widths = formulas.map((one) => one.getBoundingClientRect().width);
  formulas.forEach((one, n) => {
    one.replaceChildren("x");
    one.style.cssText = `display: inline-block; min-width: ${widths[n]}px`;  // what scrolled still does
  });
}"""
UNSET = """() => [...document.querySelectorAll("mjx-merror, .math:not(:has(mjx-container))")]
  .map((one) => one.textContent)"""
# on a desktop every formula ends before its number and the column's edge; on a phone it scrolls
TOO_WIDE = """() => [...document.querySelectorAll("div.math:has(mjx-math)")].filter((one) =>
  one.querySelector("mjx-math").getBoundingClientRect().right
    > (one.querySelector(".eqno")?.getBoundingClientRect().left ?? one.getBoundingClientRect().right + 1)
  ).map((one) => one.id || one.textContent.trim())"""
# test_questions has its rules; axe does not know that keys scroll it
NO_EDITOR = {"exclude": [[".cm-editor"]]}
FINGERS_TOO = {"rules": {"target-size": {"enabled": True}}}
BOXES = "article :is(pre, div.math > mjx-container, .pst-scrollable-table-container)"
SMALLEST = 11  # px: below this a formula on a phone is broken into lines, not set smaller
# Opens all folds for a while, and finds boxes that neither fit nor fade, boxes cut off by the window, numbers
# on top of their formulas, and formulas wider than their boxes or too small. A fade comes with the next
# frame, which another page may delay, so faults are checked again for a while.
LOOK = f"""async () => {{
  const closed = document.querySelectorAll("article details:not([open])");
  const hidden = document.querySelectorAll("article .toggle-hidden");
  closed.forEach((one) => {{ one.open = true; }});
  hidden.forEach((one) => one.classList.remove("toggle-hidden"));
  let faults, count, formulas;
  function look() {{
    [faults, count, formulas] = [[], {{ code: 0, formulas: 0, scroll: 0 }}, []];
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
      if (!box.matches("mjx-container")) continue;
      const tex = box.textContent.trim().slice(0, 60), size = style.fontSize;
      const tops = [...box.querySelectorAll("mjx-c")].map((one) => one.getBoundingClientRect().top);
      const room = Math.min(...tops) - box.getBoundingClientRect().top;
      if (room < 2) formulas.push(`no room for its tops: ${{tex}}`);
      if (beyond > 1) formulas.push(`${{beyond}} px wider than its box: ${{tex}}`);
      if (Number.parseFloat(size) < {SMALLEST}) formulas.push(`set in ${{size}}: ${{tex}}`);
    }}
    for (const number of document.querySelectorAll("article div.math .eqno")) {{
      const a = number.getBoundingClientRect();
      const b = number.parentNode.querySelector("mjx-container").getBoundingClientRect();
      const level = a.top < b.bottom && b.top < a.bottom, over = a.left < b.right && b.left < a.right;
      if (level && (over || innerWidth < 600)) faults.push(`number over or beside: ${{number.textContent}}`);
    }}
  }}
  for (let n = 0; n < 100; n++) {{  // a busy machine may give a page no frame for seconds
    await new Promise((done) => setTimeout(done, 100));
    look();
    if (!faults.length && !formulas.length) break;
  }}
  const beyond = document.documentElement.scrollWidth - innerWidth;
  if (beyond > 0) faults.push(`the page is ${{beyond}} px wider than the window`);
  closed.forEach((one) => {{ one.open = false; }});
  hidden.forEach((one) => one.classList.add("toggle-hidden"));
  return [faults, count, formulas];
}}"""
# what a question gives, in numbers or code, and its box cuts
CUT = """() => [...document.querySelectorAll(".course-question-text pre")]
  .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.closest(".course-question").id)"""
# [the printed outputs in sight that have few lines and are wider than their boxes, how many have few lines]
PRINTS = f"""() => {{
  const few = [...document.querySelectorAll("article .output.stream pre")].filter((one) =>
    one.checkVisibility() && one.clientWidth && one.textContent.trimEnd().split("\\n").length <= {SHORT});
  const cut = few.filter((one) => one.scrollWidth - one.clientWidth > 1);
  return [cut.map((one) => one.textContent.slice(0, 60)), few.length];
}}"""
# short words of tables that go on in the next line: "14" as 1 above 4
BROKEN = """() => {
  const found = [], range = document.createRange();
  for (const cell of document.querySelectorAll("article table.table :is(td, th)")) {
    if (!cell.checkVisibility()) continue;
    const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      for (const { 0: word, index } of walk.currentNode.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
        range.setStart(walk.currentNode, index);
        range.setEnd(walk.currentNode, index + word.length);
        const lines = new Set([...range.getClientRects()].map((one) => one.top)).size;
        if (word.length <= 10 && lines > 1) found.push(word);
      }
    }
  }
  return found;
}"""
# With all folds open: the formulas that reach beyond what their cell has inside its edges, the number of
# formulas in cells, how many times as wide as its box each table is, whether names in a table's cells show.
CELLS = """() => {
  const closed = document.querySelectorAll("article details:not([open])");
  const hidden = document.querySelectorAll("article .toggle-hidden");
  closed.forEach((one) => { one.open = true; });
  hidden.forEach((one) => one.classList.remove("toggle-hidden"));
  const formulas = [...document.querySelectorAll("td, th")].flatMap((cell) => {
    const edge = cell.getBoundingClientRect().right - parseFloat(getComputedStyle(cell).paddingRight);
    return [...cell.querySelectorAll("mjx-math")].filter((one) => one.checkVisibility())
      .map((one) => [one.getBoundingClientRect().right > edge + 1, cell.textContent]);
  });
  const tables = [...document.querySelectorAll(".pst-scrollable-table-container, .course-report .wide")];
  const names = [...document.querySelectorAll("table.course-cards .course-cell")];
  const found = {
    beyond: formulas.filter(([beyond]) => beyond).map(([, text]) => text), formulas: formulas.length,
    tables: tables.filter((one) => one.checkVisibility()).map((one) => one.scrollWidth / one.clientWidth),
    named: names.map((one) => one.checkVisibility({ visibilityProperty: true }) && one.offsetHeight > 0),
  };
  closed.forEach((one) => { one.open = false; });
  hidden.forEach((one) => one.classList.add("toggle-hidden"));
  return found;
}"""
# how many lines all displayed formulas have that have more than one
LINES = """() => document.querySelectorAll("article div.math mjx-mtr").length"""
# [the size of the smallest sign, the formula] of each formula
SIGNS = """() => [...document.querySelectorAll("article mjx-container")].map((formula) => [
  Math.min(...[...formula.querySelectorAll("mjx-c")]
    .map((one) => parseFloat(getComputedStyle(one).fontSize))),
  formula.textContent])"""
# [the section's title, the name while folded, the name while open] of each folded cell
FOLDS = """() => [...document.querySelectorAll("details.hide > summary")].map((one) =>
  [one.closest("section").querySelector("h1, h2, h3").firstChild, ...one.children].map((a) => a.textContent)
)"""
# [width, lower edge] of the first drawing
FIRST_DRAWING = """() => {
  const first = document.querySelector("article :is(svg.course-opening, .conv-stage svg, img)");
  const { width, bottom } = first?.getBoundingClientRect() ?? {};
  return first && [width, bottom + scrollY];
}"""


def visit(browser, site, site_url, watch, stem):
    """Return what a first visit of a page finds, in light or dark mode: on a desk, zoomed, and on a phone."""
    scheme = "dark" if PAGES.index(stem) % 2 else "light"
    context = browser.new_context(**DESKTOP, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.route("**/_static/python.json", lambda route: route.fulfill(body=NO_PYTHON))
    faults = watch(page)
    found = pages.load(page, site, site_url, stem)
    found |= {"errors": faults, "folds": page.evaluate(FOLDS), "desk": page.evaluate(LOOK)}
    found["cells, desk"], found["lines, desk"] = page.evaluate(CELLS), page.evaluate(LINES)
    found["drawing, desk"], found["prints, desk"] = page.evaluate(FIRST_DRAWING), page.evaluate(PRINTS)
    found["broken"] = page.evaluate(BROKEN)
    found["formulas"] = [f"not set: {tex}" for tex in page.evaluate(UNSET)]
    found["formulas"] += [f"too wide: {name}" for name in page.evaluate(TOO_WIDE)]
    for name, mode in {"zoomed": ZOOMED, "phone": PHONE}.items():
        page.set_viewport_size(mode["viewport"])
        if name == "phone" and stem in BREAKS:
            pages.visit(page, f"{site_url}{stem}.html")
        page.wait_for_timeout(50)
        found[f"beyond, {name}"] = width_beyond(page)
        found[f"drawing, {name}"] = page.evaluate(FIRST_DRAWING)
        found[f"prints, {name}"] = page.evaluate(PRINTS)
    found["phone"] = page.evaluate(LOOK)
    found["cells, phone"], found["signs"] = page.evaluate(CELLS), page.evaluate(SIGNS)
    found["lines, phone"] = page.evaluate(LINES)
    found["cut in questions"] = page.evaluate(CUT)
    page.wait_for_timeout(400)  # until the theme has given scrolling boxes their tab stops
    page.evaluate(SIMPLIFY)
    found["axe"] = violations(page, FINGERS_TOO, NO_EDITOR, every_look_once=True)
    context.close()
    return found
