"""The list of references: its labels, and its addresses."""

import re
from pathlib import Path

import pytest
from pybtex.database import parse_file, parse_string
from pybtex.plugin import find_plugin

from tools.sphinx_references import Style

BOOK = Path(__file__).resolve().parent.parent / "book"
CITED = re.compile(r"\{cite:[pt]\}`([^`]+)`")


def formatted(database):
    text = find_plugin("pybtex.backends", "text")()
    return {
        entry.key: (entry.label, entry.text.render(text)) for entry in Style().format_bibliography(database)
    }


@pytest.mark.parametrize(
    ("authors", "label"),
    [
        ("Prince, Simon J. D.", "Prince, 1999"),
        ("Araujo dos Santos, Leonardo", "Araujo dos Santos, 1999"),
        ("Goto, Kazushige and van de Geijn, Robert A.", "Goto and van de Geijn, 1999"),
        ("One, A. and Two, B. and Three, C.", "One et al., 1999"),
    ],
)
def test_a_label_names_authors_and_year(authors, label):
    database = parse_string(f"@misc{{a, author={{{authors}}}, title={{T}}, year={{1999}}}}", "bibtex")
    assert formatted(database)["a"][0] == label


def test_labels_differ_and_no_address_has_a_full_stop_behind_it():
    found = formatted(parse_file(BOOK / "references.bib"))
    assert len({label for label, _ in found.values()}) == len(found)
    addressed = {key: text for key, (_, text) in found.items() if re.search(r"https?://|doi:", text)}
    assert len(addressed) > 25
    assert {
        key for key, text in addressed.items() if re.search(r"(https?://|doi:)\S*\.(\s|$)", text)
    } == set()


def test_each_source_says_why_to_read_it():
    entries = parse_file(BOOK / "references.bib").entries
    why = {key: entry.fields.get("annote", "") for key, entry in entries.items()}
    assert {key for key, words in why.items() if not 20 < len(words) < 200 or words[-1] != "."} == set()
    assert len(set(why.values())) == len(why)
    shown = formatted(parse_file(BOOK / "references.bib"))
    assert all(shown[key][1].endswith(words[-20:]) for key, words in why.items())


def test_each_source_is_cited_and_each_citation_has_a_source():
    pages = "\n".join(path.read_text("utf-8") for path in BOOK.glob("*.md"))
    cited = {key.strip() for keys in CITED.findall(pages) for key in keys.split(",")}
    assert cited == set(parse_file(BOOK / "references.bib").entries)


def test_an_equation_that_is_cited_stands_outside_the_folds():
    pages = [path.read_text(encoding="utf-8") for path in BOOK.glob("*.md")]
    cited = {label for text in pages for label in re.findall(r"\{eq\}`([\w-]+)`", text)}
    folds = re.compile(r"^(`{3,})\{admonition\}[^\n]*\n:class: dropdown\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
    folded = {
        label
        for text in pages
        for fold in folds.finditer(text)
        for label in re.findall(r"^\$\$ \((eq-[\w-]+)\)$", fold[2], re.MULTILINE)
    }
    assert "eq-12-window" in folded  # which nothing cites
    assert not cited & folded
