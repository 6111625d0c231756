"""The matrices of Winograd's short convolutions F(m, r): m outputs of an r-tap filter by m + r - 1 products.

y = A^T [(G w) * (B^T x)]. Read from right to left: a signal of n = m + r - 1 values and a filter of r taps
are both evaluated at n points, multiplied there point by point, and brought back. Evaluating at a point is a
product with the point's powers; the last "point" is infinity, which reads off the leading coefficient.
The products dominate the cost. Each transform is shared: by all filters (B), all images (G) or all channels
(A).
"""

from functools import cache

import numpy as np

# Small numbers of both signs, well separated and with their reciprocals: this keeps rounding errors small
POINTS = (0.0, 1.0, -1.0, 0.5, -2.0, -0.5, 2.0)


def matrices(m, r, points=POINTS):
    """Return A^T (m, n), G (n, r) and B^T (n, n), n = m + r - 1, for correlation.

    >>> AT, G, BT = matrices(2, 3)
    >>> x, w = np.array([1.0, 2, 3, 4]), np.array([1.0, 0, -1])
    >>> AT @ ((G @ w) * (BT @ x))  # 1*1 + 2*0 + 3*-1, 2*1 + 3*0 + 4*-1
    array([-2., -2.])
    """
    n = m + r - 1
    a = np.array(points[: n - 1], dtype=float)
    if len(a) < n - 1:
        raise ValueError(f"F({m}, {r}) needs {n - 1} points but there are {len(a)}")
    AT, G, BT = np.zeros((m, n)), np.zeros((n, r)), np.zeros((n, n))
    AT[:, :-1] = a[None, :] ** np.arange(m)[:, None]
    AT[m - 1, -1] = 1
    for j in range(n - 1):
        others = np.delete(a, j)
        G[j] = a[j] ** np.arange(r) / np.prod(a[j] - others)
        BT[j, : n - 1] = np.poly(others)[::-1]
    G[-1, r - 1] = 1
    BT[-1] = np.poly(a)[::-1]
    return AT, G, BT


@cache
def squares(m, r, dtype):
    """The 2-D matrices: A^T kron A^T (m m, n n), G kron G (n n, r r) and B^T kron B^T (n n, n n)."""
    return tuple(np.ascontiguousarray(np.kron(M, M), dtype) for M in matrices(m, r))
