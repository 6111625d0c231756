"""The 2-D layer with one thing wrong at a time, for the sheets from chapter 07 on.

`forward()` and `backward()` without arguments are right; each keyword puts one mistake in. `FORWARD` and
`BACKWARD` name the usual ones: name -> function.
"""

import numpy as np

from conv_lib.grading.sheets.mistakes_1d import size_of
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
    """Padding; "edge" and "reflect" are the mistakes, zeros where the image is too small for them."""
    if mode == "constant" or x.size == 0:
        return pad2d(x, pads)
    if mode == "reflect" and any(max(p) >= size for p, size in zip(pads, x.shape[2:], strict=True)):
        return pad2d(x, pads)
    return np.pad(x, ((0, 0), (0, 0), *pads), mode=mode)


def geometry(x, w, stride, padding, axes="own"):
    """Strides and pads of both axes; `axes` mixes them up."""
    strides = pair(stride, "stride", 1)
    pads = padding_2d(padding, x.shape[2:], w.shape[2:], strides, (1, 1))
    if axes == "swapped":
        return strides[::-1], pads[::-1]
    if axes == "height for both":
        return (strides[0],) * 2, (pads[0],) * 2
    return strides, pads


def roomy(xpad, kernel, starts, count):
    """xpad with zeros behind it, as many as windows at these starts reach beyond the image."""
    reach = [(n - 1) * step + k for n, step, k in zip(count, starts, kernel, strict=True)]
    room = np.zeros((*xpad.shape[:2], max(reach[0], xpad.shape[2]), max(reach[1], xpad.shape[3])))
    room[:, :, : xpad.shape[2], : xpad.shape[3]] = xpad
    return room


def under_tap(u, v, starts, count):
    """The index of the pixels under tap (u, v) of every window."""
    rows = slice(u, u + max((count[0] - 1) * starts[0] + 1, 0), starts[0])
    return slice(None), slice(None), rows, slice(v, v + max((count[1] - 1) * starts[1] + 1, 0), starts[1])


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
        room = roomy(xpad, (kH, kW), starts, (H_out, W_out))
        y = np.zeros((len(x), len(w), H_out, W_out))
        for u in range(kH):
            for v in range(kW):
                seen = room[under_tap(u, v, starts, (H_out, W_out))]
                part = (
                    slice(0, 1)
                    if channels == "first"
                    else slice(-1, None)
                    if channels == "last"
                    else slice(None)
                )
                y += np.einsum("ndij,fd->nfij", seen[:, part], taps[:, part, u, v])
        biases = {
            "once": b[:, None, None],
            "missing": 0.0,
            "first for all": b[0],
            "inside": (b * kH * kW * x.shape[1])[:, None, None],
            "once a channel": (b * x.shape[1])[:, None, None],
        }[bias]
        y = y + biases
        if channels == "mean":
            y = (y - biases) / x.shape[1] + biases
        if filters == "last":
            y = np.broadcast_to(y[:, -1:], y.shape).copy()
        if images == "first":
            y = np.broadcast_to(y[:1], y.shape).copy()
        return y

    return conv2d


def backward(
    *,
    dx_start="stride",
    dx_flip=None,
    dx_sum=True,
    dx_filters="all",
    dx_images="all",
    dx_axes="own",
    crop="both",
    dw_start="stride",
    dw_input="padded",
    dw_flip=None,
    dw_images="all",
    dw_average=False,
    db="sum",
):
    """A `conv2d_backward(dout, x, w, *, stride=1, padding=0)` -> dx, dw, db with the mistakes given."""

    def conv2d_backward(dout, x, w, *, stride=1, padding=0):
        (sH, sW), pads = geometry(x, w, stride, padding)
        xpad = pad(x, pads)
        kH, kW = w.shape[2:]
        count = dout.shape[2:]
        dw = np.zeros_like(w)
        taps = w[FLIPS[dx_flip]]
        sent_to = {"stride": (sH, sW), "one": (1, 1), "swapped": (sW, sH)}[
            dx_start if dx_axes == "own" else dx_axes
        ]
        seen_from = (sH, sW) if dw_start == "stride" else (1, 1)
        seen = xpad if dw_input == "padded" else pad(x, tuple((0, sum(p)) for p in pads))
        seen = roomy(seen, (kH, kW), seen_from, count)
        room = np.zeros_like(roomy(xpad, (kH, kW), sent_to, count))
        filters = slice(-1, None) if dx_filters == "last" else slice(None)
        images = slice(-1, None) if dw_images == "last" else slice(None)
        for u in range(kH):
            for v in range(kW):
                sent = np.einsum("nfij,fd->ndij", dout[:, filters], taps[filters, :, u, v])
                place = under_tap(u, v, sent_to, count)
                room[place] = room[place] + sent if dx_sum else sent
                windows = seen[under_tap(u, v, seen_from, count)]
                dw[:, :, u, v] = np.tensordot(dout[images], windows[images], ((0, 2, 3), (0, 2, 3)))
        dxpad = room[:, :, : xpad.shape[2], : xpad.shape[3]]
        if dx_images == "first":
            dxpad = np.broadcast_to(dxpad[:1], dxpad.shape).copy()
        dx = cropped(dxpad, pads, x.shape[2:], crop)
        dw = dw[FLIPS[dw_flip]]
        if dw_average:
            dw = dw / max(len(x), 1)
        return dx, dw, bias_gradient(dout, db)

    return conv2d_backward


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
    return dxpad[:, :, top : top + H, left : left + W]


def bias_gradient(dout, how):
    return {
        "sum": lambda: dout.sum(axis=(0, 2, 3)),
        "mean": lambda: dout.mean(axis=(0, 2, 3)),
        "over the batch only": lambda: dout.sum(axis=0),
        "a position each": lambda: dout.sum(axis=(0, 1)),
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
    "bias added once a channel": forward(bias="once a channel"),
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
