"""Measure every page of the built book in Chromium: `python -m benchmarks.pages [STEM...]`.

Each page has one row. It shows the kilobytes that a first visit loads, compressed and without the page's own
pictures; the most that the page adds after any other page; its layout shift while it loads and is scrolled;
the time of its largest paint (median of three cold visits to the served page); and the number of violations
that axe-core finds in light mode, in dark mode and at 390 px. Below the table are the violations, and the
pages that are wider than a phone or than a window at 200 % zoom.

The browser tests assert the same measurements, except for the times.
"""

import argparse
import functools
import gzip
import statistics
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

from tools import serve, system
from tools.build_book import SITE

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}}
ZOOMED = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}
MODES = {
    "light": {**DESKTOP, "color_scheme": "light"},
    "dark": {**DESKTOP, "color_scheme": "dark"},
    "phone": {**PHONE, "color_scheme": "light"},
    "phone, dark": {**PHONE, "color_scheme": "dark"},
}
COMPRESSED_ALREADY = (".woff", ".woff2", ".png", ".jpg")
WATCH = """
window.layoutShift = 0;
window.largestPaint = 0;
function watch(type, act) {
  new PerformanceObserver((list) => list.getEntries().forEach(act)).observe({ type, buffered: true });
}
watch("layout-shift", (entry) => { if (!entry.hadRecentInput) window.layoutShift += entry.value; });
watch("largest-contentful-paint", (entry) => { window.largestPaint = entry.startTime; });
"""
SETTLED = """async () => {
  await document.fonts.ready;
  if (window.MathJax?.startup) await window.MathJax.startup.promise;
  return document.querySelectorAll(".conv-figure:not([data-mounted])").length === 0;
}"""
# a headless page may get no frame while another one is drawn, so there is also a time limit
SCROLL = """async () => {
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
    scrollTo(0, y);
    const drawn = new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await Promise.race([drawn, new Promise((done) => setTimeout(done, 500))]);
  }
  scrollTo(0, 0);
}"""


def names(site):
    """Return the stems of the site's pages, without the one that redirects and the frame for one figure."""
    every = (path for path in site.glob("*.html") if path.stem != "embed")
    return sorted(path.stem for path in every if 'http-equiv="Refresh"' not in path.read_text("utf-8"))


def visit(page, address):
    """Open a page and wait until its formulas are set and its figures drawn."""
    page.goto(address, wait_until="load")
    page.wait_for_function(SETTLED, polling=50)  # poll by time: a page may get no animation frames


def watch_requests(page, pause=0.5, patience=60):
    """Return a function that waits until no request of the page has been open for `pause` seconds.

    Chromium's own "networkidle" may never come on a busy machine, where a page gets no frames.
    """
    pending, last = set(), [time.monotonic()]

    def begun(request):
        pending.add(request)
        last[0] = time.monotonic()

    def ended(request):
        pending.discard(request)
        last[0] = time.monotonic()

    page.on("request", begun)
    page.on("requestfinished", ended)
    page.on("requestfailed", ended)

    def quiet():
        begin = time.monotonic()
        while pending or time.monotonic() - max(last[0], begin) < pause:
            if time.monotonic() - begin > patience:
                raise TimeoutError(f"still loading: {sorted(one.url for one in pending)}")
            page.wait_for_timeout(50)

    return quiet


@functools.cache
def weight(path):
    """Return the number of bytes that a server with compression sends for a file."""
    body = path.read_bytes()
    return len(body) if path.suffix in COMPRESSED_ALREADY else len(gzip.compress(body, 6, mtime=0))


def load(page, site, site_url, stem):
    """Visit a page, in a new context. Return {files, shift, paint, ...}; `files` omits its own pictures."""
    page.add_init_script(WATCH)
    files, pictures = set(), set()

    def on_request(request):
        path = urlsplit(request.url).path.removeprefix(urlsplit(site_url).path)
        (pictures if path.startswith("_images/") else files).add(path)

    page.on("request", on_request)
    quiet = watch_requests(page)
    visit(page, f"{site_url}{stem}.html")
    quiet()
    paint = page.evaluate("window.largestPaint")
    early, first = len(pictures), set(files)
    page.evaluate(SCROLL)
    quiet()
    shift = page.evaluate("window.layoutShift")
    known = {site / path for path in first}
    return {"files": known, "shift": shift, "paint": paint, "pictures": len(pictures), "early": early}


def first_visit(browser, site, site_url, stem):
    context = browser.new_context(**DESKTOP)
    found = load(context.new_page(), site, site_url, stem)
    context.close()
    return found


# Marks the three longest texts of each look: colour and font, and the grounds below as far as an opaque one.
# (axe-core cannot tell the contrast of a single letter, nor of what is partly covered.)
MARK_LOOKS = """() => {
  const looks = new Map(), grounds = new Map();
  function groundsOf(at) {
    if (!at || grounds.has(at)) return grounds.get(at);
    const { backgroundColor, backgroundImage, opacity, position } = getComputedStyle(at);
    const own = [at.localName, at.getAttribute("class"), backgroundColor, backgroundImage, opacity, position];
    const opaque = backgroundColor.startsWith("rgb(");
    grounds.set(at, own.join() + (opaque ? "" : groundsOf(at.parentElement)));
    return grounds.get(at);
  }
  for (const one of document.body.querySelectorAll("*")) {
    const texts = [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const length = texts.reduce((sum, { data }) => sum + data.trim().length, 0);
    if (!(length || one.matches("button, input, select, textarea")) || !one.checkVisibility()) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(one);
    const key = [color, fontSize, fontWeight, one.matches(":disabled"), groundsOf(one)].join();
    looks.set(key, looks.get(key) ?? []).get(key).push([length, one]);
  }
  [...looks.values()].forEach((alike, number) => alike.sort(([a], [b]) => b - a).slice(0, 3)
    .forEach(([, one]) => { one.dataset.look = number; }));
}"""
ONLY_MARKED = 'axe.configure({ rules: [{ id: "color-contrast", selector: "[data-look]" }] });'


def violations(page, options=None, context=None, every_look_once=False):
    """Return axe-core's violations, one line each with the first place.

    With `every_look_once` the contrast of texts that look alike is measured at the longest three.
    """
    axe = Axe()
    if every_look_once:
        page.evaluate(MARK_LOOKS)
        axe = Axe(f"{axe.axe_script}\n{ONLY_MARKED}")
    # with preload, axe would fetch style sheets, one from a wrong address, for an experimental rule that is
    # off
    settings = {"resultTypes": ["violations"], "preload": False, **(options or {})}
    found = axe.run(page, context, settings)
    return [
        f"{one['id']}: {one['help']} ({len(one['nodes'])}x) {one['nodes'][0]['html'][:160]}"
        for one in found.response["violations"]
    ]


def width_beyond(page):
    """Return by how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def measure(browser, site, site_url, stem):
    """Return the measurements of one page that do not depend on other pages."""
    visits = [first_visit(browser, site, site_url, stem) for _ in range(3)]
    row = {**visits[0], "paint": statistics.median(one["paint"] for one in visits), "axe": {}, "beyond": {}}
    for mode, options in {**MODES, "zoomed": ZOOMED}.items():
        context = browser.new_context(**options, reduced_motion="reduce")
        page = context.new_page()
        visit(page, f"{site_url}{stem}.html")
        row["beyond"][mode] = width_beyond(page)
        if mode in MODES:
            row["axe"][mode] = violations(page)
        context.close()
    return row


def following(rows, stem):
    """Return the most that a page adds after any other page, except the 404 page, which loads nothing."""
    before = [row["files"] for name, row in rows.items() if name != "404"]
    return max((sum(map(weight, rows[stem]["files"] - files)) for files in before), default=0)


def main(arguments=None):
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="python -m benchmarks.pages", description=__doc__.splitlines()[0]
    )
    parser.add_argument("stems", nargs="*", help="only these pages")
    parser.add_argument("--site", type=Path, default=SITE)
    options = parser.parse_args(arguments)
    from playwright.sync_api import sync_playwright

    with serve.server(options.site, prefix="/course") as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://localhost:{server.server_port}/course/"
        browser = playwright.chromium.launch(executable_path=system.find("chromium"), args=["--no-sandbox"])
        rows = {}
        for stem in options.stems or names(options.site):
            rows[stem] = measure(browser, options.site, address, stem)
            print(f"measured {stem}", file=sys.stderr, flush=True)
        browser.close()
        server.shutdown()
    modes = ", ".join(MODES)
    print(f"| page | first load, kB | next page, kB | shift | largest paint, s | axe: {modes} |")
    print("|---|---|---|---|---|---|")
    for stem, row in rows.items():
        first = sum(map(weight, row["files"])) / 1e3
        found = ", ".join(str(len(row["axe"][mode])) for mode in MODES)
        print(
            f"| {stem} | {first:.0f} | {following(rows, stem) / 1e3:.0f} | {row['shift']:.3f} "
            f"| {row['paint'] / 1e3:.2f} | {found} |"
        )
    for stem, row in rows.items():
        for mode, beyond in row["beyond"].items():
            for fault in row["axe"].get(mode, []) + [f"{beyond} px too wide"] * (beyond > 0):
                print(f"{stem}, {mode}: {fault}")


if __name__ == "__main__":
    main()
