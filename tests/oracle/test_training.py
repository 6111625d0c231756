"""The network of chapter 16 against the same network in PyTorch: same start, same batches, same losses."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from conv_lib import digits
from conv_lib.training import digit_network, train

pytestmark = pytest.mark.oracle


def torch_network(torch, network):
    """Return the same layers in PyTorch with copied weights. Its linear layer stores w transposed."""
    twin = torch.nn.Sequential(
        torch.nn.Conv2d(1, 16, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(16, 32, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(128, 10),
    ).double()
    with torch.no_grad():
        for ours, theirs in zip(network.layers, twin, strict=True):
            if ours.params:
                w = ours.params["w"]
                theirs.weight.copy_(torch.from_numpy(w.T.copy() if w.ndim == 2 else w))
                theirs.bias.copy_(torch.from_numpy(ours.params["b"]))
    return twin


def torch_losses(torch, twin, images, labels, batch, seed):
    descent = torch.optim.SGD(twin.parameters(), lr=0.05, momentum=0.9)
    order = np.random.default_rng(seed).permutation(len(images))
    for start in range(0, len(images) - batch + 1, batch):
        chosen = order[start : start + batch]
        descent.zero_grad()
        scores = twin(torch.from_numpy(images[chosen]))
        loss = torch.nn.functional.cross_entropy(scores, torch.from_numpy(labels[chosen]))
        loss.backward()
        descent.step()
        yield loss.item()


def test_one_epoch_has_the_losses_of_pytorch(torch):
    (images, labels), _ = digits.load(dtype=np.float64)
    network = digit_network(seed=2, dtype=np.float64)
    twin = torch_network(torch, network)
    (ours,) = train(network, images, labels, epochs=1, seed=5)
    theirs = list(torch_losses(torch, twin, images, labels, batch=32, seed=5))
    assert len(ours) == len(theirs) == 44
    assert theirs[-1] < theirs[0] / 2  # it does train
    assert_allclose(ours, theirs, rtol=1e-7)
    for mine, other in zip(network.layers, twin, strict=True):
        if mine.params:
            weight = other.weight.detach().numpy()
            assert_allclose(mine.params["w"], weight.T if weight.ndim == 2 else weight, rtol=1e-6, atol=1e-9)
