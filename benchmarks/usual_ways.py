"""The usual ways to write the layer in NumPy, as they are commonly found, to be measured next to ours.

They compute layers without groups. Each forward pass keeps what its backward pass needs, as layers do. The
time of `backward` includes making the columns only if the forward pass does not keep them.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view


def _padded(case):
    p = case.layer.padding
    return np.pad(case.x, ((0, 0), (0, 0), (p, p), (p, p)))


def _windows(case):
    """Return a view of all windows, (N, D, H', W', kH, kW)."""
    layer = case.layer
    reach = layer.dilation * (layer.kernel - 1) + 1
    views = sliding_window_view(_padded(case), (reach, reach), axis=(2, 3))
    return views[:, :, :: layer.stride, :: layer.stride, :: layer.dilation, :: layer.dilation]


def tensordot_forward(case):
    """Use sliding windows and tensordot over channels and taps."""
    if case.layer.groups > 1:
        return None

    def call():
        y = np.tensordot(_windows(case), case.w, axes=((1, 4, 5), (1, 2, 3)))
        return y.transpose(0, 3, 1, 2) + case.b[:, None, None]

    return call


def einsum_forward(case):
    """Use sliding windows and the straightforward einsum."""
    if case.layer.groups > 1:
        return None
    return lambda: np.einsum("ndijuv,fduv->nfij", _windows(case), case.w) + case.b[:, None, None]


def _strided_columns(case):
    layer, (Ho, Wo) = case.layer, case.layer.out
    xpad = _padded(case)
    n, d, i, j = xpad.strides
    k, s, dil = layer.kernel, layer.stride, layer.dilation
    view = as_strided(xpad, (layer.D, k, k, case.N, Ho, Wo), (d, dil * i, dil * j, n, s * i, s * j))
    return view.reshape(layer.D * k * k, -1), xpad.shape


def _product(case, columns):
    layer, (Ho, Wo) = case.layer, case.layer.out
    y = case.w.reshape(layer.F, -1) @ columns + case.b[:, None]
    return np.ascontiguousarray(y.reshape(layer.F, case.N, Ho, Wo).transpose(1, 0, 2, 3))


def kept_forward(case):
    """Use im2col by strides for the whole batch and one product."""
    if case.layer.groups > 1:
        return None
    return lambda: _product(case, _strided_columns(case)[0])


def kept_backward(case):
    """Use the columns that the forward pass kept: two products and col2im."""
    if case.layer.groups > 1:
        return None
    layer, (Ho, Wo), p = case.layer, case.layer.out, case.layer.padding
    columns, padded_shape = _strided_columns(case)
    k, s, dil = layer.kernel, layer.stride, layer.dilation

    def call():
        rows = case.dout.transpose(1, 0, 2, 3).reshape(layer.F, -1)
        dw = (rows @ columns.T).reshape(case.w.shape)
        dcols = (case.w.reshape(layer.F, -1).T @ rows).reshape(layer.D, k, k, case.N, Ho, Wo)
        dxpad = np.zeros(padded_shape, np.float32)
        for u in range(k):
            for v in range(k):
                i, j = u * dil, v * dil
                dxpad[:, :, i : i + s * Ho : s, j : j + s * Wo : s] += dcols[:, u, v].transpose(1, 0, 2, 3)
        dx = dxpad[:, :, p : p + layer.H, p : p + layer.W]
        return dx, dw, case.dout.sum(axis=(0, 2, 3))

    return call


def _indices(layer):
    """Return the index arrays (channel, row, column) of fancy-index im2col."""
    (Ho, Wo), k = layer.out, layer.kernel
    taps = np.arange(k) * layer.dilation
    rows = np.tile(np.repeat(taps, k), layer.D)[:, None] + layer.stride * np.repeat(np.arange(Ho), Wo)[None]
    columns = np.tile(taps, k * layer.D)[:, None] + layer.stride * np.tile(np.arange(Wo), Ho)[None]
    return np.repeat(np.arange(layer.D), k * k)[:, None], rows, columns


def fancy_forward(case):
    """Use im2col by index arrays."""
    if case.layer.groups > 1:
        return None

    def call():
        channel, rows, columns = _indices(case.layer)
        picked = _padded(case)[:, channel, rows, columns]
        layer, (Ho, Wo) = case.layer, case.layer.out
        y = (
            case.w.reshape(layer.F, -1) @ picked.transpose(1, 2, 0).reshape(len(channel), -1)
            + case.b[:, None]
        )
        return y.reshape(layer.F, Ho, Wo, case.N).transpose(3, 0, 1, 2)

    return call


def fancy_backward(case):
    """Use col2im by np.add.at."""
    if case.layer.groups > 1:
        return None
    layer, p = case.layer, case.layer.padding
    channel, rows, columns = _indices(layer)
    picked = _padded(case)[:, channel, rows, columns].transpose(1, 2, 0).reshape(len(channel), -1)

    def call():
        flat = case.dout.transpose(1, 2, 3, 0).reshape(layer.F, -1)
        dw = (flat @ picked.T).reshape(case.w.shape)
        dcols = (case.w.reshape(layer.F, -1).T @ flat).reshape(len(channel), -1, case.N).transpose(2, 0, 1)
        dxpad = np.zeros((case.N, layer.D, layer.H + 2 * p, layer.W + 2 * p), np.float32)
        np.add.at(dxpad, (slice(None), channel, rows, columns), dcols)
        return dxpad[:, :, p : p + layer.H, p : p + layer.W], dw, case.dout.sum(axis=(0, 2, 3))

    return call
