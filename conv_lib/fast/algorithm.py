"""An algorithm as a record: what it needs, when it pays, and the passes that it computes.

A pass writes its result into the last array. It returns a true value if an infinity or a NaN may have spread
to results that the definition leaves finite; the general algorithm then computes the whole pass again.
"""

from collections.abc import Callable
from typing import NamedTuple

from conv_lib.fast.problem import Problem


def undivided(p):
    """Whether the layer has one group, as nearly every algorithm needs."""
    return p.groups == 1


class Algorithm(NamedTuple):
    """One algorithm: the first in the rules that `fits` a problem and `pays` is used."""

    name: str
    needs: str = ""  # what an error message says
    fits: Callable[[Problem], bool] = undivided
    pays: Callable[[Problem], bool] = lambda p: True
    exact: bool = True  # it adds the definition's own products
    forward: Callable | None = None  # (x, w, b, y, p, threads)
    input_gradient: Callable | None = None  # (dout, w, dx, p, threads)
    weight_gradient: Callable | None = None  # (dout, x, dw, p, threads)
