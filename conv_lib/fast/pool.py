"""A pool of Python threads: NumPy's copies and matrix products let go of the interpreter lock.

`share(task, count, threads)` calls task(0) ... task(count - 1), each once, spread over `threads` threads of
which the caller is one. Whoever is free takes the next number, so that a core that is busy with something
else takes fewer. The workers sleep between calls.
"""

import contextvars
import os
import sys
import threading
from queue import SimpleQueue

from conv_lib.fast import blas

_jobs = SimpleQueue()
_workers = 0
_lock = threading.Lock()


def cores():
    """Cores that this process may run on; 1 where there are no threads (WebAssembly)."""
    if sys.platform in ("emscripten", "wasi"):
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Job:
    def __init__(self, task, count):
        self.task = task
        self.numbers = iter(range(count))
        self.lock = threading.Lock()
        self.helping = 0
        self.closed = False
        self.error = None
        self.done = threading.Lock()
        self.done.acquire()

    def work(self):
        """Take numbers until none is left; keep the first error for the caller."""
        try:
            # next() on a range iterator is one step under the interpreter lock: no number comes twice
            for number in self.numbers:
                self.task(number)
        except BaseException as error:
            self.numbers = iter(())
            self.error = self.error or error

    def help(self):
        """A worker's part: join unless the caller has gone, and wake the caller if it waits."""
        with self.lock:
            if self.closed:
                return
            self.helping += 1
        self.work()
        with self.lock:
            self.helping -= 1
            if self.closed and self.helping == 0:
                self.done.release()

    def finish(self):
        """The caller's end: let nobody join any more, wait for those who are still at work."""
        with self.lock:
            self.closed = True
            waiting = self.helping > 0
        if waiting:
            self.done.acquire()


def _serve(jobs):
    while True:
        context, job = jobs.get()
        context.run(job.help)


def _ensure(count):
    global _workers
    with _lock:
        while _workers < count:
            threading.Thread(target=_serve, args=(_jobs,), daemon=True, name="conv_lib.fast").start()
            _workers += 1


def _forget():
    """A child of fork has no workers: start again there."""
    global _jobs, _workers, _lock
    _jobs, _workers, _lock = SimpleQueue(), 0, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def share(task, count, threads):
    """Call task(i) for i in range(count) on up to `threads` threads; return when all are done.

    The BLAS is held at one thread meanwhile. The first error of any task is raised here.
    """
    threads = min(threads, count)
    if threads <= 1:
        with blas.one_thread():
            for number in range(count):
                task(number)
        return
    _ensure(threads - 1)
    job = _Job(task, count)
    with blas.one_thread():
        for _ in range(threads - 1):
            # the caller's np.errstate holds in its workers as well
            _jobs.put((contextvars.copy_context(), job))
        job.work()
        job.finish()
    if job.error is not None:
        raise job.error
