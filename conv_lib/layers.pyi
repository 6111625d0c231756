from collections.abc import Iterator
from typing import Any

import numpy as np

from conv_lib.kinds import Array, FloatType, Kernels, Padding2d, Pair, Seed

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
    params: dict[str, Array]
    grads: dict[str, Array]
    def __init__(self) -> None: ...
    def __call__(self, x: Array) -> Array: ...
    def forward(self, x: Array) -> Array: ...
    def backward(self, dout: Array) -> Array: ...
    def parameters(self) -> Iterator[tuple[Layer, str]]: ...

class Conv2d(Layer):
    settings: dict[str, Any]
    kernels: Kernels
    def __init__(
        self,
        channels: int,
        filters: int,
        kernel_size: Pair,
        *,
        stride: Pair = 1,
        padding: Padding2d = 0,
        dilation: Pair = 1,
        groups: int = 1,
        seed: Seed = 0,
        dtype: FloatType = ...,
        kernels: Kernels = ...,
    ) -> None: ...

class Linear(Layer):
    def __init__(self, features: int, outputs: int, *, seed: Seed = 0, dtype: FloatType = ...) -> None: ...

class ReLU(Layer): ...

class MaxPool2d(Layer):
    kernel_size: Pair
    settings: dict[str, Any]
    kernels: Kernels
    def __init__(
        self,
        kernel_size: Pair,
        *,
        stride: Pair | None = None,
        padding: Padding2d = 0,
        ceil_mode: bool = False,
        kernels: Kernels = ...,
    ) -> None: ...

class Flatten(Layer): ...

class Sequential(Layer):
    layers: tuple[Layer, ...]
    def __init__(self, *layers: Layer) -> None: ...

class SoftmaxCrossEntropy:
    def __call__(self, scores: Array, labels: Array) -> np.floating[Any]: ...
    def forward(self, scores: Array, labels: Array) -> np.floating[Any]: ...
    def backward(self) -> Array: ...

class SGD:
    network: Layer
    rate: float
    momentum: float
    def __init__(self, network: Layer, *, rate: float, momentum: float = 0.0) -> None: ...
    def step(self) -> None: ...
