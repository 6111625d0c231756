"""Every public name with invalid calls: each raises a ValueError or TypeError that names the fault.

`ROWS` has an entry for each name in each `__all__`: a new function needs one before this passes.
"""

import importlib
from pathlib import Path

import numpy as np
import pytest

from conv_lib import digits, fast, gradcheck, graph, layers, layouts, naive, sizes, training, vectorized
from conv_lib.graph import Node, constant, variable
from conv_lib.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential

ones = np.ones
HUGE = 10**30
X1, W1, X2, W2, T2 = ones(7), ones(3), ones((2, 4, 5, 6)), ones((6, 4, 3, 2)), ones((4, 6, 3, 2))
UNFOLDED = ones((24, 30))
ADDRESS = "pixels .*more than memory can address"


def of_kernels(k):
    """Return the rows of a module of kernels. `test_contract` has more, for all modules at once."""
    return {
        "conv1d": [
            (lambda: k.conv1d(X1.tolist(), W1), TypeError, "x must be a NumPy array, got list"),
            (lambda: k.conv1d(X1, ones(9)), ValueError, "the kernel spans 9 .* only 7"),
            (lambda: k.conv1d(X1, W1, stride=0), ValueError, "stride must be at least 1, got 0"),
            (lambda: k.conv1d(X1, W1, padding=HUGE), ValueError, f"{2 * HUGE + 7} {ADDRESS}"),
            (lambda: k.conv1d(X1, W1, dilation=HUGE), ValueError, f"spans {2 * HUGE + 1} .* only 7"),
        ],
        "conv1d_backward": [
            (lambda: k.conv1d_backward(ones(4), X1, W1), ValueError, r"\(4,\) but .* gives \(5,\)"),
            (lambda: k.conv1d_backward(ones(5), X1, W1 + 1j), TypeError, "w must hold .*, got complex128"),
        ],
        "conv2d": [
            (lambda: k.conv2d(X2, W2[:, :3]), ValueError, "x has 4 channels but w expects 3"),
            (lambda: k.conv2d(X2, W2, ones(5)), ValueError, "b has 5 entries but w has 6 filters"),
            (lambda: k.conv2d(X2, W2, groups=0), ValueError, "groups must be at least 1, got 0"),
            (lambda: k.conv2d(X2, W2, groups=HUGE), ValueError, f"4 channels, which groups={HUGE}"),
            (lambda: k.conv2d(X2, W2, padding=(0, HUGE)), ValueError, f"width: .*{2 * HUGE + 6} {ADDRESS}"),
        ],
        "conv2d_backward": [
            (lambda: k.conv2d_backward(X2, X2, W2), ValueError, r"\(2, 4, 5, 6\) but .* \(2, 6, 3, 5\)"),
        ],
        "conv_transpose2d": [
            (lambda: k.conv_transpose2d(X2, W2), ValueError, "x has 4 channels but w expects 6"),
            (lambda: k.conv_transpose2d(X2, T2, stride=HUGE), ValueError, f"height: .* {ADDRESS}"),
            (lambda: k.conv_transpose2d(X2, T2, padding=4), ValueError, "crops 8 pixels .* only 7"),
            (
                lambda: k.conv_transpose2d(X2, T2, padding=((1, 0), (3, 4))),
                ValueError,
                r"width: padding crops 7 pixels .3 \+ 4. .* only 7",
            ),
            (
                lambda: k.conv_transpose2d(X2, T2, padding="same", stride=2, output_padding=1),
                ValueError,
                'height: padding="same" sets the output padding itself.*but got output_padding 1',
            ),
            (
                lambda: k.conv_transpose2d(X2, T2, padding="same", stride=HUGE),
                ValueError,
                f"height: .* {ADDRESS}",
            ),
        ],
        "conv_transpose2d_backward": [
            (
                lambda: k.conv_transpose2d_backward(ones((2, 6, 7, 6)), X2, T2),
                ValueError,
                r"\(2, 6, 7, 6\) but .* \(2, 6, 7, 7\)",
            ),
        ],
        "convolve1d": [(lambda: k.convolve1d(X1, ones(9)), ValueError, "the kernel spans 9 .* only 7")],
        "convolve2d": [
            (lambda: k.convolve2d(X2, ones((6, 4, 3, 8))), ValueError, "width: the kernel spans 8 .* only 6")
        ],
        "im2col": [
            (lambda: k.im2col(X2.tolist(), 2), TypeError, "x must be a NumPy array, got list"),
            (lambda: k.im2col(X2, 6), ValueError, "height: the kernel spans 6 .* only 5"),
        ],
        "col2im": [
            (lambda: k.col2im(UNFOLDED, (4, 5, 6), (3, 2)), ValueError, r"3 entries \(4, 5, 6\) but 4 are"),
            (lambda: k.col2im(UNFOLDED, 4, (3, 2)), TypeError, r"shape must be \(N, D, H, W\), got 4"),
            (lambda: k.col2im(UNFOLDED, (2, -4, 5, 6), (3, 2)), ValueError, "D of the shape .* got -4"),
            (lambda: k.col2im(UNFOLDED, (2, 4, 5.0, 6), (3, 2)), TypeError, "H of the shape .* got 5.0"),
            (lambda: k.col2im(UNFOLDED, (2, 4, 6, 6), (3, 2)), ValueError, r"\(24, 30\) but .* \(24, 40\)"),
        ],
        "max_pool2d": [
            (lambda: k.max_pool2d(X2, 6), ValueError, "height: the kernel spans 6 .* only 5"),
            (
                lambda: k.max_pool2d(X2, 3, padding=2),
                ValueError,
                "padding 2 is more than half the window of 3",
            ),
            (
                lambda: k.max_pool2d(X2, HUGE, ceil_mode=True),
                ValueError,
                f"height: .* {HUGE} pixels .one window of {HUGE}.*more than memory can address",
            ),
            (
                lambda: k.max_pool2d(X2, 2, ceil_mode=1),
                TypeError,
                "ceil_mode must be True or False, got 1",
            ),
        ],
        "max_pool2d_backward": [
            (lambda: k.max_pool2d_backward(X2, X2, 2), ValueError, r"\(2, 4, 5, 6\) but .* \(2, 4, 2, 3\)"),
        ],
        "avg_pool2d": [
            (lambda: k.avg_pool2d(X2, (2, 0)), ValueError, "kernel_size width must be at least 1, got 0"),
            (
                lambda: k.avg_pool2d(X2, 2, count_include_pad=0),
                TypeError,
                "count_include_pad must be True or False, got 0",
            ),
        ],
        "avg_pool2d_backward": [
            (lambda: k.avg_pool2d_backward(X2, X2, 2), ValueError, r"\(2, 4, 5, 6\) but .* \(2, 4, 2, 3\)"),
        ],
        "using": [
            (lambda: k.using(algorithm="quick").__enter__(), ValueError, "one of auto, .*, got 'quick'"),
            (lambda: k.using(threads=0).__enter__(), ValueError, "threads must be at least 1, got 0"),
        ],
    }


def ran(layer, x):
    """Return the layer after a forward pass."""
    layer.forward(x)
    return layer


LABELS = np.arange(4)
NETWORK = Sequential(Flatten(), Linear(2, 4))
IMAGES = ones((4, 1, 1, 2), np.float32)


def first_epoch(images=IMAGES, labels=LABELS, **options):
    return next(training.train(NETWORK, images, labels, **({"epochs": 1, "batch": 2} | options)))


ROWS = {
    "sizes": {
        "integer": [(lambda: sizes.integer(1.5, "stride", 1), TypeError, "stride .* got 1.5")],
        "flag": [(lambda: sizes.flag(0, "ceil_mode"), TypeError, "ceil_mode must be True or False, got 0")],
        "pair": [(lambda: sizes.pair((1, 2, 3), "stride", 1), ValueError, "stride .* got 3 entries")],
        "effective_size": [(lambda: sizes.effective_size(0), ValueError, "kernel must be at least 1, got 0")],
        "same_padding": [(lambda: sizes.same_padding(-1, 3), ValueError, "size must be at least 0, got -1")],
        "padding_pair": [(lambda: sizes.padding_pair((1, 2, 3), 5, 3), ValueError, "two entries, .* got 3")],
        "padding_2d": [
            (lambda: sizes.padding_2d((1, (2, 2)), (5, 5), (3, 3)), TypeError, r"\(1, \(2, 2\)\)")
        ],
        "output_size": [
            (lambda: sizes.output_size(3, 5), ValueError, "the kernel spans 5 .* only 3"),
            (lambda: sizes.output_size(3, 2, padding=HUGE), ValueError, f"{2 * HUGE + 3} {ADDRESS}"),
        ],
        "leftover": [(lambda: sizes.leftover(3, 5), ValueError, "the kernel spans 5 .* only 3")],
        "transposed_output_size": [
            (lambda: sizes.transposed_output_size(2, 1, stride=HUGE), ValueError, f"{HUGE + 1} {ADDRESS}"),
            (lambda: sizes.transposed_output_size(2, 1, output_padding=1), ValueError, "1 with stride 1"),
        ],
        "receptive_field": [
            (lambda: sizes.receptive_field([(3, 1, 0, 1, 1)]), ValueError, "layer 0 .* got 5 entries")
        ],
    },
    "graph": {
        "Node": [
            (lambda: Node("divide"), ValueError, "op must be one of .*, got 'divide'"),
            (lambda: Node("multiply", [constant(1)]), ValueError, "a product has 2 factors, got 1"),
        ],
        "Graph": [
            (lambda: graph.Graph([variable(1, "a"), variable(2, "a")]), ValueError, "two nodes .* 'a'"),
            (lambda: graph.Graph([variable(1)]).backward([1, 2]), ValueError, "2 entries .* 1 outputs"),
        ],
        "add": [(lambda: graph.add(), ValueError, "at least 1 term, got 0")],
        "constant": [(lambda: constant("one"), ValueError, "'one'")],
        "variable": [(lambda: variable("one"), ValueError, "'one'")],
        "multiply": [(lambda: graph.multiply(variable(1), "two"), ValueError, "'two'")],
        "conv1d_graph": [
            (lambda: graph.conv1d_graph(X1, ones(9)), ValueError, "the kernel spans 9 .* only 7")
        ],
        "fully_connected_graph": [
            (lambda: graph.fully_connected_graph(X1, ones((2, 6)), ones(2)), ValueError, "7 .* expects 6"),
            (lambda: graph.fully_connected_graph(X1, ones((2, 7)), ones(3)), ValueError, "3 .* has 2 out"),
        ],
    },
    "layouts": {
        "convert": [
            (lambda: layouts.convert(X2, "NDH", "DHN"), ValueError, "tensor has 4 axes .* names 3"),
            (lambda: layouts.convert(X2, 4, "NDHW"), TypeError, "letters such as 'NDHW', got 4"),
        ],
        **{
            name: [(lambda name=name: getattr(layouts, name)(ones(3)), ValueError, "tensor has 1 axes")]
            for name in ("to_matlab", "from_matlab", "to_channels_last", "from_channels_last")
            + ("kernel_to_channels_last",)
        },
    },
    "gradcheck": {
        "numerical_gradient": [
            (lambda: gradcheck.numerical_gradient(np.exp, [1.0]), TypeError, "x must be .*, got list"),
            (lambda: gradcheck.numerical_gradient(np.exp, X1 * 1j), TypeError, "x must hold .*complex128"),
            (lambda: gradcheck.numerical_gradient(lambda x: 1j * x, X1), TypeError, r"f\(x\) .*complex128"),
            (lambda: gradcheck.numerical_gradient(np.exp, X1, X1 * 1j), TypeError, "dout .*complex128"),
            (
                lambda: gradcheck.numerical_gradient(np.exp, X1, W1),
                ValueError,
                r"\(3,\) but f\(x\) .* \(7,\)",
            ),
            (lambda: gradcheck.numerical_gradient(np.exp, X1, h=0), ValueError, "h must be positive, got 0"),
        ],
        "relative_error": [
            (lambda: gradcheck.relative_error(X1, W1), ValueError, r"\(7,\) and \(3,\)"),
            (lambda: gradcheck.relative_error(X1, X1 * 1j), TypeError, "b must hold .*complex128"),
        ],
        "check_gradients": [
            (
                lambda: gradcheck.check_gradients(np.exp, lambda dout, x: (dout, dout), X1),
                ValueError,
                "2 gradients for 1 inputs",
            ),
        ],
        "adjoint_gap": [
            (lambda: gradcheck.adjoint_gap(np.diff, np.diff, X1, W1), ValueError, r"\(6,\) but y has \(3,\)"),
            (lambda: gradcheck.adjoint_gap(np.diff, np.diff, X1, [1.0]), TypeError, "y must be .*, got list"),
        ],
    },
    "layers": {
        "Layer": [(lambda: layers.Layer(3), TypeError, "2 were given")],
        "Conv2d": [
            (lambda: Conv2d(4, 8, 3, groups=0), ValueError, "groups must be at least 1, got 0"),
            (lambda: Conv2d(4, 8, 3, groups=-1), ValueError, "groups must be at least 1, got -1"),
            (lambda: Conv2d(0, 6, 3), ValueError, "channels must be at least 1, got 0"),
            (lambda: Conv2d(-4, 6, 3), ValueError, "channels must be at least 1, got -4"),
            (lambda: Conv2d(4, 0, 3), ValueError, "filters must be at least 1, got 0"),
            (lambda: Conv2d(4.0, 6, 3), TypeError, "channels must be an integer, got 4.0"),
            (lambda: Conv2d(3, 4, 3, groups=2), ValueError, "3 channels, which groups=2 does not divide"),
            (lambda: Conv2d(4, 6, 3, groups=4), ValueError, "6 filters, which groups=4 does not divide"),
            (lambda: Conv2d(4, 6, (3, 0)), ValueError, "kernel_size width must be at least 1, got 0"),
            (lambda: Conv2d(4, 6, 3, stride=0), ValueError, "stride must be at least 1, got 0"),
            (lambda: Conv2d(4, 6, 3, dilation=(1, 0)), ValueError, "dilation width .* at least 1, got 0"),
            (lambda: Conv2d(4, 6, 3, padding=-1), ValueError, "padding must be at least 0, got -1"),
            (lambda: Conv2d(4, 6, 3, padding="full"), ValueError, "padding must be .*, got 'full'"),
            (lambda: Conv2d(4, 6, 3, dtype=np.int64), TypeError, "float32 or float64, got int64"),
            (lambda: Conv2d(4, 6, 3)(ones((2, 3, 5, 5))), ValueError, "x has 3 channels but w expects 4"),
        ],
        "Linear": [
            (lambda: Linear(0, 3), ValueError, "features must be at least 1, got 0"),
            (lambda: Linear(3, -2), ValueError, "outputs must be at least 1, got -2"),
            (lambda: Linear(2.5, 3), TypeError, "features must be an integer, got 2.5"),
            (lambda: Linear(2, 3, dtype=int), TypeError, "float32 or float64, got int64"),
            (lambda: Linear(4, 2)(ones((3, 5))), ValueError, "x has 5 features but w expects 4"),
        ],
        "ReLU": [
            (lambda: ReLU()([1, -2]), TypeError, "x must be a NumPy array, got list"),
            (lambda: ran(ReLU(), X1).backward(W1), ValueError, r"\(3,\) but .* \(7,\)"),
            (lambda: ran(ReLU(), X1).backward([1.0] * 7), TypeError, "dout must be .*, got list"),
        ],
        "Flatten": [
            (lambda: Flatten()([[1, 2]]), TypeError, "x must be a NumPy array, got list"),
            (lambda: Flatten()(np.array(1.0)), ValueError, "x has 0 axes .* at least 1"),
            (lambda: ran(Flatten(), X2).backward(X2), ValueError, r"\(2, 4, 5, 6\) but .* \(2, 120\)"),
        ],
        "MaxPool2d": [
            (lambda: MaxPool2d(0), ValueError, "kernel_size must be at least 1, got 0"),
            (lambda: MaxPool2d(2, stride=0), ValueError, "stride must be at least 1, got 0"),
            (lambda: MaxPool2d(3, padding=2), ValueError, "padding 2 is more than half the window of 3"),
            (lambda: MaxPool2d(2, ceil_mode="up"), TypeError, "ceil_mode must be True or False, got 'up'"),
        ],
        "Sequential": [(lambda: Sequential(ReLU(), 3), TypeError, "layer 1 must have forward .*, got int")],
        "SoftmaxCrossEntropy": [
            (lambda: layers.SoftmaxCrossEntropy()(ones((3, 4)), LABELS), ValueError, "3 rows .* 4 entries"),
            (lambda: layers.SoftmaxCrossEntropy()(ones((4, 3)), LABELS), ValueError, "0 to 3 .* 3 classes"),
            (lambda: layers.SoftmaxCrossEntropy()(ones((4, 4)), ones(4)), TypeError, "labels .* float64"),
        ],
        "SGD": [
            (lambda: layers.SGD(NETWORK, rate=0), ValueError, "rate must be positive, got 0"),
            (lambda: layers.SGD(NETWORK, rate="0.1"), TypeError, "rate must be a number, got str"),
            (lambda: layers.SGD(NETWORK, rate=1, momentum=1), ValueError, "momentum .* below 1, got 1"),
            (lambda: layers.SGD(X1, rate=1), TypeError, "network must have parameters, got ndarray"),
        ],
    },
    "training": {
        "digit_network": [
            (lambda: training.digit_network(dtype=np.uint8), TypeError, "float32 or float64, got uint8")
        ],
        "train": [
            (lambda: first_epoch(batch=0), ValueError, "batch must be at least 1, got 0"),
            (lambda: first_epoch(batch=2.0), TypeError, "batch must be an integer, got 2.0"),
            (lambda: first_epoch(batch=5), ValueError, "batch is 5 but there are only 4 images"),
            (lambda: first_epoch(epochs=-1), ValueError, "epochs must be at least 0, got -1"),
            (lambda: first_epoch(labels=LABELS[:3]), ValueError, r"\(4, 1, 1, 2\) but there are 3 labels"),
            (lambda: first_epoch(images=IMAGES[:3]), ValueError, r"\(3, 1, 1, 2\) but there are 4 labels"),
            (lambda: first_epoch(images=IMAGES.tolist()), TypeError, "images must be .*, got list"),
        ],
        "accuracy": [
            (lambda: training.accuracy(NETWORK, IMAGES, LABELS[:1]), ValueError, "but there are 1 labels"),
            (
                lambda: training.accuracy(NETWORK, IMAGES[:0], LABELS[:0]),
                ValueError,
                r"1 image .*\(0, 1, 1, 2",
            ),
        ],
    },
    "digits": {"load": [(lambda: digits.load(dtype=int), TypeError, "float32 or float64, got int64")]},
    **{kernels.__name__.split(".")[1]: of_kernels(kernels) for kernels in (naive, vectorized, fast)},
}
RECORDS = {"sizes.ReceptiveField", "graph.Step"}  # named tuples accept any values
PUBLIC = [
    f"{module}.{name}" for module in ROWS for name in importlib.import_module(f"conv_lib.{module}").__all__
]


@pytest.mark.parametrize("name", sorted({*PUBLIC} - RECORDS))
def test_a_bad_call_says_what_is_wrong(name):
    module, _, function = name.partition(".")
    rows = ROWS[module].get(function, [])
    assert rows, f"{name} is public and has no row in ROWS"
    for run, error, text in rows:
        with pytest.raises(error, match=text):
            run()


def test_every_module_is_here():
    root = Path(importlib.import_module("conv_lib").__path__[0])
    found = {path.stem for path in root.glob("[a-z]*.py")} | {
        path.parent.name for path in root.glob("*/__init__.py")
    }
    first_edition, inside = {"grading", "widgets"}, {"validation"}
    assert found - first_edition - inside == set(ROWS)


@pytest.mark.parametrize("stride", [10**6, HUGE])
@pytest.mark.parametrize(
    ("name", "arrays"),
    [
        ("conv1d", (X1, W1)),
        ("conv1d_backward", (ones(1), X1, W1)),
        ("conv2d", (X2, W2)),
        ("conv2d_backward", (ones((2, 6, 1, 1)), X2, W2)),
        ("conv_transpose2d", (ones((2, 4, 1, 1)), T2)),
        ("conv_transpose2d_backward", (ones((2, 6, 3, 2)), ones((2, 4, 1, 1)), T2)),
    ],
)
def test_a_stride_far_beyond_the_image_is_no_bad_call(name, arrays, stride):
    """There is only one window, and its position does not depend on the stride."""
    expected = getattr(naive, name)(*arrays, stride=10)
    for kernels in (naive, vectorized, fast):
        found = getattr(kernels, name)(*arrays, stride=stride)
        for one, other in zip(tuple(found), tuple(expected), strict=True):
            np.testing.assert_array_equal(one, other)
