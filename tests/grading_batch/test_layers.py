"""Functions that a question hands over stay out of the learner's process, and behave as if in it."""

import os

import numpy as np
import pytest

from conv_lib.grading.answers import dumps, loads
from conv_lib.grading.batch import layers
from conv_lib.grading.batch.sandbox import Limits
from conv_lib.grading.batch.servers import Servers
from conv_lib.grading.questions import Code
from tests.grading_batch.classroom import points, submission

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
        layers.send(connection, dumps([1, [["C", np.float64(0)]], {}]))  # runs on when nobody waits any more
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
