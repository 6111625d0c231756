"""Pages in another language: every sentence of the text is changed, no formula, code or number is."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from conv_course.words import entries
from tools import pages_in

ROOT = Path(__file__).resolve().parents[1]
QUICK = ["00_welcome", "02_slide_a_kernel"]
BUILD = """
import sys
from pathlib import Path
from conv_course import words
from tools import pages_in, plain_sphinx
from tools.words import collect, strange
folder, names = Path(sys.argv[1]), sys.argv[2:]
source = pages_in.some_pages(names, folder)
found = pages_in.sentences(source, folder / "pot")
said = {page: {text: strange(text) for text in texts} for page, texts in found.items()}
pages_in.write(folder / "locale", "de", said)
labels, none = words.Catalogue({text: strange(text) for text in collect()}), words.Catalogue({})
words.catalogue = lambda language: labels if language == "de" else none
plain_sphinx.build(source, folder / "en", executed=False)
words.use("de")
other = {"language": "de", "locale_dirs": [str(folder / "locale")], "gettext_compact": False}
plain_sphinx.build(source, folder / "de", other, executed=False)
"""
KEPT = {"pre", "code", "script", "style", "mjx-container"}
# names in code, a repository, Sphinx's own German; and MyST-NB's label of a fold, which course.js takes away
SAME = re.compile(
    r"\W*\w*[\d._]\w*[\w.]*|\(\w+, \w+\)(, \(\w+, \w+\))*|\w+Error|[\w-]+/[\w#-]+"
    r"|Parameter|Toggle hidden content"
)
VOID = {"img", "br", "hr", "input", "meta", "link", "source", "col", "wbr"}
SPOKEN = {"aria-label", "alt", "title", "placeholder"}
# not of this page's own text, or the names of authors, of their works and of functions
FRAME = {"headerlink", "conv-figure", "xref", "citation", "bibtex-citation", "sig"}


class Page(HTMLParser):
    """The text of an article, and the parts of it that must be the same in every language."""

    def __init__(self, text, within="article"):
        super().__init__()
        self.text, self.same, self.path, self.within = [], [], [], within
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        names = set((dict(attributes).get("class") or "").split())
        self.path.append((tag, names))
        for name, value in attributes:
            if name in SPOKEN and not value.startswith("$"):  # a formula alone names a choice
                self.handle_data(value)
        if tag in VOID:
            self.path.pop()

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.path.pop()

    def handle_endtag(self, tag):
        while self.path and self.path.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tags, names = {tag for tag, _ in self.path}, set().union(*(names for _, names in self.path), set())
        if self.within not in tags or not data.strip() or names & FRAME:
            return
        if tags & KEPT or "math" in names:
            self.same.append(data)
        else:
            self.text.append(" ".join(data.split()))


def check(folder, names):
    for name in names:
        plain, other = (Page((folder / lang / f"{name}.html").read_text("utf-8")) for lang in ("en", "de"))
        assert other.same == plain.same
        numbers = [re.findall(r"\d+", " ".join(page.text)) for page in (plain, other)]
        assert numbers[0] == numbers[1]
        words = (text for text in other.text if re.search(r"[a-z]{4,}", text) and not SAME.fullmatch(text))
        left = [text for text in words if text == strange_free(text)]
        assert left == []
        assert len(other.text) > (20 if name != "references" else 1)  # the list of sources is no text


def check_frame(folder):
    """The page for lost readers has the title of the book, its parts and its chapters."""
    plain, other = (Page((folder / lang / "404.html").read_text("utf-8"), "html") for lang in ("en", "de"))
    assert len(other.text) == len(plain.text) > 8
    assert [text for text in other.text if text in plain.text] == []


def strange_free(text):
    return re.sub(r"[^\x00-\x7f]", "", text)


def build(folder, names):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COURSE_LANGUAGE": ""}
    command = [sys.executable, "-c", BUILD, str(folder), *names]
    result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-3000:]


def test_a_page_can_stand_alone(tmp_path):
    """As for `course.py words de --pages 03`."""
    found = pages_in.sentences(pages_in.some_pages(["errata"], tmp_path), tmp_path / "out")
    assert len(found["errata"]) > 5


def test_a_page_in_a_language_that_nobody_speaks(tmp_path):
    build(tmp_path, QUICK)
    check(tmp_path, QUICK)
    check_frame(tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_page_in_a_language_that_nobody_speaks(tmp_path):
    names = [path.stem for path in sorted((ROOT / "book").glob("*.md"))]
    build(tmp_path, names)
    check(tmp_path, names)


def test_a_translated_sentence_keeps_its_formulas_code_and_targets():
    """The German chapter 02 is the example for translators. Untranslated sentences stay English."""
    said = entries((pages_in.LOCALE / "de" / "LC_MESSAGES" / "02_slide_a_kernel.po").read_text("utf-8"))
    assert len(said) > 30
    for sentence, other in said.items():
        kept = [sorted(re.findall(r"\$[^$]*\$|<[^>]*>`|\{\w+\}`[^` ]*`", text)) for text in (sentence, other)]
        assert kept[0] == kept[1], other
        assert other != sentence
