"""Build the book with Sphinx alone, without Jupyter Book 1.x, on the installed versions of Sphinx and MyST.

    python -m tools.plain_sphinx book OUT

Jupyter Book 1.x does three things for the course: it turns `_config.yml` into Sphinx's settings, it adds an
extension for tables of contents, which the book does not use, and it calls Sphinx. This module does the first
itself and omits the second. `course.py newest` compares the result with the pinned build's.
"""

import argparse
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = {"jupyter_book", "sphinx_multitoc_numbering", "sphinx_jupyterbook_latex"}


def settings(config, executed=True):
    """Return Sphinx's settings for a `_config.yml`, as Jupyter Book 1.x does."""
    own, run = dict(config["sphinx"]["config"]), config["execute"]
    own["extensions"] = [name for name in own["extensions"] if name not in LEFT_OUT]
    made = {
        "project": config["title"],
        "html_title": config["title"],
        "author": config["author"],
        "copyright": str(config["copyright"]),
        "html_theme": "sphinx_book_theme",
        "external_toc_path": "_toc.yml",
        "external_toc_exclude_missing": config["only_build_toc_files"],
        "exclude_patterns": ["**.ipynb_checkpoints", "_build"],
        "bibtex_bibfiles": config["bibtex_bibfiles"],
        "myst_enable_extensions": config["parse"]["myst_enable_extensions"],
        "myst_url_schemes": ["mailto", "http", "https"],
        "nb_execution_mode": run["execute_notebooks"] if executed else "off",
        "nb_execution_timeout": run["timeout"],
        "nb_execution_allow_errors": run["allow_errors"],
        "nb_output_stderr": run["stderr_output"],
        "nitpick_ignore_regex": [("py:exc", ".*"), ("py:class", ".*")],
    }
    theme = {"home_page_in_toc": True, "search_bar_text": "Search this book..."}
    own["html_theme_options"] = theme | own.get("html_theme_options", {})
    return made | own


def build(source, out, config=None, executed=True, builder="html"):
    """Run Sphinx and return 0 if it passed. `config` overrides settings."""
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    sys.path[:0] = [str(ROOT / "tools"), str(ROOT)]
    values = settings(yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8")), executed)
    doctrees = Path(out) / ".doctrees"
    with patch_docutils(str(source)), docutils_namespace():
        # named here, because Sphinx keeps what an earlier build of the same process has added to its default
        values |= {"source_suffix": {".md": "myst-nb"}} | (config or {})
        app = Sphinx(str(source), None, str(out), str(doctrees), builder, values, sys.stdout)
        app.build()
        return app.statuscode


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False, description=__doc__.split("\n")[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    return build(options.source, options.out)


if __name__ == "__main__":
    sys.exit(main())
