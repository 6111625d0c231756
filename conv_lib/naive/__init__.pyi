from typing import Any

import numpy as np

from conv_lib.kinds import Array, Padding1d, Padding2d, Pair

__all__ = [
    "avg_pool2d",
    "avg_pool2d_backward",
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "convolve1d",
    "convolve2d",
    "max_pool2d",
    "max_pool2d_backward",
]

def conv1d(
    x: Array, w: Array, b: float = 0.0, *, stride: int = 1, padding: Padding1d = 0, dilation: int = 1
) -> Array: ...
def conv1d_backward(
    dout: Array, x: Array, w: Array, *, stride: int = 1, padding: Padding1d = 0, dilation: int = 1
) -> tuple[Array, Array, np.floating[Any]]: ...
def conv2d(
    x: Array,
    w: Array,
    b: Array | None = None,
    *,
    stride: Pair = 1,
    padding: Padding2d = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> Array: ...
def conv2d_backward(
    dout: Array,
    x: Array,
    w: Array,
    *,
    stride: Pair = 1,
    padding: Padding2d = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> tuple[Array, Array, Array]: ...
def conv_transpose2d(
    x: Array,
    w: Array,
    b: Array | None = None,
    *,
    stride: Pair = 1,
    padding: Padding2d = 0,
    output_padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> Array: ...
def conv_transpose2d_backward(
    dout: Array,
    x: Array,
    w: Array,
    *,
    stride: Pair = 1,
    padding: Padding2d = 0,
    output_padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> tuple[Array, Array, Array]: ...
def max_pool2d(
    x: Array,
    kernel_size: Pair,
    *,
    stride: Pair | None = None,
    padding: Padding2d = 0,
    ceil_mode: bool = False,
) -> Array: ...
def max_pool2d_backward(
    dout: Array,
    x: Array,
    kernel_size: Pair,
    *,
    stride: Pair | None = None,
    padding: Padding2d = 0,
    ceil_mode: bool = False,
) -> Array: ...
def avg_pool2d(
    x: Array,
    kernel_size: Pair,
    *,
    stride: Pair | None = None,
    padding: Padding2d = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array: ...
def avg_pool2d_backward(
    dout: Array,
    x: Array,
    kernel_size: Pair,
    *,
    stride: Pair | None = None,
    padding: Padding2d = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array: ...
def convolve1d(
    x: Array, w: Array, b: float = 0.0, *, stride: int = 1, padding: Padding1d = 0, dilation: int = 1
) -> Array: ...
def convolve2d(
    x: Array,
    w: Array,
    b: Array | None = None,
    *,
    stride: Pair = 1,
    padding: Padding2d = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> Array: ...
