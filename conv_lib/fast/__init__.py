"""The layers of `naive` once more, as fast as NumPy can make them.

Each call looks its shape up in the rules (`conv_lib.fast.rules`) and runs the algorithm that they choose: a
record at the end of its own small module, which can be read and called alone. All measured constants are in
`conv_lib.fast.tuning`. `using` overrules the rules:

>>> import numpy as np
>>> with using(algorithm="direct", threads=1):
...     conv2d(np.ones((1, 1, 3, 4)), np.ones((1, 1, 2, 2)))[0, 0]
array([[4., 4., 4.],
       [4., 4., 4.]])

Two algorithms do not compute the definition's own sums. Winograd's rounding errors are relative to the
largest number in a tile of 6 x 6 pixels, the FFT's to the largest in the whole image: near a pixel of 1e8,
float32 outputs of about 100 can be wrong by tens or hundreds though their windows do not contain it. The
rules take Winograd for float32 only, and the FFT for kernels of 100 taps or more in either precision;
`using(algorithm="direct")` takes neither. An infinity or a NaN reaches exactly the results that it reaches by
the definition: where an algorithm would spread it further, the layer is computed another way.

Only NumPy is required. With threadpoolctl the work is shared by a pool of threads; without it (or where there
are no threads) it runs serially. Each thread keeps its own bounded scratch memory between calls; results are
always fresh memory. Pooling has no product to speed up: those layers come from `vectorized`.
"""

from conv_lib.fast.conv import conv1d, conv1d_backward, conv2d, conv2d_backward
from conv_lib.fast.settings import using
from conv_lib.fast.transposed import conv_transpose2d, conv_transpose2d_backward
from conv_lib.vectorized import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward

__all__ = [
    "avg_pool2d",
    "avg_pool2d_backward",
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "using",
]
