"""Problems drawn whole: every kernel of every module, by every algorithm, against the definition."""

from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as runs
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from conv_lib import fast, naive, vectorized
from conv_lib.fast.settings import ALGORITHMS
from conv_lib.vectorized import col2im, im2col
from tests import problems
from tests.small_blocks import small_blocks

# Winograd's and the FFT's sums are not the definition's own
ROUNDING = {"winograd": {"f": 2e-5, "d": 1e-11}, "fft": {"f": 2e-6, "d": 1e-13}}


def agree(found, expected, rounding=0.0):
    """Check dtype, shape and numbers. `rounding` is the largest absolute error of finite numbers."""
    assert np.result_type(found) == np.result_type(expected)
    assert np.shape(found) == np.shape(expected)
    if rounding:
        finite = np.isfinite(expected)
        assert_array_equal(np.where(finite, 0, found), np.where(finite, 0, expected))
        found, expected = np.where(finite, found, 0), np.where(finite, expected, 0)
        assert np.max(np.abs(found - expected), initial=0) <= rounding
    else:
        assert_array_equal(found, expected)


def scale(layer):
    """Return an upper bound of the sum of the absolute products in one result."""
    largest = max(np.abs(a[np.isfinite(a)].astype(float)).max(initial=1) for a in layer.arrays())
    return largest**2 * max(a.size for a in layer.arrays())


def check(layer, kernels, expected, algorithm="auto"):
    """Check that both passes of a layer give these results, in new memory, and do not change the arrays."""
    kept = [array.copy() for array in layer.arrays()]
    try:
        results = layer.forward(kernels), *layer.backward(kernels)
    except ValueError as error:
        if f"algorithm {algorithm!r} needs" not in str(error) or possible(algorithm, layer):
            raise
        results, expected = layer.backward(kernels), expected[1:]
    for found, wanted in zip(results, expected, strict=True):
        rounding = ROUNDING.get(algorithm, {}).get(np.result_type(wanted).char, 0.0)
        if layer.name == "avg_pool2d":
            rounding = 1e-6 if np.result_type(wanted) == np.float32 else 1e-14
        agree(found, wanted, rounding * scale(layer))
        if isinstance(found, np.ndarray):
            assert found.flags.writeable
            assert not any(np.may_share_memory(found, array) for array in layer.arrays())
    for array, before in zip(layer.arrays(), kept, strict=True):
        assert_array_equal(array, before)


def possible(algorithm, layer):
    """Return whether an algorithm named by `using` must support the forward pass of a layer."""
    if (
        algorithm in ("auto", "direct", "im2col", "batch_last", "flipped", "col2im")
        or "transpose" in layer.name
    ):
        return True
    kernel, groups = (1, *layer.w.shape)[-2:], layer.settings.get("groups", 1)
    one_step, undilated = layer.settings.get("stride", 1) == 1, layer.settings.get("dilation", 1) == 1
    return {
        "one_window": kernel == (1, *layer.x.shape)[-2:] and layer.settings.get("padding", 0) == 0,
        "pointwise": kernel == (1, 1) and one_step and layer.settings.get("padding", 0) in (0, "same"),
        "mec": undilated,
        "winograd": kernel == (3, 3) and one_step,
        "depthwise": one_step and (layer.dout.ndim == 1 or groups == layer.x.shape[1] == len(layer.w)),
        "fft": one_step and undilated,
    }[algorithm]


def holds_everywhere(layer, way=None):
    """Check that all modules agree with the definition. `way` adds runs of `fast` with other settings."""
    plain = layer.plain()
    with np.errstate(all="ignore"):
        expected = plain.forward(naive), *plain.backward(naive)
        for kernels in (naive, vectorized, fast):
            check(layer, kernels, expected)
        if way is not None:
            with small_blocks() if way.small else nullcontext():
                for algorithm in ("auto", *way.algorithms):
                    with fast.using(algorithm=algorithm, threads=way.threads):
                        check(layer, fast, expected, algorithm)


WAYS = st.builds(
    SimpleNamespace,
    algorithms=st.lists(st.sampled_from(ALGORITHMS[1:]), min_size=2, max_size=2, unique=True),
    threads=st.integers(1, 2),
    small=st.booleans(),
)


def given_many(few, *strategies, and_these=()):
    """Run a test on `few` problems, the same every time. Its slow variant draws thirty times as many."""
    quiet = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
    some = runs(max_examples=few, derandomize=True, **quiet)
    many = runs(max_examples=30 * few, print_blob=True, **quiet)

    def twins(test):
        @pytest.mark.parametrize(
            "how",
            [
                pytest.param(some, id="some"),
                pytest.param(many, id="many", marks=[pytest.mark.slow, pytest.mark.timeout(3600)]),
            ],
        )
        def run(how):
            drawn = test
            for layer in and_these:
                drawn = example(layer, SimpleNamespace(algorithms=["direct"], threads=2, small=True))(drawn)
            how(given(*strategies)(drawn))()

        return run

    return twins


def ones(name, x, w, dout, **settings):
    return problems.Layer(name, *(None if s is None else np.ones(s) for s in (x, w, None, dout)), settings)


POINTWISE = (2, 3, 4, 5), (3, 1, 1, 1), (2, 3, 4, 5)
WHOLE = (2, 6, 7, 5), (6, 1, 7, 5), (2, 6, 1, 1)


@given_many(300, problems.conv2d(), WAYS)
def test_conv2d(layer, way):
    holds_everywhere(layer, way)


@given_many(
    200,
    problems.conv2d(depthwise=True),
    WAYS,
    and_these=[ones("conv2d", *POINTWISE, groups=3), ones("conv2d", *WHOLE, groups=6)],
)
def test_depthwise(layer, way):
    holds_everywhere(layer, way)


@given_many(
    200,
    problems.conv_transpose2d(),
    WAYS,
    and_these=[
        ones("conv_transpose2d", (1, 3, 4, 5), (3, 2, 1, 1), (1, 2, 5, 6), dilation=2, output_padding=1)
    ],
)
def test_conv_transpose2d(layer, way):
    holds_everywhere(layer, way)


@given_many(
    150,
    problems.conv_transpose2d(depthwise=True),
    WAYS,
    and_these=[ones("conv_transpose2d", *POINTWISE, groups=3)],
)
def test_transposed_depthwise(layer, way):
    holds_everywhere(layer, way)


NO_SAMPLES = problems.Layer("conv1d", np.ones(0), np.ones(2), 0.0, np.ones(1), {"padding": 1})
INFINITE = problems.Layer(
    "conv1d", np.ones(6), np.array([1, np.inf, 2]), 0.0, np.array([1.0, 2, 3, 4]), {"padding": 0}
)


@given_many(300, problems.conv1d(), WAYS, and_these=[NO_SAMPLES, INFINITE])
def test_conv1d(layer, way):
    holds_everywhere(layer, way)


@given_many(100, problems.pooling())
def test_pooling(layer):
    holds_everywhere(layer)


def columns_by_definition(x, kernel, stride, dilation, pads, out):
    """Return the rows (d, u, v) and columns (n, i, j) of `im2col`, and the source of each entry."""
    xpad = np.pad(x, ((0, 0), (0, 0), *pads))
    index = np.arange(xpad.size).reshape(xpad.shape)
    rows = [
        index[:, d, u * dilation[0] :, v * dilation[1] :][:, :: stride[0], :: stride[1]][
            :, : out[0], : out[1]
        ]
        for d in range(x.shape[1])
        for u in range(kernel[0])
        for v in range(kernel[1])
    ]
    places = np.array([row.ravel() for row in rows], int).reshape(len(rows), len(x) * out[0] * out[1])
    return xpad.ravel()[places], places, xpad.shape


@given_many(200, problems.unfolding())
def test_im2col_and_col2im(drawn):
    x, columns, kernel, stride, dilation, padding, pads, out = drawn
    options = {"stride": stride, "dilation": dilation, "padding": padding}
    kept = x.copy(), columns.copy()
    with np.errstate(all="ignore"):
        found, back = im2col(x, kernel, **options), col2im(columns, x.shape, kernel, **options)
        expected, places, padded = columns_by_definition(promoted(x), kernel, stride, dilation, pads, out)
        sums = np.zeros(padded, promoted(columns).dtype)
        np.add.at(sums.reshape(-1), places.ravel(), promoted(columns).ravel())
    (top, _), (left, _) = pads
    agree(found, expected)
    agree(back, sums[:, :, top : top + x.shape[2], left : left + x.shape[3]])
    for array, before, result in zip((x, columns), kept, (found, back), strict=True):
        assert not np.may_share_memory(array, result)
        assert_array_equal(array, before)


def promoted(array):
    """Convert an array: float32 stays, float16 becomes float32, everything else becomes float64."""
    return array.astype(np.float32 if array.dtype.kind == "f" and array.itemsize <= 4 else np.float64)
