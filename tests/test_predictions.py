"""The predictions of the book, all of them: computed, with reasons, and at the end of each chapter."""

import re

import pytest

from conv_course.checker.questions import sheet_stems
from tools.environment import ROOT
from tools.predictions import predictions

PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "book").glob("*.md"))}
MADE = {stem: list(predictions(text)) for stem, text in PAGES.items()}


def test_each_has_a_name_of_its_own_that_begins_with_its_page():
    names = [one.name for made in MADE.values() for one in made]
    assert len(names) == len(set(names)) == sum(text.count("{predict}") for text in PAGES.values())
    for stem, made in MADE.items():
        assert all(stem.startswith(one.name.split("-")[0]) for one in made)


def test_none_is_left_as_text_that_nobody_commits_to():
    for stem, text in PAGES.items():
        assert not re.search(r"\*\*Predict|\{admonition\} Predict", text), stem


@pytest.mark.parametrize("stem", sheet_stems())
def test_a_chapter_ends_with_questions_from_memory(stem):
    recalled = [one for one in MADE[stem] if one.recall]
    assert 3 <= len(recalled) <= 5
    end = PAGES[stem].partition("## Before you go on")[2].partition("\n## ")
    assert [one.name for one in predictions(end[0])] == [one.name for one in recalled]
    assert end[2].startswith("Sources")
    earlier = [one for one in recalled if re.search(r"\{doc\}`chapter \d+ <\d\d_\w+>`", one.asked)]
    assert bool(earlier) == (int(stem[:2]) >= 4)


@pytest.mark.parametrize("stem", [stem for stem, made in MADE.items() if made])
def test_each_wrong_answer_teaches(stem):
    for one in MADE[stem]:
        assert len(one.items) >= 2, one.name
        assert all(item.reason.endswith((".", ")", "$")) for item in one.wrong), one.name


FENCE = re.compile(r"^(`{3,}|~{3,})(.*?)^\1$", re.MULTILINE | re.DOTALL)
LABEL = re.compile(r"^\(.*\)=$", re.MULTILINE)
TRY = re.compile(r"^## Try it yourself\n(.*?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)


def open_answers(text):
    """What a chapter says in the open behind the folded answers to "Try it yourself"."""
    folded = FENCE.sub(lambda found: "FOLD" if "hide-cell" in found[2] else "", text)
    behind = (section.partition("FOLD")[2] for section in TRY.findall(folded))
    return [said for said in (LABEL.sub("", one).strip() for one in behind) if said]


@pytest.mark.parametrize("stem", sheet_stems())
def test_no_answer_to_try_stands_outside_its_fold(stem):
    assert TRY.search(PAGES[stem])
    assert open_answers(PAGES[stem]) == []


def test_choices_with_letters_keep_their_order():
    made = [
        one
        for made in MADE.values()
        for one in made
        if any(item.shown.startswith("A: ") for item in one.items)
    ]
    assert made
    for one in made:
        assert [item.shown[:3] for item in one.mixed] == ["A: ", "B: ", "C: "][: len(one.items)]
