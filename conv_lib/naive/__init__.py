"""The definition of every layer in explicit loops, to be read aloud.

`vectorized` and `fast` repeat these names and are compared with these results. Loops are slow, up to a
microsecond a multiplication: keep the arrays small.
"""

from conv_lib.naive.conv import conv1d, conv1d_backward, conv2d, conv2d_backward, convolve1d, convolve2d

__all__ = [
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "convolve1d",
    "convolve2d",
]
