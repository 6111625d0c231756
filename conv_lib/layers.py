"""Layers with parameters, enough to train a small convolutional network on a processor.

A layer has `forward(x)`, `backward(dout)` and two dictionaries with the same names and shapes, `params` and
`grads`; `forward` keeps the arrays that `backward` needs. The kernels that a layer runs on are an argument,
`conv_lib.vectorized` by default: any module with the same names will do.
"""

import math
from numbers import Real

import numpy as np

from conv_lib import vectorized
from conv_lib.sizes import flag, integer, padding_2d, pair
from conv_lib.validation import (
    check_array,
    check_dout,
    check_float_dtype,
    check_numbers,
    check_pool_window,
    common_dtype,
    in_dtype,
)

__all__ = [
    "SGD",
    "Conv2d",
    "Flatten",
    "Layer",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "Sequential",
    "SoftmaxCrossEntropy",
]


class Layer:
    """The base of all layers: it has no parameters unless `params` and `grads` are filled."""

    def __init__(self):
        self.params, self.grads = {}, {}

    def __call__(self, x):
        return self.forward(x)

    def parameters(self):
        """Yield (owner, name) for each parameter: owner.params[name] has the gradient owner.grads[name]."""
        for name in self.params:
            yield self, name

    def _remembered(self, name):
        if not hasattr(self, name):
            raise RuntimeError(f"{type(self).__name__}.backward needs a forward pass first")
        return getattr(self, name)


def he_normal(rng, shape, fan_in, dtype):
    """Normal weights of variance 2 / fan_in: through a ReLU the signal keeps its size.

    References
    ----------
    He et al., "Delving deep into rectifiers" (2015), equation 10.
    """
    return (rng.standard_normal(shape) * math.sqrt(2 / fan_in)).astype(dtype)


class Conv2d(Layer):
    """The convolution layer with its weights: params "w" (F, D/groups, kH, kW) and "b" (F,).

    Parameters
    ----------
    channels, filters : int
        D and F.
    kernel_size : int or (height, width)
    stride, padding, dilation, groups
        As in `conv2d`.
    seed : int or numpy.random.Generator
        He initialisation starts from it; the bias starts at zero.
    dtype : dtype
        float32 or float64.
    kernels : module
        Where conv2d and conv2d_backward come from.

    Examples
    --------
    >>> layer = Conv2d(3, 8, (3, 2), stride=2, padding=1, seed=0)
    >>> layer(np.zeros((5, 3, 9, 10), np.float32)).shape
    (5, 8, 5, 6)
    >>> {name: value.shape for name, value in layer.params.items()}
    {'w': (8, 3, 3, 2), 'b': (8,)}
    """

    def __init__(
        self,
        channels,
        filters,
        kernel_size,
        *,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        seed=0,
        dtype=np.float32,
        kernels=vectorized,
    ):
        super().__init__()
        groups = integer(groups, "groups", 1)
        for count, name in ((channels, "channels"), (filters, "filters")):
            if integer(count, name, 1) % groups:
                raise ValueError(f"the layer has {count} {name}, which groups={groups} does not divide")
        kernel = pair(kernel_size, "kernel_size", 1)
        steps, spread = pair(stride, "stride", 1), pair(dilation, "dilation", 1)
        padding_2d(padding, kernel, kernel, steps, spread)  # for its errors: "same" waits for an image
        check_float_dtype(dtype)
        shape = filters, channels // groups, *kernel
        weights = he_normal(np.random.default_rng(seed), shape, math.prod(shape[1:]), dtype)
        self.params = {"w": weights, "b": np.zeros(filters, dtype)}
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}
        self.settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        self.kernels = kernels

    def forward(self, x):
        self._x = x
        return self.kernels.conv2d(x, self.params["w"], self.params["b"], **self.settings)

    def backward(self, dout):
        x = self._remembered("_x")
        dx, dw, db = self.kernels.conv2d_backward(dout, x, self.params["w"], **self.settings)
        self.grads = {"w": dw, "b": db}
        return dx


class Linear(Layer):
    """The fully connected layer y = x w + b: params "w" (features, outputs) and "b" (outputs,).

    >>> Linear(12, 10, seed=0)(np.zeros((5, 12), np.float32)).shape
    (5, 10)
    """

    def __init__(self, features, outputs, *, seed=0, dtype=np.float32):
        super().__init__()
        features, outputs = integer(features, "features", 1), integer(outputs, "outputs", 1)
        check_float_dtype(dtype)
        weights = he_normal(np.random.default_rng(seed), (features, outputs), features, dtype)
        self.params = {"w": weights, "b": np.zeros(outputs, dtype)}
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}

    def forward(self, x):
        w = self.params["w"]
        check_array(x, "x", ("N", "features"))
        if x.shape[1] != len(w):
            raise ValueError(f"x has {x.shape[1]} features but w expects {len(w)}")
        self._x = x
        return x @ w + self.params["b"]

    def backward(self, dout):
        x, w = self._remembered("_x"), self.params["w"]
        check_dout(dout, (len(x), w.shape[1]), ("N", "outputs"))
        self.grads = {"w": x.T @ dout, "b": dout.sum(axis=0)}
        return dout @ w.T


class ReLU(Layer):
    """max(x, 0), element by element; NaN stays NaN. At the kink, x = 0, the gradient is 0, as in PyTorch.

    >>> ReLU()(np.array([-1.0, 0, 2]))
    array([0., 0., 2.])
    """

    def forward(self, x):
        check_numbers(x, "x")
        self._x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        x = self._remembered("_x")
        check_dout(dout, x.shape)
        return np.where(x <= 0, dout.dtype.type(0), dout)


class MaxPool2d(Layer):
    """Max pooling; see `naive.max_pool2d`. Kernels without `ceil_mode` will do unless it is True.

    >>> MaxPool2d(2)(np.zeros((5, 8, 9, 6))).shape
    (5, 8, 4, 3)
    >>> MaxPool2d(2, ceil_mode=True)(np.zeros((5, 8, 9, 6))).shape
    (5, 8, 5, 3)
    """

    def __init__(self, kernel_size, *, stride=None, padding=0, ceil_mode=False, kernels=vectorized):
        super().__init__()
        check_pool_window(kernel_size, stride, padding)
        self.kernel_size, self.kernels = kernel_size, kernels
        self.settings = {"stride": stride, "padding": padding}
        if flag(ceil_mode, "ceil_mode"):
            self.settings["ceil_mode"] = True

    def forward(self, x):
        self._x = x
        return self.kernels.max_pool2d(x, self.kernel_size, **self.settings)

    def backward(self, dout):
        x = self._remembered("_x")
        return self.kernels.max_pool2d_backward(dout, x, self.kernel_size, **self.settings)


class Flatten(Layer):
    """Each image as one row: (N, D, H, W) -> (N, D * H * W).

    >>> Flatten()(np.zeros((5, 8, 4, 3))).shape
    (5, 96)
    """

    def forward(self, x):
        check_numbers(x, "x")
        if x.ndim == 0:
            raise ValueError("x has 0 axes () but at least 1 is needed: (N, ...)")
        self._shape = x.shape
        return x.reshape(self._flat())

    def backward(self, dout):
        shape = self._remembered("_shape")
        check_dout(dout, self._flat())
        return dout.reshape(shape)

    def _flat(self):
        return self._shape[0], math.prod(self._shape[1:])


class Sequential(Layer):
    """Layers one after the other; `backward` goes through them in reverse.

    >>> network = Sequential(Conv2d(1, 4, 3, padding=1), ReLU(), MaxPool2d(2), Flatten(), Linear(64, 10))
    >>> network(np.zeros((5, 1, 8, 8), np.float32)).shape
    (5, 10)
    >>> sum(owner.params[name].size for owner, name in network.parameters())
    690
    """

    def __init__(self, *layers):
        super().__init__()
        for number, layer in enumerate(layers):
            if not (hasattr(layer, "forward") and hasattr(layer, "backward")):
                raise TypeError(f"layer {number} must have forward and backward, got {type(layer).__name__}")
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout

    def parameters(self):
        for layer in self.layers:
            yield from layer.parameters()


class SoftmaxCrossEntropy:
    """The loss of a classifier: mean over the batch of -log(softmax(scores)[label]).

    Examples
    --------
    >>> loss = SoftmaxCrossEntropy()
    >>> float(loss(np.zeros((2, 4)), np.array([3, 0])).round(6))  # log 4: no idea which of four
    1.386294
    >>> loss.backward()  # (softmax - 1 at the label) / N
    array([[ 0.125,  0.125,  0.125, -0.375],
           [-0.375,  0.125,  0.125,  0.125]])
    """

    def __call__(self, scores, labels):
        return self.forward(scores, labels)

    def forward(self, scores, labels):
        """Return the loss of scores (N, classes) for labels (N,), integers from 0 to classes - 1."""
        check_array(scores, "scores", ("N", "classes"))
        check_array(labels, "labels", ("N",))
        if labels.dtype.kind not in "iu":
            raise TypeError(f"labels must be integers, got {labels.dtype}")
        if len(labels) != len(scores) or len(scores) == 0:
            raise ValueError(
                f"scores has {len(scores)} rows (at least 1) but labels has {len(labels)} entries"
            )
        if labels.min() < 0 or labels.max() >= scores.shape[1]:
            raise ValueError(
                f"labels run from {labels.min()} to {labels.max()} but scores has {scores.shape[1]} classes"
            )
        (scores,) = in_dtype(common_dtype(scores), scores)  # small integer types would wrap round
        # softmax does not change when a number is added to a row; less the maximum, exp cannot overflow
        shifted = scores - scores.max(axis=1, keepdims=True)
        log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self._softmax, self._labels = np.exp(log_softmax), labels
        return -log_softmax[np.arange(len(labels)), labels].mean()

    def backward(self):
        """Return the gradient of the loss with respect to the scores."""
        if not hasattr(self, "_softmax"):
            raise RuntimeError("SoftmaxCrossEntropy.backward needs a forward pass first")
        gradient = self._softmax.copy()
        gradient[np.arange(len(gradient)), self._labels] -= 1
        return gradient / len(gradient)


class SGD:
    """Gradient descent with momentum, as PyTorch's: v = momentum * v + grad; param -= rate * v.

    Examples
    --------
    >>> layer = Linear(1, 1, dtype=np.float64)
    >>> layer.params["w"][:], layer.grads["w"][:] = 1.0, 0.5
    >>> SGD(layer, rate=0.1).step()
    >>> float(layer.params["w"][0, 0])
    0.95
    """

    def __init__(self, network, *, rate, momentum=0.0):
        for value, name in ((rate, "rate"), (momentum, "momentum")):
            if not isinstance(value, Real):
                raise TypeError(f"{name} must be a number, got {type(value).__name__}")
        if not hasattr(network, "parameters"):
            raise TypeError(f"network must have parameters, got {type(network).__name__}")
        if not rate > 0:
            raise ValueError(f"rate must be positive, got {rate}")
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum must be from 0 to below 1, got {momentum}")
        self.network, self.rate, self.momentum = network, rate, momentum
        self._velocity = {}

    def step(self):
        """Move every parameter, in place, against its gradient."""
        for owner, name in self.network.parameters():
            velocity = owner.grads[name]
            if self.momentum:
                key = id(owner), name
                velocity = velocity + self.momentum * self._velocity.get(key, 0)
                self._velocity[key] = velocity
            owner.params[name] -= self.rate * velocity
