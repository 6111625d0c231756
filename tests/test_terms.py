"""Glossary and symbol index: the first chapter that an entry names is the one that introduces the term."""

import re

import pytest

from tests.page_cells import source
from tools.environment import ROOT

# not the welcome page, and not chapter 12, which repeats everything in MATLAB, including later topics
CHAPTERS = sorted(page.stem for page in (ROOT / "book").glob("[0-9][0-9]_*.md"))
CHAPTERS = [stem for stem in CHAPTERS if stem[:2] not in ("00", "12")]
CELLS = re.compile(r"^(`{3,})\{code-cell\}.*?^\1\s*$|\A---\n.*?^---$", re.DOTALL | re.MULTILINE)
EMPHASIS = re.compile(r"(?<!\*)\*(?!\*)")
PROSE = {stem: EMPHASIS.sub("", CELLS.sub("", source(stem))) for stem in CHAPTERS}
ENTRY = re.compile(r"^(\S[^\n]*)\n((?:  [^\n]*\n)+)", re.MULTILINE)
ENTRIES = {term: body for term, body in ENTRY.findall(source("glossary")) if "{doc}`" in body}


def first(pattern, named):
    """Return the first chapter with the pattern in its prose, ignoring lines that point to `named`."""
    points = re.compile(rf"\{{(?:doc|ref)\}}`(?:[^`]*<)?{named[:2]}[-_]")
    for stem in CHAPTERS:
        lines = [line for line in PROSE[stem].splitlines() if stem == named or not points.search(line)]
        if any(re.search(pattern, line, re.IGNORECASE) for line in lines):
            return stem


def introduces(word, named):
    """Return the chapters that may introduce a word: the first that has it, and the first in bold."""
    word = rf"{re.escape(word.removesuffix('e'))}(e|s|es|ing)?"
    return {first(rf"\b{word}(\b|_)", named), first(rf"\*\*(the )?{word}\*\*", named)} - {None}


def words(term):
    """Return the forms used in a chapter: the term without quotes and parentheses, or its first word."""
    plain = re.sub(r"[\"“”]|\([^)]*\)", "", term).split(",")[0].split()
    return " ".join(plain), plain[0]


@pytest.mark.parametrize("term", ENTRIES)
def test_the_chapter_of_a_term_is_the_first_that_has_it(term):
    named = re.search(r"\{doc\}`ch\. \d+ <(\w+)>`", ENTRIES[term])[1]
    known = introduces(words(term)[0], named) | introduces(words(term)[1], named)
    in_code = [stem for stem in CHAPTERS if re.search(rf"\b{re.escape(words(term)[0])}\b", source(stem))]
    assert named in (known or in_code[:1])  # in_code: for terms that occur only in code


ROWS = [line.split("|")[1:-1] for line in source("symbols").splitlines() if line.startswith("| $")]
CODE = {code: row[-1] for row in ROWS for code in re.findall(r"`(\w{2,})`", row[1])}


def written_as_code(stem):
    """Return the cells, formulas and texts in backticks."""
    spans = r"^~~~python$.*?^~~~$|`[^`\n]+`|\$[^$\n]+\$|^(`{3,})\{(?:code-cell|math)\}.*?^\1\s*$"
    return [found[0] for found in re.finditer(spans, source(stem), re.DOTALL | re.MULTILINE)]


@pytest.mark.parametrize("code", CODE)
def test_the_chapter_of_a_symbol_is_the_first_that_has_its_name(code):
    uses = [stem for stem in CHAPTERS if any(re.search(rf"\b{code}\b", one) for one in written_as_code(stem))]
    assert int(uses[0][:2]) in {int(number) for number in re.findall(r"<(\d\d)_", CODE[code])}


TABLE = "".join(row[0] for row in ROWS)
FORMULA = re.compile(
    r"\$\$(.*?)\$\$|(?<!\$)\$([^$\n]+)\$(?!\$)|```\{math\}\n(?::\w[^\n]*\n)*(.*?)```", re.DOTALL
)
WORDS = re.compile(
    r"(?<!\\)%.*|\\(?:text|operatorname|mathrm|mathsf|begin|end)\{[^{}]*\}|\\[A-Za-z]+|k[HW]|d(?=\\?[a-zA-Z])"
)


@pytest.mark.parametrize("stem", CHAPTERS)
def test_every_letter_of_a_formula_is_in_the_symbol_index(stem):
    text = re.sub(r"<<.*?>>", "", CELLS.sub("", source(stem)))  # without the values that code fills in
    formulas = ["".join(found.groups("")) for found in FORMULA.finditer(text)]
    letters = {letter for one in formulas for letter in re.findall("[A-Za-z]", WORDS.sub(" ", one))}
    assert not letters - set(re.findall("[A-Za-z]", WORDS.sub(" ", TABLE)))
