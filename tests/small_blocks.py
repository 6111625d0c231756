"""Small blocks and low thread thresholds, so that `fast` divides small shapes as it does large ones."""

from contextlib import contextmanager

import pytest

from conv_lib.fast import dispatch, tuning

TINY = {
    "COLUMNS_BYTES": 2000,
    "GRADIENT_TILES_BYTES": 8000,
    "FEW_TILES_BYTES": 4000,
    "FILTERS_BYTES": 4000,
    "SHARED_SUMS_BYTES": 800,
    "SUMMED_PIXELS": 60,
    "LONG_ROW": 8,
    "FLIPPED_PIXELS": 8,
    "SHARED_WORK": 0,
    "DEPTHWISE_SHARED_WORK": 0,
}


@contextmanager
def small_blocks(**others):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (TINY | others).items():
            patch.setattr(tuning, name, value)
        dispatch.plan.cache_clear()
        yield
    dispatch.plan.cache_clear()
