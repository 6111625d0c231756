"""Measure how long an interactive figure takes to redraw, on the pages of the built book, in Chromium.

    python -m benchmarks.figure_steps [--site _build/html] [--chromium /usr/bin/chromium]

Every slider is moved through all its values and back, and every drop-down list through its options. A step is
timed from the event to the end of the layout that it causes, which must fit into a frame (16.7 ms).
"""

import argparse
import re
import statistics
from pathlib import Path

from tools import system

STEPS = """
async (figure) => {
  const times = [];
  const step = async (input, value) => {
    input.value = value;
    const start = performance.now();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    figure.getBoundingClientRect();
    times.push(performance.now() - start);
    await new Promise(requestAnimationFrame);
  };
  for (const input of figure.querySelectorAll("input[type=range], select")) {
    const values = input.options
      ? [...input.options].map((option) => option.value)
      : Array.from({ length: Math.min((input.max - input.min) / (input.step || 1) + 1, 12) },
                   (_, k) => Number(input.min) + k * Number(input.step || 1));
    for (const value of [...values, ...values.slice().reverse()]) await step(input, value);
  }
  return times;
}
"""


def main(arguments=None):
    parser = argparse.ArgumentParser(allow_abbrev=False, description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=Path("_build/html"))
    parser.add_argument("--chromium", default=system.find("chromium"))
    chosen = parser.parse_args(arguments)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chosen.chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        print(f"{'page':26s}{'figure':18s}steps  median   99 %   most (ms)")
        for path in sorted(chosen.site.resolve().glob("*.html")):
            if not re.search("data-figure=", path.read_text(encoding="utf-8")):
                continue
            page.goto(path.as_uri())
            page.wait_for_selector(".conv-figure[data-mounted]", state="attached")
            for figure in page.query_selector_all(".conv-figure"):
                times = sorted(figure.evaluate(STEPS))
                name, late = figure.get_attribute("data-figure"), times[int(0.99 * (len(times) - 1))]
                median = statistics.median(times)
                print(f"{path.stem:26s}{name:18s}{len(times):5d}{median:8.1f}{late:7.1f}{times[-1]:7.1f}")
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
