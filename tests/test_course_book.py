"""tools.build_book on a book with one page: the parts that it rebuilds, and its messages when it fails."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # some twenty builds

ROOT = Path(__file__).resolve().parent.parent
PAGE = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
# Try

```{code-cell}
from conv_lib import answer
print("the answer is", answer)
```
"""
CONFIG = """title: Try
only_build_toc_files: true
execute: {execute_notebooks: cache, allow_errors: false}
sphinx: {config: {nb_execution_raise_on_error: true}}
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A small course. The tests of this module change it one after another and restore it."""
    top = tmp_path_factory.mktemp("book") / "course"
    shutil.copytree(ROOT / "tools", top / "tools", ignore=shutil.ignore_patterns("__pycache__", "sphinx_*"))
    (top / "book").mkdir()
    (top / "conv_lib").mkdir()
    (top / "_config.yml").write_text(CONFIG)
    (top / "book" / "_toc.yml").write_text("format: jb-book\nroot: 00_welcome\n")
    (top / "book" / "00_welcome.md").write_text(PAGE)
    (top / "conv_lib" / "__init__.py").write_text("answer = 42\n")
    first = build(top)
    assert first.returncode == 0, first.stdout
    return top


def build(top, *arguments):
    env = {**os.environ, "PYTHONPATH": str(top), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "tools.build_book", *arguments]
    return subprocess.run(command, cwd=top, env=env, capture_output=True, text=True, timeout=200, check=False)


def page(top):
    return (top / "_build" / "html" / "00_welcome.html").read_text(encoding="utf-8")


def test_a_second_build_has_nothing_to_do(course):
    assert "the answer is 42" in page(course)
    again = build(course)
    assert again.returncode == 0
    assert again.stdout == f"The book is up to date: {course / '_build' / 'html' / 'index.html'}\n"


def test_a_lost_page_is_made_again_and_an_edit_of_conv_lib_runs_the_cells_again(course):
    (course / "_build" / "html" / "00_welcome.html").unlink()
    (course / "conv_lib" / "__init__.py").write_text("answer = 43\n")
    assert build(course).returncode == 0
    assert "the answer is 43" in page(course)


def test_a_failing_cell_is_shown_and_fails_again_until_it_is_mended(course):
    source = course / "book" / "00_welcome.md"
    source.write_text(PAGE.replace("print(", 'assert answer == 6 * 9, "the claim is false"\nprint('))
    for _ in range(2):
        answer = build(course)
        assert answer.returncode == 1
        told = answer.stdout
        assert f"{Path('book') / '00_welcome.md'}: a cell failed." in told
        assert "    assert answer == 6 * 9" in told
        assert "AssertionError: the claim is false" in told
        assert "site-packages" not in told
    source.write_text(PAGE)
    assert build(course).returncode == 0


def test_a_warning_fails_each_time(course):
    """Sphinx alone forgets it: its second run passes despite the fault that failed the first."""
    source = course / "book" / "00_welcome.md"
    source.write_text(PAGE + "\n{ref}`no-such-label`\n")
    for _ in range(2):
        answer = build(course)
        assert answer.returncode == 1
        assert re.search(r"00_welcome\.md.*WARNING: .*no-such-label", answer.stdout)
    source.write_text(PAGE)
    assert build(course).returncode == 0


@pytest.mark.parametrize(
    "broken", [".jupyter_cache/global.db", ".doctrees/environment.pickle", "course-book.json"]
)
def test_a_corrupt_cache_recovers(course, broken):
    (course / "_build" / broken).write_bytes(b"not what it was")
    (course / "book" / "00_welcome.md").write_text(PAGE + f"\nAfter {broken}.\n")
    answer = build(course)
    assert answer.returncode == 0, answer.stdout
    assert f"After {broken}." in page(course)


def test_the_gate_takes_no_page_of_an_incremental_build(course):
    (course / "book" / "00_welcome.md").write_text(PAGE + "\nEdited.\n")
    assert build(course).returncode == 0
    assert "up to date" in build(course).stdout
    stray = course / "_build" / "html" / "stray.html"
    stray.write_text("of another build")
    lite = course / "_build" / "html" / "lite"
    lite.mkdir()
    (lite / "index.html").write_text("JupyterLite")
    assert "The book is built" in build(course, "--gate").stdout
    assert "up to date" in build(course, "--gate").stdout
    assert not stray.exists()
    assert (lite / "index.html").is_file()


@pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")
def test_an_interrupted_build_recovers(course):
    source = course / "book" / "00_welcome.md"
    source.write_text(PAGE.replace("print(", "import time; time.sleep(40)\nprint("))
    env = {**os.environ, "PYTHONPATH": str(course)}
    running = subprocess.Popen(
        [sys.executable, "-m", "tools.build_book"], cwd=course, env=env, stdout=subprocess.PIPE, text=True
    )
    for line in running.stdout:
        if "running 00_welcome" in line:
            break
    time.sleep(1)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=30) == 130
    running.stdout.close()
    assert not (course / "_build" / "course-book.json").exists()
    source.write_text(PAGE)
    assert build(course).returncode == 0
    assert "the answer is 43" in page(course)
