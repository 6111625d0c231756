"""`using`: which algorithm, and how many threads, for the calls inside a with block."""

import warnings
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from conv_lib import sizes
from conv_lib.fast.rules import RULES

ALGORITHMS = ("auto", "direct", *dict.fromkeys(rule.name for rule in RULES))
DEPRECATED = {"channels_last": "auto"}


class Settings(NamedTuple):
    """`threads` None: as many as there are cores."""

    algorithm: str = "auto"
    threads: int | None = None


_OUTSIDE = Settings()
current = ContextVar("conv_lib.fast", default=_OUTSIDE)


@contextmanager
def using(*, algorithm=None, threads=None):
    """Choose the algorithm and the number of threads for the calls in a with block.

    Parameters
    ----------
    algorithm : str
        "auto" lets the table of rules choose; "direct" does so among those that compute the definition's
        own sums: no Winograd and no FFT, whose rounding errors grow with the largest number nearby, also
        where an output's own window does not hold it. Any other name of `ALGORITHMS` is used as it is,
        with a ValueError from a `conv1d` or `conv2d` whose shape it cannot do. In passes that an algorithm
        does not have, and in transposed layers that it does not fit, "direct" chooses.
    threads : int
        The most threads to use: the caller's, and at most one more for each core. 1 keeps everything, the
        BLAS included, on the calling thread.

    What is not given stays as it was outside. Each thread and each task has its own setting.

    Examples
    --------
    >>> with using(algorithm="direct", threads=1):
    ...     current.get()
    Settings(algorithm='direct', threads=1)
    """
    before = current.get()
    algorithm = before.algorithm if algorithm is None else algorithm
    if algorithm in DEPRECATED:
        instead = DEPRECATED[algorithm]
        warnings.warn(
            f"algorithm {algorithm!r} is gone, as no layer was faster by it: {instead!r} is used",
            DeprecationWarning,
            stacklevel=3,
        )
        algorithm = instead
    if algorithm not in ALGORITHMS:
        raise ValueError(f"algorithm must be one of {', '.join(ALGORITHMS)}, got {algorithm!r}")
    threads = before.threads if threads is None else sizes.integer(threads, "threads", 1)
    token = current.set(Settings(algorithm, threads))
    try:
        yield
    finally:
        current.reset(token)
