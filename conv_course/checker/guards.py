"""Keep a learner's function from hanging the notebook, filling memory or flooding the page.

An endless Python loop is stopped. A loop inside a single call into C (`np.linalg.svd` of a huge array,
`sum(itertools.count())`) is out of scope, since Python gets no control before the call returns.
"""

import contextlib
import io
import signal
import sys
import threading
import time
import warnings

from numpy import errstate

# in the browser's Python the process clock does not advance
computing = time.monotonic if sys.platform == "emscripten" else time.process_time
PATIENCE = 6  # a call's wall-clock time may be this multiple of its CPU time (imports, a busy machine)
PRINTED = 2000  # characters of a function's own output that are kept


class TimeLimit(BaseException):
    """The call ran out of time. Not an Exception, so that `except Exception` does not swallow it."""


def way_to_interrupt():
    """Return how an endless loop can be stopped here: "alarm", "monitoring" or "trace"."""
    if (
        sys.platform != "emscripten"
        and hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
    ):
        return "alarm"
    return "monitoring" if hasattr(sys, "monitoring") else "trace"


@contextlib.contextmanager
def time_limit(seconds, way=None):
    """Raise `TimeLimit` inside the block once it has computed for `seconds`."""
    with _WAYS[way or way_to_interrupt()](seconds):
        yield


# files whose code runs when the block is left: an exception in them would leave the watch on forever
# (taken from code: where a module was loaded as bytecode alone, its `__file__` names that)
_LEAVING = (__file__, contextlib.contextmanager.__code__.co_filename)


def _clock(seconds):
    """Return a function that tells whether the time is used up."""
    computed, waited = computing() + seconds, time.monotonic() + PATIENCE * seconds
    return lambda: computing() > computed or time.monotonic() > waited


@contextlib.contextmanager
def _alarm(seconds):
    home = sys._getframe()
    while home is not None and home.f_code.co_filename in _LEAVING:
        home = home.f_back
    active, stops = True, []
    clock = _clock(seconds)

    # a loop with a bare `except:` swallows the first TimeLimit, so the next line must raise one as well. The
    # event that reports the first exception must not raise: that one would be swallowed too, and Python
    # switches off a trace function that has raised
    def trace(frame, event, argument):
        if active and event in ("line", "call") and frame.f_code.co_filename not in _LEAVING:
            raise TimeLimit
        return trace

    def watch(code, *_):
        if active and code is not home.f_code and code.co_filename not in _LEAVING:
            raise TimeLimit

    def ring(signum, frame):
        if not active or not clock():
            return
        if hasattr(sys, "monitoring"):
            if not stops:
                stops.append(_at_events(("LINE", "JUMP", "BRANCH", "PY_START"), watch))
        else:
            while frame is not None and frame is not home:
                frame.f_trace = trace
                frame = frame.f_back
            sys.settrace(trace)
        raise TimeLimit

    before = sys.gettrace()
    handler = signal.signal(signal.SIGALRM, ring)
    left, again = signal.setitimer(signal.ITIMER_REAL, seconds, min(seconds, 0.05))
    started = time.monotonic()
    try:
        yield
    finally:
        active = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        for stop in stops:
            stop()
        sys.settrace(before)
        signal.signal(signal.SIGALRM, handler)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - started), 0.001), again)


def _at_events(names, callback):
    """Have `sys.monitoring` call `callback` at these events in all code. Return a function that ends this."""
    monitoring = sys.monitoring
    tool = next(i for i in (4, 3, 5, 2) if monitoring.get_tool(i) is None)
    events = [getattr(monitoring.events, name) for name in names]
    monitoring.use_tool_id(tool, "conv_course.checker")
    for event in events:
        monitoring.register_callback(tool, event, callback)
    monitoring.set_events(tool, sum(events))

    def stop():
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)

    return stop


@contextlib.contextmanager
def _monitoring(seconds):
    clock = _clock(seconds)

    def late(code, *_):
        if clock() and code.co_filename not in _LEAVING:
            raise TimeLimit

    # every loop jumps backwards and every recursion starts functions, so watching both is enough
    stop = _at_events(("JUMP", "BRANCH", "PY_START"), late)
    try:
        yield
    finally:
        stop()


@contextlib.contextmanager
def _trace(seconds):
    # the last resort (Windows or a second thread, before Python 3.12): Python switches off a trace function
    # that has raised, so a loop that swallows the exception with a bare `except:` is not stopped
    clock = _clock(seconds)

    def late(frame, event, argument):
        if frame.f_code.co_filename not in _LEAVING and clock():
            raise TimeLimit
        return late

    before = sys.gettrace()
    sys.settrace(late)
    try:
        yield
    finally:
        sys.settrace(before)


_WAYS = {"alarm": _alarm, "monitoring": _monitoring, "trace": _trace}


@contextlib.contextmanager
def memory_limit(extra=2**30):
    """Let the process grow by at most `extra` bytes, on systems that support such a limit."""
    try:
        import resource

        with open("/proc/self/statm") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
    except (ImportError, OSError):
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = used + extra
    if soft == resource.RLIM_INFINITY or wanted < soft:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


class Printed(io.TextIOBase):
    """Keeps the first characters that are written and drops the rest."""

    def __init__(self):
        self.kept = ""

    def writable(self):
        return True

    def write(self, text):
        if len(self.kept) <= PRINTED:
            self.kept += str(text)[: PRINTED + 1]
        return len(text)

    def text(self):
        return self.kept if len(self.kept) <= PRINTED else self.kept[:PRINTED] + " ..."

    def take(self):
        """Return the text so far and clear it."""
        text, self.kept = self.text(), ""
        return text


@contextlib.contextmanager
def quiet():
    """Capture printed output in the yielded `Printed`. Drop warnings and floating-point errors."""
    printed = Printed()
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        warnings.catch_warnings(),
        errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield printed
