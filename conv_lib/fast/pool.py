"""A pool of Python threads: NumPy's copies and matrix products release the interpreter lock.

`share(task, blocks, threads)` calls task(block, take) once for each block, spread over `threads` threads
including the caller; `take` is the thread's scratch, handed back after each block. Each thread gets the same
share of neighbouring blocks at every call, so that a core finds what it wrote last time in its own cache and
need not fetch it from another core's. A thread that has finished its share takes blocks from the end of
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
    """Cut `total` items into `count` even pieces, or a few more so that each thread gets the same number.

    Returns [(first, past the last), ...]; no piece is empty.
    """
    count = min(-(-count // threads) * threads, total)
    return list(pairwise(total * k // count for k in range(count + 1)))


@cache
def _workers():
    """Up to one thread per core, started as they are needed; each sleeps until the next job."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(cores(), "conv_lib.fast")


if hasattr(os, "register_at_fork"):
    # a forked child has no workers: it starts its own
    os.register_at_fork(after_in_child=_workers.cache_clear)


def _blocks(shares, place):
    """Yield the blocks of this thread's share, then those left in the others' shares, from their ends."""
    # popping from a deque is atomic: no block is handed out twice
    with suppress(IndexError):
        while True:
            yield shares[place].popleft()
    for share in shares:
        with suppress(IndexError):
            while True:
                yield share.pop()


def _work(task, shares, place):
    """Take blocks until none is left; an error clears all shares, so that every thread stops."""
    try:
        for block in _blocks(shares, place):
            with frame() as take:
                task(block, take)
    except BaseException:
        for share in shares:
            share.clear()
        raise


def share(task, blocks, threads):
    """Call task(block, take) for each of a sequence of blocks, on up to `threads` threads.

    Returns when all are done; the BLAS is held at one thread meanwhile. An error in a task is raised here.
    """
    threads, others = min(threads, len(blocks)), []
    with blas.one_thread():
        if threads <= 1:
            for block in blocks:
                with frame() as take:
                    task(block, take)
            return
        shares = [deque(blocks[first:last]) for first, last in cut(len(blocks), threads)]
        with suppress(RuntimeError):  # while the interpreter exits, no thread accepts work
            for place in range(1, threads):
                # the copied context carries the caller's np.errstate to its workers
                others.append(_workers().submit(contextvars.copy_context().run, _work, task, shares, place))
        try:
            _work(task, shares, 0)
        finally:
            # cancel the workers that have not begun; wait for the others
            errors = [other.exception() for other in others if not other.cancel()]
    for error in filter(None, errors):
        raise error
