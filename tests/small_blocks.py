"""Blocks so small, and threads so eager, that `fast` cuts up small shapes as it does large ones."""

from contextlib import contextmanager

import pytest

from conv_lib.fast import (
    batch_last,
    col2im,
    depthwise,
    dispatch,
    im2col,
    mec,
    weight_gradient,
    winograd,
    winograd_weights,
)


@contextmanager
def small_blocks():
    with pytest.MonkeyPatch.context() as patch:
        for module in (
            batch_last,
            im2col,
            mec,
            depthwise,
            col2im,
            weight_gradient,
            winograd,
            winograd_weights,
        ):
            patch.setattr(module, "BLOCK", 2000)
        patch.setattr(im2col, "FEW", 4000)
        patch.setattr(mec, "WIDE", 8)
        patch.setattr(weight_gradient, "FEW", 800)
        patch.setattr(weight_gradient, "PIXELS", 60)
        patch.setattr(winograd, "FEW", 4000)
        patch.setattr(winograd, "WEIGHTS", 4000)
        patch.setattr(winograd_weights, "TILES", 8000)
        patch.setattr(dispatch, "SHARED_WORK", 0)
        patch.setattr(dispatch, "DEPTHWISE_WORK", 0)
        patch.setattr(dispatch, "REVERSED_PIXELS", 8, raising=False)
        dispatch.plan.cache_clear()
        yield
    dispatch.plan.cache_clear()
