"""What the grader reads off a wrong .m answer that no slip explains: true words in MATLAB's counting."""

import re

import numpy as np
import pytest

from conv_course.checker import matlab
from conv_course.checker.faults.items import Item
from conv_course.checker.matlab_questions import QUESTIONS, in_matlab
from conv_course.checker.octave import (
    computes,
    counting,
    explain,
    judge,
    laws,
    lengths,
    process,
    screen,
    stops,
    when,
)
from conv_course.checker.octave.arrays import DIMENSIONS, about, full, sizes_of

BY_NAME = {question.name: question for question in QUESTIONS}
PAD = (
    "[H, W, D, N] = size(x); xp = zeros(H + 2*padding(1), W + 2*padding(2), D, N);\n"
    "xp(padding(1) + (1:H), padding(2) + (1:W), :, :) = x;\n"
)


@pytest.fixture(autouse=True)
def no_slip_is_known(monkeypatch):
    """Leave out the slips: what is read off an answer must not depend on them."""
    monkeypatch.setattr(matlab, "_slips_of", lambda *args: [])
    monkeypatch.setattr(judge, "_hint", lambda *args: "")


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
TOTAL = (
    "[kH, kW, D] = size(w); o = floor(([size(x, 1) size(x, 2)] - [kH kW]) ./ stride) + 1; y = zeros(o);\n%s"
    "for i = 1:o(1)\n%sfor j = 1:o(2)\n%s"
    "  v = x((i-1)*stride(1) + (1:kH), (j-1)*stride(2) + (1:kW), :);\n"
    "  s = s + sum(v(:) .* w(:)); y(i, j) = s;\n"
    "end\nend"
)
FAULTS |= {
    "a total for each row": ("q3", TOTAL % ("", "s = 0; ", ""), "and of those to the left of it in its row."),
    "one total": ("q3", TOTAL % ("s = 0; ", "", ""), "and of all those before it in its image, row by row."),
}
FAULTS |= {
    "an image is missing": (
        "q4",
        PAD + "y = [];\nfor n = 1:max(1, N - 1), for f = 1:size(w, 4)\n"
        "  y(:, :, f, n) = convn_vanilla(xp(:, :, :, n), w(:, :, :, f), stride) + b(f);\nend, end",
        "images",
    ),
}
FAULTS |= {
    "a last output of size": (
        "q6",
        PAD + "[a, b, F] = size(dout); dw = zeros([kernel D F]);\n"
        "for n = 1:N, for f = 1:size(dout, 3), for i = 1:size(dout, 1), for j = 1:size(dout, 2)\n"
        "  r = (i-1)*stride(1) + (1:kernel(1)); c = (j-1)*stride(2) + (1:kernel(2));\n"
        "  dw(:, :, :, f) = dw(:, :, :, f) + dout(i, j, f, n) * xp(r, c, :, n);\nend, end, end, end",
        "has 8 filters, asked for 4: that is the product of the last sizes of dout, 4 x 2.",
    ),
    "a last output of size for db": (
        "q5",
        "[H, W, F] = size(dout); db = zeros(F, 1);\nfor f = 1:F, t = dout(:, :, f); db(f) = sum(t(:)); end",
        "has 8 filters, asked for 4: that is the product of the last sizes of dout, 4 x 2.",
    ),
    "the biases in turn": (
        "q4",
        PAD + "y = [];\nfor n = 1:N, for f = 1:size(w, 4)\n"
        "  y(:, :, f, n) = convn_vanilla(xp(:, :, :, n), w(:, :, :, f), stride);\nend, end\n"
        "s = [size(y, 1) size(y, 2)];\n"
        "y = bsxfun(@plus, y, reshape(repmat(b, prod(s), 1), [s size(w, 4)]));",
        "adds b(1), b(2), ... in turn, another one at each pixel down the columns; asked for is b(f)",
    ),
}
FAULTS |= {
    "a table of all products": (
        "q3",
        "o = floor(([size(x, 1) size(x, 2)] - [size(w, 1) size(w, 2)]) ./ stride) + 1; y = zeros(o);\n"
        "for i = 1:o(1), for j = 1:o(2)\n"
        "  p = x((i-1)*stride(1) + (1:size(w, 1)), (j-1)*stride(2) + (1:size(w, 2)), :);\n"
        "  t = p(:) * w(:)'; y(i, j) = sum(t(:));\nend, end",
        "with each number of w replaced by the sum over the rows, columns and channels of w.",
    ),
    "the last number is set to 0 where nothing grows": (
        "q4",
        "[H, W, D, N] = size(x); P = 2*padding; x(H + P(1), W + P(2), D, N) = 0; x = circshift(x, padding);\n"
        "for n = 1:N, for f = 1:size(w, 4)\n"
        "  y(:, :, f, n) = convn_vanilla(x(:, :, :, n), w(:, :, :, f), stride) + b(f);\nend, end",
        "In the 2 cases that fail (those with no padding) your y is exactly what is asked for with 0 as the "
        "last number of x, that in its last row, column, channel and image. Which of your lines writes to",
    ),
    "rows that are left over make dw too large": (
        "q6",
        PAD + "[oh, ow, F, N] = size(dout); dw = [];\nfor f = 1:F, for d = 1:D\n  t = 0;\n  for n = 1:N\n"
        "    s = zeros((oh-1)*stride(1) + 1, (ow-1)*stride(2) + 1);\n"
        "    s(1:stride(1):end, 1:stride(2):end) = dout(:, :, f, n);\n"
        "    t = t + conv2(xp(:, :, d, n), rot90(s, 2), 'valid');\n  end\n  dw(:, :, d, f) = t;\nend, end",
        "In rows and columns your dw is too large by what lies behind the last window, in every case. Behind",
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


CORNER = PAD.replace("padding(1) + (1:H), padding(2) + (1:W)", "1:H, 1:W")
CONVOLVED = (
    "for n = 1:N, for f = 1:size(w, 4)\n"
    "  y(:, :, f, n) = convn_vanilla(xp(:, :, :, n), w(:, :, :, f), stride) + b(f);\nend, end"
)
# (question, body, parts of what is said)
COMPUTED = {
    "pixels apart in the window": (
        "q2",
        "r = i + stride(1) * (0:kernel(1) - 1); c = j + stride(2) * (0:kernel(2) - 1);\n"
        "window = xpad(r, c, :);",
        ("window(u, v, d) takes xpad(2*(u-1) + 2, v, d), asked for xpad(u + 2, v, d).",),
    ),
    "the image lies in the corner": (
        "q4",
        CORNER + CONVOLVED,
        (
            "8 of 37 are right: exactly those with no padding.",
            "asked for x(2*(i-1) + u - 1, j + v - 1, d, n).",
        ),
    ),
    "the bias lies along the images": (
        "q4",
        PAD + CONVOLVED.replace(" + b(f)", "") + "\ny = bsxfun(@plus, y, reshape(b, 1, 1, 1, []));",
        ("exactly those with one filter.", "y(i, j, f, n) takes b(n), asked for b(f)."),
    ),
    "only without padding": (
        "q4",
        "if any(padding), " + PAD + "else, xp = x; N = size(x, 4); end\n" + CONVOLVED + "\n"
        "if any(padding), y = y .^ 2 + 1; end",
        ("exactly those with no padding.",),
    ),
    "assigned": (
        "q7",
        "dx = zeros([x_size + 2*padding, size(w, 3), size(dout, 4)]);\n"
        "for f = 1:size(w, 4), for n = 1:size(dout, 4), for j = 1:size(dout, 2), for i = 1:size(dout, 1)\n"
        "  r = (i-1)*stride(1) + (1:size(w, 1)); c = (j-1)*stride(2) + (1:size(w, 2));\n"
        "  dx(r, c, :, n) = dout(i, j, f, n) * w(:, :, :, f);\nend, end, end, end\n"
        "dx = dx(1:x_size(1), 1:x_size(2), :, :);",
        ("your      dx(", "asked for dx("),
    ),
}
COMPUTED |= {
    "the first window is stored second": (
        "q3",
        "y = [];\nfor r = 1:stride(1):size(x, 1) - size(w, 1) + 1\n"
        "  for c = 1:stride(2):size(x, 2) - size(w, 2) + 1\n"
        "    t = x(r:r+size(w, 1)-1, c:c+size(w, 2)-1, :) .* w;\n"
        "    y(floor(r / stride(1)) + 1, floor(c / stride(2)) + 1) = sum(t(:));\n  end\nend",
        (
            "This does not hold in the first column of y: it gets none of these products.",
            "Which window belongs to the first column of y",
        ),
    ),
    "a mean, and a stride that is left out": (
        "q6",
        PAD + "dw = zeros([kernel D size(dout, 3)]);\n"
        "for n = 1:N, for f = 1:size(dout, 3), for i = 1:size(dout, 1), for j = 1:size(dout, 2)\n"
        "  p = xp(i:i+kernel(1)-1, j:j+kernel(2)-1, :, n);\n"
        "  dw(:, :, :, f) = dw(:, :, :, f) + dout(i, j, f, n) * p / N;\nend, end, end, end",
        ("Besides, every product is divided by 2: do you take a mean?", "dout(i, j, f, n) meets x("),
    ),
}


COMPUTED |= {
    "overwritten, and cut off at one end": (
        "q7",
        "dx = zeros([x_size + 2*padding, size(w, 3), size(dout, 4)]);\n"
        "for n = 1:size(dout, 4), for j = 1:size(dout, 2), for i = 1:size(dout, 1)\n"
        "  t = 0; for f = 1:size(w, 4), t = t + dout(i, j, f, n) * w(:, :, :, f); end\n"
        "  dx((i-1)*stride(1) + (1:size(w, 1)), (j-1)*stride(2) + (1:size(w, 2)), :, n) = t;\n"
        "end, end, end\ndx = dx(2*padding(1) + 1:end, 2*padding(2) + 1:end, :, :);",
        (
            "goes to dx(2*(i-1) + u - 2, j + v - 1, d, n), asked for dx(2*(i-1) + u - 1, j + v - 1, d, n).",
            "only those with the largest column of dout are there: what came before is overwritten.",
            "And what happens to what one window put there when the next one comes?",
        ),
    ),
}


@pytest.mark.octave
@pytest.mark.parametrize("which", COMPUTED)
def test_what_a_function_computes_is_told(which, tmp_path):
    name, body, parts = COMPUTED[which]
    grade = grade_of(tmp_path, name, body)
    text = "\n".join(grade.read)
    assert (grade.way, grade.hint) == ("computes", "")
    for said in parts:
        assert said in text, text
    assert grade.read[-1].endswith(("?", "term by term."))
    assert not PYTHONS_WORDS.search(text), text
    assert_asked_sums_are_right(BY_NAME[name], grade.read)


def assert_asked_sums_are_right(question, lines):
    """The line "asked for" holds for any numbers in arrays of the sizes that are told."""
    where = [line for line in lines if line.startswith("In another case, with ")]
    sums = [line for line in lines if re.match(r"asked for \w+\(.*\) = ", line) and "more term" not in line]
    if not where or not sums:
        return
    rng, given = np.random.default_rng(3), {}
    for piece in re.sub(r" \(.*\)", "", where[0].removeprefix("In another case, with ").rstrip(":")).split(
        ", "
    ):
        name, value = re.fullmatch(r"(\w+) (?:of size |= )(.*)", piece).groups()
        numbers = tuple(int(v) for v in re.findall(r"\d+", value))
        given[name] = rng.normal(size=numbers) if "of size" in piece else numbers
        given[name] = numbers[0] if re.fullmatch(r"\d+", value) else given[name]
    right = question.answer(*given.values())
    entry = re.compile(r"(\w+)\(([\d,]+)\)")
    place, text = re.fullmatch(r"asked for (\S+) = (.*)", sums[0]).groups()

    def number(match, arrays):
        index = tuple(int(k) - 1 for k in match[2].split(","))
        return float(arrays[match[1]].reshape(arrays[match[1]].shape + (1,) * 4)[index + (0,) * 4].flat[0])

    value = eval(entry.sub(lambda m: repr(number(m, given)), text))
    assert value == pytest.approx(number(entry.fullmatch(place), {question.result: right}))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "In y[i, j, f, n], w[u, v, d, f] meets x[2*i + u, j + v - 1, d, n], asked for x[i + u, j, d, n].",
            "In y(i, j, f, n), w(u, v, d, f) meets x(2*(i-1) + u, j + v - 2, d, n), asked for "
            "x(i + u - 1, j, d, n).",
        ),
        (
            "y[i, j] takes x[-i + 3, 0], asked for x[3*i - 1, 2].",
            "y(i, j) takes x(-i + 5, 1), asked for x(3*(i-1), 3).",
        ),
        ("your      y[0, 2] = 2*x[0, 1]*w[1, 0]", "your      y(1,3) = 2*x(1,2)*w(2,1)"),
        ("y has the shape (2, 3), asked for (4,).", "y has the shape 2 x 3, asked for 4."),
        (
            "The products with u = 0 or 2 of w are missing.",
            "The products with row 1 or 3 of w are missing.",
        ),
        (
            "In each entry of dx only the products with the largest i and j of dout are there: what came "
            "before is overwritten.",
            "In each entry of dx only the products with the largest row and column of dout are there: what "
            "came before is overwritten.",
        ),
        # the hints beside these ask about the term
        (
            "dout[0, 0, 0, 1]*w[0, 1, 0, 2] is in your dx[0, 0, 1, 3].",
            "dout(1,1,1,2)*w(1,2,1,3) is in your dx(1,1,2,4).",
        ),
        ("b[1] is nowhere in your y.", "b(2) is nowhere in your y."),
        ("b never stands alone in y here.", "b never stands alone in y here."),
        ("In y, w has up to 2 times the factor that is asked for.",) * 2,
    ],
)
def test_lines_count_from_one(line, said):
    assert counting.in_matlab((line,)) == (said,)


def test_a_line_of_another_form_is_left_out():
    assert counting.in_matlab(("In x[0] a place below 0 counts from the end.",)) == ()


def test_a_rule_must_hold_for_layers_of_other_sizes():
    """With three rows and three filters, biases that go down the rows look like those of the filters."""
    python = computes.AsPython(BY_NAME["q4"])
    case = list(BY_NAME["q4"].of_layer(computes._layer(*computes.SMALL)))[-1]

    def biases(index):
        def y(x, w, b, stride, padding):
            made = python.model(x, w, 0 * b, stride, padding)
            return made + b.ravel()[index(*np.indices(made.shape)) % len(b)]

        return y

    law = laws.read("y(i, j, f, n) takes b(i), asked for b(f).")
    assert computes._holds(python, biases(lambda i, j, f, n: i), law, case) is None
    assert computes._holds(python, biases(lambda i, j, f, n: n), law, case) is None
    law = laws.read("y(i, j, f, n) takes b(-f + 4), asked for b(f).")
    assert computes._holds(python, biases(lambda i, j, f, n: -f - 1), law, case).factor == pytest.approx(1)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_no_two_sizes_are_equal_where_rules_are_tried(question):
    for layer in [computes._layer(*computes.SMALL), *when.layers(computes._layer)]:
        case = list(question.of_layer(layer))[-1]
        given = computes._named(question, computes._other_sizes(question, case))
        found = sizes_of(given)
        free = [found[name] for name in ("H'", "W'", "D", "F", "N") if found.get(name, 1) > 1]
        assert len(set(free)) == len(free)
        assert not set(free) & {found.get("kH"), found.get("kW"), *given.get("kernel", ())}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_the_layers_that_are_tried_have_sizes(question):
    """Every array of every case has numbers, and the facts of the cases differ."""
    tried = [case for layer in when.layers(computes._layer) for case in question.of_layer(layer)]
    assert all(np.size(value) for case in tried for value in case)
    facts = {frozenset(when.facts_of(dict(zip(question.arguments, case, strict=True)))) for case in tried}
    assert len(facts) >= 4


def test_the_cases_of_the_points_are_told_apart():
    cases = [{"x": np.zeros((4, 4, 2, n))} for n in (1, 2, 1, 2, 3, 1)]
    right = [case["x"].shape[3] == 1 for case in cases]
    assert when.find(cases, right, 2).lines[0].startswith("With 4 more cases tried, 3 of 6 are right")


def test_lengths_of_1_that_size_drops_are_told():
    assert about(["x", "w"], [np.zeros((4, 5, 1, 1)), np.zeros((2, 3, 1, 2))]) == (
        "x of size 4 x 5 x 1 x 1, w of size 2 x 3 x 1 x 2 (size(x) prints 4 5)"
    )


def test_a_list_of_all_rows_is_told():
    assert "they lie in a list, row by row: y is 1 x 9, asked for 3 x 3." in told(
        "q3", lambda v: v.reshape(1, -1)
    )


def test_one_channel_and_several_images_are_told():
    cases = [{"x": np.zeros((4, 4, d, n))} for d, n in [(1, 2), (1, 1), (2, 1), (2, 2)] * 4]
    wrong = [case["x"].shape[2] == 1 < case["x"].shape[3] for case in cases]
    found = when.find(cases, [not one for one in wrong])
    assert found.lines == ("4 of 16 are wrong: exactly those with one channel and several images.",)
    assert "length 1" in found.hint


def test_some_case_has_several_images_of_one_channel():
    """squeeze makes channels of the images there."""
    shapes = [case[0].shape for case in BY_NAME["q4"].cases(np.random.default_rng(0))]
    assert any(shape[2] == 1 and shape[3] > 1 for shape in shapes)


def test_what_octave_leaves_out_of_a_message_is_told():
    message = "=: nonconformant arguments (op1 is {}, op2 is {})"
    assert "differ in the third or beyond" in stops.note(message.format("1x1", "1x1"))
    assert stops.note(message.format("1x1", "1x2")) == stops.note("x(3): out of bound 2") == ""


def test_the_cases_that_fail_are_named_by_one_property_of_each_kind():
    cases = [{"padding": pad, "stride": (2, 3)} for pad in [(0, 0), (0, 0), (1, 1), (1, 2), (0, 1)]]
    assert when.parting(cases, [True, True, False, False, False]) == "no padding"
    assert when.parting(cases, [True, False, True, False, False]) == ""


def test_two_properties_are_not_told_of_a_few_cases():
    """Three cases are right, by chance those with one image and one channel."""
    cases = [{"x": np.zeros((4, 4, d, n))} for d, n in [(1, 1)] * 3 + [(2, 1), (1, 2), (2, 2), (3, 3)]]
    right = [True] * 3 + [False] * 4
    assert when.find(cases, right) is None
    assert when.find([*cases, *cases], [*right, *right]) is not None


# (question, body, sentence, question that follows)
STOPS = {
    "beyond the columns": (
        "q6",
        "dw = zeros([kernel size(x, 3) size(dout, 3)]);\n"
        "for n = 1:size(x, 4), for f = 1:size(dout, 3), for i = 1:size(dout, 1), for j = 1:size(dout, 2)\n"
        "  r = (i-1)*stride(1) + (1:kernel(1)); c = (j-1)*stride(2) + (1:kernel(2));\n"
        "  dw(:, :, :, f) = dw(:, :, :, f) + dout(i, j, f, n) * x(r, c, :, n);\nend, end, end, end",
        "Your function takes column 6 of x, and x has 5 columns.",
    ),
    "a third entry of a pair": (
        "q7",
        "dx = zeros(x_size(1), x_size(2), x_size(3));",
        "x_size has 2 entries (1 x 2), and your function takes entry 3. x_size holds a height and a width: "
        "which array knows the rest?",
    ),
    "two sizes": (
        "q3",
        "y = x(1:2, 1:2, 1) .* ones(2, 3);",
        ".* works entry by entry, and its sides are 2 x 2 and 2 x 3.",
    ),
    "a matrix product": (
        "q3",
        "y = ones(2, 3) * ones(2, 3);",
        "* is the matrix product, and its sides are 2 x 3",
    ),
    "an assignment": (
        "q3",
        "y = zeros(3); y(1, :) = [1 2];",
        "On the left of = is room for 1 x 3, on the right",
    ),
    "a toolbox": (
        "q4",
        "y = padarray(x, padding);",
        "padarray belongs to a toolbox, and the course uses none.",
    ),
    "another name": ("q4", "y = xpad + 1;", "xpad is not known in the line that uses it."),
    "reshape": (
        "q5",
        "db = reshape(dout(1:6), 4, 2);",
        "reshape keeps all numbers, and 1 x 6 has not as many",
    ),
    "matrices only": ("q4", "y = conv2(ones(3, 3, 2), w);", "conv2 and filter2 take matrices only"),
}
SUMS = (
    "for n = 1:N, for f = 1:F, for d = 1:D\n"
    "  z = conv2(xp(:, :, d, n), rot90(w(:, :, d, f), 2), 'valid');\n"
    "  y(:, :, f, n) = y(:, :, f, n) + z(1:stride(1):end, 1:stride(2):end) + b(f) / D;\n"
    "end, end, end"
)
STOPS |= {
    "the channels of all images": (
        "q4",
        PAD + "[a, c, D] = size(x); F = size(w, 4);\n"
        "o = floor(([H W] + 2*padding - [size(w, 1) size(w, 2)]) ./ stride);\n"
        "y = zeros([o + 1, F, N]);\n" + SUMS,
        "In [a, b, c] = size(...) the last output is the product of all sizes that are left, here 3*2 = 6",
    ),
    "the columns of all channels and images": (
        "q6",
        "[H, W] = size(x); xp = zeros(H + 2*padding(1), W + 2*padding(2), size(x, 3), size(x, 4));\n"
        "xp(padding(1) + (1:H), padding(2) + (1:W), :, :) = x;\n"
        "dw = zeros([kernel size(x, 3) size(dout, 3)]);\n"
        "for n = 1:size(x, 4), for f = 1:size(dout, 3), for i = 1:size(dout, 1), for j = 1:size(dout, 2)\n"
        "  r = (i-1)*stride(1) + (1:kernel(1)); c = (j-1)*stride(2) + (1:kernel(2));\n"
        "  dw(:, :, :, f) = dw(:, :, :, f) + dout(i, j, f, n) * xp(r, c, :, n);\nend, end, end, end",
        "In [a, b] = size(...) the last output is the product of all sizes that are left, here 5*3*2 = 30",
    ),
    "divided as matrices": (
        "q3",
        "out = floor(([size(x, 1) size(x, 2)] - [size(w, 1) size(w, 2)]) / stride) + 1;\n"
        "y = zeros(out(1), out(2));",
        "Between two rows / gives a single number, ./ one for each entry",
    ),
    "a range to the end of the image": (
        "q6",
        PAD + "dw = zeros([kernel D size(dout, 3)]);\n"
        "for u = 1:kernel(1), for v = 1:kernel(2), for d = 1:D, for f = 1:size(dout, 3)\n"
        "  p = xp(u:stride(1):end, v:stride(2):end, d, :) .* dout(:, :, f, :); dw(u, v, d, f) = sum(p(:));\n"
        "end, end, end, end",
        "4 x 5 (like the whole image) and 3 x 3 (like the windows: H' x W'). Do your ranges stop at the last",
    ),
}


@pytest.mark.octave
@pytest.mark.parametrize("which", STOPS)
def test_what_an_error_says_is_told(which, tmp_path):
    name, body, said = STOPS[which]
    grade = grade_of(tmp_path, name, body)
    assert "your function stopped: " in grade.message
    assert said in " ".join(grade.read), (grade.message, grade.read)
    assert (grade.way, grade.hint) == ("computes", "")


BEYOND = "x(_,_,4,_): out of bound 3 (dimensions are 6x5x3x2)"


def test_the_outputs_of_size_are_told_only_of_what_shows_them():
    right = "With 29 more cases tried, 9 of 37 are right: exactly those with {}."
    assert stops.too_few_outputs(BEYOND, [right.format("one image")])
    assert not stops.too_few_outputs(BEYOND, [right.format("no padding")])
    assert not stops.too_few_outputs(BEYOND, [])
    assert stops.too_few_outputs(BEYOND.replace("(_,_,4", "(_,_,6"), [])
    assert not stops.too_few_outputs(BEYOND.replace("_,_,4,_", "7,_,_,_"), [right.format("one image")])
    assert not stops.too_few_outputs("out(2): out of bound 1 (dimensions are 1x1)", [])


def test_an_argument_that_became_one_number_is_told():
    message = "{}(2): out of bound 1 (dimensions are 1x1)"
    given = {"b": np.zeros((3, 1))}
    assert stops.explain(message.format("b"), given)[1] == "Which of your lines gives b another value?"
    assert "./ one for each entry" in stops.explain(message.format("out"), given)[1]


@pytest.mark.parametrize(
    ("name", "at", "counted"), [("x", 4, "images"), ("w", 4, "filters"), ("dout", 3, "filters")]
)
def test_an_index_that_counts_no_window_is_said_to(name, at, counted):
    places = ",".join("2" if k == at - 1 else "_" for k in range(4))
    said = stops.explain(
        f"{name}({places}): out of bound 1 (dimensions are 4x5)", {name: np.zeros((4, 5, 1, 1))}
    )
    assert f"counts {counted}" in said[1]
    assert "window" not in said[1]


@pytest.mark.octave
def test_a_function_that_stops_with_padding(tmp_path):
    """The error's own question gives way to what the cases have in common."""
    body = "if any(padding), error('abc'); end\n" + PAD + CONVOLVED
    grade = grade_of(tmp_path, "q4", body)
    assert grade.read[0].endswith("8 of 37 are right: exactly those with no padding.")


FORMULAS = {
    "out = floor((in - kernel + 2*padding + 1) ./ stride);": (
        "What is not as in the right formula: 1 is added before the division and nothing is added after the "
        "division."
    ),
    "out = floor(in - kernel + 2*padding ./ stride) + 1;": "floor(in - kernel + 2*padding ./ stride) + 1.",
    "out = floor((in - kernel + 2*padding - 1) ./ stride) + 1;": (
        "floor((in - kernel + 2*padding - 1) ./ stride) + 1, which is the same as "
        "ceil((in - kernel + 2*padding) ./ stride)."
    ),
    "out = floor((in + [2 1] .* padding - kernel) ./ stride) + 1;": (
        "your out(2) is floor((in(2) - kernel(2) + padding(2)) / stride(2)) + 1."
    ),
    "out = floor((in + 2*padding - kernel) / stride(1)) + 1;": "with stride(1) in place of stride(2).",
    "out = ceil((in + 2*padding - kernel + 1) / stride);": (
        "Your out is one number in every case, asked for are two: a height and a width.\n"
        "In all cases tried your out equals round((in - kernel + 2*padding) / stride) + 1.\n"
        "That / stands between two rows, and so it gives one number: [5 7] / [2 1] is 3.4."
    ),
    "out = floor((in + padding - kernel) / stride + 1);": (
        "In all cases tried your out equals floor((in - kernel + padding) / stride) + 1.\nThat / stands"
    ),
    "q = 2*padding / stride; out = floor((in - kernel) ./ stride + q) + 1;": "and it changes with the width:",
    "out = prod(floor((in + 2*padding - kernel) ./ stride) + 1);": "Your out is one number in every case",
    "out = floor(stride \\ (in + 2*padding - kernel)) + 1;": "your out is 2 x 2, asked for [3 3].",
    "out = floor((length(in) + 2*padding - kernel) ./ stride) + 1;": (
        "Your out stays the same when only in changes."
    ),
    "out = (floor((in + 2*padding - kernel) ./ stride) + 1)';": ("Your out is a column, asked for is a row."),
    "out = ceil((in + 2*padding - kernel) ./ stride)';": (
        "Your out is a column, asked for is a row.\nIn all cases tried your out is floor((in - kernel + "
    ),
    "out = max(floor((in + 2*padding - kernel) ./ stride), 3);": (
        "in = [6 5], kernel = [3 2], stride = [2 1], padding = [1 2]: your out is [3 7], asked for [3 8]."
    ),
}


@pytest.mark.octave
@pytest.mark.parametrize("body", FORMULAS)
def test_the_formula_of_a_size_is_told(body, tmp_path):
    grade = grade_of(tmp_path, "q1", body)
    assert grade.hint == ""
    assert FORMULAS[body] in "\n".join(grade.read)


@pytest.mark.octave
def test_a_function_that_does_not_end_in_a_further_call_is_asked_once(tmp_path):
    """It keeps its points, and no process waits twice."""
    ended = []

    def run(command, **options):
        ended.append(matlab.run_octave(command, **options).how)
        return process.Outcome(b"", ended[-1]) if len(ended) > 1 else first

    body = "if isequal(size(x), [7 4 2]), while true, end, end\ny = sum(x(:)) + sum(w(:));"
    question = BY_NAME["q3"]
    cases = list(question.cases(np.random.default_rng(0)))
    assert not any(np.shape(case[0]) == (7, 4, 2) for case in cases)
    lines = "".join(f"{k + 1} numbers double 1 1\n7\n" for k in range(len(cases)))
    first = process.Outcome(lines.encode(), "ended")
    grade = grade_of(tmp_path, "q3", body, run=run, timeout=3)
    assert ended == ["ended", "time"]
    assert (grade.way, grade.read) == ("none", ())


def told(name, change, seed=1):
    """Return what is read off the right results of a question after a change."""
    question = BY_NAME[name]
    cases = [tuple(case) for case in question.cases(np.random.default_rng(seed))]
    right = [in_matlab(question.answer(*case)) for case in cases]
    answers = [in_matlab(change(full(array, DIMENSIONS[name]))) for array in right]
    failed = [
        k for k, (a, b) in enumerate(zip(answers, right, strict=True)) if a.shape != b.shape or (a != b).any()
    ]
    found = explain(question, cases, answers, right, failed)
    return "" if found is None else " ".join((*found.lines, found.hint))


CHANGES = {
    "zeros are no numbers in other places": ("q5", lambda v: v * 0, ""),
    "a filter is missing": (
        "q4",
        lambda v: v[:, :, :-1],
        "Which of your lines fixes how many filters y has?",
    ),
    "the first row is missing": ("q7", lambda v: v[1:], "The first row of your dx is missing"),
    "shifted round": ("q4", lambda v: np.roll(v, 1, 0), "Which number of yours stands first"),
    "averaged": ("q4", lambda v: v / v.shape[3], "What divides or multiplies your numbers"),
    "no number": ("q6", lambda v: v * np.nan, "Your dw holds NaN in 8 cases."),
}


@pytest.mark.parametrize("which", CHANGES)
def test_what_is_told_of_changed_results(which):
    name, change, said = CHANGES[which]
    text = told(name, change)
    assert said in text if said else text == ""
    assert not PYTHONS_WORDS.search(text)


def resized(name, of, sign=None):
    """Return items whose results have other rows and columns: `of` the layer, or that much more or less."""
    items = []
    for case in BY_NAME[name].cases(np.random.default_rng(2)):
        given = dict(zip(BY_NAME[name].arguments, case, strict=True))
        want = full(BY_NAME[name].answer(*case), DIMENSIONS[name])
        rows = (
            of(lengths.layer_of(given))
            if sign is None
            else want.shape[:2] + sign * of(lengths.layer_of(given))
        )
        got = np.zeros((*np.maximum(rows, 0), *want.shape[2:]))
        items.append(Item(got, want, got.shape != want.shape, given, {}))
    return items


QUANTITIES = {f"by {pair[0]}, in every": (pair[1], (1, -1)) for pair in lengths.OFF}
QUANTITIES |= {f"as {pair[0]}.": (pair[1], (None,)) for pair in lengths.LIKE}


@pytest.mark.parametrize("name", ["q2", "q4", "q6", "q7"])
@pytest.mark.parametrize("what", QUANTITIES)
def test_the_quantity_that_makes_a_size_wrong_is_told(name, what):
    """Another one is told only if it gives the same sizes, and none of right sizes."""
    of, signs = QUANTITIES[what]
    for sign in signs:
        items = resized(name, of, sign)
        found = lengths.find("dw", items)
        if not any(item.fails for item in items) or min(min(item.got.shape) for item in items) < 1:
            continue
        text = found[0]
        told, own = next(QUANTITIES[key] for key in QUANTITIES if key in text)
        same = resized(name, told, own[0] if own[0] is None else 1 if "large" in text else -1)
        assert [item.got.shape for item in same] == [item.got.shape for item in items]
    right = [Item(item.want, item.want, False, item.given, {}) for item in items]
    assert lengths.find("dw", right) is None


def test_results_are_those_of_the_right_answer_by_products():
    """What changed arguments are tried with on one case is the model."""
    for name in screen.FACTORS:
        for case in BY_NAME[name].cases(np.random.default_rng(4)):
            given = dict(zip(BY_NAME[name].arguments, case, strict=True))
            want = full(BY_NAME[name].answer(*case), DIMENSIONS[name])
            np.testing.assert_allclose(screen.result(name, given), want, atol=1e-9)


CHANGED = [
    np.abs,
    np.floor,
    lambda v: v + 1,
    lambda v: np.maximum(v, 0),
    lambda v: np.swapaxes(v, 0, 1)[::-1],
    lambda v: np.concatenate([v[:1] * 0, v[:-1]]),
    lambda v: np.broadcast_to(v.mean(0, keepdims=True), v.shape),
    lambda v: np.stack([v, v], -1),
    lambda v: v.mean(0, keepdims=True),
    lambda v: np.concatenate([v, v[:1]]),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_no_sentence_has_words_of_python(question):
    for change in CHANGED:
        text = told(question.name, change)
        assert not PYTHONS_WORDS.search(text), text
        assert "0 (" not in text, text
