"""The layers of `naive` once more, as fast as NumPy can make them.

Each call looks its shape up in the rules (`conv_lib.fast.rules`) and runs the algorithm that they choose: a
record at the end of its own small module, which can be read and called alone. What was found by measuring is
in `conv_lib.fast.tuning`. `using` overrules the rules:

>>> import numpy as np
>>> with using(algorithm="direct", threads=1):
...     conv2d(np.ones((1, 1, 3, 4)), np.ones((1, 1, 2, 2)))[0, 0]
array([[4., 4., 4.],
       [4., 4., 4.]])

Two algorithms do not compute the definition's own sums. Winograd's rounding errors are relative to the
largest number in a tile of 6 x 6 pixels, the FFT's to the largest in the whole image: near a pixel of 1e8,
float32 outputs of about 100 can be wrong by tens or hundreds though their windows do not hold it. The rules
take Winograd for float32 only, and the FFT for kernels of 100 taps or more in either precision;
`using(algorithm="direct")` takes neither. What is not finite reaches the results that the definition gives it
to and no others: where an algorithm would spread it, the layer is computed another way.

NumPy is all that is needed. With threadpoolctl the work is shared by a pool of threads, without it (or
where there are no threads) it runs serially. Scratch memory is kept between calls, bounded, and each
thread's own; what a call returns is always fresh memory. Pooling has no product to speed up: those layers
are `vectorized`'s.
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
