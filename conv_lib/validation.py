"""The error contract of every kernel, in one place: the arguments that are accepted, and the error messages.

Each `check_...` takes a kernel's arguments and returns its arrays in one dtype, with stride, padding and
dilation written out for each axis and the output size computed. `naive`, `vectorized` and `fast` all start
with it, so that they accept the same calls and refuse the others with the same messages. Inputs are never
changed.
"""

from numbers import Real
from typing import NamedTuple

import numpy as np

from conv_lib import sizes

_FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


class Geometry1d(NamedTuple):
    """One axis, with nothing left to interpret."""

    stride: int
    pads: tuple[int, int]  # zeros before, after
    dilation: int
    out: int  # W'


class Geometry2d(NamedTuple):
    """Two axes, height first, with nothing left to interpret."""

    stride: tuple[int, int]
    pads: tuple[tuple[int, int], tuple[int, int]]  # (top, bottom), (left, right)
    dilation: tuple[int, int]
    out: tuple[int, int]  # H', W'


def check_numbers(array, name):
    """Refuse anything but an array of real numbers."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} must be a NumPy array, got {type(array).__name__}")
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        raise TypeError(f"{name} must hold float32, float64 or integers, got {array.dtype}")


def check_float_dtype(dtype):
    """Refuse a dtype that parameters cannot have: as integers they would be truncated, not trained."""
    if np.dtype(dtype) not in _FLOATS:
        raise TypeError(f"dtype must be float32 or float64, got {np.dtype(dtype)}")


def check_array(array, name, axes):
    """Refuse anything but an array of real numbers with one axis for each name in `axes`."""
    check_numbers(array, name)
    if array.ndim != len(axes):
        shape = ", ".join(axes) + ("," if len(axes) == 1 else "")
        raise ValueError(f"{name} has {array.ndim} axes {array.shape} but {len(axes)} are needed: ({shape})")


def check_shape(shape, axes):
    """Return a shape with one size for each name in `axes` as a tuple of ints, none below zero."""
    if not isinstance(shape, tuple | list):
        raise TypeError(f"shape must be ({', '.join(axes)}), got {shape!r}")
    if len(shape) != len(axes):
        raise ValueError(
            f"shape has {len(shape)} entries {tuple(shape)} but {len(axes)} are needed: ({', '.join(axes)})"
        )
    return tuple(
        sizes.integer(size, f"{axis} of the shape", 0) for size, axis in zip(shape, axes, strict=True)
    )


def common_dtype(*arrays):
    """float32 if nothing but float32 (or float16) comes in; any integer or float64 makes it float64."""
    narrow = all(array.dtype.kind == "f" and array.dtype.itemsize <= 4 for array in arrays)
    return _FLOATS[0] if narrow else _FLOATS[1]


def in_dtype(dtype, *arrays):
    """Return plain arrays of one dtype; an array that has it already is not copied."""
    return tuple(np.asarray(array).astype(dtype, copy=False) for array in arrays)


def check_dout(dout, out_shape, axes=None):
    """Refuse a dout without the shape of the outputs; with `axes` None the number of axes is not checked."""
    if axes is None:
        check_numbers(dout, "dout")
    else:
        check_array(dout, "dout", axes)
    if dout.shape != out_shape:
        raise ValueError(f"dout has shape {dout.shape} but the forward pass gives {out_shape}")


def check_taps(w, shape, names):
    """A kernel with no taps has no output size."""
    for taps, name in zip(shape, names, strict=True):
        if taps == 0:
            raise ValueError(f"w has {name}=0 taps but at least 1 is needed, w has shape {w.shape}")


def check_groups(groups):
    return sizes.integer(groups, "groups", 1)


def check_bias(b, filters):
    """Return the bias of a 2-D layer as an array (F,), zeros for None; its dtype is its own."""
    if b is None:
        return np.zeros(filters, np.float32)
    check_array(b, "b", ("F",))
    if len(b) != filters:
        raise ValueError(f"b has {len(b)} entries but w has {filters} filters")
    return b


def check_conv1d(x, w, b, stride, padding, dilation):
    """Check a 1-D layer; return x, w, b in one dtype and its Geometry1d."""
    check_array(x, "x", ("W",))
    check_array(w, "w", ("kW",))
    if not isinstance(b, Real | np.ndarray) or (isinstance(b, np.ndarray) and b.dtype.kind not in "fiub"):
        raise TypeError(f"b must be a number, got {type(b).__name__}")
    if np.ndim(b) != 0:
        raise ValueError(f"b has {np.size(b)} entries but a 1-D layer has 1 bias, a number")
    check_taps(w, w.shape, ("kW",))
    stride = sizes.integer(stride, "stride", 1)
    dilation = sizes.integer(dilation, "dilation", 1)
    pads = sizes.padding_pair(padding, len(x), len(w), stride, dilation)
    out = sizes.output_size(len(x), len(w), stride, pads, dilation)
    dtype = common_dtype(x, w)
    return *in_dtype(dtype, x, w), dtype.type(b), Geometry1d(stride, pads, dilation, out)


def check_conv1d_backward(dout, x, w, stride, padding, dilation):
    """Check the backward pass of a 1-D layer; return dout, x, w in one dtype and the Geometry1d."""
    *_, geometry = check_conv1d(x, w, 0.0, stride, padding, dilation)
    check_dout(dout, (geometry.out,), ("W'",))
    return *in_dtype(common_dtype(dout, x, w), dout, x, w), geometry


def _conv2d_geometry(x, w, stride, padding, dilation, groups):
    check_array(x, "x", ("N", "D", "H", "W"))
    check_array(w, "w", ("F", "D/groups", "kH", "kW"))
    check_groups(groups)
    channels, filters = x.shape[1], w.shape[0]
    if channels % groups:
        raise ValueError(f"x has {channels} channels, which groups={groups} does not divide")
    if filters % groups:
        raise ValueError(f"w has {filters} filters, which groups={groups} does not divide")
    if w.shape[1] * groups != channels:
        raise ValueError(f"x has {channels} channels but w expects {w.shape[1] * groups} (groups={groups})")
    size, kernel = x.shape[2:], w.shape[2:]
    check_taps(w, kernel, ("kH", "kW"))
    return check_windows(size, kernel, stride, padding, dilation)[1]


def _output_sizes(size, kernel, stride, pads, dilation):
    return tuple(
        sizes.output_size(size[a], kernel[a], stride[a], pads[a], dilation[a], axis=("height", "width")[a])
        for a in (0, 1)
    )


def check_windows(size, kernel_size, stride, padding, dilation):
    """Check the windows of an image of `size` (H, W); return the kernel (kH, kW) and the Geometry2d."""
    kernel = sizes.pair(kernel_size, "kernel_size", 1)
    stride = sizes.pair(stride, "stride", 1)
    dilation = sizes.pair(dilation, "dilation", 1)
    pads = sizes.padding_2d(padding, size, kernel, stride, dilation)
    return kernel, Geometry2d(stride, pads, dilation, _output_sizes(size, kernel, stride, pads, dilation))


def check_conv2d(x, w, b, stride, padding, dilation, groups):
    """Check a 2-D layer; return x, w, b in one dtype (b is zeros for None) and its Geometry2d."""
    geometry = _conv2d_geometry(x, w, stride, padding, dilation, groups)
    b = check_bias(b, w.shape[0])
    return *in_dtype(common_dtype(x, w, b), x, w, b), geometry


def check_conv2d_backward(dout, x, w, stride, padding, dilation, groups):
    """Check the backward pass of a 2-D layer; return dout, x, w in one dtype and the Geometry2d."""
    geometry = _conv2d_geometry(x, w, stride, padding, dilation, groups)
    check_dout(dout, (x.shape[0], w.shape[0], *geometry.out), ("N", "F", "H'", "W'"))
    return *in_dtype(common_dtype(dout, x, w), dout, x, w), geometry


def _transposed_geometry(x, w, stride, padding, output_padding, dilation, groups):
    """Return the Geometry2d of the conv2d that leads from y back to x, y's padded size, and F."""
    check_array(x, "x", ("N", "D", "H", "W"))
    check_array(w, "w", ("D", "F/groups", "kH", "kW"))
    check_groups(groups)
    channels, size, kernel = x.shape[1], x.shape[2:], w.shape[2:]
    if channels % groups:
        raise ValueError(f"x has {channels} channels, which groups={groups} does not divide")
    if w.shape[0] != channels:
        raise ValueError(f"x has {channels} channels but w expects {w.shape[0]} (groups={groups})")
    check_taps(w, kernel, ("kH", "kW"))
    stride = sizes.pair(stride, "stride", 1)
    dilation = sizes.pair(dilation, "dilation", 1)
    extra = sizes.pair(output_padding, "output_padding", 0)
    # as that conv2d pads an image of H S x W S pixels
    crop = sizes.padding_2d(padding, (size[0] * stride[0], size[1] * stride[1]), kernel, stride, dilation)
    padded = tuple(
        sum(crop[a])
        + sizes.transposed_output_size(
            size[a],
            kernel[a],
            stride[a],
            padding if isinstance(padding, str) else crop[a],
            extra[a],
            dilation[a],
            axis=("height", "width")[a],
        )
        for a in (0, 1)
    )
    return Geometry2d(stride, crop, dilation, size), padded, w.shape[1] * groups


def check_conv_transpose2d(x, w, b, stride, padding, output_padding, dilation, groups):
    """Check a transposed layer; return x, w, b in one dtype, a Geometry2d and y's size before the crop.

    The geometry is that of the conv2d that leads from y back to x: its `out` is x's size, its `pads` are
    what is cropped from y.
    """
    geometry, padded, filters = _transposed_geometry(x, w, stride, padding, output_padding, dilation, groups)
    b = check_bias(b, filters)
    return *in_dtype(common_dtype(x, w, b), x, w, b), geometry, padded


def check_conv_transpose2d_backward(dout, x, w, stride, padding, output_padding, dilation, groups):
    """Check the backward pass; return dout, x, w in one dtype and as `check_conv_transpose2d`."""
    geometry, padded, filters = _transposed_geometry(x, w, stride, padding, output_padding, dilation, groups)
    cropped = tuple(padded[a] - sum(geometry.pads[a]) for a in (0, 1))
    check_dout(dout, (x.shape[0], filters, *cropped), ("N", "F", "H'", "W'"))
    return *in_dtype(common_dtype(dout, x, w), dout, x, w), geometry, padded


def check_pool_window(kernel_size, stride, padding):
    """Check a pooling window, whatever the image; return kernel, stride and padding as pairs."""
    kernel = sizes.pair(kernel_size, "kernel_size", 1)
    zeros = sizes.pair(padding, "padding", 0)
    for taps, pad, axis in zip(kernel, zeros, ("height", "width"), strict=True):
        if pad > taps // 2:
            raise ValueError(f"{axis}: padding {pad} is more than half the window of {taps}")
    return kernel, kernel if stride is None else sizes.pair(stride, "stride", 1), zeros


def _pool_axis(size, kernel, stride, pad, ceil_mode, axis):
    """Return the pads (before, after) of one axis and H'; `after` includes the last window's overhang."""
    out = sizes.output_size(size, kernel, stride, pad, ceil_mode=ceil_mode, axis=axis)
    overhang = max((out - 1) * stride + kernel - (size + 2 * pad), 0)
    return (pad, pad + overhang), out


def check_pool2d(x, kernel_size, stride, padding, ceil_mode):
    """Check a pooling layer; return x in its dtype, the kernel (kH, kW) and the Geometry2d.

    All windows fit into the image with the geometry's pads. The padding that the caller asked for is the one
    before: after the image there may be more, for the windows of `ceil_mode` that hang over.
    """
    check_array(x, "x", ("N", "D", "H", "W"))
    for size, axis in zip(x.shape[2:], ("height", "width"), strict=True):
        if size == 0:
            raise ValueError(f"{axis}: x has 0 pixels but at least 1 is needed, x has shape {x.shape}")
    kernel, stride, zeros = check_pool_window(kernel_size, stride, padding)
    axes = zip(x.shape[2:], kernel, stride, zeros, ("height", "width"), strict=True)
    pads, out = zip(*(_pool_axis(n, k, s, p, ceil_mode, axis) for n, k, s, p, axis in axes), strict=True)
    return *in_dtype(common_dtype(x), x), kernel, Geometry2d(stride, pads, (1, 1), out)


def check_pool2d_backward(dout, x, kernel_size, stride, padding, ceil_mode):
    """Check the backward pass; return dout and x in one dtype, the kernel (kH, kW) and the Geometry2d."""
    _, kernel, geometry = check_pool2d(x, kernel_size, stride, padding, ceil_mode)
    check_dout(dout, (*x.shape[:2], *geometry.out), ("N", "D", "H'", "W'"))
    return *in_dtype(common_dtype(dout, x), dout, x), kernel, geometry


def pad1d(x, pads):
    """Put pads[0] zeros before a signal and pads[1] after it."""
    xpad = np.zeros(pads[0] + len(x) + pads[1], x.dtype)
    xpad[pads[0] : pads[0] + len(x)] = x
    return xpad


def crop1d(xpad, pads):
    """Take pads[0] entries from the front and pads[1] from the end: what `pad1d` added."""
    return xpad[pads[0] : len(xpad) - pads[1]].copy()


def pad2d(x, pads, value=0.0):
    """Put a border ((top, bottom), (left, right)) of `value` around the last two axes of (N, D, H, W)."""
    (top, bottom), (left, right) = pads
    N, D, H, W = x.shape
    xpad = np.full((N, D, top + H + bottom, left + W + right), value, x.dtype)
    xpad[:, :, top : top + H, left : left + W] = x
    return xpad


def crop2d(xpad, pads):
    """Take the border away again: the transpose of `pad2d`."""
    (top, bottom), (left, right) = pads
    return xpad[:, :, top : xpad.shape[2] - bottom, left : xpad.shape[3] - right].copy()
