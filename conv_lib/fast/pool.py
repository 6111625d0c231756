"""A pool of Python threads: NumPy's copies and matrix products let go of the interpreter lock.

`share(task, count, threads)` calls task(0) ... task(count - 1), each once, spread over `threads` threads of
which the caller is one. Each has a share of neighbouring numbers, the same one call after call: what a core
wrote last time it finds in its own cache, where another core's lines would have to be fetched. Whoever has
done its share takes from the end of another's, so that a core that is busy with something else does less.
The workers sleep between calls.
"""

import contextvars
import ctypes
import os
import sys
import threading
from collections import deque
from contextlib import suppress
from functools import cache
from itertools import pairwise
from queue import SimpleQueue

from conv_lib.fast import blas

_jobs = SimpleQueue()
_workers = []
_lock = threading.Lock()
_caller = None  # the core that the workers keep off


def cores():
    """Cores that this process may run on; 1 where there are no threads (WebAssembly)."""
    if sys.platform in ("emscripten", "wasi"):
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cut(total, count, threads=1):
    """Cut `total` things into `count` even pieces or a few more, as many for each thread.

    Returns [(first, past the last), ...]; no piece is empty.
    """
    count = min(-(-count // threads) * threads, total)
    return list(pairwise(total * k // count for k in range(count + 1)))


def cut_batch(images, rows, most, threads):
    """Cut a batch into blocks of at most about `most` rows: several whole images, or some rows of one.

    Returns [(first image, past the last, first row, past the last), ...]; if it can,
    as many for each thread.
    """
    if rows * 2 <= most and threads <= images:
        return [(*part, 0, rows) for part in cut(images, -(-images * rows // most), threads)]
    parts = cut(rows, -(-rows // most), threads if images % threads else 1)
    return [(n, n + 1, *part) for n in range(images) for part in parts]


class _Job:
    """One call of `share`: the numbers that are left, and who takes part."""

    __slots__ = ("error", "seats", "shares", "task", "through")

    def __init__(self, task, count, threads):
        self.task = task
        self.shares = [deque(range(*share)) for share in cut(count, threads)]
        self.seats = list(range(1, threads))  # places of the workers who have not joined yet
        self.through = SimpleQueue()  # a word from each of those who did, at their end
        self.error = None

    # a step of a list or a deque is one under the interpreter lock: no number and no place comes twice
    def numbers(self, place):
        """The numbers of one's own share, then what the others have left, from their ends."""
        with suppress(IndexError):
            while True:
                yield self.shares[place].popleft()
        for share in self.shares:
            with suppress(IndexError):
                while True:
                    yield share.pop()

    def work(self, place):
        """Take numbers until none is left; keep the first error for the caller."""
        try:
            for number in self.numbers(place):
                self.task(number)
        except BaseException as error:
            for share in self.shares:
                share.clear()
            self.error = self.error or error

    def join(self):
        """A worker's part, unless the caller has gone."""
        if place := self.seat():
            self.work(place)
            self.through.put(place)

    def seat(self):
        """A place that nobody has taken yet; None if there is none."""
        with suppress(IndexError):
            return self.seats.pop()

    def finish(self):
        """The caller's end: let nobody join any more, wait for those who are still at work."""
        joined = len(self.shares) - 1
        while self.seat():
            joined -= 1
        for _ in range(joined):
            self.through.get()
        self.task = None  # a worker holds its last job while it sleeps: not the arrays of the task, too


def _serve(jobs):
    while True:
        context, job = jobs.get()
        context.run(job.join)


def _ensure(count):
    global _caller
    if len(_workers) >= count:
        return
    with _lock:
        while len(_workers) < count:
            worker = threading.Thread(target=_serve, args=(_jobs,), daemon=True, name="conv_lib.fast")
            worker.start()
            _workers.append(worker)
            _caller = None


@cache
def _core_number():
    """A function that says on which core the calling thread runs; None where there is none (Linux has)."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    try:
        return ctypes.CDLL(None).sched_getcpu
    except (OSError, AttributeError):
        return None


class _apart:  # a generator would cost a small layer more
    """Hold the caller on its core, and the workers off it, for the time of a job.

    A thread that is woken may be put on the very core of the one that woke it, above all in a virtual
    machine, where an idle core counts as taken away. It then stands in the way of the work that it is to
    share.
    """

    __slots__ = ("allowed",)

    def __enter__(self):
        global _caller
        self.allowed = None
        if _core_number() is None:
            return
        core, self.allowed = _core_number()(), os.sched_getaffinity(0)
        others = self.allowed - {core}
        if others and core != _caller:
            for worker in _workers:
                _keep_to(worker.native_id, others)
            _caller = core
        _keep_to(0, {core})

    def __exit__(self, *error):
        if self.allowed is not None:
            _keep_to(0, self.allowed)


def _keep_to(thread, cores):
    with suppress(OSError):  # a container may forbid it: the scheduler then does as it likes
        os.sched_setaffinity(thread, cores)


class Preparation:
    """What all tasks of a job need before they can end: part(0) ... part(count - 1), each done once.

    A task calls `begin`, which does one part, goes on with what it needs no other part for, and calls
    `finish`. One job with a preparation costs less than two jobs, for nobody is woken twice.
    """

    __slots__ = ("_at_work", "_left", "_part")

    def __init__(self, part, count):
        self._part = part
        self._left = list(range(count))
        self._at_work = [threading.Lock() for _ in range(count)]
        for lock in self._at_work:
            lock.acquire()

    def begin(self):
        """Do one part, unless all are taken; True if there was one."""
        try:
            number = self._left.pop()
        except IndexError:
            return False
        try:
            self._part(number)
        finally:
            self._at_work[number].release()
        return True

    def finish(self):
        """Do what nobody has taken, and wait for what others are still at."""
        while self.begin():
            pass
        for lock in self._at_work:
            with lock:
                pass


def _forget():
    """A child of fork has no workers: start again there."""
    global _jobs, _workers, _lock, _caller
    _jobs, _workers, _lock, _caller = SimpleQueue(), [], threading.Lock(), None


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
    with blas.one_thread(), _apart():
        job = _Job(task, count, threads)
        for _ in range(threads - 1):
            # the caller's np.errstate holds in its workers as well
            _jobs.put((contextvars.copy_context(), job))
        job.work(0)
        job.finish()
    if job.error is not None:
        raise job.error
