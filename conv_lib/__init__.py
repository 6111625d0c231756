"""The convolution layer, forward and backward, in NumPy.

Start with `conv_lib.naive` (the definition in loops), then `conv_lib.vectorized` (the same names with
strided views and matrix products) and `conv_lib.fast` (the same names, with the fastest algorithm for each
shape).
"""
