"""Windows that move inwards at the border, and places below 0, which count from the end."""

import re

import numpy as np
import pytest

from conv_course.checker.computes import linear
from conv_course.checker.computes.hints import HINTS
from tests.grading.explained import explained, question_of

pytestmark = pytest.mark.usefixtures("without_names_of_edits")


def moved(begin, stride, padding, size, span):
    return min(max(begin * stride - padding, 0), size - span)


def test_windows_that_move_inwards_at_the_border_are_told_so():
    def dilated(x, w, b=0.0, *, stride=1, padding=0, dilation=1):
        span = dilation * (len(w) - 1) + 1
        count = (len(x) + 2 * padding - span) // stride + 1
        starts = [moved(i, stride, padding, len(x), span) for i in range(count)]
        return np.array([sum(w[k] * x[s + k * dilation] for k in range(len(w))) + b for s in starts])

    found = explained(question_of("13 q2"), dilated)
    text = next(line for line in found.text if " meets " in line)
    one = question_of("13 q2").cases_for(0)[found.case]
    mine, asked = re.search(r"meets x\[(.*)\], asked for x\[(.*)\]\.", text).groups()
    (x, w, *_), how = one.args, {"stride": 1, "padding": 0, "dilation": 1} | one.kwargs
    span = how["dilation"] * (len(w) - 1) + 1
    for i in range((len(x) + 2 * how["padding"] - span) // how["stride"] + 1):
        for k in range(len(w)):
            begin = moved(i, how["stride"], how["padding"], len(x), span)
            assert eval(mine, {"i": i, "k": k}) == begin + k * how["dilation"]
            assert eval(asked, {"i": i, "k": k}) == i * how["stride"] - how["padding"] + k * how["dilation"]
    assert found.hint == HINTS["kept"]


def test_windows_that_move_inwards_are_told_in_both_gradients():
    def transposed_backward(dout, x, w, *, stride=(1, 1), padding=(0, 0), output_padding=(0, 0)):
        (_N, _D, H, W), (kH, kW), out = x.shape, w.shape[2:], dout.shape[2:]
        dx, dw = np.zeros(x.shape), np.zeros(w.shape)
        for i, j in np.ndindex(H, W):
            top, left = (
                moved(b, s, p, n, k)
                for b, s, p, n, k in zip((i, j), stride, padding, out, (kH, kW), strict=True)
            )
            patch = dout[:, :, top : top + kH, left : left + kW]
            dx[:, :, i, j] = np.einsum("nfuv,dfuv->nd", patch, w)
            dw += np.einsum("nd,nfuv->dfuv", x[:, :, i, j], patch)
        return dx, dw, dout.sum(axis=(0, 2, 3))

    found = explained(question_of("14 q5"), transposed_backward)
    rules = [line for line in found.text if " meets " in line]
    assert len(rules) == 2
    assert all("max(2*i - 1, 0)" in rule for rule in rules)


def test_windows_of_which_a_part_is_left_out_do_not_move():
    """They take the kernel's first rows, so the last ones meet nothing: no window has moved as a whole."""

    def dx_of(dout, w, x_shape, *, stride=(1, 1), padding=(0, 0)):
        dx, (kH, kW) = np.zeros(x_shape), w.shape[2:]
        for i, j in np.ndindex(*dout.shape[2:]):
            r, c = i * stride[0] - padding[0], j * stride[1] - padding[1]
            part = dx[:, :, max(r, 0) : r + kH, max(c, 0) : c + kW]
            cut = w[:, :, : part.shape[2], : part.shape[3]]
            part += np.einsum("nf,fduv->nduv", dout[:, :, i, j], cut)
        return dx

    found = explained(question_of("09 q4"), dx_of)
    assert not any("max(" in line or "min(" in line for line in found.text)


@pytest.mark.parametrize("flip", [False, True])
def test_a_place_below_0_that_counts_from_the_end_is_told_if_it_does(flip):
    def max_pool_backward(dout, x, kernel, *, stride, padding=(0, 0)):
        dx = np.zeros(x.shape)
        for n, d, i, j in np.ndindex(*dout.shape):
            r, c = i * stride[0] - padding[0], j * stride[1] - padding[1]
            window = x[n, d, max(r, 0) : r + kernel[0], max(c, 0) : c + kernel[1]]
            u, v = np.unravel_index(window.argmax(), window.shape)
            corner = (max(r, 0), max(c, 0)) if flip else (r, c)
            dx[n, d, corner[0] + u, corner[1] + v] += dout[n, d, i, j]
        return dx[:, :, ::-1] if flip else dx  # in a flipped result every place counts from the end

    found = explained(question_of("15 q2"), max_pool_backward)
    assert (linear.FROM_THE_END in " ".join(found.text)) is not flip
    assert (found.hint == HINTS["wraps"]) is not flip
