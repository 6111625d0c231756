"""The submissions found in a folder, whatever it contains and however much."""

import os
import re
import tracemalloc

import pytest

from conv_course.grade import notebooks, submissions
from conv_course.grade.submissions import Found
from tests.grading_batch.classroom import STEM, submission


def test_every_learner_is_found(tmp_path):
    (tmp_path / "outside.ipynb").write_text(submission())
    folder = tmp_path / "class"
    for name in ("ada", "bob", "cyd/deep/er"):
        (folder / name).mkdir(parents=True)
    (folder / "ada" / f"{STEM}.ipynb").write_text("{}")
    (folder / "ada" / ".ipynb_checkpoints").mkdir()
    (folder / "ada" / ".ipynb_checkpoints" / "x.ipynb").write_text("{}")
    (folder / "cyd" / "deep" / "er" / "a.ipynb").write_text("{}")
    (folder / "dan.ipynb").write_text("{}")
    (folder / "eve.docx").write_text("")
    (folder / "fay.ipynb").symlink_to(tmp_path / "outside.ipynb")
    (folder / "gus").symlink_to(tmp_path)
    (folder / "hal").mkdir()
    (folder / "hal" / "x.ipynb").symlink_to(tmp_path / "outside.ipynb")
    os.mkfifo(folder / "ian.ipynb")
    found = {f.learner: f.problem for f in submissions.find(folder)[0]}
    assert found == {
        "ada": "",
        "bob": "there is no notebook in this folder",
        "cyd": "",
        "dan": "",
        "eve.docx": "this is not a notebook (.ipynb)",
        "fay": "this is a link; links are not followed",
        "gus": "this is a link; links are not followed",
        "hal": "this is a link; links are not followed",
        "ian": "",
    }
    with pytest.raises(submissions.Unreadable, match="not a regular file"):
        submissions.content(Found("ian", folder / "ian.ipynb"))
    with pytest.raises(submissions.Unreadable, match="cannot be opened"):
        submissions.content(Found("fay", folder / "fay.ipynb"))


ODD_NAMES = [
    "__ada.ipynb",
    "__bob/hw.ipynb",
    "_cyd.ipynb",
    "dan.IPYNB",
    "eve/Hw.Ipynb",
    "__fay/__hw__.ipynb",
    "-gus.ipynb",
    "~hal.ipynb",
    " ian.ipynb",
    "a\nb.ipynb",
    "\u202ejoe.ipynb",
    "\udcffkim.ipynb",
    "#leo#.ipynb",
    "mia.ipynb/inside.ipynb",
    "a/b/c/d/e/too_deep.ipynb",
    ".nia.ipynb",
    ".ola/hw.ipynb",
    "pia/.hw.ipynb",
    "pia/.ipynb_checkpoints/hw.ipynb",
    "__MACOSX/ada.ipynb",
    "pia/__pycache__/hw.ipynb",
    "pia/hw.ipynb",
]


def test_every_notebook_has_a_row_or_is_named(tmp_path):
    for name in ODD_NAMES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    found, passed = submissions.find(tmp_path)
    graded = {str(f.path.relative_to(tmp_path)) for f in found if not f.problem}
    skipped = [*passed, "__MACOSX"]  # of macOS, so it is not named
    assert "__MACOSX" not in passed
    for name in ODD_NAMES:
        assert (name in graded) != any(f"{name}/".startswith(f"{path}/") for path in skipped), name
    hidden = ("/.", "__MACOSX", "__pycache__", "too_deep")
    assert graded == {name for name in ODD_NAMES if not any(word in f"/{name}" for word in hidden)}
    assert {f.learner for f in found} >= {"__ada", "__bob", "__fay", "dan", "eve"}


def test_links_and_loops_are_said(tmp_path):
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "loop").symlink_to("loop")
    (folder / "up").symlink_to("..")
    (folder / "q1_output_size.m").symlink_to("/etc/hostname")
    (folder / "hw.ipynb").symlink_to("hw.ipynb")
    found, _ = submissions.find(tmp_path)
    assert {f.path.name: f.problem for f in found} == dict.fromkeys(
        ["up", "q1_output_size.m", "hw.ipynb"], submissions.A_LINK
    )


def test_a_folder_with_far_too_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr(submissions, "MOST_ENTRIES", 300)
    for name in ("ada", "bob/many", "cyd"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "bob" / "hw.ipynb").write_text("{}")
    for number in range(submissions.MOST_ENTRIES + 1):
        (tmp_path / "ada" / f"{number}.ipynb").touch()
        (tmp_path / "bob" / "many" / f"{number}.txt").touch()
    for number in range(submissions.MOST_FOUND + 20):
        (tmp_path / "cyd" / f"{number:04}.ipynb").touch()
    found, _ = submissions.find(tmp_path)
    problems = {name: [f.problem for f in found if f.learner == name] for name in ("ada", "bob", "cyd")}
    assert len(problems["ada"]) == 1
    assert re.search("more than 300 files", problems["ada"][0])
    assert problems["bob"][0] == ""
    assert re.search("more than 300 files", problems["bob"][1])
    assert problems["cyd"][:-1] == [""] * submissions.MOST_FOUND
    assert re.search("more than 100", problems["cyd"][-1])


def sources(folder):
    return submissions.content(Found("ada", folder, kind="matlab"))


def test_m_files_that_would_fill_the_memory(tmp_path):
    (tmp_path / "q1_output_size.m").write_text("function out = q1_output_size()")
    (tmp_path / "helper.m").write_text("function helper()")
    for number in range(60):  # they take no space on the disk
        (tmp_path / f"f{number}.m").touch()
        os.truncate(tmp_path / f"f{number}.m", 32 << 20)
        (tmp_path / f"g{number}.m").touch()
        os.truncate(tmp_path / f"g{number}.m", 1 << 20)
    tracemalloc.start()
    found = sources(tmp_path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 3 * submissions.LARGEST_SOURCES
    assert found.files["q1_output_size.m"].startswith(b"function")
    assert sum(map(len, found.files.values())) <= submissions.LARGEST_SOURCES
    assert len(found.files) < submissions.MOST_SOURCES
    assert any("f0.m was left out: the file is larger than 1 MB" in note for note in found.notes)
    assert re.fullmatch(r"\d+ more .m files were left out", found.notes[-1])


def test_m_files_by_the_thousand_do_not_hide_the_answers(tmp_path):
    for number in range(3000):
        (tmp_path / f"a{number}.m").write_text("1;")
    (tmp_path / "q7_input_gradient.m").write_text("function dx = q7_input_gradient()")
    found = sources(tmp_path)
    assert len(found.files) == submissions.MOST_SOURCES
    assert "q7_input_gradient.m" in found.files


def test_the_digest_of_m_files_is_of_all_that_is_graded(tmp_path):
    seen = set()
    for name, text in [("q1.m", "a"), ("q1.m", "b"), ("helper.m", "a"), ("q2.m", "b"), ("q2.m", "")]:
        (tmp_path / name).write_text(text)
        seen.add(submissions.digest(sources(tmp_path)))
    assert len(seen) == 5


def test_a_notebook_with_very_many_odd_cells_has_few_notes():
    odd = '{"cell_type": "code", "source": 7}'
    text = f'{{"cells": [{", ".join([odd] * 100_000)}], "metadata": {{"conv_course": {{"stem": "{STEM}"}}}}}}'
    notes = notebooks.parse(text.encode(), "ada.ipynb", lambda stem: {}).notes
    assert notes == ["cells without text: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 ..."]
