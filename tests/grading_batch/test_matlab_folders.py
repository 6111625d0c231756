"""A learner's folder of .m files in the class grader: Octave runs in the sandbox like everything else."""

import re
import shutil
import socket

import pytest

from conv_course.checker.matlab_questions import QUESTIONS
from conv_course.grade import sandbox
from conv_course.grade.given import COURSE
from conv_course.grade.grade import Grader
from conv_course.grade.submissions import Found
from tests.grading_batch.classroom import points

pytestmark = [pytest.mark.sandbox, pytest.mark.octave]

SOLUTIONS = COURSE / "solutions" / "12_matlab"
FULL = {question.name: question.points for question in QUESTIONS}
ALL = sum(FULL.values())


@pytest.fixture
def grade(words, tmp_path):
    """A function: grade({function: body}) returns the record of the solutions with these replacements."""

    def grade(bodies, seconds=4):
        folder = tmp_path / "ada"
        shutil.copytree(SOLUTIONS, folder)
        for function, body in bodies.items():
            path = folder / f"{function}.m"
            head = (
                (SOLUTIONS / path.name).read_text(encoding="ascii").splitlines()[0] if path.exists() else ""
            )
            path.write_text("\n".join(filter(None, [head, body, "end\n" if head else "\n"])))
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        grader = Grader(7, words, sandbox.Limits(octave=seconds))
        record = grader.grade(Found("ada", folder, kind="matlab"))
        grader.close()
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        return record

    return grade


def message(record, name):
    return next(question["problem"] for question in record.questions if question["name"] == name)


def test_the_solution_gets_full_marks(grade):
    record = grade({})
    assert (record.status, record.points, record.of) == ("graded", ALL, ALL), record
    assert points(record) == FULL


def test_what_an_answer_cannot_do(grade, tmp_path):
    """Each one loses its own question, and its attempt has no effect."""
    secret = tmp_path / "secret.txt"
    secret.write_text("5")
    record = grade(
        {
            "q1_output_size": f"out = load('{secret}');",
            "q2_window": "pid = fork(); if pid < 0, error('no fork'); end\n  window = 0; while true, end",
            "q3_one_filter": "[status, text] = system('expr 40 + 2'); error('system: %d %s', status, text);",
            "q5_bias_gradient": f"addpath('{SOLUTIONS}'); db = q5_bias_gradient(dout);",
            "q6_weight_gradient": f"run('{SOLUTIONS}/q6_weight_gradient.m'); dw = 1;",
            "q7_input_gradient": f"f = fopen('{tmp_path}/left', 'w'); fprintf(f, 'x'); dx = 0;",
        }
    )
    assert points(record) == dict.fromkeys(FULL, 0) | {"q4": 3}
    assert "secret" in message(record, "q1")
    assert "42" not in message(record, "q3")
    assert not (tmp_path / "left").exists()


def test_a_call_of_the_answer_earns_nothing_and_is_told(grade):
    """If the text allows it, as in question 4, it may be called."""
    record = grade(
        {
            "q1_output_size": "out = conv_output_size(in, kernel, stride, padding);",
            "q2_window": "f = @conv_output_size;\n  if f(9, 3) ~= 7, error('no'); end\n"
            "  window = xpad((i-1)*stride(1)+(1:kernel(1)), (j-1)*stride(2)+(1:kernel(2)), :);",
            "q3_one_filter": "f = 'convn_vanilla';\n  y = feval(f, x, w, stride);",
        }
    )
    assert points(record) == FULL | {"q1": 0, "q3": 0}
    notes = {f"{q}: no points, since the function calls {f}" for q, f in CALLED.items()}
    assert notes <= set(record.notes), record.notes
    for name, called in CALLED.items():
        assert f"calls {called}, which answers this question" in message(record, name)
        (html,) = (q["html"] for q in record.questions if q["name"] == name)
        assert f"calls {called}, which answers this question" in html


CALLED = {"q1": "conv_output_size", "q3": "convn_vanilla"}


def test_a_copy_of_the_course_does_not_bring_the_answers_back(grade):
    """Some learners hand in the whole folder. A function of their own keeps its name."""
    copies = {name: (COURSE / "matlab" / f"{name}.m").read_text() for name in CALLED.values()}
    answers = {
        "q1_output_size": "out = conv_output_size(in, kernel, stride, padding);",
        "q3_one_filter": "y = convn_vanilla(x, w, stride);",
    }
    assert points(grade(answers | copies)) == FULL | {"q1": 0, "q3": 0}


def test_a_function_of_ones_own_may_have_the_name(grade):
    own = "function out = conv_output_size(in, k, s, p)\n  out = floor((in + 2 * p - k) ./ s) + 1;\nend"
    body = {"q1_output_size": "out = conv_output_size(in, kernel, stride, padding);", "conv_output_size": own}
    record = grade(body)
    assert points(record) == FULL, record


def test_what_would_bring_the_machine_down(grade):
    record = grade(
        {
            "q1_output_size": "out = zeros(1e6, 1e6);",
            "q2_window": "while true, system('sleep 60 &'); end",
            "q3_one_filter": "f = fopen('flood', 'w'); while true, fwrite(f, zeros(1, 1e6)); end",
            "q4_layer_forward": "exit(0);",
            "q5_bias_gradient": "kill(-1, 9); exit(3);",
            "q6_weight_gradient": "delete('out.txt'); symlink('/etc/passwd', 'out.txt'); exit(0);",
        }
    )
    assert points(record) == dict.fromkeys(FULL, 0) | {"q7": 3}
    assert all(message(record, name) for name in FULL if name != "q7")


FLOOD = """
  k = 0;
  while true
    f = fopen(sprintf('{}/flood%d', k), 'w');
    if f >= 0, fwrite(f, zeros(1, 1e6)); fclose(f); end
    k = k + 1;
  end
"""


def test_a_flood_of_files_stays_in_the_memory_of_the_sandbox(grade, monkeypatch):
    """It cannot write to any folder of this machine."""
    left, run = [], sandbox.run_octave

    def watched(*args, scratch, **more):
        before = sum(path.stat().st_size for path in scratch.rglob("*"))
        outcome = run(*args, scratch=scratch, **more)
        left.append(sum(path.stat().st_size for path in scratch.rglob("*")) - before)
        return outcome

    monkeypatch.setattr(sandbox, "run_octave", watched)
    places = {"q1_output_size": ".", "q2_window": "/tmp", "q3_one_filter": "/course"}
    record = grade({name: FLOOD.format(place) for name, place in places.items()})
    assert points(record) == FULL | {"q1": 0, "q2": 0, "q3": 0}
    assert left == [0] * 7


FILL = """
  k = 0;
  while k < 40
    f = fopen(sprintf('/tmp/f%d', k), 'w');
    if f < 0, break; end
    fwrite(f, zeros(1, 1e6));
    fclose(f);
    k = k + 1;
  end
  s = dir('/tmp');
  error('held: %d bytes', sum([s.bytes]));
"""


def test_the_scratch_folder_holds_16_mb(grade):
    record = grade({"q5_bias_gradient": FILL}, seconds=20)
    held = int(re.search(r"held: (\d+) bytes", message(record, "q5"))[1])
    assert 15 << 20 < held <= 16 << 20


def test_a_flood_of_answers_is_cut_off(grade):
    """The data through the pipe is limited, and so is the part of it that is read."""
    line = "fprintf(f, '1 numbers double 1 1\\n1\\n');"
    flood = "for n = 3:40, f = fopen(sprintf('/dev/fd/%d', n), 'w'); if f >= 0, while true, {} end, end, end"
    record = grade(
        {
            "q5_bias_gradient": flood.format("fwrite(f, zeros(1, 1e5));"),
            "q6_weight_gradient": flood.format(line * 1000),
        }
    )
    assert points(record) == FULL | {"q5": 0, "q6": 0}
    assert "written more than 8 MB" in message(record, "q5")


def test_functions_that_replace_octaves_own(grade):
    """A forged comparison has no effect: nothing is compared in the learner's process."""
    record = grade(
        {
            "q1_output_size": "out = [0 0];",
            "isequal": "function yes = isequal(varargin)\n  yes = true;\nend",
            "abs": "function a = abs(varargin)\n  a = 0;\nend",
            "check_exercise": "function check_exercise(varargin)\n  disp('14 of 14 points');\nend",
        }
    )
    assert points(record) == FULL | {"q1": 0}


def test_there_is_no_network(grade):
    with socket.create_server(("127.0.0.1", 0)) as server:
        record = grade({"q5_bias_gradient": f"db = urlread('http://127.0.0.1:{server.getsockname()[1]}/');"})
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
    assert points(record) == FULL | {"q5": 0}


def test_what_an_answer_computes_is_asked_in_the_sandbox(grade):
    """The further calls run there too; the page and the statistics get what they tell."""
    body = "r = i*stride(1) + (1:kernel(1)) - 1; window = xpad(r, (j-1)*stride(2) + (1:kernel(2)), :);"
    record = grade({"q2_window": body})
    (question,) = [one for one in record.questions if one["name"] == "q2"]
    assert any(re.match(r"window\(u, v, d\) takes xpad\(u \+ \d", line) for line in question["computes"])
    assert "<p>asked for window(" in question["html"]
