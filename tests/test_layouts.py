"""Every number lands where its indices say, and comes back."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from conv_lib import layouts

T = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)


def test_numbers_keep_their_indices():
    n, d, i, j = 1, 2, 3, 0
    assert layouts.to_matlab(T)[i, j, d, n] == T[n, d, i, j]
    assert layouts.to_channels_last(T)[n, i, j, d] == T[n, d, i, j]
    f, d, u, v = n, d, i, j
    assert layouts.kernel_to_channels_last(T)[u, v, d, f] == T[f, d, u, v]


def test_there_and_back():
    assert_array_equal(layouts.from_matlab(layouts.to_matlab(T)), T)
    assert_array_equal(layouts.from_channels_last(layouts.to_channels_last(T)), T)


def test_views_not_copies():
    assert np.shares_memory(layouts.to_matlab(T), T)


@pytest.mark.parametrize("shape", [(4, 5, 3), (4, 5)])
def test_trailing_axes_that_matlab_drops_come_back(shape):
    assert layouts.from_matlab(np.zeros(shape)).shape == (
        1,
        *(3,) * (len(shape) - 2),
        *(1,) * (3 - len(shape)),
        4,
        5,
    )


def test_errors():
    with pytest.raises(ValueError, match="same letters, each once, got 'NDHW' and 'NHWC'"):
        layouts.convert(T, "NDHW", "NHWC")
    with pytest.raises(ValueError, match="same letters, each once, got 'NDHH' and 'NDHH'"):
        layouts.convert(T, "NDHH", "NDHH")
    with pytest.raises(ValueError, match=r"tensor has 3 axes \(3, 4, 5\) but 'NDHW' names 4"):
        layouts.to_channels_last(T[0])
    with pytest.raises(TypeError, match="tensor must be a NumPy array, got list"):
        layouts.to_matlab(T.tolist())
