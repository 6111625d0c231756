"""Shapes where swapped axes cannot hide, and strategies that look for more of them."""

from types import SimpleNamespace

import numpy as np
from hypothesis import strategies as st

from conv_lib import sizes

# (N, D, H, W), (F, D/groups, kH, kW), settings: H != W, kH != kW, F != D, pixels left over, P beyond k - 1
CASES_2D = [
    ((2, 3, 5, 7), (4, 3, 3, 2), {}),
    ((1, 2, 6, 5), (3, 2, 2, 3), {"stride": (2, 3)}),
    ((2, 2, 7, 8), (3, 2, 3, 2), {"stride": 3, "padding": (1, 0)}),
    ((1, 3, 4, 6), (2, 3, 2, 1), {"stride": 2, "padding": (3, 2)}),
    ((2, 1, 5, 6), (2, 1, 2, 3), {"padding": ((0, 2), (3, 1)), "stride": (3, 2)}),
    ((1, 2, 7, 9), (3, 2, 3, 2), {"dilation": (2, 3), "padding": 1}),
    ((2, 4, 6, 5), (6, 2, 2, 3), {"groups": 2, "stride": (1, 2), "padding": "same"}),
    ((1, 3, 8, 7), (6, 1, 3, 2), {"groups": 3, "stride": 2, "padding": 2, "dilation": (1, 2)}),
    ((2, 2, 5, 8), (3, 2, 4, 1), {"padding": "same", "stride": (2, 3)}),
    ((1, 2, 3, 4), (3, 2, 3, 4), {"padding": "valid"}),
    ((2, 3, 4, 5), (2, 3, 1, 1), {"stride": 2}),
]


def random_case(x_shape, w_shape, settings, seed=0):
    """Return x, w, b as standard normal arrays."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal(x_shape), rng.standard_normal(w_shape), rng.standard_normal(w_shape[0])


@st.composite
def cases_1d(draw):
    """Draw a 1-D layer of any stride, padding and dilation whose kernel fits."""
    taps, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    stride = draw(st.integers(1, 4))
    padding = draw(st.one_of(st.integers(0, 5), st.tuples(st.integers(0, 5), st.integers(0, 5))))
    span = sizes.effective_size(taps, dilation)
    zeros = sum(sizes.padding_pair(padding, 0, taps))
    size = draw(st.integers(max(span - zeros, 1), max(span - zeros, 1) + 9))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    return SimpleNamespace(x=rng.standard_normal(size), w=rng.standard_normal(taps), settings=settings)


@st.composite
def cases_2d(draw):
    """Draw a 2-D layer with independent axes."""
    kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    stride, dilation = (draw(st.tuples(st.integers(1, 3), st.integers(1, high))) for high in (3, 2))
    pads = draw(st.tuples(*[st.tuples(st.integers(0, 3), st.integers(0, 3))] * 2))
    size = []
    for a in (0, 1):
        smallest = max(sizes.effective_size(kernel[a], dilation[a]) - sum(pads[a]), 1)
        size.append(draw(st.integers(smallest, smallest + 4)))
    groups = draw(st.integers(1, 2))
    channels, filters = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    images = draw(st.integers(1, 2))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    return SimpleNamespace(
        x=rng.standard_normal((images, channels, *size)),
        w=rng.standard_normal((filters, channels // groups, *kernel)),
        b=rng.standard_normal(filters),
        settings={"stride": stride, "padding": pads, "dilation": dilation, "groups": groups},
    )
