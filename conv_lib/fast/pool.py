"""A pool of Python threads: NumPy's copies and matrix products let go of the interpreter lock.

`share(task, blocks, threads)` calls task(block, take) once for each block, spread over `threads` threads of
which the caller is one; `take` is the thread's scratch, handed back after each block. Each thread has a share
of neighbouring blocks, the same one call after call: what a core wrote last time it finds in its own cache,
where another core's lines would have to be fetched. A thread that has done its share takes from the end of
another's, so that a core that is busy with something else does less. The workers sleep between calls.
"""

import contextvars
import os
import sys
import threading
from collections import deque
from contextlib import suppress
from itertools import pairwise
from queue import SimpleQueue

from conv_lib.fast import blas
from conv_lib.fast.scratch import frame

_jobs = SimpleQueue()
_workers = []
_lock = threading.Lock()


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
    """One call of `share`: the blocks that are left, and who takes part."""

    __slots__ = ("error", "seats", "shares", "task", "through")

    def __init__(self, task, blocks, threads):
        self.task = task
        self.shares = [deque(blocks[first:last]) for first, last in cut(len(blocks), threads)]
        self.seats = list(range(1, threads))  # places of the workers who have not joined yet
        self.through = SimpleQueue()  # a word from each of those who did, at their end
        self.error = None

    # a step of a list or a deque is one under the interpreter lock: no block and no place comes twice
    def blocks(self, place):
        """The blocks of one's own share, then what the others have left, from their ends."""
        with suppress(IndexError):
            while True:
                yield self.shares[place].popleft()
        for share in self.shares:
            with suppress(IndexError):
                while True:
                    yield share.pop()

    def work(self, place):
        """Take blocks until none is left; keep the first error for the caller."""
        try:
            for block in self.blocks(place):
                with frame() as take:
                    self.task(block, take)
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
        """The caller's end: let no more workers join, wait for those still at work."""
        joined = len(self.shares) - 1
        while self.seat():
            joined -= 1
        for _ in range(joined):
            self.through.get()
        # a sleeping worker keeps a reference to its last job: its arrays are to be freed
        self.task = None


def _serve(jobs):
    while True:
        context, job = jobs.get()
        context.run(job.join)


def _ensure(count):
    with _lock:
        while len(_workers) < count:
            worker = threading.Thread(target=_serve, args=(_jobs,), daemon=True, name="conv_lib.fast")
            worker.start()
            _workers.append(worker)


def _forget():
    """A child of fork has no workers: start again there."""
    global _jobs, _workers, _lock
    _jobs, _workers, _lock = SimpleQueue(), [], threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def share(task, blocks, threads):
    """Call task(block, take) for each of a sequence of blocks, on up to `threads` threads.

    Returns when all are done; the BLAS is held at one thread meanwhile. The first error of a task is raised.
    """
    threads = min(threads, len(blocks))
    with blas.one_thread():
        if threads <= 1:
            for block in blocks:
                with frame() as take:
                    task(block, take)
            return
        _ensure(threads - 1)
        job = _Job(task, blocks, threads)
        for _ in range(threads - 1):
            # the caller's np.errstate holds in its workers as well
            _jobs.put((contextvars.copy_context(), job))
        job.work(0)
        job.finish()
    if job.error is not None:
        raise job.error
