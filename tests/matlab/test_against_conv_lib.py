"""Every function of matlab/ in real Octave against conv_lib, and its errors."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from conv_lib import naive
from conv_lib.layouts import to_matlab
from tools import matlab_compare
from tools.matlab_octave import MATLAB, Call, run_calls, shaped

pytestmark = pytest.mark.octave

COMPARED = {
    "conv_output_size": 80,
    "convn_vanilla": 80,
    "conv_layer_forward": 80,
    "conv_layer_forward_im2col": 80,
    "conv_layer_backward": 240,
    "conv_layer_backward_im2col": 240,
    "conv_im2col": 160,
    "conv_col2im": 80,
    "gradient_check": 16,
    "max_pool_forward": 60,
    "max_pool_backward": 60,
}


@pytest.fixture(scope="module")
def compared(require_tool):
    require_tool("octave")
    return matlab_compare.compare()


def test_equal_to_conv_lib(compared):
    rows, wrong = compared
    print(matlab_compare.table(rows))
    assert wrong == []
    assert set(rows) == set(COMPARED)


@pytest.mark.parametrize("function", COMPARED)
def test_enough_was_compared(compared, function):
    row = compared[0][function]
    assert row.arrays >= COMPARED[function]
    assert row.numbers >= row.calls
    assert row.largest <= matlab_compare.TOLERANCE


def test_the_cases_include_shapes_that_reveal_mistakes():
    layers = matlab_compare.BY_HAND + matlab_compare.random_layers(60)
    assert {layer.stride[0] for layer in layers} == {layer.stride[1] for layer in layers} == {1, 2, 3}
    assert any(layer.padding[0] > layer.kH - 1 and layer.padding[1] > layer.kW - 1 for layer in layers)
    assert any(layer.padding == (0, 0) for layer in layers)
    leftover = [(layer.H + 2 * layer.padding[0] - layer.kH) % layer.stride[0] for layer in layers]
    assert sum(a > 0 for a in leftover) >= 10
    for part in ("N", "D", "F", "kH", "kW"):
        assert any(getattr(layer, part) == 1 for layer in layers), part
    assert sum(layer.H != layer.W and layer.kH != layer.kW and layer.F != layer.D for layer in layers) >= 60


def test_a_wrong_answer_is_found():
    """Test the comparison itself: swapped height and width of dout, one changed bit, a missing dimension."""
    layer = matlab_compare.BY_HAND[0]
    case = next(c for c in matlab_compare.layer_cases([layer]) if c.function == "conv_layer_forward")
    for expected in (case.expected[0] + 1e-11, case.expected[0][::-1], case.expected[0][..., 0]):
        changed = matlab_compare.Case(case.function, case.call, (expected,), "changed")
        assert len(matlab_compare.compare([changed])[1]) == 1


def test_every_function_is_compared_or_listed():
    elsewhere = {"five_samples", "bench_layer"}  # test_chapter
    assert {path.stem for path in MATLAB.glob("*.m")} - elsewhere == set(COMPARED)


def test_dropped_trailing_dimensions_and_defaults():
    x, w = np.arange(30.0).reshape(1, 1, 6, 5), np.array([[[[1.0, 2], [0, -1], [3, 1]]]])
    y = naive.conv2d(x, w)
    results = run_calls(
        [
            Call("conv_layer_forward", (x[0, 0], w[0, 0])),
            Call("conv_layer_forward", (x[0, 0], w[0, 0], np.zeros((0, 0)))),
            Call("conv_layer_backward", (y[0, 0], x[0, 0], w[0, 0]), 3),
            Call("convn_vanilla", (x[0, 0], w[0, 0])),
        ]
    )
    assert_array_equal(results[0].outputs[0], y[0, 0])
    assert_array_equal(results[1].outputs[0], y[0, 0])
    assert_array_equal(results[3].outputs[0], y[0, 0])
    gradients = naive.conv2d_backward(y, x, w)
    for actual, expected in zip(results[2].outputs, gradients, strict=True):
        expected = expected[:, None] if expected.ndim == 1 else to_matlab(expected)
        assert_array_equal(shaped(actual, expected.shape), expected)


@pytest.mark.parametrize("suffix", ["", "_im2col"])
def test_classes(suffix):
    """Single stays single, integers do not saturate, logical counts as 0 and 1."""
    x, w = np.full((3, 4), 200, np.uint8), np.ones((2, 3), np.uint8)
    calls = [
        Call(f"conv_layer_forward{suffix}", (x, w)),
        Call(f"conv_layer_forward{suffix}", (x.astype(np.float32), w)),
        Call(f"conv_layer_backward{suffix}", (np.ones((2, 2), np.float32), x, w), 3),
        Call(f"conv_layer_forward{suffix}", (x > 0, w)),
    ]
    plain, single, gradients, logical = run_calls(calls)
    assert_array_equal(plain.outputs[0], np.full((2, 2), 1200.0))
    assert plain.outputs[0].dtype == np.float64
    assert_array_equal(single.outputs[0], np.full((2, 2), 1200.0))
    assert single.outputs[0].dtype == np.float32
    assert [array.dtype for array in gradients.outputs] == [np.float32] * 3
    assert_array_equal(logical.outputs[0], np.full((2, 2), 6.0))


def test_both_ways_return_the_same_classes():
    """In any mixture of single and double, the result is single if any array that is read is single."""
    kinds = list(itertools.product((np.float32, np.float64), repeat=3))
    calls = [
        call
        for x, w, dout in kinds
        for suffix in ("", "_im2col")
        for call in (
            Call(f"conv_layer_forward{suffix}", (np.ones((3, 4), x), np.ones((2, 3), w), dout(1.0))),
            Call(
                f"conv_layer_backward{suffix}",
                (np.ones((2, 2), dout), np.ones((3, 4), x), np.ones((2, 3), w)),
                3,
            ),
        )
    ]
    results = iter(run_calls(calls))
    for x, w, dout in kinds:
        forward = np.float32 if np.float32 in (x, w) else np.float64
        backward = np.float32 if np.float32 in (x, w, dout) else np.float64
        for _ in ("loops", "im2col"):
            assert next(results).outputs[0].dtype == forward
            assert [array.dtype for array in next(results).outputs] == [backward] * 3


def test_nan_is_seen():
    x = np.ones((4, 5))
    x[1, 2] = np.nan
    forward, check = run_calls(
        [
            Call("conv_layer_forward", (x, np.ones((2, 3)))),
            Call("@(analytic) gradient_check(@(v) v .^ 2, 2, 1, analytic)", (np.nan,)),
        ]
    )
    assert np.isnan(forward.outputs[0]).any()
    assert np.isnan(check.outputs[0]).all()


def test_pooling_of_nan_ties_and_infinities():
    """NaN counts as the largest number, the first in row order wins, and padding gets no gradient."""
    some = np.array([[1.0, np.nan, 2, 2], [5, 5, 2, 2], [-np.inf, 0, -1, np.inf]])
    none = np.full((3, 4), -np.inf)
    settings = [(2, 1, 0), ((2, 3), (1, 2), (1, 1)), (3, 2, 1), (2, 1, 1)]
    for x, (window, stride, padding) in itertools.product((some, none), settings):
        y = naive.max_pool2d(x[None, None], window, stride=stride, padding=padding)
        dout = np.arange(1.0, y.size + 1).reshape(y.shape)
        dx = naive.max_pool2d_backward(dout, x[None, None], window, stride=stride, padding=padding)
        forward, backward = run_calls(
            [
                Call("max_pool_forward", (x, window, stride, padding)),
                Call("max_pool_backward", (dout[0, 0], x, window, stride, padding)),
            ]
        )
        assert_array_equal(forward.outputs[0], y[0, 0])
        assert_array_equal(backward.outputs[0], dx[0, 0])
        assert backward.outputs[0].sum() == dout.sum()  # nothing went to the border


def test_pooling_defaults():
    x = np.arange(24.0).reshape(4, 6)
    plain, empty, small = run_calls(
        [
            Call("max_pool_forward", (x, (2, 3))),
            Call("max_pool_forward", (x, (2, 3), np.zeros((0, 0)))),
            Call("max_pool_forward", (x.astype(np.uint8), (2, 3))),
        ]
    )
    expected = naive.max_pool2d(x[None, None], (2, 3))[0, 0]
    for result in (plain, empty, small):
        assert_array_equal(result.outputs[0], expected)
        assert result.outputs[0].dtype == np.float64


ones = np.ones
ERRORS = {
    "channels": ("conv_layer_forward", (ones((5, 4, 3)), ones((3, 2, 2, 4))), "sizes", ["3", "2"]),
    "channels, one dropped": ("conv_layer_forward", (ones((5, 4)), ones((3, 2, 2, 4))), "sizes", ["1", "2"]),
    "channels, columns": ("conv_layer_forward_im2col", (ones((5, 4, 3)), ones((3, 2))), "sizes", ["3", "1"]),
    "channels, backward": (
        "conv_layer_backward",
        (ones((3, 3, 4)), ones((5, 4, 3)), ones((3, 2, 2, 4))),
        "sizes",
        ["3", "2"],
    ),
    "kernel too high": ("conv_layer_forward", (ones((5, 4)), ones((6, 2))), "sizes", ["6 x 2", "5 x 4"]),
    "kernel too wide, padded": (
        "conv_layer_forward_im2col",
        (ones((5, 4)), ones((3, 7)), 0.0, 1, (0, 1)),
        "sizes",
        ["3 x 7", "5 x 6"],
    ),
    "bias": ("conv_layer_forward", (ones((5, 4)), ones((3, 2, 1, 4)), ones(3)), "sizes", ["3 x 1", "4 x 1"]),
    "bias row": (
        "conv_layer_forward_im2col",
        (ones((5, 4)), ones((3, 2, 1, 4)), ones((1, 4))),
        "sizes",
        ["1 x 4", "4 x 1"],
    ),
    "dout": (
        "conv_layer_backward",
        (ones((3, 2)), ones((5, 4)), ones((3, 2))),
        "sizes",
        ["3 x 2", "3 x 3 x 1 x 1"],
    ),
    "dout, columns": (
        "conv_layer_backward_im2col",
        (ones((3, 3, 2)), ones((5, 4)), ones((3, 2, 1, 3))),
        "sizes",
        ["3 x 3 x 2", "3 x 3 x 3 x 1"],
    ),
    "five dimensions": (
        "conv_layer_forward",
        (ones((5, 4, 1, 1, 2)), ones((3, 2))),
        "sizes",
        ["5 x 4 x 1 x 1 x 2"],
    ),
    "five dimensions, w": (
        "conv_layer_forward",
        (ones((5, 4)), ones((3, 2, 1, 1, 2))),
        "sizes",
        ["3 x 2 x 1 x 1 x 2"],
    ),
    "a batch": (
        "convn_vanilla",
        (ones((5, 4, 3, 2)), ones((3, 2, 3))),
        "sizes",
        ["5 x 4 x 3 x 2", "H x W x D"],
    ),
    "filters": ("convn_vanilla", (ones((5, 4, 3)), ones((3, 2, 3, 2))), "sizes", ["3 x 2 x 3 x 2"]),
    "channels, vanilla": ("convn_vanilla", (ones((5, 4, 3)), ones((3, 2))), "sizes", ["3", "1"]),
    "cols": ("conv_col2im", (ones((4, 9)), ones((4, 8)), (4, 4)), "sizes", ["4 x 9", "4 x 8"]),
    "gradient": (
        "@(a) gradient_check(@(v) v, ones(3, 2), ones(3, 2), a)",
        (ones((2, 3)),),
        "sizes",
        ["2 x 3", "3 x 2"],
    ),
    "gradient's dout": (
        "@(d) gradient_check(@(v) v, ones(3, 2), d, ones(3, 2))",
        (ones((2, 3)),),
        "sizes",
        ["2 x 3", "3 x 2"],
    ),
    "gradient in single": (
        "gradient_check",
        ("sin", np.float32(1), 1.0, 1.0),
        "type",
        ["single", "double"],
    ),
    "stride 0": ("conv_layer_forward", (ones((5, 4)), ones((3, 2)), 0.0, 0), "stride", ["0", ">= 1"]),
    "stride 1.5": ("convn_vanilla", (ones((5, 4)), ones((3, 2)), 1.5), "stride", ["1.5"]),
    "three strides": ("conv_im2col", (ones((5, 4)), (2, 2), (1, 1, 1)), "stride", ["[1 1 1]"]),
    "padding -1": (
        "conv_layer_backward",
        (1.0, ones((5, 4)), ones((3, 2)), 1, -1),
        "padding",
        ["-1", ">= 0"],
    ),
    "padding NaN": ("conv_output_size", (5, 3, 1, float("nan")), "padding", ["NaN"]),
    "window": ("max_pool_forward", (ones((3, 4)), (4, 2)), "sizes", ["4 x 2", "3 x 4"]),
    "pooling padding": ("max_pool_forward", (ones((5, 4)), (3, 2), 1, (2, 1)), "padding", ["2 x 1", "1 x 1"]),
    "pooling dout": (
        "max_pool_backward",
        (ones((2, 3)), ones((6, 4)), 2),
        "sizes",
        ["2 x 3", "3 x 2 x 1 x 1"],
    ),
    "pooling, five dimensions": (
        "max_pool_forward",
        (ones((5, 4, 1, 1, 2)), 2),
        "sizes",
        ["5 x 4 x 1 x 1 x 2"],
    ),
    "text": ("conv_layer_forward", ("text", ones((3, 2))), "type", ["x is of class char"]),
    "text as stride": ("conv_layer_forward", (ones((5, 4)), ones((3, 2)), 0.0, "same"), "stride", ["char"]),
    "complex": ("convn_vanilla", (ones((5, 4)) * 1j, ones((3, 2))), "type", ["x is of class double"]),
}


@pytest.fixture(scope="module")
def raised(require_tool):
    require_tool("octave")
    results = run_calls([Call(name, arguments) for name, arguments, _, _ in ERRORS.values()])
    return dict(zip(ERRORS, results, strict=True))


@pytest.mark.parametrize("about", ERRORS)
def test_errors_name_both_sizes(raised, about):
    _, _, identifier, parts = ERRORS[about]
    result = raised[about]
    assert result.identifier == f"conv:{identifier}", result
    for part in parts:
        assert part in result.message


NAMES = sorted(path.stem for path in MATLAB.glob("*.m"))


@pytest.fixture(scope="module")
def help_texts(require_tool):
    require_tool("octave")
    results = run_calls([Call("get_help_text", (name,)) for name in NAMES])
    return {name: str(result.outputs[0][0]) for name, result in zip(NAMES, results, strict=True)}


@pytest.mark.parametrize("name", NAMES)
def test_help(help_texts, name):
    """The first line consists of NAME and a sentence."""
    first = help_texts[name].strip().splitlines()[0]
    assert first.startswith(f"{name.upper()}  ")
    assert len(first) <= 80


def test_see_also_points_to_what_is_there(help_texts):
    pointed = {
        other.lower()
        for text in help_texts.values()
        if "See also" in text
        for other in text.split("See also")[1].replace(".", " ").replace(",", " ").split()
    }
    assert len(pointed) >= 10
    found = run_calls([Call("exist", (other,)) for other in sorted(pointed)])
    missing = [o for o, r in zip(sorted(pointed), found, strict=True) if r.outputs[0].item() not in (2, 5)]
    assert missing == []


def test_conv_flips_and_filter2_does_not():
    """These are the chapter's statements about MATLAB's own functions."""
    x, w = (
        np.random.default_rng(0).uniform(-1, 1, (2, 7, 6)),
        np.random.default_rng(1).uniform(-1, 1, (2, 3, 2)),
    )
    y = naive.conv2d(x[None, :1], w[None, :1])[0, 0]
    both = naive.conv2d(x[None], w[None])[0, 0]
    handles = {
        "@(x, w) conv2(x, rot90(w, 2), 'valid')": y,
        "@(x, w) filter2(w, x, 'valid')": y,
        "@(x, w) convn(x, flip(flip(w, 1), 2), 'valid')": y,
    }
    for (handle, expected), result in zip(
        handles.items(), run_calls([Call(handle, (x[0], w[0])) for handle in handles]), strict=True
    ):
        assert_allclose(result.outputs[0], expected, rtol=0, atol=1e-12, err_msg=handle)
    images, filters = np.moveaxis(x, 0, -1), np.moveaxis(w, 0, -1)
    whole = "@(x, w) convn(x, flip(flip(flip(w, 1), 2), 3), 'valid')"
    assert_allclose(run_calls([Call(whole, (images, filters))])[0].outputs[0], both, rtol=0, atol=1e-12)
