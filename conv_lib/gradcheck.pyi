from collections.abc import Callable
from typing import Any

from conv_lib.kinds import Array

__all__ = ["adjoint_gap", "check_gradients", "numerical_gradient", "relative_error"]

def numerical_gradient(
    f: Callable[[Array], Any], x: Array, dout: Array | None = None, *, h: float = 1e-5
) -> Array: ...
def relative_error(a: Array, b: Array, *, floor: float = 1e-3) -> float: ...
def check_gradients(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    *inputs: Array,
    dout: Array | None = None,
    h: float = 1e-5,
    seed: int = 0,
) -> tuple[float, ...]: ...
def adjoint_gap(
    forward: Callable[[Array], Array], adjoint: Callable[[Array], Array], x: Array, y: Array
) -> float: ...
