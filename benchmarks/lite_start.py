"""Measure a learner's wait in JupyterLite, in Chromium: from the book's button to the checker's answer.

    python -m benchmarks.lite_start [--site _build/html] [--runs 3] [--stem 02_slide_a_kernel]

Every run uses a browser with an empty profile (cold), then the same profile again (warm). The site must
contain JupyterLite (`python3 course.py lite`). Seconds count from the click on the chapter's button. The
times of the checker and the slider are medians of ten, with Python already running.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools import serve, system

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from lite_notebook import MINUTES, PANEL, answers, open_from_chapter  # noqa: E402

TIMES = 10
ONE_CHECK = f"""async (id) => {{
    const cells = {PANEL}.content;
    cells.deselectAll();
    cells.activeCellIndex = cells.widgets.findIndex((cell) => cell.model.id === id);
    const begin = performance.now();
    await window.jupyterapp.commands.execute('notebook:run-cell');
    return performance.now() - begin;
}}"""
# the key moves the handle; the step ends when Python's text below it has changed
ONE_STEP = """([handle, key]) => new Promise((resolve) => {
    const area = handle.closest('.jp-Cell-outputArea');
    const shown = () => [...area.querySelectorAll('[role=status]')].map((one) => one.textContent).join();
    const before = shown(), begin = performance.now();
    const watch = new MutationObserver(() => {
        if (shown() === before) return;
        watch.disconnect();
        resolve(performance.now() - begin);
    });
    watch.observe(document.body, { childList: true, subtree: true, characterData: true });
    handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
})"""


def visit(context, url, stem):
    """Visit the page once and return {name: seconds, or megabytes}."""
    page = context.new_page()
    sizes = []
    page.context.on("response", lambda answer: sizes.append(answer.headers.get("content-length", 0)))
    page.goto(f"{url}{stem}.html")
    sizes.clear()
    begin = time.perf_counter()
    notebook = open_from_chapter(page, url, stem, python=False)
    times = {"notebook open": time.perf_counter() - begin}
    notebook.await_python()
    times["Python ready"] = time.perf_counter() - begin
    first = f"{stem}-01"
    (answer, source), *_ = answers(stem).items()
    notebook.replace(answer, source)
    check = notebook.id_of('check("q1")')
    for cell in (first, answer, check):
        notebook.start(cell)
    page.wait_for_function(
        f"""(id) => JSON.stringify({PANEL}.content.widgets.find((cell) => cell.model.id === id)
            .model.outputs.toJSON()).includes("done, ")""",
        arg=check,
        timeout=MINUTES,
        polling=20,
    )
    times["first answer of the checker"] = time.perf_counter() - begin
    times["MB sent"] = sum(map(int, sizes)) / 1e6
    checks = [page.evaluate(ONE_CHECK, check) / 1e3 for _ in range(TIMES)]
    times["checker, warm"] = statistics.median(checks)
    times["slider step"] = slider_step(page, notebook)
    begin = time.perf_counter()
    page.get_by_role("button", name="Restart Python").click()
    page.wait_for_selector("body[data-course-python=starting]", state="attached")
    notebook.await_python()
    times["restart"] = time.perf_counter() - begin
    page.close()
    return times


def slider_step(page, notebook):
    sliders = notebook.id_of("sliders(")
    notebook.run(sliders)
    cell = notebook.drawn(sliders)
    cell.locator(".noUi-handle").first.wait_for()
    steps = []
    for step in range(TIMES):
        handle = cell.locator(".noUi-handle").first.element_handle()
        key = "ArrowLeft" if step % 2 else "ArrowRight"  # two positions with different sizes
        steps.append(page.evaluate(ONE_STEP, [handle, key]))
    return statistics.median(steps) / 1e3


def main(arguments=None):
    parser = argparse.ArgumentParser(allow_abbrev=False, description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--stem", default="02_slide_a_kernel")
    chosen = parser.parse_args(arguments)
    options = {
        "executable_path": system.find("chromium"),
        "args": ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"],
    }
    results = {"cold": [], "warm": []}
    with serve.server(chosen.site, prefix="/course") as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://localhost:{server.server_port}/course/"
        for _ in range(chosen.runs):
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
                for kept in results.values():
                    context = playwright.chromium.launch_persistent_context(profile, **options)
                    kept.append(visit(context, url, chosen.stem))
                    context.close()
        server.shutdown()
    for kind, kept in results.items():
        print(f"{kind}, median of {chosen.runs}:")
        for name in kept[0]:
            print(f"  {name:28s} {statistics.median(one[name] for one in kept):8.3f}")


if __name__ == "__main__":
    main()
