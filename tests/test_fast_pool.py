"""The pool of threads, and the BLAS, which it holds at one thread."""

import os
import threading
import time
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

from conv_lib import fast, vectorized
from conv_lib.fast import blas, pool, scratch

RNG = np.random.default_rng(0)


def test_many_user_threads_at_once():
    x = RNG.standard_normal((6, 2, 24, 33, 31), np.float32)
    w = RNG.standard_normal((6, 24, 24, 3, 3), np.float32)
    expected = [vectorized.conv2d(x[k], w[k], padding=1) for k in range(6)]
    gradients = [vectorized.conv2d_backward(expected[k], x[k], w[k], padding=1) for k in range(6)]
    wrong = []

    def work(k):
        for _ in range(3):
            y = fast.conv2d(x[k], w[k], padding=1)
            back = fast.conv2d_backward(expected[k], x[k], w[k], padding=1)
            for found, right in zip((y, *back), (expected[k], *gradients[k]), strict=True):
                if abs(found - right).max() > 3e-5 * abs(right).max():
                    wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def shared_blocks(count, threads):
    """Return the blocks 0 ... count - 1 in the order in which the threads took them."""
    seen = []
    pool.share(lambda block, take: seen.append(block), range(count), threads)
    return seen


def test_share_runs_each_number_once():
    for threads in (1, 2, 5):
        seen = shared_blocks(40, threads)
        assert sorted(seen) == list(range(40))


@pytest.mark.parametrize("threads", [1, 3])
def test_share_passes_errors_on(threads):
    def task(number, take):
        if number == 2:
            raise ZeroDivisionError("number 2")

    with pytest.raises(ZeroDivisionError, match="number 2"):
        pool.share(task, range(10), threads)
    pool.share(lambda number, take: None, range(4), threads)


def test_workers_that_start_late_are_not_waited_for():
    """With more threads than cores, some find the job already done. The caller does not wait for them."""
    for _ in range(200):
        seen = shared_blocks(8, 8)
        assert sorted(seen) == list(range(8))


def test_a_sleeping_worker_keeps_no_arrays():
    kept = np.zeros(3)
    gone = weakref.ref(kept)

    def task(number, take, of=kept):
        time.sleep(0.01)  # long enough for the other thread to take one

    pool.share(task, range(8), 2)
    del kept, task
    assert gone() is None


def test_blas_threads_come_back():
    pytest.importorskip("threadpoolctl")
    before = [library.get_num_threads() for library in blas._libraries()]
    with blas.one_thread(), blas.one_thread():
        assert [library.get_num_threads() for library in blas._libraries()] == [1] * len(before)
    assert [library.get_num_threads() for library in blas._libraries()] == before


def test_a_blas_that_is_not_openblas_is_switched_by_its_controller():
    other = SimpleNamespace(internal_api="mkl", get_num_threads=lambda: 4, set_num_threads=print)
    own = other.get_num_threads, other.set_num_threads
    assert blas._functions(other) == own
    nameless = {"internal_api": "openblas", "threading_layer": "pthreads", "dynlib": None}
    assert blas._functions(SimpleNamespace(**vars(other) | nameless)) == own


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="only Linux has it")
def test_a_call_leaves_the_callers_cores_alone():
    allowed = os.sched_getaffinity(0)
    during = []

    def task(number, take):
        during.append(os.sched_getaffinity(0))
        time.sleep(0.01)  # long enough for the other thread to take one

    pool.share(task, range(4), 2)
    assert during == [allowed] * 4


@pytest.mark.parametrize("threads", [1, 2])
def test_share_opens_a_frame_for_each_block(threads):
    def task(number, take):
        take((100,), np.float32)
        used.append(scratch._arena.used)

    used = []
    pool.share(task, range(6), threads)
    assert len(set(used)) == 1
    assert scratch._arena.used == 0


def test_workers_keep_the_callers_errstate():
    def task(number, take):
        seen.append(np.geterr()["invalid"])
        time.sleep(0.01)  # long enough for the other thread to take one

    seen = []
    with np.errstate(invalid="raise"):
        pool.share(task, range(8), 2)
    assert seen == ["raise"] * 8
