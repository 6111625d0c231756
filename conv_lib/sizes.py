"""Sizes along one axis: outputs, paddings, leftovers and receptive fields, in whole pixels.

Everything here is integer arithmetic on one axis; a 2-D layer asks once for its height and once for its
width. `stride`, `padding` and `dilation` are normalised here, so that every kernel refuses the same
arguments with the same words.
"""

import operator
import sys
from typing import NamedTuple

__all__ = [
    "ReceptiveField",
    "effective_size",
    "flag",
    "integer",
    "leftover",
    "output_size",
    "padding_2d",
    "padding_pair",
    "pair",
    "receptive_field",
    "same_padding",
    "transposed_output_size",
]


# pixels of eight bytes that one axis can have and still be addressed
_LARGEST = sys.maxsize // 8


def integer(value, name, minimum):
    """Return `value` as a Python int, at least `minimum`; `name` is what the error calls it.

    Booleans and floats are refused, 2.0 and NaN among them: a stride is a count.

    >>> integer(3, "stride", 1)
    3
    """
    # NumPy 2.0 still accepts its own booleans as the integers 0 and 1
    is_bool = isinstance(value, bool) or getattr(value, "dtype", "") == "bool"
    try:
        count = None if is_bool else operator.index(value)
    except TypeError:
        count = None
    if count is None:
        raise TypeError(f"{name} must be an integer, got {value!r}")
    if count < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {count}")
    return count


def flag(value, name):
    """Return `value` as a Python bool; numbers and strings are refused, 0 and 1 among them.

    >>> flag(True, "ceil_mode")
    True
    """
    if isinstance(value, bool) or (getattr(value, "dtype", "") == "bool" and getattr(value, "ndim", 1) == 0):
        return bool(value)
    raise TypeError(f"{name} must be True or False, got {value!r}")


def pair(value, name, minimum):
    """Return an int or a (height, width) pair as (height, width).

    >>> pair(2, "stride", 1)
    (2, 2)
    >>> pair((1, 3), "stride", 1)
    (1, 3)
    """
    if not isinstance(value, tuple | list):
        count = integer(value, name, minimum)
        return count, count
    if len(value) != 2:
        raise ValueError(f"{name} must be an integer or (height, width), got {len(value)} entries: {value!r}")
    return integer(value[0], f"{name} height", minimum), integer(value[1], f"{name} width", minimum)


def effective_size(kernel, dilation=1):
    """Pixels that a kernel spans once its taps stand `dilation` apart: Ke = dilation * (k - 1) + 1.

    >>> effective_size(3, dilation=2)  # taps at 0, 2 and 4
    5
    """
    kernel = integer(kernel, "kernel", 1)
    return integer(dilation, "dilation", 1) * (kernel - 1) + 1


def same_padding(size, kernel, stride=1, dilation=1):
    """Zeros (before, after) that make the output ceil(size / stride) long; an odd zero goes after.

    This is TensorFlow's rule. With stride > 1 it depends on the size of the input.

    >>> same_padding(5, 3)
    (1, 1)
    >>> same_padding(5, 4)  # an even kernel needs uneven padding
    (1, 2)
    >>> same_padding(6, 3, stride=2)
    (0, 1)
    """
    size = integer(size, "size", 0)
    stride = integer(stride, "stride", 1)
    outputs = -(-size // stride)
    total = max((outputs - 1) * stride + effective_size(kernel, dilation) - size, 0)
    return total // 2, total - total // 2


def padding_pair(padding, size, kernel, stride=1, dilation=1, *, name="padding"):
    """Return one axis's padding as (before, after), from an int, a pair, "valid" or "same".

    >>> padding_pair(2, size=7, kernel=3)
    (2, 2)
    >>> padding_pair("same", size=7, kernel=4)
    (1, 2)
    """
    if isinstance(padding, str):
        if padding == "valid":
            return 0, 0
        if padding == "same":
            return same_padding(size, kernel, stride, dilation)
        raise ValueError(f'{name} must be "valid", "same" or numbers, got {padding!r}')
    if not isinstance(padding, tuple | list):
        count = integer(padding, name, 0)
        return count, count
    if len(padding) != 2:
        raise ValueError(f"{name} must have two entries, (before, after), got {len(padding)}: {padding!r}")
    return integer(padding[0], f"{name} before", 0), integer(padding[1], f"{name} after", 0)


def padding_2d(padding, size, kernel, stride=(1, 1), dilation=(1, 1)):
    """Return a 2-D padding as ((top, bottom), (left, right)).

    Parameters
    ----------
    padding : int, (height, width), ((top, bottom), (left, right)), "valid" or "same"
    size, kernel, stride, dilation : (int, int)
        Height first; only "same" looks at them.

    Examples
    --------
    >>> padding_2d((1, 0), size=(5, 8), kernel=(3, 2))
    ((1, 1), (0, 0))
    >>> padding_2d(((0, 1), (2, 3)), size=(5, 8), kernel=(3, 2))
    ((0, 1), (2, 3))
    >>> padding_2d("same", size=(5, 8), kernel=(3, 2))
    ((1, 1), (0, 1))
    """
    if not isinstance(padding, tuple | list | str):
        count = integer(padding, "padding", 0)
        return (count, count), (count, count)
    heights = widths = padding
    if not isinstance(padding, str):
        if len(padding) != 2:
            raise ValueError(
                "padding must be an integer, (height, width) or ((top, bottom), (left, right)), "
                f"got {len(padding)} entries: {padding!r}"
            )
        heights, widths = padding
        if isinstance(heights, str) or isinstance(widths, str):
            raise TypeError(f'"valid" and "same" are given once for both axes, got padding={padding!r}')
        if isinstance(heights, tuple | list) != isinstance(widths, tuple | list):
            raise TypeError(f"padding mixes a number and a pair: {padding!r}")
    axes = zip((heights, widths), size, kernel, stride, dilation, ("height", "width"), strict=True)
    top_bottom, left_right = (
        padding_pair(p, n, k, s, d, name="padding" if isinstance(p, str) else f"padding {axis}")
        for p, n, k, s, d, axis in axes
    )
    return top_bottom, left_right


def _padded_and_span(size, kernel, padding, stride, dilation, axis, ceil_mode=False):
    size = integer(size, "size", 0)
    span = effective_size(kernel, dilation)
    before, after = padding_pair(padding, size, kernel, stride, dilation)
    padded = size + before + after
    where = f"{axis}: " if axis else ""
    overhang = stride - 1 if ceil_mode and size + before > 0 else 0  # pixels that the last window may lack
    if span > padded + overhang:
        taps = f" ({kernel} taps, dilation {dilation})" if dilation != 1 else ""
        zeros = f" ({size} + padding {before} + {after})" if before or after else ""
        rounded = f", and ceil_mode adds at most {overhang}" if ceil_mode else ""
        raise ValueError(
            f"{where}the kernel spans {span}{taps} but the padded input has only {padded}{zeros}{rounded}"
        )
    if max(padded, span) > _LARGEST:
        parts = f"{size} + padding {before} + {after}" if padded >= span else f"one window of {span}"
        raise ValueError(
            f"{where}the padded input would have {max(padded, span)} pixels ({parts}), "
            "more than memory can address"
        )
    return padded, span


def output_size(size, kernel, stride=1, padding=0, dilation=1, *, ceil_mode=False, axis=""):
    """Count the places where the kernel fits: H' = floor((H + pads - Ke) / S) + 1.

    With `ceil_mode`, which poolings have, the division is rounded up: the pixels left over get a window of
    their own, which hangs over the end. If it would start behind the last pixel, (H' - 1) S >= H + before, it
    is dropped.

    Parameters
    ----------
    size : int
        Input pixels along the axis, >= 0.
    kernel : int
        Kernel taps along the axis, >= 1.
    stride : int
    padding : int, (before, after), "valid" or "same"
    dilation : int
        Ke = dilation * (kernel - 1) + 1.
    ceil_mode : bool
    axis : str
        Put before the error message, for layers with more than one axis.

    Returns
    -------
    int, at least 1

    Raises
    ------
    ValueError
        If the kernel spans more than the padded input; with ceil_mode, than the padded input and S - 1 more.

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016), relationships 6 and 15.
    The rule of `ceil_mode` is PyTorch's, `pooling_output_shape` in its source.

    Examples
    --------
    >>> output_size(5, 3)
    3
    >>> output_size(7, 3, stride=2, padding=1)
    4
    >>> output_size(7, 3, padding="same", stride=3)
    3
    >>> output_size(7, 3, dilation=2)
    3
    >>> output_size(8, 3, stride=2), output_size(8, 3, stride=2, ceil_mode=True)  # starts 0 2 4, and 6
    (3, 4)
    >>> output_size(5, 2, stride=3, padding=1, ceil_mode=True)  # 0 and 3; 6 would be in the padding
    2
    """
    stride = integer(stride, "stride", 1)
    ceil_mode = flag(ceil_mode, "ceil_mode")
    padded, span = _padded_and_span(size, kernel, padding, stride, dilation, axis, ceil_mode)
    if not ceil_mode:
        return (padded - span) // stride + 1
    outputs = -((span - padded) // stride) + 1  # -(-a // b) rounds a / b up
    before, _ = padding_pair(padding, size, kernel, stride, dilation)
    return outputs - 1 if (outputs - 1) * stride >= max(size + before, 1) else outputs


def leftover(size, kernel, stride=1, padding=0, dilation=1):
    """Pixels at the end of the padded input that no window reaches: a = (H + pads - Ke) mod S.

    >>> leftover(8, 3, stride=2)  # windows start at 0, 2 and 4; pixel 7 is left
    1
    >>> leftover(7, 3, stride=2)
    0
    """
    stride = integer(stride, "stride", 1)
    padded, span = _padded_and_span(size, kernel, padding, stride, dilation, "")
    return (padded - span) % stride


def transposed_output_size(size, kernel, stride=1, padding=0, output_padding=0, dilation=1, *, axis=""):
    """Size that a transposed layer makes: H' = (H - 1) S - pads + Ke + output_padding.

    It is the H for which `output_size(H, ...)` gives `size` back and `leftover` is `output_padding`
    (as long as output_padding < stride).

    Parameters
    ----------
    size, kernel, stride, output_padding, dilation : int
    padding : int, (before, after), "valid" or "same"
        Pixels cropped from the two ends; "valid" crops none. "same" makes the output size * stride: it crops
        what `same_padding` pads there, Ke - S pixels, an odd one at the end. Where Ke < S there are pixels
        missing instead, and it sets the output padding to S - Ke.
    axis : str
        Put before the error message, for layers with more than one axis.

    Returns
    -------
    int, at least 1

    Raises
    ------
    ValueError
        If output_padding is not below max(stride, dilation), or not 0 with "same", or nothing is left after
        the crop.

    Examples
    --------
    >>> transposed_output_size(4, 3, stride=2, padding=1)
    7
    >>> transposed_output_size(4, 3, stride=2, padding=1, output_padding=1)
    8
    >>> output_size(7, 3, stride=2, padding=1), output_size(8, 3, stride=2, padding=1)
    (4, 4)
    >>> transposed_output_size(4, 3, stride=2, padding=(0, 1)), transposed_output_size(4, 3, 2, "same")
    (8, 8)
    """
    where = f"{axis}: " if axis else ""
    size = integer(size, "size", 1)
    stride = integer(stride, "stride", 1)
    before, after = padding_pair(padding, size * stride, kernel, stride, dilation)
    span = effective_size(kernel, dilation)
    extra = integer(output_padding, "output_padding", 0)
    if isinstance(padding, str) and padding == "same":
        if extra:
            raise ValueError(
                f'{where}padding="same" sets the output padding itself, for {size} * {stride} pixels, '
                f"but got output_padding {extra}"
            )
        extra = max(stride - span, 0)
    if extra >= max(stride, dilation):
        raise ValueError(
            f"{where}output_padding must be below max(stride, dilation), "
            f"got output_padding {extra} with stride {stride} and dilation {dilation}"
        )
    full = (size - 1) * stride + span + extra
    if full > _LARGEST:
        raise ValueError(
            f"{where}the full output would have {full} pixels (from {size} with stride {stride} and "
            f"output_padding {extra}), more than memory can address"
        )
    if full - before - after < 1:
        parts = "" if before == after else f" ({before} + {after})"
        raise ValueError(
            f"{where}padding crops {before + after} pixels{parts} but the full output has only {full}"
        )
    return full - before - after


class ReceptiveField(NamedTuple):
    """The receptive field of one output pixel of a stack of layers, along one axis of the input.

    The field of output i spans `size` input pixels, from `start + i * jump` on; with dilation, or a stride
    wider than a kernel, the output does not see all of them. A negative start lies in the padding.
    """

    size: int
    jump: int
    start: int

    @property
    def centre(self):
        """Input coordinate of the middle of output 0's field; a half for an even size."""
        return self.start + (self.size - 1) / 2


def receptive_field(layers):
    """Follow size, jump and start through a stack of layers, from the input to the last output.

    Parameters
    ----------
    layers : iterable of (kernel,), (kernel, stride), (kernel, stride, padding) or
        (kernel, stride, padding, dilation)
        One entry per layer, along one axis, the layer next to the input first. The defaults are stride 1,
        padding 0 and dilation 1. Pooling is a layer too. Padding is an int or (before, after): "same" with a
        stride depends on the size of the input, so it has to be worked out first.

    Returns
    -------
    ReceptiveField
        With each layer the size grows by (Ke - 1) * jump, the start moves back by padding * jump, and then
        the jump is multiplied by the stride.

    References
    ----------
    Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks" (Distill, 2019).

    Examples
    --------
    >>> receptive_field([(3,), (3,)])  # two 3-wide layers see as much as one 5-wide layer
    ReceptiveField(size=5, jump=1, start=0)
    >>> receptive_field([(3, 2, 1), (3, 2, 1)])
    ReceptiveField(size=7, jump=4, start=-3)
    """
    size, jump, start = 1, 1, 0
    for number, layer in enumerate(layers):
        entries = tuple(layer) if isinstance(layer, tuple | list) else (layer,)
        if not 1 <= len(entries) <= 4:
            raise ValueError(
                f"layer {number} must be (kernel, stride, padding, dilation), got {len(entries)} entries"
            )
        kernel, stride, padding, dilation = entries + (1, 1, 0, 1)[len(entries) :]
        if isinstance(padding, str) and padding != "valid":
            raise ValueError(f"layer {number} must give its padding in pixels, got {padding!r}")
        before, _ = padding_pair(padding, 0, kernel)
        size += (effective_size(kernel, dilation) - 1) * jump
        start -= before * jump
        jump *= integer(stride, "stride", 1)
    return ReceptiveField(size, jump, start)
