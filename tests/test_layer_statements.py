"""Statements of chapters 6 to 11 that a short hidden cell cannot check. Tests are named after sections."""

import ast
import builtins
import re
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose

from conv_lib import fast, naive, vectorized
from conv_lib.fast import im2col, rules, toom_cook, tuning
from conv_lib.gradcheck import adjoint_gap, check_gradients
from conv_lib.sizes import leftover, same_padding
from tests.page_cells import names, source

SIX = "06_stride_and_padding"


def layers_of_chapter_6():
    paddings = [(0, 0), (1, 1), (0, 2), (2, 1), (4, 4), (5, 0)]
    sizes = product(range(1, 10), range(1, 5), range(1, 5), (1, 2))
    for (W, kW, S, Dl), pads in product(sizes, paddings):
        if Dl * (kW - 1) + 1 <= W + sum(pads):
            yield W, kW, {"stride": S, "padding": pads, "dilation": Dl}


def test_06_proof_one_pass_is_the_loops_on_1580_layers():
    rng, written = np.random.default_rng(0), names(SIX)["backward_pass"]
    layers = list(layers_of_chapter_6())
    for number, (W, kW, how) in enumerate(layers):
        x, w = rng.standard_normal(W), rng.standard_normal(kW)
        dout = rng.standard_normal(len(naive.conv1d(x, w, **how)))
        mine = written(dout, x, w, **how)
        for ours, loops in zip(mine, naive.conv1d_backward(dout, x, w, **how), strict=True):
            assert np.shape(ours) == np.shape(loops)
            assert_allclose(ours, loops, rtol=0, atol=1e-12)

        def through_x(x, w=w, how=how):
            return naive.conv1d(x, w, **how)

        def through_w(w, x=x, how=how):
            return naive.conv1d(x, w, **how)

        assert (
            adjoint_gap(through_x, lambda g, x=x, w=w, how=how: written(g, x, w, **how)[0], x, dout) < 1e-12
        )
        assert (
            adjoint_gap(through_w, lambda g, x=x, w=w, how=how: written(g, x, w, **how)[1], w, dout) < 1e-12
        )
        if number % 10 == 0:

            def forward(x, w, how=how):
                return naive.conv1d(x, w, **how)

            def backward(dout, x, w, how=how):
                return written(dout, x, w, **how)[:2]

            assert max(check_gradients(forward, backward, x, w, dout=dout)) < 1e-6
    assert len(layers) == 1580
    spans = [(how["dilation"] * (kW - 1), how["padding"]) for _, kW, how in layers]
    assert sum(max(pads) > reach for reach, pads in spans) > 300
    assert sum(leftover(W, kW, **how) > 0 for W, kW, how in layers) > 300


def test_06_rule_gives_the_size_and_the_gradient_of_same_padding():
    rng, in_one_pass = np.random.default_rng(6), names(SIX)["dx_in_one_pass"]
    for W, kW, S in product(range(1, 12), range(1, 6), range(1, 5)):
        pads = same_padding(W, kW, S)
        if W + sum(pads) >= kW:
            x, w = rng.standard_normal(W), rng.standard_normal(kW)
            dout = rng.standard_normal(len(naive.conv1d(x, w, stride=S, padding=pads)))
            right = naive.conv1d_backward(dout, x, w, stride=S, padding=pads)[0]
            assert_allclose(in_one_pass(dout, w, W, S, pads), right, atol=1e-12)


MISTAKES = {  # left and right zeros of the pass, for three taps
    "forgets the leftover": lambda left, right, a: (2 - left, 2 - right),
    "leftover zeros in front": lambda left, right, a: (2 - left + a, 2 - right),
    "pads with $p_L$ and $p_R + a$": lambda left, right, a: (left, right + a),
    "never crops": lambda left, right, a: (max(2 - left, 0), max(2 - right + a, 0)),
    "swaps $p_L$ and $p_R$": lambda left, right, a: (2 - right, 2 - left + a),
}


def is_right(zeros, W, S, pads):
    rng, page = np.random.default_rng([W, S, *pads]), names(SIX)
    x, w = rng.standard_normal(W), rng.standard_normal(3)
    dout = rng.standard_normal(len(naive.conv1d(x, w, stride=S, padding=pads)))
    around = page["pad_or_crop"](page["dilate"](dout, S), *zeros(*pads, leftover(W, 3, S, pads)))
    right = naive.conv1d_backward(dout, x, w, stride=S, padding=pads)[0]
    if len(around) - 2 != len(right):
        return False
    return np.allclose(naive.conv1d(around, w[::-1]), right)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_06_breaks_the_table_counts_where_a_mistake_does_not_show(mistake):
    usual = [(W, 1, (1, 1)) for W in (5, 6, 7, 8)]
    thorough = list(product((5, 6, 7, 8), (1, 2, 3), [(0, 0), (1, 1), (0, 2), (2, 1), (4, 4)]))
    counts = [
        f"{sum(is_right(MISTAKES[mistake], *one) for one in some)} of {len(some)}"
        for some in (usual, thorough)
    ]
    assert f"| {mistake} | {counts[0]} | {counts[1]} |" in source(SIX)
    assert counts[0] == "4 of 4"
    assert "first column counts the four layers" in source(SIX)
    remembered = [(6, 2, (0, 0)), (6, 1, (0, 2)), (6, 1, (4, 4))]  # left over, uneven, more than is of use
    assert not all(is_right(MISTAKES[mistake], *one) for one in remembered)


def test_08_counts_alexnet_holds_its_weights_in_the_connected_layers_and_works_in_the_others():
    convolutions = [  # F, D of a group, k, H'
        (96, 3, 11, 55),
        (256, 48, 5, 27),
        (384, 256, 3, 13),
        (384, 192, 3, 13),
        (256, 192, 3, 13),
    ]
    connected = [(256 * 6 * 6, 4096), (4096, 4096), (4096, 1000)]
    held = [
        sum(F * (D * k * k + 1) for F, D, k, _ in convolutions),
        sum((inputs + 1) * outputs for inputs, outputs in connected),
    ]
    done = [
        sum(F * D * k * k * side**2 for F, D, k, side in convolutions),
        sum(inputs * outputs for inputs, outputs in connected),
    ]
    said = f"hold {held[0] / sum(held):.0%} of the {sum(held) / 1e6:.0f} million parameters"
    assert said.replace("%", " %") in source("08_layer_forward")
    assert f"do {done[0] / sum(done):.0%} of the multiplications".replace("%", " %") in source(
        "08_layer_forward"
    )


def filtered(image, kernel, **how):
    """Return one image (H, W) filtered by one kernel (kH, kW)."""
    return naive.conv2d(image[None, None], kernel[None, None], **how)[0, 0]


def test_07_separable_sobel_is_a_product_and_the_laplacian_a_sum():
    kernels = names("07_images")["kernels"]
    ranks = {name: np.linalg.matrix_rank(kernel) for name, kernel in kernels.items()}
    assert [name for name, rank in ranks.items() if rank > 1] == ["sharpen", "Laplacian"]
    column, row = np.array([1.0, 2, 1]), np.array([-1.0, 0, 1])
    assert np.array_equal(np.outer(column, row), kernels["Sobel, across"])
    image = np.random.default_rng(7).standard_normal((8, 11))
    thin = filtered(filtered(image, row[None, :]), column[:, None])
    assert_allclose(filtered(image, kernels["Sobel, across"]), thin, atol=1e-12)
    across, down = np.zeros((3, 3)), np.zeros((3, 3))
    across[1], down[:, 1] = (1, -2, 1), (1, -2, 1)
    assert np.array_equal(across + down, kernels["Laplacian"])


def test_07_breaks_border_bytes_signs_and_order_of_axes():
    page = names("07_images")
    border = filtered(np.full((7, 9), 0.8), np.ones((3, 3)) / 9, padding=1)
    assert border[0, 0] == pytest.approx(0.8 * 4 / 9) == pytest.approx(0.36, abs=0.005)
    two = np.array([200, 100], dtype=np.uint8)
    assert (two[:1] + two[1:]).tolist() == [44]
    assert filtered(two[None], np.ones((1, 2))).tolist() == [[300]]
    assert 0.45 < (page["results"]["Sobel, across"][1:-1, 1:-1] < 0).mean() < 0.55


def test_11_tiles_of_the_layer_of_the_page():
    per_row = 64 * 9 * 56 * 4
    blocks = im2col.row_blocks(56, per_row, threads=2)
    assert (per_row, tuning.COLUMNS_BYTES, tuning.COLUMNS_BYTES // per_row) == (129_024, 2560 << 10, 20)
    assert len(blocks) == 4 > -(-56 // 20) == 3
    assert (blocks[0][0], blocks[-1][1]) == (0, 56)


@pytest.mark.parametrize("m", [2, 4, 6])
def test_11_winograd_tiles_are_the_definition(m):
    AT, G, BT = toom_cook.matrices(m, 3)
    tile, w = np.random.default_rng(0).standard_normal((m + 2, m + 2)), np.arange(9.0).reshape(3, 3)
    assert_allclose(AT @ ((G @ w @ G.T) * (BT @ tile @ BT.T)) @ AT.T, filtered(tile, w), atol=1e-9)


def test_11_winograd_share_of_the_work():
    for D, said in ((8, "1.9 times the work"), (32, "it is 0.66"), (256, "it is 0.30")):
        share = (2 * 36 * D**2 + 2 * (36 * 36 + 36 * 16) * D) / (2 * 9 * 16 * D**2)
        assert share == pytest.approx(1 / 4 + 13 / D)
        assert f"{share:.2f}" in said or f"{share:.1f}" in said
        assert said in source("11_go_fast")


def test_11_rules_are_the_rows_of_the_table():
    rows = [
        line.split("`")[1]
        for line in source("11_go_fast").splitlines()
        if line.count("|") == 4 and "| `" in line
    ]
    assert rows == [rule.name for rule in rules.PASSES["forward"]]
    assert (tuning.SHARED_WORK, tuning.DEPTHWISE_SHARED_WORK) == (20_000_000, 5_000_000)


def test_11_breaks_infinite_and_very_large_pixels():
    AT, G, BT = toom_cook.matrices(4, 3)
    tile = np.ones((6, 6))
    tile[2, 3] = np.inf
    x = np.random.default_rng(0).standard_normal((1, 32, 24, 24), np.float32)
    w = np.ones((32, 32, 3, 3), np.float32)
    x[0, 3, 10, 10] = np.inf
    with np.errstate(invalid="ignore"), fast.using(algorithm="winograd"):
        assert np.isnan(AT @ ((G @ G.T) * (BT @ tile @ BT.T)) @ AT.T).all()
        assert np.sum(~np.isfinite(fast.conv2d(x, w, padding=1)[0, 0])) == 9  # repaired
    x[0, 3, 10, 10] = 1e8
    exact = vectorized.conv2d(x.astype(float), w.astype(float), padding=1)[0, 0]
    others = exact < 1e7  # windows that do not contain the pixel
    spoilt = {}
    for algorithm in ("direct", "winograd", "fft"):
        with fast.using(algorithm=algorithm):
            spoilt[algorithm] = np.sum(abs(fast.conv2d(x, w, padding=1)[0, 0] - exact)[others] > 1)
    assert (spoilt["direct"], spoilt["winograd"]) == (0, 16 - 9)
    assert spoilt["fft"] > others.sum() / 2


CHAPTERS = [SIX, "07_images", "08_layer_forward", "09_layer_backward", "10_vectorize", "11_go_fast"]
CODE = re.compile(
    r"^```\{code-cell\} python\n(?P<head>---\n.*?^---\n|(?::\w[^\n]*\n)+)?(?P<code>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


def names_of(code):
    """Return the names that a cell defines, anywhere in it, and those that it reads."""
    nodes = list(ast.walk(ast.parse(code)))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    defined = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    defined |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    defined |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ExceptHandler)}
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    defined |= {(alias.asname or alias.name).split(".")[0] for node in imports for alias in node.names}
    return defined, {node.id for node in names if isinstance(node.ctx, ast.Load)}


@pytest.mark.parametrize("stem", CHAPTERS)
def test_every_name_of_a_visible_cell_is_defined_in_a_visible_cell(stem):
    known, missing = set(dir(builtins)), {}
    for cell in CODE.finditer(source(stem)):
        if not re.search(r"remove-(cell|input)", cell["head"] or ""):
            defined, read = names_of(cell["code"])
            if read - known - defined:
                missing[cell["code"][:40]] = read - known - defined
            known |= defined
    assert not missing


@pytest.mark.parametrize("stem", CHAPTERS)
def test_hidden_cells_are_less_than_a_fifth_of_a_chapter(stem):
    lines = source(stem).count("\n")
    removed = [cell[0] for cell in CODE.finditer(source(stem)) if "remove-cell" in (cell["head"] or "")]
    assert sum(cell.count("\n") + 1 for cell in removed) < lines / 5
