"""The command `convolution-layer`, which comes with `pip install convolution-layer`."""

import argparse
import importlib.util
import os
import shlex
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from conv_course.learn import check, work

__all__ = ["main"]

FOLDER = "convolution-layer"
NO_JUPYTER = "JupyterLab is not installed: `pip install 'convolution-layer[learn]'` brings it."


def options_of(arguments):
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="convolution-layer", description="Exercises on the convolution layer."
    )
    parser.add_argument("--version", action="version", version=f"convolution-layer {_version()}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    listed = verbs.add_parser("list", help="number and title of each exercise")
    listed.set_defaults(do=_list)
    learn = verbs.add_parser(
        "learn", help="put the exercises into a folder of yours and open JupyterLab there"
    )
    learn.add_argument("lesson", nargs="?", metavar="NN", help="open this exercise")
    learn.add_argument("--folder", type=Path, default=Path(FOLDER), help=f"your folder (default: {FOLDER})")
    learn.add_argument("--no-open", action="store_true", help="only put the exercises there")
    learn.set_defaults(do=_learn)
    checked = verbs.add_parser("check", help="run a notebook here in the terminal and say what is right")
    checked.add_argument("notebook", metavar="NOTEBOOK", type=Path)
    checked.set_defaults(do=_check)
    return parser.parse_args(arguments)


def main(arguments=None):
    """Run a command. Return 0 for success, 1 if a notebook lacks points, 2 for an impossible request."""
    options = options_of(arguments)
    try:
        return options.do(options)
    except work.Unknown as problem:
        said = str(problem)
    except KeyboardInterrupt:
        said = "stopped; your notebooks are as they were."
    except OSError as problem:
        said = (
            f"{problem.filename or options.verb}: {problem.strerror}; choose a folder of your own (--folder)."
        )
    print(f"convolution-layer: {said}", file=sys.stderr)
    return 2


def _list(options):
    for number, title in work.titles():
        print(f"{number:2}  {title}")
    return 0


def _learn(options):
    stems = [work.stem_of(options.lesson)] if options.lesson else None
    placed = work.prepare(options.folder)
    opened = next((path for path in placed if stems and path.name.startswith(stems[0])), None)
    print(f"Your exercises are in {options.folder.resolve()}; what is there already stays as it is.")
    shown = opened or placed[0]
    if options.no_open:
        return 0
    if importlib.util.find_spec("jupyterlab") is None:
        print(NO_JUPYTER)
        print(
            f"Write in any editor of notebooks, then say: convolution-layer check {shlex.quote(str(shown))}"
        )
        return 0
    command = [sys.executable, "-m", "jupyterlab", str(opened or options.folder)]
    if not opened:
        command += ["--notebook-dir", str(options.folder)]
    return subprocess.run(command, check=False).returncode


def _check(options):
    os.environ.setdefault("MPLBACKEND", "agg")  # a figure must not open a window and wait
    return 0 if check.check(options.notebook) else 1


def _version():
    try:
        return version("convolution-layer")
    except PackageNotFoundError:
        return "of the repository"


if __name__ == "__main__":
    sys.exit(main())
