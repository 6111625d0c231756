"""Time contestants side by side: in turns, round after round, so that a slow phase affects all of them."""

import time
import tracemalloc

import numpy as np

ROUNDS = (5, 40)  # min, max
COUNTED = 4  # calls in one turn
LONG = 0.03  # seconds: if a call takes longer, a turn is one call
SLOW = 1.0  # seconds: if a call takes longer, two calls in total are enough
# Pause in seconds. In several libraries the threads spin after a call, which would slow down the next
# contestant; in OpenBLAS for up to 80 ms on the machine of the stored results
SETTLE = 0.1


def interleaved(calls, seconds):
    """Return {name: {"min": s, "median": s, "calls": n}} for calls {name: function}.

    In every round each contestant has a turn: a pause until the previous one's threads sleep, a call that is
    not counted, then some that are (just one if a call takes more than 30 ms). A contestant that takes more
    than a second per call has two calls in total. The others continue for at least five rounds, until the
    calls of a contestant have taken `seconds` on average.
    """
    times = {name: [] for name in calls}

    def once(name):
        start = time.perf_counter()
        result = calls[name]()
        taken = time.perf_counter() - start
        del result
        return taken

    first = {name: once(name) for name in calls}
    slow = [name for name in calls if first[name] > SLOW]
    for name in slow:
        time.sleep(SETTLE)
        times[name] = [first[name], once(name)] if first[name] < 10 else [first[name]]
    rest = [name for name in calls if name not in slow]
    end = time.perf_counter() + seconds * len(rest)
    rounds = 0
    while rest and (rounds < ROUNDS[0] or (time.perf_counter() < end and rounds < ROUNDS[1])):
        for name in rest:
            time.sleep(SETTLE)
            if first[name] > LONG:
                times[name].append(once(name))
            else:
                once(name)
                times[name] += [once(name) for _ in range(COUNTED)]
        rounds += 1
    return {
        name: {"min": min(taken), "median": float(np.median(taken)), "calls": len(taken)}
        for name, taken in times.items()
    }


def sgemm_rate(seconds=0.5):
    """Return operations per second of a 1024 x 1024 x 1024 product in float32, the best of many."""
    a = np.random.default_rng(0).standard_normal((2, 1024, 1024), np.float32)
    out = np.empty((1024, 1024), np.float32)
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        np.matmul(a[0], a[1], out=out)
        best = min(best, time.perf_counter() - start)
    return 2 * 1024**3 / best


def copy_rate(seconds=0.3):
    """Return the bytes per second that a copy of 64 MiB reads and writes."""
    source = np.ones(16 << 20, np.float32)
    target = np.empty_like(source)
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        np.copyto(target, source)
        best = min(best, time.perf_counter() - start)
    return 2 * source.nbytes / best


def extra_memory(call):
    """Return the peak bytes of NumPy memory during a call, beyond its result and the memory used before.

    Scratch memory that `fast` keeps between calls is counted in full.
    """
    from conv_lib.fast import scratch

    scratch.release()
    kept = scratch.kept()
    tracemalloc.start()
    result = call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    arrays = result if isinstance(result, tuple) else (result,)
    return max(peak + kept - sum(array.nbytes for array in arrays), 0)


def relative_errors(found, exact):
    """Return the largest error of each array, relative to the largest entry of the exact one."""
    found, exact = (a if isinstance(a, tuple) else (a,) for a in (found, exact))
    return [float(abs(one - other).max() / abs(other).max()) for one, other in zip(found, exact, strict=True)]
