"""The learner's work in JupyterLite: kept over a restart of the browser, handed out, never hidden or lost."""

import json
import re
import subprocess
import sys

import pytest
from lite_notebook import ROOT, LiteNotebook, answers, notebook_url, open_from_chapter, without_python

STEM = "02_slide_a_kernel"
PATH = f"exercises/{STEM}.ipynb"
CELL = f"{STEM}-03"
MINE = "my_own_work = 1"


@pytest.mark.timeout(400)
def test_work_survives_a_restart_of_the_browser(lite, site_url, chromium, browser_options, tmp_path, watch):
    for visit in ("first", "second"):
        context = chromium.launch_persistent_context(tmp_path, **browser_options)
        without_python(context)
        page = context.new_page()
        faults = watch(page)
        page.goto(notebook_url(site_url, PATH))
        notebook = LiteNotebook(page, python=False)
        if visit == "first":
            assert MINE not in notebook.sources()
            notebook.replace(CELL, MINE)
            notebook.save()
        else:
            assert MINE in notebook.sources()
        context.close()
        assert not faults


@pytest.mark.timeout(400)
def test_a_newer_version_is_told_of_and_taken_with_the_old_one_kept(lite, site_url, page):
    without_python(page.context)
    notebook = open_from_chapter(page, site_url, STEM, python=False)
    assert page.locator(".course-news").count() == 0
    notebook.replace(CELL, MINE)
    notebook.save()

    served = json.loads((lite / "files" / PATH).read_text(encoding="utf-8"))
    served["metadata"]["conv_course"]["version"] = "newer"
    versions = {PATH: "newer"}
    page.context.route(f"**/files/{PATH}*", lambda route: route.fulfill(json=served))
    page.context.route("**/course/versions.json", lambda route: route.fulfill(json=versions))
    page.reload()
    notebook = LiteNotebook(page, python=False)
    page.wait_for_selector(".course-news >> text=A newer version of this notebook is out")
    assert MINE in notebook.sources()  # nothing happens unasked

    notebook.replace(CELL, MINE + "\nnot_saved_yet = 2")
    page.click("text=Take the new version")
    page.wait_for_selector("text=Your work is safe in")
    notebook = LiteNotebook(page, python=False)
    assert not any(MINE in source for source in notebook.sources())
    name = re.search(r"safe in (\S+\.ipynb)", page.inner_text(".course-news"))[1]
    saved = page.evaluate(
        "(path) => window.jupyterapp.serviceManager.contents.get(path, { content: true })", name
    )
    assert any("not_saved_yet = 2" in "".join(cell["source"]) for cell in saved["content"]["cells"])

    page.reload()
    LiteNotebook(page, python=False)
    page.wait_for_timeout(500)
    assert page.locator(".course-news").count() == 0  # taken for good


@pytest.mark.timeout(400)
def test_the_downloaded_notebook_can_be_graded_as_it_is(lite, site_url, page, tmp_path):
    without_python(page.context)
    notebook = open_from_chapter(page, site_url, STEM, python=False)
    for cell_id, source in answers(STEM).items():
        notebook.replace(cell_id, source)
    with page.expect_download() as waiting:
        page.click("text=Download my notebook")
    assert waiting.value.suggested_filename == f"{STEM}.ipynb"
    handed_in = tmp_path / "class"
    handed_in.mkdir()
    waiting.value.save_as(handed_in / waiting.value.suggested_filename)
    out = tmp_path / "grades.csv"
    words = [sys.executable, "-m", "conv_lib.grading.batch", handed_in, "--csv", out, "--no-sandbox"]
    subprocess.run(words, cwd=ROOT, check=True, timeout=200)
    assert ",12,12,graded," in out.read_text(encoding="utf-8-sig")
