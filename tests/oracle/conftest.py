"""PyTorch as an independent oracle. The mark `oracle` decides what happens if it is missing."""

import pytest


@pytest.fixture
def torch():
    """The torch module, limited to one thread. Not session-wide, since the mark must be checked first."""
    import torch

    torch.set_num_threads(1)
    return torch
