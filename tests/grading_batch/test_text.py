"""Hostile text in every place that a learner controls: no row or page is lost, nothing runs or is hidden."""

import csv
import hashlib
import io
import json
import os
import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conv_course.grade import records
from conv_course.grade.grade import Record
from conv_course.grade.text import LONGEST, cell_text, clean_page, clean_text
from tests.grading_batch.classroom import ALL, STEM, place, rows, run_command, submission

HOSTILE = {
    "half a surrogate pair": "\ud800",
    "the other half": "a\udfff",
    "a null byte": "a\0b",
    "control characters": "".join(map(chr, [*range(1, 32), *range(127, 160)])),
    "a terminal's commands": "\x1b[2J\x1b]0;mine\x07\x1b[31m",
    "text that runs backwards": "\u202e\u2066abc\u061c\u200f",
    "lines": "a\r\nb\u2028c\x85d",
    "nothing to see": "\u200b\ufeff\u2060\U000e0041\u3164",
    "very long": "x" * 150_000,
    "markup": "</p></main><script>alert(1)</script><img src=x onerror=alert(1)>",
    "a template": "{name} {body} {0.__class__} %s %n",
    "a formula": "=cmd|' /C calc'!A0",
    "a formula after a semicolon": 'a;"=1+1;',
}
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "%0",
    "\uff1d1+1",
    "\ufe621",
    "\u207a1",
    "\u22121",
    "\u200b=1",
    "\u2060\ufeff =1",
    "\u3164=1",
    "\u0301=1",
]
ELEMENTS = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "ul", "li"}
ELEMENTS |= {"strong", "em", "code", "div", "span", "a"}
NEVER = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def check_page(path):
    """Check what must hold for every page, whatever is on it."""
    text = path.read_bytes().decode("utf-8")
    assert not NEVER.search(text), NEVER.search(text)
    assert text.endswith("</html>\n")
    seen = {}
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: seen.setdefault(tag, []).append(attributes)
    parser.feed(text)
    assert set(seen) <= ELEMENTS
    assert not [name for tags in seen.values() for tag in tags for name, _ in tag if name.startswith("on")]
    assert len(seen["main"]) == len(seen["h1"]) == 1
    return text


def learners_notebook(text):
    """Return a notebook with a text in every place that its author controls."""
    said = ascii(text)
    notebook = json.loads(
        submission(
            first=f"print({said})\nraise ValueError({said})",
            answers={
                "q1": f"def output_size(*a, **k):\n    print({said})\n    return 7",
                "q2": f"def slide(*a, **k):\n    raise KeyError({said})",
                "q3": f"def slide_padded(*a, **k):\n    return {said}",
                "q4": f"def leftover(*a, **k):\n    return {{{said}: [{said}]}}",
                "q5": f"def slide_dilated(*a, **k):\n    raise type({said}, (Exception,), {{}})({said})",
            },
            last=f"# {text}\n1 / 0",
            metadata={"kernelspec": {"name": text, "language": text, text: text}, text: text},
        )
    )
    notebook["metadata"]["conv_course"] = {"source": text, "stem": text}
    cell = notebook["cells"][place(notebook, "answer-q1")]
    notebook["cells"].append(cell | {"id": text, "metadata": {"nbgrader": {"grade_id": text, text: text}}})
    notebook["cells"].append({"cell_type": text, "source": text})
    return json.dumps(notebook)


@pytest.fixture
def hostile_class(tmp_path):
    """Make a class with one learner per text, and an honest one at the end."""
    folder = tmp_path / "class"
    folder.mkdir()
    for number, text in enumerate(HOSTILE.values()):
        (folder / f"eve{number:02}.ipynb").write_text(learners_notebook(text))
        # a file name is bytes; bytes that are not UTF-8 become lone surrogates in Python
        name = re.sub(r"[/\0]", "_", text).encode("utf-8", "surrogatepass")[:200]
        (folder / os.fsdecode(b"mal%02d" % number + name)).mkdir()
        (folder / os.fsdecode(b"mal%02d" % number + name) / os.fsdecode(name + b".ipynb")).write_text("{}")
    (folder / "zoe.ipynb").write_text(submission())
    return folder


@pytest.mark.sandbox
@pytest.mark.parametrize("locale", [{}, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}])
def test_a_class_full_of_hostile_text(hostile_class, tmp_path, locale):
    out, pages = tmp_path / "grades.csv", tmp_path / "pages"
    words = [hostile_class, "--csv", out, "--feedback", pages, "--seed", "5"]
    for known in ("", f"({len(HOSTILE) * 2 + 1} known from last time)"):
        ended = run_command(*words, **locale)
        assert (ended.returncode, "Traceback" in ended.stderr) == (0, False), ended.stderr
        assert known in ended.stdout
        assert not NEVER.search(ended.stdout), ended.stdout
        found = rows(out)
        assert len(found) == len(HOSTILE) * 2 + 1
        assert (found[-1]["learner"], float(found[-1]["points"])) == ("zoe", ALL)
        assert {row["status"] for row in found if row["learner"].startswith("eve")} == {"graded"}
        assert not any(NEVER.search(cell) for row in found for cell in row.values())
        assert len(list(pages.iterdir())) == len(found)
        texts = {path.name: check_page(path) for path in pages.iterdir()}
        assert not [name for name, text in texts.items() if "Feedback for zoe" in text and name != "zoe.html"]
        assert "eve" not in texts["zoe.html"]
        for path in [*pages.iterdir()]:
            path.unlink()


pieces = st.sampled_from([*HOSTILE.values(), *FORMULAS, ";", '"', ",", "\t", " ", "'", "\n", "ada"])
texts = st.lists(st.one_of(pieces, st.characters(), st.text()), max_size=6).map("".join)
records_of_anybody = st.builds(
    Record,
    learner=texts,
    file=texts.map(lambda text: "class/" + text.replace("\0", "")),
    exercise=st.sampled_from(["", STEM]),
    reason=texts,
    notes=st.lists(texts, max_size=3),
    questions=st.lists(
        st.builds(
            lambda text: {
                "name": "q1",
                "points": 1.5,
                "of": 2,
                "mistakes": [text],
                "html": f"<p>{text.replace('<', '')}</p>",
            },
            texts,
        ),
        max_size=1,
    ),
)


def is_formula(cell):
    """Return whether a program that drops invisible characters and ignores width treats it as a formula."""
    text = "".join(c for c in unicodedata.normalize("NFKC", cell) if c.isprintable() and not c.isspace())
    return text[:1] in tuple("=+-@\N{MINUS SIGN}")


def pages_of(records):
    """Return pairs of a learner and their records."""
    return [(name, [r for r in records if r.learner == name]) for name in {r.learner for r in records}]


@settings(max_examples=300, deadline=None)
@given(st.lists(records_of_anybody, min_size=1, max_size=3))
def test_any_text_in_a_record_can_be_written_and_read(tmp_path_factory, of):
    text = records.table(of)
    assert text.encode("utf-8").decode("utf-8") == text
    for delimiter in (",", ";", "\t"):
        found = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        assert len(found) == len(of) + 1
        assert not [cell for row in found for cell in row if is_formula(cell)]
        assert not any(NEVER.search(cell) for row in found for cell in row)
        for row, record in zip(found[1:], of, strict=True):
            assert row[0].startswith(cell_text(record.learner))
    for row, record in zip(csv.DictReader(io.StringIO(text, newline="")), of, strict=True):
        assert [row["learner"], row["reason"]] == [cell_text(record.learner), cell_text(record.reason)]
        assert row["reason"].replace("'", "") == clean_text(record.reason)[:LONGEST].replace("'", "") + (
            " ..." if len(record.reason) > LONGEST else ""
        )
    folder = tmp_path_factory.mktemp("pages")
    assert records.write_feedback(folder, pages_of(of), [r.learner for r in of]) == len(
        {record.learner for record in of}
    )
    for path in folder.iterdir():
        path.read_bytes().decode("utf-8")
        assert not NEVER.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_text_for_every_delimiter(text):
    for before in ("", ";", "a;", 'a;"', "a; ", "a;\u200b", "a\t"):
        of = [Record(before + text, "class/a", reason=before + text), Record("bob", "class/b")]
        for delimiter in (",", ";", "\t"):
            found = list(csv.reader(io.StringIO(records.table(of)), delimiter=delimiter))
            assert not [cell for row in found for cell in row if is_formula(cell)], (before, delimiter)


def test_a_name_cannot_look_like_a_row():
    of = [Record(f"ada;{STEM};12;12;graded;", f"class/ada;{STEM};12;12;graded;.ipynb")]
    _, row = csv.reader(io.StringIO(records.table(of)), delimiter=";")
    assert row[0].startswith(f"ada;{STEM};12;12;graded;")


def test_ordinary_names_and_messages_stay_as_they_are():
    for text in (
        "Zoë Müller-Lüdenscheidt",
        "李小龙",
        "O'Brien",
        "علی\u200cرضا",
        "👩\u200d🔬",
        "a; b",
        "2 - 1",
    ):
        assert cell_text(text) == clean_page(text) == text


def page(learner, digits):
    """Return the page of a learner whose plain name is not free."""
    mark = hashlib.sha256(learner.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
    return f"{re.sub('[^A-Za-z0-9_-]+', '_', learner)}-{mark}"


# each name tries to take another learner's page
LOOKALIKES = {
    "what a name becomes": ["a b", page("a b", 8)],
    "in both lengths": ["a b", page("a b", 8), page("a b", 64)],
    "upper and lower case": ["Ada", "ada", "ADA"],
    "upper case of what a name becomes": ["a b", page("a b", 8).upper()],
    "devices of Windows": ["nul", "NUL", "com1", "nul-"],
    "all": ["a b", "a_b", "A_B", "a?b", page("a b", 8), page("a_b", 8), page("A_B", 8), page("a b", 64)],
    "anybody": [*HOSTILE.values(), "../up", "..", "a b", "a_b", "", "a" * 400, "a" * 401, "\udcff"],
}


@pytest.mark.parametrize("learners", LOOKALIKES.values(), ids=LOOKALIKES)
def test_no_page_takes_the_place_of_another(learners, tmp_path):
    names = records.page_names(learners)
    assert list(names) == learners
    assert len({name.lower() for name in names.values()}) == len(learners)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,130}\.html", name) for name in names.values())
    assert records.page_names(learners[::-1]) == names
    of = [
        Record(learner, f"class/{number}", reason=f"for {number}.") for number, learner in enumerate(learners)
    ]
    for one in of:  # a few at a time, as when the command was stopped
        assert records.write_feedback(tmp_path, [(one.learner, [one])], learners) == 1
    for number, learner in enumerate(learners):
        assert f"for {number}." in (tmp_path / names[learner]).read_text(encoding="utf-8")


def test_an_ordinary_name_is_the_name_of_the_page():
    names = records.page_names(["ada", "Bob-2", "cyd_3"])
    assert list(names.values()) == ["ada.html", "Bob-2.html", "cyd_3.html"]


@given(st.lists(st.sampled_from(sorted({n for names in LOOKALIKES.values() for n in names})), unique=True))
def test_pages_of_every_class_stay_apart(learners):
    names = records.page_names(learners)
    assert len({name.lower() for name in names.values()}) == len(names) == len(learners)
