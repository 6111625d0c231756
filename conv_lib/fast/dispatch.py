"""From a layer to the calls that compute it: choose by the rules, remember the choice, run it."""

from collections.abc import Callable
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

import numpy as np

from conv_lib.fast import blas, pool, tuning
from conv_lib.fast.rules import PASSES, choose

# the axis of each array that the groups divide
AXES = {"forward": (1, 0, 0, 1), "input_gradient": (1, 0, 1), "weight_gradient": (1, 1, 0)}


class Plan(NamedTuple):
    """One pass of a layer: `run(*arrays)` computes it, writing the last array."""

    algorithm: str
    threads: int
    run: Callable


@lru_cache(maxsize=1024)
def plan(name, p, settings, required=False):
    """The plan for a pass; ValueError if the requested algorithm is `required` and does not fit."""
    algorithm, part = choose(name, p, settings.algorithm)
    if required and settings.algorithm not in ("auto", "direct", algorithm.name):
        for other in PASSES[name]:
            if other.name == settings.algorithm:
                raise ValueError(
                    f"algorithm {other.name!r} needs {other.needs}, got a {p.kH}x{p.kW} kernel, "
                    f"stride {p.stride}, padding {p.pads}, dilation {p.dilation}, groups={p.groups}"
                )
    least = tuning.DEPTHWISE_SHARED_WORK if algorithm.name == "depthwise" else tuning.SHARED_WORK
    shared = part.work >= least and blas.controllable()
    threads = (settings.threads or pool.cores()) if shared else 1
    first = _all_groups(name, algorithm, part, threads, p.groups // part.groups)
    general = _all_groups(name, PASSES[name][-1], p.one_group(), threads, p.groups)

    def run(*arrays):
        if first(*arrays):
            general(*arrays)

    return Plan(algorithm.name, threads, run)


def _all_groups(name, algorithm, part, threads, groups):
    """A call that computes the problem `part` for each group in turn; true if one must be computed again."""
    compute = getattr(algorithm, name)
    if groups == 1:
        return lambda *arrays: compute(*arrays, part, threads)

    def run(*arrays):
        divided = zip(*map(_divide, arrays, AXES[name], repeat(groups)), strict=False)
        return any([compute(*parts, part, threads) for parts in divided])

    return run


def _divide(array, axis, groups):
    """Views of an array, one for each group."""
    if array is None:
        return repeat(None)
    shape = array.shape
    parts = array.reshape(*shape[:axis], groups, shape[axis] // groups, *shape[axis + 1 :])
    return parts.swapaxes(0, axis)


def forward(x, w, b, p, settings, required=True):
    """y (N, F, Ho, Wo).

    If `required`, an algorithm that is requested by name and cannot do the layer raises ValueError.
    """
    y = np.empty(p.y_shape, p.dtype)
    if y.size == 0 or p.K == 0:
        y[...] = 0 if b is None else b[:, None, None]
    else:
        plan("forward", p, settings, required).run(x, w, b, y)
    return y


def backward(dout, x, w, p, settings):
    """dx, dw, db."""
    return input_grad(dout, w, p, settings), weight_grad(dout, x, p, settings), bias_grad(dout)


def input_grad(dout, w, p, settings):
    """dx (N, D, H, W)."""
    dx = np.empty((p.N, p.C * p.groups, p.H, p.W), p.dtype)
    if dx.size == 0 or p.F == 0:
        dx.fill(0)
    else:
        plan("input_gradient", p, settings).run(dout, w, dx)
    return dx


def weight_grad(dout, x, p, settings):
    """dw (F, D/groups, kH, kW)."""
    dw = np.empty((p.F, p.C, p.kH, p.kW), p.dtype)
    if p.N == 0 or p.F == 0 or p.C == 0:
        dw.fill(0)
    else:
        plan("weight_gradient", p, settings).run(dout, x, dw)
    return dw


def bias_grad(dout):
    """db (F,): the sum over images and pixels."""
    N, F, H, W = dout.shape
    return dout.reshape(N, F, H * W).sum(axis=2).sum(axis=0)
