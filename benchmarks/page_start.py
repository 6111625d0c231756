"""Measure a reader's wait at a question in a page, in Chromium: from the click on Check to the card.

    python -m benchmarks.page_start [--site _build/html] [--runs 3] [--stem 02_slide_a_kernel] [--question q3]

Every run uses a browser with an empty profile. The site must contain JupyterLite (`python3 course.py lite`),
whose files the questions use. `cold` is the time from the first click on Check, made as soon as the editor
appears, so that nothing is preloaded. `later` is the median of ten checks. `stop` is the time to end an
endless loop, and `after stop` the time to the next card.
"""

import argparse
import statistics
import threading
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from conv_course.checker.questions import load_sheet
from tools import serve, system

ROOT = Path(__file__).resolve().parents[1]
MINUTES = 180_000
TIMES = 10
ENDLESS = "while True:\n    pass\n"


class Question:
    """One question of an open page."""

    def __init__(self, page, stem, name):
        self.page, self.name = page, f"#question-{stem[:2]}-{name}"
        self.box = page.locator(self.name)

    def write(self, text):
        self.box.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def check(self):
        """Click on Check and return the seconds until the card appears."""
        begin = time.perf_counter()
        self.box.locator("[data-act=check]").click()
        self.page.wait_for_selector(f"{self.name}:not([aria-busy])", timeout=MINUTES)
        return time.perf_counter() - begin


def visit(browser, url, stem, name):
    """Visit the page once and return {name: seconds, or megabytes}."""
    page = browser.new_context().new_page()
    page.set_default_timeout(MINUTES)
    sizes = []
    page.on("response", lambda one: sizes.append(int(one.headers.get("content-length", 0))))
    if not page.goto(f"{url}{stem}.html").ok:
        raise SystemExit(f"the site has no page {stem}.html: python3 course.py book, then lite")
    shown = sum(sizes)
    question = Question(page, stem, name)
    question.box.scroll_into_view_if_needed()
    question.box.locator(".cm-content").wait_for()  # comes as the reader nears the question
    question.write(load_sheet(stem).questions[name].source)
    times = {"cold": question.check(), "MB fetched by it": (sum(sizes) - shown) / 1e6}
    assert "done" in question.box.locator(".course-question-result").inner_text()
    times["later"] = statistics.median(question.check() for _ in range(TIMES))
    question.write(ENDLESS)
    question.box.locator("[data-act=check]").click()
    page.wait_for_selector("text=Your answer runs: 1 s")
    begin = time.perf_counter()
    question.box.locator("[data-act=stop]").click()
    page.wait_for_selector("text=Stopped.")
    times["stop"] = time.perf_counter() - begin
    question.write(load_sheet(stem).questions[name].source)
    times["after stop"] = question.check()
    page.context.close()
    return times


def main(arguments=None):
    parser = argparse.ArgumentParser(allow_abbrev=False, description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--stem", default="02_slide_a_kernel")
    parser.add_argument("--question", default="q3")
    chosen = parser.parse_args(arguments)
    with serve.server(chosen.site, prefix="/course") as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://localhost:{server.server_port}/course/"
        browser = playwright.chromium.launch(executable_path=system.find("chromium"), args=["--no-sandbox"])
        kept = [visit(browser, url, chosen.stem, chosen.question) for _ in range(chosen.runs)]
        browser.close()
        server.shutdown()
    print(f"median of {chosen.runs}:")
    for name in kept[0]:
        print(f"  {name:20s} {statistics.median(one[name] for one in kept):8.3f}")


if __name__ == "__main__":
    main()
