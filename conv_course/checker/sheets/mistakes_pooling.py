"""Pooling layers with one thing wrong at a time, for the sheet of chapter 15.

`forward()` and `backward()` without arguments are max pooling done right; `share="mean"` makes them average
pooling. Each further keyword puts one mistake in. Kernel, stride and padding are pairs (height, width).
"""

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=1024)
def _geometry(image, kernel, stride, padding, start, ceil, sides):
    """The rows and columns that the windows read, the padded size, and the pads in front."""
    places, pads, sizes = [], [], []
    for size, k, s, p in zip(image, kernel, stride, padding, strict=True):
        before, after = {
            "both": (p, p),
            "first": (2 * p, 0),
            "once": (p, 0),
            "total": (p // 2, p - p // 2),
            "none": (0, 0),
        }[sides]
        room = size + before + after - k
        count = (-(-room // s) if ceil else room // s) + 1
        steps = np.arange(max(count, 0))[:, None] * (1 if start == "index" else s)
        places.append(steps + np.arange(k))
        pads.append(before)
        sizes.append(max(size + before + after, int(places[-1].max(initial=-1)) + 1))
    rows, columns = places
    flat = rows[:, None, :, None] * sizes[1] + columns[:, None, :]
    return rows, columns, flat, tuple(sizes), pads


def look(x, kernel, stride, padding, *, fill=0.0, start="stride", ceil=False, sides="both", edge=False):
    """All windows at once, (N, D, H', W', kH, kW), and `_geometry`."""
    x = np.asarray(x, float)
    geometry = _geometry(x.shape[2:], kernel, stride, padding, start, ceil, sides)
    _, _, flat, (rows, columns), (top, left) = geometry
    H, W = x.shape[2:]
    if edge:
        r, c = (np.clip(np.arange(n) - p, 0, m - 1) for n, p, m in ((rows, top, H), (columns, left, W)))
        xpad = x[:, :, r[:, None], c]
    else:
        xpad = np.full((*x.shape[:2], rows, columns), fill)
        xpad[:, :, top : top + H, left : left + W] = x
    return xpad.reshape(*x.shape[:2], -1)[:, :, flat], geometry


def forward(*, take="max", change=None, fill=None, channels=None, **where):
    """A wrong max or average pooling: `take` is what is made of a window."""

    def pool(x, kernel, *, stride, padding=(0, 0)):
        if change:
            kernel, stride, padding = change(kernel, stride, padding)
        zeros = 0.0 if take not in ("max", "real mean") else {"max": -np.inf, "real mean": np.nan}[take]
        windows, _ = look(x, kernel, stride, padding, fill=zeros if fill is None else fill, **where)
        kH, kW = kernel
        axes = (4, 5)
        y = {
            "max": lambda: windows.max(axis=axes),
            "min": lambda: np.where(np.isfinite(windows), windows, np.inf).min(axis=axes),
            "largest size": lambda: np.abs(windows).max(axis=axes),
            "first": lambda: windows[..., 0, 0],
            "sum": lambda: windows.sum(axis=axes),
            "mean": lambda: windows.mean(axis=axes),
            "median": lambda: np.median(windows, axis=axes),
            "floor": lambda: windows.sum(axis=axes) // (kH * kW),
            "real mean": lambda: np.nanmean(windows, axis=axes),
            "by height": lambda: windows.sum(axis=axes) / kH**2,
            "by width": lambda: windows.sum(axis=axes) / kW**2,
            "by both": lambda: windows.sum(axis=axes) / (kH + kW),
            "by stride": lambda: windows.sum(axis=axes) / (stride[0] * stride[1]),
            "by outputs": lambda: windows.sum(axis=axes) / (windows.shape[2] * windows.shape[3]),
        }[take]()
        if channels == "mixed":
            y = y.max(axis=1, keepdims=True) if take == "max" else y.mean(axis=1, keepdims=True)
        if channels == "first":
            y = np.repeat(y[:, :1], y.shape[1], axis=1)
        return y

    return pool


def backward(
    *,
    share="winner",
    tie="first",
    assign=False,
    crop="right",
    weigh=None,
    change=None,
    channel="own",
    fill=None,
    **where,
):
    """A wrong backward pass: `share` says who gets a window's dout, `tie` which of equal pixels wins."""

    def pool_backward(dout, x, kernel, *, stride, padding=(0, 0)):
        if change:
            kernel, stride, padding = change(kernel, stride, padding)
        x, dout = np.asarray(x, float), np.asarray(dout, float)
        empty = (-np.inf if share in ("winner", "tied") else 0.0) if fill is None else fill
        windows, geometry = look(x, kernel, stride, padding, fill=empty, **where)
        _, _, flat, shape, (top, left) = geometry
        if channel == "first":
            windows = np.repeat(windows[:, :1], windows.shape[1], axis=1)
        shares = _shares(windows, share, tie, stride)
        if weigh == "value":
            shares = shares * np.where(np.isfinite(windows), windows, 0)
        if weigh == "ones":
            dout = np.ones_like(dout)
        if weigh == "mean of images":
            dout = dout / len(dout)
        if share == "real mean":
            real = look(np.ones_like(x), kernel, stride, padding)[0]
            shares = real / real.sum(axis=(4, 5), keepdims=True)
        pieces = shares * dout[..., None, None]
        dxpad = np.zeros((*x.shape[:2], shape[0] * shape[1]))
        if assign:
            for i, j in np.ndindex(dout.shape[2:]):
                place, piece = np.s_[:, :, flat[i, j]], pieces[:, :, i, j]
                dxpad[place] = (
                    piece if assign == "window" else np.where(shares[:, :, i, j] != 0, piece, dxpad[place])
                )
        else:
            size = shape[0] * shape[1]
            images = np.arange(len(x) * x.shape[1]).reshape(*x.shape[:2], 1, 1, 1, 1) * size
            spread = np.bincount((images + flat).ravel(), pieces.ravel(), minlength=dxpad.size)
            dxpad = spread.reshape(dxpad.shape)
        dxpad = dxpad.reshape(*x.shape[:2], *shape)
        H, W = x.shape[2:]
        if crop == "none":
            return dxpad
        if crop == "end":
            return dxpad[:, :, :H, :W]
        if crop == "start":
            return dxpad[:, :, dxpad.shape[2] - H :, dxpad.shape[3] - W :]
        if crop == "minus":
            return dxpad[:, :, slice(top, -top), slice(left, -left)]
        return dxpad[:, :, top : top + H, left : left + W]

    return pool_backward


def _shares(windows, share, tie, stride):
    """What part of dout each pixel of a window gets."""
    kH, kW = windows.shape[4:]
    even = np.ones_like(windows)
    if share != "winner":
        return {
            "all": lambda: even,
            "mean": lambda: even / (kH * kW),
            "real mean": lambda: even,
            "by height": lambda: even / kH**2,
            "by width": lambda: even / kW**2,
            "by stride": lambda: even / (stride[0] * stride[1]),
            "by outputs": lambda: even / (windows.shape[2] * windows.shape[3]),
            "corner": lambda: even * (np.arange(kH * kW).reshape(kH, kW) == 0),
            "centre": lambda: even * (np.arange(kH * kW).reshape(kH, kW) == kH // 2 * kW + kW // 2),
            "positive": lambda: (windows > 0) * 1.0,
            "positive winner": lambda: _winner(windows, "first") * (windows > 0),
            "smallest": lambda: _winner(-np.where(np.isfinite(windows), windows, np.inf), "first"),
            "largest size": lambda: _winner(np.where(np.isfinite(windows), np.abs(windows), -1.0), "first"),
        }[share]()
    return _winner(windows, tie)


def _winner(windows, tie):
    kH, kW = windows.shape[4:]
    largest = windows == windows.max(axis=(4, 5), keepdims=True)
    if tie == "all":
        return largest * 1.0
    if tie == "shared":
        return largest / largest.sum(axis=(4, 5), keepdims=True)
    if tie == "none":
        return largest * (largest.sum(axis=(4, 5), keepdims=True) == 1.0)
    flat = largest.reshape(*windows.shape[:4], kH * kW)
    if tie == "columns":
        flat = largest.swapaxes(4, 5).reshape(*windows.shape[:4], kH * kW)
    place = flat.argmax(axis=-1)
    if tie == "last":
        place = kH * kW - 1 - flat[..., ::-1].argmax(axis=-1)
    if tie == "columns":
        place = place % kH * kW + place // kH
    if tie == "unravelled":
        u, v = place // kH, place % kH  # kW belongs here
        place = np.where((u < kH) & (v < kW), u * kW + v, kH * kW - 1)
    return (np.arange(kH * kW) == place[..., None]).reshape(windows.shape) * 1.0
