"""Other people's answers to the .m exercises: no wrong one gets full marks, and the book's table fits."""

import json

from tools import others_table


def test_the_octave_row_of_the_books_table():
    fates = [(a, others_table.fate(a)) for a in others_table.answers() if "file" in a]
    stored = json.loads(others_table.TABLE.read_text(encoding="utf-8"))
    (row,) = [row for row in stored if row["kind"] == "Octave"]
    (now,) = [found for found in others_table.rows_of(fates) if found["kind"] == "Octave"]
    assert now["none"] <= row["none"], "run python -m tools.others_table --cards"
    assert all(now[key] == row[key] for key in ("wrong", "full", "right", "accepted"))
    assert (row["full"], row["accepted"]) == (0, row["right"])
