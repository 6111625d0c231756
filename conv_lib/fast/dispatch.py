"""The table of rules: which algorithm computes which layer, and why. The first rule that holds is used."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from conv_lib.fast import (
    batch_last,
    blas,
    channels_last,
    col2im,
    depthwise,
    fft,
    im2col,
    mec,
    pointwise,
    pool,
    turned,
    weight_gradient,
    winograd,
    winograd_weights,
)
from conv_lib.fast.problem import Problem

# below so many operations a second thread costs more than it does
SHARED_WORK = 20_000_000
# without a matrix product an operation takes several times as long
DEPTHWISE_WORK = SHARED_WORK // 4
# pixels of dx from which on gathering dout can be worth turning the filters
REVERSED_PIXELS = 400


class Rule(NamedTuple):
    """`algorithm` is used `when` the problem is such, because of `why`."""

    algorithm: str
    when: Callable[[Problem], bool]
    why: str


# `depthwise` is given problems with several groups: a rule that stands before it has to ask for one
def is_pointwise(p):
    """A window is a pixel, and every pixel has one (output padding leaves some without)."""
    return p.groups == 1 and p.taps == 1 and p.unit_stride and not p.padded and (p.Ho, p.Wo) == (p.H, p.W)


def is_one_window(p):
    return p.groups == 1 and p.Ho == p.Wo == 1 and (p.kH, p.kW) == (p.H, p.W) and not p.padded


def winograd_pays(p):
    """float32 only: callers in float64 keep full precision."""
    return (
        winograd.fits(p)
        and p.dtype == np.float32
        and min(p.C, p.F) >= 16
        and winograd.cost(p) < 0.7 * p.work
        and p.work > 10_000_000
    )


def winograd_weights_pays(p):
    return winograd_pays(p) and winograd_weights.fits(p)


def fft_pays(p):
    return fft.fits(p) and p.taps >= 100 and fft.operations(p) < 0.6 * p.work


FORWARD = (
    Rule("one_window", is_one_window, "the kernel covers the input: a fully connected layer, nothing slides"),
    Rule("pointwise", is_pointwise, "a window is a pixel: the input is the matrix, nothing is copied"),
    Rule("depthwise", depthwise.fits, "one channel a filter: too few products for a matrix product"),
    Rule(
        "winograd",
        winograd_pays,
        "3x3, stride 1: its cost, transforms included, is under 0.7 of the direct",
    ),
    Rule(
        "fft",
        fft_pays,
        "a large kernel: a product a frequency, transforms included, is under 0.6 of one a tap",
    ),
    Rule(
        "batch_last", batch_last.pays, "many small images: with the images innermost every copy is a long run"
    ),
    Rule("mec", mec.pays, "long rows: unfolded along rows only, a pixel is copied kW times, not kH kW"),
    Rule("im2col", lambda p: True, "whatever is left: one product, in blocks that stay in the cache"),
)

INPUT_GRADIENT = (
    Rule("pointwise", is_pointwise, "dx[n] = w^T @ dout[n]"),
    Rule("depthwise", depthwise.fits, "the same shifts with the filters turned"),
    Rule("winograd", winograd_pays, "dx of a 3x3 layer is a 3x3 layer"),
    Rule("batch_last", batch_last.pays, "many small images: the additions run over all images of a group"),
    Rule(
        "reversed",
        lambda p: p.unit_stride and p.F * 4 <= p.C and p.pixels >= REVERSED_PIXELS,
        "few filters: gathering F kH kW values of dout a pixel is less than adding C kH kW",
    ),
    Rule("col2im", lambda p: True, "the product first, then its rows are added where the taps were"),
)

WEIGHT_GRADIENT = (
    Rule("pointwise", is_pointwise, "dw = sum over n of dout[n] @ x[n]^T"),
    Rule("depthwise", depthwise.fits, "an inner product a tap"),
    Rule("winograd", winograd_weights_pays, "the transpose of Winograd's forward pass saves as much"),
    Rule("batch_last", batch_last.pays, "many small images: one product a group"),
    Rule("im2col", lambda p: True, "dout @ columns^T"),
)

_NOT_DIRECT = ("winograd", "fft")

_FORWARD = {
    "pointwise": pointwise.forward,
    "depthwise": depthwise.forward,
    "winograd": winograd.forward,
    "fft": fft.forward,
    "channels_last": channels_last.forward,
    "batch_last": batch_last.forward,
    "mec": mec.forward,
    "im2col": im2col.forward,
}


class Plan(NamedTuple):
    """What was chosen for a problem: an algorithm for each pass, and the threads."""

    problem: Problem
    forward: str
    dx: str
    dw: str
    threads: int


@lru_cache(maxsize=512)
def plan(p, settings):
    """The algorithms for a problem, one group of it if its groups are computed one by one."""
    asked = settings.algorithm
    threads = settings.threads or pool.cores()
    least = DEPTHWISE_WORK if depthwise.fits(p) else SHARED_WORK
    if p.work < least or not blas.controllable():
        threads = 1
    chosen = [choose(table, p, asked) for table in (FORWARD, INPUT_GRADIENT, WEIGHT_GRADIENT)]
    if asked not in ("auto", "direct"):
        chosen[0] = asked
    return Plan(p, *chosen, threads)


def choose(table, p, asked="auto"):
    """Name of the algorithm of the first rule that holds; "direct" passes over Winograd and FFT.

    An algorithm that is asked for by name is taken where the table has it and it can do the problem.
    """
    possible = can(asked, p) and (
        table is not WEIGHT_GRADIENT or asked != "winograd" or winograd_weights.fits(p)
    )
    if possible and any(rule.algorithm == asked for rule in table):
        return asked
    for rule in table:
        if rule.when(p) and not (rule.algorithm in _NOT_DIRECT and asked != "auto"):
            return rule.algorithm
    raise AssertionError("the last rule of a table holds always")


def can(algorithm, p):
    """True if an algorithm that `using` names can do the problem's forward pass."""
    return {
        "pointwise": is_pointwise,
        "depthwise": depthwise.fits,
        "winograd": winograd.fits,
        "fft": fft.fits,
        "channels_last": channels_last.fits,
        "batch_last": batch_last.fits,
        "mec": mec.fits,
        "im2col": lambda p: p.groups == 1,
    }.get(algorithm, lambda p: False)(p)


_NEEDS = {
    "pointwise": "a 1x1 kernel, stride 1 and no padding",
    "depthwise": "stride 1 and one channel and one filter a group",
    "winograd": "a 3x3 kernel and stride 1",
    "fft": "stride 1 and dilation 1",
    "mec": "rows that are not dilated",
}


def by_group(p, asked):
    """True if the groups are computed one after the other, each as a layer of its own."""
    return p.groups > 1 and not (depthwise.fits(p) and asked in ("auto", "direct", "depthwise"))


def single(p):
    """The problem of one group."""
    return p._replace(F=p.F // p.groups, groups=1)


def groups_of(p):
    """(filters, channels) of each group, as slices."""
    F = p.F // p.groups
    for g in range(p.groups):
        yield slice(g * F, (g + 1) * F), slice(g * p.C, (g + 1) * p.C)


def forward(x, w, b, p, settings, required=True):
    """y (N, F, Ho, Wo), computed as the rules say.

    An algorithm that is asked for by name and cannot do it is a ValueError, unless it is not `required`.
    """
    y = np.empty((p.N, p.F, p.Ho, p.Wo), p.dtype)
    if not required and not can(settings.algorithm, single(p) if by_group(p, settings.algorithm) else p):
        settings = settings._replace(algorithm="auto" if settings.algorithm == "auto" else "direct")
    if y.size == 0 or p.K == 0:
        y[...] = 0 if b is None else b[:, None, None]
    elif by_group(p, settings.algorithm):
        one = plan(single(p), settings)
        for f, c in groups_of(p):
            run_forward(x[:, c], w[f], None if b is None else b[f], y[:, f], one)
    else:
        run_forward(x, w, b, y, plan(p, settings))
    return y


def run_forward(x, w, b, y, chosen):
    """Write y by the chosen algorithm; what Winograd makes of infinities and NaNs is computed again."""
    p, algorithm, threads = chosen.problem, chosen.forward, chosen.threads
    if algorithm == "one_window":
        pointwise.one_window(x, w, b, y, p)
        return
    if algorithm in _NEEDS and not can(algorithm, p):
        raise ValueError(
            f"algorithm {algorithm!r} needs {_NEEDS[algorithm]}, got a {p.kH}x{p.kW} kernel, "
            f"stride {p.stride}, padding {p.pads}, dilation {p.dilation}, groups={p.groups}"
        )
    finite = _FORWARD[algorithm](x, w, b, y, p, threads)
    if finite is False:
        im2col.forward(x, w, b, y, p, threads)


def backward(dout, x, w, p, settings):
    """dx, dw, db."""
    return input_grad(dout, w, p, settings), weight_grad(dout, x, p, settings), bias_grad(dout)


def bias_grad(dout):
    """db (F,): the sum over images and pixels."""
    N, F, H, W = dout.shape
    return dout.reshape(N, F, H * W).sum(axis=2).sum(axis=0)


def input_grad(dout, w, p, settings):
    """dx (N, D, H, W)."""
    dx = np.empty((p.N, p.C * p.groups, p.H, p.W), p.dtype)
    if dx.size == 0 or p.F == 0:
        dx.fill(0)
    elif by_group(p, settings.algorithm):
        one = plan(single(p), settings)
        for f, c in groups_of(p):
            run_input_grad(dout[:, f], w[f], dx[:, c], one)
    else:
        run_input_grad(dout, w, dx, plan(p, settings))
    return dx


def run_input_grad(dout, w, dx, chosen):
    """Write dx by the chosen algorithm."""
    p, algorithm, threads = chosen.problem, chosen.dx, chosen.threads
    if algorithm in ("depthwise", "reversed") and not np.isfinite(w).all():
        # they surround dout by zeros, and an infinite weight times zero is NaN
        for f, c in groups_of(p):
            col2im.backward_input(dout[:, f], w[f], dx[:, c], single(p), threads)
        return
    if algorithm == "pointwise":
        pointwise.forward(dout, w.transpose(1, 0, 2, 3), None, dx, p._replace(C=p.F, F=p.C), threads)
        return
    if algorithm in ("depthwise", "winograd", "reversed"):
        reverse, (rows, cols) = turned.problem(p)
        inner = dout[:, :, rows, cols]
        if reverse.H <= 0 or reverse.W <= 0:
            dx.fill(0)
            return
        if algorithm == "depthwise":
            depthwise.forward(inner, w, None, dx, reverse, threads, flipped=True)
            return
        if algorithm == "winograd" and winograd.forward(inner, w, None, dx, reverse, threads, adjoint=True):
            return
        if algorithm == "reversed":
            way = mec if mec.pays(reverse) else im2col
            way.forward(inner, turned.filters(w), None, dx, reverse, threads)
            return
    if algorithm == "batch_last":
        batch_last.backward_input(dout, w, dx, p, threads)
        return
    col2im.backward_input(dout, w, dx, p, threads)


def weight_grad(dout, x, p, settings):
    """dw (F, D/groups, kH, kW)."""
    dw = np.empty((p.F, p.C, p.kH, p.kW), p.dtype)
    if p.N == 0 or p.F == 0 or p.C == 0:
        dw.fill(0)
    elif by_group(p, settings.algorithm):
        one = plan(single(p), settings)
        for f, c in groups_of(p):
            dw[f] = run_weight_grad(dout[:, f], x[:, c], one)
    else:
        dw = run_weight_grad(dout, x, plan(p, settings))
    return dw


def run_weight_grad(dout, x, chosen):
    """dw by the chosen algorithm; what is not finite is computed again without neighbours to spread to."""
    p, algorithm, threads = chosen.problem, chosen.dw, chosen.threads
    if algorithm == "pointwise":
        return pointwise.backward_weights(dout, x, p, threads)
    if algorithm == "depthwise":
        dw = depthwise.backward_weights(dout, x, p, threads)
        if np.isfinite(dw.sum()):
            return dw
        alone = single(p)
        parts = [
            weight_gradient.backward(dout[:, f : f + 1], x[:, f : f + 1], alone, threads) for f in range(p.F)
        ]
        return np.concatenate(parts)
    if algorithm == "batch_last":
        return batch_last.backward_weights(dout, x, p, threads)
    if algorithm == "winograd":
        dw = winograd_weights.backward(dout, x, p, threads)
        if np.isfinite(dw.sum()):
            return dw
    return weight_gradient.backward(dout, x, p, threads)
