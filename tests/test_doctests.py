"""Every example in a docstring of a kernel module gives what it shows."""

import doctest
import importlib

import pytest

MODULES = [
    "sizes",
    "layouts",
    "gradcheck",
    "layers",
    "graph.engine",
    "graph.builders",
    "naive.conv",
    "naive.transposed",
    "naive.pooling",
    "vectorized.conv",
    "vectorized.windows",
    "vectorized.transposed",
    "vectorized.pooling",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    results = doctest.testmod(importlib.import_module(f"conv_lib.{name}"))
    assert results.attempted > 0
    assert results.failed == 0
