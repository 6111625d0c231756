"""The 2-D layer with one thing wrong at a time, for the sheets from chapter 07 on.

`forward()` and `backward()` without arguments are right; each keyword puts one mistake in. `FORWARD` and
`BACKWARD` name the usual ones: name -> function.
"""

import numpy as np

from conv_course.checker.sheets.mistakes_1d import size_of
from conv_lib.sizes import padding_2d, pair
from conv_lib.validation import pad2d

FLIPS = {
    None: (slice(None),) * 4,
    "both": (slice(None), slice(None), slice(None, None, -1), slice(None, None, -1)),
    "rows": (slice(None), slice(None), slice(None, None, -1), slice(None)),
    "columns": (slice(None), slice(None), slice(None), slice(None, None, -1)),
    "channels too": (slice(None), slice(None, None, -1), slice(None, None, -1), slice(None, None, -1)),
}


def sided(pads, sides):
    """The padding of one axis as a learner with this mistake puts it on."""
    before, after = pads
    return {
        "both": (before, after),
        "first": (before + after, 0),
        "last": (0, before + after),
        "first only": (before, 0),
        "total": (before // 2, before - before // 2),
        "none": (0, 0),
    }[sides]


def pad(x, pads, mode="constant"):
    """Padding; "edge" and "reflect" are the mistakes."""
    if mode == "constant" or x.size == 0:
        return pad2d(x, pads)
    return np.pad(x, ((0, 0), (0, 0), *pads), mode=mode)


def geometry(x, w, stride, padding, axes="own"):
    """Strides and pads of both axes; `axes` mixes them up."""
    if type(stride) is tuple and type(padding) is tuple and {type(p) for p in padding} == {int}:
        strides, pads = stride, tuple((p, p) for p in padding)  # the usual case, without its checks
    else:
        strides = pair(stride, "stride", 1)
        pads = padding_2d(padding, x.shape[2:], w.shape[2:], strides, (1, 1))
    if axes == "swapped":
        return strides[::-1], pads[::-1]
    if axes == "height for both":
        return (strides[0],) * 2, (pads[0],) * 2
    return strides, pads


def windows(xpad, kernel, starts, count):
    """Every window, (N, D, H', kH, W', kW); what lies beyond the image counts as zero."""
    rows = np.arange(count[0])[:, None] * starts[0] + np.arange(kernel[0])
    columns = np.arange(count[1])[:, None] * starts[1] + np.arange(kernel[1])
    below = max(rows.max(initial=-1) + 1 - xpad.shape[2], 0)
    right = max(columns.max(initial=-1) + 1 - xpad.shape[3], 0)
    if below or right:
        xpad = pad(xpad, ((0, below), (0, right)))
    return xpad[:, :, rows[:, :, None, None], columns]


def forward(
    *,
    start="stride",
    rounding="floor",
    flip=None,
    transposed=False,
    axes="own",
    sides="both",
    mode="constant",
    bias="once",
    channels="all",
    filters="all",
    images="all",
    count="own",
):
    """A `conv2d(x, w, b=None, *, stride=1, padding=0)` with the mistakes given."""

    def conv2d(x, w, b=None, *, stride=1, padding=0):
        b = np.zeros(len(w)) if b is None else b
        (sH, sW), pads = geometry(x, w, stride, padding, axes)
        xpad = pad(x, tuple(sided(p, sides) for p in pads), mode)
        kH, kW = w.shape[2:]
        H_out = max(size_of(kH, xpad.shape[2], sH, rounding), 0)
        W_out = max(size_of(kH if count == "square kernel" else kW, xpad.shape[3], sW, rounding), 0)
        if count == "H' for both":
            W_out = H_out
        if count == "input":
            H_out, W_out = x.shape[2:]
        taps = w[FLIPS[flip]]
        if transposed:  # w[v, u] under pixel (u, v); a kernel that is not square runs out of taps
            side = max(kH, kW)
            square = np.pad(w, ((0, 0), (0, 0), (0, side - kH), (0, side - kW)))
            taps = square.swapaxes(2, 3)[:, :, :kH, :kW]
        starts = (sH, sW) if start == "stride" else (1, 1)
        part = {"first": slice(0, 1), "last": slice(-1, None)}.get(channels, slice(None))
        seen = windows(xpad, (kH, kW), starts, (H_out, W_out))
        y = np.einsum("ndiujv,fduv->nfij", seen[:, part], taps[:, part])
        biases = {
            "once": b[:, None, None],
            "missing": 0.0,
            "first for all": b[0],
            "inside": (b * kH * kW * x.shape[1])[:, None, None],
            "once per channel": (b * x.shape[1])[:, None, None],
        }[bias]
        y = y + biases
        if channels == "mean":
            y = (y - biases) / x.shape[1] + biases
        if filters == "last":
            y = np.broadcast_to(y[:, -1:], y.shape).copy()
        if filters == "D of them":
            y = y[:, list(range(x.shape[1]))]  # an IndexError where there are not so many
        if images == "first":
            y = np.broadcast_to(y[:1], y.shape).copy()
        return y

    return conv2d


def backward(
    *,
    dx_start="stride",
    dx_flip=None,
    dx_transposed=False,
    dx_sum=True,
    dx_filters="all",
    dx_images="all",
    dx_axes="own",
    tail="kept",
    crop="both",
    dw_start="stride",
    dw_axes="own",
    dw_input="padded",
    dw_mode="constant",
    dw_flip=None,
    dw_images="all",
    dw_channels="all",
    dw_average=False,
    db="sum",
):
    """A `conv2d_backward(dout, x, w, *, stride=1, padding=0)` -> dx, dw, db with the mistakes given."""

    def conv2d_backward(dout, x, w, *, stride=1, padding=0):
        (sH, sW), pads = geometry(x, w, stride, padding)
        size, kernel, count = x.shape[2:], w.shape[2:], dout.shape[2:]
        spread = size[0] + sum(pads[0]), size[1] + sum(pads[1])
        step = {"stride": (sH, sW), "one": (1, 1), "swapped": (sW, sH)}[
            dx_start if dx_axes == "own" else dx_axes
        ]
        taps = w[FLIPS[dx_flip]]
        if dx_transposed:  # a kernel that is not square runs out of taps
            square = np.zeros((*w.shape[:2], max(kernel), max(kernel)))
            square[:, :, : kernel[0], : kernel[1]] = w
            taps = square.swapaxes(2, 3)[:, :, : kernel[0], : kernel[1]]
        chosen = slice(-1, None) if dx_filters == "last" else slice(None)
        dxpad = scattered(dout[:, chosen], taps[chosen], (*x.shape[:2], *spread), step, dx_sum)
        if tail != "kept":
            used = (count[0] - 1) * sH + kernel[0], (count[1] - 1) * sW + kernel[1]
            more = 0 if tail == "dropped" else spread[0] - used[0]  # "the height's" for both
            dxpad = dxpad[:, :, : used[0] + more, : used[1] + more]
        if dx_images == "first":
            dxpad = np.broadcast_to(dxpad[:1], dxpad.shape).copy()
        dx = cropped(dxpad, pads, size, crop)

        around = tuple((0, sum(p)) for p in pads) if dw_input == "unpadded" else pads
        starts = (sH, sW) if dw_start == "stride" else (1, 1)
        starts = starts if dw_axes == "own" else starts[::-1]
        seen = windows(pad(x, around, dw_mode), kernel, starts, count)
        part = {"last": slice(-1, None), "first": slice(0, 1)}.get(dw_images, slice(None))
        dw = np.einsum("nfij,ndiujv->fduv", dout[part], seen[part])[FLIPS[dw_flip]]
        if dw_channels == "first":
            dw = np.broadcast_to(dw[:, :1], dw.shape).copy()
        if dw_average:
            dw = dw / max(len(x) if dw_average is True else len(x) * count[0] * count[1], 1)
        return dx, dw, bias_gradient(dout, db)

    return conv2d_backward


def scattered(dout, taps, shape, step, add=True):
    """dxpad: what every window sends back; `add` False: later windows win, "never": later filters too."""
    kernel, count = taps.shape[2:], dout.shape[2:]
    room = np.zeros((*shape[:2], shape[2] + kernel[0], shape[3] + kernel[1]))
    rows = np.arange(count[0])[:, None] * step[0] + np.arange(kernel[0])
    columns = np.arange(count[1])[:, None] * step[1] + np.arange(kernel[1])
    rows, columns = np.minimum(rows, room.shape[2] - 1), np.minimum(columns, room.shape[3] - 1)
    if add == "never":
        dout, taps = dout[:, -1:], taps[-1:]
    sent = np.einsum("nfij,fduv->ndiujv", dout, taps)
    if add is True:
        np.add.at(room, (slice(None), slice(None), rows[:, :, None, None], columns), sent)
    else:
        for i in range(count[0]):
            for j in range(count[1]):
                room[:, :, rows[i][:, None], columns[j]] = sent[:, :, i, :, j]
    return room[:, :, : shape[2], : shape[3]]


def cropped(dxpad, pads, size, crop):
    """dx out of its padded array."""
    (top, bottom), (left, right) = pads
    H, W = size
    if crop == "none":
        return dxpad
    if crop == "x[p:-p]":
        return dxpad[:, :, top:-bottom, left:-right]
    if crop == "end":
        return dxpad[:, :, :H, :W]
    if crop == "start":
        return dxpad[:, :, top + bottom :, left + right :]
    if crop == "second":  # as if (bottom, top), (right, left) had been meant
        return dxpad[:, :, bottom : bottom + H, right : right + W]
    return dxpad[:, :, top : top + H, left : left + W]


def bias_gradient(dout, how):
    return {
        "sum": lambda: dout.sum(axis=(0, 2, 3)),
        "mean": lambda: dout.mean(axis=(0, 2, 3)),
        "over the batch only": lambda: dout.sum(axis=0),
        "one per position": lambda: dout.sum(axis=(0, 1)),
        "mean over the batch": lambda: dout.sum(axis=(2, 3)).mean(axis=0),
        "last image": lambda: dout[-1].sum(axis=(1, 2)),
        "all filters together": lambda: np.full(dout.shape[1], dout.sum()),
        "ones": lambda: np.full(dout.shape[1], float(dout.shape[0] * dout.shape[2] * dout.shape[3])),
    }[how]()


RIGHT = {"forward": forward(), "backward": backward()}

FORWARD = {
    "window start not times stride": forward(start="one"),
    "size rounded up": forward(rounding="ceil"),
    "kernel flipped": forward(flip="both"),
    "kernel flipped on one axis": forward(flip="rows"),
    "channels flipped too": forward(flip="channels too"),
    "kernel transposed": forward(transposed=True),
    "stride and padding of the axes swapped": forward(axes="swapped"),
    "height's stride and padding for both": forward(axes="height for both"),
    "width counted by the kernel's height": forward(count="square kernel"),
    "H' for both": forward(count="H' for both"),
    "all padding at the start": forward(sides="first"),
    "padding taken for the total": forward(sides="total"),
    "no padding": forward(sides="none"),
    "edge pixels repeated as padding": forward(mode="edge"),
    "bias missing": forward(bias="missing"),
    "bias inside the sum": forward(bias="inside"),
    "bias added once per channel": forward(bias="once per channel"),
    "b[0] for all filters": forward(bias="first for all"),
    "only the first channel": forward(channels="first"),
    "channels averaged": forward(channels="mean"),
    "only the last filter": forward(filters="last"),
    "only the first image": forward(images="first"),
}

BACKWARD = {
    "dx: stride forgotten": backward(dx_start="one"),
    "dx: strides swapped": backward(dx_axes="swapped"),
    "dx: kernel flipped once more": backward(dx_flip="both"),
    "dx: flipped on one axis": backward(dx_flip="rows"),
    "dx: channels flipped too": backward(dx_flip="channels too"),
    "dx: assigned, not accumulated": backward(dx_sum=False),
    "dx: only the last filter": backward(dx_filters="last"),
    "dx: only the first image": backward(dx_images="first"),
    "dx: not cropped": backward(crop="none"),
    "dx: cropped by x[p:-p]": backward(crop="x[p:-p]"),
    "dx: cropped at the end only": backward(crop="end"),
    "dx: cropped at the start only": backward(crop="start"),
    "dw: stride forgotten": backward(dw_start="one"),
    "dw: from the unpadded x": backward(dw_input="unpadded"),
    "dw: kernel flipped": backward(dw_flip="both"),
    "dw: last image only": backward(dw_images="last"),
    "dw: averaged over the batch": backward(dw_average=True),
    "db: averaged": backward(db="mean"),
    "db: over the batch only": backward(db="over the batch only"),
    "db: averaged over the batch": backward(db="mean over the batch"),
    "db: last image only": backward(db="last image"),
    "db: all filters together": backward(db="all filters together"),
    "db: counts, dout ignored": backward(db="ones"),
}
