"""The copies that feed the products, and how they avoid conflicts in the cache."""

import numpy as np
import pytest

from conv_lib import fast, naive, validation
from conv_lib.fast import tuning, windows
from conv_lib.fast.problem import from_geometry
from conv_lib.fast.scratch import frame

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("axis", [0, 1])
def test_planes_that_share_a_set_of_the_cache_are_spread(axis):
    x = RNG.standard_normal((32, 32, 32, 32), np.float32)
    with frame() as take:
        found = windows.spread(x, axis, take)
        np.testing.assert_array_equal(found, x)
        assert not np.shares_memory(found, x)
        lines, rest = divmod(found.strides[axis], tuning.CACHE_LINE)
        assert rest == 0
        assert lines % 2 == 1


@pytest.mark.parametrize("shape", [(2, 64, 28, 28), (2, 8, 32, 32), (2, 0, 32, 32), (1, 1, 5, 5)])
def test_other_planes_stay_where_they_are(shape):
    x = RNG.standard_normal(shape, np.float32)
    with frame() as take:
        assert windows.spread(x, 1, take) is x


@pytest.mark.parametrize("size", [1, 15, 16, 17, 64, 100])
@pytest.mark.parametrize("itemsize", [4, 8])
def test_pitch_is_an_odd_number_of_lines(size, itemsize):
    pitch = windows.pitch(size, itemsize)
    lines, rest = divmod(pitch * itemsize, tuning.CACHE_LINE)
    assert pitch >= size
    assert rest == 0
    assert lines % 2 == 1


def test_images_of_a_power_of_two():
    """Winograd with channels spread over cache sets, and many small spread images, against the definition."""
    for x_shape, w_shape in (((1, 16, 32, 32), (16, 16, 3, 3)), ((16, 1, 32, 32), (3, 1, 5, 5))):
        x, w = RNG.standard_normal(x_shape, np.float32), RNG.standard_normal(w_shape, np.float32)
        expected = naive.conv2d(x, w, padding=1)
        np.testing.assert_allclose(fast.conv2d(x, w, padding=1), expected, atol=3e-5 * abs(expected).max())


@pytest.mark.parametrize(("kernel", "stride"), [(1, 2), (3, 2), (5, 2), (7, 4), (11, 4), (2, 5)])
@pytest.mark.parametrize("dilation", [1, 2])
def test_columns_with_a_stride(kernel, stride, dilation):
    """The columns are the windows, whether read in place or split by phase first."""
    x = RNG.standard_normal((2, 3, 26, 25))
    w = np.empty((1, 3, kernel, kernel))
    geometry = validation.check_conv2d(x, w, None, stride, 1, dilation, 1)[-1]
    p = from_geometry(x.shape, w.shape, geometry, 1, x.dtype)
    out = np.empty((2, 3, kernel, kernel, p.Ho, p.Wo))
    with frame() as take:
        windows.columns(x, p, out, take)
    xpad = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    for u, v in np.ndindex(kernel, kernel):
        rows = slice(u * dilation, u * dilation + (p.Ho - 1) * stride + 1, stride)
        columns = slice(v * dilation, v * dilation + (p.Wo - 1) * stride + 1, stride)
        np.testing.assert_array_equal(out[:, :, u, v], xpad[:, :, rows, columns])
