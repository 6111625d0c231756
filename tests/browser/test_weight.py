"""What a page weighs on the wire, and that it does not jump while it loads."""

import gzip
from urllib.parse import urlsplit

import pytest

FIRST_LOAD, NEXT_LOAD = 900_000, 150_000  # bytes, compressed, beside the page's own pictures
SHIFT = 0.05
COMPRESSED_ALREADY = (".woff", ".woff2", ".png", ".jpg")
WATCH_SHIFTS = """
window.layoutShifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.layoutShifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def pages(site):
    return sorted(
        path.name for path in site.glob("*.html") if 'http-equiv="Refresh"' not in path.read_text("utf-8")
    )


def weight_on_the_wire(site, path):
    body = (site / path).read_bytes()
    return len(body) if path.endswith(COMPRESSED_ALREADY) else len(gzip.compress(body, 6))


def watch_files(page, site_url):
    """A set that fills with the site's files that `page` asks for, less the book's pictures."""
    files = set()

    def on_request(request):
        path = urlsplit(request.url).path.removeprefix(urlsplit(site_url).path)
        if request.url.startswith(site_url) and not path.startswith("_images/"):
            files.add(path)

    page.on("request", on_request)
    return files


@pytest.mark.timeout(600)
def test_pages_are_light_and_stand_still(site, site_url, browser):
    faults = []
    for name in pages(site):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.add_init_script(WATCH_SHIFTS)
        files = watch_files(page, site_url)
        page.goto(site_url + name, wait_until="networkidle")
        first = sum(weight_on_the_wire(site, path) for path in files)
        shift = page.evaluate("() => window.layoutShifts")
        already = set(files)
        other = "00_welcome.html" if name != "00_welcome.html" else "01_notation.html"
        page.goto(site_url + other, wait_until="networkidle")
        following = sum(weight_on_the_wire(site, path) for path in files - already)
        context.close()
        if first > FIRST_LOAD:
            faults.append(f"{name}: {first / 1e3:.0f} kB on the first load")
        if following > NEXT_LOAD:
            faults.append(f"{name}, then {other}: {following / 1e3:.0f} kB more")
        if shift >= SHIFT:
            faults.append(f"{name}: layout shift {shift:.3f}")
    assert not faults, "\n".join(faults)
