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
from collections import deque
from contextlib import suppress
from functools import cache
from itertools import pairwise

from conv_lib.fast import blas
from conv_lib.fast.scratch import frame


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


@cache
def _workers():
    """Threads, as many as cores, started as they are needed; each sleeps until the next job."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(cores(), "conv_lib.fast")


if hasattr(os, "register_at_fork"):
    # a child of fork has no workers: start again there
    os.register_at_fork(after_in_child=_workers.cache_clear)


class _Job:
    """One call of `share`: the blocks that are left for each thread."""

    def __init__(self, task, blocks, threads):
        self.task = task
        self.shares = [deque(blocks[first:last]) for first, last in cut(len(blocks), threads)]

    # a step of a deque is one under the interpreter lock: no block comes twice
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
        """Take blocks until none is left; after an error there is none for anybody."""
        try:
            for block in self.blocks(place):
                with frame() as take:
                    self.task(block, take)
        except BaseException:
            for share in self.shares:
                share.clear()
            raise


def share(task, blocks, threads):
    """Call task(block, take) for each of a sequence of blocks, on up to `threads` threads.

    Returns when all are done; the BLAS is held at one thread meanwhile. An error of a task is raised.
    """
    threads, others = min(threads, len(blocks)), []
    with blas.one_thread():
        if threads <= 1:
            for block in blocks:
                with frame() as take:
                    task(block, take)
            return
        job = _Job(task, blocks, threads)
        with suppress(RuntimeError):  # while the interpreter exits no thread takes work any more
            for place in range(1, threads):
                # the caller's np.errstate holds in its workers as well
                others.append(_workers().submit(contextvars.copy_context().run, job.work, place))
        try:
            job.work(0)
        finally:
            # workers that have not begun are not needed, the others are waited for
            errors = [other.exception() for other in others if not other.cancel()]
    for error in filter(None, errors):
        raise error
