"""Pooling: ties, overlaps, padding and NaN by hand; the loops against the views."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from conv_lib import fast, naive, vectorized
from conv_lib.gradcheck import adjoint_gap, check_gradients

MODULES = pytest.mark.parametrize("kernels", [naive, vectorized, fast])


def image(*rows):
    return np.array([[rows]], float)


@MODULES
def test_max_by_hand(kernels):
    x = image([1, 5, 2, 0, 9], [3, 4, 8, 7, 9])  # the last column is left over
    assert_array_equal(kernels.max_pool2d(x, 2), image([5, 8]))
    assert_array_equal(kernels.max_pool2d(x, (1, 3), stride=(1, 2)), image([5, 9], [8, 9]))


@MODULES
def test_max_padding_never_wins(kernels):
    x = image([-5, -2, -3])
    assert_array_equal(kernels.max_pool2d(x, (1, 2), stride=1, padding=(0, 1)), image([-5, -2, -2, -3]))


@MODULES
def test_max_ties_go_to_the_first_in_row_order(kernels):
    x = image([7, 7, 0], [7, 7, 7])
    dx = kernels.max_pool2d_backward(image([1, 10]), x, 2, stride=1)
    assert_array_equal(dx, image([1, 10, 0], [0, 0, 0]))
    x = image([0, 7, 1], [7, 1, 1])  # the row above comes first, though its column is later
    dx = kernels.max_pool2d_backward(image([1, 10]), x, 2, stride=1)
    assert_array_equal(dx, image([0, 1 + 10, 0], [0, 0, 0]))


@MODULES
def test_max_overlaps_add_up_and_leftovers_get_nothing(kernels):
    x = image([1, 9, 2, 3, 100])
    dx = kernels.max_pool2d_backward(image([1, 10, 100]), x[..., :4], (1, 2), stride=1)
    assert_array_equal(dx, image([0, 1 + 10, 0, 100]))
    dx = kernels.max_pool2d_backward(image([1, 10]), x, (1, 2))
    assert_array_equal(dx, image([0, 1, 0, 10, 0]))


@MODULES
def test_max_of_minus_infinity_gives_its_gradient_to_a_real_pixel(kernels):
    x = np.full((1, 1, 2, 2), -np.inf)
    dx = kernels.max_pool2d_backward(image([1, 10], [100, 1000]), x, 2, stride=2, padding=1)
    assert_array_equal(dx, image([1, 10], [100, 1000]))


@MODULES
def test_nan_propagates_and_takes_the_gradient(kernels):
    x = image([1, np.nan, 5, 2, 3, 4])
    assert_array_equal(kernels.max_pool2d(x, (1, 2)), image([np.nan, 5, 4]))
    assert_array_equal(kernels.max_pool2d(-x, (1, 2)), image([np.nan, -2, -3]))
    assert_array_equal(
        kernels.max_pool2d_backward(image([1, 10, 100]), x, (1, 2)), image([0, 1, 10, 0, 0, 100])
    )
    assert_array_equal(kernels.avg_pool2d(x, (1, 3)), image([np.nan, 3]))
    dout = image([np.nan, 10, np.inf])
    assert_array_equal(kernels.max_pool2d_backward(dout, x, (1, 2)), image([0, np.nan, 10, 0, 0, np.inf]))


@MODULES
def test_average_by_hand(kernels):
    x = image([1, 5, 2, 0], [3, 3, 8, 6])
    assert_array_equal(kernels.avg_pool2d(x, 2), image([(1 + 5 + 3 + 3) / 4, (2 + 0 + 8 + 6) / 4]))
    # zeros of the padding count: always divided by 4
    padded = kernels.avg_pool2d(x, 2, padding=1)
    assert_array_equal(padded, image([1 / 4, (5 + 2) / 4, 0], [3 / 4, (3 + 8) / 4, 6 / 4]))


@MODULES
def test_average_backward_by_hand(kernels):
    dx = kernels.avg_pool2d_backward(image([4, 8]), np.zeros((1, 1, 2, 3)), 2, stride=1)
    assert_array_equal(dx, image([1, 1 + 2, 2], [1, 1 + 2, 2]))
    dx = kernels.avg_pool2d_backward(
        image([4, 8, 16]), np.zeros((1, 1, 1, 2)), (1, 2), stride=1, padding=(0, 1)
    )
    assert_array_equal(dx, image([2 + 4, 4 + 8]))


@MODULES
def test_ceil_mode_by_hand(kernels):
    x = image([1, 5, 2, 0, 9], [3, 4, 8, 7, 9])  # the last column is left over
    assert_array_equal(kernels.max_pool2d(x, 2, ceil_mode=True), image([5, 8, 9]))
    assert_array_equal(kernels.avg_pool2d(x, 2, ceil_mode=True), image([13 / 4, 17 / 4, (9 + 9) / 2]))
    dout = image([4, 8, 2])
    dx = kernels.max_pool2d_backward(dout, x, 2, ceil_mode=True)
    assert_array_equal(dx, image([0, 4, 0, 0, 2], [0, 0, 8, 0, 0]))
    dx = kernels.avg_pool2d_backward(dout, x, 2, ceil_mode=True)
    assert_array_equal(dx, image([1, 1, 2, 2, 2 / 2], [1, 1, 2, 2, 2 / 2]))
    # nothing is left over: the same as without
    assert_array_equal(kernels.max_pool2d(x, (2, 3), stride=2, ceil_mode=True), image([8, 9]))


@MODULES
def test_a_window_of_ceil_mode_is_clipped_to_the_padded_image(kernels):
    x = image([6, 2, 4])
    # windows of 3 start at -1, 1 and, beyond the end, 3: that one would hold only padding and is dropped
    options = {"stride": (1, 2), "padding": (0, 1), "ceil_mode": True}
    assert_array_equal(kernels.avg_pool2d(x, (1, 3), **options), image([(0 + 6 + 2) / 3, (2 + 4 + 0) / 3]))
    # with a fourth pixel it holds that and one zero, and is divided by 2
    x = image([6, 2, 4, 8])
    assert_array_equal(kernels.avg_pool2d(x, (1, 3), **options), image([8 / 3, 14 / 3, (8 + 0) / 2]))
    assert_array_equal(kernels.max_pool2d(-x, (1, 3), **options), image([-2, -2, -8]))
    dx = kernels.avg_pool2d_backward(image([3, 30, 200]), x, (1, 3), **options)
    assert_array_equal(dx, image([1, 1 + 10, 10, 10 + 100]))
    # the only window may be larger than the image
    assert_array_equal(kernels.avg_pool2d(image([6, 2]), (1, 3), ceil_mode=True), image([4]))


@MODULES
def test_padding_that_does_not_count_by_hand(kernels):
    x = image([1, 5, 2, 0], [3, 3, 8, 6])
    y = kernels.avg_pool2d(x, 2, padding=1, count_include_pad=False)
    assert_array_equal(y, image([1, (5 + 2) / 2, 0], [3, (3 + 8) / 2, 6]))
    dx = kernels.avg_pool2d_backward(
        image([1, 20, 300], [4000, 50000, 7]), x, 2, padding=1, count_include_pad=False
    )
    assert_array_equal(dx, image([1, 10, 10, 300], [4000, 25000, 25000, 7]))
    # the last window, at 3, has one real pixel, one zero, and one place that is in neither
    x, options = image([6, 2, 4, 8]), {"stride": (1, 2), "padding": (0, 1), "ceil_mode": True}
    y = kernels.avg_pool2d(x, (1, 3), count_include_pad=False, **options)
    assert_array_equal(y, image([8 / 2, 14 / 3, 8 / 1]))


@MODULES
def test_the_mean_of_a_constant_picture_is_the_constant(kernels):
    """If only real pixels count, the border is not darker than the rest."""
    x = np.full((1, 2, 5, 7), 3.0)
    for ceil_mode in (False, True):
        options = {"stride": 2, "padding": 1, "ceil_mode": ceil_mode}
        assert_array_equal(np.unique(kernels.avg_pool2d(x, 3, count_include_pad=False, **options)), [3])
        assert kernels.avg_pool2d(x, 3, **options).min() < 3


@st.composite
def pools(draw):
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    size = tuple(draw(st.integers(max(k - 2 * p, 1), 7)) for k, p in zip(kernel, padding, strict=True))
    stride = draw(st.one_of(st.none(), st.tuples(st.integers(1, 3), st.integers(1, 3))))
    # few different values, so that ties are common; -inf is one of them
    values = st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 2.0])
    count = 2 * size[0] * size[1]
    x = np.array(draw(st.lists(values, min_size=count, max_size=count))).reshape(1, 2, *size)
    return x, kernel, {"stride": stride, "padding": padding, "ceil_mode": draw(st.booleans())}


@settings(max_examples=80, deadline=None)
@given(pools(), st.booleans())
def test_views_agree_with_the_loops(pool, counted):
    x, kernel, options = pool
    more = {"max": {}, "avg": {"count_include_pad": counted}}
    for kind in ("max", "avg"):
        options = options | more[kind]
        y = getattr(naive, f"{kind}_pool2d")(x, kernel, **options)
        assert_allclose(getattr(vectorized, f"{kind}_pool2d")(x, kernel, **options), y, rtol=1e-12)
        dout = np.random.default_rng(0).standard_normal(y.shape)
        dx = getattr(naive, f"{kind}_pool2d_backward")(dout, x, kernel, **options)
        assert_allclose(
            getattr(vectorized, f"{kind}_pool2d_backward")(dout, x, kernel, **options), dx, rtol=1e-12
        )


@MODULES
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"stride": (1, 3)},
        {"stride": 1, "padding": (1, 0)},
        {"ceil_mode": True, "stride": (2, 4), "padding": (1, 1)},
    ],
)
def test_gradients(kernels, options):
    x = np.random.default_rng(5).permutation(2.0 * np.arange(2 * 2 * 5 * 7)).reshape(2, 2, 5, 7)
    for forward, backward in (
        (kernels.max_pool2d, kernels.max_pool2d_backward),
        (kernels.avg_pool2d, kernels.avg_pool2d_backward),
    ):
        errors = check_gradients(
            lambda x, forward=forward: forward(x, (2, 3), **options),
            lambda dout, x, backward=backward: [backward(dout, x, (2, 3), **options)],
            x,
            h=0.5,  # pixels are 2 apart, so no maximum changes its place
        )
        assert errors[0] < 1e-9


@MODULES
@pytest.mark.parametrize("counted", [False, True])
@pytest.mark.parametrize(("ceil_mode", "out"), [(False, (2, 3)), (True, (3, 3))])
def test_average_backward_is_the_adjoint(kernels, counted, ceil_mode, out):
    rng = np.random.default_rng(6)
    x = rng.standard_normal((2, 3, 5, 7))
    y = rng.standard_normal((2, 3, *out))
    options = {"stride": (2, 3), "padding": (0, 1), "ceil_mode": ceil_mode, "count_include_pad": counted}
    gap = adjoint_gap(
        lambda x: kernels.avg_pool2d(x, (2, 3), **options),
        lambda y: kernels.avg_pool2d_backward(y, x, (2, 3), **options),
        *(x, y),
    )
    assert gap < 1e-14


@MODULES
@pytest.mark.parametrize("kind", ["max", "avg"])
def test_errors(kernels, kind):
    forward, backward = getattr(kernels, f"{kind}_pool2d"), getattr(kernels, f"{kind}_pool2d_backward")
    x = np.zeros((1, 2, 4, 5))
    with pytest.raises(ValueError, match="height: padding 2 is more than half the window of 3"):
        forward(x, 3, padding=(2, 1))
    with pytest.raises(ValueError, match="width: the kernel spans 6 but the padded input has only 5"):
        forward(x, (2, 6))
    with pytest.raises(
        ValueError, match=r"dout has shape \(1, 2, 2, 3\) but the forward pass gives \(1, 2, 2, 2\)"
    ):
        backward(np.zeros((1, 2, 2, 3)), x, 2)
    with pytest.raises(ValueError, match="height: x has 0 pixels but at least 1 is needed"):
        forward(np.zeros((1, 2, 0, 5)), 2, padding=1)
    with pytest.raises(TypeError, match="padding must be an integer, got 'same'"):
        forward(x, 2, padding="same")
    with pytest.raises(ValueError, match="stride must be at least 1, got 0"):
        forward(x, 2, stride=0)
    with pytest.raises(
        ValueError,
        match=r"height: the kernel spans 6 .* has only 4, and ceil_mode adds at most 1",
    ):
        forward(x, 6, stride=2, ceil_mode=True)
    with pytest.raises(
        ValueError, match=r"dout has shape \(1, 2, 2, 2\) but the forward pass gives \(1, 2, 2, 3\)"
    ):
        backward(np.zeros((1, 2, 2, 2)), x, 2, ceil_mode=True)
    for value in (1, 0, None, "yes", np.array([True])):
        with pytest.raises(TypeError, match="ceil_mode must be True or False, got"):
            forward(x, 2, ceil_mode=value)
    assert forward(x, 2, ceil_mode=np.True_).shape == (1, 2, 2, 3)
    with pytest.raises(TypeError, match="x must be a NumPy array, got list"):
        forward([[[[1.0]]]], 1)


@MODULES
def test_only_average_pooling_has_count_include_pad(kernels):
    x = np.zeros((1, 2, 4, 5))
    for value in (1, 0, None, "no"):
        with pytest.raises(TypeError, match="count_include_pad must be True or False, got"):
            kernels.avg_pool2d(x, 2, count_include_pad=value)
        with pytest.raises(TypeError, match="count_include_pad must be True or False, got"):
            kernels.avg_pool2d_backward(np.zeros((1, 2, 2, 2)), x, 2, count_include_pad=value)
    with pytest.raises(TypeError, match="count_include_pad"):
        kernels.max_pool2d(x, 2, count_include_pad=False)


@MODULES
def test_dtypes_and_empty_batches(kernels):
    for kind in ("max", "avg"):
        forward, backward = getattr(kernels, f"{kind}_pool2d"), getattr(kernels, f"{kind}_pool2d_backward")
        for given_dtype, result in (
            (np.float32, np.float32),
            (np.float64, np.float64),
            (np.int64, np.float64),
        ):
            x = np.ones((1, 2, 4, 5), given_dtype)
            y = forward(x, 2)
            assert y.dtype == result
            assert backward(y, x, 2).dtype == result
        y = forward(np.zeros((0, 2, 4, 5)), 2)
        assert y.shape == (0, 2, 2, 2)
        assert backward(y, np.zeros((0, 2, 4, 5)), 2).shape == (0, 2, 4, 5)
