"""What pages state and a short hidden cell cannot enumerate; each test is named after its section."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import signal

from tests.page_cells import names


@pytest.mark.parametrize("sizes", [(3, 5), (5, 3), (4, 4), (1, 6)])
def test_errata_star_its_correlation_is_that_of_chapter_1(sizes):
    """Exchanging the two reverses the result; a helper that puts the longer first would hide that."""
    rng = np.random.default_rng(0)
    a, v = (rng.standard_normal(size) for size in sizes)
    ours = names("errata")["correlation"]
    assert_allclose(ours(a, v), signal.correlate(a, v, "valid"))
    assert_allclose(ours(a, v), ours(v, a)[::-1])

    assert names("errata")["table"]["dW = dout * X"] == [False, True]
