"""Hold the BLAS at one thread while our own threads share the work.

OpenBLAS's workers spin for some tens of milliseconds after a threaded product, and would fight the pool for
the cores.

threadpoolctl is loaded on first need; without it `controllable()` is false and everything runs serially,
with whatever threads the BLAS starts by itself.
"""

import threading
from functools import cache

_lock = threading.Lock()
_held = 0
_before = ()


@cache
def _libraries():
    """The BLAS libraries that NumPy calls, as threadpoolctl's controllers; () if there is no way to them."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return ()
    found = ThreadpoolController().select(user_api="blas").lib_controllers
    of_numpy = tuple(library for library in found if "numpy" in (library.filepath or ""))
    return of_numpy or tuple(found)


def controllable():
    """True if the number of BLAS threads can be set."""
    return bool(_libraries())


class one_thread:  # a generator would cost a small layer more
    """Hold the BLAS at one thread; the last of several holders to leave sets back what the first found."""

    __slots__ = ()

    def __enter__(self):
        global _held, _before
        with _lock:
            _held += 1
            if _held == 1:
                _before = tuple(library.get_num_threads() for library in _libraries())
                for library, count in zip(_libraries(), _before, strict=True):
                    if count != 1:
                        library.set_num_threads(1)

    def __exit__(self, *error):
        global _held
        with _lock:
            _held -= 1
            if _held == 0:
                for library, count in zip(_libraries(), _before, strict=True):
                    if count != 1:
                        library.set_num_threads(count)
