"""The section that a card points to speaks of the mistake."""

import re
from functools import cache
from pathlib import Path

import pytest

from conv_course.checker.backward import ROOM, UNREAD, passes_back, section_on, ways
from conv_course.checker.catalogue import mutants

from .sheet_cases import misconceptions

ROOT = Path(__file__).parents[2]
# a word of the name, and what the section must then hold
SAYS = {
    "flip": r"flip|revers|backward",
    "dilation": r"dilation|\"same\"",
    "group": "group",
    "minus zero": r"-0\]",
    "to nothing without padding": r"-0\]",
    "leftover": "left over|left-over|leftover",
    "edge is repeated": "zeros|padded",
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


def test_a_stride_of_the_other_axis_is_explained_where_each_axis_has_one():
    about = [
        (question.stem, question.name, wrong.name, wrong.section)
        for question, wrong in (p.values for p in NAMED)
        if re.search(r"stride.*(both|swapped)", wrong.name.lower())
    ]
    assert about
    assert [one for one in about if not re.search("stride|s_h", sections()[one[-1]])] == []


@pytest.mark.parametrize("question", dict.fromkeys(p.values[0] for p in NAMED))
def test_a_general_name_is_explained_where_its_word_stands(question):
    names = {mutant.name for mutant in mutants(question.source, question.function)}
    if passes_back(question):
        names |= {"leftover" if hint in (ROOM, UNREAD) else title for title, hint, _ in ways(question)}
    says = SAYS | {"padding|zeros": "padd|zero"}
    elsewhere = [
        (name, section_on(question, name))
        for name in names
        for word, holds in says.items()
        if re.search(word, name.lower()) and not re.search(holds, sections()[section_on(question, name)])
    ]
    assert elsewhere == []


def test_what_is_asked_of_the_average_is_explained_with_the_average():
    [question] = {p.values[0] for p in NAMED if p.values[0].function == "avg_pool_backward"}
    assert "average" in sections()[question.section]
    assert "max" not in sections()[question.section].split("```")[0]
