"""Split combined axes: a row of windows as columns combines a channel and a place in the kernel."""

import numpy as np

from conv_lib.sizes import output_size


def splits(question, given):
    """Return {name of an array or output: (letters, lengths)} of the separate axes."""
    found = {}
    if question.function in ("windows_as_columns", "columns_to_image"):
        x_shape = given["x"].shape if "x" in given else given["x_shape"]
        (kH, kW), D, N = given["kernel"], x_shape[1], x_shape[0]
        shape = (D, kH, kW, N, *_windows(given, x_shape))
        found["columns" if "columns" in given else "result"] = (list("duvnij"), shape)
    if "groups" in given and all(np.ndim(given.get(n)) == 4 for n in "xw"):
        found |= _groups(given, given["groups"])
    return found


def _windows(given, x_shape):
    kernel, stride, padding = given["kernel"], given.get("stride", (1, 1)), given.get("padding", (0, 0))
    return [output_size(x_shape[2 + a], kernel[a], stride[a], padding[a]) for a in range(2)]


def _groups(given, groups):
    """Split filters and channels into a group and a place in it: f = g * (F/G) + f', d = g * (D/G) + d'."""
    found = {}
    N, D, H, W = given["x"].shape
    F, _, kH, kW = given["w"].shape
    if D % groups or F % groups:
        return found
    found["x"] = found["dx"] = list("ngdpq"), (N, groups, D // groups, H, W)
    found["w"] = found["dw"] = list("gfduv"), (groups, F // groups, D // groups, kH, kW)
    found["b"] = list("gf"), (groups, F // groups)
    kernel, stride, padding = (kH, kW), given.get("stride", (1, 1)), given.get("padding", (0, 0))
    inside = (output_size(n, k, s, p) for n, k, s, p in zip((H, W), kernel, stride, padding, strict=True))
    found["y"] = list("ngfij"), (N, groups, F // groups, *inside)
    if "dout" in given:
        H_out, W_out = given["dout"].shape[2:]
        found["dout"] = list("ngfij"), (N, groups, F // groups, H_out, W_out)
    return found
