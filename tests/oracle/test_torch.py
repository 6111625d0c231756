"""Every kernel and the layers against PyTorch, values and gradients, on anisotropic shapes."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from conv_lib import fast, layers, naive, vectorized
from conv_lib.vectorized import col2im, im2col
from tests.shapes import CASES_2D, random_case

pytestmark = pytest.mark.oracle
MODULES = pytest.mark.parametrize("kernels", [naive, vectorized, fast])
EXACT = {"rtol": 1e-11, "atol": 1e-12}


def tensors(torch, *arrays):
    return [torch.tensor(array, requires_grad=True) for array in arrays]


def torch_gradients(torch, y, dout, *inputs):
    return [g.numpy() for g in torch.autograd.grad(y, inputs, torch.tensor(dout))]


def per_axis_padding(x_shape, w_shape, settings):
    """Apply uneven and "same" padding by F.pad first, since PyTorch's layers pad both sides equally."""
    from conv_lib.sizes import padding_2d, pair

    strides, dilations = (pair(settings.get(name, 1), name, 1) for name in ("stride", "dilation"))
    return padding_2d(settings.get("padding", 0), x_shape[2:], w_shape[2:], strides, dilations)


@MODULES
@pytest.mark.parametrize(("x_shape", "w_shape", "settings"), CASES_2D)
def test_conv2d(torch, kernels, x_shape, w_shape, settings):
    x, w, b = random_case(x_shape, w_shape, settings)
    (top, bottom), (left, right) = per_axis_padding(x_shape, w_shape, settings)
    tx, tw, tb = tensors(torch, x, w, b)
    others = {name: value for name, value in settings.items() if name != "padding"}
    padded = torch.nn.functional.pad(tx, (left, right, top, bottom))
    ty = torch.nn.functional.conv2d(padded, tw, tb, **others)
    assert_allclose(kernels.conv2d(x, w, b, **settings), ty.detach().numpy(), **EXACT)
    dout = np.random.default_rng(1).standard_normal(ty.shape)
    results = kernels.conv2d_backward(dout, x, w, **settings)
    for result, expected in zip(results, torch_gradients(torch, ty, dout, tx, tw, tb), strict=True):
        assert_allclose(result, expected, **EXACT)


@MODULES
@pytest.mark.parametrize(
    "settings",
    [{}, {"stride": 3}, {"padding": 4, "stride": 2}, {"dilation": 2, "padding": 1}, {"padding": "same"}],
)
def test_conv1d(torch, kernels, settings):
    rng = np.random.default_rng(2)
    x, w, b = rng.standard_normal(11), rng.standard_normal(3), np.array(0.75)
    tx, tw, tb = tensors(torch, x, w, b)
    ty = torch.nn.functional.conv1d(tx[None, None], tw[None, None], tb[None], **settings)[0, 0]
    assert_allclose(kernels.conv1d(x, w, 0.75, **settings), ty.detach().numpy(), **EXACT)
    dout = rng.standard_normal(ty.shape)
    results = kernels.conv1d_backward(dout, x, w, **settings)
    for result, expected in zip(results, torch_gradients(torch, ty, dout, tx, tw, tb), strict=True):
        assert_allclose(result, expected, **EXACT)


def test_same_with_stride_which_pytorch_refuses(torch):
    x, w = np.zeros((1, 1, 5, 6)), np.zeros((1, 1, 3, 2))
    with pytest.raises(RuntimeError, match="padding='same' is not supported for strided"):
        torch.nn.functional.conv2d(*tensors(torch, x, w), padding="same", stride=2)
    assert naive.conv2d(x, w, padding="same", stride=2).shape == (1, 1, 3, 3)


TRANSPOSED = [
    ((2, 3, 3, 4), (3, 2, 2, 3), {}),
    ((1, 2, 3, 2), (2, 3, 3, 2), {"stride": (2, 3), "output_padding": (1, 2)}),
    ((2, 2, 4, 3), (2, 1, 3, 4), {"stride": (3, 1), "padding": (1, 2), "output_padding": (2, 0)}),
    ((1, 3, 2, 3), (3, 2, 2, 3), {"dilation": (3, 2), "padding": 1, "output_padding": (2, 1)}),
    ((1, 4, 3, 2), (4, 3, 2, 1), {"groups": 2, "stride": 2, "output_padding": 1}),
    ((2, 3, 2, 4), (3, 1, 3, 2), {"groups": 3, "stride": (1, 2), "padding": (1, 0)}),
    ((1, 1, 4, 5), (1, 2, 1, 2), {"stride": 3, "padding": (2, 3)}),
    (
        (1, 4, 3, 5),
        (4, 2, 3, 2),
        {"groups": 2, "stride": (2, 3), "dilation": (1, 4), "output_padding": (1, 3)},
    ),
]


@MODULES
@pytest.mark.parametrize(("x_shape", "w_shape", "settings"), TRANSPOSED)
def test_conv_transpose2d(torch, kernels, x_shape, w_shape, settings):
    rng = np.random.default_rng(3)
    x, w = rng.standard_normal(x_shape), rng.standard_normal(w_shape)
    b = rng.standard_normal(w_shape[1] * settings.get("groups", 1))
    tx, tw, tb = tensors(torch, x, w, b)
    ty = torch.nn.functional.conv_transpose2d(tx, tw, tb, **settings)
    assert_allclose(kernels.conv_transpose2d(x, w, b, **settings), ty.detach().numpy(), **EXACT)
    dout = rng.standard_normal(ty.shape)
    results = kernels.conv_transpose2d_backward(dout, x, w, **settings)
    for result, expected in zip(results, torch_gradients(torch, ty, dout, tx, tw, tb), strict=True):
        assert_allclose(result, expected, **EXACT)


@MODULES
@pytest.mark.parametrize("crop", [((0, 1), (2, 0)), ((3, 0), (1, 2)), ((1, 1), (0, 3))])
@pytest.mark.parametrize(("x_shape", "w_shape", "settings"), TRANSPOSED[:3] + TRANSPOSED[4:6])
def test_an_uneven_crop_is_a_slice_of_the_full_output(torch, kernels, x_shape, w_shape, settings, crop):
    rng = np.random.default_rng(8)
    x, w = rng.standard_normal(x_shape), rng.standard_normal(w_shape)
    (tx, tw), settings = tensors(torch, x, w), settings | {"padding": 0}
    (top, bottom), (left, right) = crop
    ty = torch.nn.functional.conv_transpose2d(tx, tw, **settings)
    ty = ty[:, :, top : ty.shape[2] - bottom, left : ty.shape[3] - right]
    settings["padding"] = crop
    assert_allclose(kernels.conv_transpose2d(x, w, **settings), ty.detach().numpy(), **EXACT)
    dout = rng.standard_normal(ty.shape)
    dx, dw, db = kernels.conv_transpose2d_backward(dout, x, w, **settings)
    for result, expected in zip((dx, dw), torch_gradients(torch, ty, dout, tx, tw), strict=True):
        assert_allclose(result, expected, **EXACT)
    assert_allclose(db, dout.sum(axis=(0, 2, 3)), **EXACT)


@MODULES
@pytest.mark.parametrize("stride", [(1, 2), (2, 3), (4, 1)])
@pytest.mark.parametrize("kernel", [(3, 2), (4, 5), (1, 3)])
@pytest.mark.parametrize("dilation", [1, (2, 3)])
def test_transposed_same_is_the_gradient_of_a_padded_conv2d(torch, kernels, stride, kernel, dilation):
    """PyTorch has no "same" here: its autograd of a conv2d on the H S x W S image is the oracle."""
    from conv_lib.sizes import padding_2d, pair

    rng = np.random.default_rng(10)
    x, w = rng.standard_normal((2, 3, 3, 4)), rng.standard_normal((3, 2, *kernel))
    wide = 3 * stride[0], 4 * stride[1]
    (top, bottom), (left, right) = padding_2d("same", wide, kernel, stride, pair(dilation, "dilation", 1))
    image, tw, tx = tensors(torch, np.zeros((2, 2, *wide)), w, x)
    padded = torch.nn.functional.pad(image, (left, right, top, bottom))
    down = torch.nn.functional.conv2d(padded, tw, stride=stride, dilation=dilation)
    assert down.shape == x.shape
    (up,) = torch.autograd.grad(down, image, tx, create_graph=True)
    options = {"stride": stride, "dilation": dilation, "padding": "same"}
    assert_allclose(kernels.conv_transpose2d(x, w, **options), up.detach().numpy(), **EXACT)
    dout = rng.standard_normal(up.shape)
    dx, dw, _ = kernels.conv_transpose2d_backward(dout, x, w, **options)
    for result, expected in zip((dx, dw), torch_gradients(torch, up, dout, tx, tw), strict=True):
        assert_allclose(result, expected, **EXACT)


def test_even_crops_of_same_equal_the_padding_of_pytorch(torch):
    x, w = random_case((2, 3, 3, 4), (3, 2, 4, 5), {})[:2]
    (tx, tw) = tensors(torch, x, w)
    ty = torch.nn.functional.conv_transpose2d(tx, tw, stride=(2, 3), padding=(1, 1))
    assert_allclose(naive.conv_transpose2d(x, w, stride=(2, 3), padding="same"), ty.detach().numpy(), **EXACT)
    with pytest.raises(TypeError, match="padding"):
        torch.nn.functional.conv_transpose2d(tx, tw, padding="same")


def test_both_refuse_the_same_output_padding(torch):
    x, w = np.zeros((1, 1, 3, 4)), np.zeros((1, 1, 2, 3))
    for settings in ({"output_padding": 1}, {"output_padding": 2, "stride": 2, "dilation": 1}):
        with pytest.raises(
            RuntimeError, match="output padding must be smaller than either stride or dilation"
        ):
            torch.nn.functional.conv_transpose2d(*tensors(torch, x, w), **settings)
        with pytest.raises(ValueError, match="output_padding must be below"):
            naive.conv_transpose2d(x, w, **settings)


POOLS = [
    ((2, 3), {}),
    ((3, 2), {"stride": (1, 3)}),
    ((2, 3), {"stride": 1, "padding": (1, 1)}),
    ((4, 2), {"stride": (3, 1), "padding": (2, 1)}),
    ((2, 3), {"ceil_mode": True}),
    ((4, 3), {"stride": (2, 4), "padding": (2, 1), "ceil_mode": True}),
    ((8, 2), {"stride": 3, "padding": (0, 1), "ceil_mode": True}),
]


@MODULES
@pytest.mark.parametrize(("kernel", "settings"), POOLS)
@pytest.mark.parametrize("kind", ["max", "avg"])
def test_pooling_with_ties(torch, kernels, kind, kernel, settings):
    x = np.random.default_rng(4).integers(0, 3, (2, 3, 7, 8)).astype(float)  # three values: ties everywhere
    (tx,) = tensors(torch, x)
    ty = getattr(torch.nn.functional, f"{kind}_pool2d")(tx, kernel, **settings)
    assert_allclose(getattr(kernels, f"{kind}_pool2d")(x, kernel, **settings), ty.detach().numpy(), **EXACT)
    dout = np.random.default_rng(5).standard_normal(ty.shape)
    dx = getattr(kernels, f"{kind}_pool2d_backward")(dout, x, kernel, **settings)
    assert_allclose(dx, torch_gradients(torch, ty, dout, tx)[0], **EXACT)


@MODULES
@pytest.mark.parametrize(("kernel", "settings"), POOLS)
@pytest.mark.parametrize("images", [0, 2])
def test_average_of_the_real_pixels(torch, kernels, kernel, settings, images):
    x = np.random.default_rng(6).standard_normal((images, 3, 7, 8))
    (tx,) = tensors(torch, x)
    settings = settings | {"count_include_pad": False}
    ty = torch.nn.functional.avg_pool2d(tx, kernel, **settings)
    y = kernels.avg_pool2d(x, kernel, **settings)
    assert y.shape == ty.shape
    assert_allclose(y, ty.detach().numpy(), **EXACT)
    dout = np.random.default_rng(7).standard_normal(ty.shape)
    dx = kernels.avg_pool2d_backward(dout, x, kernel, **settings)
    assert_allclose(dx, torch_gradients(torch, ty, dout, tx)[0], **EXACT)


@MODULES
def test_max_pooling_of_minus_infinity_and_nan(torch, kernels):
    x = np.full((1, 1, 4, 4), -np.inf)
    x[0, 0, 3, 2] = np.nan
    (tx,) = tensors(torch, x)
    ty = torch.nn.functional.max_pool2d(tx, 2, padding=1)
    assert_array_equal(kernels.max_pool2d(x, 2, padding=1), ty.detach().numpy())
    dout = np.arange(1.0, 10).reshape(1, 1, 3, 3)
    dx = kernels.max_pool2d_backward(dout, x, 2, padding=1)
    assert_array_equal(dx, torch_gradients(torch, ty, dout, tx)[0])


def test_both_refuse_padding_over_half_the_window(torch):
    x = np.zeros((1, 1, 6, 6))
    with pytest.raises(RuntimeError, match="at most half"):
        torch.nn.functional.max_pool2d(*tensors(torch, x), 3, padding=2)
    with pytest.raises(ValueError, match="padding 2 is more than half the window of 3"):
        naive.max_pool2d(x, 3, padding=2)


@pytest.mark.parametrize("kind", ["max", "avg"])
def test_sizes_of_pooling_in_both_modes(torch, kind):
    """Try every size, window, stride and padding along one axis. PyTorch rejects what we reject."""
    theirs, ours = getattr(torch.nn.functional, f"{kind}_pool2d"), getattr(vectorized, f"{kind}_pool2d")
    refused = 0
    for size, kernel, stride, ceil_mode in itertools.product(
        range(1, 8), range(1, 8), range(1, 6), (False, True)
    ):
        for pad in range(kernel // 2 + 1):
            options = {"stride": (1, stride), "padding": (0, pad), "ceil_mode": ceil_mode}
            x = np.ones((1, 1, 1, size))
            try:
                found = ours(x, (1, kernel), **options)
            except ValueError:
                refused += 1
                with pytest.raises(RuntimeError, match="Output size is too small"):
                    theirs(torch.tensor(x), (1, kernel), **options)
            else:
                assert_array_equal(found, theirs(torch.tensor(x), (1, kernel), **options))
    assert refused > 50


def test_im2col_and_col2im_are_unfold_and_fold(torch):
    """The rows (d, u, v) are the same. PyTorch keeps images separate; im2col joins their columns."""
    x = np.random.default_rng(6).standard_normal((2, 3, 7, 8))
    settings = {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 3)}
    columns = im2col(x, (2, 3), **settings)
    unfolded = torch.nn.functional.unfold(torch.tensor(x), (2, 3), **settings)
    assert_array_equal(columns, np.concatenate(list(unfolded.numpy()), axis=1))
    folded = torch.nn.functional.fold(unfolded, (7, 8), (2, 3), **settings)
    assert_allclose(col2im(columns, x.shape, (2, 3), **settings), folded.numpy(), **EXACT)


def test_float32_stays_as_close_as_pytorch_does(torch):
    x, w, b = (a.astype(np.float32) for a in random_case((2, 16, 9, 11), (8, 16, 3, 5), {}))
    reference = vectorized.conv2d(*(a.astype(float) for a in (x, w, b)), padding=1)
    ours = vectorized.conv2d(x, w, b, padding=1)
    theirs = torch.nn.functional.conv2d(*(torch.tensor(a) for a in (x, w, b)), padding=1).numpy()
    largest = np.abs(reference).max()
    assert ours.dtype == np.float32
    assert np.abs(ours - reference).max() < 2e-6 * largest
    assert np.abs(theirs - reference).max() < 2e-6 * largest


def test_a_network_trains_step_for_step_as_in_pytorch(torch):
    """With the same start and data and with momentum, loss and weights are equal after twelve steps."""
    rng = np.random.default_rng(7)
    x, labels = rng.standard_normal((8, 2, 8, 7)), rng.integers(0, 4, 8)
    network = layers.Sequential(
        layers.Conv2d(2, 4, (3, 2), padding=1, seed=1, dtype=np.float64),
        layers.ReLU(),
        layers.MaxPool2d((2, 3), stride=2),
        layers.Conv2d(4, 6, 2, stride=(1, 2), groups=2, seed=2, dtype=np.float64),
        layers.ReLU(),
        layers.Flatten(),
        layers.Linear(6 * 3, 4, seed=3, dtype=np.float64),
    )
    twin = torch.nn.Sequential(
        torch.nn.Conv2d(2, 4, (3, 2), padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d((2, 3), stride=2),
        torch.nn.Conv2d(4, 6, 2, stride=(1, 2), groups=2),
        torch.nn.ReLU(),
        torch.nn.Flatten(),
        torch.nn.Linear(6 * 3, 4),
    ).double()
    with torch.no_grad():
        for layer, theirs in zip(network.layers, twin, strict=True):
            if layer.params:
                w = layer.params["w"]
                theirs.weight.copy_(torch.tensor(w.T if isinstance(layer, layers.Linear) else w))
                theirs.bias.copy_(torch.tensor(layer.params["b"]))
    loss, descent = layers.SoftmaxCrossEntropy(), layers.SGD(network, rate=0.05, momentum=0.9)
    their_descent = torch.optim.SGD(twin.parameters(), lr=0.05, momentum=0.9)
    losses, their_losses = [], []
    for _ in range(12):
        losses.append(loss(network(x), labels))
        network.backward(loss.backward())
        descent.step()
        their_loss = torch.nn.functional.cross_entropy(twin(torch.tensor(x)), torch.tensor(labels))
        their_losses.append(their_loss.item())
        their_descent.zero_grad()
        their_loss.backward()
        their_descent.step()
    assert_allclose(losses, their_losses, rtol=1e-10)
    assert losses[-1] < 0.5 * losses[0]
    assert_allclose(network.layers[0].params["w"], twin[0].weight.detach().numpy(), rtol=1e-9)
