"""The predictions for Moodle and Anki, read back by the rules of the programs that import them."""

import json
import re
import sqlite3
import zipfile
from xml.etree import ElementTree as ET

import pytest

from tools import items


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """{kind: items of the pages}, the Moodle file's root and the Anki file."""
    folder = tmp_path_factory.mktemp("items")
    moodle, anki = folder / "bank.xml", folder / "deck.apkg"
    assert items.main(["--moodle", str(moodle), "--anki", str(anki), "--chapters", "2-8"]) == 0
    made, _ = items.collected(items.chapters("2-8"))
    return made, ET.parse(moodle).getroot(), anki


def test_moodle_gets_every_item_in_the_category_of_its_chapter(written):
    made, quiz, _ = written
    assert quiz.tag == "quiz"
    names, category = {}, ""
    for question in quiz:
        if question.get("type") == "category":
            category = question.findtext("category/text")
            assert category.startswith("$course$/top/")
        else:
            names.setdefault(category.rpartition("/")[2], []).append(question.findtext("name/text"))
    assert names == {title: [one.name for one in ones] for title, ones in made.items()}
    assert len({q.findtext("idnumber") for q in quiz if q.get("type") != "category"}) == sum(
        map(len, names.values())
    )


def multichoice(question, answers):
    assert [one.get("fraction") for one in answers].count("100") == 1
    assert {one.get("fraction") for one in answers} == {"100", "0"}
    assert question.findtext("single") == "true"
    assert len({one.findtext("text") for one in answers}) == len(answers)


def numerical(question, answers):
    """Moodle takes the first answer whose tolerance fits."""
    assert answers[0].get("fraction") == "100"
    for place, one in enumerate(answers):
        value = float(one.findtext("text"))
        fits = [abs(value - float(a.findtext("text"))) <= float(a.findtext("tolerance")) for a in answers]
        assert fits.index(True) == place


def ordering(question, answers):
    assert [one.get("fraction") for one in answers] == [str(place + 1) for place in range(len(answers))]
    assert question.findtext("layouttype") in ("VERTICAL", "HORIZONTAL")
    assert question.findtext("selecttype") == "ALL"
    assert question.findtext("gradingtype") == "ABSOLUTE_POSITION"


def test_moodle_can_grade_each(written):
    _, quiz, _ = written
    kinds = {"multichoice": multichoice, "numerical": numerical, "ordering": ordering}
    met = set()
    for question in quiz:
        if question.get("type") == "category":
            continue
        answers = question.findall("answer")
        assert len(answers) >= 2
        assert question.find("questiontext").get("format") == "html"
        kinds[question.get("type")](question, answers)
        if question.get("type") != "ordering":
            assert all(one.findtext("feedback/text") for one in answers if one.get("fraction") == "0")
        met.add(question.get("type"))
    assert met == set(kinds)


def test_anki_gets_a_note_and_a_card_for_every_item(written, tmp_path):
    made, _, anki = written
    with zipfile.ZipFile(anki) as package:
        assert json.loads(package.read("media")) == {}
        package.extract("collection.anki2", tmp_path)
    connection = sqlite3.connect(tmp_path / "collection.anki2")
    version, models, decks = connection.execute("select ver, models, decks from col").fetchone()
    assert version == 11
    notes = connection.execute("select id, guid, mid, flds, sfld, csum from notes").fetchall()
    cards = connection.execute("select nid, did, ord, due from cards order by due").fetchall()
    connection.close()
    assert len(notes) == len({guid for _, guid, *_ in notes}) == len(cards) == sum(map(len, made.values()))
    assert {note[0] for note in notes} == {nid for nid, *_ in cards}
    assert {str(note[2]) for note in notes} == set(json.loads(models))
    assert {str(did) for _, did, *_ in cards} <= set(json.loads(decks))
    (model,) = json.loads(models).values()
    for *_, fields, first, _ in notes:
        name, front, back = fields.split("\x1f")
        assert name == first
        assert len(model["flds"]) == 3
        assert front
        assert back


def test_texts_are_html_with_formulas_that_both_systems_set(written):
    _, quiz, _ = written
    texts = [text.text or "" for text in quiz.iter("text")]
    assert any(r"\(" in text for text in texts)
    for text in texts:
        assert not re.search(r"\{(doc|ref|eq)\}|\.ipynb|(?<!\\)\$\d|<<", text.replace("$course$", "")), text


@pytest.mark.parametrize("wrong", ["18", "6-2", "two"])
def test_a_wrong_range_of_chapters_is_one_line(wrong, capsys):
    with pytest.raises(SystemExit):
        items.main(["--anki", "x.apkg", "--chapters", wrong])
    assert "no chapter or range of chapters from 1 to 17" in capsys.readouterr().err


def test_no_file_is_asked_for_one(capsys):
    with pytest.raises(SystemExit):
        items.main([])
    assert "name a file" in capsys.readouterr().err
