"""The arithmetic of the direct method alone: about the shortest time that any NumPy version of it can take.

A block of columns of the size that `fast` uses is made beforehand. The products of the layer are computed
with it repeatedly, for as many pixels as the layer has, into memory that is already allocated. There is no
padding, no copying into columns, no bias, no addition and no fresh page of memory. For a depthwise layer the
products are the multiply-adds of `einsum` over existing shifts, and the inner products of dw.
"""

import numpy as np

from conv_lib.fast import pool, tuning


def forward(case):
    """Return the timed function for w (F, K) @ columns (K, pixels)."""
    return _in_turns(case, [_forward(case)])


def backward(case):
    """Return the timed function for dout @ columns^T and w^T @ dout."""
    return _in_turns(case, _backward(case))


def _in_turns(case, products):
    """Return a function that distributes the pieces of every product over the threads."""

    def call():
        for task, count in products:
            pool.share(task, range(count), case.threads)

    return call


def _forward(case):
    if case.layer.groups > 1:
        return _depthwise(case)
    left, columns, count = _blocks(case)
    out = [np.empty((len(left), columns.shape[1]), left.dtype) for _ in range(count)]
    return lambda k, take: np.matmul(left, columns, out=out[k]), count


def _backward(case):
    if case.layer.groups > 1:
        return [_depthwise(case), _inner_products(case)]
    left, columns, count = _blocks(case)
    dout = np.ones((len(left), columns.shape[1]), left.dtype)
    weights = [np.empty(left.shape, left.dtype) for _ in range(case.threads)]
    rows = [np.empty_like(columns) for _ in range(case.threads)]

    def own(arrays, k):
        """Return the array of the thread that computes piece k."""
        return arrays[k * len(arrays) // count]

    return [
        (lambda k, take: np.matmul(dout, columns.T, out=own(weights, k)), count),
        (lambda k, take: np.matmul(left.T, dout, out=own(rows, k)), count),
    ]


def _blocks(case):
    """Return w (F, K), a block of columns (K, pixels of one piece), and the number of pieces."""
    left = case.w.reshape(len(case.w), -1)
    pixels = case.N * int(np.prod(case.layer.out))
    most = max(tuning.COLUMNS_BYTES // (left.shape[1] * left.itemsize), 1)
    count = len(pool.cut(pixels, -(-pixels // most), case.threads))
    return left, np.ones((left.shape[1], -(-pixels // count)), left.dtype), count


def _planes(case):
    """Return the shifts (C, kH kW, pixels) of the planes of one piece, and the number of pieces."""
    layer = case.layer
    pixels = int(np.prod(layer.out))
    most = max(tuning.COLUMNS_BYTES // (layer.kernel * pixels * case.x.itemsize), 1)
    count = len(pool.cut(case.N * layer.D, -(-case.N * layer.D // most), case.threads))
    planes = -(-case.N * layer.D // count)
    line = np.ones((planes, layer.kernel, pixels + layer.kernel * layer.out[1]), np.float32)
    s = line.strides
    shape = (planes, layer.kernel, layer.kernel, pixels)
    shifts = np.ndarray(shape, line.dtype, line, 0, (s[0], layer.out[1] * s[2], s[1], s[2]))
    return shifts, count


def _depthwise(case):
    shifts, count = _planes(case)
    taps = np.ones(shifts.shape[:3], np.float32)
    out = [np.empty((len(shifts), shifts.shape[3]), np.float32) for _ in range(count)]
    return lambda k, take: np.einsum("cuvp,cuv->cp", shifts, taps, out=out[k]), count


def _inner_products(case):
    shifts, count = _planes(case)
    dout = np.ones((len(shifts), 1, 1, shifts.shape[3], 1), np.float32)
    return lambda k, take: np.matmul(shifts[:, :, :, None], dout), count
