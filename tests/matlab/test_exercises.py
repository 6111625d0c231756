"""The .m exercises: their generation, the checker that runs in Octave, and the grader outside of it."""

import functools
import os
import re
import shutil
import tempfile

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from conv_course.checker import matlab
from conv_course.checker.matlab_questions import QUESTIONS, SECTIONS, in_matlab
from conv_course.checker.octave import judge, process
from tools import generate_matlab_exercises as generator
from tools.matlab_octave import ROOT, run_code

EXERCISES, SOLUTIONS = ROOT / "exercises/12_matlab", ROOT / "solutions/12_matlab"
POSSIBLE = {question.name: question.points for question in QUESTIONS}
BY_NAME = {question.name: question for question in QUESTIONS}


def check_exercises(folders, question="all"):
    """Return the output of check_exercise for each folder, all from one Octave process."""
    calls = [f"disp('@@@'); check_exercise('{question}', '{folder}');" for folder in folders]
    printed = run_code(" ".join(calls), folder=EXERCISES, timeout=240).split("@@@\n")
    assert len(printed) == len(folders) + 1, printed[-1]
    return printed[1:]


# --- generation

made_once = functools.cache(generator.fixtures)


@pytest.fixture(autouse=True)
def fixtures_are_made_once(monkeypatch):
    """Make the fixtures only once: Octave needs seconds for all slips."""
    monkeypatch.setattr(generator, "fixtures", made_once)


def test_exercises_are_generated():
    assert generator.generate(check=True) == []


def test_nothing_of_a_solution_is_left():
    for path in EXERCISES.glob("q*.m"):
        text = path.read_text(encoding="ascii")
        assert "SOLUTION" not in text
        assert text.count("exercise:unfilled") == 1
        code = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("%")]
        assert len(code) == 3, path.name
    assert {path.stem for path in EXERCISES.glob("q*.m")} == {question.function for question in QUESTIONS}


def test_check_finds_drift(tmp_path):
    target = shutil.copytree(EXERCISES, tmp_path / "exercises/12_matlab")
    shutil.copytree(SOLUTIONS, tmp_path / "solutions/12_matlab")
    assert generator.main(["--check"], tmp_path) == 0
    (target / "q1_output_size.m").write_text("changed")
    (target / "left_over.m").write_text("changed")
    (target / "q2_window.m").unlink()
    (target / "fixtures.mat").write_bytes(b"changed")
    names = ["left_over.m", "q1_output_size.m", "q2_window.m"]
    if matlab.octave_program():
        names.insert(0, "fixtures.mat")
    drifted = [f"exercises/12_matlab/{name}" for name in names]
    assert generator.generate(check=True, root=tmp_path) == drifted
    assert generator.main(["--check"], tmp_path) == 1
    assert generator.main([], tmp_path) == 0
    assert generator.generate(check=True, root=tmp_path) == []
    (tmp_path / "solutions/12_matlab/q3_one_filter.m").write_text("changed")
    assert generator.generate(check=True, root=tmp_path) == ["solutions/12_matlab/q3_one_filter.m"]


@pytest.mark.octave
def test_check_finds_other_fixtures(tmp_path):
    target = shutil.copytree(EXERCISES, tmp_path / "exercises/12_matlab")
    shutil.copytree(SOLUTIONS, tmp_path / "solutions/12_matlab")
    other = generator.fixtures(seed=13)
    (target / "fixtures.mat").write_bytes(generator.mat_bytes(other))
    assert generator.generate(check=True, root=tmp_path) == ["exercises/12_matlab/fixtures.mat"]


def test_fixtures_stay_where_there_is_no_octave(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(matlab, "octave_program", lambda: None)
    target = shutil.copytree(EXERCISES, tmp_path / "exercises/12_matlab")
    shutil.copytree(SOLUTIONS, tmp_path / "solutions/12_matlab")
    (target / "q1_output_size.m").unlink()
    assert generator.main([], tmp_path) == 0
    assert (target / "q1_output_size.m").is_file()
    assert (target / "fixtures.mat").read_bytes() == (EXERCISES / "fixtures.mat").read_bytes()
    assert "Octave, which makes it, is not installed" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    [f"{generator.BEGIN}\nx = 1;", f"x = 1;\n{generator.END}", f"{generator.BEGIN}\n{generator.BEGIN}"],
)
def test_unpaired_marks(text):
    with pytest.raises(ValueError, match=r"name\.m"):
        generator.stub(text, "name")


def test_points_are_those_of_the_files():
    for question in QUESTIONS:
        points = re.search(r"\((\d) points?\)", question.source)
        assert int(points.group(1)) == question.points


# --- the questions themselves


@pytest.mark.octave
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_slip_is_named(question, seed):
    """It gets less than full marks and its own hint, on the cases of several seeds."""
    cases = [tuple(case) for case in question.cases(np.random.default_rng(seed))]
    slips = matlab.run_slips(question, cases)
    for slip, answers in zip(question.slips, slips, strict=True):
        grade = judge.judge(question, cases, answers, "stopped", lambda: slips)
        assert grade.points < question.points, slip.name
        assert slip.hint in grade.hint, (slip.name, grade.hint)


@pytest.mark.octave
def test_slips_that_do_not_end_are_said(monkeypatch):
    question = BY_NAME["q1"]
    cases = [tuple(case) for case in question.cases(np.random.default_rng(0))]

    def run(command, **options):
        return process.Outcome(b"1 numbers double 1 2\n1 1\n", "time")

    with pytest.raises(RuntimeError, match=r"slips of q1 to their end \(time\)"):
        matlab.run_slips(question, cases, run=run)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_cases_reveal_swapped_axes(question):
    cases = [
        dict(zip(question.arguments, case, strict=True)) for case in question.cases(np.random.default_rng(3))
    ]
    for name in ("stride", "kernel"):
        if name in question.arguments:
            assert sum(case[name][0] != case[name][1] for case in cases) >= 5
    if "padding" in question.arguments:
        assert any(case["padding"] == (0, 0) for case in cases)
        assert any(case["padding"][0] != case["padding"][1] for case in cases)


# --- check_exercise, in Octave


@pytest.mark.octave
def test_solutions_and_stubs():
    done, unfilled = check_exercises([SOLUTIONS, EXERCISES])
    assert done.splitlines()[-1] == f"{sum(POSSIBLE.values())} of {sum(POSSIBLE.values())} points"
    assert done.count("done") == len(QUESTIONS)
    assert unfilled.splitlines()[-1] == f"0 of {sum(POSSIBLE.values())} points"
    assert unfilled.count("not started") == len(QUESTIONS)
    assert len(unfilled.splitlines()) == len(QUESTIONS) + 1


WRONG = """function result = {name}(varargin)
  fixtures = load('{fixtures}');
  answers = load('{answers}');
  for k = 1:numel(fixtures.questions)
    q = fixtures.questions{{k}};
    q.arguments = fixtures.arguments{{k}};
    if strcmp(q.function_name, '{name}')
      break
    end
  end
  for k = 1:numel(q.arguments)
    if isequal(q.arguments{{k}}(:)', varargin(:)')
      result = q.expected{{k}};
      if q.stops(k, {m})
        error('%s', q.messages{{k, {m}}});
      elseif q.differs(k, {m})
        result = answers.{question}{{k, {m}}};
      end
    end
  end
end
"""


def answers_of_slips(question):
    """Return the answers of the slips to the cases of the fixtures: a cell of cases by slips."""
    cases = [tuple(case) for case in question.cases(np.random.default_rng(generator.SEED))]
    answers = matlab.run_slips(question, cases)
    found = np.empty((len(cases), len(answers)), dtype=object)
    for m, of_slip in enumerate(answers):
        for k, answer in enumerate(of_slip):
            found[k, m] = np.zeros((0, 0)) if isinstance(answer, tuple) else in_matlab(answer)
    return found


@pytest.mark.octave
def test_check_exercise_names_every_slip(tmp_path):
    """A file that answers as a slip does gets the slip's hint, in Octave itself."""
    folders, expected = [], []
    answers = tmp_path / "answers.mat"
    answers.write_bytes(generator.mat_bytes({one.name: answers_of_slips(one) for one in QUESTIONS}))
    for question in QUESTIONS:
        for m, slip in enumerate(question.slips, 1):
            folder = tmp_path / f"{question.name}_{m}"
            folder.mkdir()
            source = WRONG.format(
                name=question.function,
                question=question.name,
                fixtures=EXERCISES / "fixtures.mat",
                answers=answers,
                m=m,
            )
            (folder / f"{question.function}.m").write_text(source)
            folders.append(folder)
            expected.append((question, slip))
    calls = [
        f"disp('@@@'); check_exercise('{question.name}', '{folder}');"
        for folder, (question, _) in zip(folders, expected, strict=True)
    ]
    printed = run_code(" ".join(calls), folder=EXERCISES, timeout=240).split("@@@\n")[1:]
    assert len(printed) == len(expected) >= 50
    for text, (question, slip) in zip(printed, expected, strict=True):
        assert re.match(rf"{question.name}  (partly|not yet) ", text), text
        assert f"Hint ({slip.name}): {slip.hint}" in text
        assert f'Chapter 12, section "{SECTIONS[slip.section or question.section]}"' in text


# Real mistakes: (question, right line, wrong line, hint).
MISTAKES = [
    ("q2", "(i - 1) * stride(1) + (1:", "i * stride(1) + (1:", None),
    ("q2", "(i - 1) * stride(1)", "(i - 1)", None),
    (
        "q2",
        "(i - 1) * stride(1) + (1:kernel(1))",
        "(i - 1) * stride(1) + (0:kernel(1) - 1)",
        "index out of range",
    ),
    ("q3", "window(:) .* w(:)", "window(:) .* flipud(w(:))", "The channels are flipped too"),
    ("q3", "sum(window(:) .* w(:))", "sum(sum(window .* rot90(w(:, :, :), 2)))(1)", None),
    ("q4", " + b(f)", "", "The bias is left out"),
    ("q4", "b(f)", "b(1)", "One bias serves all filters"),
    ("q4", "padding(1) + (1:H), padding(2) + (1:W)", "(1:H), (1:W)", None),
    ("q5", "zeros(F, 1)", "zeros(1, F)", "A row"),
    ("q5", "sum(douts(:))", "mean(douts(:))", "Averaged"),
    ("q6", "dw(:, :, :, f) = dw(:, :, :, f) + dout", "dw(:, :, :, f) = dout", "Only the last window is kept"),
    (
        "q6",
        "(i - 1) * stride(1) + (1:kernel(1))",
        "(i - 1) * stride(1) + 1 + (1:kernel(1))",
        "index out of range",
    ),
    ("q6", "  for n = 1:N\n", "  for n = N\n", "Only the last image is kept"),
    (
        "q7",
        "dx = dxpad(padding(1) + (1:x_size(1)), padding(2) + (1:x_size(2)), :, :)",
        "dx = dxpad",
        "dx is not cropped",
    ),
    (
        "q7",
        "dxpad(padding(1) + (1:x_size(1)), padding(2) +",
        "dxpad((1:x_size(1)),",
        "dx is cropped at the end only",
    ),
    ("q7", "* w(:, :, :, f)", "* flip(flip(w(:, :, :, f), 1), 2)", "The filter is flipped"),
    ("q7", "dxpad(rows, cols, :, n) + dout", "dout", "A pixel of dx keeps only what came last"),
]


@pytest.mark.octave
def test_real_mistakes(tmp_path):
    folders = []
    for k, (name, right, wrong, _) in enumerate(MISTAKES):
        path = SOLUTIONS / f"{BY_NAME[name].function}.m"
        text = path.read_text(encoding="ascii")
        assert right in text, (name, right)
        folder = tmp_path / str(k)
        folder.mkdir()
        (folder / path.name).write_text(text.replace(right, wrong))
        folders.append(folder)
    calls = [
        f"disp('@@@'); check_exercise('{mistake[0]}', '{folder}');"
        for folder, mistake in zip(folders, MISTAKES, strict=True)
    ]
    printed = run_code(" ".join(calls), folder=EXERCISES, timeout=240).split("@@@\n")[1:]
    for text, (name, _, wrong, hint) in zip(printed, MISTAKES, strict=True):
        assert re.match(rf"{name}  (partly|not yet) ", text), (wrong, text)
        assert hint is None or f"Hint ({hint})" in text, (wrong, text)
    for folder, (name, _, wrong, hint) in zip(folders, MISTAKES, strict=True):
        if name == "q7" or hint == "index out of range":
            grade = matlab.grade_matlab(folder, seed=5, only=[name])[name]
            assert grade.state in ("partly", "not yet"), wrong
            beyond = grade.read and "Your function takes" in grade.read[0]
            told = f"{hint}: " if hint == "index out of range" else f"{hint}. "
            assert beyond or grade.hint.startswith(told), (wrong, grade)


# Mistakes for which a hint is easily false: (question, its body, expected text, forbidden text).
LAYERS = "[kH, kW, D, F] = size(w); N = size(dout, 4); dp = zeros([x_size + 2 * padding, D, N]);"
LOOPS = (
    "for n = 1:N, for f = 1:F, for i = 1:size(dout, 1), for j = 1:size(dout, 2)\n"
    "  r = (i - 1) * stride(1) + (1:kH); c = (j - 1) * stride(2) + (1:kW);\n"
    "  dp(r, c, :, n) = dp(r, c, :, n) + dout(i, j, f, n) * w(:, :, :, f);\nend, end, end, end"
)
BEYOND = "beyond the end of an array"
EASILY_FALSE = {
    "the channels alone are flipped": (
        "q3",
        "y = convn(x, flip(flip(w, 1), 2), 'valid');\ny = y(1:stride(1):end, 1:stride(2):end);",
        "The channels are in reverse order, rows and columns are not",
        "flipped on all three axes",
    ),
    "the columns alone are flipped": (
        "q3",
        "y = convn(x, flip(flip(w, 1), 3), 'valid');\ny = y(1:stride(1):end, 1:stride(2):end);",
        "must be",
        "Hint",
    ),
    "P:end-P where P is 0": (
        "q7",
        f"{LAYERS}\n{LOOPS}\ndx = dp(padding(1):end-padding(1), padding(2):end-padding(2), :, :);",
        "which row is the first that belongs to x?",
        "last window",
    ),
    "the crop takes a row that a window reads": (
        "q7",
        LAYERS.replace("x_size + 2 * padding", "([size(dout, 1) size(dout, 2)] - 1) .* stride + [kH kW]")
        + f"\n{LOOPS}\ndx = dp(padding(1)+1:end-padding(1), padding(2)+1:end-padding(2), :, :);",
        "dx is too small by what lies behind the last window",
        "no window reads",
    ),
    "as many stops as another mistake, for another reason": (
        "q3",
        "[H, W] = size(x); k = size(w); o = floor(([H W] - k(1:2)) ./ stride) + 1; y = zeros(o);\n"
        "for i = 1:o(1), for j = 1:o(2)\n"
        "  p = x((i-1)*stride(1) + (1:k(1)), (j-1)*stride(2) + (1:k(2)), :); y(i, j) = sum(p(:) .* w(:));\n"
        "end, end",
        "(_,10,_): out of bound 9",
        "strides are swapped",
    ),
    "a place 0": (
        "q7",
        f"{LAYERS}\n{LOOPS}\ndx = dp(0 * padding(1), :, :, :);",
        "one of yours is 0, negative or not whole",
        "first that belongs to x",
    ),
    "strides swapped": (
        "q2",
        "window = xpad((i-1)*stride(2) + (1:kernel(1)), (j-1)*stride(1) + (1:kernel(2)), :);",
        "stride(1) is for rows, stride(2) for columns.",
        "egin at 1",
    ),
    "beyond the end": (
        "q2",
        "r = i*stride(1) + (1:kernel(1)); window = xpad(r + size(xpad, 1), j*stride(2) + (1:kernel(2)), :);",
        BEYOND,
        "egin at 1",
    ),
    "right for one case of eight": (
        "q5",
        "db = squeeze(sum(sum(sum(dout, 1), 2), 4)); if numel(db) ~= 2, db = db + 1; end",
        "q5  not yet      0/1",
        "partly",
    ),
}


@pytest.mark.octave
def test_nothing_false_is_said(tmp_path):
    """Neither check_exercise nor the grader gives a hint that explains only some of the cases."""
    folders = []
    for k, (name, body, _, _) in enumerate(EASILY_FALSE.values()):
        function = BY_NAME[name].function
        first = (SOLUTIONS / f"{function}.m").read_text().splitlines()[0]
        folder = tmp_path / str(k)
        folder.mkdir()
        (folder / f"{function}.m").write_text(f"{first}\n{body}\nend\n")
        folders.append(folder)
    calls = [
        f"disp('@@@'); check_exercise('{name}', '{folder}');"
        for folder, (name, *_) in zip(folders, EASILY_FALSE.values(), strict=True)
    ]
    printed = run_code(" ".join(calls), folder=EXERCISES, timeout=240).split("@@@\n")[1:]
    for text, folder, (name, _, said, unsaid) in zip(printed, folders, EASILY_FALSE.values(), strict=True):
        assert said in text
        assert unsaid not in text
        grade = matlab.grade_matlab(folder, seed=12, only=[name])[name]
        graded = f"{name}  {grade.state:11}  {grade.points:g}/{grade.possible} {grade.message} {grade.hint}"
        graded = " ".join((graded, *grade.read))
        assert said in graded or (said == BEYOND and "Your function takes row" in graded)
        assert unsaid not in graded
        assert grade.hint == "" or "Hint" in text


FORWARD = (
    "for n = 1:size(x, 4), for f = 1:size(w, 4)\n"
    "  y(:, :, f, n) = convn_vanilla(xp(:, :, :, n), w(:, :, :, f), stride) + b(f);\nend, end\n"
)
PADDED = (
    "xp = zeros(size(x, 1) + 2*padding(1), size(x, 2) + 2*padding(2), size(x, 3), size(x, 4));\n"
    "xp(padding(1) + (1:size(x, 1)), padding(2) + (1:size(x, 2)), :, :) = x;\n"
)
IN_COMMON = {
    "only without padding": (
        f"{PADDED}{FORWARD}if any(padding), y = y + 1; end",
        "2 of 8 cases are right, exactly those with no padding and padding(1) = padding(2).",
        "their places",
    ),
    "turned": (f"{PADDED}{FORWARD}y = flip(y, 1);", "not all are in their places", "exactly"),
}


@pytest.mark.octave
@pytest.mark.parametrize("which", IN_COMMON)
def test_check_exercise_says_what_cases_have_in_common(which, tmp_path):
    body, said, unsaid = IN_COMMON[which]
    first = BY_NAME["q4"].source.splitlines()[0]
    (tmp_path / "q4_layer_forward.m").write_text(f"{first}\n{body}\nend\n")
    (text,) = check_exercises([tmp_path], "q4")
    assert said in text
    assert unsaid not in text


BROKEN = {
    "syntax error": "function db = q5_bias_gradient(dout)\n  db = (1;\nend\n",
    "empty file": "",
    "another name": "function db = something(dout)\n  db = other(dout);\nend\n",
    "no output": "function db = q5_bias_gradient(dout)\nend\n",
    "no arguments": "function db = q5_bias_gradient()\n  db = 1;\nend\n",
    "text": "function db = q5_bias_gradient(dout)\n  db = 'text';\nend\n",
    "cell": "function db = q5_bias_gradient(dout)\n  db = {1};\nend\n",
    "structure": "function db = q5_bias_gradient(dout)\n  db.x = 1;\nend\n",
    "complex": "function db = q5_bias_gradient(dout)\n  db = sqrt(-ones(size(dout, 3), 1));\nend\n",
    "nan": "function db = q5_bias_gradient(dout)\n  db = nan(size(dout, 3), 1);\nend\n",
    "nothing": "function db = q5_bias_gradient(dout)\n  db = [];\nend\n",
    "function handle": "function db = q5_bias_gradient(dout)\n  db = @sin;\nend\n",
    "error without identifier": "function db = q5_bias_gradient(dout)\n  error('%d lines\\nof text');\nend\n",
    "recursion": "function db = q5_bias_gradient(dout)\n  db = q5_bias_gradient(dout);\nend\n",
    "script": "db = 1;\n",
    "clears": "function db = q5_bias_gradient(dout)\n  clear all;\n  db = 1;\nend\n",
    "sparse": "function db = q5_bias_gradient(dout)\n  db = sparse(zeros(size(dout, 3), 1));\nend\n",
}


@pytest.mark.octave
def test_broken_files_never_raise(tmp_path):
    """They raise neither in the learner's Octave nor in the grader. Other questions keep their points."""
    folders = []
    for name, source in BROKEN.items():
        folder = shutil.copytree(SOLUTIONS, tmp_path / name.replace(" ", "_"))
        (folder / "q5_bias_gradient.m").write_text(source)
        folders.append(folder)
    total = sum(POSSIBLE.values())
    (whole,) = check_exercises(folders[:1])
    assert whole.splitlines()[-1] == f"{total - 1} of {total} points"
    for name, text in zip(BROKEN, check_exercises(folders, "q5"), strict=True):
        assert re.search(r"^q5  (not yet|not started)", text, re.MULTILINE), (name, text)
        assert not re.search(r"^error:", text, re.MULTILINE)
    for name, folder in list(zip(BROKEN, folders, strict=True))[::2]:
        grade = matlab.grade_matlab(folder, only=["q5"])["q5"]
        assert grade.points == 0, name
        assert grade.message


@pytest.mark.octave
def test_right_answers_in_other_styles(tmp_path):
    """Single precision, a vectorized form, and integers where they are exact get full marks."""
    sources = {
        "q1_output_size": "out = int32(floor((in + 2 * padding - kernel) ./ stride) + 1);",
        "q4_layer_forward": (
            "y = zeros([0 0]);\n[H, W, D, N] = size(x);\n"
            "xp = zeros(H + 2 * padding(1), W + 2 * padding(2), D, N);\n"
            "xp(padding(1) + (1:H), padding(2) + (1:W), :, :) = x;\n"
            "for n = 1:N, for f = 1:size(w, 4)\n  s = 0;\n"
            "  for d = 1:D, s = s + conv2(xp(:, :, d, n), rot90(w(:, :, d, f), 2), 'valid'); end\n"
            "  s = s + b(f);\n  y(1:ceil(size(s, 1) / stride(1)), 1:ceil(size(s, 2) / stride(2)), f, n) = "
            "s(1:stride(1):end, 1:stride(2):end);\nend, end\ny = single(y);"
        ),
        "q5_bias_gradient": "db = sum(reshape(permute(dout, [3 1 2 4]), size(dout, 3), []), 2);",
    }
    for name, body in sources.items():
        first = (SOLUTIONS / f"{name}.m").read_text().splitlines()[0]
        (tmp_path / f"{name}.m").write_text(f"{first}\n{body}\nend\n")
    grades = matlab.grade_matlab(tmp_path, seed=3, only=[name[:2] for name in sources])
    (text,) = check_exercises([tmp_path])
    for name in sources:
        assert grades[name[:2]].state == "done", grades[name[:2]]
        assert re.search(rf"^{name[:2]}  done", text, re.MULTILINE)


# --- the grader outside of Octave


@pytest.mark.octave
@pytest.mark.parametrize("seed", [0, 99])
def test_grades_of_solutions_and_stubs(seed):
    grades = matlab.grade_matlab(SOLUTIONS, seed=seed)
    assert {name: grade.points for name, grade in grades.items()} == POSSIBLE
    grades = matlab.grade_matlab(EXERCISES, seed=seed)
    assert {grade.state for grade in grades.values()} == {"not started"}


@pytest.mark.octave
def test_nothing_is_left_among_the_machines_temporary_files(tmp_path, monkeypatch):
    """Octave is killed when it has answered, so its temporary files stand in the folder that is removed."""
    (tmp_path / "files").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "files"))
    source = BY_NAME["q1"].source.replace("\n", "\n  error(tempdir());\n", 1)
    (tmp_path / "q1_output_size.m").write_text(source, encoding="ascii")
    grade = matlab.grade_matlab(tmp_path, only=["q1"])["q1"]
    assert f"{tmp_path / 'files'}/grade_matlab_" in grade.message
    assert list((tmp_path / "files").iterdir()) == []


@pytest.mark.octave
def test_hostile_files(tmp_path):
    """An endless loop, an early exit, a forged result and a link to a solution get no marks."""
    sources = {
        "q1_output_size": "while true, end",
        "q2_window": "exit(0);",
        "q3_one_filter": "y = zeros(1e4, 1e4);",
        "q4_layer_forward": "f = fopen('out.txt', 'w'); fprintf(f, '1 numbers double 1e9 1\\n1\\n'); exit(0)",
        "q5_bias_gradient": "delete('out.txt'); system('ln -s /etc/passwd out.txt'); exit(0)",
        "q6_weight_gradient": "while true, fopen(tempname, 'w'); system('sleep 60 &'); end",
    }
    for name, body in sources.items():
        first = (SOLUTIONS / f"{name}.m").read_text().splitlines()[0]
        (tmp_path / f"{name}.m").write_text(f"{first}\n{body}\nend\n")
    (tmp_path / "q7_input_gradient.m").symlink_to(SOLUTIONS / "q7_input_gradient.m")
    before = sorted(os.listdir(tmp_path))
    grades = matlab.grade_matlab(tmp_path, timeout=4)
    assert sum(grade.points for grade in grades.values()) == 0
    assert all(grade.message for grade in grades.values())
    assert "stopped after 4 s" in grades["q1"].message
    assert grades["q7"].state == "not started"
    assert sorted(os.listdir(tmp_path)) == before


def test_missing_octave_is_said(monkeypatch):
    monkeypatch.setattr(matlab, "octave_program", lambda: None)
    with pytest.raises(RuntimeError, match="Octave is not installed"):
        matlab.grade_matlab(SOLUTIONS)


def test_parse_takes_only_its_own_format():
    answers = process.parse(
        b"1 numbers double 2 2\n1 2 3 4\n2 error no\n3 unfilled\n4 numbers single 1 1\n5\n", 5
    )
    assert_array_equal(answers[0], [[1, 3], [2, 4]])
    assert answers[1:3] == [("error", "no"), ("unfilled", "")]
    assert answers[3].dtype == np.float32
    assert answers[4] is None
    for content in (
        b"1 numbers double 2 2\n1 2 3\n",
        b"1 numbers double -1 -1\n1\n",
        b"1 numbers double 99999999999999999999 1\n1\n",
        b"1 numbers double 1 1\nabc\n",
        b"1 numbers double x\n1\n",
        b"1 numbers double 1 1",
        b"2 numbers double 1 1\n1\n",
        b"\xff\xfe\x00",
        b"",
    ):
        assert process.parse(content, 1) == [None], content
