"""The pool of threads, and the BLAS that it holds at one."""

import contextlib
import os
import threading
import time
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

from conv_lib import fast, vectorized
from conv_lib.fast import blas, pool

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


def test_share_runs_each_number_once():
    for threads in (1, 2, 5):
        seen = []
        pool.share(seen.append, 40, threads)
        assert sorted(seen) == list(range(40))


@pytest.mark.parametrize("threads", [1, 3])
def test_share_passes_errors_on(threads):
    def task(number):
        if number == 2:
            raise ZeroDivisionError("number 2")

    with pytest.raises(ZeroDivisionError, match="number 2"):
        pool.share(task, 10, threads)
    pool.share(lambda number: None, 4, threads)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux keeps threads to cores")
@pytest.mark.parametrize("fails", [False, True])
def test_the_caller_may_run_on_all_its_cores_again(fails):
    """The caller is held on its core, and the workers off it, for the time of a job only."""
    allowed = os.sched_getaffinity(0)
    during = {}

    def task(number):
        during.setdefault(threading.get_ident(), os.sched_getaffinity(0))
        time.sleep(0.01)
        if fails:
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError) if fails else contextlib.nullcontext():
        pool.share(task, 4, 2)
    assert os.sched_getaffinity(0) == allowed
    mine = during.pop(threading.get_ident())
    assert len(mine) == 1 or len(allowed) == 1
    assert len(allowed) == 1 or all(not theirs & mine for theirs in during.values())


def test_workers_that_come_late_have_nothing_to_join():
    """With more threads than the machine has cores some of them find the job done: nobody waits for them."""
    for _ in range(200):
        seen = []
        pool.share(seen.append, 8, 8)
        assert sorted(seen) == list(range(8))


def test_a_sleeping_worker_keeps_no_arrays():
    kept = np.zeros(3)
    gone = weakref.ref(kept)

    def task(number, of=kept):
        time.sleep(0.01)  # long enough for the other thread to take one

    pool.share(task, 8, 2)
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


def test_workers_keep_the_callers_errstate():
    def task(_):
        seen.append(np.geterr()["invalid"])
        time.sleep(0.01)  # long enough for the other thread to take one

    seen = []
    with np.errstate(invalid="raise"):
        pool.share(task, 8, 2)
    assert seen == ["raise"] * 8


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_a_preparation_is_made_once_before_anybody_ends(threads):
    made, seen = [], []

    def part(number):
        time.sleep(0.002)  # whoever does not wait for it goes on without
        made.append(number)

    def task(number):
        ready.begin()
        ready.finish()
        seen.append((number, len(made)))

    ready = pool.Preparation(part, 7)
    pool.share(task, 20, threads)
    assert sorted(made) == list(range(7))
    assert sorted(seen) == [(number, 7) for number in range(20)]


def test_a_preparation_that_fails_keeps_nobody_waiting():
    def part(number):
        time.sleep(0.01)  # long enough for the other thread to take one
        raise ZeroDivisionError(f"part {number}")

    def task(_):
        ready.begin()
        ready.finish()

    ready = pool.Preparation(part, 2)
    with pytest.raises(ZeroDivisionError, match="part"):
        pool.share(task, 8, 2)
