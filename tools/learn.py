"""Open JupyterLab on a folder of the learner's own, with the exercises in it.

The folder is outside the course, so that no update of the course touches it. JupyterLab, its settings and its
kernel are those of `.venv`. If the book is built, it is served too, and the checker's links point to it.
"""

import argparse
import contextlib
import os
import sys
import threading
from pathlib import Path
from urllib.parse import quote

from conv_course.learn import work
from tools.build_book import ROOT, SITE
from tools.process import run, stops_on_sigterm
from tools.serve import can_show_browser, on_free_port

FOLDER = Path("~") / "convolution-layer"


def folder_of(given):
    """Return the learner's folder. Raise `work.Unknown` if an update of the course could change it."""
    try:
        folder = Path(given).expanduser().resolve()
    except RuntimeError:
        raise work.Unknown("your user has no home folder: say where to with --folder") from None
    if folder == ROOT or ROOT in folder.parents:
        raise work.Unknown(f"{folder} lies in the course's own folder, which updates change: choose another")
    return folder


def variables(book, python=sys.executable):
    """Return JupyterLab's environment: it finds the course, and its settings are kept in `.venv`."""
    own = Path(python).parent.parent / "jupyter"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    env |= {f"JUPYTER_{name}_DIR": str(own / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    env |= {f"JUPYTERLAB_{name}_DIR": str(own / name.lower()) for name in ("SETTINGS", "WORKSPACES")}
    env["IPYTHONDIR"] = str(own / "ipython")
    return env | ({"CONV_BOOK_URL": book} if book else {})


@contextlib.contextmanager
def book_beside():
    """Serve the built book while JupyterLab is open. Yield its address, or "" if it is not built."""
    if not (SITE / "index.html").is_file():
        yield ""
        return
    with on_free_port(SITE) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def is_root():
    return getattr(os, "geteuid", lambda: -1)() == 0  # Windows has no such user


def jupyterlab(folder, shown):
    """Return the command that opens JupyterLab on `shown`, the folder or a notebook in it."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    if shown != folder:  # the address that is printed, for those without a browser here
        command.append(f"--LabApp.default_url=/lab/tree/{quote(shown.relative_to(folder).as_posix())}")
    command += [] if can_show_browser() else ["--no-browser"]
    command += ["--allow-root"] if is_root() else []
    return [*command, str(shown)]


def main(arguments=None):
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="course.py learn", description=__doc__.splitlines()[0]
    )
    parser.add_argument("lesson", nargs="?", metavar="NN", help="open this exercise")
    parser.add_argument("--folder", default=FOLDER, help=f"your folder (default: {FOLDER})")
    parser.add_argument("--no-open", action="store_true", help="only copy the exercises there")
    options = parser.parse_args(arguments)
    try:
        folder = folder_of(options.folder)
        stem = work.stem_of(options.lesson) if options.lesson else ""
        placed = work.prepare(folder)
    except work.Unknown as problem:
        print(f"course.py learn: {problem}", file=sys.stderr)
        return 2
    except OSError as error:
        why = error.strerror or error
        print(f"course.py learn: {error.filename}: {why}; choose another --folder", file=sys.stderr)
        return 2
    print(f"Your exercises are in {folder}; what was there already stays as it is.", flush=True)
    if options.no_open:
        return 0
    shown = next((path for path in placed if stem and path.name.startswith(stem)), folder)
    if is_root():
        print("You are root here, as in most containers, so JupyterLab is told to allow that.", flush=True)
    try:
        with stops_on_sigterm(), book_beside() as book:
            return run(jupyterlab(folder, shown), cwd=folder, env=variables(book))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
