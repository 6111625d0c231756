"""The scalar graph: the chain rule by hand, and the 1-D layer against the loops."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from conv_lib.graph import Graph, add, constant, conv1d_graph, fully_connected_graph, multiply, variable
from conv_lib.naive import conv1d, conv1d_backward, convolve1d


def values(graph, role):
    return [node.value for node in graph.by_role(role)]


def grads(graph, role):
    return [node.grad for node in graph.by_role(role)]


def test_chain_rule_by_hand():
    a, b, c = variable(2.0, "a"), variable(-3.0, "b"), variable(5.0, "c")
    graph = Graph([(a * b + c) * a])
    assert graph.forward() == [(2 * -3 + 5) * 2]
    graph.backward([1.0])
    assert a.grad == 2 * 2 * -3 + 5  # d(a^2 b + a c)/da = 2ab + c
    assert b.grad == 2 * 2
    assert c.grad == 2


def test_a_node_used_twice_by_one_child_gets_both_contributions():
    a = variable(3.0, "a")
    graph = Graph([a * a + 4 * a + 1])
    graph.backward([1.0])
    assert a.grad == 2 * 3 + 4


def test_backward_again_does_not_add_up():
    a = variable(3.0, "a")
    graph = Graph([2 * a])
    graph.backward([1.0])
    graph.backward([1.0])
    assert a.grad == 2


def test_values_follow_a_changed_input():
    graph = conv1d_graph(np.array([1.0, 2, 3]), np.array([1.0, 10]))
    graph["x1"].value = 5.0
    assert graph.forward() == [1 + 10 * 5, 5 + 10 * 3]


def test_nodes_come_after_their_parents_and_columns_grow():
    graph = conv1d_graph(np.array([1.0, 2, 3]), np.array([1.0, 10]), padding=1)
    position = {node: k for k, node in enumerate(graph.nodes)}
    assert all(position[parent] < position[child] for parent, child in graph.edges)
    assert [{node.role for node in layer} for layer in graph.layers] == [
        {"x", "w", "b", "zero"},
        {"product"},
        {"y"},
    ]
    assert len(graph.edges) == 4 * (2 * 2 + 2 + 1)  # 4 outputs of 2 products (2 arrows in, 1 out) and a bias


def test_steps_are_the_chain_rule():
    graph = conv1d_graph(np.array([1.0, 2, 3]), np.array([4.0, 5]), 6.0)
    for step in graph.backward_steps([1.0, 10.0]):
        assert step.contribution == step.child.grad * step.local
    to_x1 = [
        (step.child.name, step.local, step.contribution)
        for step in graph.backward_steps([1.0, 10.0])
        if step.parent.name == "x1"
    ]
    assert to_x1 == [("w0x1", 4.0, 10 * 4.0), ("w1x1", 5.0, 1 * 5.0)]


def test_the_five_sample_example_in_the_convolution_convention():
    """SOURCE: y_i = sum_k w_(2-k) x_(i+k) + b and the three gradients, written out."""
    x0, x1, x2, x3, x4 = x = np.array([1.0, -2, 3, 5, -7])
    w0, w1, w2 = w = np.array([2.0, -3, 11])
    dy0, dy1, dy2 = dout = [1.0, 10, -100]
    graph = conv1d_graph(x, w, 0.5, flip=True)
    assert values(graph, "y") == [w2 * x0 + w1 * x1 + w0 * x2 + 0.5, w2 * x1 + w1 * x2 + w0 * x3 + 0.5,
                                  w2 * x2 + w1 * x3 + w0 * x4 + 0.5]  # fmt: skip
    graph.backward(dout)
    assert grads(graph, "x") == [
        w2 * dy0,
        w1 * dy0 + w2 * dy1,
        w0 * dy0 + w1 * dy1 + w2 * dy2,
        w0 * dy1 + w1 * dy2,
        w0 * dy2,
    ]
    assert grads(graph, "w") == [
        x2 * dy0 + x3 * dy1 + x4 * dy2,
        x1 * dy0 + x2 * dy1 + x3 * dy2,
        x0 * dy0 + x1 * dy1 + x2 * dy2,
    ]
    assert graph["b"].grad == dy0 + dy1 + dy2


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize(
    "settings",
    [{}, {"stride": 2}, {"padding": (1, 3)}, {"stride": 3, "padding": 2, "dilation": 2}, {"padding": "same"}],
)
def test_graph_is_the_layer(flip, settings):
    rng = np.random.default_rng(1)
    x, w = rng.standard_normal(9), rng.standard_normal(4)
    graph = conv1d_graph(x, w, 0.25, flip=flip, **settings)
    y = (convolve1d if flip else conv1d)(x, w, 0.25, **settings)
    assert_allclose(values(graph, "y"), y, rtol=1e-13, atol=1e-13)
    dout = rng.standard_normal(y.shape)
    graph.backward(dout)
    dx, dw, db = conv1d_backward(dout, x, w[::-1] if flip else w, **settings)
    assert_allclose(grads(graph, "x"), dx, rtol=1e-13, atol=1e-13)
    assert_allclose(grads(graph, "w"), dw[::-1] if flip else dw, rtol=1e-13, atol=1e-13)
    assert_allclose(graph["b"].grad, db, rtol=1e-13)


def test_samples_left_over_stay_in_the_picture_with_gradient_zero():
    graph = conv1d_graph(np.arange(6.0), np.ones(3), stride=2)
    graph.backward([1.0, 1.0])
    assert [node.name for node in graph.by_role("x")] == ["x0", "x1", "x2", "x3", "x4", "x5"]
    assert graph["x5"].grad == 0


def test_padding_nodes_know_where_they_stand():
    graph = conv1d_graph(np.arange(3.0), np.ones(2), padding=(2, 1))
    assert [(node.name, node.index) for node in graph.by_role("zero")] == [("z0", -2), ("z1", -1), ("z2", 3)]


def test_fully_connected_layer_has_one_weight_per_arrow_and_one_bias_per_output():
    rng = np.random.default_rng(2)
    x, w, b, dout = (
        rng.standard_normal(4),
        rng.standard_normal((3, 4)),
        rng.standard_normal(3),
        [1.0, -2, 0.5],
    )
    graph = fully_connected_graph(x, w, b)
    assert_allclose(values(graph, "y"), w @ x + b)
    graph.backward(dout)
    assert_allclose(grads(graph, "x"), w.T @ dout)
    assert_allclose(np.reshape(grads(graph, "w"), w.shape), np.outer(dout, x))
    assert_array_equal(grads(graph, "b"), dout)


def test_convolution_is_the_fully_connected_graph_with_shared_weights():
    x, w, dout = np.array([1.0, 2, 3, 4, 5]), np.array([7.0, -1, 2]), [1.0, 10, 100]
    dense = np.zeros((3, 5))
    for i in range(3):
        dense[i, i : i + 3] = w
    connected, shared = fully_connected_graph(x, dense, np.zeros(3)), conv1d_graph(x, w)
    assert values(connected, "y") == values(shared, "y")
    connected.backward(dout)
    shared.backward(dout)
    dense_grad = np.reshape(grads(connected, "w"), (3, 5))
    summed = [sum(dense_grad[i, i + k] for i in range(3)) for k in range(3)]
    assert summed == grads(shared, "w")
    assert sum(grads(connected, "b")) == shared["b"].grad


def test_errors_name_both_sizes():
    graph = conv1d_graph(np.arange(5.0), np.ones(3))
    with pytest.raises(ValueError, match="dout has 2 entries but the graph has 3 outputs"):
        graph.backward([1.0, 2.0])
    with pytest.raises(ValueError, match="two nodes are called 'a'"):
        Graph([variable(1.0, "a") * variable(2.0, "a")])
    with pytest.raises(ValueError, match="x has 5 samples but w expects 4"):
        fully_connected_graph(np.arange(5.0), np.ones((3, 4)), np.ones(3))
    with pytest.raises(ValueError, match="b has 2 entries but w has 3 outputs"):
        fully_connected_graph(np.arange(4.0), np.ones((3, 4)), np.ones(2))
    with pytest.raises(ValueError, match="add needs at least 1 term, got 0"):
        add()


def test_long_sums_do_not_hit_the_recursion_limit():
    total = constant(0.0)
    a = variable(1.0, "a")
    for _ in range(5000):
        total = total + a
    graph = Graph([multiply(total, 1.0)])
    graph.backward([1.0])
    assert a.grad == 5000
