"""Layers one by one, the gradient of a whole network, and a network that learns."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from conv_lib import naive, vectorized
from conv_lib.gradcheck import numerical_gradient, relative_error
from conv_lib.layers import SGD, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, SoftmaxCrossEntropy


def small_network(kernels=vectorized, dtype=np.float64):
    return Sequential(
        Conv2d(2, 3, (3, 2), padding=((1, 1), (0, 1)), seed=1, dtype=dtype, kernels=kernels),
        ReLU(),
        MaxPool2d((2, 3), kernels=kernels),
        Conv2d(3, 3, 2, stride=(1, 2), groups=3, seed=2, dtype=dtype, kernels=kernels),
        Flatten(),
        Linear(3 * 2, 4, seed=3, dtype=dtype),
    )


X = np.random.default_rng(0).standard_normal((5, 2, 7, 6))
LABELS = np.array([0, 3, 1, 1, 2])


def test_linear_by_hand():
    layer = Linear(2, 3, dtype=np.float64)
    layer.params["w"][:] = [[1, 2, 3], [10, 20, 30]]
    layer.params["b"][:] = [100, 200, 300]
    assert_array_equal(layer(np.array([[1.0, 2]])), [[1 + 20 + 100, 2 + 40 + 200, 3 + 60 + 300]])
    assert_array_equal(layer.backward(np.array([[1.0, 0, -1]])), [[1 - 3, 10 - 30]])
    assert_array_equal(layer.grads["w"], [[1, 0, -1], [2, 0, -2]])
    assert_array_equal(layer.grads["b"], [1, 0, -1])


def test_relu_by_hand():
    layer = ReLU()
    assert_array_equal(layer(np.array([-1.0, 0, 2, np.nan])), [0, 0, 2, np.nan])
    assert_array_equal(layer.backward(np.array([1.0, 10, 100, 1000])), [0, 0, 100, 1000])


def test_cross_entropy_by_hand():
    loss = SoftmaxCrossEntropy()
    scores = np.log(np.array([[1.0, 3], [3, 1]]))  # softmax: 1/4, 3/4 and 3/4, 1/4
    assert_allclose(loss(scores, np.array([0, 0])), (np.log(4) + np.log(4 / 3)) / 2)
    assert_allclose(loss.backward(), [[(1 / 4 - 1) / 2, 3 / 4 / 2], [(3 / 4 - 1) / 2, 1 / 4 / 2]])


def test_cross_entropy_does_not_overflow():
    loss = SoftmaxCrossEntropy()
    assert loss(np.array([[1000.0, 0], [-1000, 0]]), np.array([0, 0])) == 500
    assert np.isfinite(loss.backward()).all()


@pytest.mark.parametrize("dtype", ["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "?", "f2", "f4"])
def test_layers_accept_small_integer_types(dtype):
    """Differences and products of small integers must not wrap around: they are computed as floats."""
    x = np.array([[[[3, 120, 1], [0, 100, 90]]], [[[127, 0, 5], [9, 1, 100]]]]).astype(dtype)
    wide = x.astype(np.float64)
    stack = [Conv2d(1, 2, 2, dtype=np.float64), MaxPool2d((1, 2)), ReLU(), Flatten()]
    for layer in (*stack, Sequential(Flatten(), Linear(6, 3, dtype=np.float64))):
        found, expected = layer(x), layer(wide)
        assert_allclose(found, expected, rtol=1e-6)
        dout = np.arange(expected.size).reshape(expected.shape) % 2
        layer(x)
        back = layer.backward(dout.astype(dtype))
        layer(wide)
        assert_allclose(back, layer.backward(dout.astype(float)), rtol=1e-6)
    losses = SoftmaxCrossEntropy(), SoftmaxCrossEntropy()
    labels = np.array([0, 2])
    assert_allclose(losses[0](x[:, 0, 0], labels), losses[1](wide[:, 0, 0], labels), rtol=1e-6)
    assert_allclose(losses[0].backward(), losses[1].backward(), rtol=1e-6, atol=1e-7)


def test_cross_entropy_gradient():
    scores = np.random.default_rng(1).standard_normal((5, 4))
    loss = SoftmaxCrossEntropy()
    loss(scores, LABELS)
    numeric = numerical_gradient(lambda scores: SoftmaxCrossEntropy()(scores, LABELS), scores)
    assert relative_error(loss.backward(), numeric) < 1e-6


def test_every_gradient_of_a_whole_network():
    network, loss = small_network(), SoftmaxCrossEntropy()
    loss(network(X), LABELS)
    dx = network.backward(loss.backward())
    gradients = [(owner, name, owner.grads[name]) for owner, name in network.parameters()]
    assert len(gradients) == 6
    for owner, name, gradient in gradients:

        def loss_of(value, owner=owner, name=name):
            kept, owner.params[name] = owner.params[name], value
            result = loss(network(X), LABELS)
            owner.params[name] = kept
            return result

        assert gradient.shape == owner.params[name].shape
        assert relative_error(gradient, numerical_gradient(loss_of, owner.params[name])) < 1e-6
    numeric = numerical_gradient(lambda x: loss(network(x), LABELS), X)
    assert relative_error(dx, numeric) < 1e-6


def test_the_kernels_are_an_argument():
    fast, slow = small_network(vectorized), small_network(naive)
    assert_allclose(fast(X), slow(X), rtol=1e-12)
    dout = np.random.default_rng(2).standard_normal((5, 4))
    assert_allclose(fast.backward(dout), slow.backward(dout), rtol=1e-12, atol=1e-14)


def test_max_pool_layer_keeps_its_settings():
    layer = MaxPool2d((2, 3), stride=(1, 2), padding=(1, 0))
    assert_array_equal(layer(X), naive.max_pool2d(X, (2, 3), stride=(1, 2), padding=(1, 0)))
    dout = np.random.default_rng(3).standard_normal(layer(X).shape)
    expected = naive.max_pool2d_backward(dout, X, (2, 3), stride=(1, 2), padding=(1, 0))
    assert_allclose(layer.backward(dout), expected, rtol=1e-12)


def test_max_pool_layer_rounds_up_if_asked():
    layer, options = MaxPool2d((2, 3), stride=2, ceil_mode=True), {"stride": 2, "ceil_mode": True}
    assert_array_equal(layer(X), naive.max_pool2d(X, (2, 3), **options))
    assert layer(X).shape != MaxPool2d((2, 3), stride=2)(X).shape
    dout = np.random.default_rng(3).standard_normal(layer(X).shape)
    expected = naive.max_pool2d_backward(dout, X, (2, 3), **options)
    assert_allclose(layer.backward(dout), expected, rtol=1e-12)


def test_he_initialisation_has_its_variance_and_its_seed():
    layer = Conv2d(16, 200, (3, 5), groups=2, seed=4, dtype=np.float64)
    fan_in = 8 * 3 * 5
    assert layer.params["w"].shape == (200, 8, 3, 5)
    assert_allclose(layer.params["w"].var(), 2 / fan_in, rtol=0.03)  # 24000 samples: 1 % standard error
    assert not layer.params["b"].any()
    again, other = Conv2d(16, 200, (3, 5), groups=2, seed=4), Conv2d(16, 200, (3, 5), groups=2, seed=5)
    assert_array_equal(again.params["w"], layer.params["w"].astype(np.float32))
    assert not np.array_equal(other.params["w"], again.params["w"])


def test_parameters_and_gradients_match_in_shape_before_and_after():
    network = small_network(dtype=np.float32)
    for owner, name in network.parameters():
        assert owner.params[name].shape == owner.grads[name].shape
    network.backward(np.ones_like(network(X.astype(np.float32))))
    for owner, name in network.parameters():
        assert owner.params[name].shape == owner.grads[name].shape
        assert owner.params[name].dtype == owner.grads[name].dtype == np.float32


def test_momentum_by_hand():
    layer = Linear(1, 1, dtype=np.float64)
    layer.params["w"][:] = 1.0
    descent = SGD(layer, rate=0.1, momentum=0.5)
    layer.grads["w"] = np.array([[2.0]])
    descent.step()
    assert_allclose(layer.params["w"], 1 - 0.1 * 2)
    layer.grads["w"] = np.array([[4.0]])
    descent.step()
    assert_allclose(layer.params["w"], 1 - 0.1 * 2 - 0.1 * (4 + 0.5 * 2))


def test_a_network_learns_where_a_bar_lies():
    """Horizontal or vertical bars anywhere in the image: the same weights find them everywhere."""
    rng = np.random.default_rng(6)
    x = 0.1 * rng.standard_normal((60, 1, 6, 7)).astype(np.float32)
    labels = np.arange(60) % 2
    for image, label in zip(x, labels, strict=True):
        if label:
            image[0, :, rng.integers(7)] += 1
        else:
            image[0, rng.integers(6), :] += 1
    network = Sequential(
        Conv2d(1, 8, 3, padding=1, seed=7), ReLU(), MaxPool2d((6, 7)), Flatten(), Linear(8, 2, seed=8)
    )
    loss, descent = SoftmaxCrossEntropy(), SGD(network, rate=0.1, momentum=0.9)
    before = loss(network(x), labels)
    for _ in range(120):
        loss(network(x), labels)
        network.backward(loss.backward())
        descent.step()
    after = loss(network(x), labels)
    assert after < 0.1 < 0.4 < before
    assert (network(x).argmax(axis=1) == labels).all()


def test_errors_name_both_sizes():
    with pytest.raises(ValueError, match="the layer has 3 channels, which groups=2 does not divide"):
        Conv2d(3, 4, 3, groups=2)
    with pytest.raises(ValueError, match="x has 5 features but w expects 4"):
        Linear(4, 2)(np.zeros((3, 5)))
    loss = SoftmaxCrossEntropy()
    with pytest.raises(ValueError, match=r"scores has 3 rows \(at least 1\) but labels has 2 entries"):
        loss(np.zeros((3, 4)), np.array([0, 1]))
    with pytest.raises(ValueError, match="labels run from 0 to 4 but scores has 4 classes"):
        loss(np.zeros((2, 4)), np.array([0, 4]))
    with pytest.raises(TypeError, match="labels must be integers, got float64"):
        loss(np.zeros((2, 4)), np.array([0.0, 1.0]))
    layer = ReLU()
    layer(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"dout has shape \(2, 4\) but the forward pass gives \(2, 3\)"):
        layer.backward(np.zeros((2, 4)))
    layer = Linear(4, 2)
    layer(np.zeros((3, 4)))
    with pytest.raises(ValueError, match=r"dout has shape \(4, 2\) but the forward pass gives \(3, 2\)"):
        layer.backward(np.zeros((4, 2)))
    with pytest.raises(ValueError, match="rate must be positive, got 0"):
        SGD(layer, rate=0)
    with pytest.raises(ValueError, match="momentum must be from 0 to below 1, got 1"):
        SGD(layer, rate=1, momentum=1)


@pytest.mark.parametrize("layer", [Conv2d(1, 1, 1), Linear(1, 1), ReLU(), MaxPool2d(1), Flatten()])
def test_backward_before_forward_says_so(layer):
    with pytest.raises(RuntimeError, match=f"{type(layer).__name__}.backward needs a forward pass first"):
        layer.backward(np.zeros((1, 1, 1, 1)))
