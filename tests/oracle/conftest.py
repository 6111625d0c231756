"""PyTorch as the outside oracle; the mark `oracle` says what happens where it is missing."""

import pytest


@pytest.fixture(scope="session")
def torch():
    """The torch module, held at one thread."""
    import torch

    torch.set_num_threads(1)
    return torch
