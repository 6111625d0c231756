"""Functions that a question passes stay out of the learner's process, and behave as if they were in it."""

import os

import numpy as np
import pytest

from conv_course.checker.questions import Code
from conv_course.checker.wire import dumps, loads
from conv_course.grade import given, layers
from conv_course.grade.grade import Grader
from conv_course.grade.sandbox import Limits
from conv_course.grade.servers import Servers
from conv_course.grade.submissions import Found
from tests.grading_batch.classroom import place, points, solution, submission

STEM = "05_check_gradients"
PEEK = """
def believes(layer):
    found, todo = set(), [layer, *gc.get_objects()]
    frame = sys._getframe()
    while frame:
        todo += list(frame.f_locals.values())
        frame = frame.f_back
    for thing in todo:
        if type(thing).__name__ == "Code":
            found |= set(re.findall(r"\\w+", thing.source + str(thing.constants)))
        if type(thing).__name__ == "Case":
            found |= set(re.findall(r"\\w+", thing.note + thing.part))
        if type(thing).__name__ == "code":
            found |= set(thing.co_names + thing.co_varnames)
    raise ValueError(" ".join(sorted(found & {"fault", "dpadded", "right", "loops", "stride"})) or "nothing")
"""


@pytest.mark.sandbox
def test_the_layers_cannot_be_read(grade):
    record = grade(submission(stem=STEM, answers={"q5": PEEK}, first="import gc, re, sys"))
    q5 = next(q for q in record.questions if q["name"] == "q5")
    assert q5["points"] == 0
    assert "ValueError: nothing" in q5["html"], q5["html"]


@pytest.mark.sandbox
@pytest.mark.parametrize("believed", [1, 2, 3])
def test_counting_the_calls_does_not_help(grade, believed):
    source = f"calls = []\ndef believes(layer):\n    calls.append(1)\n    return len(calls) <= {believed}"
    assert points(grade(submission(stem=STEM, answers={"q5": source})))["q5"] < 3


@pytest.fixture
def servers():
    made = Servers([Code("def f(x): return x + 1"), Code("def f(x):\n    while True: pass")], Limits(), None)
    yield made
    made.close()


def asked(connection, number, x):
    layers.send(connection, dumps([number, [["C", x]], {}]))
    return loads(layers.receive(connection))[1]


@pytest.mark.skipif(os.name == "nt", reason="a socket goes to another process by its descriptor")
def test_one_process_serves_submission_after_submission(servers):
    seen = set()
    for x in (1.0, 2.0, 3.0):
        with servers.connection() as connection:
            assert asked(connection, 0, np.float64(x)) == x + 1
        seen.add(servers._idle[-1].process.pid)
    assert len(seen) == 1
    with servers.connection() as first, servers.connection() as second:
        assert [asked(one, 0, np.float64(0)) for one in (first, second)] == [1, 1]
    assert len(servers._idle) == 2


@pytest.mark.skipif(os.name == "nt", reason="a socket goes to another process by its descriptor")
def test_a_process_that_is_busy_or_dead_is_replaced(servers):
    with servers.connection() as connection:
        layers.send(connection, dumps([1, [["C", np.float64(0)]], {}]))  # runs on when nobody waits
    assert servers._idle == []
    with servers.connection() as connection:
        asked(connection, 0, np.float64(0))
    (server,) = servers._idle
    server.process.kill()
    server.process.wait()
    with servers.connection() as connection:
        assert asked(connection, 0, np.float64(1)) == 2


CODES = [
    Code("def f(x, *, scale=1): return scale * x.sum()"),
    Code("def f(x):\n    x *= 2\n    return x.copy(), None"),
    Code("def f(x): raise ValueError('x has 3 channels')"),
    Code("def f(x): return x.flags.f_contiguous, x.flags.c_contiguous"),
    Code("def f(x):\n    while True: pass"),
]


def call(number, *args, **kwargs):
    packed = {key: ["C", value] for key, value in kwargs.items()}
    return loads(layers.reply(CODES, dumps([number, [list(a) for a in args], packed])))


def test_results_errors_and_changes_come_back():
    x = np.arange(6.0).reshape(2, 3)
    kind, value, changed = call(0, ("C", x), scale=2)
    assert (kind, float(value), changed) == ("value", 30.0, [])
    kind, value, changed = call(1, ("C", x))
    assert value[1] is None
    assert np.array_equal(value[0], 2 * x)
    assert changed[0][0] == 0
    assert np.array_equal(changed[0][1], 2 * x)
    assert call(2, ("C", x)) == ["error", "ValueError", "x has 3 channels"]
    assert [call(3, (order, x))[1] for order in ("C", "F", "view")] == [
        (False, True),
        (True, False),
        (False, False),
    ]
    assert call(4, ("C", x))[1] == "TimeoutError"
    assert loads(layers.reply(CODES, b"nonsense"))[0] == "error"
    assert loads(layers.reply(CODES, dumps([99, [], {}])))[:2] == ["error", "IndexError"]


# --- calls that are too large to be carried

MB = 1 << 20


@pytest.fixture
def echoes():
    made = Servers(
        [Code("def f(x): return x.sum()"), Code("def f(x): return np.zeros(int(x))")], Limits(), None
    )
    yield made
    made.close()


@pytest.fixture
def ask():
    """The function `ask` of a learner's process, on a connection."""
    spec = {"__name__": "stand_in"}
    exec(given.STAND_IN, spec)

    def ask(connection, *args):
        spec["connection"] = connection
        return spec["ask"](*args)

    return ask


@pytest.mark.skipif(os.name == "nt", reason="a socket goes to another process by its descriptor")
@pytest.mark.parametrize(
    ("number", "large", "said"),
    [
        (0, np.zeros(7 * MB), r"the arguments .* 74 MB .* 64 MB"),
        (1, np.float64(7 * MB), r"the results .* 74 MB .* 64 MB"),
        (1, np.float64(70 * MB), r"the results .* 746 MB .* 64 MB"),
    ],
    ids=["arguments", "a result", "a result that hardly fits into memory"],
)
def test_a_call_that_is_too_large_costs_nothing_but_itself(echoes, ask, number, large, said):
    told = []
    with echoes.connection(told) as connection:
        for _ in range(2):
            with pytest.raises(MemoryError, match=said):
                ask(connection, number, (large,), {})
            assert ask(connection, 0, (np.ones(3),), {}) == 3
    assert len(told) == 1
    assert "64 MB" in told[0]
    assert len(echoes._idle) == 1, "the process goes on"
    with echoes.connection(told) as connection:
        assert ask(connection, 0, (np.ones(3),), {}) == 3
    assert len(told) == 1


@pytest.mark.skipif(os.name == "nt", reason="a socket goes to another process by its descriptor")
def test_what_a_notebook_carries_is_carried(echoes, ask):
    with echoes.connection() as connection:
        assert ask(connection, 0, (np.ones(6_000_000),), {}) == 6_000_000
        assert ask(connection, 1, (np.float64(6_000_000),), {}).shape == (6_000_000,)


@pytest.mark.skipif(os.name == "nt", reason="a socket goes to another process by its descriptor")
def test_layers_that_have_ended_are_told(ask):
    """Every call without the layers' process says so."""
    hog, told = Servers([Code(HOG)], Limits(cpu=1), None), []
    with hog.connection(told) as connection:
        for _ in range(3):
            with pytest.raises(RuntimeError, match="of the layers ended"):
                ask(connection, 0, (), {})
    assert len(told) == 1
    assert "ended" in told[0]
    hog.close()


@pytest.fixture
def whole(words, tmp_path):
    """A function: whole(text) returns the record, with the command's limits."""
    made = Grader(7, words)

    def grade(text):
        (tmp_path / "ada.ipynb").write_text(text)
        return made.grade(Found("ada", tmp_path / "ada.ipynb"))

    yield grade
    made.close()


@pytest.mark.sandbox
@pytest.mark.parametrize(("H", "notes"), [(400, 0), (1000, 1)])
def test_a_large_image_does_not_cost_other_questions(whole, H, notes):
    stem = "17_break_the_checker"
    cell = "".join(solution(stem)["cells"][place(solution(stem), "answer-q2")]["source"])
    size = f"conv2d(np.ones((4, 3, {H}, {H})), np.ones((1, 3, 1, 1))).shape == (4, 1, {H}, {H})"
    cell = cell.replace("    return True", f"    return {size}")
    record = whole(submission(stem=stem, answers={"q2": cell}))
    full = points(whole(submission(stem=stem)))
    assert points(record) == (full if not notes else full | {"q2": 0})
    assert len([note for note in record.notes if "64 MB" in note]) == notes, record.notes


# --- what the process that runs the layers gives away

ATTACK = """
import json, socket
from conv_course.checker import stand_in\nfrom conv_course.grade import layers

stand_in.connection = socket.socket(fileno=stand_in.descriptor)

def ask(*request):
    layers.send(stand_in.connection, json.dumps(request).encode())
    raise ValueError(layers.receive(stand_in.connection).decode())

NONE = {"d": []}

def code(source):
    return {"c": ["def f(): 0\\n" + source, NONE]}
"""
READ = "raise RuntimeError(42, open('/course/solutions/17_break_the_checker.ipynb').read(40))"
FRAME = "import sys\\nraise RuntimeError(42, sys._getframe(2).f_locals['codes'][0].constants)"
ATTACKS = {
    "code that is executed": "ask(0, [['C', code('raise RuntimeError(6 * 7)')]], NONE)",
    "a solution": f'ask(0, [["C", code("{READ}")]], NONE)',
    "the right layers": f'ask(0, [["C", code("{FRAME}")]], NONE)',
    "code by name": "ask(0, [], {'d': [['x', ['C', code('raise RuntimeError(42)')]]]})",
    "code as a number": "ask(code('raise RuntimeError(42)'), [], NONE)",
    "the last of the layers": "ask(-1, [], NONE)",
    "a layer that is none": "ask(True, [], NONE)",
}


@pytest.mark.sandbox
@pytest.mark.parametrize("stem", [STEM, "17_break_the_checker"])
def test_what_is_sent_to_the_layers_is_not_executed(grade, stem):
    cells = [ATTACK, *ATTACKS.values()]
    for first in (cells[:5], [cells[0], *cells[5:]]):  # a record has notes on five cells
        record = grade(submission(stem=stem, first=first), name=f"{stem}.ipynb")
        said = [note for note in record.notes if "stopped: ValueError" in note]
        assert len(said) == len(first) - 1, record.notes
        for note in said:
            assert "error" in note
            assert any(why in note for why in ("no plain data", "not an encoded answer", "no such function"))
            assert "42" not in note
        assert record.points == record.of


FIND = """
def f():
    import os
    import sys

    found = []
    for place, folders, files in os.walk("/"):
        if place in ("/proc", "/sys", "/usr", "/dev", sys.base_prefix) or "-packages" in place:
            folders.clear()
            continue
        found += [os.path.join(place, name) for name in files]
    return found
"""
WRITE = """
def f():
    import os

    made = []
    for place in ("/", "/tmp", "/course", "/dev/shm", "/dev", "/course/conv_lib", os.getcwd()):
        try:
            with open(os.path.join(place, "left"), "w") as file:
                file.write("for the next")
            made.append(place)
        except OSError:
            pass
    return made
"""
START = """
def f(what):
    import os
    import socket

    if what == "a process":
        os.fork()
    if what == "a program":
        os.posix_spawn("/usr/bin/true", ["true"], {})
    if what == "a socket":
        socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
    if what == "a connection":
        socket.create_connection(("127.0.0.1", 1))
    return "done"
"""
KEEP = """
def f(x):
    import numpy

    numpy.kept = getattr(numpy, "kept", 0) + 1
    kept[0] += 1
    return numpy.kept, kept[0]
"""
IMPORT = """
def f():
    from conv_course.checker.wrong_layers import FORWARD

    return len(FORWARD)
"""
HOG = "def f():\n    import itertools\n    return sum(itertools.count())"


@pytest.fixture
def confined(words):
    given = [Code(FIND), Code(WRITE), Code(START), Code(KEEP, kept=[0]), Code(HOG)]
    given.append(Code("def f(): from conv_course.checker.wrong_layers import FORWARD; return len(FORWARD)"))
    made = Servers(given, Limits(cpu=1), words)
    yield made
    made.close()


def answered(connection, number, *args):
    layers.send(connection, dumps([number, [["C", arg] for arg in args], {}]))
    return loads(layers.receive(connection))


@pytest.mark.sandbox
def test_only_what_the_layers_need_is_there(confined):
    """There is no solution, no sheet, no seed, and nothing of the course's folder."""
    with confined.connection() as connection:
        _, found, _ = answered(connection, 0)
        assert answered(connection, 5)[1] > 10
    course = {path.removeprefix("/course/") for path in found if path.startswith("/course/")}
    assert {path for path in course if path.endswith(".py")} == {
        "conv_lib/__init__.py",
        "conv_lib/sizes.py",
        "conv_course/__init__.py",
        *(f"conv_course/grade/{name}.py" for name in ("__init__", "layers")),
        *(
            f"conv_course/checker/{name}.py"
            for name in ("__init__", "answers", "cases", "defaults", "guards")
        ),
        *(f"conv_course/checker/{name}.py" for name in ("run", "watch", "wire")),
        *(f"conv_course/checker/{name}.py" for name in ("slips", "wrong_layers")),
    }
    assert all(path.endswith((".py", ".pyc")) for path in course)
    assert not [path for path in found if path.endswith((".ipynb", ".csv", ".state")) or ".git" in path]
    assert not [path for path in found if str(given.COURSE) in path and "-packages" not in path]


@pytest.mark.sandbox
def test_nothing_can_be_left_behind(confined):
    """No file and nothing in memory: each submission gets a process as clean as the first one's."""
    for _ in range(3):
        with confined.connection() as connection:
            assert answered(connection, 1)[1] == []
            assert [answered(connection, 3, 0)[1] for _ in range(2)] == [(1, 1), (2, 2)]
    assert len(confined._idle) == 1


@pytest.mark.sandbox
@pytest.mark.parametrize("what", ["a process", "a program", "a socket", "a connection"])
def test_nothing_can_be_started(confined, what):
    with confined.connection() as connection:
        assert answered(connection, 2, "nothing")[1] == "done"
        kind, error, _ = answered(connection, 2, what)
        assert (kind, error) in (("error", "PermissionError"), ("error", "OSError"))


@pytest.mark.sandbox
def test_the_computing_time_of_a_submission_is_limited(confined):
    with confined.connection() as connection:
        layers.send(connection, dumps([4, [], {}]))
        assert layers.receive(connection) is None
    with confined.connection() as connection:
        assert answered(connection, 3, 0)[1] == (1, 1)


@pytest.mark.skipif(os.name == "nt", reason="a socket goes to another process by its descriptor")
def test_nothing_is_kept_without_a_sandbox_either():
    servers = Servers([Code(KEEP, kept=[0])], Limits(), None)
    for _ in range(2):
        with servers.connection() as connection:
            assert [answered(connection, 0, 0)[1] for _ in range(2)] == [(1, 1), (2, 2)]
    servers.close()
