"""The transposed layer: stamps by hand, the adjoint of conv2d, loops against products."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from conv_lib import fast, naive, sizes, vectorized
from conv_lib.gradcheck import check_gradients

MODULES = pytest.mark.parametrize("kernels", [naive, vectorized, fast])

# x (N, D, H, W), w (D, F/groups, kH, kW), settings
CASES = [
    ((2, 3, 3, 4), (3, 2, 2, 3), {}),
    ((1, 2, 3, 2), (2, 3, 3, 2), {"stride": (2, 3)}),
    ((1, 2, 3, 2), (2, 3, 3, 2), {"stride": (2, 3), "output_padding": (1, 2)}),
    ((2, 2, 4, 3), (2, 1, 3, 4), {"stride": (3, 1), "padding": (1, 2), "output_padding": (2, 0)}),
    ((1, 3, 2, 3), (3, 2, 2, 3), {"dilation": (3, 2), "padding": 1, "output_padding": (2, 1)}),
    ((1, 4, 3, 2), (4, 3, 2, 1), {"groups": 2, "stride": 2, "output_padding": 1}),
    ((2, 3, 2, 4), (3, 1, 3, 2), {"groups": 3, "stride": (1, 2), "padding": (1, 0)}),
    ((1, 1, 4, 5), (1, 2, 1, 2), {"stride": 3, "padding": (2, 3)}),
    ((2, 3, 3, 4), (3, 2, 4, 3), {"stride": 2, "padding": ((1, 2), (0, 1)), "groups": 1}),
    (
        (1, 4, 2, 3),
        (4, 1, 3, 2),
        {"stride": (2, 1), "dilation": (1, 3), "padding": ((0, 3), (4, 0)), "groups": 2},
    ),
    ((1, 2, 3, 2), (2, 3, 2, 3), {"stride": 3, "padding": "valid", "output_padding": (1, 2)}),
    ((2, 2, 3, 4), (2, 3, 3, 4), {"stride": 2, "padding": "same"}),  # crops 1 and 2
    ((1, 2, 3, 2), (2, 3, 5, 2), {"stride": (2, 3), "padding": "same"}),  # crops 3, adds 1
    ((1, 4, 2, 3), (4, 1, 2, 3), {"dilation": (3, 2), "padding": "same", "groups": 2}),
]


def random_case(x_shape, w_shape, settings):
    rng = np.random.default_rng(3)
    filters = w_shape[1] * settings.get("groups", 1)
    return rng.standard_normal(x_shape), rng.standard_normal(w_shape), rng.standard_normal(filters)


@MODULES
def test_stamps_by_hand(kernels):
    x, w = np.array([[[[2.0, 5]]]]), np.array([[[[1.0, 10, 100]]]])
    # stride 1: stamps overlap on two pixels
    assert_array_equal(kernels.conv_transpose2d(x, w)[0, 0, 0], [2, 20 + 5, 200 + 50, 500])
    # stride 2: they overlap on one, and the bias is added once everywhere
    y = kernels.conv_transpose2d(x, w, np.array([0.5]), stride=(1, 2))
    assert_array_equal(y[0, 0, 0], [2.5, 20.5, 200 + 5 + 0.5, 50.5, 500.5])
    # padding crops, output_padding adds a column at the end that only the crop's remainder reaches
    y = kernels.conv_transpose2d(x, w, stride=(1, 2), padding=(0, 1), output_padding=(0, 1))
    assert_array_equal(y[0, 0, 0], [20, 205, 50, 500])


@MODULES
def test_an_uneven_crop_by_hand(kernels):
    x, w = np.array([[[[2.0, 5]]]]), np.array([[[[1.0, 10, 100]]]])
    full = [2, 20, 200 + 5, 50, 500]  # stride 2
    for left, right in ((0, 1), (1, 0), (3, 1), (0, 4)):
        options = {"stride": (1, 2), "padding": ((0, 0), (left, right))}
        y = kernels.conv_transpose2d(x, w, **options)
        assert_array_equal(y[0, 0, 0], full[left : 5 - right])
        # cropped outputs have no gradient, as if the full output's gradient were zero there
        dout = np.arange(1.0, 6)[left : 5 - right].reshape(1, 1, 1, -1)
        padded = np.pad(dout, ((0, 0), (0, 0), (0, 0), (left, right)))
        for found, expected in zip(
            kernels.conv_transpose2d_backward(dout, x, w, **options),
            kernels.conv_transpose2d_backward(padded, x, w, stride=(1, 2)),
            strict=True,
        ):
            assert_array_equal(found, expected)


@MODULES
def test_same_makes_size_times_stride_by_hand(kernels):
    x, w = np.array([[[[2.0, 5]]]]), np.array([[[[1.0, 10, 100]]]])
    b, zero = np.array([0.5]), np.zeros(1)
    for step, bias, expected in (
        (1, zero, [20 + 5, 200 + 50]),  # one column cropped at each end
        (2, zero, [2, 20, 200 + 5, 50]),  # the odd one at the end
        (3, zero, [2, 20, 200, 5, 50, 500]),  # nothing to crop
        (4, b, [2.5, 20.5, 200.5, 0.5, 5.5, 50.5, 500.5, 0.5]),  # one column added, with the bias alone
    ):
        y = kernels.conv_transpose2d(x, w, bias, stride=(1, step), padding="same")
        assert_array_equal(y[0, 0, 0], expected)
    dout = np.arange(1.0, 9).reshape(1, 1, 1, 8)
    dx, dw, db = kernels.conv_transpose2d_backward(dout, x, w, stride=(1, 4), padding="same")
    assert_array_equal(dx[0, 0, 0], [1 + 20 + 300, 5 + 60 + 700])
    assert_array_equal(dw[0, 0, 0], [2 * 1 + 5 * 5, 2 * 2 + 5 * 6, 2 * 3 + 5 * 7])
    assert_array_equal(db, [dout.sum()])


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("taps", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_is_the_dx_of_conv2d_with_same(stride, taps, dilation):
    """For a conv2d with H S input rows and H output rows, dx for the dout x is y, and vice versa."""
    rng = np.random.default_rng(9)
    x, w = rng.standard_normal((2, 3, 4, 3)), rng.standard_normal((3, 2, taps, 2))
    options = {"stride": (stride, 2), "dilation": (dilation, 1), "padding": "same"}
    image = rng.standard_normal((2, 2, 4 * stride, 3 * 2))
    assert naive.conv2d(image, w, **options).shape == x.shape
    dx, dw, _ = naive.conv2d_backward(x, image, w, **options)
    y = naive.conv_transpose2d(x, w, **options)
    assert y.shape == image.shape
    assert_allclose(y, dx, rtol=1e-12, atol=1e-12)
    back, dw_back, _ = naive.conv_transpose2d_backward(image, x, w, **options)
    assert_allclose(back, naive.conv2d(image, w, **options), rtol=1e-12, atol=1e-12)
    assert_allclose(dw_back, dw, rtol=1e-12, atol=1e-12)


@MODULES
def test_backward_by_hand(kernels):
    x, w = np.array([[[[2.0, 5]]]]), np.array([[[[1.0, 10, 100]]]])
    dout = np.array([[[[1.0, 2, 3, 4, 5]]]])
    dx, dw, db = kernels.conv_transpose2d_backward(dout, x, w, stride=(1, 2))
    assert_array_equal(dx[0, 0, 0], [1 + 2 * 10 + 3 * 100, 3 + 4 * 10 + 5 * 100])
    assert_array_equal(dw[0, 0, 0], [2 * 1 + 5 * 3, 2 * 2 + 5 * 4, 2 * 3 + 5 * 5])
    assert_array_equal(db, [1 + 2 + 3 + 4 + 5])


@pytest.mark.parametrize(("x_shape", "w_shape", "settings"), CASES)
def test_products_agree_with_the_loops(x_shape, w_shape, settings):
    x, w, b = random_case(x_shape, w_shape, settings)
    y = naive.conv_transpose2d(x, w, b, **settings)
    assert_allclose(vectorized.conv_transpose2d(x, w, b, **settings), y, rtol=1e-12, atol=1e-12)
    dout = np.random.default_rng(4).standard_normal(y.shape)
    results = vectorized.conv_transpose2d_backward(dout, x, w, **settings)
    for result, reference in zip(
        results, naive.conv_transpose2d_backward(dout, x, w, **settings), strict=True
    ):
        assert_allclose(result, reference, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("x_shape", "w_shape", "settings"), CASES)
def test_it_is_the_dx_of_conv2d(x_shape, w_shape, settings):
    """x is dout, and output padding is the leftover, so rows from output padding >= S on exceed any dx."""
    x, w, _ = random_case(x_shape, w_shape, settings)
    y = naive.conv_transpose2d(x, w, **settings)
    back = {name: value for name, value in settings.items() if name != "output_padding"}
    extra = sizes.pair(settings.get("output_padding", 0), "output_padding", 0)
    stride = sizes.pair(settings.get("stride", 1), "stride", 1)
    beyond = [max(extra[a] - (stride[a] - 1), 0) for a in (0, 1)]
    image = np.zeros_like(y[:, :, : y.shape[2] - beyond[0], : y.shape[3] - beyond[1]])
    dx, _, _ = naive.conv2d_backward(x, image, w, **back)
    assert_allclose(dx, y[:, :, : dx.shape[2], : dx.shape[3]], rtol=1e-12, atol=1e-12)


@MODULES
@pytest.mark.parametrize(("x_shape", "w_shape", "settings"), CASES)
def test_gradients(kernels, x_shape, w_shape, settings):
    x, w, b = random_case(x_shape, w_shape, settings)
    errors = check_gradients(
        lambda x, w, b: kernels.conv_transpose2d(x, w, b, **settings),
        lambda dout, x, w, b: kernels.conv_transpose2d_backward(dout, x, w, **settings),
        *(x, w, b),
        h=0.5,  # the layer is linear in each input, so a wide step loses nothing
    )
    assert max(errors) < 1e-9


@MODULES
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"output_padding": 2, "stride": 2},
            "height: output_padding must be below max.*output_padding 2 .*stride 2",
        ),
        ({"output_padding": (0, 1)}, "width: output_padding must be below"),
        ({"padding": (2, 0)}, "height: padding crops 4 pixels but the full output has only 4"),
        ({"groups": 2}, "x has 3 channels, which groups=2 does not divide"),
        (
            {"padding": ((1, 4), (0, 0))},
            r"height: padding crops 5 pixels .1 \+ 4. but the full output has only 4",
        ),
        ({"padding": -1}, "padding must be at least 0, got -1"),
        ({"padding": ((0, 0), (1, -1))}, "padding width after must be at least 0, got -1"),
        ({"padding": (1, 2, 3)}, "padding must be an integer, .*got 3 entries"),
        (
            {"padding": "same", "stride": (2, 3), "output_padding": (0, 1)},
            'width: padding="same" sets the output padding itself, for 4 . 3 pixels, but got .*padding 1',
        ),
        ({"padding": "full"}, 'padding must be "valid", "same" or numbers, got .full'),
    ],
)
def test_errors(kernels, settings, message):
    x, w = np.zeros((1, 3, 3, 4)), np.zeros((3, 2, 2, 3))
    with pytest.raises(ValueError, match=message):
        kernels.conv_transpose2d(x, w, **settings)


@MODULES
def test_errors_name_both_sizes(kernels):
    x, w = np.zeros((1, 3, 3, 4)), np.zeros((2, 2, 2, 3))
    with pytest.raises(ValueError, match=r"x has 3 channels but w expects 2 \(groups=1\)"):
        kernels.conv_transpose2d(x, w)
    w = np.zeros((3, 2, 2, 3))
    with pytest.raises(ValueError, match="b has 3 entries but w has 2 filters"):
        kernels.conv_transpose2d(x, w, np.zeros(3))
    with pytest.raises(
        ValueError, match=r"dout has shape \(1, 2, 4, 5\) but the forward pass gives \(1, 2, 4, 6\)"
    ):
        kernels.conv_transpose2d_backward(np.zeros((1, 2, 4, 5)), x, w)
    with pytest.raises(TypeError, match="padding mixes a number and a pair"):
        kernels.conv_transpose2d(x, w, padding=(1, (2, 0)))
    with pytest.raises(TypeError, match='"valid" and "same" are given once for both axes'):
        kernels.conv_transpose2d(x, w, padding=("same", "same"))
    with pytest.raises(
        ValueError, match=r"dout has shape \(1, 2, 4, 6\) but the forward pass gives \(1, 2, 6, 8\)"
    ):
        kernels.conv_transpose2d_backward(np.zeros((1, 2, 4, 6)), x, w, stride=2, padding="same")


@MODULES
def test_an_empty_batch_works(kernels):
    x, w = np.zeros((0, 3, 3, 4)), np.zeros((3, 2, 2, 3))
    y = kernels.conv_transpose2d(x, w)
    assert y.shape == (0, 2, 4, 6)
    dx, dw, db = kernels.conv_transpose2d_backward(y, x, w)
    assert (dx.shape, dw.shape, db.shape) == (x.shape, w.shape, (2,))
    assert not dw.any()
