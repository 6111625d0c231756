"""The layers of `naive` with strided views and matrix products in place of the loops.

There is no Python loop over images, filters or output pixels; at most one over the taps of the kernel.
`im2col` and `col2im` are public: they are the two halves of the idea.
"""

from conv_lib.vectorized.conv import conv1d, conv1d_backward, conv2d, conv2d_backward
from conv_lib.vectorized.windows import col2im, im2col

__all__ = [
    "col2im",
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "im2col",
]
