"""The layer's results by one list of products, to try hundreds of changed arguments on one case quickly."""

from functools import lru_cache
from math import prod

import numpy as np

FACTORS = {"q3": ("x", "w", "y"), "q4": ("x", "w", "y"), "q6": ("dout", "x", "w"), "q7": ("dout", "w", "x")}


@lru_cache(maxsize=32)
def products(image, kernel, D, N, F, stride, padding):
    """Return the flat places of all products in x, w and y, and the shapes of the three, by name."""
    out = [(n + 2 * p - k) // s + 1 for n, k, s, p in zip(image, kernel, stride, padding, strict=True)]
    if min(out) < 1:
        return None
    shapes = {"x": (*image, D, N), "w": (*kernel, D, F), "y": (*out, F, N)}
    i, j, u, v, d, f, n = np.indices((*out, *kernel, D, F, N)).reshape(7, -1)
    row, column = i * stride[0] + u - padding[0], j * stride[1] + v - padding[1]
    inside = (row >= 0) & (row < image[0]) & (column >= 0) & (column < image[1])
    places = {"x": (row, column, d, n), "w": (u, v, d, f), "y": (i, j, f, n)}
    return {
        name: np.ravel_multi_index([index[inside] for index in places[name]], shapes[name]) for name in places
    }, shapes


def result(name, given):
    """Return the right result of a question for these arguments, with all dimensions, or None.

    It is None for questions that are no sums of products, and where no window fits.
    """
    if name not in FACTORS:
        return None
    first, second, to = FACTORS[name]
    x, w = (given[n].shape if n in given else None for n in ("x", "w"))
    y = given["dout"].shape if "dout" in given else None
    image = tuple(given["x_size"]) if "x_size" in given else x[:2]
    kernel = tuple(given["kernel"]) if "kernel" in given else w[:2]
    D, N = (w[2] if x is None else x[2]), (y[3] if x is None else (*x, 1)[3])
    F = y[2] if w is None else (*w, 1)[3]
    found = products(image, kernel, D, N, F, tuple(given["stride"]), tuple(given.get("padding", (0, 0))))
    if found is None:
        return None
    places, shapes = found
    places, shapes = places | {"dout": places["y"]}, shapes | {"dout": shapes["y"]}
    if any(given[n].size != prod(shapes[n]) for n in (first, second)):
        return None
    terms = given[first].ravel()[places[first]] * given[second].ravel()[places[second]]
    made = np.bincount(places[to], terms, prod(shapes[to])).reshape(shapes[to])
    if "b" in given:
        made = made + given["b"].reshape(1, 1, -1, 1)
    return made[:, :, 0, 0] if name == "q3" else made
