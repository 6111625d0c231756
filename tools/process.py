"""Run child processes that end when their parent is told to end, on every system.

Ctrl-C in a terminal reaches the whole group of processes; a signal sent to one process reaches only that
one. Either way each parent waits a little for its child, passes the stop on, and only then exits.
"""

import contextlib
import signal
import subprocess
import sys
import threading
import time

PATIENCE = 5.0  # seconds that a child gets to tidy up after a stop


@contextlib.contextmanager
def stops_on_sigterm():
    """Treat SIGTERM as Ctrl-C, so that a terminated parent terminates its children as well."""

    def interrupt(number, frame):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def run(command, cwd=None, env=None, on_line=None, on_tick=None, patience=None):
    """Run `command` to its end and return its exit code, or 130 if it was interrupted.

    `patience` is the number of seconds that it gets to tidy up after a stop (by default PATIENCE). With
    `on_line`, the child's output is passed to that function line by line instead of to the terminal, and
    `on_tick` is called several times per second with the elapsed seconds.
    """
    piped = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "text": True,
        "encoding": "utf-8",
        "errors": "replace",
    }
    reader = None
    with _stops_kept() as stops:
        child = subprocess.Popen(command, cwd=cwd, env=env, **(piped if on_line else {}))
    try:
        if stops:
            raise KeyboardInterrupt
        if on_line:
            reader = threading.Thread(target=_pass_on, args=(child.stdout, on_line), daemon=True)
            reader.start()
        begin = time.monotonic()
        while True:
            try:
                code = child.wait(timeout=0.2 if on_tick else None)
                break
            except subprocess.TimeoutExpired:
                on_tick(time.monotonic() - begin)
    except KeyboardInterrupt:
        stop(child, patience)
        raise
    if reader is not None:
        reader.join(timeout=PATIENCE)
    return 130 if code in (-signal.SIGINT, -signal.SIGTERM) else code


@contextlib.contextmanager
def _stops_kept():
    """Collect stops that arrive while a child starts in a list: raised there, they would lose its handle."""
    stops, before = [], {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            if callable(signal.getsignal(number)):
                before[number] = signal.signal(number, lambda *args: stops.append(args))
    try:
        yield stops
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop(child, patience=None):
    """End a child: wait a moment, since it may have received the Ctrl-C itself, then terminate, then kill it.

    Another Ctrl-C skips to the next step at once.
    """
    for ask, seconds in ((None, 2.0), (child.terminate, patience or PATIENCE), (child.kill, None)):
        if ask:
            ask()
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            child.wait(timeout=seconds)
            return


def _pass_on(stream, on_line):
    for line in stream:
        on_line(line.rstrip("\n"))


class Status:
    """A progress line: rewritten in place on a terminal, otherwise printed every `EVERY` seconds."""

    EVERY = 15.0  # seconds between lines if they cannot be rewritten in place

    def __init__(self, out=None):
        self.out = out or sys.stdout
        self.live = self.out.isatty()
        self.width = 0
        self.said_at = time.monotonic()

    def show(self, text):
        if self.live:
            text = text[:100]
            self.out.write("\r" + text.ljust(self.width))
            self.width = len(text)
        elif time.monotonic() - self.said_at > self.EVERY:
            self.say(text)
        self.out.flush()

    def say(self, text):
        if self.live and self.width:
            self.out.write("\r" + " " * self.width + "\r")
            self.width = 0
        self.out.write(text + "\n")
        self.out.flush()
        self.said_at = time.monotonic()
