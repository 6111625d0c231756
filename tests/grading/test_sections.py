"""The section that a card points to speaks of the mistake."""

import re
from functools import cache
from pathlib import Path

import pytest

from .sheet_cases import misconceptions

ROOT = Path(__file__).parents[2]
# a word of the name, and what the section must then hold
SAYS = {
    "flip": r"flip|revers|backward",
    "dilation": r"dilation|\"same\"",
    "group": "group",
    "output padding": "output padding",
    "momentum": "momentum",
}
NAMED = [p for p in misconceptions if p.values[0].kind == "function"]


@cache
def sections():
    """Return {label: text in small letters} of all chapters."""
    found = {}
    for path in sorted((ROOT / "book").glob("[0-9]*.md")):
        parts = re.split(r"^\((\d\d-[\w-]+)\)=$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found |= dict(zip(parts[1::2], map(str.lower, parts[2::2]), strict=True))
    return found


@pytest.mark.parametrize("word", SAYS)
def test_a_slip_is_explained_where_its_word_stands(word):
    elsewhere = [
        (question.stem, question.name, wrong.name, wrong.section)
        for question, wrong in (p.values for p in NAMED)
        if word in wrong.name.lower() and not re.search(SAYS[word], sections()[wrong.section])
    ]
    assert elsewhere == []
    assert any(word in wrong.name.lower() for _, wrong in (p.values for p in NAMED))


def test_what_is_asked_of_the_average_is_explained_with_the_average():
    [question] = {p.values[0] for p in NAMED if p.values[0].function == "avg_pool_backward"}
    assert "average" in sections()[question.section]
    assert "max" not in sections()[question.section].split("```")[0]
