"""From a layer to the calls that compute it: choose by the rules, remember the choice, run it."""

from functools import lru_cache
from itertools import repeat

import numpy as np

from conv_lib.fast import blas, pool, tuning
from conv_lib.fast.rules import PASSES, choose

# the axis of each array that the groups divide; the last is the result
AXES = {"forward": (1, 0, 0, 1), "input_gradient": (1, 0, 1), "weight_gradient": (1, 1, 0)}


@lru_cache(maxsize=1024)
def plan(name, p, settings, required=False):
    """A call that computes a pass from its arrays, without the last, and returns the result in fresh memory.

    ValueError if the requested algorithm is `required` and does not fit.
    """
    algorithm, part = choose(name, p, settings.algorithm)
    if required and settings.algorithm not in ("auto", "direct", algorithm.name):
        for other in PASSES[name]:
            if other.name == settings.algorithm:
                raise ValueError(
                    f"algorithm {other.name!r} needs {other.needs}, got a {p.kH}x{p.kW} kernel, "
                    f"stride {p.stride}, padding {p.pads}, dilation {p.dilation}, groups={p.groups}"
                )
    threads = threads_for(algorithm, part, settings)
    first = _all_groups(name, algorithm, part, threads, p.groups // part.groups)
    general = _all_groups(name, PASSES[name][-1], p.one_group(), threads, p.groups)
    shape = {"forward": p.y_shape, "input_gradient": p.x_shape, "weight_gradient": p.w_shape}[name]
    nothing = p.work == 0 or 0 in shape

    def run(*arrays):
        result = np.empty(shape, p.dtype)
        if nothing:  # no products to add: y is its bias, and a gradient is 0
            bias = arrays[2] if name == "forward" else None
            result[...] = 0 if bias is None else bias[:, None, None]
        elif first(*arrays, result):
            general(*arrays, result)
        return result

    return run


def threads_for(algorithm, p, settings):
    """The most threads that share a problem: 1 where waking another costs more than it saves."""
    least = tuning.DEPTHWISE_SHARED_WORK if algorithm.name == "depthwise" else tuning.SHARED_WORK
    return (settings.threads or pool.cores()) if p.work >= least and blas.controllable() else 1


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


def backward(dout, x, w, p, settings):
    """dx, dw, db."""
    dx = plan("input_gradient", p, settings)(dout, w)
    return dx, plan("weight_gradient", p, settings)(dout, x), bias_gradient(dout)


def bias_gradient(dout):
    """db (F,): the sum over images and pixels."""
    N, F, H, W = dout.shape
    return dout.reshape(N, F, H * W).sum(axis=2).sum(axis=0)
