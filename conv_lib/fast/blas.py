"""Hold the BLAS at one thread while our own threads share the work.

OpenBLAS's workers spin for some tens of milliseconds after a threaded product, and would compete with the
pool for the cores.

threadpoolctl is imported when it is first needed. Without it `controllable()` is false and everything runs
serially, except for the threads that the BLAS starts by itself.
"""

import threading
from functools import cache
from itertools import product

_lock = threading.Lock()
_held = 0
_before = ()


@cache
def _libraries():
    """threadpoolctl's controllers of the BLAS libraries that NumPy calls; () if there are none."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return ()
    found = ThreadpoolController().select(user_api="blas").lib_controllers
    of_numpy = tuple(library for library in found if "numpy" in (library.filepath or ""))
    return of_numpy or tuple(found)


@cache
def _switches():
    """(get, set) of each library's number of threads."""
    return tuple(_functions(library) for library in _libraries())


def _functions(library):
    # threadpoolctl looks OpenBLAS's functions up by name at every call, which would slow down a small layer
    if library.internal_api == "openblas" and library.threading_layer == "pthreads":
        for prefix, suffix in product(("", "scipy_"), ("", "64_", "_64")):
            names = [f"{prefix}openblas_{verb}_num_threads{suffix}" for verb in ("get", "set")]
            if all(hasattr(library.dynlib, name) for name in names):
                return tuple(getattr(library.dynlib, name) for name in names)
    return library.get_num_threads, library.set_num_threads


def controllable():
    """True if the number of BLAS threads can be set."""
    return bool(_libraries())


class one_thread:  # a class, because a generator would take longer, which a small layer would notice
    """Hold the BLAS at one thread; the last of several holders to leave restores what the first found."""

    __slots__ = ()

    def __enter__(self):
        global _held, _before
        with _lock:
            _held += 1
            if _held == 1:
                _before = [(set_, count) for get, set_ in _switches() if (count := get()) != 1]
                for set_, _ in _before:
                    set_(1)

    def __exit__(self, *error):
        global _held
        with _lock:
            _held -= 1
            if _held == 0:
                for set_, count in _before:
                    set_(count)
