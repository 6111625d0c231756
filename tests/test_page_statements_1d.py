"""Statements of chapters 1 to 5 that a short hidden cell cannot check, each named after its section."""

import re
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose

from conv_lib.gradcheck import adjoint_gap, numerical_gradient, relative_error
from conv_lib.graph import conv1d_graph, fully_connected_graph
from conv_lib.naive import conv1d, conv1d_backward, convolve1d
from conv_lib.sizes import leftover, output_size, same_padding
from tests.page_cells import names, source
from tools.environment import ROOT

PAIRS = [(W, kW) for W in range(1, 9) for kW in range(1, W + 1)]


def drawn(W, kW, seed=4):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(W), rng.standard_normal(kW), rng.standard_normal(W - kW + 1)


@pytest.mark.parametrize("seed", range(8))
def test_01_learn_finds_any_kernel_on_any_signal_of_forty_samples(seed):
    rng = np.random.default_rng(seed)
    x, secret, w = rng.uniform(-1, 1, 40), rng.uniform(-3, 3, 3), np.zeros(3)
    wanted = conv1d(x, secret)
    for _ in range(300):
        e = conv1d(x, w) - wanted
        dw = [np.sum(e * x[k : k + len(e)]) for k in range(3)]
        assert_allclose(dw, conv1d_backward(e, x, w)[1])
        w = w - 0.02 * np.array(dw)
    assert_allclose(w, secret, atol=1e-6)


def test_01_two_each_operation_is_the_other_with_the_kernel_reversed():
    for W, kW in PAIRS:
        x, w, _ = drawn(W, kW)
        assert_allclose(convolve1d(x, w), conv1d(x, w[::-1]))
        assert_allclose(conv1d(x, w), np.correlate(x, w, "valid"))
        assert_allclose(convolve1d(x, w), np.convolve(x, w, "valid"))


@pytest.mark.parametrize("S", [1, 2, 3])
def test_02_definition_is_what_conv1d_computes(S):
    rng = np.random.default_rng(2)
    for pads, dilation in product(((0, 0), (2, 1), (0, 3)), (1, 2)):
        x, w = rng.standard_normal(11), rng.standard_normal(3)
        xpad = np.pad(x, pads)
        y = conv1d(x, w, 0.7, stride=S, padding=pads, dilation=dilation)
        for i, value in enumerate(y):
            assert_allclose(value, 0.7 + sum(w[k] * xpad[i * S + k * dilation] for k in range(3)))


def test_02_size_the_count_is_the_formula():
    count = names("02_slide_a_kernel")["count_windows"]
    for W, kW, S, P in product(range(1, 13), range(1, 8), range(1, 6), range(5)):
        if kW <= W + 2 * P:
            assert output_size(W, kW, S, P) == count(W, kW, S, P)
            a = leftover(W, kW, S, P)
            assert a == (W + 2 * P - kW) % S
            assert (output_size(W, kW, S, P) - 1) * S + kW + a == W + 2 * P


def test_02_padding_every_sample_is_read_kw_times_with_full_padding():
    times_read = names("02_slide_a_kernel")["times_read"]
    for W, kW in product(range(4, 9), range(1, 5)):
        assert set(times_read(W, kW, kW - 1)) == {kW}
        assert output_size(W, kW, 1, kW - 1) == W + kW - 1
        if kW <= W:
            assert (times_read(W, kW, 0).max() == kW) == (2 * kW - 1 <= W)


def test_02_same_gives_one_output_for_every_stride_th_sample():
    for W, kW, S in product(range(1, 20), range(1, 7), range(1, 5)):
        left, right = same_padding(W, kW, S)
        out = -(-W // S)
        assert output_size(W, kW, S, (left, right)) == out
        assert right - left in (0, 1)
        assert left + right == max((out - 1) * S + kW - W, 0)
        assert S > 1 or left + right == kW - 1


def test_02_breaks_a_kernel_as_long_as_the_signal_gives_one_output():
    assert all(output_size(size, size) == 1 for size in range(1, 10))
    with pytest.raises(ValueError, match=r"6 .* 5"):
        conv1d(np.ones(3), np.ones(6), padding=1)


def test_03_shared_sharing_forwards_is_summing_backwards():
    """The fully connected gradients, added up along each diagonal, are those of the shared weights."""
    for W, kW in PAIRS:
        x, w, dout = drawn(W, kW)
        C = np.stack([conv1d(e, w) for e in np.eye(W)], axis=1)
        shared, unshared = conv1d_graph(x, w, 0.5), fully_connected_graph(x, C, np.full(len(dout), 0.5))
        assert_allclose([n.value for n in shared.outputs], [n.value for n in unshared.outputs])
        for graph in (shared, unshared):
            graph.backward(dout)
        table = np.reshape([node.grad for node in unshared.by_role("w")], C.shape)
        dw = [sum(table[i, i + k] for i in range(len(dout))) for k in range(kW)]
        assert_allclose([node.grad for node in shared.by_role("w")], dw)
        assert_allclose([n.grad for n in shared.by_role("x")], [n.grad for n in unshared.by_role("x")])
        assert_allclose(shared["b"].grad, sum(node.grad for node in unshared.by_role("b")))


def test_04_the_three_formulas_at_every_size():
    for W, kW in PAIRS:
        x, w, dout = drawn(W, kW)
        dx, dw, db = conv1d_backward(dout, x, w)
        copies = np.zeros(W)
        for i, dy in enumerate(dout):
            copies[i : i + kW] += dy * w
        by_output = [sum(dout[i] * w[m - i] for i in range(len(dout)) if 0 <= m - i < kW) for m in range(W)]
        by_tap = [sum(w[k] * dout[m - k] for k in range(kW) if 0 <= m - k < len(dout)) for m in range(W)]
        for formula in (copies, by_output, by_tap, conv1d(dout, w[::-1], padding=kW - 1)):
            assert_allclose(formula, dx)
        assert_allclose(conv1d(x, dout), dw)
        assert_allclose(dout.sum(), db)
        assert (np.shape(dx), np.shape(dw), np.shape(db)) == (x.shape, w.shape, ())


def test_04_sizes_only_one_padding_gives_the_wanted_size():
    for W, kW in product(range(1, 12), repeat=2):
        if kW <= W:
            fits = [P for P in range(20) if W - kW + 1 + 2 * P >= kW]
            assert [P for P in fits if output_size(W - kW + 1, kW, 1, P) == W] == [kW - 1]
            assert [P for P in range(20) if output_size(W, W - kW + 1, 1, P) == kW] == [0]


def test_04_convention_every_entry_of_the_table():
    for W, kW in PAIRS:
        x, w, dout = drawn(W, kW)
        P, flip = kW - 1, lambda v: v[::-1]
        dx, dw, _ = conv1d_backward(dout, x, w)
        assert_allclose(dx, conv1d(dout, flip(w), padding=P))
        assert_allclose(dx, convolve1d(dout, w, padding=P))
        assert_allclose(dw, conv1d(x, dout))
        layer = conv1d_graph(x, w, 0.0, flip=True)
        assert_allclose([node.value for node in layer.outputs], convolve1d(x, w))
        layer.backward(dout)
        dx, dw = ([node.grad for node in layer.by_role(role)] for role in "xw")
        assert_allclose(dx, conv1d(dout, w, padding=P))
        assert_allclose(dx, convolve1d(dout, flip(w), padding=P))
        assert_allclose(dw, flip(conv1d(x, dout)))
        assert_allclose(dw, convolve1d(flip(x), dout))


def test_04_convention_the_lines_of_the_text():
    (x0, x1, x2, x3, x4), (w0, w1, w2), (g0, g1, g2) = x, w, dout = drawn(5, 3)
    layer = conv1d_graph(x, w, 0.0, flip=True)
    layer.backward(dout)
    dx = [w2 * g0, w1 * g0 + w2 * g1, w0 * g0 + w1 * g1 + w2 * g2, w0 * g1 + w1 * g2, w0 * g2]
    dw = [x2 * g0 + x3 * g1 + x4 * g2, x1 * g0 + x2 * g1 + x3 * g2, x0 * g0 + x1 * g1 + x2 * g2]
    assert_allclose([node.grad for node in layer.by_role("x")], dx)
    assert_allclose([node.grad for node in layer.by_role("w")], dw)


def spoilt(position, change):
    """Return a backward pass with one of its three results changed."""

    def backward(dout, x, w, b):
        dx, dw, db = conv1d_backward(dout, x, w)
        results = [dx, dw, np.array([db])]
        results[position] = change(results[position], dout, x, w)
        return results

    return backward


def flipping_backward(dout, x, w, b):
    dx, dw, db = conv1d_backward(dout, x, w[::-1])
    return dx, dw[::-1], np.array([db])


def plain(x, w, b):
    return conv1d(x, w, b[0])


WRONG_LAYERS = {
    "dx: kernel not flipped": (plain, spoilt(0, lambda g, dout, x, w: conv1d(dout, w, padding=2))),
    "dx: reversed": (plain, spoilt(0, lambda g, dout, x, w: g[::-1])),
    "dx: twice too large": (plain, spoilt(0, lambda g, dout, x, w: 2 * g)),
    "dw: dout flipped": (plain, spoilt(1, lambda g, dout, x, w: conv1d(x, dout[::-1]))),
    "dw: last window only": (plain, spoilt(1, lambda g, dout, x, w: dout[-1] * x[-len(w) :])),
    "db: mean, not sum": (plain, spoilt(2, lambda g, dout, x, w: g / len(dout))),
    "the layer flips in both passes": (lambda x, w, b: convolve1d(x, w, b[0]), flipping_backward),
}


def caught_by(forward, backward, seed):
    """Return, for each check of the table in 05-misses, whether it rejects this layer."""
    rng = np.random.default_rng(seed)
    x, w, b, dout = (rng.standard_normal(size) for size in (7, 3, 1, 5))

    def pairs(dout):
        nudged = (
            numerical_gradient(lambda x: forward(x, w, b), x, dout),
            numerical_gradient(lambda w: forward(x, w, b), w, dout),
            numerical_gradient(lambda b: forward(x, w, b), b, dout),
        )
        return list(zip(backward(dout, x, w, b), nudged, strict=True))

    none, example = np.zeros(1), (np.array([4.0, 9, 7, 5, 6]), np.array([2.0, -1, 3]), np.array([12.0]))
    gaps = (
        adjoint_gap(lambda x: forward(x, w, none), lambda g: backward(g, x, w, none)[0], x, dout),
        adjoint_gap(lambda w: forward(x, w, none), lambda g: backward(g, x, w, none)[1], w, dout),
    )
    return [
        any(g.shape != n.shape for g, n in pairs(dout)),
        any(abs(g.mean() - n.mean()) > 1e-6 for g, n in pairs(dout)),
        any(relative_error(g, n) > 1e-6 for g, n in pairs(np.ones(5))),
        any(relative_error(g, n) > 1e-6 for g, n in pairs(dout)),
        max(gaps) > 1e-12,
        not np.allclose(forward(*example), [32, 38, 39]),
    ]


@pytest.mark.parametrize("seed", [3, 4])
def test_05_misses_the_table_says_what_each_check_catches(seed):
    rows = [line.split("|")[1:-1] for line in source("05_check_gradients").splitlines() if line[:3] == "| d"]
    rows += [
        line.split("|")[1:-1] for line in source("05_check_gradients").splitlines() if line[:7] == "| the l"
    ]
    table = {name.strip(): [cell.strip() == "yes" for cell in cells] for name, *cells in rows}
    caught = {name: caught_by(*pair, seed) for name, pair in WRONG_LAYERS.items()}
    assert not any(shapes for shapes, *_ in caught.values())
    assert table == {name: others for name, (_, *others) in caught.items()}
    assert not any(caught_by(plain, spoilt(0, lambda g, dout, x, w: g), seed))


ONE_SYMBOL = {"kH", "kW", "db", "dp", "dw", "dx", "dy", "dz", "dC", "dW", "dX", "dY"}


def letters(formula):
    """Return the symbols of a formula: its letters, with kW and the like as one symbol."""
    formula = re.sub(r"(?<!\\)%.*", " ", formula)  # comments
    formula = re.sub(r"\\(begin|end|text|operatorname|mathrm)\*?\{[^{}]*\}(\{[^{}]*\})?", " ", formula)
    formula = re.sub(r"\\[a-zA-Z]+", " ", formula)
    words = re.findall(r"[a-zA-Z]+", formula)
    return {letter for word in words for letter in ([word] if word in ONE_SYMBOL else word)}


def test_the_symbol_index_has_every_letter_of_the_chapters_displays_in_order():
    rows = [line.split(" | ") for line in source("symbols").splitlines() if line.startswith("| $")]
    listed = set().union(*(letters(row[0]) for row in rows))
    for page in sorted((ROOT / "book").glob("[01][0-9]_*.md")):
        displays = re.findall(
            r"^\$\$\n(.*?)^\$\$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        )
        missing = set().union(*map(letters, displays)) - listed - set("lRT")
        assert not missing, (page.stem, missing)
    plain = [re.sub(r"\\(wide)?(tilde|hat)\b ?\{?", "", row[0]) for row in rows]
    latin = [re.match(r"\| \$([a-zA-Z]+)", symbol) for symbol in plain]
    names = [found[1].lower() for found in latin if found]
    assert names == sorted(names)


def test_the_symbol_index_has_every_letter_with_a_hat_or_tilde():
    accented = re.compile(r"\\(?:wide)?(tilde|hat)\b ?\{?([a-zA-Z]+)")
    listed = {
        found
        for line in source("symbols").splitlines()
        if line.startswith("| ")
        for found in accented.findall(line)
    }
    for page in sorted((ROOT / "book").glob("[01][0-9]_*.md")):
        assert set(accented.findall(page.read_text(encoding="utf-8"))) <= listed, page.stem
