"""The arguments that every kernel accepts, and its error messages for others: one table for all modules."""

import inspect
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from conv_lib import fast, naive, vectorized

MODULES = pytest.mark.parametrize("kernels", [naive, vectorized, fast])
X1, W1 = np.arange(1.0, 8), np.array([1.0, -2, 3])
X2, W2 = (
    np.random.default_rng(0).standard_normal((2, 4, 5, 6)),
    np.random.default_rng(1).standard_normal((6, 4, 3, 2)),
)

# every public kernel with valid arguments: name, positional arrays, other positional arguments
CALLS = {
    "conv1d": ([X1, W1], ()),
    "conv1d_backward": ([np.ones(5), X1, W1], ()),
    "conv2d": ([X2, W2, np.ones(6)], ()),
    "conv2d_backward": ([np.ones((2, 6, 3, 5)), X2, W2], ()),
    "conv_transpose2d": ([X2, W2.transpose(1, 0, 2, 3), np.ones(6)], ()),
    "conv_transpose2d_backward": ([np.ones((2, 6, 7, 7)), X2, W2.transpose(1, 0, 2, 3)], ()),
    "max_pool2d": ([X2], (2,)),
    "max_pool2d_backward": ([np.ones((2, 4, 2, 3)), X2], (2,)),
    "avg_pool2d": ([X2], (2,)),
    "avg_pool2d_backward": ([np.ones((2, 4, 2, 3)), X2], (2,)),
}
KERNELS = pytest.mark.parametrize("name", CALLS)


def call(kernels, name, arrays=None, **options):
    """Run a kernel on its own or on other arrays. Always return a tuple of results."""
    own, rest = CALLS[name]
    results = getattr(kernels, name)(*(own if arrays is None else arrays), *rest, **options)
    return results if isinstance(results, tuple) else (results,)


@KERNELS
def test_signatures_are_equal(name):
    signatures = {str(inspect.signature(getattr(kernels, name))) for kernels in (naive, vectorized, fast)}
    assert len(signatures) == 1


def test_signatures_match_the_design():
    assert str(inspect.signature(naive.conv1d)) == "(x, w, b=0.0, *, stride=1, padding=0, dilation=1)"
    assert (
        str(inspect.signature(naive.conv2d)) == "(x, w, b=None, *, stride=1, padding=0, dilation=1, groups=1)"
    )
    assert str(inspect.signature(naive.conv_transpose2d)) == (
        "(x, w, b=None, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1)"
    )
    for kind in ("max", "avg"):
        options = "*, stride=None, padding=0, ceil_mode=False"
        if kind == "avg":
            options += ", count_include_pad=True"
        pool, backward = getattr(naive, f"{kind}_pool2d"), getattr(naive, f"{kind}_pool2d_backward")
        assert str(inspect.signature(pool)) == f"(x, kernel_size, {options})"
        assert str(inspect.signature(backward)) == f"(dout, x, kernel_size, {options})"
    for name in ("conv1d", "conv2d", "conv_transpose2d"):
        options = [
            p for p in inspect.signature(getattr(naive, name)).parameters.values() if p.kind == p.KEYWORD_ONLY
        ]
        backward = inspect.signature(getattr(naive, f"{name}_backward")).parameters
        assert list(backward) == ["dout", "x", "w"] + [p.name for p in options]
        assert [backward[p.name] for p in options] == options


@MODULES
@KERNELS
def test_every_public_name_is_listed(kernels, name):
    assert name in kernels.__all__


@MODULES
@KERNELS
def test_a_non_array_is_a_type_error(kernels, name):
    arrays, _ = CALLS[name]
    for k in range(len(arrays)):
        for stand_in in (arrays[k].tolist(), 3.0, None, "image"):
            if stand_in is None and arrays[k].shape == (6,):
                continue  # a bias may be left out
            others = [*arrays[:k], stand_in, *arrays[k + 1 :]]
            with pytest.raises(TypeError, match=f"must be a NumPy array, got {type(stand_in).__name__}"):
                call(kernels, name, others)


@MODULES
@KERNELS
def test_an_array_without_real_numbers_is_a_type_error(kernels, name):
    arrays, _ = CALLS[name]
    for k in range(len(arrays)):
        for dtype in (complex, object, "U3"):
            others = [*arrays[:k], arrays[k].astype(dtype), *arrays[k + 1 :]]
            with pytest.raises(TypeError, match="must hold float32, float64 or integers, got"):
                call(kernels, name, others)


@MODULES
@KERNELS
def test_a_missing_axis_is_named(kernels, name):
    arrays, _ = CALLS[name]
    for k in range(len(arrays)):
        others = [*arrays[:k], arrays[k][0], *arrays[k + 1 :]]
        axes = arrays[k].ndim
        if axes == 1:  # a NumPy number is not an array
            error, message = TypeError, "must be a NumPy array, got float64"
        else:
            error, message = ValueError, f"has {axes - 1} axes .* but {axes} are needed"
        with pytest.raises(error, match=message):
            call(kernels, name, others)


@MODULES
@KERNELS
def test_dtypes(kernels, name):
    arrays, _ = CALLS[name]
    for given, expected in [
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.int32, np.float64),
        (np.int64, np.float64),
        (np.uint8, np.float64),
        (bool, np.float64),
        (np.float16, np.float32),
        (">f4", np.float32),
    ]:
        for result in call(kernels, name, [np.abs(array).astype(given) for array in arrays]):
            assert result.dtype == np.dtype(expected)
    if len(arrays) > 1:
        mixed = [arrays[0].astype(np.float32), *arrays[1:]]
        assert {result.dtype for result in call(kernels, name, mixed)} == {np.dtype(np.float64)}


@MODULES
def test_a_number_as_bias_does_not_widen_float32(kernels):
    for b in (1, 0.5, np.float64(0.5), np.array(0.5)):
        assert kernels.conv1d(X1.astype(np.float32), W1.astype(np.float32), b).dtype == np.float32


@MODULES
@KERNELS
def test_inputs_stay_as_they_are_even_when_read_only(kernels, name):
    arrays = [array.copy() for array in CALLS[name][0]]
    for array in arrays:
        array.flags.writeable = False
    call(kernels, name, arrays)
    for array, original in zip(arrays, CALLS[name][0], strict=True):
        assert_array_equal(array, original)


@MODULES
@KERNELS
def test_results_share_no_memory_with_inputs(kernels, name):
    arrays, _ = CALLS[name]
    for result in call(kernels, name):
        assert not any(np.shares_memory(result, array) for array in arrays)


@MODULES
def test_results_hold_no_more_memory_than_they_show(kernels):
    """A view into a padded array would keep the border alive as long as the result."""
    pool = np.ones((2, 4, 3, 4))
    for result in (
        kernels.conv1d_backward(np.ones(7), X1, W1, padding=1)[0],
        kernels.conv2d_backward(np.ones((2, 6, 5, 7)), X2, W2, padding=1)[0],
        kernels.conv_transpose2d(X2, W2.transpose(1, 0, 2, 3), padding=1),
        kernels.max_pool2d_backward(pool, X2, 2, padding=1),
        kernels.avg_pool2d_backward(pool, X2, 2, padding=1),
    ):
        assert result.flags.c_contiguous
        assert result.base is None or result.base.size == result.size


@MODULES
@KERNELS
def test_any_memory_order_is_accepted(kernels, name):
    arrays, _ = CALLS[name]
    expected = call(kernels, name)
    spaced = [np.repeat(array, 2, axis=-1)[..., ::2] for array in arrays]
    backwards = [np.flip(np.ascontiguousarray(np.flip(array))) for array in arrays]
    fortran = [np.asfortranarray(array) for array in arrays]
    unaligned = []
    for array in arrays:
        raw = np.empty(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
        raw[...] = array
        unaligned.append(raw)
    for variant in (spaced, backwards, fortran, unaligned):
        for result, reference in zip(call(kernels, name, variant), expected, strict=True):
            assert_allclose(result, reference, rtol=1e-12, atol=1e-13)


@MODULES
@pytest.mark.parametrize("name", [name for name in CALLS if "1d" not in name])
def test_an_empty_batch_gives_empty_results_and_zero_gradients(kernels, name):
    arrays, _ = CALLS[name]
    empty = [array[:0] if array.shape[0] == 2 else array for array in arrays]
    for result, reference in zip(call(kernels, name, empty), call(kernels, name), strict=True):
        if reference.shape[0] == 2:
            assert result.shape == (0, *reference.shape[1:])
        else:
            assert result.shape == reference.shape
            assert not result.any()


@MODULES
@KERNELS
def test_stride_dilation_and_groups_are_integers_of_at_least_one(kernels, name):
    options = inspect.signature(getattr(kernels, name)).parameters
    for option in {"stride", "dilation", "groups"} & set(options):
        for value in (1.5, 2.0, float("nan"), True, np.True_, np.array(True), np.float64(1), "1"):
            with pytest.raises(TypeError, match=f"{option} must be an integer, got"):
                call(kernels, name, **{option: value})
        for value in (0, -1):
            with pytest.raises(ValueError, match=f"{option} must be at least 1, got {value}"):
                call(kernels, name, **{option: value})
        if option != "groups" and "2d" in name:
            with pytest.raises(
                ValueError, match=f"{option} must be an integer or .height, width., got 3 entries"
            ):
                call(kernels, name, **{option: (1, 1, 1)})
            with pytest.raises(ValueError, match=f"{option} width must be at least 1, got 0"):
                call(kernels, name, **{option: (1, 0)})


@MODULES
@KERNELS
def test_numpy_integers_are_integers(kernels, name):
    for result, reference in zip(
        call(kernels, name, padding=np.int64(0)), call(kernels, name, padding=0), strict=True
    ):
        assert_array_equal(result, reference)


@MODULES
@KERNELS
def test_padding_is_whole_and_not_negative(kernels, name):
    for value in (0.5, float("nan"), True, None):
        with pytest.raises(TypeError, match="padding must be an integer, got"):
            call(kernels, name, padding=value)
    with pytest.raises(ValueError, match="padding must be at least 0, got -1"):
        call(kernels, name, padding=-1)


@MODULES
def test_forms_of_padding(kernels):
    y = kernels.conv2d(np.pad(X2, ((0, 0), (0, 0), (1, 1), (2, 2))), W2)
    for padding in ((1, 2), [1, 2], ((1, 1), (2, 2))):
        assert_allclose(kernels.conv2d(X2, W2, padding=padding), y, rtol=1e-13)
    assert_array_equal(kernels.conv2d(X2, W2, padding="valid"), kernels.conv2d(X2, W2))
    uneven = kernels.conv2d(np.pad(X2, ((0, 0), (0, 0), (0, 3), (2, 1))), W2)
    assert_allclose(kernels.conv2d(X2, W2, padding=((0, 3), (2, 1))), uneven, rtol=1e-13)
    with pytest.raises(ValueError, match='padding must be "valid", "same" or numbers, got \'full\''):
        kernels.conv2d(X2, W2, padding="full")
    with pytest.raises(TypeError, match="padding mixes a number and a pair"):
        kernels.conv2d(X2, W2, padding=(1, (2, 2)))
    with pytest.raises(TypeError, match='"valid" and "same" are given once for both axes'):
        kernels.conv2d(X2, W2, padding=("same", "same"))
    with pytest.raises(ValueError, match=r"padding must be an integer, .*got 3 entries"):
        kernels.conv2d(X2, W2, padding=(1, 2, 3))
    with pytest.raises(ValueError, match="padding height must have two entries"):
        kernels.conv2d(X2, W2, padding=((1, 2, 3), (1, 2)))
    with pytest.raises(ValueError, match="padding width after must be at least 0, got -2"):
        kernels.conv2d(X2, W2, padding=((1, 2), (1, -2)))
    with pytest.raises(ValueError, match=r"padding must have two entries, .*got 1"):
        kernels.conv1d(X1, W1, padding=(1,))


@MODULES
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("taps", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_padding_follows_tensorflow(kernels, stride, taps, dilation):
    for size in range(1, 8):
        x, w = np.arange(1.0, size + 1), np.arange(1.0, taps + 1)
        outputs = -(-size // stride)  # ceil
        total = max((outputs - 1) * stride + dilation * (taps - 1) + 1 - size, 0)
        padded = np.pad(x, (total // 2, total - total // 2))  # an odd zero goes to the end
        y = kernels.conv1d(x, w, padding="same", stride=stride, dilation=dilation)
        assert len(y) == outputs
        assert_allclose(y, kernels.conv1d(padded, w, stride=stride, dilation=dilation)[:outputs])


@MODULES
def test_sizes_that_do_not_match_are_both_named(kernels):
    x, w = np.zeros((1, 3, 4, 5)), np.zeros((4, 2, 3, 2))
    for message, run in {
        r"x has 3 channels but w expects 2 \(groups=1\)": lambda: kernels.conv2d(x, w),
        r"x has 4 channels but w expects 8 \(groups=2\)": lambda: kernels.conv2d(
            np.zeros((1, 4, 4, 5)), np.zeros((4, 4, 3, 2)), groups=2
        ),
        "x has 3 channels, which groups=2 does not divide": lambda: kernels.conv2d(x, w, groups=2),
        "w has 4 filters, which groups=3 does not divide": lambda: kernels.conv2d(
            x, np.zeros((4, 1, 3, 2)), groups=3
        ),
        "b has 3 entries but w has 4 filters": lambda: kernels.conv2d(x, np.zeros((4, 3, 3, 2)), np.zeros(3)),
        "height: the kernel spans 5 but the padded input has only 4": lambda: kernels.conv2d(
            x, np.zeros((4, 3, 5, 2))
        ),
        r"width: the kernel spans 7 \(3 taps, dilation 3\) but the padded input has only 6 "
        r"\(5 \+ padding 0 \+ 1\)": lambda: kernels.conv2d(
            x, np.zeros((4, 3, 3, 3)), padding=((0, 0), (0, 1)), dilation=(1, 3)
        ),
        "the kernel spans 8 but the padded input has only 7": lambda: kernels.conv1d(X1, np.ones(8)),
        "w has kW=0 taps but at least 1 is needed": lambda: kernels.conv1d(X1, np.ones(0)),
        "w has kH=0 taps but at least 1 is needed": lambda: kernels.conv2d(x, np.ones((4, 3, 0, 2))),
        r"dout has shape \(4,\) but the forward pass gives \(5,\)": lambda: kernels.conv1d_backward(
            np.ones(4), X1, W1
        ),
        r"dout has shape \(1, 4, 5, 2\) but the forward pass gives \(1, 4, 2, 4\)": (
            lambda: kernels.conv2d_backward(np.ones((1, 4, 5, 2)), x, np.zeros((4, 3, 3, 2)))
        ),
        "b has 2 entries but a 1-D layer has 1 bias": lambda: kernels.conv1d(X1, W1, np.ones(2)),
    }.items():
        with pytest.raises(ValueError, match=message):
            run()


@MODULES
def test_the_bias_of_a_signal_is_a_number(kernels):
    for b in ([1.0], "1", None, 1j):
        with pytest.raises(
            TypeError, match=f"b must be a NumPy array|b must be a number, got {type(b).__name__}"
        ):
            kernels.conv1d(X1, W1, b)


@MODULES
def test_nan_reaches_every_output_that_sees_it_and_no_other(kernels):
    x = X2.copy()
    x[0, 1, 2, 3] = np.nan
    y = kernels.conv2d(x, W2)
    seen = np.zeros(y.shape, bool)
    seen[0, :, 0:3, 2:4] = True  # windows of 3 x 2 that hold row 2, column 3
    assert_array_equal(np.isnan(y), seen)


@MODULES
def test_nan_times_a_zero_weight_is_nan(kernels):
    x = X1.copy()
    x[3] = np.nan
    assert_array_equal(np.isnan(kernels.conv1d(x, 0 * W1)), [False, True, True, True, False])
    x2 = X2.copy()
    x2[1] = np.nan
    y = kernels.conv2d(x2, 0 * W2)
    assert not np.isnan(y[0]).any()
    assert np.isnan(y[1]).all()


@MODULES
def test_nan_comes_back_through_the_gradients(kernels):
    dout = np.ones((2, 6, 3, 5))
    dout[1, 2, 0, 4] = np.nan
    dx, dw, db = kernels.conv2d_backward(dout, X2, W2)
    expected = np.zeros(dx.shape, bool)
    expected[1, :, 0:3, 4:6] = True
    assert_array_equal(np.isnan(dx), expected)
    assert_array_equal(np.isnan(dw).all(axis=(1, 2, 3)), np.arange(6) == 2)
    assert_array_equal(np.isnan(db), np.arange(6) == 2)


@MODULES
def test_no_channels_leave_the_bias(kernels):
    y = kernels.conv2d(np.zeros((1, 0, 3, 4)), np.zeros((2, 0, 2, 2)), np.array([1.0, 2]))
    assert_array_equal(y[0, 0], np.full((2, 3), 1.0))
    assert_array_equal(y[0, 1], np.full((2, 3), 2.0))


@pytest.mark.parametrize(
    "module",
    ["naive", "vectorized", "fast", "sizes", "graph", "layouts", "gradcheck", "layers", "validation"],
)
def test_importing_needs_only_numpy(module):
    """In its own process, where importing anything but NumPy and the standard library is an error."""
    script = f"""
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in ("numpy", "conv_lib"):
            raise ImportError(f"conv_lib.{module} imports {{name}}")
        return None
import numpy
sys.meta_path.insert(0, Refuse())
import conv_lib.{module}
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
