"""What chapter 12 shows is what Octave prints, and the scripts beside it do what they say."""

import re

import numpy as np
import pytest

from conv_lib.grading.matlab_questions import QUESTIONS, SECTIONS
from conv_lib.naive import conv1d, conv1d_backward
from tools import matlab_outputs
from tools.matlab_octave import ROOT, Call, run_calls, run_code

CHAPTER = ROOT / "book/12_matlab.md"


@pytest.mark.octave
def test_octave_still_prints_what_the_book_shows():
    assert matlab_outputs.stale(matlab_outputs.outputs()) == []


def test_a_stale_output_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(matlab_outputs, "FOLDER", tmp_path)
    printed = {tmp_path / "one.txt": "1\n", tmp_path / "two.txt": "2\n"}
    (tmp_path / "one.txt").write_text("1\n")
    (tmp_path / "two.txt").write_text("3\n")
    (tmp_path / "orphan.txt").write_text("")
    assert matlab_outputs.stale(printed) == ["orphan.txt", "two.txt"]


def test_every_script_and_output_is_shown():
    text = CHAPTER.read_text(encoding="utf-8")
    for output, script in matlab_outputs.scripts().items():
        assert f"data/octave/{output.name}\n" in text
        assert f"{script.name}\n" in text


def test_hints_point_to_sections_of_the_chapter():
    chapter = CHAPTER.read_text(encoding="utf-8")
    for label, title in SECTIONS.items():
        assert f"({label})=\n## {title}\n" in chapter
    assert {m.section for question in QUESTIONS for m in question.misconceptions} == set(SECTIONS)


def test_five_samples_are_those_of_chapter_04():
    """The script's three lines of numbers are the chapter's, and so are the printed gradients."""
    chapter = (ROOT / "book/04_derive_the_gradients.md").read_text(encoding="utf-8")
    script = (ROOT / "matlab/five_samples.m").read_text(encoding="ascii")
    values = []
    for name in ("x", "w", "dout"):
        shown = re.search(rf"^{name} = np\.array\(\[(.*)\]\)", chapter, re.MULTILINE).group(1)
        values.append([float(number) for number in shown.split(",")])
        written = re.search(rf"^{name} = \[(.*)\];", script, re.MULTILINE).group(1)
        assert [float(number) for number in written.split()] == values[-1]
    x, w, dout = map(np.array, values)
    printed = (ROOT / "book/data/octave/five_samples.txt").read_text().splitlines()
    dx, dw, db = conv1d_backward(dout, x, w)
    for name, expected in (("y", conv1d(x, w)), ("dx", dx), ("dw", dw), ("db", [db])):
        line = next(line for line in printed if line.startswith(f"{name} "))
        assert [float(number) for number in line[28:].split()] == list(expected)
    for k, line in enumerate(line for line in printed if re.match(r"d[wx]\(", line)):
        terms = [term.split("*") for term in line.split("= + ")[1].split(" + ")]
        assert sum(float(a) * float(b) for a, b in terms) == [*dw, *dx][k]


@pytest.mark.octave
def test_bench_layer():
    printed = run_code("bench_layer([1 2 6 5 3 3 2], [1 2], [1 0], 1)").splitlines()
    names = ["conv_layer_forward", "conv_layer_backward"]
    assert [line.split(",")[0] for line in printed] == [*names, *(f"{name}_im2col" for name in names)]
    assert all(float(line.split(",")[1]) >= 0 for line in printed)
    (result,) = run_calls([Call("bench_layer", (np.array([[1.0, 1, 4, 4, 1, 2, 2]]), 1, 0, 1))])
    assert result.outputs[0].shape == (4, 1)
    assert np.isfinite(result.outputs[0]).all()
