"""Measure one configuration of the suite (number of threads, way of allocating) in its own process."""

import json
import os
import subprocess
import sys

from benchmarks import measure
from benchmarks.contestants import Case, contestants
from benchmarks.layers import LAYERS

HEAPS = {
    "as it comes": {},
    # glibc returns large blocks to the system at once, and fresh pages are slow to get, so keep them
    "kept": {
        "MALLOC_MMAP_THRESHOLD_": str(4 << 30),
        "MALLOC_TRIM_THRESHOLD_": str(16 << 30),
        "MALLOC_TOP_PAD_": str(256 << 20),
    },
}
PASSES = ("forward", "backward")


def pick(part):
    """Return the layers whose name contains `part`."""
    return [layer for layer in LAYERS if part.lower() in layer.name.lower()]


def run(threads, heap, part="", seconds=1.0, only=None, largest=None):
    """Start a process for one configuration and return its measurements."""
    environment = {**os.environ, **HEAPS[heap]}
    if threads == 1:
        environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    arguments = {
        "threads": threads, "heap": heap, "part": part, "seconds": seconds, "only": only, "largest": largest,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.suite", json.dumps(arguments)],
        env=environment, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def configuration(threads, heap, part, seconds, only, largest):
    """Measure every layer. Return a dict ready for JSON."""
    blas_hold = _limit_blas(threads)
    entered = [c for c in contestants() if only is None or c.name in only]
    missing = {c.name: c.missing() for c in entered if c.missing()}
    entered = [c for c in entered if c.name not in missing]
    result = {
        "threads": threads,
        "heap": heap,
        "missing": missing,
        "sgemm": measure.sgemm_rate(),
        "copy": measure.copy_rate(),
        "layers": [],
    }
    for layer in pick(part):
        for N in layer.batches:
            if largest is not None and layer.work(N) > largest:
                continue
            case = Case.draw(layer, N, threads)
            print(f"  {layer.name}, batch {N}, {threads} threads, heap {heap}", file=sys.stderr, flush=True)
            result["layers"].append(one_layer(case, entered, seconds, heap == "as it comes"))
    del blas_hold
    return result


def _limit_blas(threads):
    """Give the usual ways the same number of threads as the other contestants."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return None
    return threadpool_limits(threads, user_api="blas")


def one_layer(case, entered, seconds, check):
    """Return the times of both passes; with `check` also errors against float64 and peak extra memory."""
    layer, N = case.layer, case.N
    row = {"layer": layer.name, "N": N, "work": layer.work(N), "in": case.x.nbytes, "out": case.dout.nbytes}
    for which in PASSES:
        calls = {}
        for contestant in entered:
            make = getattr(contestant, which)
            call = make(case) if make is not None and layer.work(N) <= contestant.limit else None
            if call is not None:
                calls[contestant.name] = call
        row[which] = measure.interleaved(calls, seconds)
        if check:
            exact = _exact(case, which)
            for contestant in entered:
                if contestant.answers and contestant.name in calls:
                    found = measure.relative_errors(calls[contestant.name](), exact)
                    row[which][contestant.name]["errors"] = found
            for name in ("fast", "fast, direct", "strided im2col, kept", "vectorized"):
                if name in calls:
                    row[which][name]["extra"] = measure.extra_memory(calls[name])
    return row


def _exact(case, which):
    """Return the result of a pass in float64 by the direct method."""
    from conv_lib import fast

    x, w, b, dout = (array.astype("f8") for array in (case.x, case.w, case.b, case.dout))
    with fast.using(algorithm="direct"):
        if which == "forward":
            return fast.conv2d(x, w, b, **case.layer.options)
        return fast.conv2d_backward(dout, x, w, **case.layer.options)


if __name__ == "__main__":
    print(json.dumps(configuration(**json.loads(sys.argv[1]))))
