"""`fast` gives the results of `naive`: random shapes, dtypes, memory orders, algorithms and threads."""

import inspect

import numpy as np
import pytest
from numpy.testing import assert_allclose

from conv_lib import fast, naive, validation, vectorized
from conv_lib.fast import flipped, im2col, mec, rules, settings
from conv_lib.fast.problem import from_geometry
from tests.small_blocks import small_blocks

LAYERS = [name for name in fast.__all__ if name != "using"]


@pytest.fixture
def tiny_blocks():
    with small_blocks():
        yield


def random_layer(rng, most=12):
    """Draw a small layer without equal sizes, with arrays in a random memory order."""
    while True:
        groups = int(rng.choice([1, 1, 1, 2, 3]))
        N, C, F = (int(n) for n in rng.integers(1, (4, 6, 6)))
        if rng.random() < 0.15:
            C = F = 1
            groups = int(rng.integers(1, 6))
        kernel = (3, 3) if rng.random() < 0.4 else tuple(int(n) for n in rng.integers(1, 6, 2))
        options = {
            "stride": one_or_pair(rng, 4, 0.5),
            "dilation": one_or_pair(rng, 3, 0.7),
            "padding": tuple(tuple(int(n) for n in rng.integers(0, 4, 2)) for _ in "hw"),
            "groups": groups,
        }
        size = tuple(int(n) for n in rng.integers(1, most, 2))
        spans = [d * (k - 1) + 1 for d, k in zip(options["dilation"], kernel, strict=True)]
        if all(n + sum(p) >= s for n, p, s in zip(size, options["padding"], spans, strict=True)):
            break
    dtype = rng.choice([np.float32, np.float64])
    x = in_some_order(rng, rng.standard_normal((N, C * groups, *size)).astype(dtype))
    w = in_some_order(rng, rng.standard_normal((F * groups, C, *kernel)).astype(dtype))
    b = rng.standard_normal(F * groups).astype(dtype) if rng.random() < 0.7 else None
    return x, w, b, options


def one_or_pair(rng, high, often):
    """Draw (1, 1) with this probability, otherwise two numbers below `high`."""
    return (1, 1) if rng.random() < often else tuple(int(n) for n in rng.integers(1, high, 2))


def in_some_order(rng, array):
    """Return the same numbers in C or Fortran order, as every other column of an array, or reversed."""
    match rng.integers(4):
        case 0:
            return array
        case 1:
            return np.asfortranarray(array)
        case 2:
            return np.repeat(array, 2, axis=3)[..., ::2]
        case _:
            return array[:, :, ::-1].copy()[:, :, ::-1]


def assert_same(found, expected, algorithm):
    """Check that the arrays agree to within rounding of the largest entry, in shape and in dtype."""
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    if expected.size:
        single = 3e-5 if algorithm in ("auto", "winograd", "fft") else 3e-6
        tolerance = single if expected.dtype == np.float32 else 1e-11
        assert abs(found - expected).max() <= tolerance * max(abs(expected).max(), 1)


@pytest.mark.usefixtures("tiny_blocks")
@pytest.mark.parametrize("seed", range(240))
def test_agrees_with_naive(seed):
    rng = np.random.default_rng(seed)
    x, w, b, options = random_layer(rng)
    y = naive.conv2d(x, w, b, **options)
    dout = in_some_order(rng, rng.standard_normal(y.shape).astype(y.dtype))
    gradients = naive.conv2d_backward(dout, x, w, **options)
    before = [array.copy() for array in (x, w, dout)]
    for algorithm in settings.ALGORITHMS:
        if not _possible(algorithm, x, w, options):
            continue
        for threads in (1, 2, 3):
            with fast.using(algorithm=algorithm, threads=threads):
                assert_same(fast.conv2d(x, w, b, **options), y, algorithm)
                for found, expected in zip(
                    fast.conv2d_backward(dout, x, w, **options), gradients, strict=True
                ):
                    assert_same(found, expected, algorithm)
    for array, kept in zip((x, w, dout), before, strict=True):
        np.testing.assert_array_equal(array, kept)


def _possible(algorithm, x, w, options):
    """Return False if an algorithm does not support this forward pass."""
    p = _problem(x, w, **options)
    named = [rule for rule in rules.PASSES["forward"] if rule.name == algorithm]
    return not named or any(rule.fits(q) for rule in named for q in (p, p.one_group()))


@pytest.mark.parametrize("seed", range(40))
def test_larger_layers_agree_with_vectorized(seed):
    """They are large enough for the default blocks and for two threads."""
    rng = np.random.default_rng(seed)
    C, F = (int(n) for n in rng.integers(16, 70, 2))
    N, H, W = (int(n) for n in rng.integers((1, 5, 5), (4, 40, 40)))
    k = int(rng.choice([1, 3, 3, 5, 11]))
    options = {
        "stride": int(rng.integers(1, 3)),
        "padding": k // 2,
        "dilation": 1 if k > 3 else int(rng.integers(1, 3)),
    }
    options["padding"] *= options["dilation"]
    x = rng.standard_normal((N, C, H, W), np.float32)
    w = rng.standard_normal((F, C, k, k), np.float32)
    b = rng.standard_normal(F, np.float32)
    y = vectorized.conv2d(x, w, b, **options)
    dout = rng.standard_normal(y.shape, np.float32)
    assert_same(fast.conv2d(x, w, b, **options), y, "auto")
    for found, expected in zip(
        fast.conv2d_backward(dout, x, w, **options),
        vectorized.conv2d_backward(dout, x, w, **options),
        strict=True,
    ):
        assert_same(found, expected, "auto")


def test_conv2d_by_hand():
    x, w = np.arange(12.0).reshape(1, 1, 3, 4), np.array([[[[1.0, 0], [0, -1]]]])
    assert_allclose(fast.conv2d(x, w)[0, 0], np.full((2, 3), 0 - 5))


@pytest.mark.parametrize("seed", range(30))
def test_conv1d_agrees_with_naive(seed):
    rng = np.random.default_rng(seed)
    x, w = rng.standard_normal(int(rng.integers(9, 30))), rng.standard_normal(int(rng.integers(1, 5)))
    options = {
        "stride": int(rng.integers(1, 4)),
        "padding": tuple(int(n) for n in rng.integers(0, 6, 2)),
        "dilation": int(rng.integers(1, 3)),
    }
    y = naive.conv1d(x, w, 0.5, **options)
    dout = rng.standard_normal(y.shape)
    assert_allclose(fast.conv1d(x, w, 0.5, **options), y, atol=1e-12)
    for found, expected in zip(
        fast.conv1d_backward(dout, x, w, **options), naive.conv1d_backward(dout, x, w, **options), strict=True
    ):
        assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("name", LAYERS)
def test_signatures_are_those_of_naive(name):
    assert inspect.signature(getattr(fast, name)) == inspect.signature(getattr(naive, name))


def test_every_name_of_naive_is_here():
    flipped = {"convolve1d", "convolve2d"}  # only naive has the flipped kernel
    assert set(LAYERS) == set(naive.__all__) - flipped


@pytest.mark.usefixtures("tiny_blocks")
@pytest.mark.parametrize("seed", range(40))
def test_transposed_agrees_with_naive(seed):
    rng = np.random.default_rng(seed)
    groups = int(rng.integers(1, 3))
    N, D, F = (int(n) for n in rng.integers(1, 4, 3))
    x = rng.standard_normal((N, D * groups, *rng.integers(2, 7, 2)))
    w = rng.standard_normal((D * groups, F, *rng.integers(2, 4, 2)))
    stride = tuple(int(n) for n in rng.integers(1, 4, 2))
    options = {
        "stride": stride,
        "padding": tuple(int(n) for n in rng.integers(0, 2, 2)),
        "output_padding": tuple(s - 1 for s in stride),
        "groups": groups,
    }
    b = rng.standard_normal(F * groups)
    y = naive.conv_transpose2d(x, w, b, **options)
    dout = rng.standard_normal(y.shape)
    assert_same(fast.conv_transpose2d(x, w, b, **options), y, "auto")
    for found, expected in zip(
        fast.conv_transpose2d_backward(dout, x, w, **options),
        naive.conv_transpose2d_backward(dout, x, w, **options),
        strict=True,
    ):
        assert_same(found, expected, "auto")


def test_integers_give_float64_and_float32_stays():
    x, w = np.arange(9).reshape(1, 1, 3, 3), np.ones((1, 1, 2, 2), np.int64)
    assert fast.conv2d(x, w).dtype == np.float64
    assert fast.conv2d(x.astype(np.float32), w.astype(np.float32)).dtype == np.float32
    assert fast.conv2d(x.astype(np.float32), w.astype(np.float64)).dtype == np.float64


@pytest.mark.parametrize(("N", "C", "F"), [(0, 2, 3), (2, 0, 3), (2, 2, 0)])
def test_empty_arrays(N, C, F):
    x, w, b = np.ones((N, C, 5, 4)), np.ones((F, C, 3, 2)), np.arange(float(F))
    y = fast.conv2d(x, w, b)
    assert_allclose(y, naive.conv2d(x, w, b))
    for found, array in zip(fast.conv2d_backward(np.ones_like(y), x, w), (x, w, b), strict=True):
        assert found.shape == array.shape


@pytest.mark.parametrize("stride", [1, 2])
def test_checks_are_not_skipped_on_the_second_call(stride):
    """A shape that passed is cached, but a call that differs from it must still be checked."""
    x, w, b = np.ones((1, 2, 5, 5)), np.ones((3, 2, 3, 3)), np.ones(3)
    fast.conv2d(x, w, b, stride=stride)
    with pytest.raises(TypeError):
        fast.conv2d(x, w, b, stride=float(stride))
    with pytest.raises(TypeError):
        fast.conv2d(x, w, b, stride=stride, groups=True)
    with pytest.raises(ValueError, match="2 entries"):
        fast.conv2d(x, w, b[:2], stride=stride)
    with pytest.raises(ValueError, match="3 channels but w expects 2"):
        fast.conv2d(np.ones((1, 3, 5, 5)), w, b, stride=stride)
    with pytest.raises(TypeError, match="NumPy array"):
        fast.conv2d(x.tolist(), w, b, stride=stride)
    dout = fast.conv2d(x, w, stride=stride)
    for _ in range(2):
        fast.conv2d_backward(dout, x, w, stride=stride)
    with pytest.raises(ValueError, match="the forward pass gives"):
        fast.conv2d_backward(dout[:, :2], x, w, stride=stride)
    with pytest.raises(TypeError, match="NumPy array"):
        fast.conv2d_backward(dout.tolist(), x, w, stride=stride)
    assert fast.conv2d_backward(dout.astype(np.float32), x, w, stride=stride)[0].dtype == np.float64


def special(rng, value):
    x = rng.standard_normal((1, 24, 13, 22), np.float32)
    x[0, 3, 6, 0] = value
    return x


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("algorithm", "groups"), [("winograd", 1), ("fft", 1), ("depthwise", 24), ("im2col", 1), ("mec", 1)]
)
def test_infinities_and_nan_stay_in_their_windows(value, algorithm, groups):
    rng = np.random.default_rng(0)
    x, w = special(rng, value), rng.standard_normal((24, 24 // groups, 3, 3), np.float32)
    options = {"padding": 1, "groups": groups}
    y = vectorized.conv2d(x, w, **options)
    dout = rng.standard_normal(y.shape, np.float32)
    dout[0, 2, 5, 21] = value
    with np.errstate(invalid="ignore"), fast.using(algorithm=algorithm):
        found = fast.conv2d(x, w, **options), *fast.conv2d_backward(dout, x, w, **options)
        expected = y, *vectorized.conv2d_backward(dout, x, w, **options)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(np.isfinite(one), np.isfinite(other))


@pytest.mark.parametrize(("F", "N"), [(2, 1), (40, 1), (2, 9)])
def test_an_infinite_weight_reaches_only_the_pixels_of_its_tap(F, N):
    rng = np.random.default_rng(2)
    w = rng.standard_normal((F, 2, 3, 3))
    w[1, 0, 1, 0] = np.inf
    x, dout = rng.standard_normal((N, 2, 11, 10)), rng.standard_normal((N, F, 11, 10))
    with np.errstate(invalid="ignore"):
        expected = vectorized.conv2d_backward(dout, x, w, padding=1)[0]
        found = fast.conv2d_backward(dout, x, w, padding=1)[0]
    assert 0 < np.isfinite(expected).sum() < expected.size
    np.testing.assert_array_equal(np.isfinite(found), np.isfinite(expected))


def test_winograd_and_direct_errors():
    """float32 against float64, relative to the largest output."""
    rng = np.random.default_rng(1)
    x, w = rng.standard_normal((1, 64, 28, 28), np.float32), rng.standard_normal((64, 64, 3, 3), np.float32)
    exact = vectorized.conv2d(x.astype(float), w.astype(float), padding=1)
    for algorithm, bound in (("winograd", 3e-5), ("direct", 3e-6), ("fft", 3e-6)):
        with fast.using(algorithm=algorithm):
            y = fast.conv2d(x, w, padding=1)
        assert abs(y - exact).max() <= bound * abs(exact).max()


@pytest.mark.parametrize(("algorithm", "large", "off"), [("winograd", 1e8, 100), ("fft", 1e8, 10)])
def test_a_large_pixel_costs_other_outputs_precision_except_with_direct(algorithm, large, off):
    """As the docstring of `fast` says, this concerns outputs whose windows do not contain the pixel."""
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((1, 64, 28, 28), np.float32), rng.standard_normal((64, 64, 3, 3), np.float32)
    x[0, 0, 13, 13] = large
    exact = vectorized.conv2d(x.astype(float), w.astype(float), padding=1)
    others = np.ones((28, 28), bool)
    others[12:15, 12:15] = False
    assert 50 < abs(exact[..., others]).max() < 200
    errors = {}
    for name in (algorithm, "direct"):
        with fast.using(algorithm=name):
            errors[name] = abs(fast.conv2d(x, w, padding=1) - exact)[..., others]
    assert errors["direct"].max() < 1e-3
    assert errors[algorithm].max() > off
    # a tile is 4 x 4 outputs, and the pixel is in 4 tiles; the FFT mixes the whole image
    assert ((errors[algorithm] > 0.01).any(axis=(0, 1)).sum() <= 4 * 16 - 9) == (algorithm == "winograd")


def test_a_deprecated_algorithm_leaves_the_choice_to_the_rules():
    x, w = np.arange(40.0).reshape(1, 2, 4, 5), np.ones((1, 2, 2, 3))

    def call():
        with fast.using(algorithm="channels_last"):
            return settings.current.get().algorithm, fast.conv2d(x, w)

    with pytest.warns(DeprecationWarning, match="'auto' is used") as warned:
        algorithm, y = call()
    assert algorithm == "auto"
    assert_allclose(y, naive.conv2d(x, w))
    assert warned[0].filename == __file__


@pytest.mark.parametrize("stride", [1, (2, 1), (3, 2)])
@pytest.mark.parametrize("padding", [((20, 0), (1, 2)), ((0, 20), (0, 0)), ((9, 13), (2, 1))])
@pytest.mark.parametrize("algorithm", ["im2col", "mec"])
def test_blocks_of_rows_that_lie_in_the_padding(algorithm, stride, padding):
    """Threads that share an image prepare the rows that their blocks read: here, often none."""
    rng = np.random.default_rng(7)
    x, w, b = rng.standard_normal((1, 3, 4, 6)), rng.standard_normal((2, 3, 2, 3)), rng.standard_normal(2)
    options = {"stride": stride, "padding": padding}
    with small_blocks(COLUMNS_BYTES=900), fast.using(algorithm=algorithm, threads=2):
        assert len(im2col.row_blocks((sum(padding[0]) + 2) // 3, 18 * 6 * 8, 2)) > 4
        y = fast.conv2d(x, w, b, **options)
        found = fast.conv2d_backward(y, x, w, **options)
    assert_allclose(y, naive.conv2d(x, w, b, **options), atol=1e-12)
    for one, other in zip(found, naive.conv2d_backward(y, x, w, **options), strict=True):
        assert_allclose(one, other, atol=1e-11)


def test_a_flipped_gradient_of_long_rows():
    """Few filters and long rows: dx gathers dout along rows."""
    rng = np.random.default_rng(3)
    x, w = rng.standard_normal((1, 16, 20, 60)), rng.standard_normal((3, 16, 5, 3))
    options = {"padding": (2, 1)}
    dout = rng.standard_normal((1, 3, 20, 60))
    p = _problem(x, w, **options)
    assert rules.choose("input_gradient", p) == (flipped.FLIPPED, p)
    assert mec.pays(flipped.problem(p)[0])
    expected = vectorized.conv2d_backward(dout, x, w, **options)
    for one, other in zip(fast.conv2d_backward(dout, x, w, **options), expected, strict=True):
        assert_allclose(one, other, atol=1e-10)


def _problem(x, w, stride=1, padding=0, dilation=1, groups=1):
    x, w, _, geometry = validation.check_conv2d(x, w, None, stride, padding, dilation, groups)
    return from_geometry(x.shape, w.shape, geometry, groups, x.dtype)
