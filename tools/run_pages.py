"""Run the cells of pages of the book, without building it: `python -m tools.run_pages teachers plan`.

What a cell shows is not looked at, only whether it runs: the asserts of a page are in its hidden cells. The
build runs the same cells in a notebook; here each page has a process of its own.
"""

import argparse
import contextlib
import io
import multiprocessing
import os
import sys
import time
import traceback

from IPython.display import display

from tools.cells import CELL
from tools.environment import ROOT

BOOK = ROOT / "book"


def source(stem):
    return (BOOK / f"{stem}.md").read_text(encoding="utf-8")


def pages():
    """Return the stems of all pages that have cells."""
    return sorted(path.stem for path in BOOK.glob("*.md") if CELL.search(path.read_text(encoding="utf-8")))


def run_page(stem):
    """Run a page's cells from top to bottom. Return why it failed, or "", and the seconds."""
    os.chdir(BOOK)
    os.environ["MPLBACKEND"] = "Agg"
    begin, names, said = time.monotonic(), {"__name__": stem, "display": display}, io.StringIO()
    for cell in CELL.findall(source(stem)):
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                exec(compile(cell, f"{stem}.md", "exec"), names)
        except Exception:
            *_, last = traceback.format_exc().strip().splitlines()
            where = traceback.extract_tb(sys.exc_info()[2])[1:2]
            line = cell.splitlines()[where[0].lineno - 1].strip() if where else ""
            return f"{last}\n    {line}" if line else last, time.monotonic() - begin
    return "", time.monotonic() - begin


def main(arguments=None):
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="tools.run_pages", description=__doc__.splitlines()[0]
    )
    parser.add_argument("pages", nargs="+", metavar="STEM")
    stems = parser.parse_args(arguments).pages
    failed = 0
    with multiprocessing.get_context("spawn").Pool(min(2, len(stems)), maxtasksperchild=1) as pool:
        for stem, (why, seconds) in zip(stems, pool.imap(run_page, stems, chunksize=1), strict=True):
            print(f"book/{stem}.md: {why or 'its cells run'} ({seconds:.1f} s)", flush=True)
            failed += bool(why)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
