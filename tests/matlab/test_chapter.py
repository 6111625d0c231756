"""Chapter 12 shows Octave's real output, and the accompanying scripts do what they say."""

import re

import numpy as np
import pytest
from pygments.token import Number

from conv_course.checker.matlab_questions import QUESTIONS, SECTIONS
from conv_lib.naive import conv1d, conv1d_backward
from tools import matlab_outputs, sphinx_course
from tools.matlab_octave import ROOT, Call, run_calls, run_code

CHAPTER = ROOT / "book/12_matlab.md"


@pytest.mark.octave
def test_octave_still_prints_what_the_book_shows():
    assert matlab_outputs.stale(matlab_outputs.outputs()) == []


@pytest.mark.octave
def test_rot90_turns_the_kernel_and_not_the_channels():
    """The errata page says so for kH x kW x D x F. In Python's order it rotates filters and channels."""
    code = "w = reshape(1:120, 2, 3, 4, 5); disp(isequal(rot90(w, 2), flip(flip(w, 1), 2)))"
    assert run_code(code).split() == ["1"]


@pytest.mark.octave
def test_the_primer_says_what_the_signs_do():
    code = """
    x = reshape(1:12, 3, 4);
    assert(x(3, 4) == 12 && x(end) == 12 && isequal(x(:), (1:12)'))
    assert(isequal(2:5, [2 3 4 5]) && isequal(1:2:7, [1 3 5 7]))
    m = [1 2
         3 4];
    assert(isequal(m, [1 2; 3 4]) && isequal(m .* m, [1 4; 9 16]) && isequal(m * m, [7 10; 15 22]))
    assert(isequal(m', [1 3; 2 4]) && ~false)
    [~, at] = max([3 8 5]);
    twice = @(x) 2 * x;
    assert(at == 2 && twice(4) == 8)
    [u, v] = ndgrid(0:1, 0:2);
    assert(isequal(u, [0 0 0; 1 1 1]) && isequal(v, [0 1 2; 0 1 2]))
    assert(isequal(bsxfun(@plus, [1; 2], [10 20]), [11 21; 12 22]))
    try
      x(0);
    catch failure
      disp('caught')
    end
    disp(true), fprintf('%d\\n', 7)
    """
    assert run_code(code).split() == ["caught", "1", "7"]


@pytest.mark.octave
def test_the_rows_of_the_primer_on_entries_read_the_same_in_both_languages():
    rows = re.findall(
        r"^\| `(x\(.*?\))` \|.*\| `(.*?)` \|$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE
    )
    matlab, python = zip(*rows, strict=True)
    x = np.arange(1.0, 21).reshape((4, 5), order="F")
    code = "".join(f"fprintf('%d ', {one}); disp('')\n" for one in matlab)
    printed = run_code(f"x = reshape(1:20, 4, 5);\n{code}").splitlines()
    assert len(matlab) == len(python) == 4
    for one, line in zip(python, printed, strict=True):
        assert np.atleast_1d(eval(one, {"x": x})).tolist() == [float(n) for n in line.split()], one


OURS = {path.stem for path in (ROOT / "matlab").rglob("*.m")}
QUOTED = r"%.*|(?<![\w)\]])'(?:[^'\n]|'')*'"  # a comment, a text


def test_the_primer_has_every_function_that_the_scripts_call():
    """Called is what stands before a bracket, is no variable, and is none of the course's functions."""
    page = CHAPTER.read_text(encoding="utf-8")
    shown = re.findall(r'^script\("(\w+)"\)', page, re.MULTILINE)
    code = "\n".join((ROOT / f"book/data/octave/{name}.m").read_text(encoding="utf-8") for name in shown)
    code = re.sub(QUOTED, "", code)
    set_here = re.findall(r"^\s*(?:for )?\[?([\w, ~]+)(?:\([^=\n]*\))?\]? = |@\((\w+)\)", code, re.MULTILINE)
    variables = set(re.findall(r"\w+", str(set_here)))
    called = set(re.findall(r"\b([A-Za-z]\w*)\(", code)) - variables - OURS
    assert {"reshape", "sub2ind", "conv2", "uint8"} <= called
    assert sorted(name for name in called if f"`{name}(" not in page) == []


def test_rows_of_a_matrix_are_coloured_as_numbers():
    class App:
        def add_lexer(self, name, lexer):
            self.lexer = lexer

        def __getattr__(self, name):
            return lambda *given, **more: None

    app = App()
    sphinx_course.setup(app)
    for code in ("w = [1 2; 3 4];\n", "w = [1 2 0; 0 0 -1];\n"):
        kinds = {text: kind for kind, text in app.lexer().get_tokens(code)}
        assert all(kind in Number for text, kind in kinds.items() if text.isdigit()), kinds


def test_a_stale_output_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(matlab_outputs, "FOLDER", tmp_path)
    printed = {tmp_path / "one.txt": "1\n", tmp_path / "two.txt": "2\n"}
    (tmp_path / "one.txt").write_text("1\n")
    (tmp_path / "two.txt").write_text("3\n")
    (tmp_path / "orphan.txt").write_text("")
    assert matlab_outputs.stale(printed) == ["orphan.txt", "two.txt"]


def test_every_script_and_output_is_shown():
    text = CHAPTER.read_text(encoding="utf-8")
    book = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "book").glob("*.md"))
    for output, script in matlab_outputs.scripts().items():
        assert f'script("{output.stem}")' in text or script.name in book
        printed = f'octave_prints("{output.stem}"' in text or f"data/octave/{output.name}" in book
        assert printed or script.name == "backward_1d.m"


def test_hints_point_to_sections_of_the_chapter():
    chapter = CHAPTER.read_text(encoding="utf-8")
    for label, title in SECTIONS.items():
        assert f"({label})=\n## {title}\n" in chapter
    named = {slip.section or question.section for question in QUESTIONS for slip in question.slips}
    assert named == set(SECTIONS)


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


TAB_SETS = [
    pytest.param(one, id=f"{path.stem}-{number}")
    for path in sorted((ROOT / "book").glob("*.md"))
    for number, one in enumerate(path.read_text(encoding="utf-8").split("{tab-set}\n")[1:], 1)
]


@pytest.mark.parametrize("one", TAB_SETS)
def test_tabs_are_synchronised(one):
    """All tab sets are in the same group and have both languages, so the reader's choice is kept."""
    assert one.startswith(":sync-group: code\n")
    assert [
        one.count(f"{{tab-item}} {name}") for name in ("Python\n:sync: python", "MATLAB\n:sync: matlab")
    ] == [1, 1]


def test_chapters_with_both_languages_have_tabs():
    assert {one.id.split("_")[0] for one in TAB_SETS} >= {"02", "08", "12"}


def test_loops_of_chapter_04_print_its_gradients():
    printed = (ROOT / "book/data/octave/backward_1d.txt").read_text().splitlines()
    dx, dw, db = conv1d_backward(np.array([5.0, -6, 8]), np.array([4.0, 9, 7, 5, 6]), np.array([2.0, -1, 3]))
    assert [[float(number) for number in line.split()] for line in printed] == [list(dx), list(dw), [db]]


@pytest.mark.octave
def test_the_tab_of_chapter_02_is_conv1d():
    text = (ROOT / "book/02_slide_a_kernel.md").read_text(encoding="utf-8")
    loops = re.search(r"~~~matlab\n(.*?)~~~", text, re.DOTALL).group(1)
    x, w = np.array([4.0, 9, 7, 5, 6, 0, 7]), np.array([2.0, -1, 3])
    for S, P in ((1, 0), (2, 1), (3, 2)):
        row = " ".join(map(str, x))
        given = f"x = [{row}]; w = [2 -1 3]; b = 0.5; stride = {S}; padding = [{P} {P}];"
        code = f"{given}\n{loops}\nfprintf('%.17g ', y);"
        printed = [float(number) for number in run_code(code).split()]
        np.testing.assert_allclose(printed, conv1d(x, w, 0.5, stride=S, padding=P), rtol=0, atol=1e-12)


@pytest.mark.octave
def test_bench_layer():
    printed = run_code("bench_layer([1 2 6 5 3 3 2], [1 2], [1 0], 1)").splitlines()
    names = ["conv_layer_forward", "conv_layer_backward"]
    assert [line.split(",")[0] for line in printed] == [*names, *(f"{name}_im2col" for name in names)]
    assert all(float(line.split(",")[1]) >= 0 for line in printed)
    (result,) = run_calls([Call("bench_layer", (np.array([[1.0, 1, 4, 4, 1, 2, 2]]), 1, 0, 1))])
    assert result.outputs[0].shape == (4, 1)
    assert np.isfinite(result.outputs[0]).all()
