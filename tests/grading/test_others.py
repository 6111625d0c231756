"""Other people's answers: no wrong one gets full marks, no right one loses any, the book's table fits."""

import json

import pytest

from tools import others_table


@pytest.fixture(scope="module")
def fates():
    """The result of each answer in Python."""
    with others_table.patience():
        return [(a, others_table.fate(a)) for a in others_table.answers() if "file" not in a]


def test_each_answer_has_a_name_of_its_own():
    names = [a["id"] for a in others_table.answers()]
    assert len(names) > 500
    assert sorted(set(names)) == sorted(names)


def test_no_wrong_answer_has_full_marks_and_no_right_one_loses_any(fates):
    judged = {a["id"]: (points, of) for a, (points, of, _, _) in fates if not a.get("exempt")}
    right = {a["id"] for a, _ in fates if a["right"]}
    assert {name for name, (points, of) in judged.items() if points == of} == right & set(judged)


def test_no_answer_of_the_authors_is_left_without_an_explanation(fates):
    mine = [
        (a["id"], way) for a, (_, _, way, _) in fates if not others_table.is_counted(a) and not a["right"]
    ]
    assert len(mine) > 50
    assert [name for name, way in mine if way == "none"] == []


def test_the_table_of_the_book_says_no_more_than_is_true(fates):
    """`python -m tools.others_table` writes it. A sheet may be able to explain more since then."""
    stored = json.loads(others_table.TABLE.read_text(encoding="utf-8"))
    now = {row["kind"]: row for row in others_table.rows_of(fates)}
    for row in stored:
        if row["kind"] != "Octave":
            found = now[row["kind"]]
            assert found["none"] <= row["none"], "run python -m tools.others_table --cards"
            assert all(found[key] == row[key] for key in ("wrong", "full", "right", "accepted"))


def test_the_table_has_every_answer_once():
    counted = [a for a in others_table.answers() if others_table.is_counted(a) and not a.get("exempt")]
    stored = json.loads(others_table.TABLE.read_text(encoding="utf-8"))
    assert sum(row["wrong"] + row["right"] for row in stored) == len(counted)
    assert all(row["wrong"] == sum(row[way] for way in others_table.WAYS) for row in stored)
    assert all(row["full"] == 0 and row["accepted"] == row["right"] for row in stored)
