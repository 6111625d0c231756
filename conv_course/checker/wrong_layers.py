"""The layer's two passes as source text, and wrong versions one edit away, for the tests of chapter 17.

`FORWARD` and `BACKWARD` map names to wrong functions, `RIGHT` holds the two right ones, and `SUSPECTS` five
of the wrong forward passes by letter. The edits are in the notation of a sheet's slips (see `slips`), without
hints.
"""

from conv_course.checker.slips import compiled, slips, tidy
from conv_lib.sizes import padding_2d, pair  # noqa: F401 - for the source texts: a process gets the imports of this module

FORWARD_SOURCE = tidy("""
def conv2d(x, w, b=None, *, stride=1, padding=0):
    import numpy as np
    from conv_lib.sizes import padding_2d, pair

    (N, D, H, W), (F, _, kH, kW) = x.shape, w.shape
    sH, sW = pair(stride, "stride", 1)
    (top, bottom), (left, right) = padding_2d(padding, (H, W), (kH, kW), (sH, sW), (1, 1))
    xpad = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    H_out = (xpad.shape[2] - kH) // sH + 1
    W_out = (xpad.shape[3] - kW) // sW + 1
    y = np.zeros((N, F, H_out, W_out))
    for u in range(kH):
        for v in range(kW):
            seen = xpad[:, :, u : u + sH * H_out : sH, v : v + sW * W_out : sW]
            y += np.einsum("ndij,fd->nfij", seen, w[:, :, u, v])
    if b is not None:
        y += b[:, None, None]
    return y
""")

FORWARD_EDITS = """
window start not times stride
    u : u + sH * H_out : sH, v : v + sW * W_out : sW => u : u + H_out, v : v + W_out

size rounded up
    (xpad.shape[2] - kH) // sH + 1 => -(-(xpad.shape[2] - kH) // sH) + 1
    (xpad.shape[3] - kW) // sW + 1 => -(-(xpad.shape[3] - kW) // sW) + 1
    - y = np.zeros((N, F, H_out, W_out))
    + xpad = np.pad(xpad, ((0, 0), (0, 0), (0, sH), (0, sW)))
    + y = np.zeros((N, F, H_out, W_out))

kernel flipped
    w[:, :, u, v] => w[:, :, kH - 1 - u, kW - 1 - v]

kernel flipped on one axis
    w[:, :, u, v] => w[:, :, kH - 1 - u, v]

channels flipped too
    w[:, :, u, v] => w[:, ::-1, kH - 1 - u, kW - 1 - v]

kernel transposed
    w[:, :, u, v] => w[:, :, v, u]

stride and padding of the axes swapped
    sH, sW = => sW, sH =
    (top, bottom), (left, right) = => (left, right), (top, bottom) =

height's stride and padding for both
    - xpad = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    + sW, left, right = sH, top, bottom
    + xpad = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))

width counted by the kernel's height
    (xpad.shape[3] - kW) => (xpad.shape[3] - kH)

H' for both
    (xpad.shape[3] - kW) // sW + 1 => H_out

all padding at the start
    (0, 0), (top, bottom), (left, right) => (0, 0), (top + bottom, 0), (left + right, 0)

padding taken for the total
    (0, 0), (top, bottom), (left, right) => (0, 0), (top // 2, top - top // 2), (left // 2, left - left // 2)

no padding
    np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right))) => x

edge pixels repeated as padding
    (left, right))) => (left, right)), mode="edge")

bias missing
    - if b is not None:
    -     y += b[:, None, None]

bias inside the sum
    b[:, None, None] => D * kH * kW * b[:, None, None]

bias added once per channel
    b[:, None, None] => D * b[:, None, None]

b[0] for all filters
    b[:, None, None] => b[0]

only the first channel
    seen, w[:, :, u, v] => seen[:, :1], w[:, :1, u, v]

channels averaged
    seen, w[:, :, u, v] => seen / D, w[:, :, u, v]

only the last filter
    return y => return np.repeat(y[:, -1:], F, axis=1)

only the first image
    return y => return np.repeat(y[:1], N, axis=0)
"""

BACKWARD_SOURCE = tidy("""
def conv2d_backward(dout, x, w, *, stride=1, padding=0):
    import numpy as np
    from conv_lib.sizes import padding_2d, pair

    (N, D, H, W), (F, _, kH, kW), (H_out, W_out) = x.shape, w.shape, dout.shape[2:]
    sH, sW = pair(stride, "stride", 1)
    (top, bottom), (left, right) = padding_2d(padding, (H, W), (kH, kW), (sH, sW), (1, 1))
    xpad = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for u in range(kH):
        for v in range(kW):
            seen = xpad[:, :, u : u + sH * H_out : sH, v : v + sW * W_out : sW]
            dw[:, :, u, v] = np.einsum("nfij,ndij->fd", dout, seen)
            sent = np.einsum("nfij,fd->ndij", dout, w[:, :, u, v])
            dxpad[:, :, u : u + sH * H_out : sH, v : v + sW * W_out : sW] += sent
    dx = dxpad[:, :, top : top + H, left : left + W]
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db
""")

BACKWARD_EDITS = """
dx: stride forgotten
    dxpad[:, :, u : u + sH * H_out : sH, v : v + sW * W_out : sW] => dxpad[:, :, u : u + H_out, v : v + W_out]

dx: strides swapped
    - dxpad[:, :, u : u + sH * H_out : sH, v : v + sW * W_out : sW] += sent
    + dxpad[:, :, u : u + sW * H_out : sW, v : v + sH * W_out : sH] += sent

dx: kernel flipped once more
    dout, w[:, :, u, v] => dout, w[:, :, kH - 1 - u, kW - 1 - v]

dx: flipped on one axis
    dout, w[:, :, u, v] => dout, w[:, :, kH - 1 - u, v]

dx: channels flipped too
    dout, w[:, :, u, v] => dout, w[:, ::-1, kH - 1 - u, kW - 1 - v]

dx: assigned, not accumulated
    += sent => = sent

dx: only the last filter
    dout, w[:, :, u, v] => dout[:, -1:], w[-1:, :, u, v]

dx: only the first image
    return dx => return np.repeat(dx[:1], N, axis=0)

dx: not cropped
    dxpad[:, :, top : top + H, left : left + W] => dxpad

dx: cropped by x[p:-p]
    top : top + H, left : left + W => top:-bottom, left:-right

dx: cropped at the end only
    top : top + H, left : left + W => :H, :W

dx: cropped at the start only
    top : top + H, left : left + W => top + bottom :, left + right :

dw: stride forgotten
    - seen = xpad[:, :, u : u + sH * H_out : sH, v : v + sW * W_out : sW]
    + seen = xpad[:, :, u : u + H_out, v : v + W_out]

dw: from the unpadded x
    seen = xpad => seen = x

dw: kernel flipped
    dw[:, :, u, v] => dw[:, :, kH - 1 - u, kW - 1 - v]

dw: last image only
    dout, seen => dout[-1:], seen[-1:]

dw: averaged over the batch
    return dx, dw => return dx, dw / N

db: averaged
    dout.sum => dout.mean

db: over the batch only
    (0, 2, 3) => 0

db: averaged over the batch
    dout.sum(axis=(0, 2, 3)) => dout.sum(axis=(0, 2, 3)) / N

db: last image only
    dout.sum(axis=(0, 2, 3)) => dout[-1].sum(axis=(1, 2))

db: all filters together
    dout.sum(axis=(0, 2, 3)) => np.full(F, dout.sum())

db: counts, dout ignored
    dout.sum(axis=(0, 2, 3)) => np.full(F, float(N * H_out * W_out))
"""


def _wrong(edits, source, function):
    """Return {name: source text} and {name: function} of the wrong versions."""
    made = {slip.name: slip.source for slip in slips(edits, source, hints=False)}
    return made, {name: compiled(text, function, {}) for name, text in made.items()}


FORWARD_SOURCES, FORWARD = _wrong(FORWARD_EDITS, FORWARD_SOURCE, "conv2d")
BACKWARD_SOURCES, BACKWARD = _wrong(BACKWARD_EDITS, BACKWARD_SOURCE, "conv2d_backward")
RIGHT = {
    "forward": compiled(FORWARD_SOURCE, "conv2d", {}),
    "backward": compiled(BACKWARD_SOURCE, "conv2d_backward", {}),
}

SUSPECT_NAMES = {
    "A": "width counted by the kernel's height",
    "B": "kernel flipped on one axis",
    "C": "padding taken for the total",
    "D": "only the last filter",
    "E": "stride and padding of the axes swapped",
}
SUSPECTS = {letter: compiled(FORWARD_SOURCES[name], "conv2d", {}) for letter, name in SUSPECT_NAMES.items()}
