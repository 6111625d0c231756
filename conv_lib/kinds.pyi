"""Names of argument kinds, for the stubs alone: there is no such module at run time."""

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Pair: TypeAlias = int | tuple[int, int]
Padding1d: TypeAlias = int | tuple[int, int] | Literal["valid", "same"]
Padding2d: TypeAlias = int | tuple[Pair, Pair] | Literal["valid", "same"]
Seed: TypeAlias = int | np.random.Generator
FloatType: TypeAlias = type[np.float32] | type[np.float64] | np.dtype[np.float32] | np.dtype[np.float64]

class Kernels(Protocol):
    """A module with the convolution and the pooling that layers run on."""

    @property
    def conv2d(self) -> Callable[..., Array]: ...
    @property
    def conv2d_backward(self) -> Callable[..., tuple[Array, Array, Array]]: ...
    @property
    def max_pool2d(self) -> Callable[..., Array]: ...
    @property
    def max_pool2d_backward(self) -> Callable[..., Array]: ...
