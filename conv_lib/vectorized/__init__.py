"""The layers of `naive` with strided views and matrix products in place of the loops.

There is no Python loop over images, filters or output pixels; at most one over the taps of the kernel.
`im2col` and `col2im` are public: they are the two halves of the idea.
"""

from conv_lib.vectorized.conv import conv1d, conv1d_backward, conv2d, conv2d_backward
from conv_lib.vectorized.pooling import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward
from conv_lib.vectorized.transposed import conv_transpose2d, conv_transpose2d_backward
from conv_lib.vectorized.windows import col2im, im2col

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
