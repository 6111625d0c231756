"""A learner's function cannot hang the process that checks it, flood its output or fill its memory."""

import sys
import time

import numpy as np
import pytest

from conv_course.checker import guards
from conv_course.checker.guards import TimeLimit, memory_limit, quiet, time_limit
from conv_course.checker.questions import case
from conv_course.checker.run import run


def forever():
    while True:
        pass


def forever_in_try():
    while True:
        try:
            sum(range(10))
        except:  # noqa: E722
            continue


def forever_around_a_try():
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722
            pass


def forever_in_numpy():
    a = np.ones(10)
    while True:
        a = a * 1.0


WAYS = ["alarm", "trace"] + (["monitoring"] if hasattr(sys, "monitoring") else [])


# a trace raises only once, so a loop that swallows everything continues, as `guards` says
STOPPED = [
    (way, loop)
    for way in WAYS
    for loop in (forever, forever_in_try, forever_around_a_try, forever_in_numpy)
    if way != "trace" or loop not in (forever_in_try, forever_around_a_try)
]


@pytest.mark.parametrize(("way", "loop"), STOPPED)
def test_an_endless_loop_is_stopped(way, loop):
    with pytest.raises(TimeLimit), time_limit(0.1, way):
        loop()


@pytest.mark.parametrize("way", WAYS)
def test_a_quick_block_leaves_no_alarm_and_no_trace(way):
    before = sys.gettrace()
    with time_limit(0.05, way):
        assert sum(range(10)) == 45
    assert sys.gettrace() is before
    end = time.process_time() + 0.1
    while time.process_time() < end:
        sum(range(100))


@pytest.mark.parametrize("way", WAYS)
def test_after_a_stopped_loop_nothing_watches_any_more(way):
    with pytest.raises(TimeLimit), time_limit(0.05, way):
        forever()
    assert sum(map(abs, range(10))) == 45  # a watch that stayed on would raise here
    if hasattr(sys, "monitoring"):
        assert [sys.monitoring.get_tool(tool) for tool in (2, 3, 4, 5)] == [None] * 4


def test_an_alarm_of_somebody_else_still_rings():
    import signal

    if not hasattr(signal, "setitimer"):
        pytest.skip("no alarms here")
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    old = signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with time_limit(5, "alarm"):
            pass
        end = time.monotonic() + 5
        while not rung and time.monotonic() < end:
            time.sleep(0.01)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if old[0]:
            signal.setitimer(signal.ITIMER_REAL, *old)
    assert rung


def test_after_a_loop_the_other_cases_are_skipped():
    answers = run(lambda n: forever() if n == 2 else n, [case(1), case(2), case(3)], seconds=0.2)
    assert [a.status for a in answers] == ["value", "timeout", "skipped"]


def test_memory():
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_AS)

    def greedy(n):
        return np.ones((n, n, n))

    assert run(greedy, [case(5000)])[0].status == "memory"
    assert run(lambda: [0] * 10**10, [case()])[0].status == "memory"
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    with memory_limit():
        assert np.ones(10).sum() == 10


def test_a_result_that_is_too_large_is_not_copied():
    (answer,) = run(lambda: np.zeros((50, 50)), [case()], limits=[100])
    assert (answer.value.kind, answer.value.detail) == ("huge", "shape (50, 50)")
    (answer,) = run(lambda: [[0] * 50] * 50, [case()], limits=[100])
    assert answer.value.kind == "huge"


def test_a_flood_of_text_is_cut():
    with quiet() as printed:
        for _ in range(100_000):
            print("flood")
        print("x", file=sys.stderr)
    assert len(printed.text()) <= guards.PRINTED + 4
    assert printed.text().startswith("flood\nflood")


def test_warnings_of_the_learner_are_not_shown(recwarn):
    run(lambda: np.zeros(1) / np.zeros(1), [case()])
    assert not recwarn.list
