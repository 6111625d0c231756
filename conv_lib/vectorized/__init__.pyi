from conv_lib.kinds import Array, Padding2d, Pair
from conv_lib.naive import (
    avg_pool2d,
    avg_pool2d_backward,
    conv1d,
    conv1d_backward,
    conv2d,
    conv2d_backward,
    conv_transpose2d,
    conv_transpose2d_backward,
    max_pool2d,
    max_pool2d_backward,
)

__all__ = [
    "avg_pool2d",
    "avg_pool2d_backward",
    "col2im",
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "im2col",
    "max_pool2d",
    "max_pool2d_backward",
]

def im2col(
    x: Array, kernel_size: Pair, *, stride: Pair = 1, padding: Padding2d = 0, dilation: Pair = 1
) -> Array: ...
def col2im(
    columns: Array,
    shape: tuple[int, int, int, int],
    kernel_size: Pair,
    *,
    stride: Pair = 1,
    padding: Padding2d = 0,
    dilation: Pair = 1,
) -> Array: ...
