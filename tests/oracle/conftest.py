"""PyTorch as the outside oracle; the mark `oracle` decides what happens if it is missing."""

import pytest


@pytest.fixture
def torch():
    """The torch module, held at one thread. Not session-wide: the mark has to be looked at first."""
    import torch

    torch.set_num_threads(1)
    return torch
