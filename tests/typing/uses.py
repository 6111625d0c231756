"""Calls of the public API as in a typed program. A type checker reads this file; it is never run."""

from typing import Any, assert_type

import numpy as np

from conv_course import Check, sheet
from conv_course.grade.__main__ import main as grade
from conv_course.learn.__main__ import main as learn
from conv_course.widgets import figure, names
from conv_lib import digits, fast, naive, sizes, vectorized
from conv_lib.graph import Graph, Node, conv1d_graph
from conv_lib.kinds import Array
from conv_lib.layers import SGD, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, SoftmaxCrossEntropy
from conv_lib.training import accuracy, digit_network, train

x, w, b = np.zeros((5, 3, 9, 10), np.float32), np.zeros((4, 3, 3, 2), np.float32), np.zeros(4, np.float32)
y = fast.conv2d(x, w, b, stride=(2, 1), padding=((1, 0), 2))
dx, dw, db = vectorized.conv2d_backward(y, x, w, stride=(2, 1), padding="same", groups=1)
assert_type(naive.max_pool2d(x, 2, stride=None, ceil_mode=True), Array)
assert_type(sizes.output_size(7, 3, stride=2, padding="same"), int)
assert_type(sizes.receptive_field([(3, 2, 1), 3]).centre, float)
columns = vectorized.im2col(x, (3, 2))

with fast.using(algorithm="direct", threads=1):
    fast.conv1d(np.ones(5), np.ones(3), 0.5, padding=(1, 2))

network = Sequential(Conv2d(1, 4, 3, kernels=fast), ReLU(), MaxPool2d(2), Flatten(), Linear(64, 10))
loss = SoftmaxCrossEntropy()
SGD(network, rate=0.1).step()
(images, labels), _ = digits.load(dtype=np.float64)
for losses in train(digit_network(), images, labels, epochs=1):
    assert_type(losses, Array)
assert_type(accuracy(network, images, labels), float)

graph: Graph = conv1d_graph(np.ones(5), np.ones(3), flip=True)
node: Node = 2.0 * graph["y0"] + graph["y1"]
graph.backward([1.0, 2.0, 3.0])

check: Check = sheet("02_slide_a_kernel", version="abc123")
for card in (
    check("q1"),
    check("q1", np.convolve),
    check.hint("q1"),
    check.own("q1", "bca"),
    check.progress(),
):
    assert_type(card.html(), str)
np.convolve(**check.case("q2"))
assert_type(check.points, float)
assert_type(figure("conv1d", stride=2, padding=1).state, dict[str, Any])
tables, line = figure(names()[0]).shown()
assert_type(grade(["class.zip", "--csv", "grades.csv"]) + learn(["check", "02.ipynb"]), int)

naive.conv2d(x, w, stride="2")  # type: ignore[arg-type]
naive.conv2d(x, w, padding="full")  # type: ignore[arg-type]
naive.conv2d(x, w, dilatation=2)  # type: ignore[call-arg]
sizes.output_size(7.0, 3)  # type: ignore[arg-type]
Conv2d(3, 8, "3")  # type: ignore[arg-type]
wrong: Graph = digit_network()  # type: ignore[assignment]
sheet(2)  # type: ignore[arg-type]
check("q1", 3)  # type: ignore[arg-type]
check.hint()  # type: ignore[call-arg]
figure("conv1d", stride=(2, 1))  # type: ignore[arg-type]
grade("class.zip")  # type: ignore[arg-type]
