"""The definition of every layer in explicit loops, to be read aloud.

`vectorized` and `fast` repeat these names and are compared with these results. Loops are slow, up to one
microsecond per multiplication: keep the arrays small.
"""

from conv_lib.naive.conv import conv1d, conv1d_backward, conv2d, conv2d_backward, convolve1d, convolve2d
from conv_lib.naive.pooling import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward
from conv_lib.naive.transposed import conv_transpose2d, conv_transpose2d_backward

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
