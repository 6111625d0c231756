"""The code runs in both MATLAB and Octave 7: miss_hit, and the faults that it does not report."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

from tools import matlab_lint
from tools.matlab_octave import ROOT

FOLDERS = [
    ROOT / folder
    for folder in (
        "matlab",
        "tools",
        "solutions/12_matlab",
        "exercises/12_matlab",
        "book/data/octave",
        "conv_course/checker/octave",
    )
    if (ROOT / folder).exists()
]


def test_mh_lint():
    program = Path(sysconfig.get_path("scripts"), "mh_lint")
    done = subprocess.run(
        [program, "--single", "--ignore-config", *FOLDERS], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "everything seems fine" in done.stdout


@pytest.mark.parametrize("path", list(matlab_lint.files_in(FOLDERS)), ids=lambda path: path.stem)
def test_no_fault(path):
    assert matlab_lint.faults(path.read_text(encoding="utf-8"), path.name) == []


FAULTY = {
    "# a comment": "starts a comment",
    "x += 1;": "x += 1",
    "x++;": "x++",
    "y = z = 1;": "two statements",
    'name = "text";': "string object",
    "if !x": "Octave's not",
    "x = y != z;": "Octave's not",
    "endif": "block keyword",
    "  endfunction": "block keyword",
    "printf('%d', x);": "not in MATLAB",
    "n = columns(x);": "not in MATLAB",
    "y = x ** 2;": "power",
    "y = size(x)(2);": "indexing a result",
    "y = [1 2 3](2);": "indexing a result",
    "arguments": "arguments block",
    "largest = max(x, [], 'all');": "'all'",
    "total = sum(x(1, :, 2), [1 2]);": "several dimensions",
    "name = string(3);": "not in Octave 7",
    "y = pagemtimes(a, b);": "not in Octave 7",
    "y = tensorprod(a, b, 1);": "not in Octave 7",
    "cols = im2col(x, [3 3]);": "not in Octave 7",
    "x = 1; % caf\u00e9": "ASCII",
    "x = 1;\nfunction y = f(x)\n  y = x;\nend\nz = f(x);": "defined before use",
}
FINE = [
    "y = x'; % it's \"quoted\" # here, x += 1",
    "error('conv:sizes', 'x += 1 is # not %d \"this\"', 3);",
    "a = [1 2]'; b = a'; c = {'x'}';",
    "if x ~= 1 && y >= 2 || z == 3",
    "for k = 1:3, y(k) = x(k) == 2; end",
    "f = @(x) g(x, 2);",
    "y = c{1}(2);",
    "y = -(-x) - -1;",
    "rows = (i - 1) * S(1) + (1:kH);",
    "function y = f(x)\n  y = g(x);\nend\n\nfunction y = g(x)\n  y = x;\nend",
    "%{\nx += 1\n%}\nx = 1;",
]


@pytest.mark.parametrize("code", FAULTY)
def test_fault_is_found(code):
    assert any(FAULTY[code] in fault for fault in matlab_lint.faults(code)), matlab_lint.faults(code)


@pytest.mark.parametrize("code", FINE)
def test_code_valid_in_both_languages_passes(code):
    assert matlab_lint.faults(code) == []


def test_exit_code(tmp_path, capsys):
    good, bad = tmp_path / "good.m", tmp_path / "bad.m"
    good.write_text("x = 1;\n")
    bad.write_text("x += 1;\n")
    assert matlab_lint.main([good]) == 0
    assert matlab_lint.main([tmp_path]) == 1
    assert "bad.m:1" in capsys.readouterr().out
    assert matlab_lint.main([]) == 1
