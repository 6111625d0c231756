"""Translated texts: everything that a learner reads is translated, and nothing that must stay has changed."""

import json
import re

import numpy as np
import pytest

from conv_course import words
from conv_course.checker.judge import judge, limits
from conv_course.checker.notebook import Check
from conv_course.checker.questions import load_sheet, sheet_stems
from conv_course.checker.run import run
from conv_course.checker.show import Card, is_code, spoken
from conv_course.learn import work
from conv_lib import naive
from tools.words import KEPT, ROOT, collect, of_source, po, strange

SHEETS = [
    pytest.param(stem, marks=() if stem.startswith("02") else pytest.mark.slow) for stem in sheet_stems()
]


@pytest.fixture(scope="module")
def pseudo():
    return words.Catalogue({text: strange(text) for text in collect()})


@pytest.fixture
def everything_strange(pseudo, monkeypatch):
    monkeypatch.setattr(words, "catalogue", lambda to: pseudo)
    monkeypatch.setattr(words, "_chosen", "strange")


def cards(stem):
    """Yield the card of each wrong answer of a sheet, and of an answer that is not started."""
    for question in load_sheet(stem):
        yield Check(load_sheet(stem))(question.name, None)
        for wrong in question.wrongs[:4]:
            trials = question.trials_for(0)
            answers = run(
                wrong.function,
                trials,
                names=question.parameters,
                modifies=question.modifies,
                limits=limits(question, 0),
            )
            verdict = judge(question, answers, seed=0)
            yield Card(question, verdict, question.cases_for(0), ["2 of 12 points"], offers_case=True)


def kept(text):
    """Return the code, formulas and numbers of a text, sorted, since a translation may move them."""
    return sorted(re.findall(r"`[^`]*`|-?\d+(?:\.\d+)?", text))


def english(text):
    """Return the untranslated words of a text. A line of code or numbers has none."""
    label = re.match(r"\s*([^\W\d_][^:]*): ", text)
    if label and re.match("(Fîrst|Éxpéctéd|Göt|Ÿöûr|Séén|Trÿ ît|Ör pàsté|Stöppéd)", label[1]):
        return []
    plain = KEPT.sub(" ", re.sub(r"\w+Error: .* \(", " ", text))  # Python's own message stays as it is
    return [word for word in re.findall(r"[^\W\d_]\w*\u0303?", plain) if len(word) > 2 and word.isascii()]


@pytest.mark.parametrize("stem", SHEETS)
def test_every_sentence_of_a_card_is_changed_and_no_number_or_code(stem, everything_strange, monkeypatch):
    seen, names = 0, {question.function for question in load_sheet(stem)}
    for card in cards(stem):
        other = str(card)
        with monkeypatch.context() as plain:
            plain.setattr(words, "_chosen", "")
            original = str(card) if isinstance(card, Card) else None
        if original:
            assert kept(other) == kept(original)
        left = [(word, line) for line in other.splitlines() for word in english(line) if word not in names]
        assert left == []
        seen += 1
    assert seen > 5


def test_a_sheet_is_collected_as_it_is_written():
    found = set(collect(["02_slide_a_kernel"]))
    for question in load_sheet("02_slide_a_kernel"):
        assert question.title in found
        assert {wrong.hint for wrong in question.wrongs} <= found
    assert all(text.strip() for text in found)


def test_values_find_their_place_in_a_sentence_that_another_language_orders_otherwise():
    said = {"{0} results came back, and {1} are asked for": "Gefragt sind {1}, gekommen sind {0}"}
    said |= {"not yet": "noch nicht", "{0} of {1} points": "{0} von {1} Punkten", "the window": "das Fenster"}
    catalogue = words.Catalogue(said)
    assert catalogue.say("3 results came back, and 2 are asked for") == "Gefragt sind 2, gekommen sind 3"
    assert catalogue.say("q1 · the window: not yet, 0 of 3 points") == (
        "q1 · das Fenster: noch nicht, 0 von 3 Punkten"
    )
    assert catalogue.say("nobody wrote this") == "nobody wrote this"


def test_a_catalogue_is_written_and_read_back():
    said = {'a "quoted" \\ text': "ein »Text«", "two\nlines\n": "zwei\nZeilen\n", "left empty": ""}
    assert words.entries(po(said, "de")) == {key: value for key, value in said.items() if value}
    assert words.entries('#, fuzzy\nmsgid "a"\nmsgstr "b"\n') == {}


@pytest.fixture
def german(monkeypatch):
    monkeypatch.setenv("COURSE_LANGUAGE", "de")


def test_lesson_02_is_the_example_of_a_translation(german):
    """Nearly all of it is translated. A new sentence does not fail this test before it is translated."""
    sentences = [text for text in collect(["02_slide_a_kernel"]) if KEPT.sub("", text).strip(" .:")]
    open_ones = [text for text in sentences if words.say(text) == text]
    assert len(open_ones) < len(sentences) / 5, open_ones


def test_a_german_learner_gets_a_german_card(german):
    question = load_sheet("02_slide_a_kernel").questions["q1"]
    wrong = next(wrong for wrong in question.wrongs if wrong.name == "One window too few")
    answers = run(wrong.function, question.trials_for(0), names=question.parameters)
    card = Card(question, judge(question, answers, seed=0), question.cases_for(0), ["0 of 12 points"])
    lines = str(card).splitlines()
    assert lines[0] == "✗ q1 · wie viele Fenster passen: noch nicht, 0 von 3 Punkten"
    assert "  Das sieht aus wie: Ein Fenster zu wenig" in lines
    assert any(line.startswith("  Erhalten: ") for line in lines)
    assert lines[-1] == "  Notizbuch: 0 von 12 Punkten"


def test_a_german_learner_gets_a_german_exercise(german, tmp_path):
    (path,) = work.prepare(tmp_path, ["02_slide_a_kernel"])
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    english = json.loads((work.source() / path.name).read_text(encoding="utf-8"))["cells"]
    assert cells[0]["source"].startswith("# Einen Kern verschieben: die Übung")
    assert cells[2]["source"].startswith("## Frage 1: wie viele Fenster passen (3 Punkte)")
    for cell, original in zip(cells, english, strict=True):
        assert cell["cell_type"] == original["cell_type"]
        if cell["cell_type"] == "code":
            assert cell == original
        else:
            assert re.findall(r"`[^`]*`|\$\$.*?\$\$", cell["source"], re.DOTALL) == re.findall(
                r"`[^`]*`|\$\$.*?\$\$", "".join(original["source"]), re.DOTALL
            )


def test_an_error_text_is_a_pattern():
    texts = set(of_source(ROOT / "conv_lib" / "validation.py"))
    assert any("{0}" in text and "but" in text for text in texts)
    assert not any(text.startswith("Check") for text in texts), "a docstring is not shown"


def test_a_language_that_the_course_does_not_have_is_english(monkeypatch):
    monkeypatch.setenv("COURSE_LANGUAGE", "tlh")
    assert words.say("not yet") == "not yet"


def left_out_bias(x, w, b):
    return np.convolve(x, w[::-1], "valid") + 2 * b


def without_the_stride(x, w, b, *, stride=1, padding=0):
    xpad = np.pad(x, padding)
    return np.array([xpad[i : i + len(w)] @ w + b for i in range(1, len(xpad) - len(w) + 1, stride)])


WRONG = {
    "a computed sum": ("q2", left_out_bias),
    "a formula": ("q1", lambda W, kW, *, stride=1, padding=0: W // stride - kW),
    "a formula for the length": ("q3", without_the_stride),
    "an exception": ("q2", lambda x, w, b: np.zeros(-1)),
    "a message of the course": ("q5", lambda x, w, b, **given: naive.conv1d(x, w, b, dilation=9)),
    "a general fault": ("q2", lambda x, w, b: x),
    "several results": ("q2", lambda x, w, b: (x, w)),
    "nothing to say": ("q2", lambda x, w, b: np.sin(x[: len(x) - len(w) + 1])),
}


@pytest.mark.parametrize("kind", WRONG)
def test_no_text_of_a_german_card_or_hint_is_english(kind, german):
    name, function = WRONG[kind]
    check = Check(load_sheet("02_slide_a_kernel"))
    card, hints = check(name, function), [check.hint(name) for _ in range(3)]
    lines = [*card._lines(), *(line for hint in hints for line in hint.rung.lines)]
    told = [
        (label, text)
        for label, text, _ in lines
        if not is_code(label, text) and re.search("[a-z]{3}", KEPT.sub("", text))
    ]
    assert told
    assert [text for label, text in told if spoken(label, text)[1] == text] == []
