"""Downloads of platforms: five formats of one class, and malicious zips."""

import errno
import json
import os
import re
import stat
import struct
import zipfile
import zlib
from types import SimpleNamespace

import pytest

from conv_course.grade import __main__ as command
from conv_course.grade import archives, submissions
from conv_course.grade.archives import names, unpack
from conv_course.grade.records import Refused
from tests.grading_batch.classroom import ALL_POINTS, STEM, WITHOUT_SLIDE, WRONG_SLIDE, rows, submission
from tests.grading_batch.five_shapes import SHAPES, Learner, write_folder, write_zip

OTHER = "04_derive_the_gradients"


def stub(stem=STEM, mark=""):
    """Return a notebook that names its exercise and contains nothing."""
    return json.dumps({"cells": [], "metadata": {"conv_course": {"stem": stem}, "mark": mark}})


ADA = Learner(
    "501", "Ada Lovelace", {"hw.ipynb": stub(mark="new")}, {"hw.ipynb": stub(mark="old")}, late=True
)
BOB = Learner("502", "Niels Bohr", {"a-1.ipynb": stub(), "a-2.ipynb": stub(OTHER)})
CYD = Learner("503", "Marie Curie", {"essay.docx": "text"})
ZOE = Learner("504", "Zoë Müller", {"hw.ipynb": "{}"})
CLASS = [ADA, BOB, CYD, ZOE]


def opened(path, tmp_path, kind=None):
    (tmp_path / "scratch").mkdir(exist_ok=True)
    return archives.open_class(path, tmp_path / "scratch", kind)


def handed_in(shape, how, tmp_path, learners=CLASS):
    files = SHAPES[shape](learners)
    if how == "folder":
        return write_folder(tmp_path / "class", files)
    return write_zip(tmp_path / "class.zip", files, "export/" if how == "zip of a folder" else "")


# a plain folder in a folder belongs to one learner
WAYS = [
    (s, h) for s in SHAPES for h in ("folder", "zip", "zip of a folder") if (s, h[:6]) != ("folder", "zip of")
]


@pytest.mark.parametrize(("shape", "how"), WAYS)
def test_each_shape_is_seen_and_holds_the_same_class(shape, how, tmp_path):
    seen = opened(handed_in(shape, how, tmp_path), tmp_path)
    assert seen.kind == shape
    found = {}
    for one in seen.found:
        number = (one.ids or [one.learner])[0]
        found.setdefault(number, []).append(one)
    assert {number: len(theirs) for number, theirs in found.items()} == dict.fromkeys(found, 1) | {"502": 2}
    assert sorted(found) == ["501", "502", "503", "504"]
    (ada,) = found["501"]
    assert json.loads(ada.path.read_text())["metadata"]["mark"] == "new"
    assert ada.notes == ((names.LATE,) if shape == "canvas" else ())
    assert found["503"][0].empty
    assert not any(one.problem for number in ("501", "502", "504") for one in found[number])
    older = [name for name in seen.passed if "(an older one" in name]
    assert len(older) == (shape in ("canvas", "gradescope"))
    if shape in ("moodle", "gradescope"):
        assert {one.learner for one in seen.found} == {f"{one.name} {one.number}" for one in CLASS}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shape_can_be_told_and_a_wrong_one_is_refused(shape, tmp_path):
    path = handed_in(shape, "zip", tmp_path)
    assert opened(path, tmp_path, shape).kind == shape
    if shape in ("moodle", "canvas", "gradescope"):
        wrong = "canvas" if shape == "moodle" else "moodle"
        with pytest.raises(Refused, match=f"is not a download from {wrong.capitalize()}: there is no f"):
            opened(path, tmp_path, wrong)


@pytest.mark.sandbox
def test_five_shapes_give_equal_rows(tmp_path, capsys):
    ada = Learner("501", "Ada Lovelace", {"hw.ipynb": submission()})
    bob = Learner("502", "Niels Bohr", {"hw.ipynb": submission(answers={"q2": WRONG_SLIDE})})
    tables = {}
    for shape in SHAPES:
        place = tmp_path / shape
        place.mkdir()
        path = handed_in(shape, "zip", place, [ada, bob, ZOE])
        out = place / "grades.csv"
        assert command.main([str(path), "--csv", str(out), "--seed", "5"]) == 0
        tables[shape] = rows(out)
        for row in tables[shape]:
            assert re.search("50[124]", row.pop("learner"))
            row.pop("file")
        tables[shape].sort(key=lambda row: row["points"])  # the rows are in the order of the file names
    assert all(table == tables["folder"] for table in tables.values())
    assert [row["points"] for row in tables["folder"]] == ["", WITHOUT_SLIDE, ALL_POINTS]
    said = capsys.readouterr().out
    assert "read as a download from Canvas" in said
    assert "passed over: Ada Lovelace_501_assignsubmission_onlinetext_ (there is no notebook" in said


def test_two_who_handed_in_together_have_a_row_each(tmp_path):
    files = dict(SHAPES["gradescope"]([Learner("501", "Ada", {"hw.ipynb": stub()})]))
    more = "  - :name: Niels\n    :sid: '502'\n  :created_at"
    files["submission_metadata.yml"] = files["submission_metadata.yml"].replace("  :created_at", more, 1)
    seen = opened(write_zip(tmp_path / "c.zip", files.items()), tmp_path)
    assert [(one.learner, one.file) for one in seen.found] == [
        ("Ada 501", "submission_100/hw.ipynb"),
        ("Niels 502", "submission_100/hw.ipynb"),
    ]


MERGES = "a0: &a0 {k0: v}\n" + "".join(
    f"a{i}: &a{i} {{k{i}: v, <<: [{', '.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 30)
)
TOO_LARGE_A_FLOAT = "a: " + "59:" * 300 + "1.0"


@pytest.mark.parametrize(
    "text", ["[", "a: &a [*a, *b]", "- 1", "", "submission_100: 7", "\0", MERGES, TOO_LARGE_A_FLOAT]
)
def test_metadata_that_says_nothing(text, tmp_path):
    path = write_zip(tmp_path / "c.zip", [("submission_100/a.ipynb", stub()), (names.METADATA, text)])
    if text.startswith("submission"):
        assert [one.learner for one in opened(path, tmp_path).found] == ["submission_100"]
        return
    with pytest.raises(Refused, match="cannot be read, so it is not known"):
        opened(path, tmp_path)


CANVAS_NAMES = {
    "lovelaceada_501_9001_hw.ipynb": ("lovelaceada 501", ("501",), 9001, ()),
    "lovelaceada_LATE_501_9001_hw-1.ipynb": ("lovelaceada 501", ("501",), 9001, (names.LATE,)),
    "o_brien_501_9001_2_3_x.ipynb": ("o_brien 501", ("501",), 9001, ()),
    "anon_x7Yz1_9001_hw.ipynb": ("anon_x7Yz1", ("anon_x7Yz1",), 9001, ()),
    "LATE_anon_x7Yz1_9001_hw.ipynb": ("anon_x7Yz1", ("anon_x7Yz1",), 9001, (names.LATE,)),
    "lovelaceada_LATE_501_text.html": ("lovelaceada 501", ("501",), 0, (names.LATE,)),
}


@pytest.mark.parametrize("name", CANVAS_NAMES)
def test_names_of_canvas(name):
    (owner,) = names.canvas(name)
    assert (owner.learner, owner.ids, owner.order, owner.notes) == CANVAS_NAMES[name]


@pytest.mark.parametrize("name", ["hw.ipynb", "ada_hw.ipynb", "ada_1.ipynb", ""])
def test_names_that_are_not_canvas(name):
    assert names.canvas(name) == names.moodle(name) == []


def test_moodle_without_folders_gives_feedback_folders_back():
    (owner,) = names.moodle("Ada de la Cruz_17_assignsubmission_file_my work.ipynb")
    assert owner == names.Owner("Ada de la Cruz 17", ("17",))
    for name in ("Ada_17_assignsubmission_file_", "Ada_17_assignsubmission_file"):
        assert names.moodle_folder(name) == name
        assert names.moodle_folder("Ada_17_assignsubmission_file_x.ipynb") == "Ada_17_assignsubmission_file_"


# malicious zips


def info(name, mode=stat.S_IFREG | 0o644, **more):
    made = zipfile.ZipInfo(name)
    made.create_system, made.external_attr = 3, mode << 16
    made.compress_type = zipfile.ZIP_DEFLATED
    for key, value in more.items():
        setattr(made, key, value)
    return made


def encrypted(path):
    data = path.read_bytes().replace(b"PK\3\4\x14\0\0\0", b"PK\3\4\x14\0\1\0")
    path.write_bytes(data.replace(b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0"))


def broken(path):
    data = bytearray(path.read_bytes())
    place = data.index(b"ada.ipynb") + len("ada.ipynb")
    data[place : place + 12] = b"\xff" * 12
    path.write_bytes(bytes(data))


HOSTILE = {
    "../ada.ipynb": (info("../ada.ipynb"), unpack.LEAVES),
    "deep": (info("a/../../../../../../ada.ipynb"), unpack.LEAVES),
    "absolute": (info("/tmp/ada.ipynb"), unpack.LEAVES),
    "windows": (info("..\\..\\ada.ipynb", create_system=0), unpack.LEAVES),
    "drive": (info("C:\\ada.ipynb"), unpack.LEAVES),
    "very deep": (info("a/" * 400 + "ada.ipynb"), unpack.LEAVES),
    "link": (info("ada.ipynb", stat.S_IFLNK | 0o777), "links are not followed"),
    "link to a folder": (info("ada", stat.S_IFLNK | 0o777), "links are not followed"),
    "pipe": (info("ada.ipynb", stat.S_IFIFO | 0o644), "not a regular file"),
    "device": (info("ada/x.ipynb", stat.S_IFBLK | 0o644), "not a regular file"),
    "long": (info("a" * 300 + ".ipynb"), "cannot be the name of a file"),
}


@pytest.mark.parametrize("inside", ["", "bob/"])
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_member_is_a_row_and_leaves_nothing_outside(what, inside, tmp_path):
    member, why = HOSTILE[what]
    path, scratch = tmp_path / "c.zip", tmp_path / "scratch"
    if inside:  # a zip that a learner handed in
        inner = tmp_path / "inner.zip"
        with zipfile.ZipFile(inner, "w") as file:
            file.writestr(member, "/etc/hostname")
        path = write_zip(path, [("bob/w.zip", inner.read_bytes()), ("cyd.ipynb", stub())])
        inner.unlink()
    else:
        with zipfile.ZipFile(path, "w") as file:
            file.writestr(member, "/etc/hostname")
            file.writestr("cyd.ipynb", stub())
    before = {p for p in tmp_path.rglob("*") if scratch not in p.parents}
    seen = opened(path, tmp_path)
    bad = [one for one in seen.found if one.problem]
    assert len(bad) == 1
    assert why in bad[0].problem
    assert [one.learner for one in seen.found if not one.problem] == ["cyd"]
    assert {p for p in tmp_path.rglob("*") if scratch not in p.parents} == before | {scratch}
    assert not any(p.is_symlink() for p in scratch.rglob("*"))


def test_bombs_and_damage_are_rows(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("ada.ipynb", b"0" * (unpack.submissions.LARGEST + 1))
        file.writestr("bob.ipynb", stub())
    seen = opened(tmp_path / "c.zip", tmp_path)
    assert [one.problem for one in seen.found] == ["the file is larger than 32 MB", ""]
    assert sum(p.stat().st_size for p in (tmp_path / "scratch").rglob("*.ipynb")) < 1000
    for change, why in ((encrypted, "encrypted"), (broken, "damaged")):
        write_zip(tmp_path / "d.zip", [("ada.ipynb", stub())])
        change(tmp_path / "d.zip")
        (one,) = opened(tmp_path / "d.zip", tmp_path).found
        assert why in one.problem
    monkeypatch.setattr(unpack, "MOST_OF_CLASS", 10)
    with pytest.raises(Refused, match="larger than"):
        opened(tmp_path / "c.zip", tmp_path)
    monkeypatch.setattr(unpack, "MOST_MEMBERS", 1)
    with pytest.raises(Refused, match="more than 1 files"):
        opened(tmp_path / "c.zip", tmp_path)


def test_a_learners_bomb_costs_the_others_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "MOST_OF_LEARNER", 3 << 20)
    bomb = write_zip(tmp_path / "b.zip", [(f"{n}.ipynb", "0" * (1 << 20)) for n in range(5)]).read_bytes()
    many = write_zip(tmp_path / "m.zip", [(f"{n}.txt", "") for n in range(6000)]).read_bytes()
    files = [("ada/b.zip", bomb), ("bob/m.zip", many), ("cyd.zip", b"PK"), ("dan.ipynb", stub())]
    good = write_zip(tmp_path / "g.zip", [("q/hw.ipynb", stub())]).read_bytes()
    seen = opened(write_zip(tmp_path / "c.zip", [*files, ("eve.zip", good)]), tmp_path)
    said = {one.learner: one.problem for one in seen.found}
    assert "larger than 3 MB" in said["ada"]
    assert "more than 5000 files" in said["bob"]
    assert "neither a folder nor a zip" in said["cyd"]
    assert said["dan"] == said["eve"] == ""
    assert [one.file for one in seen.found if one.learner == "eve"] == ["eve.zip/q/hw.ipynb"]


def test_a_disk_without_room_is_told_before_unpacking(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(unpack.shutil, "disk_usage", lambda path: SimpleNamespace(free=10))
    path = write_zip(tmp_path / "c.zip", [("ada.ipynb", stub())])
    assert command.main([str(path), "--csv", str(tmp_path / "g.csv"), "--no-sandbox"]) == command.FAILED
    assert "it needs 0 MB when unpacked, and 0 MB are free" in capsys.readouterr().err


MAC = ("__MACOSX/._hw.ipynb", "__MACOSX/hw/._hw.ipynb", ".DS_Store", "hw/.DS_Store", "hw/._hw.ipynb")


def test_no_message_shows_a_temporary_folder(tmp_path, monkeypatch, capsys):
    """Neither of what a zip in a zip holds beside the notebook, nor of what this machine cannot read."""
    inner = [(name, "x") for name in (*MAC, ".git/config", "a/b/c/d/e/deep.ipynb")]
    dana = write_zip(tmp_path / "d.zip", [("hw/hw.ipynb", stub()), *inner]).read_bytes()
    bad = write_zip(tmp_path / "b.zip", [("faulty.ipynb", stub()), ("hw.ipynb", "{}")]).read_bytes()
    names = [("dana.zip", dana), ("bob.zip", bad), ("cyd/work.zip", bad), ("zoe/x.zip", b"PK"), *inner]
    path, read = write_zip(tmp_path / "c.zip", names), submissions._read

    def read_or_fail(path, largest):
        if path.name == "faulty.ipynb":
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return read(path, largest)

    monkeypatch.setattr(submissions, "_read", read_or_fail)
    out = tmp_path / "out"
    words = [path, "--csv", out / "g.csv", "--feedback", out / "f", "--report", out / "r", "--no-sandbox"]
    assert command.main([str(word) for word in words]) == command.SOME_NOT_GRADED
    streams = capsys.readouterr()
    written = [file.read_text() for file in out.rglob("*") if file.suffix in (".csv", ".html", ".json")]
    assert len(written) > 4
    for text in (*streams, *written):
        assert not re.search(r"grade_class_|unpacked_|\.\./", text)
    (passed,) = re.findall("passed over: (.*)", streams.out)
    assert sorted(passed.split(", ")) == [".git", "a/b/c/d/e", "dana.zip/.git", "dana.zip/a/b/c/d"]
    faults = {row["file"]: row["reason"] for row in rows(out / "g.csv") if row["status"] == "not graded"}
    assert faults == {
        f"{name}/faulty.ipynb": "not graded: this machine says: faulty.ipynb: Input/output error"
        for name in ("bob.zip", "cyd/work.zip")
    }


def legacy(raw, extra=b""):
    """Return a zip with names in some old encoding, without the UTF-8 flag."""
    made = info("x" * len(raw))
    made.extra = extra
    return made


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Zoë".encode(), "Zoë"),
        ("Zoë".encode("cp437"), "Zoë"),
        ("Zoë".encode("latin-1"), None),
        ("李".encode("gbk"), None),
        ("李".encode("shift-jis", "ignore") or b"\x97\x9b", None),
    ],
)
def test_names_in_any_encoding(raw, name, tmp_path):
    place, path = b"x" * len(raw), tmp_path / "c.zip"
    write_zip(path, [(f"{place.decode()}.ipynb", stub()), ("bob.ipynb", stub())])
    path.write_bytes(path.read_bytes().replace(place + b".ipynb", raw + b".ipynb"))
    seen = opened(path, tmp_path)
    assert len(seen.found) == 2
    assert not any(one.problem for one in seen.found)
    if name:
        assert name in {one.learner for one in seen.found}


def test_a_name_told_in_a_field_of_its_own(tmp_path):
    raw, path = b"ada", tmp_path / "c.zip"
    told = "李.ipynb".encode()
    field = struct.pack("<BL", 1, zlib.crc32(raw + b".ipynb")) + told
    member = info("ada.ipynb", extra=struct.pack("<HH", 0x7075, len(field)) + field)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(member, stub())
    assert [one.learner for one in opened(path, tmp_path).found] == ["李"]


def test_the_same_name_twice_counts_once(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        write_zip(tmp_path / "c.zip", [("ada.ipynb", stub(mark="1")), ("ada.ipynb", stub(mark="2"))])
    seen = opened(tmp_path / "c.zip", tmp_path)
    (one,) = seen.found
    assert '"2"' in one.path.read_text()
    assert seen.passed == ["ada.ipynb (it is in the zip twice; the last one counts)"]


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip", b"PK\5\6" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(data, tmp_path, capsys):
    path = tmp_path / "c.zip"
    path.write_bytes(data)
    assert command.main([str(path), "--csv", str(tmp_path / "g.csv"), "--no-sandbox"]) == command.REFUSED
    said = capsys.readouterr().err.replace(command.NO_SANDBOX, "").strip()
    assert said.startswith(f"course.py grade: {path} ")
    assert "\n" not in said
