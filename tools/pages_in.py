"""Translate the pages of the book: collect their sentences, and build the pages in another language.

    python3 course.py words de --pages 02       bring book/locale/de/LC_MESSAGES/02_*.po up to date
    COURSE_LANGUAGE=de python3 course.py book   build the book in German, as far as it is translated

The sentences are MyST. Code, formulas and roles appear in them as on the page and must not be changed.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path

import yaml

from conv_course.words import entries
from tools import plain_sphinx
from tools.environment import ROOT
from tools.words import po

BOOK = ROOT / "book"
LOCALE = BOOK / "locale"


def some_pages(names, folder):
    """Make a source folder with only these pages. The first one is its root."""
    source = folder / "book"
    shutil.copytree(BOOK, source, ignore=shutil.ignore_patterns("*.md", "_toc.yml"))
    for name in names:
        shutil.copy(BOOK / f"{name}.md", source)
    toc = yaml.safe_load((BOOK / "_toc.yml").read_text(encoding="utf-8")) | {"root": names[0]}
    for part in toc["parts"]:
        part["chapters"] = [one for one in part["chapters"] if one["file"] in names[1:]]
    toc["parts"] = [part for part in toc["parts"] if part["chapters"]]
    if not toc["parts"]:
        del toc["parts"]
    (source / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    return source


def sentences(source, folder):
    """Return {page: its sentences} of a source folder, from Sphinx's gettext builder."""
    quiet = {"gettext_compact": False, "gettext_additional_targets": ["image"]}
    plain_sphinx.build(source, folder, quiet, executed=False, builder="gettext")
    found = {}
    for path in sorted(Path(folder).glob("*.pot")):
        # `entries` omits empty translations, so fill in a placeholder
        text = path.read_text(encoding="utf-8").replace('\nmsgstr ""', '\nmsgstr "?"')
        same = formulas((source / f"{path.stem}.md").read_text(encoding="utf-8"))
        found[path.stem] = [
            one for one in entries(text) if one and not (_joined(one) in same or _is_tex(one))
        ]
    return found


def formulas(page):
    """Return the displayed formulas of a page. Sphinx collects them, but MyST cannot read them back."""
    return {_joined(one) for one in re.findall(r"\$\$(.+?)\$\$", page, re.DOTALL)}


def _joined(text):
    return " ".join(text.split())


def _is_tex(text):
    """Return whether a sentence is a formula from a directive: TeX outside of dollar signs."""
    return bool(re.search(r"\\[a-zA-Z]+", re.sub(r"\$[^$]*\$|`[^`]*`", "", text)))


def write(locale, language, said):
    """Write a catalogue per page below `locale`, from {page: {sentence: translation}}.

    A title that begins with a number would be read as a list, so its stop is escaped.
    """
    for page, pairs in said.items():
        pairs = {text: re.sub(r"^(\d+)\. ", r"\1\\. ", other) for text, other in pairs.items()}
        path = locale / language / "LC_MESSAGES" / f"{page}.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(po(pairs, language), encoding="utf-8")


def update(language, stems):
    """Bring the catalogues of pages that begin with `stems` up to date. Translations are never lost."""
    names = [path.stem for path in sorted(BOOK.glob("*.md")) if path.stem.startswith(tuple(stems))]
    with tempfile.TemporaryDirectory() as folder:
        found = sentences(some_pages(names, Path(folder)), Path(folder) / "out")
    for page, texts in found.items():
        path = LOCALE / language / "LC_MESSAGES" / f"{page}.po"
        old = entries(path.read_text(encoding="utf-8")) if path.is_file() else {}
        write(LOCALE, language, {page: {text: old.get(text, "") for text in texts}})
        done = sum(text in old for text in texts)
        print(f"{path.relative_to(ROOT)}: {done} of {len(texts)} sentences are translated")


def settle(app, config):
    """Configure Sphinx for the reader's language, with the catalogues next to the pages."""
    config.gettext_compact = False
    if os.environ.get("COURSE_LANGUAGE"):
        config.language = os.environ["COURSE_LANGUAGE"]
        config.locale_dirs = [str(LOCALE)]
