"""Build the book on the newest Sphinx, theme and MyST, and compare each page's text with the pinned build.

The newest versions and their site are in `_build/newest`. Jupyter Book 1.x, which holds Sphinx and the theme
back, is not among them (requirements-newest.txt): this is the way off it, kept passable by the nightly run.
"""

import argparse
import subprocess
import sys
import venv

from tools import build_book, page_texts
from tools.environment import ROOT, explain, interpreter, variables
from tools.process import run, stops_on_sigterm

FOLDER = ROOT / "_build" / "newest"
NEEDS = ROOT / "requirements-newest.txt"
SHOWN = ("sphinx", "sphinx-book-theme", "myst-nb", "myst-parser")
VERSIONS = (
    f"from importlib.metadata import version; print(*(f'{{n}} {{version(n)}}' for n in {SHOWN}), sep=', ')"
)


def install(folder=FOLDER / "venv"):
    """Bring the newest versions into a folder of their own. Return its Python."""
    python = interpreter(folder)
    if not python.exists():
        venv.create(folder, with_pip=True)
    command = [python, "-m", "pip", "install", "--quiet", "--upgrade", "-r", NEEDS]
    subprocess.run(list(map(str, command)), check=True)
    subprocess.run([str(python), "-c", VERSIONS], check=True)
    return python


def build(python, site):
    """Build the book with this Python, without Jupyter Book. Return whether it passed without a warning."""
    env = variables(python) | {
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    command = [str(python), "-m", "tools.plain_sphinx", str(ROOT / "book"), str(site)]
    return run(command, cwd=ROOT, env=env) == 0


def main():
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="course.py newest", description=__doc__.split("\n\n")[0]
    )
    parser.parse_args()
    try:
        with stops_on_sigterm():
            if not build_book.build() or not build(install(), FOLDER / "html"):
                return 1
        return 0 if page_texts.compare(build_book.SITE, FOLDER / "html") else 1
    except KeyboardInterrupt:
        return 130
    except subprocess.CalledProcessError:
        print("course.py newest: the newest versions could not be installed (above is why)", file=sys.stderr)
    except OSError as error:
        print(f"course.py newest: {explain(error)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
