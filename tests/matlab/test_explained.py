"""What the grader reads off a wrong .m answer that no slip explains: true words in MATLAB's counting."""

import re

import pytest

from conv_course.checker import matlab
from conv_course.checker.matlab_questions import QUESTIONS

BY_NAME = {question.name: question for question in QUESTIONS}
PAD = (
    "[H, W, D, N] = size(x); xp = zeros(H + 2*padding(1), W + 2*padding(2), D, N);\n"
    "xp(padding(1) + (1:H), padding(2) + (1:W), :, :) = x;\n"
)


def grade_of(tmp_path, name, body, seed=0, **options):
    """Grade a body of a question's function."""
    question = BY_NAME[name]
    first = question.source.splitlines()[0]
    (tmp_path / f"{question.function}.m").write_text(f"{first}\n{body}\nend\n", encoding="ascii")
    return matlab.grade_matlab(tmp_path, seed=seed, only=[name], **options)[name]


# (question, body, a part of what is said)
FAULTS = {
    "filled in row by row": (
        "q3",
        "z = convn(x, flip(flip(flip(w, 1), 2), 3), 'valid'); z = z(1:stride(1):end, 1:stride(2):end);\n"
        "y = reshape(z.', size(z));",
        "they come row by row and are filled in down the columns.",
    ),
    "zeros between": (
        "q3",
        "z = convn(x, flip(flip(flip(w, 1), 2), 3), 'valid'); y = zeros(size(z));\n"
        "y(1:stride(1):end, 1:stride(2):end) = z(1:stride(1):end, 1:stride(2):end);",
        "they lie stride(1) rows and stride(2) columns apart, with zeros between them.",
    ),
    "the filter is read by rows": (
        "q3",
        "w = reshape(permute(w, [2 1 3]), size(w)); z = convn(x, flip(flip(flip(w, 1), 2), 3), 'valid');\n"
        "y = z(1:stride(1):end, 1:stride(2):end);",
        "when the numbers of w come row by row and are read down the columns.",
    ),
    "images and filters are mixed": (
        "q4",
        PAD + "y = [];\nfor n = 1:N, for f = 1:size(w, 4)\n"
        "  y(:, :, f, n) = convn_vanilla(xp(:, :, :, n), w(:, :, :, f), stride) + b(f);\nend, end\n"
        "y = reshape(permute(y, [1 2 4 3]), size(y));",
        "they come in the order row, column, image and filter (the first runs fastest) and are filled in as "
        "row, column, filter and image.",
    ),
    "two mistakes": (
        "q4",
        "padding = padding([2 1]); " + PAD + "for n = 1:N, for f = 1:size(w, 4)\n"
        "  y(:, :, f, n) = convn_vanilla(xp(:, :, :, n), w(:, :, :, f), stride);\nend, end",
        "without b and with padding(1) and padding(2) exchanged.",
    ),
    "every image": (
        "q7",
        "dx = zeros([x_size + 2*padding, size(w, 3), size(dout, 4)]);\n"
        "for n = 1:size(dout, 4), for f = 1:size(w, 4), for i = 1:size(dout, 1), for j = 1:size(dout, 2)\n"
        "  r = (i-1)*stride(1) + (1:size(w, 1)); c = (j-1)*stride(2) + (1:size(w, 2));\n"
        "  dx(r, c, :, :) = dx(r, c, :, :) + dout(i, j, f, n) * w(:, :, :, f);\nend, end, end, end\n"
        "dx = dx(padding(1) + (1:x_size(1)), padding(2) + (1:x_size(2)), :, :);",
        "Every image of your dx holds the sum over all images.",
    ),
    "turned dout": (
        "q6",
        PAD + "dout = rot90(dout, 2); dw = zeros([kernel D size(dout, 3)]);\n"
        "for n = 1:N, for f = 1:size(dout, 3), for i = 1:size(dout, 1), for j = 1:size(dout, 2)\n"
        "  r = (i-1)*stride(1) + (1:kernel(1)); c = (j-1)*stride(2) + (1:kernel(2));\n"
        "  dw(:, :, :, f) = dw(:, :, :, f) + dout(i, j, f, n) * xp(r, c, :, n);\nend, end, end, end",
        "with dout turned by 180 degrees.",
    ),
    "a factor": ("q5", "db = 2 * sum(reshape(permute(dout, [3 1 2 4]), size(dout, 3), []), 2);", "2 times"),
    "upside down": (
        "q5",
        "db = flipud(sum(reshape(permute(dout, [3 1 2 4]), size(dout, 3), []), 2));",
        "the filters of your db are in reverse order.",
    ),
}
PYTHONS_WORDS = re.compile(r"\baxis\b|\baxes\b|\w\[|//|int\(\)|array of shape|tuple|Python")


@pytest.mark.octave
@pytest.mark.parametrize("which", FAULTS)
def test_a_general_fault_is_told(which, tmp_path):
    name, body, said = FAULTS[which]
    grade = grade_of(tmp_path, name, body)
    assert (grade.way, grade.hint) == ("fault", "")
    assert said in " ".join(grade.read)
    assert grade.read[-1].endswith("?")
    assert not PYTHONS_WORDS.search(" ".join(grade.read)), grade.read


@pytest.mark.octave
def test_a_fault_that_holds_in_some_cases_only_is_not_told(tmp_path):
    """With two filters the numbers are in reverse order, otherwise they are other numbers."""
    body = "db = sum(reshape(permute(dout, [3 1 2 4]), size(dout, 3), []), 2);\n"
    body += "if numel(db) == 2, db = flipud(db); else, db = db + 1; end"
    grade = grade_of(tmp_path, "q5", body)
    assert "reverse" not in " ".join(grade.read)
    assert grade.way != "fault"
