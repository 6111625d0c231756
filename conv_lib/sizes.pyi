from collections.abc import Iterable
from typing import Any, NamedTuple

from conv_lib.kinds import Padding1d, Padding2d, Pair

__all__ = [
    "ReceptiveField",
    "effective_size",
    "flag",
    "integer",
    "leftover",
    "output_size",
    "padding_2d",
    "padding_pair",
    "pair",
    "receptive_field",
    "same_padding",
    "transposed_output_size",
]

def integer(value: Any, name: str, minimum: int) -> int: ...
def flag(value: Any, name: str) -> bool: ...
def pair(value: Pair, name: str, minimum: int) -> tuple[int, int]: ...
def effective_size(kernel: int, dilation: int = 1) -> int: ...
def same_padding(size: int, kernel: int, stride: int = 1, dilation: int = 1) -> tuple[int, int]: ...
def padding_pair(
    padding: Padding1d, size: int, kernel: int, stride: int = 1, dilation: int = 1, *, name: str = "padding"
) -> tuple[int, int]: ...
def padding_2d(
    padding: Padding2d,
    size: tuple[int, int],
    kernel: tuple[int, int],
    stride: tuple[int, int] = (1, 1),
    dilation: tuple[int, int] = (1, 1),
) -> tuple[tuple[int, int], tuple[int, int]]: ...
def output_size(
    size: int,
    kernel: int,
    stride: int = 1,
    padding: Padding1d = 0,
    dilation: int = 1,
    *,
    ceil_mode: bool = False,
    axis: str = "",
) -> int: ...
def leftover(size: int, kernel: int, stride: int = 1, padding: Padding1d = 0, dilation: int = 1) -> int: ...
def transposed_output_size(
    size: int,
    kernel: int,
    stride: int = 1,
    padding: Padding1d = 0,
    output_padding: int = 0,
    dilation: int = 1,
    *,
    axis: str = "",
) -> int: ...

class ReceptiveField(NamedTuple):
    size: int
    jump: int
    start: int
    @property
    def centre(self) -> float: ...

def receptive_field(layers: Iterable[int | tuple[Any, ...] | list[Any]]) -> ReceptiveField: ...
