"""OUT.state: read one record at a time, open in one command only; pages of a large class in subfolders."""

import json

import pytest

from conv_course.grade import __main__ as command
from conv_course.grade import records
from conv_course.grade.grade import NOT_GRADED, Record
from conv_course.grade.records import Refused
from conv_course.grade.state import State


def opened(path, seed=5):
    state = State(path)
    state.begin(seed)
    return state


def test_records_are_read_where_they_lie(tmp_path):
    path = tmp_path / "g.csv.state"
    state = opened(path)
    kept = {}
    for number in range(20):
        key = state.key(5, f"ö{number}", "digest")
        kept[key] = Record(f"ö{number}", "file", points=number, notes=["ü" * number])
        assert state.add(key, kept[key])
        assert state.get(key) == kept[key]
    assert not state.add(b"0" * 16, Record("x", "y", status=NOT_GRADED))
    state.close()
    again = State(path)
    assert {key: again.get(key) for key in kept} == kept
    assert again.get(b"0" * 16) is None
    assert again.seed == 5


def test_a_line_that_was_cut_or_spoilt_is_graded_again(tmp_path):
    path = tmp_path / "g.csv.state"
    state = opened(path)
    keys = [state.key(5, name, "") for name in "abc"]
    for key in keys:
        state.add(key, Record("ada", "file"))
    state.close()
    lines = path.read_bytes().split(b"\n")
    lines[3] = lines[3].replace(b'"file"', b'"file')
    path.write_bytes(b"\n".join(lines)[:-20])
    state = opened(path)
    assert [state.get(key) is not None for key in keys] == [True, False, False]
    state.add(keys[2], Record("cyd", "file"))
    assert state.get(keys[2]).learner == "cyd"
    state.close()


def test_two_commands_cannot_have_one_state(tmp_path, capsys):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.ipynb").write_text("{}")
    words = [str(tmp_path / "class"), "--csv", str(tmp_path / "g.csv"), "--no-sandbox"]
    first = opened(tmp_path / "g.csv.state")
    with pytest.raises(Refused, match="another command is grading into"):
        opened(tmp_path / "g.csv.state")
    before = (tmp_path / "g.csv.state").read_bytes()
    assert command.main(words) == command.REFUSED
    assert "another command is grading into" in capsys.readouterr().err
    assert (tmp_path / "g.csv.state").read_bytes() == before
    assert not (tmp_path / "g.csv").exists()
    first.close()
    assert command.main(words) == 0


def test_a_state_has_the_lines_of_before(tmp_path):
    state = opened(tmp_path / "g.csv.state")
    state.add(bytes(16), Record("ada", "file"))
    state.add_table("abc")
    state.close()
    lines = [json.loads(line) for line in (tmp_path / "g.csv.state").read_text().splitlines() if line]
    assert [next(iter(line)) for line in lines] == ["seed", "key", "table"]


def test_pages_of_a_large_class_are_in_sub_folders(tmp_path, monkeypatch):
    learners = [f"l{number}" for number in range(9)]
    groups = [(name, [Record(name, "file")]) for name in learners]
    monkeypatch.setattr(records, "MOST_IN_A_FOLDER", 8)
    assert records.write_feedback(tmp_path, groups, learners) == 9
    found = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.html")]
    assert {path.stem for path in found} == set(learners)
    assert all(len(path.parts) == 2 and len(path.parts[0]) == 2 for path in found)
    records.check_pages(tmp_path, learners)
    (tmp_path / found[0]).write_text("mine")
    with pytest.raises(Refused, match="is not a feedback page"):
        records.check_pages(tmp_path, learners)
