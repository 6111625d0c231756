"""Figures in a language that does not exist: every word is changed, and no number, name or code."""

import re

import pytest
from strange_words import SHOWN, english

from conv_course import words, words_script
from conv_course.widgets._esm import names

NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?")


@pytest.mark.parametrize("name", names())
def test_every_word_of_a_figure_is_changed_and_no_number(name, open_figure, pseudo):
    before = open_figure(name).element.evaluate(SHOWN)
    shown = open_figure(name, _script=pseudo)
    after = shown.element.evaluate(SHOWN)
    assert len(after) == len(before)
    assert english(before)
    left = [text for text in after if english([text])]
    assert left == []
    assert [sorted(NUMBER.findall(a)) for a in before] == [sorted(NUMBER.findall(b)) for b in after]


def test_a_card_on_a_german_page_reads_as_in_a_notebook(open_figure):
    """The page's script gives these lines as `say` does; longer sentences it looks up in its own way."""
    lines = [
        "q1 · how many windows fit: not yet, 0 of 3 points",
        "One window too few",
        "The kernel as wide as the signal fits in one place: what does your function say there?",
        "0 of 12 points",
        "This looks like",
    ]
    german = [words.say(line, "de") for line in lines]
    assert all(a != b for a, b in zip(lines, german, strict=True))
    shown = open_figure("conv1d", _script=words_script.script("de"))
    assert shown.page.evaluate("lines => lines.map(line => courseSay(line))", lines) == german
    assert (
        shown.page.evaluate("courseSay('  This looks like: ')") == f"  {words.say('This looks like', 'de')}: "
    )
    assert words_script.script("en") == words_script.script("") == ""
