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
    """The settings of `using`; `threads` None means as many as there are cores."""

    algorithm: str = "auto"
    threads: int | None = None


_OUTSIDE = Settings()
current = ContextVar("conv_lib.fast", default=_OUTSIDE)


@contextmanager
def using(*, algorithm=None, threads=None):
    """Choose the algorithm and the number of threads for the calls in a with block.

    An argument that is left out keeps its outer value. Each thread and each task has its own setting.

    Parameters
    ----------
    algorithm : str
        "auto" lets the rules choose. "direct" lets them choose only among algorithms that compute the
        definition's own sums: not Winograd or the FFT, whose rounding errors grow with the largest number
        nearby, even one outside the output's own window. Any other name in `ALGORITHMS` selects that
        algorithm; a `conv1d` or `conv2d` whose shape it cannot do raises ValueError. For passes that the
        algorithm does not have, and transposed layers that it does not fit, the choice is as for "direct".
    threads : int
        The most threads to use: the caller's, and at most one more for each core. 1 keeps everything, the
        BLAS included, on the calling thread.

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
