"""Two processes that want one thing take turns, and say so (tools/turns.py)."""

import subprocess
import sys
import threading
import time

import pytest

from tools import build_book, build_lite, turns
from tools.process import Status

HOLDER = """
import sys
from tools.turns import alone
with alone(sys.argv[1], ""):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(path):
    """Return another process that holds the lock file until its input ends."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_one_waits_says_so_once_and_goes_on(tmp_path):
    other, said, turn = hold(tmp_path / "a.lock"), [], threading.Event()

    def second():
        with turns.alone(tmp_path / "a.lock", "waiting", said.append):
            turn.set()

    thread = threading.Thread(target=second)
    thread.start()
    assert not turn.wait(1.2)
    assert said == ["waiting"]
    other.communicate("")
    assert turn.wait(10)
    thread.join()


def test_the_turn_of_a_killed_process_is_over(tmp_path):
    other = hold(tmp_path / "a.lock")
    other.kill()
    other.wait()
    said = []
    with turns.alone(tmp_path / "a.lock", "waiting", said.append):
        assert said == []


@pytest.mark.parametrize(("what", "name"), [("book", "the book"), ("lite", "JupyterLite")])
def test_a_build_waits_for_the_one_before_it(what, name, tmp_path, monkeypatch):
    events, lines = [], []
    lock = tmp_path / f"{what}.lock"

    class Said(Status):
        def say(self, text):
            lines.append(text)

    if what == "book":
        monkeypatch.setattr(build_book, "BUILD", tmp_path)
        monkeypatch.setattr(build_book, "_build", lambda *given: events.append("built"))
        build = lambda: build_book.build(status=Said())  # noqa: E731
    else:
        monkeypatch.setattr(build_lite, "_build", lambda *given: events.append("built"))
        build = lambda: build_lite.build(tmp_path / "html", lines.append)  # noqa: E731
    other = hold(lock)
    thread = threading.Thread(target=build)
    thread.start()
    time.sleep(1)
    assert events == []
    assert [line.partition(";")[0] for line in lines] == [f"Another course.py is building {name}"]
    other.communicate("")
    thread.join(10)
    assert events == ["built"]
