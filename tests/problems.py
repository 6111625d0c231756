"""Whole problems: layers of every kind, their arrays in any dtype, memory order and content.

The numbers are small integers, so that every order of summation gives the same sum to the last bit: a kernel
that computes the definition's own sums has to agree exactly, NaN and infinities included.
"""

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

FLOATS = ("f2", "f4", "f8")
INTEGERS = ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?")
ORDERS = (
    *("C", "F", "backwards", "spaced", "unaligned", "big-endian"),
    *("constant", "constant in front", "constant behind"),
)


@dataclass
class Layer:
    """A call of a kernel and of its backward pass: the arrays as passed, and the settings."""

    name: str
    x: np.ndarray
    w: np.ndarray | None
    b: np.ndarray | float | None
    dout: np.ndarray
    settings: dict
    kernel_size: tuple | None = None  # of a pooling window

    def forward(self, kernels):
        inputs = (self.x, self.kernel_size) if self.w is None else (self.x, self.w, self.b)
        return getattr(kernels, self.name)(*inputs, **self.settings)

    def backward(self, kernels):
        inputs = (self.x, self.kernel_size) if self.w is None else (self.x, self.w)
        results = getattr(kernels, self.name + "_backward")(self.dout, *inputs, **self.settings)
        return results if isinstance(results, tuple) else (results,)

    def arrays(self):
        return [a for a in (self.x, self.w, self.b, self.dout) if isinstance(a, np.ndarray)]

    def plain(self):
        """Return the same call with fresh native arrays in C order."""
        return replace(self, **{
            name: np.array(array, array.dtype.newbyteorder("="), order="C")
            for name, array in vars(self).items()
            if isinstance(array, np.ndarray)
        })  # fmt: skip


def lay_out(array, order):
    """Return the same numbers in another memory order; "constant ..." repeats the first with stride 0."""
    match order:
        case "F":
            return np.asfortranarray(array)
        case "backwards":
            return np.flip(np.ascontiguousarray(np.flip(array)))
        case "spaced":
            return np.repeat(array, 2, axis=-1)[..., ::2]
        case "unaligned":
            moved = np.empty(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
            moved[...] = array
            return moved
        case "big-endian":
            return array.astype(array.dtype.newbyteorder(">"))
        case "constant" if array.size:
            return np.broadcast_to(array.ravel()[:1].reshape((1,) * array.ndim), array.shape)
        case "constant in front":
            return np.broadcast_to(array[:1], array.shape)
        case "constant behind":
            return np.broadcast_to(array[..., :1], array.shape)
    return array


@st.composite
def arrays(draw, shape, dtype, special):
    """Draw small integers of a shape, with up to three non-finite values if `special`."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    low = 0 if dtype in ("u1", "u2", "u4", "u8", "?") else -3
    array = rng.integers(low, 4, shape).astype(dtype)
    if special and dtype in FLOATS and array.size:
        for value in draw(st.lists(st.sampled_from((np.inf, -np.inf, np.nan)), min_size=1, max_size=3)):
            array.flat[draw(st.integers(0, array.size - 1))] = value
    array = lay_out(array, draw(st.sampled_from(ORDERS)))
    if draw(st.booleans()):
        array.flags.writeable = False
    return array


@st.composite
def dtypes(draw, count):
    """Draw one dtype for all arrays, or one for each."""
    if draw(st.integers(0, 3)):
        return (draw(st.sampled_from(FLOATS)),) * count
    return tuple(draw(st.sampled_from(FLOATS + INTEGERS)) for _ in range(count))


@st.composite
def filled(draw, name, shapes, settings, **more):
    """Draw a layer whose arrays have these shapes by name (x, dout and perhaps w and b)."""
    kinds = draw(dtypes(len(shapes)))
    found = {
        key: draw(arrays(shape, kind, draw(st.integers(0, 2)) == 0))
        for (key, shape), kind in zip(shapes.items(), kinds, strict=True)
    }
    return Layer(name, **({"w": None, "b": None} | found), settings=settings, **more)


@st.composite
def channels(draw, depthwise):
    """Draw (groups, D, F): one group, several, one per channel with or without a multiplier, or none."""
    kinds = (
        ("depthwise",) if depthwise else ("one", "few filters", "some", "depthwise", "multiplier", "empty")
    )
    kind = draw(st.sampled_from(kinds))
    if kind == "one":
        return 1, draw(st.integers(1, 4)), draw(st.integers(1, 4))
    if kind == "few filters":
        return 1, draw(st.integers(4, 5)), 1
    if kind == "empty":
        return draw(st.sampled_from(((1, 0, 2), (1, 2, 0), (2, 0, 2), (2, 2, 0), (2, 0, 0))))
    groups = draw(st.sampled_from((2, 3, 4)))
    if kind == "some":
        return groups, groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    return groups, groups, groups * (1 if kind == "depthwise" else 2)


@st.composite
def steps(draw, high):
    """Draw (1, 1) half of the time, otherwise two numbers up to `high`."""
    return (1, 1) if draw(st.booleans()) else (draw(st.integers(1, high)), draw(st.integers(1, high)))


def spans(kernel, dilation):
    return [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]


def written(pairs):
    """Return the shortest way to write two equal or unequal numbers."""
    return pairs[0] if pairs[0] == pairs[1] else tuple(pairs)


def same(size, span, stride):
    """Return TensorFlow's padding: the fewest zeros for ceil(size / stride) outputs, an odd one last."""
    total = max((-(-size // stride) - 1) * stride + span - size, 0)
    return total // 2, total - total // 2


@st.composite
def windows(draw, most=5):
    """Draw kernel, stride, dilation, padding and image size separately for both axes; and the output size."""
    form = draw(st.sampled_from(("any", "any", "1x1", "3x3", "whole image")))
    stride, dilation = draw(steps(5)), draw(steps(3))
    kernel = {"1x1": (1, 1), "3x3": (3, 3)}.get(form) or draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    span = spans(kernel, dilation)
    if form == "whole image":
        return kernel, stride, (1, 1), 0, kernel, (1, 1), ((0, 0), (0, 0))
    form = draw(st.sampled_from(("none", "even", "uneven", "same")))
    some = st.integers(0, 4)
    pads = {"none": ((0, 0),) * 2}.get(form) or [(p, p) for p in draw(st.tuples(some, some))]
    if form == "uneven":
        pads = draw(st.tuples(st.tuples(some, some), st.tuples(some, some)))
    low = [1 if form == "same" else max(s - sum(p), 0) for s, p in zip(span, pads, strict=True)]
    if draw(st.integers(0, 5)) == 0:
        size = tuple(low)  # the minimum number of pixels: none, if there are enough zeros
    else:
        size = tuple(draw(st.integers(max(n, 1), n + most)) for n in low)
    if form == "same":
        pads = [same(n, s, by) for n, s, by in zip(size, span, stride, strict=True)]
    out = tuple((n + sum(p) - s) // by + 1 for n, p, s, by in zip(size, pads, span, stride, strict=True))
    padding = {"same": "same", "uneven": tuple(pads)}.get(form) or written([p[0] for p in pads])
    return kernel, stride, dilation, padding, size, out, tuple(pads)


def images(draw, products):
    """Draw the size of a batch: often one, sometimes many or none, as long as `naive` is quick."""
    return min(draw(st.sampled_from((1, 1, 2, 3, 9, 0))), max(4000 // max(products, 1), 1))


@st.composite
def conv2d(draw, depthwise=False):
    kernel, stride, dilation, padding, size, out, _ = draw(windows())
    groups, D, F = draw(channels(depthwise))
    N = images(draw, F * D // groups * np.prod(kernel) * np.prod(out))
    shapes = {"x": (N, D, *size), "w": (F, D // groups, *kernel), "b": (F,), "dout": (N, F, *out)}
    if draw(st.booleans()):
        del shapes["b"]
    settings = {"stride": written(stride), "dilation": written(dilation), "padding": padding}
    return draw(filled("conv2d", shapes, settings | {"groups": groups}))


@st.composite
def crops(draw, full):
    """Draw ((top, bottom), (left, right)) that do not crop the whole output, and their padding argument."""
    if draw(st.booleans()):  # both ends alike
        even = [draw(st.integers(0, min((n - 1) // 2, 3))) if draw(st.booleans()) else 0 for n in full]
        padding = "valid" if not any(even) and draw(st.booleans()) else written(even)
        return [(p, p) for p in even], padding
    before = [draw(st.integers(0, min(n - 1, 4))) for n in full]
    after = [draw(st.integers(0, min(n - 1 - p, 4))) for n, p in zip(full, before, strict=True)]
    pairs = tuple(zip(before, after, strict=True))
    return pairs, pairs


@st.composite
def conv_transpose2d(draw, depthwise=False):
    one = draw(st.booleans())
    kernel = (1, 1) if one else draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    stride, dilation = draw(steps(4)), draw(steps(3))
    size = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    extra = [draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True)]
    full = [
        (n - 1) * by + s + e for n, by, s, e in zip(size, stride, spans(kernel, dilation), extra, strict=True)
    ]
    crop, padding = draw(crops(full))
    if draw(st.integers(0, 3)) == 0:  # the size is given: crop or add the difference
        wide = [n * by for n, by in zip(size, stride, strict=True)]
        crop = [same(n, s, by) for n, s, by in zip(wide, spans(kernel, dilation), stride, strict=True)]
        full = [n + sum(pair) for n, pair in zip(wide, crop, strict=True)]
        padding, extra = "same", [0, 0]
    groups, D, F = draw(channels(depthwise))
    N = images(draw, F * D // groups * np.prod(kernel) * np.prod(size))
    out = [n - sum(pair) for n, pair in zip(full, crop, strict=True)]
    shapes = {"x": (N, D, *size), "w": (D, F // groups, *kernel), "b": (F,), "dout": (N, F, *out)}
    if draw(st.booleans()):
        del shapes["b"]
    settings = {
        "stride": written(stride), "dilation": written(dilation), "padding": padding,
        "output_padding": written(extra), "groups": groups,
    }  # fmt: skip
    return draw(filled("conv_transpose2d", shapes, settings))


@st.composite
def conv1d(draw):
    kernel, stride, dilation, padding, size, out, _ = draw(windows(12))
    if isinstance(padding, tuple):
        padding = padding[1]
    shapes = {"x": size[1:], "w": kernel[1:], "dout": out[1:]}
    settings = {"stride": stride[1], "dilation": dilation[1], "padding": padding}
    layer = draw(filled("conv1d", shapes, settings))
    layer.b = draw(st.sampled_from((0.0, 2, -1.5, np.float64(0.5), np.array(1), np.inf, np.nan)))
    return layer


def pooled(size, pad, kernel, stride, ceil_mode):
    """Count the windows along one axis: those that fit or, with `ceil_mode`, those that are needed."""
    starts = range(0, size + pad, stride)  # in the padded image; none starts after the last pixel
    padded = size + 2 * pad
    if ceil_mode:  # as long as the previous one has left pixels
        return sum(start == 0 or start - stride + kernel < padded for start in starts)
    return sum(start + kernel <= padded for start in starts)


@st.composite
def pooling(draw):
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride = draw(st.one_of(st.none(), steps(5)))
    pads = [draw(st.integers(0, k // 2)) for k in kernel]
    by = kernel if stride is None else stride
    ceil_mode = draw(st.booleans())
    room = [s - 1 if ceil_mode else 0 for s in by]  # how far a single window may extend beyond the edge
    low = [max(k - 2 * p - r, 1) for k, p, r in zip(kernel, pads, room, strict=True)]
    size = [draw(st.integers(n, k + 5)) for n, k in zip(low, kernel, strict=True)]
    out = [pooled(*axis, ceil_mode) for axis in zip(size, pads, kernel, by, strict=True)]
    D = draw(st.integers(0, 3))
    N = images(draw, D * np.prod(kernel) * np.prod(out))
    settings = {"stride": stride and written(stride), "padding": written(pads), "ceil_mode": ceil_mode}
    name = draw(st.sampled_from(("max_pool2d", "avg_pool2d")))
    if name == "avg_pool2d":
        settings["count_include_pad"] = draw(st.booleans())
    shapes = {"x": (N, D, *size), "dout": (N, D, *out)}
    return draw(filled(name, shapes, settings, kernel_size=written(kernel)))


@st.composite
def unfolding(draw):
    """Draw arguments for `im2col` and `col2im`: x, columns, settings, zeros and outputs of each axis."""
    kernel, stride, dilation, padding, size, out, pads = draw(windows())
    N, D = draw(st.integers(0, 2)), draw(st.integers(0, 3))
    shapes = (N, D, *size), (D * kernel[0] * kernel[1], N * out[0] * out[1])
    kinds = st.sampled_from(FLOATS + INTEGERS)
    x, columns = (draw(arrays(shape, draw(kinds), draw(st.booleans()))) for shape in shapes)
    return x, columns, kernel, stride, dilation, padding, pads, out
