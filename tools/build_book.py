"""Build the book into `_build/html`, with warnings as errors.

Sphinx's own caches cannot be trusted: after a failed build it forgets the warnings that failed it, and its
cache of executed cells does not notice edits in conv_lib. So every build begins by removing stale files:

- `_build/course-book.json` records the inputs and the pages of the last build that passed. It is removed
  before a build and written after one that passed. If nothing has changed, there is nothing to do. If the
  file is missing, all pages are rebuilt.
- `_build/.jupyter_cache/course-inputs` records the inputs that the executed cells were run with.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
import time
from pathlib import Path

from tools.environment import FULL_DISK, ROOT, explain, full_disk
from tools.process import Status, run, stops_on_sigterm
from tools.turns import alone

BUILD = ROOT / "_build"
SITE = BUILD / "html"
DONE = BUILD / "course-book.json"
LOG = BUILD / "book.log"
CELLS = BUILD / ".jupyter_cache"

# A change here can change what a cell prints without the cell's source changing.
RUN_BY_CELLS = ["conv_lib", "conv_course", "matlab", "benchmarks", "book/data"]
RUN_BY_CELLS += ["requirements.lock", "_config.yml"]
# A change here can change pages whose source did not change, and Sphinx would not know which.
SEEN_BY_PAGES = ["tools", "solutions", "exercises", "book/assets", "book/_toc.yml", "pyproject.toml"]
CHAPTERS = ["book"]
# The inputs of JupyterLite
IN_LITE = ["book", "exercises", "conv_lib", "conv_course", "benchmarks", "tools", "pyproject.toml"]
IN_LITE += ["requirements-lite.lock"]
IGNORED = {"node_modules", "__pycache__", ".ipynb_checkpoints", ".DS_Store", ".pytest_cache"}

STYLES = re.compile(r"\x1b\[[0-9;]*m")
CRASH = re.compile(r"^(Traceback|Exception occurred|.*(sqlite3|pickle|EOFError|DatabaseError))", re.MULTILINE)
FAILED_CELL = "An error occurred while executing the following cell:"


def build(clean=False, gate=False, status=None):
    """Bring `_build/html` up to date; return whether it is complete.

    `clean` starts from nothing. `gate` accepts an earlier build only if it built all pages anew: an
    incremental build cannot warn about a page that it did not write again.
    """
    status = status or Status()
    BUILD.mkdir(exist_ok=True)
    with alone(BUILD / "book.lock", "Another course.py is building the book; waiting for it.", status.say):
        return _build(clean, gate, status)


def _build(clean, gate, status):
    begin = time.monotonic()
    inputs = {"cells": digest(RUN_BY_CELLS), "pages": digest(SEEN_BY_PAGES), "chapters": digest(CHAPTERS)}
    inputs["address"] = [os.environ.get("COURSE_ADDRESS"), os.environ.get("COURSE_REPOSITORY")]
    inputs["names"] = hashlib.sha256("\n".join(_files(CHAPTERS)).encode()).hexdigest()
    last = _last()
    if not clean and last.get("inputs") == inputs and _whole(last) and (last["clean"] or not gate):
        status.say(f"The book is up to date: {SITE / 'index.html'}")
        return True
    same = {**last.get("inputs", {}), "chapters": inputs["chapters"]} == inputs
    fresh = clean or gate or not same
    DONE.unlink(missing_ok=True)
    if clean:
        shutil.rmtree(CELLS, ignore_errors=True)
    if fresh:
        _clear()
    passed = _run(inputs, status)
    if not passed and not clean and _crashed():
        status.say("The build crashed, perhaps on remains of an earlier one: building again from scratch.")
        shutil.rmtree(CELLS, ignore_errors=True)
        _clear()
        fresh = True
        passed = _run(inputs, status)
    if not passed:
        _explain(status)
        return False
    pages = {path.relative_to(SITE).as_posix(): path.stat().st_size for path in _made()}
    _write(DONE, json.dumps({"inputs": inputs, "clean": fresh, "pages": pages}))
    status.say(f"The book is built ({time.monotonic() - begin:.0f} s): {SITE / 'index.html'}")
    return True


def digest(places):
    """Return a digest of all files in these places, names and contents."""
    total = hashlib.sha256(sys.version.split()[0].encode())
    for name in _files(places):
        total.update(name.encode() + b"\0" + hashlib.sha256((ROOT / name).read_bytes()).digest())
    return total.hexdigest()


def _files(places):
    names = []
    for place in places:
        top = ROOT / place
        if top.is_file():
            names.append(place)
        for folder, folders, files in os.walk(top):
            folders[:] = sorted(set(folders) - IGNORED)
            names += [(Path(folder) / one).relative_to(ROOT).as_posix() for one in set(files) - IGNORED]
    return sorted(names)


def _last():
    try:
        return json.loads(DONE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _whole(last):
    """Return whether every file of the last build is still there, with the same size."""
    try:
        return all((SITE / name).stat().st_size == size for name, size in last["pages"].items())
    except (OSError, KeyError):
        return False


def _made():
    """Return the files that the book's own build makes: everything except JupyterLite's folder."""
    return [path for path in SITE.rglob("*") if path.is_file() and path.relative_to(SITE).parts[0] != "lite"]


def _clear():
    """Remove all pages and Sphinx's caches of them, but leave JupyterLite's folder alone."""
    for name in (".doctrees", "jupyter_execute"):
        shutil.rmtree(BUILD / name, ignore_errors=True)
    for path in list(SITE.iterdir()) if SITE.is_dir() else []:
        if path.is_dir() and path.name != "lite":
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()


def _run(inputs, status):
    """Run jupyter-book once; its whole output goes to the log."""
    against = CELLS / "course-inputs"
    if not against.is_file() or against.read_text(encoding="utf-8") != inputs["cells"]:
        shutil.rmtree(CELLS, ignore_errors=True)
    CELLS.mkdir(parents=True, exist_ok=True)
    _write(against, inputs["cells"])
    command = [
        sys.executable,
        "-c",
        "from jupyter_book.cli.main import main; main()",
        *("build", "book", "-W", "-n", "--keep-going"),
    ]
    doing = ["starting"]
    with LOG.open("w", encoding="utf-8") as log:

        def on_line(line):
            line = STYLES.sub("", line)
            log.write(line + "\n")
            log.flush()
            page = re.match(r"(reading sources|writing output)\.\.\. (\[ *\d+%\]) (\S+)", line)
            if page:
                doing[0] = " ".join(page.groups()).replace("output", "pages")
            elif "Executing notebook using" in line:
                name = Path(line.split(": ")[0]).stem
                doing[0] = f"running {name}"
                if not status.live:
                    status.say("  " + doing[0])

        status.say("Building the book")
        env = dict(
            os.environ,
            PYTHONUTF8="1",
            PYTHONUNBUFFERED="1",
            MPLBACKEND="module://matplotlib_inline.backend_inline",
        )
        code = run(
            command,
            cwd=ROOT,
            env=env,
            on_line=on_line,
            on_tick=lambda seconds: status.show(f"  {doing[0]}, {seconds:.0f} s"),
        )
    if code == 130:
        raise KeyboardInterrupt
    return code == 0


def _crashed():
    text = LOG.read_text(encoding="utf-8")
    return bool(CRASH.search(text)) and FAILED_CELL not in text and not FULL_DISK.search(text)


def _explain(status):
    """Say why the build failed: the cell and its error, or the warnings, or the last lines."""
    text = LOG.read_text(encoding="utf-8")
    if FULL_DISK.search(text):
        status.say(full_disk(BUILD))
        return
    cell = re.search(re.escape(FAILED_CELL) + r".*?(?=\n\n\n?(?:The above|Exception)|\Z)", text, re.DOTALL)
    page = re.search(r"^(.*?): WARNING: Executing notebook failed", text, re.MULTILINE)
    faults = [line for line in text.splitlines() if re.search(r"\b(WARNING|ERROR|CRITICAL)\b: ", line)]
    if cell:
        where = Path(page.group(1)).relative_to(ROOT) if page else "a page"
        status.say(f"{where}: a cell failed.\n")
        status.say("\n".join("    " + line for line in cell.group(0).strip().splitlines()[:60]) + "\n")
    elif faults:
        status.say("\n".join(line.replace(str(ROOT) + os.sep, "") for line in faults))
    else:
        status.say("\n".join(text.strip().splitlines()[-15:]))
    status.say(f"The book was not built. The full log: {LOG}")


def _write(path, text):
    """Write a file atomically, so that it never exists incomplete."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)


def main():
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="course.py book", description="Build the book into _build/html."
    )
    parser.add_argument("--clean", action="store_true", help="start from scratch and run every cell again")
    parser.add_argument("--gate", action="store_true", help="do not accept pages of an incremental build")
    options = parser.parse_args()
    try:
        with stops_on_sigterm():
            return 0 if build(options.clean, options.gate) else 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        print(f"course.py book: {explain(error)}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
