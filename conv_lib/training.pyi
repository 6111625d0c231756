from collections.abc import Iterator

from conv_lib.kinds import Array, FloatType, Kernels
from conv_lib.layers import Layer, Sequential

__all__ = ["accuracy", "digit_network", "train"]

def digit_network(*, seed: int = 0, dtype: FloatType = ..., kernels: Kernels = ...) -> Sequential: ...
def train(
    network: Layer,
    images: Array,
    labels: Array,
    *,
    epochs: int,
    batch: int = 32,
    rate: float = 0.05,
    momentum: float = 0.9,
    seed: int = 0,
) -> Iterator[Array]: ...
def accuracy(network: Layer, images: Array, labels: Array) -> float: ...
