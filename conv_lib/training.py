"""The small network of chapter 16 and the loop that trains it."""

import numpy as np

from conv_lib import vectorized
from conv_lib.layers import SGD, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, SoftmaxCrossEntropy
from conv_lib.sizes import integer
from conv_lib.validation import check_array, check_numbers

__all__ = ["accuracy", "digit_network", "train"]


def digit_network(*, seed=0, dtype=np.float32, kernels=vectorized):
    """Two convolution layers, each followed by ReLU and pooling, and a linear layer: (N, 1, 8, 8) -> (N, 10).

    >>> digit_network()(np.zeros((5, 1, 8, 8), np.float32)).shape
    (5, 10)
    """
    rng = np.random.default_rng(seed)  # one generator, so that no two layers start alike
    return Sequential(
        Conv2d(1, 16, 3, padding=1, seed=rng, dtype=dtype, kernels=kernels),  # -> 16 x 8 x 8
        ReLU(),
        MaxPool2d(2, kernels=kernels),  # -> 16 x 4 x 4
        Conv2d(16, 32, 3, padding=1, seed=rng, dtype=dtype, kernels=kernels),  # -> 32 x 4 x 4
        ReLU(),
        MaxPool2d(2, kernels=kernels),  # -> 32 x 2 x 2
        Flatten(),  # -> 128
        Linear(128, 10, seed=rng, dtype=dtype),
    )


def train(network, images, labels, *, epochs, batch=32, rate=0.05, momentum=0.9, seed=0):
    """Train by mini-batches; yields the losses of one epoch at a time, an array with one loss per step.

    An epoch shows every image once, in a new order; the last, smaller batch of an epoch is left out.

    Parameters
    ----------
    network : Layer
        Its parameters change in place.
    images : ndarray, shape (images, D, H, W)
    labels : ndarray of int, shape (images,)
    epochs, batch : int
        At least 0 and 1; `batch` at most the number of images.
    rate, momentum : float
        As in `layers.SGD`.
    seed : int
        Determines the order of the images.

    Raises
    ------
    TypeError, ValueError
        When the first epoch is requested, if the images and labels do not match, or there are fewer images
        than `batch`.
    """
    _check_pairs(images, labels)
    if integer(batch, "batch", 1) > len(images):
        raise ValueError(f"batch is {batch} but there are only {len(images)} images")
    integer(epochs, "epochs", 0)
    loss, descent = SoftmaxCrossEntropy(), SGD(network, rate=rate, momentum=momentum)
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        order = rng.permutation(len(images))
        losses = []
        for start in range(0, len(images) - batch + 1, batch):
            chosen = order[start : start + batch]
            losses.append(loss(network(images[chosen]), labels[chosen]))  # forward
            network.backward(loss.backward())  # backward: every layer's grads
            descent.step()  # every parameter moves
        yield np.array(losses)


def _check_pairs(images, labels):
    check_numbers(images, "images")
    check_array(labels, "labels", ("images",))
    if images.ndim == 0 or len(images) != len(labels):
        raise ValueError(f"images has shape {images.shape} but there are {len(labels)} labels")


def accuracy(network, images, labels):
    """The share of images whose largest score is the label's, from 0 to 1."""
    _check_pairs(images, labels)
    if len(images) == 0:
        raise ValueError(f"at least 1 image is needed, images has shape {images.shape}")
    return float((network(images).argmax(axis=1) == labels).mean())
