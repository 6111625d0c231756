"""Statements of pages that a short hidden cell cannot check. Each test is named after its section."""

import functools
import re
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import signal

from conv_course.checker.wrong_layers import BACKWARD
from conv_lib import digits, gradcheck, layers, naive, sizes, training, vectorized
from conv_lib.fast import toom_cook
from tests.page_cells import names

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("sizes", [(3, 5), (5, 3), (4, 4), (1, 6)])
def test_errata_star_its_correlation_is_that_of_chapter_1(sizes):
    """Swapping the two reverses the result. A helper that puts the longer one first would hide that."""
    rng = np.random.default_rng(0)
    a, v = (rng.standard_normal(size) for size in sizes)
    ours = names("errata")["correlation"]
    assert_allclose(ours(a, v), signal.correlate(a, v, "valid"))
    assert_allclose(ours(a, v), ours(v, a)[::-1])

    assert names("errata")["table"]["dw = dout * x"] == [False, True]


def test_15_definition_a_window_lies_in_the_padding_only_if_it_is_as_wide():
    for H, k, S, P in product(range(1, 12), range(1, 7), range(1, 8), range(9)):
        if k <= H + 2 * P:
            starts = np.arange(sizes.output_size(H, k, stride=S, padding=P)) * S - P
            in_padding = (starts + k <= 0) | (starts >= H)
            assert in_padding[0] == in_padding.any() == (k <= P)


def depends_on(stack):
    """Return how strongly each input pixel affects one output, with all weights 1 and no padding."""
    gradient = np.ones(1)
    for kernel, stride, _, dilation in reversed(stack):
        size = (len(gradient) - 1) * stride + sizes.effective_size(kernel, dilation)
        setting = {"stride": stride, "dilation": dilation}
        gradient = naive.conv1d_backward(gradient, np.zeros(size), np.ones(kernel), **setting)[0]
    return gradient


def test_15_receptive_the_size_is_a_span():
    holes = 0
    for pair in product(product((1, 2, 3), (1, 2, 3), (1, 3)), repeat=2):
        stack = [(kernel, stride, 0, dilation) for kernel, stride, dilation in pair]
        reached = depends_on(stack) > 0
        assert len(reached) == sizes.receptive_field(stack).size
        assert reached[[0, -1]].all()
        if all(dilation == 1 and stride <= kernel for kernel, stride, _, dilation in stack):
            assert reached.all()
        holes += not reached.all()
    assert holes > 50
    assert (depends_on([(3, 1, 0, 4)] * 3) > 0).sum() == 7  # of 25


def test_15_effective_the_grid_in_alexnets_map_is_the_checkerboard():
    """It disappears if every window is a multiple of its stride, and VGG-16 has none."""
    page = names("15_pooling")

    def turns(network, size):
        row = page["depends_on"](network, size, 3).sum(axis=0)
        steps = np.diff(row[row > 0])
        return (steps[1:] * steps[:-1] < 0).sum()

    even = [
        (name, {11: 12}.get(kernel, 2 if name.startswith("pool") else kernel), stride, padding)
        for name, kernel, stride, padding in page["alexnet"]
    ]
    assert turns(page["alexnet"], 227) > 40
    assert turns(even, 240) == turns(page["vgg16"], 224) == 0


def in_order(terms):
    """Add arrays one after the other: how a BLAS rounds depends on the processor."""
    return functools.reduce(np.add, terms)


def rms_of_winograd(points, seed):
    """Return the root mean squared error of F(4x4, 3x3) in float32, summed over 64 channels."""
    AT, G, BT = (np.kron(M, M).astype(np.float32) for M in toom_cook.matrices(4, 3, points))
    rng = np.random.default_rng(seed)
    tiles, kernels = rng.standard_normal((64, 36, 300), np.float32), rng.standard_normal((64, 9), np.float32)
    data = in_order(column[:, None] * tiles[:, k, None] for k, column in enumerate(BT.T))
    filters = in_order(column * kernels[:, k, None] for k, column in enumerate(G.T))
    products = in_order(one * of[:, None] for one, of in zip(data, filters, strict=True))
    y = in_order(column[:, None] * products[k] for k, column in enumerate(AT.T))
    images = tiles.reshape(64, 6, 6, -1).astype(float)
    taps = kernels.reshape(64, 3, 3, 1, 1, 1)
    parts = [images[:, u : u + 4, v : v + 4] * taps[:, u, v] for u in range(3) for v in range(3)]
    return np.sqrt(((y - sum(parts).sum(axis=0).reshape(16, -1)) ** 2).mean())


def test_11_winograd_the_points_cost_two_thirds_of_the_textbooks():
    chosen, textbook = (0, 1, -1, 0.5, -2), (0, 1, -1, 2, -2)
    shares = [rms_of_winograd(chosen, seed) / rms_of_winograd(textbook, seed) for seed in range(20)]
    assert abs(np.median(shares) - 2 / 3) < 0.02
    assert 0.59 < min(shares) < max(shares) < 0.76


def test_16_loss_of_an_untrained_network():
    (images, labels), _ = digits.load()
    loss = layers.SoftmaxCrossEntropy()
    starts = [loss(training.digit_network(seed=seed)(images), labels) for seed in range(40)]
    assert np.log(10) < min(starts)
    middle_and_ends = np.quantile(starts, [0, 0.5, 1])
    assert middle_and_ends.round(1).tolist() == [2.3, 2.8, 4.0]


@pytest.mark.parametrize("factor", [0, 2])
def test_16_breaks_a_network_reads_with_the_first_filters_gradient_forgotten_or_doubled(factor):
    (images, labels), held_out = digits.load()
    network = training.digit_network(seed=2)
    first = network.layers[0]
    right = first.backward

    def spoilt(dout):
        dx = right(dout)
        first.grads["w"] = factor * first.grads["w"]
        return dx

    first.backward = spoilt
    for _ in training.train(network, images, labels, epochs=3, seed=2):
        pass
    assert training.accuracy(network, *held_out) > 0.97


def test_02_stride_counts_the_samples_that_are_never_read():
    """`leftover` samples after the last window, and S - kW samples between two windows."""
    for W, kW, S in product(range(1, 14), range(1, 5), range(1, 7)):
        if kW <= W:
            read = np.zeros(W, dtype=bool)
            starts = [i * S for i in range(sizes.output_size(W, kW, stride=S))]
            for start in starts:
                read[start : start + kW] = True
            behind = sizes.leftover(W, kW, stride=S)
            assert (~read[starts[-1] :]).sum() == behind
            assert (~read[: starts[-1]]).sum() == (len(starts) - 1) * max(S - kW, 0)


LAYERS = [  # x, w, stride, padding ((top, bottom), (left, right))
    ((2, 3, 7, 5), (4, 3, 3, 2), (2, 1), ((1, 1), (2, 2))),
    ((2, 2, 5, 8), (3, 2, 2, 4), (1, 2), ((3, 1), (0, 2))),
    ((2, 3, 6, 5), (1, 3, 4, 2), (3, 1), ((5, 5), (3, 3))),
    ((3, 2, 6, 9), (3, 2, 2, 3), (3, 2), ((0, 0), (1, 1))),
]


@pytest.mark.parametrize(("x_shape", "w_shape", "stride", "padding"), LAYERS)
def test_05_relative_nothing_lies_between_right_and_wrong(x_shape, w_shape, stride, padding):
    """Every array of chapter 17's wrong backward passes has an error below 1e-6 or above 1e-1."""
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape) for shape in (x_shape, w_shape, w_shape[:1])]
    how = {"stride": stride, "padding": padding}
    dout = rng.standard_normal(naive.conv2d(*arrays, **how).shape)

    def forward(which, moved):
        return vectorized.conv2d(*arrays[:which], moved, *arrays[which + 1 :], **how)

    nudged = [
        gradcheck.numerical_gradient(lambda moved, k=k: forward(k, moved), arrays[k], dout) for k in range(3)
    ]

    def errors(backward):
        try:
            pairs = zip(backward(dout, *arrays[:2], **how), nudged, strict=True)
        except (ValueError, IndexError):  # it has no error to measure
            return []
        return [gradcheck.relative_error(g, n) for g, n in pairs if g.shape == n.shape]

    assert max(errors(vectorized.conv2d_backward)) < 1e-6
    assert len(BACKWARD) == 23
    found = [error for wrong in BACKWARD.values() for error in errors(wrong)]
    assert max(found) > 1e-1
    assert not [error for error in found if 1e-6 <= error <= 1e-1]


def test_the_glossary_is_in_alphabetical_order():
    page = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line]
    terms = [a for a, b in pairwise(lines) if a[0].isalpha() and b.startswith("  ")]
    assert len(terms) > 50
    assert terms == sorted(terms, key=str.lower)
    heads = re.findall(r"^```\{rubric\} (\w)\n:name: letter-(\w)$", page, re.MULTILINE)
    assert re.findall(r'<a href="#letter-(\w)">(\w)</a>', page) == [(low, high) for high, low in heads]
    parts = re.split(r"^```\{rubric\}.*$", page, flags=re.MULTILINE)[1:]
    for (high, low), part in zip(heads, parts, strict=True):
        assert low == high.lower()
        under = [a for a, b in pairwise(part.splitlines()) if a[:1].isalpha() and b.startswith("  ")]
        assert {term[0].upper() for term in under} == {high}


def test_17_adjoint_three_equations_have_six_dot_products_and_two_forward_passes():
    page = (ROOT / "book/17_break_the_checker.md").read_text(encoding="utf-8")
    formula = page.partition("$$ (eq-17-adjoint)")[0].rpartition("$$\n")[2]
    assert formula.count(" = ") == 3
    assert formula.count(r"\langle") == 6
    assert formula.count("y(") == 2  # the one with another x and the one with another w
